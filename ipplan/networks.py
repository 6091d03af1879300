"""Prefixes as people write them and as the allocator counts them."""

from __future__ import annotations

import re
from bisect import bisect_right
from ipaddress import IPv4Network, IPv6Network, ip_network
from operator import itemgetter
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from inventory.cells import Fault
from inventory.sources import half_width
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

Network: TypeAlias = IPv4Network | IPv6Network

BITS = {4: 32, 6: 128}
FAMILIES = {"ipv4": 4, "ipv6": 6}
FAMILY_NAMES = {4: "ipv4", 6: "ipv6"}

_PLAIN = re.compile(r"[0-9A-Fa-f:.]+/(?:0|[1-9][0-9]{0,2})").fullmatch
_LENGTHS = {4: {str(length): length for length in range(33)}, 6: {str(length): length for length in range(129)}}
_TOO_LOW = 1 << 48  # below it the system's notation of an IPv6 address may hold a dotted IPv4 one
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
        head, _, tail = text.partition("/")
        try:
            if "." in head and ":" not in head:  # the same, three times as fast
                return IPv4Network((int.from_bytes(inet_pton(AF_INET, head), "big"), int(tail)))
            return ip_network(text)
        except (OSError, ValueError):
            pass
    plain = half_width(text).strip()
    if plain != text:
        raise Fault(
            "full-width", Message("“{text}” has full-width characters", text=text), Message("write {text}", text=plain)
        )
    head, slash, tail = text.partition("/")
    words = text.split()
    masked = _loosely("/".join(words)) if len(words) == 2 and not slash and text.isascii() else None
    if masked is not None:
        raise _mask(text, masked)
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
    network = _loosely(text) if text.isascii() else None
    if network is not None and not tail.isdecimal():
        raise _mask(text, network)
    if network is None or "%" in text:
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


def _mask(text: str, network: Network) -> Fault:
    return Fault(
        "netmask",
        Message("“{text}” has a mask in place of a prefix length", text=text),
        Message("write {text}", text=str(network)),
    )


def parse_block(text: str) -> tuple[int, int, int]:
    """As `parse_network`, as integers: version, first address, length. What a table of a million rows is read with."""
    head, _, tail = text.partition("/")
    version = 6 if ":" in head else 4
    length = _LENGTHS[version].get(tail)
    if length is not None and text.isascii():
        try:
            start = int.from_bytes(inet_pton(AF_INET6 if version == 6 else AF_INET, head))
        except (OSError, ValueError):  # a null byte is a ValueError
            pass
        else:
            if not start & ((1 << (BITS[version] - length)) - 1):
                return version, start, length
    network = parse_network(text)  # says what is wrong
    return network.version, int(network.network_address), network.prefixlen


def text_of(start: int, length: int, version: int) -> str:
    """The prefix as text, as the standard library writes it."""
    if version == 4:
        return f"{start >> 24}.{start >> 16 & 255}.{start >> 8 & 255}.{start & 255}/{length}"
    if start < _TOO_LOW:
        return str(IPv6Network((start, length)))
    return f"{inet_ntop(AF_INET6, start.to_bytes(16))}/{length}"


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


# What anybody may use inside: RFC 1918, shared address space (RFC 6598), documentation (RFC 5737, RFC 3849, RFC 9637),
# benchmarks (RFC 2544), link-local (RFC 3927, RFC 4291) and unique local addresses (RFC 4193).
FREE_TO_USE: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "198.18.0.0/15",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "2001:db8::/32",
        "3fff::/20",
    )
)


# What no host can have as an address of its own, or what routers do not forward.
_UNUSABLE: tuple[tuple[Network, Message], ...] = tuple(
    (ip_network(text), why)
    for text, why in (
        ("0.0.0.0/8", Message("addresses of “this network” (RFC 791 section 3.2)")),
        ("127.0.0.0/8", Message("loopback addresses, which never leave a host (RFC 1122 section 3.2.1.3)")),
        ("169.254.0.0/16", Message("link-local addresses, which routers do not forward (RFC 3927 section 7)")),
        ("224.0.0.0/4", Message("multicast addresses (RFC 5771)")),
        ("240.0.0.0/4", Message("reserved addresses, which many systems refuse (RFC 1112 section 4)")),
        ("::/8", Message("reserved addresses (RFC 4291 section 2.4)")),
        ("fe80::/10", Message("link-local addresses, which routers do not forward (RFC 4291 section 2.5.6)")),
        ("ff00::/8", Message("multicast addresses (RFC 4291 section 2.7)")),
    )
)


def unusable(network: Network) -> Message | None:
    """Why no pool can have the prefix, None if one can."""
    return next((why for other, why in _UNUSABLE if network.version == other.version and network.overlaps(other)), None)


_FREE_SPANS: dict[int, list[tuple[int, int]]] = {
    version: sorted(
        (int(network.network_address), int(network.broadcast_address))
        for network in FREE_TO_USE
        if network.version == version
    )
    for version in BITS
}


def squats(network: Network, assigned: Iterable[Network] = ()) -> bool:
    """Whether the prefix is public space that is somebody else's: neither free to use inside nor `assigned` to us.

    Seen in real tables: 8.0.0.0/8, 19.0.0.0/8, 32.0.0.0/8 used as if they were private.
    """
    if is_free_to_use(network.version, int(network.network_address), network.prefixlen):
        return False
    return not any(within(network, ours) for ours in assigned)


def is_free_to_use(version: int, start: int, length: int) -> bool:
    """Whether anybody may use the prefix inside (`FREE_TO_USE`); the prefix as integers."""
    spans = _FREE_SPANS[version]
    at = bisect_right(spans, start, key=itemgetter(0)) - 1
    return at >= 0 and start + (1 << (BITS[version] - length)) - 1 <= spans[at][1]


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
