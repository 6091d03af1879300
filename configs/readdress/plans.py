"""What becomes of a line by way of its form: its parts are looked up, the line itself is not read again.

Lines that differ only in addresses and numbers have one form (`configs.places.shapes`). A `Plan` says of a form which
parts make up each of its places, so that a line of it costs a look-up for each place, and a joining of its parts. The
look-ups are the decider's own: what was decided of a place's texts once holds for every line. What a report asks for
beyond that (places with their columns, tokens) is made when it asks: `configs.readdress.fates`.

A form has no plan where the line as a whole matters: loose tokens, which may be secrets; places that are not made up of
whole parts; free text and names that the policy rewrites. Those lines are read one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configs.places import shapes
from configs.places.roles import Shape
from configs.readdress.fates import Fate
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.result import KEPT_COMMENT, KEPT_NAME, KEPT_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.rows import Place
    from configs.places.shapes import Form, Spot
    from configs.places.table import View
    from configs.readdress.decide import Decider, Known
    from configs.readdress.outcomes import Texts


class Plan(NamedTuple):
    """How a form's lines are decided.

    `varies` is how many parts do in each of them; `pattern` is what does not, with `%s` for each of those. `fixed` are
    outcomes that are the same for all of them, by the place's number. `rest` are texts that all of them have in common,
    numbered on behind what varies; the last one is "", for what a place does not have.
    """

    varies: int
    slots: tuple[tuple[Known, Spot], ...] | None  # None: the lines must be read one by one
    fixed: tuple[tuple[int, Outcome], ...] = ()
    rest: list[str] = []  # noqa: RUF012 - never changed
    pattern: str = ""
    view: View | None = None
    kinds: frozenset[str] = frozenset()
    form: Form | None = None

    def fate(  # noqa: C901 - the hot loop: calls would cost more than they explain
        self, varying: list[str]
    ) -> Fate | None:
        """What becomes of a line of this form in which this varies; None if what changes is not a whole part."""
        _, slots, fixed, rest, pattern, view, kinds, form = self
        outcomes = []
        has = varying + rest
        changed = many = False
        for known, (address, size, more) in slots or ():
            if more:
                said: Texts = (has[address], has[size], *[has[one] for one in more])
            else:
                said = has[address], has[size]
            outcome = known[said]
            outcomes.append(outcome)
            writings = outcome[2]
            if writings:
                changed = True
                many = many or len(writings) > 1
                writing = writings[0]
                if writing[0] is not None:
                    has[address] = writing[0]
                if writing[1] is not None:
                    has[size] = writing[1]
                if more:
                    for one, text in zip(more, writing[2:], strict=True):
                        if text is not None:
                            has[one] = text
        news: tuple[str, ...] | None = ()
        if changed:
            count = len(varying)
            if has[-1] or (len(rest) > 1 and has[count:] != rest):
                return None
            del has[count:]
            news = None if many else (pattern % tuple(has),)
        for number, outcome in fixed:
            outcomes.insert(number, outcome)
        return tuple.__new__(Fate, (tuple(outcomes), news, view, kinds, form, (), (), ()))


def unread(line: str) -> Plan:
    """What is known of lines that must be read one by one: how many parts vary in them, as in this one."""
    return Plan(len(shapes.parts(line)) // 2, None)


def plan(form: Form, view: View, parts: Sequence[str], decider: Decider) -> Plan | None:
    """The plan of a form, one of whose lines has the `parts`; None if its lines must be read one by one."""
    if form.loose:
        return None
    slots: list[tuple[Known, Spot]] = []
    fixed: list[tuple[int, Outcome]] = []
    rest: list[str] = []
    for number, recipe in enumerate(form.recipes):
        place = recipe.place
        if place.shape in _UNREAD:
            fixed.append((number, _unread(place)))
            continue
        spot = form.spot(recipe, parts, rest)
        if spot is None:
            return None
        slots.append((decider.known(place), spot))
    pattern = "%s".join(part.replace("%", "%%") for part in parts[::2])
    kinds = frozenset(recipe.place.kind for recipe in form.recipes)
    return Plan(len(parts) // 2, tuple(slots), tuple(fixed), [*rest, ""], pattern, view, kinds, form)


# Shapes of which the texts do not matter.
_UNREAD = (Shape.TEXT, Shape.NAME, Shape.FIXED)


def _unread(place: Place) -> Outcome:
    if place.shape is Shape.FIXED:
        return Outcome(Action.KEPT, place.kind)
    if place.shape is Shape.NAME:
        return KEPT_NAME
    return KEPT_COMMENT if place.kind == "comment" else KEPT_TEXT
