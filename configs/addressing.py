"""How a dialect reads its addresses: interfaces with what stands in them, and addresses as configurations write them.

Nothing here knows a vendor. A command belongs to an interface if it is indented below it, or if it follows it at the
same depth before the next separator: published and hand-written texts are often flat, in parts too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, TypeAlias

from configs.model import Addresses, AddressUse, NotUnderstood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.tree import Node, Tree

Address: TypeAlias = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class View:
    """A view: the words of the line that opens it, and the commands in it (at any depth) as words with their lines."""

    words: tuple[str, ...]
    line: int
    commands: tuple[tuple[int, tuple[str, ...]], ...]


def views(tree: Tree, word: str) -> Iterator[View]:
    """The views that a command with the first word `word` opens, wherever they stand, in the file's order."""
    breaks = sorted(comment.line for comment in tree.comments)
    yield from _views(tree.children, word, breaks, 0)


def _views(nodes: tuple[Node, ...], word: str, breaks: list[int], position: int) -> Iterator[View]:
    opener: Node | None = None
    commands: list[tuple[int, tuple[str, ...]]] = []
    for node in nodes:
        words = tuple(node.text.split())
        separated = False
        while position < len(breaks) and breaks[position] < node.line:
            position += 1
            separated = True
        opens = words[0].lower() == word
        if opener is not None and (opens or separated):
            yield View(tuple(opener.text.split()), opener.line, tuple(commands))
            opener = None
        if opens:
            opener = node
            commands = [(inner.line, tuple(inner.text.split())) for _, inner in node.walk()][1:]
        elif opener is not None:
            commands += [(inner.line, tuple(inner.text.split())) for _, inner in node.walk()]
        elif node.children:
            yield from _views(node.children, word, breaks, position)
    if opener is not None:
        yield View(tuple(opener.text.split()), opener.line, tuple(commands))


def addresses(found: Iterable[AddressUse | NotUnderstood]) -> Addresses:
    """What a dialect has found, in the lines' order."""
    ordered = sorted(found, key=lambda entry: entry.line)
    return Addresses(
        tuple(entry for entry in ordered if isinstance(entry, AddressUse)),
        tuple(entry for entry in ordered if isinstance(entry, NotUnderstood)),
    )


def numeric(words: tuple[str, ...]) -> bool:
    """Whether an address with a length is meant to begin here: link-local ones need none."""
    return bool(words) and words[-1] != "link-local" and (words[0][0].isdecimal() or ":" in words[0])


@lru_cache(1 << 14)
def address_of(text: str) -> Address | None:
    """An address; None if the word is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(1 << 14)
def length_of(address: Address, text: str) -> int | None:
    """A prefix length written as a length or as a mask; None if it is neither."""
    bits = address.max_prefixlen
    if text.isdecimal():
        return int(text) if int(text) <= bits else None
    mask = address_of(text)
    if mask is None or mask.version != address.version:
        return None
    ones = int(mask).bit_count()
    return ones if int(mask) == ((1 << ones) - 1) << (bits - ones) else None


def host_of(words: tuple[str, ...]) -> tuple[Address, int] | None:
    """An address and its length from `A/L`, `A MASK` or `A L`; None if the words begin otherwise."""
    if not words:
        return None
    text, slash, length_text = words[0].partition("/")
    if not slash:
        length_text = words[1] if len(words) > 1 else ""
    address = address_of(text)
    if address is None or not length_text:
        return None
    length = length_of(address, length_text)
    return None if length is None else (address, length)


def network_of(address: Address, length: int) -> tuple[Address, Address]:
    """The first and the last address of the prefix around an address."""
    bits = address.max_prefixlen
    kind = type(address)
    first = int(address) >> (bits - length) << (bits - length)
    return kind(first), kind(first + (1 << (bits - length)) - 1)
