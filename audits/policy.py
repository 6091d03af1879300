"""The rule sets of devices: each finding with its lines, and who may reach whom between zones.

`examine` takes a document and gives what `govnet audit policy` shows. The day on which rules have ended is given;
without one that stays unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from audits.reading import recognise
from configs import dialects
from configs.meaning.statements import FilterKind
from configs.rulesets import examine as examination
from configs.rulesets.examine import Examined, leaves_open
from configs.rulesets.matrix import ZoneMatrix, matrix
from configs.tree import decode
from inventory.errors import GovnetError, InputError
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audits.model import Document
    from configs.rulesets.model import RuleSet, RuleSets

# A kind of finding and what it says.
KINDS = {
    "any_any": mark("permits anything"),
    "shadowed": mark("never decides: earlier rules decide otherwise"),
    "repeated": mark("never decides: earlier rules do the same"),
    "redundant": mark("changes nothing: later rules do the same"),
    "mergeable": mark("could be one rule with its neighbour"),
    "disabled": mark("is kept but disabled"),
    "expired": mark("its time is over"),
    "unbound": mark("is bound nowhere"),
    "undefined": mark("names what is not defined"),
    "open_default": mark("lets the rest through"),
    "never_used": mark("has never matched, by the device's counters"),
    "unread": mark("could not be read; what depends on it is unknown"),
    "undecided": mark("cannot be told: too tangled with others, or the device chooses the order"),
}


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """Something about a rule or a list at `line`. `others` are the lines that show it; `detail` is a name or a part."""

    kind: str
    line: int
    others: tuple[int, ...] = ()
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {"kind": self.kind, "line": self.line, "others": list(self.others), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class SetReport:
    """One list or policy. `bound` are the lines that put it in force; None: it is by itself."""

    name: str
    kind: str
    line: int
    rules: int
    default: str
    bound: tuple[int, ...] | None
    findings: tuple[PolicyFinding, ...]

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "name": self.name,
            "kind": self.kind,
            "line": self.line,
            "rules": self.rules,
            "default": self.default,
            "bound": None if self.bound is None else list(self.bound),
            "findings": [one.as_json() for one in self.findings],
        }


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """One device. `findings` are those that belong to no list; `unknown` names kinds that the text cannot tell."""

    path: str
    device: str
    platform: str = ""
    sets: tuple[SetReport, ...] = ()
    findings: tuple[PolicyFinding, ...] = ()
    unknown: tuple[str, ...] = ()
    matrix: ZoneMatrix | None = None
    problem: Message | None = None
    lines: tuple[str, ...] = field(default=(), repr=False)

    def all(self) -> Iterator[PolicyFinding]:
        """Every finding."""
        for one in self.sets:
            yield from one.findings
        yield from self.findings

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        found: dict[str, Any] = {
            "device": self.device,
            "platform": self.platform or None,
            "sets": [one.as_json() for one in self.sets],
            "findings": [one.as_json() for one in self.findings],
            "unknown": list(self.unknown),
            "zone_matrix": None if self.matrix is None else self.matrix.as_json(),
        }
        if self.problem is not None:
            found["problem"] = self.problem.in_language("en")
        return found


def examine(document: Document, day: date | None = None) -> PolicyReport:
    """The rule sets of a device. One that cannot be read is data: it carries its problem."""
    if document.problem is not None:
        return PolicyReport(document.path, document.name, problem=document.problem)
    try:
        text, encoding = decode(document.content, document.path)
        platform = document.platform or recognise(text)
        if not platform:
            why = Message("no dialect recognises this text; name it with --platform")
            return PolicyReport(document.path, document.name, problem=why)
        dialect = dialects.dialect(platform)
        found = dialects.rule_sets(platform, dialect.parse(document.content, (text, encoding)))
    except InputError as error:
        return PolicyReport(document.path, document.name, problem=error.problems[0].message)
    except GovnetError as error:
        return PolicyReport(document.path, document.name, problem=error.message)
    if found is None:
        why = Message("no rule sets are read from the platform “{platform}” yet", platform=platform)
        return PolicyReport(document.path, document.name, platform, problem=why)
    lines = tuple(dialect.mask(text).splitlines())
    examined = [examination.examine(one) for one in found.sets]
    sets = tuple(
        SetReport(
            one.name, one.kind.value, one.line, len({rule.line for rule in one.rules}), one.default, one.bound,
            tuple(sorted(_of_set(one, seen), key=lambda each: (each.line, each.kind))),
        )
        for one, seen in zip(found.sets, examined, strict=True)
    )  # fmt: skip
    return PolicyReport(
        document.path, document.name, platform, sets, tuple(_of_device(found, day)), tuple(_unknown(found, day)),
        matrix(found), lines=lines,
    )  # fmt: skip


def _of_set(one: RuleSet, seen: Examined) -> Iterator[PolicyFinding]:
    never = {each.line for each in seen.never}
    if one.bound != () and one.kind is not FilterKind.NAT_POLICY:
        for rule in one.rules:
            if one.permitting(rule) and rule.line not in never and leaves_open(rule):
                yield PolicyFinding("any_any", rule.line, one.bound or ())
    for each in seen.never:
        yield PolicyFinding("repeated" if each.same else "shadowed", each.line, each.by)
    for each in seen.redundant:
        yield PolicyFinding("redundant", each.line, each.by)
    for merge in seen.merges:
        yield PolicyFinding("mergeable", merge.line, (merge.other,), merge.part)
    for line in one.unclear:
        yield PolicyFinding("unread", line)
    for line in seen.undecided:
        yield PolicyFinding("undecided", line)


def _of_device(found: RuleSets, day: date | None) -> Iterator[PolicyFinding]:
    for line in found.disabled:
        yield PolicyFinding("disabled", line)
    for ending in found.endings:
        if day is not None and ending.last is not None and ending.last < day:
            yield PolicyFinding("expired", ending.line, (ending.said,), ending.last.isoformat())
    for line in found.unbound or ():
        yield PolicyFinding("unbound", line)
    for missing in found.missing or ():
        yield PolicyFinding("undefined", missing.line, (), f"{missing.kind} {missing.name}")
    for line in found.open_defaults or ():
        yield PolicyFinding("open_default", line)
    for line, count in (found.hits or {}).items():
        if not count:
            yield PolicyFinding("never_used", line)


def _unknown(found: RuleSets, day: date | None) -> Iterator[str]:
    """The kinds that this text, or what was given with it, cannot tell."""
    if (found.endings and day is None) or found.untold_ends:
        yield "expired"
    for kind, value in (("unbound", found.unbound), ("undefined", found.missing), ("open_default", found.open_defaults),
                        ("never_used", found.hits)):  # fmt: skip
        if value is None:
            yield kind
