"""How VRP calls BGP's families, and what only it says in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from configs.forwarding.phrases import Into, Phrases
from configs.forwarding.undo_family import bgp
from configs.forwarding.undo_family.common import NEGATION, NOT_TOLD
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.forwarding.undo_family.bgp import View
    from configs.reading import Command

FAMILY: Final = Phrases(NEGATION, bgp.FAMILY)
SPEAKER: Final = Phrases(NEGATION, bgp.SPEAKER)


@SPEAKER("ipv4-family unicast", "ipv4-family", "ipv6-family unicast", "ipv6-family")
@SPEAKER("ipv4-family vpnv4", "ipv4-family vpnv4 unicast", "ipv6-family vpnv6", "ipv6-family vpnv6 unicast")
def _family(view: View, command: Command) -> Outcome:
    version = command.folded[0][:4]
    name = version.replace("ip", "vpn") if any("vpn" in word for word in command.folded[1:]) else version
    return Into(FAMILY, replace(view, family=view.bgp.family(name)))


@SPEAKER("ipv4-family vpn-instance {}", "ipv6-family vpn-instance {}")
def _private(view: View, command: Command, vrf: str) -> Outcome:
    return Into(FAMILY, replace(view, vrf=vrf, family=view.bgp.family(command.folded[0][:4], vrf)))


@FAMILY("peer {} label-route-capability ...", "peer {} label-route-capability")
def _labelled(view: View, _: Command, peer: str, *rest: str) -> Outcome:
    if rest not in ((), ("check-tunnel-reachable",)):
        return NOT_TOLD
    view.of.peer(peer)["labelled"] = True
    return None


@SPEAKER("ipv4-family labeled-unicast", "ipv4-labeled-unicast")
def _labels(view: View, _: Command) -> Outcome:
    return Into(FAMILY, replace(view, family=view.bgp.family("ipv4-labelled")))


@SPEAKER("import-rib public labeled-unicast")
@FAMILY("import-rib public labeled-unicast", "import-rib public labeled-unicast valid-route")
def _from_labelled(view: View, _: Command) -> Outcome:
    """Labelled routes are looked up with the others; the model has them in one table (RFC 8277)."""
    return None if view.of.said["family"] == "ipv4" and not view.vrf else NOT_TOLD


FAMILY.left(
    Message("segment routing is not in the model"), "tunnels", "peer {} prefix-sid ...", "peer {} prefix-sid",
    "segment-routing ...", "prefix-sid ...", "peer {} advertise encap-type ...", "peer {} egress-engineering",
)  # fmt: skip


_FAMILIES: Final = Message("this BGP family is not in the model")
SPEAKER.left(
    _FAMILIES, "tunnels", "ipv4-family ...", "ipv6-family ...", "l2vpn-family ...", "l2vpn-ad-family", "vpls-family",
    "link-state-family ...", "mvpn-family", "vpws-family",
)  # fmt: skip
