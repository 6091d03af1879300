"""A StoneOS configuration that was given as a text: read block by block, written as it was with what has changed since.

Blocks end with `exit`; where a text has indentation, a line that stands no further in than the one that opened the
block ends it too. Lines that no table knows are kept word for word, and so are those of blocks that none knows (see
`lab.emulator.strange` for what happens to such lines that are typed later).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final, Protocol

from lab.emulator.grammar import LineError, View
from lab.emulator.parameters import BLANK, Names
from lab.emulator.placing import in_places, placed
from lab.emulator.strange import Strange, Typist, block_of, line_of
from lab.emulator.tree import STRANGE, Entry, Given

if TYPE_CHECKING:
    from lab.emulator.grammar import Match

# Empty lines, remarks, what stands around a configuration on the screen.
_FILLER: Final = re.compile(r"\s*$|\s*[#!]|Building configuration|Version \d|\s*(?:End|end)\s*$")
_PORT: Final = re.compile(r"^\s*interface +((?:x?ethernet|MGT|HA)\S*)", re.MULTILINE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"")
_NETWORKS: Final = ("ip_route", "network", "ip_address")
# Commands whose lines in a text are other than what is typed, or none.
_LEFT: Final = ("new_rule", "inline_rule", "move", "enable_rule", "ip_address_all", "no_nat_rule", "view_of_another")


class Box(Names, Protocol):
    """The firewall. `given_secrets` are secrets in the form in which the text has them."""

    running: Entry
    views: dict[str, View]
    strange: Strange | None
    given_secrets: set[str]


def ports_in(text: str) -> tuple[str, ...]:
    """The physical ports that a text names."""
    return tuple(dict.fromkeys(name.partition(".")[0] for name in _PORT.findall(text.replace("\r\n", "\n"))))


def with_blanks_kept(line: str) -> str:
    """A line in which a name in quotes is one word, whatever blanks are in it."""
    return _QUOTED.sub(lambda found: found[0].replace(" ", BLANK), line)


class StoneStrange(Strange):
    """Lines that no table knows; names in quotes have their blanks."""

    def stands(self, shell: Typist, line: str) -> bool:
        """As everywhere."""
        return super().stands(shell, line.replace(BLANK, " "))

    def keep(self, shell: Typist, line: str) -> bool:
        """As everywhere."""
        return super().keep(shell, line.replace(BLANK, " "))


def read_into(device: Box, text: str) -> None:
    """Make `text` what the device runs; what it has from the start stays, unshown, where the text does not say it."""
    root = device.running
    root.children = {key: entry for key, entry in root.children.items() if entry.fixed}
    for entry in root.children.values():
        entry.children.clear()
    root.given = Given("", ())
    everywhere = [rule for rule in device.views["config"].rules if rule.view == "any"]
    device.views = {**device.views, STRANGE: View(STRANGE, everywhere)}
    device.strange = strange = StoneStrange()
    lines = text.split("\n")
    _Reading(device, strange, indented=any(re.match(r"\s+[^\s#!]", line) for line in lines)).read(lines)


@dataclass
class _Reading:
    device: Box
    strange: StoneStrange
    indented: bool
    open_: list[tuple[int, Entry]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)

    def read(self, lines: list[str]) -> None:
        root = self.device.running
        self.open_ = [(-1, root)]
        for seat, raw in enumerate(lines, start=1):
            if raw.strip() == "exit" and len(self.open_) > 1:
                self._leave(raw)
                continue
            if _FILLER.match(raw) or raw.strip() == "exit":
                self.pending.append(raw)
                continue
            indent = len(raw) - len(raw.lstrip())
            while self.indented and len(self.open_) > 1 and self.open_[-1][0] >= indent:
                self.open_.pop()
            last = self._last()
            if last is not None and indent > last[0]:
                self._open(*last)
            self._put(raw, seat, indent)
        assert root.given is not None  # noqa: S101 - it was seated first
        root.given = replace(root.given, tail=tuple(self.pending))

    def _leave(self, raw: str) -> None:
        """A block's `exit`; by indentation it may be that of one further out."""
        indent = len(raw) - len(raw.lstrip())
        while self.indented and len(self.open_) > 2 and self.open_[-1][0] > indent:
            self.open_.pop()
        _, entry = self.open_.pop()
        assert entry.given is not None  # noqa: S101 - whatever is open has been seated
        entry.given = replace(entry.given, close=(*self.pending, raw))
        above = self.open_[-1][1].given
        assert above is not None  # noqa: S101 - as above
        above.below[entry.text] = entry.given
        self.pending = []

    def _last(self) -> tuple[int, Entry] | None:
        """The line in front, if it may yet turn out to open a block of which nothing is known."""
        below = self.open_[-1][1].children
        entry = next(reversed(below.values()), None) if self.indented else None
        if entry is None or entry.given is None or self.pending or not entry.strange or entry.children:
            return None
        return len(entry.given.raw) - len(entry.given.raw.lstrip()), entry

    def _open(self, indent: int, entry: Entry) -> None:
        entry.rule = block_of(entry.text)
        self.strange.blocks.add((self._view(), entry.text.partition(" ")[0]))
        self.open_.append((indent, entry))

    def _view(self) -> str:
        rule = self.open_[-1][1].rule
        return "config" if rule is None else rule.get("view")

    def _put(self, raw: str, seat: int, indent: int) -> None:
        parent, line = self.open_[-1][1], raw.strip()
        entry = self._known(line) or self._interface(line, parent)
        twin = None if entry is None else parent.children.get(entry.key)
        if entry is not None and twin is not None and twin.given is not None and _opens(entry):
            entry.key = (*entry.key, str(seat))  # a block that stands there twice has its lines twice
        elif entry is None or (twin is not None and twin.given is not None):
            entry = line_of(line)
            entry.key = ("", line, str(seat))
            self.strange.words.add((self._view(), line.partition(" ")[0]))
        before = parent.children.pop(entry.key, None)
        entry.fixed = before is not None
        entry.given = Given(raw, entry.words, seat, 0, tuple(self.pending))
        self.pending = []
        parent.put(entry)
        assert parent.given is not None  # noqa: S101 - whatever is open has been seated
        parent.given.below[entry.text] = entry.given
        if _opens(entry):
            self.open_.append((indent, entry))

    def _known(self, line: str) -> Entry | None:
        """The entry of a line that the table has in the view where it stands."""
        view = self._view()
        negated, _, rest = line.partition(" ")
        off = negated == "no" and bool(rest)
        try:
            match = self.device.views[view].match(with_blanks_kept(rest if off else line), self.device, negated=off)
        except LineError:
            return None
        do = match.rule.get("do")
        if off or match.rule.view == "any" or do in _LEFT or (do == "nat_rule" and match.words[1] != "id"):
            return None
        self.device.given_secrets.update(match.words[place].strip('"') for place in match.secrets)
        words, identity = _canonical(match)
        key = words[:identity]
        if do == "nat_rule":
            key = words[:3]
        elif do == "ip_address":
            key = words if words[-1] == "secondary" else ("ip", "address")
        elif do == "rule" and view == "policy":
            root = self.device.views["config"].match(" ".join(match.words), self.device)
            return Entry(words, words, root.rule)
        return Entry(words, key, match.rule)

    def _interface(self, line: str, parent: Entry) -> Entry | None:
        """An interface of a kind that the model does not have still has an interface's lines."""
        kind, _, name = line.partition(" ")
        if kind != "interface" or parent is not self.device.running or not name.strip():
            return None
        rule = next(rule for rule in self.device.views["config"].rules if rule.pattern.startswith("interface <"))
        return Entry((kind, name.strip()), (kind, name.strip()), rule)


def _opens(entry: Entry) -> bool:
    return entry.rule is not None and bool(entry.rule.get("view"))


def _canonical(match: Match) -> tuple[tuple[str, ...], int]:
    """The words as the device stores them, and how many of them are the line's identity."""
    words, identity, do = match.words, match.identity, match.rule.get("do")
    if do not in _NETWORKS:
        return words, identity
    place = next(index for index, word in enumerate(words) if word[0].isdigit())
    if do == "ip_address":
        if "/" not in words[place]:
            return words, identity
        address, _, length = words[place].partition("/")
        mask = str(IPv4Network(f"0.0.0.0/{length}").netmask)
        return (*words[:place], address, mask, *words[place + 1 :]), identity + 1
    if "/" in words[place]:
        network = IPv4Network(words[place], strict=False)
        return (*words[:place], str(network), *words[place + 1 :]), identity
    network = IPv4Network("/".join(words[place : place + 2]), strict=False)
    return (*words[:place], str(network), *words[place + 2 :]), identity - 1


def laid_out(root: Entry) -> str:
    """The text; unchanged it is what was given, whole."""
    assert root.given is not None  # noqa: S101 - asked of such configurations only
    lines: list[str] = []
    _write(root, "", lines)
    return "\n".join([*lines, *root.given.tail])


def _write(parent: Entry, indent: str, lines: list[str]) -> None:
    below = parent.given.below if parent.given is not None else {}
    shown = (one for one in parent.children.values() if one.given is not None or not one.fixed or one.children)
    children = placed(shown, below, 2, lambda _: True)
    rules = [one for one in children if one.key[:2] == ("rule", "id")]
    order = {key: index for index, key in enumerate(parent.children)}
    children = in_places(children, sorted(rules, key=lambda one: order[one.key]))
    for child in children:
        given = child.given
        if given is not None:
            lines.extend(given.gap)
        blanks = indent if given is None else given.raw[: len(given.raw) - len(given.raw.lstrip())]
        lines.append(given.raw if given is not None and given.words == child.words else blanks + child.text)
        if not _opens(child):
            continue
        _write(child, _inner(child, blanks), lines)
        lines.extend(given.close if given is not None else (f"{blanks}exit",))


def _inner(child: Entry, blanks: str) -> str:
    spelled = [one.given.raw for one in child.children.values() if one.given is not None]
    return spelled[0][: len(spelled[0]) - len(spelled[0].lstrip())] if spelled else blanks + "  "
