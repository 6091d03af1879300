"""Objects that hold one prefix or range, and groups of them: what a language says of both, and who names which.

Where an object's addresses go to several places, several objects can take its place, and a group of them its name:
whoever names the object means the group then, and no other command changes. That is possible where a group may stand
wherever the name does, which a dialect's `groups.py` says. Both forms of a flat language are read alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.places.table import Places
    from configs.tree import Tree

_WORD: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\[|\]|[^\s\[\];{}]+")
Words: TypeAlias = tuple[str, ...]


class Command(NamedTuple):
    """A command, those of its views before it: its line, its words without quotes, and what stands before them.

    `lead` names the owner (a virtual system, a device group), in words of the text.
    """

    line: int
    lead: str
    words: Words


@dataclass(frozen=True, slots=True)
class Groups:
    """How a language writes objects and groups: `<objects> NAME <value> …`, `<groups> NAME <members> [ NAME … ]`.

    `values` are the fields that say an object's addresses. `serves` says whether the names at the end of a command,
    one or a list, may be groups as well as objects; it is given all commands of the device. `longest` is how many
    characters a name may have.
    """

    objects: str
    values: frozenset[str]
    groups: str
    members: str
    serves: Callable[[Words, Sequence[Command]], bool]
    longest: int


def words_of(text: str) -> Words:
    """The words of a command without their quotes; brackets are words."""
    return tuple(word[1:-1] if word[0] in "\"'" else word for word in _WORD.findall(text))


def names_at_end(words: Words, at: int) -> Words:
    """The names behind the first `at` words, one or a list in brackets; () if anything else is there."""
    rest = words[at:]
    if rest[:1] == ("[",) and rest[-1:] == ("]",):
        rest = rest[1:-1]
        return () if {"[", "]"} & set(rest) else rest
    return rest if len(rest) == 1 else ()


class Book:
    """The objects and groups of a configuration, and every command that names one."""

    def __init__(self, tree: Tree, places: Places, groups: Groups) -> None:
        self.groups = groups
        self.commands: list[Command] = []
        for path, node in tree.walk():
            before = "".join(f"{places.bare(text)} " for text in path)
            whole = before + places.bare(node.text)
            rest = places.led(whole)[1]
            self.commands.append(Command(node.line, whole[: len(whole) - len(rest)], words_of(rest)))
        self.by_line = {command.line: command for command in self.commands}
        self._naming: dict[str, list[Command]] = {}
        for command in self.commands:
            for word in dict.fromkeys(command.words):
                self._naming.setdefault(word, []).append(command)

    def taken(self, word: str) -> bool:
        """Whether anything has a name or says a word."""
        return word in self._naming

    def naming(self, name: str) -> Sequence[Command]:
        """Every command with a name in it."""
        return self._naming.get(name, ())

    def about(self, kind: str, name: str) -> list[Command]:
        """The commands that say what an object or a group is."""
        return [one for one in self.naming(name) if one.words[:2] == (kind, name)]

    def defined(self, name: str) -> Command | None:
        """The command that says an object's addresses; None if there are more of them, or other owners'."""
        about = self.about(self.groups.objects, name)
        found = [one for one in about if one.words[2:3] and one.words[2] in self.groups.values]
        alone = len(found) == 1 and len({one.lead for one in about}) == 1
        return found[0] if alone and not self.about(self.groups.groups, name) else None

    def members(self, name: str) -> tuple[str, Words] | None:
        """The lead and the members of a group; None if it is not said by one list of objects and nothing else."""
        about = [one for one in self.about(self.groups.groups, name) if len(one.words) > 2]
        if len(about) != 1 or about[0].words[2] != self.groups.members:
            return None
        return about[0].lead, names_at_end(about[0].words, 3)

    def replaceable(self, name: str) -> bool:
        """Whether a group may stand wherever the name does, but for what the object itself says."""
        return all(self._serves(one, name) for one in self.naming(name))

    def _serves(self, one: Command, name: str) -> bool:
        kind = one.words[0]
        if one.words[:2] in ((self.groups.objects, name), (self.groups.groups, name)):
            return name not in one.words[2:]
        if kind == self.groups.groups and one.words[2:3] == (self.groups.members,):
            return name in names_at_end(one.words, 3)
        return self.groups.serves(one.words, self.commands) and name in one.words
