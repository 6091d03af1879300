"""Objects that have become groups: a text as it would be if an object could hold several prefixes.

Where today's text has an object and the new one a group of that name, whose members are new objects that nobody else
names, and a group may stand wherever the name does, the members are read as further commands of the one object and the
group as nothing. What the members hold together is then judged as for every command that has become several. A group
that is not just that stays in the text, where it is a line that came from nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from configs import dialects
from configs.places.book import Book

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configs.equivalence.model import Document
    from configs.places.groups import Words
    from configs.places.table import Places
    from configs.tree import Tree


def folded(old: Document, new: Document, places: Places) -> Document:
    """The new document without the groups that stand for an object of today, which has their members' commands."""
    words = places.groups
    if words is None or old.tree.lines == new.tree.lines:
        return new
    today, then = Book(old.tree, places, words), Book(new.tree, places, words)
    groups = dict.fromkeys(one.words[1] for one in then.commands if one.words[:1] == (words.groups,) and one.words[1:])
    fold = _Fold(new.tree)
    for name in groups:
        members = _members(name, today, then)
        if members:
            fold.group(name, members, then)
    return fold.document(new, old.tree) if fold.dropped else new


def _members(name: str, today: Book, then: Book) -> Words:
    """The objects that a group stands for in place of an object of today; () if it is anything else."""
    said, kind = then.members(name), today.groups.objects
    before = today.defined(name)
    if said is None or before is None or then.about(kind, name) or not then.replaceable(name):
        return ()
    lead, members = said
    if then.groups.turns and then.nesting(name, then.groups.members):
        return ()
    if lead != before.lead or len(set(members)) != len(members) or any(today.taken(one) for one in members):
        return ()
    for one in members:
        found = then.defined(one)
        naming = [each.words[:2] for each in then.naming(one) if each.words[:2] != (kind, one)]
        if found is None or found.lead != lead or naming != [(today.groups.groups, name)]:
            return ()
    return members


class _Fold:
    """Takes the lines of groups out of a text, and gives their members' the name of the group."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._renamed: dict[int, str] = {}
        self._behind: dict[int, list[int]] = {}  # lines that come behind another one, by that one
        self._sections: dict[int, int] = {}  # the views around groups, by their first line: the one that may end them
        self.dropped: set[int] = set()

    def group(self, name: str, members: Sequence[str], then: Book) -> None:
        """One group with its members."""
        kinds = then.groups
        outline = self._tree.outline
        at = {one: then.defined(one) for one in members}
        lines = {one: command.line for one, command in at.items() if command is not None}
        own = {one: then.view(command, outline.parents) for one, command in at.items() if command is not None}
        views = {one: self._view(own[one] or line) for one, line in lines.items()}
        bodies = {one: self._fields(one, name, lines[one], views[one], then) for one in members}
        if any(body != bodies[members[0]] for body in bodies.values()):
            return
        about = then.about(kinds.groups, name)
        group = next(one for one in about if len(one.words) > 2)
        opened = then.view(group, outline.parents)
        self.dropped.update(self._view(opened) if opened else (one.line for one in about))
        if opened and kinds.sections:
            section = outline.parents[opened - 1]
            self._sections[section] = max(self._sections.get(section, 0), self._view(opened).stop)
        for one in members:
            for said in then.about(kinds.objects, one):
                self._renamed[said.line] = _named(self._tree.lines[said.line - 1], one, name)
            if one == members[0]:
                continue
            if own[one]:
                self.dropped.update(set(views[one]))
                self._behind.setdefault(lines[members[0]], []).append(lines[one])
            else:
                others = (each.line for each in then.about(kinds.objects, one))
                self.dropped.update(line for line in others if line != lines[one])
        for one in then.nesting(name, kinds.nested) if kinds.turns else ():
            text = self._tree.lines[one.line - 1]
            self._renamed[one.line] = re.sub(rf"(?<!\S){kinds.nested}(?=\s)(?!.*\s{kinds.nested}\s)", kinds.members, text)

    def _view(self, first: int) -> range:
        """The lines of the view that a line opens, with the one that ends it; the line alone if it opens none."""
        outline = self._tree.outline
        inside = [number for number, parent in enumerate(outline.parents, 1) if parent == first]
        return range(first, inside[-1] + outline.bodies.get(inside[-1], 0) + 2 if inside else first + 1)

    def _fields(self, member: str, name: str, defining: int, view: range, then: Book) -> list[str]:
        """What a member says besides its addresses."""
        if len(view) > 1:
            numbers: Iterable[int] = view
        else:
            numbers = [one.line for one in then.about(then.groups.objects, member)]
        texts = [_named(self._tree.lines[number - 1], member, name) for number in numbers if number != defining]
        return [text.rstrip("\r\n") for text in texts]

    def document(self, new: Document, old: Tree) -> Document:
        """The text that is left, which knows where its lines stood."""
        self._emptied(old)
        numbers: list[int] = []
        for number in range(1, len(self._tree.lines) + 1):
            if number not in self.dropped:
                numbers += [number, *self._behind.get(number, ())]
        text = "".join(self._renamed.get(number, self._tree.lines[number - 1]) for number in numbers)
        encoding = self._tree.encoding
        tree = dialects.dialect(new.platform).parse(text.encode(encoding), (text, encoding))
        return replace(new, tree=tree, whole=self._tree, numbers=tuple(numbers))

    def _emptied(self, old: Tree) -> None:
        """Views in which nothing is left, and of which today's text has none, go too."""
        outline = self._tree.outline
        for section, end in self._sections.items():
            left = any(parent == section and line not in self.dropped for line, parent in enumerate(outline.parents, 1))
            path, text = outline.path(section), outline.texts[section - 1]
            known = any(old.outline.path(line) == path for line, one in enumerate(old.outline.texts, 1) if one == text)
            if not left and not known and self._tree.lines[end - 1 : end] and self._tree.line_text(end).strip() == "}":
                self.dropped.update((section, end))


def _named(line: str, old: str, new: str) -> str:
    """A line with another name in it, as a word or in quotes."""
    return re.sub(rf"(?<![^\s\"']){re.escape(old)}(?![^\s\"';])", new.replace("\\", r"\\"), line, count=1)
