"""A report as a workbook: every finding with its lines, the gaps, who mends what until when, the assets."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from audits.model import Severity, Verdict
from audits.report import grouping, rectification, scope, wording
from audits.vocabulary import FACTS
from inventory.text import language, mark, set_language
from ipplan.views.sheets import Book, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from audits.model import Assessed, Attestation, Finding, HighRisk, ItemResult, Report, Score, Waiver
    from audits.report.files import Settings
    from audits.report.grouping import Weakness
    from audits.report.rectification import Row
    from audits.report.wording import Wording

_LINES = 20  # evidence lines in a cell
_NAMES = 30  # devices named in a cell

SUMMARY, GAPS, RECORDS = mark("Summary"), mark("Gap analysis"), mark("Item results")
RECTIFY, RISKS, ASSETS = mark("Rectification list"), mark("High-risk list"), mark("Assets")
WAIVERS, ATTESTATIONS, LIMITS = mark("Waivers"), mark("Attestations"), mark("Limits")
_CONTENTS = (
    (SUMMARY, mark("how many items and findings have which verdict, chapter by chapter")),
    (GAPS, mark("every item: what it asks for, how it stands, what is missing and what mends it")),
    (RECORDS, mark("every item on every device, with the lines that prove it")),
    (RECTIFY, mark("every weakness: advice, commands, who mends it until when; yours to fill in")),
    (RISKS, mark("the cases of the high-risk guide")),
    (ASSETS, mark("every configuration that was read, with its checksum, and every device that was not")),
    (WAIVERS, mark("weaknesses that somebody has accepted for a while; they stay out of the rate")),
    (ATTESTATIONS, mark("what people state about items, with their files")),
    (LIMITS, mark("the figures by which was judged, and where they are from")),
)


class Count(NamedTuple):
    """A line of the summary."""

    name: str
    counts: Mapping[str, int]
    waived: int | None = None
    score: Score | None = None


class Asset(NamedTuple):
    """A line of the assets; `device` is None for one that was left out."""

    name: str
    device: Assessed | None
    why: str
    counts: Mapping[str, int]
    waived: int | None
    gravest: Severity | None


def data(report: Report, settings: Settings) -> bytes:
    """The workbook's bytes; equal reports give equal bytes."""
    before = language()
    set_language(settings.language)  # the workbook's own words follow the language in use
    try:
        return _data(report, wording.Wording(settings.language), rectification.read(settings.earlier))
    finally:
        set_language(before)


def _data(report: Report, says: Wording, earlier: Mapping[str, rectification.Entry]) -> bytes:
    weak = grouping.weaknesses_by_device(report)
    self_check = says.tr(wording.SELF_CHECK)
    title = report.title or says.tr(wording.HEADING)
    book = Book(f"{title} {self_check}", f"{self_check} · {report.title}".rstrip(" ·"))
    contents = [(says.tr(name), says.tr(what)) for name, what in _CONTENTS]
    paragraphs = [says.message(sentence) for sentence in scope.sentences(report)]
    rules = wording.VERIFIED if report.pack.verified else wording.UNVERIFIED
    paragraphs += [says.tr(text) for text in (wording.NOTICE, rules, wording.MASKED)]
    book.cover(title, says.tr(wording.HEADING), paragraphs, contents, _notes(says, report, weak))
    book.table(says.tr(SUMMARY), _summary_columns(says), _summary(says, report))
    book.table(says.tr(GAPS), _gap_columns(says, weak), report.items)
    book.table(says.tr(RECORDS), _record_columns(says, report), _findings(report))
    book.table(says.tr(RECTIFY), _rectify_columns(says), rectification.rows(report, earlier))
    book.table(says.tr(RISKS), _risk_columns(says), report.high_risks)
    book.table(says.tr(ASSETS), _asset_columns(says), _assets(says, report, weak))
    book.table(says.tr(WAIVERS), _waiver_columns(says), report.waivers)
    book.table(says.tr(ATTESTATIONS), _attestation_columns(says), report.attestations)
    book.table(says.tr(LIMITS), _limit_columns(says), report.thresholds)
    return book.data()


def _notes(says: Wording, report: Report, weak: dict[str, list[Weakness]]) -> list[tuple[str, str]]:
    """What stands under the contents: the numbers that people look for first."""
    severities = grouping.devices_by_severity(report, weak)
    notes = [
        (says.tr(mark("Standard")), f"{report.pack.standard}{says.comma}{says.level(report.level)}"),
        (says.tr(mark("Made")), report.generated),
        (says.tr(mark("Devices")), str(len(report.devices))),
        (says.tr(mark("Devices with grave weaknesses")), str(severities["high"])),
        (says.tr(mark("High-risk cases")), str(len(report.high_risks))),
        (says.tr(mark("Waived findings")), str(report.waived)),
    ]
    if report.score is not None:
        conclusion = f"{says.rate(report.score)} {says.words(report.score.conclusion)}".strip()
        notes.append((says.tr(wording.FOR_REFERENCE), conclusion))
        notes.append((says.tr(mark("Profile")), says.words(report.score.profile)))
    notes.append((says.tr(mark("Source of the rules")), says.words(report.pack.source)))
    return [(what, value) for what, value in notes if value]


def _summary(says: Wording, report: Report) -> list[Count]:
    scores = {area.category: area.score for area in report.areas}
    made = [
        Count(says.tr(mark("Items")), report.item_counts(), score=report.score),
        Count(says.tr(mark("Findings")), report.finding_counts(), report.waived),
    ]
    for category, items in grouping.chapters(report):
        counts = {verdict.value: sum(1 for item in items if item.verdict is verdict) for verdict in Verdict}
        made.append(Count(says.words(category), counts, score=scores.get(category)))
    return made


def _summary_columns(says: Wording) -> list[Column]:
    return [
        Column(mark("Chapter"), 30, "text", lambda row: row.name),
        *_verdict_columns(lambda row: row.counts),
        Column(mark("Sum"), 10, "number", lambda row: sum(row.counts.values())),
        Column(wording.WAIVED, 8, "number", lambda row: row.waived),
        Column(wording.FOR_REFERENCE, 40, "long", lambda row: says.rate(row.score) if row.score else None),
    ]


def _verdict_columns(counts: Callable[[Any], Mapping[str, int]]) -> list[Column]:
    """A column for each verdict; empty where nothing was counted."""

    def column(verdict: Verdict) -> Column:
        return Column(verdict.label, 8, "number", lambda row: counts(row).get(verdict.value))

    return [column(verdict) for verdict in Verdict]


def _gap_columns(says: Wording, weak: dict[str, list[Weakness]]) -> list[Column]:
    fixes = {
        (entry.device, entry.evidence.fact): says.words(entry.fix.note)
        for entries in weak.values()
        for entry in entries
        if entry.fix and says.words(entry.fix.note)
    }
    return [
        Column(mark("Item"), 12, "text", lambda item: item.item),
        Column(mark("Chapter"), 14, "long", lambda item: says.words(item.category)),
        Column(mark("Control point"), 14, "long", lambda item: says.words(item.point)),
        Column(mark("Requirement (paraphrase)"), 28, "long", lambda item: says.words(item.text)),
        Column(mark("Verdict"), 14, "text", lambda item: says.verdict(item.verdict)),
        *_verdict_columns(lambda item: item.counts()),
        Column(wording.WAIVED, 8, "number", lambda item: item.waived),
        Column(mark("What is missing"), 44, "long", lambda item: says.missing(item, _NAMES)),
        Column(mark("Advice"), 32, "long", lambda item: _advice(item, fixes)),
        Column(mark("To collect"), 30, "long", lambda item: _collect(says, item)),
    ]


def _advice(item: ItemResult, fixes: Mapping[tuple[str, str], str]) -> str:
    notes = {
        fixes[key]: None
        for finding in item.findings
        for entry in finding.evidence
        if entry.value and (key := (finding.device, entry.fact)) in fixes
    }
    return "\n".join(notes)


def _collect(says: Wording, item: ItemResult) -> str:
    return next((says.words(finding.collect) for finding in item.findings if says.words(finding.collect)), "")


def _findings(report: Report) -> Iterable[tuple[ItemResult, Finding]]:
    return ((item, finding) for item in report.items for finding in item.findings)


def _record_columns(says: Wording, report: Report) -> list[Column]:
    texts = {
        item.item: (says.words(item.category), says.words(item.point), says.words(item.text)) for item in report.items
    }
    verdicts = {verdict: says.verdict(verdict) for verdict in Verdict}
    return [
        Column(mark("Item"), 12, "text", lambda row: row[0].item),
        Column(mark("Chapter"), 14, "long", lambda row: texts[row[0].item][0]),
        Column(mark("Control point"), 14, "long", lambda row: texts[row[0].item][1]),
        Column(mark("Requirement (paraphrase)"), 28, "long", lambda row: texts[row[0].item][2]),
        Column(mark("Device"), 18, "text", lambda row: says.device(row[1].device)),
        Column(mark("Verdict"), 14, "text", lambda row: verdicts[row[1].verdict]),
        Column(mark("Severity"), 10, "text", lambda row: says.severity(row[1].severity)),
        Column(mark("Result"), 44, "long", lambda row: says.record(row[1])),
        Column(mark("Evidence"), 48, "long", lambda row: says.evidence(row[1], _LINES)),
        Column(mark("Decided by"), 22, "long", lambda row: says.decided(row[1])),
    ]


def _rectify_columns(says: Wording) -> list[Column]:
    def of(get: Callable[[Weakness], Any]) -> Callable[[Row], Any]:
        return lambda row: get(row.weakness) if row.weakness is not None else None

    return [
        Column(mark("Device"), 18, "text", lambda row: says.device(row.device)),
        Column(mark("Weakness"), 34, "long", lambda row: says.weakness(row.fact) if row.fact in FACTS else row.fact),
        Column(mark("Severity"), 10, "text", of(lambda weakness: says.severity(weakness.evidence.severity))),
        Column(mark("Items"), 20, "long", of(lambda weakness: ", ".join(weakness.items))),
        Column(
            mark("Line numbers"),
            14,
            "long",
            of(lambda entry: says.numbers((line.number for line in entry.evidence.cited), 8)),
        ),
        Column(mark("Advice"), 36, "long", of(lambda entry: says.words(entry.fix.note) if entry.fix else None)),
        Column(mark("Commands"), 40, "long", of(lambda entry: "\n".join(entry.fix.commands) if entry.fix else None)),
        Column(rectification.OWNER, 12, "text", lambda row: row.entry.owner),
        Column(rectification.DUE, 12, "text", lambda row: row.entry.due),
        Column(
            rectification.STATE,
            14,
            "text",
            lambda row: says.tr(row.entry.state),
            tuple(says.tr(state) for state in rectification.STATES),
        ),
        Column(mark("This check"), 16, "text", lambda row: _checked(says, row)),
        Column(rectification.REMARK, 24, "long", lambda row: row.entry.remark),
        Column(rectification.KEY, 34, "text", lambda row: row.key),
    ]


def _checked(says: Wording, row: Row) -> str:
    waiver = row.weakness.waiver if row.weakness is not None else None
    return says.tr(mark("waived until {until}"), until=waiver.until) if waiver is not None else says.tr(row.checked)


def _risk_columns(says: Wording) -> list[Column]:
    def readings(risk: HighRisk) -> str:
        return says.semicolon.join(says.weakness(name) for name in risk.facts)

    return [
        Column(mark("Case"), 12, "text", lambda risk: risk.case),
        Column(mark("Title"), 30, "long", lambda risk: says.words(risk.title)),
        Column(mark("Item"), 12, "text", lambda risk: risk.item),
        Column(mark("Device"), 18, "text", lambda risk: says.device(risk.device)),
        Column(mark("Weaknesses"), 44, "long", readings),
        Column(mark("Line numbers"), 20, "long", lambda risk: says.numbers(risk.lines, 12)),
        Column(mark("Mitigation"), 30, "long", says.mitigation),
        Column(mark("Final risk"), 10, "text", lambda risk: says.severity(risk.final)),
        Column(mark("What else counts"), 50, "long", lambda risk: says.words(risk.ask)),
    ]


def _assets(says: Wording, report: Report, weak: dict[str, list[Weakness]]) -> Iterable[Asset]:
    order = list(Severity)
    found = grouping.findings_by_device(report)
    for device in report.devices:
        counts, waived = grouping.verdicts(found[device.name])
        severities = [entry.evidence.severity for entry in weak.get(device.name, ())]
        why = says.message(device.problem) if device.problem is not None else ""
        yield Asset(device.name, device, why, counts, waived, min(severities, key=order.index, default=None))
    for entry in report.scope.left_out:
        yield Asset(entry.device, None, says.message(entry.why), {}, None, None)


def _asset_columns(says: Wording) -> list[Column]:
    def of(get: Callable[[Assessed], Any]) -> Callable[[Asset], Any]:
        return lambda row: get(row.device) if row.device is not None else None

    def checksum(device: Assessed) -> str | None:
        return None if device.document.absent else hashlib.sha256(device.document.content).hexdigest()

    return [
        Column(mark("Device"), 18, "text", lambda row: row.name),
        Column(mark("Platform"), 16, "text", of(lambda device: device.facts.platform)),
        Column(mark("File"), 30, "text", of(lambda device: device.document.path)),
        Column(mark("Encoding"), 10, "text", of(lambda device: device.facts.encoding)),
        Column(mark("Not judged because"), 40, "long", lambda row: row.why),
        Column(mark("Gravest weakness"), 12, "text", lambda row: says.severity(row.gravest)),
        *_verdict_columns(lambda row: row.counts),
        Column(wording.WAIVED, 8, "number", lambda row: row.waived),
        Column(mark("lines not understood"), 12, "number", of(lambda device: len(device.facts.not_understood))),
        Column(mark("Checksum (SHA-256)"), 66, "text", of(checksum)),
    ]


def _waiver_columns(says: Wording) -> list[Column]:
    return [
        Column(mark("Name"), 20, "text", lambda waiver: waiver.name),
        Column(mark("State"), 12, "text", lambda waiver: says.state(waiver.state)),
        Column(mark("Item"), 12, "text", lambda waiver: waiver.item),
        Column(mark("Weakness"), 34, "long", lambda waiver: _fact(says, waiver)),
        Column(mark("Devices"), 30, "long", lambda waiver: ", ".join(waiver.devices)),
        Column(mark("Reason"), 44, "long", lambda waiver: waiver.reason),
        Column(mark("Approved by"), 14, "text", lambda waiver: waiver.approver),
        Column(mark("On"), 12, "text", lambda waiver: waiver.on),
        Column(mark("Until"), 12, "text", lambda waiver: waiver.until),
    ]


def _fact(says: Wording, waiver: Waiver) -> str:
    return says.weakness(waiver.fact) if waiver.fact in FACTS else waiver.fact


def _attestation_columns(says: Wording) -> list[Column]:
    def devices(entry: Attestation) -> str:
        return ", ".join(entry.devices) or says.tr(wording.SYSTEM)

    return [
        Column(mark("Item"), 12, "text", lambda entry: entry.item),
        Column(mark("State"), 16, "text", lambda entry: says.state(entry.state)),
        Column(mark("Verdict"), 14, "text", lambda entry: says.verdict(entry.verdict)),
        Column(mark("Statement"), 50, "long", lambda entry: entry.statement),
        Column(mark("Stated by"), 14, "text", lambda entry: entry.by),
        Column(mark("On"), 12, "text", lambda entry: entry.on),
        Column(mark("Until"), 12, "text", lambda entry: entry.until),
        Column(mark("Devices"), 30, "long", devices),
        Column(mark("File"), 30, "text", lambda entry: entry.file),
        Column(mark("Checksum (SHA-256)"), 66, "text", lambda entry: entry.sha256),
    ]


def _limit_columns(says: Wording) -> list[Column]:
    return [
        Column(mark("Limit"), 40, "long", lambda entry: says.words(entry.title)),
        Column(mark("Value"), 14, "text", lambda entry: f"{entry.value:g} {entry.unit}".strip()),
        Column(mark("Source"), 70, "long", lambda entry: says.words(entry.source)),
        Column(mark("Name"), 24, "text", lambda entry: entry.name),
    ]
