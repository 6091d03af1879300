"""The mapping of one VRF and family, as arithmetic on its intervals: images of sets, and who else is in a place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from configs.intervals import Intervals

# Blocks of 64 addresses: what is asked again is mostly near to what was asked.
NEAR = 6


@dataclass(frozen=True)
class Space:
    """The mapping of one VRF and family: intervals that do not overlap, in address order."""

    vrf: str
    bits: int
    starts: tuple[int, ...]
    stops: tuple[int, ...]
    news: tuple[int | None, ...]
    subnets: dict[tuple[int, int], tuple[int, int] | None]  # old (first, length) → new; None if it goes to several
    split: dict[tuple[int, int], set[tuple[int, int]]]  # of those that go to several: all of them
    wholes: dict[tuple[int, int], tuple[int, int] | None] = field(default_factory=dict, compare=False, repr=False)
    # What is added to the addresses of a small block that go somewhere together; filled as they are met.
    near: dict[int, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def mapped(self) -> Intervals:
        """Every address of the mapping."""
        return Intervals.of(zip(self.starts, self.stops, strict=True))

    @cached_property
    def plan(self) -> Intervals:
        """The space of the plan: every new place, and the new subnets whole."""
        places = self.image(self.mapped)[0]
        news = [new for new in self.subnets.values() if new is not None]
        return places | Intervals.of((first, first + (1 << (self.bits - length))) for first, length in news)

    @cached_property
    def subnet_starts(self) -> list[tuple[int, int]]:
        """Today's subnets in order."""
        return sorted(self.subnets)

    def host(self, address: int) -> tuple[bool, int | None]:
        """Whether an address is in the mapping, and where it goes."""
        index = bisect_right(self.starts, address) - 1
        if index < 0 or address >= self.stops[index]:
            return False, None
        new = self.news[index]
        return True, None if new is None else new + address - self.starts[index]

    def shift(self, address: int) -> int | None:
        """What is added to an address to have its new place; None if it has none."""
        index = bisect_right(self.starts, address) - 1
        if index < 0 or address >= self.stops[index]:
            return None
        start, new = self.starts[index], self.news[index]
        if new is None:
            return None
        block = address >> NEAR
        if start <= block << NEAR and (block + 1) << NEAR <= self.stops[index]:
            self.near[block] = new - start
        return new - start

    def image(self, wanted: Intervals) -> tuple[Intervals, bool]:
        """The new places of a set's mapped addresses, and whether each of those has one."""
        found = []
        whole = True
        for start, stop in wanted:
            index = max(bisect_right(self.starts, start) - 1, 0)
            while index < len(self.starts) and self.starts[index] < stop:
                low, high = max(start, self.starts[index]), min(stop, self.stops[index])
                new = self.news[index]
                if low < high and new is not None:
                    found.append((new + low - self.starts[index], new + high - self.starts[index]))
                elif low < high:
                    whole = False
                index += 1
        return Intervals.of(found), whole

    def grown(self, wanted: Intervals) -> Intervals:
        """The whole new subnets of those of today's subnets that a set holds whole."""
        found = []
        subnets = self.subnet_starts
        for start, stop in wanted:
            index = bisect_left(subnets, (start, 0))
            while index < len(subnets) and subnets[index][0] < stop:
                first, length = subnets[index]
                new = self.subnets[first, length]
                if new is not None and first + (1 << (self.bits - length)) <= stop:
                    found.append((new[0], new[0] + (1 << (self.bits - new[1]))))
                index += 1
        return Intervals.of(found)

    @cached_property
    def _placed(self) -> tuple[list[tuple[int, int, int]], list[int], list[int]]:
        """The places as (first, behind the last, old first), in order; their firsts; the farthest end up to each."""
        rows = sorted(
            (new, new + stop - start, start)
            for start, stop, new in zip(self.starts, self.stops, self.news, strict=True)
            if new is not None
        )
        farthest: list[int] = []
        for _, stop, _ in rows:
            farthest.append(max(stop, farthest[-1]) if farthest else stop)
        return rows, [row[0] for row in rows], farthest

    def strangers(self, place: Intervals, wanted: Intervals) -> Intervals:
        """What of a space of the plan is taken by addresses that are not in `wanted`."""
        rows, firsts, farthest = self._placed
        found = []
        for start, stop in place:
            index = bisect_left(firsts, stop) - 1
            while index >= 0 and farthest[index] > start:
                new, end, old = rows[index]
                low, high = max(new, start), min(end, stop)
                if low < high:
                    others = Intervals(((old + low - new, old + high - new),)) - wanted
                    found += [(span[0] - old + new, span[1] - old + new) for span in others]
                index -= 1
        return Intervals.of(found)

    def innermost(self, first: int, length: int) -> bool:
        """Whether one of today's subnets has no others inside of it."""
        subnets = self.subnet_starts
        index = bisect_right(subnets, (first, length))
        return index == len(subnets) or subnets[index][0] >= first + (1 << (self.bits - length))

    def whole(self, first: int, length: int) -> tuple[int, int] | None:
        """The plan's subnet for one of today's, if what has a place in the one goes there and nobody else does."""
        key = (first, length)
        if key not in self.wholes:
            new = self.subnets.get(key)
            self.wholes[key] = new if new is not None and self._alone(first, length, new) else None
        return self.wholes[key]

    def _alone(self, first: int, length: int, new: tuple[int, int]) -> bool:
        """Whether what has a place in a subnet goes to the plan's, and nobody else does."""
        stop = first + (1 << (self.bits - length))
        end = new[0] + (1 << (self.bits - new[1]))
        starts, stops = self.starts, self.stops
        index = bisect_left(starts, first)
        if index and stops[index - 1] > first:
            return False
        count = 0
        while index < len(starts) and starts[index] < stop:
            start, size = self.news[index], stops[index] - starts[index]
            if stops[index] > stop or (start is not None and not new[0] <= start <= end - size):
                return False
            count += start is not None
            index += 1
        _, firsts, farthest = self._placed
        low, high = bisect_left(firsts, new[0]), bisect_left(firsts, end)
        return 0 < count == high - low and (low == 0 or farthest[low - 1] <= new[0])

    def foreign(self, wanted: Intervals) -> Intervals:
        """The space that belongs to others than a set's addresses: theirs of today and of the plan."""
        others = self.mapped - wanted
        return others | self.image(others)[0]
