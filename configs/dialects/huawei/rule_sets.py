"""VRP's access lists and USG's security policies as rule sets.

Syntax: Huawei "USG6000 Command Reference" (security-policy, default action, time-range, ip address-set, firewall
zone; the zones local, trust, untrust and dmz are there from the beginning), "S Series Switches Command Reference"
(time-range NAME from HH:MM YYYY/MM/DD to HH:MM YYYY/MM/DD, display acl: "(5 matches)", older "(0 times matched)").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.dialects.huawei.filters import access_lists, bindings
from configs.dialects.huawei.meaning import VIEWS, address_sets, policies
from configs.dialects.huawei.services import service_sets
from configs.headers import Rule
from configs.meaning.statements import FilterKind
from configs.reading import Reading
from configs.rulesets import building
from configs.rulesets.building import Counters, Schedule
from configs.rulesets.model import Missing, RuleSet, RuleSets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from configs.dialects.huawei.filters import AccessList, Binding, Key
    from configs.intervals import AddressSet
    from configs.reading import Command
    from configs.tree import Tree

_ZONES: Final = frozenset({"local", "trust", "untrust", "dmz", "any"})
_COUNTERS: Final = Counters(
    re.compile(r"\s*(?:Basic|Advanced|L2) ACL|\s*ACL's step"),
    re.compile(r"\s*rule \d+ (?:permit|deny)"),
    re.compile(r"\((?:match-counter )?(\d+)(?: match(?:es)?| times matched)?\)"),
)


def read(tree: Tree) -> RuleSets:
    """What its lines say."""
    reading = Reading(tree, "undo", lambda words: words[0] in VIEWS)
    return of(tree, reading, access_lists(reading), tuple(bindings(reading)))


def of(tree: Tree, reading: Reading, lists: Mapping[Key, AccessList], bound: Iterable[Binding]) -> RuleSets:
    """The same from what has been read already."""
    objects = address_sets(reading)
    distinct = {id(entry): (key, entry) for key, entry in reversed(list(lists.items()))}.values()
    places: dict[int, list[int]] = {}
    for binding in bound:
        entry = lists.get(binding.key)
        places.setdefault(id(entry), []).append(binding.command.line)
    sets = [
        RuleSet(
            FilterKind.ACCESS_LIST,
            f"ipv6 {name}" if family == "6" else name,
            entry.command.line,
            written=tuple(entry.rules),
            objects=objects,
            unread=tuple(entry.unclear),
            bound=tuple(places.get(id(entry), ())),
            ordered="auto" not in entry.command.folded[2:],
        )
        for (family, name), entry in sorted(distinct, key=lambda row: row[1].command.line)
    ]
    names: dict[int, list[str]] = {}
    for (_, name), entry in lists.items():
        names.setdefault(id(entry), []).append(name)
    waiting = {
        tuple(names[id(entry)]): building.commands_lines([entry.command])
        for _, entry in distinct
        if id(entry) not in places
    }
    opened, closed = _defaults(reading)
    sets += _policies(reading, objects, opened)
    whole = bool(reading.find("interface"))
    times = building.joined(_schedules(reading))
    ends, open_ends, untold = building.endings(sets, times, ("time-range", "schedule"), ("any",))
    lost = [Missing(line, "time-range", name) for line, name in untold]
    return RuleSets(
        tuple(sets),
        missing=tuple(sorted({*lost, *_names(reading)})) if whole else None,
        endings=ends,
        open_ends=open_ends,
        disabled=tuple(_disabled(reading)),
        open_defaults=opened if _has_policy(reading) else None,
        closed_defaults=closed,
        hits=building.hits(tree, "match", _COUNTERS),
        unbound=building.unbound(reading, waiting) if whole else None,
        known=tuple(dict.fromkeys(_zones(reading))),
    )


def _has_policy(reading: Reading) -> bool:
    return bool(reading.find("security-policy") or reading.find("firewall", "packet-filter", "default"))


def _defaults(reading: Reading) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lines that let the rest through, and those that deny it."""
    said = [
        *(one for policy in reading.find("security-policy") for one in policy.find("default", "action")),
        *reading.on("firewall", "packet-filter", "default"),
    ]
    said = [one for one in said if not one.negated]
    return (
        tuple(one.line for one in said if one.has("permit")),
        tuple(one.line for one in said if one.has("deny")),
    )


def _policies(reading: Reading, objects: dict[str, AddressSet], opened: tuple[int, ...]) -> Iterator[RuleSet]:
    commands = {rule.line: rule for policy in reading.find("security-policy") for rule in policy.find("rule")}
    decide = {line for line, rule in commands.items() if any(not one.negated for one in rule.find("action"))}
    decide -= set(_disabled(reading))
    for one in policies(reading, objects, service_sets(reading)):
        found = [rule for rule in one.rules if rule.line in decide]
        found += [_in_words(commands[line]) for line in one.unclear if line in decide]
        boxes, zones = building.zoned(sorted(found, key=lambda rule: rule.line), "source-zone", "destination-zone")
        yield RuleSet(
            one.kind, one.name, one.line, boxes, default="permit" if opened else "deny", zones=zones,
            apart=_besides(reading).get,
        )  # fmt: skip


def _in_words(rule: Command) -> Rule:
    """A rule whose addresses are not known: all that it asks for are words."""
    asked: dict[str, list[str]] = {}
    action = "deny"
    for inner in rule.inside:
        word = inner.folded[0]
        if word == "action":
            action = " ".join(inner.folded[1:])
        elif not inner.negated and word not in ("description", "counting", "session"):
            asked.setdefault(word, []).append(" ".join(inner.folded[1:]))
    return Rule(
        action,
        rule.line,
        conditions=frozenset(
            f"{word} {' | '.join(sorted(said))}"
            for word, said in asked.items()
            if "any" not in said or word.endswith("-exclude")
        ),
    )


def _besides(reading: Reading) -> dict[int, tuple[str, ...]]:
    """By rule the profiles that its packets go through."""
    return {
        rule.line: tuple(sorted(" ".join(inner.folded) for inner in rule.find("profile")))
        for policy in reading.find("security-policy")
        for rule in policy.find("rule")
    }


def _disabled(reading: Reading) -> Iterator[int]:
    for policy in reading.find("security-policy"):
        for rule in policy.find("rule"):
            if any(inner.folded == ("disable",) and not inner.negated for inner in rule.inside) or any(
                inner.folded == ("enable",) and inner.negated for inner in rule.inside
            ):
                yield rule.line


def _zones(reading: Reading) -> Iterator[str]:
    for view in reading.on("firewall", "zone"):
        words = [word for word in view.folded[2:] if word != "name"]
        if words:
            yield words[0]


def _schedules(reading: Reading) -> Iterator[tuple[str, Schedule]]:
    """`time-range NAME {from HH:MM DAY [to HH:MM DAY] | HH:MM to HH:MM DAYS}`, or the same in a view of its own.

    In a view of its own the rows begin with `absolute-range` and `period-range`.
    """
    for command in reading.on("time-range"):
        if len(command.words) < 3 and not command.inside:  # a rule names one in the same words
            continue
        rows: list[Command] = [inner for inner in command.inside if not inner.negated] or [command]
        for row in rows:
            if not (row.has("from") or row.folded[0] == "absolute-range"):
                yield command.words[1], Schedule(row.line, None, period=True)
            elif row.has("to"):
                yield command.words[1], building.until(row.line, row.after("to")[1:])
            else:
                yield command.words[1], Schedule(row.line, None)


def _names(reading: Reading) -> Iterator[Missing]:
    """Address sets and zones that policies name and nothing defines."""
    sets = {command.folded[2] for command in reading.on("ip", "address-set") if len(command.folded) > 2}
    zones = {*_ZONES, *_zones(reading)}
    for inner in (
        inner
        for policy in reading.find("security-policy")
        for rule in policy.find("rule")
        for inner in rule.inside
        if not inner.negated
    ):
        word, *rest = inner.folded
        if word.startswith(("source-address", "destination-address")) and rest[:1] == ["address-set"]:
            yield from (Missing(inner.line, "address-set", name) for name in rest[1:] if name not in sets)
        elif word in ("source-zone", "destination-zone"):
            yield from (Missing(inner.line, "zone", name) for name in rest if name not in zones)
