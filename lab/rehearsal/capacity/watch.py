"""The load on a rehearsal's lines: begun with the network of today, looked at behind and, with a fault, during legs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inventory.model import LineKind
from lab.rehearsal import traffic
from lab.rehearsal.capacity import demands, generator, shaping
from lab.rehearsal.capacity.model import Capacity
from lab.rehearsal.loads import ENOUGH, SEEN, LineLoad, Moment, PairLoad, Window
from lab.rehearsal.model import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from inventory.model import Inventory
    from lab.rehearsal.capacity.measured import Measured
    from lab.rehearsal.loads import Lane
    from lab.rehearsal.model import Flow, Home
    from lab.rehearsal.running import Lab
    from lab.rehearsal.traffic import Traffic

    Homes = Mapping[str, Mapping[str, Sequence[Home]]]

SECONDS: Final = 4.0  # of a window
_TRIES: Final = 4  # windows, while this machine is too busy to send the load
_GRACE: Final = 0.6  # seconds for what is under way: longer than the queues of a few lines
_RISE: Final = 0.5  # seconds until queues are as full as they will be
_LEAST: Final = 1000.0  # bits a second in the lab: less is not a packet a second
_PROBE: Final = 8 * 55  # bits of a probe's frame
_TRACED: Final = 400  # pairs whose ways are followed


class Load(traffic.Traffic):
    """The process that sends the load."""

    def __init__(self, keeper: int, log: Path) -> None:
        super().__init__(keeper, log, program=Path(generator.__file__))

    def begin(self, rows: Sequence[Sequence[Any]]) -> None:
        """Send these, and nothing else."""
        self._tell({"load": rows})

    def window(self, number: int) -> None:
        """What is sent from now on belongs to a window."""
        self._tell({"window": number})

    def count(self, grace: float) -> list[tuple[int, int, int, int]]:
        """Window, flow, sent, arrived."""
        return [(row[0], row[1], row[2], row[3]) for row in self._tell({"count": grace})["rows"]]

    def quiet(self) -> None:
        """Send nothing any more."""
        self._tell({"quiet": 1})


class Watch:
    """Puts the measured load on the lines of a lab. `capacity` is there from `today` on."""

    def __init__(
        self, lab: Lab, load: Load, probes: Traffic, measured: Mapping[str, Measured], limit: float, source: str
    ) -> None:
        self._lab = lab
        self._source = source
        self._load = load
        self._probes = probes
        self._measured = measured
        self._limit = limit
        self._inventory = lab.topology.workspace.inventory
        self._mbps = _circuits(self._inventory, {device.name for device in lab.topology.devices})
        self._ends = _ends(self._inventory, self._mbps)
        self._devices = {host.name: host.device for host in lab.hosts}
        self._shaped: dict[str, int] = {}
        self._demands: dict[str, float] = {}
        self._factor = 1
        self.capacity: Capacity | None = None

    def today(self, flows: Sequence[Flow], homes: Homes) -> None:
        """Follow today's packets, find what hosts have to send for the measured loads, shape the lines, look.

        LabError if the lines cannot be shaped here.
        """
        ours = {name: self._measured[name] for name in self._mbps if name in self._measured}
        loads = {name: one.percent / 100 * self._mbps[name] for name, one in ours.items() if self._mbps[name]}
        ways = self._ways(_newest(flows).values(), homes)
        self._demands = demands.fit(ways, loads)
        self._factor = shaping.scale(sum(self._demands.values()))
        bandwidths = {name: mbps for name, mbps in self._mbps.items() if mbps}
        narrow = [name for name, mbps in bandwidths.items() if shaping.narrow(mbps, self._factor)]
        self._shaped = {name: mbps for name, mbps in bandwidths.items() if name not in narrow}
        shaping.shape(self._lab.state, self._lab.topology.links, self._shaped, self._factor)
        wanted = dict.fromkeys(loads, 0.0)
        for (line, _), rate in demands.on_lanes(ways, self._demands).items():
            if line in wanted:
                wanted[line] = max(wanted[line], rate)
        seen = self.look(flows, homes, Moment.TODAY)
        self.capacity = Capacity(
            self._source, self._factor, self._limit, self._mbps, ours, self._demands, wanted, narrow, seen
        )

    def begin(self, flows: Sequence[Flow], interval: float = 0.0) -> None:
        """Send the load along these flows. `interval`: seconds between the probes of a pair, which are a part of it."""
        own = _PROBE / interval if interval else 0.0
        self._load.begin([row for _, row in self._rows(flows, own)])

    def end(self) -> None:
        """No load any more."""
        self._load.quiet()

    def look(self, flows: Sequence[Flow], homes: Homes, moment: Moment) -> Window:
        """Send the load for some seconds and count. Whatever was sent before has ended.

        A machine that was too busy to send it gets other chances; the window in which most was sent counts.
        """
        best = self._window(flows, homes, moment)
        for _ in range(1, _TRIES):
            if best.sent >= ENOUGH:
                break
            best = max(best, self._window(flows, homes, moment), key=lambda window: window.sent)
        return best

    def _window(self, flows: Sequence[Flow], homes: Homes, moment: Moment) -> Window:
        chosen = self._rows(flows)
        self._load.begin([row for _, row in chosen])
        time.sleep(_RISE)
        before, began = self._counts(), time.monotonic()
        self._load.window(1)
        time.sleep(SECONDS)
        self._load.window(2)
        seconds, after = time.monotonic() - began, self._counts()
        counted = self._load.count(_GRACE)
        self._load.quiet()
        lanes = tuple(self._lanes_between(before, after))
        pairs = list(self._pairs([flow for flow, _ in chosen], counted, seconds))
        wrong = moment is Moment.TODAY or any(one.percent > self._limit or one.dropped for one in lanes)
        wrong = wrong or any(pair.lost for pair in pairs)
        ways = self._ways([flow for flow, _ in chosen], homes) if wrong else {}
        there = {flow.pair.name for flow in flows}
        untold = [pair for pair, rate in sorted(self._demands.items()) if rate > 0 and pair not in there]
        sent = _share([row[-1] for _, row in chosen], counted, seconds)
        return Window(moment, seconds, lanes, tuple(pairs), ways, tuple(untold), sent)

    # ---- what is sent

    def _rows(self, flows: Iterable[Flow], less: float = 0.0) -> list[tuple[Flow, list[Any]]]:
        found = []
        for name, flow in _newest(flows).items():
            bits = self._demands.get(name, 0.0) * 1e6 / self._factor - less
            if bits >= _LEAST:
                found.append((flow, [flow.pair.a, str(flow.a), flow.pair.b, str(flow.b), bits]))
        return found

    # ---- what is counted

    def _counts(self) -> dict[Lane, shaping.Count]:
        return shaping.counts(self._lab.state, self._lab.topology.links, self._shaped)

    def _lanes_between(
        self, before: Mapping[Lane, shaping.Count], after: Mapping[Lane, shaping.Count]
    ) -> Iterator[LineLoad]:
        for (line, device), end in sorted(after.items(), key=lambda item: list(self._shaped).index(item[0][0])):
            start = before.get((line, device))
            if start is None:
                continue
            packets, size, dropped = end.packets - start.packets, end.sent - start.sent, end.dropped - start.dropped
            # Megabits a second of the real line for each byte of the lab's.
            rate = 8 / (end.at - start.at) / 1e6 * self._factor
            lost = dropped * (size / packets if packets else 0.0)
            share = dropped / (packets + dropped) if packets + dropped else 0.0
            yield LineLoad(line, device, self._shaped[line], (size + lost) * rate, size * rate, share)

    def _pairs(
        self, flows: Sequence[Flow], counted: Iterable[tuple[int, int, int, int]], seconds: float
    ) -> Iterator[PairLoad]:
        found = {number: (sent, arrived) for window, number, sent, arrived in counted if window == 1}
        for number, flow in enumerate(flows):
            sent, arrived = found.get(number, (0, 0))
            bits = self._demands[flow.pair.name] * 1e6 / self._factor
            size = (generator.size_of(bits) + generator.HEADERS) * 8
            offered = sent * size / seconds / 1e6 * self._factor
            lost = max(0.0, 1 - arrived / sent) if sent >= SEEN else None
            yield PairLoad(flow.pair.a, flow.pair.b, offered, lost)

    # ---- which way

    def _ways(self, flows: Iterable[Flow], homes: Homes) -> dict[str, tuple[Lane, ...]]:
        """The lanes of the pairs' packets, by the pair's name; without those that cannot be followed to their end."""
        at = {
            str(home.address.ip): (device, _folded(interface))
            for device, ports in homes.items()
            for interface, several in ports.items()
            for home in several
        }
        found = {}
        for _, flow in zip(range(_TRACED), flows, strict=False):
            if self._devices[flow.pair.a] == self._devices[flow.pair.b]:
                continue
            hops, arrived = self._probes.trace(flow)
            way = self._lanes([at.get(hop, ("", "")) for hop in hops], self._devices[flow.pair.a])
            if arrived and way is not None:
                found[flow.pair.name] = way
        return found

    def _lanes(self, hops: Sequence[tuple[str, str]], first: str) -> tuple[Lane, ...] | None:
        """The circuits between routers that have answered, each with the router that it was left by."""
        found: list[Lane] = []
        here = first
        for number, (device, interface) in enumerate(hops):
            if number == 0 and device == first:
                continue
            line = self._ends.get((device, interface))
            if line is None or here not in self._inventory.lines[line].devices:
                return None
            found.append((line, here))
            here = device
        return tuple(found)


def _share(rates: Sequence[float], counted: Iterable[tuple[int, int, int, int]], seconds: float) -> float:
    """The share of these loads (bits a second) that was sent in a window; a packet of each may be at its edge."""
    sent = {number: packets for window, number, packets, _ in counted if window == 1}
    lacking = 0.0
    for number, bits in enumerate(rates):
        packet = (generator.size_of(bits) + generator.HEADERS) * 8
        lacking += max(0.0, bits * seconds - (sent.get(number, 0) + 1) * packet)
    return 1 - lacking / (sum(rates) * seconds) if rates else 1.0


def _circuits(inventory: Inventory, running: set[str]) -> dict[str, int]:
    """The circuits between devices that run, with their bandwidth."""
    return {
        line.name: line.mbps
        for line in inventory.lines.values()
        if line.kind is LineKind.CIRCUIT and line.b is not None and {line.a.device, line.b.device} <= running
    }


def _ends(inventory: Inventory, lines: Iterable[str]) -> dict[tuple[str, str], str]:
    found = {}
    for name in lines:
        line = inventory.lines[name]
        for end in (line.a, line.b):
            if end is not None:
                found[end.device, _folded(end.interface)] = name
    return found


def _folded(name: str) -> str:
    return name.replace(" ", "").casefold()


def _newest(flows: Iterable[Flow]) -> dict[str, Flow]:
    """One flow for each required pair: the one at the newest addresses."""
    found: dict[str, Flow] = {}
    for flow in flows:
        if flow.pair.wanted is not Wanted.REQUIRED:
            continue
        if flow.pair.name not in found or flow.home > found[flow.pair.name].home:
            found[flow.pair.name] = flow
    return found
