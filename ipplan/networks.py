"""Prefixes as people write them and as the allocator counts them."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import NamedTuple, TypeAlias

from inventory.cells import Fault
from inventory.sources import half_width
from inventory.text import Message

Network: TypeAlias = IPv4Network | IPv6Network

BITS = {4: 32, 6: 128}
FAMILIES = {"ipv4": 4, "ipv6": 6}
FAMILY_NAMES = {4: "ipv4", 6: "ipv6"}

_PLAIN = re.compile(r"[0-9A-Fa-f:.]+/(?:0|[1-9][0-9]{0,2})").fullmatch
_LEADING_ZERO = re.compile(r"(^|[./])0+(?=[0-9])")


class Block(NamedTuple):
    """A prefix as two integers: its first address and its length. The family is known from the context."""

    start: int
    length: int


def parse_network(text: str) -> Network:
    """The prefix that `text` writes, strictly: a length, no host bits, no leading zeros, ASCII.

    Raises `inventory.cells.Fault`, which says what to write instead.
    """
    if _PLAIN(text):
        try:
            return ip_network(text)
        except ValueError:
            pass
    plain = half_width(text).strip()
    if plain != text:
        raise Fault(
            "full-width", Message("“{text}” has full-width characters", text=text), Message("write {text}", text=plain)
        )
    head, slash, tail = text.partition("/")
    if not slash:
        raise Fault(
            "no-prefix-length",
            Message("“{text}” has no prefix length", text=text),
            Message("write a prefix with its length, as in 10.20.0.0/24"),
        )
    if ":" not in head and _LEADING_ZERO.search(text):
        raise Fault(
            "leading-zero",
            Message("“{text}” has leading zeros, which some programs read as octal", text=text),
            Message("write {text}", text=_LEADING_ZERO.sub(r"\1", text)),
        )
    network = _loosely(text) if tail.isdecimal() else None
    if network is None:
        raise Fault(
            "bad-prefix",
            Message("“{text}” is not a prefix", text=text),
            Message("write a prefix with its length, as in 10.20.0.0/24"),
        )
    raise Fault(
        "host-bits",
        Message("{text} is a host's address, not a network", text=text),
        Message("write {text}", text=str(network)),
    )


def _loosely(text: str) -> Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


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
    return (int(network.version), int(network.network_address), network.prefixlen)
