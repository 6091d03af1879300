"""A device's configuration as a lossless tree: commands below the views they stand in, comments apart.

`Tree.to_bytes()` gives back the very bytes that were read: line ends (mixed ones too), tabs, trailing blanks, a
byte order mark, a missing final newline, UTF-8 or GB18030. What a dialect knows about the shape of its text is a
small `Grammar`; a line that no grammar understands is still a node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BOM = "\ufeff"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_OLD_MAC_LINE = re.compile(r"[^\r]*\r|[^\r]+")
_RAW_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_RAW_OLD_MAC_LINE = re.compile(rb"[^\r]*\r|[^\r]+")
_TAB = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A command and the commands of the view it opens.

    `text` is the command without indentation, trailing blanks and line end. `body` holds the lines of an opaque
    block (a banner), as they are, without line ends. `last` is the last line that belongs to the node itself:
    `line` but for opaque blocks.
    """

    line: int
    text: str
    children: tuple[Node, ...] = ()
    body: tuple[str, ...] = ()

    @property
    def last(self) -> int:
        """The last line of the command itself (its opaque block included, its children not)."""
        return self.line + len(self.body)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
        """This node and all below it, each with the texts of the views it stands in, in the file's order."""
        yield path, self
        if self.children:
            inner = (*path, self.text)
            for child in self.children:
                yield from child.walk(inner)

    def starting(self, prefix: str) -> tuple[Node, ...]:
        """The children whose text starts with `prefix` (a whole word)."""
        return starting(self.children, prefix)


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that is not a command: a separator, a remark, a blank line. `text` is stripped."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """An opaque block that a line opens: `ends` says of a later line that it is the last one."""

    ends: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How a dialect's text is built.

    `separators` stand at the left margin and close every view. `comments` are prefixes of remark lines at any depth.
    `leaves` are whole lines that end the view at whose depth they stand (`exit`, `}`). `opens` says whether a line
    starts an opaque block. `braces`: views open with a trailing `{` and end with `}`, indentation means nothing.
    `section` matches the line that begins one file in a text made of several; the next one ends it.
    """

    separators: frozenset[str] = frozenset()
    comments: tuple[str, ...] = ()
    leaves: frozenset[str] = frozenset()
    opens: Callable[[str], Block | None] | None = None
    braces: bool = False
    section: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed configuration. `lines` are the decoded lines with their ends; node numbers count from 1."""

    children: tuple[Node, ...]
    comments: tuple[Comment, ...]
    lines: tuple[str, ...]
    encoding: str = "utf-8"
    # Lines whose bytes their text would not give back (GB18030 has a few characters with two codes), by index.
    originals: dict[int, bytes] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The bytes that were parsed."""
        if not self.originals:
            return "".join(self.lines).encode(self.encoding)
        return b"".join(
            self.originals.get(index) or line.encode(self.encoding) for index, line in enumerate(self.lines)
        )

    @property
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


def starting(nodes: Sequence[Node], prefix: str) -> tuple[Node, ...]:
    """The nodes whose text is `prefix` or goes on after it with a blank."""
    return tuple(node for node in nodes if node.text == prefix or node.text.startswith(prefix + " "))


def decode(data: bytes, file: str = "") -> tuple[str, str]:
    """The text and its encoding: UTF-8, else GB18030, both strictly. InputError names the undecodable line."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        first = error
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        # The later of the two places is where the likelier encoding broke.
        place = max(first.start, error.start)
        raise InputError(
            [
                Problem(
                    code="undecodable",
                    message=Message("bytes that are neither UTF-8 nor GB18030 text"),
                    hint=Message("save the configuration again in one of the two encodings"),
                    file=file,
                    line=data.count(b"\n", 0, place) + 1,
                )
            ]
        ) from None


def split(text: str) -> list[str]:
    """The lines of `text` with their ends: LF (a CR before it belongs to the end), or CR in a text without LF."""
    if "\n" not in text and "\r" in text:
        return _OLD_MAC_LINE.findall(text)
    return _LINE.findall(text)


def parse(data: bytes, grammar: Grammar, file: str = "") -> Tree:
    """Read a configuration by its dialect's grammar. InputError if it cannot be decoded."""
    text, encoding = decode(data, file)
    lines = split(text)
    originals: dict[int, bytes] = {}
    if encoding != "utf-8" and text.encode(encoding) != data:
        raws = (_RAW_LINE if b"\n" in data else _RAW_OLD_MAC_LINE).findall(data)
        originals = {
            index: raw
            for index, (line, raw) in enumerate(zip(lines, raws, strict=True))
            if line.encode(encoding) != raw
        }
    children, comments = _Builder(grammar, lines).build()
    return Tree(children, tuple(comments), tuple(lines), encoding, originals)


@dataclass(slots=True)
class _Open:
    """A view that may still get children."""

    indent: int
    line: int
    text: str
    body: tuple[str, ...]
    children: list[Node]

    def closed(self) -> Node:
        return Node(self.line, self.text, tuple(self.children), self.body)


class _Builder:
    """Puts the lines below each other, by indentation or by braces."""

    def __init__(self, grammar: Grammar, lines: Sequence[str]) -> None:
        self._grammar = grammar
        self._lines = lines
        self._comments: list[Comment] = []
        self._stack = [_Open(-2, 0, "", (), [])]

    def build(self) -> tuple[tuple[Node, ...], list[Comment]]:
        """The top-level nodes and the comments."""
        grammar = self._grammar
        index = 0
        total = len(self._lines)
        while index < total:
            raw = self._lines[index]
            number = index + 1
            index += 1
            if number == 1 and raw.startswith(BOM):
                raw = raw[1:]
            text = raw.strip()
            if grammar.section is not None and grammar.section.match(text):
                self._close(-1)
                self._open(-1, number, text)
                continue
            if not text or text.startswith(grammar.comments) or text in grammar.separators:
                self._comments.append(Comment(number, text))
                if text in grammar.separators and not raw[0].isspace():
                    self._close(0)
                continue
            if grammar.braces:
                self._brace(number, text)
                continue
            indent = _indent(raw)
            self._close(indent)
            if text in grammar.leaves:
                self._comments.append(Comment(number, text))
                continue
            body: tuple[str, ...] = ()
            if grammar.opens is not None and (block := grammar.opens(text)) is not None:
                body = self._opaque(index, block)
                index += len(body)
            self._open(indent, number, text, body)
        self._close(-2)
        return tuple(self._stack[0].children), self._comments

    def _opaque(self, index: int, block: Block) -> tuple[str, ...]:
        for end in range(index, len(self._lines)):
            if block.ends(self._lines[end].rstrip("\r\n")):
                return tuple(line.rstrip("\r\n") for line in self._lines[index : end + 1])
        return ()  # never closed: the line stands alone, the rest is read as commands

    def _open(self, indent: int, number: int, text: str, body: tuple[str, ...] = ()) -> None:
        self._stack.append(_Open(indent, number, text, body, []))

    def _close(self, indent: int) -> None:
        """Close every view that is as deep as `indent` or deeper."""
        stack = self._stack
        while len(stack) > 1 and stack[-1].indent >= indent:
            node = stack.pop().closed()
            stack[-1].children.append(node)

    def _brace(self, number: int, text: str) -> None:
        depth = self._stack[-1].indent + 1 if len(self._stack) > 1 else 0
        if text in self._grammar.leaves:
            self._comments.append(Comment(number, text))
            if depth > 0:
                self._close(self._stack[-1].indent)
            return
        if text.endswith("{"):
            self._open(depth, number, text[:-1].rstrip())
            return
        self._stack[-1].children.append(Node(number, text))


def _indent(raw: str) -> int:
    """How deep a line is indented: blanks count one, a tab goes to the next multiple of eight."""
    depth = 0
    for character in raw:
        if character == " ":
            depth += 1
        elif character == "\t":
            depth = (depth // _TAB + 1) * _TAB
        else:
            break
    return depth
