"""Facts × rules → verdicts. Pure: the same documents, rules and statements give the same report.

What is unknown never counts as met. An item whose facts are all known and sound is met only if they can decide it;
where they only give evidence, a person confirms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audits import risks, score
from audits.findings import Statements, findings
from audits.model import ItemResult, Observation, PackInfo, Report, Scope, Verdict, roll_up
from audits.profile import shipped
from audits.reading import assess
from audits.subjects import gather

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from audits.model import Attestation, Document, Finding, Observed, Substitution, Waiver
    from audits.pack import Category, Item, Pack
    from audits.profile import Profile
    from audits.subjects import Everything


def run(
    documents: Iterable[Document],
    pack: Pack,
    level: int,
    *,
    title: str = "",
    generated: str = "",
    substitutions: Iterable[Substitution] = (),
    scope: Scope | None = None,
    observed: Iterable[Observed] = (),
    attestations: Iterable[Attestation] = (),
    waivers: Iterable[Waiver] = (),
    profile: Profile | None = None,
    day: date | None = None,
) -> Report:
    """Judge every document by every item of `level` (2 or 3).

    `observed` is what others say about devices and the system: measurements, the archive, probes. `generated` is
    printed as it is; `day` says which rules' time is over, and nothing else in a report depends on time. Devices
    are sorted by name.
    """
    profile = profile or shipped()
    everything = gather(
        sorted((assess(document, day) for document in documents), key=lambda device: device.name), observed
    )
    statements = Statements(tuple(attestations), tuple(waivers))
    items = tuple(
        _result(category, item, level, findings(everything, item, level, statements))
        for category, item in pack.items(level)
    )
    cases = risks.with_ways(
        risk for _, item in pack.items(level) for risk in risks.risks(everything, item, level, statements)
    )
    return Report(
        pack=PackInfo(pack.name, pack.title.words(), pack.standard, pack.source.words(), pack.verified),
        level=level,
        devices=tuple(subject.device for subject in everything.devices if subject.device is not None),
        items=items,
        high_risks=cases,
        observations=tuple(_observations(everything, pack, statements)),
        title=title,
        generated=generated,
        substitutions=tuple(substitutions),
        scope=scope or Scope(),
        areas=score.areas(items, profile),
        score=score.score(items, cases, profile),
        waivers=statements.waivers,
        attestations=statements.attestations,
        thresholds=profile.limits(),
    )


<<<<<<< HEAD
def _result(category: Category, item: Item, level: int, found: tuple[Finding, ...]) -> ItemResult:
=======
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
>>>>>>> a1
    return ItemResult(
        item.id_at(level),
        category.title.words(),
        item.point.words(),
        item.text.words(),
        item.kind.value,
        item.scope,
        roll_up(finding.verdict for finding in found) if found else Verdict.MANUAL,
        found,
        item.weight,
        item.thresholds,
    )


def _observations(everything: Everything, pack: Pack, statements: Statements) -> Iterable[Observation]:
    for subject in everything.devices:
        for check in pack.observations:
            evidence = subject.evidence(check)
            if evidence.value:
                waiver = statements.waiver((), subject.name, check.fact)
                waived = replace(evidence, waiver=waiver.name) if waiver is not None else evidence
                yield Observation(subject.name, waived, subject.fix(check.fact))
