"""Addresses and rules' places as numbers; None for a word that is none.

Filters name few addresses many times, so they are remembered.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from socket import AF_INET, inet_pton
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")


def number(word: str) -> int | None:
    """The number of a dotted IPv4 address, for whoever remembers it himself."""
    try:
        return int.from_bytes(inet_pton(AF_INET, word))
    except (OSError, ValueError):
        return None


v4 = lru_cache(16384)(number)


@lru_cache(4096)
def v6(word: str) -> int | None:
    """The number of an IPv6 address."""
    try:
        return int(IPv6Address(word))
    except (AddressValueError, ValueError):
        return None


def in_order(rules: Sequence[_T], number: Callable[[_T], int | None]) -> Sequence[_T]:
    """Rules by their numbers, as a device asks them; as they stand if one of them has none."""
    numbers = [number(one) for one in rules]
    known = [one for one in numbers if one is not None]
    if len(known) < len(numbers) or known == sorted(known):
        return rules
    return [rules[place] for place in sorted(range(len(known)), key=known.__getitem__)]
