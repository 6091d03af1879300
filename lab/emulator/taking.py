"""A device that begins with a text from somewhere else: whatever stands in it is kept, as it stands there.

Lines that the tables know mean what they mean; those that they do not know, that are refused, or that would replace a
line that stands there as well, are kept word for word (`Entry.strange`) and shown where they stood. Whoever types
such a line later is obeyed as far as can be without knowing it, see `lab.emulator.strange`.

The text is read by its indentation, as these devices write it: separators (`#`, `!`) in the first column end every
view, and on AR routers lines of the system view stand one blank in behind one (Huawei AR configuration guides).
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError, Script
from lab.emulator.grammar import LineError, Rule, View
from lab.emulator.interfaces import kind_of, split_interface
from lab.emulator.platforms import emulator
from lab.emulator.shell import Shell
from lab.emulator.strange import Strange, block_of, head_of, line_of
from lab.emulator.tree import STRANGE, Entry, Given

if TYPE_CHECKING:
    from lab.emulator.device import Device
    from lab.emulator.grammar import Match

logger = logging.getLogger(__name__)
_PORT = re.compile(r"^interface +(\S.*?) *$", re.MULTILINE)
# Separators, remarks, what a device says in front of a configuration, and what ends it.
_FILLER = re.compile(
    r"\s*$|\s*[#!]|\[V\d|(return|end)\s*$|Building configuration|Current configuration|Using \d+ out of|<\S+>\s*dis"
)
_BANNER = re.compile(r"\s*banner\s+\S+\s+(\^C|\S)(.*)$", re.DOTALL)
_HEADER = re.compile(r"\s*header\s+\S+\s+(?:information\s+)?([\"%])(.*)$", re.DOTALL)


def ports_in(platform: str, text: str) -> tuple[str, ...]:
    """The ports that a text has, of the kinds that the platform's model knows, as it spells them."""
    model = emulator(platform)
    named = model.ports_named(text)
    if named is not None:
        return named
    kinds = (*getattr(model, "physical", ()), *getattr(model, "logical", ()))
    found: dict[str, None] = {}
    for name in _PORT.findall(text.replace("\r\n", "\n")):
        parts = split_interface(name.replace(" ", ""))
        kind = None if parts is None else kind_of(parts[0], kinds)
        if parts is not None and kind is not None:
            found[kind + getattr(model, "gap", "") + parts[1].partition(".")[0]] = None
    return tuple(found)


async def take(device: Device, text: str) -> None:
    """Make a text the device's running and saved configuration. TypeError if its language has no such reading."""
    if not device.lays_out:
        raise TypeError(device.spec.platform)
    text = text.replace("\r\n", "\n")
    device.running = device.factory()
    if not device.read(text):
        session = device.session(Script(), "console", 15)
        assert isinstance(session, Shell)  # noqa: S101 - a language of lines in views is spoken by such
        await _Taking(device, session).read(text)
    device.save()


@dataclass
class _Taking:
    device: Device
    session: Shell
    strange: Strange = field(default_factory=Strange)
    # The lines of separators since the last line of the configuration; how many runs there have been.
    pending: list[str] = field(default_factory=list)
    group: int = 0
    seats: int = 0

    async def read(self, text: str) -> None:
        device, root = self.device, self.device.running
        device.views = {**device.views, STRANGE: View(STRANGE, self._everywhere())}
        device.strange = self.strange
        root.given = Given("", ())
        open_: list[tuple[int, Entry]] = [(-1, root)]
        lines = _joined(text.split("\n"))
        for raw in lines:
            if _FILLER.match(raw):
                self.pending.append(raw)
                if raw[:1].strip():
                    del open_[1:]
                continue
            indent = len(raw) - len(raw.lstrip())
            while open_[-1][0] >= indent:
                open_.pop()
            path = [entry for _, entry in open_]
            if len(path) > 1 and not _opens(path[-1]):
                path[-1].rule = block_of(path[-1].text)
                self.strange.blocks.add((self._view(path[:-1]), head_of(path[-1].text, self.session.negation)))
            entry = await self._place(path, raw.strip())
            self._seat(path[-1], entry, raw)
            open_.append((indent, entry))
        root.given = replace(root.given, tail=tuple(self.pending))
        _forget_unseated(root)

    def _everywhere(self) -> list[Rule]:
        return [rule for rule in self.device.views[self.session.root_view].rules if rule.view == "any"]

    def _view(self, path: list[Entry]) -> str:
        rule = path[-1].rule
        return self.session.root_view if rule is None else rule.get("view")

    def _seat(self, parent: Entry, entry: Entry, raw: str) -> None:
        assert parent.given is not None  # noqa: S101 - parents have been seated
        if not self.seats:
            # What stands in front of everything stays there.
            self.device.running.given = parent.given = replace(parent.given, gap=tuple(self.pending))
            self.pending = []
        elif self.pending:
            self.group += 1
        self.seats += 1
        # The words are those of the end: a block's may still come to be known.
        entry.given = Given(raw, entry.words, self.seats, self.group, tuple(self.pending))
        self._gap()
        parent.given.below.setdefault(entry.text, entry.given)

    def _gap(self) -> None:
        self.pending = []

    async def _place(self, path: list[Entry], line: str) -> Entry:
        """The entry that a line makes in the view at the end of `path`."""
        match = self._known(path, line)
        entry = None if match is None else await self._type(path, line, match)
        if entry is not None:
            return entry
        word, view = head_of(line, self.session.negation), self._view(path)
        self.strange.words.add((view, word))
        parent = path[-1]
        entry = self._port(line, path) or line_of(line)
        while entry.key in parent.children:  # the same line twice: both are kept
            entry = Entry(entry.words, (*entry.key, str(self.seats)), entry.rule)
        return parent.put(entry)

    def _known(self, path: list[Entry], line: str) -> Match | None:
        view = self.device.views.get(self._view(path))
        if view is None:
            return None
        negated, _, rest = line.partition(" ")
        try:
            if negated == self.session.negation and rest:
                match = view.match(rest, self.device, negated=True)
            else:
                match = view.match(line, self.device)
        except LineError:
            return None
        return None if match.rule.view == "any" else match

    async def _type(self, path: list[Entry], line: str, match: Match) -> Entry | None:
        """Type a line where it stands; what it made, or None if it made nothing that is its own."""
        parent, session = path[-1], self.session
        if not match.rule.get("do") and not line.startswith(session.negation + " "):
            return self._put(path, match)
        before = {key: (child, child.words, child.rule) for key, child in parent.children.items()}
        script = Script()
        session.terminal, session.path, session.twins = script, list(path), []
        try:
            await session.execute(line)
        except LogoutError:
            return None
        except Exception:  # the model must not die of a line: it is kept, and said in the lab's log
            logger.exception("%s: the line %r broke", self.device.spec.name, line)
            return None
        new = [child for key, child in parent.children.items() if key not in before]
        other = []
        for key, (child, words, rule) in before.items():
            if child.given is not None and parent.children.get(key) is not child:
                parent.children[key] = child
            elif child.given is not None:
                # A line that stands in the text as well was not replaced there.
                child.words, child.rule = words, rule
            elif child.words != words:
                other.append(child)
        if session.refusal("".join(script.output)):
            return None
        own = [child for child in (*other, *new) if child.words[:2] == match.words[:2]] or new
        if own:
            return own[-1]
        present = parent.children.get(match.key)
        return present if present is not None and present.given is None else None

    def _put(self, path: list[Entry], match: Match) -> Entry | None:
        """Store a line that is only that."""
        parent, words = path[-1], self.session.stored(match)
        if words[: match.identity] in parent.children and parent.children[words[: match.identity]].given is not None:
            return None
        self.session.path, self.session.twins = list(path), []
        self.session.put(match, words)
        return parent.children.get(words[: match.identity])

    def _port(self, line: str, path: list[Entry]) -> Entry | None:
        """An interface of a kind that the model does not have still has an interface's lines."""
        kind, _, name = line.partition(" ")
        if kind != "interface" or len(path) > 1 or not name:
            return None
        rules = self.device.views[self.session.root_view].rules
        rule = next((rule for rule in rules if rule.pattern.startswith("interface <") and rule.get("view")), None)
        return None if rule is None else Entry((kind, name.strip()), (kind, name.strip()), rule)


def _opens(entry: Entry) -> bool:
    return entry.rule is not None and bool(entry.rule.get("view"))


def _forget_unseated(entry: Entry) -> None:
    """Whatever the text does not have the device does not have: its own defaults are not shown there."""
    for key, child in list(entry.children.items()):
        if child.given is None:
            del entry.children[key]
        else:
            _forget_unseated(child)


def _joined(lines: list[str]) -> list[str]:
    """Lines with texts over several lines made one."""
    found: list[str] = []
    waiting = ""
    for line in lines:
        if waiting:
            found[-1] += "\n" + line
            waiting = "" if waiting in line else waiting
            continue
        found.append(line)
        begun = _BANNER.match(line) or _HEADER.match(line)
        if begun is not None and begun[1] not in begun[2]:
            waiting = begun[1]
    if waiting:  # it never ends: then it was no such text
        last = found.pop()
        first, *rest = last.split("\n")
        found += [first, *rest]
    return found
