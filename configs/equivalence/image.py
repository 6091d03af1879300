"""Which addresses of the new network a set of today's addresses means, by the mapping alone.

An `Image` is the mapping of one VRF and family as intervals. `image(S)` are the new places of the addresses of S;
where a whole prefix of today is in S, its whole new prefix is meant too (`growth`): new hosts belong to it. What S
holds outside the mapping stays where it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from configs.equivalence.prefixes import Routes
from configs.equivalence.steps import Grown, Step
from configs.intervals import BITS, EMPTY, Intervals, everything, prefix
from ipplan.mapping import EDGE
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipplan.mapping import Mapping, Piece
    from ipplan.networks import Network


class Fit(StrEnum):
    """How the addresses that a construct means now relate to those it meant."""

    EXACT = "exact"  # the images, no more and no less
    COVER = "cover"  # a wider prefix was replaced by the one around the images
    UNPLACED = "unplaced"  # none of the addresses has a place in the mapping
    LESS = "less"  # an address is missing
    MORE = "more"  # an address is there that does not belong


@dataclass
class Image:
    """The mapping of one VRF and family. `steps` are sorted and do not overlap.

    `unsure` are addresses that go to different places in different VRFs, if the VRF is not known. `written` is what
    the network's texts speak of: the one thing that is another in the next network (`settle`).
    """

    version: int
    steps: tuple[Step, ...] = ()
    grown: tuple[Grown, ...] = ()
    unsure: Intervals = EMPTY
    written: Intervals = EMPTY

    def settle(self, written: Intervals) -> None:
        """Another network's texts are looked at."""
        self.written = written
        for name in ("used", "routes"):
            self.__dict__.pop(name, None)

    @cached_property
    def used(self) -> Intervals:
        """What the network uses and the mapping neither moves nor gives to anybody."""
        return self.written - self.mapped - self.taken

    @cached_property
    def mapped(self) -> Intervals:
        """Today's addresses that the mapping speaks of."""
        return Intervals.of((step.start, step.stop) for step in self.steps)

    @cached_property
    def placed(self) -> Intervals:
        """The addresses of the plan that somebody of today takes."""
        return Intervals.of(
            (step.new, step.new + step.stop - step.start) for step in self.steps if step.new is not None
        )

    @cached_property
    def moved(self) -> Intervals:
        """Today's addresses that nobody has afterwards: an address left in here is an old one."""
        moved = Intervals.of((step.start, step.stop) for step in self.steps if step.new != step.start)
        return moved - self.taken

    @cached_property
    def taken(self) -> Intervals:
        """The addresses of the plan that somebody of today takes, or has with the subnet that he is in."""
        return self.placed | Intervals.of(span for grown in self.grown for span in grown.new)

    @cached_property
    def routes(self) -> Routes:
        """What the mapping makes of routes."""
        return Routes(self)

    @cached_property
    def _starts(self) -> list[int]:
        return [step.start for step in self.steps]

    def _touched(self, found: Intervals) -> Iterable[tuple[Step, int, int]]:
        for start, stop in found:
            index = max(bisect_right(self._starts, start) - 1, 0)
            while index < len(self.steps) and self.steps[index].start < stop:
                step = self.steps[index]
                low, high = max(start, step.start), min(stop, step.stop)
                if low < high:
                    yield step, low, high
                index += 1

    def image(self, found: Intervals) -> Intervals:
        """The new places of those addresses of a set that have one."""
        return Intervals.of(
            (step.new + low - step.start, step.new + high - step.start)
            for step, low, high in self._touched(found)
            if step.new is not None
        )

    def cuts(self, start: int, stop: int) -> set[int]:
        """Where, between two addresses, another step of the mapping begins or one ends."""
        found = {edge for _, low, high in self._touched(Intervals(((start, stop),))) for edge in (low, high)}
        return {edge for edge in found if start < edge < stop}

    def whole(self, found: Intervals) -> bool:
        """Whether each of a set's mapped addresses has a place."""
        return all(step.new is not None for step, _, _ in self._touched(found))

    def place(self, address: int) -> int | None:
        """Where one address goes; itself outside the mapping; None without a place."""
        for step, low, _ in self._touched(Intervals.one(address)):
            return None if step.new is None else step.new + low - step.start
        return address

    def origin(self, address: int) -> int | None:
        """The address of today that takes a place of the plan; itself outside; None if nobody does."""
        for step in self.steps:
            if step.new is not None and step.new <= address < step.new + step.stop - step.start:
                return step.start + address - step.new
        return None if address in self.mapped else address

    def growth(self, found: Intervals) -> Intervals:
        """The whole new prefixes of those prefixes of today that a set holds whole, without others' places."""
        whole = self.subnets(found)
        if not whole:
            return EMPTY
        wanted = Intervals.of(span for grown in whole for span in grown.new)
        if all(grown in self._own for grown in whole):
            return wanted
        return wanted - self.image(self.mapped - found)

    def unsaid(self, found: Intervals) -> Intervals:
        """The new hosts of those prefixes of today that a set holds for the greater part, and not whole."""
        ends = {self._grown_around(place) for start, stop in found for place in (start, stop - 1)}
        partly = [grown for grown in ends if grown is not None and 2 * (found & grown.old).size >= grown.old.size]
        return Intervals.of(span for grown in partly if not grown.old <= found for span in grown.new) - self.placed

    def _grown_around(self, place: int) -> Grown | None:
        """The prefix of today that begins last before an address, if it holds it: the narrowest one."""
        index = bisect_right(self._grown_starts, place) - 1
        return self.grown[index] if index >= 0 and place in self.grown[index].old else None

    @cached_property
    def _own(self) -> frozenset[Grown]:
        """The prefixes of the plan into which nobody comes from elsewhere."""
        rows = sorted(
            (step.new, step.new + step.stop - step.start, step.start) for step in self.steps if step.new is not None
        )
        farthest = list(accumulate((row[1] for row in rows), max))
        return frozenset(grown for grown in self.grown if not _strange(grown, rows, farthest))

    @cached_property
    def _grown_starts(self) -> list[int]:
        return [grown.old.first for grown in self.grown]

    def _grown_in(self, found: Intervals) -> Iterable[Grown]:
        for start, stop in found:
            index = bisect_right(self._grown_starts, start - 1)
            while index < len(self.grown) and self._grown_starts[index] < stop:
                yield self.grown[index]
                index += 1

    def subnets(self, found: Intervals) -> list[Grown]:
        """The prefixes of today that a set holds whole, with what takes their place."""
        return [grown for grown in self._grown_in(found) if grown.old <= found]

    def network(self, value: int, length: int) -> list[Grown]:
        """The plan's prefixes for exactly this prefix of today."""
        bits = BITS[self.version]
        first = value >> (bits - length) << (bits - length)
        index = bisect_right(self._grown_starts, first - 1)
        found = []
        while index < len(self.grown) and self._grown_starts[index] == first:
            if self.grown[index].old_length == length:
                found.append(self.grown[index])
            index += 1
        return found

    def exactly(self, found: Intervals) -> Intervals:
        """The set itself if it is one of today's subnets, else nothing."""
        return found if any(grown.old == found for grown in self._grown_in(found)) else EMPTY

    def fit(self, old: Intervals, new: Intervals) -> tuple[Fit, int | None]:
        """Whether a construct that meant `old` may mean `new`, with an address that does not fit.

        A set of mapped addresses alone must be exact. One that also holds addresses outside the mapping may be the
        images with those (those in use must be in it), the very same as before, or the smallest prefix around the
        images, if that is no shorter than before. Neither may admit an address that came from elsewhere or that is in
        use. Everything stays everything.
        """
        mapped = old & self.mapped
        if not mapped or old == everything(BITS[self.version]):
            return _exactly(old, new)
        must = self.image(mapped)
        if not must:
            return (Fit.UNPLACED, None)
        if must - new:
            return Fit.LESS, (must - new).first
        if stays := ((old - mapped) & self.used) - new:
            return Fit.LESS, stays.first
        extra = new - must - self.growth(mapped)
        if not extra:
            return Fit.EXACT, None
        wrong = self._wrong(old, new, mapped, extra)
        return (Fit.COVER, None) if wrong is None else (Fit.MORE, wrong)

    def _wrong(self, old: Intervals, new: Intervals, mapped: Intervals, extra: Intervals) -> int | None:
        """An address of `extra`, which is more than the images, that the construct may not mean."""
        free = old - mapped
        if not free:
            return extra.first
        stranger = new & self.image(self.mapped - old)
        if stranger:
            return stranger.first
        if extra <= free or new == old:
            return None
        if in_use := (new - old) & self.used:
            return in_use.first
        bits = BITS[self.version]
        must = self.image(mapped)
        covers = [found.cover(bits) for found in (must, must | self.growth(mapped))]
        longest = sum(stop - start for start, stop in old)
        covers = [cover for cover in covers if 1 << (bits - cover[1]) <= longest]
        return None if any(new == prefix(*cover, bits) for cover in covers) else (extra - free).first


def _strange(grown: Grown, rows: list[tuple[int, int, int]], farthest: list[int]) -> bool:
    """Whether somebody from outside the old prefix has a place in the new one. `rows` are places, ends and origins."""
    ((start, stop),) = grown.new.spans
    index = bisect_left(rows, (stop, 0, 0)) - 1
    while index >= 0 and farthest[index] > start:
        place, end, origin = rows[index]
        low, high = max(place, start), min(end, stop)
        if low < high and not Intervals(((origin + low - place, origin + high - place),)) <= grown.old:
            return True
        index -= 1
    return False


def _exactly(old: Intervals, new: Intervals) -> tuple[Fit, int | None]:
    if old == new:
        return Fit.EXACT, None
    if old - new:
        return Fit.LESS, (old - new).first
    return Fit.MORE, (new - old).first


class Images:
    """A mapping, for one network after the other (`use`). `of` gives the part that holds for a VRF.

    A mapping that knows one VRF only, the default one, holds for every VRF: it was written without that column.
    Where the VRF is not known (None) all of them hold together, as far as they do not contradict each other; the
    namespaces of LANs behind a unit's own NAT do not count there.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._pieces = mapping.pieces()
        self._vrfs = {vrf for vrf, _ in self._pieces}
        self._subnets: dict[tuple[str, int], dict[tuple[Network, Network], None]] = {}
        for entry in mapping.entries:
            if entry.new_subnet is not None and entry.old_subnet is not None:
                key = (entry.vrf, entry.old.version)
                self._subnets.setdefault(key, {})[(entry.old_subnet, entry.new_subnet)] = None
        self._cache: dict[tuple[str | None, int], Image] = {}
        self._used: dict[tuple[str | None, int], Intervals] = {}

    def use(self, used: dict[tuple[str | None, int], Intervals]) -> None:
        """What the network's texts speak of, by VRF (None: any) and family."""
        self._used = used
        for (vrf, version), image in self._cache.items():
            image.settle(self._written(vrf, version))

    def _written(self, vrf: str | None, version: int) -> Intervals:
        """What is written in a VRF; with one mapping for all VRFs, or if it is not known, in any."""
        all_ = vrf is None or self._vrfs <= {DEFAULT_VRF}
        keys = [key for key in self._used if key[1] == version and (all_ or key[0] in (None, vrf))]
        return Intervals.of(span for key in keys for span in self._used[key])

    def of(self, vrf: str | None, version: int) -> Image:
        """The mapping for a VRF (empty: the default one; None: not known) and a family."""
        if self._vrfs <= {DEFAULT_VRF} or vrf == "":
            vrf = DEFAULT_VRF
        key = (vrf, version)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._of_one(vrf, version) if vrf is not None else self._of_all(version)
        return found

    @property
    def vrfs(self) -> frozenset[str]:
        """The VRFs of the mapping."""
        return frozenset(self._vrfs)

    def each(self, version: int) -> list[Image]:
        """The mapping of every VRF that may be meant where none is known."""
        return [self.of(vrf, version) for vrf in sorted(self._vrfs) if not vrf.startswith(EDGE)]

    def _of_one(self, vrf: str, version: int) -> Image:
        steps = tuple(_step(piece) for piece in self._pieces.get((vrf, version), ()))
        grown = _grown(self._subnets.get((vrf, version), {}))
        return Image(version, steps, grown, written=self._written(vrf, version))

    def _of_all(self, version: int) -> Image:
        parts = self.each(version)
        steps, unsure = _united([step for part in parts for step in part.steps])
        keys = [key for key in self._subnets if key[1] == version and not key[0].startswith(EDGE)]
        grown = _grown({pair: None for key in keys for pair in self._subnets[key]})
        return Image(version, steps, grown, unsure, self._written(None, version))


def _grown(subnets: Iterable[tuple[Network, Network]]) -> tuple[Grown, ...]:
    grown = [
        Grown(
            Intervals(((int(old.network_address), int(old.broadcast_address) + 1),)),
            Intervals(((int(new.network_address), int(new.broadcast_address) + 1),)),
            old.prefixlen,
            new.prefixlen,
        )
        for old, new in subnets
    ]
    return tuple(sorted(grown, key=lambda each: (each.old.first, each.old_length)))


def _step(piece: Piece) -> Step:
    return Step(piece.old, piece.old + piece.size, piece.new)


def _united(steps: Iterable[Step]) -> tuple[tuple[Step, ...], Intervals]:
    """The steps of several VRFs, and the addresses of which two of them say different things."""
    found: list[Step] = []
    unsure: list[tuple[int, int]] = []
    for step in sorted(steps, key=lambda each: (each.start, each.stop)):
        start = step.start
        for earlier in reversed(found):
            if earlier.stop <= step.start:
                break
            if _distance(earlier) != _distance(step):
                unsure.append((max(earlier.start, step.start), min(earlier.stop, step.stop)))
            start = max(start, earlier.stop)
        if start < step.stop:
            found.append(Step(start, step.stop, None if step.new is None else step.new + start - step.start))
    return tuple(found), Intervals.of(unsure)


def _distance(step: Step) -> int | None:
    return None if step.new is None else step.new - step.start
