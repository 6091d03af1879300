"""The network as one device's configuration needs it: ports, static routes, tunnels, zones and flows.

Pure arithmetic on inventory and plan; no vendor. Routers between them speak OSPF; a device with a line to the
internet or a tunnel stands at the border and speaks static routes only, as firewalls of the extranet do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, collapse_addresses, ip_network
from typing import TYPE_CHECKING, TypeAlias

from inventory.errors import DeviceError
from inventory.model import LineKind
from inventory.text import Message
from ipplan.addresses import device_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from ipaddress import IPv4Address, IPv6Address

    from inventory.model import Device, End, Flow, Interface, Inventory, Line, Zone
    from ipplan.addresses import DeviceAddresses
    from ipplan.plan import Plan

Network: TypeAlias = IPv4Network | IPv6Network
EVERYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Port:
    """An interface of the device with its planned addresses. `kind` is a line's kind or `management`.

    `description` is ASCII; `title` is for people and may be 中文. `ospf`: the far end is a router that speaks OSPF.
    `gateway` is the carrier's address at an internet line. `cost` is OSPF's where several lines of different bandwidth
    join the same two routers, 0 elsewhere: there what a router takes by itself would share traffic out evenly.
    """

    name: str
    kind: str
    addresses: tuple[Interface, ...]
    line: str = ""
    description: str = ""
    title: str = ""
    peer: str = ""
    peer_interface: str = ""
    peer_address: IPv4Address | IPv6Address | None = None
    gateway: IPv4Address | IPv6Address | None = None
    ospf: bool = False
    mbps: int = 0
    cost: int = 0

    @property
    def address(self) -> Interface:
        """The first address."""
        return self.addresses[0]

    @property
    def ipv4(self) -> IPv4Interface | None:
        """The first IPv4 address."""
        return next((address for address in self.addresses if isinstance(address, IPv4Interface)), None)

    @property
    def ipv6(self) -> tuple[IPv6Interface, ...]:
        """The IPv6 addresses."""
        return tuple(address for address in self.addresses if isinstance(address, IPv6Interface))


@dataclass(frozen=True, slots=True)
class Route:
    """A static route. `description` is ASCII."""

    network: Network
    next_hop: IPv4Address | IPv6Address
    description: str = ""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """An IPsec tunnel between the internet addresses of two devices, for traffic between two sets of networks.

    `calls`: this device stands at the unit's side (`ipplan.addresses.Tunnel`). It is the one that opens the tunnel, and
    the other waits to be called: exactly one of the two has to, however many tunnels either has.
    """

    name: str
    interface: str
    peer: str
    title: str
    local: IPv4Address | IPv6Address
    remote: IPv4Address | IPv6Address
    local_networks: tuple[Network, ...]
    remote_networks: tuple[Network, ...]
    calls: bool = True


@dataclass(frozen=True, slots=True)
class Service:
    """A protocol and its destination ports; protocol `any` has none."""

    name: str
    protocol: str
    ports: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A security zone as one device sees it. `networks` is what is found in it; `tunnel`: it is at a tunnel's end."""

    name: str
    title: str
    interfaces: tuple[str, ...]
    networks: tuple[Network, ...]
    internet: bool = False
    tunnel: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Traffic that may start in one zone and end in another."""

    name: str
    source: Domain
    destination: Domain
    services: tuple[Service, ...]


SERVICES = {
    "any": (Service("any", "any"),),
    "icmp": (Service("icmp", "icmp"),),
    "ssh": (Service("ssh", "tcp", (22, 22)),),
    "smtp": (Service("smtp", "tcp", (25, 25)),),
    "dns": (Service("dns-tcp", "tcp", (53, 53)), Service("dns-udp", "udp", (53, 53))),
    "http": (Service("http", "tcp", (80, 80)),),
    "ntp": (Service("ntp", "udp", (123, 123)),),
    "snmp": (Service("snmp", "udp", (161, 161)),),
    "https": (Service("https", "tcp", (443, 443)),),
    "syslog": (Service("syslog", "udp", (514, 514)),),
}


def services(names: Iterable[str]) -> tuple[Service, ...]:
    """The services of a flow: names, or `tcp/8080` and `udp/5000-5010`. ValueError names the first unknown one."""
    found: list[Service] = []
    for name in names:
        if name in SERVICES:
            found += SERVICES[name]
            continue
        protocol, _, ports = name.partition("/")
        first, _, last = ports.partition("-")
        if (
            protocol not in {"tcp", "udp"}
            or not ports.isascii()
            or not first.isdecimal()
            or not (last or first).isdecimal()
        ):
            raise ValueError(name)
        low, high = int(first), int(last or first)
        if not 0 < low <= high <= 65535:
            raise ValueError(name)
        found.append(Service(f"{protocol}-{ports}", protocol, (low, high)))
    return tuple(found)


class Graph:
    """What every device's view is taken from: inventory and plan, with each device's addresses read once.

    What lies behind a line is found once, too: every village of a VPN gateway asks what is behind the gateway.
    """

    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        self.inventory = inventory
        self.plan = plan
        self._addresses: dict[str, DeviceAddresses] = {}
        self._beyond: dict[tuple[str, str], tuple[Network, ...]] = {}

    def addresses(self, device: str) -> DeviceAddresses:
        """The planned addresses of a device."""
        if device not in self._addresses:
            self._addresses[device] = device_addresses(self.plan, self.inventory, device)
        return self._addresses[device]

    @cached_property
    def _border(self) -> frozenset[str]:
        kinds = {LineKind.INTERNET, LineKind.TUNNEL}
        return frozenset(
            end.device
            for line in self.inventory.lines.values()
            if line.kind in kinds
            for end in (line.a, line.b)
            if end is not None
        )

    def is_border(self, device: str) -> bool:
        """Whether the device stands at the border: it has a line to the internet or a tunnel."""
        return device in self._border

    def lines(self, device: str, kind: LineKind) -> tuple[Line, ...]:
        """The device's lines of one kind."""
        return tuple(line for line in self.inventory.lines_of(device) if line.kind is kind)

    def beyond(self, device: str, line: Line) -> tuple[Network, ...]:
        """The networks that `device` reaches over a circuit: everything behind its far end, this device excluded.

        What lies behind a line of another VRF is another network, whatever router both share.
        """
        if (device, line.name) not in self._beyond:
            self._beyond[device, line.name] = self._behind(device, line)
        return self._beyond[device, line.name]

    def _behind(self, device: str, line: Line) -> tuple[Network, ...]:
        far = line.far_end(device)
        if far is None:
            return ()
        vrf = self.inventory.vrf_of(line)
        networks: list[Network] = []
        seen = {device, far.device}
        waiting = [far.device]
        while waiting:
            here = waiting.pop()
            addresses = self.addresses(here)
            if addresses.loopback is not None:
                networks.append(addresses.loopback.network)
            lines = tuple(other for other in self.inventory.lines_of(here) if self.inventory.vrf_of(other) == vrf)
            networks += [addresses.lan(lan.name) for lan in lines if lan.kind is LineKind.LAN]
            for other in lines:
                next_end = other.far_end(here) if other.kind in {LineKind.CIRCUIT, LineKind.TUNNEL} else None
                if other.kind is LineKind.CIRCUIT and other.name != line.name:
                    networks.append(self._circuit_network(device, here, other))
                if next_end is not None and next_end.device not in seen:
                    seen.add(next_end.device)
                    waiting.append(next_end.device)
        return collapse(networks)

    def _circuit_network(self, device: str, owner: str, line: Line) -> Network:
        """The network of a circuit at `owner`; `device` is the one whose view needs it."""
        interface = line.end_at(owner).interface
        addresses = self.addresses(owner).interfaces.get(interface, ())
        if not addresses:
            raise no_address(
                device,
                Message(
                    "the plan has no address for the interface {interface} of {owner}", interface=interface, owner=owner
                ),
            )
        return addresses[0].network


def no_address(device: str, message: Message) -> DeviceError:
    """The error for a device whose configuration needs an address that the plan leaves out."""
    return DeviceError(device, message, Message("make the plan again: govnet plan make"))


def collapse(networks: Iterable[Network]) -> tuple[Network, ...]:
    """The same space in as few prefixes as possible, IPv4 before IPv6, each family in order."""
    found = list(networks)
    fours = collapse_addresses(network for network in found if isinstance(network, IPv4Network))
    sixes = collapse_addresses(network for network in found if isinstance(network, IPv6Network))
    return (*fours, *sixes)


class View:
    """One device's place in the network."""

    def __init__(self, graph: Graph, device: Device) -> None:
        self._graph = graph
        self._inventory = graph.inventory
        self.device = device
        self.addresses = graph.addresses(device.name)

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """Every interface with an address, in the order of the inventory: management first, then the lines."""
        management = self.management
        lines = self._inventory.lines_of(self.device.name)
        return (
            *((management,) if management is not None else ()),
            *(self._port(line) for line in lines if line.kind is not LineKind.TUNNEL),
        )

    @property
    def management(self) -> Port | None:
        """The management interface, None if the device has none of its own."""
        name, address = self.device.management_interface, self.device.address
        if not name or address is None:
            return None
        return Port(name, "management", (address,), description="management")

    def _port(self, line: Line) -> Port:
        end = line.end_at(self.device.name)
        addresses = self.addresses.interfaces.get(end.interface, ())
        if not addresses:
            raise no_address(
                self.device.name,
                Message("the plan has no address for the interface {interface}", interface=end.interface),
            )
        far = line.far_end(self.device.name)
        site = self._inventory.sites[self.device.site]
        description, title, ospf = f"{line.kind.value} {site.name}", plain(site.title), False
        peer_address = None
        if line.kind is LineKind.CIRCUIT and far is not None:
            description = f"to {far.device} {far.interface}"
            title = plain(self._inventory.sites[self._inventory.devices[far.device].site].title)
            ospf = not self._graph.is_border(far.device) and not self._graph.is_border(self.device.name)
            peer_address = self.addresses.peer(line.name)
        return Port(
            name=end.interface,
            kind=line.kind.value,
            addresses=addresses,
            line=line.name,
            description=_ascii(f"{description} {line.circuit}"),
            title=title,
            peer=far.device if far is not None else "",
            peer_interface=far.interface if far is not None else "",
            peer_address=peer_address,
            gateway=self.addresses.gateways.get(end.interface),
            ospf=ospf,
            mbps=line.mbps,
            cost=self._cost(line, far) if ospf and far is not None else 0,
        )

    def _cost(self, line: Line, far: End) -> int:
        """How many times narrower the line is than the widest between the two; 0 if they are alike or unknown."""
        beside = [
            other.mbps
            for other in self._graph.lines(self.device.name, LineKind.CIRCUIT)
            if (there := other.far_end(self.device.name)) is not None and there.device == far.device
        ]
        return -(-max(beside) // line.mbps) if line.mbps and min(beside) != max(beside) else 0

    def of_kind(self, kind: LineKind) -> tuple[Port, ...]:
        """The ports of one kind."""
        return tuple(port for port in self.ports if port.kind == kind.value)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The static routes: at the border to the internet and to what lies behind each circuit; at a router
        that has a circuit to the border, the default and what lies behind it.
        """  # noqa: D205 - one sentence
        graph, name = self._graph, self.device.name
        found: list[Route] = []
        exits = [port.gateway for port in self.of_kind(LineKind.INTERNET) if port.gateway is not None]
        found += [Route(EVERYWHERE, gateway, "internet") for gateway in exits[:1]]
        for port in self.of_kind(LineKind.CIRCUIT):
            if port.ospf or port.peer_address is None:
                continue
            line = self._inventory.lines[port.line]
            if graph.lines(port.peer, LineKind.INTERNET) and not any(r.network == EVERYWHERE for r in found):
                found.append(Route(EVERYWHERE, port.peer_address, port.peer))
            found += [Route(network, port.peer_address, port.peer) for network in graph.beyond(name, line)]
        return tuple(found)

    @cached_property
    def tunnels(self) -> tuple[Tunnel, ...]:
        """The IPsec tunnels that end here."""
        found = []
        name = self.device.name
        for line in self._graph.lines(name, LineKind.TUNNEL):
            end, far = line.end_at(name), line.far_end(name)
            if far is None:
                continue
            peer = self._inventory.devices[far.device]
            outer = self.addresses.tunnel(line.name)
            found.append(
                Tunnel(
                    name=line.name,
                    interface=end.interface,
                    peer=far.device,
                    title=plain(self._inventory.sites[peer.site].title),
                    local=outer.local,
                    remote=outer.remote,
                    local_networks=self._protected(name, end.interface),
                    remote_networks=self._protected(far.device, far.interface),
                    calls=outer.unit,
                )
            )
        return tuple(found)

    def _protected(self, device: str, interface: str) -> tuple[Network, ...]:
        """What lies behind a tunnel's end: the zones that have a flow with the end's zone, else the device's LANs."""
        zone = self._inventory.zone_of(device, interface)
        view = self if device == self.device.name else View(self._graph, self._inventory.devices[device])
        if zone is not None:
            networks = [
                network
                for other in _partners(self._inventory, zone)
                if not other.internet_facing(self._inventory)
                for network in view.networks_of(other.zone)
            ]
            if networks:
                return collapse(networks)
        addresses = self._graph.addresses(device)
        return collapse(addresses.lan(line.name) for line in self._graph.lines(device, LineKind.LAN))

    def networks_of(self, zone: Zone) -> tuple[Network, ...]:
        """The networks that this device finds in a zone."""
        return collapse(
            network
            for device, interface in zone.interfaces
            if device == self.device.name
            for network in self._networks_at(interface)
        )

    def _networks_at(self, interface: str) -> Iterator[Network]:
        name = self.device.name
        if interface == self.device.management_interface and self.device.address is not None:
            yield self.device.address.network
        for line in self._inventory.lines_of(name):
            if line.end_at(name).interface != interface:
                continue
            if line.kind is LineKind.LAN:
                yield self.addresses.lan(line.name)
            elif line.kind is LineKind.CIRCUIT:
                yield from self._graph.beyond(name, line)
            elif line.kind is LineKind.INTERNET:
                yield EVERYWHERE
            else:
                far = line.far_end(name)
                if far is not None:
                    addresses = self._graph.addresses(far.device)
                    yield from (addresses.lan(lan.name) for lan in self._graph.lines(far.device, LineKind.LAN))

    @cached_property
    def domains(self) -> dict[str, Domain]:
        """The security zones of this device, by name."""
        found = {}
        for zone in self._inventory.zones.values():
            interfaces = tuple(interface for device, interface in zone.interfaces if device == self.device.name)
            if interfaces:
                found[zone.name] = self._domain(zone, interfaces)
        return found

    def _domain(self, zone: Zone, interfaces: Sequence[str]) -> Domain:
        kinds = {
            line.kind
            for line in self._inventory.lines_of(self.device.name)
            if line.end_at(self.device.name).interface in interfaces
        }
        return Domain(
            name=zone.name,
            title=plain(zone.title),
            interfaces=tuple(interfaces),
            networks=self.networks_of(zone),
            internet=LineKind.INTERNET in kinds,
            tunnel=LineKind.TUNNEL in kinds,
        )

    @cached_property
    def permissions(self) -> tuple[Permission, ...]:
        """The flows between two zones of this device; at the far end of a tunnel, the flows of the tunnel's zone
        as they pass here, between this device's LANs and the tunnel.
        """  # noqa: D205 - one sentence
        domains = self.domains
        if domains:
            return tuple(
                self._permission(flow, domains[flow.from_zone], domains[flow.to_zone])
                for flow in self._inventory.flows
                if flow.from_zone in domains and flow.to_zone in domains
            )
        return tuple(self._through_tunnels())

    def _through_tunnels(self) -> Iterator[Permission]:
        name = self.device.name
        lans = self.of_kind(LineKind.LAN)
        here = Domain(
            name="lan",
            title="",
            interfaces=tuple(port.name for port in lans),
            networks=collapse(port.address.network for port in lans),
        )
        for tunnel in self.tunnels:
            line = self._inventory.lines[tunnel.name]
            far = line.far_end(name)
            zone = self._inventory.zone_of(far.device, far.interface) if far is not None else None
            if zone is None:
                continue
            there = Domain(tunnel.name, tunnel.title, (tunnel.interface,), tunnel.remote_networks, tunnel=True)
            for flow in self._inventory.flows:
                if flow.from_zone == zone.name:
                    yield self._permission(flow, here, there)
                elif flow.to_zone == zone.name:
                    yield self._permission(flow, there, here)

    def _permission(self, flow: Flow, source: Domain, destination: Domain) -> Permission:
        try:
            found = services(flow.services)
        except ValueError as error:
            raise DeviceError(
                self.device.name,
                Message("the flow “{flow}” names an unknown service: {service}", flow=flow.name, service=str(error)),
                Message("use {names}, or write it as tcp/8080 or udp/5000-5010", names=", ".join(sorted(SERVICES))),
            ) from None
        return Permission(flow.name, source, destination, found)


@dataclass(frozen=True, slots=True)
class _Partner:
    """A zone that has a flow with another one."""

    zone: Zone

    def internet_facing(self, inventory: Inventory) -> bool:
        """Whether one of its interfaces is a line to the internet."""
        return any(
            line.kind is LineKind.INTERNET and line.end_at(device).interface == interface
            for device, interface in self.zone.interfaces
            for line in inventory.lines_of(device)
        )


def _partners(inventory: Inventory, zone: Zone) -> Iterator[_Partner]:
    names: dict[str, None] = {}
    for flow in inventory.flows:
        if zone.name in {flow.from_zone, flow.to_zone}:
            names[flow.to_zone if flow.from_zone == zone.name else flow.from_zone] = None
    for name in names:
        if name != zone.name and name in inventory.zones:
            yield _Partner(inventory.zones[name])


# What could end a quoted string or a command, ask for help at a command line (?), or be taken for a placeholder.
_NOT_TEXT = frozenset("\"'`\\?;|&$<>{}")


def plain(text: str) -> str:
    """A text for people as it may stand in a configuration: on one line, blanks single, without quotes and the like.

    A sign that begins a comment somewhere (`#`, `!`) does not come first.
    """
    kept = "".join(" " if not each.isprintable() else each for each in text if each not in _NOT_TEXT)
    return " ".join(kept.split()).lstrip("#!-/ ")


def _ascii(text: str) -> str:
    """The ASCII part of a text, as `plain` gives it."""
    return plain("".join(each for each in text if each.isascii()))


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Prefixes as objects."""
    return tuple(ip_network(text) for text in texts)
