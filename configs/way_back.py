"""The way back to a configuration that was kept masked: its secrets are taken from what the device runs now.

A kept text holds `***` where secrets stood. Sent as it is, it would make `***` the password. So each such line is
matched with the line of the running configuration that looks the same once masked, and its secret is taken from there.
A line that has no such counterpart (the change took it away) cannot be brought back, and is named instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.dialects import dialect
from configs.masking import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.model import Dialect
    from configs.tree import Node, Tree


@dataclass(frozen=True, slots=True)
class WayBack:
    """A text to go back to. `lost` are the lines, masked, whose secrets nobody has any more; they are not in `text`."""

    text: bytes
    lost: tuple[str, ...] = ()


def way_back(platform: str, kept: bytes, running: bytes) -> WayBack:
    """The text that was kept, with the secrets that the device has now."""
    if HIDDEN.encode() not in kept:
        return WayBack(kept)
    language = dialect(platform)
    before, now = language.parse(kept), language.parse(running)
    changed: dict[int, str | None] = {}  # line index → what stands there instead, None for nothing
    lost: list[str] = []
    for node, found in _pairs(language, before.children, now.children):
        span = range(node.line - 1, node.last)
        if not any(HIDDEN in before.lines[index] for index in span):
            continue
        if found is None:
            lost.append(node.text)
            changed.update(dict.fromkeys(range(node.line - 1, _end(node))))
            continue
        changed.update(zip(span, now.lines[found.line - 1 : found.last], strict=True))
    return WayBack(_bytes(before, changed), tuple(lost))


def _pairs(language: Dialect, before: Sequence[Node], now: Sequence[Node]) -> Iterator[tuple[Node, Node | None]]:
    """Every kept node with its counterpart in the running configuration, by what both look like once masked."""
    left: dict[tuple[str, ...], list[Node]] = {}
    for node in now:
        left.setdefault(_look(language, node), []).append(node)
    for node in before:
        same = left.get(_look(language, node))
        found = same.pop(0) if same else None
        yield node, found
        yield from _pairs(language, node.children, found.children if found is not None else ())


def _look(language: Dialect, node: Node) -> tuple[str, ...]:
    if not node.body:
        return (language.mask(node.text),)
    return tuple(language.mask("\n".join((node.text, *node.body))).split("\n"))


def _end(node: Node) -> int:
    """The last line of a node and of all below it."""
    return _end(node.children[-1]) if node.children else node.last


def _bytes(tree: Tree, changed: dict[int, str | None]) -> bytes:
    parts = []
    for index, line in enumerate(tree.lines):
        text = changed.get(index, line)
        if text is None:
            continue
        kept = tree.originals.get(index) if text is line else None
        parts.append(kept if kept is not None else text.encode(tree.encoding))
    return b"".join(parts)
