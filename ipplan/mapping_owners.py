"""Which allocations of the plan are meant by an owner as today's table writes it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from inventory.model import LineKind
from ipplan.lookup import Table
from ipplan.networks import BITS, block_of, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Inventory
    from ipplan.current import Row
    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan


_EMPTY: Table[Allocation] = Table(())


class Owners:
    """The plan's allocations by name: of lines, devices, sites, units and regions, also by what people call them.

    `functions` are the policy's functions by what people call them (`title` → name).
    """

    def __init__(self, plan: Plan, inventory: Inventory | None, functions: dict[str, str] | None = None) -> None:
        self._plan = plan
        self._inventory = inventory
        self._functions = {row.function: row.function for row in plan.allocations} | (functions or {})
        self._owners = _names(inventory) if inventory is not None else {}
        spaces: dict[tuple[str, int], list[tuple[int, int, Allocation]]] = {}
        for row in plan.allocations:
            start, length = block_of(row.prefix)
            spaces.setdefault((row.vrf, row.prefix.version), []).append((start, length, row))
        self._tables = {space: Table(rows, BITS[space[1]]) for space, rows in spaces.items()}
        self._sorted = {space: sorted(rows, key=lambda row: row[:2]) for space, rows in spaces.items()}
        self._vrfs = tuple(dict.fromkeys(row.vrf for row in plan.allocations))

    def at(self, prefix: Network, vrf: str) -> Allocation | None:
        """The allocation with or around a prefix: in the VRF if there is one, else in the only other VRF."""
        found: list[Allocation] = []
        for space in dict.fromkeys((vrf, *self._vrfs)):
            allocation = self._tables.get((space, prefix.version), _EMPTY).longest(int(prefix.network_address))
            if allocation is not None and allocation.prefix.prefixlen <= prefix.prefixlen:
                if space == vrf:
                    return allocation
                found.append(allocation)
        return found[0] if len(found) == 1 else None

    def inside(self, prefix: Network, vrf: str) -> list[Allocation]:
        """The VRF's allocations inside a prefix that none of them holds, in address order."""
        rows = self._sorted.get((vrf, prefix.version), [])
        first = bisect_left(rows, int(prefix.network_address), key=lambda row: row[0])
        last = bisect_right(rows, int(prefix.broadcast_address), key=lambda row: row[0])
        return [allocation for _, _, allocation in rows[first:last]]

    def of(self, name: str, row: Row) -> list[Allocation]:
        """What the plan gives an owner, as far as it fits the row: family, function, VRF, purpose. In address order."""
        found = {
            allocation.key: allocation
            for owner in dict.fromkeys([name, *self._owners.get(name, ())])
            for allocation in self._plan.of(owner)
            if allocation.prefix.version == row.prefix.version
        }
        own = [allocation for allocation in found.values() if allocation.owner == name]
        function = self._functions.get(row.function)
        candidates = list(found.values())
        if function is not None:
            candidates = [allocation for allocation in candidates if allocation.function == function]
        elif own and self._inventory is not None and name in self._inventory.lines:
            candidates = own
        same = [allocation for allocation in candidates if allocation.vrf == row.vrf]
        candidates = same or candidates
        if len(candidates) > 1:
            candidates = self._like(row, candidates) or candidates
        return sorted(candidates, key=lambda allocation: in_order(allocation.prefix))

    def _like(self, row: Row, candidates: Iterable[Allocation]) -> list[Allocation]:
        """Those whose purpose fits the size: a single address is a loopback's, a pair a circuit's, else a LAN's."""
        spare = row.prefix.max_prefixlen - row.prefix.prefixlen
        if spare == 0:
            return [allocation for allocation in candidates if allocation.prefix.prefixlen == row.prefix.prefixlen]
        kind = LineKind.CIRCUIT if spare <= 2 else LineKind.LAN
        lines = self._inventory.lines if self._inventory is not None else {}
        return [
            allocation
            for allocation in candidates
            if allocation.owner in lines and lines[allocation.owner].kind is kind
        ]


def _names(inventory: Inventory) -> dict[str, list[str]]:
    """What an owner may be called → the names that the plan may have for it, the nearest meaning first.

    A text that several sites, units or regions are called by means all of them: which one is for the row to say.
    """
    names: dict[str, list[str]] = {}
    at_site: dict[str, list[str]] = {}
    for device in inventory.devices.values():
        own = [device.name, *(line.name for line in inventory.lines_of(device.name))]
        names[device.name] = own
        at_site.setdefault(device.site, []).extend(own)
    of_unit: dict[str, list[str]] = {}
    # A region's name means its own site; the sites of units are meant only where there is no other.
    of_region: dict[str, list[str]] = {}
    of_units: dict[str, list[str]] = {}
    sites: _Called = {}
    for site in inventory.sites.values():
        own = [site.name, *at_site.get(site.name, [])]
        _call(sites, (site.name, site.title), own)
        of_unit.setdefault(site.unit, []).extend(own)
        (of_units if site.unit else of_region).setdefault(site.region, []).extend(own)
    units: _Called = {}
    for unit in inventory.units.values():
        _call(units, (unit.name, unit.title), [unit.name, *of_unit.get(unit.name, [])])
    regions: _Called = {}
    for region in inventory.regions.values():
        own = of_region.get(region.code) or of_units.get(region.code, [])
        _call(regions, (region.code, region.name), [region.code, *own])
    for called in (sites, units, regions):
        for text, meanings in called.items():
            every = list(chain.from_iterable(meanings))
            if text not in names:
                names[text] = every
            elif len(meanings) > 1 and called is regions:  # a nearer meaning is that of one of the places alone
                names[text] = [*names[text], *every]
    return names


_Called: TypeAlias = "dict[str, list[list[str]]]"  # a text → for each that is called so, the names of the plan


def _call(called: _Called, texts: tuple[str, ...], own: list[str]) -> None:
    for text in dict.fromkeys(texts):
        if text:
            called.setdefault(text, []).append(own)
