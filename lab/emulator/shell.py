"""What command lines driven by a grammar table share: views, negation, looking a line up further out, storing it."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING

from lab.emulator.device import Device, Session
from lab.emulator.faults import FlashFullError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.emulator import grammar
    from lab.emulator.terminal import Terminal


class Refusal(Exception):  # noqa: N818 - it is the device's answer, not an error of ours
    """A command that is well formed and cannot be carried out; the text is the device's."""


class Shell(Session):
    """A user at such a command line.

    `path` is where he stands: nothing outside the configuration, then its root, then the views he opened. `twins` are
    entries that take the same lines as the last of the path.
    """

    negation: str
    # The table's name of the view at the root of the configuration.
    root_view: str
    # Whether a line is looked up in every view on the way out, or only in the outermost.
    climbs = True
    # What it says when there is no room to save.
    no_room: str
    # What is between the user and the configuration: the view while `path` is empty.
    outer_view: str

    def __init__(self, device: Device, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self.path: list[Entry] = []
        self.twins: list[Entry] = []

    @property
    def view(self) -> str:
        """The name of the view in the table."""
        if not self.path:
            return self.outer_view
        rule = self.path[-1].rule
        return self.root_view if rule is None else rule.get("view")

    @property
    def root(self) -> Entry:
        """The configuration that is edited: the running one, or a candidate."""
        return self.device.running

    def changed(self) -> None:
        """The configuration that is edited has changed."""
        self.device.changed()

    def strangely(self, line: str) -> None:
        """The view in which the user stands was changed by a line that no table knows."""
        del line
        self.changed()

    @property
    def here(self) -> Entry:
        """The entry whose view the user is in."""
        return self.path[-1]

    @abstractmethod
    def stored(self, match: Match) -> tuple[str, ...]:
        """The words with every secret in the form in which the device keeps it."""

    @abstractmethod
    def complain(self, error: LineError) -> None:
        """Say where a line is wrong."""

    def may(self, match: Match) -> bool:
        """Whether the user's level lets him use a command."""
        del match
        return True

    def denied(self) -> None:
        """What is above a user's level is unknown to him."""
        self.complain(LineError(Kind.UNRECOGNIZED, 0))

    async def configure(self) -> None:
        """To the root of the configuration."""
        self.path, self.twins = [self.root], []

    def help(self, line: str) -> str:
        """What may follow."""
        try:
            words = self._views()[0][1].completions(line, self.device)
        except LineError:
            return "  % no such command\n"
        return "".join(f"  {word}\n" for word in words)

    async def run_line(self, line: str) -> None:
        """Look a line up and carry it out."""
        self._find_back()
        strange = self.device.strange if self.path else None
        if strange is not None and strange.stands(self, line):
            return
        try:
            target, match, negated = self._parse(line)
        except LineError as error:
            if strange is None or not strange.keep(self, line):
                self.complain(error)
            return
        if not self.may(match):
            self.denied()
            return
        if negated and not match.rule.get("no") and not (target or self.path):
            # Outside the configuration there is nothing to take away.
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        before = self.path, self.twins
        if target is not None:
            self.path, self.twins = target, []
        try:
            await self.carry_out(match, negated=negated)
        except Refusal as refusal:
            if target is not None:
                self.path, self.twins = before
            self.terminal.write(f"{refusal}\n")
        except FlashFullError:
            self.terminal.write(f"{self.no_room}\n")

    def _find_back(self) -> None:
        """After somebody else deleted this session's view, or a rollback, stand in what is there now."""
        if not self.path:
            return
        path = [self.root]
        for entry in self.path[1:]:
            found = path[-1].children.get(entry.key)
            if found is None:
                break
            path.append(found)
        if [id(entry) for entry in path] != [id(entry) for entry in self.path]:
            self.twins = []
        self.path = path

    def _views(self) -> list[tuple[list[Entry] | None, grammar.View]]:
        """The views in which a line is looked up: where the user stands, then further out.

        That is how a saved configuration, which has no line that leaves a view, is read back in.
        """
        views: list[tuple[list[Entry] | None, grammar.View]] = [(None, self.device.views[self.view])]
        for depth in range(len(self.path) - 1, 0, -1):
            rule = self.path[depth - 1].rule
            if rule is None:
                views.append((self.path[:depth], self.device.views[self.root_view]))
            elif self.climbs:
                views.append((self.path[:depth], self.device.views[rule.get("view")]))
        return views

    def _parse(self, line: str) -> tuple[list[Entry] | None, Match, bool]:
        failures: list[LineError] = []
        for target, view in self._views():
            try:
                return target, view.match(line, self.device), False
            except LineError as error:
                failures.append(error)
            found = re.match(r"\s*(\S+)\s+(?=\S)", line)
            if found is None or len(found[1]) < 2 or not self.negation.startswith(found[1].lower()):
                continue
            rest = line[found.end() :]
            try:
                return target, view.match(rest, self.device, negated=True, offset=found.end()), True
            except LineError as error:
                failures.append(error)
        # What got furthest says best what is wrong.
        raise max(failures, key=lambda error: error.column)

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """Do what a line says: its own method, or store it, or take it away."""
        name = match.rule.get("no" if negated else "do")
        if name:
            method: Callable[[Match], Awaitable[None] | None] = getattr(self, f"do_{name}")
            done = method(match)
            if done is not None:
                await done
            return
        if negated:
            self.negate(match)
        else:
            self.put(match, self.stored(match))
        self.changed()

    def negate(self, match: Match) -> None:
        """Take away every line that begins so; a default that is on gets its negation stored."""
        for entry in (self.here, *self.twins):
            if match.rule.has("on"):
                words = (self.negation, *match.words)
                entry.put(Entry(words, (self.negation, *match.key), match.rule))
            else:
                entry.remove(match.words)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """Store a line; if it opens a view, go in. Coming back to a view does not take away what its line had."""
        key = words[: match.identity]
        opens = bool(match.rule.get("view"))
        stored = self.here
        for parent in (self.here, *self.twins):
            if match.rule.has("on"):
                parent.children.pop((self.negation, *key), None)
                continue
            present = parent.children.get(key)
            keep = present is not None and opens and len(words) == len(key)
            entry = present if present is not None and keep else parent.put(Entry(words, key, match.rule))
            stored = entry if parent is self.here else stored
        if opens:
            self.path, self.twins = [*self.path, stored], []
        return stored

    # Commands that most tables need

    def do_nothing(self, _match: Match) -> None:
        """Taken and without effect here."""
