"""ASA's access lists as rule sets.

Syntax: Cisco "ASA Series Command Reference" (access-list, access-group, time-range with absolute and periodic, show
access-list: "(hitcnt=5)"). What passes between interfaces without a list depends on their security levels, and is not
concluded here.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.dialects.cisco_asa.filters import AccessLists
from configs.dialects.cisco_asa.objects import read as read_objects
from configs.meaning.statements import FilterKind
from configs.reading import Reading
from configs.rulesets import building
from configs.rulesets.building import Counters, Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

VIEWS: Final = frozenset({"interface", "object", "object-group", "time-range", "class-map", "policy-map"})
_COUNTERS: Final = Counters(
    re.compile(r"\s*access-list \S+; \d+ elements"),
    re.compile(r"\s*access-list \S+ line \d+ "),
    re.compile(r"\(hitcnt=(\d+)\)"),
)


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    reading = Reading(tree, "no", lambda words: words[0] in VIEWS)
    return of(tree, reading, AccessLists(reading, read_objects(reading)))


def of(tree: Tree, reading: Reading, lists: AccessLists) -> RuleSets:
    """The same from what has been read already."""
    bound: dict[str, list[int]] = {}
    for command in reading.on("access-group"):
        if len(command.words) > 1:
            bound.setdefault(command.words[1], []).append(command.line)
    sets = tuple(
        RuleSet(
            FilterKind.ACCESS_LIST, one.name, one.line, one.rules, unread=one.unclear,
            bound=tuple(bound.get(one.name, ())),
        )
        for one in lists.lists()
    )  # fmt: skip
    own: dict[str, list[int]] = {}
    for command in reading.on("access-list"):
        if len(command.words) > 1:
            own.setdefault(command.words[1], []).append(command.line)
    waiting: dict[tuple[str, ...], list[int]] = {
        (one.name,): own[one.name] for one in sets if not one.bound and one.name in own
    }
    whole = bool(reading.find("interface") or reading.find("nameif"))
    ends, open_ends, untold = building.endings(sets, building.joined(_schedules(reading)), ("time-range",))
    lost = [Missing(line, "time-range", name) for line, name in untold]
    return RuleSets(
        sets,
        missing=tuple(sorted({*lost, *_names(reading)})) if whole else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(one.line for one in reading.on("access-list") if one.folded[-1] == "inactive"),
        hits=building.hits(tree, "hitcnt=", _COUNTERS),
        unbound=building.unbound(reading, waiting) if whole else None,
    )


def _schedules(reading: Reading) -> Iterator[tuple[str, Schedule]]:
    """`time-range NAME` with `absolute [start HH:MM D MONTH YYYY] [end HH:MM D MONTH YYYY]` and `periodic`."""
    for view in reading.on("time-range"):
        if len(view.words) > 1:
            ends = [
                building.until(inner.line, inner.after("end")[1:])
                for inner in view.find("absolute")
                if inner.has("end")
            ]
            yield view.words[1], ends[-1] if ends else Schedule(view.line, None)


def _names(reading: Reading) -> Iterator[Missing]:
    """Objects and groups that lists name and nothing defines."""
    defined = {
        command.words[2]
        for word in ("object", "object-group")
        for command in reading.find(word)
        if len(command.words) > 2
    }
    for command in reading.on("access-list"):
        for before, name in pairwise(command.words):
            if before in ("object", "object-group") and name not in defined and command.folded[2:3] != ("remark",):
                yield Missing(command.line, before, name)
