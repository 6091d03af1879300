"""A report as one HTML file: no network, no other files, light, printable, readable on a phone and on paper.

What everybody looks at first is in the page as it stands; the details of devices and items are built from the data
in it when they are opened, so that 500 devices open as fast as five.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audits.model import Severity, Verdict
from audits.report import grouping, page_data, scope, wording
from inventory.text import language as language_in_use
from inventory.text import mark

if TYPE_CHECKING:
    from jinja2 import Environment

    from audits.model import Report
    from audits.report.files import Settings
    from audits.report.wording import Wording

_FEW = 3  # devices that a page shows unfolded
_NAMED = 20  # devices of a high-risk case that are named
TEMPLATES = Path(__file__).parent / "templates"

_TEXTS = {
    "heading": wording.HEADING,
    "level_2": mark("level 2"),
    "level_3": mark("level 3"),
    "standard": mark("Standard"),
    "devices": mark("Devices"),
    "generated": mark("Made"),
    "items": mark("Items"),
    "findings": mark("Findings"),
    "waived": mark("Waived findings"),
    "summary": mark("Summary"),
    "reference": wording.FOR_REFERENCE,
    "conclusion": mark("Conclusion"),
    "profile": mark("Profile"),
    "by_chapter": mark("Verdicts by chapter"),
    "by_severity": mark("Devices by their gravest weakness"),
    "high_risk": mark("High-risk cases to look at first"),
    "case": mark("Case"),
    "device": mark("Device"),
    "system": wording.SYSTEM,
    "item": mark("Item"),
    "point": mark("Control point"),
    "requirement": mark("Requirement (paraphrase)"),
    "verdict": mark("Verdict"),
    "lines": mark("Line numbers"),
    "final": mark("Final risk"),
    "waived_tag": wording.WAIVED,
    "thresholds": mark("Limits by which was judged"),
    "value": mark("Value"),
    "limit": mark("Limit"),
    "where": mark("Source"),
    "ask": mark("What else counts"),
    "all": mark("all"),
    "filter": mark("Show"),
    "chapter": mark("Chapter"),
    "words": mark("Text"),
    "no_item": mark("No item fits."),
    "script": mark("Without JavaScript the details stay folded; the workbook (audit.xlsx) has all of them."),
    "items_heading": mark("Item by item"),
    "devices_heading": mark("Device by device"),
    "collect": mark("To collect"),
    "waivers": mark("Waivers"),
    "attestations": mark("Attestations"),
    "name": mark("Name"),
    "state": mark("State"),
    "what": mark("What is waived"),
    "reason": mark("Reason"),
    "approver": mark("Approved by"),
    "until": mark("Until"),
    "statement": mark("Statement"),
    "by": mark("Stated by"),
    "file": mark("File"),
    "substitutions": mark("Devices of the lab that stand for others"),
    "original": mark("In the inventory"),
    "actual": mark("In the lab"),
    "why": mark("Why"),
    "footer_self": wording.NOTICE,
    "footer_rules": wording.UNVERIFIED,
    "footer_verified": wording.VERIFIED,
    "footer_secrets": wording.MASKED,
    "source": mark("Source of the rules"),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a bar of verdicts: its verdict, how many, where it starts and how wide it is (per cent)."""

    verdict: str
    count: int
    start: float
    width: float


def render(report: Report, language: str = "") -> str:
    """The whole page in one language (`en` or `zh_CN`; without it the language in use)."""
    from markupsafe import Markup  # noqa: PLC0415 - start-up time

    says = wording.Wording(language or language_in_use())
    counts = _counts(report)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            says=says,
            language="zh-CN" if says.language == "zh_CN" else "en",
            text={key: says.tr(template) for key, template in _TEXTS.items()},
            verdicts=list(Verdict),
            verdict_title={verdict.value: says.verdict(verdict) for verdict in Verdict},
            scope=[says.message(sentence) for sentence in scope.sentences(report)],
            no_high_risk=says.message(scope.no_high_risk(report)),
            item_counts=report.item_counts(),
            item_bar=bar(report.item_counts()),
            finding_bar=bar(report.finding_counts()),
            finding_counts=report.finding_counts(),
            waived=report.waived,
            chapters=grouping.chapters(report),
            chapter_rows=_chapters(report, says),
            severity={severity.value: says.severity(severity) for severity in Severity},
            severity_rows=_severities(report, says),
            cases=grouping.cases(report),
            few=_NAMED,
            colon=says.colon,
            semicolon=says.semicolon,
            opened=_opened(counts),
            counts=counts,
            anchors={device.name: f"device-{number}" for number, device in enumerate(report.devices)},
            places={item.item: number for number, item in enumerate(report.items)},
            bar=bar,
            words=says.words,
            what=says.scope_of,
            # Written by json.dumps, with every `<` escaped: nothing in it can end the script.
            data=Markup(page_data.as_script(report, says)),  # noqa: S704 - as said above
        )
    )


def environment() -> Environment:
    """What fills in the pages' templates: everything is escaped, and a name that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def data(report: Report, settings: Settings) -> bytes:
    """The page as the bytes of a file (UTF-8)."""
    return render(report, settings.language).encode()


def write(report: Report, path: Path, language: str = "") -> None:
    """Write the page to `path`, in the language in use if none is named."""
    path.write_bytes(render(report, language).encode())


def bar(counts: dict[str, int]) -> list[Slice]:
    """The pieces of a stacked bar, gravest first; verdicts that do not occur are left out."""
    total = sum(counts.values())
    slices = []
    start = 0.0
    for verdict, number in counts.items():
        if number:
            width = 100 * number / total
            slices.append(Slice(verdict, number, round(start, 3), round(width, 3)))
            start += width
    return slices


def _counts(report: Report) -> dict[str, tuple[dict[str, int], int]]:
    """Each device's findings by verdict, and how many are waived."""
    found = grouping.findings_by_device(report)
    return {device.name: grouping.verdicts(found[device.name]) for device in report.devices}


def _opened(counts: dict[str, tuple[dict[str, int], int]]) -> set[str]:
    """The devices that are shown unfolded: all of a few, else the one with the most that is not met."""
    if len(counts) <= _FEW:
        return set(counts)
    return {max(counts, key=lambda name: counts[name][0][Verdict.FAIL])}


def _chapters(report: Report, says: Wording) -> list[dict[str, Any]]:
    """The stacked bars of the chapters, with what the profile makes of each."""
    scores = {area.category: area.score for area in report.areas}
    rows = []
    for words, items in grouping.chapters(report):
        counts = {verdict.value: sum(1 for item in items if item.verdict is verdict) for verdict in Verdict}
        score = scores.get(words)
        rows.append(
            {
                "name": says.words(words),
                "bar": bar(counts),
                "total": len(items),
                "score": says.rate(score) if score else "",
            }
        )
    return rows


def _severities(report: Report, says: Wording) -> list[dict[str, Any]]:
    """The bars of devices by their gravest weakness."""
    counts = grouping.devices_by_severity(report, grouping.weaknesses_by_device(report))
    names = {severity.value: says.severity(severity) for severity in Severity}
    names |= {
        "none": says.tr(mark("no weakness found")),
        "unknown": says.tr(mark("no weakness found, most is not known")),
        "unread": says.tr(mark("not judged")),
    }
    longest = max(*counts.values(), 1)
    return [
        {"key": key, "name": names[key], "devices": number, "width": round(100 * number / longest, 2)}
        for key, number in counts.items()
    ]
