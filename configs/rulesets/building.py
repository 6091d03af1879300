"""What dialects share when they say their rule sets: zones out of conditions, names and their uses, times, counters."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.headers import Rule
from configs.model import Ending
from configs.rulesets.model import RuleSet, Zones

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from configs.meaning.filters import FilterRule
    from configs.meaning.statements import FilterList
    from configs.reading import Command, Reading
    from configs.tree import Tree

_BETWEEN: Final = " | "


def plain(lists: Iterable[FilterList], permits: Collection[str] = ("permit", "accept", "forward")) -> Iterator[RuleSet]:
    """Filters as they were read, as rule sets that are in force."""
    for one in lists:
        yield RuleSet(
            one.kind, one.name, one.line, one.rules, unread=one.unclear, default=str(one.default),
            permits=frozenset(permits),
        )  # fmt: skip


def zoned(
    rules: Iterable[Rule], sources: str, destinations: str, *, any_zone: Collection[str] = ("any",)
) -> tuple[tuple[Rule, ...], dict[int, Zones]]:
    """Rules without the conditions that begin with these words, and the zones that those named, by line."""
    found, zones = [], {}
    known: dict[frozenset[str], tuple[frozenset[str], Zones]] = {}  # policies have the same pairs of zones many times
    for rule in rules:
        parts = known.get(rule.conditions)
        if parts is None:
            parts = known[rule.conditions] = _parts(rule.conditions, sources, destinations, frozenset(any_zone))
        rest, zones[rule.line] = parts
        if len(rest) < len(rule.conditions):
            rule = Rule(  # noqa: PLW2901 - without the zones
                rule.action, rule.line, rule.source, rule.destination, rule.protocols, rule.source_ports,
                rule.destination_ports, rest, rule.lines,
            )  # fmt: skip
        found.append(rule)
    return tuple(found), zones


def _parts(
    conditions: frozenset[str], sources: str, destinations: str, any_zone: frozenset[str]
) -> tuple[frozenset[str], Zones]:
    """Conditions without those about zones, and the zones that those named."""
    rest, sides = set(), [frozenset[str](), frozenset[str]()]
    for condition in conditions:
        word, _, values = condition.partition(" ")
        if word in (sources, destinations) and values:
            names = frozenset(values.split(_BETWEEN))
            sides[word == destinations] = frozenset() if names & any_zone else names
        else:
            rest.add(condition)
    return frozenset(rest), Zones(*sides)


# ---- names


# A short number is the name of a list only beside one of these words.
_LIST_WORDS: Final = frozenset({
    "access-group", "access-class", "access-list", "list", "lists", "acl", "address", "community", "group", "match",
    "distribute-list", "offset-list", "filter", "filter-list", "traffic-filter", "packet-filter", "boundary", "in",
    "rp-address", "tftp-server", "directed-broadcast", "nat", "if-match", "inbound", "outbound", "out", "access",
    "snmp-agent", "snmp-server", "ipv4-acl", "acl-number", "secure-zone", "filter-policy", "query-only", "peer",
    "serve", "serve-only", "static-group", "permit-list", "ip-access-group", "access-limit", "traffic-secure",
    "traffic-limit", "traffic-redirect", "traffic-statistic", "traffic-remark", "traffic-mirror", "security",
})  # fmt: skip
_FOLDED: Final = attrgetter("folded")
_SILENT: Final = frozenset({"permit", "deny", "rule", "remark", "description", "banner", "header", "seq"})


def unbound(reading: Reading, lists: Mapping[tuple[str, ...], Collection[int]]) -> tuple[int, ...]:
    """The first lines of lists that no other line names. `lists`: by its names the lines that belong to a list."""
    waiting = {name.lower(): names for names in lists for name in names}
    own = {line for lines in lists.values() for line in lines}
    found = set()
    for first, commands in reading.by_word.items():
        if first in _SILENT or waiting.keys().isdisjoint(chain.from_iterable(map(_FOLDED, commands))):
            continue
        for command in commands:
            if waiting.keys().isdisjoint(command.folded) or command.line in own:
                continue
            for name in waiting.keys() & set(command.folded):
                if len(name) > 3 or not name.isdigit() or not _LIST_WORDS.isdisjoint(command.folded):
                    found.add(waiting.pop(name))
    return tuple(sorted(min(lines) for names, lines in lists.items() if names not in found))


# ---- times


class Schedule(NamedTuple):
    """A time range: the line that says when it ends, and the last day on which it holds; None: it never ends.

    `period`: it comes again and again, and only within the absolute times of the same name, if there are any.
    `read`: False if what stands there as its end could not be read.
    """

    line: int
    last: date | None
    period: bool = False
    read: bool = True


def until(line: int, words: Sequence[str]) -> Schedule:
    """A time range that ends on the day that these words say."""
    last = day_of(words)
    return Schedule(line, last, read=last is not None)


def joined(schedules: Iterable[tuple[str, Schedule]]) -> dict[str, Schedule]:
    """Schedules by name; one with several parts ends with the last of them."""
    rows: dict[str, list[Schedule]] = {}
    for name, one in schedules:
        rows.setdefault(name.lower(), []).append(one)
    return {name: _last(parts) for name, parts in rows.items()}


def _last(parts: Sequence[Schedule]) -> Schedule:
    absolute = [one for one in parts if not one.period] or parts
    endless = next((one for one in absolute if one.read and one.last is None), None)
    unread = next((one for one in absolute if not one.read), None)
    return endless or unread or max(absolute, key=lambda one: one.last or date.min)


def endings(
    sets: Sequence[RuleSet], schedules: Mapping[str, Schedule], words: Collection[str], always: Collection[str] = ()
) -> tuple[tuple[Ending, ...], tuple[int, ...], tuple[tuple[int, str], ...]]:
    """Rules with an end; the lines of those whose time is not known; their times that nothing defines, by line.

    A condition with one of `words` names a schedule; `always` are those that every device has.
    """
    found, unknown, missing = [], [], []
    for line, name in _timed(sets, frozenset(words)):
        if name in always:
            continue
        one = schedules.get(name.lower())
        if one is None:
            unknown.append(line)
            missing.append((line, name))
        elif not one.read:
            unknown.append(line)
        elif one.last is not None:
            found.append(Ending(line, one.line, one.last))
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(missing))


def _timed(sets: Iterable[RuleSet], words: frozenset[str]) -> Iterator[tuple[int, str]]:
    for one in sets:
        rules: Sequence[Rule | FilterRule] = one.boxes if one.written is None else one.written
        for rule in rules:
            for condition in rule.conditions:
                parts = condition.split(" ")
                for place, word in enumerate(parts[:-1]):
                    if word in words:
                        yield rule.line, parts[place + 1]


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def day_of(words: Sequence[str]) -> date | None:
    """A day as devices write it: `2024/12/31`, `12/31/2024`, `31 December 2024`, `2024-12-31`; None if it is none."""
    if len(words) > 2 and words[0].isdigit() and words[2].isdigit():
        month = words[1][:3].lower()
        return _date(words[2], str(_MONTHS.index(month) + 1), words[0]) if month in _MONTHS else None
    parts = re.split(r"[/-]", words[0]) if words else []
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    return _date(*parts) if len(parts[0]) == 4 else _date(parts[2], parts[0], parts[1])


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# ---- counters


class Counters(NamedTuple):
    """How an answer that counts rules looks: the line above them, a rule, and the count in it (group 1).

    `silent`: a rule without a count has never matched.
    """

    head: re.Pattern[str]
    rule: re.Pattern[str]
    counted: re.Pattern[str]
    silent: bool = False


def hits(tree: Tree, word: str, counters: Counters) -> dict[int, int] | None:
    """By line how often a rule matched; None if the text has no such answer. `word` is in every count."""
    if word not in tree.text:
        return None
    found: dict[int, int] = {}
    inside = False
    for number, line in enumerate(tree.lines, 1):
        if counters.head.match(line):
            inside = True
            continue
        count = counters.counted.search(line) if counters.rule.match(line) else None
        if count is not None:
            found[number] = int(count[1])
        elif inside and counters.silent and counters.rule.match(line):
            found[number] = 0
        elif line.strip() and not line[0].isspace():
            inside = False
    return found or None


def commands_lines(commands: Iterable[Command]) -> list[int]:
    """The lines of commands and of those inside them."""
    return [line for command in commands for line in (command.line, *(inner.line for inner in command.inside))]
