"""Where the family with `no` (Cisco IOS, Ruijie RGOS) uses addresses; both dialects' `addresses.py` is this reading.

Forms as in Cisco's IP addressing and IP routing command references and in Ruijie's guides of RGOS 10.4 and
11.4, which write the same: `ip address ADDRESS MASK [secondary]`, `[ip] vrf forwarding NAME`,
`standby | vrrp | glbp GROUP ip ADDRESS`, `ip route [vrf NAME] NETWORK MASK …`, `ip nat pool NAME FIRST LAST …`,
`ip nat inside source static … LOCAL … GLOBAL …`, `ip dhcp pool NAME`. RGOS writes a blank into an interface's name.
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
        if words[:3] == ("ip", "dhcp", "pool"):
            found += _pool([(inner.line, tuple(inner.text.split())) for inner in node.children])
    return addresses(found)


def _interface(view: View) -> Iterator[AddressUse | NotUnderstood]:
    name = "".join(view.words[1:])
    vrf = ""
    for _, words in view.commands:
        plain = words[1:] if words[0] == "ip" else words
        if plain[:2] == ("vrf", "forwarding") and len(plain) > 2:
            vrf = plain[2]
    for line, words in view.commands:
        if words[:2] in (("ip", "address"), ("ipv6", "address")):
            host = host_of(words[2:])
            if host is not None:
                kind = UseKind.SECONDARY if words[-1] == "secondary" else UseKind.INTERFACE
                yield AddressUse(kind, host[0], host[0], line, host[1], vrf, name)
            elif numeric(words[2:]):
                yield NotUnderstood(line, " ".join(words))
            continue
        address = _virtual(words)
        if address is not None:
            yield AddressUse(UseKind.VIRTUAL, address, address, line, None, vrf, name)


def _virtual(words: _Words) -> Address | None:
    """`standby 1 ip A`, `standby ip A`, `vrrp 1 ip A`, `glbp 1 ip A`; `address A primary` of a VRRPv3 group."""
    if words[0] in ("standby", "vrrp", "glbp"):
        rest = words[2:] if len(words) > 1 and words[1].isdecimal() else words[1:]
        if rest[:1] in (("ip",), ("ipv6",)) and len(rest) > 1:
            return address_of(rest[1].partition("/")[0])
    if words[0] == "address" and words[-1] in ("primary", "secondary"):
        return address_of(words[1])
    return None


def _route(line: int, words: _Words) -> Iterator[AddressUse]:
    if words[:2] not in (("ip", "route"), ("ipv6", "route")):
        return
    rest, vrf = words[2:], ""
    if rest[:1] == ("vrf",) and len(rest) > 1:
        vrf, rest = rest[1], rest[2:]
    host = host_of(rest)
    if host is None:
        return
    # `GigabitEthernet 0/1 ADDRESS`: an interface may be two words.
    hops = [address for word in rest[1 if "/" in rest[0] else 2 :][:3] if (address := address_of(word)) is not None]
    first, last = network_of(*host)
    yield AddressUse(UseKind.ROUTE, first, last, line, host[1], vrf, "", hops[0] if hops else None)


def _nat(line: int, words: _Words) -> Iterator[AddressUse]:
    if words[:3] == ("ip", "nat", "pool") and len(words) > 5:
        first, last = address_of(words[4]), address_of(words[5])
        if first is not None and last is not None and first.version == last.version and int(first) <= int(last):
            yield AddressUse(UseKind.NAT_POOL, first, last, line)
    elif words[:3] == ("ip", "nat", "inside") and "static" in words:
        vrf = words[words.index("vrf") + 1] if "vrf" in words[:-1] else ""
        addresses = [address for word in words if (address := address_of(word)) is not None]
        kinds = (UseKind.NAT_INSIDE, UseKind.NAT_OUTSIDE)
        for kind, address in zip(kinds, addresses, strict=False):
            yield AddressUse(kind, address, address, line, None, vrf if kind is UseKind.NAT_INSIDE else "")


def _pool(commands: list[tuple[int, _Words]]) -> Iterator[AddressUse]:
    vrf = next((words[1] for _, words in commands if words[0] == "vrf" and len(words) > 1), "")
    gateway = next(
        (address_of(words[1]) for _, words in commands if words[0] == "default-router" and len(words) > 1), None
    )
    for line, words in commands:
        host = host_of(words[1:]) if words[0] == "network" else None
        if host is not None:
            yield AddressUse(UseKind.DHCP, *network_of(*host), line, host[1], vrf, "", gateway)
