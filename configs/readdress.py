"""Re-addressing: every address in a configuration goes where the mapping sends it; nothing else changes.

Every token of a text (`configs.tokens`) becomes one of three: rewritten, kept with a reason, or left for a person to
review. Only the characters of rewritten tokens and of their masks change; a command becomes several where a prefix
goes to several places and the table of places says that the command may be repeated.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from configs import readdress_apart, tokens
from configs import readdress_text as texts
from configs.place_rows import Place, Shape
from configs.places import Line, Places, View, survey
from configs.readdress_decide import Action, Decider, Outcome, Writing, space
from configs.readdress_policy import Policy
from configs.readdress_result import (
    KEPT_COMMENT,
    KEPT_NAME,
    KEPT_TEXT,
    NOT_AN_ADDRESS,
    UNKNOWN,
    WORD,
    Decided,
    Result,
    TokenResult,
    news,
    translated,
    word_at,
)
from configs.readdress_scope import MOST_PARTS
from configs.tokens import Form, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configs.tree import Tree
    from ipplan.mapping import Mapping

__all__ = ["Action", "Engine", "Policy", "Result", "Source", "TokenResult"]

_SECRET: Final = Outcome(Action.KEPT, "secret")
_MASK: Final = Outcome(Action.KEPT, "mask")
_NO_ROOM: Final = Outcome(Action.REVIEW, "no-room")
_SEVERAL: Final = Outcome(Action.REVIEW, "several-places")
_TEXTS: Final = (Shape.TEXT, Shape.NAME)


class Source(NamedTuple):
    """A configuration to re-address. `mask` hides its secrets; `places` is its dialect's table."""

    path: str
    platform: str
    tree: Tree
    places: Places
    mask: Callable[[str], str]


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


_Known: TypeAlias = tuple[
    tuple[Place, ...], tuple[Outcome, ...], tuple[tuple[str, Outcome], ...], tuple[str, ...] | None
]


class Engine:
    """Re-addresses configurations by one mapping and one policy."""

    def __init__(self, mapping: Mapping, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self._decider = Decider(mapping, self.policy)
        self._known: dict[tuple[View, str], _Known] = {}

    def run(self, source: Source) -> Result:
        """Re-address one configuration."""
        result = Result(source.path, source.platform, source.tree, decider=self._decider)
        found = result.decided
        for line in survey(source.tree, source.places):
            known = self._known.get((line.view, line.text))
            if known is None or known[0] is not line.places:
                known = self._known[line.view, line.text] = (line.places, *self._line(line, source))
            found.append(Decided(line, known[1], known[2], known[3]))
        if source.places.kinds & readdress_apart.KINDS:
            readdress_apart.check(found, self._decider, source.tree)
        if self.policy.names:
            self._rename(result)
        numbers = _Numbers(source.tree)
        for index, decided in enumerate(found):
            if decided.new is not None:
                if decided.new:
                    result.changed[decided.line.number] = decided.new
            else:
                found[index] = self._edit(result, decided, numbers)
        return result

    def _line(
        self, line: Line, source: Source
    ) -> tuple[tuple[Outcome, ...], tuple[tuple[str, Outcome], ...], tuple[str, ...] | None]:
        """What becomes of a line: of its places, of its loose tokens, and its new text where nothing else decides."""
        decide = self._decider.place
        text = line.text
        outcomes = []
        edits: list[_Edit] = []
        open_ = self._may_edit
        for place in line.places:
            outcome = decide(place, text) if place.shape not in _TEXTS else self._text(place)
            outcomes.append(outcome)
            if outcome.writings:
                if len(outcome.writings) > 1:
                    open_ = True
                edits += _edits(place, outcome.writings[0])
        loose = tuple(self._loose(token, line, source) for token in line.loose) if line.loose else ()
        if open_:
            return tuple(outcomes), loose, None
        return tuple(outcomes), loose, (_applied(text, edits),) if edits else ()

    @property
    def _may_edit(self) -> bool:
        return self.policy.names or self.policy.descriptions

    def _text(self, place: Place) -> Outcome:
        if place.shape is Shape.NAME:
            return KEPT_NAME
        if place.kind == "comment":
            return KEPT_COMMENT
        return Outcome(Action.REWRITTEN, "mapped") if self.policy.descriptions else KEPT_TEXT

    def _loose(  # noqa: PLR0911 - one return a case
        self, token: Token, line: Line, source: Source
    ) -> tuple[str, Outcome]:
        """A token that no row speaks of: its kind and what becomes of it."""
        text = line.text
        before = text[token.start - 1] if token.start else " "
        after = text[token.end] if token.end < len(text) else " "
        if token.form is Form.JOINED or before.isalnum() or before in "_-" or after.isalnum() or after in "_-":
            return "name", KEPT_NAME
        if token.form in (Form.NUMBER, Form.NET):
            return "number", NOT_AN_ADDRESS
        read = texts.read(token.text)
        if read is None:
            return "number", self._decider.unreadable(token.text)
        if read[1] == 4 and read[0] >> 31 and texts.mask_length(token.text) is not None:
            return "mask", _MASK
        if not self._decider.scope.holds(*read):
            return "host", Outcome(Action.KEPT, space(*read))
        if source.mask(text)[token.start : token.end] != token.text:
            return "secret", _SECRET
        return "host", UNKNOWN

    def _rename(self, result: Result) -> None:
        """What the words with addresses in them become, all over the device."""
        words: dict[str, str] = {}
        refused: dict[str, Outcome] = {}
        for word in dict.fromkeys(word for decided in result.decided for word in _named(decided)):
            new, bad = self._new_word(word)
            if bad is not None:
                refused[word] = bad
            elif new != word:
                words[word] = new
        taken = set(WORD.findall(result.tree.text)) if words else set()
        news = list(words.values())
        for word, new in words.items():
            if new in taken or news.count(new) > 1:
                refused[word] = Outcome(Action.REVIEW, "name-taken")
            else:
                result.words[word] = (new, Outcome(Action.REWRITTEN, "mapped"))
        for word, outcome in refused.items():
            result.words[word] = (word, outcome)

    def _new_word(self, word: str) -> tuple[str, Outcome | None]:
        new = word
        for token in reversed(tokens.scan(word)):
            outcome = translated(self._decider, token)
            if outcome.action is Action.REVIEW:
                return word, outcome
            if outcome.writings:
                new = new[: token.start] + (outcome.writings[0].address or token.text) + new[token.end :]
        return new, None

    def _edit(self, result: Result, decided: Decided, numbers: _Numbers) -> Decided:
        """Write a line anew if anything in it changes."""
        line = decided.line
        several = [number for number, outcome in enumerate(decided.outcomes) if len(outcome.writings) > 1]
        if several:
            decided = self._checked(decided, several)
        choices = [
            [_edits(place, writing) for writing in outcome.writings]
            for place, outcome in zip(decided.line.places, decided.outcomes, strict=True)
            if outcome.writings
        ]
        free = self._free_edits(result, decided)
        if not choices and not free:
            return decided
        variants = [[edit for edits in chosen for edit in edits] + free for chosen in product(*choices)]
        if len(variants) > 1:
            seq = next((place.seq for place in line.places if place.seq is not None), None)
            if seq is not None:
                steps = numbers.take(line, seq, len(variants))
                if steps is None:
                    return self._edit(result, _refused(decided, _NO_ROOM), numbers)
                for variant, step in zip(variants, steps, strict=True):
                    variant.append(_Edit(*seq, str(step)))
        news = tuple(_applied(line.text, variant) for variant in variants)
        if news != (line.text,):
            result.changed[line.number] = news
        return decided

    def _checked(self, decided: Decided, several: Sequence[int]) -> Decided:
        """A line of which a place goes to several ones: only if it may be repeated, and not too often."""
        count = 1
        for number in several:
            count *= len(decided.outcomes[number].writings)
        # A line that opens a brace cannot stand twice: what is in the braces stands once.
        once = decided.line.text.rstrip().endswith("{")
        if count <= MOST_PARTS and not once and all(decided.line.places[number].repeats for number in several):
            return decided
        return _refused(decided, _SEVERAL)

    def _free_edits(self, result: Result, decided: Decided) -> list[_Edit]:
        """The edits of names and free text."""
        if not self._may_edit:
            return []
        line = decided.line
        edits: dict[int, _Edit] = {}
        for token, (kind, _) in zip(line.loose, decided.loose, strict=True):
            if kind == "name":
                self._word_edit(result, line.text, token, edits)
        for place, outcome in zip(line.places, decided.outcomes, strict=True):
            if place.shape not in (Shape.NAME, Shape.TEXT) or outcome is KEPT_COMMENT:
                continue
            for token in tokens.scan(line.text):
                if not place.start <= token.start < place.end:
                    continue
                if place.shape is Shape.NAME:
                    self._word_edit(result, line.text, token, edits)
                elif self.policy.descriptions and (new := news(translated(self._decider, token), 0)):
                    edits[token.start] = _Edit(token.start, token.end, new)
        return list(edits.values())

    def _word_edit(self, result: Result, text: str, token: Token, edits: dict[int, _Edit]) -> None:
        for match in WORD.finditer(text):
            if match.start() <= token.start < match.end():
                found = result.words.get(match.group())
                if found is not None and found[1].action is Action.REWRITTEN:
                    edits[match.start()] = _Edit(match.start(), match.end(), found[0])


def _named(decided: Decided) -> Iterator[str]:
    """The words of a line that are names with addresses in them."""
    line = decided.line
    for token, found in zip(line.loose, decided.loose, strict=True):
        if found[0] == "name":
            yield word_at(line.text, token)
    for place in line.places:
        if place.shape is Shape.NAME:
            for token in tokens.scan(line.text):
                if place.start <= token.start < place.end:
                    yield word_at(line.text, token)


class _Numbers:
    """The rule numbers that are taken, by what stands before them."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._taken: dict[tuple[tuple[str, ...], str], set[int]] = {}

    def take(self, line: Line, seq: tuple[int, int], count: int) -> list[int] | None:
        """`count` numbers from the line's own on that nobody has and that come before the next one; None if none."""
        before = line.text[: seq[0]].strip()
        key = (line.path, before)
        taken = self._taken.get(key)
        if taken is None:
            taken = self._taken[key] = set(self._numbers(line.path, before))
        own = int(line.text[slice(*seq)])
        later = [number for number in taken if number > own]
        last = min(later) if later else own + 10 * count
        step = (last - own) // count
        if step < 1:
            return None
        step = min(step, 5 if not later else step)
        found = [own + step * number for number in range(count)]
        taken.update(found)
        return found

    def _numbers(self, path: tuple[str, ...], before: str) -> Iterator[int]:
        for inner, node in self._tree.walk():
            if inner == path and node.text.startswith(before):
                match = re.match(r"\s*(\d+)", node.text[len(before) :])
                if match is not None:
                    yield int(match[1])


def _refused(decided: Decided, outcome: Outcome) -> Decided:
    """The same with the places that go to several ones left for a person."""
    return decided._replace(outcomes=tuple(outcome if len(found.writings) > 1 else found for found in decided.outcomes))


def _edits(place: Place, writing: Writing) -> list[_Edit]:
    address, size, last, ge, le = writing
    found = [_Edit(place.start, place.end, address)] if address is not None else []
    for span, new in ((place.size, size), (place.last, last), (place.ge, ge), (place.le, le)):
        if new is not None and span is not None:
            found.append(_Edit(*span, new))
    return found


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
