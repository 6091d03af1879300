"""FortiOS's tables: `config TABLE`, `edit NAME`, `set FIELD VALUE…`, wherever they stand, by virtual domain.

Form as in Fortinet's FortiOS CLI references, "Using the CLI" (6.0 to 7.4): tables hold entries, entries hold fields and
further tables; `append` adds to a field, `unset` takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.meaning.objects import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

# The domain that a device without domains has, and that answers for the device itself.
ROOT: Final = "root"


class Field(NamedTuple):
    """The values of a field and the line that says them."""

    line: int
    values: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """An entry of a table, or a table that holds fields itself (`name` is empty then). `vrf` is its domain's."""

    name: str
    line: int
    vrf: str
    fields: dict[str, Field] = field(default_factory=dict)
    tables: dict[str, list[Entry]] = field(default_factory=dict)

    def values(self, name: str) -> tuple[str, ...]:
        """A field's values; () if it is not set."""
        found = self.fields.get(name)
        return found.values if found is not None else ()

    def value(self, name: str, default: str = "") -> str:
        """A field's first value."""
        found = self.fields.get(name)
        return found.values[0] if found is not None and found.values else default

    def line_of(self, *names: str) -> int:
        """The line of the first of these fields that is set; the entry's own if none is."""
        for name in names:
            if name in self.fields:
                return self.fields[name].line
        return self.line

    def lines_of(self, *names: str) -> tuple[int, ...]:
        """The lines of these fields."""
        return tuple(sorted({self.fields[name].line for name in names if name in self.fields}))

    def on(self, name: str) -> bool:
        """Whether a field is switched on."""
        return self.value(name) == "enable"


class Tables:
    """Every table of a configuration, by its name."""

    def __init__(self, tree: Tree) -> None:
        self._texts = tree.outline.texts
        self._below = tree.outline.below()
        self._found: dict[str, list[Entry]] = {}
        self._walk(0, "")

    def __getitem__(self, name: str) -> list[Entry]:
        """The entries of the tables of this name, in the file's order."""
        return self._found.get(name, [])

    def domains(self, *names: str) -> dict[str, list[Entry]]:
        """The entries of these tables by domain."""
        found: dict[str, list[Entry]] = {}
        for name in names:
            for entry in self[name]:
                found.setdefault(entry.vrf, []).append(entry)
        return found

    def _walk(self, view: int, vrf: str) -> None:
        """The tables in a view, by its line; 0 for the whole text."""
        for number in self._below.get(view, ()):
            words = words_of(self._texts[number - 1])
            if words[:2] == ("config", "vdom"):
                for inner in self._below.get(number, ()):
                    domain = " ".join(words_of(self._texts[inner - 1])[1:])
                    self._walk(inner, "" if domain == ROOT else domain)
            elif words[:2] == ("config", "global"):
                self._walk(number, "")
            elif words[:1] == ("config",):
                self._found.setdefault(" ".join(words[1:]), []).extend(self._entries(number, vrf))

    def _entries(self, table: int, vrf: str) -> Iterator[Entry]:
        """The entries of a table; its own fields come as an entry without a name."""
        own = Entry("", table, vrf)
        for number in self._below.get(table, ()):
            words = words_of(self._texts[number - 1])
            if words[:1] == ("edit",):
                entry = Entry(" ".join(words[1:]), number, vrf)
                for inner in self._below.get(number, ()):
                    self._fill(entry, inner, words_of(self._texts[inner - 1]))
                yield entry
            else:
                self._fill(own, number, words)
        if own.fields or own.tables:
            yield own

    def _fill(self, entry: Entry, number: int, words: tuple[str, ...]) -> None:
        first = words[0] if words else ""
        if first == "config":
            entry.tables.setdefault(" ".join(words[1:]), []).extend(self._entries(number, entry.vrf))
        elif len(words) < 2:
            return
        elif first == "set":
            entry.fields[words[1]] = tuple.__new__(
                Field, (number, words[2:])
            )  # for most of the lines: the shortest way
        elif first == "append":
            entry.fields[words[1]] = Field(number, (*entry.values(words[1]), *words[2:]))
        elif first == "unset":
            entry.fields.pop(words[1], None)
