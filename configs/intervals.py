"""Sets of integers as sorted intervals that neither touch nor overlap: addresses of one family, ports, protocols.

Whatever a configuration can say of addresses is such a set: a prefix, a range, a wildcard with holes, an object group.
All operations are exact and linear in the number of intervals. Nothing here knows a vendor or a packet.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BITS: Final = {4: 32, 6: 128}
# A wildcard with more intervals than this is not written out.
WRITTEN_OUT: Final = 1 << 14

Span: TypeAlias = tuple[int, int]  # first, and the one behind the last


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of non-negative integers. `spans` are (first, one behind the last), sorted, with gaps between them."""

    spans: tuple[Span, ...] = ()

    @staticmethod
    def of(spans: Iterable[Span]) -> Intervals:
        """The union of spans in any order, overlapping or empty ones too."""
        merged: list[Span] = []
        for start, stop in sorted(spans):
            if start >= stop:
                continue
            if merged and start <= merged[-1][1]:
                if stop > merged[-1][1]:
                    merged[-1] = (merged[-1][0], stop)
            else:
                merged.append((start, stop))
        return Intervals(tuple(merged))

    @staticmethod
    def one(value: int) -> Intervals:
        """The set of one number."""
        return Intervals(((value, value + 1),))

    @staticmethod
    def inclusive(first: int, last: int) -> Intervals:
        """The numbers from `first` to `last`; empty if they are the wrong way round."""
        return Intervals(((first, last + 1),)) if first <= last else EMPTY

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __iter__(self) -> Iterator[Span]:
        return iter(self.spans)

    def __contains__(self, value: int) -> bool:
        index = bisect_right(self.spans, (value, 1 << 200)) - 1
        return index >= 0 and value < self.spans[index][1]

    def __or__(self, other: Intervals) -> Intervals:
        if not other.spans or self.spans == other.spans:
            return self
        if not self.spans:
            return other
        return Intervals.of((*self.spans, *other.spans))

    def __and__(self, other: Intervals) -> Intervals:
        mine, theirs = self.spans, other.spans
        if not mine or not theirs:
            return EMPTY
        if len(theirs) == 1:
            return self.within(*theirs[0])
        if len(mine) == 1:
            return other.within(*mine[0])
        found: list[Span] = []
        i = j = 0
        while i < len(mine) and j < len(theirs):
            start, stop = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if start < stop:
                found.append((start, stop))
            if mine[i][1] <= theirs[j][1]:
                i += 1
            else:
                j += 1
        return Intervals(tuple(found))

    def within(self, start: int, stop: int) -> Intervals:
        """The part from `start` to before `stop`."""
        spans = self.spans
        if not spans or start >= stop:
            return EMPTY
        if start <= spans[0][0] and spans[-1][1] <= stop:
            return self
        index = max(bisect_right(spans, (start, 1 << 200)) - 1, 0)
        found = []
        while index < len(spans) and spans[index][0] < stop:
            first, last = max(spans[index][0], start), min(spans[index][1], stop)
            if first < last:
                found.append((first, last))
            index += 1
        return Intervals(tuple(found))

    def __sub__(self, other: Intervals) -> Intervals:
        if not other.spans or not self.spans:
            return self
        found: list[Span] = []
        theirs = other.spans
        j = max(bisect_right(theirs, (self.spans[0][0], 1 << 200)) - 1, 0)
        for first, stop in self.spans:
            start = first
            while j < len(theirs) and theirs[j][1] <= start:
                j += 1
            k = j
            while k < len(theirs) and theirs[k][0] < stop:
                if start < theirs[k][0]:
                    found.append((start, theirs[k][0]))
                start = max(start, theirs[k][1])
                k += 1
            if start < stop:
                found.append((start, stop))
        return Intervals(tuple(found))

    def __le__(self, other: Intervals) -> bool:
        """Whether every number of this set is in the other one."""
        return not self - other

    def meets(self, other: Intervals) -> bool:
        """Whether the two have a number in common."""
        return bool(self & other)

    @property
    def size(self) -> int:
        """How many numbers."""
        return sum(stop - start for start, stop in self.spans)

    @property
    def first(self) -> int:
        """The smallest number: the example that is shown. ValueError if there is none."""
        if not self.spans:
            raise ValueError("the set is empty")
        return self.spans[0][0]

    @property
    def last(self) -> int:
        """The largest number. ValueError if there is none."""
        if not self.spans:
            raise ValueError("the set is empty")
        return self.spans[-1][1] - 1

    def shifted(self, distance: int) -> Intervals:
        """Every number plus `distance`."""
        return Intervals(tuple((start + distance, stop + distance) for start, stop in self.spans))

    def blocks(self, bits: int) -> Iterator[tuple[int, int]]:
        """The fewest prefixes that are exactly this set, as (first, length), in order."""
        for start, stop in self.spans:
            at = start
            while at < stop:
                size = at & -at or 1 << bits
                while at + size > stop:
                    size >>= 1
                yield at, bits - size.bit_length() + 1
                at += size

    def cover(self, bits: int) -> tuple[int, int]:
        """The smallest prefix around the set, as (first, length). ValueError if it is empty."""
        host_bits = (self.first ^ self.last).bit_length()
        return self.first >> host_bits << host_bits, bits - host_bits


EMPTY: Final = Intervals()


@lru_cache(8)
def everything(bits: int) -> Intervals:
    """All numbers of so many bits."""
    return Intervals(((0, 1 << bits),))


@lru_cache(4096)
def prefix(value: int, length: int, bits: int) -> Intervals:
    """The addresses of the prefix around `value`."""
    host_bits = bits - length
    first = value >> host_bits << host_bits
    return Intervals(((first, first + (1 << host_bits)),))


@lru_cache(4096)
def wildcard(value: int, free: int, bits: int) -> Intervals | None:
    """The addresses that are `value` in the bits that `free` does not hold; None if they are too scattered.

    `free` is an inverse mask: a bit of 1 does not matter. Holes are allowed: each free bit above the lowest run of
    free bits doubles the number of intervals.
    """
    free &= (1 << bits) - 1
    base = value & ~free & ((1 << bits) - 1)
    run = (~free & (free + 1)).bit_length() - 1  # the free bits at the end
    scattered = free >> run << run
    if 1 << scattered.bit_count() > WRITTEN_OUT:
        return None
    width = 1 << run
    starts = [base]
    place = scattered
    while place:
        lowest = place & -place
        starts += [start | lowest for start in starts]
        place ^= lowest
    return Intervals.of((start, start + width) for start in starts)


@dataclass(frozen=True, slots=True)
class AddressSet:
    """Addresses of both families."""

    v4: Intervals = EMPTY
    v6: Intervals = EMPTY

    @staticmethod
    def single(version: int, found: Intervals) -> AddressSet:
        """Addresses of one family."""
        return AddressSet(found, EMPTY) if version == 4 else AddressSet(EMPTY, found)

    def family(self, version: int) -> Intervals:
        """The addresses of one family."""
        return self.v4 if version == 4 else self.v6

    @property
    def any(self) -> bool:
        """Whether it is every address of both families."""
        return self == ANYWHERE

    def __bool__(self) -> bool:
        return bool(self.v4) or bool(self.v6)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 | other.v4, self.v6 | other.v6)

    def __and__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 & other.v4, self.v6 & other.v6)

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.v4 - other.v4, self.v6 - other.v6)


NOWHERE_AT_ALL: Final = AddressSet()
ANYWHERE: Final = AddressSet(everything(32), everything(128))


def shown(value: int, version: int) -> str:
    """An address as people write it."""
    return str(IPv4Address(value) if version == 4 else IPv6Address(value))


def listed(found: Intervals, version: int, most: int = 4) -> str:
    """A set as people write it: prefixes, single addresses, ranges where prefixes would be many."""
    texts = []
    for start, stop in found.spans[:most]:
        blocks = list(Intervals(((start, stop),)).blocks(BITS[version]))
        if len(blocks) == 1:
            length = blocks[0][1]
            texts.append(shown(start, version) + (f"/{length}" if length < BITS[version] else ""))
        else:
            texts.append(f"{shown(start, version)}-{shown(stop - 1, version)}")
    if len(found.spans) > most:
        texts.append("…")
    return ", ".join(texts)
