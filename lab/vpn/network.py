"""A slice of a workspace's network as VPNs see it: provider routers, routers at the edge, customers, hosts, tables."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from ipplan.names import DEFAULT_VRF
from lab import topology
from lab.names import linux_names
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from ipaddress import IPv4Address

    from inventory.model import Inventory, Line, Workspace
    from ipplan.plan import Plan
    from lab.topology import Topology

FIRST_TABLE: Final = 1001
# Whose nodes and cables are taken over. What runs in them is said by `lab.vpn.design`.
BACKEND: Final = "netns"


@dataclass(frozen=True, slots=True)
class Table:
    """A VPN's routing table: its name in the plan and as an interface, its number in the kernel, its RD and RTs."""

    name: str
    interface: str
    number: int
    rd: str
    imports: frozenset[str]
    exports: frozenset[str]


@dataclass(frozen=True, slots=True)
class Port:
    """A router's interface: its address, the line behind it, the VPN (empty: none), what lies behind it there."""

    name: str
    address: IPv4Interface
    line: str
    far: IPv4Address | None = None
    table: str = ""
    core: bool = False
    behind: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Router:
    """A backbone router. One whose ports are all in the core forwards labels and knows no VPN."""

    name: str
    loopback: IPv4Address
    ports: tuple[Port, ...]

    @property
    def edge(self) -> bool:
        """Whether it has anything but other backbone routers at its ports."""
        return any(not port.core for port in self.ports)


@dataclass(frozen=True, slots=True)
class Customer:
    """A department's router: all of it in one VPN, with a default route to the edge."""

    name: str
    ports: tuple[Port, ...]
    gateway: IPv4Address


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody in a LAN. `table` is the VPN of that LAN, empty for 公用网络区; `router` is the device in front."""

    name: str
    address: IPv4Address
    table: str
    router: str


@dataclass(frozen=True)
class Network:
    """What is built and proven. `topology` has the wiring, with interface names as they are here."""

    topology: Topology
    asn: int
    tables: Mapping[str, Table]
    routers: tuple[Router, ...]
    customers: tuple[Customer, ...]
    hosts: tuple[Host, ...]

    def may_reach(self, source: Host, target: Host) -> bool:
        """Whether the plan joins them: the same table, or one that imports what the target's exports (RFC 4364, 4.3.1).

        A packet needs only the way there; the answer needs the other direction, which is a pair of its own.
        """
        if not source.table or not target.table:
            return source.table == target.table
        return source.table == target.table or bool(
            self.tables[source.table].imports & self.tables[target.table].exports
        )


def cut(
    workspace: Workspace, plan: Plan, asn: int, routers: Collection[str], vrfs: Collection[str] | None = None
) -> Network:
    """The network of these backbone routers, of the departments' routers at them (in `vrfs`, if they are given).

    LabError if the plan lacks what it takes: a loopback, an RD, an address.
    """
    inventory = workspace.inventory
    wanted = {row.vrf for row in plan.vrf_rows} if vrfs is None else set(vrfs)
    customers = sorted(
        {
            name
            for line in inventory.lines.values()
            if line.kind is LineKind.CIRCUIT and line.b is not None and inventory.vrf_of(line) in wanted
            for near, name in ((line.a.device, line.b.device), (line.b.device, line.a.device))
            if near in routers and name not in routers
        }
    )
    built = topology.build(workspace, plan, backend=BACKEND, devices=[*routers, *customers])
    return _Cutter(built, asn, tuple(routers), tuple(customers)).cut()


class _Cutter:
    def __init__(self, built: Topology, asn: int, routers: tuple[str, ...], customers: tuple[str, ...]) -> None:
        self._topology = built
        self._inventory: Inventory = built.workspace.inventory
        self._plan = built.plan
        self._asn = asn
        self._routers = routers
        self._customers = customers

    def cut(self) -> Network:
        hosts = tuple(self._hosts())
        used = {self._inventory.vrf_of(line) for name in self._customers for line in self._inventory.lines_of(name)}
        tables = self._tables(used - {DEFAULT_VRF})
        routers = tuple(Router(name, self._loopback(name), tuple(self._ports(name))) for name in self._routers)
        return Network(self._topology, self._asn, tables, routers, tuple(map(self._customer, self._customers)), hosts)

    def _tables(self, used: Iterable[str]) -> dict[str, Table]:
        rows = {row.vrf: row for row in self._plan.vrf_rows}
        names = sorted(used)
        short = linux_names(names)
        for name in names:
            if name not in rows or not rows[name].rd:
                raise LabError(
                    Message("the plan has no route distinguisher for “{vrf}”", vrf=name),
                    Message("add it to `routing: vrfs:` in policy.yaml, then run: govnet plan make"),
                )
        return {
            name: Table(
                name,
                short[name],
                number,
                rows[name].rd,
                frozenset(rows[name].import_rt),
                frozenset(rows[name].export_rt),
            )
            for number, name in enumerate(names, FIRST_TABLE)
        }

    def _loopback(self, name: str) -> IPv4Address:
        from ipplan.addresses import device_addresses  # noqa: PLC0415 - kept out of start-up

        for address in device_addresses(self._plan, self._inventory, name).loopbacks:
            if isinstance(address, IPv4Interface):
                return address.ip
        raise LabError(
            Message("“{device}” has no loopback address in the plan", device=name),
            Message("a router of the backbone is known to the others by its loopback"),
        )

    def _ports(self, name: str) -> Iterable[Port]:
        from ipplan.addresses import device_addresses  # noqa: PLC0415 - kept out of start-up

        addresses = device_addresses(self._plan, self._inventory, name)
        for line in self._inventory.lines_of(name):
            if not self._runs(line):
                continue
            near = line.end_at(name)
            own = _first(addresses.interfaces.get(near.interface, ()), name, line)
            vrf = self._inventory.vrf_of(line)
            table = "" if vrf == DEFAULT_VRF else vrf
            far = line.far_end(name)
            if far is None:
                yield Port(near.interface, own, line.name, table=table)
                continue
            peer = addresses.peer(line.name, 4)
            core = far.device in self._routers
            behind = () if core or far.device not in self._customers else tuple(self._lans(far.device))
            yield Port(near.interface, own, line.name, peer, table, core, behind)  # type: ignore[arg-type]  # asked for 4

    def _table_of(self, customer: str) -> str:
        """The VPN of a department's router: that of its line to the backbone; all of it is in that one."""
        lines = self._inventory.lines_of(customer)
        return next(vrf for line in lines if (vrf := self._inventory.vrf_of(line)) != DEFAULT_VRF)

    def _runs(self, line: Line) -> bool:
        ends = [end for end in (line.a, line.b) if end is not None]
        if line.kind is LineKind.LAN:
            return bool(self._plan.of(line.name))
        running = {*self._routers, *self._customers}
        return line.kind is LineKind.CIRCUIT and len(ends) == 2 and all(end.device in running for end in ends)

    def _lans(self, name: str) -> Iterable[IPv4Network]:
        for port in self._ports(name):
            if port.far is None:
                yield port.address.network

    def _customer(self, name: str) -> Customer:
        ports = tuple(self._ports(name))
        gateway = next((port.far for port in ports if port.far is not None), None)
        if gateway is None:
            raise LabError(Message("“{device}” has no line to the backbone", device=name))
        return Customer(name, ports, gateway)

    def _hosts(self) -> Iterable[Host]:
        for node in (*self._topology.of_kind(NodeKind.HOST), *self._topology.of_kind(NodeKind.SERVER)):
            router = self._inventory.lines[node.line].a.device
            address = node.address
            if address is not None and address.version == 4:
                yield Host(node.name, address, self._table_of(router) if router in self._customers else "", router)


def _first(addresses: Iterable[object], name: str, line: Line) -> IPv4Interface:
    for address in addresses:
        if isinstance(address, IPv4Interface):
            return address
    raise LabError(
        Message("the plan gives “{device}” no IPv4 address on the line “{line}”", device=name, line=line.name),
        Message("run `govnet plan check`"),
    )
