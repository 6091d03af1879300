"""Running configuration and intended one merged into one text, as `frr-reload.py` takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.change import edits
from configs.dialects.frr.language import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.tree import Node, Tree


@dataclass(slots=True)
class _Line:
    """A line of the merged text that may still change."""

    text: str
    children: list[_Line] = field(default_factory=list)


def merged(running: Tree, intended: Tree) -> str:
    """The configuration that the change from `running` to `intended` leads to, its views closed by `exit`."""
    root = [_copy(node) for node in running.children]
    for edit in edits(running, intended, LANGUAGE):
        lines = root
        for header in edit.path:
            lines = next(line for line in lines if line.text == header).children
        position = len(lines)
        for old in edit.old:
            if old.startswith(" "):
                continue  # went with the view it stood in
            position = next(index for index, line in enumerate(lines) if line.text == old)
            kept = lines.pop(position)
            if edit.opens:
                lines.insert(position, _Line(edit.new, kept.children))
        if edit.new and not (edit.opens and edit.old) and not LANGUAGE.hidden.match(edit.new):
            lines.insert(position, _Line(edit.new))
    return "".join(f"{line}\n" for line in _written(root))


def _copy(node: Node) -> _Line:
    return _Line(node.text, [_copy(child) for child in node.children])


def _written(lines: Sequence[_Line]) -> Iterator[str]:
    for line in lines:
        yield line.text
        if line.children or LANGUAGE.views.match(line.text):
            yield from _below(line, 1)
            yield "exit"
        yield "!"
    yield "end"


def _below(view: _Line, depth: int) -> Iterator[str]:
    for line in view.children:
        yield " " * depth + line.text
        if line.children or line.text.startswith("address-family "):
            yield from _below(line, depth + 1)
            yield " " * depth + ("exit-address-family" if line.text.startswith("address-family ") else "exit")
