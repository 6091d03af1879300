"""Opaque blocks that several languages share: quoted texts, texts up to a delimiter, bodies up to a word."""

from __future__ import annotations

import re

from configs.tree_parts import Block

_ESCAPED = re.compile(r"\\.")


def until(word: str, *, required: bool = True) -> Block:
    """A body whose last line is this word alone."""
    return Block(ends=lambda line: line.strip() == word, required=required)


def quoted(text: str) -> Block | None:
    """A text in double quotes that the line opens and does not close; a quote behind a backslash is part of it."""
    if text.count('"') % 2 == 0 and "\\" not in text:
        return None
    if _ESCAPED.sub("", text).count('"') % 2 == 0:
        return None
    return Block(ends=lambda line: _ESCAPED.sub("", line).count('"') % 2 == 1)


def delimited(text: str, start: int) -> Block | None:
    """A text between two equal marks, the first of which stands at `start`: `^C` (a control character) or any other.

    None if the mark stands again on the same line, or if there is none.
    """
    mark = "^C" if text.startswith("^C", start) else text[start : start + 1]
    if not mark or mark in text[start + len(mark) :]:
        return None
    return Block(ends=lambda line: mark in line)
