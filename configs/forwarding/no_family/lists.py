"""Static routes, prefix lists, AS path and community lists, route maps and VRFs of the languages with `no`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.forwarding.draft import Draft, Sketch, address, as_number, network
from configs.forwarding.model import ListRule, PolicyStep, PrefixRule, Static, Vrf
from configs.forwarding.no_family.common import NEGATION, NOT_TOLD
from configs.forwarding.phrases import Into, Leave, Phrases
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

SYSTEM: Final = Phrases(NEGATION)
STEP: Final = Phrases(NEGATION)
VRF: Final = Phrases(NEGATION)


@SYSTEM("ip route vrf {} ...", "ipv6 route vrf {} ...")
def _static_in(draft: Draft, command: Command, vrf: str, *words: str) -> Outcome:
    return static(draft, command, vrf, words)


@SYSTEM("ip route {} ...", "ipv6 route {} ...")
def _static(draft: Draft, command: Command, *words: str) -> Outcome:
    return static(draft, command, "", words)


def static(draft: Draft, command: Command, vrf: str, words: tuple[str, ...]) -> Outcome:
    """`PREFIX [INTERFACE] [HOP] [DISTANCE] [tag N] [name X] [permanent] [global] [vrf V]`."""
    if host_of(words) is None:
        raise ValueError(words[0])
    size = 1 if "/" in words[0] else 2
    prefix, rest = network(*words[:size]), list(words[size:])
    via, port, via_vrf, distance, tag = None, "", None, None, 0
    while rest:
        word = rest.pop(0)
        low = word.lower()
        if low == "tag":
            tag = int(rest.pop(0))
        elif low in ("name", "description"):
            rest = rest[1:]
        elif low in ("vrf", "nexthop-vrf"):
            vrf_word = rest.pop(0)
            if low == "vrf" and via is None and not port:
                return NOT_TOLD
            if low == "vrf":
                vrf = vrf_word
            else:
                via_vrf = vrf_word
        elif low == "global":
            via_vrf = ""
        elif low in ("track", "bfd"):
            return Leave(Message("a route that a test decides about is not in the model"), "routes")
        elif low == "permanent":
            return NOT_TOLD
        elif address_of(word) is not None and via is None:
            via = address(word)
        elif word.isdecimal() and (via is not None or port):
            distance = int(word)
        elif via is None and not port:
            port = word
            if rest and word.isalpha() and rest[0][0].isdigit() and address_of(rest[0]) is None:
                port += rest.pop(0)
        else:
            return NOT_TOLD
    if port.lower() in ("null0", "null", "blackhole", "reject"):
        port = ""
    draft.statics.append(Static(prefix, via, port, vrf, via_vrf, distance, tag, command.line))
    return None


# ---- lists of routes


@SYSTEM("ip prefix-list {} ...", "ipv6 prefix-list {} ...")
def _prefixes(draft: Draft, _: Command, name: str, *words: str) -> Outcome:
    rest = list(words)
    if rest[:1] == ["description"]:
        return None
    rows = draft.prefix_lists.setdefault(name, [])
    number = (rows[-1][0] + 5) if rows else 5
    if rest[0] == "seq":
        number, rest = int(rest[1]), rest[2:]
    permit = rest.pop(0) == "permit"
    if rest[0] == "any":
        rest[0:1] = ["0.0.0.0/0", "le", "32"]
    prefix = network(rest.pop(0))
    bounds = {}
    while rest:
        word = rest.pop(0).lower()
        if word not in ("ge", "le"):
            return NOT_TOLD
        bounds[word] = int(rest.pop(0))
    least = bounds.get("ge", prefix.prefixlen)
    most = bounds.get("le", prefix.max_prefixlen if "ge" in bounds else prefix.prefixlen)
    rows.append((number, PrefixRule(permit, prefix, least, most)))
    return None


@SYSTEM("ip as-path access-list {} {permit|deny} ...", "bgp as-path access-list {} {permit|deny} ...")
def _paths(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.as_path_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


@SYSTEM("ip community-list {} {permit|deny} ...", "ip community-list standard {} {permit|deny} ...")
@SYSTEM("bgp community-list {} {permit|deny} ...", "bgp community-list standard {} {permit|deny} ...")
def _communities(draft: Draft, command: Command, name: str, kind: str, *words: str) -> Outcome:
    draft.community_lists.setdefault(name, []).append(ListRule(kind == "permit", " ".join(words), command.line))
    return None


# ---- route maps


@dataclass
class Step:
    """A step in the making."""

    matches: list[tuple[str, str]] = field(default_factory=list)
    sets: list[tuple[str, str]] = field(default_factory=list)


@SYSTEM("route-map {} {permit|deny} {#}", "route-map {} {permit|deny}", "route-map {}")
def _map(draft: Draft, command: Command, name: str, kind: str = "permit", number: str = "10") -> Outcome:
    step = Step()

    def finish() -> None:
        draft.policies.setdefault(name, []).append(
            PolicyStep(kind == "permit", int(number), tuple(step.matches), tuple(step.sets), command.line)
        )

    draft.later.append(finish)
    return Into(STEP, step)


_MATCHES: Final = (
    ("ip address prefix-list", "prefix-list"), ("ipv6 address prefix-list", "prefix-list6"), ("as-path", "as-path-list"),
    ("ip next-hop prefix-list", "next-hop-prefix-list"), ("community", "community-list"), ("ip address", "access-list"),
    ("tag", "tag"), ("metric", "metric"), ("interface", "port"),
)  # fmt: skip


@STEP("match ...")
def _match(step: Step, command: Command, *words: str) -> Outcome:
    low = " ".join(command.folded[1:])
    for said, name in _MATCHES:
        rest = words[len(said.split()) :]
        if low.startswith(said + " ") and len(rest) == 1 and rest[0] not in ("prefix-list", "route-source"):
            step.matches.append((name, rest[0]))
            return None
    return NOT_TOLD


@STEP("set {metric|tag|local-preference|weight} {}", "set {metric-type} type-1|type-2")
def _set(step: Step, command: Command, word: str, value: str = "") -> Outcome:
    text = value or command.folded[-1][-1]
    int(text)
    step.sets.append((word, text))
    return None


@STEP("set as-path prepend {} ...")
def _prepend(step: Step, _: Command, *asns: str) -> Outcome:
    step.sets.append(("as-path-prepend", " ".join(str(as_number(one)) for one in asns)))
    return None


@STEP("set community {} ...")
def _community(step: Step, _: Command, *words: str) -> Outcome:
    step.sets.append(("community", " ".join(words)))
    return None


@STEP("set origin {igp|incomplete}")
def _origin(step: Step, _: Command, word: str) -> Outcome:
    step.sets.append(("origin", word))
    return None


@STEP("set ip next-hop {}")
def _hop(step: Step, _: Command, hop: str) -> Outcome:
    step.sets.append(("next-hop", "peer" if hop == "peer-address" else str(address(hop))))
    return None


STEP.weak("description ...", "exit")

# ---- VRFs


@SYSTEM("ip vrf {}", "vrf definition {}", "vrf {}")
def _vrf(draft: Draft, command: Command, name: str) -> Outcome:
    return Into(VRF, (draft.vrf(name, command.line), "", draft))


_View = tuple[Sketch[Vrf], str, Draft]


@VRF("rd {}")
def _rd(here: _View, _: Command, text: str) -> Outcome:
    here[0].put(rd=text)
    return None


@VRF("address-family ipv4", "address-family ipv6", "address-family ipv4 unicast", "address-family ipv6 unicast")
def _family(here: _View, command: Command) -> Outcome:
    family = command.folded[1]
    here[0].put(families=here[0].get("families", frozenset()) | {family})
    return Into(VRF, (here[0], family, here[2]))


@VRF("route-target {import|export|both} {}")
def _target(here: _View, _: Command, way: str, target: str) -> Outcome:
    sketch, family, _draft = here
    for name in ("imports", "exports"):
        if way in (name[:-1], "both"):
            for suffix in ("6",) if family == "ipv6" else ("", "6") if not family else ("",):
                sketch.add(name + suffix, target)
    return None


@VRF("ip route {} ...", "ipv6 route {} ...")
def _inside(here: _View, command: Command, *words: str) -> Outcome:
    return static(here[2], command, here[0].said["name"], words)


VRF.weak("description ...", "exit-address-family", "exit-vrf", "exit")
