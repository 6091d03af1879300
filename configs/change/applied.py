"""The text that edits lead to: the running one with lines taken out and put in where they belong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.change.language import Language
    from configs.change.model import Edit
    from configs.tree import Node, Tree

_MARGIN = ("#", "!")  # what stands between sections, where anything does


@dataclass(slots=True)
class _New:
    """A line that is put in, with those below it."""

    text: str
    opens: bool
    children: list[_New] = field(default_factory=list)


def applied(running: Tree, steps: Iterable[Edit], language: Language) -> bytes:
    """The text of `running` once these edits are done, in its own encoding and with its own line ends."""
    return _Text(running, language).after(steps)


def replaced(running: Tree, intended: Tree) -> bytes:
    """The text of `running` with each view of `intended` at the top level as it is there, and those that it lacks.

    For languages whose views are files, which are put down as they are.
    """
    found = dict(_views(running)) | dict(_views(intended))
    return b"".join(found.values())


def _views(tree: Tree) -> Iterator[tuple[str, bytes]]:
    starts = [node.line for node in tree.children]
    for node, end in zip(tree.children, (*(start - 1 for start in starts[1:]), len(tree.lines)), strict=True):
        yield (
            node.text,
            b"".join(
                tree.originals.get(index) or tree.lines[index].encode(tree.encoding)
                for index in range(node.line - 1, end)
            ),
        )


class _Text:
    """A text that is being edited: which of its lines go, and what stands behind which of them."""

    def __init__(self, running: Tree, language: Language) -> None:
        self._tree = running
        self._language = language
        self._gone: set[int] = set()  # indices of lines
        self._behind: dict[int, list[tuple[_New, int]]] = {}  # line number → what follows it, with its indentation
        self._views: dict[tuple[str, ...], Node | _New] = {}  # those that are new, or have another header now
        self._end = "\r\n" if running.lines and running.lines[0].endswith("\r\n") else "\n"
        words = {word for word in (language.leave, *self._said_leaves()) if word}
        self._closers = words & {line.strip() for line in running.lines}
        self._unit = self._indentation()

    def _said_leaves(self) -> tuple[str, ...]:
        if self._language.leaves is None:
            return ()
        return tuple({self._language.leaves(node.text) for _, node in self._tree.walk() if node.children})

    def _indentation(self) -> int:
        """How many blanks a level has in this text."""
        for path, node in self._tree.walk():
            if len(path) == 1 and (width := self._width(node.line)):
                return width
        return 1

    def _width(self, number: int) -> int:
        line = self._tree.lines[number - 1]
        return len(line) - len(line.lstrip(" "))

    def after(self, steps: Iterable[Edit]) -> bytes:
        """The text behind the edits."""
        for step in steps:
            self._do(step)
        parts: list[bytes] = []
        for index, line in enumerate(self._tree.lines):
            if index not in self._gone:
                parts.append(self._tree.originals.get(index) or line.encode(self._tree.encoding))
            # What belongs to the view that ends here stands before what begins a new one.
            for new, indent in sorted(self._behind.get(index + 1, ()), key=lambda put: -put[1]):
                if parts and not parts[-1].endswith(b"\n"):
                    parts.append(self._end.encode())
                parts += (f"{text}{self._end}".encode(self._tree.encoding) for text in self._written(new, indent))
        return b"".join(parts)

    def _do(self, step: Edit) -> None:
        view = self._view(step.path)
        place: int | None = None
        indent: int | None = None
        for old in step.old:
            if old.startswith(" "):
                continue  # it went with the view that it stood in
            node = self._find(view, old.split("\n")[0])
            if node is None:
                continue
            place, indent = place or node.line, self._width(node.line)
            if step.opens and step.new:
                self._gone |= set(range(node.line - 1, node.last))
                self._views[(*step.path, step.new)] = node
                self._behind.setdefault(node.line, []).append((_New(step.new, opens=False), indent))
                return
            self._gone |= set(range(node.line - 1, self._last(node)))
        if not step.new:
            return
        new = _New(step.new, step.opens)
        self._contradicted(view, step.new)
        if step.opens:
            self._views[(*step.path, step.new)] = new
        if isinstance(view, _New):
            view.children.append(new)
        elif place is not None and indent is not None:
            self._behind.setdefault(place, []).append((new, indent))
        else:
            self._add(view, new)

    def _contradicted(self, view: Node | _New | None, text: str) -> None:
        """Take out the lines that say the contrary of a new one, or of what it begins with."""
        if isinstance(view, _New):
            return
        prefix = self._language.negation + " "
        for node in self._tree.children if view is None else view.children:
            if node.text.startswith(prefix) and f"{text} ".startswith(f"{node.text.removeprefix(prefix)} "):
                self._gone |= set(range(node.line - 1, node.last))

    def _view(self, path: tuple[str, ...]) -> Node | _New | None:
        """The view of a path; None for the top level."""
        view: Node | _New | None = None
        for depth, header in enumerate(path, 1):
            known = self._views.get(path[:depth])
            view = known if known is not None else self._find(view, header)
            if view is None:
                raise LookupError(path)
        return view

    def _find(self, view: Node | _New | None, text: str) -> Node | None:
        if isinstance(view, _New):
            return None
        nodes = self._tree.children if view is None else view.children
        return next((node for node in nodes if node.text == text and node.line - 1 not in self._gone), None)

    def _add(self, view: Node | None, new: _New) -> None:
        """Put a line at the end of the text's commands, or behind the single lines of a view."""
        if view is None:
            nodes = self._tree.children
            last = self._last(nodes[-1]) if nodes else len(self._tree.lines)
            self._behind.setdefault(last, []).append((new, 0))
            return
        number, width = view.last, self._width(view.line) + self._unit
        for child in view.children:
            width = self._width(child.line)
            if not child.children and not self._language.views.match(child.text):
                number = child.last
        self._behind.setdefault(number, []).append((new, width))

    def _last(self, node: Node) -> int:
        """The last line of a node, all below it, and the words that leave them."""
        last, depth, deepest = node.last, 1, node
        while deepest.children:
            deepest = deepest.children[-1]
            last, depth = deepest.last, depth + 1
        width = self._width(node.line)
        for number in range(last + 1, min(last + depth, len(self._tree.lines)) + 1):
            if self._tree.lines[number - 1].strip() not in self._closers or self._width(number) < width:
                break
            if not node.children and not self._language.views.match(node.text):
                break
            last = number
        return last

    def _written(self, new: _New, indent: int) -> list[str]:
        """A new line as it stands in the text; a section of its own at the margin."""
        lines = [" " * indent + line if number == 0 else line for number, line in enumerate(new.text.split("\n"))]
        for child in new.children:
            lines += self._written(child, indent + self._unit)
        if new.opens:
            word = self._language.leaving([new.text])[0]
            if word in self._closers:
                lines.append(" " * indent + word)
        if indent or not new.opens:
            return lines
        margin = next((mark for mark in _MARGIN if f"{mark}{self._end}" in self._tree.lines), None)
        return [margin, *lines, margin] if margin is not None else lines
