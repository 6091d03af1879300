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
from configs.places.groups import turned
from configs.readdress.outcomes import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Command, Groups, Style
    from configs.places.rows import Place
    from configs.places.table import Places
    from configs.readdress.outcomes import Writing
    from configs.readdress.result import Decided, Decisions, Result
    from configs.tree import Tree

# How much deeper the commands of a view stand, where no other says it.
_STEP: Final = "    "
_NAME: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s;]+)")


@dataclass(slots=True)
class _Split:
    """An object that becomes several: the line that says its addresses, and that line's new texts."""

    command: Command
    view: int  # the line that opens the object's own view; 0 if it has none
    written: str  # the name as it is written, with its quotes
    names: tuple[str, ...]  # the new objects', as they are written
    lines: tuple[str, ...]

    @property
    def name(self) -> str:
        """The object's name."""
        return self.written.strip("\"'")


@dataclass(slots=True)
class Several:
    """The objects of a device that become several."""

    book: Book
    splits: list[_Split]

    def write(self, result: Result) -> None:
        """Put down the new lines, when all others are."""
        sections: dict[int, list[str]] = {}
        for split in self.splits:
            if split.view:
                self._in_views(split, result, sections)
            else:
                self._in_lines(split, result)
            self._turn(split, result)
        for number, lines in sections.items():
            result.changed[number] = (*_text(result, number), *lines)

    def _in_lines(self, split: _Split, result: Result) -> None:
        """One command a line: each of the object's for every new one, and the group behind what says the addresses."""
        groups = self.book.groups
        number = split.command.line
        for one in self.book.objects(split.name):
            if one.line != number:
                (text,) = _text(result, one.line)
                start, stop = _name_span(text, groups.objects, split.written)
                result.changed[one.line] = tuple(f"{text[:start]}{name}{text[stop:]}" for name in split.names)
        start, stop = _name_span(result.tree.line_text(number), groups.objects, split.written)
        news = [text[:start] + name + text[stop:] for text, name in zip(split.lines, split.names, strict=True)]
        head = re.sub(rf"{re.escape(groups.objects)}(\s+)$", rf"{groups.groups}\1", split.lines[0][:start])
        members = groups.membership(split.names)
        if result.tree.outline.parents[number - 1]:
            group = _block(f"{head}{split.written}", members, _STEP, groups.style)
        else:
            group = [f"{head}{split.written} {member}" for member in members]
        result.changed[number] = (*news, *group)

    def _in_views(self, split: _Split, result: Result, sections: dict[int, list[str]]) -> None:
        """The object's view for every new object, and the group: behind them, or in its section, made if there is none.

        `sections` are lines to come behind a line of the old text.
        """
        groups, tree = self.book.groups, result.tree
        first, last = split.view, _end(tree, split.view, groups.style, groups.style.closing)
        assert last is not None  # noqa: S101 - `_split` has seen it
        head = tree.line_text(first)
        start, stop = _name_span(head, groups.header(groups.objects).rstrip(), split.written)
        own = [one.line for one in self.book.own(split.name)]
        inside = [number for number in range(first + 1, last + 1) if number not in own]
        for number in own:
            result.changed[number] = ()
        views = [
            [head[:start] + name + head[stop:]]
            + [
                text
                for number in inside
                for text in ([line] if number == split.command.line else _text(result, number))
            ]
            for name, line in zip(split.names, split.lines, strict=True)
        ]
        result.changed[first] = (views[0][0],)
        result.changed[split.command.line] = split.lines[:1]
        behind = sections.setdefault(last, [])
        behind += [text for view in views[1:] for text in view]
        indent = _indent(head)
        step = _indent(tree.line_text(split.command.line))[len(indent) :]
        members = [tree.line_text(number).strip() for number in own] + groups.membership(split.names)
        group = _block(f"{indent}{groups.header(groups.groups)}{split.written}", members, step, groups.style)
        if groups.entry is None:
            behind += group
        else:
            _in_section(group, tree, tree.outline.parents[first - 1], groups, sections)

    def _turn(self, split: _Split, result: Result) -> None:
        """What tells groups from objects by the word before the name."""
        for one in self.book.naming(split.name) if self.book.groups.words else ():
            if self.book.object_of(one) != split.name:
                texts = _text(result, one.line)
                result.changed[one.line] = tuple(turned(text, self.book.groups.words, split.written) for text in texts)


def _block(head: str, commands: Sequence[str], step: str, style: Style) -> list[str]:
    """A view with commands; `step` is how much deeper they stand."""
    indent = _indent(head)
    inside = [f"{indent}{step}{command.removesuffix(';')}{style.command}" for command in commands]
    return [f"{head}{style.opening}", *inside, *([f"{indent}{style.closing}"] if style.closing else ())]


def _in_section(group: list[str], tree: Tree, outer: int, groups: Groups, sections: dict[int, list[str]]) -> None:
    """Put a group's view into the section of the groups, which is made behind that of the objects if there is none."""
    section = _section(tree, outer, groups)
    if section is not None:
        sections.setdefault(section, []).extend(group)
        return
    style = groups.style
    end = _end(tree, outer, style, style.outer)
    assert end is not None  # noqa: S101 - `_split` has seen it
    indent = _indent(tree.line_text(outer))
    empty = [f"{indent}{groups.section(groups.groups)}{style.opening}", f"{indent}{style.outer}"]
    made = sections.setdefault(end, empty)
    made[-1:-1] = group


def find(tree: Tree, places: Places, found: Decisions, *, renamed: bool) -> Several | None:
    """The objects that become several, whose lines are no longer open then; None if there are none.

    `renamed`: names that hold addresses follow the mapping, so that those objects are left for a person.
    """
    if places.groups is None:
        return None
    book: Book | None = None
    splits: list[_Split] = []
    taken: set[str] = set()
    for index, fate in found.of_kinds(("object",)):
        outcomes = found[index].outcomes if index in found.made else fate.outcomes
        several = [number for number, outcome in enumerate(outcomes) if len(outcome.writings) > 1]
        if len(several) != 1:
            continue
        decided = found.put_together(index) if index not in found.made else found[index]
        if decided.line.places[several[0]].repeats or decided.loose:
            continue
        book = book or Book(tree, places, places.groups)
        split = _split(decided, several[0], book, tree, taken, renamed=renamed)
        if split is not None:
            splits.append(split)
            found[index] = decided._replace(new=())
    return Several(book, splits) if book is not None and splits else None


def _split(decided: Decided, number: int, book: Book, tree: Tree, taken: set[str], *, renamed: bool) -> _Split | None:
    command = book.by_line.get(decided.line.number)
    name = book.object_of(command) if command is not None else ""
    if command is None or not name or book.defined(name) is not command:
        return None
    if not book.replaceable(name) or (renamed and tokens.has_tokens(name)):
        return None
    about = book.objects(name)
    view = book.view(command)
    if not _closed(tree, command, view, book):
        return None
    written = {_written(tree, one, book.groups, view) for one in about if not view or one.line == view}
    outcome = decided.outcomes[number]
    names = _fresh(name, len(outcome.writings), book, taken)
    if len(written) != 1 or "" in written or names is None or outcome.action is not Action.REWRITTEN:
        return None
    (own,) = written
    quote = own[0] if own[0] in "\"'" else ""
    place = decided.line.places[number]
    return _Split(
        command,
        view,
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


def _written(tree: Tree, command: Command, groups: Groups, view: int) -> str:
    """An object's name as a command writes it; "" if it cannot be found."""
    text = tree.line_text(command.line)
    head = groups.header(groups.objects) if view else f"{groups.objects} "
    words = r"\s+".join(map(re.escape, head.split()))
    match = re.search(rf"(?<!\S){words}\s+" if words else r"^\s*", text)
    found = _NAME.match(text, match.end()) if match is not None else None
    return found.group() if found is not None else ""


def _name_span(text: str, words: str, written: str) -> tuple[int, int]:
    """Where the name stands, behind the words for an object if there are any."""
    head = r"\s+".join(map(re.escape, words.split()))
    match = re.search(rf"(?<!\S){head}\s*(?={re.escape(written)}(?!\S))", text)
    assert match is not None  # noqa: S101 - `_written` has found it
    return match.end(), match.end() + len(written)


def _closed(tree: Tree, command: Command, view: int, book: Book) -> bool:
    """Whether the ends of the views around an object's command can be found again, if there are any."""
    groups, style = book.groups, book.groups.style
    if not view:
        return not tree.outline.parents[command.line - 1] or tree.line_text(command.line).rstrip().endswith(";")
    outer = tree.outline.parents[view - 1]
    if groups.entry is not None and (not outer or _end(tree, outer, style, style.outer) is None):
        return False
    # What goes to the group stands first, so that it is known where it stood.
    own = [one.line for one in book.own(book.object_of(command))]
    return _end(tree, view, style, style.closing) is not None and own in ([], [view + 1])


def _end(tree: Tree, number: int, style: Style, closing: str) -> int | None:
    """The last line of the view of a line: the one that ends it, alone on its line; None if there is no such one."""
    if not number or not tree.line_text(number).rstrip().endswith(style.opening.strip()):
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
    start = last + tree.outline.bodies.get(last, 0)
    if not closing:
        return start
    # Behind the last command every view that it stands in ends, the innermost first.
    depth = depths[last]
    ends = [line.strip() for line in tree.lines[start : start + depth]]
    known = ends and ends[-1] == closing and {style.closing, style.outer}.issuperset(ends)
    return start + depth if known and len(ends) == depth else None


def _section(tree: Tree, beside: int, groups: Groups) -> int | None:
    """The line that opens the view of all groups beside another view."""
    parents, texts = tree.outline.parents, tree.outline.texts
    section, opening = groups.section(groups.groups), groups.style.opening.strip()
    return next(
        (
            number
            for number in range(1, len(parents) + 1)
            if parents[number - 1] == parents[beside - 1]
            and texts[number - 1] == section
            and tree.line_text(number).rstrip().endswith(opening)
        ),
        None,
    )


def _indent(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
