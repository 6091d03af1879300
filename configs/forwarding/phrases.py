"""Commands as phrases with places in them, and what becomes of each line: carried, weak, or left with a reason.

A phrase is written as the vendor's manual writes it: `ip address {} {}`. `{}` takes a word, `{#}` a number, `{a|b}` one
of these words; `a|b` is one of them without being told to the handler; a last `...` takes whatever else stands there.
A handler gets the view's context, the command and the words in the places. Its `ValueError` or `LookupError` means that
a value could not be read or is not there. What it returns says what becomes of the line; None: the model has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from configs.forwarding.model import Left
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from configs.reading import Command


@dataclass(frozen=True, slots=True)
class Leave:
    """The line is not carried; `touches` as in `Left`."""

    reason: Message
    touches: str = "other"


@dataclass(frozen=True, slots=True)
class Weak:
    """Packets go the same way without it."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Into:
    """The line is carried, and what stands below it is read by these phrases."""

    phrases: Phrases
    context: Any


Outcome = Leave | Weak | Into | None
Handler = "Callable[..., Outcome]"

UNKNOWN: Final = Message("this command is not known")
UNREADABLE: Final = Message("its values could not be read")
NO_EFFECT: Final = Weak(Message("packets go the same way without it"))


class _Row(NamedTuple):
    negated: bool
    tokens: tuple[str, ...]
    rest: bool
    handler: Callable[..., Outcome]


class Phrases:
    """The phrases of one kind of view. The first that fits decides; `negation` is the word that takes back."""

    def __init__(self, negation: str, *bases: Phrases) -> None:
        self.negation = negation
        self._own: dict[str, list[_Row]] = {}
        self._bases = bases

    def __call__(self, *templates: str) -> Callable[[Callable[..., Outcome]], Callable[..., Outcome]]:
        """Say how phrases are read."""

        def put(handler: Callable[..., Outcome]) -> Callable[..., Outcome]:
            for template in templates:
                self._put(template, handler)
            return handler

        return put

    def weak(self, *templates: str, why: Message | None = None) -> None:
        """Phrases that do not change where packets go."""
        outcome = NO_EFFECT if why is None else Weak(why)
        for template in templates:
            self._put(template, lambda *_, outcome=outcome: outcome)

    def left(self, reason: Message, touches: str, *templates: str) -> None:
        """Phrases that are known and not carried."""
        outcome = Leave(reason, touches)
        for template in templates:
            self._put(template, lambda *_, outcome=outcome: outcome)

    def _put(self, template: str, handler: Callable[..., Outcome]) -> None:
        tokens = tuple(template.split())
        negated = tokens[0] == self.negation
        if negated:
            tokens = tokens[1:]
        rest = tokens[-1] == "..."
        if rest:
            tokens = tokens[:-1]
        for first in tokens[0].split("|") if tokens else ("",):
            key = "" if first.startswith("{") else first
            self._own.setdefault(key, []).append(_Row(negated, tokens, rest, handler))

    def read(self, context: Any, command: Command) -> Outcome:
        """What becomes of a command."""
        for row, found in self.fitting(command):
            try:
                outcome = row.handler(context, command, *found)
            except (ValueError, LookupError):
                return Leave(UNREADABLE)
            if outcome is not NEXT:
                return outcome
        return Leave(UNKNOWN)

    def fitting(self, command: Command) -> Iterable[tuple[_Row, list[str]]]:
        """The phrases that fit, with the words in their places; its own first."""
        for row in (*self._own.get(command.folded[0], ()), *self._own.get("", ())):
            found = _places(row, command)
            if found is not None:
                yield row, found
        for base in self._bases:
            yield from base.fitting(command)


# What a handler returns that leaves the line to the next phrase that fits.
NEXT: Final = Leave(Message("this command is not known"), "next")
_NUMBER: Final = re.compile(r"\d+", re.ASCII)


def _places(row: _Row, command: Command) -> list[str] | None:
    """The words in a phrase's places; None if the command is another."""
    folded, size = command.folded, len(row.tokens)
    if row.negated != command.negated or len(folded) < size or (len(folded) > size and not row.rest):
        return None
    found = []
    for token, word, low in zip(row.tokens, command.words, folded, strict=False):
        if token == "{}":  # noqa: S105 - a place, no secret
            found.append(word)
        elif token == "{#}":  # noqa: S105 - as above
            if _NUMBER.fullmatch(word) is None:
                return None
            found.append(word)
        elif token.startswith("{"):
            if low not in token[1:-1].split("|"):
                return None
            found.append(low)
        elif low != token and low not in token.split("|"):
            return None
    return [*found, *command.words[size:]]


@dataclass
class Ledger:
    """What became of each line."""

    carried: set[int] = field(default_factory=set)
    left: dict[int, Left] = field(default_factory=dict)

    def note(self, line: int, outcome: Outcome) -> None:
        """Write down what a handler said; the last word counts."""
        self.left.pop(line, None)
        self.carried.discard(line)
        if isinstance(outcome, Leave):
            self.left[line] = Left(line, outcome.reason, outcome.touches)
        elif isinstance(outcome, Weak):
            self.left[line] = Left(line, outcome.reason, weak=True)
        else:
            self.carried.add(line)

    def leave(self, line: int, reason: Message, touches: str = "other") -> None:
        """A line that turned out not to be carried."""
        self.note(line, Leave(reason, touches))

    @property
    def known(self) -> set[int]:
        """The lines of which something was said."""
        return self.carried | set(self.left)


def _lost(outcome: Outcome) -> bool:
    return isinstance(outcome, Leave) and outcome.reason in (UNKNOWN, UNREADABLE)


# A view that was opened with its opener; what was found: how many of those stay open, the view, what it says.
_Opened = tuple["Command", Into]
_Found = tuple[int, Into, Outcome]


def _outside(around: tuple[Into, ...], command: Command) -> _Found | None:
    """The view further out, innermost first, in which a command that is not known here opens a view."""
    for view in reversed(around):
        outcome = view.phrases.read(view.context, command)
        if isinstance(outcome, Into):
            return 0, view, outcome
    return None


@dataclass
class Walk:
    """Reads a text's commands by its views. `breaks` are the lines of separators, which end all views.

    Hand-written texts are indented in many ways, and a device does not look at that: a command that the view around
    it does not know is read in the view that was opened last, if no separator stands between them or it opens a view
    there, and what stands below a command that opens no view belongs to the view around it.
    """

    ledger: Ledger
    breaks: Sequence[int] = ()

    def __call__(
        self, commands: Iterable[Command], phrases: Phrases, context: Any, around: tuple[Into, ...] = ()
    ) -> None:
        """Read the commands of a view, and those of the views below it."""
        opened: list[_Opened] = []
        for command in commands:
            found = self._typed(opened, command)
            if found is None:
                outcome = phrases.read(context, command)
                if _lost(outcome):
                    found = self._elsewhere(opened, command) or _outside(around, command)
            table, here, kept = phrases, context, 0
            if found is not None:
                kept, view, outcome = found
                table, here = view.phrases, view.context
            self.ledger.note(command.line, outcome)
            if isinstance(outcome, Into):
                opened = [*opened[:kept], (command, outcome)]
                self(command.inside, outcome.phrases, outcome.context, (*around, Into(table, here)))
            elif outcome is None or (isinstance(outcome, Weak) and around):
                self(command.inside, table, here, around)
            else:
                for inner in command.everything():
                    self.ledger.note(inner.line, outcome)

    def _typed(self, opened: list[_Opened], command: Command) -> _Found | None:
        """The view opened last, if nothing is indented below it and no separator has ended it."""
        if not opened or opened[-1][0].inside or self._broken(opened[-1][0].line, command.line):
            return None
        view = opened[-1][1]
        outcome = view.phrases.read(view.context, command)
        return None if _lost(outcome) else (len(opened), view, outcome)

    def _elsewhere(self, opened: list[_Opened], command: Command) -> _Found | None:
        """The view among those opened last, innermost first, in which a command belongs, and what it says there."""
        for index in range(len(opened) - 1, -1, -1):
            opener, view = opened[index]
            outcome = view.phrases.read(view.context, command)
            if isinstance(outcome, Into) or not (_lost(outcome) or self._broken(opener.line, command.line)):
                return index + 1, view, outcome
        return None

    def _broken(self, first: int, then: int) -> bool:
        at = bisect_right(self.breaks, first)
        return at < len(self.breaks) and self.breaks[at] < then
