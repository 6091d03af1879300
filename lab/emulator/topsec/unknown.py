"""Commands that no table knows, typed at a TOS device in whose text such commands stand.

TOS negates with a verb behind the nouns (`define mac add …`, `define mac delete …`), so what is obeyed without being
known goes by it: `add` is kept if the text has such a line, `delete` takes out those that were added with the same
words or number, `modify` gives a line other values of what it has. Everything else is refused, as ever.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from lab.emulator.grammar import Rule, tokenize
from lab.emulator.strange import Strange, Typist
from lab.emulator.topsec.words import ident
from lab.emulator.tree import STRANGE, Entry

_VERBS: Final = ("add", "delete", "modify", "show", "clean", "set")
_LAST: Final = 1_000_000  # behind every line of a table
UNKNOWN: Final = Rule("", STRANGE, _LAST, _LAST, {})
"""What a line of which nothing is known is."""


class Ruler(Protocol):
    """Who types, as far as numbers and rules are his."""

    def next_id(self) -> int:
        """The number of the next object or rule."""
        ...

    def add_unknown_rule(self, line: str) -> bool:
        """Add a rule with fields that no table knows; False if none of the text has them."""
        ...


def words_of(line: str) -> list[str]:
    """The words of a line; a list in quotes is one."""
    return [token.text for token in tokenize(line, quoted=True)]


def head_of(line: str) -> tuple[str, ...]:
    """What kind of line it is: its words through the verb; the first two where there is none."""
    words = words_of(line)
    place = next((index for index, word in enumerate(words[:5]) if word in _VERBS), 1)
    return tuple(words[: place + 1])


@dataclass
class TosStrange(Strange):
    """What a device has of such lines. `heads` are the words, through the verb, that begin them."""

    heads: set[tuple[str, ...]] = field(default_factory=set)

    def stands(self, shell: Typist, line: str) -> bool:
        """No line is carried out without having been looked up."""
        del shell, line
        return False

    def keep(self, shell: Typist, line: str) -> bool:
        """Carry out a line that no table knows; False if nothing like it stands in the text."""
        words, head = words_of(line), head_of(line)
        verb, rest = head[-1], words[len(head) :]
        root = shell.path[0]
        if verb in ("delete", "modify"):
            named = next((one for one in self._like(root, head[:-1], rest if verb == "delete" else rest[:2])), None)
            if named is None:
                return False
            if verb == "modify":
                return self._modify(shell, named, rest[2:])
            del root.children[named.key]
        elif head in self.heads and verb != "show" and " ".join(words) not in {one.text for one in _strange(root)}:
            if head[1:] == ("policy", "add"):
                return cast("Ruler", shell).add_unknown_rule(line)
            session = cast("Ruler", shell)
            key = ("", f"{len(self.kept)} {line}")
            number = session.next_id() if head[0] == "define" else 0
            root.put(Entry((" ".join(words),), key, UNKNOWN, number=number))
            self.kept.append(("", " ".join(words)))
        else:
            return False
        shell.strangely(line)
        return True

    def _like(self, root: Entry, nouns: tuple[str, ...], rest: list[str]) -> list[Entry]:
        """Lines that were added with these words, or have that number."""
        if not rest:
            return []
        begin = " ".join([*nouns, "add", *rest])
        number = int(rest[1]) if rest[:1] == ["id"] and len(rest) == 2 and rest[1].isdecimal() else 0
        kind = " ".join([*nouns, "add"]) + " "
        return [
            one
            for one in _strange(root)
            if one.text == begin
            or one.text.startswith(f"{begin} ")
            or (number and ident(one) == number and one.text.startswith(kind))
        ]

    def _modify(self, shell: Typist, entry: Entry, pairs: list[str]) -> bool:
        """Other values of what the line has."""
        words = words_of(entry.text)
        given = dict(zip(pairs[::2], pairs[1::2], strict=False))
        if not pairs or len(pairs) % 2 or any(name not in words[:-1] for name in given):
            return False
        for name, value in given.items():
            words[words.index(name) + 1] = value
        entry.words = (" ".join(words),)
        shell.strangely(" ".join(words))
        return True


def _strange(root: Entry) -> list[Entry]:
    return [entry for entry in root.children.values() if entry.strange]
