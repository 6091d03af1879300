"""The lines of a text without its secrets, each masked when it is asked for: a report shows few of many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from configs.encodings import split
from configs.masking import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

# What begins a secret that goes over several lines.
_KEY = "PRIVATE KEY-----"


# One word with a digit, and a sign or letters of both cases; no name of an interface, no address, no range.
_PASSWORD = re.compile(r"(?=.*\d)(?=.*[^\w./:#-]|.*[a-z].*[A-Z]|.*[A-Z].*[a-z])[^\s/.:]{6,64}")


def without_answer(line: str) -> str:
    """A line that nobody understands, hidden if it is one word like a password.

    Where a dialogue was kept with a text, it may be what was typed at a prompt: no table of secrets can know it.
    """
    return HIDDEN if _PASSWORD.fullmatch(line) else line


class Masked(Sequence[str]):
    """Lines without their ends. `mask` works on a text; line by line where no secret goes over several lines."""

    def __init__(self, text: str, mask: Callable[[str], str]) -> None:
        self._mask = mask
        whole = _KEY in text
        lines = [line.rstrip("\r\n") for line in split(mask(text) if whole else text)]
        self._lines: list[str] = lines
        self._masked: list[str | None] = list(lines) if whole else [None] * len(lines)
        self._known: dict[str, str] = {}  # a device says the same many times

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        found = self._masked[place]
        if found is None:
            line = self._lines[place]
            found = self._known.get(line)
            if found is None:
                found = self._known[line] = self._mask(line)
            self._masked[place] = found
        return found
