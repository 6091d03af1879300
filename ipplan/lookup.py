"""Longest-prefix lookup: which of many prefixes holds an address most closely.

One dictionary for each prefix length, with the address's leading bits as an integer key; the longest length is asked
first. Nothing is parsed and nothing is allocated on the way, which is what makes it quick in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Value = TypeVar("Value")


class Table(Generic[Value]):
    """Values by prefix, in one family of `bits` (32 or 128). A value is never None.

    A prefix given twice keeps the last one. `entries` are (first address, prefix length, value); bits behind the
    length are ignored.
    """

    __slots__ = ("_count", "_steps")

    def __init__(self, entries: Iterable[tuple[int, int, Value]], bits: int = 32) -> None:
        by_length: dict[int, dict[int, Value]] = {}
        for start, length, value in entries:
            by_length.setdefault(length, {})[start >> (bits - length)] = value
        self._count = sum(map(len, by_length.values()))
        self._steps: tuple[tuple[int, Callable[[int], Value | None]], ...] = tuple(
            (bits - length, by_length[length].get) for length in sorted(by_length, reverse=True)
        )

    def __len__(self) -> int:
        return self._count

    def longest(self, address: int) -> Value | None:
        """The value of the longest prefix that holds `address`; None if none does."""
        for shift, get in self._steps:
            value = get(address >> shift)
            if value is not None:
                return value
        return None

    def longest_of(self, addresses: Iterable[int]) -> list[Value | None]:
        """As `longest`, for each of `addresses`, in their order."""
        steps = self._steps
        found: list[Value | None] = []
        add = found.append
        for address in addresses:
            for shift, get in steps:
                value = get(address >> shift)
                if value is not None:
                    add(value)
                    break
            else:
                add(None)
        return found
