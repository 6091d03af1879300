"""The lines of a text without its secrets, each masked when it is asked for: a report shows few of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from configs.encodings import split

if TYPE_CHECKING:
    from collections.abc import Callable

# What begins a secret that goes over several lines.
_KEY = "PRIVATE KEY-----"


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
