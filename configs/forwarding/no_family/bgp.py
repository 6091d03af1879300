"""BGP of the languages with `no`: neighbours, groups, families.

Sources: Cisco "IP Routing: BGP Command Reference"; the FRR 8.4 user guide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from configs.addressing import address_of
from configs.forwarding.draft import BgpSketch, Draft, FamilySketch, as_number, classful, dotted, network
from configs.forwarding.model import Aggregate
from configs.forwarding.no_family.common import BFD, NEGATION, NOT_TOLD, SOURCES, TIMERS, redistributed, secret
from configs.forwarding.phrases import Into, Leave, Phrases
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command


@dataclass
class View:
    """The speaker's view (`family` is None), or a family's."""

    draft: Draft
    bgp: BgpSketch
    vrf: str = ""
    family: FamilySketch | None = None

    def known(self, peer: str, line: int) -> dict[str, Any]:
        """What holds of a neighbour or group in all families."""
        if address_of(peer) is None and peer not in self.bgp.groups:
            raise ValueError(peer)
        found = self.bgp.said(self.vrf, peer)
        found.setdefault("line", line)
        return found

    @property
    def of(self) -> FamilySketch:
        """The family that the view speaks of; the speaker's own view speaks of IPv4."""
        return self.family if self.family is not None else self.bgp.family("ipv4", self.vrf)


FAMILY: Final = Phrases(NEGATION)
SPEAKER: Final = Phrases(NEGATION, FAMILY)


def speaker(draft: Draft, command: Command, asn: str, vrf: str = "") -> Into:
    """`router bgp ASN [vrf V]`. What a language gives every neighbour stands in the draft's store."""
    if draft.bgp is None:
        draft.bgp = BgpSketch(as_number(asn), command.line)
        draft.bgp.defaults.update(draft.store.get("neighbours", {}))
        draft.bgp.sketch.put(**draft.store.get("bgp", {}))
    return Into(SPEAKER, View(draft, draft.bgp, vrf))


_FAMILIES: Final = {
    ("ipv4",): "ipv4", ("ipv4", "unicast"): "ipv4", ("ipv6",): "ipv6", ("ipv6", "unicast"): "ipv6", ("vpnv4",): "vpnv4",
    ("vpnv4", "unicast"): "vpnv4", ("ipv4", "vpn"): "vpnv4", ("vpnv6",): "vpnv6", ("ipv6", "vpn"): "vpnv6",
    ("vpnv6", "unicast"): "vpnv6", ("ipv4", "labeled-unicast"): "ipv4-labelled",
}  # fmt: skip


@SPEAKER("address-family ...")
def _family(view: View, _: Command, *words: str) -> Outcome:
    low = tuple(word.lower() for word in words)
    vrf = view.vrf
    if "vrf" in low:
        at = low.index("vrf")
        low, vrf = low[:at], words[at + 1]
    if low not in _FAMILIES:
        return Leave(Message("this BGP family is not in the model"), "tunnels")
    return Into(FAMILY, replace(view, vrf=vrf, family=view.bgp.family(_FAMILIES[low], vrf)))


@SPEAKER("bgp router-id {}")
def _router_id(view: View, _: Command, text: str) -> Outcome:
    if view.vrf:
        view.bgp.sketch.put(router_ids={**view.bgp.sketch.get("router_ids", {}), view.vrf: dotted(text)})
    else:
        view.bgp.sketch.put(router_id=dotted(text))
    return None


@SPEAKER("no bgp default ipv4-unicast")
def _quiet(view: View, _: Command) -> Outcome:
    view.bgp.active_by_default = frozenset()
    return None


@SPEAKER("bgp cluster-id {}")
def _cluster(view: View, _: Command, text: str) -> Outcome:
    view.bgp.sketch.put(cluster=dotted(text))
    return None


@SPEAKER("no bgp ebgp-requires-policy", "bgp ebgp-requires-policy")
def _unasked(view: View, command: Command) -> Outcome:
    view.bgp.sketch.put(needs_policy=not command.negated)
    return None


@SPEAKER("bgp confederation identifier {}")
def _confederation(view: View, _: Command, asn: str) -> Outcome:
    view.bgp.sketch.put(confederation=as_number(asn))
    return None


@SPEAKER("bgp confederation peers {} ...")
def _members(view: View, _: Command, *asns: str) -> Outcome:
    view.bgp.sketch.add("confederation_members", *map(as_number, asns))
    return None


SPEAKER.weak(
    "bgp log-neighbor-changes", "no bgp log-neighbor-changes", "bgp graceful-restart ...", "bgp graceful-restart",
    "bgp asnotation ...",
    "bgp dampening", "no bgp network import-check", "bgp rpki ...", "no bgp fast-external-fallover",
    "no bgp enforce-first-as", "bgp nopeerup-delay ...",
    "no bgp suppress-duplicates", "exit", "bgp default ipv4-unicast",
)  # fmt: skip
SPEAKER.weak("timers bgp ...", "bgp scan-time ...", why=TIMERS)


# ---- neighbours


@FAMILY("neighbor {} remote-as {}")
def _asn(view: View, command: Command, peer: str, asn: str) -> Outcome:
    found = view.known(peer, command.line)
    if asn == "internal":
        found["inside"] = True
    elif asn == "external":
        return NOT_TOLD
    else:
        found["asn"] = as_number(asn)
    return None


@FAMILY("neighbor {} peer-group")
def _group(view: View, command: Command, name: str) -> Outcome:
    view.bgp.groups.add(name)
    view.bgp.said(view.vrf, name).setdefault("line", command.line)
    return None


@FAMILY("neighbor {} peer-group {}")
def _member(view: View, command: Command, peer: str, group: str) -> Outcome:
    view.bgp.member_of[(view.vrf, peer)] = group
    view.known(peer, command.line)
    return None


@FAMILY("neighbor {} update-source {}", "neighbor {} update-source {} {}")
def _source(view: View, command: Command, peer: str, *name: str) -> Outcome:
    view.known(peer, command.line)["source"] = "".join(name)
    return None


@FAMILY("neighbor {} ebgp-multihop", "neighbor {} ebgp-multihop {#}")
def _hops(view: View, command: Command, peer: str, hops: str = "255") -> Outcome:
    view.known(peer, command.line)["multihop"] = int(hops)
    return None


@FAMILY("neighbor {} ttl-security hops {#}")
def _ttl(view: View, command: Command, peer: str, hops: str) -> Outcome:
    view.known(peer, command.line)["ttl_hops"] = int(hops)
    return None


@FAMILY("neighbor {} disable-connected-check")
def _far(view: View, command: Command, peer: str) -> Outcome:
    view.known(peer, command.line)["ebgp_connected"] = False
    return None


@FAMILY("neighbor {} shutdown")
def _shut(view: View, command: Command, peer: str) -> Outcome:
    view.known(peer, command.line)["active"] = False
    return None


@FAMILY("neighbor {} password {}", "neighbor {} password {#} {}")
def _password(view: View, command: Command, peer: str, *key: str) -> Outcome:
    view.known(peer, command.line)["secret"] = secret(key)
    return None


@FAMILY(
    "neighbor {} local-as {}", "neighbor {} local-as {} no-prepend", "neighbor {} local-as {} no-prepend replace-as"
)
def _local_as(view: View, command: Command, peer: str, asn: str) -> Outcome:
    if not command.has("replace-as"):
        return NOT_TOLD
    view.known(peer, command.line)["local_as"] = as_number(asn)
    return None


@FAMILY("neighbor {} activate", "no neighbor {} activate")
def _activate(view: View, command: Command, peer: str) -> Outcome:
    view.of.peer(peer)["enabled"] = not command.negated
    return None


_FLAGS: Final = {
    "next-hop-self": "next_hop_self", "route-reflector-client": "reflector_client", "default-originate": "default",
    "as-override": "substitute_as", "remove-private-as": "public_as_only",
}  # fmt: skip


@FAMILY("neighbor {} {next-hop-self|route-reflector-client|default-originate|as-override|remove-private-as}")
def _flag(view: View, _: Command, peer: str, word: str) -> Outcome:
    view.of.peer(peer)[_FLAGS[word]] = True
    return None


@FAMILY("neighbor {} route-map {} {in|out}")
def _policy(view: View, command: Command, peer: str, name: str, way: str) -> Outcome:
    view.draft.store.setdefault("policies", {})[str(command.line)] = name
    view.of.peer(peer)[f"policy_{way}"] = name
    return None


@FAMILY("neighbor {} prefix-list {} {in|out}")
def _prefixes(view: View, _: Command, peer: str, name: str, way: str) -> Outcome:
    view.of.peer(peer)[f"prefixes_{way}"] = name
    return None


@FAMILY("neighbor {} allowas-in", "neighbor {} allowas-in {#}")
def _own_as(view: View, _: Command, peer: str, count: str = "3") -> Outcome:
    view.of.peer(peer)["allow_own"] = int(count)
    return None


@FAMILY("neighbor {} weight {#}")
def _weight(view: View, _: Command, peer: str, value: str) -> Outcome:
    view.of.peer(peer)["preferred"] = int(value)
    return None


@FAMILY("neighbor {} send-community", "neighbor {} send-community {both|extended|standard}")
def _communities(view: View, _: Command, peer: str, which: str = "standard") -> Outcome:
    found = view.of.peer(peer)
    if which in ("both", "standard"):
        found["communities"] = True
    if which in ("both", "extended"):
        found["extended"] = True
    return None


@FAMILY("neighbor {} send-label")
def _labelled(view: View, _: Command, peer: str) -> Outcome:
    view.of.peer(peer)["labelled"] = True
    return None


FAMILY.weak(
    "neighbor {} description ...",
    "neighbor {} soft-reconfiguration inbound",
    "neighbor {} version 4",
    "exit-address-family",
    "exit",
)
FAMILY.weak("neighbor {} timers ...", "neighbor {} advertisement-interval ...", why=TIMERS)
FAMILY.weak("neighbor {} fall-over ...", "neighbor {} fall-over", "neighbor {} bfd", "neighbor {} bfd ...", why=BFD)

# ---- families


@FAMILY("network {}", "network {} mask {}", "network {} mask {} route-map {}", "network {} route-map {}")
def _network(view: View, command: Command, *words: str) -> Outcome:
    policy = words[-1] if command.has("route-map") else ""
    rest = words[:-1] if policy else words
    found: Any = classful(rest[0]) if len(rest) == 1 and "/" not in rest[0] else network(*rest)
    view.of.add("networks", found)
    if policy:
        view.of.put(network_policies={**view.of.get("network_policies", {}), found: policy})
    return None


@FAMILY(f"redistribute {SOURCES} ...")
def _redistribute(view: View, command: Command, source: str, *rest: str) -> Outcome:
    view.of.add("redistributes", redistributed(command.line, source, rest))
    return None


@FAMILY("aggregate-address {} ...")
def _aggregate(view: View, command: Command, *words: str) -> Outcome:
    size = 1 if "/" in words[0] else 2
    if words[size:] not in ((), ("summary-only",)):
        return NOT_TOLD
    view.of.add("aggregates", Aggregate(network(*words[:size]), len(words) > size, line=command.line))
    return None


@FAMILY("maximum-paths {#}", "maximum-paths {ibgp|eibgp} {#}")
def _paths(view: View, _: Command, *words: str) -> Outcome:
    if words[0] != "ibgp":
        view.of.put(paths=int(words[-1]))
    if words[0] in ("ibgp", "eibgp"):
        view.of.put(paths_ibgp=int(words[-1]))
    return None


@FAMILY("distance bgp {#} {#} {#}")
def _distance(view: View, _: Command, *values: str) -> Outcome:
    view.of.put(distances=tuple(map(int, values)))
    return None


@FAMILY("default-metric {#}")
def _metric(view: View, _: Command, value: str) -> Outcome:
    view.of.put(default_metric=int(value))
    return None


@FAMILY("default-information originate")
def _default(view: View, _: Command) -> Outcome:
    view.of.put(imports_default=True)
    return None


@FAMILY("no bgp client-to-client reflection")
def _strict(view: View, _: Command) -> Outcome:
    view.of.put(reflects_clients=False)
    return None


# FRR's way between VRFs and VPN routes.
@FAMILY("rd vpn export {}", "rt vpn {import|export|both} {} ...", "import|export vpn", "label vpn export {}")
def _vpn(view: View, command: Command, *words: str) -> Outcome:
    vrf = view.draft.vrf(view.vrf, command.line)
    six = "6" if view.of.said["family"] == "ipv6" else ""
    if command.folded[0] == "rd":
        vrf.put(**{f"rd{six}": words[0]})
    elif command.folded[0] == "rt":
        for way in ("imports", "exports"):
            if words[0] in (way[:-1], "both"):
                vrf.add(way + six, *words[1:])
    return None


FAMILY.weak("no auto-summary", "no synchronization", "bgp dampening")
