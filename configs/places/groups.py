"""Objects that hold one prefix or range, and groups of them: what a language says of both, and who names which.

Where an object's addresses go to several places, several objects can take its place, and a group of them its name:
whoever names the object means the group then, and no command changes but for the word before the name where a language
tells objects from groups. That is possible where a group may stand wherever the name does, which a dialect's
`groups.py` says. All forms of a language are read alike: what its views say stands before the command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORD: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\[|\]|[^\s\[\];{}]+")
Words: TypeAlias = tuple[str, ...]


class Command(NamedTuple):
    """A command, those of its views before it: its line, its words without quotes, and what stands before them.

    `lead` names the owner (a virtual system, a device group, an address book), in words of the text.
    """

    line: int
    lead: str
    words: Words


class Style(NamedTuple):
    """How views are written: what is behind the word that opens one, behind a command, and what ends a view.

    `outer` ends the view that holds the views of objects.
    """

    opening: str
    command: str
    closing: str
    outer: str


BRACES: Final = Style(" {", ";", "}", "}")
INDENTED: Final = Style("", "", "", "")
WORDS: Final = Style("", "", "next", "end")


@dataclass(frozen=True, slots=True)
class Groups:
    """How a language writes objects and groups: `<objects> NAME <value> …`, `<groups> NAME <members> NAME …`.

    `values` matches what stands behind an object's name if it says the addresses. `serves` says whether a name may be
    a group's as well as an object's in a command; it is given all commands of the device. `longest` is how many
    characters a name may have. `owner` matches what may stand before both, such as the book they are in. `listed` is
    how the members of a group stand in one command; "" where each has its own. `words` are those before a name that say
    an object, with those that say a group. `entry` opens the view of an object or a group where each kind has a view
    around all of them (`address { NAME { … } }`: ""); None where it has not (`address NAME { … }`). `copied` matches
    what an object may say besides its addresses, and `own` that which goes to the group.
    """

    objects: str
    values: re.Pattern[str]
    groups: str
    members: str
    serves: Callable[[Words, str, Sequence[Command]], bool]
    longest: int
    owner: re.Pattern[str] | None = None
    listed: str = ""
    words: tuple[tuple[str, str], ...] = ()
    entry: str | None = None
    style: Style = BRACES
    copied: re.Pattern[str] | None = None
    own: re.Pattern[str] | None = None

    def section(self, kind: str) -> str:
        """The words that open the view around all objects or all groups."""
        return kind.removesuffix(self.entry or "").rstrip()

    def header(self, kind: str) -> str:
        """The words before a name where the view of an object or a group is opened, with a blank behind them."""
        words = kind if self.entry is None else self.entry
        return f"{words} " if words else ""

    def membership(self, names: Sequence[str]) -> list[str]:
        """What a group says of its members."""
        listed = [self.listed.format(" ".join(names))] if self.listed else names
        return [f"{self.members} {name}" for name in listed]


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


def turned(text: str, pairs: Sequence[tuple[str, str]], name: str) -> str:
    """A command in which the words before a name (as it is written) are others: the first of each pair, the second."""
    for before, then in pairs:
        words = r"\s+".join(map(re.escape, before.split()))
        text = re.sub(rf"(?<!\S){words}(?=\s+{re.escape(name)}(?![^\s;]))", then, text)
    return text
