"""Texts between two stages: lines as others, and lists that a device takes back only as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping as Rows
    from collections.abc import Sequence

    from configs.tree import Tree


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


def without(tree: Tree, lists: re.Pattern[str], names: set[str]) -> bytes:
    """A tree's text without the lines of these lists."""
    gone: dict[int, tuple[str, ...]] = {}
    for node in tree.children:
        match = lists.match(node.text)
        if match is not None and match["list"] in names:
            gone[node.line] = ()
    return written(tree, gone)
