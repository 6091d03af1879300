"""Which prompt is a device's: the name in it is learned, and may change while lines are under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.session.screen import same
from configs.tree import decode

if TYPE_CHECKING:
    import re

    from configs.dialogue import Dialogue


class Prompts:
    """The prompts that a device may show now.

    `any_name` says that the prompt at the end of the command at work may show another name. `certain` is False until an
    echo has shown which prompt is the real one: the end of a banner may look like one.
    """

    def __init__(self, dialogue: Dialogue) -> None:
        self.any_name = False
        self.certain = True
        self._dialogue = dialogue
        self._names: frozenset[bytes] = frozenset()
        self._any = self._pattern = dialogue.prompt_for(self._names)

    @property
    def name(self) -> str:
        """The device's name as its prompt shows it."""
        return decode(max(self._names, key=len, default=b""))[0]

    def stands(self, tail: bytes) -> bool:
        """Whether the unfinished last line is a prompt."""
        return self._pattern.fullmatch(tail.rstrip()) is not None

    def find(self, line: bytes) -> re.Match[bytes] | None:
        """The prompt at the beginning of a line."""
        return self._pattern.match(line)

    def recognize(self, tail: bytes) -> bool:
        """Whether a line is a prompt, with any name that is possible now; the name is learned."""
        found = self._pattern.fullmatch(tail)
        if found is not None:
            self._learn(found["name"])
        return found is not None

    def ends(self, tail: bytes) -> bool:
        """Whether a prompt ends the command at work; behind one that may rename the device, one with any name."""
        if self.stands(tail):
            return True
        if not self.any_name:
            return False
        found = self._any.fullmatch(tail.rstrip())
        if found is not None:
            self._learn(found["name"])
        return found is not None

    def echoes(self, line: bytes, expected: bytes) -> bool:
        """Whether a line is a prompt of any name with what was typed behind it, which makes that prompt the real one.

        Only the first echo of a session is looked at so.
        """
        if self.certain:
            return False
        real = self._any.match(line)
        if real is None or not same(line[real.end() :], expected):
            return False
        self.certain = True
        self._learn(real["name"])
        return True

    def typed(self, line: str, encoding: str) -> None:
        """A line goes out. A name that it gives may be in prompts from now on."""
        renamed = self._dialogue.renames.match(line)
        if renamed is not None:
            self._learn(*self._names, renamed[1].encode(encoding))

    def settle(self, tail: bytes) -> None:
        """After a block, the prompt that stands at the end tells which name counts."""
        found = self._pattern.match(tail)
        if found is not None and len(self._names) > 1 and not self._dialogue.staged:
            self._learn(*(name for name in self._names if name.startswith(found["name"])))

    def _learn(self, *names: bytes) -> None:
        self._names = frozenset(names)
        self._pattern = self._dialogue.prompt_for(self._names)
