"""Where FRR uses addresses.

Forms as in FRR's documentation (zebra, static routing, VRRP): `interface NAME [vrf NAME]`, `ip address ADDRESS/LENGTH`,
`vrrp ID ip ADDRESS`, `ip route NETWORK/LENGTH {NEXT-HOP | INTERFACE} [vrf NAME]`, also inside `vrf NAME`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.addressing import View, address_of, addresses, host_of, network_of, numeric, views
from configs.model import Addresses, AddressUse, NotUnderstood, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Tree

_Words = tuple[str, ...]


def read(tree: Tree) -> Addresses:
    """Every use that the text shows, in the lines' order."""
    found: list[AddressUse | NotUnderstood] = [use for view in views(tree, "interface") for use in _interface(view)]
    for path, node in tree.walk():
        inside = path[-1].split() if path else []
        vrf = inside[1] if inside[:1] == ["vrf"] and len(inside) > 1 else ""
        found += _route(node.line, tuple(node.text.split()), vrf)
    return addresses(found)


def _interface(view: View) -> Iterator[AddressUse | NotUnderstood]:
    name = view.words[1] if len(view.words) > 1 else ""
    vrf = view.words[3] if view.words[2:3] == ("vrf",) and len(view.words) > 3 else ""
    seen: set[int] = set()
    for line, words in view.commands:
        if words[:2] in (("ip", "address"), ("ipv6", "address")):
            rest = words[2:]
            if len(rest) > 2 and rest[1] == "peer":  # `ip address OWN peer OTHER/LENGTH`
                rest = (rest[0] + "/" + rest[2].rpartition("/")[2],)
            host = host_of(rest)
            if host is not None:
                # The kernel knows no word for it: the first address of a family is the primary one.
                kind = UseKind.SECONDARY if host[0].version in seen else UseKind.INTERFACE
                seen.add(host[0].version)
                yield AddressUse(kind, host[0], host[0], line, host[1], vrf, name)
            elif numeric(words[2:]):
                yield NotUnderstood(line, " ".join(words))
        elif words[0] == "vrrp" and len(words) > 3 and words[2] in ("ip", "ipv6"):
            address = address_of(words[3])
            if address is not None:
                yield AddressUse(UseKind.VIRTUAL, address, address, line, None, vrf, name)


def _route(line: int, words: _Words, vrf: str) -> Iterator[AddressUse]:
    if words[:2] not in (("ip", "route"), ("ipv6", "route")):
        return
    rest = words[2:]
    host = host_of(rest)
    if host is None:
        return
    if "vrf" in rest[:-1]:
        vrf = rest[rest.index("vrf") + 1]
    hops = [address for word in rest[1:3] if (address := address_of(word)) is not None]
    first, last = network_of(*host)
    yield AddressUse(UseKind.ROUTE, first, last, line, host[1], vrf, "", hops[0] if hops else None)
