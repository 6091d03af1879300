"""Links, partners, routes, prefix lists, filters and NAT of Arista EOS, by its words.

Forms as in the EOS user manual: prefixes with a slash, `vrf NAME` below interfaces and before routes, lists with their
entries below them, `ip nat source static …` below interfaces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.meaning import entries, words

if TYPE_CHECKING:
    from configs.meaning.statements import Meaning
    from configs.tree import Tree

TONGUE = words.Tongue(
    vrf="vrf",
    binds=(("vrf",), ("vrf", "forwarding")),
    virtual=("ip", "ipv4", "ipv6", "virtual-address"),
    partners=(
        (("neighbor",), "bgp"),
        (("tunnel", "destination"), "tunnel"),
        (("set", "peer"), "ipsec"),
        (("mpls", "ldp", "neighbor"), "ldp"),
    ),
    filters=entries.Lists(groups=()),
    nat=True,
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    return words.read(tree, TONGUE)
