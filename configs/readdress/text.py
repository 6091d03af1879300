"""Addresses as text in the way the old text was written: letters, zeros, where `::` stands.

That is what lets a mapping and its inverse give the same bytes back.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, inet_ntoa, inet_pton

BITS = {4: 32, 6: 128}
_GROUPS = 8


@lru_cache(65536)
def read(text: str) -> tuple[int, int] | None:
    """An address as (integer, version); None if it is none, or a quad with leading zeros (is that octal?)."""
    try:
        return int.from_bytes(inet_pton(AF_INET, text), "big"), 4  # takes no leading zeros
    except (OSError, ValueError):
        pass
    try:
        return int(IPv6Address(text.partition("%")[0])), 6
    except ValueError:
        return None


def write(value: int, version: int, like: str) -> str:
    """An address in the way `like` is written."""
    if version == 4:
        return inet_ntoa(value.to_bytes(4, "big"))
    head, percent, zone = like.partition("%")
    return _v6(value, head) + percent + zone


def _v6(value: int, like: str) -> str:
    compressed = IPv6Address(value).compressed
    text = compressed if IPv6Address(like).compressed == like.lower() else _as(value, like) or compressed
    return text.upper() if any(letter in "ABCDEF" for letter in like) else text


def _as(value: int, like: str) -> str | None:
    """An address with as many groups behind `::` and as many digits a group as there; None if that cannot be."""
    left, gap, right = like.partition("::")
    after = right.split(":") if right else []
    padded = _padded([*left.split(":"), *after])
    if "." in like or padded is None:
        return None
    groups = [f"{value >> (112 - 16 * number) & 0xFFFF:0{4 if padded else 1}x}" for number in range(_GROUPS)]
    if not gap:
        return ":".join(groups)
    end = _GROUPS - len(after)
    start = end
    while start and not int(groups[start - 1], 16):
        start -= 1
    return ":".join(groups[:start]) + "::" + ":".join(groups[end:]) if start < end else None


def _padded(groups: list[str]) -> bool | None:
    """Whether groups are written with four digits each; None if some are padded and others are not."""
    if not any(len(group) > 1 and group[0] == "0" for group in groups):
        return False
    return True if all(len(group) == 4 for group in groups) else None


@lru_cache(33)
def mask(length: int) -> str:
    """A dotted mask."""
    return str(IPv4Address((1 << 32) - (1 << (32 - length))))


@lru_cache(33)
def wildcard(length: int) -> str:
    """A dotted wildcard mask."""
    return str(IPv4Address((1 << (32 - length)) - 1))


@lru_cache(1024)
def mask_length(text: str) -> int | None:
    """The length that a dotted mask says; None if its bits have holes."""
    found = read(text)
    if found is None or found[1] != 4:
        return None
    inverse = found[0] ^ 0xFFFFFFFF
    return None if inverse & (inverse + 1) else 32 - inverse.bit_length()


@lru_cache(1024)
def wildcard_length(text: str) -> int | None:
    """The length that a dotted wildcard mask (or `0`) says; None if its bits have holes."""
    if text == "0":
        return 32
    found = read(text)
    if found is None or found[1] != 4 or found[0] & (found[0] + 1):
        return None
    return 32 - found[0].bit_length()
