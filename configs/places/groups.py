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
    """How a language writes objects and groups: `<objects> NAME <value> …`, `<groups> NAME <members> NAME …`.

    `values` matches the word behind an object's name that says its addresses, or that begins to. `serves` says whether
    the names at the end of a command, one or a list, may be groups as well as objects; it is given all commands of the
    device. `longest` is how many characters a name may have. `owner` matches what may stand before both, such as the
    book they are in. `nested` is the word for a member that is a group. `listed`: a group's members stand in one list,
    not in a command each. `sections`: with braces, objects and groups stand in views of their own
    (`address { NAME { … } }`, not `address NAME { … }`).
    """

    objects: str
    values: re.Pattern[str]
    groups: str
    members: str
    serves: Callable[[Words, Sequence[Command]], bool]
    longest: int
    owner: re.Pattern[str] | None = None
    nested: str = ""
    listed: bool = True
    sections: bool = True

    @property
    def turns(self) -> bool:
        """Whether a group names an object and another group by different words."""
        return self.nested != "" and self.nested != self.members


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
