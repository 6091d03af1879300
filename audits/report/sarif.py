"""A report as SARIF 2.1.0 (OASIS Standard, 27 March 2020), for programs that collect results of many tools.

Each finding is one result. Its `kind` (clause 3.27.9) says what SARIF can say of a verdict: `fail`, `pass`,
`notApplicable`, and `review` for what a person confirms; `properties.verdict` says exactly which. A waiver is a
suppression (3.35). Line numbers are those of the file as it was read; snippets are masked.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from audits.model import Severity, Verdict
from audits.report import scope, wording

if TYPE_CHECKING:
    from audits.model import Assessed, Evidence, Finding, ItemResult, Report
    from audits.report.files import Settings
    from inventory.text import Message

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
FINGERPRINT = "govnetFinding/v1"
_KINDS = {
    Verdict.FAIL: "fail",
    Verdict.PARTIAL: "fail",
    Verdict.MANUAL: "review",
    Verdict.PASS: "pass",
    Verdict.NOT_APPLICABLE: "notApplicable",
}
_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}


def data(report: Report, settings: Settings) -> bytes:
    """The report as the bytes of a file: UTF-8, one result a line."""
    made = document(report, settings.language)
    run = made["runs"][0]
    results = run.pop("results")
    head = json.dumps(made, ensure_ascii=False, indent=1)
    # The results are most of the file: each stands in a line of its own.
    rows = b",\n".join(map(orjson.dumps, results)).decode()
    mark = '"columnKind":'
    assert head.count(mark) == 1  # noqa: S101 - a key of our own document
    return (head.replace(mark, f'"results": [\n{rows}\n   ],\n   {mark}') + "\n").encode()


def document(report: Report, language: str) -> dict[str, Any]:
    """The report as a SARIF log (clause 3.13) with one run (3.14)."""
    from importlib.metadata import version  # noqa: PLC0415 - start-up time

    says = wording.Wording(language)
    places = {device.name: number for number, device in enumerate(report.devices)}
    paths = {device.name: quote(device.document.path) for device in report.devices}
    results = [
        _result(says, report, finding, number, places, paths)
        for number, item in enumerate(report.items)
        for finding in item.findings
    ]
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "govnet",
                        "version": version("govnet"),
                        "language": says.language.replace("_", "-"),
                        "shortDescription": {"text": says.tr(wording.HEADING)},
                        "fullDescription": {"text": says.tr(wording.NOTICE)},
                        "rules": [_rule(says, item) for item in report.items],
                        "properties": {"pack": report.pack.name, "verified": report.pack.verified},
                    }
                },
                "language": says.language.replace("_", "-"),
                "invocations": [_invocation(says, report)],
                "artifacts": [_artifact(device, paths[device.name]) for device in report.devices],
                "results": results,
                "columnKind": "unicodeCodePoints",
                "properties": {
                    "selfAssessment": True,
                    "title": report.title,
                    "generated": report.generated,
                    "standard": report.pack.standard,
                    "level": report.level,
                },
            }
        ],
    }


def fingerprint(finding: Finding) -> str:
    """What stays the same when lines move: the device and the item (clauses 3.27.17 and B.2.1)."""
    return hashlib.sha256(f"{finding.device}\n{finding.item}".encode()).hexdigest()


def _rule(says: wording.Wording, item: ItemResult) -> dict[str, Any]:
    """A reporting descriptor (clause 3.49); the identifier is the item's number."""
    return {
        "id": item.item,
        "name": says.words(item.point),
        "shortDescription": {"text": says.words(item.text)},
        "properties": {"category": says.words(item.category), "kind": item.kind, "scope": item.scope},
    }


def _artifact(device: Assessed, path: str) -> dict[str, Any]:
    """A configuration that was read (clause 3.24), with the checksum of its bytes (3.24.11)."""
    made: dict[str, Any] = {"location": {"uri": path}, "description": {"text": device.name}}
    if not device.document.absent:
        made["length"] = len(device.document.content)
        made["hashes"] = {"sha-256": hashlib.sha256(device.document.content).hexdigest()}
    if device.facts.encoding:
        made["encoding"] = device.facts.encoding
    return made


def _invocation(says: wording.Wording, report: Report) -> dict[str, Any]:
    """What the run was about (clause 3.20); what was not judged is a notification (3.58)."""

    def said(message: Message, level: str) -> dict[str, Any]:
        return {"message": {"text": says.message(message)}, "level": level}

    notes = [said(sentence, "note") for sentence in scope.sentences(report)]
    unread = [
        {
            **said(entry.why, "warning"),
            "locations": [{"logicalLocations": [{"name": entry.device, "kind": "resource"}]}],
        }
        for entry in report.not_judged
    ]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes + unread}


def _result(
    says: wording.Wording,
    report: Report,
    finding: Finding,
    number: int,
    places: dict[str, int],
    paths: dict[str, str],
) -> dict[str, Any]:
    kind = _KINDS[finding.verdict]
    severity = finding.severity or Severity.MEDIUM
    text = f"{says.device(finding.device)}{says.colon}{says.verdict(finding.verdict)}{says.colon}{says.record(finding)}"
    properties: dict[str, Any] = {"device": finding.device or None, "verdict": finding.verdict.value}
    properties["facts"] = {entry.fact: entry.value for entry in finding.evidence}
    records = [record for entry in finding.evidence for record in entry.records]
    if records:
        properties["records"] = records
    made: dict[str, Any] = {
        "ruleId": finding.item,
        "ruleIndex": number,
        "kind": kind,
        # Clause 3.27.10: a level other than "none" is for failures only.
        "level": _LEVELS[severity] if kind == "fail" else "none",
        "message": {"text": text},
        "locations": _locations(says, report, finding, places, paths),
        "partialFingerprints": {FINGERPRINT: fingerprint(finding)},
        "properties": properties,
    }
    if finding.waiver is not None:
        # Clause 3.35.2: "external", since the decision stands in a file of the workspace and not in the configuration.
        made["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": finding.waiver.reason,
                "properties": {
                    "name": finding.waiver.name,
                    "approver": finding.waiver.approver,
                    "until": finding.waiver.until,
                },
            }
        ]
    return made


def _locations(
    says: wording.Wording, report: Report, finding: Finding, places: dict[str, int], paths: dict[str, str]
) -> list[dict[str, Any]]:
    """The lines that prove a weakness; without one the file as a whole; for the system a name only."""
    if finding.device not in places:
        return [{"logicalLocations": [{"name": says.device(finding.device), "kind": "resource"}]}]
    index = places[finding.device]
    artifact = {"uri": paths[finding.device], "index": index}
    weak = [entry for entry in finding.evidence if entry.value] or list(finding.evidence)
    shown = _lines(weak)
    # Clause 3.29.2: a region belongs to a file that is there.
    if not shown or report.devices[index].document.absent:
        return [{"physicalLocation": {"artifactLocation": artifact}}]
    return [
        {
            "physicalLocation": {
                "artifactLocation": artifact,
                "region": {"startLine": number, "snippet": {"text": text}},
            }
        }
        for number, text in shown.items()
    ]


def _lines(evidence: list[Evidence]) -> dict[int, str]:
    return dict(sorted({line.number: line.text for entry in evidence for line in entry.cited}.items()))
