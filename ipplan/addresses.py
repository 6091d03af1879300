"""What a device's configuration needs from the plan: the addresses of its interfaces, its gateways, its tunnels."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from types import MappingProxyType
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from inventory.errors import InputError, Problem
from inventory.model import Area, Line, LineKind
from inventory.text import Message
from ipplan.names import DEFAULT_VRF
from ipplan.networks import Network, in_order
from ipplan.plan import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.model import End, Interface, Inventory
    from ipplan.plan import Allocation, Plan

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A tunnel as one of its devices sees it.

    `local` and `remote` are the outer addresses: those that the carriers gave to the internet lines of both devices.
    `local_networks` and `remote_networks` are what is inside: the unit's LANs at the unit's side, at the other the
    pools of the area public (without those that the unit's LANs come from: units do not talk to each other through it).
    `unit`: the device is at the unit's side.
    """

    line: str
    interface: str
    peer: str
    local: Address
    remote: Address
    local_networks: tuple[Network, ...]
    remote_networks: tuple[Network, ...]
    unit: bool


@dataclass(frozen=True)
class DeviceAddresses:
    """The addresses of one device.

    `interfaces` has each interface with a planned or carrier-given address, the management interface among them; the
    address first in the tuple is the one by which others know the interface. `gateways` has the carrier's side of an
    internet line, by interface.
    """

    device: str
    loopbacks: tuple[Interface, ...]
    interfaces: Mapping[str, tuple[Interface, ...]]
    gateways: Mapping[str, Address]
    _plan: Plan = field(repr=False)
    _inventory: Inventory = field(repr=False)

    @property
    def loopback(self) -> Interface | None:
        """Its /32 (IPv6: /128), IPv4 first; None if the policy gives it none."""
        return self.loopbacks[0] if self.loopbacks else None

    def peer(self, line_name: str, version: int = 0) -> Address:
        """The address of the far end of a circuit; `version` 4 or 6 chooses the family, else IPv4 comes first."""
        line = self._line(line_name, LineKind.CIRCUIT)
        far = line.far_end(self.device)
        addresses = end_addresses(self._plan, line, far) if far is not None else ()
        for address in addresses:
            if version in (0, address.version):
                return address.ip
        return _lacking(line_name, line)

    def lan(self, line_name: str, version: int = 0) -> Network:
        """The prefix of a LAN."""
        line = self._line(line_name, LineKind.LAN)
        for network in lan_networks(self._plan, line):
            if version in (0, network.version):
                return network
        return _lacking(line_name, line)

    def tunnel(self, line_name: str) -> Tunnel:
        """The outer addresses and the inner networks of a tunnel, from this device's side."""
        line = self._line(line_name, LineKind.TUNNEL)
        near, far = line.end_at(self.device), line.far_end(self.device)
        if far is None:
            return _lacking(line_name, line)
        spoke = _spoke(self._inventory, line)
        lans = _lans_of(self._plan, self._inventory, spoke)
        if not lans:
            _fault(
                line,
                Message("the tunnel “{name}” has no planned LAN at “{device}”", name=line_name, device=spoke),
                Message("give “{device}” a line of the kind lan, then run: govnet plan make", device=spoke),
            )
        pools = tuple(pool for pool in self._plan.pools(Area.PUBLIC) if not any(pool.overlaps(lan) for lan in lans))
        inner = (lans, pools) if spoke == self.device else (pools, lans)
        return Tunnel(
            line_name,
            near.interface,
            far.device,
            self._outer(line, near.device),
            self._outer(line, far.device),
            *inner,
            unit=spoke == self.device,
        )

    def _outer(self, line: Line, device: str) -> Address:
        """The address of a device's internet line: the first one in the files' order that has an address."""
        for internet in self._inventory.lines_of(device):
            if internet.kind is LineKind.INTERNET:
                address = internet.end_at(device).address
                if address is not None:
                    return address.ip
        return _fault(
            line,
            Message(
                "the tunnel “{name}” needs an internet line with an address at “{device}”",
                name=line.name,
                device=device,
            ),
            Message("add a line of the kind internet to links.csv, with the address that the carrier gave"),
        )

    def _line(self, name: str, kind: LineKind) -> Line:
        line = self._inventory.lines.get(name)
        if line is None or line.kind is not kind or self.device not in _ends(line):
            raise KeyError(name)
        return line


def device_addresses(plan: Plan, inventory: Inventory, device: str) -> DeviceAddresses:
    """The addresses of a device, by its name; KeyError if the inventory does not have it.

    On a circuit the a end gets the first usable address and the b end the second; on a LAN the router gets the first
    usable one. An address that a carrier gave stands as it is. A line that the plan does not have is left out here
    and found by `ipplan.checks`.
    """
    row = inventory.devices[device]
    interfaces: dict[str, list[Interface]] = {}
    gateways: dict[str, Address] = {}
    for line in inventory.lines_of(device):
        for end in (line.a, line.b):
            if end is None or end.device != device or line.kind is LineKind.TUNNEL:
                continue
            for address in end_addresses(plan, line, end):
                interfaces.setdefault(end.interface, []).append(address)
            if line.kind is LineKind.INTERNET and line.peer is not None:
                gateways[end.interface] = line.peer.ip
    if row.address is not None and row.management_interface:
        present = interfaces.setdefault(row.management_interface, [])
        if row.address not in present:
            present.append(row.address)
    return DeviceAddresses(
        device,
        tuple(_interface(allocation.prefix, 0) for allocation in plan.of(device)),
        MappingProxyType({name: tuple(addresses) for name, addresses in interfaces.items()}),
        MappingProxyType(gateways),
        plan,
        inventory,
    )


def end_addresses(plan: Plan, line: Line, end: End) -> tuple[Interface, ...]:
    """The addresses of one end of a circuit, LAN or internet line: the carrier's, else the planned ones."""
    if end.address is not None:
        return (end.address,)
    if line.kind not in (LineKind.CIRCUIT, LineKind.LAN):
        return ()
    place = 1 if end is line.b or (line.b is not None and end == line.b) else 0
    return tuple(
        _interface(allocation.prefix, _first_usable(allocation.prefix) + place) for allocation in _own(plan, line)
    )


def _own(plan: Plan, line: Line) -> tuple[Allocation, ...]:
    """The allocations that are on the line's port itself.

    A LAN that has a prefix in each of several VRFs has one on the port, that of the default VRF (without one, that of
    the first by name); the others are on interfaces of their own, which the inventory does not know.
    """
    rows = plan.of(line.name)
    vrfs = {row.vrf for row in rows}
    if len(vrfs) < 2:
        return rows
    own = DEFAULT_VRF if DEFAULT_VRF in vrfs else min(vrfs)
    return tuple(row for row in rows if row.vrf == own)


def lan_networks(plan: Plan, line: Line) -> tuple[Network, ...]:
    """The prefixes of a LAN: planned, or around the address that somebody else gave."""
    if line.a.address is not None:
        return (line.a.address.network,)
    return tuple(allocation.prefix for allocation in _own(plan, line))


def _first_usable(network: Network) -> int:
    """How far the first address for a host is from the network's own.

    A two-address prefix has two usable addresses (RFC 3021, RFC 6164), a single address is itself.
    """
    return 1 if network.max_prefixlen - network.prefixlen > 1 else 0


def _interface(network: Network, offset: int) -> Interface:
    address = int(network.network_address) + offset
    if network.version == 4:
        return IPv4Interface((address, network.prefixlen))
    return IPv6Interface((address, network.prefixlen))


def _ends(line: Line) -> tuple[str, ...]:
    return tuple(end.device for end in (line.a, line.b) if end is not None)


def _spoke(inventory: Inventory, line: Line) -> str:
    """The device at the unit's side: the one with fewer circuits and tunnels; the b end if both have as many."""

    def busy(device: str) -> int:
        kinds = (LineKind.CIRCUIT, LineKind.TUNNEL)
        return sum(1 for other in inventory.lines_of(device) if other.kind in kinds)

    near = line.a.device
    far = line.b.device if line.b is not None else near
    return near if busy(near) < busy(far) else far


def _lans_of(plan: Plan, inventory: Inventory, device: str) -> tuple[Network, ...]:
    found = {
        network
        for line in inventory.lines_of(device)
        if line.kind is LineKind.LAN
        for network in lan_networks(plan, line)
    }
    return tuple(sorted(found, key=in_order))


def _lacking(name: str, line: Line) -> NoReturn:
    _fault(
        line,
        Message("the plan has no prefix for “{name}”", name=name),
        Message("run: govnet plan make"),
        FILE,
    )


def _fault(line: Line, message: Message, hint: Message, file: str = "") -> NoReturn:
    source = line.source
    problem = (
        Problem("not-planned", message, hint, file)
        if file
        else Problem("bad-tunnel", message, hint, source.file, source.line)
    )
    raise InputError([problem])
