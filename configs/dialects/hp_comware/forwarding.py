"""What a Comware configuration makes the device do with packets: what it shares with VRP, and its own.

Sources: H3C Comware 7 command references (Layer 2 - LAN Switching, Layer 3 - IP Routing, Layer 3 - IP Services, MPLS,
ACL and QoS, Security); unverified on devices.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.dialects.hp_comware import filters, rule_sets, translations
from configs.dialects.hp_comware.forwarding_ports import PORT, VLAN, begun, completed
from configs.dialects.hp_comware.forwarding_security import SYSTEM as SECURITY
from configs.dialects.hp_comware.forwarding_weak import leave_out, weaken
from configs.forwarding import settling
from configs.forwarding.draft import Draft, dotted, spread
from configs.forwarding.phrases import UNREADABLE, Into, Leave, Phrases, Walk
from configs.forwarding.undo_family import bgp, lists
from configs.forwarding.undo_family.common import DISTANCES, NEGATION
from configs.meaning.statements import FilterKind
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding
    from configs.forwarding.phrases import Outcome
    from configs.forwarding.undo_family.bgp import View
    from configs.reading import Command
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION, lists.SYSTEM, SECURITY)
SPEAKER: Final = Phrases(NEGATION, bgp.SPEAKER)
FAMILY: Final = Phrases(NEGATION, bgp.FAMILY)
MPLS: Final = Phrases(NEGATION)
LIST: Final = Phrases(NEGATION)


def read(tree: Tree, platform: str = "hp_comware", name: str = "") -> Forwarding:
    """The device that a text describes."""
    opens = rule_sets.VIEWS | {"ospf", "ospfv3", "bgp", "isis", "rip", "ripng", "vlan", "route-policy", "mpls"}
    reading = Reading(tree, NEGATION, lambda words: words[0] in opens)
    draft = Draft(distances=DISTANCES)
    draft.store["rip"] = {"summarises": True}
    breaks = sorted(comment.line for comment in tree.comments if comment.text.strip() == "#")
    Walk(draft.ledger, breaks)(reading.top, SYSTEM, draft)
    completed(draft)
    found = rule_sets.read(tree)
    # `packet-filter default deny` is a line of its own; without it what no rule takes goes on.
    default = "deny" if reading.on("packet-filter", "default", "deny") else "permit"
    sets = tuple(replace(one, default=default) if one.kind is FilterKind.ACCESS_LIST else one for one in found.sets)
    settling.filters(draft, replace(found, sets=sets))
    settling.in_depth_order(draft, (one for one in reading.on("acl") if len(one.find("rule")) > 1))
    if "nat" in reading.by_word:
        nodes = [node for _, node in tree.walk()]
        groups = filters.Groups(nodes)
        by_name = {name: each for names, each in filters.access_lists(nodes, groups) for name in names}
        nat = translations.read(nodes, by_name, groups)
        settling.translations(draft, nat.lists, nat.pools, nat.unread)
    settling.bound(draft)
    return draft.done(platform, reading.all, name)


@SYSTEM("interface ...")
def _interface(draft: Draft, command: Command, *words: str) -> Outcome:
    found = begun(draft, command, words)
    return found if isinstance(found, Leave) else Into(PORT, found)


@SYSTEM("vlan {#}", "vlan {#} to {#}")
def _vlan(draft: Draft, _: Command, *numbers: str) -> Outcome:
    draft.vlans |= spread((" to ".join(numbers),))
    draft.store["vlan"] = {"open": int(numbers[0]) if len(numbers) == 1 else 0}
    return Into(VLAN, draft)


@SYSTEM("bgp {}", "bgp {} instance {}")
def _bgp(draft: Draft, command: Command, asn: str, instance: str = "") -> Outcome:
    if instance:
        return Leave(Message("a second BGP speaker is not in the model"), "routes")
    view = bgp.speaker(draft, command, asn)
    # A neighbour is active in a family only where that says so.
    view.bgp.active_by_default = frozenset()
    view.bgp.active_in_vrfs = False
    return Into(SPEAKER, view)


_FAMILIES: Final = {"ipv4": "ipv4", "ipv6": "ipv6", "vpnv4": "vpnv4", "vpnv6": "vpnv6"}


@SPEAKER("address-family {ipv4|ipv6|vpnv4|vpnv6}", "address-family {ipv4|ipv6|vpnv4|vpnv6} unicast")
def _family(view: View, _: Command, family: str) -> Outcome:
    return Into(FAMILY, replace(view, family=view.bgp.family(_FAMILIES[family], view.vrf)))


@SPEAKER("ip vpn-instance {}")
def _private(view: View, _: Command, vrf: str) -> Outcome:
    return Into(SPEAKER, replace(view, vrf=vrf))


SPEAKER.left(Message("this BGP family is not in the model"), "tunnels", "address-family ...")


@FAMILY("balance {#}")
def _balance(view: View, _: Command, value: str) -> Outcome:
    view.of.put(paths=int(value), paths_ibgp=int(value))
    return None


# ---- labels


@SYSTEM("mpls lsr-id {}")
def _label_id(draft: Draft, _: Command, text: str) -> Outcome:
    draft.label_id = dotted(text)
    return None


@SYSTEM("mpls ldp")
def _ldp(draft: Draft, _: Command) -> Outcome:
    return Into(MPLS, draft)


MPLS.weak("graceful-restart", "graceful-restart ...", "lsp-trigger all", "md5-authentication ...")

# ---- access lists: their rules are read by `rule_sets`


@SYSTEM("acl ...")
def _list(_: Draft, _command: Command, *__: str) -> Outcome:
    return Into(LIST, None)


@LIST("rule {#} comment ...", "description ...", "step ...", "rule-order ...")
def _comment(_: object, __: Command, *___: str) -> Outcome:
    return None


@LIST("rule ...")
def _rule(_: object, __: Command, *___: str) -> Outcome:
    return Leave(UNREADABLE, "filters")


@SYSTEM("packet-filter default deny")
def _closed(_: Draft, __: Command) -> Outcome:
    return None


weaken(SYSTEM)
leave_out(SYSTEM)
