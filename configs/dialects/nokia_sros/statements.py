"""SR OS's commands as a reader of meaning takes them: the classic form and the model-driven one, by router.

What stands below `configure router [NAME]` or `configure service vprn ID` is a `Said` with the router's name ("" for
Base), without those words; services that are no VPRN keep theirs apart by `service`. `create` and the words behind a
service's identifier are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs import flat

if TYPE_CHECKING:
    from configs.tree import Tree

_BASE: Final = ("Base", "base", "")
_SERVICES: Final = ("ies", "vpls", "epipe", "ipipe", "apipe", "cpipe", "fpipe")
# What may stand behind `router` without a name.
_INSIDE: Final = frozenset({
    "interface", "static-route", "static-route-entry", "static-routes", "bgp", "ospf", "ospf3", "isis", "rip", "ldp",
    "mpls", "rsvp", "pim", "igmp", "msdp", "policy-options", "router-id", "autonomous-system", "aggregate",
    "aggregates", "bfd", "segment-routing", "dhcp", "ecmp", "mpls-labels", "vrrp",
})  # fmt: skip


class Said(NamedTuple):
    """A command. `router` is the VRF it stands in ("" for Base), `leaf` whether nothing stands below it."""

    line: int
    router: str
    service: str
    words: tuple[str, ...]
    leaf: bool


def read(tree: Tree) -> list[Said]:
    """The commands of a configuration, in the file's order."""
    found = []
    for each in flat.statements(tree, ("/configure", "configure"), ("delete", "no", "info", "show")):
        words = tuple(word for word in each.words if word not in ("create", "configure", "/configure"))
        router = service = ""
        if words[:1] == ("router",):
            words = words[1:]
            if words and words[0] not in _INSIDE:
                router, words = words[0], words[1:]
        elif words[:2] == ("service", "vprn") and len(words) > 2:
            router, words = words[2], _behind(words[3:])
        elif words[:1] == ("service",) and words[1:2] and words[1] in _SERVICES and len(words) > 2:
            service, words = words[2], _behind(words[3:])
        if words:
            found.append(Said(each.line, "" if router in _BASE else router, service, words, each.leaf))
    return found


def _behind(words: tuple[str, ...]) -> tuple[str, ...]:
    """What comes behind `[name N] [customer C] [vpn V]` of a service's command."""
    while words[:1] in (("customer",), ("name",), ("vpn",)) and len(words) > 2:
        words = words[2:]
    return words
