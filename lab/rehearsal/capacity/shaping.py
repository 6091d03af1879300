"""Circuits with the inventory's bandwidth, at a scale, and what their ends have sent and thrown away.

Each end of a circuit sends through a hierarchical token bucket (tc-htb(8)) of the line's rate with a queue of a
quarter of a second, as long as buffers of access routers are wont to be. OSPF goes before everything else, as routers
send their own packets (precedence 6, RFC 2328, section A.1): a full line does not look like a dead neighbour.
"""

from __future__ import annotations

import json
import shlex
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from inventory.text import Message
from lab import checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.rehearsal.loads import Lane
    from lab.state import LabState
    from lab.topology import Link

NARROWEST: Final = 64_000.0  # bits a second in the lab below which a few packets would decide
MOST: Final = 8_000_000.0  # bits a second that all hosts of the lab send together
_STEPS: Final = (1, 2, 5)
_QUEUE: Final = 0.25  # seconds
_BURST: Final = 0.01  # seconds
_PACKET: Final = 1514  # bytes
_ROUTING: Final = 89  # OSPF's number among IP's protocols (RFC 2328, section A.1)


@dataclass(frozen=True, slots=True)
class Count:
    """Bytes and packets that have left by a port, packets that were thrown away in front of it; when, in seconds."""

    at: float
    sent: int
    packets: int
    dropped: int


def scale(megabits: float) -> int:
    """How many times slower the lab's lines are, so that `megabits` a second in all are no more than it can send."""
    wanted = megabits * 1e6 / MOST
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= wanted:
                return step * power
        power *= 10


def narrow(mbps: float, factor: int) -> bool:
    """Whether a line is too narrow at this scale for anything to be said of it."""
    return mbps * 1e6 / factor < NARROWEST


def shape(state: LabState, links: Sequence[Link], mbps: Mapping[str, int], factor: int) -> None:
    """Give the lines of `mbps` their bandwidth, `factor` times slower, at both ends. LabError if a node cannot."""
    scripts: dict[str, list[str]] = {}
    for link in links:
        if link.line in mbps:
            for node, port in (link.a, link.b):
                scripts.setdefault(node, []).append(_script(port, mbps[link.line] * 1e6 / factor))

    def one(node: str) -> None:
        done = checks.run(state, node, "sh", "-ec", "\n".join(scripts[node]))
        if done.returncode:
            raise LabError(
                Message("the lines of {device} cannot be given their bandwidth: {said}",
                        device=node, said=done.stderr.strip()[-300:])
            )  # fmt: skip

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, scripts))


def _script(port: str, bits: float) -> str:
    rate, few = f"{bits:.0f}bit", f"{max(8000.0, bits / 20):.0f}bit"
    burst = max(2 * _PACKET, int(bits / 8 * _BURST))
    queue = max(4 * _PACKET, int(bits / 8 * _QUEUE))
    dev = shlex.quote(port)
    room = f"burst {burst} cburst {burst} quantum {_PACKET}"
    return f"""\
tc qdisc replace dev {dev} root handle 1: htb default 20 r2q 1
tc class replace dev {dev} parent 1: classid 1:1 htb rate {rate} ceil {rate} {room}
tc class replace dev {dev} parent 1:1 classid 1:10 htb rate {few} ceil {rate} prio 0 {room}
tc class replace dev {dev} parent 1:1 classid 1:20 htb rate {few} ceil {rate} prio 1 {room}
tc qdisc replace dev {dev} parent 1:20 handle 20: bfifo limit {queue}
tc filter replace dev {dev} parent 1: protocol ip prio 1 u32 match ip protocol {_ROUTING} 0xff flowid 1:10
"""


def counts(state: LabState, links: Sequence[Link], mbps: Mapping[str, int]) -> dict[Lane, Count]:
    """What each end of the lines of `mbps` has sent, since it was shaped. LabError if a node does not tell."""
    ports = {(node, port): link.line for link in links if link.line in mbps for node, port in (link.a, link.b)}
    nodes = sorted({node for node, _ in ports})

    def one(node: str) -> list[tuple[Lane, Count]]:
        began = time.monotonic()
        done = checks.run(state, node, "tc", "-s", "-j", "qdisc", "show")
        moment = (began + time.monotonic()) / 2
        try:
            rows = json.loads(done.stdout)
        except ValueError:
            told = Message("{device} does not tell what its lines carry: {said}",
                           device=node, said=done.stderr.strip()[-300:])  # fmt: skip
            raise LabError(told) from None
        return [
            ((ports[node, row["dev"]], node), Count(moment, row["bytes"], row["packets"], row["drops"]))
            for row in rows
            if row.get("root") and row["kind"] == "htb" and (node, row["dev"]) in ports
        ]

    with ThreadPoolExecutor(4) as pool:
        return dict(pair for several in pool.map(one, nodes) for pair in several)
