"""A report as one JSON document: stable English keys, texts in both languages, the same bytes for the same report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from audits.masked import without_answer
from audits.report import scope
from inventory.collecting import uncollected
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from audits.model import (
        Area,
        Assessed,
        Attestation,
        Evidence,
        Finding,
        Fix,
        HighRisk,
        ItemResult,
        Observation,
        Report,
        Score,
        Threshold,
        Waiver,
    )
    from audits.report.files import Settings
    from configs.model import Fact

SCHEMA = "govnet-audit-1"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data. Evidence lines are masked."""
    with uncollected():  # it is a great many small objects, and they stay
        return _document(report)


def _document(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "self_assessment": True,
        "title": report.title,
        "generated": report.generated,
        "level": report.level,
        "pack": {
            "name": report.pack.name,
            "title": report.pack.title.as_json(),
            "standard": report.pack.standard,
            "source": report.pack.source.as_json(),
            "verified": report.pack.verified,
        },
        "scope": _scope(report),
        "counts": {
            "devices": len(report.devices),
            "devices_unread": sum(1 for device in report.devices if device.problem is not None),
            "items": report.item_counts(),
            "findings": report.finding_counts(),
            "high_risk": len(report.high_risks),
            "waived": report.waived,
        },
        "score": _score(report.score),
        "areas": [_area(area) for area in report.areas],
        "high_risk": [_high_risk(risk) for risk in report.high_risks],
        "items": [_item(item) for item in report.items],
        "observations": [_observation(entry) for entry in report.observations],
        "devices": [_device(device) for device in report.devices],
        "substitutions": [
            {"device": entry.device, "from": entry.original, "to": entry.actual, "why": entry.why}
            for entry in report.substitutions
        ],
        "waivers": [waiver(entry) for entry in report.waivers],
        "attestations": [attestation(entry) for entry in report.attestations],
        "thresholds": [_threshold(entry) for entry in report.thresholds],
    }


def data(report: Report, settings: Settings | None = None) -> bytes:  # noqa: ARG001 - every form has this signature
    """The report as the bytes of a file: UTF-8, a finding and a device a line, small and still readable."""
    parts = []
    for key, value in document(report).items():
        if key == "items":
            written = _listed(map(_with_findings, value))
        else:
            written = _listed(map(orjson.dumps, value)) if isinstance(value, list) else orjson.dumps(value)
        parts.append(b'"%b":%b' % (key.encode(), written))
    return b"{" + b",\n".join(parts) + b"}\n"


def _with_findings(item: dict[str, Any]) -> bytes:
    head = orjson.dumps({key: value for key, value in item.items() if key != "findings"})
    return b'%b,"findings":%b}' % (head[:-1], _listed(map(orjson.dumps, item["findings"])))


def _listed(rows: Iterable[bytes]) -> bytes:
    shown = b",\n".join(rows)
    return b"[\n%b]" % shown if shown else b"[]"


def write(report: Report, path: Path) -> None:
    """Write the report to `path`."""
    path.write_bytes(data(report))


def fact(entry: Fact) -> dict[str, Any]:
    """A fact as `govnet audit facts` prints it."""
    return {
        "value": entry.value,
        "basis": entry.basis.value,
        "lines": list(entry.lines),
        "why": entry.why,
    }


def device_facts(device: Assessed) -> dict[str, Any]:
    """Everything that was read from one file, as `govnet audit facts` prints it. `platform` is null if unknown."""
    result: dict[str, Any] = {
        "platform": device.facts.platform or None,
        "encoding": device.facts.encoding or None,
        "facts": {name: fact(entry) for name, entry in device.facts.facts.items()},
        "not_understood": [
            {"line": entry.line, "text": without_answer(device.shown(entry.line).strip())}
            for entry in device.facts.not_understood
        ],
    }
    if device.faults:
        result["problems"] = [fault.as_json() for fault in device.faults]
    return result


def _scope(report: Report) -> dict[str, Any]:
    """What the numbers are about. `lab` is null for a real network and for files."""
    return {
        "workspace": report.scope.workspace,
        "judged": [device.name for device in report.judged],
        "not_judged": [{"device": entry.device, "why": _both(entry.why)} for entry in report.not_judged],
        "lab": report.scope.lab or None,
        "text": [_both(sentence) for sentence in scope.sentences(report)],
    }


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}


def _device(device: Assessed) -> dict[str, Any]:
    return {"name": device.name, "path": device.document.path, **device_facts(device)}


def _item(item: ItemResult) -> dict[str, Any]:
    return {
        "id": item.item,
        "category": item.category.as_json(),
        "point": item.point.as_json(),
        "text": item.text.as_json(),
        "kind": item.kind,
        "scope": item.scope,
        "verdict": item.verdict.value,
        "counts": item.counts(),
        "waived": item.waived,
        "thresholds": list(item.thresholds),
        "findings": [_finding(finding) for finding in item.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "device": finding.device or None,
        "item": finding.item,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value if finding.severity else None,
        "why": _both(finding.why),
        "collect": finding.collect.as_json() if finding.collect.en else None,
        "evidence": [_evidence(entry) for entry in finding.evidence],
        "fix": [_fix(fix) for fix in finding.fixes],
        "waiver": finding.waiver.name if finding.waiver else None,
        "attestation": attestation(finding.attestation) if finding.attestation else None,
        "note": finding.note.as_json() if finding.note.en else None,
    }


def _evidence(entry: Evidence) -> dict[str, Any]:
    """`source` is null for the device's configuration; `why` is English, as everywhere in what machines read."""
    return {
        "fact": entry.fact,
        "value": entry.value,
        "basis": entry.basis.value,
        "severity": entry.severity.value,
        "why": entry.why.in_language("en") if isinstance(entry.why, Message) else entry.why,
        "lines": [{"line": line.number, "text": line.text} for line in entry.cited],
        "source": entry.source.value if entry.source else None,
        "records": list(entry.records),
        "at": entry.at or None,
        "waiver": entry.waiver or None,
    }


def _score(score: Score | None) -> dict[str, Any] | None:
    """A self-assessment by the unit's own profile; `rate` is null if nothing is decided."""
    if score is None:
        return None
    return {
        "self_assessment": True,
        "rate": score.rate,
        "points": score.points,
        "conclusion": score.conclusion.as_json(),
        "profile": score.profile.as_json(),
        "decided": score.decided,
        "applicable": score.applicable,
    }


def _area(area: Area) -> dict[str, Any]:
    return {"category": area.category.as_json(), "counts": area.counts, "score": _score(area.score)}


def waiver(entry: Waiver) -> dict[str, Any]:
    """A waiver; `state` is active, not_yet or expired."""
    return {
        "name": entry.name,
        "state": entry.state,
        "item": entry.item or None,
        "fact": entry.fact or None,
        "devices": list(entry.devices),
        "reason": entry.reason,
        "approver": entry.approver,
        "on": entry.on,
        "until": entry.until,
    }


def attestation(entry: Attestation) -> dict[str, Any]:
    """What a person stated. `sha256` is that of the file as it is now."""
    return {
        "item": entry.item,
        "state": entry.state,
        "verdict": entry.verdict.value,
        "statement": entry.statement,
        "by": entry.by,
        "on": entry.on,
        "until": entry.until or None,
        "devices": list(entry.devices),
        "file": entry.file or None,
        "sha256": entry.sha256 or None,
    }


def _threshold(entry: Threshold) -> dict[str, Any]:
    return {
        "name": entry.name,
        "value": entry.value,
        "unit": entry.unit or None,
        "title": entry.title.as_json(),
        "source": entry.source.as_json(),
        "fixed": entry.fixed,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "fact": fix.fact,
        "commands": list(fix.commands),
        "note": fix.note.as_json() if fix.note.en else None,
    }


def _high_risk(risk: HighRisk) -> dict[str, Any]:
    """`device` is null for the system. `final` is the risk that remains; `through` the case that keeps it high."""
    return {
        "device": risk.device or None,
        "item": risk.item,
        "case": risk.case,
        "title": risk.title.as_json(),
        "facts": list(risk.facts),
        "lines": list(risk.lines),
        "eased": risk.eased,
        "eased_by": list(risk.eased_by),
        "attestation": attestation(risk.attestation) if risk.attestation else None,
        "through": risk.through or None,
        "final": risk.final.value,
        "ask": risk.ask.as_json(),
    }


def _observation(entry: Observation) -> dict[str, Any]:
    return {
        "device": entry.device,
        **_evidence(entry.evidence),
        "fix": _fix(entry.fix) if entry.fix else None,
    }
