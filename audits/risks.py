"""The cases of the guide for high-risk judgement (高风险判定指引): raised by facts, eased by facts or proofs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audits.model import HighRisk, Verdict
from audits.pack import matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audits.findings import Statements
    from audits.pack import HighRiskCase, Item
    from audits.subjects import Everything, Subject


def risks(everything: Everything, item: Item, level: int, statements: Statements) -> list[HighRisk]:
    """The cases that an item raises, on each device and on the system."""
    result = []
    for case in item.high_risk:
        if level not in case.levels:
            continue
        for subject in (everything.system(item), *everything.devices):
            risk = _risk(subject, item, level, case, statements)
            if risk is not None:
                result.append(risk)
    return result


def with_ways(risks: Iterable[HighRisk]) -> tuple[HighRisk, ...]:
    """Say of every eased case by which other one its weakness stays a high risk on the same device."""
    risks = tuple(risks)
    high: dict[tuple[str, str], str] = {}
    for risk in risks:
        if not risk.eased:
            for fact in risk.facts:
                high.setdefault((risk.device, fact), risk.case)
    return tuple(
        replace(risk, through=next((high[risk.device, fact] for fact in risk.facts if (risk.device, fact) in high), ""))
        if risk.eased
        else risk
        for risk in risks
    )


def _risk(subject: Subject, item: Item, level: int, case: HighRiskCase, statements: Statements) -> HighRisk | None:
    device = subject.device
    if device is None:
        asked = set() if case.roles else {check.fact for check in item.checks if check.source is not None}
        raised = tuple(name for name in case.facts if name in asked and subject.value(name))
    elif (case.roles and not matches(case.roles, device.document.role)) or (
        item.applies is not None and not item.applies.to(device.facts.platform, device.document.role)
    ):
        return None
    else:
        own = {check.fact for check in item.checks_of("system")}
        raised = tuple(name for name in case.facts if name not in own and subject.value(name))
    if not raised or any(subject.value(name) is False for name in case.unless):
        return None
    eased_by = case.eased_by if case.eased_by and all(subject.value(name) is False for name in case.eased_by) else ()
    proof = statements.attestation((case.case,), subject.name) if case.mitigable else None
    proven = proof is not None and proof.state == "valid" and proof.verdict is Verdict.PASS
    return HighRisk(
        subject.name,
        item.id_at(level),
        case.case,
        case.title.words(),
        raised,
        tuple(sorted({line for name in raised for line in subject.lines(name)})),
        bool(eased_by) or proven,
        case.ask.words(),
        eased_by,
        proof,
    )
