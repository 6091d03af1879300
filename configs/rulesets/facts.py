"""What the examined rule sets mean for facts: rules that never decide, could go, have ended, are bound to nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.model import Basis, Ending, Fact
from configs.rulesets.examine import examine
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from configs.model import Facts
    from configs.reading import Command, Sheet
    from configs.rulesets.examine import Examined
    from configs.rulesets.model import RuleSets

EXPIRED: Final = "acl_expired"


def put(sheet: Sheet, found: RuleSets, repeated: Iterable[Command] = ()) -> None:
    """The facts about rule sets; `acl_shadowed_or_redundant` among them, where `repeated` has more of its kind."""
    examined = [examine(one) for one in found.sets]
    _examined(sheet, found, examined, [command.line for command in repeated])
    _ending(sheet, found)
    _bound(sheet, found)
    _named(sheet, found)
    _default(sheet, found)
    _used(sheet, found)


def none(sheet: Sheet, why: str) -> None:
    """All of them where the language has no filters that are read."""
    for name in ("acl_shadowed_or_redundant", "acl_redundant", "acl_mergeable", EXPIRED, "acl_unbound",
                 "acl_undefined_object", "zone_no_default_deny", "acl_never_used"):  # fmt: skip
        sheet.unknown(name, why)


def _examined(sheet: Sheet, found: RuleSets, examined: Sequence[Examined], repeated: Sequence[int]) -> None:
    doubtful = any(one.undecided for one in examined) or any(
        one.unclear and one.size + len(one.unclear) > 1 for one in found.sets
    )
    rows = (
        (
            "acl_shadowed_or_redundant",
            [*repeated, *(line for one in examined for rule in one.never for line in (*rule.by, rule.line))],
            mark("the later rule never decides anything, what stands before it takes all its packets"),
            mark("no rule is covered by those before it"),
        ),
        (
            "acl_redundant",
            [line for one in examined for rule in one.redundant for line in (rule.line, *rule.by)],
            mark("the earlier rule changes nothing, what follows it decides the same"),
            mark("every rule changes something"),
        ),
        (
            "acl_mergeable",
            [line for one in examined for merge in one.merges for line in (merge.line, merge.other)],
            mark("these neighbours differ in one part and could be one rule"),
            mark("no two neighbours could be one rule"),
        ),
    )
    for name, lines, why, sound in rows:
        if lines:
            sheet.line(name, True, lines, why)
        elif doubtful:
            sheet.unknown(name, mark("a rule of the set could not be read, so the set is not known as a whole"))
        else:
            sheet.absent(name, False, sound)


def _ending(sheet: Sheet, found: RuleSets) -> None:
    sheet.endings = (*found.endings, *(Ending(line, line, None) for line in found.untold_ends))
    if found.endings:
        sheet.unknown(EXPIRED, mark("rules end on a day that is written; the day of the audit was not given"))
    elif sheet.endings:
        sheet.unknown(EXPIRED, mark("the time range of a rule is not in this text, or could not be read"))
    else:
        sheet.absent(EXPIRED, False, mark("no rule has an end"))


def on(facts: Facts, day: date | None) -> Facts:
    """The facts as they are on a day; without one, those that depend on it stay unknown."""
    known = facts.facts.get(EXPIRED)
    if day is None or known is None or not facts.endings:
        return facts
    over = [line for one in facts.endings if one.last and one.last < day for line in (one.line, one.said)]
    if over:
        why = mark("the rule's time is over")
        fact = Fact(EXPIRED, True, Basis.LINE, tuple(sorted(set(over))), why)
    elif not all(one.last for one in facts.endings):
        return facts
    else:
        lines = tuple(sorted({one.said for one in facts.endings}))
        fact = Fact(EXPIRED, False, Basis.LINE, lines, mark("no rule's time is over"))
    return replace(facts, facts={**facts.facts, EXPIRED: fact})


def _bound(sheet: Sheet, found: RuleSets) -> None:
    name = "acl_unbound"
    if found.unbound is None:
        sheet.unknown(name, mark("this text does not show where its lists could be bound"))
    elif found.unbound:
        sheet.line(name, True, found.unbound, mark("no line puts this list in force"))
    else:
        sheet.absent(name, False, mark("every list is named by another line"))


def _named(sheet: Sheet, found: RuleSets) -> None:
    name = "acl_undefined_object"
    if found.missing is None:
        sheet.unknown(name, mark("this text does not show the objects that its rules name"))
    elif found.missing:
        lines = [one.line for one in found.missing]
        sheet.line(name, True, lines, mark("the line names an object, a service, a zone or a time that is not defined"))
    else:
        sheet.absent(name, False, mark("everything that a rule names is defined"))


def _default(sheet: Sheet, found: RuleSets) -> None:
    name = "zone_no_default_deny"
    if found.open_defaults is None:
        sheet.unknown(name, mark("this text has no policy between zones, or does not tell its default"))
    elif found.open_defaults:
        sheet.line(name, True, found.open_defaults, mark("what no rule takes is let through between zones"))
    elif found.closed_defaults:
        sheet.line(name, False, found.closed_defaults, mark("what no rule takes is denied between zones"))
    else:
        sheet.default(name, False, mark("what no rule takes is denied by default"))


def _used(sheet: Sheet, found: RuleSets) -> None:
    name = "acl_never_used"
    if found.hits is None:
        sheet.unknown(name, mark("this text has no counters of its rules"))
        return
    idle = [line for line, count in found.hits.items() if not count]
    if idle:
        sheet.line(name, True, idle, mark("the counter says that the rule has never matched"))
    elif len(found.hits) < sum(one.size for one in found.sets):
        sheet.unknown(name, mark("not every rule of this text is counted"))
    else:
        sheet.line(name, False, found.hits, mark("every rule that is counted has matched"))
