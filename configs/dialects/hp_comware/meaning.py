"""Links, partners, routes and prefix lists of H3C Comware, by its words.

Forms as in H3C's Comware 7 command references (IP addressing, static routing, BGP, VRRP, prefix lists).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import words

if TYPE_CHECKING:
    from configs.meaning.statements import Meaning
    from configs.tree import Tree

TONGUE = words.Tongue(
    vrf="vpn-instance",
    binds=(("ip", "binding", "vpn-instance"),),
    virtual=("virtual-ip",),
    further="sub",
    routes=(("ip", "route-static"), ("ipv6", "route-static")),
    partners=(
        (("peer",), "bgp"),
        (("destination",), "tunnel"),
        (("remote-address",), "ipsec"),
    ),
    prefix_lists=(("ip", "prefix-list"), ("ipv6", "prefix-list"), ("ip", "ip-prefix")),
    number="index",
    bounds=("greater-equal", "less-equal"),
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
