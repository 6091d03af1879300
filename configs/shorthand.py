"""Commands as people type them: words cut to what tells them from others (`int gi0/1`, `transp in ssh`).

A dialect lists the commands that matter to it, in full. Only what is unambiguous among them is spelled out, and a word
that is a command itself stays what it is. Devices never store such forms: this is for notes and scripts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 2  # letters that a command's first word keeps; later words may be one letter


@dataclass(slots=True)
class _Word:
    """What may follow a word: each form, full or short, with the full word and what may follow that."""

    forms: dict[str, tuple[str, _Word]] = field(default_factory=dict)


class Shorthand:
    """`commands` in full, words apart by blanks, `*` for a word that stays as it is; `known` are never spelled out."""

    def __init__(self, commands: tuple[str, ...], known: Iterable[str] = ()) -> None:
        self._commands = commands
        self._known = frozenset(known)

    @cached_property
    def _first(self) -> _Word:
        return _tree([command.split() for command in self._commands], _SHORTEST, self._known)

    def short(self, word: str) -> bool:
        """Whether a command's first word is a short form."""
        found = self._first.forms.get(word)
        return found is not None and found[0] != word

    def spell(self, folded: tuple[str, ...]) -> tuple[str, ...]:
        """The words (in lower case) in full, as far as they are known."""
        at, result = self._first, list(folded)
        for index, word in enumerate(folded):
            found = at.forms.get(word) or at.forms.get("*")
            if found is None:
                break
            if found[0] != "*":
                result[index] = found[0]
            at = found[1]
        return tuple(result)


def _tree(commands: list[list[str]], shortest: int, known: frozenset[str] = frozenset()) -> _Word:
    following: dict[str, list[list[str]]] = {}
    for words in commands:
        if words:
            following.setdefault(words[0], []).append(words[1:])
    node = _Word()
    for full, rest in following.items():
        entry = (full, _tree(rest, 1))
        node.forms[full] = entry
        for size in range(shortest, len(full)):
            cut = full[:size]
            if cut not in known and not any(other.startswith(cut) for other in following if other != full):
                node.forms[cut] = entry
    return node
