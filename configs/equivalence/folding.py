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
from configs.places.groups import turned

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    groups = dict.fromkeys(name for one in then.commands if (name := then.group_of(one)))
    fold = _Fold(new.tree, then)
    for name in groups:
        members = _members(name, today, then)
        if members:
            fold.group(name, members)
    return fold.document(new, old.tree) if fold.dropped else new


def _members(name: str, today: Book, then: Book) -> Words:
    """The objects that a group stands for in place of an object of today; () if it is anything else."""
    before = today.defined(name)
    said = then.members(name) if before is not None else None
    if said is None or before is None or then.objects(name) or not then.replaceable(name):
        return ()
    lead, members = said
    if _as_object(name, then):
        return ()
    if lead != before.lead or len(set(members)) != len(members) or any(today.taken(one) for one in members):
        return ()
    for one in members:
        found = then.defined(one)
        naming = [then.group_of(each) for each in then.naming(one) if then.object_of(each) != one]
        if found is None or found.lead != lead or naming != [name]:
            return ()
    return members


def _as_object(name: str, then: Book) -> bool:
    """Whether a command names the group by the words for an object."""
    words = then.groups.words
    texts = [" ".join(one.words) for one in then.naming(name) if words and then.group_of(one) != name]
    return any(turned(text, words, name) != text for text in texts)


class _Fold:
    """Takes the lines of groups out of a text, and gives their members' the name of the group."""

    def __init__(self, tree: Tree, then: Book) -> None:
        self._tree = tree
        self._then = then
        self._renamed: dict[int, str] = {}
        self._behind: dict[int, list[int]] = {}  # lines that come behind another one, by that one
        self._sections: dict[int, int] = {}  # the views around groups, by their first line: the one that may end them
        self.dropped: set[int] = set()

    def group(self, name: str, members: Sequence[str]) -> None:
        """One group with its members."""
        found = [command for one in members if (command := self._then.defined(one)) is not None]
        views = [self._then.view(command) for command in found]
        bodies = [
            self._fields(one, name, command.line, self._view(view) if view else ())
            for one, command, view in zip(members, found, views, strict=True)
        ]
        if any(body != bodies[0] for body in bodies):
            return
        self._drop(name, views[0])
        for one in members:
            for said in self._then.objects(one):
                self._renamed[said.line] = _named(self._tree.lines[said.line - 1], one, name)
        for one, command, view in zip(members[1:], found[1:], views[1:], strict=True):
            if view:
                self.dropped.update(self._view(view))
                self._behind.setdefault(found[0].line, []).append(command.line)
            else:
                others = (each.line for each in self._then.objects(one))
                self.dropped.update(line for line in others if line != command.line)
        self._turn(name)

    def _drop(self, name: str, first: int) -> None:
        """The lines of a group; what it has of the object stood first in the object's view, which `first` opens."""
        kinds = self._then.groups
        about = self._then.of_group(name)
        opened = next((view for one in about if (view := self._then.view(one))), 0)
        lines = self._view(opened) if opened else range(0)
        self.dropped.update(lines, (one.line for one in about))
        if opened and kinds.entry is not None:
            section = self._tree.outline.parents[opened - 1]
            self._sections[section] = max(self._sections.get(section, 0), lines.stop)
        own = [one.line for one in self._then.own(name)]
        if own:
            self._behind.setdefault(first, []).extend(own)

    def _turn(self, name: str) -> None:
        """Whoever names the group names the object again, by the word for one."""
        pairs = [(group, single) for single, group in self._then.groups.words]
        for one in self._then.naming(name) if pairs else ():
            if self._then.group_of(one) != name:
                text = self._tree.lines[one.line - 1]
                written = next((word for word in (f'"{name}"', f"'{name}'") if word in text), name)
                self._renamed[one.line] = turned(text, pairs, written)

    def _view(self, first: int) -> range:
        """The lines of the view that a line opens, with the one that ends it."""
        outline = self._tree.outline
        last = max((number for number, parent in enumerate(outline.parents, 1) if parent == first), default=first)
        end = last + outline.bodies.get(last, 0)
        return range(first, end + (2 if self._then.groups.style.closing else 1))

    def _fields(self, member: str, name: str, defining: int, view: Sequence[int]) -> list[str]:
        """What a member says besides its addresses."""
        numbers = view or [one.line for one in self._then.objects(member)]
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
            if (
                not left
                and not known
                and self._tree.lines[end - 1 : end]
                and self._tree.line_text(end).strip() == self._then.groups.style.outer
            ):
                self.dropped.update((section, end))


def _named(line: str, old: str, new: str) -> str:
    """A line with another name in it, as a word or in quotes."""
    return re.sub(rf"(?<![^\s\"']){re.escape(old)}(?![^\s\"';])", new.replace("\\", r"\\"), line, count=1)
