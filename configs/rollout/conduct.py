"""Which site is begun when: a loop over the database, which may end and be begun again at any moment.

A wave is begun when every device of the one before it has its result and the failures are within what the policy
tolerates. Outside the windows nothing is begun. What is in flight is always finished, whatever is asked.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from configs.push import State
from configs.rollout.bundle import now
from configs.rollout.store import Phase, Progress, Request
from configs.rollout.unserved import served
from inventory.errors import GovnetError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Row, Store
    from configs.rollout.waves import Stop

log = logging.getLogger(__name__)
TURN = 0.2  # seconds between two looks
AWAY = 120.0  # seconds for which the database may be away


class Sites(Protocol):
    """Who changes sites: the engine, or a fake in tests."""

    def begin(self, rollout: str, stop: Stop, attempt: int, *, undo: bool = False) -> None:
        """Put a site into its queue; one that is there is not put in again."""
        ...


def check_approved(bundle: Bundle, store: Store) -> None:
    """RefusedError if the policy wants a second person's approval of exactly this, and there is none."""
    if not bundle.policy.approval:
        return
    if not any(by != bundle.by and digest == bundle.digest for by, digest, _ in store.approvals(bundle.name)):
        raise RefusedError(
            Message("the rollout {name} waits for the approval of a second person", name=bundle.name),
            Message("somebody else than {by} runs: govnet rollout approve {name}", by=bundle.by, name=bundle.name),
        )


def conduct(
    bundle: Bundle,
    store: Store,
    sites: Sites,
    conductor: str,
    *,
    clock: Callable[[], datetime] = now,
    watch: Callable[[], None] = lambda: None,
) -> Phase:
    """Bring a rollout to an end, a stop or a pause. Devices that are done stay done; those that failed are tried again.

    `watch` is called at every turn, for whoever shows it.
    """
    check_approved(bundle, store)
    if store.standing(bundle.name).phase is Phase.ABORTED:
        raise RefusedError(
            Message("the rollout {name} was aborted", name=bundle.name),
            Message("begin a new one: devices that are as intended are not sent anything"),
        )
    store.conduct(bundle.name, conductor)
    _again(bundle, store)
    return finish(bundle, store, sites, clock=clock, watch=watch)


def finish(
    bundle: Bundle,
    store: Store,
    sites: Sites,
    *,
    clock: Callable[[], datetime] = now,
    watch: Callable[[], None] = lambda: None,
) -> Phase:
    """Go on with a rollout that this process conducts, until it has ended or done what was asked of it."""
    turn = _Turn(bundle, store, sites)
    end = 0.0
    while True:
        try:
            phase = turn.take(clock())
            watch()
            if phase is not None:
                store.put(bundle.name, phase, time.time())
                return phase
            end = 0.0
        except GovnetError as error:  # a database that is away for a moment does not end what is in flight
            end = end or time.monotonic() + AWAY
            if time.monotonic() >= end:
                raise
            log.warning("%s", error)
        time.sleep(TURN)


def zones_without_worker(bundle: Bundle, store: Store) -> list[str]:
    """The zones for which nobody else works now: whoever conducts the rollout works for them too."""
    zones = {stop.zone for wave in bundle.waves for stop in wave.sites}
    return sorted(zones - served(store.workers(), store.clock()) | {""})


def end(bundle: Bundle, store: Store) -> None:
    """End a rollout: ask whoever conducts it, and wait until what is in flight is finished.

    RefusedError if nobody conducts it and sites are in flight: somebody has to finish them (`conclude`).
    """
    if store.standing(bundle.name).phase is Phase.RUNNING:
        store.ask(bundle.name, Request.ABORT)
        while store.standing(bundle.name).phase is Phase.RUNNING:
            time.sleep(TURN)
    left = in_flight(bundle, store)
    if left:
        raise RefusedError(
            Message(
                "nobody has finished these devices since the rollout's process died: {names}", names=", ".join(left)
            ),
            Message("add --commit: they are brought to their end first, each read before anything is sent"),
        )
    store.put(bundle.name, Phase.ABORTED, time.time())


def in_flight(bundle: Bundle, store: Store) -> list[str]:
    """The devices of sites whose change is under way."""
    return [
        row.device
        for rows in _by_site(store.devices(bundle.name)).values()
        if _in_flight(rows)
        for row in rows
        if not row.over
    ]


def conclude(
    bundle: Bundle, store: Store, sites: Sites, conductor: str, *, watch: Callable[[], None] = lambda: None
) -> None:
    """Finish what a dead process has left in flight, begin nothing, and end the rollout."""
    store.conduct(bundle.name, conductor, Request.ABORT)
    finish(bundle, store, sites, watch=watch)


def to_roll_back(bundle: Bundle, store: Store) -> list[tuple[Stop, int]]:
    """The sites of the last wave that was begun, with the devices that it has changed, and their attempt.

    Among them are those of which taking back was begun and not ended, or has failed.
    """
    rows = store.devices(bundle.name)
    last = max((row.wave for row in rows if row.begun is not None), default=0)
    changed = _by_site(row for row in rows if row.wave == last and _to_undo(row))
    found = []
    for site, members in changed.items():
        stop = bundle.stop(site)
        names = {row.device for row in members}
        devices = tuple(device for device in stop.devices if device in names)
        found.append((replace(stop, devices=devices), max(row.attempt for row in rows if row.site == site)))
    return found


def _to_undo(row: Row) -> bool:
    return row.state in {State.CHANGED, Progress.UNDOING} or _undo_failed(row)


def _undo_failed(row: Row) -> bool:
    return row.over and (row.result or {}).get("undone") is False


def roll_back(bundle: Bundle, store: Store, sites: Sites, *, watch: Callable[[], None] = lambda: None) -> None:
    """Take back what the last wave that was begun has changed; returns when every device has its result."""
    wanted = to_roll_back(bundle, store)
    names = {device for stop, _ in wanted for device in stop.devices}
    rows = {row.device: row for row in store.devices(bundle.name) if row.device in names}
    for stop, attempt in wanted:
        failed = [device for device in stop.devices if _undo_failed(rows[device])]
        if failed:  # a workflow that has ended is not run again: this is another one
            attempt += 1  # noqa: PLW2901 - as above
            store.set_devices(bundle.name, failed, state=State.CHANGED.value, attempt=attempt, result=None)
        sites.begin(bundle.name, stop, attempt, undo=True)
    while any(_to_undo(row) and not _undo_failed(row) for row in store.devices(bundle.name) if row.device in names):
        watch()
        time.sleep(TURN)


def _again(bundle: Bundle, store: Store) -> None:
    """Devices that failed before wait again; sites that were in flight stay so: their workflow goes on."""
    failed: dict[int, list[str]] = defaultdict(list)
    for rows in _by_site(store.devices(bundle.name)).values():
        if _failed(rows):
            for row in rows:
                if not row.ok:
                    failed[row.attempt].append(row.device)
    for attempt, devices in failed.items():
        store.set_devices(
            bundle.name, devices, state=Progress.WAITING.value, attempt=attempt + 1, result=None, ended=None, begun=None
        )


class _Turn:
    """One look at the rollout, and what follows from it."""

    def __init__(self, bundle: Bundle, store: Store, sites: Sites) -> None:
        self._bundle = bundle
        self._store = store
        self._sites = sites
        self._begun: set[str] = set()

    def take(self, moment: datetime) -> Phase | None:
        """Begin what may be begun. The phase in which the rollout ends; None while it goes on."""
        bundle = self._bundle
        rows = self._store.devices(bundle.name)
        by_site = _by_site(rows)
        flying = [site for site, members in by_site.items() if _in_flight(members)]
        self._take_up(flying, by_site)
        request = self._store.standing(bundle.name).request
        failed = sum(1 for row in rows if row.over and not row.ok)
        stopped = failed > bundle.policy.stop_after_failures
        waiting = [site for site, members in by_site.items() if _waits(members)]
        if flying and (request or stopped or not waiting):
            return None
        if request:
            return Phase.PAUSED if request is Request.PAUSE else Phase.ABORTED
        if stopped:
            return Phase.STOPPED
        if not waiting:
            return Phase.DONE
        self._begin(by_site, flying, moment)
        return None

    def _take_up(self, flying: Iterable[str], by_site: dict[str, list[Row]]) -> None:
        """Sites that an earlier conductor has put down as begun: it may have died before they were in a queue."""
        for site in flying:
            if site not in self._begun:
                self._begun.add(site)
                self._sites.begin(self._bundle.name, self._bundle.stop(site), max(row.attempt for row in by_site[site]))

    def _begin(self, by_site: dict[str, list[Row]], flying: list[str], moment: datetime) -> None:
        bundle = self._bundle
        if not bundle.policy.open(moment):
            return
        wave = next(
            wave
            for wave in bundle.waves
            if any(_waits(by_site[stop.site]) or stop.site in flying for stop in wave.sites)
        )
        room = bundle.policy.sites_in_flight - len(flying)
        ready = [stop for stop in wave.sites if _waits(by_site[stop.site])]
        for stop in ready[: max(room, 0)]:
            members = by_site[stop.site]
            devices = [row.device for row in members if not row.over]
            self._store.set_devices(bundle.name, devices, state=Progress.QUEUED.value)
            self._begun.add(stop.site)
            self._sites.begin(bundle.name, stop, max(row.attempt for row in members))


def _by_site(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.site].append(row)
    return found


def _failed(rows: Iterable[Row]) -> bool:
    """Whether a device of a site has failed: the site's workflow has ended with it."""
    return any(row.over and not row.ok for row in rows)


def _in_flight(rows: Sequence[Row]) -> bool:
    """Whether a site's workflow is under way."""
    return not _failed(rows) and any(row.state in {Progress.QUEUED, Progress.WORKING} for row in rows)


def _waits(rows: Sequence[Row]) -> bool:
    """Whether a site is still to be begun."""
    return not _failed(rows) and not _in_flight(rows) and any(row.state == Progress.WAITING for row in rows)
