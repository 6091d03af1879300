"""Who learns whose networks from a routing protocol: a calculation for checks, with nothing of FRR in it.

It is cautious: what a policy, a filter or a special kind of area decides about is not expected. A domain is a graph of
devices that are neighbours, and the networks that each of them tells.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, TypeVar

from configs.forwarding.model import OspfPort, PortKind
from lab.standin.ospf import area_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configs.forwarding.model import Forwarding, Isis, Network, Ospf, Port, Redistribution, Rip
    from lab.standin.wiring import End, Wiring

Node = TypeVar("Node")
BACKBONE = "0.0.0.0"  # noqa: S104 - an OSPF area's number


@dataclass
class Domain:
    """`tells` are networks by device, `knows` the devices whose networks a device learns; `beside`, its neighbours.

    `exits`: devices to which a device sends what it knows no better way for.
    """

    beside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tells: dict[str, set[Network]] = field(default_factory=lambda: defaultdict(set))
    imports: dict[str, set[Network]] = field(default_factory=lambda: defaultdict(set))
    knows: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    imports_known: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    exits: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def toward(self, start: str, goal: str) -> str:
        """The first device on a shortest way; empty if there is none."""
        came = {start: ""}
        waiting = deque([start])
        while waiting:
            here = waiting.popleft()
            for other in sorted(self.beside[here]):
                if other in came:
                    continue
                came[other] = here if here != start else other
                if here != start:
                    came[other] = came[here]
                if other == goal:
                    return came[other]
                waiting.append(other)
        return ""


def networks(port: Port) -> Iterator[Network]:
    """A port's IPv4 networks; a loopback's are hosts, as OSPF tells them (RFC 2328, section 12.4.1)."""
    for address in port.addresses:
        if address.version == 4:
            yield address.network if port.kind is not PortKind.LOOPBACK else ip_network(f"{address.ip}/32")


def imported(device: Forwarding, sources: tuple[Redistribution, ...]) -> set[Network]:
    """What a protocol takes from connected networks and static routes; with a policy nothing is certain."""
    found: set[Network] = set()
    for one in sources:
        if one.policy:
            continue
        if one.source == "connected":
            found |= {
                network
                for port in device.ports.values()
                if port.up and not port.vrf
                for network in (address.network for address in port.addresses if address.version == 4)
            }
        elif one.source == "static":
            found |= {
                static.network
                for static in device.statics
                if not static.vrf and static.network.version == 4 and static.network.prefixlen
            }
    return found


def _devices(graph: Mapping[tuple[str, str], set[tuple[str, str]]], start: tuple[str, str]) -> set[str]:
    return {device for device, _ in _reach(graph, start)}


def _couples(wiring: Wiring) -> Iterator[tuple[End, End]]:
    """Ends of different devices that hear each other, both ways round."""
    for segment in wiring.segments:
        for a in segment:
            for b in segment:
                if a.device != b.device:
                    yield a, b


def _reach(beside: Mapping[Node, set[Node]], start: Node) -> set[Node]:
    seen = {start}
    waiting = [start]
    while waiting:
        for other in beside.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def ospf(devices: Mapping[str, Forwarding], wiring: Wiring) -> Domain:
    """The OSPF version 2 domain of the global tables. Areas that do not touch the backbone are by themselves."""
    domain = Domain()
    spoken: dict[tuple[str, str], tuple[str, Ospf, Port]] = {}
    places: dict[str, set[str]] = defaultdict(set)  # areas of a device
    kinds: dict[str, str] = {}
    for name, device in devices.items():
        process = next((one for one in device.ospf if one.version == 2 and not one.vrf), None)
        if process is None:
            continue
        kinds |= {area.area: area.kind for area in process.areas if area.kind}
        domain.imports[name] |= imported(device, process.redistributes)
        for port in device.ports.values():
            area = area_of(process, port) if port.up and not port.vrf else None
            if area is not None:
                places[name].add(area.area)
                domain.tells[name] |= set(networks(port))
                spoken[name, port.name] = (area.area, process, port)
    graph: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for a, b in _couples(wiring):
        one, two = spoken.get((a.device, a.port)), spoken.get((b.device, b.port))
        if one is not None and two is not None and _adjacent(one, two):
            graph[a.device, one[0]].add((b.device, one[0]))
            domain.beside[a.device].add(b.device)
    for name, areas in places.items():
        for area_name in areas:
            _learn(domain, graph, places, kinds, name, area_name)
    return domain


def _learn(
    domain: Domain,
    graph: Mapping[tuple[str, str], set[tuple[str, str]]],
    places: Mapping[str, set[str]],
    kinds: Mapping[str, str],
    name: str,
    area: str,
) -> None:
    """What a device learns in one of its areas: of the area itself, and through its borders of all others."""
    near = _devices(graph, (name, area))
    domain.knows[name] |= near
    if not kinds.get(area):
        domain.imports_known[name] |= near
    for border in (one for one in near if BACKBONE in places[one]):
        if kinds.get(area, "").startswith("totally"):
            domain.exits[name].add(border)
            continue
        for other in _devices(graph, (border, BACKBONE)):
            for far in places[other]:
                reached = _devices(graph, (other, far))
                domain.knows[name] |= reached
                if not kinds.get(area) and not kinds.get(far):
                    domain.imports_known[name] |= reached


def _adjacent(a: tuple[str, Ospf, Port], b: tuple[str, Ospf, Port]) -> bool:
    if a[0] != b[0]:
        return False
    ports = [one[2] for one in (a, b)]
    said = [port.ospf or OspfPort() for port in ports]
    if any(one.passive for one in said) or any(_quiet(one) for one in (a, b)):
        return False
    same = [(one.network_type, one.hello, one.dead, one.secret) for one in said]
    nets = [{address.network for address in port.addresses if address.version == 4} for port in ports]
    kinds = [next((area.kind for area in one[1].areas if area.area == one[0]), "") for one in (a, b)]
    return same[0] == same[1] and bool(nets[0] & nets[1]) and kinds[0].split("-")[-1] == kinds[1].split("-")[-1]


def _quiet(one: tuple[str, Ospf, Port]) -> bool:
    _, process, port = one
    return port.name in process.passive or ("*" in process.passive and port.name not in process.active)


def isis(devices: Mapping[str, Forwarding], wiring: Wiring) -> Domain:
    """The IS-IS domain of the global tables for IPv4: level 2 throughout, level 1 within an area (ISO 10589)."""
    domain = Domain()
    spoken: dict[str, Isis] = {}
    ports: dict[tuple[str, str], Port] = {}
    for name, device in devices.items():
        process = next((one for one in device.isis if not one.vrf and one.nets), None)
        if process is None:
            continue
        spoken[name] = process
        domain.imports[name] |= imported(device, process.redistributes)
        for port in device.ports.values():
            said = port.isis
            if said and said.ipv4 and port.up and not port.vrf and said.process in ("", process.process):
                domain.tells[name] |= set(networks(port))
                ports[name, port.name] = port
    graph: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for a, b in _couples(wiring):
        one, two = ports.get((a.device, a.port)), ports.get((b.device, b.port))
        if one is None or two is None or not _beside(one, two):
            continue
        for level in _levels(spoken[a.device], one, spoken[b.device], two):
            graph[a.device, level].add((b.device, level))
            domain.beside[a.device].add(b.device)
    for name in spoken:
        _learn_levels(domain, graph, spoken, name)
    return domain


def _learn_levels(
    domain: Domain, graph: Mapping[tuple[str, str], set[tuple[str, str]]], spoken: Mapping[str, Isis], name: str
) -> None:
    """What a router learns: at level 1 its area and the way out of it, at level 2 everything."""
    level = spoken[name].level
    near = _devices(graph, (name, "1")) if level != 2 else set()
    domain.knows[name] |= near
    if level == 1:
        domain.exits[name] |= {other for other in near if spoken[other].level == 0 and graph.get((other, "2"))}
        return
    for other in _devices(graph, (name, "2")):
        domain.knows[name].add(other)
        domain.imports_known[name].add(other)
        if spoken[other].level == 0:
            domain.knows[name] |= _devices(graph, (other, "1"))


def _levels(here: Isis, one: Port, there: Isis, two: Port) -> Iterator[str]:
    """The levels at which two ends are neighbours; at level 1 only within an area."""
    if _speaks(one, here.level, 1) and _speaks(two, there.level, 1) and here.nets[0][:-18] == there.nets[0][:-18]:
        yield "1"
    if _speaks(one, here.level, 2) and _speaks(two, there.level, 2):
        yield "2"


def _beside(a: Port, b: Port) -> bool:
    one, two = a.isis, b.isis
    nets = [{address.network for address in port.addresses if address.version == 4} for port in (a, b)]
    return bool(
        one and two and not one.passive and not two.passive and one.point_to_point == two.point_to_point
        and one.secret == two.secret and nets[0] & nets[1]
    )  # fmt: skip


def _speaks(port: Port, process: int, number: int) -> bool:
    said = port.isis
    return process in (0, number) and said is not None and said.level in (0, number)


def rip(devices: Mapping[str, Forwarding], wiring: Wiring) -> Domain:
    """The RIP domain of the global tables, fifteen hops not counted: no example is that long."""
    domain = Domain()
    ports: dict[tuple[str, str], Port] = {}
    for name, device in devices.items():
        process = next((one for one in device.rip if not one.ng and not one.vrf), None)
        for port in device.ports.values() if process is not None else ():
            if process is not None and _inside(process, port) and port.up and not port.vrf:
                domain.tells[name] |= {address.network for address in port.addresses if address.version == 4}
                if _talks(process, port):
                    ports[name, port.name] = port
        if process is not None:
            domain.tells[name] |= imported(device, process.redistributes)
    for a, b in _couples(wiring):
        one, two = ports.get((a.device, a.port)), ports.get((b.device, b.port))
        if one and two and len({port.rip.secret if port.rip else "" for port in (one, two)}) == 1:
            domain.beside[a.device].add(b.device)
    for name in list(domain.tells):
        domain.knows[name] = _reach(domain.beside, name)
    return domain


def _inside(process: Rip, port: Port) -> bool:
    return any(
        address.version == 4 and address.ip in network for address in port.addresses for network in process.networks
    )


def _talks(process: Rip, port: Port) -> bool:
    """Whether a port both tells and listens."""
    said = port.rip
    quiet = port.name in process.passive or "*" in process.passive
    return not quiet and (said is None or (said.send and said.receive))
