"""What an HTML report builds its details from: devices, items and every text once, as small as it can be said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from audits.model import Severity, Verdict
from audits.report import grouping
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audits.model import Assessed, Evidence, Finding, ItemResult, Report
    from audits.report.grouping import Weakness
    from audits.report.wording import Wording

_SHOWN = 40  # lines of a weakness on the page, those around the cited ones among them
_RECORDS = 12  # records of one weakness
PRINTED = 30  # devices up to which printing unfolds everything

_LABELS = {
    "items": mark("Items"),
    "item": mark("Item"),
    "verdict": mark("Verdict"),
    "evidence": mark("Evidence"),
    "basis": mark("Basis"),
    "fix": mark("Fix"),
    "platform": mark("Platform"),
    "file": mark("File"),
    "encoding": mark("Encoding"),
    "not_understood": mark("lines not understood"),
    "weaknesses": mark("Weaknesses"),
    "observations": mark("Other observations, outside the items"),
    "findings": mark("Verdicts"),
}


class _Texts:
    """Texts by number, each once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self.numbers.setdefault(text, len(self.numbers))


def as_script(report: Report, says: Wording) -> str:
    """The data as JSON that can stand inside a `script` element: no `<` is in it (HTML, section 4.12.1.3)."""
    text = json.dumps(document(report, says), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def document(report: Report, says: Wording) -> dict[str, Any]:
    """The data as plain values; texts stand in `texts`, everything else names them by number."""
    texts = _Texts()
    weak = grouping.weaknesses_by_device(report)
    found = grouping.findings_by_device(report)
    places = {item.item: number for number, item in enumerate(report.items)}
    numbers = {device.name: number for number, device in enumerate(report.devices)}
    chapters = {words: number for number, (words, _) in enumerate(grouping.chapters(report))}
    items = [_item(says, texts, item, chapters[item.category], numbers) for item in report.items]
    devices = [_device(says, texts, device, weak[device.name], found[device.name], places) for device in report.devices]
    labels: dict[str, Any] = {key: says.tr(template) for key, template in _LABELS.items()}
    labels["verdicts"] = {verdict.value: says.verdict(verdict) for verdict in Verdict}
    labels["severities"] = {severity.value: says.severity(severity) for severity in Severity}
    labels |= {"colon": says.colon, "comma": says.comma}
    return {
        "labels": labels,
        "items": items,
        "devices": devices,
        "printed": PRINTED,
        "texts": list(texts.numbers),
    }


def _item(says: Wording, texts: _Texts, item: ItemResult, chapter: int, numbers: Mapping[str, int]) -> dict[str, Any]:
    groups = grouping.groups(item)
    facts = dict.fromkeys(says.weakness(entry.fact) for group in groups for entry in group.weak)
    words = (item.item, says.words(item.point), says.words(item.text), says.words(item.category), *facts)
    return {
        "id": item.item,
        "chapter": chapter,
        "words": " ".join(words),
        "groups": [
            _without_empty(
                verdict=group.first.verdict.value,
                text=texts.number(_what(says, group.first)),
                decided=_number(texts, says.decided(group.first)),
                waived=1 if group.first.waiver is not None else None,
                records=_number(texts, _records(says, group.first.evidence)) if not group.first.device else None,
                devices=[numbers.get(name, -1) for name in group.devices],
            )
            for group in groups
        ],
    }


def _what(says: Wording, finding: Finding) -> str:
    """What a group of devices has in common: its weaknesses, or the reason for the verdict."""
    weak = [says.weakness(entry.fact) for entry in finding.evidence if entry.value]
    return says.semicolon.join(weak) or says.message(finding.why)


def _device(
    says: Wording,
    texts: _Texts,
    device: Assessed,
    weak: Sequence[Weakness],
    findings: Sequence[Finding],
    places: Mapping[str, int],
) -> dict[str, Any]:
    about = [
        ("platform", device.facts.platform or "?"),
        ("file", device.document.path),
        ("encoding", device.facts.encoding or "?"),
    ]
    if device.facts.not_understood:
        about.append(("not_understood", str(len(device.facts.not_understood))))
    words = (device.name, device.facts.platform, *(says.weakness(entry.evidence.fact) for entry in weak))
    return _without_empty(
        name=device.name,
        about=about,
        words=" ".join(words),
        problem=texts.number(says.message(device.problem)) if device.problem is not None else None,
        sound=texts.number(_sound(says, device)) if not any(entry.items for entry in weak) else None,
        weak=[_weakness(says, texts, entry) for entry in weak if entry.items],
        others=[_weakness(says, texts, entry) for entry in weak if not entry.items],
        findings=[_finding(says, texts, finding, places) for finding in findings],
    )


def _sound(says: Wording, device: Assessed) -> str:
    """What stands where a device's weaknesses would stand: that there is none, as far as anything is known."""
    known, unknown = grouping.known_facts(device)
    if not unknown:
        return says.tr(mark("The configuration shows no weakness."))
    text = mark("No item finds a weakness in the {known} facts that are known; {unknown} are not known.")
    return says.tr(text, known=known, unknown=unknown)


def _finding(says: Wording, texts: _Texts, finding: Finding, places: Mapping[str, int]) -> list[Any]:
    row: list[Any] = [places[finding.item], finding.verdict.value, texts.number(says.message(finding.why))]
    details = [says.record(finding)] if finding.evidence else []
    decided = says.decided(finding)
    if decided:
        details.append(decided)
    if details:
        row.append(texts.number(says.semicolon.join(details)))
    return row


def _weakness(says: Wording, texts: _Texts, weakness: Weakness) -> dict[str, Any]:
    entry = weakness.evidence
    rest = sum(1 for line in entry.lines[_SHOWN:] if line.cited)
    waiver = weakness.waiver
    return _without_empty(
        severity=entry.severity.value,
        reading=texts.number(says.reading(entry)),
        items=_number(texts, ", ".join(weakness.items)),
        why=_number(texts, says.why(entry)),
        basis=texts.number(says.basis(entry)),
        lines=[[line.number, texts.number(line.text), int(line.cited)] for line in entry.lines[:_SHOWN]] or None,
        more=texts.number(says.tr(mark("… and {count} more lines"), count=rest)) if rest else None,
        records=_number(texts, _records(says, (entry,))),
        note=_number(texts, says.words(weakness.fix.note)) if weakness.fix else None,
        commands=_number(texts, "\n".join(weakness.fix.commands)) if weakness.fix else None,
        waiver=_number(texts, says.waived(waiver)) if waiver else None,
    )


def _records(says: Wording, evidence: Sequence[Evidence]) -> str:
    """What was seen elsewhere than in the configuration, one record a line."""
    shown = [
        f"[{says.basis(entry)}] {record}"
        for entry in evidence
        if entry.source is not None
        for record in entry.records[:_RECORDS]
    ]
    return "\n".join(shown)


def _number(texts: _Texts, text: str) -> int | None:
    return texts.number(text) if text else None


def _without_empty(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
