"""Ports as links of Linux: cable ends, bridges for VLANs, what VRRP needs, and on a full kernel VRFs and tunnels.

A router's tagged sub-interface is a cable of its own. A switch has a bridge a VLAN; each of its ports has an end of a
cable (a lane) for each VLAN that it carries, which is in that VLAN's bridge. An aggregate is one cable.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from configs.forwarding.model import Left, PortKind
from inventory.text import Message
from lab.standin.links import Link
from lab.standin.naming import LOOPBACK, Names, bridge, virtual
from lab.standin.nat import hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Forwarding, Port, VirtualRouter
    from lab.standin.target import Target

WIRED = frozenset({PortKind.PHYSICAL, PortKind.SUB, PortKind.AGGREGATE})
# Linux takes an MTU of a veth device within these; IPv6 needs at least 1280 (RFC 8200, section 5).
_MTU = range(1280, 65536)
_BRIDGE = "type bridge mcast_snooping 0"
# What `ip link` calls a tunnel, by its protocol and the family that carries it.
_KINDS = {
    ("gre", 4): "gre",
    ("gre", 6): "ip6gre",
    ("ipip", 4): "ipip",
    ("ip6ip", 4): "sit",
    ("6to4", 4): "sit",
    ("ipip6", 6): "ip6tnl mode ipip6",
    ("ip6ip6", 6): "ip6tnl mode ip6ip6",
}
# The shortest times that Linux takes, in hundredths of a second (ip-link(8), forward_delay from 2 s).
_RING = "type bridge stp_state 1 forward_delay 200 hello_time 100 max_age 600 mcast_snooping 0"


@dataclass
class Links:
    """What becomes of the ports: links in the order in which they are made, and what is left."""

    links: dict[str, Link] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def is_routed(port: Port) -> bool:
    """Whether a port is an end of a cable that carries routed packets."""
    return port.kind in WIRED and port.switched is None


def carries(port: Port, vlan: int) -> bool:
    """Whether a port carries a VLAN: a trunk's or an access port's own, or a VLAN interface's."""
    if port.switched is None:
        return port.kind is PortKind.VLAN and port.vlan == vlan
    return vlan == port.switched.untagged or vlan in port.switched.tagged


def is_up(forwarding: Forwarding, port: Port) -> bool:
    """Whether a port and what it is a part of are not shut down."""
    parent = forwarding.ports.get(port.parent)
    return port.up and (parent is None or is_up(forwarding, parent))


def members(forwarding: Forwarding) -> frozenset[str]:
    """The ports that are only parts of aggregates."""
    return frozenset(name for port in forwarding.ports.values() for name in port.members)


def wired(forwarding: Forwarding) -> tuple[str, ...]:
    """The routed ports that have a cable's end, wired or not: those with addresses, or that borrow one."""
    parts = members(forwarding)
    return tuple(
        name
        for name, port in forwarding.ports.items()
        if is_routed(port) and name not in parts and (port.addresses or port.borrows or port.ipv6)
    )


def links(forwarding: Forwarding, names: Names, target: Target, *, spanning: bool = False) -> Links:
    """The links of a device. Its VRFs come first, then bridges and cables, then what stands on them."""
    made = Links()
    if target.has_vrf:
        vrfs = {port.vrf for port in forwarding.ports.values() if port.vrf} | set(forwarding.vrfs)
        for number, vrf in enumerate(sorted(vrfs), 1):
            made.links[vrf] = Link(vrf, f"type vrf table {1000 + number}")
    for vlan in sorted(_bridged(forwarding, names)):
        made.links[bridge(vlan)] = Link(bridge(vlan), _RING if spanning else _BRIDGE)
    made.links[LOOPBACK] = Link(LOOPBACK)
    carried = set(wired(forwarding))
    for port in forwarding.ports.values():
        if port.vrf and not target.has_vrf:
            made.left.append(Left(port.line, Message("this lab's kernel has no VRFs"), "routes"))
        else:
            _port(forwarding, port, names, target, carried, made)
    _lanes(forwarding, names, made)
    for name, port in forwarding.ports.items():
        if names.ports.get(name) in made.links:
            for group in port.vrrp:
                _virtual(names.ports[name], port, group, made)
    return made


def _lanes(forwarding: Forwarding, names: Names, made: Links) -> None:
    """A cable's end for each VLAN of a switched port, in that VLAN's bridge as long as the port carries it."""
    for (name, vlan), short in names.lanes.items():
        lane = forwarding.ports.get(name)
        if lane is None or not carries(lane, vlan):
            made.links[short] = Link(short, up=False)
        else:
            made.links[short] = Link(short, "", bridge(vlan), lane.kind is PortKind.VLAN or is_up(forwarding, lane))


def _port(forwarding: Forwarding, port: Port, names: Names, target: Target, carried: set[str], made: Links) -> None:
    short = names.ports.get(port.name, "")
    up = is_up(forwarding, port)
    addresses = tuple(map(str, _addresses(forwarding, port)))
    if port.kind is PortKind.LOOPBACK and target.has_vrf:
        made.links[short] = Link(short, "type dummy", port.vrf, up, 0, "", addresses)
    elif port.kind is PortKind.LOOPBACK and up:
        shared = made.links[LOOPBACK].addresses
        made.links[LOOPBACK] = Link(LOOPBACK, addresses=tuple(dict.fromkeys((*shared, *addresses))))
    elif port.kind is PortKind.VLAN:
        made.links[short] = replace(made.links[short], master=port.vrf, up=up, mtu=_mtu(port), addresses=addresses)
    elif port.kind is PortKind.TUNNEL:
        _tunnel(forwarding, port, short, target, made)
    elif port.name in carried:
        answered = hosts(forwarding, port)
        made.links[short] = Link(short, "", port.vrf, up, _mtu(port), "", (*addresses, *answered))


def _bridged(forwarding: Forwarding, names: Names) -> set[int]:
    of_ports = {port.vlan for port in forwarding.ports.values() if port.kind is PortKind.VLAN}
    return of_ports | {vlan for _, vlan in names.lanes}


def _addresses(forwarding: Forwarding, port: Port) -> Iterator[object]:
    """A port's own addresses; one that borrows has the other's, as a host's own."""
    yield from port.addresses
    lender = forwarding.ports.get(port.borrows)
    if lender is not None:
        yield from (f"{address.ip}/32" for address in lender.addresses[:1] if address.version == 4)


def _mtu(port: Port) -> int:
    return port.mtu if port.mtu in _MTU else 0


def _tunnel(forwarding: Forwarding, port: Port, short: str, target: Target, made: Links) -> None:
    outer = port.tunnel
    if outer is None:
        return  # what it is instead stands in the model's own list
    if not target.has_vrf:
        made.left.append(Left(port.line, Message("this lab's kernel has no GRE tunnels"), "tunnels"))
        return
    source = _source(forwarding, outer.source)
    far = outer.destination
    version = ip_address(source).version if source else 0
    kind = _KINDS.get((outer.protocol, version))
    if kind is None or (far is None) != (outer.protocol == "6to4") or (far is not None and far.version != version):
        made.left.append(Left(port.line, Message("a tunnel of a kind that is not built here"), "tunnels"))
        return
    remote = f" remote {far}" if far is not None else ""
    device = f" dev {outer.vrf}" if outer.vrf else ""
    made.links[short] = Link(
        short,
        f"type {kind} local {source}{remote} ttl 64{device}",
        port.vrf,
        port.up,
        _mtu(port),
        "",
        tuple(map(str, _addresses(forwarding, port))),
    )


def _source(forwarding: Forwarding, text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        pass
    folded = text.replace(" ", "").casefold()
    for name, port in forwarding.ports.items():
        if name.replace(" ", "").casefold() == folded and port.addresses:
            return str(port.addresses[0].ip)
    return ""


def _virtual(short: str, port: Port, group: VirtualRouter, made: Links) -> None:
    """The interface with the group's own MAC address that FRR's vrrpd looks for on top of the port.

    https://docs.frrouting.org/en/stable-8.4/vrrp.html; addresses as RFC 5798, section 7.3.
    """
    own = {address.ip for address in port.addresses}
    for version in (4, 6):
        addresses = [address for address in group.addresses if address.version == version]
        if not addresses:
            continue
        if own & set(addresses):
            made.left.append(Left(group.line, Message("a VRRP group whose address is the router's own"), "routes"))
            continue
        name = virtual(short, version, group.number)
        mac = f"00:00:5e:00:0{1 if version == 4 else 2}:{group.number:02x}"
        bits = 32 if version == 4 else 128
        made.links[name] = Link(
            name,
            f"link {short} type macvlan mode bridge",
            port.vrf,
            mac=mac,
            addresses=tuple(f"{address}/{bits}" for address in addresses),
        )
