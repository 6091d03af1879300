"""The numbers of a configuration's rules, and those that are free between two of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.places.lines import Line
    from configs.tree import Tree

_NUMBER = re.compile(r"\s*(\d+)")
_UNORDERED = "object"
STEP = 5  # what languages put between two rules where nobody says anything else


class RuleNumbers:
    """The numbers that are taken, by what stands before them; those that are given out count as taken."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._taken: dict[tuple[tuple[str, ...], str], set[int]] = {}

    def spread(self, line: Line, seq: tuple[int, int], count: int) -> list[int] | None:
        """`count` numbers from the line's own on, apart from each other, before the next rule's; None if none fit.

        What an object holds has numbers too, and no order: there they go on behind the last one.
        """
        own, taken = self._read(line, seq)
        last = min((number for number in taken if number > own), default=None)
        step = STEP if last is None else (last - own) // count
        if step > 0:
            found = [own + step * number for number in range(count)]
        elif any(place.kind == _UNORDERED for place in line.places):
            found = [own, *range(max(taken) + 1, max(taken) + count)]
        else:
            return None
        taken.update(found)
        return found

    def behind(self, line: Line, seq: tuple[int, int], news: Iterable[str], count: int) -> list[int] | None:
        """The next `count` numbers behind the line's own and before the next rule's; None if there are not so many.

        `news` are the lines that will stand for it in the end: their numbers are taken too.
        """
        own, taken = self._read(line, seq)
        for new in news:
            match = _NUMBER.match(new[seq[0] :])
            if match is not None:
                taken.add(int(match[1]))
        end = min((number for number in taken if number > own), default=own + 1 + count)
        free = [number for number in range(own + 1, end) if number not in taken][:count]
        if len(free) < count:
            return None
        taken.update(free)
        return free

    def _read(self, line: Line, seq: tuple[int, int]) -> tuple[int, set[int]]:
        """The line's own number, and all numbers beside it."""
        before = line.text[: seq[0]].strip()
        key = (line.path, before)
        taken = self._taken.get(key)
        if taken is None:
            taken = self._taken[key] = {
                int(match[1])
                for path, node in self._tree.walk()
                if path == line.path and node.text.startswith(before)
                for match in (_NUMBER.match(node.text[len(before) :]),)
                if match is not None
            }
        return int(line.text[slice(*seq)]), taken
