"""Puts a text's lines below each other: by indentation, by braces, by words, or by what the commands are.

What comes of it is an `Outline`: for each line the line of the view that it stands in. Nodes are made from it when
somebody asks for them: most readers look at few of the lines. What a text has nowhere (noise, opaque blocks) is found
out once for the whole text, so that no line is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from configs.tree_parts import BODY, BOM, COMMENT, Outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.tree_parts import Block, Grammar

_TAB = 8
_REMARK = re.compile(r'"(?:\\.|[^"\\])*"|(#.*|/\*(?:(?!\*/).)*\*/\s*)$')
_ONLY_ENDS = re.compile(r"(?:\}[\s;]*)+$")
# How deep the whole text and one file in it are: less than any line.
_WHOLE = -2
_SECTION = -1


class Builder:
    """Builds once. `unclosed` is there after `build()`."""

    def __init__(self, grammar: Grammar, lines: Sequence[str]) -> None:
        self.unclosed: list[int] = []
        self._grammar = grammar
        if lines and lines[0].startswith(BOM):
            lines = [lines[0][len(BOM) :], *lines[1:]]
        self._lines = lines
        self._texts = [line.strip() for line in lines]
        self._parents = [COMMENT] * len(lines)
        self._bodies: dict[int, int] = {}
        # The views that may still get lines: how deep each is, and its line.
        self._depths = [_WHOLE]
        self._views = [0]
        self._place = None
        if grammar.braces:
            self._place = self._by_braces
        elif grammar.words is not None:
            self._place = self._by_words
        elif grammar.flat is not None and self._is_flat():
            self._place = self._by_kind

    def build(self) -> Outline:  # noqa: C901, PLR0912 - the hot loop: calls would cost more than they explain
        """The outline."""
        grammar = self._grammar
        separators, comments, leaves = grammar.separators, grammar.comments, grammar.leaves
        marks = {word[0] for word in (*comments, *separators)}
        section, noise, opens = self._needed()
        texts, parents, place = self._texts, self._parents, self._place
        depths, views = self._depths, self._views
        after = 0  # lines before it are done
        for number, (text, raw) in enumerate(zip(texts, self._lines, strict=True), 1):
            if not text or number < after:
                continue
            if section is not None and section.match(text):
                self._close(_SECTION)
                parents[number - 1] = views[-1]
                depths.append(_SECTION)
                views.append(number)
                continue
            if text[0] in marks and (text.startswith(comments) or text in separators):
                if text in separators and not raw[0].isspace():
                    self._close(0)
                elif grammar.braces and text.startswith("/*"):
                    after = self._remark(number)
                continue
            if noise is not None and noise.match(text):
                if not grammar.braces and grammar.words is None:
                    self._close(0)
                continue
            if opens is not None and (block := opens(text)) is not None:
                after = self._opaque(number, block)
            if place is not None:
                place(number, text)
                continue
            depth = len(raw) - len(raw.lstrip(" "))
            if raw[depth] == "\t":
                depth = _indent(raw)
            if depths[-1] == depth and text not in leaves:  # beside the line before, as most are
                views[-1] = number
                parents[number - 1] = views[-2]
                continue
            while depths[-1] >= depth:
                depths.pop()
                views.pop()
            if text not in leaves:
                parents[number - 1] = views[-1]
                depths.append(depth)
                views.append(number)
        if grammar.braces or grammar.words is not None:
            self.unclosed += [view for view, depth in zip(views[1:], depths[1:], strict=True) if depth >= 0]
        return Outline(parents, texts, self._bodies)

    def _needed(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, Callable[[str], Block | None] | None]:
        """What lines must be asked: which of the grammar's section, noise and blocks the text has at all."""
        grammar = self._grammar
        joined = "\n".join(["", *self._texts])
        section, noise, opens = grammar.section, grammar.noise, grammar.opens
        if section is not None and _anywhere(section).search(joined) is None:
            section = None
        if noise is not None and (
            (grammar.signs and not any(sign in joined for sign in grammar.signs))
            or _anywhere(noise).search(joined) is None
        ):
            noise = None
        if grammar.openers and not any(word in joined for word in grammar.openers):
            opens = None
        return section, noise, opens

    def _opaque(self, number: int, block: Block) -> int:
        """The line after a block that line `number` opens."""
        lines = self._lines
        for end in range(number, len(lines)):
            if block.ends(lines[end].rstrip("\r\n")):
                count = end + 1 - number
                self._bodies[number] = count
                self._parents[number : end + 1] = [BODY] * count
                return end + 2
        if block.required:
            self.unclosed.append(number)
        return 0  # never closed: the line stands alone, the rest is read as commands

    def _remark(self, number: int) -> int:
        """The line after a `/* … */` that may go over several lines; one without an end is one line."""
        for end in range(number, len(self._lines) + 1):
            text = self._texts[end - 1]
            if "*/" in (text[2:] if end == number else text):
                return end + 1
        self.unclosed.append(number)
        return 0

    def _close(self, depth: int) -> None:
        """Close every view that is as deep as `depth` or deeper."""
        depths, views = self._depths, self._views
        while depths[-1] >= depth and len(views) > 1:
            depths.pop()
            views.pop()

    def _open(self, depth: int, number: int) -> None:
        """Put a line below the innermost view, and make it one."""
        self._parents[number - 1] = self._views[-1]
        self._depths.append(depth)
        self._views.append(number)

    def _by_braces(self, number: int, text: str) -> None:
        depths, views = self._depths, self._views
        code = text
        if number not in self._bodies and ("#" in text or "*/" in text):
            code = _REMARK.sub(lambda found: "" if found[1] else found[0], text).rstrip()
        if code in self._grammar.leaves or _ONLY_ENDS.match(code):
            for _ in range(code.count("}")):
                if len(views) > 1 and depths[-1] >= 0:
                    self._close(depths[-1])
        elif code.endswith("{"):
            depth = depths[-1] + 1 if len(views) > 1 else 0
            self._open(depth, number)
            self._texts[number - 1] = code[:-1].rstrip()
        else:
            self._parents[number - 1] = views[-1]

    def _by_words(self, number: int, text: str) -> None:
        words = self._grammar.words
        assert words is not None  # noqa: S101 - chosen by it
        views = self._views
        if text in words.closes:
            head = words.closes[text]
            for place in range(len(views) - 1, 0, -1):
                if self._texts[views[place] - 1].startswith(head):
                    self._close(self._depths[place])
                    break
        elif words.opens.match(text):
            self._open(len(views) - 1, number)
        else:
            self._parents[number - 1] = views[-1]

    def _by_kind(self, number: int, text: str) -> None:
        flat = self._grammar.flat
        assert flat is not None  # noqa: S101 - chosen by it
        depth = len(self._views) - 1
        if text in self._grammar.leaves:
            self._close(depth - 1)
            return
        if flat.tops.match(text):
            depth = 0
            self._close(0)
        for level in range(min(depth, len(flat.levels) - 1), -1, -1):
            if (level or not depth) and flat.levels[level].match(text):
                self._close(level)
                self._open(level, number)
                return
        self._parents[number - 1] = self._views[-1]

    def _is_flat(self) -> bool:
        """Whether no command of the text is indented below another, and some would be."""
        grammar = self._grammar
        comments, separators = grammar.comments, grammar.separators
        return not any(
            text and raw[0] in " \t" and not text.startswith(comments) and text not in separators
            for raw, text in zip(self._lines, self._texts, strict=True)
        )


@lru_cache(maxsize=64)
def _anywhere(line: re.Pattern[str]) -> re.Pattern[str]:
    """Finds in a text, a line feed before it, a line that an expression matches; sometimes more, never less."""
    return re.compile(rf"\n(?:{line.pattern})", line.flags | re.MULTILINE)


def _indent(raw: str) -> int:
    """How deep a line with tabs is indented: blanks count one, a tab goes to the next multiple of eight."""
    depth = 0
    for character in raw:
        if character == " ":
            depth += 1
        elif character == "\t":
            depth = (depth // _TAB + 1) * _TAB
        else:
            break
    return depth
