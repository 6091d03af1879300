"""FortiOS's tables: `config TABLE`, `edit NAME`, `set FIELD VALUE…`, wherever they stand, by virtual domain.

Form as in Fortinet's FortiOS CLI references, "Using the CLI" (6.0 to 7.4): tables hold entries, entries hold fields and
further tables; `append` adds to a field, `unset` takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.meaning.objects import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Node, Tree

# The domain that a device without domains has, and that answers for the device itself.
ROOT: Final = "root"


@dataclass(frozen=True, slots=True)
class Field:
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
        self._found: dict[str, list[Entry]] = {}
        self._walk(tree.children, "")

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

    def _walk(self, nodes: tuple[Node, ...], vrf: str) -> None:
        for node in nodes:
            words = words_of(node.text)
            if words[:2] == ("config", "vdom"):
                for inner in node.children:
                    domain = " ".join(words_of(inner.text)[1:])
                    self._walk(inner.children, "" if domain == ROOT else domain)
            elif words[:2] == ("config", "global"):
                self._walk(node.children, "")
            elif words[:1] == ("config",):
                self._found.setdefault(" ".join(words[1:]), []).extend(_entries(node, vrf))


def _entries(node: Node, vrf: str) -> Iterator[Entry]:
    """The entries of a table; its own fields come as an entry without a name."""
    own = Entry("", node.line, vrf)
    for inner in node.children:
        words = words_of(inner.text)
        if words[:1] == ("edit",):
            entry = Entry(" ".join(words[1:]), inner.line, vrf)
            for below in inner.children:
                _fill(entry, below)
            yield entry
        else:
            _fill(own, inner)
    if own.fields or own.tables:
        yield own


def _fill(entry: Entry, node: Node) -> None:
    words = words_of(node.text)
    if words[:1] == ("config",):
        entry.tables.setdefault(" ".join(words[1:]), []).extend(_entries(node, entry.vrf))
    elif words[:1] in (("set",), ("append",)) and len(words) > 1:
        known = entry.values(words[1]) if words[0] == "append" else ()
        entry.fields[words[1]] = Field(node.line, (*known, *words[2:]))
    elif words[:1] == ("unset",) and len(words) > 1:
        entry.fields.pop(words[1], None)
