"""A report as one JSON document: stable English keys, texts in both languages, the same bytes for the same report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from audits.report import scope

if TYPE_CHECKING:
    from pathlib import Path

    from audits.model import Assessed, Evidence, Finding, Fix, HighRisk, ItemResult, Observation, Report
    from configs.model import Fact
    from inventory.text import Message

SCHEMA = "govnet-audit-1"


def document(report: Report) -> dict[str, Any]:
    """The report as plain data. Evidence lines are masked."""
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
        },
        "high_risk": [_high_risk(risk) for risk in report.high_risks],
        "items": [_item(item) for item in report.items],
        "observations": [_observation(entry) for entry in report.observations],
        "devices": [_device(device) for device in report.devices],
        "substitutions": [
            {"device": entry.device, "from": entry.original, "to": entry.actual, "why": entry.why}
            for entry in report.substitutions
        ],
    }


def write(report: Report, path: Path) -> None:
    """Write the report to `path`: UTF-8, two blanks of indentation, a final newline."""
    text = json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


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
            {"line": entry.line, "text": device.shown(entry.line).strip()} for entry in device.facts.not_understood
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
    }


def _evidence(entry: Evidence) -> dict[str, Any]:
    return {
        "fact": entry.fact,
        "value": entry.value,
        "basis": entry.basis.value,
        "severity": entry.severity.value,
        "why": entry.why,
        "lines": [{"line": line.number, "text": line.text} for line in entry.cited],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "fact": fix.fact,
        "commands": list(fix.commands),
        "note": fix.note.as_json() if fix.note.en else None,
    }


def _high_risk(risk: HighRisk) -> dict[str, Any]:
    return {
        "device": risk.device,
        "item": risk.item,
        "case": risk.case,
        "title": risk.title.as_json(),
        "facts": list(risk.facts),
        "lines": list(risk.lines),
        "eased": risk.eased,
        "ask": risk.ask.as_json(),
    }


def _observation(entry: Observation) -> dict[str, Any]:
    return {
        "device": entry.device,
        **_evidence(entry.evidence),
        "fix": _fix(entry.fix) if entry.fix else None,
    }
