"""Which rules of a list can never decide anything, because an earlier rule takes all their packets.

Rules are sets of packets (`configs.headers`), so different words for the same addresses are the same. For each
dimension, the rules that hold a rule's first and its last value are found by one look into a sorted table of the places
where anything changes; only those that pass in every dimension are compared exactly. 2,000 rules take milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.headers import Rule
    from configs.intervals import Intervals


def covered(rules: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs (rule, the earlier rule that covers it), for every line all of whose rules are covered.

    A line may stand for several rules (one for each of its services): it is covered if each of them is.
    """
    by_family = []
    for version in (4, 6):
        boxes = [rule.box(version) for rule in rules]
        live = [index for index, box in enumerate(boxes) if all(box)]
        by_family.append((set(live), _covers(rules, boxes, live)))
    covers: dict[int, Rule] = {}
    for index in range(len(rules)):
        asked = [found.get(index) for live, found in by_family if index in live]
        if asked and asked[0] is not None and None not in asked:
            covers[index] = rules[asked[0]]
    return list(_whole_lines(rules, covers))


def _whole_lines(rules: Sequence[Rule], covers: dict[int, Rule]) -> Iterator[tuple[Rule, Rule]]:
    open_ = {rule.line for index, rule in enumerate(rules) if index not in covers}
    told: set[int] = set()
    for index in sorted(covers):
        rule = rules[index]
        if rule.line not in open_ and rule.line not in told and covers[index].line != rule.line:
            told.add(rule.line)
            yield rule, covers[index]


def _covers(rules: Sequence[Rule], boxes: Sequence[tuple[Intervals, ...]], live: Sequence[int]) -> dict[int, int]:
    """By a rule's index that of the first earlier rule that covers it."""
    tables = [_Table([(index, boxes[index][dimension]) for index in live]) for dimension in range(5)]
    found: dict[int, int] = {}
    for index in live:
        box, rule = boxes[index], rules[index]
        mask = (1 << index) - 1
        for dimension, table in enumerate(tables):
            mask &= table.holding(box[dimension])
            if not mask:
                break
        while mask:
            lowest = mask & -mask
            earlier = lowest.bit_length() - 1
            mask ^= lowest
            if rules[earlier].conditions <= rule.conditions and all(
                not (mine - theirs) for mine, theirs in zip(box, boxes[earlier], strict=True)
            ):
                found[index] = earlier
                break
    return found


class _Table:
    """Which values of one dimension hold a place: bit k is rule k."""

    def __init__(self, values: Sequence[tuple[int, Intervals]]) -> None:
        events: dict[int, int] = {}
        for index, value in values:
            bit = 1 << index
            for start, stop in value.spans:
                events[start] = events.get(start, 0) ^ bit
                events[stop] = events.get(stop, 0) ^ bit
        self._places = sorted(events)
        self._active: list[int] = []
        active = 0
        for place in self._places:
            active ^= events[place]
            self._active.append(active)

    def holding(self, value: Intervals) -> int:
        """The rules that hold the first and the last of these values."""
        first, last = value.spans[0][0], value.spans[-1][1] - 1
        return self._at(first) & self._at(last)

    def _at(self, place: int) -> int:
        index = bisect_right(self._places, place) - 1
        return self._active[index] if index >= 0 else 0
