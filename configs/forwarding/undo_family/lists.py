"""VPN instances, static routes, prefix lists and the openers of routing protocols of the languages with `undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from configs.addressing import host_of
from configs.forwarding import hops
from configs.forwarding.draft import Draft, dotted, network
from configs.forwarding.model import ListRule, PrefixRule, Static
from configs.forwarding.phrases import NO_EFFECT, UNKNOWN, Into, Leave, Phrases
from configs.forwarding.undo_family import isis, ospf, policies, rip
from configs.forwarding.undo_family.common import NEGATION, NOT_TOLD
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.draft import Sketch
    from configs.forwarding.model import Vrf
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

SYSTEM: Final = Phrases(NEGATION)
VRF: Final = Phrases(NEGATION)


@SYSTEM("sysname ...")
def _name(draft: Draft, _: Command, *name: str) -> Outcome:
    draft.name = " ".join(name)
    return None


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


def _tested(hop: hops.Hop) -> None:
    """`bfd enable` finds a failure sooner; what else stands behind `bfd` is a session's name."""
    if hop.words[:1] == ["enable"]:
        hop.take()
    else:
        hop.left = _TESTED


_TESTED: Final = Leave(Message("a route that a test decides about is not in the model"), "routes")
_WORDS: Final = {
    "preference": hops.distance, "tag": hops.tag, "description": hops.rest, "vpn-instance": hops.elsewhere,
    "ldp-sync": hops.nothing,  # it waits until labels are there
    "public": hops.main, "bfd": _tested, "track": hops.leaving(_TESTED),
    **dict.fromkeys(
        ("permanent", "no-advertise", "inter-protocol-ecmp", "inherit-cost"), hops.leaving(NOT_TOLD)
    ),
}  # fmt: skip


def _put_static(draft: Draft, command: Command, vrf: str, words: tuple[str, ...]) -> Outcome:
    """`NETWORK {MASK | L} [INTERFACE] [vpn-instance V | public] [HOP] [preference N] [tag N] [description …]`."""
    if host_of(words) is None:
        raise ValueError(words[0])
    size = 1 if "/" in words[0] else 2
    hop = hops.read(words[size:], _WORDS, NOT_TOLD)
    if hop.left is not None:
        return hop.left
    found = network(*words[:size])
    draft.statics.append(Static(found, hop.via, hop.port, vrf, hop.vrf, hop.distance, hop.tag, command.line))
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


@SYSTEM("route-policy {} {permit|deny} node {#}")
def _policy(draft: Draft, command: Command, name: str, kind: str, number: str) -> Outcome:
    return policies.opened(draft, command, name, kind, number)


# ---- lists of routes


@SYSTEM("ip ip-prefix {} ...", "ip ipv6-prefix {} ...", "ip prefix-list {} ...", "ipv6 prefix-list {} ...")
def _prefixes(draft: Draft, _command: Command, name: str, *words: str) -> Outcome:
    rest = list(words)
    if rest[:1] == ["description"]:
        return Leave(UNKNOWN)
    rows = draft.prefix_lists.setdefault(name, [])
    number = (rows[-1][0] + 10) if rows else 10
    if rest[0] == "index":
        number, rest = int(rest[1]), rest[2:]
    kind = rest.pop(0)
    size = 1 if "/" in rest[0] else 2
    prefix, rest = network(*rest[:size]), rest[size:]
    bounds = {}
    while rest:
        word = rest.pop(0).lower()
        if word not in ("greater-equal", "less-equal"):
            return NOT_TOLD
        bounds[word] = int(rest.pop(0))
    least = bounds.get("greater-equal", prefix.prefixlen)
    most = bounds.get("less-equal", prefix.max_prefixlen if "greater-equal" in bounds else prefix.prefixlen)
    rows.append((number, PrefixRule(kind == "permit", prefix, least, most)))
    return None


@SYSTEM("ip as-path-filter {} {permit|deny} ...", "ip as-path {} {permit|deny} ...")
def _paths(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.as_path_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


@SYSTEM("ip as-path-filter {} index {#} {permit|deny} ...")
def _paths_numbered(draft: Draft, command: Command, name: str, _: str, kind: str, *words: str) -> Outcome:
    return _paths(draft, command, name, kind, *words)


@SYSTEM(
    "ip community-filter {#} {permit|deny} ...",
    "ip community-list {} {permit|deny} ...",
    "ip community-filter basic {} {permit|deny} ...",
)
def _communities(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.community_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


@SYSTEM(
    "ip community-filter basic {} index {#} {permit|deny} ...", "ip community-filter {#} index {#} {permit|deny} ..."
)
def _communities_numbered(draft: Draft, command: Command, name: str, _: str, kind: str, *words: str) -> Outcome:
    return _communities(draft, command, name, kind, *words)
