"""What an audit takes and gives: documents in, verdicts with their evidence out. No vendor, no file format."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from audits.masked import Masked
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from configs.model import Basis, Facts
    from inventory.errors import Problem
    from inventory.text import Message


class Verdict(StrEnum):
    """The five answers of GB/T 28448-2019 to one item; the values are the keys in JSON."""

    FAIL = "fail"  # 不符合
    PARTIAL = "partial"  # 部分符合
    MANUAL = "manual"  # 需人工确认
    PASS = "pass"  # 符合  # noqa: S105 - a verdict, not a password
    NOT_APPLICABLE = "not_applicable"  # 不适用

    @property
    def label(self) -> str:
        """The verdict's message id."""
        return _VERDICT_LABELS[self]


_VERDICT_LABELS = {
    Verdict.FAIL: mark("not met"),
    Verdict.PARTIAL: mark("partly met"),
    Verdict.MANUAL: mark("to be confirmed by a person"),
    Verdict.PASS: mark("met"),
    Verdict.NOT_APPLICABLE: mark("not applicable"),
}


class Severity(StrEnum):
    """How much a weakness matters, by the rule that names it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Words:
    """A text that comes from data in both languages (a rule's paraphrase), not from a catalogue."""

    en: str = ""
    zh: str = ""

    def in_language(self, name: str) -> str:
        """The text in `en` or `zh_CN`."""
        return self.zh if name == "zh_CN" else self.en

    def as_json(self) -> dict[str, str]:
        """Both texts."""
        return {"en": self.en, "zh": self.zh}


@dataclass(frozen=True, slots=True)
class Document:
    """One device's configuration as stored. `path` is relative to the source it came from, with `/`.

    `device` is the inventory's name if there is one, else the path. `platform` is empty if nobody knows it yet; `role`
    is the inventory's.
    `problem` says why there is no content; `absent` that there never was any, as of a device that was never archived.
    """

    path: str
    content: bytes
    device: str = ""
    platform: str = ""
    problem: Message | None = None
    absent: bool = False
    role: str = ""

    @property
    def name(self) -> str:
        """What the device is called in a report."""
        return self.device or self.path


@dataclass(frozen=True)
class Assessed:
    """A document after reading: its facts, or the reason why there are none.

    `text` is what was decoded, with its secrets, and `mask` hides them: nobody prints it but through `masked`.
    """

    document: Document
    facts: Facts
    text: str = field(default="", repr=False)
    mask: Callable[[str], str] | None = field(default=None, repr=False)
    problem: Message | None = None
    # What is wrong with the text; the facts of one that was cut off are what its lines say as far as it goes.
    faults: tuple[Problem, ...] = ()

    @cached_property
    def masked(self) -> Sequence[str]:
        """The lines of the text with the secrets masked; each when it is asked for, because it takes its time."""
        return () if self.mask is None else Masked(self.text, self.mask)

    def shown(self, number: int) -> str:
        """Line `number` (from 1), masked; empty if there is none."""
        return self.masked[number - 1] if 1 <= number <= len(self.masked) else ""

    @property
    def name(self) -> str:
        """What the device is called in a report."""
        return self.document.name

    @cached_property
    def whole(self) -> bool:
        """Whether the text is all of one device: neither cut off nor put together from several."""
        return not self.faults


class Source(StrEnum):
    """Where evidence comes from that no configuration gives; the values are the keys in JSON."""

    PROMETHEUS = "prometheus"
    ARCHIVE = "archive"
    PLAN = "plan"
    ROLLOUT = "rollout"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Observed:
    """What something else than a configuration says about a device, or about the system (`device` is empty).

    `value` is that of a fact: True = the weakness is there, None = looked for and not known, and `why` says why.
    `records` prove it, one a line: a query with its value, a commit, an allocation, a packet. `at` is when it was seen
    (ISO 8601), empty if that does not matter.
    """

    device: str
    fact: str
    value: bool | None
    source: Source
    why: Message
    records: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person states about an item: who, when, until when, and the file that shows it with its checksum.

    `item` is an item, or a case of the high-risk guide that it eases. `devices` are patterns of names; empty for the
    item as a whole, on whatever device. `state`: `valid`, `not_yet`, `expired`, `file_missing`, `checksum_differs`,
    `no_checksum`; only a valid one decides anything. `sha256` is that of the file as it is now.
    """

    item: str
    verdict: Verdict
    statement: str
    by: str
    on: str
    state: str
    until: str = ""
    devices: tuple[str, ...] = ()
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A weakness that somebody has accepted for a while. `state`: `active`, `not_yet` or `expired`.

    `item` or `fact` or both say what is waived, `devices` are patterns of names. What is waived is listed and stays out
    of the rate; an expired waiver waives nothing.
    """

    name: str
    reason: str
    approver: str
    on: str
    until: str
    state: str
    item: str = ""
    fact: str = ""
    devices: tuple[str, ...] = ()


class EvidenceLine(NamedTuple):
    """A line of the file as stored, masked. `cited` is False for the lines around it that give the context."""

    number: int
    text: str
    cited: bool = True


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one fact says about one device. `lines` hold the cited lines and two lines around each.

    `source` is None for the device's configuration; else the evidence is `records`, seen `at`. `waiver` names the
    active waiver that covers this weakness.
    """

    fact: str
    value: bool | None
    basis: Basis
    severity: Severity
    why: str | Message = ""
    lines: tuple[EvidenceLine, ...] = ()
    source: Source | None = None
    records: tuple[str, ...] = ()
    at: str = ""
    waiver: str = ""

    @property
    def cited(self) -> tuple[EvidenceLine, ...]:
        """Only the lines that prove the fact."""
        return tuple([line for line in self.lines if line.cited])


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends one weakness on one platform: the lines to enter, or a note where lines alone do not do it."""

    fact: str
    commands: tuple[str, ...] = ()
    note: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True)
class Finding:
    """One item judged on one device, or on the system as a whole (`device` is empty).

    `waiver` is set if active waivers cover every weakness found (the first of them); such a finding keeps its verdict,
    is counted apart and stays out of the rate. `attestation` is what a person stated; `verdict` follows it only if it
    is valid, and never against a weakness that is proven. `note` is what the rule says about this platform.
    """

    device: str
    item: str
    verdict: Verdict
    why: Message
    evidence: tuple[Evidence, ...] = ()
    fixes: tuple[Fix, ...] = ()
    collect: Words = field(default_factory=Words)
    waiver: Waiver | None = None
    attestation: Attestation | None = None
    note: Words = field(default_factory=Words)

    @property
    def severity(self) -> Severity | None:
        """The gravest weakness found; None if none was."""
        found = {entry.severity for entry in self.evidence if entry.value}
        return next((severity for severity in Severity if severity in found), None)


@dataclass(frozen=True, slots=True)
class HighRisk:
    """A case that the guide for high-risk judgement names, on one device.

    `eased` is True if the mitigation that the guide accepts is shown, by the facts of `eased_by` (none of these
    weaknesses is there) or by `attestation`; `ask` says what else a person may show. `through` is another case, not
    eased, by which the same weakness stays a high risk all the same (telnet behind an access list at level 3).
    """

    device: str
    item: str
    case: str
    title: Words
    facts: tuple[str, ...]
    lines: tuple[int, ...]
    eased: bool
    ask: Words
    eased_by: tuple[str, ...] = ()
    attestation: Attestation | None = None
    through: str = ""

    @property
    def final(self) -> Severity:
        """The risk that remains: an eased case is a medium one, unless another case keeps it high."""
        return Severity.MEDIUM if self.eased and not self.through else Severity.HIGH


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item over all devices."""

    item: str
    category: Words
    point: Words
    text: Words
    kind: str
    scope: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    weight: Severity = Severity.MEDIUM
    thresholds: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many findings got each verdict, without those that are waived; every verdict is there."""
        return count(finding.verdict for finding in self.findings if finding.waiver is None)

    @property
    def waived(self) -> int:
        """How many findings are waived."""
        return sum(1 for finding in self.findings if finding.waiver is not None)

    @property
    def rated(self) -> Verdict | None:
        """The verdict that the rate counts: that of the findings that are not waived; None if all are."""
        if not self.waived:
            return self.verdict
        left = [finding.verdict for finding in self.findings if finding.waiver is None]
        return roll_up(left) if left else None


@dataclass(frozen=True, slots=True)
class Observation:
    """A weakness that no item of the standard speaks of, on one device."""

    device: str
    evidence: Evidence
    fix: Fix | None

    @property
    def waived(self) -> bool:
        """Whether an active waiver covers it."""
        return bool(self.evidence.waiver)


@dataclass(frozen=True, slots=True)
class Substitution:
    """A device that a lab played by something else."""

    device: str
    original: str
    actual: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A device of the workspace that was not audited, and why."""

    device: str
    why: Message


@dataclass(frozen=True, slots=True)
class Scope:
    """What an audit is about. `workspace`: its devices are those of a workspace, each audited or in `left_out`.

    `lab` is the back end whose devices were audited; empty for a real network and for files.
    """

    workspace: bool = False
    left_out: tuple[LeftOut, ...] = ()
    lab: str = ""


@dataclass(frozen=True, slots=True)
class PackInfo:
    """Which rules judged, and whether a person has checked them against the paper standard."""

    name: str
    title: Words
    standard: str
    source: Words
    verified: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit by which something is judged, and where the figure is from. A `fixed` one is part of a fact's meaning."""

    name: str
    value: float
    unit: str
    title: Words
    source: Words
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """A self-assessment in one number, by the unit's profile; never an official result.

    `applicable` items (without those that are waived) are `decided` or open. `rate` is met ÷ decided in percent, None
    if nothing is decided: read it beside the number of open items. `points` is the weighted score of 100 over what is
    decided, None if the profile has no weights. `conclusion` and `profile` are the profile's words; it is left open as
    long as the open items could change it.
    """

    rate: float | None
    points: float | None
    conclusion: Words
    profile: Words
    decided: int
    applicable: int


@dataclass(frozen=True, slots=True)
class Area:
    """One chapter (安全通信网络 …) over all its items."""

    category: Words
    counts: dict[str, int]
    score: Score | None = None


@dataclass(frozen=True)
class Report:
    """Everything an audit found. Equal input gives an equal report: `generated` is only what the caller gave."""

    pack: PackInfo
    level: int
    devices: tuple[Assessed, ...]
    items: tuple[ItemResult, ...]
    high_risks: tuple[HighRisk, ...]
    observations: tuple[Observation, ...]
    title: str = ""
    generated: str = ""
    substitutions: tuple[Substitution, ...] = ()
    scope: Scope = field(default_factory=Scope)
    areas: tuple[Area, ...] = ()
    score: Score | None = None
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    @property
    def judged(self) -> tuple[Assessed, ...]:
        """The devices whose configuration could be read."""
        return tuple(device for device in self.devices if device.problem is None)

    @property
    def not_judged(self) -> tuple[LeftOut, ...]:
        """The devices about which the audit says nothing, those of the workspace that were left out among them."""
        unread = (LeftOut(device.name, device.problem) for device in self.devices if device.problem is not None)
        return (*unread, *self.scope.left_out)

    def item_counts(self) -> dict[str, int]:
        """How many items got each verdict."""
        return count(item.verdict for item in self.items)

    def finding_counts(self) -> dict[str, int]:
        """How many findings (item × device) got each verdict, without those that are waived."""
        return count(finding.verdict for item in self.items for finding in item.findings if finding.waiver is None)

    @property
    def waived(self) -> int:
        """How many findings are waived."""
        return sum(item.waived for item in self.items)

    @property
    def clean(self) -> bool:
        """Whether every document was read as a whole and nothing, but what is waived, is not or only partly met."""
        counts = self.finding_counts()
        return all(device.whole for device in self.devices) and not counts[Verdict.FAIL] and not counts[Verdict.PARTIAL]

    def findings_of(self, device: str) -> tuple[Finding, ...]:
        """The findings about one device, in the order of the items."""
        return self._by_device.get(device, ())

    @cached_property
    def _by_device(self) -> dict[str, tuple[Finding, ...]]:
        found: dict[str, list[Finding]] = {}
        for item in self.items:
            for finding in item.findings:
                found.setdefault(finding.device, []).append(finding)
        return {device: tuple(findings) for device, findings in found.items()}


def roll_up(verdicts: Iterable[Verdict]) -> Verdict:
    """One item over all devices: all met → met; some met and some not → partly met; the unknown keeps it open."""
    seen = set(verdicts) - {Verdict.NOT_APPLICABLE}
    if not seen:
        return Verdict.NOT_APPLICABLE
    if Verdict.PARTIAL in seen or {Verdict.FAIL, Verdict.PASS} <= seen:
        return Verdict.PARTIAL
    if Verdict.FAIL in seen:
        return Verdict.FAIL
    return Verdict.MANUAL if Verdict.MANUAL in seen else Verdict.PASS


def count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How often each verdict occurs; every verdict is a key, gravest first."""
    totals = {verdict.value: 0 for verdict in Verdict}
    for verdict in verdicts:
        totals[verdict.value] += 1
    return totals
