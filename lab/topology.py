"""The network to run, made from the inventory and the plan: devices and their stand-ins, hosts, the internet.

A topology is data. It says which nodes there are, how they are wired, and which addresses the hosts have; a device's
own addresses come from its configuration. Nothing here starts anything.

Beside the devices there are: a host in every LAN (the LAN's second usable address, its router as default gateway;
one that answers HTTP where a business system stands); `inet`, the internet, which has the carriers' addresses; and
`inet-host`, somebody out there; and `noc`, the management station on the out-of-band network. The internet knows a way
to every LAN here, through the outside address of the device in front of it: what does not get in is stopped by that
device, not by a missing route.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Interface, IPv4Network, ip_interface, ip_network
from typing import TYPE_CHECKING

from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from lab import casting
from lab.derived import derive
from lab.emulator.platforms import PLATFORMS
from lab.state import Skipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from ipaddress import IPv4Address, IPv6Address, IPv6Network

    from inventory.model import Device, Interface, Inventory, Line, Workspace
    from ipplan.plan import Plan
    from lab.casting import Cast
    from lab.state import Substitution

    Address = IPv4Address | IPv6Address
    Network = IPv4Network | IPv6Network

NOC = "noc"
INTERNET = "inet"
INTERNET_HOST = "inet-host"
NOWHERE = "nowhere"
MANAGEMENT_BRIDGE = "mgmt0"


class NodeKind(StrEnum):
    """What a node is."""

    DEVICE = "device"
    HOST = "host"
    SERVER = "server"
    INTERNET = "internet"
    OUTSIDER = "outsider"  # a host out there
    NOC = "noc"
    NOWHERE = "nowhere"  # where cables end whose other device does not run


@dataclass(frozen=True, slots=True)
class Port:
    """An interface of a node. `bridge` names the bridge of that node which it belongs to."""

    name: str
    addresses: tuple[Interface, ...] = ()
    bridge: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """A static route of a host: through a neighbour, or straight out of an interface."""

    network: Network
    via: Address | None = None
    interface: str = ""
    source: Address | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """Something that runs. `ports` of a device are wired only: its configuration gives the addresses.

    `bridges` are software switches inside the node, with addresses of their own. `line` is the LAN a host stands in.
    """

    name: str
    kind: NodeKind
    platform: str = ""
    ports: tuple[Port, ...] = ()
    bridges: tuple[Port, ...] = ()
    routes: tuple[Route, ...] = ()
    line: str = ""
    http: bool = False
    forwards: bool = False

    @property
    def address(self) -> Address | None:
        """The first address of a host."""
        return next((address.ip for port in (*self.ports, *self.bridges) for address in port.addresses), None)


@dataclass(frozen=True, slots=True)
class Link:
    """A cable between two interfaces, each as (node, interface). `line` is the inventory's line, empty if none."""

    a: tuple[str, str]
    b: tuple[str, str]
    line: str = ""


@dataclass(frozen=True)
class Topology:
    """A network to run. `renamed` maps (device, interface of the inventory) to the interface's name here.

    `cast` says which kind of node plays whom, where another program runs the nodes.
    """

    backend: str
    workspace: Workspace
    plan: Plan
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    substitutions: tuple[Substitution, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    cast: Cast | None = None

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices that run, as they are here."""
        inventory = self.workspace.inventory
        return tuple(inventory.devices[node.name] for node in self.nodes if node.kind is NodeKind.DEVICE)

    def node(self, name: str) -> Node:
        """The node of that name; LabError if there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise LabError(
            Message("there is no “{name}” in the lab", name=name),
            Message("`govnet lab status` lists what there is"),
        )

    def of_kind(self, kind: NodeKind) -> tuple[Node, ...]:
        """The nodes of one kind."""
        return tuple(node for node in self.nodes if node.kind is kind)


def build(workspace: Workspace, plan: Plan, *, backend: str, devices: Collection[str] | None = None) -> Topology:
    """The topology of a workspace for a back end; of `devices` only, if they are given.

    A device whose platform the back end cannot run gets a stand-in, or is skipped (emulated). The workspace of the
    result is a derived one: same names, addresses and lines, with platforms and interface names as they are here.
    """
    chosen = [device for name, device in workspace.inventory.devices.items() if devices is None or name in set(devices)]
    if backend == "emulated":
        return _emulated(workspace, plan, chosen)
    parts, unable = casting.without(backend, casting.cast(backend, workspace, chosen))
    derived = derive(workspace, parts.platforms, parts.renamed)
    nodes, links = _wire(derived, plan, list(parts.platforms))
    return Topology(
        backend=backend,
        workspace=derived,
        plan=plan,
        nodes=nodes,
        links=links,
        substitutions=parts.substitutions,
        skipped=tuple(
            Skipped(name, device.platform, unable.get(name, Message("it was not chosen")))
            for name, device in workspace.inventory.devices.items()
            if name not in parts.platforms
        ),
        renamed=parts.renamed,
        cast=parts,
    )


def _emulated(workspace: Workspace, plan: Plan, chosen: Iterable[Device]) -> Topology:
    nodes, skipped = [], []
    for device in chosen:
        if device.platform in PLATFORMS:
            nodes.append(Node(device.name, NodeKind.DEVICE, device.platform))
        else:
            skipped.append(Skipped(device.name, device.platform, Message("there is no emulator of this platform")))
    return Topology("emulated", workspace, plan, tuple(nodes), (), skipped=tuple(skipped))


# The wiring


class _Wiring:
    """Collects nodes' ports and links; a device's ports appear as its lines are met."""

    def __init__(self) -> None:
        self.ports: dict[str, list[Port]] = defaultdict(list)
        self.links: list[Link] = []

    def connect(self, a: tuple[str, Port], b: tuple[str, Port], line: str = "") -> None:
        for name, port in (a, b):
            self.ports[name].append(port)
        self.links.append(Link((a[0], a[1].name), (b[0], b[1].name), line))


def _wire(workspace: Workspace, plan: Plan, running: Collection[str]) -> tuple[tuple[Node, ...], tuple[Link, ...]]:
    inventory = workspace.inventory
    wiring = _Wiring()
    hosts: list[Node] = []
    carriers: list[Line] = []
    for line in inventory.lines.values():
        here = [end for end in (line.a, line.b) if end is not None and end.device in running]
        if line.kind is LineKind.CIRCUIT and line.b is not None and len(here) == 1:
            # The interface is there, as it is on the real device; nobody is at the other side.
            port = Port(f"n{len(wiring.links)}")
            wiring.connect((here[0].device, Port(here[0].interface)), (NOWHERE, port), line.name)
        if len(here) < (1 if line.b is None else 2):
            continue
        if line.kind is LineKind.CIRCUIT and line.b is not None:
            wiring.connect((line.a.device, Port(line.a.interface)), (line.b.device, Port(line.b.interface)), line.name)
        elif line.kind is LineKind.LAN and plan.of(line.name):  # one that is not planned yet has no addresses
            hosts.append(_host(inventory, plan, line, wiring))
        elif line.kind is LineKind.INTERNET and line.a.address is not None:
            carriers.append(line)
    outside = _internet(inventory, plan, carriers, hosts, wiring) if carriers else []
    noc = _noc(workspace, running, wiring)
    devices = [
        Node(name, NodeKind.DEVICE, inventory.devices[name].platform, tuple(wiring.ports[name]), forwards=True)
        for name in running
    ]
    nowhere = [Node(NOWHERE, NodeKind.NOWHERE, ports=tuple(wiring.ports[NOWHERE]))] if NOWHERE in wiring.ports else []
    return (*devices, *hosts, *outside, *noc, *nowhere), tuple(wiring.links)


def _host(inventory: Inventory, plan: Plan, line: Line, wiring: _Wiring) -> Node:
    from ipplan.addresses import device_addresses  # noqa: PLC0415 - kept out of start-up

    addresses = device_addresses(plan, inventory, line.a.device)
    network = addresses.lan(line.name)
    gateway = next(item.ip for item in addresses.interfaces[line.a.interface] if item.ip in network)
    zone = inventory.zone_of(line.a.device, line.a.interface)
    serves = zone is not None and any(system.zone == zone.name for system in inventory.systems.values())
    own = next(address for address in _usable(network) if address != gateway)
    port = Port("eth0", (ip_interface(f"{own}/{network.prefixlen}"),))
    name = _free_name(f"{'srv' if serves else 'pc'}-{line.name.removeprefix('lan-')}", inventory)
    wiring.connect((line.a.device, Port(line.a.interface)), (name, port), line.name)
    return Node(
        name,
        NodeKind.SERVER if serves else NodeKind.HOST,
        ports=(port,),
        routes=(Route(_everything(network), gateway),),
        line=line.name,
        http=serves,
    )


def _usable(network: Network) -> Iterable[Address]:
    return network.hosts()


def _everything(network: Network) -> Network:
    return ip_network("0.0.0.0/0" if network.version == 4 else "::/0")


def _free_name(wanted: str, inventory: Inventory) -> str:
    while wanted in inventory.devices or wanted in (NOC, INTERNET, INTERNET_HOST, NOWHERE):
        wanted += "-host"
    return wanted


def _internet(
    inventory: Inventory, plan: Plan, lines: list[Line], hosts: Iterable[Node], wiring: _Wiring
) -> list[Node]:
    """`inet` with a bridge per carrier's network, and `inet-host` behind it."""
    from ipplan.addresses import device_addresses  # noqa: PLC0415 - kept out of start-up

    segments: dict[Network, set[Interface]] = defaultdict(set)
    for line in lines:
        if line.a.address is not None:
            segments[line.a.address.network].update([line.peer] if line.peer is not None else [])
    bridges = {network: f"br{number}" for number, network in enumerate(segments)}
    outside_of: dict[str, Address] = {}
    for number, line in enumerate(lines):
        if line.a.address is None:
            continue
        outside_of.setdefault(line.a.device, line.a.address.ip)
        port = Port(f"c{number}", bridge=bridges[line.a.address.network])
        wiring.connect((line.a.device, Port(line.a.interface)), (INTERNET, port), line.name)
    taken = [network for network in segments if network.version == 4]
    away = next(
        candidate
        for candidate in map(IPv4Network, ("192.0.2.0/24", "198.18.0.0/24", "198.18.1.0/24", "198.18.2.0/24"))
        if not any(candidate.overlaps(network) for network in taken)
    )
    hub = IPv4Interface((away[1], away.prefixlen))
    outsider = IPv4Interface((away[10], away.prefixlen))
    wiring.connect((INTERNET, Port("host0", (hub,))), (INTERNET_HOST, Port("eth0", (outsider,))))
    border = _border(inventory, outside_of)
    inwards = []
    for host in hosts:
        line = inventory.lines[host.line]
        front = outside_of.get(line.a.device, outside_of[border])
        inwards.append(Route(device_addresses(plan, inventory, line.a.device).lan(line.name), front))
    return [
        Node(
            INTERNET,
            NodeKind.INTERNET,
            ports=tuple(wiring.ports[INTERNET]),
            bridges=tuple(Port(bridges[network], tuple(sorted(peers))) for network, peers in segments.items()),
            routes=tuple(inwards),
            forwards=True,
        ),
        Node(
            INTERNET_HOST,
            NodeKind.OUTSIDER,
            ports=tuple(wiring.ports[INTERNET_HOST]),
            routes=(Route(IPv4Network("0.0.0.0/0"), hub.ip),),
            http=True,
        ),
    ]


def _border(inventory: Inventory, outside_of: Mapping[str, Address]) -> str:
    """The device through which LANs without an internet line of their own reach it: the one with most circuits."""

    def circuits(name: str) -> int:
        return sum(line.kind is LineKind.CIRCUIT for line in inventory.lines_of(name))

    return max(outside_of, key=circuits)


def _noc(workspace: Workspace, running: Iterable[str], wiring: _Wiring) -> list[Node]:
    """The management station: a bridge that every management interface is plugged into.

    It has an address where devices may be managed from, and reaches the other networks on the same cable.
    """
    inventory = workspace.inventory
    networks: dict[Network, set[Address]] = defaultdict(set)
    for number, name in enumerate(running):
        device = inventory.devices[name]
        if device.address is None or not device.management_interface:
            continue
        networks[device.address.network].add(device.address.ip)
        interface = device.management_interface
        if any(port.name == interface for port in wiring.ports[name]):
            continue  # it is managed in-band, over a line
        wiring.connect((name, Port(interface, (device.address,))), (NOC, Port(f"m{number}", bridge=MANAGEMENT_BRIDGE)))
    if not networks:
        return []
    services = {address for addresses in workspace.settings.services.values() for address in addresses}
    managers = [ip_network(text) for text in workspace.settings.managers]
    own: list[Interface] = []
    routes = []
    # Networks from which devices may be managed come first: the station has its address there.
    for network in sorted(networks, key=lambda item: not any(_overlap(item, manager) for manager in managers)):
        allowed = not managers or any(_overlap(network, manager) for manager in managers)
        source = next((address.ip for address in own if address.version == network.version), None)
        if allowed or source is None:
            own.append(_station(network, networks[network], services))
        else:
            routes.append(Route(network, interface=MANAGEMENT_BRIDGE, source=source))
    return [
        Node(
            NOC,
            NodeKind.NOC,
            ports=tuple(wiring.ports[NOC]),
            bridges=(Port(MANAGEMENT_BRIDGE, tuple(own)),),
            routes=tuple(routes),
        )
    ]


def _overlap(a: Network, b: Network) -> bool:
    return a.version == b.version and a.overlaps(b)


def _station(network: Network, taken: Collection[Address], services: Collection[str]) -> Interface:
    """The station's address: the one that devices are told as a service's, else the highest that is free."""
    told = next((address for address in network.hosts() if str(address) in services), None)
    if told is None:
        last = int(network.broadcast_address) - 1
        told = next(
            address
            for number in range(last, int(network.network_address), -1)
            if (address := network[number - int(network.network_address)]) not in taken
        )
    return ip_interface(f"{told}/{network.prefixlen}")
