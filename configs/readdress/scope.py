"""What a mapping says of sets of addresses: where a host, a prefix, a range goes, exactly, covered, or not at all.

A prefix that is one of today's subnets goes to the plan's subnet, whatever its size. A part of one goes to the images
of its addresses. A wider one, which also holds addresses that nobody maps, stays as it is where the new places lie in
it; else it becomes the smallest prefix around them, if that is no shorter than the old one, admits nothing that
belongs to somebody else, and nothing of the old one that stays is in use; else the exact list, with what stays.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.intervals import BITS, EMPTY, Intervals, prefix
from configs.places.roles import Shape
from configs.readdress.space import Space
from ipplan.mapping import EDGE
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from configs.readdress.usage import Used
    from ipplan.mapping import Mapping

MOST_PARTS = 64  # a command is not repeated more often than this


class Said(StrEnum):
    """What a mapping says of a set of addresses."""

    OUTSIDE = "outside"  # nothing: it stays
    MOVED = "moved"  # to one place, or the same one
    SEVERAL = "several"  # to several places: one command becomes several, where it can
    NO_PLACE = "no-place"  # (some of) it has no place in the plan
    AMBIGUOUS = "ambiguous"  # different places in different VRFs, and the VRF is not known
    SCATTERED = "scattered"  # to more places than a person would write


# An enumeration's members by names of our own: Python 3.11 takes long to find them in their class.
_AMBIGUOUS: Final = Said.AMBIGUOUS
_HOST: Final = Shape.HOST
_INTERFACE: Final = Shape.INTERFACE
_MOVED: Final = Said.MOVED
_NO_PLACE: Final = Said.NO_PLACE
_OUTSIDE: Final = Said.OUTSIDE
_SCATTERED: Final = Said.SCATTERED
_SEVERAL: Final = Said.SEVERAL


class Answer(NamedTuple):
    """`parts` are (first, length) for prefixes, (first, last) for ranges."""

    said: Said
    parts: tuple[tuple[int, int], ...] = ()
    cover: bool = False  # the one part is a newly computed cover


_STAYS = Answer(_OUTSIDE)
_LOST = Answer(_NO_PLACE)


class Scope:
    """A mapping as the engine asks it. A mapping that knows the default VRF only holds for every VRF."""

    def __init__(self, mapping: Mapping) -> None:
        rows: dict[tuple[str, int], list[tuple[int, int, int | None]]] = {
            space: [(piece.old, piece.old + piece.size, piece.new) for piece in pieces]
            for space, pieces in mapping.pieces().items()
        }
        subnets: dict[tuple[str, int], dict[tuple[int, int], tuple[int, int] | None]] = {}
        split: dict[tuple[str, int], dict[tuple[int, int], set[tuple[int, int]]]] = {}
        for entry, (version, *block) in zip(mapping.entries, mapping.blocks, strict=True):
            old, new = entry.old_subnet, entry.new_subnet
            if old is None or new is None:
                continue
            known = subnets.setdefault((entry.vrf, version), {})
            key = (block[0], block[1]) if old is entry.old else (int(old.network_address), old.prefixlen)
            value = (int(new.network_address), new.prefixlen)
            before = known.setdefault(key, value)
            if before != value:
                news = split.setdefault((entry.vrf, version), {}).setdefault(key, set())
                news |= {value} if before is None else {before, value}
                known[key] = None
        self._spaces = {
            space: Space(
                space[0],
                BITS[space[1]],
                tuple(row[0] for row in found),
                tuple(row[1] for row in found),
                tuple(row[2] for row in found),
                subnets.get(space, {}),
                split.get(space, {}),
            )
            for space, found in rows.items()
        }
        self._parts: dict[tuple[str | None, int], tuple[Space, ...]] = {}
        self._known: dict[tuple[int, int, int, str | None], Answer] = {}
        self.one_for_all = {vrf for vrf, _ in rows} <= {DEFAULT_VRF}
        self._usage: Callable[[], Iterable[Used]] = tuple
        self._in_use: dict[tuple[str, int], Intervals] = {}

    def use(self, usage: Callable[[], Iterable[Used]]) -> bool:
        """Where to ask what the configurations use. True if answers so far came from what was used before."""
        asked = bool(self._in_use)
        self._usage = usage
        if asked:
            self._in_use = {}
            self._known.clear()
        return asked

    def _stays(self, space: Space) -> Intervals:
        """What is in use in a VRF and neither goes anywhere nor is the plan's."""
        version = 4 if space.bits == BITS[4] else 6
        found = self._in_use.get((space.vrf, version))
        if found is None:
            if not self._in_use:
                self._all_used = tuple(self._usage())
            found = self._in_use[space.vrf, version] = self._outside(space, version)
        return found

    def _outside(self, space: Space, version: int) -> Intervals:
        spans = []
        for used in self._all_used:
            if used.version != version or not (self.one_for_all or used.vrf in (None, space.vrf)):
                continue
            whole = Intervals(((used.start, used.stop),))
            # A prefix that the mapping moves in part says nothing of who lives in the rest; an interface's does.
            if used.shape in (_INTERFACE, _HOST) or not whole & space.mapped:
                spans.append((used.start, used.stop))
        return Intervals.of(spans) - space.mapped - space.plan

    def used(self, version: int, vrf: str | None) -> Intervals:
        """What is in use and stays where it is."""
        return Intervals.of(span for space in self._of(vrf, version) for span in self._stays(space))

    def written(self, version: int) -> set[tuple[int, int]]:
        """The prefixes (first, length) that the configurations speak of, in any VRF."""
        bits = BITS[version]
        found = self._all_used if self._in_use else tuple(self._usage())
        sizes = ((used.start, used.stop - used.start) for used in found if used.version == version)
        return {(start, bits - size.bit_length() + 1) for start, size in sizes if not size & (size - 1)}

    def mapped_whole(self, first: int, length: int, version: int, vrf: str | None) -> bool:
        """Whether the mapping speaks of every address of a prefix."""
        wanted = prefix(first, length, BITS[version])
        return any(wanted <= space.mapped for space in self._of(vrf, version))

    def only(self, version: int, vrf: str | None) -> Space | None:
        """The one part that speaks for a VRF; None if there is none, or several may."""
        spaces = self._of(vrf, version)
        return spaces[0] if len(spaces) == 1 else None

    def _of(self, vrf: str | None, version: int) -> tuple[Space, ...]:
        """The parts that may speak for a VRF: one, none, or, if it is not known, all."""
        found = self._parts.get((vrf, version))
        if found is None:
            found = self._parts[vrf, version] = self._speaking(vrf, version)
        return found

    def _speaking(self, vrf: str | None, version: int) -> tuple[Space, ...]:
        if self.one_for_all:
            vrf = DEFAULT_VRF
        if vrf is not None:
            space = self._spaces.get((vrf, version))
            return (space,) if space is not None else ()
        return tuple(
            space
            for (name, family), space in sorted(self._spaces.items())
            if family == version and not name.startswith(EDGE)
        )

    def holds(self, address: int, version: int, vrf: str | None = None) -> bool:
        """Whether an address is in the mapping."""
        return any(space.host(address)[0] for space in self._of(vrf, version))

    def place(self, address: int, version: int, vrf: str | None) -> tuple[Said, int]:
        """Where one address goes, if it does."""
        spaces = self._of(vrf, version)
        if len(spaces) == 1:  # the usual case, found quickly
            inside, new = spaces[0].host(address)
            return (_MOVED, new) if new is not None else (_NO_PLACE if inside else _OUTSIDE, 0)
        answer = self.host(address, version, vrf)
        return answer.said, answer.parts[0][0] if answer.parts else 0

    def host(self, address: int, version: int, vrf: str | None) -> Answer:
        """Where one address goes; its part is (address, bits)."""
        spaces = self._of(vrf, version)
        places = {new for space in spaces for inside, new in (space.host(address),) if inside}
        if not places:
            return _STAYS
        if len(places) > 1:
            return Answer(_AMBIGUOUS)
        (one,) = places
        return _LOST if one is None else Answer(_MOVED, ((one, BITS[version]),))

    def prefix(self, first: int, length: int, version: int, vrf: str | None) -> Answer:
        """Where a prefix goes: `parts` are prefixes."""
        key = (first, length, version, None if self.one_for_all else vrf)
        found = self._known.get(key)
        if found is None:
            spaces = self._of(vrf, version)
            if len(spaces) == 1:
                found = self._prefix(spaces[0], first, length)
            else:
                found = _one([self._prefix(space, first, length) for space in spaces])
            self._known[key] = found
        return found

    def _prefix(  # noqa: PLR0911 - one return a case
        self, space: Space, first: int, length: int
    ) -> Answer:
        bits = space.bits
        new = space.subnets.get((first, length))
        if new is not None:
            return self._subnet(space, first, length, new)
        wanted = prefix(first, length, bits)
        mapped = wanted & space.mapped
        if not mapped:
            return _STAYS
        must, whole = space.image(mapped)
        if not must:
            return Answer(_NO_PLACE)
        grown = space.grown(mapped)
        full = must | (grown - space.strangers(grown, wanted)) if grown else must
        free = wanted - mapped
        if free and whole and must <= wanted and not space.strangers(wanted, wanted):
            return Answer(_MOVED, ((first, length),))
        if free:
            used = self._stays(space)
            stays = free & used
            foreign = space.foreign(wanted) | used
            for inside in (full, must) if not stays else ():
                cover = inside.cover(bits)
                if cover[1] >= max(length, 1) and not prefix(*cover, bits) & foreign:
                    return Answer(_MOVED, (cover,), cover=True)
            full |= stays
        elif not whole:
            return Answer(_NO_PLACE)
        return _listed(tuple(full.blocks(bits)))

    def _subnet(self, space: Space, first: int, length: int, new: tuple[int, int]) -> Answer:
        """A whole subnet of today: the plan's subnet, and whatever of it went elsewhere."""
        if space.whole(first, length) is not None:
            return Answer(_MOVED, (new,))
        bits = space.bits
        image = prefix(*new, bits)
        must, _ = space.image(prefix(first, length, bits))
        if not must:
            return Answer(_NO_PLACE)
        elsewhere = must - image
        strangers = space.strangers(image, prefix(first, length, bits))
        if not elsewhere and not strangers:
            return Answer(_MOVED, (new,))
        return _listed(tuple((must | (image - strangers)).blocks(bits)))

    def range(self, first: int, last: int, version: int, vrf: str | None) -> Answer:
        """Where a range goes: `parts` are (first, last)."""
        return _one(self._range(space, first, last) for space in self._of(vrf, version))

    def _range(self, space: Space, first: int, last: int) -> Answer:
        wanted = Intervals(((first, last + 1),))
        mapped = wanted & space.mapped
        if not mapped:
            return _STAYS
        must, whole = space.image(mapped)
        if not whole:
            return Answer(_NO_PLACE)
        rest = wanted - mapped
        rest -= space.strangers(rest, wanted)
        return _listed(tuple((start, stop - 1) for start, stop in must | rest))

    def scattered(self, wanted: Intervals, version: int, vrf: str | None) -> tuple[Said, Intervals]:
        """The new places of a set with holes; what it holds outside the mapping is among them."""
        answers: list[tuple[Said, Intervals]] = []
        for space in self._of(vrf, version):
            mapped = wanted & space.mapped
            if not mapped:
                continue
            must, whole = space.image(mapped)
            said = _MOVED if whole else _NO_PLACE
            answers.append((said, must | (wanted - mapped)))
        if not answers:
            return _OUTSIDE, EMPTY
        return answers[0] if all(answer == answers[0] for answer in answers) else (_AMBIGUOUS, EMPTY)

    def placed(self, wanted: Intervals, version: int, vrf: str | None) -> Intervals:
        """The new places of a set's mapped addresses."""
        return Intervals.of(span for space in self._of(vrf, version) for span in space.image(wanted)[0])

    def others(self, wanted: Intervals, version: int, vrf: str | None) -> Intervals:
        """The new places of all mapped addresses that are not in a set."""
        return Intervals.of(span for space in self._of(vrf, version) for span in space.image(space.mapped - wanted)[0])

    def inner_lengths(self, first: int, length: int, version: int, vrf: str | None) -> set[tuple[int, int]]:
        """The lengths, today's and the plan's, of the subnets inside a prefix."""
        return {(old, new[1]) for old, new in self.inner_subnets(first, length, version, vrf)}

    def split(self, first: int, length: int, version: int, vrf: str | None) -> tuple[tuple[int, int], ...]:
        """The plan's subnets for one of today's that goes to several; () for anything else."""
        found = [space.split.get((first, length), ()) for space in self._of(vrf, version)]
        news = [tuple(sorted(each)) for each in found if each]
        return news[0] if news and all(each == news[0] for each in news) else ()

    def inner_subnets(
        self, first: int, length: int, version: int, vrf: str | None
    ) -> Iterator[tuple[int, tuple[int, int]]]:
        """The subnets inside a prefix: today's length, and the plan's (first, length)."""
        stop = first + (1 << (BITS[version] - length))
        for space in self._of(vrf, version):
            subnets = space.subnet_starts
            index = bisect_left(subnets, (first, 0))
            while index < len(subnets) and subnets[index][0] < stop:
                new = space.subnets[subnets[index]]
                if new is not None and subnets[index][1] >= length:
                    yield subnets[index][1], new
                index += 1


def _listed(parts: tuple[tuple[int, int], ...]) -> Answer:
    if len(parts) > MOST_PARTS:
        return Answer(_SCATTERED)
    return Answer(_MOVED if len(parts) == 1 else _SEVERAL, parts)


def _one(answers: Iterable[Answer]) -> Answer:
    """What several VRFs say together: those for which a set is outside do not count."""
    answers = list(answers)
    if len(answers) == 1:
        return answers[0]
    found = [answer for answer in answers if answer.said is not _OUTSIDE]
    if not found:
        return _STAYS
    return found[0] if all(answer == found[0] for answer in found) else Answer(_AMBIGUOUS)
