"""Translations of one address for one, whose two sides stand apart: in two lines, two objects, a rule and a pool.

Where both sides stand in one command its table of places says so (`inside-net`, `outside-net`). Here the new text is
read as a whole, by the dialect's own reader of translations, and every address that had a partner today must have the
same one afterwards. Where it has not, since the two sides change their sizes differently or go to several places, what
says them is left for a person. Nothing is read where a text has none of the words of such translations.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, NamedTuple

from configs import dialects
from configs.intervals import BITS, AddressSet, Intervals, everything
from configs.places.roles import Shape
from configs.readdress import text as texts
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.scope import Said
from configs.readdress.usage import length_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.meaning.statements import Translated, Translation
    from configs.places.rows import Place
    from configs.readdress.result import Decided, Result
    from configs.readdress.scope import Scope
    from configs.tree import Tree

DIFFER: Final = Outcome(Action.REVIEW, "sizes-differ")


class _Pair(NamedTuple):
    """Two sets of one size, in order. `lines` are where they may be said."""

    own: AddressSet
    other: AddressSet
    vrfs: tuple[str | None, str | None]
    lines: frozenset[int]


def broken(result: Result, platform: str, scope: Scope) -> list[tuple[int, int]]:
    """The places (the line's index among the decided ones, its number) of pairs that the new text no longer has."""
    old = list(_pairs(result.tree, platform))
    if not old or not result.changed:
        return []
    new = list(_pairs(dialects.dialect(platform).parse(result.to_bytes()), platform))
    found: dict[tuple[int, int], None] = {}
    allowed = {version: _allowed(old, version, scope) for version in (4, 6)}
    for pair in old:
        if not all(_kept(pair, version, new, scope, allowed[version]) for version in (4, 6)):
            found.update(dict.fromkeys(_places(pair, result)))
    return list(found)


def _pairs(tree: Tree, platform: str) -> Iterator[_Pair]:
    """Every translation of one address for one."""
    name = f"configs.dialects.{dialects.REGISTRY[platform]}.meaning"
    if find_spec(name) is None:
        return
    for rules in import_module(name).read(tree).translations:
        for each in rules.rules:
            for own, other in ((each.rule.source, each.source), (each.rule.destination, each.destination)):
                if other is not None and other.in_order and _equal(own, other.addresses):
                    yield _pair(each, own, other)


def _pair(each: Translation, own: AddressSet, other: Translated) -> _Pair:
    lines = frozenset((each.rule.line, *each.rule.lines, *other.lines))
    return _Pair(own, other.addresses, (each.vrf, other.vrf), lines)


def _equal(own: AddressSet, other: AddressSet) -> bool:
    """Whether each address has its own one on the other side."""
    sizes = [(own.family(version), other.family(version)) for version in (4, 6)]
    return any(
        mine and mine != everything(BITS[version]) for version, (mine, _) in zip((4, 6), sizes, strict=True)
    ) and (all(mine.size == theirs.size for mine, theirs in sizes))


def _allowed(old: list[_Pair], version: int, scope: Scope) -> Intervals:
    """What the sides of all pairs may hold afterwards, new hosts of whole subnets too."""
    bits = BITS[version]
    found: list[tuple[int, int]] = []
    for pair in old:
        for side, vrf in zip((pair.own, pair.other), pair.vrfs, strict=True):
            for start, stop in side.family(version):
                found += [(first, last + 1) for first, last in scope.range(start, stop - 1, version, vrf).parts]
            for block, length in side.family(version).blocks(bits):
                parts = scope.prefix(block, length, version, vrf).parts or ((block, length),)
                found += [(first, first + (1 << (bits - size))) for first, size in parts]
    return Intervals.of(found)


def _kept(pair: _Pair, version: int, new: list[_Pair], scope: Scope, allowed: Intervals) -> bool:
    """Whether the first and the last address of each stretch still have their partners, in one of the new pairs."""
    for ends in _stretches(pair.own.family(version), pair.other.family(version)):
        for mine, theirs in ends:
            place = _place(mine, version, pair.vrfs[0], scope)
            goal = _place(theirs, version, pair.vrfs[1], scope)
            if place is None or goal is None:
                return False
            one = next((each for each in new if _partner(place, version, each) == goal), None)
            if one is None or not one.own.family(version) | one.other.family(version) <= allowed:
                return False
            # In which order a device counts several prefixes is not known.
            if _pieces(one, version) > _pieces(pair, version):
                return False
    return True


def _pieces(pair: _Pair, version: int) -> int:
    return max(len(side.family(version).spans) for side in (pair.own, pair.other))


def _place(value: int, version: int, vrf: str | None, scope: Scope) -> int | None:
    """Where an address goes; itself outside the mapping; None if nobody knows."""
    said, new = scope.place(value, version, vrf)
    return new if said is Said.MOVED else value if said is Said.OUTSIDE else None


def _partner(value: int, version: int, pair: _Pair) -> int | None:
    """The address that belongs to one of a pair's own."""
    offset = 0
    for start, stop in pair.own.family(version):
        if start <= value < stop:
            offset += value - start
            break
        offset += stop - start
    else:
        return None
    for start, stop in pair.other.family(version):
        if offset < stop - start:
            return start + offset
        offset -= stop - start
    return None


def _stretches(own: Intervals, other: Intervals) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Two sets side by side: the first and the last addresses of what lies in one piece on both sides."""
    mine, theirs = list(own.spans)[::-1], list(other.spans)[::-1]
    while mine and theirs:
        (start, stop), (goal, end) = mine.pop(), theirs.pop()
        size = min(stop - start, end - goal)
        yield (start, goal), (start + size - 1, goal + size - 1)
        if start + size < stop:
            mine.append((start + size, stop))
        if goal + size < end:
            theirs.append((goal + size, end))


def _places(pair: _Pair, result: Result) -> Iterator[tuple[int, int]]:
    """The places that say a pair's sides and change: in its lines, or with just its addresses."""
    sides = [pair.own.family(version) | pair.other.family(version) for version in (4, 6)]
    exact = [side.family(version) for side in (pair.own, pair.other) for version in (4, 6)]
    for index, (number, _, fate) in enumerate(result.decided.found):
        outcomes = result.decided.made[index].outcomes if index in result.decided.made else fate.outcomes
        if not any(outcome.writings for outcome in outcomes):
            continue
        decided = result.decided.put_together(index) if index not in result.decided.made else result.decided[index]
        for place_number, outcome in enumerate(decided.outcomes):
            if not outcome.writings:
                continue
            means = _means(decided, decided.line.places[place_number])
            near = number in pair.lines and any(means <= side for side in sides)
            command = " ".join((*decided.line.path, decided.line.text)).lower()
            if means and (near or ("nat" in command and means in exact)):
                yield index, place_number


def _means(decided: Decided, place: Place) -> Intervals:
    """The addresses of a place; none if they are no prefix and no range."""
    text = decided.line.text
    read = texts.read(text[place.start : place.end])
    if read is None:
        return Intervals(())
    value, version = read
    bits = BITS[version]
    if place.shape is Shape.RANGE and place.last is not None:
        last = texts.read(text[slice(*place.last)])
        return Intervals.inclusive(value, last[0]) if last is not None and last[0] >= value else Intervals(())
    size = text[slice(*place.size)] if place.size is not None else ""
    length = length_of(place.form, size, version, value) if place.shape is not Shape.HOST else bits
    if length is None:
        return Intervals(())
    first = value >> (bits - length) << (bits - length)
    return Intervals(((first, first + (1 << (bits - length))),))
