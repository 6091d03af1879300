"""What becomes of a line by itself, before it is looked at beside others: shared by all lines that are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configs.places import shapes

if TYPE_CHECKING:
    from configs.places.rows import Place
    from configs.places.shapes import Form
    from configs.places.table import View
    from configs.places.tokens import Token
    from configs.readdress.outcomes import Outcome


class Fate(NamedTuple):
    """What becomes of every line with the same text in the same view.

    `new` are the new lines: none if it stays, None if that is still open. `kinds` are those of its places. These and
    the loose tokens are made by `form` where there is one.
    """

    outcomes: tuple[Outcome, ...]
    new: tuple[str, ...] | None
    view: View
    kinds: frozenset[str]
    form: Form | None = None
    loose: tuple[tuple[str, Outcome], ...] = ()
    places: tuple[Place, ...] = ()
    tokens: tuple[Token, ...] = ()

    def read(self, text: str) -> tuple[tuple[Place, ...], tuple[Token, ...]]:
        """The places and loose tokens of the line, whose text is given."""
        return self.form.fit(shapes.parts(text)) if self.form is not None else (self.places, self.tokens)
