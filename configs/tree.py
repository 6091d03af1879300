"""A device's configuration as a lossless tree: commands below the views they stand in, comments apart.

`Tree.to_bytes()` gives back the very bytes that were read: line ends (mixed ones too), tabs, trailing blanks, a
byte order mark, a missing final newline, UTF-8 or GB18030. What a dialect knows about the shape of its text is a
small `Grammar`; a line that no grammar understands is still a node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from configs.encodings import decode, odd_lines, split
from configs.tree_build import Builder
from configs.tree_parts import Block, Comment, Flat, Grammar, Node, Outline, Words, starting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "Block",
    "Comment",
    "Flat",
    "Grammar",
    "Node",
    "Outline",
    "Tree",
    "Words",
    "decode",
    "parse",
    "split",
    "starting",
]


@dataclass(frozen=True)
class Tree:
    """A parsed configuration. `lines` are the decoded lines with their ends; node numbers count from 1.

    `unclosed` are the lines that open a block which the text does not end: a brace, a banner, a `config`.
    """

    lines: tuple[str, ...]
    outline: Outline
    encoding: str = "utf-8"
    # Lines whose bytes their text would not give back (GB18030 has a few characters with two codes), by index.
    originals: dict[int, bytes] = field(default_factory=dict)
    unclosed: tuple[int, ...] = ()

    @cached_property
    def children(self) -> tuple[Node, ...]:
        """The commands outside all views, with those below them."""
        return self.outline.nodes(self.lines)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The lines that are no commands."""
        return self.outline.comments()

    def to_bytes(self) -> bytes:
        """The bytes that were parsed."""
        if not self.originals:
            return "".join(self.lines).encode(self.encoding)
        return b"".join(
            self.originals.get(index) or line.encode(self.encoding) for index, line in enumerate(self.lines)
        )

    @cached_property
    def text(self) -> str:
        """The whole text, decoded, line ends as they are."""
        return "".join(self.lines)

    def walk(self) -> Iterator[tuple[tuple[str, ...], Node]]:
        """Every node with the texts of the views it stands in, in the file's order."""
        for child in self.children:
            yield from child.walk()

    def starting(self, prefix: str) -> tuple[Node, ...]:
        """The top-level nodes whose text starts with `prefix` (a whole word)."""
        return starting(self.children, prefix)

    def line_text(self, number: int) -> str:
        """Line `number` (from 1) without its end."""
        return self.lines[number - 1].rstrip("\r\n")


def parse(
    data: bytes,
    grammar: Grammar | Callable[[Sequence[str]], Grammar],
    file: str = "",
    decoded: tuple[str, str] | None = None,
) -> Tree:
    """Read a configuration by its dialect's grammar, or by the one that the dialect chooses when it sees the lines.

    `decoded` is what `decode` has said of `data`, where it has been asked. InputError if it cannot be decoded.
    """
    text, encoding = decoded or decode(data, file)
    lines = split(text)
    builder = Builder(grammar if isinstance(grammar, Grammar) else grammar(lines), lines)
    outline = builder.build()
    return Tree(tuple(lines), outline, encoding, odd_lines(data, lines, encoding), tuple(builder.unclosed))
