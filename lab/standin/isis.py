"""IS-IS as FRR's isisd says it (https://docs.frrouting.org/en/stable-8.4/isisd.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message
from lab.standin.naming import LOOPBACK
from lab.standin.speaking import secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.forwarding.model import Isis, IsisPort, Port, Redistribution
    from lab.standin.speaking import Speaker

_LEVELS = {0: "level-1-2", 1: "level-1", 2: "level-2-only"}
_CIRCUITS = {0: "level-1-2", 1: "level-1", 2: "level-2-only"}
_DEFAULT_COST = 10
_PROTOCOLS = {"static": "static", "connected": "connected", "ospf": "ospf", "bgp": "bgp", "rip": "rip"}


def write(speaker: Speaker) -> list[str]:
    """The blocks `router isis`; what ports say goes into their blocks."""
    lines: list[str] = []
    taken: set[str] = set()
    for process in speaker.device.isis:
        if not speaker.has_vrf(process.vrf):
            speaker.leave(process.line, Message("this lab's kernel has no VRFs"))
        elif process.vrf in taken:
            speaker.leave(process.line, Message("a second process of the same protocol in one routing table"))
        else:
            taken.add(process.vrf)
            lines += _process(speaker, process)
    return lines


def _process(speaker: Speaker, process: Isis) -> list[str]:
    speaker.daemons.add("isisd")
    tag = process.process or "1"
    vrf = f" vrf {process.vrf}" if process.vrf else ""
    for port, short in speaker.ports(process.vrf):
        spoken = port.isis
        if spoken is not None and port.up and spoken.process in ("", process.process):
            _port(speaker, process, spoken, port, short, tag)
    lines = [f"router isis {tag}{vrf}", *(f" net {net}" for net in process.nets)]
    lines.append(f" is-type {_LEVELS[process.level]}")
    # FRR has topologies with wide metrics only; narrow ones end at 63 (RFC 5305), which a wide one can say.
    wide = process.wide or process.topology == "ipv6"
    style = "transition" if process.wide and process.narrow and not process.topology else "wide" if wide else "narrow"
    lines.append(f" metric-style {style}")
    if speaker.fast:
        lines += [" lsp-gen-interval 1", " spf-interval 1"]
    if process.topology == "ipv6":
        lines.append(" topology ipv6-unicast")
    if process.area_secret:
        lines.append(f" area-password {_kind(process.area_secret)} {secret(_key(process.area_secret), 16)}")
    if process.domain_secret:
        lines.append(f" domain-password {_kind(process.domain_secret)} {secret(_key(process.domain_secret), 16)}")
    level = "level-1" if process.level == 1 else "level-2"
    if process.default:
        always = " always" if process.default == "always" else ""
        lines.append(f" default-information originate ipv4 {level}{always}")
    lines += _redistributed(speaker, process.redistributes, "ipv4", level)
    lines += _redistributed(speaker, process.redistributes6, "ipv6", level)
    return [*lines, "exit", "!"]


def _redistributed(speaker: Speaker, sources: Sequence[Redistribution], family: str, level: str) -> list[str]:
    lines = []
    for one in sources:
        name = _PROTOCOLS.get(one.source)
        if name is None:
            speaker.leave(one.line, Message("routes taken from “{source}”", source=one.source))
            continue
        name = "ospf6" if name == "ospf" and family == "ipv6" else name
        policy = f" route-map {one.policy}" if one.policy else f" metric {one.metric}" if one.metric else ""
        lines.append(f" redistribute {family} {name} {level}{policy}")
    return lines


def _kind(text: str) -> str:
    return "md5" if text.startswith(("md5:", "sha256:")) else "clear"


def _key(text: str) -> str:
    key = text.rpartition(":")[2]
    # FRR 8.4 knows MD5 alone: the digest says that it is the other one, so only ends that agree meet.
    return f"sha256:{key}" if text.startswith("sha256:") else key


def _port(speaker: Speaker, process: Isis, spoken: IsisPort, port: Port, short: str, tag: str) -> None:
    lines = []
    v4 = spoken.ipv4 and any(address.version == 4 for address in port.addresses)
    if v4:
        lines.append(f" ip router isis {tag}")
    if spoken.ipv6:
        lines.append(f" ipv6 router isis {tag}")
    if not lines:
        return
    lines.append(f" isis circuit-type {_CIRCUITS[spoken.level or process.level]}")
    if short == LOOPBACK:
        speaker.on(short, *lines, " isis passive")
        return
    if spoken.point_to_point:
        lines.append(" isis network point-to-point")
    if spoken.passive:
        lines.append(" isis passive")
    for level, cost in (spoken.costs or {0: process.cost or _DEFAULT_COST}).items():
        lines.append(f" isis metric {f'level-{level} ' if level else ''}{cost}")
    if speaker.fast:
        lines += [
            " isis hello-interval 1",
            " isis hello-multiplier 4",
            " isis csnp-interval 2",
            " isis psnp-interval 1",
        ]
    if spoken.secret:
        lines.append(f" isis password {_kind(spoken.secret)} {secret(_key(spoken.secret), 16)}")
    speaker.on(short, *lines)
