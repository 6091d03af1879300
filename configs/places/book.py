"""The objects and groups of a configuration, by its language's words for them (`configs.places.groups`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.places.groups import Command, names_at_end, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Groups, Words
    from configs.places.table import Places
    from configs.tree import Tree


class Book:
    """The objects and groups of a configuration, and every command that names one."""

    def __init__(self, tree: Tree, places: Places, groups: Groups) -> None:
        self.groups = groups
        self.commands: list[Command] = []
        for path, node in tree.walk():
            before = "".join(f"{places.bare(text)} " for text in path)
            whole = before + places.bare(node.text)
            rest = places.led(whole)[1]
            owner = groups.owner.match(rest) if groups.owner is not None else None
            rest = rest[owner.end() :] if owner is not None else rest
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
        found = [one for one in about if one.words[2:3] and self.groups.values.fullmatch(one.words[2])]
        alone = len(found) == 1 and len({one.lead for one in about}) == 1
        return found[0] if alone and not self.about(self.groups.groups, name) else None

    def members(self, name: str) -> tuple[str, Words] | None:
        """The lead and the members of a group; None if it is said by anything but a list of objects."""
        about = [one for one in self.about(self.groups.groups, name) if len(one.words) > 2]
        leads = {one.lead for one in about}
        listed = len(about) == 1 or not self.groups.listed
        if len(leads) != 1 or not listed or any(one.words[2] != self.groups.members for one in about):
            return None
        names = [names_at_end(one.words, 3) for one in about]
        return leads.pop(), tuple(each for found in names for each in found) if all(names) else ()

    def view(self, command: Command, parents: Sequence[int]) -> int:
        """The line that opens the view of a command's object, if it has one of its own; 0 if not."""
        parent = parents[command.line - 1]
        around = self.by_line.get(parent)
        return parent if around is not None and around.words == command.words[:2] else 0

    def nesting(self, name: str, word: str) -> list[Command]:
        """The commands of groups that name a member by a word."""
        return [one for one in self.naming(name) if one.words[:1] == (self.groups.groups,) and one.words[2:] == (word, name)]

    def replaceable(self, name: str) -> bool:
        """Whether a group may stand wherever the name does, but for what the object itself says."""
        return all(self._serves(one, name) for one in self.naming(name))

    def _serves(self, one: Command, name: str) -> bool:
        kind = one.words[0]
        if one.words[:2] in ((self.groups.objects, name), (self.groups.groups, name)):
            return name not in one.words[2:]
        if kind == self.groups.groups and one.words[2:3] in ((self.groups.members,), (self.groups.nested,)):
            return name in names_at_end(one.words, 3)
        return self.groups.serves(one.words, self.commands) and name in one.words
