"""Who reaches whom, by what is seen on the wire: a probe from every host to every other one, a capture at each of them.

A required pair passes when its probes are seen at the target; a forbidden one holds when none of the source's probes
ever is. The control: every capture sees somebody's probes, and every sender is seen somewhere. Rounds go on until all
required pairs have passed in two rounds running: what was forbidden in the first had all the time of the second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import LabError
from inventory.text import Message
from lab.backends.netns import command
from lab.capture import Capture
from lab.vpn.marks import exp_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.backend import Observer
    from lab.packets import Datagram
    from lab.state import LabState
    from lab.vpn.network import Host, Network

PORT: Final = 7007
# Best effort, AF41 (video conferences, RFC 4594 section 4.4) and EF (RFC 3246).
DSCPS: Final = (0, 34, 46)
SECONDS: Final = 300.0
_ON_THEIR_WAY: Final = 3.0
_SEND: Final = """\
import json, socket, sys
orders = json.loads(sys.argv[1])
for dscp in orders["dscps"]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
        for name, address in orders["targets"]:
            try:
                out.sendto(f"{orders['round']} {orders['source']} {name} {dscp}".encode(), (address, orders["port"]))
            except OSError:
                pass
"""


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe as it was seen somewhere: what was written into it, and its mark and labels there."""

    round: int
    source: str
    target: str
    sent_dscp: int
    dscp: int
    exps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One host to another: `required` is what the plan's route targets say, `seen` what arrived."""

    source: str
    target: str
    required: bool
    seen: bool

    @property
    def holds(self) -> bool:
        """Whether it is as the plan wants it."""
        return self.required == self.seen


@dataclass(frozen=True)
class Proof:
    """What was seen.

    `kept` counts the probes at their targets by (mark sent, mark received); `carried` those on the backbone's lines by
    (mark, number of labels, EXP bits of the outermost one, -1 for none). `bare` are probes of VPNs seen there without
    a label. `silent` are hosts that saw nothing, and that nobody saw, though the plan joins them to somebody.
    """

    pairs: tuple[Pair, ...]
    kept: Mapping[tuple[int, int], int]
    carried: Mapping[tuple[int, int, int], int]
    bare: int
    silent: tuple[str, ...]
    rounds: int
    seconds: float

    @property
    def wrong(self) -> tuple[Pair, ...]:
        """Pairs that are not as the plan wants them."""
        return tuple(pair for pair in self.pairs if not pair.holds)

    @property
    def marks_kept(self) -> bool:
        """Whether every probe had the mark that it was sent with, in its IP header and in its outermost label."""
        return (
            bool(self.kept)
            and all(sent == received for sent, received in self.kept)
            and all(exp in (-1, exp_of(dscp)) for dscp, _, exp in self.carried)
        )

    @property
    def holds(self) -> bool:
        """Whether everything is as the plan wants it, and the controls are."""
        return not self.wrong and self.marks_kept and not self.bare and not self.silent

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "holds": self.holds,
            "pairs": len(self.pairs),
            "required": sum(pair.required for pair in self.pairs),
            "forbidden": sum(not pair.required for pair in self.pairs),
            "wrong": [{"source": pair.source, "target": pair.target, "required": pair.required} for pair in self.wrong],
            "marks_kept": self.marks_kept,
            "received": [
                {"sent_dscp": sent, "dscp": dscp, "count": count} for (sent, dscp), count in sorted(self.kept.items())
            ],
            "carried": [
                {"dscp": dscp, "labels": labels, "exp": exp if exp >= 0 else None, "count": count}
                for (dscp, labels, exp), count in sorted(self.carried.items())
            ],
            "bare": self.bare,
            "silent": list(self.silent),
            "rounds": self.rounds,
            "seconds": round(self.seconds, 1),
        }


@dataclass
class _Watch:
    """The captures: one at each host, one at each edge's line into the backbone."""

    hosts: dict[str, Capture] = field(default_factory=dict)
    lines: list[Capture] = field(default_factory=list)

    def arrived(self) -> dict[str, list[Probe]]:
        """By host: the probes of others that it saw."""
        return {
            name: [probe for probe in _probes(capture.packets()) if probe.source != name]
            for name, capture in self.hosts.items()
        }

    def carried(self) -> list[Probe]:
        return [probe for capture in self.lines for probe in _probes(capture.packets())]


def prove(
    state: LabState, network: Network, observer: Observer, *, seconds: float = SECONDS, left_out: Sequence[str] = ()
) -> Proof:
    """Send and look, until every required pair has passed twice running or `seconds` are over.

    `left_out` are hosts that send nothing. LabError if nothing can be captured.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        watch = _Watch()
        observer.step(Message("capturing at {count} hosts", count=len(network.hosts)))
        for host in network.hosts:
            port = network.topology.node(host.name).ports[0].name
            watch.hosts[host.name] = stack.enter_context(Capture(state, host.name, port, f"udp dst port {PORT}"))
        for router in network.routers:
            if router.edge:
                for port in (port.name for port in router.ports if port.core):
                    watch.lines.append(stack.enter_context(Capture(state, router.name, port, _everywhere())))
        number, whole = 0, 0
        while whole < 2:
            number += 1
            for host in network.hosts:
                if host.name not in left_out:
                    _send(state, host, network.hosts, number)
            wanted = _required(network)
            have = _passed(watch, number, wanted)
            observer.step(
                Message(
                    "round {number}: {have} of {wanted} required pairs",
                    number=number,
                    have=len(have & wanted),
                    wanted=len(wanted),
                )
            )
            whole = whole + 1 if wanted <= have else 0
            if time.monotonic() - began > seconds:
                break
        return _judged(network, watch, number, time.monotonic() - began)


def _passed(watch: _Watch, number: int, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The pairs that passed in a round; the last probes may still be on their way."""
    end = time.monotonic() + _ON_THEIR_WAY
    while True:
        arrived = watch.arrived()
        have = {(probe.source, name) for name, seen in arrived.items() for probe in seen if probe.round == number}
        if wanted <= have or time.monotonic() > end:
            return have
        time.sleep(0.1)


def _everywhere() -> str:
    # A filter behind `mpls` looks at what is behind one label; there may be two.
    return f"udp port {PORT} or mpls"


def _required(network: Network) -> set[tuple[str, str]]:
    return {
        (source.name, target.name)
        for source in network.hosts
        for target in network.hosts
        if source != target and network.may_reach(source, target)
    }


def _send(state: LabState, source: Host, targets: Iterable[Host], number: int) -> None:
    orders = {
        "round": number,
        "source": source.name,
        "dscps": DSCPS,
        "port": PORT,
        "targets": [(target.name, str(target.address)) for target in targets if target != source],
    }
    done = subprocess.run(
        command(state, source.name, [sys.executable, "-S", "-c", _SEND, json.dumps(orders)]),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise LabError(
            Message("{node} cannot send its probes: {why}", node=source.name, why=done.stderr.strip()[-300:] or "-")
        )


def _probes(packets: Iterable[Datagram]) -> Iterable[Probe]:
    for packet in packets:
        if packet.port == PORT:
            number, source, target, dscp = packet.payload.decode().split()
            yield Probe(
                int(number), source, target, int(dscp), packet.dscp, tuple(label.exp for label in packet.labels)
            )


def _judged(network: Network, watch: _Watch, rounds: int, seconds: float) -> Proof:
    arrived = watch.arrived()
    required = _required(network)
    ever = {(probe.source, name) for name, probes in arrived.items() for probe in probes}
    before, last = (
        {(probe.source, name) for name, probes in arrived.items() for probe in probes if probe.round == number}
        for number in (rounds - 1, rounds)
    )
    pairs = tuple(
        # What is required has to be seen in the last two rounds, when the routes are there; what is forbidden never.
        Pair(source.name, target.name, asked, (source.name, target.name) in (before & last if asked else ever))
        for source in network.hosts
        for target in network.hosts
        if source != target
        for asked in ((source.name, target.name) in required,)
    )
    heard, seen = {target for _, target in ever}, {source for source, _ in ever}
    joined = {name for pair in required for name in pair}
    tables = {host.name: host.table for host in network.hosts}
    carried = watch.carried()
    in_vpns = [probe for probe in carried if tables.get(probe.source)]
    return Proof(
        pairs,
        Counter((probe.sent_dscp, probe.dscp) for probes in arrived.values() for probe in probes),
        Counter((probe.dscp, len(probe.exps), probe.exps[0] if probe.exps else -1) for probe in carried),
        sum(not probe.exps for probe in in_vpns),
        tuple(sorted(joined - heard | joined - seen)),
        rounds,
        seconds,
    )
