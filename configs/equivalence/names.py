"""Names that hold addresses: one thing on the whole device, wherever they stand.

A name is what the table calls one, and every word (or quoted text) that holds an address and letters and that is no
description. Each must become one other name, and no two the same one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from configs.equivalence.model import Counterexample, Kind, site
from configs.equivalence.reading import between
from configs.places import tokens
from configs.places.roles import Shape
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.equivalence.model import Document, Findings
    from configs.places.lines import Line

_WORD: Final = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s,;()\[\]{}\"']+")
_LETTER: Final = re.compile(r"[^\W\d_]")


class Names:
    """The names of one device, before and after."""

    def __init__(self, old: Document, new: Document) -> None:
        self._old, self._new = old, new
        self._became: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))

    def pair(self, before: Line, after: Line) -> None:
        """A line of today and one that it became."""
        was, is_ = list(_names(before)), list(_names(after))
        if len(was) == len(is_):
            for first, second in zip(was, is_, strict=True):
                self._became[first][second].append((before.number, after.number))

    def check(self, findings: Findings) -> None:
        """Every name became one name; two names are two names still."""
        taken: dict[str, str] = {}
        for name, became in self._became.items():
            findings.checked["names"] += 1
            usual = Counter({new: len(lines) for new, lines in became.items()}).most_common(1)[0][0]
            for new, lines in became.items():
                if new != usual:
                    message = Message(
                        "“{old}” became “{new}” here and “{other}” elsewhere", old=name, new=new, other=usual
                    )
                    for before, after in lines:
                        self._against(findings, message, before, after)
            first = taken.setdefault(usual, name)
            if first != name:
                message = Message("“{first}” and “{second}” both became “{new}”", first=first, second=name, new=usual)
                self._against(findings, message, *became[usual][0])

    def _against(self, findings: Findings, message: Message, before: int, after: int) -> None:
        sites = (site(self._old, before),), (site(self._new, after),)
        findings.against(Counterexample(Kind.REFERENCE, message, *sites))


def _names(line: Line) -> Iterator[str]:
    spans: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    for place in line.places:
        spans[place.shape is Shape.NAME and place.kind != "comment"] += place.spans()
    for start, stop in spans[True]:
        yield line.text[start:stop].strip("\"'")
    if line.text.lstrip().startswith(("!", "#")):
        return
    taken = [*spans[True], *spans[False]]
    for match in _WORD.finditer(line.text):
        word = match.group()
        if not tokens.has_tokens(word) or "://" in word:
            continue
        if any(start < match.end() and match.start() < stop for start, stop in taken):
            continue
        found = tokens.scan(word)
        if not found:
            continue
        if _LETTER.search("".join(between(word, found))):
            yield word.strip("\"'")
