"""What a proof says: where two networks differ in meaning, and what it did not look at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from configs.intervals import shown
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection

    from configs.headers import Packet
    from configs.tree import Tree


@dataclass(frozen=True, slots=True)
class Document:
    """One device's configuration. `path` is the same before and after.

    `numbers` and `whole`: the tree is read from some lines of another text, which are these.
    """

    path: str
    platform: str
    tree: Tree
    whole: Tree | None = None
    numbers: tuple[int, ...] = ()


class Kind(StrEnum):
    """What is wrong."""

    ADDRESS = "address"  # a construct means other addresses than the mapping says
    WRITTEN = "written_address"  # the right set, written with an address that nobody can explain
    LEFT = "old_address"  # an address of today is left
    TEXT = "text"  # something else in a line changed
    LINE = "line"  # a line is missing, or there is one too many
    FILE = "file"  # a file is missing, or there is one too many
    FILTER = "filter"  # a packet is treated differently
    TRANSLATION = "translation"  # a packet is translated differently
    ROUTE = "route"  # a destination is reached another way
    PREFIX_LIST = "prefix_list"  # a route is treated differently
    LINK = "link"  # two ends that shared a subnet do not, or two that did not do
    NEXT_HOP = "next_hop"  # a next hop is not on a link of the device
    PARTNER = "partner"  # a line speaks to another device than before
    REFERENCE = "reference"  # a name that is used is not defined


class Site(NamedTuple):
    """A line of a file."""

    path: str
    line: int
    text: str

    def as_json(self) -> dict[str, object]:
        """Stable keys."""
        return {"path": self.path, "line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Flow:
    """A packet as it is today and as it is afterwards."""

    old: Packet
    new: Packet

    def as_json(self) -> dict[str, object]:
        """Stable keys; addresses as text."""
        return {"old": _packet(self.old), "new": _packet(self.new)}


def _packet(packet: Packet) -> dict[str, object]:
    return {
        "source": shown(packet.source, packet.version),
        "destination": shown(packet.destination, packet.version),
        "protocol": packet.protocol,
        "source_port": packet.source_port,
        "destination_port": packet.destination_port,
        "conditions": sorted(packet.conditions),
    }


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Something that means another thing than before, with the lines that say so in both texts."""

    kind: Kind
    message: Message
    old: tuple[Site, ...] = ()
    new: tuple[Site, ...] = ()
    flow: Flow | None = None

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {
            "kind": self.kind.value,
            "message": _both(self.message),
            "old": [site.as_json() for site in self.old],
            "new": [site.as_json() for site in self.new],
            "packet": self.flow.as_json() if self.flow is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Outside:
    """A line that the proof does not cover. `reason` is a stable code."""

    site: Site
    reason: str
    message: Message

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {**self.site.as_json(), "reason": self.reason, "message": _both(self.message)}


# Reasons of files that only the first half of the proof reads, or not even that.
_ONE_READER = frozenset({"no-table", "no-reader", "no-filter-reader", "no-translation-reader", "undecided"})
# Reasons of lines that are the same as before although an address in them may have moved.
_LEFT = frozenset({
    "no-place", "no-exact-image", "no-set", "unknown-command", "rule-no-set", "ambiguous-vrf", "partly-mapped",
    "for-a-person",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """What was compared and what came out. `checked` counts the things that were compared, by their stable names."""

    counterexamples: tuple[Counterexample, ...] = ()
    outside: tuple[Outside, ...] = ()
    checked: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> int:
        """How many lines are left for a person."""
        return len({(each.site.path, each.site.line) for each in self.outside if each.reason in _LEFT})

    @property
    def level(self) -> str:
        """How far the proof goes: `refuted`; `lines`: something has no second reader or is left; `meaning`."""
        if not self.ok:
            return "refuted"
        return "lines" if self.people or any(each.reason in _ONE_READER for each in self.outside) else "meaning"

    @property
    def ok(self) -> bool:
        """Whether nothing means another thing than before, as far as the proof goes."""
        return not self.counterexamples

    def as_json(self) -> dict[str, object]:
        """Stable keys; texts in both languages."""
        return {
            "ok": self.ok,
            "level": self.level,
            "for_people": self.people,
            "counterexamples": [found.as_json() for found in self.counterexamples],
            "outside": [found.as_json() for found in self.outside],
            "checked": dict(sorted(self.checked.items())),
        }


class Findings:
    """Where the parts of the proof put down what they find. A line gets one counterexample of a kind."""

    def __init__(self, left: Collection[tuple[str, int]] | None = None) -> None:
        self._told = left is not None
        self._people = frozenset(left or ())
        self._found: dict[tuple[object, ...], Counterexample] = {}
        self._outside: dict[tuple[Site, str], Outside] = {}
        self._left: set[tuple[str, str]] = set()
        self._after: set[tuple[str, int]] = set()
        self.checked: Counter[str] = Counter()

    def against(self, found: Counterexample) -> None:
        """A counterexample; not one if it only says that a line stays that somebody was told to look at."""
        for was, is_ in zip(found.old, found.new, strict=False):
            if (was.path, was.line) in self._people and (found.kind is Kind.LEFT or was.text == is_.text):
                message = Message("it is left for a person: {why}", why=found.message)
                self.beyond(was, "for-a-person", message)
                self._left.add((is_.path, is_.text))
                return
        self._found.setdefault((found.kind, found.old, found.new), found)

    def given(self, path: str, line: int) -> bool:
        """Whether a line of today was given to a person."""
        return (path, line) in self._people

    def became(self, new: Site) -> None:
        """A new line that stands for one of today that was given to a person: it may be half as it is to be."""
        self._after.add((new.path, new.line))

    def may_stay(self, path: str, line: int) -> bool:
        """Whether a line of today may be one that was given to a person, as far as anybody said which ones were."""
        return not self._told or (path, line) in self._people

    def against_list(self, found: Counterexample) -> None:
        """A counterexample about several lines together: not one if it rests on a line that is left for a person."""
        left = [each for each in found.old if (each.path, each.line) in self._people]
        left += [each for each in (*found.old, *found.new) if (each.path, each.text) in self._left]
        left += [each for each in found.new if (each.path, each.line) in self._after]
        if left:
            message = Message("what this means depends on lines that are left for a person")
            self.beyond(left[0], "depends-on-review", message)
        else:
            self.against(found)

    def beyond(self, site: Site, reason: str, message: Message) -> None:
        """A line that is not covered."""
        self._outside.setdefault((site, reason), Outside(site, reason, message))
        if reason in _LEFT:
            self._left.add((site.path, site.text))

    def proof(self) -> Proof:
        """Everything, in the files' order."""
        found = sorted(self._found.values(), key=_place)
        outside = sorted(self._outside.values(), key=lambda each: (each.site, each.reason))
        return Proof(tuple(found), tuple(outside), dict(self.checked))


def _place(found: Counterexample) -> tuple[object, ...]:
    site = (found.new or found.old)[0] if found.new or found.old else Site("", 0, "")
    return (site.path, site.line, found.kind.value)


def site(document: Document, line: int) -> Site:
    """A line of a document; line 0 stands for the whole file."""
    if document.whole is not None and 0 < line <= len(document.numbers):
        number = document.numbers[line - 1]
        return Site(document.path, number, document.whole.line_text(number).strip())
    text = document.tree.line_text(line).strip() if 0 < line <= len(document.tree.lines) else ""
    return Site(document.path, line, text)


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}
