"""By what a language is recognised: lines that speak for it or against it, each with its weight in bits.

A weight of n bits says: such a line is 2^n times likelier in this language than in an unknown text. The bits of all
marks add up; a text that is in no known language starts with `UNKNOWN` bits, so that a few common words decide nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = 5.0
# Of a long text only so many characters are looked at: what tells languages apart stands at its ends.
_FIRST = 150_000
_LAST = 50_000
# Of lines that differ only in their numbers so many are looked at: a long list says no more than its beginning.
_ALIKE = 3
_NUMBER = re.compile(r"\d+")
# So many lines are remembered with what they say.
_MOST_KNOWN = 1 << 16


@dataclass(frozen=True, slots=True)
class Sample:
    """The part of a text that is looked at, with line feeds only; `lines` are without repetitions."""

    text: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines that `pattern` matches at their beginning count `bits` each, up to `most` of them."""

    pattern: re.Pattern[str]
    bits: float
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """A language's marks: `rows` see lines, `places` see the text. `any_row` matches where one of the rows does."""

    rows: tuple[Mark, ...]
    places: tuple[Mark, ...]
    any_row: re.Pattern[str]


def marks(*rows: tuple[float, str] | tuple[float, str, int]) -> Marks:
    """Marks from rows of bits, expression (at a line's beginning) and how often it may count.

    An expression with a line feed in it sees several lines at once.
    """
    lines, places = [], []
    for row in rows:
        most = row[2] if len(row) == 3 else 1
        if r"\n" in row[1]:
            places.append(Mark(re.compile(rf"^(?:{row[1]})", re.MULTILINE), row[0], most))
        else:
            lines.append(Mark(re.compile(row[1]), row[0], most))
    union = "|".join(f"(?:{mark.pattern.pattern})" for mark in lines)
    return Marks(tuple(lines), tuple(places), re.compile(union))


def seen(text: str) -> Sample:
    """What is looked at of a text."""
    if len(text) > _FIRST + _LAST:
        text = f"{text[:_FIRST]}\n{text[-_LAST:]}"
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    alike: defaultdict[str, int] = defaultdict(int)
    lines = []
    for line, kind in zip(text.split("\n"), _NUMBER.sub("0", text).split("\n"), strict=True):
        alike[kind] += 1
        if alike[kind] <= _ALIKE:
            lines.append(line.rstrip())
    return Sample(text, tuple(lines))


def evidence(sample: Sample, languages: tuple[Marks, ...]) -> list[float]:
    """The bits that speak for each language in a text."""
    counts = Counter(chain.from_iterable(map(_finder(languages), sample.lines)))
    bits = [0.0] * len(languages)
    for (number, index), count in counts.items():
        row = languages[number].rows[index]
        bits[number] += row.bits * min(row.most, count)
    for number, own in enumerate(languages):
        for row in own.places:
            bits[number] += row.bits * min(row.most, sum(1 for _ in row.pattern.finditer(sample.text)))
    return bits


@lru_cache(maxsize=32)
def _finder(languages: tuple[Marks, ...]) -> Callable[[str], tuple[tuple[int, int], ...]]:
    """What finds the rows that match a line, each as (language, row); configurations repeat each other's lines."""

    @lru_cache(maxsize=_MOST_KNOWN)
    def find(line: str) -> tuple[tuple[int, int], ...]:
        return tuple(
            (number, index)
            for number, own in enumerate(languages)
            if own.any_row.match(line) is not None
            for index, row in enumerate(own.rows)
            if row.pattern.match(line) is not None
        )

    return find
