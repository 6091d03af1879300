"""Packet filters as sets of packets: which packet two lists of rules treat differently.

A rule is a box (source × destination × protocol × ports), the conditions that nobody interpreted (a time range, TCP
flags, an object group of unknown content: each may hold or not, independently of the addresses) and an action. The
first rule that matches decides. Routing tables fit too: destinations alone, the longest prefix first.

`difference` is exact: None means that no packet at all is treated differently. It sweeps one dimension after the other
over the intervals at which anything changes and keeps the rules that still match as the bits of one integer; a part of
the space in which both lists have the same rules left is never looked into.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.intervals import ANYWHERE, AddressSet, Intervals, everything

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

PROTOCOLS: Final = everything(8)
PORTS: Final = everything(16)
# IANA, "Assigned Internet Protocol Numbers"; the names as routers and firewalls write them.
PROTOCOL_NUMBERS: Final = {
    "icmp": 1, "igmp": 2, "ipinip": 4, "ipip": 4, "tcp": 6, "egp": 8, "igp": 9, "igrp": 9, "udp": 17, "ipv6": 41,
    "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ahp": 51, "icmpv6": 58, "icmp6": 58, "eigrp": 88, "ospf": 89,
    "ospfigp": 89, "nos": 94, "pim": 103, "pcp": 108, "vrrp": 112, "l2tp": 115, "sctp": 132, "udp-lite": 136,
}  # fmt: skip
_PROTOCOL_NAMES: Final = {number: name for name, number in reversed(PROTOCOL_NUMBERS.items())}
_JUMP: Final = 64
_MANY: Final = 400  # odd rules; more are not looked at one by one
STEPS: Final = 20_000_000  # of a sweep; what would take more is said to be undecided


def protocol_name(number: int) -> str:
    """A protocol as routers write it."""
    return _PROTOCOL_NAMES.get(number, str(number))


class UndecidedError(Exception):
    """The lists are too tangled to be compared within `STEPS`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule matches and what happens to it. `action` is anything that can be compared.

    `conditions` are what else must hold, uninterpreted. `line` is where the rule stands (0: a default), `lines` are
    those of the objects that it names.
    """

    action: Hashable
    line: int = 0
    source: AddressSet = ANYWHERE
    destination: AddressSet = ANYWHERE
    protocols: Intervals = PROTOCOLS
    source_ports: Intervals = PORTS
    destination_ports: Intervals = PORTS
    conditions: frozenset[str] = frozenset()
    lines: tuple[int, ...] = ()

    def box(self, version: int) -> tuple[Intervals, ...]:
        """Its dimensions for packets of one family, in the order in which they are swept."""
        return (
            self.source.family(version),
            self.destination.family(version),
            self.protocols,
            self.destination_ports,
            self.source_ports,
        )

    @property
    def everything(self) -> bool:
        """Whether it matches every packet."""
        return (
            self.source.any
            and self.destination.any
            and self.protocols == PROTOCOLS
            and self.source_ports == PORTS
            and self.destination_ports == PORTS
            and not self.conditions
        )


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet, and the conditions that hold for it."""

    version: int
    source: int
    destination: int
    protocol: int
    destination_port: int
    source_port: int
    conditions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """A packet that two lists treat differently, and the rules that decide. A rule of line 0 is the default."""

    packet: Packet
    first: Rule
    second: Rule


def decide(rules: Sequence[Rule], packet: Packet, default: Rule) -> Rule:
    """The first rule that matches a packet."""
    values = (packet.source, packet.destination, packet.protocol, packet.destination_port, packet.source_port)
    for rule in rules:
        if rule.conditions <= packet.conditions and all(
            value in dimension for value, dimension in zip(values, rule.box(packet.version), strict=True)
        ):
            return rule
    return default


def difference(
    first: Sequence[Rule],
    second: Sequence[Rule],
    *,
    default: tuple[Rule, Rule],
    source: AddressSet = ANYWHERE,
    destination: AddressSet = ANYWHERE,
) -> Difference | None:
    """A packet from `source` to `destination` that the lists treat differently; None if there is none.

    `default` are the rules that hold where none of `first`, none of `second` matches. UndecidedError: too tangled.
    """
    return next(differences(first, second, default=default, source=source, destination=destination), None)


def differences(
    first: Sequence[Rule],
    second: Sequence[Rule],
    *,
    default: tuple[Rule, Rule],
    source: AddressSet = ANYWHERE,
    destination: AddressSet = ANYWHERE,
) -> Iterator[Difference]:
    """As `difference`; at most one packet for each rule that only one of the lists has. No difference: nothing.

    A packet that matches none of the rules in which the lists differ (as sequences) meets the same rules in both, so
    only the boxes of those rules are searched.
    """
    for version in (4, 6):
        within = (source.family(version), destination.family(version), PROTOCOLS, PORTS, PORTS)
        if not within[0] or not within[1]:
            continue
        sides = tuple([_clipped(rule, version, within) for rule in (*rules, last)] for rules, last in
                      ((first, default[0]), (second, default[1])))  # fmt: skip
        lists = tuple([each for each in side if each is not None] for side in sides)
        odd = _unmatched(lists[0], lists[1])
        if not odd:
            continue
        sweep = _Sweep(lists[0], lists[1], version)
        if len(odd) > _MANY:
            found = sweep.search(within)
            if found is not None:
                yield found
            continue
        seen: set[tuple[Rule, Rule]] = set()
        for clipped in odd:
            found = sweep.search(clipped.box, clipped.rule.conditions)
            if found is not None and (found.first, found.second) not in seen:
                seen.add((found.first, found.second))
                yield found


@dataclass(frozen=True, slots=True)
class _Clipped:
    """A rule inside the space that is looked at. `key` is equal where the meaning is equal."""

    rule: Rule
    box: tuple[Intervals, ...]
    key: tuple[Hashable, ...]


def _clipped(rule: Rule, version: int, within: Sequence[Intervals]) -> _Clipped | None:
    box = tuple(mine & theirs for mine, theirs in zip(rule.box(version), within, strict=True))
    if not all(box):
        return None
    return _Clipped(rule, box, (rule.action, box, rule.conditions))


def _unmatched(first: Sequence[_Clipped], second: Sequence[_Clipped]) -> list[_Clipped]:
    """The rules that are not part of one common subsequence of both lists (not always the longest one)."""
    start = 0
    while start < len(first) and start < len(second) and first[start].key == second[start].key:
        start += 1
    end = 0
    while end < min(len(first), len(second)) - start and first[-1 - end].key == second[-1 - end].key:
        end += 1
    left, right = first[start : len(first) - end], second[start : len(second) - end]
    places: dict[tuple[Hashable, ...], list[int]] = {}
    for index, clipped in enumerate(right):
        places.setdefault(clipped.key, []).append(index)
    odd: list[_Clipped] = []
    used: set[int] = set()
    at = 0
    for clipped in left:
        # A jump far ahead would leave more behind than it finds.
        index = next((place for place in places.get(clipped.key, ()) if at <= place <= at + _JUMP), -1)
        if index < 0:
            odd.append(clipped)
        else:
            used.add(index)
            at = index + 1
    return odd + [clipped for index, clipped in enumerate(right) if index not in used]


@dataclass(slots=True)
class _Sweep:
    """Compares two lists inside a box. Bit k of a mask is rule k of the first list, then those of the second."""

    first: list[_Clipped]
    second: list[_Clipped]
    version: int
    _steps: int = 0
    _equal: set[tuple[int, int]] = field(default_factory=set)
    _rules: list[_Clipped] = field(default_factory=list)
    _rest: list[list[tuple[Hashable, ...]]] = field(default_factory=list)
    _full: list[int] = field(default_factory=list)
    _boxes: list[tuple[Intervals, ...]] = field(default_factory=list)
    _conditions: dict[str, int] = field(default_factory=dict)
    _split: int = 0

    def search(self, box: tuple[Intervals, ...], held: frozenset[str] = frozenset()) -> Difference | None:
        """A packet in the box, for which at least `held` holds, that the lists treat differently."""
        firsts, seconds = self._inside(self.first, box), self._inside(self.second, box)
        self._rules = [clipped for clipped, _ in (*firsts, *seconds)]
        self._boxes = [inner for _, inner in (*firsts, *seconds)]
        self._split = len(firsts)
        self._equal.clear()
        self._conditions = {}
        for index, clipped in enumerate(self._rules):
            for condition in clipped.rule.conditions - held:
                self._conditions[condition] = self._conditions.get(condition, 0) | 1 << index
        self._rest, self._full = [], []
        for dimension in range(6):
            self._rest.append(
                [
                    (clipped.rule.action, inner[dimension:], clipped.rule.conditions)
                    for clipped, inner in zip(self._rules, self._boxes, strict=True)
                ]
            )
            self._full.append(
                sum(
                    1 << index
                    for index, (clipped, inner) in enumerate(zip(self._rules, self._boxes, strict=True))
                    if clipped.rule.conditions <= held and inner[dimension:] == box[dimension:]
                )
            )
        return self._walk((1 << len(self._rules)) - 1, 0, [], held)

    def _inside(
        self, rules: list[_Clipped], box: tuple[Intervals, ...]
    ) -> list[tuple[_Clipped, tuple[Intervals, ...]]]:
        found = []
        for clipped in rules:
            inner = []
            for mine, theirs in zip(clipped.box, box, strict=True):
                part = mine & theirs
                if not part:
                    break
                inner.append(part)
            else:
                found.append((clipped, tuple(inner)))
        return found

    def _cut(self, mask: int, dimension: int) -> int:
        """Without the rules that an earlier one hides completely."""
        low = (1 << self._split) - 1
        for half in (low, ~low):
            full = mask & half & self._full[dimension]
            if full:
                lowest = full & -full
                hidden = ~((lowest << 1) - 1) & (half if half == low else -1)
                mask &= ~hidden
        return mask

    def _same(self, mask: int, dimension: int) -> bool:
        """Whether both lists have the same rules left, in what is still to be looked at."""
        rest = self._rest[dimension]
        left, right = mask & ((1 << self._split) - 1), mask >> self._split
        if left.bit_count() == right.bit_count() and all(
            rest[mine] == rest[self._split + theirs] for mine, theirs in zip(_bits(left), _bits(right), strict=True)
        ):
            return True
        return len({rest[index][0] for index in _bits(mask)}) == 1

    def _walk(self, mask: int, dimension: int, path: list[int], held: frozenset[str]) -> Difference | None:
        mask = self._cut(mask, dimension)
        if (dimension, mask) in self._equal or self._same(mask, dimension):
            return None
        found = self._conditional(mask, path, held) if dimension == 5 else self._swept(mask, dimension, path, held)
        if found is None:
            self._equal.add((dimension, mask))
        return found

    def _swept(self, mask: int, dimension: int, path: list[int], held: frozenset[str]) -> Difference | None:
        events: dict[int, int] = {}
        for index in _bits(mask):
            bit = 1 << index
            for start, stop in self._boxes[index][dimension].spans:
                events[start] = events.get(start, 0) ^ bit
                events[stop] = events.get(stop, 0) ^ bit
        self._steps += len(events)
        if self._steps > STEPS:
            raise UndecidedError
        active = 0
        for place in sorted(events):
            active ^= events[place]
            if active and (found := self._walk(active, dimension + 1, [*path, place], held)) is not None:
                return found
        return None

    def _conditional(self, mask: int, path: list[int], held: frozenset[str]) -> Difference | None:
        """All values are chosen: what is left are the conditions that may hold or not."""
        left, right = mask & ((1 << self._split) - 1), mask >> self._split
        if not left or not right:
            return None  # outside what the defaults cover
        mine, theirs = self._rules[_lowest(left)].rule, self._rules[self._split + _lowest(right)].rule
        needed = sorted((mine.conditions | theirs.conditions) - held)
        if not needed:
            if mine.action == theirs.action:
                return None
            source, destination, protocol, destination_port, source_port = path
            packet = Packet(self.version, source, destination, protocol, destination_port, source_port, held)
            return Difference(packet, mine, theirs)
        self._steps += 1
        if self._steps > STEPS:
            raise UndecidedError
        condition = needed[0]
        return self._conditional(mask, path, held | {condition}) or self._conditional(
            mask & ~self._conditions[condition], path, held
        )


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
