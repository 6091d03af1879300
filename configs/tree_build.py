"""Puts a text's lines below each other: by indentation, by braces, by words, or by what the commands are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.tree_parts import BOM, Comment, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.tree_parts import Block, Grammar

_TAB = 8
_REMARK = re.compile(r'"(?:\\.|[^"\\])*"|(#.*|/\*(?:(?!\*/).)*\*/\s*)$')
_ONLY_ENDS = re.compile(r"(?:\}[\s;]*)+$")


class _View:
    """A view that may still get children."""

    __slots__ = ("body", "children", "indent", "line", "text")

    def __init__(self, indent: int, line: int, text: str, body: tuple[str, ...] = ()) -> None:
        self.indent = indent
        self.line = line
        self.text = text
        self.body = body
        self.children: list[Node] = []

    def closed(self) -> Node:
        return Node(self.line, self.text, tuple(self.children) if self.children else (), self.body)


class Builder:
    """Builds once. `comments` and `unclosed` are there after `build()`."""

    def __init__(self, grammar: Grammar, lines: Sequence[str]) -> None:
        self.comments: list[Comment] = []
        self.unclosed: list[int] = []
        self._grammar = grammar
        self._lines = lines
        self._stack = [_View(-2, 0, "")]
        self._place = self._by_indentation
        if grammar.braces:
            self._place = self._by_braces
        elif grammar.words is not None:
            self._place = self._by_words
        elif grammar.flat is not None and self._is_flat():
            self._place = self._by_kind

    def build(self) -> tuple[Node, ...]:
        """The top-level nodes."""
        grammar = self._grammar
        separators, comments, section, noise = grammar.separators, grammar.comments, grammar.section, grammar.noise
        lines, place, opens = self._lines, self._place, grammar.opens
        index = 0
        total = len(lines)
        while index < total:
            raw = lines[index]
            index += 1
            if index == 1 and raw.startswith(BOM):
                raw = raw[1:]
            text = raw.strip()
            if section is not None and section.match(text):
                self._close(-1)
                self._stack.append(_View(-1, index, text))
            elif not text or text.startswith(comments) or text in separators:
                self.comments.append(Comment(index, text))
                if text in separators and not raw[0].isspace():
                    self._close(0)
                elif grammar.braces and text.startswith("/*"):
                    index = self._remark(index)
            elif noise is not None and noise.match(text):
                self.comments.append(Comment(index, text))
                if not grammar.braces and grammar.words is None:
                    self._close(0)
            else:
                block = opens(text) if opens is not None else None
                body = self._opaque(index, block) if block is not None else ()
                place(raw, index, text, body)
                index += len(body)
        if grammar.braces or grammar.words is not None:
            self.unclosed += [view.line for view in self._stack[1:] if view.indent >= 0]
        self._close(-2)
        return tuple(self._stack[0].children)

    def _opaque(self, index: int, block: Block) -> tuple[str, ...]:
        lines = self._lines
        for end in range(index, len(lines)):
            if block.ends(lines[end].rstrip("\r\n")):
                return tuple(line.rstrip("\r\n") for line in lines[index : end + 1])
        if block.required:
            self.unclosed.append(index)
        return ()  # never closed: the line stands alone, the rest is read as commands

    def _remark(self, index: int) -> int:
        """The index after a `/* … */` that may go over several lines; one without an end is one line."""
        for end in range(index - 1, len(self._lines)):
            text = self._lines[end].strip()
            if "*/" in (text[2:] if end == index - 1 else text):
                self.comments += [
                    Comment(number, self._lines[number - 1].strip()) for number in range(index + 1, end + 2)
                ]
                return end + 1
        self.unclosed.append(index)
        return index

    def _close(self, indent: int) -> None:
        """Close every view that is as deep as `indent` or deeper."""
        stack = self._stack
        while stack[-1].indent >= indent and len(stack) > 1:
            node = stack.pop().closed()
            stack[-1].children.append(node)

    def _by_indentation(self, raw: str, number: int, text: str, body: tuple[str, ...]) -> None:
        indent = 0 if raw[0] not in " \t" else _indent(raw)
        stack = self._stack
        while stack[-1].indent >= indent:  # what stands for the whole text has less than any line
            node = stack.pop().closed()
            stack[-1].children.append(node)
        if text in self._grammar.leaves:
            self.comments.append(Comment(number, text))
        else:
            stack.append(_View(indent, number, text, body))

    def _by_braces(self, raw: str, number: int, text: str, body: tuple[str, ...]) -> None:
        del raw
        stack = self._stack
        depth = stack[-1].indent + 1 if len(stack) > 1 else 0
        code = text
        if not body and ("#" in text or "*/" in text):
            code = _REMARK.sub(lambda found: "" if found[1] else found[0], text).rstrip()
        if code in self._grammar.leaves or _ONLY_ENDS.match(code):
            self.comments.append(Comment(number, text))
            for _ in range(code.count("}")):
                if len(stack) > 1 and stack[-1].indent >= 0:
                    self._close(stack[-1].indent)
        elif code.endswith("{"):
            stack.append(_View(depth, number, code[:-1].rstrip()))
        else:
            stack[-1].children.append(Node(number, text, (), body))

    def _by_words(self, raw: str, number: int, text: str, body: tuple[str, ...]) -> None:
        del raw
        words = self._grammar.words
        assert words is not None  # noqa: S101 - chosen by it
        stack = self._stack
        if text in words.closes:
            self.comments.append(Comment(number, text))
            head = words.closes[text]
            inner = next((view for view in reversed(stack[1:]) if view.text.startswith(head)), None)
            if inner is not None:
                self._close(inner.indent)
        elif words.opens.match(text):
            stack.append(_View(len(stack) - 1, number, text, body))
        else:
            stack[-1].children.append(Node(number, text, (), body))

    def _by_kind(self, raw: str, number: int, text: str, body: tuple[str, ...]) -> None:
        del raw
        flat = self._grammar.flat
        assert flat is not None  # noqa: S101 - chosen by it
        stack = self._stack
        depth = len(stack) - 1
        if text in self._grammar.leaves:
            self.comments.append(Comment(number, text))
            self._close(depth - 1)
            return
        if flat.tops.match(text):
            depth = 0
            self._close(0)
        for level in range(min(depth, len(flat.levels) - 1), -1, -1):
            if (level or not depth) and flat.levels[level].match(text):
                self._close(level)
                stack.append(_View(level, number, text, body))
                return
        stack[-1].children.append(Node(number, text, (), body))

    def _is_flat(self) -> bool:
        """Whether no command of the text is indented below another, and some would be."""
        grammar = self._grammar
        comments, separators = grammar.comments, grammar.separators
        return not any(
            raw[0] in " \t" and (text := raw.strip()) and not text.startswith(comments) and text not in separators
            for raw in self._lines
        )


def _indent(raw: str) -> int:
    """How deep a line is indented: blanks count one, a tab goes to the next multiple of eight."""
    depth = len(raw) - len(raw.lstrip(" "))
    if not raw.startswith("\t", depth):
        return depth
    for character in raw[depth:]:
        if character == " ":
            depth += 1
        elif character == "\t":
            depth = (depth // _TAB + 1) * _TAB
        else:
            break
    return depth
