"""Links, partners, routes, prefix lists, filters and NAT of Cisco IOS XR, by its words.

Forms as in the IOS XR routing command references: `ipv4 address`, routes in the views
of `router static`, `prefix-set`; route policies are compared line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import entries, words

if TYPE_CHECKING:
    from configs.meaning.statements import Meaning
    from configs.tree import Tree

TONGUE = words.Tongue(
    vrf="vrf",
    binds=(("vrf",),),
    addresses=(("ipv4", "address"), ("ipv6", "address")),
    routes=(),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
    shared=("hsrp ", "vrrp "),
    route_views=("router static",),
    prefix_lists=(("ipv4", "prefix-list"), ("ipv6", "prefix-list"), ("prefix-set",)),
    filters=entries.Lists(
        heads=(("ipv4", "access-list"), ("ipv6", "access-list")),
        groups=(("object-group", "network", "ipv4"), ("object-group", "network", "ipv6")),
    ),
    sets=True,
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
