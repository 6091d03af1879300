"""An object that goes to several places becomes a group of that name, of several objects with the old one's fields.

Nobody who names the object is touched: the name means the group then. That is done where a language says that a group
may stand at every place that names the object (`configs.places.groups`), and nothing else has that name; otherwise the
object is left for a person. In a form with braces the whole view of the object is repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from configs.places import tokens
from configs.places.book import Book
from configs.readdress.outcomes import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.places.groups import Command, Groups
    from configs.places.rows import Place
    from configs.places.table import Places
    from configs.readdress.outcomes import Writing
    from configs.readdress.result import Decided, Decisions, Result
    from configs.tree import Tree

_NAME: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s;]+)")


@dataclass(slots=True)
class _Split:
    """An object that becomes several: the line that says its addresses, and that line's new texts."""

    command: Command
    written: str  # the name as it is written, with its quotes
    names: tuple[str, ...]  # the new objects', as they are written
    lines: tuple[str, ...]


@dataclass(slots=True)
class Several:
    """The objects of a device that become several."""

    book: Book
    splits: list[_Split]

    def write(self, result: Result) -> None:
        """Put down the new lines, when all others are."""
        tree = result.tree
        sections: dict[int, list[str]] = {}
        for split in self.splits:
            if tree.outline.parents[split.command.line - 1]:
                _in_braces(split, result, self.book.groups, sections)
            else:
                self._in_lines(split, result)
        for number, lines in sections.items():
            result.changed[number] = (*_text(result, number), *lines)

    def _in_lines(self, split: _Split, result: Result) -> None:
        """One command a line: each of the object's for every new one, and the group behind what says the addresses."""
        groups = self.book.groups
        number = split.command.line
        for one in self.book.about(groups.objects, split.command.words[1]):
            if one.line != number:
                (text,) = _text(result, one.line)
                start, stop = _name_span(text, groups.objects, split.written)
                result.changed[one.line] = tuple(f"{text[:start]}{name}{text[stop:]}" for name in split.names)
        start, stop = _name_span(result.tree.line_text(number), groups.objects, split.written)
        news = [text[:start] + name + text[stop:] for text, name in zip(split.lines, split.names, strict=True)]
        head = re.sub(rf"{re.escape(groups.objects)}(\s+)$", rf"{groups.groups}\1", split.lines[0][:start])
        members = f"{groups.members} [ {' '.join(split.names)} ]"
        result.changed[number] = (*news, f"{head}{split.written} {members}")


def find(tree: Tree, places: Places, found: Decisions, *, renamed: bool) -> Several | None:
    """The objects that become several, whose lines are no longer open then; None if there are none.

    `renamed`: names that hold addresses follow the mapping, so that those objects are left for a person.
    """
    if places.groups is None:
        return None
    book: Book | None = None
    splits: list[_Split] = []
    taken: set[str] = set()
    for index, fate in enumerate(found.fates()):
        if "object" not in fate.kinds:
            continue
        decided = found.put_together(index) if index not in found.made else found[index]
        several = [number for number, outcome in enumerate(decided.outcomes) if len(outcome.writings) > 1]
        if len(several) != 1 or decided.line.places[several[0]].repeats or decided.loose:
            continue
        book = book or Book(tree, places, places.groups)
        split = _split(decided, several[0], book, tree, taken, renamed=renamed)
        if split is not None:
            splits.append(split)
            found[index] = decided._replace(new=())
    return Several(book, splits) if book is not None and splits else None


def _split(decided: Decided, number: int, book: Book, tree: Tree, taken: set[str], *, renamed: bool) -> _Split | None:
    command = book.by_line.get(decided.line.number)
    if command is None or len(command.words) < 2 or command.words[0] != book.groups.objects:
        return None
    name = command.words[1]
    if book.defined(name) is not command or not book.replaceable(name) or (renamed and tokens.has_tokens(name)):
        return None
    about = book.about(book.groups.objects, name)
    braces = tree.outline.parents[command.line - 1]
    if braces and (_closing(tree, braces) is None or _closing(tree, tree.outline.parents[braces - 1]) is None):
        return None
    written = {_written(tree, one, book.groups) for one in about if not braces or one.line == braces}
    outcome = decided.outcomes[number]
    names = _fresh(name, len(outcome.writings), book, taken)
    if len(written) != 1 or "" in written or names is None or outcome.action is not Action.REWRITTEN:
        return None
    (own,) = written
    quote = own[0] if own[0] in "\"'" else ""
    place = decided.line.places[number]
    return _Split(
        command,
        own,
        tuple(f"{quote}{one}{quote}" for one in names),
        tuple(_with(decided.line.text, place, writing) for writing in outcome.writings),
    )


def _fresh(name: str, count: int, book: Book, taken: set[str]) -> tuple[str, ...] | None:
    """New names that nothing has; None if they would be too long."""
    found: list[str] = []
    number = 1
    while len(found) < count:
        new = f"{name}_{number}"
        number += 1
        if len(new) > book.groups.longest:
            return None
        if not book.taken(new) and new not in taken:
            found.append(new)
    taken.update(found)
    return tuple(found)


def _with(text: str, place: Place, writing: Writing) -> str:
    """A line with a writing in its place."""
    spans = ((place.start, place.end), place.size, place.last)
    edits = [(*span, new) for span, new in zip(spans, writing[:3], strict=True) if span is not None and new is not None]
    for start, stop, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[stop:]
    return text


def _text(result: Result, number: int) -> tuple[str, ...]:
    """What a line is by now."""
    return result.changed.get(number) or (result.tree.line_text(number),)


def _written(tree: Tree, command: Command, groups: Groups) -> str:
    """An object's name as a command writes it; "" if it cannot be found."""
    text = tree.line_text(command.line)
    if tree.outline.parents[command.line - 1]:
        found = _NAME.match(text.strip())
    else:
        match = re.search(rf"(?<!\S){re.escape(groups.objects)}\s+(?={_NAME.pattern})", text)
        found = _NAME.match(text, match.end()) if match is not None else None
    name = found.group() if found is not None else ""
    return name if name.strip("\"'") == command.words[1] else ""


def _name_span(text: str, objects: str, written: str) -> tuple[int, int]:
    """Where the name stands behind the word for an object."""
    match = re.search(rf"(?<!\S){re.escape(objects)}\s+(?={re.escape(written)}(?!\S))", text)
    assert match is not None  # noqa: S101 - `_written` has found it
    return match.end(), match.end() + len(written)


def _closing(tree: Tree, number: int) -> int | None:
    """The line of the brace that ends the view of a line, alone on its line; None if there is no such one."""
    if not number or not tree.line_text(number).rstrip().endswith("{"):
        return None
    depths = {number: 0}
    last = number
    parents = tree.outline.parents
    for line in range(number + 1, len(parents) + 1):
        if parents[line - 1] in depths:
            depths[line] = depths[parents[line - 1]] + 1
            last = line
        elif 0 <= parents[line - 1] < number:
            break
    # Behind the last command every view that it stands in ends, the innermost first.
    start = last + tree.outline.bodies.get(last, 0)
    ends = [line.strip() for line in tree.lines[start : start + depths[last]]]
    return start + depths[last] if ends == ["}"] * depths[last] and ends else None


def _in_braces(split: _Split, result: Result, groups: Groups, sections: dict[int, list[str]]) -> None:
    """The object's view for every new object, and the group in its section, which is made if there is none.

    `sections` are lines to come behind a line of the old text.
    """
    tree = result.tree
    parents = tree.outline.parents
    first = parents[split.command.line - 1]
    outer = parents[first - 1]
    last, end = _closing(tree, first), _closing(tree, outer)
    assert last is not None  # noqa: S101 - `_split` has seen it
    assert end is not None  # noqa: S101 - as above
    views: list[tuple[str, ...]] = []
    for name, line in zip(split.names, split.lines, strict=True):
        view: list[str] = []
        for number in range(first, last + 1):
            if number == first:
                view.append(tree.line_text(number).replace(split.written, name, 1))
            elif number == split.command.line:
                view.append(line)
            else:
                view += _text(result, number)
        views.append(tuple(view))
    result.changed[first] = views[0][:1]
    result.changed[split.command.line] = split.lines[:1]
    sections.setdefault(last, []).extend(text for view in views[1:] for text in view)
    indent = _indent(tree.line_text(outer))
    deeper = _indent(tree.line_text(first))
    deepest = _indent(tree.line_text(split.command.line))
    group = [
        f"{deeper}{split.written} {{",
        f"{deepest}{groups.members} [ {' '.join(split.names)} ];",
        f"{deeper}}}",
    ]
    section = _section(tree, outer, groups.groups)
    if section is not None:
        sections.setdefault(section, []).extend(group)
        return
    made = sections.setdefault(end, [f"{indent}{groups.groups} {{", f"{indent}}}"])
    made[-1:-1] = group


def _section(tree: Tree, beside: int, word: str) -> int | None:
    """The line that opens the view of a word beside another view."""
    parents, texts = tree.outline.parents, tree.outline.texts
    same: Callable[[int], bool] = lambda number: parents[number - 1] == parents[beside - 1]  # noqa: E731 - short
    numbers: Sequence[int] = range(1, len(parents) + 1)
    return next(
        (
            number
            for number in numbers
            if same(number) and texts[number - 1] == word and tree.line_text(number).rstrip().endswith("{")
        ),
        None,
    )


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
