"""Links, partners, routes, prefix lists, filters and NAT of FRR, by its words.

Forms as in the FRR user guide (zebra, staticd, bgpd, filters): `access-list NAME [seq N] {permit | deny} A/L`;
there is no NAT.
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
    virtual=("ip", "ipv6"),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
    filters=entries.Lists(heads=(("ip", "access-list"), ("ipv6", "access-list"), ("access-list",)), groups=()),
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
