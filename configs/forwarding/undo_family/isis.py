"""IS-IS of the languages with `undo`: Huawei "NE40E Command Reference", IS-IS configuration commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.draft import Draft, PortSketch, Sketch
from configs.forwarding.model import Isis
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
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PROCESS = Phrases(NEGATION)
PORT = Phrases(NEGATION)
_LEVELS = {"level-1": 1, "level-2": 2, "level-1-2": 0}


def opened(draft: Draft, command: Command) -> Into:
    """`isis [N] [vpn-instance V]`."""
    words = list(command.words[1:])
    number = words.pop(0) if words and words[0].isdecimal() else "1"
    if words and (words[0] != "vpn-instance" or len(words) != 2):
        raise ValueError(words[0])
    found = draft.isis.setdefault(number, Sketch(Isis, process=number, line=command.line))
    if words:
        found.put(vrf=words[1])
    return Into(PROCESS, found)


@PROCESS("network-entity {}")
def _net(process: Sketch[Isis], _: Command, net: str) -> Outcome:
    process.add("nets", net.lower())
    return None


@PROCESS("is-level {level-1|level-2|level-1-2}")
def _level(process: Sketch[Isis], _: Command, level: str) -> Outcome:
    process.put(level=_LEVELS[level])
    return None


@PROCESS("cost-style {wide|narrow|compatible|wide-compatible|narrow-compatible} ...")
def _style(process: Sketch[Isis], _: Command, style: str, *__: str) -> Outcome:
    process.put(wide=style != "narrow", narrow=style != "wide")
    return None


@PROCESS("import-route {direct|static|ospf|bgp|rip|unr} ...", "import-route isis {#} ...")
def _import(process: Sketch[Isis], command: Command, source: str, *rest: str) -> Outcome:
    if source.isdecimal():
        source, rest = "isis", (source, *rest)
    return _imported(process, command, source, rest, "redistributes")


@PROCESS("ipv6 import-route {direct|static|ospfv3|bgp|ripng|unr} ...", "ipv6 import-route isis {#} ...")
def _import6(process: Sketch[Isis], command: Command, source: str, *rest: str) -> Outcome:
    if source.isdecimal():
        source, rest = "isis", (source, *rest)
    return _imported(process, command, source, rest, "redistributes6")


def _imported(process: Sketch[Isis], command: Command, source: str, rest: tuple[str, ...], where: str) -> Outcome:
    words = [word for word in rest if word.lower() not in _LEVELS]
    if len(words) != len(rest) and not {"level-2"} >= {*rest} - {*words}:
        return NOT_TOLD  # without a word they go into level 2
    process.add(where, imported(command.line, source, words))
    return None


@PROCESS("default-route-advertise ...", "default-route-advertise")
def _default(process: Sketch[Isis], _: Command, *rest: str) -> Outcome:
    if rest not in ((), ("always",)):
        return NOT_TOLD
    process.put(default="always" if rest else "if-present")
    return None


@PROCESS("ipv6 enable", "ipv6 enable topology {standard|ipv6}")
def _ipv6(process: Sketch[Isis], _: Command, *topology: str) -> Outcome:
    process.put(ipv6=True, topology="ipv6" if topology == ("ipv6",) else "")
    return None


@PROCESS("circuit-cost {#}")
def _cost(process: Sketch[Isis], _: Command, value: str) -> Outcome:
    process.put(cost=int(value))
    return None


@PROCESS("preference {#}")
def _preference(process: Sketch[Isis], _: Command, value: str) -> Outcome:
    process.put(distance=int(value))
    return None


@PROCESS("{area-authentication-mode|domain-authentication-mode} {} ...")
def _secret(process: Sketch[Isis], _: Command, which: str, *words: str) -> Outcome:
    process.put(**{"area_secret" if which.startswith("area") else "domain_secret": authentication(words)})
    return None


PROCESS.weak(
    "is-name ...", "description ...", "graceful-restart ...", "graceful-restart", "undo dcn", "log-peer-change ...",
    "log-peer-change", "frr", "loop-free-alternate ...", "bestroute-limit ...", "advertise link attributes",
)  # fmt: skip
PROCESS.weak(
    "timer ...", "flash-flood ...", "spf-slice-size ...", "timer-expire ...", "set-overload on-startup ...", why=TIMERS
)
PROCESS.weak("bfd all-interfaces ...", "ipv6 bfd all-interfaces ...", why=BFD)
_TUNNELS = Message("only tunnels use it, which are left")
PROCESS.weak("traffic-eng {level-1|level-2|level-1-2}", "traffic-eng", "ipv6 traffic-eng ...", why=_TUNNELS)
PROCESS.left(SEGMENTS, "tunnels", "segment-routing ...", "flex-algo ...", "ipv6 advertise ...")
PROCESS.left(TE, "tunnels", "metric-delay ...", "te ...")


@PORT("isis enable {#}", "isis enable")
def _enabled(port: PortSketch, _: Command, process: str = "1") -> Outcome:
    port.part("isis").put(process=process, ipv4=True)
    return None


@PORT("isis ipv6 enable {#}", "isis ipv6 enable")
def _enabled6(port: PortSketch, _: Command, process: str = "1") -> Outcome:
    port.part("isis").put(process=process, ipv6=True)
    return None


@PORT("isis circuit-level {level-1|level-2|level-1-2}")
def _circuit(port: PortSketch, _: Command, level: str) -> Outcome:
    port.part("isis").put(level=_LEVELS[level])
    return None


@PORT("isis circuit-type p2p ...")
def _point(port: PortSketch, _: Command, *__: str) -> Outcome:
    port.part("isis").put(point_to_point=True)
    return None


@PORT("isis cost {#}", "isis cost {#} {level-1|level-2}")
def _port_cost(port: PortSketch, _: Command, value: str, level: str = "level-1-2") -> Outcome:
    part = port.part("isis")
    part.put(costs={**part.get("costs", {}), _LEVELS[level]: int(value)})
    return None


@PORT("isis ipv6 cost {#}", "isis ipv6 cost {#} {level-1|level-2}")
def _port_cost6(port: PortSketch, _: Command, value: str, level: str = "level-1-2") -> Outcome:
    part = port.part("isis")
    part.put(costs6={**part.get("costs6", {}), _LEVELS[level]: int(value)})
    return None


@PORT("isis silent", "isis silent advertise-zero-cost")
def _silent(port: PortSketch, _: Command) -> Outcome:
    port.part("isis").put(passive=True)
    return None


@PORT("isis authentication-mode {simple|md5} ...")
def _port_secret(port: PortSketch, _: Command, *words: str) -> Outcome:
    found = [word for word in words if word.lower() not in ("send-only", "ip", "osi", "level-1", "level-2")]
    if len(found) != len(words):
        return NOT_TOLD
    port.part("isis").put(secret=authentication(found))
    return None


PORT.weak("isis bfd ...", "isis ipv6 bfd ...", why=BFD)
PORT.weak("isis timer ...", "isis small-hello", "isis dis-priority ...", "isis peer hold-max-cost ...", why=TIMERS)
PORT.weak("isis padding-hello", "undo isis padding-hello")
PORT.left(SEGMENTS, "tunnels", "isis prefix-sid ...")
