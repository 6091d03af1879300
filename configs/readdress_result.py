"""What re-addressing one configuration came to: the new lines, and what became of every token."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from configs import tokens
from configs.place_rows import Place, Shape, Size
from configs.readdress_decide import Action, Decider, Outcome, Writing
from configs.tokens import Form, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.places import Line
    from configs.tree import Tree

KEPT_NAME: Final = Outcome(Action.KEPT, "policy-names")
KEPT_TEXT: Final = Outcome(Action.KEPT, "policy-descriptions")
KEPT_COMMENT: Final = Outcome(Action.KEPT, "comment")
NOT_AN_ADDRESS: Final = Outcome(Action.KEPT, "not-an-address")
UNKNOWN: Final = Outcome(Action.REVIEW, "unknown-command")
WORD: Final = re.compile(r"[^\s\"']+")


class TokenResult(NamedTuple):
    """What became of one token. Line and column count from 1; `new` is empty where nothing changed."""

    line: int
    column: int
    text: str
    kind: str
    action: Action
    new: str
    reason: str


class Decided(NamedTuple):
    """A line with what becomes of its places and its loose tokens, and of the tokens in names and texts."""

    line: Line
    outcomes: tuple[Outcome, ...]
    loose: tuple[tuple[str, Outcome], ...]
    new: tuple[str, ...] | None = None  # the new lines; none if it stays; None if that is still open


@dataclass(slots=True)
class Result:
    """A configuration re-addressed. `changed` are the new lines (without ends) by the old line's number."""

    path: str
    platform: str
    tree: Tree
    changed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    words: dict[str, tuple[str, Outcome]] = field(default_factory=dict)
    decider: Decider | None = None

    @property
    def encoding(self) -> str:
        """The text's encoding."""
        return self.tree.encoding

    def to_bytes(self) -> bytes:
        """The new text, in the old one's encoding; lines that did not change keep their very bytes."""
        tree = self.tree
        if not self.changed:
            return tree.to_bytes()
        lines: list[str | bytes] = list(tree.lines)
        for number, news in self.changed.items():
            old = tree.lines[number - 1]
            end = old[len(old.rstrip("\r\n")) :]
            lines[number - 1] = (end or "\n").join(news) + end
        if not tree.originals:
            return "".join(lines).encode(tree.encoding)  # type: ignore[arg-type]  # all text without originals
        for index, raw in tree.originals.items():
            if index + 1 not in self.changed:
                lines[index] = raw
        return b"".join(line if isinstance(line, bytes) else line.encode(tree.encoding) for line in lines)

    def tokens(self) -> Iterator[TokenResult]:
        """Every token with what became of it, in the text's order."""
        for decided in self.decided:
            yield from self._line_tokens(decided)

    def _line_tokens(self, decided: Decided) -> Iterator[TokenResult]:
        line = decided.line
        loose = dict(zip(line.loose, decided.loose, strict=True))
        for token in tokens.scan(line.text):
            kind, outcome, new = "", UNKNOWN, ""
            if token in loose:
                kind, outcome = loose[token]
                new = self._renamed(line.text, token, kind, outcome)
                if kind == "name" and outcome is KEPT_NAME:
                    outcome = self._word_outcome(line.text, token, outcome)
            else:
                kind, outcome, new = self._placed(decided, token)
            yield TokenResult(line.number, token.start + 1, token.text, kind, outcome.action, new, outcome.reason)

    def _word_outcome(self, text: str, token: Token, outcome: Outcome) -> Outcome:
        found = self.words.get(word_at(text, token))
        return found[1] if found is not None else outcome

    def _renamed(self, text: str, token: Token, kind: str, outcome: Outcome) -> str:
        if kind == "name" and (found := self.words.get(word_at(text, token))) is not None:
            return found[0] if found[1].action is Action.REWRITTEN else ""
        return outcome.writings[0].address or "" if outcome.writings else ""

    def _placed(self, decided: Decided, token: Token) -> tuple[str, Outcome, str]:
        """The kind, outcome and new text of a token that a place speaks of."""
        for place, outcome in zip(decided.line.places, decided.outcomes, strict=True):
            if place.start <= token.start and token.end <= place.end:
                if place.shape in (Shape.TEXT, Shape.NAME):
                    return self._in_text(decided.line.text, token, place, outcome)
                return _part(place.kind, outcome, 0)
            for number, span in enumerate((place.size, place.last, place.ge, place.le), 1):
                if span is not None and span[0] <= token.start < span[1]:
                    return _part(place.kind, outcome, number) if number > 1 else _size(place, outcome)
        return "", UNKNOWN, ""

    def _in_text(self, text: str, token: Token, place: Place, outcome: Outcome) -> tuple[str, Outcome, str]:
        if place.shape is Shape.NAME:
            found = self.words.get(word_at(text, token))
            if found is None:
                return place.kind, outcome, ""
            return place.kind, found[1], found[0] if found[1].action is Action.REWRITTEN else ""
        if outcome is KEPT_TEXT or outcome is KEPT_COMMENT or self.decider is None:
            return place.kind, outcome, ""
        inner = translated(self.decider, token)
        return place.kind, inner, news(inner, 0)


def _part(kind: str, outcome: Outcome, number: int) -> tuple[str, Outcome, str]:
    """A stretch of a place; one that its rewritten place leaves alone is kept."""
    new = news(outcome, number)
    if not new and outcome.action is Action.REWRITTEN:
        return kind, Outcome(Action.KEPT, "unchanged"), ""
    return kind, outcome, new


def _size(place: Place, outcome: Outcome) -> tuple[str, Outcome, str]:
    """A place's mask. Where the address is for a person, its mask is part of that and not counted again."""
    kind = "wildcard" if place.form in (Size.WILDCARD, Size.MUST) else "mask"
    new = news(outcome, 1)
    if new:
        return kind, outcome, new
    return kind, Outcome(Action.KEPT, "size-unchanged" if outcome.writings else kind), ""


def news(outcome: Outcome, number: int) -> str:
    """The new texts of one stretch of a place, one for each line; empty if it stays everywhere."""
    found = [writing[number] for writing in outcome.writings]
    return " ".join(dict.fromkeys(new for new in found if new))


def word_at(text: str, token: Token) -> str:
    """The word that a token stands in."""
    for match in WORD.finditer(text):
        if match.start() <= token.start < match.end():
            return match.group()
    return token.text


def translated(decider: Decider, token: Token) -> Outcome:
    """A token that is read as one address, whatever stands around it."""
    if token.form is Form.JOINED:
        mark = re.sub(r"\d", "", token.text)[0]
        outcome = decider.host(token.text.replace(mark, "."), None)
        if not outcome.writings:
            return outcome
        return outcome._replace(writings=(Writing((outcome.writings[0].address or "").replace(".", mark)),))
    if token.form in (Form.NUMBER, Form.NET):
        return NOT_AN_ADDRESS
    return decider.host(token.text, None)
