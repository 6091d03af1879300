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
        self._masked = _KEY in text
        self._lines = split(mask(text) if self._masked else text)
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
        line = self._lines[place]
        found = self._known.get(line)
        if found is None:
            text = line.rstrip("\r\n")
            found = self._known[line] = text if self._masked else self._mask(text)
        return found
