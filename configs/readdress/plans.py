"""What becomes of a line by way of its form: its parts are looked up, the line itself is not read again.

Lines that differ only in addresses and numbers have one form (`configs.places.shapes`). A `Plan` says of a form which
parts make up each of its places, so that a line of it costs a cut into parts, a look-up for each place, and a joining
of the parts. The look-ups are the decider's own: what was decided of a place's texts once holds for every line. What a
report asks for beyond that (places with their columns, tokens) is made when it asks: `configs.readdress.fates`.

A form has no plan where the line as a whole matters: loose tokens, which may be secrets; places that are not made up of
whole parts; free text and names that the policy rewrites. Those lines are read one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configs.places.rows import Shape
from configs.readdress.fates import Fate
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.result import KEPT_COMMENT, KEPT_NAME, KEPT_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.rows import Place
    from configs.places.shapes import Form
    from configs.places.table import View
    from configs.readdress.decide import Decider, Known
    from configs.readdress.outcomes import Texts


class _Slot(NamedTuple):
    """A place: where its texts stand among the parts, and what is known of such places.

    The address, its size, and `more`: a range's last address, `ge` and `le`. -1 where there is none.
    """

    known: Known
    address: int
    size: int
    more: tuple[int, ...]


class Plan(NamedTuple):
    """How a form's lines are decided.

    `fixed` are outcomes that are the same for all of them, by the place's number. `rest` are texts that all of them
    have in common, numbered on behind the parts; the last one is "", for what a place does not have.
    """

    form: Form
    view: View
    slots: tuple[_Slot, ...]
    fixed: dict[int, Outcome]
    rest: list[str]
    kinds: frozenset[str]

    def fate(  # noqa: C901 - the hot loop: calls would cost more than they explain
        self, parts: list[str]
    ) -> Fate | None:
        """What becomes of a line of this form, cut into its parts; None if what changes is not a whole part."""
        outcomes = []
        has = parts + self.rest
        changed = many = False
        for known, address, size, more in self.slots:
            said: Texts = (has[address], has[size])
            if more:
                said += tuple([has[one] for one in more])
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
        if changed:
            count = len(parts)
            if has[count:] != self.rest:
                return None
            del has[count:]
        for number, outcome in self.fixed.items():
            outcomes.insert(number, outcome)
        news = None if many else ("".join(has),) if changed else ()
        return tuple.__new__(Fate, (tuple(outcomes), news, self.view, self.kinds, self.form, (), (), ()))


def plan(form: Form, view: View, parts: Sequence[str], decider: Decider) -> Plan | None:
    """The plan of a form, one of whose lines has the `parts`; None if its lines must be read one by one."""
    if form.loose:
        return None
    slots: list[_Slot] = []
    fixed: dict[int, Outcome] = {}
    rest: list[str] = []
    for number, recipe in enumerate(form.recipes):
        place = recipe.place
        if place.shape in _UNREAD:
            fixed[number] = _unread(place)
            continue
        found = []
        for column in (recipe.start, recipe.size, recipe.last, recipe.ge, recipe.le):
            part = form.part(column)
            if part is None:
                text = form.common(column, parts)
                if text is None:
                    return None
                part = len(parts) + len(rest)
                rest.append(text)
            found.append(part or -1)
        address, size, *more = found
        slots.append(_Slot(decider.known(place), address, size, tuple(more) if max(more) > 0 else ()))
    return Plan(form, view, tuple(slots), fixed, [*rest, ""], frozenset(recipe.place.kind for recipe in form.recipes))


# Shapes of which the texts do not matter.
_UNREAD = (Shape.TEXT, Shape.NAME, Shape.FIXED)


def _unread(place: Place) -> Outcome:
    if place.shape is Shape.FIXED:
        return Outcome(Action.KEPT, place.kind)
    if place.shape is Shape.NAME:
        return KEPT_NAME
    return KEPT_COMMENT if place.kind == "comment" else KEPT_TEXT
