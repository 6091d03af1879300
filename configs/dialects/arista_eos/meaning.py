"""Links, partners, routes and prefix lists of Arista EOS, by its words.

Forms as in the EOS user manual: prefixes with a slash, `vrf NAME` below interfaces and before routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs import meaning_words

if TYPE_CHECKING:
    from configs.meaning import Meaning
    from configs.tree import Tree

TONGUE = meaning_words.Tongue(
    vrf="vrf",
    binds=(("vrf",), ("vrf", "forwarding")),
    virtual=("ip", "ipv4", "ipv6", "virtual-address"),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return meaning_words.read(tree, TONGUE)
