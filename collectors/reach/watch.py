"""Probing on a schedule, and the page that Prometheus reads: counters and histograms since the start, last figures."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collectors.background import STALE, rounds
from collectors.exposition import Family, gauge, page
from collectors.reach.prober import RATE, Prober

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from collectors.reach.model import Probe, Round

# Upper bounds of the histogram's buckets, seconds: from a line inside a county to one over a satellite.
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.4, 1.0, 2.0)

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Record:
    """What has been seen of one probe."""

    probe: Probe
    last: Round | None = None
    at: float = 0.0
    sent: int = 0
    lost: int = 0
    duplicates: int = 0
    reordered: int = 0
    seconds: float = 0.0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))

    def add(self, done: Round) -> None:
        """Take up a round."""
        self.last, self.at = done, time.monotonic()
        found = done.figures
        self.sent += found.sent
        self.lost += found.sent - found.received
        self.duplicates += found.duplicates
        self.reordered += found.reordered
        for delay in done.delays:
            if delay is not None:
                self.seconds += delay
                self.buckets[bisect_left(BUCKETS, delay)] += 1


class Watch:
    """Probes every `every` seconds (or as often as a probe itself says), all within `rate` packets a second."""

    def __init__(self, every: float, rate: float = RATE) -> None:
        self.records: dict[Probe, Record] = {}
        self._every = every
        self._prober = Prober(rate)
        self._tasks: dict[Probe, asyncio.Task[None]] = {}

    async def begin(self, probes: Iterable[Probe]) -> None:
        """Open what is needed, and probe these."""
        await self._prober.__aenter__()
        self.follow(probes)

    def follow(self, probes: Iterable[Probe]) -> None:
        """Probe these from now on, and no others. What is known of those that stay is kept."""
        wanted = list(dict.fromkeys(probes))
        for gone in set(self._tasks) - set(wanted):
            self._tasks.pop(gone).cancel()
        self.records = {probe: self.records.get(probe) or Record(probe) for probe in wanted}
        for probe in wanted:
            if probe not in self._tasks:
                self._tasks[probe] = asyncio.create_task(self._keep(probe))

    async def end(self) -> None:
        """Probe no more."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._prober.__aexit__()

    async def _keep(self, probe: Probe) -> None:
        async for _ in rounds(f"{probe.target} {probe.kind}", self._interval(probe)):
            try:
                done = await self._prober.run(probe)
            except Exception:
                # One probe's fault must not end the others, nor this one for ever.
                log.exception("a probe failed")
                continue
            if probe in self.records:
                self.records[probe].add(done)

    def _interval(self, probe: Probe) -> float:
        return probe.interval or self._every

    def page(self) -> bytes:
        """Everything as Prometheus text. What was last tried too long ago has no last figures."""
        now = time.monotonic()
        fresh = {
            record: record.last
            for record in self.records.values()
            if record.last is not None and now - record.at <= STALE * self._interval(record.probe)
        }
        return page([[*_last(fresh, now), *_counted(self.records.values()), _info(self.records)]])


def _labels(probe: Probe) -> dict[str, str]:
    return {
        "target": probe.target,
        "what": probe.what.value,
        "probe": probe.kind,
        "site": probe.label("site"),
        "region": probe.label("region"),
    }


def _last(fresh: Mapping[Record, Round], now: float) -> list[Family]:
    """Gauges of each probe's last round."""

    def family(name: str, text: str, figure: Callable[[Round], float | None]) -> Family:
        samples = ((_labels(record.probe), figure(done)) for record, done in fresh.items())
        return gauge(name, text, ((labels, number) for labels, number in samples if number is not None))

    statistics = (
        ({**_labels(record.probe), "statistic": name}, number)
        for record, done in fresh.items()
        for name, number in (
            ("min", done.figures.shortest),
            ("mean", done.figures.mean),
            ("max", done.figures.longest),
        )
        if number is not None
    )
    not_run = (
        ({**_labels(record.probe), "reason": done.reason.value}, 1.0)
        for record, done in fresh.items()
        if done.up is None and done.reason is not None
    )
    return [
        family("govnet_reach_up", "1 if the last round had an answer.", lambda done: done.up),
        gauge("govnet_reach_not_run", "1 if the last round could not be tried, and why.", not_run),
        family("govnet_reach_loss_ratio", "Lost part of the last round.", lambda done: done.figures.loss),
        gauge("govnet_reach_round_trip_seconds", "Round trips of the last round.", statistics),
        family(
            "govnet_reach_jitter_seconds",
            "Mean difference of successive round trips in the last round (RFC 3550 6.4.1).",
            lambda done: done.figures.jitter,
        ),
        family(
            "govnet_reach_delay_variation_seconds",
            "95th percentile of the delay above the smallest in the last round (RFC 5481 4.2).",
            lambda done: done.figures.variation,
        ),
        family("govnet_reach_as_expected", "1 if the path is as reach.yaml expects it.", lambda done: done.as_expected),
        gauge(
            "govnet_reach_age_seconds",
            "Time since the last round.",
            ((_labels(record.probe), now - record.at) for record in fresh),
        ),
    ]


def _counted(records: Iterable[Record]) -> list[Family]:
    """Counters and histograms since the start, of what was ever sent."""
    tried = [(_labels(record.probe), record) for record in records if record.sent]
    counters: tuple[tuple[str, str, Callable[[Record], int]], ...] = (
        ("govnet_reach_sent_total", "Probes sent.", lambda record: record.sent),
        ("govnet_reach_lost_total", "Probes without an answer.", lambda record: record.lost),
        ("govnet_reach_duplicates_total", "Answers that came more than once.", lambda record: record.duplicates),
        (
            "govnet_reach_reordered_total",
            "Answers that came after one to a later probe (RFC 4737).",
            lambda record: record.reordered,
        ),
    )
    made = []
    for name, text, number in counters:
        lines = gauge(name, text, ((labels, float(number(record))) for labels, record in tried)).lines
        made.append(Family(name, "counter", text, lines))
    return [*made, _histogram(tried)]


def _histogram(tried: Sequence[tuple[dict[str, str], Record]]) -> Family:
    name, text = "govnet_reach_latency_seconds", "Round trips."
    family = Family(name, "histogram", text)
    for labels, record in tried:
        total = 0
        samples: list[tuple[dict[str, str], float]] = []
        for bound, number in zip((*map(str, BUCKETS), "+Inf"), record.buckets, strict=True):
            total += number
            samples.append(({**labels, "le": bound}, float(total)))
        family.lines.extend(gauge(f"{name}_bucket", text, samples).lines)
        family.lines.extend(gauge(f"{name}_sum", text, [(labels, record.seconds)]).lines)
        family.lines.extend(gauge(f"{name}_count", text, [(labels, float(total))]).lines)
    return family


def _info(probes: Iterable[Probe]) -> Family:
    """What is known about each probe, to be joined."""
    samples = (
        (
            {
                **_labels(probe),
                "address": probe.address,
                **{name: probe.label(name) for name in ("role", "line", "carrier", "from", "to")},
                "dscp": str(probe.train.dscp),
            },
            1.0,
        )
        for probe in probes
    )
    return gauge("govnet_reach_info", "What is probed.", samples)
