"""Which rules of one set never decide, change nothing, or could be one with their neighbour.

Terms as in Al-Shaer and Hamed, "Modeling and Management of Firewall Policies" (IEEE TNSM 1, 2004), for several rules
together: a rule is *shadowed* if earlier rules take all its packets and one of them decides otherwise, *repeated* if
they all decide the same, *redundant* if it decides, and what follows it would decide the same. What the default would
do makes no rule redundant: a written "deny the rest" is what auditors ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS
from configs.intervals import BITS, AddressSet, Intervals, everything
from configs.meaning.filter_sets import rule_of, unclear
from configs.meaning.filters import ALL_BITS
from configs.meaning.statements import FilterKind
from configs.rulesets.boxes import Index, TangledError, bits, holds, meets, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.headers import Rule
    from configs.meaning.filters import FilterRule
    from configs.rulesets.boxes import Box
    from configs.rulesets.model import RuleSet

# What of two neighbours may differ: addresses, or protocol with both ports.
Part: TypeAlias = "AddressSet | tuple[Intervals, Intervals, Intervals]"

_ALL_ZONES = everything(16)
# Parts of a condition's first word that turn it round.
_NEGATIVE: Final = frozenset({"not", "except", "exclude", "excluded", "negate", "negated"})
# Pieces of boxes that are looked at in one rule set; what would take more is undecided.
_MOST_STEPS = 100_000
# Earlier rules that are cut out of a rule before those after it are asked; without the cut, less is found.
_MOST_CUTS = 64


@dataclass(frozen=True, slots=True)
class Covered:
    """A rule and those that make it idle, by their lines. `same`: all of them do what it does."""

    line: int
    by: tuple[int, ...]
    same: bool


@dataclass(frozen=True, slots=True)
class Merge:
    """Two neighbours that could be one rule, and the part in which they differ: source, destination or service."""

    line: int
    other: int
    part: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in one rule set. `undecided` are the lines of rules that are too tangled to tell."""

    never: tuple[Covered, ...] = ()
    redundant: tuple[Covered, ...] = ()
    merges: tuple[Merge, ...] = ()
    undecided: tuple[int, ...] = ()


NOTHING = Examined()


def examine(one: RuleSet) -> Examined:
    """Everything about one rule set; quickly where a look at its rules as written shows that little is to be found."""
    if not one.ordered:
        return Examined(undecided=tuple(dict.fromkeys(rule.line for rule in one.rules)))
    if one.written is None:
        return _Examination(one).run()
    glance = look(one.written)
    if glance.overlaps:
        return _Examination(one).run()
    rows = ([(rule.line, _sets(rule, one)) for rule in one.written[place : place + 2]] for place in glance.alike)
    merges = [
        Merge(first[0], second[0], part)
        for first, second in rows
        if first[1] and second[1] and (part := _merge(one, first, second))
    ]
    return Examined(merges=tuple(merges)) if merges else NOTHING


def _sets(rule: FilterRule, one: RuleSet) -> list[Rule]:
    """A rule as a set; none if it is unclear."""
    return [] if unclear(rule, one.objects) else [rule_of(rule, one.objects)]


class _Examination:
    def __init__(self, one: RuleSet) -> None:
        self._set = one
        self._rules = one.rules
        sides = _Sides(one)
        self._families = []
        for version in (4, 6):
            boxes = [_box(rule, version, sides) for rule in self._rules]
            if any(box is not None for box in boxes):
                self._families.append((boxes, Index(boxes)))
        self._lines = [(line, list(group)) for line, group in groupby(range(len(self._rules)), self._line)]
        self._steps = 0
        self._actions: dict[object, int] = {}
        for index, rule in enumerate(self._rules):
            self._actions[rule.action] = self._actions.get(rule.action, 0) | 1 << index

    def _line(self, index: int) -> int:
        return self._rules[index].line

    def run(self) -> Examined:
        never, redundant, undecided = [], [], []
        idle_bits = 0
        deciding = []
        for line, indexes in self._lines:
            try:
                found = self._by_earlier(indexes)
            except TangledError:
                undecided.append(line)
                continue
            if found is None:
                deciding.append((line, indexes))
            else:
                never.append(self._covered(line, found))
                idle_bits |= sum(1 << index for index in indexes)
        for line, indexes in deciding:
            try:
                found = self._by_later(line, indexes, ~idle_bits)
            except TangledError:
                undecided.append(line)
                continue
            if found is not None:
                redundant.append(self._covered(line, found))
        idle = {one.line for one in never}
        rows = [(line, [self._rules[index] for index in indexes]) for line, indexes in self._lines]
        merges = [
            Merge(first[0], second[0], part)
            for first, second in pairwise(rows)
            if not {first[0], second[0]} & idle and (part := _merge(self._set, first, second))
        ]
        return Examined(tuple(never), tuple(redundant), tuple(merges), tuple(sorted(undecided)))

    def _covered(self, line: int, by: set[int]) -> Covered:
        actions = {self._rules[index].action for index in by}
        own = {rule.action for rule in self._rules if rule.line == line}
        return Covered(line, tuple(sorted({self._line(index) for index in by})), actions <= own)

    def _by_earlier(self, indexes: list[int]) -> set[int] | None:
        """The earlier rules that together take every packet of a line's rules; None if one is left."""
        earlier = (1 << indexes[0]) - 1
        if not earlier:
            return None
        taken: set[int] = set()
        live = False
        for boxes, index in self._families:
            for number in indexes:
                box = boxes[number]
                if box is None:
                    continue
                live = True
                found = self._takers(number, box, earlier, boxes, index)
                if found is None:
                    return None
                taken |= found
        return taken if live else None

    def _takers(
        self, number: int, box: Box, earlier: int, boxes: Sequence[Box | None], index: Index
    ) -> set[int] | None:
        held = self._rules[number].conditions
        first = [one for one in bits(index.first_held(box, earlier)) if implied(self._rules[one].conditions, held)]
        if not first:
            return None
        last = [one for one in bits(index.last_held(box, earlier)) if implied(self._rules[one].conditions, held)]
        if not last:
            return None
        for one in first:
            if holds(_there(boxes[one]), box):
                return {one}
        pieces, taken = [box], set()
        for one in bits(index.near(box) & earlier):
            other = _there(boxes[one])
            if implied(self._rules[one].conditions, held) and meets(box, other):
                left = self._without(pieces, other)
                if left != pieces:
                    taken.add(one)
                    pieces = left
                    if not pieces:
                        return taken
        return None

    def _by_later(self, line: int, indexes: list[int], awake: int) -> set[int] | None:
        """The later rules that would decide the same about all that this line decides; None if something else would."""
        later = (-1 << (indexes[-1] + 1)) & awake
        same = self._actions[self._rules[indexes[0]].action] & later
        if not same:
            return None
        unclear = next((one for one in self._set.unclear if one > line), None)
        taken: set[int] = set()
        for boxes, index in self._families:
            for number in indexes:
                box = boxes[number]
                if box is None:
                    continue
                # Each of its corners is taken by an earlier rule, or is left to one that does the same.
                others = same | ((1 << number) - 1)
                if not index.last_held(box, others) or not index.first_held(box, others):
                    return None
                found = self._followers(number, box, boxes, index, later)
                if found is None:
                    return None
                taken |= found
        if not taken or (unclear is not None and any(self._line(one) > unclear for one in taken)):
            return None
        return taken

    def _followers(
        self, number: int, box: Box, boxes: Sequence[Box | None], index: Index, later: int
    ) -> set[int] | None:
        rule, near = self._rules[number], index.near(box)
        pieces = [box]
        earlier = near & ((1 << number) - 1)
        for one in bits(earlier) if earlier.bit_count() <= _MOST_CUTS else ():
            other = self._rules[one]
            if other.line != rule.line and implied(other.conditions, rule.conditions):
                pieces = self._without(pieces, _there(boxes[one]))
        taken = set()
        for one in bits(near & later):
            other, cut = self._rules[one], _there(boxes[one])
            self._steps += len(pieces)
            if not any(meets(piece, cut) for piece in pieces):
                continue
            if other.action != rule.action or self._apart(other.line) != self._apart(rule.line) or leaves_open(other):
                return None
            if implied(other.conditions, rule.conditions):
                pieces = self._without(pieces, cut)
                taken.add(one)
                if not pieces:
                    return taken
        return None if pieces else taken

    def _without(self, pieces: list[Box], cut: Box) -> list[Box]:
        self._steps += len(pieces)
        if self._steps > _MOST_STEPS:
            raise TangledError
        return without(pieces, cut)

    def _apart(self, line: int) -> object:
        return self._set.apart(line)


def _merge(one: RuleSet, first: tuple[int, list[Rule]], second: tuple[int, list[Rule]]) -> str:
    """The part in which two neighbouring lines differ, if they could be one; else empty."""
    (line, mine), (after, theirs) = first, second
    conditions = mine[0].conditions
    if (
        mine[0].action != theirs[0].action
        or any(rule.conditions != conditions for rule in (*mine, *theirs))
        or one.between(line) != one.between(after)
    ):
        return ""
    single = len(mine) == len(theirs) == 1
    different = [
        (name, part(mine[0]), part(theirs[0]))
        for name, part in _PARTS
        if (
            part(mine[0]) != part(theirs[0])
            if single
            else {part(rule) for rule in mine} != {part(rule) for rule in theirs}
        )
    ]
    if (
        len(different) != 1
        or (one.kind is FilterKind.ACCESS_LIST and not _one_entry(*different[0]))
        or one.apart(line) != one.apart(after)
        or any(line < unclear < after for unclear in one.unclear)
    ):
        return ""
    return different[0][0]


def _there(box: Box | None) -> Box:
    if box is None:
        raise ValueError("the box has no packet")
    return box


def _service(rule: Rule) -> tuple[Intervals, Intervals, Intervals]:
    return rule.protocols, rule.source_ports, rule.destination_ports


_PARTS: Final[tuple[tuple[str, Callable[[Rule], Part]], ...]] = (
    ("source", lambda rule: rule.source),
    ("destination", lambda rule: rule.destination),
    ("service", _service),
)


def _one_entry(_: str, mine: Part, theirs: Part) -> bool:
    """Whether two values of an access list's entries are one: a single prefix, or a single range of ports."""
    if isinstance(mine, AddressSet) and isinstance(theirs, AddressSet):
        whole = mine | theirs
        families = [version for version in (4, 6) if whole.family(version)]
        if len(families) != 1 or whole in (mine, theirs):
            return False
        spans = whole.family(families[0])
        return len(spans.spans) == 1 and len(list(spans.blocks(BITS[families[0]]))) == 1
    if isinstance(mine, AddressSet) or isinstance(theirs, AddressSet):
        return False
    unequal = [(one, other) for one, other in zip(mine, theirs, strict=True) if one != other]
    return mine[0] == theirs[0] and len(unequal) == 1 and len((unequal[0][0] | unequal[0][1]).spans) == 1


class _Sides:
    """The zones of a rule set's rules as numbers; rules have the same ones many times."""

    def __init__(self, one: RuleSet) -> None:
        names = sorted({name for zones in one.zones.values() for side in zones for name in side})
        self._between = one.between
        self._numbers = {name: Intervals.one(number) for number, name in enumerate(names)}
        self._known: dict[frozenset[str], Intervals] = {frozenset(): _ALL_ZONES}

    def of(self, line: int) -> Box:
        """Both sides of the rule at a line; nothing if no rule names zones."""
        if not self._numbers:
            return ()
        source, destination = self._between(line)
        return self._side(source), self._side(destination)

    def _side(self, names: frozenset[str]) -> Intervals:
        found = self._known.get(names)
        if found is None:
            found = self._known[names] = Intervals.of(span for name in names for span in self._numbers[name].spans)
        return found


def _box(rule: Rule, version: int, sides: _Sides) -> Box | None:
    box = rule.box(version)
    return (*sides.of(rule.line), *box) if all(box) else None


def implied(asked: frozenset[str], held: frozenset[str]) -> bool:
    """Whether conditions hold wherever those of `held` do: each is one of them, or leaves more alternatives open.

    `service a | b` asks for less than `service a`; what the words mean is not known. Where they say what a packet must
    not be, more of them ask for more: such a condition is implied by itself alone.
    """
    if asked <= held:
        return True
    for one in asked - held:
        kind, _, values = one.partition(" ")
        if not _NEGATIVE.isdisjoint(kind.split("-")) or values.startswith("not "):
            return False
        wide = frozenset(values.split(" | "))
        if not any(
            other.startswith(f"{kind} ") and frozenset(other[len(kind) + 1 :].split(" | ")) <= wide for other in held
        ):
            return False
    return True


def leaves_open(rule: Rule) -> bool:
    """Whether a rule takes every packet of a family, at any time and from anybody."""
    return (
        any(
            rule.source.family(version) == everything(BITS[version])
            and rule.destination.family(version) == everything(BITS[version])
            for version in (4, 6)
        )
        and rule.protocols == PROTOCOLS
        and rule.source_ports == PORTS
        and rule.destination_ports == PORTS
        and not rule.conditions
    )


# ---- the quick look


class Glance(NamedTuple):
    """What rules as written show at a glance.

    `overlaps`: some rule's packets may be another's, so that the sets must be asked; False only if they find nothing.
    `alike`: the places of rules that differ in one part at most from the next one and do the same.
    """

    overlaps: bool
    alike: tuple[int, ...]


def look(rules: Sequence[FilterRule]) -> Glance:
    """A rule that never decides, or changes nothing, has any one of its packets taken by another rule.

    That is one before it, or one behind it that does the same. The first packet of each rule is tried.
    """
    alike = tuple(
        place for place, (one, other) in enumerate(pairwise(rules)) if one.permit is other.permit and _alike(one, other)
    )
    return Glance(_overlaps(rules), alike)


def _overlaps(rules: Sequence[FilterRule]) -> bool:
    classes: dict[tuple[int, int], dict[tuple[int, int], list[int]]] = {}
    points = []
    for number, (_, _, _, (source, near, _), (destination, far, _), _, _, _) in enumerate(rules):
        if isinstance(source, str) or isinstance(destination, str):
            return True  # what a name stands for is not known here
        points.append((source, destination))
        pair = (near, far)
        members = classes.get(pair)
        if members is None:
            members = classes[pair] = {}
        # A wildcard's free bits are zero in the value already.
        key = (0 if near == ALL_BITS else source, 0 if far == ALL_BITS else destination)
        found = members.get(key)
        if found is None:
            members[key] = [number]
        else:
            found.append(number)
    tables = [(~near, ~far, members.get) for (near, far), members in classes.items()]
    for number, (source, destination) in enumerate(points):
        for near, far, held in tables:
            for other in held((source & near, destination & far), ()):
                if other != number and (other < number or rules[other].permit is rules[number].permit):  # noqa: SIM102 - hot
                    if _takes_first(rules[other], rules[number]):
                        return True
    return False


def _alike(one: FilterRule, other: FilterRule) -> bool:
    """Whether two rules differ in one part at most."""
    _, _, protocol, source, destination, source_ports, destination_ports, conditions = one
    _, _, protocol2, source2, destination2, source_ports2, destination_ports2, conditions2 = other
    apart = source != source2
    if destination != destination2:
        if apart:
            return False
        apart = True
    if (
        not _one_protocol(protocol, protocol2)
        or source_ports != source_ports2
        or destination_ports != destination_ports2
    ):
        return not apart and conditions == conditions2
    return conditions == conditions2


def _one_protocol(one: str, other: str) -> bool:
    """Whether two words mean the same protocol: its name, another name of it, or its number."""
    if one == other:
        return True
    first, second = (int(word) if word.isdigit() else PROTOCOL_NUMBERS.get(word) for word in (one, other))
    return first is not None and first == second


def _takes_first(taker: FilterRule, rule: FilterRule) -> bool:
    """Whether a rule takes the first packet of another, addresses aside."""
    if taker.protocol not in ("", rule.protocol) and not (taker.protocol.isdigit() or rule.protocol.isdigit()):
        return False
    if taker.conditions - rule.conditions:
        return False
    for mine, theirs in (
        (taker.source_ports, rule.source_ports),
        (taker.destination_ports, rule.destination_ports),
    ):
        if mine.opaque:
            if mine.opaque != theirs.opaque:
                return False
        elif mine is not theirs:
            first = theirs.ranges[0][0] if theirs.ranges else 0
            if not any(low <= first <= high for low, high in mine.ranges):
                return False
    return True
