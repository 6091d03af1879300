"""BGP of the languages with `undo`: neighbours by `peer`, what a family says.

Huawei "NE40E Command Reference", BGP and VPN configuration commands; "H3C Layer 3 - IP Routing Command Reference", BGP.
How a family's view is called is the language's own: it opens `FAMILY` with a `View`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from configs.addressing import address_of
from configs.forwarding.draft import BgpSketch, Draft, FamilySketch, as_number, dotted, network
from configs.forwarding.model import Aggregate
from configs.forwarding.phrases import Phrases
from configs.forwarding.undo_family.common import BFD, NEGATION, NOT_TOLD, TIMERS, imported, secret
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command


@dataclass
class View:
    """A BGP view: the speaker's own (`family` is None), or a family's."""

    draft: Draft
    bgp: BgpSketch
    vrf: str = ""
    family: FamilySketch | None = None

    def told(self, peer: str) -> dict[str, Any]:
        """Where the view writes what it says of a neighbour: of the global table's neighbours a family says its own."""
        return self.bgp.said(self.vrf, peer) if self.family is None else self.family.peer(peer)

    def known(self, peer: str, line: int) -> dict[str, Any]:
        """What holds of a neighbour in all families; it exists from now on."""
        if address_of(peer) is None and peer not in self.bgp.groups:
            raise ValueError(peer)
        found = self.bgp.said(self.vrf, peer)
        found.setdefault("line", line)
        return found

    @property
    def of(self) -> FamilySketch:
        """The family that the view speaks of; the speaker's own view speaks of IPv4."""
        return self.family if self.family is not None else self.bgp.family("ipv4", self.vrf)


GENERAL: Final = Phrases(NEGATION)  # of neighbours; in any view
FAMILY: Final = Phrases(NEGATION, GENERAL)
SPEAKER: Final = Phrases(NEGATION, FAMILY)


def speaker(draft: Draft, command: Command, asn: str) -> View:
    """The view of `bgp ASN`."""
    if draft.bgp is None:
        draft.bgp = BgpSketch(as_number(asn), command.line)
        draft.bgp.active_by_version = True
    return View(draft, draft.bgp)


# ---- the speaker


@SPEAKER("router-id {}")
def _router_id(view: View, _: Command, text: str) -> Outcome:
    view.bgp.sketch.put(router_id=dotted(text))
    return None


@SPEAKER("undo default ipv4-unicast")
def _quiet(view: View, _: Command) -> Outcome:
    view.bgp.active_by_default = frozenset()
    return None


@SPEAKER("confederation id {}")
def _confederation(view: View, _: Command, asn: str) -> Outcome:
    view.bgp.sketch.put(confederation=as_number(asn))
    return None


@SPEAKER("confederation peer-as {} ...")
def _members(view: View, _: Command, *asns: str) -> Outcome:
    view.bgp.sketch.add("confederation_members", *map(as_number, asns))
    return None


SPEAKER.weak(
    "graceful-restart ...", "graceful-restart", "private-4-byte-as enable", "undo check-first-as", "check-first-as",
    "as-notation ...", "log-peer-change", "bgp ...", "undo private-4-byte-as enable", "default ipv4-unicast",
)  # fmt: skip
SPEAKER.weak("timer ...", why=TIMERS)

# ---- neighbours, in any view


@GENERAL("peer {} as-number {}")
def _asn(view: View, command: Command, peer: str, asn: str) -> Outcome:
    view.known(peer, command.line)["asn"] = as_number(asn)
    return None


@GENERAL("group {}", "group {} {internal|external}")
def _group(view: View, command: Command, name: str, kind: str = "internal") -> Outcome:
    view.bgp.groups.add(name)
    said = view.bgp.said(view.vrf, name)
    if kind == "internal":
        said["inside"] = True
    said.setdefault("line", command.line)
    return None


@GENERAL("peer {} group {}")
def _member(view: View, command: Command, peer: str, group: str) -> Outcome:
    if view.bgp.member_of.setdefault((view.vrf, peer), group) != group:
        return NOT_TOLD
    view.known(peer, command.line)
    return None


@GENERAL("peer {} connect-interface {}", "peer {} connect-interface {} {}")
def _source(view: View, command: Command, peer: str, *name: str) -> Outcome:
    view.known(peer, command.line)["source"] = name[-1] if address_of(name[-1]) is not None else "".join(name)
    return None


@GENERAL("peer {} ebgp-max-hop", "peer {} ebgp-max-hop {#}")
def _hops(view: View, command: Command, peer: str, hops: str = "255") -> Outcome:
    view.known(peer, command.line)["multihop"] = int(hops)
    return None


@GENERAL("peer {} valid-ttl-hops {#}")
def _ttl(view: View, command: Command, peer: str, hops: str) -> Outcome:
    view.known(peer, command.line)["ttl_hops"] = int(hops)
    return None


@GENERAL("peer {} ignore")
def _ignore(view: View, command: Command, peer: str) -> Outcome:
    view.known(peer, command.line)["active"] = False
    return None


@GENERAL("peer {} password {cipher|simple} {}")
def _password(view: View, command: Command, peer: str, form: str, key: str) -> Outcome:
    view.known(peer, command.line)["secret"] = secret((form, key))
    return None


@GENERAL("peer {} fake-as {}")
def _local_as(view: View, command: Command, peer: str, asn: str) -> Outcome:
    view.known(peer, command.line)["local_as"] = as_number(asn)
    return None


@GENERAL("peer {} enable")
def _enable(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["enabled"] = True
    return None


@GENERAL("undo peer {} enable")
def _disable(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["enabled"] = False
    return None


def _place(view: View, peer: str) -> dict[str, Any]:
    """Where a setting of a family stands."""
    return view.of.peer(peer)


@GENERAL("peer {} next-hop-local")
def _self(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["next_hop_self"] = True
    return None


@GENERAL("peer {} reflect-client")
def _client(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["reflector_client"] = True
    return None


@GENERAL("peer {} default-route-advertise")
def _default(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["default"] = True
    return None


@GENERAL("peer {} route-policy {} {import|export}")
def _policy(view: View, command: Command, peer: str, name: str, way: str) -> Outcome:
    view.draft.store.setdefault("policies", {})[str(command.line)] = name
    _place(view, peer)["policy_in" if way == "import" else "policy_out"] = name
    return None


@GENERAL("peer {} ip-prefix {} {import|export}", "peer {} ipv6-prefix {} {import|export}")
@GENERAL("peer {} prefix-list {} {import|export}")
def _prefixes(view: View, _: Command, peer: str, name: str, way: str) -> Outcome:
    _place(view, peer)["prefixes_in" if way == "import" else "prefixes_out"] = name
    return None


@GENERAL("peer {} allow-as-loop", "peer {} allow-as-loop {#}")
def _own_as(view: View, _: Command, peer: str, count: str = "1") -> Outcome:
    _place(view, peer)["allow_own"] = int(count)
    return None


@GENERAL("peer {} substitute-as")
def _substitute(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["substitute_as"] = True
    return None


@GENERAL("peer {} public-as-only")
def _public(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["public_as_only"] = True
    return None


@GENERAL("peer {} preferred-value {#}")
def _weight(view: View, _: Command, peer: str, value: str) -> Outcome:
    _place(view, peer)["preferred"] = int(value)
    return None


@GENERAL("peer {} advertise-community")
def _communities(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["communities"] = True
    return None


@GENERAL("peer {} advertise-ext-community")
def _extended(view: View, _: Command, peer: str) -> Outcome:
    _place(view, peer)["extended"] = True
    return None


GENERAL.weak(
    "peer {} description ...", "peer {} keep-all-routes", "peer {} log-change",
    "peer {} capability-advertise route-refresh",
    "peer {} capability-advertise conventional", "peer {} graceful-restart ...", "peer {} upe", "peer {} listen-only",
)  # fmt: skip
GENERAL.weak("peer {} timer ...", "peer {} route-update-interval ...", "peer {} tracking ...", why=TIMERS)
GENERAL.weak("peer {} bfd ...", why=BFD)

# ---- families


@FAMILY("network {}", "network {} {}", "network {} {} route-policy {}")
def _network(view: View, _: Command, *words: str) -> Outcome:
    size = 1 if "/" in words[0] else 2
    if len(words) < size:
        from configs.forwarding.draft import classful  # noqa: PLC0415 - a rare form

        found: Any = classful(words[0])
    else:
        found = network(*words[:size])
    view.of.add("networks", found)
    if len(words) > size:
        if len(words) == size:
            return NOT_TOLD
        view.of.put(network_policies={**view.of.get("network_policies", {}), found: words[-1]})
    return None


@FAMILY("import-route {direct|static|ospf|ospfv3|rip|ripng|isis|unr} ...")
def _import(view: View, command: Command, source: str, *rest: str) -> Outcome:
    view.of.add("redistributes", imported(command.line, source, rest))
    return None


@FAMILY("aggregate {} {} ...")
def _aggregate(view: View, command: Command, prefix: str, mask: str, *rest: str) -> Outcome:
    if rest not in ((), ("detail-suppressed",)):
        return NOT_TOLD
    view.of.add("aggregates", Aggregate(network(prefix, mask), bool(rest), line=command.line))
    return None


@FAMILY("maximum load-balancing {#}", "maximum load-balancing {ebgp|ibgp} {#}")
def _paths(view: View, _: Command, *words: str) -> Outcome:
    values = {} if words[0] == "ibgp" else {"paths": int(words[-1])}
    if words[0] != "ebgp":
        values["paths_ibgp"] = int(words[-1])
    view.of.put(**values)
    return None


@FAMILY("undo policy vpn-target")
def _keep(view: View, _: Command) -> Outcome:
    view.of.put(targets_decide=False)
    return None


@FAMILY("preference {#} {#} {#}")
def _preference(view: View, _: Command, *values: str) -> Outcome:
    view.of.put(distances=tuple(map(int, values)))
    return None


@FAMILY("default med {#}")
def _med(view: View, _: Command, value: str) -> Outcome:
    view.of.put(default_metric=int(value))
    return None


@FAMILY("default-route imported")
def _default_imported(view: View, _: Command) -> Outcome:
    view.of.put(imports_default=True)
    return None


@FAMILY("reflector cluster-id {}")
def _cluster(view: View, _: Command, text: str) -> Outcome:
    view.bgp.sketch.put(cluster=dotted(text))
    return None


@FAMILY("router-id {}")
def _family_id(view: View, _: Command, text: str) -> Outcome:
    if not view.vrf:
        return NOT_TOLD
    view.bgp.sketch.put(router_ids={**view.bgp.sketch.get("router_ids", {}), view.vrf: dotted(text)})
    return None


@FAMILY("undo reflect between-clients")
def _strict(view: View, _: Command) -> Outcome:
    view.of.put(reflects_clients=False)
    return None


FAMILY.weak(
    "undo synchronization",
    "policy vpn-target",
    "auto-frr",
    "vpn frr",
    "ip frr",
    "vpn-frr",
    "nexthop recursive-lookup delay ...",
)
FAMILY.weak("apply-label ...", why=Message("how labels are counted: packets go the same way"))


@FAMILY("peer {} advertise add-path path-number {#}")
def _more(view: View, _: Command, peer: str, count: str) -> Outcome:
    view.of.peer(peer)["more_paths"] = int(count)
    return None


# What is told is said by `advertise add-path`; these allow it.
FAMILY.weak("peer {} capability-advertise add-path {both|send|receive}", "bestroute add-path path-number {#}")
