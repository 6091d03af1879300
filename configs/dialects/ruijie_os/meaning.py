"""Links, partners, routes, prefix lists, filters and NAT of Ruijie RGOS, by its words.

Forms as in Ruijie's RGOS command references: IOS's words for addresses, routes, prefix lists, neighbours,
access lists and NAT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import entries, words

if TYPE_CHECKING:
    from configs.meaning.statements import Meaning
    from configs.tree import Tree

TONGUE = words.Tongue(
    vrf="vrf",
    binds=(("vrf", "forwarding"), ("ip", "vrf", "forwarding")),
    virtual=("ip", "ipv6"),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
    filters=entries.Lists(groups=(("object-group", "network"), ("object-group", "ip", "address"))),
    nat=True,
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
