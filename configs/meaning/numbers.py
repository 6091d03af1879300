"""Addresses as numbers; None for a word that is none. Filters name few addresses many times, so they are remembered."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address
from socket import AF_INET, inet_pton


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
