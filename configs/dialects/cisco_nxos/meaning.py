"""Links, partners, routes, prefix lists, filters and NAT of Cisco NX-OS, by its words.

Forms as in the Nexus 9000 NX-OS command references: `vrf context NAME` holds routes, `vrf member` binds,
a group's shared address is `ip A` below `hsrp N`, members of `object-group ip address` have wildcards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import entries, words

if TYPE_CHECKING:
    from configs.meaning.statements import Meaning
    from configs.tree import Tree

TONGUE = words.Tongue(
    vrf="vrf",
    binds=(("vrf", "member"),),
    virtual=("ip", "address"),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
    shared=("hsrp ", "vrrp ", "vrrpv3 "),
    filters=entries.Lists(
        groups=(("object-group", "ip", "address"), ("object-group", "ipv6", "address")), wildcards=True
    ),
    nat=True,
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
