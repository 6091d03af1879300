"""What becomes of lines by themselves: by their form's plan where that can say it, else read as they stand.

Lines that are the same in the same view share one fate, all over a network. The others are cut into what varies in them
all at once: a line costs little then but the look-ups of its own texts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from configs.places import shapes
from configs.places.lines import Line, form, meaning
from configs.places.roles import Shape
from configs.places.tokens import Form, Token
from configs.readdress import text as texts
from configs.readdress.edits import Edit, applied, edits_of
from configs.readdress.fates import Fate
from configs.readdress.outcomes import Action, Outcome, space
from configs.readdress.plans import Plan, plan, unread
from configs.readdress.result import (
    KEPT_COMMENT,
    KEPT_NAME,
    KEPT_TEXT,
    NOT_AN_ADDRESS,
    UNKNOWN,
    is_range,
    size_behind,
    word_at,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.lines import Hit
    from configs.places.rows import Place
    from configs.places.table import View
    from configs.readdress.decide import Decider
    from configs.readdress.source import Source
    from configs.readdress_policy import Policy

_SECRET: Final = Outcome(Action.KEPT, "secret")
_MASK: Final = Outcome(Action.KEPT, "mask")
_TEXTS: Final = (Shape.TEXT, Shape.NAME)


class Alone:
    """Decides for lines by a decider and a policy."""

    def __init__(self, decider: Decider, policy: Policy) -> None:
        self._decider = decider
        self._descriptions = policy.descriptions
        # What the policy has rewritten in names and texts is found by reading the line.
        self._may_edit = policy.names or policy.descriptions
        self._known: defaultdict[View, dict[str, Fate]] = defaultdict(dict)
        self._plans: defaultdict[View, dict[str, Plan]] = defaultdict(dict)

    def forget(self) -> None:
        """Decide everything anew."""
        self._known.clear()
        self._plans.clear()

    def fates(self, hits: Sequence[Hit], source: Source) -> list[tuple[int, tuple[str, ...], Fate]]:
        """Every line that has tokens: its number, the commands of its views, and what becomes of it."""
        self._meet(hits, source)
        view = None
        known: dict[str, Fate] = {}
        found = []
        for number, raw, _, path, its_view, before in hits:
            if its_view is not view:
                view = its_view
                known = self._known[view]
            fate = known[before + raw if before else raw]
            if fate[0] or fate[5]:  # outcomes or loose tokens
                found.append((number, path, fate))
        return found

    def _meet(self, hits: Sequence[Hit], source: Source) -> None:
        """Decide for those lines that were not met before."""
        view = None
        known: dict[str, Fate] = {}
        new: defaultdict[View, dict[str, Hit]] = defaultdict(dict)
        fresh: dict[str, Hit] = {}
        for hit in hits:
            _, raw, _, _, its_view, before = hit
            if its_view is not view:
                view = its_view
                known, fresh = self._known[view], new[view]
            text = before + raw if before else raw
            if text not in known:
                fresh[text] = hit
        for inner, lines in new.items():
            if lines:
                self._anew(inner, lines, source)

    def _anew(self, view: View, lines: dict[str, Hit], source: Source) -> None:
        """What becomes of lines of one view that were not met before."""
        generals, varying = source.places.general.lines([hit[1] for hit in lines.values()])
        known, plans = self._known[view], self._plans[view]
        at = 0
        for (text, hit), general in zip(lines.items(), generals, strict=True):
            _, raw, command, _, _, before = hit
            if raw.strip() == command:
                key = before + general if before else general
                made = plans.get(key)
                if made is None:
                    made = plans[key] = self._plan(hit, source)
            else:
                made = unread(raw)
            end = at + made[0]
            known[text] = (made.fate(varying[at:end]) if made[1] is not None else None) or self._read(hit, source)
            at = end

    def _plan(self, hit: Hit, source: Source) -> Plan:
        """How lines of a line's form are decided."""
        if not self._may_edit:
            parts = shapes.parts(hit.raw)
            known = form(source.places, hit, parts)
            if known is not None and known.form is not None:
                made = plan(known.form, known.view, parts, self._decider)
                if made is not None:
                    return made
        return unread(hit.raw)

    def _read(self, hit: Hit, source: Source) -> Fate:
        """What becomes of a line's places, of its loose tokens, and its new text where nothing else decides."""
        places, tokens, view = meaning(source.places, hit)
        line = Line(hit.number, hit.raw, places, tokens, hit.path, view)
        text = line.text
        outcomes = []
        edits: list[Edit] = []
        open_ = self._may_edit
        for place in places:
            outcome = self._decider.place(place, text) if place.shape not in _TEXTS else self._text(place)
            outcomes.append(outcome)
            if outcome.writings:
                if len(outcome.writings) > 1:
                    open_ = True
                edits += edits_of(place, outcome.writings[0])
        loose = tuple(self._loose(token, line, source) for token in tokens)
        new = None if open_ else (applied(text, edits),) if edits else ()
        kinds = frozenset(place.kind for place in places)
        return Fate(tuple(outcomes), new, view, kinds, None, loose, places, tokens)

    def _text(self, place: Place) -> Outcome:
        if place.shape is Shape.NAME:
            return KEPT_NAME
        if place.kind == "comment":
            return KEPT_COMMENT
        return Outcome(Action.REWRITTEN, "mapped") if self._descriptions else KEPT_TEXT

    def _loose(  # noqa: PLR0911 - one return a case
        self, token: Token, line: Line, source: Source
    ) -> tuple[str, Outcome]:
        """A token that no row speaks of: its kind and what becomes of it."""
        text = line.text
        before = text[token.start - 1] if token.start else " "
        after = text[token.end] if token.end < len(text) else " "
        joined = before.isalnum() or before in "_-" or after.isalnum() or after in "_-"
        if token.form is Form.JOINED or (joined and not is_range(word_at(text, token))):
            return "name", KEPT_NAME
        if token.form in (Form.NUMBER, Form.NET):
            return "number", NOT_AN_ADDRESS
        read = texts.read(token.text)
        if read is None:
            return "number", self._decider.unreadable(token.text)
        if read[1] == 4 and read[0] >> 31 and texts.mask_length(token.text) is not None:
            return "mask", _MASK
        if not self._decider.scope.holds(*read) and not self._decider.meets(read, size_behind(token, text)):
            return "host", Outcome(Action.KEPT, space(*read))
        if source.mask(text)[token.start : token.end] != token.text:
            return "secret", _SECRET
        return "host", UNKNOWN
