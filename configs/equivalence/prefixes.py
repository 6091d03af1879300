"""Prefix lists as sets of prefixes: which route two lists treat differently, exactly.

A route is a prefix: addresses and a length. The mapping says what becomes of it:

1. a subnet of the mapping becomes its new subnet, with the new length;
2. a longer prefix inside of one moves with its addresses and keeps its length, if it is longer than both lengths;
3. a prefix that holds no address of the mapping, and none that the mapping gives to anybody, stays as it is;
4. a shorter one that holds both has no image; the first half of the proof compares the line that names it.

For every route of the first three kinds the new list must decide about the new route as the old one did about today's.
Routes of the second and third kind are compared length by length as sets of addresses, all of them; those of the first
one by one. An entry that is wider than the mapping may become a narrower one, or a cover of what it means now: of the
routes of the third kind in such an entry those that nobody uses may be lost, but none may be let in. So a bound (`ge`,
`le`) that has widened is found.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, Protocol

from configs.headers import Rule, differences
from configs.intervals import BITS, EMPTY, AddressSet, Intervals, everything, prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.equivalence.steps import Grown, Step
    from configs.meaning.statements import PrefixEntry

SHOWN = 20  # differences of one list


class Moves(Protocol):
    """What is asked of a mapping of one VRF and family (`configs.equivalence.image.Image`)."""

    @property
    def version(self) -> int:
        """The family."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Stretches that move alike."""

    @property
    def grown(self) -> tuple[Grown, ...]:
        """Subnets and what takes their place."""

    @property
    def unsure(self) -> Intervals:
        """What goes to several places."""

    @property
    def used(self) -> Intervals:
        """What is in use and stays."""

    @property
    def taken(self) -> Intervals:
        """What the mapping gives to somebody."""

    @property
    def mapped(self) -> Intervals:
        """What the mapping speaks of."""

    @property
    def placed(self) -> Intervals:
        """What somebody of today takes."""

    def image(self, found: Intervals) -> Intervals:
        """The new places of a set."""

    def origin(self, address: int) -> int | None:
        """Who takes a place."""


class Route(NamedTuple):
    """A prefix: its first address and its length."""

    value: int
    length: int


class Differing(NamedTuple):
    """A route of today, what it is afterwards, and the entries that decide (None: none does, it is denied)."""

    old: Route
    new: Route
    first: PrefixEntry | None
    second: PrefixEntry | None


class Routes:
    """What the mapping of one VRF and family makes of routes. Domains are made once a length."""

    def __init__(self, image: Moves) -> None:
        self._image = image
        self._bits = BITS[image.version]
        self._domains: dict[int, Intervals] = {}
        self._subnets: dict[Route, Route | None] = {}
        for each in image.grown:
            old, new = Route(each.old.first, each.old_length), Route(each.new.first, each.new_length)
            same = self._subnets.setdefault(old, new)
            if same != new:
                self._subnets[old] = None  # its parts go to several places
        pairs = [(old, new) for old, new in self._subnets.items() if new is not None]
        self._olds = sorted(pairs)
        self._news = sorted(pairs, key=lambda pair: pair[1])

    def differences(self, old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> Iterator[Differing]:
        """Routes that two lists treat differently; the first entry that matches decides, none denies.

        At most `SHOWN`. UndecidedError: too tangled.
        """
        seen: set[Route] = set()
        number = 0
        for found in self._all(old, new):
            if found.old not in seen:
                seen.add(found.old)
                yield found
                number += 1
            if number == SHOWN:
                return

    def _all(self, old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> Iterator[Differing]:
        if not self._image.steps and _same(old, new):
            return
        yield from self._one_by_one(old, new)
        yield from self._by_length(old, new)

    def _one_by_one(self, old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> Iterator[Differing]:
        """The subnets of the mapping."""
        first, second = _Decisions(old, self._bits), _Decisions(new, self._bits)
        for before, after in self._concerned(old, new).items():
            was, is_ = first.of(before), second.of(after)
            if _permits(was) != _permits(is_):
                yield Differing(before, after, was, is_)

    def _concerned(self, old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> dict[Route, Route]:
        """The subnets that an entry of either list may speak of, in order."""
        found: dict[Route, Route] = {}
        for entries, rows, side in ((old, self._olds, 0), (new, self._news, 1)):
            for entry in entries:
                span = prefix(entry.value, entry.length, self._bits)
                start = bisect_left(rows, span.first, key=lambda row: row[side].value)
                while start < len(rows) and rows[start][side].value <= span.last:
                    before, after = rows[start]
                    found[before] = after
                    start += 1
        return dict(sorted(found.items()))

    def _by_length(self, old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> Iterator[Differing]:
        """All other routes, length by length."""
        version = self._image.version
        carried = [self._carried(entry) for entry in old]
        written = [prefix(entry.value, entry.length, self._bits) for entry in new]
        wide = self._wide(old)
        blurred = (wide | self._wide_now(new)) - self._image.used
        nothing = Rule("deny")
        shortest = min((entry.least for entry in (*old, *new)), default=0)
        longest = max((entry.most for entry in (*old, *new)), default=-1)
        for length in range(shortest, longest + 1):
            sides = [
                [
                    Rule(
                        "permit" if entry.permit else "deny",
                        number,
                        destination=AddressSet.single(version, spans),
                    )
                    for number, (entry, spans) in enumerate(zip(entries, sets, strict=True))
                    if entry.least <= length <= entry.most
                ]
                for entries, sets in ((old, carried), (new, written))
            ]
            if not (sides[0] or sides[1]):
                continue
            domain = AddressSet.single(version, self._domain(length) - Intervals.of(self._outwards(blurred, length)))
            yield from self._let_in(old, new, sides, wide & self._staying(length), length)
            for found in differences(*sides, default=(nothing, nothing), destination=domain):
                value = found.packet.destination >> (self._bits - length) << (self._bits - length)
                origin = self._image.origin(value)
                yield Differing(
                    Route(value if origin is None else origin, length),
                    Route(value, length),
                    None if found.first is nothing else old[found.first.line],
                    None if found.second is nothing else new[found.second.line],
                )

    def _let_in(
        self,
        old: Sequence[PrefixEntry],
        new: Sequence[PrefixEntry],
        sides: Sequence[Sequence[Rule]],
        within: Intervals,
        length: int,
    ) -> Iterator[Differing]:
        """A route of a wide entry that the new list permits and the old one did not."""
        if not within:
            return
        version = self._image.version
        permitted = []
        for rules in sides:
            rest, found = within, EMPTY
            for rule in rules:
                part = rest & rule.destination.family(version)
                rest -= part
                if rule.action == "permit":
                    found |= part
            permitted.append(found)
        if more := permitted[1] - permitted[0]:
            route = Route(more.first >> (self._bits - length) << (self._bits - length), length)
            was, is_ = (_Decisions(entries, self._bits).of(route) for entries in (old, new))
            yield Differing(route, route, was, is_)

    def _wide(self, entries: Iterable[PrefixEntry]) -> Intervals:
        """What entries of today hold that the mapping does not move, beside what it moves."""
        image = self._image
        spans = [prefix(entry.value, entry.length, self._bits) for entry in entries]
        mixed = [each - image.mapped for each in spans if each.meets(image.mapped) and not each <= image.mapped]
        return Intervals.of(span for each in mixed for span in each)

    def _wide_now(self, entries: Iterable[PrefixEntry]) -> Intervals:
        """What entries hold that the mapping gives to nobody, beside what it gives to somebody."""
        taken = self._image.taken
        spans = [prefix(entry.value, entry.length, self._bits) for entry in entries]
        mixed = [each - taken for each in spans if each.meets(taken) and not each <= taken]
        return Intervals.of(span for each in mixed for span in each)

    def _carried(self, entry: PrefixEntry) -> Intervals:
        """The addresses of an entry's routes in the new network: moved ones and those that stay."""
        spans = prefix(entry.value, entry.length, self._bits)
        return self._image.image(spans) | (spans - self._image.mapped)

    def _domain(self, length: int) -> Intervals:
        """The addresses of all routes of a length that stay, or move with their addresses."""
        found = self._domains.get(length)
        if found is None:
            found = self._domains[length] = self._staying(length) | self._moving(length)
        return found

    def _staying(self, length: int) -> Intervals:
        image = self._image
        touched = image.mapped | self._image.taken | image.unsure
        return everything(self._bits) - Intervals.of(self._outwards(touched, length))

    def _moving(self, length: int) -> Intervals:
        """New places of the prefixes of a length that lie in one step, below subnets that are shorter on both sides."""
        image, size = self._image, 1 << (self._bits - length)
        whole: list[tuple[int, int]] = []
        for step in image.steps:
            if step.new is None or (step.new - step.start) % size:
                continue
            start, stop = -(-step.start // size) * size, step.stop // size * size
            if start < stop:
                whole.append((start, stop))
        subnets = [each for each in image.grown if max(each.old_length, each.new_length) >= length]
        blurred = Intervals.of(self._outwards([span for each in subnets for span in each.old], length))
        return image.image(Intervals.of(whole) - blurred - image.unsure)

    def _outwards(self, spans: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
        """Spans widened to whole prefixes of a length."""
        size = 1 << (self._bits - length)
        for start, stop in spans:
            yield start // size * size, -(-stop // size) * size


def _permits(entry: PrefixEntry | None) -> bool:
    return entry is not None and entry.permit


class _Decisions:
    """Which entry of a list decides about a route: entries by their prefix, so that few are asked."""

    def __init__(self, entries: Sequence[PrefixEntry], bits: int) -> None:
        self._entries = entries
        self._bits = bits
        self._places: dict[int, dict[int, list[int]]] = {}
        for number, entry in enumerate(entries):
            places = self._places.setdefault(entry.length, {})
            places.setdefault(entry.value >> (bits - entry.length), []).append(number)

    def of(self, route: Route) -> PrefixEntry | None:
        """The first entry that matches; None: none does."""
        numbers = [
            number
            for length, places in self._places.items()
            if length <= route.length
            for number in places.get(route.value >> (self._bits - length), ())
            if self._entries[number].least <= route.length <= self._entries[number].most
        ]
        return self._entries[min(numbers)] if numbers else None


def _same(old: Sequence[PrefixEntry], new: Sequence[PrefixEntry]) -> bool:
    return len(old) == len(new) and all(
        (a.permit, a.value, a.length, a.least, a.most) == (b.permit, b.value, b.length, b.least, b.most)
        for a, b in zip(old, new, strict=True)
    )
