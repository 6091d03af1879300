"""A report as one HTML file: no network, no other files, light, printable, readable on a phone and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audits.model import Evidence, EvidenceLine, Finding, Fix, Severity, Verdict
from audits.report import scope
from audits.vocabulary import FACTS
from inventory.text import Message, mark
from inventory.text import language as language_in_use

if TYPE_CHECKING:
    from audits.model import Assessed, HighRisk, ItemResult, Report
    from audits.report.files import Settings

_FEW = 3  # devices that a page shows unfolded
TEMPLATES = Path(__file__).parent / "templates"

_TEXTS = {
    "heading": mark("Self-check for classified protection"),
    "level": mark("Level"),
    "level_2": mark("level 2"),
    "level_3": mark("level 3"),
    "standard": mark("Standard"),
    "devices": mark("Devices"),
    "generated": mark("Made"),
    "items": mark("Items"),
    "findings": mark("Findings"),
    "summary": mark("Summary"),
    "high_risk": mark("High-risk cases to look at first"),
    "case": mark("Case"),
    "device": mark("Device"),
    "system": mark("the system as a whole"),
    "item": mark("Item"),
    "point": mark("Control point"),
    "requirement": mark("Requirement (paraphrase)"),
    "verdict": mark("Verdict"),
    "lines": mark("Lines"),
    "line": mark("in line"),
    "eased": mark("eased by the configuration"),
    "not_eased": mark("not eased"),
    "ask": mark("What else counts"),
    "all": mark("all"),
    "filter": mark("Show"),
    "items_heading": mark("Item by item"),
    "devices_heading": mark("Device by device"),
    "weaknesses": mark("Weaknesses"),
    "no_weakness": mark("The configuration shows no weakness."),
    "verdicts": mark("Verdicts"),
    "evidence": mark("Evidence"),
    "basis": mark("Basis"),
    "fix": mark("Fix"),
    "collect": mark("To collect"),
    "reason": mark("Reason"),
    "platform": mark("Platform"),
    "file": mark("File"),
    "encoding": mark("Encoding"),
    "not_understood": mark("lines not understood"),
    "observations": mark("Other observations, outside the items"),
    "substitutions": mark("Devices of the lab that stand for others"),
    "original": mark("In the inventory"),
    "actual": mark("In the lab"),
    "why": mark("Why"),
    "footer_self": mark(
        "This is a self-check made by govnet from configurations. It is no assessment by an assessment body and gives "
        "no official score."
    ),
    "footer_rules": mark("The rules are paraphrases. Nobody has yet verified them against the paper standard."),
    "footer_verified": mark("The rules have been verified against the paper standard."),
    "footer_secrets": mark("Secrets in the lines shown are masked (***)."),
    "source": mark("Source of the rules"),
}
_BASES = {
    "line": mark("these lines"),
    "absent": mark("the line that would mend it is missing"),
    "default": mark("the platform's default"),
    "undecidable": mark("this text cannot decide it"),
}
_SEVERITIES = {
    Severity.HIGH: mark("high"),
    Severity.MEDIUM: mark("medium"),
    Severity.LOW: mark("low"),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a bar of verdicts: its verdict, how many, where it starts and how wide it is (per cent)."""

    verdict: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Weakness:
    """A fact that is true on a device, with every item that it touches."""

    evidence: Evidence
    items: tuple[str, ...]
    fix: Fix | None


def render(report: Report, language: str = "") -> str:
    """The whole page in one language (`en` or `zh_CN`; without it the language in use)."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    language = language or language_in_use()

    def translated(template: str) -> str:
        return Message(template).in_language(language)

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        language="zh-CN" if language == "zh_CN" else "en",
        text={key: translated(template) for key, template in _TEXTS.items()},
        verdicts=list(Verdict),
        verdict_title={verdict.value: translated(verdict.label) for verdict in Verdict},
        basis={key: translated(template) for key, template in _BASES.items()},
        severity={key.value: translated(template) for key, template in _SEVERITIES.items()},
        scope=[sentence.in_language(language) for sentence in scope.sentences(report)],
        no_high_risk=scope.no_high_risk(report).in_language(language),
        item_counts=report.item_counts(),
        item_bar=bar(report.item_counts()),
        finding_bar=bar(report.finding_counts()),
        finding_counts=report.finding_counts(),
        categories=_categories(report),
        high_risks=_by_case(report),
        colon="：" if language == "zh_CN" else ": ",
        semicolon="；" if language == "zh_CN" else "; ",
        opened=_opened(report),
        weaknesses={device.name: weaknesses(report, device) for device in report.devices},
        findings={device.name: report.findings_of(device.name) for device in report.devices},
        anchors={device.name: f"device-{number}" for number, device in enumerate(report.devices)},
        bar=bar,
        chunks=chunks,
        words=lambda words: words.in_language(language),
        message=lambda message: message.in_language(language),
        tr=translated,
        reading=lambda entry: translated(FACTS[entry.fact].reading(entry.value)),
        fact_reading=lambda name: translated(FACTS[name].weak),
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


def chunks(lines: tuple[EvidenceLine, ...]) -> list[tuple[EvidenceLine, ...]]:
    """Lines with their context, cut where numbers are missing between them."""
    if not lines:
        return []
    cuts = [0, *(index for index, (one, two) in enumerate(pairwise(lines), 1) if two.number > one.number + 1)]
    return [lines[start:end] for start, end in pairwise([*cuts, len(lines)])]


def weaknesses(report: Report, device: Assessed) -> list[Weakness]:
    """What is weak on a device, gravest first, each fact once; the severity is the gravest that an item gives it."""
    order = list(Severity)
    found: dict[str, list[tuple[Finding, Evidence]]] = {}
    for finding in report.findings_of(device.name):
        for entry in finding.evidence:
            if entry.value:
                found.setdefault(entry.fact, []).append((finding, entry))
    result = []
    for fact, entries in found.items():
        gravest = min((entry for _, entry in entries), key=lambda entry: order.index(entry.severity))
        fix = next((fix for finding, _ in entries for fix in finding.fixes if fix.fact == fact), None)
        result.append(Weakness(gravest, tuple(finding.item for finding, _ in entries), fix))
    return sorted(result, key=lambda weakness: order.index(weakness.evidence.severity))


def _opened(report: Report) -> set[str]:
    """The devices that are shown unfolded: all of a few, else the one with the most that is not met."""
    names = [device.name for device in report.devices]
    if len(names) <= _FEW:
        return set(names)
    unmet = {name: sum(1 for finding in report.findings_of(name) if finding.verdict is Verdict.FAIL) for name in names}
    return {max(names, key=lambda name: unmet[name])}


def _by_case(report: Report) -> list[list[HighRisk]]:
    """The high-risk cases, each with the devices that raise it."""
    cases: dict[tuple[str, str], list[HighRisk]] = {}
    for risk in report.high_risks:
        cases.setdefault((risk.case, risk.item), []).append(risk)
    return list(cases.values())


def _categories(report: Report) -> list[tuple[Any, list[ItemResult]]]:
    groups: list[tuple[Any, list[ItemResult]]] = []
    for item in report.items:
        if not groups or groups[-1][0] != item.category:
            groups.append((item.category, []))
        groups[-1][1].append(item)
    return groups
