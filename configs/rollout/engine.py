"""A site's change as a durable workflow, on DBOS.

A workflow is one site, a step is one device. A step that has ended is never run again; one that was in flight when
its process died is run again by whoever recovers the workflow, so it first reads the device (`again` in
`configs.push.push_one`). A worker says every two seconds that it lives; who finds one silent takes over what it
left. Only this file knows the workflow engine.
"""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID

from configs import push as pushing
from configs.rollout.store import SILENCE, Progress, Worker, lives, process_start, this_host, unusable
from inventory.errors import DeviceError, GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from configs.push import Backup, Job, PushResult
    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Row, Store
    from configs.rollout.waves import Stop

T = TypeVar("T")
log = logging.getLogger(__name__)
BEAT = 2.0  # seconds between two signs of life
AWAY = 600.0  # seconds for which a database may be away when a result is to be written down
POLL = 0.2  # seconds between two looks into a queue
# Workflows of an earlier version are left to it: raised when a workflow's steps change.
VERSION = "govnet-1"


class World(Protocol):
    """What a worker needs to know of the workspace. Its methods may raise GovnetError: that is the device's failure."""

    def bundle(self, rollout: str) -> Bundle:
        """A rollout as it was approved."""
        ...

    def job(self, bundle: Bundle, device: str) -> Job:
        """What a device is to become: the approved text, and what is looked at before and after."""
        ...

    def undo(self, bundle: Bundle, device: str) -> Job:
        """What brings a device back to what it ran before its change."""
        ...

    def done(self, bundle: Bundle, result: PushResult, *, undone: bool) -> None:
        """A device is finished: for the operations log."""
        ...


class _Here:
    """The one engine of this process: the workflows' functions are the module's own."""

    store: Store
    world: World
    executor: str


def queue_of(zone: str) -> str:
    """The queue of a zone's workers; without a zone that of everybody else."""
    return f"govnet-zone-{zone}" if zone else "govnet-devices"


class Engine:
    """Runs the sites of its zones' queues while it is entered. One a process, for the process's life."""

    def __init__(self, store: Store, world: World, zones: Iterable[str] = ("",), *, parallel: int = 20) -> None:
        self.store = store
        self.world = world
        self.zones = tuple(zones)
        self.parallel = parallel
        pid = os.getpid()
        name = f"govnet-{uuid.uuid4().hex[:12]}"
        self.worker = Worker(name, this_host(), pid, process_start(pid), self.zones, store.clock())
        self._heard: dict[
            str, tuple[float, float]
        ] = {}  # of others: their last sign of life, and when it was seen here
        self._ending = threading.Event()
        self._beating: threading.Thread | None = None

    def __enter__(self) -> Self:
        _Here.store, _Here.world, _Here.executor = self.store, self.world, self.worker.executor
        logging.getLogger("dbos").setLevel(logging.ERROR)
        config: DBOSConfig = {
            "name": "govnet",
            "system_database_url": self.store.url,
            "executor_id": self.worker.executor,
            "application_version": VERSION,
            "log_level": "ERROR",
            "max_executor_threads": self.parallel + 8,
        }
        try:
            DBOS(config=config)
            DBOS.listen_queues([queue_of(zone) for zone in self.zones])
            DBOS.launch()
            for zone in self.zones:
                DBOS.register_queue(queue_of(zone), worker_concurrency=self.parallel, polling_interval_sec=POLL)
        except GovnetError:
            raise
        except Exception as error:
            raise unusable(self.store.url, error) from error
        self.store.alive(self.worker)
        self.recover()
        self._beating = threading.Thread(target=self._beat, name="govnet-heartbeat", daemon=True)
        self._beating.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        if self._beating is not None:
            self._beating.join(BEAT)
        DBOS.destroy(workflow_completion_timeout_sec=0 if kind else 3600)
        if kind is None:
            self.store.leave(self.worker.executor)

    def begin(self, rollout: str, stop: Stop, attempt: int, *, undo: bool = False) -> None:
        """Put a site into its zone's queue. One that is there, or has been done, is not put in again."""
        function = undo_site if undo else change_site
        with SetWorkflowID(f"{rollout}/{stop.site}/{attempt}{'/undo' if undo else ''}"):
            DBOS.enqueue_workflow(queue_of(stop.zone), function, rollout, stop.site)

    def recover(self) -> None:
        """Put what dead workers left in flight back into its queues."""
        heir = replace(self.worker, seen=self.store.clock())
        for dead in self.store.workers():
            if dead.executor == self.worker.executor or not self._silent(dead):
                continue
            if not self.store.inherit(dead, heir):
                continue
            left = DBOS.list_workflows(executor_id=dead.executor, status="PENDING", load_input=False, load_output=False)
            for workflow in left:
                DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name or queue_of(""))
            self.store.leave(dead.executor)
            log.warning("worker %s died; %d sites are gone on with", dead.executor, len(left))

    def _silent(self, worker: Worker) -> bool:
        """Whether a worker is dead; one of another machine is, if we have listened and heard nothing for long enough.

        A database that was away kept everybody silent, and the locks that it held for them are gone with it.
        """
        if worker.host == this_host():
            return not lives(worker, worker.seen)
        moment = time.monotonic()
        seen, since = self._heard.setdefault(worker.executor, (worker.seen, moment))
        if seen != worker.seen:
            self._heard[worker.executor] = (worker.seen, moment)
            return False
        return moment - since > SILENCE

    def _beat(self) -> None:
        while not self._ending.wait(BEAT):
            try:
                self.store.alive(replace(self.worker, seen=self.store.clock()))
                self.recover()
            except Exception as error:  # noqa: BLE001 - a database that is away for a moment must not end the beating
                self._heard.clear()
                log.warning("heartbeat: %s", error)


@DBOS.workflow(name="govnet.change_site")
def change_site(rollout: str, site: str) -> list[dict[str, Any]]:
    """Change a site's devices, one after the other; the first failure leaves the others as they are."""
    return _each(rollout, site, _change)


@DBOS.workflow(name="govnet.undo_site")
def undo_site(rollout: str, site: str) -> list[dict[str, Any]]:
    """Bring a site's devices back, in the opposite order; one that fails does not keep the others from it."""
    return _each(rollout, site, _undo, backwards=True)


def _each(rollout: str, site: str, step: Any, *, backwards: bool = False) -> list[dict[str, Any]]:
    rows = [row for row in _surely(lambda: _Here.store.devices(rollout)) if row.site == site]
    try:
        devices = _Here.world.bundle(rollout).stop(site).devices
    except GovnetError as error:  # this worker's copy of the workspace: the rollout's conductor must hear of it
        for row in rows:
            if not row.ok:
                _written(rollout, pushing.PushResult(row.device, pushing.State.UNTOUCHED, error=error))
        return []
    results: list[dict[str, Any]] = []
    for number, device in enumerate(reversed(devices) if backwards else devices, 1):
        results.append(step(rollout, device))
        if not results[-1]["ok"] and not backwards:
            _surely(partial(_Here.store.set_devices, rollout, devices[number:], state=Progress.WAITING.value))
            break
    return results


@DBOS.step(name="govnet.change")
def _change(rollout: str, device: str) -> dict[str, Any]:
    """Bring one device to what it is to be. One whose result was written down by a process that died then is left."""
    row = _row(rollout, device)
    if row.ok:
        return {"name": device, "ok": True, "state": row.state}
    return _written(rollout, _pushed(rollout, device, undone=False))


@DBOS.step(name="govnet.undo")
def _undo(rollout: str, device: str) -> dict[str, Any]:
    """Bring one device back. One that was not changed is left alone."""
    row = _row(rollout, device)
    if row.state not in {pushing.State.CHANGED, Progress.UNDOING}:
        return {"name": device, "ok": True}
    return _written(rollout, _pushed(rollout, device, undone=True), undone=True)


def _row(rollout: str, device: str) -> Row:
    """Where a device is."""
    return next(row for row in _surely(lambda: _Here.store.devices(rollout)) if row.device == device)


def _pushed(rollout: str, device: str, *, undone: bool) -> pushing.PushResult:
    """The push itself. Whatever goes wrong is its result."""
    store, world = _Here.store, _Here.world
    state = Progress.UNDOING if undone else Progress.WORKING
    begun = {"state": state.value, "worker": _Here.executor, "begun": time.time(), "ended": None}
    result = pushing.PushResult(device, pushing.State.UNTOUCHED)
    try:
        _surely(lambda: store.set_devices(rollout, [device], **begun))
        bundle = world.bundle(rollout)
        with store.alone(device, pushing.LOCK_SECONDS) as ours:
            if not ours:
                raise DeviceError(
                    device,
                    Message("another worker is at work on it"),
                    Message("wait until it has ended, then run the command again"),
                )
            job = world.undo(bundle, device) if undone else world.job(bundle, device)
            result = pushing.push_one(job, commit=True, observer=_Told(store, rollout), again=True)
    except GovnetError as error:
        result = replace(result, error=result.error or error)
    except OSError as error:  # a file of the rollout: the device was not asked yet, or has its result
        result = replace(result, error=result.error or pushing.no_file(device, error))
    return result


def _written(rollout: str, result: pushing.PushResult, *, undone: bool = False) -> dict[str, Any]:
    """Write a device's result down; what of it the workflow remembers."""
    said = result.as_json()
    state = result.state
    if undone:
        back = state in {pushing.State.CHANGED, pushing.State.SAME}
        said |= {"ok": back, "undone": back}
        if state is not pushing.State.UNKNOWN:  # not begun, or taken back itself: it is as the rollout left it
            state = pushing.State.RESTORED if back else pushing.State.CHANGED
    # A device that is back is not what was intended.
    kept = {**said, "ok": False} if undone else said
    values = {"state": state.value, "step": {}, "ended": time.time(), "result": kept}
    _surely(lambda: _Here.store.set_devices(rollout, [result.device], **values))
    try:
        _Here.world.done(_Here.world.bundle(rollout), result, undone=undone)
    except GovnetError as error:  # the device is as it is: the database has it
        log.warning("%s: %s", result.device, error)
    return {"name": result.device, "ok": said["ok"], "state": state.value}


def _surely(ask: Callable[[], T]) -> T:
    """Read or write, although the database may be away for a while: a workflow that fails is not begun again."""
    end = time.monotonic() + AWAY
    while True:
        try:
            return ask()
        except GovnetError as error:
            if time.monotonic() >= end:
                raise
            log.warning("%s", error)
            time.sleep(BEAT)


class _Told:
    """Writes down what a device does now."""

    def __init__(self, store: Store, rollout: str) -> None:
        self._store = store
        self._rollout = rollout

    def step(self, device: str, step: Message) -> None:
        """A device begins a step."""
        said = {"en": step.in_language("en"), "zh": step.in_language("zh_CN")}
        try:
            self._store.set_devices(self._rollout, [device], step=said)
        except GovnetError as error:  # a database that is away must not disturb a push
            log.warning("%s: %s", device, error)

    def done(self, result: PushResult | Backup) -> None:
        """Nothing: the step's end is written down with its result."""
