"""Links, partners, routes and prefix lists of Cisco NX-OS, by its words.

Forms as in the Nexus 9000 NX-OS command references: `vrf context NAME` holds routes, `vrf member` binds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import words

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
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
