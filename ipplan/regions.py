"""Regions for the planner: their levels, what lies in which, and the shares that they have of a pool's demands."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from inventory.model import Level
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inventory.model import Inventory

_LEVELS = {level: level.value for level in Level}  # an enum's `value` is slow, and asked for often
_CITY = Level.CITY.value
_MOST_SHARES = 64
# A region's part of a pool: level and code (empty for the whole pool), the number of the share that it lies in (-1 for
# none), and the demands that are in no lower one, by their regions and owners, whatever the order of rows in any file.
Share: TypeAlias = "tuple[tuple[str, str], int, list[int]]"


class Regions:
    """The regions' levels and ancestors, looked up once each. A region that is not there counts as a city's."""

    _last: ClassVar[tuple[weakref.ref[Inventory], Regions] | None] = None

    @classmethod
    def of(cls, inventory: Inventory) -> Regions:
        """The inventory's; what was looked up for one is remembered until another comes."""
        if cls._last is None or cls._last[0]() is not inventory:
            cls._last = (weakref.ref(inventory), cls(inventory))
        return cls._last[1]

    def __init__(self, inventory: Inventory) -> None:
        regions = inventory.regions
        # The region above each, and each one's level, as plain texts; a region that is not there counts as a city's.
        codes = list(regions)
        self.parents = {code: region.parent for code, region in regions.items()}
        self.levels: Mapping[str, str] = _Levels(
            zip(codes, [_LEVELS[region.level] for region in regions.values()], strict=True)
        )
        self._lowest: dict[frozenset[str], Mapping[str, str]] = {}
        # By the identity of the codes, which are kept beside so that it stays theirs.
        self._shares: dict[tuple[frozenset[str], int], tuple[Sequence[str], list[Share]]] = {}
        self._orders: dict[int, tuple[Sequence[str], list[int], list[str]]] = {}
        self._rows_levels: dict[int, tuple[Sequence[str], list[str]]] = {}
        self._chains: dict[str, tuple[str, ...]] = {"": ()}
        self._depths: dict[str, int] = {}

    def lowest(self, levels: frozenset[str]) -> Mapping[str, str]:
        """For each region the lowest one of these levels, from the region up; an empty text for none."""
        known = self._lowest.get(levels)
        if known is None:
            found, parents = _Lowest({"": ""}), self.parents

            def find(code: str) -> str:
                if code not in found:
                    found[code] = code if self.levels[code] in levels else find(parents.get(code, ""))
                return found[code]

            for code, level in self.levels.items():
                if level in levels:
                    found[code] = code
                else:
                    above = parents[code]
                    found[code] = found[above] if above in found else find(above)
            known = self._lowest[levels] = found
        return known

    def shares(self, levels: frozenset[str], codes: Sequence[str], owners: Sequence[str]) -> list[Share]:
        """The regions of these levels that have demands in them, each below the one above it, the whole pool first.

        `codes` and `owners` are the demands'. Pools with the same owners have the same lists of them; for those it is
        worked out once.
        """
        known = self._shares.get((levels, id(codes)))
        if known is not None:
            return known[1]
        lowest, levels_of, parents = self.lowest(levels), self.levels, self.parents
        shares: list[Share] = [(("", ""), -1, [])]
        places = {"": 0}

        def place_of(code: str) -> int:
            """The number of a region's share, which is made if need be, and before it those above."""
            place = places.get(code)
            if place is None:
                above = place_of(lowest[parents[code]])
                place = places[code] = len(shares)
                shares.append(((levels_of[code], code), above, []))
            return place

        order, ordered = self._order(codes, owners)
        last, own = "", shares[0][2]
        for number, code in zip(order, picked(lowest, ordered), strict=True):
            if code is not last:
                last, own = code, shares[place_of(code)][2]
            own.append(number)
        if len(self._shares) >= _MOST_SHARES:
            self._shares.clear()
        self._shares[levels, id(codes)] = (codes, shares)
        return shares

    def _order(self, codes: Sequence[str], owners: Sequence[str]) -> tuple[list[int], list[str]]:
        """The numbers of rows by their regions, then by their owners, and the regions in that order.

        For the same list it is worked out once.
        """
        known = self._orders.get(id(codes))
        if known is None:
            if len(self._orders) >= _MOST_SHARES:
                self._orders.clear()
            order = sorted(range(len(codes)), key=owners.__getitem__)
            order.sort(key=codes.__getitem__)
            known = self._orders[id(codes)] = (codes, order, picked(codes, order))
        return known[1:]

    def levels_of(self, codes: Sequence[str]) -> list[str]:
        """The levels of rows whose regions these are; for the same list they are looked up once."""
        known = self._rows_levels.get(id(codes))
        if known is None:
            if len(self._rows_levels) >= _MOST_SHARES:
                self._rows_levels.clear()
            known = self._rows_levels[id(codes)] = (codes, picked(self.levels, codes))
        return known[1]

    def chain(self, code: str) -> tuple[str, ...]:
        """The codes of the region and its ancestors, from the region up."""
        found = self._chains.get(code)
        if found is None:
            found = (code, *self.chain(self.parents[code])) if code in self.parents else ()
            self._chains[code] = found
        return found

    def depth(self, code: str) -> int:
        """How many regions the region lies in, itself counted."""
        found = self._depths.get(code)
        if found is None:
            found = self._depths[code] = 1 + self.depth(self.parents[code]) if code in self.parents else 0
        return found

    def level(self, code: str) -> str:
        """The region's level."""
        return self.levels[code]


class _Levels(dict[str, str]):
    """Levels by region."""

    def __missing__(self, code: str) -> str:
        return _CITY


class _Lowest(dict[str, str]):
    """Regions by region; none for a region that is not there."""

    def __missing__(self, code: str) -> str:
        return ""
