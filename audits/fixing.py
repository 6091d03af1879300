"""What mends a device: the lines of its dialect's remedies, tried one after the other on the text that was audited.

A remedy counts only if the text with it in does not show the weakness any more and shows no other one. So what is
promised was seen, as far as a text can show it; the audit behind the push says what the device made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from configs import change, dialects
from configs.remedies import language, remedies
from configs.remedy_lines import Lack, UnfitError, mend
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from audits.model import Assessed
    from configs.change import Change
    from configs.model import Dialect, Fact
    from configs.remedies import Note, Remedy
    from configs.remedy_lines import Values
    from configs.tree import Tree
    from inventory.model import Interface


@dataclass(frozen=True, slots=True)
class Closed:
    """A weakness that the change closes. `lines` are what its remedy says, masked; none if another's closed it too."""

    fact: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """A weakness that is left for a person: why, the remedy's sentence, and its lines as far as they are known."""

    fact: str
    lack: Lack
    why: Message
    note: Note | None = None
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """One device: its text before and after, the way there and back, what that closes and what is left."""

    device: str
    platform: str
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)
    closed: tuple[Closed, ...]
    left: tuple[Left, ...]
    forth: Change
    back: Change


def fix(
    device: Assessed,
    wanted: Collection[str],
    values: Values,
    management: Interface | None = None,
    *,
    named: Collection[str] = (),
) -> Fixed:
    """What mends those weaknesses of `wanted` that the device has. Its text must have been read (no `problem`).

    `named` are those that somebody has asked for by name.
    """
    speaker = dialects.dialect(device.facts.platform)
    attempt = _Attempt(speaker, speaker.parse(device.document.content), device.facts.facts, values, frozenset(named))
    weak = [name for name, fact in device.facts.facts.items() if fact.value and name in wanted]
    known = remedies(device.facts.platform)
    order = [name for name in known if name in weak]
    closed: list[Closed] = []
    left: list[Left] = []
    for name in (*order, *(name for name in weak if name not in known)):
        found = attempt.mend(name)
        if isinstance(found, Closed):
            closed.append(found)
        else:
            left.append(found)
    return Fixed(
        device.name,
        device.facts.platform,
        device.document.content,
        attempt.tree.to_bytes(),
        tuple(closed),
        tuple(left),
        *_ways(speaker, device.document.content, attempt.tree, management),
    )


def _ways(speaker: Dialect, before: bytes, after: Tree, management: Interface | None) -> tuple[Change, Change]:
    """The change to the mended text, in an order that never cuts the session, and the one back."""
    form = language(speaker.platforms[0])
    if form is None:
        return change.Change(), change.Change()
    whole = replace(form, owned=change.NEVER, whole=True)
    running = speaker.parse(before)
    return (
        change.compute(running, after, whole, management),
        change.compute(after, running, whole, management),
    )


class _Attempt:
    """One device's text, with the remedies that have been put in so far."""

    def __init__(
        self, speaker: Dialect, tree: Tree, facts: Mapping[str, Fact], values: Values, named: frozenset[str]
    ) -> None:
        self._speaker = speaker
        self.tree = tree
        self._facts = dict(facts)
        self._values = values
        self._named = named

    def mend(self, name: str) -> Closed | Left:
        """Put a weakness's remedy in, if it closes it and nothing else opens."""
        if not self._facts[name].value:
            return Closed(name)
        remedy = remedies(self._speaker.platforms[0]).get(name)
        if remedy is None:
            return Left(name, Lack.DECISION, Message("no remedy is known for it on this platform"))
        try:
            return self._mended(name, remedy)
        except UnfitError as error:
            return Left(name, error.lack, error.message, error.note, remedy.shown)

    def _mended(self, name: str, remedy: Remedy) -> Closed:
        """Put a remedy in. UnfitError if nobody asked for it, it does not close it, or opens another."""
        if remedy.named and name not in self._named:
            message = Message("others than we may be cut off: done only where it is named with --only")
            raise UnfitError(Lack.NAMED, message, remedy.note)
        mended = mend(self._speaker, self.tree, remedy, self._facts[name].lines, self._values)
        after = self._speaker.parse(mended.text)
        facts = self._facts | dict(self._speaker.facts(after).facts)
        opened = sorted(other for other, found in facts.items() if found.value and not self._facts[other].value)
        if opened:
            message = Message("its lines would open another weakness: {names}", names=", ".join(opened))
            raise UnfitError(Lack.LINES, message, remedy.note)
        if facts[name].value:
            raise UnfitError(Lack.LINES, Message("its lines do not mend all of it"), remedy.note)
        self.tree, self._facts = after, facts
        return Closed(name, tuple(self._masked(mended.lines)))

    def _masked(self, lines: tuple[str, ...]) -> Iterator[str]:
        return (self._speaker.mask(line) for line in lines)
