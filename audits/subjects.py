"""What is judged: a device with everything that is known about it, or the system as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from audits.model import Evidence, EvidenceLine, Fix, Source, Words
from audits.vocabulary import CONFIGURED, FACTS
from configs.model import Basis, Fact
from configs.remedies import remedies
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audits.model import Assessed, Observed, Severity
    from audits.pack import Check, Item

_CONTEXT = 2  # lines shown before and after a cited one
_NOT_WHOLE = mark("the text is not the whole configuration of one device")
_MANY = 50  # cited lines beyond which none are shown around them
_SOURCES = {
    Source.PROMETHEUS: mark("the measurements of Prometheus"),
    Source.ARCHIVE: mark("the archive of backups"),
    Source.PLAN: mark("the address plan and the inventory"),
    Source.ROLLOUT: mark("the record of changes"),
    Source.PROBE: mark("the probes"),
}


@dataclass
class Subject:
    """A device, or the system (`device` is None). `observed` is what other sources say about it, by fact.

    `given` are the sources that said anything at all: of the others it is known that nobody collected them.
    """

    device: Assessed | None
    observed: Mapping[str, Sequence[Observed]]
    given: frozenset[Source]
    everything: Sequence[Assessed] = ()
    _contexts: dict[tuple[int, ...], tuple[EvidenceLine, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, Severity, Source | None], Evidence] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The device's name, empty for the system."""
        return "" if self.device is None else self.device.name

    def value(self, fact: str) -> bool | None:
        """What is known of a fact: a weakness that anybody saw is there; the unknown keeps it open."""
        if self.device is not None and fact in CONFIGURED:
            return known(self.device, fact).value
        return together(self._values(fact))

    def lines(self, fact: str) -> tuple[int, ...]:
        """The lines of the configuration that prove it."""
        told = self.device is not None and fact in CONFIGURED
        return known(self.device, fact).lines if self.device is not None and told else ()

    def evidence(self, check: Check) -> Evidence:
        """What is known of a check's fact, with what proves it; several items ask for the same."""
        key = (check.fact, check.severity, check.source)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._evidence(check)
        return found

    def _evidence(self, check: Check) -> Evidence:
        value = self.value(check.fact)
        if check.source is None:
            return self._configured(check, value)
        seen = [entry for entry in self.observed.get(check.fact, ()) if entry.value is value]
        if not seen:
            source = Message(_SOURCES[check.source])
            if check.source in self.given:
                why = Message("nothing is said about it by {source}", source=source)
            else:
                why = Message("not collected: {source}", source=source)
            return Evidence(check.fact, None, Basis.UNDECIDABLE, check.severity, why, source=check.source)
        return Evidence(
            check.fact,
            value,
            Basis.UNDECIDABLE if value is None else Basis.OBSERVED,
            check.severity,
            seen[0].why,
            source=seen[0].source,
            records=tuple(self._record(entry, record) for entry in seen for record in entry.records),
            at=max(entry.at for entry in seen),
        )

    def fix(self, fact: str) -> Fix | None:
        """What mends it on the device's platform, if the dialect says so."""
        return None if self.device is None else _fix(self.device.facts.platform, fact)

    def _values(self, fact: str) -> Iterable[bool | None]:
        if fact not in CONFIGURED:
            return [entry.value for entry in self.observed.get(fact, ())]
        return [known(device, fact).value for device in self.everything]

    def _configured(self, check: Check, value: bool | None) -> Evidence:
        if self.device is None:
            weak = tuple(device for device in self.everything if known(device, check.fact).value is True)
            return Evidence(
                check.fact,
                value,
                Basis.UNDECIDABLE if value is None else Basis.LINE,
                check.severity,
                Message("devices: {names}", names=", ".join(device.name for device in weak)) if weak else "",
            )
        found = known(self.device, check.fact)
        return Evidence(found.name, found.value, found.basis, check.severity, found.why, self._context(check.fact))

    def _context(self, fact: str) -> tuple[EvidenceLine, ...]:
        numbers = self.lines(fact)
        if self.device is None or not numbers:
            return ()
        if numbers not in self._contexts:
            self._contexts[numbers] = _in_context(self.device, numbers)
        return self._contexts[numbers]

    def _record(self, entry: Observed, record: str) -> str:
        return f"{entry.device}: {record}" if entry.device != self.name else record


@dataclass(frozen=True, slots=True)
class Everything:
    """All devices, and what was observed of each, of the system, and of machines that are not audited."""

    devices: tuple[Subject, ...]
    _all: Mapping[str, Sequence[Observed]]
    _strays: Mapping[str, Sequence[Observed]]
    given: frozenset[Source]

    def system(self, item: Item) -> Subject:
        """The system as an item asks for it: all that was observed of the facts that are the system's, and of those
        that are a device's what is no audited device's.
        """  # noqa: D205 - one sentence says it
        whole = {check.fact: self._all.get(check.fact, ()) for check in item.checks_of("system")}
        rest = {check.fact: self._strays.get(check.fact, ()) for check in item.checks_of("device")}
        return Subject(
            None, rest | whole, self.given, tuple(subject.device for subject in self.devices if subject.device)
        )


def gather(devices: Sequence[Assessed], observed: Iterable[Observed]) -> Everything:
    """Bring devices and observations together. ValueError for a fact that nobody observes, or that nobody knows."""
    found: dict[str, dict[str, list[Observed]]] = {device.name: {} for device in devices}
    every: dict[str, list[Observed]] = {}
    strays: dict[str, list[Observed]] = {}
    given = set()
    for entry in observed:
        if entry.fact in CONFIGURED or entry.fact not in FACTS:
            message = f"{entry.fact} is no fact that is observed"
            raise ValueError(message)
        found.get(entry.device, strays).setdefault(entry.fact, []).append(entry)
        every.setdefault(entry.fact, []).append(entry)
        given.add(entry.source)
    sources = frozenset(given)
    return Everything(tuple(Subject(device, found[device.name], sources) for device in devices), every, strays, sources)


def known(device: Assessed, name: str) -> Fact:
    """A fact as far as a verdict may rest on it: of a text that is not whole, only the weaknesses that it shows.

    What is missing in such a text, and what stands sound in it, may be otherwise in the rest.
    """
    fact = device.facts.facts[name]
    shown = fact.value is True and fact.basis is Basis.LINE
    return fact if device.whole or shown else Fact(name, None, Basis.UNDECIDABLE, (), _NOT_WHOLE)


def together(values: Iterable[bool | None]) -> bool | None:
    """Several answers to one question: a weakness seen once is there; what one does not know stays open."""
    seen = set(values)
    if True in seen:
        return True
    return None if None in seen or not seen else False


@cache
def _fix(platform: str, fact: str) -> Fix | None:
    remedy = remedies(platform).get(fact)
    return None if remedy is None else Fix(fact, remedy.shown, Words(remedy.note.en, remedy.note.zh))


def _in_context(device: Assessed, numbers: tuple[int, ...]) -> tuple[EvidenceLine, ...]:
    """The cited lines with those around them; of very many the lines alone are enough."""
    masked, cited = device.masked, set(numbers)
    if len(cited) > _MANY:
        return tuple(map(EvidenceLine._make, ((number, masked[number - 1], True) for number in sorted(cited))))
    last = len(masked)
    shown = {near for number in cited for near in range(max(number - _CONTEXT, 1), min(number + _CONTEXT, last) + 1)}
    return tuple([EvidenceLine(number, masked[number - 1], number in cited) for number in sorted(shown)])
