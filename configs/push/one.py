"""Bring one device to what is intended, or back to what it ran.

A step takes a device's own data and gives data (`Job`, `Compared`, `PushResult`), so that steps can be repeated:
whoever runs one again first reads the device, and a device that is as it should be is sent nothing and saved nothing.
The order of a change: read, compare, refuse what could lock us out, arm the guard, apply, log in anew at the address
the device has then, check, cancel the guard, save. If the new login or the check fails, the device is brought back, at
once or by its guard; the result says how it was left.
"""

from __future__ import annotations

import fcntl
import logging
import re
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TextIO

from configs.archive import masked
from configs.change import Change
from configs.dialects import dialect
from configs.guard import NAMED, check, how_left, tell, timer
from configs.masking import hide_secrets
from configs.push.jobs import Backup, Job, Observer, PushResult, State
from configs.way_back import WayBack, way_back
from inventory.errors import (
    DeviceError,
    DeviceTimeoutError,
    DeviceUnreachableError,
    GovnetError,
    NotBegunError,
    RefusedError,
)
from inventory.sources import write_atomically
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from configs.channel import Target
    from configs.driver import Driver
    from configs.guard import Guard
    from configs.push.jobs import Typed
    from inventory.endpoints import Endpoint

NOTHING = WayBack(b"")
log = logging.getLogger(__name__)
GRACE = 10.0  # seconds that a restore may take after the timer
LOCK_SECONDS = 600.0  # longer than a push takes, its timer included, so that whoever goes on finds it ended
RETRY = 2.0  # seconds between two attempts to reach a device that is going back


@dataclass(frozen=True, slots=True)
class Compared:
    """A device as it was found: its running configuration, and what it would take to change it."""

    before: bytes
    change: Change
    seconds: int = 0  # of a guard that a process which died has armed
    back: WayBack = NOTHING  # where it is the way back
    fault: GovnetError | None = None  # why its commands are not for this device


def backup_one(job: Job, observer: Observer, seal: Callable[[bytes], bytes] | None) -> Backup:
    """Read one device's running configuration, masked; `seal` closes the unmasked text. Never raises an Exception."""
    start = time.monotonic()
    text, sealed, fault = b"", b"", job.fault
    if fault is None:
        observer.step(job.device, Message(mark("reading")))
        try:
            with _own_faults(job):
                driver, _ = _reached(job)
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
    past = _Past(again=again and commit, kept=job.keep)
    try:
        with _own_faults(job), _alone(job.lock if commit else None, job.device, LOCK_SECONDS if again else 0):
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


@dataclass(slots=True)
class _Past:
    """What a process that died may have left on a device. `kept` is where it wrote what the device ran.

    `unsure` says that a change was begun and nobody has seen yet how the device stands.
    """

    again: bool
    kept: Path | None
    unsure: bool = False

    def look(self) -> None:
        """Whether a change was begun: with the device's lock held, nobody is at it now."""
        self.unsure = self.again and self.kept is not None and self.kept.exists()

    @property
    def before(self) -> bytes | None:
        """What the device ran, masked; None if no change was begun."""
        return self.kept.read_bytes() if self.kept is not None and self.unsure else None

    def judged(self, result: PushResult, *, commit: bool) -> PushResult:
        """Nobody may call a device untouched that a process which died has perhaps changed.

        One that is as it was is begun anew next time, with what it runs then kept.
        """
        if result.state is State.UNTOUCHED and self.unsure and result.error is not None:
            tell(
                result.error,
                Message(
                    "an earlier run had begun to change this device and died; an armed guard takes that back;"
                    " look at the device, then run the command again"
                ),
            )
            return replace(result, state=State.UNKNOWN)
        if commit and self.kept is not None and result.state in {State.UNTOUCHED, State.RESTORED}:
            self.kept.unlink(missing_ok=True)
        return result


@contextmanager
def _own_faults(job: Job) -> Iterator[None]:
    """A fault in govnet itself is that device's failure, not everybody's. Its text is not shown: it may hold a line."""
    try:
        yield
    except GovnetError:
        raise
    except Exception as error:  # whatever it is, the other devices go on
        if isinstance(error, OSError) and not isinstance(error, (ConnectionError, TimeoutError)):
            raise no_file(job.device, error) from error
        where = "".join(traceback.format_tb(error.__traceback__))
        log.debug("%s: %s\n%s", job.device, type(error).__name__, where)
        raise DeviceError(
            job.device,
            Message("a fault in govnet itself: {kind}", kind=type(error).__name__),
            Message("run the command again with -vv and report what it says"),
        ) from None


def no_file(device: str, error: OSError) -> DeviceError:
    """What is said where a file of the workspace cannot be read or written."""
    return DeviceError(
        device,
        Message("a file here cannot be used: {why}", why=error),
        Message("make room on the disk, and make the workspace's files writable; then run the command again"),
    )


@contextmanager
def _alone(lock: Path | None, device: str, patience: float = 0) -> Iterator[None]:
    """Hold the device's lock. RefusedError if another push holds it for longer than `patience` seconds.

    Two at a time would take back each other's lines.
    """
    if lock is None:
        yield
        return
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        (lock.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        stream = lock.open("a", encoding="utf-8")
    except OSError as error:
        raise RefusedError(
            Message("{device}: the lock {path} cannot be used: {why}", device=device, path=lock, why=error.strerror),
            Message("make the folder writable for whoever pushes"),
        ) from error
    with stream:
        end = time.monotonic() + patience
        while not _locked(stream):
            if time.monotonic() >= end:
                raise RefusedError(
                    Message("{device}: another push is at work on it", device=device),
                    Message("wait until it has ended, then run the command again"),
                )
            time.sleep(RETRY)
        yield


def _locked(stream: TextIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def compare(driver: Driver, job: Job) -> Compared:
    """Read the device and compare it with what is intended. The driver has that as its candidate then."""
    before = driver.running()
    if not job.exact:
        driver.load_merge_candidate(config=job.intended)
        return Compared(before, driver.change_from(before))
    if job.typed is not None:
        return _typed(driver, job, job.typed, before)
    back = way_back(job.target.platform, job.intended.encode(), before)
    driver.load_way_back(back.text)
    return Compared(before, driver.change_from(before), back=back)


def _typed(driver: Driver, job: Job, typed: Typed, before: bytes) -> Compared:
    """Compare a device for which the commands are there with what they begin with, and with what they lead to."""
    begins = way_back(job.target.platform, typed.before, before)
    driver.load_way_back(begins.text)
    drift = driver.change_from(before)
    ends = way_back(job.target.platform, job.intended.encode(), before)
    driver.load_way_back(ends.text, way_back(job.target.platform, typed.middle, before).text)
    change = driver.change_from(before)
    if change.empty:
        return Compared(before, change, back=ends)
    fault = None
    if typed.reconnect is not None and driver.target.endpoint == (job.after or job.target.endpoint):
        fault = RefusedError(
            Message("{device}: it answers only where these commands lead, not where they begin", device=job.device),
            Message("look why it is silent at the address where it is managed now"),
        )
    elif not drift.empty or begins.lost or ends.lost:
        lines = [*hide_secrets(drift.diff, job.secrets).strip().splitlines(), *begins.lost, *ends.lost]
        fault = RefusedError(
            Message("{device}: it does not run what these commands begin with", device=job.device),
            Message(
                "do the stage before, or look who has changed it and make the stages again; lines that differ: {lines}",
                lines=" · ".join((*lines[:NAMED], *("…",) * (len(lines) > NAMED))),
            ),
        )
    return Compared(before, replace(change, commands=typed.commands, reconnect=typed.reconnect), back=ends, fault=fault)


def _pushed(job: Job, *, commit: bool, observer: Observer, past: _Past) -> PushResult:
    observer.step(job.device, Message(mark("reading")))
    moves = job.moved is not None and not job.exact
    driver, job = _reached(job, past)
    try:
        compared = compare(driver, job)
        if past.unsure:
            begun = _begun_before(driver, job, compared, past, observer)
            if begun is not None:
                driver.close()
                return _confirmed(job, begun, PushResult(job.device, State.SAME), begun.seconds, observer)
            past.unsure = not _as_before(driver, job, past)
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
        fault = compared.fault or _unsafe(job, change, guard) or _nowhere(job, compared) or _silent_there(job)
        if fault is not None or not commit:
            return replace(result, state=State.UNTOUCHED if commit else State.DIFFERENT, error=fault)
        if driver.has_pending_commit():
            raise _waiting(job)
        seconds = guard.seconds(timer(change)) if guard else 0
        observer.step(job.device, Message(mark("applying {count} lines"), count=len(change.commands)))
        _keep(job, compared.before)
        job.before()
        try:
            with _own_faults(job):
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
    there = _driver(job.there(), job.there().target)
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


def _nowhere(job: Job, compared: Compared) -> GovnetError | None:
    """Why a way back is refused that takes away the address we come to, when nobody says where the device is then."""
    if not job.exact or job.after is not None or job.management is None:
        return None
    ours = str(job.management.ip)
    address = re.compile(rf"(?<![\w.:]){re.escape(ours)}(?![\w:]|\.\d)".encode())
    if not address.search(compared.before) or address.search(compared.back.text):
        return None
    return RefusedError(
        Message("{device}: on the way back it loses the address {address}", device=job.device, address=ours),
        Message("write the address that it had then into “former_address” in the table of devices"),
    )


def _silent_there(job: Job) -> GovnetError | None:
    """Why a device is not moved to an address that is there already: it does not answer at it."""
    if job.typed is None or job.after is None:
        return None
    there = _driver(job.there(), job.there().target)
    try:
        there.open()
    except GovnetError as error:
        tell(
            error, Message("it has to answer there before it is managed there; look for routes and filters on the way")
        )
        return error
    finally:
        there.close()
    return None


def _load(driver: Driver, job: Job, compared: Compared) -> None:
    """Give a driver what the device is to become."""
    if job.exact:
        driver.load_way_back(compared.back.text)
    else:
        driver.load_merge_candidate(config=job.intended)


def _reached(job: Job, past: _Past | None = None) -> tuple[Driver, Job]:
    """A driver, logged in where the device answers, and the job from there. DeviceError if nobody answers.

    One that is not where it was may have moved already; an address that was left refuses or, as often, is silent. Where
    a process that died has begun a change, the device may also be cut off until its guard takes the change back: then
    its places are asked again until that is over, and the job stays the whole one.
    """
    unsure = past is not None and past.unsure
    end = _guard_over(job, past) if past is not None else 0.0
    while True:
        for one in (job, job.there()) if job.after else (job,):
            driver = _driver(one if not unsure else job, one.target)
            try:
                driver.open()
            except (DeviceUnreachableError, DeviceTimeoutError) as error:
                driver.close()
                failure = error
            except BaseException:
                driver.close()
                raise
            else:
                return driver, job if unsure else one
        if not unsure or time.time() >= end:
            raise failure
        time.sleep(RETRY)


def _guard_over(job: Job, past: _Past) -> float:
    """When a guard that a process which died has armed is over (seconds since 1970); 0 if none was."""
    before = past.before
    if before is None or past.kept is None:
        return 0.0
    language: Any = dialect(job.target.platform)  # every dialect that can be pushed knows `management`
    if job.typed is not None:
        change = Change(job.typed.commands)
    elif language.language is None:
        # The device itself says what would change, and nobody can ask it now: at most everything.
        change = Change((*before.decode("utf-8", "replace").splitlines(), *job.intended.splitlines()))
    else:
        had, wanted = language.parse(before), language.parse(job.intended.encode())
        change = language.change(had, wanted, management=job.management)
    # A clock that was set back since must not make anybody wait for hours.
    return min(past.kept.stat().st_mtime, time.time()) + timer(change) + GRACE


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


def _begun_before(driver: Driver, job: Job, compared: Compared, past: _Past, observer: Observer) -> Compared | None:
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


def _as_before(driver: Driver, job: Job, past: _Past) -> bool:
    """Whether the device runs what it ran before a process that died began to change it."""
    running = driver.running()
    back = way_back(job.target.platform, past.before or b"", running)
    driver.load_way_back(back.text)
    return not back.lost and driver.change_from(running).empty


def _confirmed(job: Job, compared: Compared, result: PushResult, seconds: int, observer: Observer) -> PushResult:
    """Log in anew, check, cancel the guard, save; or see to it that the device goes back."""
    observer.step(job.device, Message(mark("checking over a new login")))
    target = replace(job.target, endpoint=job.after) if job.after else job.target
    driver = _driver(job, target)
    try:
        try:
            with _own_faults(job):
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
        with _own_faults(job):
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
        with _own_faults(job):
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
        driver = _driver(replace(job, after=job.target.endpoint), replace(job.target, endpoint=endpoint))
        try:
            with _own_faults(job):
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


@contextmanager
def speaking(job: Job) -> Iterator[Driver]:
    """The device's driver, logged in, for whoever only looks. GovnetError if it cannot be reached."""
    if job.fault is not None:
        raise job.fault
    driver, _ = _reached(job)
    try:
        yield driver
    finally:
        driver.close()


def _driver(job: Job, target: Target) -> Driver:
    from configs.drivers import driver_for  # noqa: PLC0415 - start-up time: NAPALM is heavy

    return driver_for(target.platform).for_target(
        target,
        management=job.managed_at(target.endpoint),
        out_of_band=job.out_of_band,
        after=job.after,
        secrets=job.secrets,
        allow_reboot=job.allow_reboot,
    )
