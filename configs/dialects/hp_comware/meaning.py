"""What a Comware configuration means: links, partners, routes and prefix lists by its words; filters and NAT.

Forms as in H3C's Comware 7 command references (IP addressing, static routing, BGP, VRRP, prefix lists, IPsec); filters
and NAT: `filters.py` and `translations.py`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.dialects.hp_comware import filters, translations
from configs.meaning import words
from configs.meaning.statements import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.meaning.statements import Meaning
    from configs.tree import Node, Tree

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
        (("pre-shared-key", "address"), "ipsec"),
        (("match", "remote", "identity", "address"), "ipsec"),
        (("mpls", "l2vc"), "l2vc"),
        (("mpls", "ldp", "remote-peer"), "ldp"),
    ),
    prefix_lists=(("ip", "prefix-list"), ("ipv6", "prefix-list"), ("ip", "ip-prefix")),
    number="index",
    bounds=("greater-equal", "less-equal"),
)


# A command's first words behind which an access list is named.
_LISTS: Final = (("packet-filter",), ("security", "acl"))
_DEFINED: Final = (
    (("route-policy",), "route-policy"),
    (("ip", "vpn-instance"), "vpn-instance"),
    (("ike", "keychain"), "ike keychain"),
    (("ipsec", "transform-set"), "ipsec transform-set"),
)


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    nodes = [node for _, node in tree.walk()]
    groups = filters.Groups(nodes)
    lists = list(filters.access_lists(nodes, groups))
    by_name = {name: each for names, each in lists for name in names}
    nat = translations.read(nodes, by_name, groups)
    found = words.read(tree, TONGUE)
    return replace(
        found,
        filters=(*(each for _, each in lists), *filters.policies(nodes, groups)),
        filters_read=True,
        translations=nat.lists,
        pools=nat.pools,
        translations_read=True,
        definitions=(
            *(name for name in found.definitions if name.kind != "route-map"),
            *(Name("acl", name, each.line) for names, each in lists for name in names),
            *groups.addresses.names(),
            *groups.services.names(),
            *nat.definitions,
            *_definitions(nodes),
        ),
        references=(*found.references, *groups.references, *nat.references, *_references(nodes)),
        unread=(*found.unread, *nat.unread),
    )


def _definitions(nodes: Sequence[Node]) -> Iterator[Name]:
    for node in nodes:
        texts = tuple(node.text.split())
        for head, kind in _DEFINED:
            if texts[: len(head)] == head and len(texts) > len(head):
                yield Name(kind, texts[len(head)], node.line)


def _references(nodes: Sequence[Node]) -> Iterator[Name]:
    for node in nodes:
        texts = tuple(node.text.split())
        for head in _LISTS:
            rest = [word for word in texts[len(head) :] if word not in ("name", "inbound", "outbound")]
            if texts[: len(head)] == head and rest:
                family = "ipv6 " if rest[0] == "ipv6" and len(rest) > 1 else ""
                yield Name("acl", f"{family}{rest[1 if family else 0].lower()}", node.line)
        if texts[0] not in ("description", "undo", "rule") and texts[:1] != ("route-policy",):
            for before, after in pairwise(texts):
                if before == "route-policy":
                    yield Name("route-policy", after, node.line)
