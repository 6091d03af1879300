"""RIP and RIPng of the languages with `undo`: Huawei "NE40E Command Reference", RIP and RIPng commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.draft import Draft, PortSketch, Sketch, classful
from configs.forwarding.model import Rip
from configs.forwarding.phrases import Into, Phrases
from configs.forwarding.undo_family.common import BFD, NEGATION, NOT_TOLD, TIMERS, authentication, imported

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

PROCESS = Phrases(NEGATION)
PORT = Phrases(NEGATION)


def opened(draft: Draft, command: Command) -> Into:
    """`rip [N] [vpn-instance V]`, `ripng [N] [vpn-instance V]`."""
    ng = command.folded[0] == "ripng"
    words = list(command.words[1:])
    number = words.pop(0) if words and words[0].isdecimal() else "1"
    if words and (words[0] != "vpn-instance" or len(words) != 2):
        raise ValueError(words[0])
    found = draft.rip.setdefault((number, ng), Sketch(Rip, process=number, ng=ng, line=command.line))
    if not ng:
        # VRP summarises by class where split horizon is off, which it is not without a word ("NE40E Command Reference",
        # summary); Comware does until `undo summary`.
        found.said.setdefault("summarises", bool(draft.store.get("rip")))
    if words:
        found.put(vrf=words[1])
    return Into(PROCESS, found)


@PROCESS("network {}")
def _network(process: Sketch[Rip], _: Command, text: str) -> Outcome:
    process.add("networks", classful(text))
    return None


@PROCESS("version {1|2}")
def _version(process: Sketch[Rip], _: Command, version: str) -> Outcome:
    process.put(version=int(version))
    return None


@PROCESS("undo summary")
def _exact(process: Sketch[Rip], _: Command) -> Outcome:
    process.put(summarises=False)
    return None


@PROCESS("summary always")
def _classes(process: Sketch[Rip], _: Command) -> Outcome:
    process.put(summarises=True)
    return None


@PROCESS("import-route {direct|static|ospf|ospfv3|bgp|bgp4+|rip|ripng|isis|unr} ...")
def _import(process: Sketch[Rip], command: Command, source: str, *rest: str) -> Outcome:
    process.add("redistributes", imported(command.line, source, rest))
    return None


@PROCESS("default-route originate")
def _default(process: Sketch[Rip], _: Command) -> Outcome:
    process.put(default=True)
    return None


@PROCESS("silent-interface {}", "silent-interface {} {}")
def _silent(process: Sketch[Rip], _: Command, *name: str) -> Outcome:
    port = "*" if name == ("all",) else "".join(name)
    process.put(passive=process.get("passive", frozenset()) | {port})
    return None


@PROCESS("default-cost {#}")
def _cost(process: Sketch[Rip], _: Command, value: str) -> Outcome:
    process.put(default_metric=int(value))
    return None


@PROCESS("filter-policy {#} {import|export}")
def _filter(process: Sketch[Rip], _: Command, name: str, way: str) -> Outcome:
    process.put(filters={**process.get("filters", {}), "in" if way == "import" else "out": name})
    return None


PROCESS.weak("description ...", "timers ...", "graceful-restart", "checkzero", "undo checkzero", why=TIMERS)
PROCESS.weak("bfd all-interfaces ...", why=BFD)


@PORT("rip version 1", "rip version 2", "rip version 2 multicast")
def _port_version(port: PortSketch, command: Command) -> Outcome:
    port.part("rip").put(version=int(command.folded[2]))
    return None


@PORT("rip enable {#}", "ripng {#} enable")
def _enabled(port: PortSketch, command: Command, process: str) -> Outcome:
    port.part(command.folded[0]).put(process=process)
    return None


@PORT("rip|ripng {metricin|metricout} {#}")
def _metric(port: PortSketch, command: Command, which: str, value: str) -> Outcome:
    port.part(command.folded[0]).put(**{f"metric_{which[6:]}": int(value)})
    return None


@PORT("undo rip|ripng {input|output}")
def _one_way(port: PortSketch, command: Command, which: str) -> Outcome:
    port.part(command.folded[0]).put(**{"receive" if which == "input" else "send": False})
    return None


@PORT("rip authentication-mode {simple|md5} ...")
def _secret(port: PortSketch, _: Command, kind: str, *words: str) -> Outcome:
    rest = list(words)
    number = rest.pop() if len(rest) > 1 and rest[-1].isdecimal() else "0"
    if kind == "md5" and number != "0":
        rest.insert(1 if rest[0] in ("usual", "nonstandard") else 0, number)
    port.part("rip").put(secret=authentication((kind, *rest)))
    return None


@PORT("rip authentication-mode hmac-sha256 ...")
def _strong(_: PortSketch, __: Command, *___: str) -> Outcome:
    return NOT_TOLD


PORT.weak("rip bfd ...", why=BFD)
