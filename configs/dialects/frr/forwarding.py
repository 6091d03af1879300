"""What an FRR configuration makes the host do with packets: the phrases of the languages with `no`, and FRR's own.

Source: the FRR 8.4 user guide (zebra, staticd, ospfd, bgpd, isisd, ripd, ldpd, vrrpd, filters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.dialects.frr import meaning
from configs.dialects.frr import rule_sets as sets
from configs.facts.no_family import opens
from configs.forwarding.draft import Draft
from configs.forwarding.no_family import device
from configs.forwarding.no_family.common import NEGATION
from configs.forwarding.phrases import UNREADABLE, Leave, Phrases
from configs.reading import Reading

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION)
_BASE: Final = Phrases(NEGATION, SYSTEM, device.SYSTEM)


def read(tree: Tree, platform: str = "frr", name: str = "") -> Forwarding:
    """The device that a text describes."""
    reading = Reading(tree, NEGATION, lambda words: opens(words) or words[0] in ("vrf", "mpls"))
    draft = Draft()
    # Communities go out without a word; an outside neighbour without policies is told nothing (RFC 8212), if FRR's
    # traditional defaults hold.
    draft.store["neighbours"] = {"communities": True, "extended": True}
    draft.store["bgp"] = {"needs_policy": not any(one.has("datacenter") for one in reading.find("frr", "defaults"))}
    return device.read(tree, reading, _BASE, sets.read(tree), meaning.read(tree).filters, platform, name, draft)


@SYSTEM("access-list {} ...", "ipv6 access-list {} ...")
def _list(_: Draft, command: Command, *words: str) -> Outcome:
    return None if "remark" in words[1:4] else Leave(UNREADABLE, "filters")  # settled when the list has been read


SYSTEM.weak(
    "frr ...", "log ...", "no log ...", "agentx", "ip forwarding", "ipv6 forwarding", "debug ...", "zebra route-map ...", "exit-vrf",
    "zebra nexthop ...", "no ip forwarding", "no ipv6 forwarding", "ip nht ...", "ipv6 nht ...", "vni ...", "domainname ...",
)  # fmt: skip
