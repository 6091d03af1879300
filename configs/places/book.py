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
        self._parents = tree.outline.parents
        self._objects = words_of(groups.objects)
        self._groups = words_of(groups.groups)
        self._members = words_of(groups.members)
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

    def object_of(self, command: Command) -> str:
        """The name of the object that a command speaks of; "" if of none."""
        return _name(self._objects, command)

    def group_of(self, command: Command) -> str:
        """The name of the group that a command speaks of; "" if of none."""
        return _name(self._groups, command)

    def objects(self, name: str) -> list[Command]:
        """The commands that say what an object is."""
        return [one for one in self.naming(name) if self.object_of(one) == name]

    def of_group(self, name: str) -> list[Command]:
        """The commands that say what a group is."""
        return [one for one in self.naming(name) if self.group_of(one) == name]

    def said(self, command: Command) -> str:
        """What a command says behind the name of its object or group."""
        kind = self._objects if self.object_of(command) else self._groups
        return " ".join(command.words[len(kind) + 1 :])

    def view(self, command: Command) -> int:
        """The line that opens the view of a command's object or group, if it has one of its own; 0 if not."""
        parent = self._parents[command.line - 1]
        around = self.by_line.get(parent)
        return parent if around is not None and around.words in self._heads(command) else 0

    def _heads(self, command: Command) -> tuple[Words, ...]:
        return tuple(command.words[: len(kind) + 1] for kind in (self._objects, self._groups) if _name(kind, command))

    def defined(self, name: str) -> Command | None:
        """The command that says an object's addresses; None if there are more of them, other owners', or too much."""
        about = self.objects(name)
        found = [one for one in about if self.groups.values.match(self.said(one))]
        alone = len(found) == 1 and len({one.lead for one in about}) == 1
        views = len([one for one in about if not self.said(one)])
        return found[0] if alone and views < 2 and not self.of_group(name) and self._copied(about, found) else None

    def own(self, name: str) -> list[Command]:
        """The commands of an object or a group that stay with its name."""
        own = self.groups.own
        about = (*self.objects(name), *self.of_group(name)) if own is not None else ()
        return [one for one in about if own is not None and own.match(self.said(one))]

    def _copied(self, about: Sequence[Command], found: Sequence[Command]) -> bool:
        """Whether a part of an object may say all that the object says besides its addresses."""
        own = self.own(self.object_of(about[0]))
        texts = [self.said(one) for one in about if one not in found and one not in own]
        return self.groups.copied is None or all(not text or self.groups.copied.match(text) for text in texts)

    def members(self, name: str) -> tuple[str, Words] | None:
        """The lead and the members of a group; None if it is said by anything but a list of objects."""
        own = self.own(name)
        about = [one for one in self.of_group(name) if self.said(one) and one not in own]
        if len({one.lead for one in about}) != 1 or (self.groups.listed and len(about) != 1):
            return None
        names = [self._listed(one, self._members) for one in about]
        return about[0].lead, tuple(each for found in names for each in found) if all(names) else ()

    def _listed(self, command: Command, members: Words) -> Words:
        """The members that a group's command names; () if it does not name any."""
        start = len(self._groups) + 1
        end = start + len(members)
        if command.words[start:end] != members:
            return ()
        return command.words[end:] if self.groups.listed == "{}" else names_at_end(command.words, end)

    def replaceable(self, name: str) -> bool:
        """Whether a group may stand wherever the name does, but for what the object itself says."""
        return all(self._serves(one, name) for one in self.naming(name))

    def _serves(self, one: Command, name: str) -> bool:
        if name in (self.object_of(one), self.group_of(one)):
            return one.words.count(name) == 1
        if self.group_of(one):
            kinds = (self._members, *(words_of(group) for _, group in self.groups.words))
            return any(name in self._listed(one, kind) for kind in kinds)
        return name in one.words and self.groups.serves(one.words, name, self.commands)


def _name(kind: Words, command: Command) -> str:
    """The name behind the words for a kind; "" if the command does not begin with them."""
    size = len(kind)
    return command.words[size] if command.words[:size] == kind and len(command.words) > size else ""
