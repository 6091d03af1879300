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
