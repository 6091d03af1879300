"""What mends a device: the lines of its dialect's remedies, tried one after the other on the text that was audited.

A remedy counts only if the text with it in does not show the weakness any more and shows no other one. So what is
promised was seen, as far as a text can show it; the audit behind the push says what the device made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from audits.model import Verdict
from audits.subjects import known
from configs import change, dialects
from configs.change import statements
from configs.remedies import by_statements, language, remedies
from configs.remedy_lines import Lack, UnfitError, mend
from configs.rulesets.facts import on
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from audits.changes import Run
    from audits.model import Assessed
    from configs.change import Change
    from configs.model import Dialect, Fact
    from configs.remedies import Note, Remedy
    from configs.remedy_lines import Values
    from configs.tree import Tree
    from inventory.model import Interface

# A hint leaves the verdict to a person, and is mended like a weakness that is proven.
_OPEN: Final = (Verdict.FAIL.value, Verdict.PARTIAL.value, Verdict.MANUAL.value)


@dataclass(frozen=True, slots=True)
class Closed:
    """A weakness that the change closes. `lines` are what its remedy says, masked; none if another's closed it too.

    `shows` are the lesser weaknesses that come to light with it.
    """

    fact: str
    lines: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A weakness that is left for a person: why, the remedy's sentence, and its lines as far as they are known."""

    fact: str
    lack: Lack
    why: Message
    note: Note | None = None
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of the way: the text before and behind it, the commands there and back."""

    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    forth: Change
    back: Change

    @property
    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return self.forth.empty


@dataclass(frozen=True, slots=True)
class Fixed:
    """One device: what is closed and what is left. `inside` cannot shut us out; `doors` comes behind it and may."""

    device: str
    platform: str
    closed: tuple[Closed, ...]
    left: tuple[Left, ...]
    inside: Leg
    doors: Leg

    @property
    def after(self) -> bytes:
        """The text with everything mended that can be."""
        return self.doors.after

    @property
    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return self.inside.empty and self.doors.empty


def open_weaknesses(run: Run) -> dict[str, set[str]]:
    """The weaknesses that a report names and nobody has waived, by device; a person's word closes what it is about."""
    found: dict[str, set[str]] = {}
    for item in run["items"]:
        for finding in item["findings"]:
            if finding["device"] and finding["verdict"] in _OPEN:
                found.setdefault(finding["device"], set()).update(_weak(finding["evidence"]))
    for entry in run["observations"]:
        found.setdefault(entry["device"], set()).update(_weak([entry]))
    return found


def _weak(evidence: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (entry["fact"] for entry in evidence if entry["value"] and not entry["waiver"])


def fix(
    device: Assessed,
    wanted: Collection[str],
    values: Values,
    management: Interface | None = None,
    *,
    named: Collection[str] = (),
    day: date | None = None,
) -> Fixed:
    """What mends those weaknesses of `wanted` that the device has. Its text must have been read (no `problem`).

    `named` are those that somebody has asked for by name; `day` decides which rules' time is over.
    """
    speaker = dialects.dialect(device.facts.platform)
    before = speaker.parse(device.document.content)
    attempt = _Attempt(speaker, before, device.facts.facts, values, frozenset(named), management, day)
    weak = [name for name in device.facts.facts if name in wanted and known(device, name).value]
    mended = remedies(device.facts.platform)
    ordered = [*(name for name in mended if name in weak), *(name for name in weak if name not in mended)]
    found = {name: attempt.mend(name) for name in ordered}
    inside = attempt.tree
    found |= {name: attempt.mend(name, doors=True) for name in ordered if found[name] is None}
    closed = tuple(each for each in found.values() if isinstance(each, Closed))
    left = tuple(each for each in found.values() if isinstance(each, Left))
    legs = (attempt.leg(before, inside), attempt.leg(inside, attempt.tree))
    return Fixed(device.name, device.facts.platform, closed, left, *legs)


class _Attempt:
    """One device's text, with the remedies that have been put in so far."""

    def __init__(
        self,
        speaker: Dialect,
        tree: Tree,
        facts: Mapping[str, Fact],
        values: Values,
        named: frozenset[str],
        management: Interface | None,
        day: date | None,
    ) -> None:
        self._speaker = speaker
        self.tree = tree
        self._facts = dict(facts)
        self._values = values
        self._named = named
        self._management = management
        self._day = day

    def mend(self, name: str, *, doors: bool = False) -> Closed | Left | None:
        """Put a weakness's remedy in, if it closes it and nothing else opens; None if it may shut us out and that is
        not wanted yet.
        """  # noqa: D205 - one sentence
        if not self._facts[name].value:
            return Closed(name)
        remedy = remedies(self._speaker.platforms[0])[name]
        try:
            return self._mended(name, remedy, doors=doors)
        except UnfitError as error:
            return Left(name, error.lack, error.message, error.note, remedy.shown)

    def leg(self, before: Tree, after: Tree) -> Leg:
        """The way between two texts, in an order that never cuts the session, and the way back."""
        return Leg(before.to_bytes(), after.to_bytes(), self._change(before, after), self._change(after, before))

    def _change(self, before: Tree, after: Tree) -> Change:
        platform = self._speaker.platforms[0]
        form = language(platform)
        if before is after or (form is None and not by_statements(platform)):
            return change.Change()
        if form is None:
            commands = statements.difference(before, after)
            shown = tuple(self._masked(commands))
            # Nothing tells which of them touch the way to the device.
            return change.Change(commands, "".join(f"{line}\n" for line in shown), cuts=shown)
        return change.compute(before, after, replace(form, owned=change.NEVER, whole=True), self._management)

    def _mended(self, name: str, remedy: Remedy, *, doors: bool) -> Closed | None:
        """Put a remedy in. UnfitError if nobody asked for it, it does not close it, or opens another."""
        if remedy.named and name not in self._named:
            message = Message("others than we may be cut off: done only where it is named with --only")
            raise UnfitError(Lack.NAMED, message, remedy.note)
        mended = mend(self._speaker, self.tree, remedy, self._facts[name].lines, self._values)
        after = self._speaker.parse(mended.text)
        facts = self._facts | dict(on(self._speaker.facts(after), self._day).facts)
        opened = sorted(other for other, found in facts.items() if found.value and not self._facts[other].value)
        if not set(opened) <= set(remedy.shows):
            message = Message("its lines would open another weakness: {names}", names=", ".join(opened))
            raise UnfitError(Lack.LINES, message, remedy.note)
        if facts[name].value:
            raise UnfitError(Lack.LINES, Message("its lines do not mend all of it"), remedy.note)
        if not doors and self._change(self.tree, after).cuts:
            return None
        self.tree, self._facts = after, facts
        return Closed(name, tuple(self._masked(mended.lines)), tuple(opened))

    def _masked(self, lines: tuple[str, ...]) -> Iterator[str]:
        return (self._speaker.mask(line) for line in lines)
