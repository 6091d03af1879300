"""A report's findings put together for readers: by device, by weakness, and the equal ones of an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audits.model import Severity, Verdict, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audits.model import Assessed, Attestation, Evidence, Finding, Fix, HighRisk, ItemResult, Report, Waiver, Words

_GRAVITY = {severity: number for number, severity in enumerate(Severity)}
_ORDER = {verdict: number for number, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Weakness:
    """A fact that is true on a device (the system as a whole if `device` is empty), with every item that it touches.

    `evidence` is the one with the gravest severity. `waiver` is there only if the weakness is waived for every item.
    No item speaks of an observation: its `items` are empty.
    """

    device: str
    evidence: Evidence
    items: tuple[str, ...]
    fix: Fix | None
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The devices of an item that were found alike: same verdict, same weaknesses, same unknowns, same decisions.

    `first` is the finding of the first of them, which stands for all.
    """

    first: Finding
    devices: tuple[str, ...]

    @property
    def weak(self) -> tuple[Evidence, ...]:
        """What was found weak."""
        return tuple(entry for entry in self.first.evidence if entry.value)


@dataclass(frozen=True, slots=True)
class Case:
    """A case of the high-risk guide with the devices that raise it."""

    case: str
    item: str
    title: Words
    ask: Words
    risks: tuple[HighRisk, ...]


def findings_by_device(report: Report) -> dict[str, list[Finding]]:
    """Every device's findings in the order of the items; those about the system as a whole under the empty name."""
    found: dict[str, list[Finding]] = {"": []}
    for device in report.devices:
        found[device.name] = []
    for item in report.items:
        for finding in item.findings:
            found.setdefault(finding.device, []).append(finding)
    return found


def weaknesses_by_device(report: Report) -> dict[str, list[Weakness]]:
    """What is weak on every device, gravest first, each fact once; behind it what no item speaks of."""
    waivers = {waiver.name: waiver for waiver in report.waivers}
    found = {name: list(_weaknesses(findings, waivers)) for name, findings in findings_by_device(report).items()}
    for entry in report.observations:
        waiver = waivers.get(entry.evidence.waiver)
        found.setdefault(entry.device, []).append(Weakness(entry.device, entry.evidence, (), entry.fix, waiver))
    return found


def groups(item: ItemResult) -> list[Group]:
    """The findings of an item, equal ones together, gravest first."""
    members: dict[tuple[object, ...], list[Finding]] = {}
    for finding in item.findings:
        members.setdefault(_likeness(finding), []).append(finding)
    made = [Group(found[0], tuple(finding.device for finding in found)) for found in members.values()]
    return sorted(made, key=lambda group: _ORDER[group.first.verdict])


def cases(report: Report) -> list[Case]:
    """The high-risk cases, each with the devices that raise it, in the order of the items."""
    found: dict[tuple[str, str], list[HighRisk]] = {}
    for risk in report.high_risks:
        found.setdefault((risk.case, risk.item), []).append(risk)
    return [Case(case, item, risks[0].title, risks[0].ask, tuple(risks)) for (case, item), risks in found.items()]


def chapters(report: Report) -> list[tuple[Words, list[ItemResult]]]:
    """The items of each chapter, in the standard's order."""
    made: list[tuple[Words, list[ItemResult]]] = []
    for item in report.items:
        if not made or made[-1][0] != item.category:
            made.append((item.category, []))
        made[-1][1].append(item)
    return made


def devices_by_severity(report: Report, weaknesses: dict[str, list[Weakness]]) -> dict[str, int]:
    """How many devices have which gravest weakness: `high`, `medium`, `low`, `none`, `unknown`, and `unread`.

    `unknown`: no weakness was found, and less than half of what a configuration can say is known.
    """
    counts = {severity.value: 0 for severity in Severity} | {"none": 0, "unknown": 0, "unread": 0}
    for device in report.devices:
        found = [entry.evidence.severity for entry in weaknesses.get(device.name, ()) if entry.waiver is None]
        gravest = min(found, key=_GRAVITY.__getitem__, default=None)
        clear = "none" if known_facts(device)[0] * 2 >= len(device.facts.facts) else "unknown"
        counts["unread" if device.problem is not None else gravest.value if gravest else clear] += 1
    return counts


def known_facts(device: Assessed) -> tuple[int, int]:
    """How many facts about a device are decided, and how many are not."""
    known = sum(1 for fact in device.facts.facts.values() if fact.value is not None)
    return known, len(device.facts.facts) - known


def verdicts(findings: Iterable[Finding]) -> tuple[dict[str, int], int]:
    """How many findings got each verdict, without those that are waived; and how many are waived."""
    found = list(findings)
    counts = count(finding.verdict for finding in found if finding.waiver is None)
    return counts, len(found) - sum(counts.values())


def _weaknesses(findings: Iterable[Finding], known: Mapping[str, Waiver]) -> Iterable[Weakness]:
    found: dict[str, list[tuple[Finding, Evidence]]] = {}
    for finding in findings:
        for entry in finding.evidence:
            if entry.value:
                found.setdefault(entry.fact, []).append((finding, entry))
    made = []
    for fact, entries in found.items():
        gravest = min((entry for _, entry in entries), key=lambda entry: _GRAVITY[entry.severity])
        fix = next((fix for finding, _ in entries for fix in finding.fixes if fix.fact == fact), None)
        waivers = [known.get(entry.waiver) for _, entry in entries]
        waiver = waivers[0] if all(waiver is not None for waiver in waivers) else None
        made.append(Weakness(entries[0][0].device, gravest, tuple(finding.item for finding, _ in entries), fix, waiver))
    return sorted(made, key=lambda weakness: _GRAVITY[weakness.evidence.severity])


def _likeness(finding: Finding) -> tuple[object, ...]:
    values = tuple((entry.fact, entry.value) for entry in finding.evidence)
    attestation: Attestation | None = finding.attestation
    stated = (attestation.by, attestation.on, attestation.state) if attestation else None
    why = (finding.why.template, str(finding.why))
    return (finding.verdict, values, why, finding.waiver.name if finding.waiver else None, stated)
