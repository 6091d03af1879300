"""Handshakes of SSL 3.0 to TLS 1.3 as far as a server's first answer: hellos out, its choice and certificate in.

Written by hand because no library of today offers what is to be found: OpenSSL 3 has neither SSL 3.0 nor export and RC4
ciphers any more. Nothing is agreed on: the connection ends after the server's first messages.
Formats: RFC 6101 (SSL 3.0), RFC 2246 and 5246 (TLS 1.0, 1.2), RFC 8446 (TLS 1.3); suites by IANA's registry.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

VERSIONS = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
TLS12, TLS13 = 0x0303, 0x0304
# Good and tolerable ones, newest first: what nearly every server has at least one of.
USUAL = (
    *(0x1301, 0x1302, 0x1303, 0x00C6, 0x00C7),  # TLS 1.3; TLS_SM4_GCM_SM3 and TLS_SM4_CCM_SM3 (RFC 8998)
    *(0xC02B, 0xC02C, 0xCCA9, 0xC02F, 0xC030, 0xCCA8, 0x009E, 0x009F, 0xCCAA, 0x009C, 0x009D),
    *(0xC023, 0xC024, 0xC027, 0xC028, 0x0067, 0x006B, 0x003C, 0x003D),
    *(0xC009, 0xC00A, 0xC013, 0xC014, 0x0033, 0x0039, 0x002F, 0x0035, 0x0041, 0x0084),
)
# No encryption, no authentication, export, DES, RC2, RC4 (RFC 7465), 3DES (RFC 9325 section 4.1).
WEAK = {
    0x0001: "RSA_WITH_NULL_MD5",
    0x0002: "RSA_WITH_NULL_SHA",
    0x003B: "RSA_WITH_NULL_SHA256",
    0xC006: "ECDHE_ECDSA_WITH_NULL_SHA",
    0xC010: "ECDHE_RSA_WITH_NULL_SHA",
    0x0018: "DH_anon_WITH_RC4_128_MD5",
    0x001B: "DH_anon_WITH_3DES_EDE_CBC_SHA",
    0x0034: "DH_anon_WITH_AES_128_CBC_SHA",
    0x003A: "DH_anon_WITH_AES_256_CBC_SHA",
    0x006C: "DH_anon_WITH_AES_128_CBC_SHA256",
    0x006D: "DH_anon_WITH_AES_256_CBC_SHA256",
    0xC018: "ECDH_anon_WITH_AES_128_CBC_SHA",
    0xC019: "ECDH_anon_WITH_AES_256_CBC_SHA",
    0x0003: "RSA_EXPORT_WITH_RC4_40_MD5",
    0x0006: "RSA_EXPORT_WITH_RC2_CBC_40_MD5",
    0x0008: "RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0014: "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0009: "RSA_WITH_DES_CBC_SHA",
    0x0015: "DHE_RSA_WITH_DES_CBC_SHA",
    0x0004: "RSA_WITH_RC4_128_MD5",
    0x0005: "RSA_WITH_RC4_128_SHA",
    0xC007: "ECDHE_ECDSA_WITH_RC4_128_SHA",
    0xC011: "ECDHE_RSA_WITH_RC4_128_SHA",
    0x000A: "RSA_WITH_3DES_EDE_CBC_SHA",
    0x0016: "DHE_RSA_WITH_3DES_EDE_CBC_SHA",
    0xC008: "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
    0xC012: "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
}
_GROUPS = (0x001D, 0x0017, 0x0018, 0x0019, 0x0029, 0x0100)  # x25519, P-256, P-384, P-521, curveSM2, ffdhe2048
_SIGNATURES = (0x0403, 0x0503, 0x0603, 0x0807, 0x0708, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201, 0x0203)
_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE, _DONE = 2, 11, 14
LONGEST = 1 << 17  # octets of an answer that are read: the longest chain of certificates is far shorter


@dataclass(frozen=True, slots=True)
class Choice:
    """What the server chose, and its own certificate (DER), if it came in the clear. `complete`: no more is to come."""

    version: int
    suite: int
    certificate: bytes = b""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server refused by this alert (RFC 8446 section 6)."""

    alert: int


class NotTlsError(ValueError):
    """What came is no answer of a TLS server."""


def client_hello(version: int, suites: tuple[int, ...]) -> bytes:
    """A hello that offers this one version and these suites."""
    offered = b"".join(suite.to_bytes(2, "big") for suite in (*suites, 0x00FF))  # RFC 5746: renegotiation is safe
    body = min(version, TLS12).to_bytes(2, "big") + os.urandom(32) + _short(os.urandom(32))
    body += _long(offered) + _short(b"\0")
    if version > 0x0300:
        body += _long(_extensions(version))
    message = b"\1" + len(body).to_bytes(3, "big") + body
    # RFC 8446 section 5.1: the record of a first hello says TLS 1.0.
    return struct.pack("!BHH", _HANDSHAKE, min(version, 0x0301), len(message)) + message


def _extensions(version: int) -> bytes:
    parts = [
        (10, _long(b"".join(group.to_bytes(2, "big") for group in _GROUPS))),
        (11, _short(b"\0")),
    ]
    if version >= TLS12:
        parts.append((13, _long(b"".join(scheme.to_bytes(2, "big") for scheme in _SIGNATURES))))
    if version >= TLS13:
        # Without a key the server asks for one (RFC 8446 section 4.1.4), and so has chosen version and suite.
        parts += [(43, _short(version.to_bytes(2, "big"))), (51, _long(b""))]
    return b"".join(struct.pack("!HH", kind, len(data)) + data for kind, data in parts)


def read_answer(data: bytes) -> Choice | Refusal | None:
    """What the server's octets so far say; None if the beginning is not there yet. NotTlsError for what is no TLS."""
    handshake, alert, rest = _records(data)
    position, choice = 0, None
    while len(handshake) - position >= 4:
        kind, length = handshake[position], int.from_bytes(handshake[position + 1 : position + 4], "big")
        if length > LONGEST:
            raise NotTlsError("a message is too long")
        body = handshake[position + 4 : position + 4 + length]
        if len(body) < length:
            break
        position += 4 + length
        if kind == _SERVER_HELLO:
            version, suite = _server_hello(body)
            choice = Choice(version, suite, complete=version >= TLS13)
        elif kind == _CERTIFICATE and choice is not None:
            choice = Choice(choice.version, choice.suite, _first_certificate(body), complete=True)
        elif kind == _DONE and choice is not None:
            choice = Choice(choice.version, choice.suite, choice.certificate, complete=True)
    if choice is not None:
        return choice
    if alert is not None:
        return Refusal(alert)
    if rest and len(data) > LONGEST:
        raise NotTlsError("no hello in all of that")
    return None


def _records(data: bytes) -> tuple[bytes, int | None, bytes]:
    """The handshake's octets, an alert's description if there was one, and what is not a whole record yet."""
    handshake, alert = b"", None
    while len(data) >= 5:
        kind, version, length = struct.unpack_from("!BHH", data)
        if kind not in (20, _ALERT, _HANDSHAKE, 23) or version >> 8 != 3 or length > 18432:
            raise NotTlsError("no record of TLS")
        if len(data) < 5 + length:
            break
        body, data = data[5 : 5 + length], data[5 + length :]
        if kind == _ALERT and len(body) >= 2 and alert is None:
            alert = body[1]
        elif kind == _HANDSHAKE:
            handshake += body
    else:
        if data and data[0] not in (20, _ALERT, _HANDSHAKE, 23):
            raise NotTlsError("no record of TLS")
    return handshake, alert, data


def _server_hello(body: bytes) -> tuple[int, int]:
    """The version and the suite; TLS 1.3 says its version in an extension (RFC 8446 section 4.2.1)."""
    if len(body) < 35 or len(body) < 38 + body[34]:
        raise NotTlsError("a hello is too short")
    version = int.from_bytes(body[:2], "big")
    at = 35 + body[34]
    suite = int.from_bytes(body[at : at + 2], "big")
    at += 5
    while len(body) - at >= 4:
        kind, length = struct.unpack_from("!HH", body, at)
        if kind == 43 and length == 2:
            version = int.from_bytes(body[at + 4 : at + 6], "big")
        at += 4 + length
    return version, suite


def _first_certificate(body: bytes) -> bytes:
    length = int.from_bytes(body[3:6], "big")
    return body[6 : 6 + length] if len(body) >= 6 + length else b""


def _short(data: bytes) -> bytes:
    return len(data).to_bytes(1, "big") + data


def _long(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
