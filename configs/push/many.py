"""Many devices at a time, none able to stop the others."""

from __future__ import annotations

import logging
import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from configs.push.jobs import Backup, Job, Observer, PushResult, Quiet, State
from configs.push.one import backup_one, push_one
from inventory.errors import DeviceError, GovnetError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


R = TypeVar("R")
log = logging.getLogger(__name__)
FINISHING = mark("interrupted: no more devices are begun; being finished: %s (interrupt again to leave them)")
LEFT_IN_THE_MIDDLE = mark(
    "left in the middle: %s. Where a guard is armed it undoes the change when its timer ends; where there is none,"
    " lines may be applied that are not saved, and a reboot takes them back. Look at these devices, then push again."
)


def backup(
    jobs: Iterable[Job],
    *,
    parallel: int = 20,
    observer: Observer | None = None,
    seal: Callable[[bytes], bytes] | None = None,
) -> list[Backup]:
    """Read every device's running configuration, masked for the archive; results come in the jobs' order.

    `seal` encrypts what the device printed; without it the secrets are gone when the device's turn ends.
    """
    watching = observer or Quiet()

    def not_begun(job: Job) -> Backup:
        return Backup(job.device, job.target.platform, error=_interrupted(job.device))

    return _parallel(jobs, lambda job: backup_one(job, watching, seal), parallel, watching.done, not_begun)


def push(
    jobs: Iterable[Job], *, commit: bool, parallel: int = 20, observer: Observer | None = None
) -> list[PushResult]:
    """Bring every device to what its job intends; without `commit` only say what it would take.

    At most `parallel` devices at a time. One device failing is a result like any other; results come in the jobs'
    order. After an interrupt (KeyboardInterrupt in the calling thread) the devices that were begun are finished and
    the others are left untouched, as their results say; a second one is raised, and the log names what is left in the
    middle.
    """
    watching = observer or Quiet()

    def not_begun(job: Job) -> PushResult:
        return PushResult(job.device, State.UNTOUCHED, error=_interrupted(job.device))

    def work(job: Job) -> PushResult:
        return push_one(job, commit=commit, observer=watching)

    return _parallel(jobs, work, parallel, watching.done, not_begun)


def _interrupted(device: str) -> GovnetError:
    return DeviceError(
        device,
        Message("interrupted before this device was begun"),
        Message("run the command again: devices that are done are not sent anything a second time"),
    )


def _parallel(
    jobs: Iterable[Job],
    work: Callable[[Job], R],
    parallel: int,
    done: Callable[[R], None],
    not_begun: Callable[[Job], R],
) -> list[R]:
    """Work on the jobs in threads; results in the jobs' order.

    The threads end with the process: after a second interrupt nothing waits for a device that hangs.
    """
    every = list(jobs)
    waiting = deque(enumerate(every))
    working: dict[int, str] = {}
    results: dict[int, R] = {}
    finished: SimpleQueue[int] = SimpleQueue()
    stopped = False

    def run() -> None:
        while True:
            try:
                number, job = waiting.popleft()
            except IndexError:
                return
            working[number] = job.device
            results[number] = work(job)
            finished.put(number)

    for number in range(max(1, min(parallel, len(every)))):
        threading.Thread(target=run, name=f"govnet-rollout-{number}", daemon=True).start()
    untold = set(range(len(every)))
    while untold:
        try:
            for number in _ready(finished, results) & untold:
                untold.discard(number)
                done(results[number])
        except KeyboardInterrupt:
            left = ", ".join(name for number, name in list(working.items()) if number not in results)
            if stopped:
                log.critical(tr(LEFT_IN_THE_MIDDLE), left)
                raise
            stopped = True
            while waiting:
                number, job = waiting.popleft()
                results[number] = not_begun(job)
                finished.put(number)
            log.warning(tr(FINISHING), left)
    return [results[number] for number in range(len(every))]


def _ready(finished: SimpleQueue[int], results: Mapping[int, object]) -> set[int]:
    """Jobs that are done: the next one, or all, because an interrupt may come between the getting and the telling."""
    try:
        return {finished.get(timeout=1.0)}
    except Empty:
        return set(results)
