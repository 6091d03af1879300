"""What a VRP or USG configuration makes the device do with packets.

Sources: Huawei "NE40E V800R012 Command Reference" and the command references of the AR, S, CE and USG6000 series. The
phrases that VRP shares with Comware stand in `configs.forwarding.undo_family`. What is in none of the tables is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs.addressing import address_of, host_of
from configs.dialects.huawei import forwarding_filters, forwarding_security
from configs.dialects.huawei.forwarding_bgp import SPEAKER
from configs.dialects.huawei.forwarding_ports import PORT, VLAN, begun, completed
from configs.dialects.huawei.forwarding_weak import leave_out, weaken
from configs.dialects.huawei.meaning import VIEWS
from configs.forwarding.draft import Draft, address, dotted, network, spread
from configs.forwarding.model import Static
from configs.forwarding.phrases import NO_EFFECT, UNKNOWN, Into, Leave, Phrases, Walk
from configs.forwarding.undo_family import bgp, isis, ospf, policies, rip
from configs.forwarding.undo_family.common import BFD, NEGATION, NOT_TOLD
from configs.reading import Reading
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.draft import Sketch
    from configs.forwarding.model import Forwarding, Vrf
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command
    from configs.tree import Tree

SYSTEM: Final = Phrases(NEGATION, forwarding_filters.SYSTEM, forwarding_security.SYSTEM)
VRF: Final = Phrases(NEGATION)
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
    forwarding_security.settle(draft, reading)
    return draft.done(platform, reading.all, name)


@SYSTEM("sysname ...")
def _name(draft: Draft, _: Command, *name: str) -> Outcome:
    draft.name = " ".join(name)
    return None


@SYSTEM("interface ...")
def _interface(draft: Draft, command: Command, *name: str) -> Outcome:
    found = begun(draft, command, name)
    return found if isinstance(found, Leave) else Into(PORT, found)


@SYSTEM("vlan batch {} ...", "vlan {#}")
def _vlans(draft: Draft, command: Command, *words: str) -> Outcome:
    numbers = spread(words)
    draft.vlans |= numbers
    return Into(VLAN, draft) if len(words) == 1 and command.folded[1] != "batch" else None


@SYSTEM("router id {}", "router-id {}")
def _router_id(draft: Draft, _: Command, text: str) -> Outcome:
    draft.router_id = dotted(text)
    return None


# ---- VPN instances


class Instance(NamedTuple):
    """The view of a VPN instance, or of a family in it."""

    sketch: Sketch[Vrf]
    family: str = ""


@SYSTEM("ip vpn-instance {}")
def _vrf(draft: Draft, command: Command, name: str) -> Outcome:
    return Into(VRF, Instance(draft.vrf(name, command.line)))


@VRF("ipv4-family", "ipv6-family", "ipv4-family unicast", "ipv6-family unicast")
def _family(here: Instance, command: Command) -> Outcome:
    family = command.folded[0][:4]
    here.sketch.put(families=here.sketch.get("families", frozenset()) | {family})
    return Into(VRF, Instance(here.sketch, family))


@VRF("route-distinguisher {}")
def _rd(here: Instance, _: Command, text: str) -> Outcome:
    here.sketch.put(**{"rd6" if here.family == "ipv6" else "rd": text})
    return None


@VRF("vpn-target {} ...")
def _targets(here: Instance, _: Command, *words: str) -> Outcome:
    folded = [word.lower() for word in words]
    if "evpn" in folded:
        return Leave(Message("Ethernet VPNs are not in the model"), "tunnels")
    targets = [word for word in words if ":" in word]
    ways = [word for word in folded if ":" not in word] or ["both"]
    if len(ways) > 1 or ways[0] not in ("import-extcommunity", "export-extcommunity", "both"):
        return NOT_TOLD
    for way, name in (("import-extcommunity", "imports"), ("export-extcommunity", "exports")):
        if ways[0] in (way, "both"):
            name += "6" if here.family == "ipv6" else ""  # noqa: PLW2901 - the name of the family's own
            held = here.sketch.get(name, ())
            here.sketch.add(name, *(one for one in targets if one not in held))
    return None


@VRF("import route-policy {}", "export route-policy {}")
def _vrf_policy(here: Instance, command: Command, name: str) -> Outcome:
    here.sketch.put(**{f"{command.folded[0]}_policy": name})
    return None


VRF.weak("description ...", "apply-label ...", "vpn frr", "ip frr", "vpn frr ...")
VRF.left(Message("a tunnel policy chooses tunnels, which are not in the model"), "tunnels", "tnl-policy ...")

# ---- static routes


@SYSTEM("ip route-static vpn-instance {} ...", "ipv6 route-static vpn-instance {} ...")
def _static_in(draft: Draft, command: Command, vrf: str, *words: str) -> Outcome:
    return _put_static(draft, command, vrf, words)


@SYSTEM("ip route-static {} {} ...", "ipv6 route-static {} {} ...")
def _static(draft: Draft, command: Command, *words: str) -> Outcome:
    if words[0] in ("default-preference", "bfd", "frr", "selection-rule", "default-bfd"):
        return Leave(UNKNOWN, "routes") if words[0] == "default-preference" else NO_EFFECT
    return _put_static(draft, command, "", words)


def _put_static(draft: Draft, command: Command, vrf: str, words: tuple[str, ...]) -> Outcome:
    """`NETWORK {MASK | L} [INTERFACE] [vpn-instance V | public] [HOP] [preference N] [tag N] [description …]`."""
    host = host_of(words)
    if host is None:
        raise ValueError(words[0])
    size = 1 if "/" in words[0] else 2
    prefix, rest = network(*words[:size]), list(words[size:])
    via, port, via_vrf, distance, tag = None, "", None, None, 0
    while rest:
        word = rest.pop(0)
        low = word.lower()
        if low == "preference":
            distance = int(rest.pop(0))
        elif low == "tag":
            tag = int(rest.pop(0))
        elif low == "description":
            rest = []
        elif low == "vpn-instance":
            via_vrf = rest.pop(0)
        elif low == "public":
            via_vrf = ""
        elif low in ("permanent", "no-advertise", "inter-protocol-ecmp", "inherit-cost"):
            return NOT_TOLD
        elif low == "bfd":
            rest = rest[1:] if rest[:1] == ["enable"] else rest
        elif low == "track":
            return Leave(Message("a route that a test decides about is not in the model"), "routes")
        elif address_of(word) is not None:
            via = address(word)
        elif via is None and not port:
            port = word
            if rest and word.isalpha() and rest[0][0].isdigit() and address_of(rest[0]) is None:
                port += rest.pop(0)
        else:
            return NOT_TOLD
    if port.upper().startswith("NULL"):
        port = ""
    draft.statics.append(Static(prefix, via, port, vrf, via_vrf, distance, tag, command.line))
    return None


# ---- routing protocols


@SYSTEM("ospf ...", "ospfv3 ...", "ospf", "ospfv3")
def _ospf(draft: Draft, command: Command, *_: str) -> Outcome:
    if command.folded[1:2] == ("valid-ttl-hops",):
        return NO_EFFECT
    return ospf.opened(draft, command, 3 if command.folded[0] == "ospfv3" else 2)


@SYSTEM("isis ...", "isis")
def _isis(draft: Draft, command: Command, *_: str) -> Outcome:
    return isis.opened(draft, command)


@SYSTEM("rip {#} ...", "ripng {#} ...", "rip", "ripng")
def _rip(draft: Draft, command: Command, *_: str) -> Outcome:
    return rip.opened(draft, command)


@SYSTEM("bgp {}")
def _bgp(draft: Draft, command: Command, asn: str) -> Outcome:
    return Into(SPEAKER, bgp.speaker(draft, command, asn))


@SYSTEM("route-policy {} {permit|deny} node {#}")
def _policy(draft: Draft, command: Command, name: str, kind: str, number: str) -> Outcome:
    return policies.opened(draft, command, name, kind, number)


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
