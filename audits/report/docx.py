"""A report as a document to hand in: our template or the unit's own, filled in by docxtpl.

The template is Jinja inside a Word file; what it may name is listed in docs/audit-reports.md. A foreign template runs
in Jinja's sandbox, and a name that does not exist is an error with its name, never an empty space.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from audits.model import Severity, Verdict
from audits.report import docx_template, grouping, scope, wording
from inventory.errors import InputError, Problem
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from audits.model import Attestation, Finding, ItemResult, Report, Waiver, Words
    from audits.report.files import Settings
    from audits.report.grouping import Case, Group, Weakness
    from audits.report.wording import Wording

_NAMES = 10  # devices named in a cell
_LINES = 4  # lines of evidence in a cell
_ADVICE = 3  # pieces of advice in a cell
# What XML 1.0 (section 2.2) cannot hold, and what docxtpl takes for page and paragraph breaks.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_MADE = (1980, 1, 1, 0, 0, 0)  # a ZIP file says when its parts were made; ours says always the same


def data(report: Report, settings: Settings) -> bytes:
    """The document's bytes; equal reports give equal bytes. InputError if the template cannot be filled in."""
    says = wording.Wording(settings.language)
    values = _printable(context(report, says))
    if settings.template is None:
        return _filled(io.BytesIO(docx_template.build(says)), values)
    try:
        return _filled(io.BytesIO(settings.template.read_bytes()), values)
    except OSError as error:
        raise _refused(settings.template, error.strerror or str(error)) from None
    except Exception as error:  # a template of somebody else's can go wrong in any way that Word files and Jinja know
        if isinstance(error, MemoryError):
            raise
        raise _refused(settings.template, f"{type(error).__name__}: {error}") from error


def _filled(template: io.BytesIO, values: Mapping[str, Any]) -> bytes:
    from docxtpl.template import DocxTemplate  # noqa: PLC0415 - start-up time
    from jinja2 import StrictUndefined  # noqa: PLC0415 - as above
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - as above

    document = DocxTemplate(template)
    document.render(dict(values), SandboxedEnvironment(autoescape=True, undefined=StrictUndefined))
    stream = io.BytesIO()
    document.save(stream)
    return _same_bytes(stream)


def _same_bytes(stream: io.BytesIO) -> bytes:
    """The same ZIP file without the time of day."""
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _MADE), source.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _refused(path: Path, reason: str) -> InputError:
    return InputError(
        [
            Problem(
                code="bad-template",
                message=Message("this template cannot be filled in: {reason}", reason=reason),
                hint=Message("write ours with `govnet audit template FILE` and change that one"),
                file=str(path),
                column="--template",
            )
        ]
    )


def context(report: Report, says: Wording) -> dict[str, Any]:
    """Everything that a template may name: plain texts, numbers and lists."""
    weak = grouping.weaknesses_by_device(report)
    chapters = [_chapter(says, report, words, items) for words, items in grouping.chapters(report)]
    rows = [row for chapter in chapters for row in chapter["rows"]]
    return {
        "title": report.title or says.tr(wording.HEADING),
        "standard": report.pack.standard,
        "level": says.level(report.level),
        "level_number": report.level,
        "generated": report.generated or says.tr(mark("no day given")),
        "judged": f"{len(report.judged)} / {len(report.devices) + len(report.scope.left_out)}",
        "scope": [says.message(sentence) for sentence in scope.sentences(report)],
        "notices": [says.tr(wording.NOTICE)],
        "score": _score(says, report),
        "summary": _told(says, report),
        "summary_rows": _summary(says, report, chapters),
        "severities": _severities(says, report, weak),
        "chapters": chapters,
        "gaps": [row for row in rows if row["missing"]],
        "high_risks": [_case(says, case) for case in grouping.cases(report)],
        "no_high_risk": says.message(scope.no_high_risk(report)),
        "manual": [row | {"devices": row["manual_devices"]} for row in rows if row["manual_devices"]],
        "attestations": [_attestation(says, entry) for entry in report.attestations],
        "waivers": [_waiver(says, waiver) for waiver in report.waivers],
        "assets": _assets(says, report, weak),
        "thresholds": [
            {
                "title": says.words(entry.title),
                "value": f"{entry.value:g} {entry.unit}",
                "source": says.words(entry.source),
            }
            for entry in report.thresholds
        ],
        "pack": f"{says.words(report.pack.title)} ({report.pack.name})",
        "source": says.words(report.pack.source),
        "verified": says.tr(wording.VERIFIED if report.pack.verified else wording.UNVERIFIED),
        "masked": says.tr(wording.MASKED),
    }


def _score(says: Wording, report: Report) -> dict[str, str] | None:
    if report.score is None:
        return None
    return {
        "rate": says.rate(report.score),
        "conclusion": says.words(report.score.conclusion) or says.tr(mark("none")),
        "profile": says.words(report.score.profile),
    }


def _told(says: Wording, report: Report) -> str:
    items = report.item_counts()
    told = says.tr(
        mark(
            "Of {total} items, {passed} are met, {partial} partly met, {failed} not met, {manual} are for a person to"
            " confirm and {not_applicable} do not apply."
        ),
        total=len(report.items),
        passed=items[Verdict.PASS],
        partial=items[Verdict.PARTIAL],
        failed=items[Verdict.FAIL],
        manual=items[Verdict.MANUAL],
        not_applicable=items[Verdict.NOT_APPLICABLE],
    )
    rest = says.tr(
        mark("High-risk cases: {risks}. Findings that are waived: {waived}."),
        risks=len(report.high_risks),
        waived=report.waived,
    )
    return f"{told}{'' if says.language == 'zh_CN' else ' '}{rest}"


def _summary(says: Wording, report: Report, chapters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"name": says.tr(mark("Items")), "counts": report.item_counts()},
        {"name": says.tr(mark("Findings")), "counts": report.finding_counts()},
    ]
    made += [{"name": chapter["name"], "counts": chapter["counts"]} for chapter in chapters]
    return [row | {"sum": sum(row["counts"].values())} for row in made]


def _severities(says: Wording, report: Report, weak: dict[str, list[Weakness]]) -> list[dict[str, Any]]:
    names = {severity.value: says.severity(severity) for severity in Severity}
    names |= {
        "none": says.tr(mark("no weakness found")),
        "unknown": says.tr(mark("no weakness found, most is not known")),
        "unread": says.tr(mark("not judged")),
    }
    counts = grouping.devices_by_severity(report, weak)
    return [{"name": names[key], "devices": number} for key, number in counts.items()]


def _chapter(says: Wording, report: Report, words: Words, items: list[ItemResult]) -> dict[str, Any]:
    counts = {verdict.value: sum(1 for item in items if item.verdict is verdict) for verdict in Verdict}
    area = next((area for area in report.areas if area.category == words), None)
    told = says.tally(counts)
    if area is not None and area.score is not None:
        told += f"{says.semicolon}{says.tr(wording.FOR_REFERENCE)}{says.colon}{says.rate(area.score)}"
    rows = [_item(says, item) for item in items]
    return {
        "name": says.words(words),
        "counts": counts,
        "told": told,
        "rows": rows,
        "recorded": [row for row in rows if any(group["evidence"] or group["decided"] for group in row["groups"])],
    }


def _item(says: Wording, item: ItemResult) -> dict[str, Any]:
    found = grouping.groups(item)
    open_devices = [name for group in found if group.first.verdict is Verdict.MANUAL for name in group.devices]
    return {
        "id": item.item,
        "point": says.words(item.point),
        "text": says.words(item.text),
        "verdict": says.verdict(item.verdict),
        "counts": says.tally(item.counts(), item.waived),
        "missing": says.missing(item, _NAMES),
        "advice": _advice(says, item),
        "collect": next((says.words(entry.first.collect) for entry in found if says.words(entry.first.collect)), ""),
        "manual_devices": says.listed(open_devices, _NAMES) if open_devices else "",
        "groups": [_group(says, group) for group in found],
    }


def _group(says: Wording, group: Group) -> dict[str, str]:
    first: Finding = group.first
    count = f"({len(group.devices)}) " if len(group.devices) > 1 else ""
    record = says.record(first)
    if first.evidence:
        record = f"{says.message(first.why)}{says.semicolon}{record}"
    decided = says.decided(first)
    return {
        "verdict": says.verdict(first.verdict),
        "devices": count + says.listed(group.devices, _NAMES),
        "record": f"{record}\n{decided}" if decided else record,
        "decided": decided,
        "evidence": says.evidence(first, _LINES),
    }


def _advice(says: Wording, item: ItemResult) -> str:
    """Notes and, where there is none, commands: those of the first device for each weakness."""
    found: dict[str, str] = {}
    for finding in item.findings:
        for fix in finding.fixes:
            text = says.words(fix.note) or "\n".join((*fix.commands[:_LINES], *["…"] * (len(fix.commands) > _LINES)))
            if text:
                found.setdefault(fix.fact, text)
    return "\n".join(list(found.values())[:_ADVICE])


def _case(says: Wording, case: Case) -> dict[str, str]:
    found: dict[tuple[str, str], list[str]] = {}
    for risk in case.risks:
        found.setdefault((says.severity(risk.final), says.mitigation(risk)), []).append(risk.device)
    devices = [
        f"{final} ({len(names)}){says.colon}{says.listed(names, _NAMES)}\n{mitigation}"
        for (final, mitigation), names in found.items()
    ]
    return {
        "case": case.case,
        "item": case.item,
        "title": says.words(case.title),
        "devices": "\n".join(devices),
        "count": str(len(case.risks)),
        "ask": says.words(case.ask),
    }


def _attestation(says: Wording, entry: Attestation) -> dict[str, str]:
    until = says.tr(mark("until {until}"), until=entry.until) if entry.until else ""
    return {
        "item": entry.item,
        "state": says.state(entry.state),
        "verdict": says.verdict(entry.verdict),
        "statement": entry.statement,
        "by": "\n".join(text for text in (entry.by, entry.on, until) if text),
        "devices": says.comma.join(entry.devices) or says.device(""),
        "file": "\n".join(text for text in (entry.file, entry.sha256 and f"SHA-256 {entry.sha256}") if text),
    }


def _waiver(says: Wording, waiver: Waiver) -> dict[str, str]:
    return {
        "name": waiver.name,
        "state": says.state(waiver.state),
        "what": says.scope_of(waiver),
        "reason": waiver.reason,
        "approver": waiver.approver,
        "on": waiver.on,
        "until": waiver.until,
    }


def _assets(says: Wording, report: Report, weak: dict[str, list[Weakness]]) -> list[dict[str, str]]:
    found = grouping.findings_by_device(report)
    made = []
    for device in report.devices:
        gravest = next((entry.evidence.severity for entry in weak[device.name]), None)
        made.append(
            {
                "name": device.name,
                "platform": device.facts.platform or "–",
                "file": device.document.path,
                "gravest": says.severity(gravest) or "–",
                "counts": says.tally(*grouping.verdicts(found[device.name]))
                if device.problem is None
                else says.message(device.problem),
            }
        )
    blank = {"platform": "–", "file": "–", "gravest": "–"}
    return made + [
        {"name": entry.device, **blank, "counts": says.message(entry.why)} for entry in report.scope.left_out
    ]


def _printable(value: Any) -> Any:
    """The same values with only what a Word file can hold: lines of a configuration may contain anything."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _printable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_printable(entry) for entry in value]
    return value
