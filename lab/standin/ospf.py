"""OSPF versions 2 and 3 as FRR's ospfd and ospf6d say it (https://docs.frrouting.org/en/stable-8.4/ospfd.html)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.forwarding.model import OspfPort, PortKind
from inventory.text import Message
from lab.standin.naming import LOOPBACK
from lab.standin.redistributing import redistributed
from lab.standin.speaking import secret

if TYPE_CHECKING:
    from configs.forwarding.model import Ospf, OspfArea, Port
    from lab.standin.speaking import Speaker

# RFC 2328, appendix C.3, as vendors take them: 10 and 40 s, on networks without broadcasts 30 and 120 s.
_HELLO, _SLOW_HELLO, _DEAD_HELLOS = 10, 30, 4
# Mbit/s by the beginning of an interface's name: Huawei and H3C take the automatic cost from it.
_SPEEDS = (
    (re.compile(r"(?i)(?:100ge|hundredgig)"), 100_000),
    (re.compile(r"(?i)(?:50ge|fiftygig)"), 50_000),
    (re.compile(r"(?i)(?:40ge|forty)"), 40_000),
    (re.compile(r"(?i)(?:25ge|twentyfive)"), 25_000),
    (re.compile(r"(?i)(?:10ge|xgig|ten)"), 10_000),
    (re.compile(r"(?i)g"), 1_000),
    (re.compile(r"(?i)f"), 100),
)


def area_of(process: Ospf, port: Port) -> OspfArea | None:
    """The area that a port's primary address is in: the longest of the process's networks decides."""
    spoken = port.ospf or OspfPort()
    if spoken.area:
        return (
            next((area for area in process.areas if area.area == spoken.area), None)
            if spoken.process in ("", process.process)
            else None
        )
    found = [
        (network.prefixlen, area)
        for area in process.areas
        for network in area.networks
        for address in port.addresses[:1]
        if address.version == network.version and address.ip in network
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def write(speaker: Speaker) -> list[str]:
    """The blocks `router ospf`; what ports say goes into their blocks."""
    lines: list[str] = []
    taken: set[tuple[int, str]] = set()
    for process in speaker.device.ospf:
        if not speaker.has_vrf(process.vrf):
            speaker.leave(process.line, Message("this lab's kernel has no VRFs"))
        elif (process.version, process.vrf) in taken and not (process.version == 2 and speaker.instances):
            speaker.leave(process.line, Message("a second process of the same protocol in one routing table"))
        else:
            taken.add((process.version, process.vrf))
            lines += _version_3(speaker, process) if process.version == 3 else _version_2(speaker, process)
    return lines


def _version_2(speaker: Speaker, process: Ospf) -> list[str]:
    number = f" {process.process}" if speaker.instances else ""
    speaker.daemons.add(f"ospfd -n{number}" if number else "ospfd")
    for port, short in speaker.ports(process.vrf):
        area = area_of(process, port)
        if area is not None and port.up:
            _port(speaker, process, port, short, area)
    habits = speaker.habits
    inside = speaker.distance(process.distance or habits.ospf)
    outside = speaker.distance(process.external_distance or habits.ospf_external)
    vrf = f" vrf {process.vrf}" if process.vrf else ""
    lines = [f"router ospf{number}{vrf}"]
    router_id = process.router_id or speaker.device.router_id
    if router_id:
        lines.append(f" ospf router-id {router_id}")
    lines.append(f" distance ospf intra-area {inside} inter-area {inside} external {outside}")
    # Seconds of delay after a change are the vendors' too, and of no account for where packets go.
    if speaker.fast:
        lines += [" timers throttle spf 50 100 1000", " timers throttle lsa all 100", " timers lsa min-arrival 50"]
    if process.paths:
        lines.append(f" maximum-paths {process.paths}")
    for area in process.areas:
        lines += _area(speaker, process, area)
    lines += redistributed(speaker, process.redistributes, "ospf", metric=process.default_metric or habits.metric)
    for summary in process.summaries:
        lines.append(f" summary-address {summary.network}{'' if summary.advertise else ' no-advertise'}")
    lines += _default(process)
    return [*lines, "exit", "!"]


def _area(speaker: Speaker, process: Ospf, area: OspfArea) -> list[str]:
    words = {"stub": " stub", "totally-stub": " stub no-summary", "nssa": " nssa", "totally-nssa": " nssa no-summary"}
    lines = []
    if area.kind in words:
        lines.append(f" area {area.area}{words[area.kind]}")
    elif area.kind:
        speaker.leave(process.line, Message("an area of the kind “{kind}”", kind=area.kind))
    if area.default_cost is not None and area.kind:
        lines.append(f" area {area.area} default-cost {area.default_cost}")
    for summary in area.ranges:
        rest = " not-advertise" if not summary.advertise else f" cost {summary.cost}" if summary.cost else ""
        lines.append(f" area {area.area} range {summary.network}{rest}")
    lines += [f" area {area.area} virtual-link {router}" for router in area.links]
    return lines


def _default(process: Ospf) -> list[str]:
    if not process.default:
        return []
    always = " always" if process.default == "always" else ""
    policy = f" route-map {process.default_policy}" if process.default_policy else ""
    return [f" default-information originate{always}{policy}"]


def _passive(process: Ospf, port: Port) -> bool:
    spoken = port.ospf or OspfPort()
    if spoken.passive is not None:
        return spoken.passive
    return port.name in process.passive or ("*" in process.passive and port.name not in process.active)


def _port(speaker: Speaker, process: Ospf, port: Port, short: str, area: OspfArea) -> None:
    spoken = port.ospf or OspfPort()
    word = f"ip ospf {process.process}" if speaker.instances else "ip ospf"
    if short == LOOPBACK:
        # Several loopbacks share `lo`, so each says its own address.
        primary = [address for address in port.addresses if address.version == 4]
        speaker.on(short, *(f" {word} area {area.area} {address.ip}" for address in primary))
        return
    lines = _timers(speaker, spoken)
    if port.kind is not PortKind.LOOPBACK:
        lines.append(f" ip ospf cost {cost(process, port)}")
    if spoken.network_type in ("broadcast", "point-to-point", "point-to-multipoint"):
        lines.append(f" ip ospf network {spoken.network_type}")
    elif spoken.network_type == "nbma":
        lines.append(" ip ospf network non-broadcast")
    if spoken.priority is not None:
        lines.append(f" ip ospf priority {spoken.priority}")
    if _passive(process, port):
        lines.append(" ip ospf passive")
    if not (speaker.habits.compares_mtu if spoken.compares_mtu is None else spoken.compares_mtu):
        lines.append(" ip ospf mtu-ignore")
    # The area last, as it begins all: how long a port listens for a designated router is settled then.
    speaker.on(short, *lines, *_authentication(spoken.secret or area.secret), f" {word} area {area.area}")


def _authentication(text: str) -> list[str]:
    kind, _, rest = text.partition(":")
    if kind == "simple":
        return [" ip ospf authentication", f" ip ospf authentication-key {secret(rest, 8)}"]
    if kind == "ports":
        # The area asks for keys and the port has none: it still hears nobody who asks for none.
        return [
            " ip ospf authentication message-digest",
            f" ip ospf message-digest-key 255 md5 {secret('', 16)}",
        ]
    if kind in ("md5", "sha256"):
        # FRR 8.4 knows MD5 alone: the digest says that it is the other one, so only ends that agree meet.
        number, _, key = rest.partition(":")
        key = key if kind == "md5" else f"{kind}:{key}"
        return [
            " ip ospf authentication message-digest",
            f" ip ospf message-digest-key {number} md5 {secret(key, 16)}",
        ]
    return []


def _timers(speaker: Speaker, spoken: OspfPort, word: str = "ip ospf") -> list[str]:
    """The port's timers; the defaults become 1 and 4 s, and real ones of 1 and 4 s another pair that meets no other."""
    slow = spoken.network_type in ("nbma", "point-to-multipoint")
    hello = spoken.hello or (_SLOW_HELLO if slow else _HELLO)
    dead = spoken.dead or hello * _DEAD_HELLOS
    if speaker.fast:
        if (hello, dead) == ((_SLOW_HELLO if slow else _HELLO), (_SLOW_HELLO if slow else _HELLO) * _DEAD_HELLOS):
            hello, dead = (2, 8) if slow else (1, 4)
        elif dead <= 2 * _DEAD_HELLOS:
            hello, dead = hello + 2, dead + 8
    retransmission = [f" {word} retransmit-interval 1"] if speaker.fast else []
    return [f" {word} hello-interval {hello}", f" {word} dead-interval {dead}", *retransmission]


def cost(process: Ospf, port: Port) -> int:
    """What a port costs: what it says, or the reference bandwidth by its own, at least 1 (RFC 2328, section 12.4.1)."""
    if port.ospf is not None and port.ospf.cost is not None:
        return max(1, port.ospf.cost)
    speed = next((mbps for pattern, mbps in _SPEEDS if pattern.match(port.name)), 1000)
    return max(1, min(65535, (process.reference or 100) // (speed * max(1, len(port.members)))))


def _version_3(speaker: Speaker, process: Ospf) -> list[str]:
    speaker.daemons.add("ospf6d")
    for port, short in speaker.ports(process.vrf):
        spoken = port.ospf6
        if spoken is None or not spoken.area or spoken.process not in ("", process.process):
            continue
        lines: list[str] = []
        if short != LOOPBACK:
            lines += [*_timers(speaker, spoken, "ipv6 ospf6"), f" ipv6 ospf6 cost {spoken.cost or 1}"]
            if spoken.network_type in ("broadcast", "point-to-point"):
                lines.append(f" ipv6 ospf6 network {spoken.network_type}")
            if spoken.passive or port.name in process.passive:
                lines.append(" ipv6 ospf6 passive")
            if spoken.priority is not None:
                lines.append(f" ipv6 ospf6 priority {spoken.priority}")
        speaker.on(short, *lines, f" ipv6 ospf6 area {spoken.area}")
    vrf = f" vrf {process.vrf}" if process.vrf else ""
    lines = [f"router ospf6{vrf}"]
    router_id = process.router_id or speaker.device.router_id
    if router_id:
        lines.append(f" ospf6 router-id {router_id}")
    for area in process.areas:
        words = {"stub": "stub", "totally-stub": "stub no-summary", "nssa": "nssa", "totally-nssa": "nssa no-summary"}
        if area.kind in words:
            lines.append(f" area {area.area} {words[area.kind]}")
        lines += [f" area {area.area} range {one.network}" for one in area.ranges]
    metric = process.default_metric or speaker.habits.metric
    lines += redistributed(speaker, process.redistributes, "ospf6", metric=metric, six=True)
    lines += _default(process)
    return [*lines, "exit", "!"]
