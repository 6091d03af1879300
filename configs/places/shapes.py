"""Lines that differ only in their addresses and numbers: what the table says of one holds for all of them.

A line is written in a general form: a number or an address that stands by itself becomes a fixed one of its kind. What
rows can tell apart stays: a number that is written in the table, a mask's first octet, the count of digits where a row
bounds it. The general form is read once; a line of that form has the same places, at its own columns.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from socket import AF_INET, inet_pton
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.places.rows import Place
from configs.places.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What may vary: digits and dots beside nothing that could make them part of another token. It begins with the digit,
# not with what may stand before it: so the search goes from digit to digit, in half the time.
_VARIES: Final = re.compile(r"([0-9](?<![^\s\"'/(\[,=][0-9])[0-9.]*+)(?![^\s\"'/;,)\]}])")
# A mask and a wildcard mask are told by their first octet (`configs.places.rows`: {mask}, {size}, {either}).
_MASKS: Final = frozenset({"0", "128", "192", "224", "240", "248", "252", "254", "255"})
_REST: Final = ".77.7.7"
_SHORT: Final = "777"  # {len}, {ge} and {le} have up to three digits
_LONG: Final = "777777"
_MARK: Final = "77"  # in every general number and address
# What is remembered between configurations is forgotten beyond this.
_MOST_KNOWN: Final = 100_000
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")


def numbers(texts: Iterable[str]) -> frozenset[str]:
    """The numbers that rows tell from others."""
    return frozenset(number for text in texts for number in (*_NUMBER.findall(text), *re.findall(r"\d+", text)))


def parts(line: str) -> list[str]:
    """A line cut where it may vary: what is fixed, what may vary, what is fixed, and so on."""
    return _VARIES.split(line)


class General(dict[str, str]):
    """The general forms of numbers and addresses; those that are not there yet are found when they are asked for.

    The numbers in `own` stay, and what is neither a number nor an address as people write them.
    """

    __slots__ = ("_own",)

    def __init__(self, own: frozenset[str]) -> None:
        super().__init__()
        self._own = own

    def __missing__(self, part: str) -> str:
        """The general form of a part that varies."""
        if len(self) > _MOST_KNOWN:
            self.clear()
        first, dot, _ = part.partition(".")
        if part in self._own:
            found = part
        elif dot:
            found = (first if first in _MASKS else "1") + _REST if _is_address(part) else part
        elif part[0] == "0":
            found = part
        else:
            found = _SHORT if len(part) <= len(_SHORT) else _LONG
        self[part] = found
        return found

    def of(self, found: list[str]) -> list[str]:
        """The parts of a line in their general form."""
        forms = found.copy()
        forms[1::2] = map(self.__getitem__, found[1::2])
        return forms

    def lines(self, lines: Sequence[str]) -> tuple[list[str], list[str]]:
        """The general forms of lines (without ends), and what varies in them, one line after the other.

        They are cut all at once: a line's end is a blank to what varies.
        """
        found = parts("\n".join(lines))
        return "".join(self.of(found)).split("\n"), found[1::2]


def _is_address(part: str) -> bool:
    """Whether it is four octets without leading zeros."""
    try:
        inet_pton(AF_INET, part)
    except OSError:
        return False
    return True


class Recipe(NamedTuple):
    """A place whose columns are numbers in a list of columns; 0 where there is none."""

    place: Place
    start: int
    size: int
    last: int
    ge: int
    le: int
    seq: int


class Spot(NamedTuple):
    """Where a place's texts stand among those that vary in a line, and behind them those that its form has in common.

    The address, its size, and `more`: a range's last address, `ge` and `le`. -1 where there is none.
    """

    address: int
    size: int
    more: tuple[int, ...]


class Form(NamedTuple):
    """The places and loose tokens of a general form; `columns` are (part, characters behind its beginning)."""

    columns: tuple[tuple[int, int], ...]
    recipes: tuple[Recipe, ...]
    loose: tuple[tuple[Token, int], ...]

    def part(self, column: int) -> int | None:
        """Which part a stretch is that begins at `columns[column]`: 0 for none, None for one that does not vary."""
        if not column:
            return 0
        first, last = self.columns[column], self.columns[column + 1]
        return first[0] if first[0] % 2 and last == (first[0] + 1, 0) else None

    def common(self, column: int, found: Sequence[str]) -> str | None:
        """The text of a stretch in which nothing varies, from any line of the form; None if something does."""
        (first, begin), (last, end) = self.columns[column], self.columns[column + 1]
        if first % 2:
            return None
        if last == first:
            return found[first][begin:end]
        return found[first][begin:] if (last, end) == (first + 1, 0) else None

    def spot(self, recipe: Recipe, found: Sequence[str], rest: list[str]) -> Spot | None:
        """Where a place's texts stand; None if one is not a whole part. `found` are the parts of any line of the form.

        What all its lines have in common is added to `rest`.
        """
        at = []
        for column in recipe[1:6]:
            part = self.part(column)
            if part is not None:
                at.append(part // 2 if part else -1)
                continue
            text = self.common(column, found)
            if text is None:
                return None
            at.append(len(found) // 2 + len(rest))
            rest.append(text)
        address, size, *more = at
        return Spot(address, size, tuple(more) if max(more) >= 0 else ())

    def fit(self, found: Sequence[str]) -> tuple[tuple[Place, ...], tuple[Token, ...]]:
        """The places and loose tokens of a line of this form, cut into its parts."""
        begins = list(accumulate(map(len, found), initial=0))
        at = [begins[part] + behind for part, behind in self.columns]
        places = tuple(
            [
                Place(
                    place.kind,
                    place.shape,
                    at[start],
                    at[start + 1],
                    place.form,
                    (at[size], at[size + 1]) if size else None,
                    (at[last], at[last + 1]) if last else None,
                    (at[ge], at[ge + 1]) if ge else None,
                    (at[le], at[le + 1]) if le else None,
                    place.vrf,
                    place.repeats,
                    (at[seq], at[seq + 1]) if seq else None,
                )
                for place, start, size, last, ge, le, seq in self.recipes
            ]
        )
        if not self.loose:
            return places, ()
        line = "".join(found)
        return places, tuple(
            Token(at[start], at[start + 1], line[at[start] : at[start + 1]], token.form) for token, start in self.loose
        )


def form(forms: Sequence[str], places: Sequence[Place], loose: Sequence[Token], vrf: str) -> Form | None:
    """The form of lines that are like a general one; None if what varies says more than where an address stands."""
    if _MARK in vrf or any(_MARK in (place.vrf or "") for place in places):
        return None
    begins = list(accumulate(map(len, forms), initial=0))
    columns: list[tuple[int, int]] = [(0, 0)]

    def span(found: tuple[int, int] | None) -> int:
        if found is None:
            return 0
        first, last = bisect_right(begins, found[0]) - 1, bisect_left(begins, found[1])
        last -= begins[last] > found[1]
        columns.extend(((first, found[0] - begins[first]), (last, found[1] - begins[last])))
        return len(columns) - 2

    recipes = tuple(
        Recipe(
            place,
            span((place.start, place.end)),
            span(place.size),
            span(place.last),
            span(place.ge),
            span(place.le),
            span(place.seq),
        )
        for place in places
    )
    tokens = tuple((token, span((token.start, token.end))) for token in loose)
    if any(part % 2 and behind for part, behind in columns):
        return None
    return Form(tuple(columns), recipes, tokens)
