"""OSPF version 2 and 3 of the languages with `undo`, by process and area.

Huawei "NE40E Command Reference", OSPF and OSPFv3 configuration commands; "H3C Layer 3 - IP Routing Command Reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.draft import OspfSketch, address, by_wildcard, dotted, interface, network
from configs.forwarding.model import Summary
from configs.forwarding.phrases import Into, Phrases
from configs.forwarding.undo_family.common import (
    BFD,
    NEGATION,
    NOT_TOLD,
    SEGMENTS,
    TE,
    TIMERS,
    authentication,
    imported,
)
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.draft import Draft, Sketch
    from configs.forwarding.model import OspfArea
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PROCESS = Phrases(NEGATION)
AREA = Phrases(NEGATION)


def opened(draft: Draft, command: Command, version: int) -> Into:
    """`ospf [N] [router-id A] [vpn-instance V]`, `ospfv3 [N] [vpn-instance V]`."""
    words = list(command.words[1:])
    number = words.pop(0) if words and words[0].isdecimal() else "1"
    said = {}
    while words:
        word = words.pop(0).lower()
        if word == "router-id":
            said["router_id"] = dotted(words.pop(0))
        elif word == "vpn-instance":
            said["vrf"] = words.pop(0)
        else:
            raise ValueError(word)
    found = draft.ospf.get((number, version))
    if found is None:
        found = draft.ospf[(number, version)] = OspfSketch(number, version, command.line)
    found.put(**said)
    return Into(PROCESS, found)


@PROCESS("area {}")
def _area(process: OspfSketch, _: Command, number: str) -> Outcome:
    return Into(AREA, (process, process.area(number)))


@PROCESS("router-id {}")
def _router_id(process: OspfSketch, _: Command, text: str) -> Outcome:
    process.put(router_id=dotted(text))
    return None


@PROCESS("import-route {direct|static|ospf|ospfv3|bgp|bgp4+|rip|ripng|isis|isisv6|unr} ...")
def _import(process: OspfSketch, command: Command, source: str, *rest: str) -> Outcome:
    if source == "bgp" and rest[:1] == ("permit-ibgp",):
        return NOT_TOLD
    process.add("redistributes", imported(command.line, source, rest))
    return None


@PROCESS("default-route-advertise ...", "default-route-advertise")
def _default(process: OspfSketch, _: Command, *rest: str) -> Outcome:
    words = list(rest)
    always = False
    while words:
        word = words.pop(0).lower()
        if word in ("always", "permit-calculate-other"):
            always = always or word == "always"
        elif word == "cost":
            process.put(default_metric=int(words.pop(0)))
        elif word == "type" and words[0] == "2":
            words.pop(0)
        elif word == "route-policy":
            process.put(default_policy=words.pop(0))
        else:
            return NOT_TOLD
    process.put(default="always" if always else "if-present")
    return None


@PROCESS("silent-interface {}", "silent-interface {} {}")
def _silent(process: OspfSketch, _: Command, *name: str) -> Outcome:
    port = "*" if name == ("all",) else "".join(name)
    process.put(passive=process.get("passive", frozenset()) | {port})
    return None


@PROCESS("undo silent-interface {}", "undo silent-interface {} {}")
def _talking(process: OspfSketch, _: Command, *name: str) -> Outcome:
    process.put(active=process.get("active", frozenset()) | {"".join(name)})
    return None


@PROCESS("bandwidth-reference {#}")
def _reference(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(reference=int(value))
    return None


@PROCESS("preference {#}", "preference {ase|inter|intra} {#}")
def _preference(process: OspfSketch, _: Command, *words: str) -> Outcome:
    if words[0] in ("inter", "intra"):
        return NOT_TOLD
    process.put(**{"external_distance" if len(words) > 1 else "distance": int(words[-1])})
    return None


@PROCESS("maximum load-balancing {#}")
def _paths(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(paths=int(value))
    return None


@PROCESS("asbr-summary {} {} ...")
def _asbr_summary(process: OspfSketch, command: Command, prefix: str, mask: str, *rest: str) -> Outcome:
    if rest and rest != ("not-advertise",):
        return NOT_TOLD
    process.add("summaries", Summary(network(prefix, mask), advertise=not rest, line=command.line))
    return None


@AREA("network {} {}", "network {} {} description ...")
def _network(here: tuple[OspfSketch, Sketch[OspfArea]], _: Command, prefix: str, free: str, *__: str) -> Outcome:
    try:
        found = by_wildcard(prefix, free)
    except ValueError:  # hand-written texts have masks here, which the device turns round
        found = interface(prefix, free).network  # type: ignore[assignment] # of version 4 as well
    here[1].add("networks", found)
    return None


@AREA("stub", "stub no-summary", "stub default-route-advertise ...")
def _stub(here: tuple[OspfSketch, Sketch[OspfArea]], _: Command, *rest: str) -> Outcome:
    if rest:
        return NOT_TOLD
    here[1].put(kind="totally-stub" if "no-summary" in _.folded else "stub")
    return None


@AREA("nssa", "nssa no-summary")
def _nssa(here: tuple[OspfSketch, Sketch[OspfArea]], command: Command) -> Outcome:
    here[1].put(kind="totally-nssa" if command.has("no-summary") else "nssa")
    return None


@AREA("default-cost {#}")
def _default_cost(here: tuple[OspfSketch, Sketch[OspfArea]], _: Command, value: str) -> Outcome:
    here[1].put(default_cost=int(value))
    return None


@AREA("abr-summary {} {} ...")
def _abr_summary(here: tuple[OspfSketch, Sketch[OspfArea]], command: Command, *words: str) -> Outcome:
    prefix, length, *rest = words
    cost = None
    advertise = True
    while rest:
        word = rest.pop(0).lower()
        if word == "cost":
            cost = int(rest.pop(0))
        elif word in ("advertise", "not-advertise"):
            advertise = word == "advertise"
        else:
            return NOT_TOLD
    here[1].add("ranges", Summary(network(prefix, length), advertise, cost, command.line))
    return None


@AREA("vlink-peer {}")
def _link(here: tuple[OspfSketch, Sketch[OspfArea]], _: Command, peer: str) -> Outcome:
    here[1].add("links", str(address(peer)))
    return None


@AREA("authentication-mode {} ...")
def _secret(here: tuple[OspfSketch, Sketch[OspfArea]], _: Command, *words: str) -> Outcome:
    here[1].put(secret=authentication(words))
    return None


PROCESS.weak(
    "description ...", "opaque-capability enable", "enable traffic-adjustment", "graceful-restart ...", "undo dcn",
    "graceful-restart", "enable log ...", "enable log", "log-peer-change", "lsdb-overflow-limit ...", "snmp ...",
    "vpn-instance-capability simple", "undo opaque-capability enable", "non-stop-routing", "nsr",
)  # fmt: skip
PROCESS.weak(
    "spf-schedule-interval ...", "frr", "loop-free-alternate", "loop-free-alternate ...",
    "lsa-originate-interval ...", "lsa-arrival-interval ...", "lsa-generation-interval ...",
    "flooding-control ...", "retransmission-limit ...", "ispf enable", "spf timers ...", why=TIMERS,
)  # fmt: skip
PROCESS.weak("bfd all-interfaces ...", "bfd ...", why=BFD)
PROCESS.left(SEGMENTS, "tunnels", "segment-routing ...")
PROCESS.left(TE, "tunnels", "traffic-eng ...", "mpls-te ...")
AREA.weak("description ...")
# Without a tunnel nobody uses it; tunnels are left by themselves.
AREA.weak("mpls-te enable", "mpls-te enable standard-complying", why=Message("only tunnels use it, which are left"))


# ---- ports


PORT = Phrases(NEGATION)


def _part(port: Sketch[object], version: str) -> Sketch[object]:
    return port.part("ospf" if version == "ospf" else "ospf6")  # type: ignore[attr-defined,no-any-return] # a port


@PORT("ospf enable {#} area {}", "ospf enable area {}", "ospf {#} area {}", "ospfv3 {#} area {}")
def _enabled(port: Sketch[object], command: Command, *words: str) -> Outcome:
    process = words[0] if len(words) > 1 else "1"
    _part(port, command.folded[0]).put(process=process, area=dotted(words[-1]))
    return None


@PORT("ospfv3 {#} area {} instance {#}")
def _instance(port: Sketch[object], command: Command, process: str, area: str, instance: str) -> Outcome:
    if int(instance):
        return NOT_TOLD
    return _enabled(port, command, process, area)


@PORT("ospf|ospfv3 cost {#}")
def _cost(port: Sketch[object], command: Command, value: str) -> Outcome:
    _part(port, command.folded[0]).put(cost=int(value))
    return None


@PORT("ospf|ospfv3 timer {hello|dead} {#}")
def _timer(port: Sketch[object], command: Command, which: str, value: str) -> Outcome:
    _part(port, command.folded[0]).put(**{which: int(value)})
    return None


@PORT("ospf|ospfv3 dr-priority {#}")
def _priority(port: Sketch[object], command: Command, value: str) -> Outcome:
    _part(port, command.folded[0]).put(priority=int(value))
    return None


_TYPES = {"p2p": "point-to-point", "broadcast": "broadcast", "p2mp": "point-to-multipoint", "nbma": "nbma"}


@PORT("ospf|ospfv3 network-type {broadcast|p2p|p2mp|nbma}")
def _type(port: Sketch[object], command: Command, kind: str) -> Outcome:
    _part(port, command.folded[0]).put(network_type=_TYPES[kind])
    return None


@PORT("ospf authentication-mode {} ...")
def _port_secret(port: Sketch[object], command: Command, *words: str) -> Outcome:
    if words == ("null",):
        return NOT_TOLD
    _part(port, command.folded[0]).put(secret=authentication(words))
    return None


@PORT("ospf mtu-enable")
def _mtu(port: Sketch[object], command: Command) -> Outcome:
    _part(port, command.folded[0]).put(compares_mtu=True)
    return None


PORT.weak("ospf|ospfv3 bfd ...", why=BFD)
PORT.weak("ospf|ospfv3 timer ...", "ospf|ospfv3 trans-delay {#}", "ospf smart-discover", why=TIMERS)
PORT.weak("ospf valid-ttl-hops ...")
PORT.left(SEGMENTS, "tunnels", "ospf prefix-sid ...")
