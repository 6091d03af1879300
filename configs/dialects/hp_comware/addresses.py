"""Where Comware uses addresses.

Forms as in H3C's command references for MSR routers and S switches (Layer 3 - IP services, Layer 3 - IP routing; NAT:
https://www.h3c.com/en/d_202208/1658808_294551_0.htm): `ip address ADDRESS {MASK | LENGTH} [sub]`,
`vrrp vrid ID virtual-ip ADDRESS`, `ip route-static [vpn-instance NAME] NETWORK {MASK | LENGTH} [vpn-instance NAME] …`,
`nat address-group ID` with `address FIRST LAST` (Comware 5: `nat address-group ID FIRST LAST`),
`nat server … global ADDRESS … inside ADDRESS`, `nat static outbound LOCAL … GLOBAL`, `dhcp server ip-pool NAME` with
`network` and `gateway-list`. `nat outbound` without a group, `global current-interface`: the interface's own address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.addressing import Address, View, address_of, addresses, host_of, network_of, numeric, views
from configs.model import Addresses, AddressUse, NotUnderstood, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_Words = tuple[str, ...]
_VPN = "vpn-instance"


def read(tree: Tree) -> Addresses:
    """Every use that the text shows, in the lines' order."""
    found: list[AddressUse | NotUnderstood] = [use for view in views(tree, "interface") for use in _interface(view)]
    for _, node in tree.walk():
        words = tuple(node.text.split())
        found += [*_route(node.line, words), *_nat(node.line, words)]
        inside = [(inner.line, tuple(inner.text.split())) for inner in node.children]
        if words[:2] == ("nat", "address-group"):
            found += [use for line, inner in inside if inner[:1] == ("address",) for use in _range(line, inner[1:])]
        elif words[:3] == ("dhcp", "server", "ip-pool"):
            found += _pool(inside)
    return addresses(found)


def _interface(view: View) -> Iterator[AddressUse | NotUnderstood]:
    name = "".join(view.words[1:])
    vrf = next((words[3] for _, words in view.commands if words[:3] == ("ip", "binding", _VPN) and len(words) > 3), "")
    for line, words in view.commands:
        if words[:2] in (("ip", "address"), ("ipv6", "address")):
            host = host_of(words[2:])
            if host is not None:
                kind = UseKind.SECONDARY if words[-1] == "sub" else UseKind.INTERFACE
                yield AddressUse(kind, host[0], host[0], line, host[1], vrf, name)
            elif numeric(words[2:]):
                yield NotUnderstood(line, " ".join(words))
        elif words[0] == "vrrp" and "virtual-ip" in words:
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
    if rest[:1] == (_VPN,) and len(rest) > 1:
        vrf, rest = rest[1], rest[2:]
    host = host_of(rest)
    if host is None:
        return
    rest = rest[1 if "/" in rest[0] else 2 :]
    if rest[:1] == (_VPN,):
        rest = rest[2:]  # the table in which the next hop is looked up
    stop = next(
        (number for number, word in enumerate(rest) if word in ("preference", "tag", "track", "bfd", "description")),
        len(rest),
    )
    hops = [address for word in rest[:stop] if (address := address_of(word)) is not None]
    first, last = network_of(*host)
    yield AddressUse(UseKind.ROUTE, first, last, line, host[1], vrf, "", hops[0] if hops else None)


def _nat(line: int, words: _Words) -> Iterator[AddressUse]:
    if words[:2] == ("nat", "address-group"):
        yield from _range(line, words[3:])
    elif words[:2] == ("nat", "server"):
        for word, kind in (("global", UseKind.NAT_OUTSIDE), ("inside", UseKind.NAT_INSIDE)):
            address = _after(words, word)
            if address is not None:
                yield AddressUse(kind, address, address, line)
    elif words[:3] == ("nat", "static", "outbound"):
        named = [address for word in words[3:] if (address := address_of(word)) is not None]
        for kind, address in zip((UseKind.NAT_INSIDE, UseKind.NAT_OUTSIDE), named, strict=False):
            yield AddressUse(kind, address, address, line)


def _range(line: int, words: _Words) -> Iterator[AddressUse]:
    found = [address for word in words[:2] if (address := address_of(word)) is not None]
    if found and found[0].version == found[-1].version and int(found[0]) <= int(found[-1]):
        yield AddressUse(UseKind.NAT_POOL, found[0], found[-1], line)


def _pool(commands: list[tuple[int, _Words]]) -> Iterator[AddressUse]:
    """A DHCP pool: `network ADDRESS [mask MASK | LENGTH]`, `gateway-list ADDRESS`, `vpn-instance NAME`."""
    vrf = next((words[1] for _, words in commands if words[:1] == (_VPN,) and len(words) > 1), "")
    gateway = next(
        (address_of(words[1]) for _, words in commands if words[:1] == ("gateway-list",) and len(words) > 1), None
    )
    for line, words in commands:
        host = host_of(tuple(word for word in words[1:] if word != "mask")) if words[:1] == ("network",) else None
        if host is not None:
            yield AddressUse(UseKind.DHCP, *network_of(*host), line, host[1], vrf, "", gateway)
