"""Whether packets of the management station get to a device and back: addresses, routes and filters, for every vendor.

A vendor's device says what its configuration means (`Device.ports`, `routes`, `learns`, `filters`); what really is on
the wire (`Wire`) is said by whoever sets the lab up. Nothing here knows a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address, IPv4Network

    from lab.emulator.interfaces import Port

TCP, UDP = 6, 17
# A port as a management station's system would choose one.
CLIENT_PORT = 50000
EVERYBODY = (0, 0xFFFFFFFF)
EVERY_PORT = range(65536)


@dataclass(frozen=True, slots=True)
class Wire:
    """What really is on the wire of a device's management interface.

    `networks` are those that the neighbours deliver to it: an address outside is never asked for. `gateways` are the
    neighbours that pass packets on to the management station; it may also sit in one of the networks itself.
    """

    networks: tuple[IPv4Network, ...]
    gateways: frozenset[IPv4Address] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """A static route. No `via` and no `interface` means that packets are thrown away."""

    network: IPv4Network
    via: IPv4Address | None = None
    interface: str = ""
    instance: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """What a filter looks at. `answer` is a packet of a connection that the other side has begun."""

    source: IPv4Address
    destination: IPv4Address
    protocol: int
    source_port: int
    destination_port: int
    answer: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a filter. `source` and `destination` are address and wildcard; `protocol` None is any."""

    permit: bool
    protocol: int | None = None
    source: tuple[int, int] = EVERYBODY
    destination: tuple[int, int] = EVERYBODY
    source_ports: range = EVERY_PORT
    destination_ports: range = EVERY_PORT
    established: bool = False

    def fits(self, packet: Packet) -> bool:
        """Whether the line is about this packet."""
        return (
            self.protocol in (None, packet.protocol)
            and _within(packet.source, self.source)
            and _within(packet.destination, self.destination)
            and packet.source_port in self.source_ports
            and packet.destination_port in self.destination_ports
            and (packet.answer or not self.established)
        )


@dataclass(frozen=True, slots=True)
class Filter:
    """Lines in their order, and what becomes of a packet that none is about."""

    lines: tuple[Line, ...]
    default: bool

    def passes(self, packet: Packet) -> bool:
        """Whether a packet gets through."""
        return next((line.permit for line in self.lines if line.fits(packet)), self.default)


class Node(Protocol):
    """What a device says about itself."""

    @property
    def away(self) -> bool:
        """Whether it is off or booting."""
        ...

    @property
    def management(self) -> str:
        """The interface by which it is managed."""
        ...

    @property
    def manager(self) -> IPv4Address | None:
        """The management station; None for everybody."""
        ...

    @property
    def wire(self) -> Wire | None:
        """What is on the wire of the management interface; None if nobody knows."""
        ...

    def ports(self) -> tuple[Port, ...]:
        """Its interfaces."""
        ...

    def routes(self) -> tuple[Route, ...]:
        """Its static routes."""
        ...

    def learns(self, port: Port) -> bool:
        """Whether a routing protocol runs on an interface."""
        ...

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """What filters packets that come in by an interface, and those that go out."""
        ...


def _within(address: IPv4Address, place: tuple[int, int]) -> bool:
    return (int(address) ^ place[0]) & ~place[1] & 0xFFFFFFFF == 0


def answering(device: Node, protocol: int, number: int) -> frozenset[IPv4Address]:
    """The addresses at which the management station reaches a device's service now.

    They are those of the management interface, while it is up, to which packets come and from which they find back.
    """
    if device.away:
        return frozenset()
    ports = [port for port in device.ports() if port.up]
    found = (port for port in ports if port.name == device.management)
    return frozenset(
        address.ip
        for port in found
        for address in port.addresses
        if _delivered(device, address.ip)
        and _finds_back(device, port, ports)
        and _passes(device, port, address.ip, protocol, number)
    )


def _delivered(device: Node, address: IPv4Address) -> bool:
    wire = device.wire
    return wire is None or any(address in network for network in wire.networks)


def _passes(device: Node, port: Port, address: IPv4Address, protocol: int, number: int) -> bool:
    manager = device.manager
    if manager is None:
        return True
    inbound, outbound = device.filters(port.name)
    there = Packet(manager, address, protocol, CLIENT_PORT, number)
    back = Packet(address, manager, protocol, number, CLIENT_PORT, answer=True)
    return (inbound is None or inbound.passes(there)) and (outbound is None or outbound.passes(back))


def _finds_back(device: Node, port: Port, ports: list[Port]) -> bool:
    """Whether the most specific way that the device knows leads to the management station.

    Where the lab does not say what is on the wire, no way can be called wrong.
    """
    wire, manager = device.wire, device.manager
    if wire is None or manager is None:
        return True
    siblings = [each for each in ports if each.instance == port.instance]
    ways = sorted(_ways(device, port, siblings, manager, wire), reverse=True)
    return bool(ways) and ways[0][2]


def _ways(
    device: Node, port: Port, siblings: list[Port], manager: IPv4Address, wire: Wire
) -> Iterator[tuple[int, int, bool]]:
    """Length of the route, preference (connected, static, learned), and whether it leads there."""
    near = any(manager in network for network in wire.networks)
    for other in siblings:
        for address in other.addresses:
            if manager in address.network:
                yield address.network.prefixlen, 2, near and other.name == port.name
    for route in device.routes():
        if route.instance != port.instance or manager not in route.network:
            continue
        way = _next_hop(route, port, siblings, wire)
        if way is not None:
            yield route.network.prefixlen, 1, way
    if any(device.learns(other) for other in siblings):
        # What a routing protocol brings is taken to be right, and to be the least specific way.
        yield 0, 0, True


def _next_hop(route: Route, port: Port, siblings: list[Port], wire: Wire) -> bool | None:
    """Whether a static route leads there; None for one that is not in force."""
    if route.via is None:
        if not route.interface:
            return False
        # By an interface alone: whoever answers for everybody on it must be a gateway.
        return route.interface != port.name or bool(wire.gateways)
    for other in siblings:
        if any(route.via in address.network for address in other.addresses):
            # Who the neighbours of other interfaces are is not known; they are taken to pass on what they get.
            return other.name != port.name or route.via in wire.gateways
    return None
