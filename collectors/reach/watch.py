"""Probing on a schedule, and the page that Prometheus reads: counters and histograms since the start, last figures."""

from __future__ import annotations

import asyncio
import logging
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from collectors import values
from collectors.background import STALE, rounds
from collectors.exposition import Family
from collectors.reach.prober import RATE, Prober

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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
    # The labels that each of its series has, as text: made once, written many times.
    labels: bytes = field(init=False)

    def __post_init__(self) -> None:
        probe = self.probe
        self.labels = _text(
            target=probe.target,
            what=probe.what.value,
            probe=probe.kind,
            site=probe.label("site"),
            region=probe.label("region"),
        )

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
        fresh = [
            (record, record.last)
            for record in self.records.values()
            if record.last is not None and now - record.at <= STALE * self._interval(record.probe)
        ]
        records = list(self.records.values())
        families = [*_last(fresh, now), *_counted([record for record in records if record.sent]), _info(records)]
        texts = [(family, family.text()) for family in families]
        return b"".join([piece for family, text in texts if text for piece in (family.head(), text)])


def _text(**labels: str) -> bytes:
    return ",".join(f'{name}="{values.escape(value)}"' for name, value in labels.items()).encode("utf-8", "replace")


def _family(name: str, kind: str, text: str, rows: Iterable[tuple[bytes, float | None]]) -> Family:
    """A family of (labels, number) rows; those without a number are left out."""
    family = Family(name, kind, text)
    _add(family, rows)
    return family


def _add(family: Family, rows: Iterable[tuple[bytes, float | None]], suffix: str = "") -> None:
    name = f"{family.name}{suffix}".encode()
    number_text = values.number_text
    family.add(b"".join([b"%b{%b} %b\n" % (name, row, number_text(value)) for row, value in rows if value is not None]))


def _last(fresh: Sequence[tuple[Record, Round]], now: float) -> list[Family]:
    """Gauges of each probe's last round."""

    def gauge(name: str, text: str, figure: Callable[[Round], float | None]) -> Family:
        return _family(name, "gauge", text, ((record.labels, figure(done)) for record, done in fresh))

    statistics = (
        (record.labels + b',statistic="' + name + b'"', number)
        for record, done in fresh
        for name, number in (
            (b"min", done.figures.shortest),
            (b"mean", done.figures.mean),
            (b"max", done.figures.longest),
        )
    )
    not_run = (
        (record.labels + b"," + _text(reason=done.reason.value), 1.0)
        for record, done in fresh
        if done.up is None and done.reason is not None
    )
    return [
        gauge("govnet_reach_up", "1 if the last round had an answer.", lambda done: done.up),
        _family("govnet_reach_not_run", "gauge", "1 if the last round could not be tried, and why.", not_run),
        gauge("govnet_reach_loss_ratio", "Lost part of the last round.", lambda done: done.figures.loss),
        _family("govnet_reach_round_trip_seconds", "gauge", "Round trips of the last round.", statistics),
        gauge(
            "govnet_reach_jitter_seconds",
            "Mean difference of successive round trips in the last round (RFC 3550 6.4.1).",
            lambda done: done.figures.jitter,
        ),
        gauge(
            "govnet_reach_delay_variation_seconds",
            "95th percentile of the delay above the smallest in the last round (RFC 5481 4.2).",
            lambda done: done.figures.variation,
        ),
        gauge("govnet_reach_as_expected", "1 if the path is as reach.yaml expects it.", lambda done: done.as_expected),
        _family(
            "govnet_reach_age_seconds",
            "gauge",
            "Time since the last round.",
            ((record.labels, now - record.at) for record, _ in fresh),
        ),
    ]


def _counted(tried: Sequence[Record]) -> list[Family]:
    """Counters and histograms since the start, of what was ever sent."""
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
    made = [
        _family(name, "counter", text, ((record.labels, number(record)) for record in tried))
        for name, text, number in counters
    ]
    latency = Family("govnet_reach_latency_seconds", "histogram", "Round trips.")
    bounds = [b',le="%b"' % str(bound).encode() for bound in (*BUCKETS, "+Inf")]
    for record in tried:
        # What belongs to one probe stands together, as OpenMetrics wants it.
        totals = list(accumulate(record.buckets))
        _add(latency, ((record.labels + bound, total) for bound, total in zip(bounds, totals, strict=True)), "_bucket")
        _add(latency, [(record.labels, record.seconds)], "_sum")
        _add(latency, [(record.labels, totals[-1])], "_count")
    return [*made, latency]


def _info(records: Iterable[Record]) -> Family:
    """What is known about each probe, to be joined."""
    rows = (
        (
            record.labels
            + b","
            + _text(
                address=record.probe.address,
                **{name: record.probe.label(name) for name in ("role", "line", "carrier", "from", "to")},
                dscp=str(record.probe.train.dscp),
            ),
            1.0,
        )
        for record in records
    )
    return _family("govnet_reach_info", "gauge", "What is probed.", rows)
