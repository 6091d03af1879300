"""Texts between two stages: lines as others, and lists that a device takes back only as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping as Rows
    from collections.abc import Sequence

    from configs.change import Language
    from configs.tree import Tree
    from inventory.model import Interface


def written(tree: Tree, changed: Rows[int, Sequence[str]]) -> bytes:
    """A tree's text with some lines as others; the bytes of the rest stay."""
    pieces: list[bytes] = []
    for index, line in enumerate(tree.lines):
        news = changed.get(index + 1)
        if news is None:
            pieces.append(tree.originals.get(index) or line.encode(tree.encoding))
            continue
        end = line[len(line.rstrip("\r\n")) :] or "\n"
        pieces += [(new + end).encode(tree.encoding) for new in news]
    return b"".join(pieces)


def touched_lists(old: Tree, new: Tree, lists: re.Pattern[str]) -> set[str]:
    """The lists whose lines differ, of those that the device takes back only as a whole."""
    before, after = _by_list(old, lists), _by_list(new, lists)
    return {name for name in before if before[name] != after.get(name, before[name])}


def _by_list(tree: Tree, lists: re.Pattern[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.children:
        match = lists.match(node.text)
        if match is not None:
            found.setdefault(match["list"], []).append(node.text)
    return found


def listed(language: Language, path: Sequence[str]) -> str:
    """The name of the access list that a line stands in; nothing for any other line."""
    match = language.paths.list_header.match(language.normalise((), path[0])) if path else None
    return str(match["list"]) if match is not None else ""


def passed_lists(tree: Tree, language: Language, management: Interface | None) -> frozenset[str]:
    """The access lists on the interface that has our address; on all, if it is reached through others.

    None where nobody said at which address the device is managed: nobody is cut off.
    """
    if management is None:
        return frozenset()
    bound: dict[str, list[str]] = {}
    arrival = []
    for node in tree.children:
        header = language.normalise((), node.text)
        if not language.paths.interface.match(header):
            continue
        for child in node.children:
            line = language.normalise((node.text,), child.text)
            address = language.paths.address.match(line)
            if address is not None and address["ip"] == str(management.ip):
                arrival.append(header)
            binds = language.paths.port_list.match(line)
            if binds is not None:
                bound.setdefault(header, []).append(binds["list"])
    afar = not arrival or any(map(language.paths.virtual.match, arrival))
    return frozenset(name for header, names in bound.items() if afar or header in arrival for name in names)


def without(tree: Tree, lists: re.Pattern[str], names: set[str]) -> bytes:
    """A tree's text without the lines of these lists."""
    gone: dict[int, tuple[str, ...]] = {}
    for node in tree.children:
        match = lists.match(node.text)
        if match is not None and match["list"] in names:
            gone[node.line] = ()
    return written(tree, gone)
