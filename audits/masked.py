"""The lines of a text without its secrets, each masked when it is asked for: a report shows few of many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, overload

from configs.encodings import split
from configs.masking import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable

# What begins a secret that goes over several lines.
_KEY = "PRIVATE KEY-----"


# So many lines are remembered as they are shown: the devices of a city repeat each other's.
_MOST_KNOWN = 1 << 15


@lru_cache(_MOST_KNOWN)
def _shown(mask: Callable[[str], str], line: str) -> str:
    return mask(line.rstrip("\r\n"))


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
        whole = _KEY in text
        self._lines = split(mask(text) if whole else text)
        self._mask = str if whole else mask

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return _shown(self._mask, self._lines[place])
