"""Who learns whose networks from a routing protocol: a calculation for checks, with nothing of FRR in it.

It is cautious: what a policy, a filter or a special kind of area decides about is not expected. A domain is a graph of
devices that are neighbours, and the networks that each of them tells.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.forwarding.model import OspfPort, PortKind
from lab.standin.ospf import area_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from configs.forwarding.model import Forwarding, Network, Ospf, Port, Redistribution
    from lab.standin.wiring import End, Wiring

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
            yield address.network if port.kind is not PortKind.LOOPBACK else _host(address)


def _host(address: object) -> Network:
    from ipaddress import ip_network  # noqa: PLC0415 - only here

    return ip_network(f"{address.ip}/32")  # type: ignore[attr-defined]  # an interface's address


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


def _reach(beside: Mapping[object, set[object]], start: object) -> set[object]:
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
    spoken: dict[End, tuple[str, Ospf, Port]] = {}
    places: dict[str, set[str]] = defaultdict(set)  # areas of a device
    process_of = {
        name: next((one for one in device.ospf if one.version == 2 and not one.vrf), None)
        for name, device in devices.items()
    }
    for name, process in process_of.items():
        for port in devices[name].ports.values() if process else ():
            area = area_of(process, port) if process and port.up and not port.vrf else None
            if area is not None and process is not None:
                places[name].add(area.area)
                domain.tells[name] |= set(networks(port))
                spoken[name, port.name] = (area.area, process, port)  # type: ignore[index]  # (device, port)
        if process is not None:
            domain.imports[name] |= imported(devices[name], process.redistributes)
    graph: dict[object, set[object]] = defaultdict(set)
    for segment in wiring.segments:
        for a in segment:
            for b in segment:
                if a.device != b.device and _adjacent(spoken.get(a[:2]), spoken.get(b[:2])):  # type: ignore[call-overload]
                    area_name = spoken[a[:2]][0]  # type: ignore[index]
                    graph[a.device, area_name].add((b.device, area_name))
                    domain.beside[a.device].add(b.device)
    kinds = {area.area: area.kind for process in process_of.values() if process for area in process.areas if area.kind}
    for name, areas in places.items():
        for area_name in areas:
            near = {device for device, _ in _reach(graph, (name, area_name))}  # type: ignore[misc]
            domain.knows[name] |= near
            if not kinds.get(area_name):
                domain.imports_known[name] |= near
            for border in near:
                if BACKBONE not in places[border]:
                    continue
                if kinds.get(area_name, "").startswith("totally"):
                    domain.exits[name].add(border)
                    continue
                core = {device for device, _ in _reach(graph, (border, BACKBONE))}  # type: ignore[misc]
                for other in core:
                    for far in places[other]:
                        reached = {device for device, _ in _reach(graph, (other, far))}  # type: ignore[misc]
                        domain.knows[name] |= reached
                        if not kinds.get(area_name) and not kinds.get(far):
                            domain.imports_known[name] |= reached
    return domain


def _adjacent(a: tuple[str, Ospf, Port] | None, b: tuple[str, Ospf, Port] | None) -> bool:
    if a is None or b is None or a[0] != b[0]:
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
    process_of = {name: next((one for one in device.isis if not one.vrf), None) for name, device in devices.items()}
    area = {name: process.nets[0][:-18] if process and process.nets else "" for name, process in process_of.items()}
    level = {name: process.level for name, process in process_of.items() if process}
    ports: dict[tuple[str, str], Port] = {}
    for name, process in process_of.items():
        if process is None or not process.nets:
            continue
        for port in devices[name].ports.values():
            said = port.isis
            if said and said.ipv4 and port.up and not port.vrf and said.process in ("", process.process):
                domain.tells[name] |= set(networks(port))
                ports[name, port.name] = port
        domain.imports[name] |= imported(devices[name], process.redistributes)
    graph: dict[object, set[object]] = defaultdict(set)
    for segment in wiring.segments:
        for a in segment:
            for b in segment:
                one, two = ports.get((a.device, a.port)), ports.get((b.device, b.port))
                if a.device == b.device or one is None or two is None or not _beside(one, two):
                    continue
                for number in (1, 2):
                    if _speaks(one, level[a.device], number) and _speaks(two, level[b.device], number):
                        if number == 1 and area[a.device] != area[b.device]:
                            continue
                        graph[a.device, number].add((b.device, number))
                        domain.beside[a.device].add(b.device)
    for name in level:
        near = {device for device, _ in _reach(graph, (name, 1))} if level[name] != 2 else set()  # type: ignore[misc]
        domain.knows[name] |= near
        if level[name] == 1:
            domain.exits[name] |= {other for other in near if level.get(other) == 0 and graph[other, 2]}
            continue
        for other in {device for device, _ in _reach(graph, (name, 2))}:  # type: ignore[misc]
            domain.knows[name].add(other)
            domain.imports_known[name].add(other)
            if level.get(other) == 0:
                domain.knows[name] |= {device for device, _ in _reach(graph, (other, 1))}  # type: ignore[misc]
    return domain


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
        if process is None:
            continue
        for port in device.ports.values():
            inside = any(
                address.version == 4 and address.ip in network
                for address in port.addresses
                for network in process.networks
            )
            if inside and port.up and not port.vrf:
                domain.tells[name] |= {address.network for address in port.addresses if address.version == 4}
                quiet = port.name in process.passive or "*" in process.passive
                if not quiet and not (port.rip and (not port.rip.send or not port.rip.receive)):
                    ports[name, port.name] = port
        domain.tells[name] |= imported(device, process.redistributes)
    for segment in wiring.segments:
        for a in segment:
            for b in segment:
                one, two = ports.get((a.device, a.port)), ports.get((b.device, b.port))
                if one and two and a.device != b.device:
                    secrets = {port.rip.secret if port.rip else "" for port in (one, two)}
                    if len(secrets) == 1:
                        domain.beside[a.device].add(b.device)
    for name in list(domain.tells):
        domain.knows[name] = {str(other) for other in _reach(domain.beside, name)}  # type: ignore[arg-type]
    return domain
