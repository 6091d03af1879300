"""Which devices must reach which, told from the configurations alone: a calculation apart from FRR and from `frr.py`.

Connected networks, static routes, OSPF, IS-IS and RIP domains and BGP sessions in the global tables, IPv4. A packet is
followed hop by hop, there and back. It is cautious: a device that filters is never expected to let anything through,
and what a policy decides about is not expected.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, NamedTuple

from configs.forwarding.model import PortKind
from lab.standin import domains
from lab.standin.domains import Domain, imported
from lab.standin.ports import is_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configs.forwarding.model import Address, Forwarding, Neighbour, Network, Port
    from lab.standin.wiring import End, Wiring

_LONGEST = 32


class Pair(NamedTuple):
    """`source` must get an answer from `address`, which is one of `destination`'s."""

    source: str
    destination: str
    address: Address


class _Way(NamedTuple):
    """A route: the smaller `rank` wins among equal lengths. `to` is a device, or `via` an address, or neither: here."""

    network: Network
    rank: int
    via: Address | None = None
    to: str = ""
    domain: Domain | None = None
    drops: bool = False


@dataclass
class _World:
    devices: Mapping[str, Forwarding]
    wiring: Wiring
    owners: dict[Address, set[str]] = field(default_factory=lambda: defaultdict(set))
    routes: dict[str, list[_Way]] = field(default_factory=lambda: defaultdict(list))
    near: dict[tuple[str, Network], dict[Address, str]] = field(default_factory=lambda: defaultdict(dict))


def pairs(devices: Mapping[str, Forwarding], wiring: Wiring) -> tuple[Pair, ...]:
    """Every ordered pair of devices of which the first must reach the second, each with one address that shows it."""
    world = _known(devices, wiring)
    found = []
    for source in devices:
        for goal in devices:
            if source == goal:
                continue
            address = next((one for one in _targets(devices[goal]) if _there_and_back(world, source, goal, one)), None)
            if address is not None:
                found.append(Pair(source, goal, address))
    return tuple(found)


def _targets(device: Forwarding) -> Iterator[Address]:
    """A device's addresses in the global table, hosts' first: what is told of them says most."""
    found = [
        address
        for port in device.ports.values()
        if not port.vrf and is_up(device, port) and port.tunnel is None
        for address in port.addresses
        if address.version == 4
    ]
    yield from (address.ip for address in sorted(found, key=lambda one: -one.network.prefixlen))


def _filters(device: Forwarding) -> bool:
    return any(port.filters or port.zone or port.ipsec for port in device.ports.values()) or bool(device.translations)


def _there_and_back(world: _World, source: str, goal: str, address: Address) -> bool:
    if world.owners[address] != {goal}:
        return False
    first = _walk(world, source, address)
    if first is None or first[0] != goal:
        return False
    sender = first[1]
    back = _walk(world, goal, sender) if sender is not None and world.owners[sender] == {source} else None
    return back is not None and back[0] == source


def _walk(world: _World, here: str, goal: Address) -> tuple[str, Address | None] | None:
    """Where a packet ends, and the address that the first device sends it from. None: nobody can say."""
    sender: Address | None = None
    seen = {here}
    start = here
    while here not in world.owners[goal]:
        if here != start and _filters(world.devices[here]):
            return None
        step = _step(world, here, goal)
        if step is None or step[0] in seen:
            return None
        if here == start:
            sender = step[1]
        here = step[0]
        seen.add(here)
    return None if _filters(world.devices[here]) or _filters(world.devices[start]) else (here, sender)


def _step(world: _World, here: str, goal: Address, depth: int = 4) -> tuple[str, Address] | None:
    """The next device and the address of the port towards it."""
    if not depth:
        return None
    found = [way for way in world.routes[here] if goal in way.network]
    if not found:
        return None
    way = min(found, key=lambda one: (-one.network.prefixlen, one.rank))
    if way.drops:
        return None
    if way.via is not None:
        return _step(world, here, way.via, depth - 1)
    if way.to:
        other = way.domain.toward(here, way.to) if way.domain is not None else ""
        own = _between(world, here, other) if other else None
        return None if own is None else (other, own)
    # Only the port that is asked for an address answers for it (ARP), not the device's others.
    other = world.near[here, way.network].get(goal, "")
    own = next(
        (
            address.ip
            for port in world.devices[here].ports.values()
            if not port.vrf
            for address in port.addresses
            if address.network == way.network
        ),
        None,
    )
    return (other, own) if other and own is not None else None


def _between(world: _World, here: str, other: str) -> Address | None:
    """The address of one's port towards a neighbour; None if there is not exactly one."""
    found = {network for (name, network), near in world.near.items() if name == here and other in near.values()}
    own = [
        address.ip
        for port in world.devices[here].ports.values()
        for address in port.addresses
        if address.network in found and address.version == 4
    ]
    return own[0] if own else None


def _known(devices: Mapping[str, Forwarding], wiring: Wiring) -> _World:
    world = _World(devices, wiring)
    for name, device in devices.items():
        for port in device.ports.values():
            if port.vrf or not is_up(device, port) or port.tunnel is not None:
                continue
            for address in port.addresses:
                world.owners[address.ip].add(name)
                world.routes[name].append(_Way(address.network, 0))
        for static in device.statics:
            if static.vrf or static.via_vrf:
                continue
            if static.via is not None:
                world.routes[name].append(_Way(static.network, 60, static.via))
            else:
                # By a port, to whomever, or to nowhere.
                world.routes[name].append(_Way(static.network, 60, drops=True))
    _nearby(world)
    for domain, rank in (
        (domains.ospf(devices, wiring), 10),
        (domains.isis(devices, wiring), 15),
        (domains.rip(devices, wiring), 100),
    ):
        _learn(world, domain, rank)
    _bgp(world)
    return world


def _nearby(world: _World) -> None:
    for segment in world.wiring.segments:
        for a in segment:
            for b in segment:
                if a.device == b.device:
                    continue
                device, other = world.devices[a.device], world.devices[b.device]
                if not is_up(other, other.ports[b.port]) or not is_up(device, device.ports[a.port]):
                    continue
                ours = {one.network for port in _ends(device, a) for one in port.addresses}
                for one in (one for port in _ends(other, b) for one in port.addresses if one.network in ours):
                    world.near[a.device, one.network][one.ip] = b.device


def _ends(device: Forwarding, end: End) -> list[Port]:
    """The routed ports at an end: the port itself, or its VLAN's."""
    _, port, vlan = end
    if not vlan:
        return [device.ports[port]]
    return [one for one in device.ports.values() if one.vlan == vlan and one.kind is PortKind.VLAN]


def _learn(world: _World, domain: Domain, rank: int) -> None:
    for name in world.devices:
        for other in domain.knows[name] - {name}:
            world.routes[name] += [_Way(network, rank, to=other, domain=domain) for network in domain.tells[other]]
        for other in domain.imports_known[name] - {name}:
            world.routes[name] += [_Way(network, 150, to=other, domain=domain) for network in domain.imports[other]]
        for other in domain.exits[name] - {name}:
            world.routes[name].append(_Way(ip_network("0.0.0.0/0"), rank, to=other, domain=domain))


def _bgp(world: _World) -> None:
    """Sessions whose two ends name each other, and what is told over them without any policy."""
    said: dict[str, dict[Address, Neighbour]] = {}
    told: dict[str, dict[Network, _Told]] = defaultdict(dict)
    for name, device in world.devices.items():
        own = {way.network for way in world.routes[name]}
        for family in device.bgp.families if device.bgp is not None else ():
            if family.family != "ipv4" or family.vrf:
                continue
            said[name] = {one.address: one for one in family.neighbours if _speaks(one)}
            certain = {one for one in family.networks if one in own and one not in family.network_policies}
            for network in certain | imported(device, family.redistributes):
                told[name][network] = _Told(None, outside=True)
    for _ in range(len(world.devices)):
        for name, neighbours in said.items():
            for address, one in neighbours.items():
                _tell(world, said, told, name, address, one)
    for name, routes in told.items():
        world.routes[name] += [_Way(network, 255, one.via) for network, one in routes.items() if one.via is not None]


class _Told(NamedTuple):
    """How a device has a route of BGP: its next hop (None: its own), whether from outside, and through which ASes."""

    via: Address | None
    outside: bool
    path: tuple[int, ...] = ()


def _speaks(one: Neighbour) -> bool:
    return (not one.families or "ipv4" in one.families) and one.active


def _tell(
    world: _World,
    said: dict[str, dict[Address, Neighbour]],
    told: dict[str, dict[Network, _Told]],
    name: str,
    address: Address,
    one: Neighbour,
) -> None:
    """What `name` tells the neighbour at `address`."""
    others = world.owners[address]
    if len(others) != 1:
        return
    other = next(iter(others))
    here, there = world.devices[name].bgp, world.devices[other].bgp
    back = next(
        ((own, two) for own, two in said.get(other, {}).items() if world.owners[own] == {name}),
        None,
    )
    if here is None or there is None or back is None or one.asn != there.asn or back[1].asn != here.asn:
        return
    own, two = back
    if any((one.policy_out, two.policy_in, one.prefixes_out, two.prefixes_in, one.local_as, two.local_as)):
        return
    outside = here.asn != there.asn
    for network, (via, first, path) in list(told[name].items()):
        if network in told[other] or there.asn in path:
            continue
        if not outside and not first and not one.reflector_client and not (via and path):
            continue
        hop = own if outside or one.next_hop_self or via is None else via
        if _step(world, other, hop) is None:
            continue
        # What was learnt inside is not told inside again (RFC 4271, section 9.2).
        told[other][network] = _Told(hop, outside, (here.asn, *path) if outside else path)
