"""Zones whose sites nobody changes: their queue has work, and no worker of theirs is alive."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.rollout.store import Progress, lives

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Row, Worker

# A device in one of these states has been put into its zone's queue and has no result yet.
IN_QUEUE = frozenset({Progress.QUEUED, Progress.WORKING, Progress.UNDOING})


@dataclass(frozen=True, slots=True)
class Unserved:
    """A zone without a living worker. `devices` have been begun and wait for one.

    `silence` is how long ago the last of its workers was heard, in seconds; None if none is known any more.
    """

    zone: str
    devices: tuple[str, ...]
    silence: float | None


def served(workers: Iterable[Worker], now: float) -> frozenset[str]:
    """The zones for which somebody works. `now` is in seconds since 1970."""
    return frozenset(zone for worker in workers if lives(worker, now) for zone in worker.zones if zone)


def unserved(bundle: Bundle, rows: Iterable[Row], workers: Iterable[Worker], now: float) -> tuple[Unserved, ...]:
    """The zones of a rollout with work in their queue and nobody to do it.

    What is in no zone is the conductor's: where that one is dead, the rollout counts as interrupted.
    """
    known = tuple(workers)
    living = served(known, now)
    zones = {stop.site: stop.zone for wave in bundle.waves for stop in wave.sites}
    waiting: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        zone = zones.get(row.site, "")
        if zone and zone not in living and row.state in IN_QUEUE:
            waiting[zone].append(row.device)
    return tuple(
        Unserved(
            zone,
            tuple(devices),
            min((now - worker.seen for worker in known if zone in worker.zones), default=None),
        )
        for zone, devices in sorted(waiting.items())
    )
