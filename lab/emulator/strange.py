"""Lines that no table knows, on a device that was given a text in which such lines stand.

They are obeyed as far as can be without knowing what they mean: a line whose first word begins such a line in the same
view of the text is kept as it is typed; the negation takes out those that begin as it says; the line of a view goes
into it. What replaces what is not known, so a new line stands beside the old one. Everything else is refused, as ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from lab.emulator.grammar import Rule
from lab.emulator.tree import STRANGE, Entry

_LAST = 1_000_000  # behind every line of a table
_LINE = Rule("", STRANGE, _LAST, _LAST, {})


class Typist(Protocol):
    """Who types: where he stands, and how his command line negates."""

    negation: str
    root_view: str
    climbs: bool
    path: list[Entry]
    twins: list[Entry]

    @property
    def here(self) -> Entry:
        """The entry whose view he is in."""
        ...

    def strangely(self, line: str) -> None:
        """Is told that the view in which he stands was changed."""
        ...


def line_of(text: str) -> Entry:
    """A line of which nothing is known. Its words are one, so that nobody takes it for a line that he knows."""
    whole = " ".join(text.split(" ")) if "\n" in text else " ".join(text.split())
    return Entry((whole,), ("", whole), _LINE)


def block_of(text: str) -> Rule:
    """What opens a view of which nothing is known."""
    prompt = "-".join(text.split()[:3]).replace("{", "").replace("}", "")
    return Rule("", STRANGE, _LAST, _LAST, {"view": STRANGE, "prompt": prompt})


def head_of(text: str, negation: str) -> str:
    """The word that tells what kind of line it is; with the negation, if it begins so."""
    words = text.split(None, 2)
    return " ".join(words[:2]) if words[0] == negation else words[0]


@dataclass
class Strange:
    """What a device has of such lines: `words` that begin them, and `blocks` that open a view, each with its view.

    `kept` are lines that were typed and kept without being known, with their view's line.
    """

    words: set[tuple[str, str]] = field(default_factory=set)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    kept: list[tuple[str, str]] = field(default_factory=list)

    def stands(self, shell: Typist, line: str) -> bool:
        """Carry out a line that is, or takes away, one that stands in this view; False if it is no such line."""
        text = " ".join(line.split())
        here = shell.here
        negated, rest = _negated(text, shell.negation)
        if negated:
            known = any(not child.strange and _begins(child, rest) for child in here.children.values())
            return _take_away(shell, here, rest, text) and not known
        present = next((child for child in here.children.values() if child.strange and child.text == text), None)
        if present is None and here.strange:
            word = head_of(text, shell.negation)
            if any(head_of(child.text, shell.negation) == word for child in here.children.values()):
                return self.keep(shell, line)
        if present is None:
            return False
        _enter(shell, present)
        return True

    def keep(self, shell: Typist, line: str) -> bool:
        """Keep a line that no table knows, where a line of its kind is known to stand; False if there is no such."""
        text = " ".join(line.split())
        word = head_of(text, shell.negation)
        path = shell.path
        for depth in range(len(path), 0, -1) if shell.climbs else (len(path), 1):
            here = path[depth - 1]
            view = shell.root_view if here.rule is None else here.rule.get("view")
            negated, rest = _negated(text, shell.negation)
            if not here.strange and not (negated and here.children) and (view, word) not in self.words:
                continue
            shell.path, shell.twins = path[:depth], []
            if negated and _take_away(shell, here, rest, text):
                return True
            if not here.strange and (view, word) not in self.words:
                shell.path = path
                continue
            self.kept.append((here.text, text))
            entry = line_of(text)
            if (view, word) in self.blocks:
                entry.rule = block_of(text)
            stored = here.put(entry)
            shell.strangely(text)
            _enter(shell, stored)
            return True
        return False


def _negated(text: str, negation: str) -> tuple[bool, str]:
    word, _, rest = text.partition(" ")
    return word == negation and bool(rest), rest


def _begins(child: Entry, text: str) -> bool:
    return child.text == text or child.text.startswith(text + " ")


def _take_away(shell: Typist, here: Entry, begins: str, line: str) -> bool:
    gone = [child for child in here.children.values() if child.strange and _begins(child, begins)]
    for child in gone:
        del here.children[child.key]
    if gone:
        shell.strangely(line)
    return bool(gone)


def _enter(shell: Typist, entry: Entry) -> None:
    if entry.rule is not None and entry.rule.get("view"):
        shell.path, shell.twins = [*shell.path, entry], []
