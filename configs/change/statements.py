"""Languages whose commands are `set …` and `delete …` and whose text is in braces, or those very `set` commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs import flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from configs.tree import Node, Tree

SET: Final = "set "
DELETE: Final = "delete "
_UNIT: Final = 4  # blanks a level


def chains(tree: Tree) -> Iterator[tuple[int, str]]:
    """Every statement with its line: all its words, those of the views around it first."""
    for statement in flat.statements(tree, ("set",)):
        yield statement.line, " ".join(statement.words)


def applied(tree: Tree, commands: Iterable[str]) -> bytes:
    """The text once these commands are said; one that deletes what is not there changes nothing."""
    lines = list(tree.lines)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    in_sets = any(node.text.startswith(SET) for node in tree.children)
    for command in commands:
        place = _in_sets(lines, command) if in_sets else _in_braces(tree, lines, command)
        if place is not None:
            number, text = place
            lines[number - 1] += text + end
    return "".join(lines).encode(tree.encoding)


def difference(before: Tree, after: Tree) -> tuple[str, ...]:
    """The commands from one text to the other: what goes, then what comes."""
    then, now = _leaves(before), _leaves(after)
    gone = (f"{DELETE}{text}" for text in then if text not in now)
    return (*gone, *(f"{SET}{text}" for text in now if text not in then))


def _leaves(tree: Tree) -> dict[str, None]:
    found = (statement for statement in flat.statements(tree, ("set",)) if statement.leaf)
    return dict.fromkeys(" ".join(f'"{word}"' if " " in word else word for word in each.words) for each in found)


def _in_sets(lines: list[str], command: str) -> tuple[int, str] | None:
    """Take out the lines that a deletion means; where a new line goes, and how it is written."""
    if command.startswith(DELETE):
        path = SET + command.removeprefix(DELETE)
        for index, line in enumerate(lines):
            if f"{line.strip()} ".startswith(f"{path} "):
                lines[index] = ""
        return None
    sets = [number for number, line in enumerate(lines, 1) if line.startswith(SET)]
    return (sets[-1], command) if sets else None


def _in_braces(tree: Tree, lines: list[str], command: str) -> tuple[int, str] | None:
    """The same in braces: a new statement stands in the innermost view that is there."""
    words = flat.words_of(command)[1:]
    number, depth, nodes = 0, 0, tree.children
    while True:
        found = next((node for node in nodes if node.children and _begins(words, node)), None)
        if found is None or len(_words(found)) == len(words):
            break
        words, number, depth, nodes = words[len(_words(found)) :], found.line, depth + 1, found.children
    if command.startswith(SET):
        return (number or len(lines), " " * (_UNIT * depth) + _statement(words))
    for node in nodes:
        if _words(node)[: len(words)] == words:
            for index in range(node.line - 1, _last(lines, node)):
                lines[index] = ""
    return None


def _words(node: Node) -> tuple[str, ...]:
    return tuple(word for word in flat.words_of(node.text) if word not in ("{", ";", "}"))


def _begins(words: Sequence[str], node: Node) -> bool:
    own = _words(node)
    return tuple(words[: len(own)]) == own


def _statement(words: Sequence[str]) -> str:
    """A statement on one line, as the device takes it; the device shows it in braces of its own."""
    return " ".join(f'"{word}"' if " " in word else word for word in words) + ";"


def _last(lines: Sequence[str], node: Node) -> int:
    """The last line of a node, its closing brace included."""
    open_braces = 0
    for number in range(node.line, len(lines) + 1):
        said = flat.words_of(lines[number - 1])
        open_braces += said.count("{") - said.count("}")
        if open_braces <= 0:
            return number
    return node.line
