"""Comware's access lists, security policies and object policies as rule sets.

Syntax: H3C "Security policy commands", "Object policy commands", "ACL commands" (time-range NAME from HH:MM MM/DD/YYYY
to HH:MM MM/DD/YYYY, display acl: "(5 times matched)"), "Security zone commands" (the zones Local, Trust, DMZ, Untrust
and Management are there from the beginning; between two zones without a policy nothing passes).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.dialects.hp_comware import filters
from configs.dialects.hp_comware.facts_lists import Lists, bindings
from configs.meaning.statements import FilterKind
from configs.reading import Reading
from configs.rulesets import building
from configs.rulesets.building import Counters, Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets, Zones

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.dialects.hp_comware.facts_lists import Key
    from configs.meaning.statements import FilterList
    from configs.tree import Node, Tree

VIEWS: Final = frozenset({
    "interface", "acl", "security-policy", "object-policy", "zone-pair", "security-zone", "time-range", "rule",
    "object-group", "line", "user-interface", "local-user",
})  # fmt: skip
_PERMITS: Final = frozenset({"permit", "pass", "inspect"})
_ZONES: Final = frozenset({"local", "trust", "untrust", "dmz", "management", "any"})
_COUNTERS: Final = Counters(
    re.compile(r"\s*(?:Basic|Advanced|Layer 2) (?:IPv[46] )?ACL"),
    re.compile(r"\s*rule \d+ (?:name \S+ )?(?:permit|deny)"),
    re.compile(r"\((\d+) times matched\)"),
    silent=True,
)


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    reading = Reading(tree, "undo", lambda words: words[0] in VIEWS)
    return of(tree, reading, Lists(reading))


def of(tree: Tree, reading: Reading, lists: Lists) -> RuleSets:
    """The same from what has been read already."""
    policed = any(reading.find(word) for word in ("security-policy", "object-policy", "object-group"))
    nodes = [node for _, node in tree.walk()] if policed else []
    groups = filters.Groups(nodes)
    places: dict[int, list[int]] = {}
    for _, key, command in bindings(reading):
        places.setdefault(id(lists.rules.get(key)), []).append(command.line)
    names: dict[int, list[Key]] = {}
    for key, rules in lists.rules.items():
        names.setdefault(id(rules), []).append(key)
    objects = groups.sets()
    sets = [
        RuleSet(
            FilterKind.ACCESS_LIST,
            f"ipv6 {keys[0][1]}" if keys[0][0] == "6" else keys[0][1],
            lists.lines[keys[0]].line,
            written=tuple(lists.rules[keys[0]]),
            objects=objects,
            unread=tuple(lists.unclear.get(keys[0], ())),
            bound=tuple(places.get(number, ())),
            ordered="auto" not in lists.lines[keys[0]].folded[2:],
        )
        for number, keys in names.items()
    ]
    waiting = {
        tuple(name for _, name in keys): building.commands_lines([lists.lines[keys[0]]])
        for number, keys in names.items()
        if number not in places
    }
    pairs = {command.line: command for command in reading.on("zone-pair")}
    sets += [_policy(one, reading) for one in filters.policies(nodes, groups)] if nodes else []
    whole = bool(reading.find("interface"))
    times = building.joined(_schedules(reading))
    ends, open_ends, untold = building.endings(sets, times, ("time-range",))
    lost = [Missing(line, "time-range", name) for line, name in untold]
    zoned = bool(reading.find("security-policy") or pairs or reading.find("object-policy"))
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted({*lost, *_names(reading, nodes, groups)})) if whole else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(
            inner.line
            for policy in reading.on("security-policy")
            for inner in policy.find("rule")
            if any(one.folded == ("disable",) and not one.negated for one in inner.inside)
        ),
        open_defaults=() if zoned else None,
        hits=building.hits(tree, "times matched", _COUNTERS),
        unbound=tuple(
            sorted(
                (
                    *building.unbound(reading, waiting),
                    *(
                        one.line
                        for one in sets
                        if not one.unread and one.kind is FilterKind.SECURITY_POLICY and one.bound == ()
                    ),
                )
            )
        )
        if whole
        else None,
        known=tuple(dict.fromkeys(one.words[2] for one in reading.on("security-zone", "name") if len(one.words) > 2)),
    )


def _policy(one: FilterList, reading: Reading) -> RuleSet:
    boxes, zones = building.zoned(one.rules, "source-zone", "destination-zone", any_zone=("any", "Any"))
    bound, pairs = None, tuple[Zones, ...]()
    if one.name.startswith("object-policy"):
        name = one.name.split()[-1].lower()
        applied = [
            (pair, apply)
            for pair in reading.on("zone-pair")
            for apply in pair.find("object-policy", "apply")
            if apply.folded[-1] == name
        ]
        bound = tuple(apply.line for _, apply in applied)
        pairs = tuple(_sides(pair.words) for pair, _ in applied)
    return RuleSet(
        one.kind, one.name, one.line, boxes, unread=one.unclear, default="drop", permits=_PERMITS, zones=zones,
        bound=bound, pairs=pairs, space=one.name if bound is not None else "",
    )  # fmt: skip


def _sides(words: Sequence[str]) -> Zones:
    """`zone-pair security source A destination B`."""
    named = [
        frozenset({after}) if after.lower() != "any" else frozenset[str]()
        for before in ("source", "destination")
        for word, after in pairwise(words)
        if word == before
    ]
    return Zones(*named[:2]) if len(named) > 1 else Zones()


def _schedules(reading: Reading) -> Iterator[tuple[str, Schedule]]:
    """`time-range NAME {HH:MM to HH:MM DAYS [from HH:MM DAY] [to HH:MM DAY] | from … to HH:MM DAY}`."""
    for command in reading.on("time-range"):
        if len(command.words) < 3:  # a rule names one in the same words
            continue
        words = command.folded[2:]
        ends = [words[place + 2 :] for place, word in enumerate(words) if word == "to"]
        if len(ends) > _is_period(words):
            yield command.words[1], building.until(command.line, ends[-1])
        else:
            yield command.words[1], Schedule(command.line, None, period="from" not in words)


def _is_period(words: Sequence[str]) -> bool:
    """Whether `HH:MM to HH:MM DAYS` stands at the beginning."""
    return words[1:2] == ("to",) and ":" in words[0]


def _names(reading: Reading, nodes: Sequence[Node], groups: filters.Groups) -> Iterator[Missing]:
    """Groups of addresses and zones that policies name and nothing defines; groups of services come with the device."""
    zones = {*_ZONES, *(one.folded[2] for one in reading.on("security-zone", "name") if len(one.folded) > 2)}
    for node in nodes:
        if not node.text.startswith(("security-policy", "rule")):
            continue
        for inner in node.children:
            words = inner.text.lower().split()
            if words[0] in ("source-ip", "destination-ip") and " ".join(words[1:]) not in groups.addresses:
                yield Missing(inner.line, "object-group", " ".join(words[1:]))
            elif words[0] in ("source-zone", "destination-zone") and words[-1] not in zones:
                yield Missing(inner.line, "zone", words[-1])
