"""What a FortiOS configuration is made of: blocks, rows and fields as entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.fortios.schema import Node
    from lab.emulator.tree import Key

ANYWHERE: Final = ("0.0.0.0", "0.0.0.0")  # noqa: S104 - a network, not an address to listen on
ODD: Final = "odd"
"""In place of `set` in the key of a field whose value no table understands."""
OPAQUE: Final = "\0"
"""Stands in front of a secret's stored form that nobody can read back."""


def set_values(entry: Entry, field: str) -> tuple[str, ...]:
    """What a field was set to; nothing if it was not."""
    found = entry.child("set", field)
    return found.words[2:] if found is not None else ()


def values_of(node: Node, entry: Entry | None, field: str) -> tuple[str, ...]:
    """What a field is: as set, else its default."""
    return (set_values(entry, field) if entry is not None else ()) or node.fields[field].default


def section(path: Key) -> Entry:
    """An object or a table without anything in it."""
    return Entry(("config", *path), ("config", *path))


def row_entry(name: str) -> Entry:
    """A row without anything in it."""
    return Entry(("edit", name), ("edit", name))


def set_entry(field: str, values: tuple[str, ...]) -> Entry:
    """A field that was set."""
    return Entry(("set", field, *values), ("set", field))
