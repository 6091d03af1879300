"""What is asked so that a service answers without knowing us: nothing here logs in, and nothing changes anything."""

from __future__ import annotations

import os
import struct

TAG = b"govnet-canary"
QUESTION = b"govnet-probe"
WEB = frozenset({80, 443, 8080, 8443})
# To a server of TLS this is no hello, and it says so: it is there all the same.
HEAD = b"HEAD / HTTP/1.0\r\n\r\n"
_DNS, _NTP, _SNMP = 53, 123, 161
_ECHO = struct.Struct("!BBHHH")


def _tlv(tag: int, *parts: bytes) -> bytes:
    """A value in BER with a length below 128."""
    content = b"".join(parts)
    return bytes((tag, len(content))) + content


def _snmp_discovery() -> bytes:
    """An SNMPv3 question without an engine ID and without a user: a report is owed to anybody (RFC 3414 section 4)."""
    empty, zero, number = _tlv(4), _tlv(2, b"\0"), _tlv(2, b"\x01\x02\x03\x04")
    head = _tlv(0x30, number, _tlv(2, b"\x05\xdc"), _tlv(4, b"\x04"), _tlv(2, b"\x03"))
    security = _tlv(4, _tlv(0x30, empty, zero, zero, empty, empty, empty))
    scoped = _tlv(0x30, empty, empty, _tlv(0xA0, number, zero, zero, _tlv(0x30)))
    return _tlv(0x30, _tlv(2, b"\x03"), head, security, scoped)


def question(port: int) -> bytes:
    """The datagram for a UDP port: what its usual service answers, else a word that our canary answers."""
    if port == _DNS:
        # A query for the root's name servers (RFC 1035 section 4.1), without asking for recursion.
        return os.urandom(2) + struct.pack("!HHHHHBHH", 0, 1, 0, 0, 0, 0, 2, 1)
    if port == _NTP:
        return b"\x23" + bytes(47)  # version 4, client (RFC 5905 section 7.3)
    if port == _SNMP:
        return _snmp_discovery()
    return QUESTION + b" " + os.urandom(4).hex().encode()


def echo_request(nonce: bytes, *, six: bool) -> bytes:
    """An echo request that carries `nonce`. The kernel fills in the checksum of ICMPv6."""
    kind = 128 if six else 8
    head = _ECHO.pack(kind, 0, 0, int.from_bytes(nonce[:2], "big"), 1)
    return head + nonce if six else _ECHO.pack(kind, 0, checksum(head + nonce), *_ECHO.unpack(head)[3:]) + nonce


def is_echo_answer(data: bytes, nonce: bytes, *, six: bool) -> bool:
    """Whether a datagram is the answer to the request with `nonce`; a raw IPv4 socket gives the IP header too."""
    if not six and data[:1] and data[0] >> 4 == 4:
        data = data[(data[0] & 0x0F) * 4 :]
    return len(data) >= _ECHO.size and data[0] == (129 if six else 0) and data[_ECHO.size :] == nonce


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
