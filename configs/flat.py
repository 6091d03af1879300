"""Configurations in braces, and their form of one command a line, as the same statements.

A statement is the words of a command behind those of the views it stands in. Quotes hold words together and are left
out; a list in brackets is as many statements. Several views and commands on one line are taken apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from configs.tree import Node, Tree

_WORD: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\[\]{};])|([^\s\[\]\"';{}]+)")
_MOST: Final = 4096  # members of a list that are written out


@dataclass(frozen=True, slots=True)
class Statement:
    """A command with its views. `line` is where the command stands, `leaf` whether nothing is below it."""

    line: int
    words: tuple[str, ...]
    leaf: bool = True

    def behind(self, *words: str) -> Statement | None:
        """What comes behind these words; None if it begins otherwise."""
        size = len(words)
        return Statement(self.line, self.words[size:], self.leaf) if self.words[:size] == words else None


def words_of(text: str) -> tuple[str, ...]:
    """The words of a command; brackets, braces and semicolons are words of their own."""
    return tuple(next(group for group in match.groups() if group is not None) for match in _WORD.finditer(text))


def statements(tree: Tree, skip: Collection[str] = (), without: Collection[str] = ()) -> Iterator[Statement]:
    """All statements in the file's order. `skip` are words left out where a command begins.

    A command that begins with one of `without` (a deletion, something inactive) is not in force, nor is what is in it.
    """
    yield from _inside(tree.children, (), frozenset(skip), frozenset(without))


def _inside(
    nodes: Iterable[Node], before: tuple[str, ...], skip: frozenset[str], without: frozenset[str]
) -> Iterator[Statement]:
    # A stack of our own: a text may nest deeper than Python calls.
    waiting = [(before, iter(nodes))]
    while waiting:
        path, rest = waiting[-1]
        for node in rest:
            words = words_of(node.text)
            if not words or words[0] in without:
                continue
            while words and words[0] in skip:
                words = words[1:]
            opened: list[tuple[str, ...]] = []
            yield from _line(node, path, words, opened)
            if node.children:
                waiting.append((opened[-1] if opened else path, iter(node.children)))
                break
        else:
            waiting.pop()


def _line(
    node: Node, path: tuple[str, ...], words: tuple[str, ...], opened: list[tuple[str, ...]]
) -> Iterator[Statement]:
    """The statements of one line. `opened` are the views that it leaves open, afterwards."""
    current: list[str] = []

    def whole() -> list[str]:
        return [*(opened[-1] if opened else path), *current]

    for word in words:
        if word == "{":
            found = tuple(each for each in whole() if each not in ("[", "]"))
            yield Statement(node.line, found, leaf=False)
            opened.append(found)
            current = []
        elif word in (";", "}"):
            if current:
                yield from (Statement(node.line, each) for each in _spread(whole()))
            current = []
            if word == "}" and opened:
                opened.pop()
        else:
            current.append(word)
    if current and node.children:
        found = tuple(each for each in whole() if each not in ("[", "]"))
        yield Statement(node.line, found, leaf=False)
        opened.append(found)
    elif current:
        yield from (Statement(node.line, each) for each in _spread(whole()))


def _spread(words: list[str]) -> list[tuple[str, ...]]:
    """Every command that one with lists stands for."""
    found: list[tuple[str, ...]] = [()]
    members: list[str] | None = None
    for word in words:
        if word == "[" and members is None:
            members = []
        elif word == "]" and members is not None:
            if len(found) * len(members) <= _MOST and members:
                found = [(*one, member) for one in found for member in members]
            members = None
        elif members is not None:
            members.append(word)
        else:
            found = [(*one, word) for one in found]
    if members:
        found = [(*one, member) for one in found for member in members]
    return found
