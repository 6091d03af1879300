"""Facts × rules → verdicts. Pure: the same documents and rules give the same report.

What is unknown never counts as met. An item whose facts are all known and sound is met only if the configuration can
decide it; where it only gives evidence, a person confirms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import (
    Evidence,
    EvidenceLine,
    Finding,
    Fix,
    HighRisk,
    ItemResult,
    Observation,
    PackInfo,
    Report,
    Scope,
    Verdict,
    Words,
)
from audits.pack import Kind
from audits.reading import assess
from configs.remedies import remedies
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from audits.model import Assessed, Document, Substitution
    from audits.pack import Category, Check, HighRiskCase, Item, Pack
    from configs.model import Fact

_CONTEXT = 2  # lines shown before and after a cited one

_WEAK = Message(mark("the configuration shows a weakness"))
_SOUND = Message(mark("the configuration shows that it is met"))
_FAVOURABLE = Message(mark("the configuration speaks for it; a person confirms the rest"))
_UNKNOWN = Message(mark("the configuration does not tell everything that the item asks for"))
_PERSON = Message(mark("no configuration can tell; a person collects the evidence"))
_MEASURE = Message(mark("measurements over time decide; none were given"))
_NOT_HERE = Message(mark("the item does not apply to network and security devices"))
_UNREAD = Message(mark("the configuration could not be read"))


def run(
    documents: Iterable[Document],
    pack: Pack,
    level: int,
    *,
    title: str = "",
    generated: str = "",
    substitutions: Iterable[Substitution] = (),
    scope: Scope | None = None,
    day: date | None = None,
) -> Report:
    """Judge every document by every item of `level` (2 or 3).

    `generated` is printed as it is; `day` says which rules' time is over, and nothing else in a report depends on time.
    Devices are sorted by name.
    """
    devices = tuple(sorted((assess(document, day) for document in documents), key=lambda device: device.name))
    items = []
    risks = []
    for category, item in pack.items(level):
        findings = _findings(devices, item, level)
        items.append(_roll_up(category, item, level, findings))
        risks += [
            risk
            for case in item.high_risk
            if level in case.levels
            for device in devices
            if (risk := _high_risk(device, item, level, case)) is not None
        ]
    return Report(
        pack=PackInfo(pack.name, pack.title.words(), pack.standard, pack.source.words(), pack.verified),
        level=level,
        devices=devices,
        items=tuple(items),
        high_risks=tuple(risks),
        observations=tuple(_observations(devices, pack)),
        title=title,
        generated=generated,
        substitutions=tuple(substitutions),
        scope=scope or Scope(),
    )


def judge(item: Item, values: Mapping[str, bool | None]) -> Verdict:
    """The verdict on one device from the values of its facts; a fact that is not there is unknown."""
    if item.not_applicable is not None:
        return Verdict.NOT_APPLICABLE
    if not item.checks:
        return Verdict.MANUAL
    found = [values.get(check.fact) for check in item.checks]
    if True in found:
        decisive = any(values.get(check.fact) for check in item.checks if check.decisive)
        # Partly met needs something that is shown to be met: the unknown does not help.
        return Verdict.PARTIAL if False in found and not decisive else Verdict.FAIL
    if None in found or item.kind is not Kind.CONFIG:
        return Verdict.MANUAL
    return Verdict.PASS


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """One item over all devices: all met → met; some met and some not → partly met; the unknown keeps it open."""
    seen = set(verdicts) - {Verdict.NOT_APPLICABLE}
    if not seen:
        return Verdict.NOT_APPLICABLE
    if Verdict.PARTIAL in seen or {Verdict.FAIL, Verdict.PASS} <= seen:
        return Verdict.PARTIAL
    if Verdict.FAIL in seen:
        return Verdict.FAIL
    return Verdict.MANUAL if Verdict.MANUAL in seen else Verdict.PASS


def _findings(devices: tuple[Assessed, ...], item: Item, level: int) -> tuple[Finding, ...]:
    collect = item.collect.words() if item.collect else Words()
    if item.not_applicable is not None:
        return (Finding("", item.id_at(level), Verdict.NOT_APPLICABLE, _NOT_HERE, collect=item.not_applicable.words()),)
    if item.scope == "system" or not item.checks:
        why = _MEASURE if item.kind is Kind.SERIES else _PERSON
        return (Finding("", item.id_at(level), Verdict.MANUAL, why, collect=collect),)
    return tuple(_finding(device, item, level, collect) for device in devices)


def _finding(device: Assessed, item: Item, level: int, collect: Words) -> Finding:
    if device.problem is not None:
        return Finding(device.name, item.id_at(level), Verdict.MANUAL, _UNREAD, collect=collect)
    values = {name: fact.value for name, fact in device.facts.facts.items()}
    verdict = judge(item, values)
    evidence = tuple(_evidence(device, check) for check in item.checks)
    fixes = tuple(fix for entry in evidence if entry.value and (fix := _fix(device, entry.fact)) is not None)
    if verdict in (Verdict.FAIL, Verdict.PARTIAL):
        why = _WEAK
    elif verdict is Verdict.PASS:
        why = _SOUND
    else:
        why = _UNKNOWN if any(entry.value is None for entry in evidence) else _FAVOURABLE
    return Finding(device.name, item.id_at(level), verdict, why, evidence, fixes, collect)


def _evidence(device: Assessed, check: Check) -> Evidence:
    fact: Fact = device.facts.facts[check.fact]
    return Evidence(fact.name, fact.value, fact.basis, check.severity, fact.why, _in_context(device, fact.lines))


def _in_context(device: Assessed, numbers: tuple[int, ...]) -> tuple[EvidenceLine, ...]:
    """The cited lines and those around them; several items cite the same."""
    found = device.contexts.get(numbers)
    if found is None:
        masked = device.masked
        cited, last = set(numbers), len(masked)
        shown = {near for number in cited for near in range(number - _CONTEXT, number + _CONTEXT + 1)}
        found = tuple(
            EvidenceLine(number, masked[number - 1], number in cited) for number in sorted(shown) if 1 <= number <= last
        )
        device.contexts[numbers] = found
    return found


def _fix(device: Assessed, fact: str) -> Fix | None:
    remedy = remedies(device.facts.platform).get(fact)
    if remedy is None:
        return None
    return Fix(fact, remedy.commands, Words(remedy.note.en, remedy.note.zh))


def _roll_up(category: Category, item: Item, level: int, findings: tuple[Finding, ...]) -> ItemResult:
    verdict = roll_up(finding.verdict for finding in findings) if findings else Verdict.MANUAL
    return ItemResult(
        item.id_at(level),
        category.title.words(),
        item.point.words(),
        item.text.words(),
        item.kind.value,
        item.scope,
        verdict,
        findings,
    )


def _high_risk(device: Assessed, item: Item, level: int, case: HighRiskCase) -> HighRisk | None:
    facts = device.facts.facts
    raised = tuple(name for name in case.facts if facts[name].value)
    if not raised:
        return None
    eased = bool(case.eased_by) and all(facts[name].value is False for name in case.eased_by)
    lines = tuple(sorted({line for name in raised for line in facts[name].lines}))
    return HighRisk(
        device.name, item.id_at(level), case.case, case.title.words(), raised, lines, eased, case.ask.words()
    )


def _observations(devices: tuple[Assessed, ...], pack: Pack) -> Iterable[Observation]:
    for device in devices:
        for check in pack.observations:
            if device.facts.facts[check.fact].value:
                yield Observation(device.name, _evidence(device, check), _fix(device, check.fact))
