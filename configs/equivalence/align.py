"""Which lines of the new text stand for which line of the old one.

A re-addressed text has the old one's lines in the old one's order; a line may have become several. Lines are compared
by their skeleton: the line without anything that looks like an address or a number. Inside a run of lines with one
skeleton the caller says which new lines an old one may have become.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configs.places import tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Whether a new line may be a part of what an old one became, besides those parts that it has already.
Belongs: TypeAlias = "Callable[[int, int, Sequence[int]], bool]"
_NUMBERS = re.compile(r"\d+")
_FAR = 200  # lines that a search for the next common line looks ahead


class Pair(NamedTuple):
    """Lines (from 0) of the old text and those of the new one that stand for them."""

    old: tuple[int, ...]
    new: tuple[int, ...]


def skeleton(line: str) -> str:
    """A line without its addresses and numbers."""
    line = line.rstrip()
    if tokens.has_tokens(line):
        parts = []
        at = 0
        for token in tokens.scan(line):
            parts.append(line[at : token.start])
            at = token.end
        line = "0".join((*parts, line[at:]))
    return _NUMBERS.sub("@", line)


def align(old: Sequence[str], new: Sequence[str], belongs: Belongs) -> Iterator[Pair]:
    """Pairs in order. `belongs` says whether a new line may be a part of what an old one has become."""
    if len(old) == len(new) and all(
        before == after or skeleton(before) == skeleton(after) for before, after in zip(old, new, strict=True)
    ):
        for index in range(len(old)):
            yield Pair((index,), (index,))
        return
    first, second = [skeleton(line) for line in old], [skeleton(line) for line in new]
    i = j = 0
    while i < len(first) or j < len(second):
        if i < len(first) and j < len(second) and first[i] == second[j]:
            stop_old, stop_new = _run(first, i), _run(second, j)
            yield from _paired(range(i, stop_old), range(j, stop_new), belongs)
            i, j = stop_old, stop_new
            continue
        skip_old, skip_new = _resync(first, i, second, j)
        yield Pair(tuple(range(i, skip_old)), tuple(range(j, skip_new)))
        i, j = skip_old, skip_new


def _run(keys: Sequence[str], start: int) -> int:
    stop = start + 1
    while stop < len(keys) and keys[stop] == keys[start]:
        stop += 1
    return stop


def _resync(first: Sequence[str], i: int, second: Sequence[str], j: int) -> tuple[int, int]:
    """Where both go on alike: the nearest place from which two lines are the same (or one, at the end)."""
    for distance in range(1, _FAR):
        for ahead in range(distance + 1):
            left, right = i + ahead, j + distance - ahead
            if left > len(first) or right > len(second):
                continue
            if first[left : left + 2] == second[right : right + 2] and (left < len(first) or right == len(second)):
                return left, right
    return len(first), len(second)


def _paired(old: range, new: range, belongs: Belongs) -> Iterator[Pair]:
    """The lines of a run. With equal numbers one stands for one; else each old line takes what belongs to it.

    Lines that belong to nobody before the next old line's own are added ones.
    """
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield Pair((before,), (after,))
        return
    at = new.start
    for number, before in enumerate(old):
        waiting = len(old) - number - 1
        taken: list[int] = []
        spare = new.stop - at - waiting - 1
        if spare > 0 and not belongs(before, at, ()):
            added = next((far for far in range(1, min(spare, _FAR) + 1) if belongs(before, at + far, ())), 0)
            if added:
                yield Pair((), tuple(range(at, at + added)))
                at += added
        while at < new.stop and (not taken or new.stop - at > waiting) and (not taken or belongs(before, at, taken)):
            taken.append(at)
            at += 1
        yield Pair((before,), tuple(taken))
    if at < new.stop:
        yield Pair((), tuple(range(at, new.stop)))
