"""What differs: two trees walked side by side, and the steps from the one to the other in the intended order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs.change.language import Kind
from configs.change.model import Edit, Phase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.change.language import Language, Slot
    from configs.tree import Node, Tree


def edits(running: Tree, intended: Tree, language: Language) -> list[Edit]:
    """The steps from `running` to `intended`, in the intended order: what to do, before anybody says when."""
    ours, theirs = (
        [node for node in tree.children if not language.foreign.match(node.text)] for tree in (running, intended)
    )
    return list(_Comparison(language).views((), ours, theirs))


class _Comparison:
    """Walks two trees side by side and yields the edits, in the intended order."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def views(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> Iterator[Edit]:
        """The edits that make one view what is intended."""
        language = self._language
        header = language.normalise(path[:-1], path[-1]) if path else ""
        owned = language.whole or (bool(path) and language.owned.match(header) is not None)
        if owned and language.ordered.match(header) and self._must_rewrite(path, running, intended):
            yield from self._rewrite(path, running, intended)
            return
        running, intended = self._apart(running), self._apart(intended)
        index = _Index(language, path, running)
        sets: set[tuple[object, ...]] = set()
        for node in intended:
            if node.text.startswith(language.negation + " "):
                yield from self._negative(path, node, index)
                continue
            slot, key = index.identify(content(node))
            if slot is not None and slot.kind is Kind.SET:
                sets.add(key)
            yield from self._positive(path, node, index, slot, key)
        # What was said later may rest on what was said before it.
        for node in reversed(running) if language.whole else running:
            if index.is_kept(node):
                continue
            slot, key = index.identify(content(node))
            if owned or key in sets:
                yield Edit(path, _all_lines(node), "", (index.removal(node, slot),), phase=Phase.REMOVE)

    def _apart(self, nodes: Sequence[Node]) -> Sequence[Node]:
        """The lines with those that say several things taken apart, each thing once."""
        if self._language.apart is None:
            return nodes
        found: list[Node] = []
        said: set[str] = set()
        for node in nodes:
            texts = self._language.apart(node.text)
            if not texts:
                found.append(node)
            found += (replace(node, text=text) for text in texts if text not in said)
            said.update(texts)
        return found

    def _positive(
        self, path: tuple[str, ...], node: Node, index: _Index, slot: Slot | None, key: tuple[object, ...]
    ) -> Iterator[Edit]:
        candidates = index.having(key)
        text = content(node)
        same = next((other for other in candidates if index.equal(content(other), text)), None)
        emptied = self._language.whole and same is not None and bool(same.children)
        if node.children or emptied or self._opens(path, index.normal(node.text)):
            yield from self._view(path, node, index, same, candidates)
        elif same is not None:
            index.keep(same)
        else:
            yield from self._line(path, node, index, slot, candidates)

    def _opens(self, path: tuple[str, ...], text: str) -> bool:
        """Whether a line opens a view though nothing stands in it."""
        language = self._language
        return language.views.match(text) is not None and not language.plain.match(" > ".join((*path, text)))

    def _view(
        self, path: tuple[str, ...], node: Node, index: _Index, same: Node | None, candidates: Sequence[Node]
    ) -> Iterator[Edit]:
        found = same or (candidates[0] if candidates else None)
        below: Sequence[Node] = ()
        if found is not None:
            index.keep(found)
            below = found.children
        if same is None:
            yield Edit(path, (found.text,) if found is not None else (), node.text, (node.text,), opens=True)
        yield from self.views((*path, (same or node).text), below, node.children)

    def _line(
        self, path: tuple[str, ...], node: Node, index: _Index, slot: Slot | None, candidates: Sequence[Node]
    ) -> Iterator[Edit]:
        text = self._language.typed(content(node))
        negated = index.contrary(node.text)
        if not negated and not candidates and self._language.hidden.match(index.normal(text)):
            return
        commands = [text]
        old: list[str] = []
        if slot is not None and slot.kind is not Kind.SET:
            if candidates and slot.overwrite:
                commands = [index.expand(slot, slot.overwrite, node.text)]
            for other in candidates:
                index.keep(other)
                old += _all_lines(other)
                if slot.kind is Kind.CLEAR:
                    commands.insert(0, index.removal(other, slot))
        elif slot is not None:
            for other in candidates:
                if index.same_entry(slot, other.text, node.text):
                    index.keep(other)
                    old += _all_lines(other)
                    commands.insert(0, index.removal(other, slot))
        for other in negated:
            index.keep(other)
            old.append(other.text)
        yield Edit(path, tuple(old), text, tuple(commands))

    def _negative(self, path: tuple[str, ...], node: Node, index: _Index) -> Iterator[Edit]:
        language = self._language
        same = index.exactly(node.text)
        for other in same:
            index.keep(other)
        positive = language.negated(node.text)
        victims = index.starting(positive)
        for other in victims:
            index.keep(other)
        old = tuple(line for other in victims for line in _all_lines(other))
        if language.explicit.match(index.normal(node.text)):
            if not same:
                yield Edit(path, old, node.text, (node.text,))
        elif victims:
            yield Edit(path, old, "", (node.text,), phase=Phase.REMOVE)

    def _must_rewrite(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> bool:
        """Whether an unnumbered list can only become the intended one by writing it anew: kept entries must stand
        in the intended order, and new ones after them all.
        """  # noqa: D205 - one sentence
        index = _Index(self._language, path, running)
        have = [index.normal(node.text) for node in running]
        want = [index.normal(node.text) for node in intended]
        kept = [text for text in have if text in want]
        return bool(have) and want[: len(kept)] != kept

    def _rewrite(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> Iterator[Edit]:
        """Take the whole list away and write it again. A list that is bound and not defined lets everything pass,
        so the session lives on between the two.
        """  # noqa: D205 - one sentence
        header = path[-1]
        old = (header, *(" " + node.text for node in running))
        yield Edit(path[:-1], old, header, (self._language.negated(header), header), opens=True)
        for node in intended:
            yield Edit(path, (), node.text, (node.text,))


class _Index:
    """The lines of one running view by purpose, and which of them the intended text accounts for."""

    def __init__(self, language: Language, path: tuple[str, ...], running: Sequence[Node]) -> None:
        self._language = language
        self._path = path
        header = language.normalise(path[:-1], path[-1]) if path else ""
        self._slots = [(number, slot) for number, slot in enumerate(language.slots) if slot.view.match(header)]
        self._running = running
        self._kept: set[int] = set()
        self._by_key: dict[tuple[object, ...], list[Node]] = {}
        for node in running:
            self._by_key.setdefault(self.identify(content(node))[1], []).append(node)

    def normal(self, text: str) -> str:
        """The line in its normal spelling."""
        return self._language.normalise(self._path, text)

    def identify(self, text: str) -> tuple[Slot | None, tuple[object, ...]]:
        """The line's purpose: its slot, if a table names one, and a key."""
        normal = self._language.secrets.shape(self.normal(text))
        for number, slot in self._slots:
            match = slot.line.match(normal)
            if match is not None:
                return slot, (number, *match.groupdict().values())
        return None, ("", normal)

    def removal(self, node: Node, slot: Slot | None) -> str:
        """The command that takes the node back."""
        if self._language.takes_back is not None and (command := self._language.takes_back(node.text)):
            return command
        if slot is not None and slot.remove:
            return self.expand(slot, slot.remove, node.text)
        return self._language.negated(node.text)

    def expand(self, slot: Slot, template: str, text: str) -> str:
        """A slot's command for a line."""
        match = slot.line.match(self.normal(text))
        return match.expand(template) if match is not None else text

    def same_entry(self, slot: Slot, running: str, intended: str) -> bool:
        """Whether two lines of a set are one entry of it (the same number) with two contents."""
        ours, theirs = slot.line.match(self.normal(running)), slot.line.match(self.normal(intended))
        if ours is None or theirs is None or slot.line.groups == len(slot.line.groupindex):
            return False
        return ours.groups() == theirs.groups()

    def equal(self, running: str, intended: str) -> bool:
        """Whether two lines say the same; a secret that the device stores in its own form counts as the same."""
        ours, theirs = self.normal(running), self.normal(intended)
        if ours == theirs:
            return True
        secrets = self._language.secrets
        return secrets.is_stored(ours) and secrets.shape(ours) == secrets.shape(theirs)

    def having(self, key: tuple[object, ...]) -> list[Node]:
        """The running lines of a purpose that nothing accounts for yet."""
        return [node for node in self._by_key.get(key, ()) if id(node) not in self._kept]

    def exactly(self, text: str) -> list[Node]:
        """The running lines that say exactly this."""
        wanted = self.normal(text)
        return [node for node in self._running if self.normal(node.text) == wanted]

    def contrary(self, text: str) -> list[Node]:
        """The running lines that say the contrary of `text`; where views are made equal, also of what it begins with,
        because those go with it.
        """  # noqa: D205 - one sentence
        found = self.exactly(self._language.negated(text))
        prefix = self._language.negation + " "
        if not self._language.whole or text.startswith(prefix):
            return found
        wanted = self.normal(text) + " "
        for node in self._running:
            normal = self.normal(node.text)
            if normal.startswith(prefix) and wanted.startswith(normal.removeprefix(prefix) + " ") and node not in found:
                found.append(node)
        return found

    def starting(self, text: str) -> list[Node]:
        """The running lines that `text` negated would take away."""
        wanted = self.normal(text)
        found = []
        for node in self._running:
            normal = self.normal(node.text)
            if normal == wanted or normal.startswith(wanted + " "):
                found.append(node)
        return found

    def keep(self, node: Node) -> None:
        """Account for a running line."""
        self._kept.add(id(node))

    def is_kept(self, node: Node) -> bool:
        """Whether the running line is accounted for."""
        return id(node) in self._kept


def content(node: Node) -> str:
    """A command as it is typed: its line, and the lines of the block it opens."""
    return "\n".join((node.text, *node.body))


def _all_lines(node: Node) -> tuple[str, ...]:
    """A node and all below it as lines, each level indented by one blank."""
    return tuple(" " * len(path) + content(line) for path, line in node.walk())
