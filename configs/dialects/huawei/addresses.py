"""Where VRP uses addresses.

Forms as in Huawei's command references for AR, S, USG and NE40E: `ip address ADDRESS {MASK | LENGTH} [sub]`,
`vrrp vrid ID virtual-ip ADDRESS`, `ip route-static [vpn-instance NAME] NETWORK {MASK | LENGTH} … [NEXT-HOP]`,
`nat address-group …`, `nat server … global ADDRESS … inside ADDRESS`, `ip pool NAME` with `network`, `gateway-list`,
and on access routers `gateway ADDRESS MASK`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.addressing import Address, View, address_of, addresses, host_of, network_of, numeric, views
from configs.model import Addresses, AddressUse, NotUnderstood, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_Words = tuple[str, ...]


def read(tree: Tree) -> Addresses:
    """Every use that the text shows, in the lines' order."""
    found: list[AddressUse | NotUnderstood] = [use for view in views(tree, "interface") for use in _interface(view)]
    for _, node in tree.walk():
        words = tuple(node.text.split())
        found += [*_route(node.line, words), *_nat(node.line, words)]
        if words[:2] == ("ip", "pool"):
            inside = [(inner.line, tuple(inner.text.split())) for _, inner in node.walk()][1:]
            found += _pool(inside)
        if words[:2] == ("nat", "address-group") or words[:2] == ("nat", "instance"):
            found += [use for inner in node.children for use in _sections(inner.line, tuple(inner.text.split()))]
    return addresses(found)


def _interface(view: View) -> Iterator[AddressUse | NotUnderstood]:
    name = "".join(view.words[1:])
    vrf = next(
        (words[3] for _, words in view.commands if words[:3] == ("ip", "binding", "vpn-instance") and len(words) > 3),
        "",
    )
    for line, words in view.commands:
        if words[:2] in (("ip", "address"), ("ipv6", "address")):
            host = host_of(words[2:])
            if host is not None:
                kind = UseKind.SECONDARY if words[-1] == "sub" else UseKind.INTERFACE
                yield AddressUse(kind, host[0], host[0], line, host[1], vrf, name)
            elif numeric(words[2:]):
                yield NotUnderstood(line, " ".join(words))
        elif words[0] in ("vrrp", "vrrp6") and "virtual-ip" in words:
            address = _after(words, "virtual-ip")
            if address is not None:
                yield AddressUse(UseKind.VIRTUAL, address, address, line, None, vrf, name)


def _after(words: _Words, word: str) -> Address | None:
    index = words.index(word) + 1 if word in words else len(words)
    return address_of(words[index]) if index < len(words) else None


def _route(line: int, words: _Words) -> Iterator[AddressUse]:
    if words[:2] not in (("ip", "route-static"), ("ipv6", "route-static")):
        return
    rest, vrf = words[2:], ""
    if rest[:1] == ("vpn-instance",) and len(rest) > 1:
        vrf, rest = rest[1], rest[2:]
    host = host_of(rest)
    if host is None:
        return
    rest = rest[1 if "/" in rest[0] else 2 :]
    stop = next((index for index, word in enumerate(rest) if word in ("preference", "tag", "track", "description")), 0)
    hops = [address for word in (rest[:stop] if stop else rest)[:4] if (address := address_of(word)) is not None]
    first, last = network_of(*host)
    yield AddressUse(UseKind.ROUTE, first, last, line, host[1], vrf, "", hops[0] if hops else None)


def _nat(line: int, words: _Words) -> Iterator[AddressUse]:
    if words[:2] == ("nat", "address-group"):
        yield from _range(line, [address for word in words[2:] if (address := address_of(word)) is not None])
    elif words[:2] in (("nat", "server"), ("nat", "static")):
        for word, kind in (("global", UseKind.NAT_OUTSIDE), ("inside", UseKind.NAT_INSIDE)):
            address = _after(words, word)
            if address is not None:
                vrf = words[words.index("vpn-instance") + 1] if "vpn-instance" in words[:-1] else ""
                yield AddressUse(kind, address, address, line, None, vrf if kind is UseKind.NAT_INSIDE else "")


def _sections(line: int, words: _Words) -> Iterator[AddressUse]:
    """`section 0 FIRST LAST`, `section 0 ADDRESS mask LENGTH` of a NAT address group."""
    if words[:1] != ("section",) or len(words) < 4:
        return
    first = address_of(words[2])
    if first is None:
        return
    if words[3] == "mask" and len(words) > 4:
        host = host_of((words[2], words[4]))
        if host is not None:
            yield AddressUse(UseKind.NAT_POOL, *network_of(*host), line, host[1])
        return
    last = address_of(words[3])
    yield from _range(line, [first] if last is None else [first, last])


def _range(line: int, addresses: list[Address]) -> Iterator[AddressUse]:
    if not addresses:
        return
    first, last = addresses[0], addresses[1] if len(addresses) > 1 else addresses[0]
    if first.version == last.version and int(first) <= int(last):
        yield AddressUse(UseKind.NAT_POOL, first, last, line)


def _pool(commands: list[tuple[int, _Words]]) -> Iterator[AddressUse]:
    """A DHCP pool: `network N mask M` and `gateway-list A`; on access routers `gateway A M`."""
    vrf = next((words[1] for _, words in commands if words[:1] == ("vpn-instance",) and len(words) > 1), "")
    gateway = next(
        (address_of(words[1]) for _, words in commands if words[:1] == ("gateway-list",) and len(words) > 1), None
    )
    for line, words in commands:
        if words[:1] == ("network",) and len(words) > 1:
            rest = tuple(word for word in words[1:] if word != "mask")
            host = host_of(rest)
            if host is not None:
                yield AddressUse(UseKind.DHCP, *network_of(*host), line, host[1], vrf, "", gateway)
        elif words[:1] == ("gateway",):
            host = host_of(words[1:])
            if host is not None:
                yield AddressUse(UseKind.DHCP, *network_of(*host), line, host[1], vrf, "", host[0])
