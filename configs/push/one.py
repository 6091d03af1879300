"""Bring one device to what is intended, or back to what it ran.

A step takes a device's own data and gives data (`Job`, `Compared`, `PushResult`), so that steps can be repeated:
whoever runs one again first reads the device, and a device that is as it should be is sent nothing and saved nothing.
The order of a change: read, compare, refuse what could lock us out, arm the guard, apply, log in anew at the address
the device has then, check, cancel the guard, save. If the new login or the check fails, the device is brought back, at
once or by its guard; the result says how it was left.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from configs.archive import masked
from configs.guard import check, how_left, tell, timer
from configs.masking import hide_secrets
from configs.push.alone import RETRY, alone, own_faults
from configs.push.comparing import Compared, compare, demand_unchanged, nowhere
from configs.push.jobs import Backup, Job, Observer, PushResult, State
from configs.push.reaching import GRACE, Past, driver_of, reached, silent_there
from configs.way_back import way_back
from inventory.errors import (
    DeviceError,
    GovnetError,
    NotBegunError,
    RefusedError,
)
from inventory.sources import write_atomically
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from configs.change import Change
    from configs.driver import Driver
    from configs.guard import Guard
    from inventory.endpoints import Endpoint

log = logging.getLogger(__name__)
LOCK_SECONDS = 600.0  # longer than a push takes, its timer included, so that whoever goes on finds it ended
FRESH = 3.0  # seconds after which what was read is read again before a change


def backup_one(job: Job, observer: Observer, seal: Callable[[bytes], bytes] | None) -> Backup:
    """Read one device's running configuration, masked; `seal` closes the unmasked text. Never raises an Exception."""
    start = time.monotonic()
    text, sealed, fault = b"", b"", job.fault
    if fault is None:
        observer.step(job.device, Message(mark("reading")))
        try:
            with own_faults(job):
                driver, _ = reached(job)
                try:
                    raw = driver.running()
                    text = masked(job.target.platform, raw)
                    sealed = seal(raw) if seal is not None else b""
                finally:
                    driver.close()
        except GovnetError as error:
            fault = error
    return Backup(job.device, job.target.platform, text, time.monotonic() - start, fault, sealed)


def push_one(job: Job, *, commit: bool, observer: Observer, again: bool = False) -> PushResult:
    """One device, from the first login to the last. Never raises an Exception: it becomes the result's `error`.

    `again` says that the same push may have been begun before by a process that died: a change of ours that waits to
    be confirmed is gone on with if the device is as intended, and withdrawn if it is not.
    """
    start = time.monotonic()
    result = PushResult(job.device, State.UNTOUCHED)
    past = Past(again=again and commit, kept=job.keep)
    try:
        with own_faults(job), alone(job.lock if commit else None, job.device, LOCK_SECONDS if again else 0):
            past.look()
            try:
                if job.fault is not None:
                    raise job.fault
                result = _pushed(job, commit=commit, observer=observer, past=past)
            except GovnetError as error:
                result = replace(result, error=error)
            result = _told_moved(job, past.judged(result, commit=commit))
    except GovnetError as error:
        result = replace(result, error=error)
    return replace(result, seconds=time.monotonic() - start)


def _pushed(job: Job, *, commit: bool, observer: Observer, past: Past) -> PushResult:
    observer.step(job.device, Message(mark("reading")))
    moves = job.moved is not None and not job.exact
    driver, job = reached(job, past)
    try:
        read_at = time.monotonic()
        compared = compare(driver, job)
        if past.unsure:
            begun = _begun_before(driver, job, compared, past, observer)
            if begun is not None:
                driver.close()
                return _confirmed(job, begun, PushResult(job.device, State.SAME), begun.seconds, observer)
            past.unsure = not _as_before(driver, job, past)
            read_at = time.monotonic()
            compared = compare(driver, job)
        change = compared.change
        diff = hide_secrets(change.diff, job.secrets)
        result = PushResult(job.device, State.SAME, change.added, change.removed, diff=diff, notes=change.notes)
        if change.empty:
            if moves:
                _arrived(driver, job)
            return _told_lost(compared, result)
        guard = driver.guard(compared.before, change)
        result = replace(result, guard=guard.kind)
        fault = compared.fault or _unsafe(job, change, guard) or nowhere(job, compared) or silent_there(job)
        if fault is not None or not commit:
            return replace(result, state=State.UNTOUCHED if commit else State.DIFFERENT, error=fault)
        if driver.has_pending_commit():
            raise _waiting(job)
        seconds = guard.seconds(timer(change)) if guard else 0
        observer.step(job.device, Message(mark("applying {count} lines"), count=len(change.commands)))
        _keep(job, compared.before)
        job.before()
        if time.monotonic() - read_at > FRESH:
            demand_unchanged(driver, job, compared)
        try:
            with own_faults(job):
                driver.begin(compared.before, change, seconds)
        except (NotBegunError, RefusedError) as error:
            return replace(result, state=State.UNTOUCHED, error=error)
        except GovnetError as error:
            result = replace(result, commands=tuple(driver.sent))
            return _left(job, compared, result, seconds, error, observer)
        result = replace(result, commands=tuple(driver.sent))
    finally:
        driver.close()
    return _confirmed(job, compared, result, seconds, observer)


def _waiting(job: Job) -> RefusedError:
    return RefusedError(
        Message("{device}: an earlier change waits to be confirmed", device=job.device),
        Message("wait until the device undoes it, then run the command again"),
    )


def _arrived(driver: Driver, job: Job) -> None:
    """Of a device that moves and is as intended: GovnetError if it may go back, or does not answer where it goes."""
    if driver.has_pending_commit():
        raise _waiting(job)
    if job.after is None:
        return
    there = driver_of(job.there(), job.there().target)
    try:
        there.open()
    except GovnetError as error:
        tell(error, Message("it is as intended and answers where it was: look whether its template moves it"))
        raise
    finally:
        there.close()


def _told_lost(compared: Compared, result: PushResult) -> PushResult:
    """A way back that lacks lines nobody has any more says so."""
    if not compared.back.lost or result.error is not None:
        return result
    error = DeviceError(
        result.device,
        Message(
            "it is back but for these lines, whose secrets are not kept: {lines}",
            lines=" · ".join(compared.back.lost),
        ),
        Message("type them at the device with their secrets"),
    )
    return replace(result, error=error)


def _told_moved(job: Job, result: PushResult) -> PushResult:
    """Of a device that has moved nobody needs to know any more where it was."""
    if job.moved is None or result.state not in {State.CHANGED, State.SAME}:
        return result
    if job.typed is not None:
        note = Message(
            "it is managed at {address} now: write that into “address” of its row in the table of devices",
            address=job.moved,
        )
    elif job.exact:
        return result
    else:
        note = Message(
            "it answers at {address} now: empty its “former_address” in the table of devices", address=job.moved.ip
        )
    return replace(result, notes=(*result.notes, note))


def _unsafe(job: Job, change: Change, guard: Guard) -> GovnetError | None:
    """Why a change is refused, if it is."""
    try:
        check(job.device, change, guard, out_of_band=job.out_of_band)
    except GovnetError as error:
        return error
    return None


def _load(driver: Driver, job: Job, compared: Compared) -> None:
    """Give a driver what the device is to become."""
    if job.exact:
        driver.load_way_back(compared.back.text)
    else:
        driver.load_merge_candidate(config=job.intended)


def _keep(job: Job, before: bytes) -> None:
    """Write down what the device runs, masked. DeviceError if that cannot be: then nothing is changed."""
    if job.keep is None:
        return
    try:
        if job.keep.exists():
            job.keep.touch()  # when it was last begun: `_guard_over` counts from there
            return
        job.keep.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(job.keep, masked(job.target.platform, before))
    except OSError as error:
        raise DeviceError(
            job.device,
            Message("what the device runs cannot be kept in {path}: {why}", path=job.keep, why=error.strerror),
            Message("make room or make the folder writable; nothing was changed"),
        ) from error


def _begun_before(driver: Driver, job: Job, compared: Compared, past: Past, observer: Observer) -> Compared | None:
    """What a process that died has left on the device, if it is as intended: it is then only checked and saved.

    A change that waits to be confirmed and is not as intended is taken back: at once, or by the guard where the kept
    text lacks a secret.
    """
    waits = driver.has_pending_commit()
    if compared.change.empty:
        back = way_back(job.target.platform, past.before or b"", compared.before)
        goal = compared.back if job.exact else back
        return replace(compared, before=back.text, back=goal, seconds=timer(compared.change) if waits else 0)
    if waits or compared.fault is not None:
        back = way_back(job.target.platform, past.before or b"", compared.before)
        if back.lost and compared.fault is not None and not waits:
            raise compared.fault
        if back.lost:
            raise DeviceError(
                job.device,
                Message("an unfinished change waits on it, which only its own guard can take back"),
                Message("wait until its timer has ended, then run the command again"),
            )
        observer.step(job.device, Message(mark("taking back what was left unfinished")))
        driver.after = job.target.endpoint  # what takes the change back takes the device home
        driver.restore(back.text)
        driver.after, driver.management = job.after or job.target.endpoint, job.management
    return None


def _as_before(driver: Driver, job: Job, past: Past) -> bool:
    """Whether the device runs what it ran before a process that died began to change it."""
    running = driver.running()
    back = way_back(job.target.platform, past.before or b"", running)
    driver.load_way_back(back.text)
    return not back.lost and driver.change_from(running).empty


def _confirmed(job: Job, compared: Compared, result: PushResult, seconds: int, observer: Observer) -> PushResult:
    """Log in anew, check, cancel the guard, save; or see to it that the device goes back."""
    observer.step(job.device, Message(mark("checking over a new login")))
    target = replace(job.target, endpoint=job.after) if job.after else job.target
    driver = driver_of(job, target)
    try:
        try:
            with own_faults(job):
                driver.open()
                _load(driver, job, compared)
                driver.verify()
                job.accept()
                if seconds:
                    driver.settle()
        except GovnetError as error:
            driver.close()
            return _left(job, compared, result, seconds, error, observer)
        observer.step(job.device, Message(mark("saving")))
        saved = _saved(job, driver, compared, result)
        return _told_lost(compared, saved) if job.exact else saved
    finally:
        driver.close()


def _saved(job: Job, driver: Driver, compared: Compared, result: PushResult) -> PushResult:
    """Save, with one more attempt over a new login, which looks again: a device that has rebooted saves what it was.

    A device on which that fails is as intended and reachable, and its guard is gone: going back would be another
    change, and one without a guard. It is left, and the result says that a reboot may take the change back.
    """
    try:
        with own_faults(job):
            driver.save()
    except GovnetError as error:
        log.info("%s: not saved at the first attempt: %s", job.device, driver.mask(str(error)))
    else:
        return replace(result, state=State.CHANGED)
    advice = Message(
        "it was as intended and could not be saved: look whether it has rebooted, push again,"
        " and save it there if nothing is left to send"
    )
    try:
        with own_faults(job):
            driver.close()
            driver.open()
            _load(driver, job, compared)
            driver.verify()
            advice = Message("the change is applied and was checked; log in and save it, or a reboot may take it back")
            driver.save()
    except GovnetError as error:
        failure = error
    else:
        return replace(result, state=State.CHANGED)
    tell(failure, advice)
    return replace(result, state=State.UNKNOWN, error=failure)


def _stays(job: Job, compared: Compared) -> bool:
    """Whether a device that cannot be brought back is as intended with no guard left, and is saved so.

    The connection broke behind the confirmation: what was checked before that is checked again. A guard that nobody can
    see has fired by now.
    """
    driver = driver_of(job, replace(job.target, endpoint=job.after) if job.after else job.target)
    try:
        with own_faults(job):
            driver.open()
            _load(driver, job, compared)
            driver.verify()
            job.accept()
            if driver.has_pending_commit():
                return False
            driver.save()
    except GovnetError as error:
        log.info("%s: not as intended either: %s", job.device, driver.mask(str(error)))
        return False
    finally:
        driver.close()
    return True


def _left(
    job: Job, compared: Compared, result: PushResult, seconds: int, error: GovnetError, observer: Observer
) -> PushResult:
    """Bring a device back whose change failed: at once if it can be reached, else by waiting for its guard.

    A guard leads home, and an address that answers nobody takes a while to say so: only home is asked while it runs.
    """
    armed_until = time.monotonic() + seconds  # it was armed before now
    home, both = (job.target.endpoint,), (job.target.endpoint, job.after or job.target.endpoint)
    back = _bring_back(job, compared.before, both)
    if not back and seconds:
        observer.step(job.device, Message(mark("waiting for the device to undo the change")))
        while not back and time.monotonic() < armed_until + GRACE:
            time.sleep(RETRY)
            back = _bring_back(job, compared.before, home)
        back = back or _bring_back(job, compared.before, both)
    if not back and _stays(job, compared):
        saved = replace(result, state=State.CHANGED)
        return _told_lost(compared, saved) if job.exact else saved
    tell(error, how_left(error, result.commands, back=back, guarded=bool(seconds)))
    if back and compared.back.lost and not job.exact:
        tell(
            error,
            Message(
                "these lines are missing, for their secrets are not kept: {lines}", lines=" · ".join(compared.back.lost)
            ),
        )
    return replace(result, state=State.RESTORED if back else State.UNKNOWN, error=error)


def _bring_back(job: Job, before: bytes, places: Iterable[Endpoint]) -> bool:
    """Reach the device at one of these places, and see to it that it runs what it ran before."""
    for endpoint in dict.fromkeys(places):
        # What takes the change back takes the device home, wherever it is found.
        driver = driver_of(replace(job, after=job.target.endpoint), replace(job.target, endpoint=endpoint))
        try:
            with own_faults(job):
                try:
                    driver.open()
                    driver.restore(before)
                finally:
                    driver.close()
        except GovnetError as error:
            log.info("%s: not brought back over %s: %s", job.device, endpoint, driver.mask(str(error)))
        else:
            return True
    return False
