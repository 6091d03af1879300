"""What a VRP or USG configuration makes the device do with packets.

Sources: Huawei "NE40E V800R012 Command Reference" and the command references of the AR, S, CE and USG6000 series. The
phrases that VRP shares with Comware stand in `configs.forwarding.undo_family`. What is in none of the tables is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs.addressing import address_of, host_of
from configs.dialects.huawei import forwarding_filters, forwarding_ipsec, forwarding_security
from configs.dialects.huawei.forwarding_bgp import SPEAKER
from configs.dialects.huawei.forwarding_ports import PORT, VLAN, begun, completed
from configs.dialects.huawei.forwarding_weak import leave_out, weaken
from configs.dialects.huawei.meaning import VIEWS
from configs.forwarding.draft import Draft, address, dotted, network, spread
from configs.forwarding.model import Static
from configs.forwarding.phrases import NO_EFFECT, UNKNOWN, Into, Leave, Phrases, Walk
from configs.forwarding.undo_family import bgp, lists
from configs.forwarding.undo_family.common import BFD, NEGATION, NOT_TOLD
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.draft import Sketch
    from configs.forwarding.model import Forwarding, Vrf
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION, lists.SYSTEM, forwarding_filters.SYSTEM, forwarding_security.SYSTEM, forwarding_ipsec.SYSTEM)
MPLS: Final = Phrases(NEGATION)


def read(tree: Tree, platform: str = "huawei", name: str = "") -> Forwarding:
    """The device that a text describes."""
    opens = VIEWS | {"firewall", "mpls", "rip", "ripng", "ospfv3", "ip"}
    reading = Reading(tree, NEGATION, lambda words: words[0] in opens)
    draft = Draft()
    breaks = sorted(comment.line for comment in tree.comments if comment.text.strip() == "#")
    Walk(draft.ledger, breaks)(reading.top, SYSTEM, draft)
    completed(draft)
    forwarding_filters.settle(draft, tree, reading)
    forwarding_ipsec.settle(draft)
    return draft.done(platform, reading.all, name)


@SYSTEM("interface ...")
def _interface(draft: Draft, command: Command, *name: str) -> Outcome:
    found = begun(draft, command, name)
    return found if isinstance(found, Leave) else Into(PORT, found)


@SYSTEM("vlan batch {} ...", "vlan {#}")
def _vlans(draft: Draft, command: Command, *words: str) -> Outcome:
    numbers = spread(words)
    draft.vlans |= numbers
    return Into(VLAN, draft) if len(words) == 1 and command.folded[1] != "batch" else None


@SYSTEM("bgp {}")
def _bgp(draft: Draft, command: Command, asn: str) -> Outcome:
    return Into(SPEAKER, bgp.speaker(draft, command, asn))


# ---- labels


@SYSTEM("mpls lsr-id {}")
def _label_id(draft: Draft, _: Command, text: str) -> Outcome:
    draft.label_id = dotted(text)
    return None


@SYSTEM("mpls", "mpls ldp")
def _mpls(draft: Draft, _: Command) -> Outcome:
    return Into(MPLS, draft)


@MPLS("lsr-id {}")
def _label_id_inside(draft: Draft, command: Command, text: str) -> Outcome:
    return _label_id(draft, command, text)


MPLS.weak(
    "graceful-restart ...", "graceful-restart", "label advertise {explicit-null|implicit-null|non-null}", "longest-match",
    "lsp-trigger all", "lsp-trigger host", "lsp-trigger bgp-label-route", "ipv4-family", "mpls ...", "label expect-nonzero ...",
)  # fmt: skip
MPLS.weak("gtsm ...", "description ...")
MPLS.weak("mpls bfd ...", "bfd ...", why=BFD)
_TUNNELS: Final = Message("only tunnels use it, which are left")
MPLS.weak("mpls te", "mpls te cspf", "mpls rsvp-te", "mpls rsvp-te ...", "mpls te ...", why=_TUNNELS)
SYSTEM.weak("mpls te", "mpls rsvp-te", "mpls te cspf", why=_TUNNELS)
# A far session carries labels of layer-2 circuits and of tunnels alone; both are left by themselves.
SYSTEM.weak("mpls ldp remote-peer {}", "mpls l2vpn", why=Message("only layer-2 circuits use it, which are left"))
weaken(SYSTEM)
leave_out(SYSTEM)
