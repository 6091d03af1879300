"""Rule sets of the languages with `no`, `access-list` and `time-range`; zones of `zone-pair security`.

Syntax: Cisco "Security Command Reference" (time-range, absolute, periodic, zone-pair security, class class-default,
object-group), "show ip access-lists" (counts stand behind a rule, none behind one that never matched).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.meaning.no_lists import access_lists, bindings
from configs.meaning.statements import FilterKind
from configs.reading import Reading
from configs.rulesets import building
from configs.rulesets.building import Counters, Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from configs.meaning.no_lists import AccessList, Binding
    from configs.tree import Tree

_COUNTERS: Final = Counters(
    re.compile(r"\s*(?:Standard|Extended|IPv6) (?:IP )?access list \S+"),
    re.compile(r"\s+(?:\d+ )?(?:permit|deny) "),
    re.compile(r"\((\d+) match(?:es)?\)"),
    silent=True,
)
_GROUP_WORDS: Final = ("object-group", "addrgroup")


def read(tree: Tree, opens: Callable[[tuple[str, ...]], bool]) -> RuleSets:
    """What a configuration has; `opens` says which commands open a view."""
    reading = Reading(tree, "no", opens)
    return of(tree, reading, access_lists(reading), tuple(bindings(reading)))


def of(tree: Tree, reading: Reading, lists: Mapping[str, AccessList], bound: Iterable[Binding]) -> RuleSets:
    """The same from what has been read already."""
    places: dict[str, list[int]] = {}
    for binding in bound:
        places.setdefault(binding.name, []).append(binding.command.line)
    sets = tuple(
        RuleSet(
            FilterKind.ACCESS_LIST, name, min(entry.lines), written=tuple(entry.rules), unread=tuple(entry.unclear),
            bound=tuple(places.get(name, ())),
        )
        for name, entry in lists.items()
    )  # fmt: skip
    whole = bool(reading.find("interface"))
    ends, open_ends, untold = building.endings(sets, building.joined(_schedules(reading)), ("time-range",))
    lost = [Missing(line, "time-range", name) for line, name in untold]
    waiting: dict[tuple[str, ...], list[int]] = {(one.name,): lists[one.name].lines for one in sets if not one.bound}
    opened, closed = _zone_defaults(reading)
    return RuleSets(
        sets,
        missing=tuple(sorted((*lost, *_groups(reading, sets)))) if whole else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(_disabled(reading)),
        open_defaults=opened,
        closed_defaults=closed,
        hits=building.hits(tree, " match", _COUNTERS),
        unbound=building.unbound(reading, waiting) if whole else None,
        known=tuple(one.words[2] for one in reading.on("zone", "security") if len(one.words) > 2),
    )


def _disabled(reading: Reading) -> Iterator[int]:
    for command in reading.holding("inactive"):
        if command.folded[-1] == "inactive" and command.folded[0] in ("permit", "deny", "access-list"):
            yield command.line


def _schedules(reading: Reading) -> Iterator[tuple[str, Schedule]]:
    """`time-range NAME` with `absolute [start HH:MM D MONTH YYYY] [end HH:MM D MONTH YYYY]` and `periodic`."""
    for view in reading.on("time-range"):
        if len(view.words) < 2:
            continue
        ends = [
            building.until(inner.line, inner.after("end")[1:])
            for inner in view.find("absolute")
            if not inner.negated and inner.has("end")
        ]
        # Periods hold only within the absolute times; without any, for ever.
        yield view.words[1], ends[-1] if ends else Schedule(view.line, None)


def _groups(reading: Reading, sets: Iterable[RuleSet]) -> Iterator[Missing]:
    """Groups that rules name and nothing defines. The last word of a definition's head is its name."""
    if not reading.says(*_GROUP_WORDS):
        return
    defined = {command.folded[-1] for command in reading.on("object-group")}
    for one in sets:
        for rule in one.written or ():
            named = [str(side.value) for side in (rule.source, rule.destination) if isinstance(side.value, str)]
            named += [rule.protocol] if rule.protocol.startswith(_GROUP_WORDS) else []
            for text in named:
                word, _, name = text.partition(" ")
                if word in _GROUP_WORDS and name not in defined:
                    yield Missing(rule.line, word, name)


def _zone_defaults(reading: Reading) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
    """What becomes of the rest between zones: dropped, unless the last class of a bound policy passes it."""
    pairs = reading.on("zone-pair", "security")
    if not pairs:
        return None, ()
    used = {inner.folded[-1] for pair in pairs for inner in pair.find("service-policy")}
    opened: list[int] = []
    closed: list[int] = []
    for policy in reading.on("policy-map", "type", "inspect"):
        if policy.folded[-1] not in used:
            continue
        for rest in (inner for inner in policy.inside if inner.folded[-1] == "class-default"):
            passing = [inner.line for inner in rest.inside if inner.folded[0] in ("pass", "inspect")]
            (opened if passing else closed).extend((rest.line, *passing))
    return tuple(opened), tuple(closed)
