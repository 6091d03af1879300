"""A configuration as the device holds it: entries in views, each with its identity."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.emulator.grammar import Rule

Key = tuple[str, ...]
STRANGE = "strange"
"""The view of lines that no table knows."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Where a line stood in a text that the device was given, and how it was spelled there.

    `raw` is it as it stood, holding for as long as the words are `words`; `seat` its place among its siblings, `group`
    the run of lines without a separator between them that it belongs to, `gap` the lines in front of that run. `below`
    are the lines of its view by their text: one that comes back comes back to its place. `tail`: what stood at the end.
    `close` are the lines that end its view, where the language has such.
    """

    raw: str
    words: Key
    seat: int = 0
    group: int = 0
    gap: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    below: dict[str, Given] = field(default_factory=dict)
    close: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Entry:
    """A line of the configuration and, if it opens a view, what stands in it.

    `words` is what the device shows (secrets already in their stored form), `key` what identifies the line among its
    siblings. The root has no words.
    """

    words: Key = ()
    key: Key = ()
    rule: Rule | None = None
    children: dict[Key, Entry] = field(default_factory=dict)
    # Entries that the device has from the start and that cannot be deleted (its physical interfaces, its lines).
    fixed: bool = False
    # The place of an entry that has one and does not show it (lines of an access list).
    number: int = 0
    # Where it stands if the device was given its configuration as a text, whole.
    given: Given | None = None

    @property
    def text(self) -> str:
        """The line."""
        return " ".join(self.words)

    @property
    def strange(self) -> bool:
        """Whether no table knows the line: it was given, and is kept as it is."""
        return self.rule is not None and self.rule.view == STRANGE

    def copy(self) -> Entry:
        """The entry and everything below it, for a saved configuration or a way back."""
        return Entry(
            self.words,
            self.key,
            self.rule,
            {key: child.copy() for key, child in self.children.items()},
            self.fixed,
            self.number,
            self.given,
        )

    def put(self, entry: Entry) -> Entry:
        """Add a line or replace the one with the same identity; what stood in its view stays."""
        present = self.children.get(entry.key)
        if present is None:
            self.children[entry.key] = entry
            return entry
        present.words, present.rule = entry.words, entry.rule
        return present

    def remove(self, words: Key) -> list[Entry]:
        """Take out every line that begins with `words`; returns them."""
        count = len(words)
        gone = [child for child in self.children.values() if child.words[:count] == words and not child.fixed]
        for child in gone:
            del self.children[child.key]
        return gone

    def child(self, *key: str) -> Entry | None:
        """The line with this identity."""
        return self.children.get(key)

    def starting(self, *words: str) -> list[Entry]:
        """The lines that begin with these words, in the order in which they are shown."""
        if not words:
            return self.ordered()
        count, first = len(words), words[0]
        found = [child for child in self.children.values() if child.words[0] == first and child.words[:count] == words]
        return sorted(found, key=_place) if len(found) > 1 else found

    def value(self, *words: str) -> str:
        """What follows `words` on the first line that begins with them; empty if there is none."""
        count, first = len(words), words[0]
        for child in self.children.values():
            if child.words[0] == first and child.words[:count] == words:
                return " ".join(child.words[count:])
        return ""

    def ordered(self) -> list[Entry]:
        """The lines in the device's own order: by the table; numbered ones by number, others as they came.

        Of a text that was given, lines stand where they stood, and new ones behind those that the table has before.
        """
        placed = sorted(self.children.values(), key=_place)
        return placed if self.given is None else _seated(placed, self.given.below)

    def walk(self) -> Iterator[tuple[int, Entry]]:
        """Every line below this one with its depth, in the device's order."""
        for child in self.ordered():
            yield 0, child
            for depth, below in child.walk():
                yield depth + 1, below

    def same(self, other: Entry) -> bool:
        """Whether both show the same text."""
        return [(depth, entry.words) for depth, entry in self.walk()] == [
            (depth, entry.words) for depth, entry in other.walk()
        ]


def _seated(placed: list[Entry], below: dict[str, Given]) -> list[Entry]:
    seated: list[tuple[int, Entry]] = []
    new = []
    for child in placed:
        if child.given is None or child.given.words != child.words:
            child.given = below.get(child.text, child.given)
        if child.given is None:
            new.append(child)
        else:
            seated.append((child.given.seat, child))
    seated.sort(key=lambda one: one[0])
    found = [child for _, child in seated]
    for child in new:
        found.insert(_seat(found, child), child)
    return found


def _seat(found: list[Entry], child: Entry) -> int:
    """Where a new line goes: behind the last of its kind, else by the table, else to the end."""
    kind = child.text.partition(" ")[0]
    if child.strange:
        alike = [index for index, one in enumerate(found) if one.text.partition(" ")[0] == kind]
        return alike[-1] + 1 if alike else len(found)
    place = _place(child)
    known = [(index, _place(one)) for index, one in enumerate(found) if not one.strange]
    before = [index for index, other in known if other <= place]
    return before[-1] + 1 if before else known[0][0] if known else len(found)


def _place(entry: Entry) -> tuple[int, int, tuple[tuple[int, int, str], ...], int]:
    rule = entry.rule
    if rule is None:
        return (0, 0, (), 0)
    if entry.number:
        return (rule.section, entry.number, (), 0)
    place, sorts, group = _order(rule)
    if sorts:
        return (rule.section, place, natural(entry.text), 0)
    # Lines about the same thing (a user's password, level, services) stand together.
    return (rule.section, place, () if group is None else natural(entry.words[group]), rule.order)


@cache
def _order(rule: Rule) -> tuple[int, bool, int | None]:
    """Where a pattern's lines stand, whether by their numbers, and the word that groups them."""
    group = rule.get("group")
    return int(rule.get("place") or rule.order), rule.has("sort"), int(group) if group else None


@lru_cache(maxsize=16384)
def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts interface 2 before interface 10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part)
