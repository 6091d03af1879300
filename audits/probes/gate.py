"""The last look before anything leaves: each socket and each frame is checked again, by code that built neither.

`Gate.frame` reads the octets that are about to be sent, by the RFCs and not with the library that wrote them. What it
does not understand does not leave.
"""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from audits.probes.model import Aim, Protocol
from inventory.errors import RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from audits.probes.allow import Allowed
    from audits.probes.model import Vantage

_ARP, _IPV4, _IPV6 = b"\x08\x06", b"\x08\x00", b"\x86\xdd"
_BROADCAST = b"\xff" * 6
_EVERYBODY = b"\xff\xff\xff\xff"
_ALL_ROUTERS, _ALL_SERVERS = IPv6Address("ff02::2"), IPv6Address("ff02::1:2")


class Gate:
    """Lets pass what the allow file names, at the pace that it names. Belongs to one event loop."""

    def __init__(self, allowed: Allowed) -> None:
        self.allowed = allowed
        # What has passed, by vantage and aim; the run's report says it.
        self.passed: dict[tuple[str, Aim], int] = {}
        self._all = 0.0
        self._each: dict[object, float] = {}

    def check(self, vantage: Vantage, aim: Aim) -> None:
        """RefusedError if the aim is outside the allow file."""
        if not self.allowed.covers(vantage.name, aim):
            raise RefusedError(
                Message("a packet was stopped at the socket: {aim} is not in the allow file", aim=str(aim)),
                Message("this is a fault in govnet's own plan of the run; nothing was sent there"),
            )

    @property
    def rate(self) -> float:
        """How often a program that speaks to one target alone may connect in a second."""
        return min(self.allowed.rate_target, self.allowed.rate_all)

    def count(self, vantage: Vantage, aim: Aim, number: int) -> None:
        """So many packets or connections went; also those of a program that paces itself."""
        self.passed[vantage.name, aim] = self.passed.get((vantage.name, aim), 0) + number

    async def turn(self, vantage: Vantage, aim: Aim) -> None:
        """Check, then wait until a packet or connection may go; it is counted as gone."""
        self.check(vantage, aim)
        now = asyncio.get_running_loop().time()
        begin = max(now, self._all, self._each.get(aim.address, 0.0))
        self._all = begin + 1 / self.allowed.rate_all
        self._each[aim.address] = begin + 1 / self.allowed.rate_target
        self.count(vantage, aim, 1)
        if begin > now:
            await asyncio.sleep(begin - now)

    def frame(self, vantage: Vantage, data: bytes) -> Aim:
        """Whom a frame is for; RefusedError if that is outside the allow file, or if it is nothing that we send."""
        aim = aim_of(data)
        if aim is None:
            raise RefusedError(Message("a frame was stopped that is none of those that probes send"))
        self.check(vantage, aim)
        return aim


def aim_of(data: bytes) -> Aim | None:
    """Whom an Ethernet frame is for, if it is one of the kinds that probes send; None for any other.

    ARP requests (RFC 826) that claim nothing or only their own sender; neighbour and router solicitations (RFC 4861
    sections 4.1 and 4.3); DHCPDISCOVER (RFC 2131); Solicit and Information-request without rapid commit (RFC 8415
    sections 16.2 and 16.12); echo requests (RFC 792).
    """
    target, kind, body = data[:6], data[12:14], data[14:]
    if kind == _ARP:
        request = body[:8] == b"\x00\x01\x08\x00\x06\x04\x00\x01" and len(body) >= 28 and body[8:14] == data[6:12]
        return Aim(Protocol.ARP, IPv4Address(body[24:28])) if request and target == _BROADCAST else None
    if kind == _IPV4 and len(body) >= 28 and body[0] == 0x45:
        return _ipv4(target, body)
    if kind == _IPV6 and len(body) >= 48 and body[0] >> 4 == 6 and body[6] == 58 and body[7] == 255:
        return _icmpv6(target, body)
    if kind == _IPV6 and len(body) >= 52 and body[0] >> 4 == 6 and body[6] == 17:
        return _dhcpv6(target, body)
    return None


def _ipv4(target: bytes, body: bytes) -> Aim | None:
    whole = body[6:8] in (b"\x00\x00", b"\x40\x00")  # no fragment
    if not whole:
        return None
    if body[9] == 17 and body[16:20] == _EVERYBODY and body[20:24] == b"\x00\x44\x00\x43":
        discover = target == _BROADCAST and body[28:29] == b"\x01" and body[264:271] == b"\x63\x82\x53\x63\x35\x01\x01"
        return Aim(Protocol.DHCP, IPv4Address(_EVERYBODY)) if discover else None
    if body[9] == 1 and body[20:22] == b"\x08\x00" and not target[0] & 1:
        return Aim(Protocol.ICMP, IPv4Address(body[16:20]))
    return None


def _icmpv6(target: bytes, body: bytes) -> Aim | None:
    to, kind = IPv6Address(body[24:40]), body[40]
    if target != b"\x33\x33" + body[36:40]:
        return None
    if kind == 133 and to == _ALL_ROUTERS:
        return Aim(Protocol.RS, to)
    if kind == 135 and len(body) >= 64:
        asked = IPv6Address(body[48:64])
        return Aim(Protocol.ND, asked) if to == solicited_node(asked) else None
    return None


def _dhcpv6(target: bytes, body: bytes) -> Aim | None:
    to = IPv6Address(body[24:40])
    own = body[8:10] == b"\xfe\x80" and body[40:44] == b"\x02\x22\x02\x23"
    if to != _ALL_SERVERS or target != b"\x33\x33" + body[36:40] or not own or body[48] not in (1, 11):
        return None
    rest = body[52:]
    while len(rest) >= 4:  # options; one that would have an address leased at once does not leave
        code, length = int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big")
        if code == 14 or len(rest) < 4 + length:
            return None
        rest = rest[4 + length :]
    return None if rest else Aim(Protocol.DHCPV6, to)


def solicited_node(address: IPv6Address) -> IPv6Address:
    """The multicast address at which a node is asked for an address of its own (RFC 4291 section 2.7.1)."""
    return IPv6Address(int(IPv6Address("ff02::1:ff00:0")) | int(address) & 0xFFFFFF)
