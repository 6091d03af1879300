"""The new lines of a configuration, from what becomes of each place: one for one, several for one, names everywhere.

Most lines were written when they were decided. Here are those whose text was open till then: a place that goes to
several, which the command must be repeated for; what was decided beside other lines; names and texts that the policy
rewrites.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from configs.places import tokens
from configs.places.roles import Shape
from configs.readdress.edits import Edit, applied, edits_of, token_edits
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.result import KEPT_COMMENT, TokenResult, translated, word_at, words
from configs.readdress.rule_numbers import RuleNumbers
from configs.readdress.scope import MOST_PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.places.tokens import Token
    from configs.readdress.decide import Decider
    from configs.readdress.result import Decided, Result
    from configs.readdress_policy import Policy

_NO_ROOM: Final = Outcome(Action.REVIEW, "no-room")
_SEVERAL: Final = Outcome(Action.REVIEW, "several-places")


class Writer:
    """Writes the lines of one configuration into its result."""

    def __init__(self, result: Result, decider: Decider, policy: Policy) -> None:
        self._result = result
        self._decider = decider
        self._policy = policy
        self._numbers = RuleNumbers(result.tree)

    def write(self) -> None:
        """Write the lines anew of which anything changes."""
        found, made, changed = self._result.decided, self._result.decided.made, self._result.changed
        for index, (number, _, fate) in enumerate(found.found):
            new = made[index].new if index in made else fate[1]
            if new:
                changed[number] = new
            elif new is None:
                found[index] = self._edit(found[index])

    def rename(self) -> None:
        """What the words with addresses in them become, all over the device."""
        result = self._result
        renamed: dict[str, str] = {}
        refused: dict[str, Outcome] = {}
        for word in dict.fromkeys(word for decided in result.decided for word in _named(decided)):
            new, bad = self._new_word(word)
            if bad is not None:
                refused[word] = bad
            elif new != word:
                renamed[word] = new
        lines = result.tree.lines if renamed else ()
        taken = {line[start:end] for line in lines for start, end in words(line)}
        news = list(renamed.values())
        for word, new in renamed.items():
            if new in taken or news.count(new) > 1:
                refused[word] = Outcome(Action.REVIEW, "name-taken")
            else:
                result.words[word] = (new, Outcome(Action.REWRITTEN, "mapped"))
        for word, outcome in refused.items():
            result.words[word] = (word, outcome)

    def _new_word(self, word: str) -> tuple[str, Outcome | None]:
        new = word
        for token in reversed(tokens.scan(word)):
            outcome = translated(self._decider, token, word)
            if outcome.action is Action.REVIEW:
                return word, outcome
            new = applied(new, token_edits(token, word, outcome))
        return new, None

    def _edit(self, decided: Decided) -> Decided:
        """Write a line anew if anything in it changes."""
        result, line = self._result, decided.line
        several = [number for number, outcome in enumerate(decided.outcomes) if len(outcome.writings) > 1]
        if several:
            decided = self._checked(decided, several)
        choices = [
            [edits_of(place, writing) for writing in outcome.writings]
            for place, outcome in zip(decided.line.places, decided.outcomes, strict=True)
            if outcome.writings
        ]
        free = self._free_edits(decided)
        if not choices and not free:
            return decided
        variants = [[edit for edits in chosen for edit in edits] + free for chosen in product(*choices)]
        if len(variants) > 1:
            seq = next((place.seq for place in line.places if place.seq is not None), None)
            if seq is not None:
                steps = self._numbers.spread(line, seq, len(variants))
                if steps is None:
                    return self._edit(_refused(decided, _NO_ROOM))
                for variant, step in zip(variants, steps, strict=True):
                    variant.append(Edit(*seq, str(step)))
                result.numbers[line.number] = TokenResult(
                    line.number,
                    seq[0] + 1,
                    line.text[slice(*seq)],
                    "rule-number",
                    Action.REWRITTEN,
                    " ".join(map(str, steps)),
                    "mapped",
                )
        news = tuple(applied(line.text, variant) for variant in variants)
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

    def _free_edits(self, decided: Decided) -> list[Edit]:
        """The edits of names and free text."""
        if not (self._policy.names or self._policy.descriptions):
            return []
        line = decided.line
        edits: dict[int, Edit] = {}
        for token, (kind, _) in zip(line.loose, decided.loose, strict=True):
            if kind == "name":
                self._word_edit(line.text, token, edits)
        for place, outcome in zip(line.places, decided.outcomes, strict=True):
            if place.shape not in (Shape.NAME, Shape.TEXT) or outcome is KEPT_COMMENT:
                continue
            for token in tokens.scan(line.text):
                if place.start <= token.start < place.end:
                    if place.shape is Shape.NAME:
                        self._word_edit(line.text, token, edits)
                    else:
                        edits |= self._text_edits(line.text, token)
        return list(edits.values())

    def _text_edits(self, text: str, token: Token) -> dict[int, Edit]:
        if not self._policy.descriptions:
            return {}
        outcome = translated(self._decider, token, text)
        return {edit.start: edit for edit in token_edits(token, text, outcome)}

    def _word_edit(self, text: str, token: Token, edits: dict[int, Edit]) -> None:
        for start, end in words(text):
            if start <= token.start < end:
                found = self._result.words.get(text[start:end])
                if found is not None and found[1].action is Action.REWRITTEN:
                    edits[start] = Edit(start, end, found[0])


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


def _refused(decided: Decided, outcome: Outcome) -> Decided:
    """The same with the places that go to several ones left for a person."""
    return decided._replace(outcomes=tuple(outcome if len(found.writings) > 1 else found for found in decided.outcomes))
