"""One item over all devices: what the evidence says, what persons stated, what was waived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audits.model import Finding, Verdict, Words
from audits.pack import Kind, matches
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audits.model import Attestation, Evidence, Waiver
    from audits.pack import Check, Item, Scope
    from audits.subjects import Everything, Subject

_UNMET = (Verdict.FAIL, Verdict.PARTIAL)
_GRAVITY = {verdict: len(Verdict) - place for place, verdict in enumerate(Verdict)}

_WEAK = Message(mark("the configuration shows a weakness"))
_SEEN = Message(mark("what was observed shows a weakness"))
_SOUND = Message(mark("the configuration shows that it is met"))
_MEASURED = Message(mark("what was observed shows that it is met"))
_FAVOURABLE = Message(mark("the configuration speaks for it; a person confirms the rest"))
_AGAINST = Message(mark("the configuration speaks against it; a person looks whether something else makes it good"))
_UNKNOWN = Message(mark("the configuration does not tell everything that the item asks for"))
_PERSON = Message(mark("no configuration can tell; a person collects the evidence"))
_NOT_HERE = Message(mark("the item does not apply to network and security devices"))
_NOT_THIS = Message(mark("the item does not apply to this device"))
_UNREAD = Message(mark("the configuration could not be read"))
_STATED = Message(mark("a person has stated it, with a file that shows it"))
_CONTRADICTED = Message(mark("a person has stated that it is met, but a weakness is proven"))


@dataclass(frozen=True, slots=True)
class Statements:
    """What persons decided: attestations and waivers, whatever their state."""

    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def attestation(self, names: Iterable[str], device: str) -> Attestation | None:
        """The statement about an item (or case) on a device: the latest valid one, of a day's several the gravest.

        Without a valid one, the first of the others: a report shows why it decides nothing.
        """
        known = set(names)
        fitting = [entry for entry in self.attestations if entry.item in known and covers(entry.devices, device)]
        valid = [entry for entry in fitting if entry.state == "valid"]
        if valid:
            return max(valid, key=lambda entry: (entry.on, _GRAVITY[entry.verdict]))
        return fitting[0] if fitting else None

    def waiver(self, names: Iterable[str], device: str, fact: str) -> Waiver | None:
        """The active waiver of a weakness; `fact` is empty for a verdict without one."""
        known = set(names)
        return next(
            (
                entry
                for entry in self.waivers
                if entry.state == "active"
                and (not entry.item or entry.item in known)
                and (not entry.fact or entry.fact == fact)
                and covers(entry.devices, device)
            ),
            None,
        )


def covers(patterns: tuple[str, ...], device: str) -> bool:
    """Whether patterns of names mean a device; none mean all."""
    return not patterns or matches(patterns, device)


def judge(item: Item, values: Mapping[str, bool | None], scope: Scope | None = None) -> Verdict:
    """The verdict from the values of facts, on a device or on the system; a fact that is not there is unknown."""
    if item.not_applicable is not None:
        return Verdict.NOT_APPLICABLE
    return _judge(item.kind, item.checks_of(scope or item.first_scope), values)


def names_of(item: Item) -> tuple[str, ...]:
    """What an item is called, at whatever level."""
    return tuple(name for name in (item.id, item.level2) if name)


def findings(everything: Everything, item: Item, level: int, statements: Statements) -> tuple[Finding, ...]:
    """The item on every device, and on the system where something is asked of it or known about it."""
    if item.not_applicable is not None:
        why = item.not_applicable.words()
        return (Finding("", item.id_at(level), Verdict.NOT_APPLICABLE, _NOT_HERE, collect=why),)
    system = everything.system(item)
    whole, of_devices = _asked_of_system(item, system), item.checks_of("device")
    if not _collected(everything, of_devices):
        # Nobody was asked: one line says so, not one for every device.
        whole, of_devices = tuple(dict.fromkeys((*whole, *of_devices))), ()
    # An item that asks nothing of a configuration is still one of each device if only some have it.
    each = bool(of_devices) or (not item.checks and item.applies is not None)
    found = [_finding(system, item, level, whole)] if whole or not (item.checks or each) else []
    if each:
        found += [_finding(subject, item, level, of_devices) for subject in everything.devices]
    return tuple(_stated(finding, item, statements) for finding in found)


def _asked_of_system(item: Item, system: Subject) -> tuple[Check, ...]:
    strays = tuple(check for check in item.checks_of("device") if system.observed.get(check.fact))
    return (*item.checks_of("system"), *strays)


def _collected(everything: Everything, checks: Iterable[Check]) -> bool:
    return any(check.source is None or check.source in everything.given for check in checks)


def _judge(kind: Kind, checks: Sequence[Check], values: Mapping[str, bool | None]) -> Verdict:
    found = [values.get(check.fact) for check in checks]
    if any(values.get(check.fact) for check in checks if not check.hint):
        decisive = any(check.decisive and values.get(check.fact) for check in checks)
        # Partly met needs something that is shown to be met: the unknown does not help.
        return Verdict.PARTIAL if False in found and not decisive else Verdict.FAIL
    needed = [values.get(check.fact) for check in checks if check.needed]
    if True in found or None in needed or not needed or not kind.decides:
        return Verdict.MANUAL
    return Verdict.PASS


def _finding(subject: Subject, item: Item, level: int, checks: tuple[Check, ...]) -> Finding:
    device = subject.device
    number = item.id_at(level)
    collect = item.collect.words() if item.collect else Words()
    if (
        device is not None
        and item.applies is not None
        and not item.applies.to(device.facts.platform, device.document.role)
    ):
        return Finding(device.name, number, Verdict.NOT_APPLICABLE, _NOT_THIS, collect=item.applies.why.words())
    evidence = tuple(subject.evidence(check) for check in checks)
    verdict = _judge(item.kind, checks, {entry.fact: entry.value for entry in evidence})
    unread = device is not None and device.problem is not None and any(check.source is None for check in checks)
    if unread:
        # Of a text that could not be read nothing is said but what others saw.
        evidence = tuple(entry for entry in evidence if entry.source is not None and entry.value is not None)
    why = _UNREAD if unread and verdict is Verdict.MANUAL else _why(verdict, checks, evidence)
    note = item.notes.get(device.facts.platform) if device is not None else None
    return Finding(
        subject.name,
        number,
        verdict,
        why,
        evidence,
        tuple(fix for entry in evidence if entry.value and (fix := subject.fix(entry.fact)) is not None),
        collect,
        note=note.words() if note else Words(),
    )


def _why(verdict: Verdict, checks: Sequence[Check], evidence: Sequence[Evidence]) -> Message:
    if verdict in _UNMET:
        weak = [entry for entry in evidence if entry.value]
        return _SEEN if all(entry.source is not None for entry in weak) else _WEAK
    if verdict is Verdict.PASS:
        return _MEASURED if all(entry.source is not None for entry in evidence) else _SOUND
    if not checks:
        return _PERSON
    if {check.fact for check in checks if check.hint} & {entry.fact for entry in evidence if entry.value}:
        return _AGAINST
    needed = {check.fact for check in checks if check.needed}
    open_ones = [entry for entry in evidence if entry.value is None and entry.fact in needed]
    missing = next((entry.why for entry in open_ones if entry.source is not None), None)
    if isinstance(missing, Message):
        return missing
    return _UNKNOWN if open_ones else _FAVOURABLE


def _stated(finding: Finding, item: Item, statements: Statements) -> Finding:
    names = names_of(item)
    attestation = statements.attestation(names, finding.device)
    if attestation is not None:
        finding = _attested(finding, attestation)
    return _waived(finding, names, statements) if finding.verdict in _UNMET else finding


def _attested(finding: Finding, attestation: Attestation) -> Finding:
    """What a person states closes what is open, and may be graver than what was found; it never outdoes a proof."""
    if attestation.state == "valid":
        stated = attestation.verdict
        graver = {Verdict.PASS: _UNMET, Verdict.PARTIAL: (Verdict.FAIL,)}.get(finding.verdict, ())
        # What nobody could read is closed only by a statement that names the device.
        unseen = finding.why is _UNREAD and not attestation.devices and stated not in _UNMET
        if (finding.verdict is Verdict.MANUAL and not unseen) or stated in graver:
            return replace(finding, verdict=stated, why=_STATED, attestation=attestation)
        if finding.verdict in _UNMET and stated not in _UNMET:
            return replace(finding, why=_CONTRADICTED, attestation=attestation)
    return replace(finding, attestation=attestation)


def _waived(finding: Finding, names: tuple[str, ...], statements: Statements) -> Finding:
    if not statements.waivers:
        return finding
    waivers = {
        entry.fact: statements.waiver(names, finding.device, entry.fact) for entry in finding.evidence if entry.value
    }
    if not waivers or finding.why is _STATED:  # what a person stated is waived as a whole, not by its facts
        waivers[""] = statements.waiver(names, finding.device, "")
    evidence = tuple(
        replace(entry, waiver=waiver.name) if (waiver := waivers.get(entry.fact)) is not None else entry
        for entry in finding.evidence
    )
    first = next(iter(waivers.values())) if None not in waivers.values() else None
    return replace(finding, evidence=evidence, waiver=first)
