"""Where new lines stand in a text that a device was given, if its language has no order of its own for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.emulator.tree import Entry, Given


def placed(
    entries: Iterable[Entry], below: Mapping[str, Given], words: int, command: Callable[[Entry], bool]
) -> list[Entry]:
    """Lines where they stood; new ones behind the last that begins with as many of their words (`words` count).

    One that is like no other stands behind what the tables have before it, else at the end. What comes back finds its
    place in `below`. Entries that are no `command` (remarks, empty lines) only keep theirs.
    """
    seated: list[tuple[int, Entry]] = []
    new = []
    for entry in entries:
        if entry.given is None or entry.given.words != entry.words:
            entry.given = below.get(entry.text, entry.given)
        if entry.given is None:
            new.append(entry)
        else:
            seated.append((entry.given.seat, entry))
    found = [entry for _, entry in sorted(seated, key=lambda one: one[0])]
    for entry in new:
        found.insert(_seat(entry, found, words, command), entry)
    return found


def _seat(entry: Entry, found: list[Entry], words: int, command: Callable[[Entry], bool]) -> int:
    known = [(index, one) for index, one in enumerate(found) if command(one)]
    alike = [(_alike(entry, one, words), index) for index, one in known]
    most = max((count for count, _ in alike), default=0)
    if most:
        return max(index for count, index in alike if count == most) + 1
    before = [index for index, one in known if _order(one) < _order(entry)]
    return before[-1] + 1 if before else known[-1][0] + 1 if known else len(found)


def _alike(one: Entry, other: Entry, words: int) -> int:
    pairs = zip(one.text.split()[:words], other.text.split()[:words], strict=False)
    return next((index for index, (mine, its) in enumerate(pairs) if mine != its), min(words, len(one.text.split())))


def _order(entry: Entry) -> tuple[int, int]:
    return (0, 0) if entry.rule is None or entry.strange else (entry.rule.section, entry.rule.order)


def in_places(entries: list[Entry], ordered: list[Entry]) -> list[Entry]:
    """The entries with those of `ordered`, wherever they stand, in that order in the same places."""
    queue = iter(ordered)
    there = {id(entry) for entry in ordered}
    return [next(queue) if id(entry) in there else entry for entry in entries]
