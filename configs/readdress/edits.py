"""New texts in the place of old ones in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configs.readdress.result import behind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.places.rows import Place
    from configs.places.tokens import Token
    from configs.readdress.outcomes import Outcome, Writing


class Edit(NamedTuple):
    """`text` comes in the place of the characters from `start` to before `end`."""

    start: int
    end: int
    text: str


def edits_of(place: Place, writing: Writing) -> list[Edit]:
    """The edits of a place."""
    address, size, last, ge, le = writing
    found = [Edit(place.start, place.end, address)] if address is not None else []
    for span, new in ((place.size, size), (place.last, last), (place.ge, ge), (place.le, le)):
        if new is not None and span is not None:
            found.append(Edit(*span, new))
    return found


def token_edits(token: Token, text: str, outcome: Outcome) -> list[Edit]:
    """The edits of a token in a name or a text, and of the length behind it."""
    if not outcome.writings:
        return []
    address, size = outcome.writings[0][:2]
    found = [Edit(token.start, token.end, address)] if address is not None else []
    span = behind(token, text)
    if size is not None and span is not None:
        found.append(Edit(*span, size))
    return found


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A line with its edits, which do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
