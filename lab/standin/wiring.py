"""Who is cabled to whom: from what an inventory says, or guessed from the texts of a published network.

A segment is a set of ends that hear each other. An end is a device's routed port, or a VLAN of a switched port; an
end of a `VLAN` port is the switch's VLAN as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configs.forwarding.model import Port, PortKind
from inventory.text import Message
from lab.standin.ports import members, wired

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from ipaddress import IPv4Address, IPv6Address

    from configs.forwarding.model import Forwarding
    from inventory.model import Inventory


Address: TypeAlias = "IPv4Address | IPv6Address"


class End(NamedTuple):
    """`vlan` is 0 at a routed port, whose tag is its own affair."""

    device: str
    port: str
    vlan: int = 0


class PhysicalCable(NamedTuple):
    """A cable as people plug it in: (device, port) twice. Ports as the configuration names them."""

    a: tuple[str, str]
    b: tuple[str, str]


@dataclass(frozen=True)
class Wiring:
    """`segments` of two or more ends; `alone`, ends that hear nobody and are up; `unwired`, what could not be told."""

    segments: tuple[tuple[End, ...], ...]
    alone: tuple[End, ...] = ()
    unwired: tuple[Message, ...] = ()

    def lanes(self, device: str) -> frozenset[tuple[str, int]]:
        """A device's lanes: its ends that carry a VLAN."""
        ends = (end for segment in (*self.segments, self.alone) for end in segment)
        return frozenset((end.port, end.vlan) for end in ends if end.device == device and end.vlan)


def cables_of(inventory: Inventory) -> tuple[PhysicalCable, ...]:
    """The inventory's lines that have two ends and are no tunnels."""
    from inventory.model import LineKind  # noqa: PLC0415 - only here

    return tuple(
        PhysicalCable((line.a.device, line.a.interface), (line.b.device, line.b.interface))
        for line in inventory.lines.values()
        if line.b is not None and line.kind is not LineKind.TUNNEL
    )


def wire(devices: Mapping[str, Forwarding], cables: Iterable[PhysicalCable]) -> Wiring:
    """The segments that cables make: what both ends carry untagged, and each tag that both carry."""
    segments: list[tuple[End, ...]] = []
    unwired: list[Message] = []
    for cable in dict.fromkeys(_aggregated(devices, cables)):
        lanes = [_carried(devices[name], port) if name in devices else {} for name, port in cable]
        shared = lanes[0].keys() & lanes[1].keys()
        segments += [(End(cable.a[0], *lanes[0][tag]), End(cable.b[0], *lanes[1][tag])) for tag in sorted(shared)]
        if not shared:
            unwired.append(
                Message(
                    "the cable {a} – {b} carries nothing that both ends know", a=" ".join(cable.a), b=" ".join(cable.b)
                )
            )
    return _whole(devices, segments, unwired)


def _aggregated(devices: Mapping[str, Forwarding], cables: Iterable[PhysicalCable]) -> Iterator[PhysicalCable]:
    for cable in cables:
        yield PhysicalCable(*((name, _carrier(devices.get(name), port)) for name, port in cable))


def _carrier(device: Forwarding | None, name: str) -> str:
    """The port as the configuration names it, the aggregate that it is a part of, or its sub-interface's port."""
    if device is None:
        return name
    folded = name.replace(" ", "").casefold()
    found = next((port for long, port in device.ports.items() if long.replace(" ", "").casefold() == folded), None)
    if found is None:
        return name
    if found.kind is PortKind.SUB and found.parent:
        return _carrier(device, found.parent)
    return next((port.name for port in device.ports.values() if found.name in port.members), found.name)


def _carried(device: Forwarding, name: str) -> dict[int, tuple[str, int]]:
    """What a port carries: by tag (0: none) the port or sub-interface, and the VLAN if it is switched."""
    carried: dict[int, tuple[str, int]] = {}
    routed = set(wired(device))
    port = device.ports.get(name)
    if port is not None and port.switched is not None:
        vlans = device.vlans | {one.vlan for one in device.ports.values() if one.kind is PortKind.VLAN}
        if port.switched.untagged:
            carried[0] = (name, port.switched.untagged)
        carried |= {vlan: (name, vlan) for vlan in port.switched.tagged & vlans if vlan != port.switched.untagged}
    elif name in routed:
        carried[0] = (name, 0)
    for sub in device.ports.values():
        if sub.kind is PortKind.SUB and sub.parent == name and sub.name in routed:
            carried[sub.vlan] = (sub.name, 0)
    return carried


def guess(devices: Mapping[str, Forwarding]) -> Wiring:
    """The segments that addresses tell: ports whose subnets are one are on one segment.

    A subnet in which an address occurs twice is told apart by tags and routing tables; if that does not help, its
    ports stay unwired.
    """
    groups: dict[object, list[tuple[End, Port]]] = defaultdict(list)
    for name, device in devices.items():
        parts = members(device)
        routed = set(wired(device))
        for port in device.ports.values():
            if port.name in parts or (port.name not in routed and port.kind is not PortKind.VLAN):
                continue
            end = End(name, port.name, port.vlan if port.kind is PortKind.VLAN else 0)
            for network in _subnets(port):
                groups[network].append((end, port))
    joined: list[set[End]] = []
    unwired: list[Message] = []
    for network, found in groups.items():
        for part in _apart(found):
            if part is None:
                unwired.append(Message("{network} is at several places at once", network=network))
            elif len({end.device for end, _ in part}) > 1:
                joined.append({end for end, _ in part})
    return _whole(devices, [tuple(sorted(segment)) for segment in _merged(joined)], unwired)


def _subnets(port: Port) -> Iterator[object]:
    for address in port.addresses:
        if address.network.prefixlen < address.max_prefixlen and not address.is_link_local:
            yield address.network


def _apart(found: list[tuple[End, Port]]) -> Iterator[list[tuple[End, Port]] | None]:
    """The ends of one subnet as segments; None for those that cannot be told apart."""
    if _distinct(found):
        yield found
        return
    for key in (lambda port: port.vlan, lambda port: (port.vlan, port.vrf)):
        parts: dict[object, list[tuple[End, Port]]] = defaultdict(list)
        for end, port in found:
            parts[key(port)].append((end, port))
        if len(parts) > 1 and all(_distinct(part) for part in parts.values()):
            yield from parts.values()
            return
    yield None


def _distinct(found: list[tuple[End, Port]]) -> bool:
    addresses = [address.ip for _, port in found for address in port.addresses]
    return len(set(addresses)) == len(addresses)


def _merged(groups: list[set[End]]) -> list[set[End]]:
    merged: list[set[End]] = []
    for group in groups:
        whole = set(group)
        for other in [one for one in merged if one & whole]:
            whole |= other
            merged.remove(other)
        merged.append(whole)
    return merged


def _whole(devices: Mapping[str, Forwarding], segments: list[tuple[End, ...]], unwired: list[Message]) -> Wiring:
    """With the ends that hear nobody: they are up on the device, for something else is plugged in there."""
    taken = {end for segment in segments for end in segment}
    lanes = {(end.device, end.vlan) for end in taken if end.vlan}
    alone = []
    for name, device in devices.items():
        ends = [End(name, port) for port in wired(device)]
        ends += [
            End(name, port.name, port.vlan)
            for port in device.ports.values()
            if port.kind is PortKind.VLAN and (name, port.vlan) not in lanes
        ]
        alone += [end for end in ends if end not in taken]
    return Wiring(tuple(segments), tuple(alone), tuple(unwired))


def plugged(device: Forwarding, later: Iterable[Forwarding]) -> Forwarding:
    """The device with the ports that it uses now, and those that it uses only later as they are then.

    A port is on the device, and somebody has plugged a cable in, before the first line about it is written.
    """
    ports = dict(device.ports)
    for other in later:
        known = set(wired(replace(device, ports=ports)))
        own = {name for name, port in other.ports.items() if port.kind is PortKind.VLAN}
        for name in (*wired(other), *sorted(own)):
            here = ports.get(name)
            if name not in known and (here is None or (here.switched is None and name not in own)):
                ports[name] = other.ports[name]
    return replace(device, ports=ports)


def with_ports(device: Forwarding, whole: Forwarding) -> Forwarding:
    """The device, which has the other's ports too: bare, with nothing on them."""
    missing = {
        name: Port(name, port.kind, parent=port.parent, vlan=port.vlan, up=False)
        for name, port in whole.ports.items()
        if name not in device.ports
    }
    return replace(device, ports={**device.ports, **missing}) if missing else device


def with_hosts(wiring: Wiring, ends: Iterable[End]) -> Wiring:
    """The same with ends that hosts need and that no segment has."""
    there = {end for segment in wiring.segments for end in segment} | set(wiring.alone)
    return replace(wiring, alone=(*wiring.alone, *(end for end in dict.fromkeys(ends) if end not in there)))


def has_ring(wiring: Wiring) -> bool:
    """Whether frames could go round: switches' VLANs and segments that close a circle."""
    above: dict[object, object] = {}

    def top(one: object) -> object:
        while one in above:
            one = above[one]
        return one

    for number, segment in enumerate(wiring.segments):
        for end in segment:
            if not end.vlan:
                continue
            a, b = top((end.device, end.vlan)), top(number)
            if a == b:
                return True
            above[a] = b
    return False
