"""The frames that probes send and read, built and taken apart by scapy (GPL-2.0, optional: the extra `probes`).

scapy is imported only here, and only when a frame is needed. What is read came from anybody on the link: what scapy
cannot take apart is passed over.
"""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, TypeVar

from audits.probes.gate import solicited_node
from audits.probes.model import CannotRunError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from audits.probes.model import Address
    from audits.probes.place import Interface

Read = TypeVar("Read")
_BROADCAST = "ff:ff:ff:ff:ff:ff"
_ALL_ROUTERS, _ALL_SERVERS = "ff02::2", "ff02::1:2"
# Options of an advertisement that hosts follow although its sender is no default router (RFC 8106, RFC 4191).
_TAUGHT = (("ICMPv6NDOptRDNSS", "name servers"), ("ICMPv6NDOptDNSSL", "a search list"),
           ("ICMPv6NDOptRouteInfo", "routes"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says that an address is theirs. `asked` is False for an announcement that answers no question."""

    address: Address
    mac: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A DHCP server's offer: who it says it is, from where it came, and what it would give."""

    server: IPv4Address
    mac: str
    address: IPv4Address
    router: str


@dataclass(frozen=True, slots=True)
class Offer6:
    """What a DHCPv6 server or relay said: from which address, and which DUID the server says it has."""

    server: IPv6Address
    mac: str
    duid: str


@dataclass(frozen=True, slots=True)
class Advert:
    """A router advertisement. `lifetime` 0 means that it is no default router; `prefixes` what it announces.

    `more` are the other things that hosts learn from it: name servers, routes, that DHCPv6 is to be asked.
    """

    router: IPv6Address
    mac: str
    lifetime: int
    prefixes: tuple[str, ...]
    more: tuple[str, ...] = ()

    @property
    def gives(self) -> bool:
        """Whether a host does anything because of it; what withdraws a router gives nothing."""
        return bool(self.lifetime or self.prefixes or self.more)


def need() -> None:
    """CannotRunError if scapy is not installed."""
    if importlib.util.find_spec("scapy") is None:
        raise CannotRunError(
            Message("scapy is not installed"),
            Message('install it with: pip install "govnet[probes]"'),
        )
    # It says on import which interfaces have no address.
    logging.getLogger("scapy").setLevel(logging.ERROR)


def ask(place: Interface, address: Address) -> bytes:
    """Whose is this address? By ARP without an address of our own, as RFC 5227 probes, so that no cache learns it.

    By neighbour solicitation with our link-local address: a duplicate address detection's would disturb a node that is
    just doing its own.
    """
    from scapy.layers.inet6 import ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IPv6  # noqa: PLC0415 - optional and slow
    from scapy.layers.l2 import ARP, Ether  # noqa: PLC0415 - as above

    if isinstance(address, IPv4Address):
        request = ARP(op=1, hwsrc=place.mac, psrc="0.0.0.0", hwdst="00:00:00:00:00:00", pdst=str(address))  # noqa: S104 - RFC 5227: the sender of an ARP probe
        return bytes(Ether(dst=_BROADCAST, src=place.mac) / request)
    group = solicited_node(address)
    return bytes(
        Ether(dst=_multicast(group), src=place.mac)
        / IPv6(src=str(_own_link_local(place)), dst=str(group), hlim=255)
        / ICMPv6ND_NS(tgt=str(address))
        / ICMPv6NDOptSrcLLAddr(lladdr=place.mac)
    )


def discover(place: Interface, number: int) -> bytes:
    """A DHCPDISCOVER (RFC 2131) with the transaction `number`; answers are wanted as broadcasts."""
    from scapy.layers.dhcp import BOOTP, DHCP  # noqa: PLC0415 - as above
    from scapy.layers.inet import IP, UDP  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    hardware = bytes.fromhex(place.mac.replace(":", ""))
    return bytes(
        Ether(dst=_BROADCAST, src=place.mac)
        / IP(src="0.0.0.0", dst="255.255.255.255")  # noqa: S104 - RFC 2131: a client without an address
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=hardware, xid=number, flags=0x8000)
        / DHCP(options=[("message-type", "discover"), ("param_req_list", [1, 3, 6]), "end"])
    )


def solicit6(place: Interface, number: int) -> list[bytes]:
    """A DHCPv6 Solicit and an Information-request (RFC 8415) with the transaction `number`; nothing is committed.

    A server without addresses answers the second alone.
    """
    from scapy.layers import dhcp6  # noqa: PLC0415 - as above
    from scapy.layers.inet import UDP  # noqa: PLC0415 - as above
    from scapy.layers.inet6 import IPv6  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    head = (
        Ether(dst=_multicast(IPv6Address(_ALL_SERVERS)), src=place.mac)
        / IPv6(src=str(_own_link_local(place)), dst=_ALL_SERVERS, hlim=1)
        / UDP(sport=546, dport=547)
    )
    who = dhcp6.DHCP6OptClientId(duid=dhcp6.DUID_LL(lladdr=place.mac)) / dhcp6.DHCP6OptElapsedTime(elapsedtime=0)
    wanted = dhcp6.DHCP6OptOptReq(reqopts=[23])
    return [
        bytes(head / dhcp6.DHCP6_Solicit(trid=number) / who / dhcp6.DHCP6OptIA_NA(iaid=1) / wanted),
        bytes(head / dhcp6.DHCP6_InfoRequest(trid=number) / who / wanted),
    ]


def solicit(place: Interface) -> bytes:
    """A router solicitation (RFC 4861 section 4.1)."""
    from scapy.layers.inet6 import ICMPv6ND_RS, ICMPv6NDOptSrcLLAddr, IPv6  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    return bytes(
        Ether(dst=_multicast(IPv6Address(_ALL_ROUTERS)), src=place.mac)
        / IPv6(src=str(_own_link_local(place)), dst=_ALL_ROUTERS, hlim=255)
        / ICMPv6ND_RS()
        / ICMPv6NDOptSrcLLAddr(lladdr=place.mac)
    )


def echo(place: Interface, through: str, address: IPv4Address, nonce: bytes) -> bytes:
    """An echo request to `address`, handed to the machine with the hardware address `through`."""
    from scapy.layers.inet import ICMP, IP  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    if place.ipv4 is None:
        raise CannotRunError(Message("{name} has no IPv4 address", name=place.name))
    return bytes(
        Ether(dst=through, src=place.mac)
        / IP(src=str(place.ipv4), dst=str(address))
        / ICMP(type=8, id=int.from_bytes(nonce[:2], "big"), seq=1)
        / nonce
    )


def claims(frames: Iterable[bytes]) -> Iterator[Claim]:
    """Who says that an address is theirs: ARP replies and announcements (RFC 5227), neighbour advertisements.

    An answer to a question of ours comes to us alone; what comes to everybody was not asked for.
    """
    from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6NDOptDstLLAddr  # noqa: PLC0415 - as above
    from scapy.layers.l2 import ARP, Ether  # noqa: PLC0415 - as above

    def read(packet: Any) -> Claim | None:
        if ARP in packet:
            said = packet[ARP]
            sender = ip_address(said.psrc)
            if said.op != 2 and said.psrc != said.pdst:
                return None
            alone = not int(str(packet[Ether].dst)[:2], 16) & 1 and said.psrc != said.pdst
            return Claim(sender, str(said.hwsrc).lower(), said.op == 2 and alone)
        if ICMPv6ND_NA not in packet:
            return None
        advert = packet[ICMPv6ND_NA]
        option = packet.getlayer(ICMPv6NDOptDstLLAddr)
        mac = str(option.lladdr if option is not None else packet[Ether].src).lower()
        return Claim(ip_address(advert.tgt), mac, bool(advert.S))

    return _each(frames, read)


def offers(frames: Iterable[bytes], number: int) -> Iterator[Offer]:
    """The offers to our transaction."""
    from scapy.layers.dhcp import BOOTP, DHCP  # noqa: PLC0415 - as above
    from scapy.layers.inet import IP  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    def read(packet: Any) -> Offer | None:
        if DHCP not in packet or packet[BOOTP].op != 2 or packet[BOOTP].xid != number:
            return None
        options = {option[0]: option[1] for option in packet[DHCP].options if isinstance(option, tuple)}
        if options.get("message-type") != 2:
            return None
        server = IPv4Address(str(options.get("server_id") or packet[IP].src))
        given = IPv4Address(str(packet[BOOTP].yiaddr))
        return Offer(server, str(packet[Ether].src).lower(), given, str(options.get("router", "-")))

    return _each(frames, read)


def offers6(frames: Iterable[bytes], number: int) -> Iterator[Offer6]:
    """The Advertise and Reply messages to our transaction."""
    from scapy.layers.dhcp6 import DHCP6_Advertise, DHCP6_Reply, DHCP6OptServerId  # noqa: PLC0415 - as above
    from scapy.layers.inet6 import IPv6  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    def read(packet: Any) -> Offer6 | None:
        said = next((packet[kind] for kind in (DHCP6_Advertise, DHCP6_Reply) if kind in packet), None)
        if said is None or said.trid != number:
            return None
        duid = bytes(packet[DHCP6OptServerId].duid).hex() if DHCP6OptServerId in packet else "-"
        return Offer6(IPv6Address(packet[IPv6].src), str(packet[Ether].src).lower(), duid)

    return _each(frames, read)


def adverts(frames: Iterable[bytes]) -> Iterator[Advert]:
    """The router advertisements: only those that came from this link (RFC 4861 section 6.1.2)."""
    from scapy.layers.inet6 import ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    def read(packet: Any) -> Advert | None:
        if ICMPv6ND_RA not in packet or packet[IPv6].hlim != 255:
            return None
        said, prefixes = packet[ICMPv6ND_RA], []
        more = [name for name, flag in (("addresses by DHCPv6", said.M), ("names by DHCPv6", said.O)) if flag]
        more += [name for option, name in _TAUGHT if option in packet]
        layer = packet.getlayer(ICMPv6NDOptPrefixInfo)
        while layer is not None:
            prefixes.append(f"{layer.prefix}/{layer.prefixlen}")
            layer = layer.payload.getlayer(ICMPv6NDOptPrefixInfo)
        source, lifetime = IPv6Address(packet[IPv6].src), int(said.routerlifetime)
        return Advert(source, str(packet[Ether].src).lower(), lifetime, tuple(prefixes), tuple(more))

    return _each(frames, read)


def echoed(frames: Iterable[bytes], nonce: bytes) -> Iterator[tuple[IPv4Address, str]]:
    """Who answered our echo request, and the hardware address that handed the answer to us."""
    from scapy.layers.inet import ICMP, IP  # noqa: PLC0415 - as above
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    def read(packet: Any) -> tuple[IPv4Address, str] | None:
        if ICMP not in packet or packet[ICMP].type != 0 or bytes(packet[ICMP].payload)[: len(nonce)] != nonce:
            return None
        return IPv4Address(packet[IP].src), str(packet[Ether].src).lower()

    return _each(frames, read)


def _each(frames: Iterable[bytes], read: Callable[[Any], Read | None]) -> Iterator[Read]:
    """What `read` finds in the frames; a damaged one is nobody's answer."""
    from scapy.layers.l2 import Ether  # noqa: PLC0415 - as above

    for frame in frames:
        try:
            found = read(Ether(frame))
        except Exception:  # noqa: BLE001, S112 - scapy raises whatever a damaged packet makes it stumble over
            continue
        if found is not None:
            yield found


def _own_link_local(place: Interface) -> IPv6Address:
    if place.link_local is None:
        raise CannotRunError(
            Message("{name} has no IPv6 link-local address", name=place.name),
            Message("turn IPv6 on for it: sysctl net.ipv6.conf.{name}.disable_ipv6=0", name=place.name),
        )
    return place.link_local


def _multicast(address: IPv6Address) -> str:
    """The Ethernet address of a multicast group (RFC 2464 section 7)."""
    return "33:33:" + ":".join(f"{octet:02x}" for octet in address.packed[12:])
