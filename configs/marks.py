"""By what a language is recognised: lines that speak for it or against it, each with its weight in bits.

A weight of n bits says: such a line is 2^n times likelier in this language than in an unknown text. The bits of all
marks add up; a text that is in no known language starts with `UNKNOWN` bits, so that a few common words decide nothing.

Of lines that differ only in their digits one is looked at, and counts for the others: a device's text says the same
thing many times, and a mark counts a few times at most.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from configs import beginnings

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = 5.0
# Of a long text only so many characters are looked at: what tells languages apart stands at its ends.
_FIRST = 150_000
_LAST = 50_000
# Of lines that differ only in their numbers so many count: a long list says no more than its beginning.
_ALIKE = 3
_DIGITS = b"0123456789"
# So many lines are remembered with what they say.
_MOST_KNOWN = 1 << 16


@dataclass(frozen=True, slots=True)
class Sample:
    """The part of a text that is looked at, with line feeds only, one before it; `lines` say how often each counts."""

    text: str
    lines: dict[str, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Lines that `pattern` matches at their beginning count `bits` each, up to `most` of them.

    In a text, the pattern begins with the line feed before the line: that is found quickly.
    """

    pattern: re.Pattern[str]
    bits: float
    most: int

    def times(self, text: str) -> int:
        """How often it is in a text that has a line feed before it."""
        if self.pattern.pattern.startswith(_FIRST_LINE):
            return int(self.pattern.match(text) is not None)
        return sum(1 for _ in self.pattern.finditer(text))


# What begins the expression of a mark that stands at the beginning of the text.
_FIRST_LINE = r"\A\n"


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """A language's marks: `rows` see lines, `places` see the text."""

    rows: tuple[Mark, ...]
    places: tuple[Mark, ...]


def marks(*rows: tuple[float, str] | tuple[float, str, int]) -> Marks:
    r"""Marks from rows of bits, expression (at a line's beginning) and how often it may count.

    An expression with a line feed in it sees several lines at once; with `\A` before it, the first ones.
    """
    lines, places = [], []
    for row in rows:
        most = row[2] if len(row) == 3 else 1
        if r"\n" in row[1]:
            first = row[1].startswith(r"\A")
            begin = _FIRST_LINE if first else r"\n"
            body = row[1].removeprefix(r"\A")
            places.append(Mark(re.compile(rf"{begin}(?:{body})", re.MULTILINE), row[0], most))
        else:
            lines.append(Mark(re.compile(row[1]), row[0], most))
    return Marks(tuple(lines), tuple(places))


def seen(text: str) -> Sample:
    """What is looked at of a text."""
    if len(text) > _FIRST + _LAST:
        text = f"{text[:_FIRST]}\n{text[-_LAST:]}"
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    kinds = text.encode(errors="surrogatepass").translate(None, _DIGITS).split(b"\n")
    firsts = dict(zip(reversed(kinds), reversed(lines), strict=True))
    times = Counter(kinds)
    found: dict[str, int] = {}
    for kind, first in firsts.items():
        line = first.rstrip()
        found[line] = found.get(line, 0) + min(times[kind], _ALIKE)
    return Sample("\n" + text, found)


def evidence(sample: Sample, languages: tuple[Marks, ...]) -> list[float]:
    """The bits that speak for each language in a text."""
    find = _finder(languages)
    counts: dict[tuple[int, int], int] = {}
    for line, times in sample.lines.items():
        for hit in find(line):
            counts[hit] = counts.get(hit, 0) + times
    bits = [0.0] * len(languages)
    for (number, index), count in counts.items():
        row = languages[number].rows[index]
        bits[number] += row.bits * min(row.most, count)
    for number, own in enumerate(languages):
        for row in own.places:
            bits[number] += row.bits * min(row.most, row.times(sample.text))
    return bits


@lru_cache(maxsize=32)
def _finder(languages: tuple[Marks, ...]) -> Callable[[str], tuple[tuple[int, int], ...]]:
    """What finds the rows that match a line, each as (language, row); configurations repeat each other's lines."""
    rows = [
        ((number, index), row.pattern) for number, own in enumerate(languages) for index, row in enumerate(own.rows)
    ]
    numbers: dict[str, list[int]] = {}
    for number, (_, pattern) in enumerate(rows):
        for beginning in beginnings.of_expression(pattern.pattern):
            numbers.setdefault(beginning, []).append(number)

    @lru_cache(maxsize=_MOST_KNOWN)
    def starting(beginning: str | None) -> list[tuple[tuple[int, int], Callable[[str], object]]]:
        """The rows that may match a line with this beginning: of hundreds, a dozen."""
        if beginning is None:
            return [(hit, pattern.match) for hit, pattern in rows]
        parts = [beginning[:end] for end in range(len(beginning) + 1)]
        found = sorted({number for part in parts for number in numbers.get(part, ())})
        return [(rows[number][0], rows[number][1].match) for number in found]

    @lru_cache(maxsize=_MOST_KNOWN)
    def find(line: str) -> tuple[tuple[int, int], ...]:
        return tuple([hit for hit, match in starting(beginnings.of_line(line)) if match(line) is not None])

    return find
