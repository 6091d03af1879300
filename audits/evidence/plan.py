"""What the plan and the inventory say about addresses that are configured: outside the plan, in the wrong area, exits.

Carriers' addresses, the network in which a device is managed and addresses that mean nothing outside a device are no
matter of the plan. An exit is planned where the inventory has a line to the internet. A default route is none if it
leads along a line of the inventory or to a device of ours. Exits by dynamic routing or by translation to the address of
an interface do not show in addresses; a person or a probe looks for those.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, TypeAlias

from audits.model import Observed, Source
from configs.model import Addresses, UseKind
from inventory.model import Area, LineKind
from inventory.text import Message
from ipplan.lookup import Table
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from configs.model import AddressUse
    from inventory.model import Device, Inventory, Line
    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan
    from ipplan.rows import Columns

Address: TypeAlias = IPv4Address | IPv6Address
FACTS = ("address_outside_plan", "zone_outside_plan", "unplanned_exit")
_OWN = frozenset({UseKind.INTERFACE, UseKind.SECONDARY})
_TRANSLATED = frozenset({UseKind.NAT_POOL, UseKind.NAT_OUTSIDE})
_PLANNED = _OWN | _TRANSLATED | {UseKind.VIRTUAL, UseKind.DHCP}
_WAYS = frozenset({LineKind.CIRCUIT, LineKind.TUNNEL, LineKind.INTERNET})
_MOST = 20  # lines of proof of one fact


@dataclass(frozen=True, slots=True)
class Configured:
    """A device's addresses as its configuration has them; or why they could not be read.

    `name` is what the report calls it, `path` the file.
    """

    name: str
    device: Device
    path: str
    addresses: Addresses | Message


def observe(configured: Sequence[Configured], inventory: Inventory, plan: Plan | Message) -> Iterator[Observed]:
    """The facts of the devices. `plan` may be why there is none; exits are told from the inventory all the same."""
    ours = {
        use.first
        for each in configured
        if isinstance(each.addresses, Addresses)
        for use in each.addresses.uses
        if use.kind in _OWN or use.kind is UseKind.VIRTUAL
    }
    spaces = _Spaces(plan) if not isinstance(plan, Message) else None
    for each in configured:
        if isinstance(each.addresses, Message):
            for fact in FACTS:
                yield Observed(each.name, fact, None, Source.PLAN, each.addresses)
            continue
        one = _One(each, each.addresses, inventory, spaces, ours)
        if isinstance(plan, Message):
            yield Observed(each.name, "address_outside_plan", None, Source.PLAN, plan)
            yield Observed(each.name, "zone_outside_plan", None, Source.PLAN, plan)
        else:
            yield one.outside()
            yield one.zones()
        yield one.exits()


class _Spaces:
    """The plan's allocations and pools by routing table and family, for the longest prefix."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.allocations = _tables(plan.table)
        self.pools = _tables(plan.pool_table)

    def allocation(self, address: Address, vrfs: Iterable[str]) -> Allocation | None:
        """The allocation that holds an address in one of these routing tables."""
        for vrf in vrfs:
            number = self.allocations[vrf, address.version].longest(int(address))
            if number is not None:
                return self._plan.allocation(number)
        return None

    def owned_by(self, owner: str) -> Iterator[Network]:
        """The prefixes of a line."""
        return (allocation.prefix for allocation in self._plan.of(owner))

    def pool(self, address: Address) -> str:
        """The pool that holds an address in any routing table; empty if none does."""
        for (_, version), table in self.pools.items():
            number = table.longest(int(address)) if version == address.version else None
            if number is not None:
                return self._plan.pool_table.pools[number]
        return ""


def _tables(columns: Columns) -> Mapping[tuple[str, int], Table[int]]:
    spaces: dict[tuple[str, int], list[tuple[int, int, int]]] = defaultdict(list)
    rows = zip(columns.vrfs, columns.versions, columns.starts, columns.lengths, strict=True)
    for number, (vrf, version, start, length) in enumerate(rows):
        spaces[vrf, version].append((start, length, number))
    found: dict[tuple[str, int], Table[int]] = defaultdict(lambda: Table(()))
    for (vrf, version), entries in spaces.items():
        found[vrf, version] = Table(entries, BITS[version])
    return found


class _One:
    """One device's addresses against the plan and the inventory."""

    def __init__(
        self,
        configured: Configured,
        addresses: Addresses,
        inventory: Inventory,
        spaces: _Spaces | None,
        ours: set[Address],
    ) -> None:
        self._name = configured.name
        self._device = configured.device
        self._path = configured.path
        self._addresses = addresses
        self._inventory = inventory
        self._spaces = spaces
        self._ours = ours
        self._lines = inventory.lines_of(configured.device.name)

    def outside(self) -> Observed:
        """Addresses that no allocation holds."""
        found, seen = [], 0
        for use in self._addresses.uses:
            if use.kind not in _PLANNED or self._exempt(use):
                continue
            seen += 1
            allocation = self._allocation(use)
            if allocation is None:
                pool = self._spaces.pool(use.first) if self._spaces is not None else ""
                found.append(self._record(use, f"pool {pool}, no allocation" if pool else "no pool"))
            elif self._of_another(allocation, use):
                found.append(self._record(use, f"allocated to {allocation.owner}"))
        if not seen:
            return self._nothing("address_outside_plan")
        weak = Message("{count} addresses are not in the plan", count=len(found))
        sound = Message("{count} addresses, each in an allocation of the plan", count=seen)
        return self._observed("address_outside_plan", found, weak, sound)

    def zones(self) -> Observed:
        """Interfaces whose address belongs to another area, or another routing table, than their zone."""
        zones = {
            _plain(interface): zone
            for zone in self._inventory.zones.values()
            for device, interface in zone.interfaces
            if device == self._device.name
        }
        if not zones:
            why = Message("the inventory puts none of its interfaces into a zone")
            return Observed(self._name, "zone_outside_plan", None, Source.PLAN, why)
        found, seen = [], 0
        for use in self._addresses.uses:
            zone = zones.get(_plain(use.interface))
            if use.kind not in _OWN or zone is None or self._exempt(use):
                continue
            allocation = self._allocation(use)
            if allocation is None:
                continue  # said by `outside`
            seen += 1
            if allocation.area is not Area.INTERCONNECT and allocation.area is not zone.area:
                found.append(self._record(use, f"{allocation.area.value}, zone {zone.name}: {zone.area.value}"))
        if not seen:
            return self._nothing("zone_outside_plan")
        weak = Message("{count} interfaces have an address of another area than their zone", count=len(found))
        sound = Message("{count} interfaces, each with an address of its zone's area", count=seen)
        return self._observed("zone_outside_plan", found, weak, sound)

    def exits(self) -> Observed:
        """Default routes and translations where the inventory has no line to the internet."""
        found, open_ = [], []
        if not self._addresses.uses:
            return self._nothing("unplanned_exit")
        for use in self._addresses.uses:
            if use.kind is UseKind.ROUTE and use.length == 0:
                planned = self._leads_along(use)
                if planned is None:
                    open_.append(self._record(use, "?"))
                elif not planned:
                    found.append(self._record(use, f"→ {use.gateway or use.interface}"))
            elif use.kind in _TRANSLATED and not self._is_exit and self._allocation(use) is None:
                found.append(self._record(use, use.kind.value))
        weak = Message("{count} default routes or translations lead out where no exit is planned", count=len(found))
        if not found and open_:
            why = Message("where {count} default routes lead to is not told by an address", count=len(open_))
            return Observed(self._name, "unplanned_exit", None, Source.PLAN, why, tuple(open_[:_MOST]))
        sound = Message("default routes lead along lines of the inventory, and translations are at a planned exit")
        return self._observed("unplanned_exit", found, weak, sound)

    def _nothing(self, fact: str) -> Observed:
        """Nothing was compared, which proves nothing."""
        strange = tuple(f"{self._path}:{entry.line}" for entry in self._addresses.not_understood[:_MOST])
        why = Message("the configuration has no address that could be compared")
        return Observed(self._name, fact, None, Source.PLAN, why, strange)

    def _observed(self, fact: str, found: Sequence[str], weak: Message, sound: Message) -> Observed:
        strange = self._addresses.not_understood
        if found:
            return Observed(self._name, fact, True, Source.PLAN, weak, tuple(found[:_MOST]))
        if strange:
            why = Message("{count} lines with addresses were not understood", count=len(strange))
            records = tuple(f"{self._path}:{entry.line}" for entry in strange[:_MOST])
            return Observed(self._name, fact, None, Source.PLAN, why, records)
        return Observed(self._name, fact, False, Source.PLAN, sound)

    def _record(self, use: AddressUse, what: str) -> str:
        """Where it stands and what it is; addresses alone, so that nothing needs masking."""
        text = f"{use.first}" if use.first == use.last or use.length is not None else f"{use.first}-{use.last}"
        length = f"/{use.length}" if use.length is not None else ""
        vrf = f" vrf {use.vrf}" if use.vrf else ""
        return f"{self._path}:{use.line} {text}{length}{vrf}{f' {use.interface}' if use.interface else ''}: {what}"

    def _allocation(self, use: AddressUse) -> Allocation | None:
        """The allocation of an address in its routing table.

        A department's router names no routing table: all of it may lie in that of its lines. A name that the
        inventory does not have says nothing, so every table is looked through.
        """
        if self._spaces is None:
            return None
        if use.vrf:
            known = use.vrf in self._inventory.vrfs
            return self._spaces.allocation(use.first, (use.vrf,) if known else (DEFAULT_VRF, *self._inventory.vrfs))
        return self._spaces.allocation(use.first, self._unnamed)

    @cached_property
    def _unnamed(self) -> tuple[str, ...]:
        if any(use.vrf for use in self._addresses.uses):
            return (DEFAULT_VRF,)
        return tuple(dict.fromkeys((DEFAULT_VRF, *map(self._inventory.vrf_of, self._lines))))

    def _exempt(self, use: AddressUse) -> bool:
        """Whether an address is no matter of the plan."""
        address = use.first
        if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
            return True
        if use.kind in _TRANSLATED and self._is_exit:
            return True
        return any(address in network for network in self._given)

    @cached_property
    def _given(self) -> tuple[Network, ...]:
        """Networks that others give: carriers, and the one in which the device is managed."""
        ends = [line.end_at(self._device.name).address for line in self._lines]
        peers = [line.peer for line in self._lines]
        known = [*ends, *peers, self._device.address, self._device.former_address]
        return tuple(interface.network for interface in known if interface is not None)

    @property
    def _is_exit(self) -> bool:
        return any(line.kind is LineKind.INTERNET for line in self._lines)

    def _of_another(self, allocation: Allocation, use: AddressUse) -> bool:
        """Whether a circuit's or a loopback's address is another device's. Of a LAN two routers may have addresses."""
        if use.kind not in _OWN:
            return False
        line = self._inventory.lines.get(allocation.owner)
        if line is not None:
            return line.kind is LineKind.CIRCUIT and self._device.name not in line.devices
        return allocation.owner in self._inventory.devices and allocation.owner != self._device.name

    def _leads_along(self, use: AddressUse) -> bool | None:
        """Whether a default route follows a line of the inventory or leads to a device of ours; None: not told."""
        if use.gateway is not None:
            gateway = use.gateway
            if gateway.is_link_local:
                return None
            return gateway in self._ours or any(gateway in network for network in self._along)
        if not use.interface:
            return None
        wanted = _plain(use.interface)
        ways = [line.end_at(self._device.name).interface for line in self._lines if line.kind in _WAYS]
        return True if wanted in map(_plain, ways) else None

    @cached_property
    def _along(self) -> tuple[Network, ...]:
        """The networks of its lines, and the one in which it is managed."""
        return (*self._given, *(network for line in self._lines for network in self._prefixes(line)))

    def _prefixes(self, line: Line) -> Iterator[Network]:
        if line.kind in _WAYS and self._spaces is not None:
            yield from self._spaces.owned_by(line.name)


def _plain(interface: str) -> str:
    return interface.replace(" ", "").lower()
