"""A report's words in one language: verdicts, severities, what a fact says, why, and the marks between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import Severity, Source, Verdict
from audits.vocabulary import FACTS
from configs.model import Basis
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audits.model import Evidence, Finding, HighRisk, ItemResult, Score, Waiver, Words

BASES = {
    Basis.LINE: mark("these lines"),
    Basis.ABSENT: mark("the line that would mend it is missing"),
    Basis.DEFAULT: mark("the platform's default"),
    Basis.UNDECIDABLE: mark("this text cannot decide it"),
    Basis.OBSERVED: mark("seen elsewhere than in the configuration"),
}
SEVERITIES = {
    Severity.HIGH: mark("high"),
    Severity.MEDIUM: mark("medium"),
    Severity.LOW: mark("low"),
}
SOURCES = {
    Source.PROMETHEUS: mark("measurements (Prometheus)"),
    Source.ARCHIVE: mark("the archive of configurations"),
    Source.PLAN: mark("the address plan"),
    Source.ROLLOUT: mark("the journal of rollouts"),
    Source.PROBE: mark("a probe"),
}
STATES = {
    "active": mark("in force"),
    "valid": mark("valid"),
    "not_yet": mark("not yet in force"),
    "expired": mark("expired"),
    "file_missing": mark("its file is missing"),
    "checksum_differs": mark("its file has changed"),
    "no_checksum": mark("without a checksum"),
}
# Names of categories of texts, so that the same word stands in every format.
SYSTEM = mark("the system as a whole")
SELF_CHECK = mark("Self-check")
HEADING = mark("Self-check for classified protection")
FOR_REFERENCE = mark("self-assessment, for reference only")
NOTICE = mark(
    "This is a self-check made by govnet from configurations. It is no assessment by an assessment body and gives "
    "no official score."
)
UNVERIFIED = mark("The rules are paraphrases. Nobody has yet verified them against the paper standard.")
VERIFIED = mark("The rules have been verified against the paper standard.")
WAIVED = mark("waived")
EASED, NOT_EASED = mark("eased by the configuration"), mark("not eased")
MASKED = mark("Secrets in the lines shown are masked (***).")


class Wording:
    """Everything that a report says, in one language (`en` or `zh_CN`)."""

    def __init__(self, language: str) -> None:
        self.language = language
        chinese = language == "zh_CN"
        self.colon = "：" if chinese else ": "
        self.semicolon = "；" if chinese else "; "
        self.comma = "、" if chinese else ", "

    def tr(self, template: str, /, **parameters: object) -> str:
        """A message id in this language."""
        return Message(template, **parameters).in_language(self.language)

    def words(self, words: Words) -> str:
        """A text from data."""
        return words.in_language(self.language)

    def message(self, message: Message) -> str:
        """A message."""
        return message.in_language(self.language)

    def verdict(self, verdict: Verdict) -> str:
        """符合, 部分符合, 不符合, 不适用 or 需人工确认."""
        return self.tr(verdict.label)

    def severity(self, severity: Severity | None) -> str:
        """How grave; empty if nothing was found."""
        return self.tr(SEVERITIES[severity]) if severity else ""

    def state(self, state: str) -> str:
        """The state of a waiver or an attestation."""
        return self.tr(STATES[state]) if state in STATES else state

    def device(self, name: str) -> str:
        """A device's name; no name means the system as a whole."""
        return name or self.tr(SYSTEM)

    def weakness(self, fact: str) -> str:
        """What it means that a fact is true."""
        return self.tr(FACTS[fact].weak)

    def reading(self, entry: Evidence) -> str:
        """What the fact says with this value; where it is not known, what it would be and why it is not."""
        if entry.value is not None:
            return self.tr(FACTS[entry.fact].reading(entry.value))
        return f"{self._not_known(entry)}{self.colon}{self.weakness(entry.fact)}"

    def _not_known(self, entry: Evidence) -> str:
        """Why nobody knows: the configuration does not tell, or what another source says about itself."""
        if entry.source is not None and entry.why:
            return self.why(entry)
        return self.tr(FACTS[entry.fact].reading(None))

    def why(self, entry: Evidence) -> str:
        """The reason that the evidence gives; empty if it gives none."""
        return self.message(entry.why if isinstance(entry.why, Message) else Message(entry.why)) if entry.why else ""

    def basis(self, entry: Evidence) -> str:
        """What the evidence rests on, with its source and its time if it comes from elsewhere."""
        if entry.source is None:
            return self.tr(BASES[entry.basis])
        return self.tr(SOURCES[entry.source]) + (f" ({entry.at})" if entry.at else "")

    def numbers(self, numbers: Iterable[int], most: int) -> str:
        """Line numbers in one line, runs as `4-9`, at most so many pieces."""
        pieces: list[list[int]] = []
        for number in sorted(numbers):
            if pieces and number == pieces[-1][1] + 1:
                pieces[-1][1] = number
            else:
                pieces.append([number, number])
        shown = [f"{first}" if first == last else f"{first}-{last}" for first, last in pieces[:most]]
        return ", ".join(shown) + (" …" if len(pieces) > most else "")

    def listed(self, names: Iterable[str], most: int) -> str:
        """Names in one line; of more than `most` the number of those that are left out."""
        all_names = [self.device(name) for name in names]
        rest = len(all_names) - most
        text = self.comma.join(all_names[:most])
        return text + (f" … (+{rest})" if rest > 0 else "")

    def record(self, finding: Finding) -> str:
        """结果记录: what was found on one device, fact by fact, with the numbers of the lines."""
        pieces = []
        unknown: dict[str, list[str]] = {}
        for entry in finding.evidence:
            if entry.value is None:
                unknown.setdefault(self._not_known(entry), []).append(self.weakness(entry.fact))
                continue
            cited = self.numbers((line.number for line in entry.cited), 6)
            place = f" [{self.tr(mark('lines {numbers}'), numbers=cited)}]" if cited else ""
            pieces.append(self.reading(entry) + place)
        pieces += [f"{why}{self.colon}{self.comma.join(facts)}" for why, facts in unknown.items()]
        if self.words(finding.note):
            pieces.append(self.words(finding.note))
        return self.semicolon.join(pieces) or self.message(finding.why)

    def mitigation(self, risk: HighRisk) -> str:
        """What eases a case of the high-risk guide, and what keeps it high all the same."""
        if not risk.eased:
            return self.tr(NOT_EASED)
        told = self.tr(EASED)
        if risk.attestation is not None:
            told = self.tr(mark("eased by what {by} attested"), by=risk.attestation.by)
        elif risk.eased_by:
            told += self.colon + self.comma.join(self.tr(FACTS[name].sound) for name in risk.eased_by)
        if risk.through:
            told += self.semicolon + self.tr(mark("stays high through case {case}"), case=risk.through)
        return told

    def tally(self, counts: Mapping[str, int], waived: int = 0) -> str:
        """The verdicts that occur, with their numbers, and what is waived."""
        parts = [f"{self.tr(Verdict(key).label)} {number}" for key, number in counts.items() if number]
        if waived:
            parts.append(f"{self.tr(WAIVED)} {waived}")
        return self.comma.join(parts) or self.tr(mark("none"))

    def evidence(self, finding: Finding, most: int) -> str:
        """The lines of the configuration, masked, and the records of what was seen elsewhere; one a line."""
        lines = {line.number: line.text for entry in finding.evidence for line in entry.cited}
        shown = [f"{number}: {lines[number].strip()}" for number in sorted(lines)[:most]]
        if len(lines) > most:
            shown.append(self.tr(mark("… and {count} more lines"), count=len(lines) - most))
        for entry in finding.evidence:
            if entry.source is not None:
                shown += [f"[{self.basis(entry)}] {record}" for record in entry.records[:most]]
        return "\n".join(shown)

    def missing(self, item: ItemResult, most: int) -> str:
        """Each weakness of the item with the devices that have it, so many by name."""
        devices: dict[str, list[str]] = {}
        for finding in item.findings:
            for entry in finding.evidence:
                if entry.value:
                    devices.setdefault(entry.fact, []).append(finding.device)
        return "\n".join(
            f"{self.weakness(fact)} ({len(names)}){self.colon}{self.listed(names, most)}"
            for fact, names in devices.items()
        )

    def waived(self, waiver: Waiver) -> str:
        """Until when and why something is waived."""
        return self.tr(
            mark("waived until {until} ({name}): {reason}"),
            until=waiver.until,
            name=waiver.name,
            reason=waiver.reason,
        )

    def scope_of(self, waiver: Waiver) -> str:
        """What a waiver is about: the item, the weakness, the devices; one a line."""
        weakness = self.weakness(waiver.fact) if waiver.fact in FACTS else waiver.fact
        return "\n".join(text for text in (waiver.item, weakness, self.comma.join(waiver.devices)) if text)

    def decided(self, finding: Finding) -> str:
        """The waiver that covers the finding, and what a person stated about it."""
        parts = []
        if finding.waiver is not None:
            parts.append(self.waived(finding.waiver))
        if finding.attestation is not None:
            parts.append(
                self.tr(
                    mark("attested by {by} on {on} ({state}): {statement}"),
                    by=finding.attestation.by,
                    on=finding.attestation.on,
                    state=self.state(finding.attestation.state),
                    statement=finding.attestation.statement,
                )
            )
        return "\n".join(parts)

    def level(self, level: int) -> str:
        """第二级 or 第三级."""
        return self.tr(mark("level 3") if level == 3 else mark("level 2"))

    def rate(self, score: Score) -> str:
        """The rate and the points as far as the profile gives them; whoever shows it labels it as self-assessed."""
        parts = []
        if score.rate is not None:
            parts.append(
                self.tr(
                    mark("rate of items met: {rate} % ({decided} of {applicable} items decided)"),
                    rate=f"{score.rate:.1f}",
                    decided=score.decided,
                    applicable=score.applicable,
                )
            )
        if score.points is not None:
            parts.append(self.tr(mark("{points} points of 100"), points=f"{score.points:.1f}"))
        return self.comma.join(parts) or self.tr(mark("nothing is decided yet"))
