"""Links, partners, routes and prefix lists of Cisco IOS XR, by its words.

Forms as in the IOS XR routing command references: `ipv4 address`; routes stand in views and are compared line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import words

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
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
