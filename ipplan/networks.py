"""Prefixes as people write them and as the allocator counts them."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple, TypeAlias

from inventory.text import Message

Network: TypeAlias = IPv4Network | IPv6Network

BITS = {4: 32, 6: 128}
FAMILIES = {"ipv4": 4, "ipv6": 6}
FAMILY_NAMES = {4: "ipv4", 6: "ipv6"}

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x3002: 0x2E}
_LEADING_ZERO = re.compile(r"(?:^|\.)0\d")


class Block(NamedTuple):
    """A prefix as two integers: its first address and its length. The family is known from the context."""

    start: int
    length: int


class PrefixError(ValueError):
    """A text that is not a prefix. `code` is stable; `message` and `hint` are for people."""

    def __init__(self, code: str, message: Message, hint: Message) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.hint = hint


def parse_network(text: str) -> Network:
    """The prefix that `text` writes, strictly: a length, no host bits, no leading zeros, ASCII. PrefixError otherwise."""
    plain = text.translate(_FULL_WIDTH).strip()
    if plain != text:
        raise PrefixError(
            "full-width",
            Message("“{text}” has full-width characters or blanks in it", text=text),
            Message("write {plain}", plain=plain),
        )
    if "/" not in text:
        raise PrefixError(
            "no-prefix-length",
            Message("“{text}” has no prefix length", text=text),
            Message("write a prefix with its length, as in 10.20.0.0/24"),
        )
    head, _, tail = text.partition("/")
    if ":" not in head and (_LEADING_ZERO.search(head) or re.match(r"0\d", tail)):
        corrected = ".".join(str(int(part)) if part.isdecimal() else part for part in head.split("."))
        length = str(int(tail)) if tail.isdecimal() else tail
        raise PrefixError(
            "leading-zero",
            Message("“{text}” has leading zeros, which some programs read as octal", text=text),
            Message("write {plain}", plain=f"{corrected}/{length}"),
        )
    if not tail.isascii() or not tail.isdecimal():
        raise PrefixError(
            "bad-prefix",
            Message("“{text}” is not a prefix", text=text),
            Message("write a prefix with its length, as in 10.20.0.0/24"),
        )
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise PrefixError(
            "bad-prefix",
            Message("“{text}” is not a prefix", text=text),
            Message("write a prefix with its length, as in 10.20.0.0/24"),
        ) from None
    raise PrefixError(
        "host-bits",
        Message("“{text}” has host bits set", text=text),
        Message("write {plain}", plain=str(network)),
    )


def block_of(network: Network) -> Block:
    """The prefix as integers."""
    return Block(int(network.network_address), network.prefixlen)


def network_of(block: Block, version: int) -> Network:
    """The prefix as an object of the standard library."""
    return IPv4Network(tuple(block)) if version == 4 else IPv6Network(tuple(block))


def contains(outer: Block, inner: Block, bits: int) -> bool:
    """Whether `inner` lies in `outer` (or is the same)."""
    shift = bits - outer.length
    return outer.length <= inner.length and outer.start >> shift == inner.start >> shift


def within(inner: Network, outer: Network) -> bool:
    """Whether `inner` lies in `outer` (or is the same); never across families."""
    return inner.version == outer.version and contains(block_of(outer), block_of(inner), BITS[outer.version])


def widened(block: Block, length: int, bits: int) -> Block:
    """The prefix of `length` that holds `block`."""
    shift = bits - length
    return Block(block.start >> shift << shift, length)


def in_order(network: Network) -> tuple[int, int, int]:
    """A sort key: IPv4 before IPv6, by address, the wider one first."""
    return (network.version, int(network.network_address), network.prefixlen)
