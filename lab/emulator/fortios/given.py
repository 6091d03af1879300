"""A FortiOS configuration that was given as a text: read block by block, written as it was with what has changed since.

Blocks and fields that no table knows become known by the text: they take any value and are shown as the text has them
(in quotes or not). A value that is refused, and what stands there a second time, is kept word for word.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from lab.emulator.fortios.entries import ODD, OPAQUE, row_entry, section, set_entry
from lab.emulator.fortios.schema import Field, Mistake, Node, schema
from lab.emulator.fortios.words import split
from lab.emulator.grammar import Rule
from lab.emulator.secrets import unseal
from lab.emulator.tree import STRANGE, Entry, Given

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNKNOWN: Final = Rule("", STRANGE, 0, 0, {})
_INTERFACES: Final = re.compile(r"^config system interface *\n(.*?)^end", re.MULTILINE | re.DOTALL)
_ROW: Final = re.compile(r"^ {0,8}\t?edit +\"?([^\"\n]+?)\"? *\n(.*?)^ {0,8}\t?next", re.MULTILINE | re.DOTALL)
_LOGICAL: Final = re.compile(r"^\s*set (?:type (?!physical)|vlanid |interface )", re.MULTILINE)
_INDENT: Final = "    "


class Box(Protocol):
    """The firewall. `known` is what can be configured, `given_names` rows that the text takes to be there, by table."""

    running: Entry
    known: Node
    given_names: dict[tuple[str, ...], set[str]]

    def rows(self, *path: str) -> list[Entry]:
        """The rows of a table."""
        ...

    def shown(self, field: Field, values: tuple[str, ...]) -> str:
        """Values as `show` has them."""
        ...


def ports_in(text: str) -> tuple[str, ...]:
    """The ports of the box that a text has: rows of interfaces that are of no other type."""
    found: dict[str, None] = {}
    for block in _INTERFACES.findall(text.replace("\r\n", "\n")):
        found.update({name: None for name, fields in _ROW.findall(block) if not _LOGICAL.search(fields)})
    return tuple(found)


@dataclass
class _Open:
    """A block or a row whose lines are read. `table` is the node while no row is open in it."""

    entry: Entry
    node: Node
    row: bool = False


def read_into(device: Box, text: str) -> None:
    """Make `text` what the device runs."""
    root = device.running = Entry()
    root.given = Given("", ())
    device.known = deepcopy(schema())
    device.given_names = {}
    ports = ports_in(text)
    open_ = [_Open(root, device.known)]
    pending: list[str] = []
    for seat, raw in enumerate(_joined(text.split("\n")), start=1):
        words = split(raw.strip()) or []
        top = open_[-1]
        verb = words[0] if words and not raw.lstrip().startswith("#") else ""
        if verb in ("next", "end") and len(words) == 1 and len(open_) > 1:
            if verb == "end" and top.row:
                open_.pop()
            _close(open_, (*pending, raw))
            pending = []
            continue
        entry = _entry(device, top, verb, words)
        if entry is None:
            pending.append(raw)
            continue
        if entry.key in top.entry.children:
            entry.key, entry.rule = (*entry.key, str(seat)), _UNKNOWN
        entry.fixed = entry.key[0] == "edit" and top.node.path == ("system", "interface") and entry.key[1] in ports
        entry.given = Given(raw, entry.words, seat, 0, tuple(pending))
        pending = []
        top.entry.put(entry)
        assert top.entry.given is not None  # noqa: S101 - whatever is open has been seated
        top.entry.given.below[entry.text] = entry.given
        if verb == "config":
            open_.append(_Open(entry, _node(top.node, entry.key[1 : 1 + len(words) - 1])))
        elif verb == "edit":
            open_.append(_Open(entry, top.node, row=True))
    root.given = replace(root.given, tail=tuple(pending))
    for table, names in device.given_names.items():
        names.difference_update(row.key[1] for row in device.rows(*table))


def _close(open_: list[_Open], lines: tuple[str, ...]) -> None:
    entry = open_.pop().entry
    assert entry.given is not None  # noqa: S101 - whatever is open has been seated
    entry.given = replace(entry.given, close=lines)
    above = open_[-1].entry.given
    if above is not None and entry.text in above.below:
        above.below[entry.text] = entry.given


def _joined(lines: list[str]) -> Iterator[str]:
    """Lines with the rest of a value that has line ends in it."""
    waiting = ""
    for line in lines:
        whole = f"{waiting}\n{line}" if waiting else line
        waiting = ""
        if not whole.lstrip().startswith("#") and split(whole) is None:
            waiting = whole
            continue
        yield whole
    if waiting:  # the quote never ends: then each is a line
        yield from waiting.split("\n")


def _node(parent: Node, path: tuple[str, ...]) -> Node:
    """The node of a block; a new one if no table knows it."""
    if path not in parent.nodes:
        parent.nodes[path] = Node(path)
        parent.order.setdefault(" ".join(path), len(parent.order))
    return parent.nodes[path]


def _entry(device: Box, top: _Open, verb: str, words: list[str]) -> Entry | None:
    """What a line makes in the block where it stands; None for a line that belongs to nothing."""
    node = top.node
    if verb == "config" and len(words) > 1 and (top.row or not node.key):
        known = tuple(words[1:]) in node.nodes
        _node(node, tuple(words[1:]))
        entry = section(tuple(words[1:]))
        entry.rule = None if known else _UNKNOWN
        return entry
    if verb == "edit" and len(words) == 2 and not top.row and len(node.path):
        if not node.key:
            node.key = "id:0-4294967295" if words[1].isdecimal() else "name:255"
        elif node.key.startswith("id") and not words[1].isdecimal():
            node.key = "name:255"
        return row_entry(words[1])
    if verb == "set" and len(words) > 2 and len(node.path) and (top.row or not node.key):
        return _field(device, node, words)
    if verb == "unset" and len(words) == 2 and len(node.path):
        return Entry(tuple(words), ("unset", words[1]), _UNKNOWN)
    return None


def _field(device: Box, node: Node, words: list[str]) -> Entry:
    name, rest = words[1], words[2:]
    field = node.fields.get(name)
    if field is None:
        quoted = any(not re.fullmatch(r"[\w.:/,-]+", word) or word[0].isalpha() for word in rest)
        node.fields[name] = Field(name, "free", ("quoted",) if quoted else ())
        node.order.setdefault(name, len(node.order))
        entry = set_entry(name, tuple(rest))
        entry.rule = _UNKNOWN
        return entry
    if field.kind == "secret" and rest[0] == "ENC" and len(rest) > 1:
        clear = unseal(rest[1])
        return set_entry(name, (clear,) if clear is not None else (OPAQUE, rest[1]))
    try:
        values = field.read(rest)
    except Mistake:
        return Entry(tuple(words), (ODD, name), _UNKNOWN)
    for table in field.tables[:1]:
        device.given_names.setdefault(table, set()).update(values)
    return set_entry(name, values)


def laid_out(device: Box, root: Entry) -> str:
    """The text; unchanged it is what was given, whole."""
    assert root.given is not None  # noqa: S101 - asked of such configurations only
    lines: list[str] = []
    _write(device, root, device.known, "", lines)
    return "\n".join([*lines, *root.given.tail])


def _write(device: Box, parent: Entry, node: Node, indent: str, lines: list[str]) -> None:
    children = _placed(parent, node)
    spelled = [child.given.raw for child in children if child.given is not None]
    own = _blanks(spelled[0]) if spelled else indent
    for child in children:
        given, kind = child.given, child.key[0]
        if given is not None:
            lines.extend(given.gap)
        blanks = own if given is None else _blanks(given.raw)
        unchanged = given is not None and given.words == child.words
        lines.append(given.raw if given is not None and unchanged else blanks + _line(device, node, child))
        if kind not in ("config", "edit"):
            continue
        below = node if kind == "edit" else _node(node, child.words[1:])
        _write(device, child, below, blanks + _INDENT, lines)
        closed = given.close if given is not None else ()
        lines.extend(closed or (blanks + ("next" if kind == "edit" else "end"),))


def _line(device: Box, node: Node, child: Entry) -> str:
    if child.key[0] == "edit":
        return f"edit {node.label(child.key[1])}"
    if child.key[0] != "set":
        return child.text
    name = child.key[1]
    return f"set {name} {device.shown(node.fields[name], child.words[2:])}"


def _placed(parent: Entry, node: Node) -> list[Entry]:
    """Rows in the order that they have, blocks and fields where they stood; new ones where the reference has them."""
    below = parent.given.below if parent.given is not None else {}
    for child in parent.children.values():
        if child.given is None or child.given.words != child.words:
            child.given = below.get(child.text, child.given)
    if any(key[0] == "edit" for key in parent.children):
        return list(parent.children.values())
    seated = [child for child in parent.children.values() if child.given is not None]
    found = sorted(seated, key=lambda child: child.given.seat if child.given is not None else 0)
    for child in sorted(
        (one for one in parent.children.values() if one.given is None), key=lambda one: _order(node, one)
    ):
        before = [index for index, one in enumerate(found) if _order(node, one) < _order(node, child)]
        found.insert(before[-1] + 1 if before else 0, child)
    return found


def _order(node: Node, child: Entry) -> int:
    name = " ".join(child.words[1:]) if child.key[0] == "config" else child.key[1]
    return node.order.get(name, len(node.order))


def _blanks(raw: str) -> str:
    return raw[: len(raw) - len(raw.lstrip())]
