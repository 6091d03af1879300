"""What re-addressing one configuration came to: the new lines, and what became of every token."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from configs.places import tokens
from configs.places.lines import Line
from configs.places.roles import Shape, Size
from configs.places.rows import Place
from configs.places.tokens import Form, Token
from configs.readdress import text as texts
from configs.readdress.outcomes import Action, Outcome, Writing

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from configs.readdress.decide import Decider
    from configs.readdress.fates import Fate
    from configs.tree import Tree

KEPT_NAME: Final = Outcome(Action.KEPT, "policy-names")
KEPT_TEXT: Final = Outcome(Action.KEPT, "policy-descriptions")
KEPT_COMMENT: Final = Outcome(Action.KEPT, "comment")
NOT_AN_ADDRESS: Final = Outcome(Action.KEPT, "not-an-address")
UNKNOWN: Final = Outcome(Action.REVIEW, "unknown-command")
# A quoted word may have blanks, but not at its end (that is a list); an apostrophe inside a word opens no quotes.
_WORD: Final = re.compile(r"""(?<![^\s\[({=,])(?:"[^"\r\n]*[^"\s]"|'[^'\r\n]*[^'\s]')|[^\s"';]+""")
_RANGE: Final = re.compile(r"[\"']?\d{1,3}(?:\.\d{1,3}){3}-\d{1,3}(?:\.\d{1,3}){3}[\"',]?")
_SIZE_BEHIND: Final = re.compile(r"/(\d{1,3})(?![\d.])|\s+(?:mask\s+|netmask\s+)?(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
# The length that is written behind an address in a name or a text.
_LENGTH_BEHIND: Final = re.compile(r"(/|_{1,2})(\d{1,3})(?![\d.])")


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


class Decisions(Sequence[Decided]):
    """A text's decided lines, in its order. One is put together when it is looked at; most never are."""

    __slots__ = ("_by_kinds", "_tree", "found", "made")

    def __init__(self, tree: Tree | None = None, found: Sequence[tuple[int, tuple[str, ...], Fate]] = ()) -> None:
        self._tree = tree
        self.found = found  # the line's number, the commands of its views, and what becomes of it
        self.made: dict[int, Decided] = {}
        self._by_kinds: defaultdict[frozenset[str], list[int]] = defaultdict(list)
        for index, (_, _, fate) in enumerate(found):
            self._by_kinds[fate[3]].append(index)

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Decided: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Decided]: ...
    def __getitem__(self, index: int | slice) -> Decided | Sequence[Decided]:
        """One of them, or several."""
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        known = self.made.get(index)
        if known is None:
            known = self.made[index] = self.put_together(index)
        return known

    def put_together(self, index: int) -> Decided:
        """One of them as it was decided first; not kept."""
        number, path, fate = self.found[index]
        assert self._tree is not None  # noqa: S101 - there are lines
        text = self._tree.line_text(number)
        line = Line(number, text, *fate.read(text), path, fate.view)
        return Decided(line, fate.outcomes, fate.loose, fate.new)

    def __setitem__(self, index: int, decided: Decided) -> None:
        self.made[index] = decided

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of all places."""
        return frozenset().union(*self._by_kinds)

    def of_kinds(self, kinds: Container[str]) -> list[tuple[int, Fate]]:
        """The lines (by their index) that have places of these kinds, as they were decided first, in order."""
        groups = [lines for own, lines in self._by_kinds.items() if any(kind in kinds for kind in own)]
        lines = groups[0] if len(groups) == 1 else sorted(index for group in groups for index in group)
        return [(index, self.found[index][2]) for index in lines]


@dataclass(slots=True)
class Result:
    """A configuration re-addressed. `changed` are the new lines (without ends) by the old one's number, maybe none."""

    path: str
    platform: str
    tree: Tree
    changed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    decided: Decisions = field(default_factory=Decisions)
    words: dict[str, tuple[str, Outcome]] = field(default_factory=dict)
    decider: Decider | None = None
    # The tokens of lines that somebody asked for, by the fate's identity: texts of a network have lines in common.
    known: dict[int, tuple[Fate, tuple[TokenResult, ...]]] = field(default_factory=dict)
    # What became of the rule numbers of lines that became several.
    numbers: dict[int, TokenResult] = field(default_factory=dict)
    # Addresses that are written as something else, for a person.
    encoded: tuple[TokenResult, ...] = ()

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
            end = _end(old)
            between = end or (_end(tree.lines[number - 2]) if number > 1 else "") or "\n"
            lines[number - 1] = between.join(news) + end if news else ""
        if not tree.originals:
            return "".join(lines).encode(tree.encoding)  # type: ignore[arg-type]  # all text without originals
        for index, raw in tree.originals.items():
            if index + 1 not in self.changed:
                lines[index] = raw
        return b"".join(line if isinstance(line, bytes) else line.encode(tree.encoding) for line in lines)

    def tokens(self) -> Iterator[TokenResult]:
        """Every token with what became of it, in the text's order."""
        encoded = list(reversed(self.encoded))
        for index, (number, _, fate) in enumerate(self.decided.found):
            while encoded and encoded[-1].line < number:
                yield encoded.pop()
            beside: list[TokenResult] = []
            while encoded and encoded[-1].line == number:
                beside.append(encoded.pop())
            if self.words or beside or number in self.numbers or index in self.decided.made:
                yield from self._tokens_of(self.decided[index], beside)
                continue
            # Of lines that are the same the tokens are, too.
            same = self.known.get(id(fate))
            if same is None:
                same = self.known[id(fate)] = fate, tuple(self._tokens_of(self.decided.put_together(index), []))
            for token in same[1]:
                yield tuple.__new__(TokenResult, (number, *token[1:]))  # the shortest way
        yield from reversed(encoded)

    def _tokens_of(self, decided: Decided, beside: list[TokenResult]) -> list[TokenResult]:
        """The tokens of a line, and those that were found `beside` what its command says."""
        found = list(self._line_tokens(decided))
        more = [*self._further(decided), *beside]
        taken = {token.column for token in found}
        found += [token for token in more if token.column not in taken]
        return sorted(found, key=_column) if more else found

    def _further(self, decided: Decided) -> Iterator[TokenResult]:
        """What changes without the shape of an address: lengths, bounds, rule numbers."""
        line = decided.line
        for place, outcome in zip(decided.line.places, decided.outcomes, strict=True):
            if not outcome.writings:
                continue
            size = place.size if place.form is Size.LENGTH else None
            for number, kind, span in ((1, "length", size), (3, "bound", place.ge), (4, "bound", place.le)):
                new = news(outcome, number)
                if span is not None and new:
                    yield TokenResult(
                        line.number, span[0] + 1, line.text[slice(*span)], kind, outcome.action, new, outcome.reason
                    )
        if line.number in self.numbers:
            yield self.numbers[line.number]

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
        inner = translated(self.decider, token, text)
        return place.kind, inner, news(inner, 0)


def _column(token: TokenResult) -> int:
    return token.column


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
    writings = outcome.writings
    if len(writings) == 1:
        return writings[0][number] or ""
    found = [writing[number] for writing in writings]
    return " ".join(dict.fromkeys(new for new in found if new))


def word_at(text: str, token: Token) -> str:
    """The word that a token stands in."""
    start, end = next(((low, high) for low, high in words(text) if low <= token.start < high), token[:2])
    return text[start:end]


def words(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand: what is in quotes is one word, without them."""
    for match in _WORD.finditer(text):
        quoted = text[match.start()] in "\"'"
        yield match.start() + quoted, match.end() - quoted


def behind(token: Token, text: str) -> tuple[int, int] | None:
    """Where the length of the prefix stands that a token in a name or a text says; None for a lone address."""
    match = _LENGTH_BEHIND.match(text, token.end) if token.form in (Form.IPV4, Form.IPV6, Form.JOINED) else None
    if match is None:
        return None
    mark = re.sub(r"\d", "", token.text)[0]
    found = texts.read(token.text.replace(mark, ".") if token.form is Form.JOINED else token.text)
    length = int(match[2])
    if found is None or not 0 < length <= (bits := texts.BITS[found[1]]):
        return None
    # Behind anything but a slash a number is a length only if the address is a network's.
    free = found[0] & ((1 << (bits - length)) - 1)
    return match.span(2) if match[1] == "/" or (not free and length < bits) else None


def is_range(word: str) -> bool:
    """Whether a word is two addresses with a hyphen between them."""
    return _RANGE.fullmatch(word) is not None


def size_behind(token: Token, text: str) -> int | None:
    """The length of the prefix that an address where no row speaks of it seems to say: `/N`, or a mask in dots."""
    match = _SIZE_BEHIND.match(text, token.end)
    if match is None:
        return None
    return int(match[1]) if match[1] else texts.mask_length(match[2])


def translated(decider: Decider, token: Token, text: str = "") -> Outcome:
    """A token that is read as one address, or as the prefix that it is with its length behind it in `text`."""
    size = behind(token, text) if text else None
    if size is not None:
        return _prefix(decider, token, text[slice(*size)])
    if token.form is Form.JOINED:
        mark = re.sub(r"\d", "", token.text)[0]
        outcome = decider.host(token.text.replace(mark, "."), None)
        if not outcome.writings:
            return outcome
        return outcome._replace(writings=(Writing((outcome.writings[0].address or "").replace(".", mark)),))
    if token.form in (Form.NUMBER, Form.NET):
        return NOT_AN_ADDRESS
    return decider.host(token.text, None)


def _prefix(decider: Decider, token: Token, length: str) -> Outcome:
    """A token with the length behind it, as one prefix or as an interface's address."""
    joined = token.form is Form.JOINED
    mark = re.sub(r"\d", "", token.text)[0] if joined else "."
    address = token.text.replace(mark, ".")
    value, version = texts.read(address) or (0, 4)
    inside = value & ((1 << (texts.BITS[version] - int(length))) - 1)
    span = (len(address) + 1, len(address) + 1 + len(length))
    shape = Shape.INTERFACE if inside else Shape.PREFIX
    outcome = decider.place(Place("prefix", shape, 0, len(address), Size.LENGTH, span, vrf=None), f"{address}/{length}")
    if len(outcome.writings) > 1:
        return Outcome(Action.REVIEW, "several-places")
    if not joined or not outcome.writings:
        return outcome
    writing = outcome.writings[0]
    new = writing.address.replace(".", mark) if writing.address is not None else None
    return outcome._replace(writings=(writing._replace(address=new),))


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
