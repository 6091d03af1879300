"""OSPF, IS-IS and RIP of the languages with `no`, by process. Cisco "IP Routing" command references; FRR's manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import Draft, OspfSketch, Sketch, by_wildcard, classful, dotted, interface, network
from configs.forwarding.model import Isis, Rip, Summary
from configs.forwarding.no_family.common import BFD, NEGATION, NOT_TOLD, SOURCES, TIMERS, redistributed
from configs.forwarding.phrases import Into, Leave, Phrases
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

OSPF: Final = Phrases(NEGATION)
ISIS: Final = Phrases(NEGATION)
RIP: Final = Phrases(NEGATION)


def ospf(draft: Draft, command: Command, version: int, words: tuple[str, ...]) -> Into:
    """`router ospf [N] [vrf V]`, `ipv6 router ospf N`, `router ospf6`."""
    rest = list(words)
    number = rest.pop(0) if rest and rest[0] != "vrf" else ""
    vrf = rest[1] if rest[:1] == ["vrf"] and len(rest) == 2 else ""
    if rest and not vrf:
        raise ValueError(rest[0])
    key = number or vrf
    found = draft.ospf.get((key, version))
    if found is None:
        found = draft.ospf[(key, version)] = OspfSketch(key, version, command.line)
    found.put(vrf=vrf)
    return Into(OSPF, found)


@OSPF("router-id {}", "ospf router-id {}", "ospf6 router-id {}")
def _router_id(process: OspfSketch, _: Command, text: str) -> Outcome:
    process.put(router_id=dotted(text))
    return None


@OSPF("network {} {} area {}", "network {} area {}")
def _network(process: OspfSketch, _: Command, *words: str) -> Outcome:
    if len(words) == 2:
        found = network(words[0])
    else:
        try:
            found = by_wildcard(words[0], words[1])
        except ValueError:  # a mask, which IOS turns round
            found = interface(words[0], words[1]).network
    process.area(words[-1]).add("networks", found)
    return None


@OSPF(f"redistribute {SOURCES} ...")
def _redistribute(process: OspfSketch, command: Command, source: str, *rest: str) -> Outcome:
    process.add("redistributes", redistributed(command.line, source, rest))
    return None


@OSPF("default-information originate ...")
def _default(process: OspfSketch, _: Command, *rest: str) -> Outcome:
    words = list(rest)
    always = False
    while words:
        word = words.pop(0).lower()
        if word == "always":
            always = True
        elif word == "metric":
            process.put(default_metric=int(words.pop(0)))
        elif word == "metric-type" and words[0] == "2":
            words.pop(0)
        elif word == "route-map":
            process.put(default_policy=words.pop(0))
        else:
            return NOT_TOLD
    process.put(default="always" if always else "if-present")
    return None


@OSPF("passive-interface {}", "passive-interface {} {}")
def _passive(process: OspfSketch, _: Command, *name: str) -> Outcome:
    port = "*" if name == ("default",) else "".join(name)
    process.put(passive=process.get("passive", frozenset()) | {port})
    return None


@OSPF("no passive-interface {}", "no passive-interface {} {}")
def _active(process: OspfSketch, _: Command, *name: str) -> Outcome:
    process.put(active=process.get("active", frozenset()) | {"".join(name)})
    return None


@OSPF("area {} stub", "area {} stub no-summary", "area {} nssa", "area {} nssa no-summary")
def _kind(process: OspfSketch, command: Command, area: str) -> Outcome:
    process.area(area).put(kind=("totally-" if command.has("no-summary") else "") + command.folded[2])
    return None


@OSPF("area {} default-cost {#}")
def _default_cost(process: OspfSketch, _: Command, area: str, value: str) -> Outcome:
    process.area(area).put(default_cost=int(value))
    return None


@OSPF("area {} range {} ...")
def _range(process: OspfSketch, command: Command, area: str, *words: str) -> Outcome:
    size = 1 if "/" in words[0] else 2
    rest = list(words[size:])
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
    process.area(area).add("ranges", Summary(network(*words[:size]), advertise, cost, command.line))
    return None


@OSPF("area {} virtual-link {}")
def _link(process: OspfSketch, _: Command, area: str, peer: str) -> Outcome:
    process.area(area).add("links", dotted(peer))
    return None


@OSPF("summary-address {} {}", "summary-address {}")
def _summary(process: OspfSketch, command: Command, *words: str) -> Outcome:
    process.add("summaries", Summary(network(*words), line=command.line))
    return None


@OSPF("auto-cost reference-bandwidth {#}")
def _reference(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(reference=int(value))
    return None


@OSPF("distance {#}")
def _distance(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(distance=int(value))
    return None


@OSPF("maximum-paths {#}")
def _paths(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(paths=int(value))
    return None


@OSPF("default-metric {#}")
def _metric(process: OspfSketch, _: Command, value: str) -> Outcome:
    process.put(default_metric=int(value))
    return None


OSPF.weak(
    "log-adjacency-changes", "log-adjacency-changes ...", "no log-adjacency-changes", "nsf", "nsf ...", "capability opaque",
    "description ...", "exit", "graceful-restart ...", "graceful-restart", "ispf", "ospf rfc1583compatibility", "no discard-route ...",
)  # fmt: skip
OSPF.weak("timers ...", "refresh timer ...", "max-lsa ...", why=TIMERS)
OSPF.weak("bfd all-interfaces", "bfd all-interfaces ...", why=BFD)


# ---- IS-IS


def isis(draft: Draft, command: Command, words: tuple[str, ...]) -> Into:
    """`router isis [TAG] [vrf V]`."""
    rest = list(words)
    tag = rest.pop(0) if rest and rest[0] != "vrf" else ""
    found = draft.isis.setdefault(tag, Sketch(Isis, process=tag, line=command.line))
    if rest[:1] == ["vrf"] and len(rest) == 2:
        found.put(vrf=rest[1])
    elif rest:
        raise ValueError(rest[0])
    return Into(ISIS, found)


@ISIS("net {}")
def _net(process: Sketch[Isis], _: Command, net: str) -> Outcome:
    process.add("nets", net.lower())
    return None


@ISIS("is-type {level-1|level-2|level-2-only|level-1-2}")
def _level(process: Sketch[Isis], _: Command, level: str) -> Outcome:
    process.put(level={"level-1": 1, "level-1-2": 0}.get(level, 2))
    return None


@ISIS("metric-style {wide|narrow|transition}")
def _style(process: Sketch[Isis], _: Command, style: str) -> Outcome:
    process.put(wide=style != "narrow", narrow=style != "wide")
    return None


@ISIS(f"redistribute {SOURCES} ...")
def _isis_redistribute(process: Sketch[Isis], command: Command, source: str, *rest: str) -> Outcome:
    words = [word for word in rest if word not in ("level-2", "ip")]
    process.add("redistributes", redistributed(command.line, source, words))
    return None


@ISIS("default-information originate")
def _isis_default(process: Sketch[Isis], _: Command) -> Outcome:
    process.put(default="if-present")
    return None


ISIS.weak("log-adjacency-changes", "log-adjacency-changes ...", "hostname dynamic", "exit", "no hello padding", "nsf ...")
ISIS.weak("spf-interval ...", "lsp-gen-interval ...", "max-lsp-lifetime ...", "lsp-refresh-interval ...", "timers ...", why=TIMERS)
ISIS.weak("bfd all-interfaces", why=BFD)

# ---- RIP


def rip(draft: Draft, command: Command, words: tuple[str, ...], *, ng: bool = False) -> Into:
    """`router rip [vrf V]`, `router ripng`, `ipv6 router rip NAME`."""
    name = words[0] if words and words[0] != "vrf" else ""
    found = draft.rip.setdefault((name, ng), Sketch(Rip, process=name, ng=ng, line=command.line, summarises=not ng))
    if words[:1] == ("vrf",):
        found.put(vrf=words[1])
    return Into(RIP, found)


@RIP("version {1|2}")
def _version(process: Sketch[Rip], _: Command, version: str) -> Outcome:
    process.put(version=int(version))
    return None


@RIP("network {}")
def _rip_network(process: Sketch[Rip], _: Command, text: str) -> Outcome:
    if not text[0].isdigit() and ":" not in text:
        return NOT_TOLD
    process.add("networks", network(text) if "/" in text else classful(text))
    return None


@RIP("no auto-summary")
def _exact(process: Sketch[Rip], _: Command) -> Outcome:
    process.put(summarises=False)
    return None


@RIP(f"redistribute {SOURCES} ...")
def _rip_redistribute(process: Sketch[Rip], command: Command, source: str, *rest: str) -> Outcome:
    process.add("redistributes", redistributed(command.line, source, rest))
    return None


@RIP("passive-interface {}", "passive-interface {} {}")
def _rip_passive(process: Sketch[Rip], _: Command, *name: str) -> Outcome:
    port = "*" if name == ("default",) else "".join(name)
    process.put(passive=process.get("passive", frozenset()) | {port})
    return None


@RIP("default-information originate")
def _rip_default(process: Sketch[Rip], _: Command) -> Outcome:
    process.put(default=True)
    return None


RIP.weak("timers ...", "exit", why=TIMERS)


@OSPF("area {} authentication", "area {} authentication message-digest")
def _authentic(process: OspfSketch, _: Command, area: str) -> Outcome:
    process.area(area).put(secret="ports")
    return None


EIGRP: Final = Leave(Message("EIGRP is not in the model"), "routes")
