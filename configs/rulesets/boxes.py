"""Boxes of packets and what others leave of them: the arithmetic below the examination of rule sets.

A box has one set of numbers for each dimension: both zones, both addresses of one family, protocol, both ports. Cutting
a box out of another leaves at most one piece a dimension. `Index` answers for a list of boxes, by one look into sorted
tables, which of them hold a point and which may meet a box: bit k of an answer is box k.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.intervals import Intervals, Span

Box: TypeAlias = "tuple[Intervals, ...]"
MOST_PIECES: Final = 1024


class TangledError(Exception):
    """More than `MOST_PIECES` pieces would be left: too many to go on."""


def without(pieces: Sequence[Box], cut: Box) -> list[Box]:
    """What is left of pieces that do not overlap; TangledError."""
    left: list[Box] = []
    for piece in pieces:
        common = [mine & theirs for mine, theirs in zip(piece, cut, strict=True)]
        if not all(common):
            left.append(piece)
            continue
        inner = list(piece)
        for place, (mine, both) in enumerate(zip(piece, common, strict=True)):
            rest = mine - both
            if rest:
                left.append((*inner[:place], rest, *inner[place + 1 :]))
                inner[place] = both
    if len(left) > MOST_PIECES:
        raise TangledError
    return left


def meets(one: Box, other: Box) -> bool:
    """Whether two boxes have a packet in common."""
    return all(mine & theirs for mine, theirs in zip(one, other, strict=True))


def holds(outer: Box, inner: Box) -> bool:
    """Whether a box has every packet of another."""
    return all(not theirs - mine for mine, theirs in zip(outer, inner, strict=True))


class Index:
    """Tables over boxes; one that is None (it has no packet) is in no answer."""

    def __init__(self, boxes: Sequence[Box | None]) -> None:
        self._columns = [
            _Column([(index, box[place]) for index, box in enumerate(boxes) if box is not None])
            for place in range(next((len(box) for box in boxes if box is not None), 0))
        ]

    def first_held(self, box: Box, among: int) -> int:
        """Those of the boxes `among` that hold the point at the beginning of every dimension."""
        return self._held([part.spans[0][0] for part in box], among)

    def last_held(self, box: Box, among: int) -> int:
        """Those of the boxes `among` that hold the point at the end of every dimension."""
        return self._held([part.spans[-1][1] - 1 for part in box], among)

    def near(self, box: Box) -> int:
        """The boxes that may meet a box; no other does."""
        found = -1
        for column, part in zip(self._columns, box, strict=True):
            found &= column.near(part.spans[0][0], part.spans[-1][1])
            if not found:
                break
        return found

    def _held(self, point: Sequence[int], found: int) -> int:
        for column, value in zip(self._columns, point, strict=True):
            found &= column.holding(value)
            if not found:
                break
        return found


class _Column:
    """One dimension of all boxes. Most rules have few different values in it, so equal ones are put in together."""

    def __init__(self, rows: Sequence[tuple[int, Intervals]]) -> None:
        values: dict[tuple[Span, ...], int] = {}
        for index, value in rows:
            values[value.spans] = values.get(value.spans, 0) | 1 << index
        events: dict[int, int] = {}
        begins: dict[int, int] = {}
        ends: dict[int, int] = {}
        for spans, mask in values.items():
            for start, stop in spans:
                events[start] = events.get(start, 0) ^ mask
                events[stop] = events.get(stop, 0) ^ mask
            first, last = spans[0][0], spans[-1][1]
            begins[first] = begins.get(first, 0) | mask
            ends[last] = ends.get(last, 0) | mask
        self._places = sorted(events)
        self._active = []
        active = 0
        for place in self._places:
            active ^= events[place]
            self._active.append(active)
        self._begins, self._begun = _running(begins)
        self._ends, self._ended = _running(ends)

    def holding(self, value: int) -> int:
        index = bisect_right(self._places, value) - 1
        return self._active[index] if index >= 0 else 0

    def near(self, start: int, stop: int) -> int:
        """Those that begin before `stop` and do not end before `start`."""
        index = bisect_left(self._begins, stop) - 1
        begun = self._begun[index] if index >= 0 else 0
        index = bisect_right(self._ends, start) - 1
        return begun & ~self._ended[index] if index >= 0 else begun


def _running(events: dict[int, int]) -> tuple[list[int], list[int]]:
    """The places in order, and at each the bits of all up to it."""
    places = sorted(events)
    found = []
    mask = 0
    for place in places:
        mask |= events[place]
        found.append(mask)
    return places, found


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
