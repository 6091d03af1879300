"""Reaching a device: where it was, where it goes, or, behind a process that died, where its guard leaves it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from configs.change import Change
from configs.dialects import dialect
from configs.guard import tell, timer
from configs.push.alone import RETRY
from configs.push.jobs import State
from inventory.errors import DeviceTimeoutError, DeviceUnreachableError, GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from configs.channel import Target
    from configs.driver import Driver
    from configs.push.jobs import Job, PushResult

GRACE = 10.0  # seconds that a restore may take after the timer


@dataclass(slots=True)
class Past:
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


def reached(job: Job, past: Past | None = None) -> tuple[Driver, Job]:
    """A driver, logged in where the device answers, and the job from there. DeviceError if nobody answers.

    One that is not where it was may have moved already; an address that was left refuses or, as often, is silent. Where
    a process that died has begun a change, the device may also be cut off until its guard takes the change back: then
    its places are asked again until that is over, and the job stays the whole one.
    """
    unsure = past is not None and past.unsure
    end = _guard_over(job, past) if past is not None else 0.0
    while True:
        for one in (job, job.there()) if job.after else (job,):
            driver = driver_of(one if not unsure else job, one.target)
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


def _guard_over(job: Job, past: Past) -> float:
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


def silent_there(job: Job) -> GovnetError | None:
    """Why a device is not moved to an address that is there already: it does not answer at it."""
    if job.typed is None or job.after is None:
        return None
    there = driver_of(job.there(), job.there().target)
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


@contextmanager
def speaking(job: Job) -> Iterator[Driver]:
    """The device's driver, logged in, for whoever only looks. GovnetError if it cannot be reached."""
    if job.fault is not None:
        raise job.fault
    driver, _ = reached(job)
    try:
        yield driver
    finally:
        driver.close()


def driver_of(job: Job, target: Target) -> Driver:
    """The driver that speaks to the device there; not logged in."""
    from configs.drivers import driver_for  # noqa: PLC0415 - start-up time: NAPALM is heavy

    return driver_for(target.platform).for_target(
        target,
        management=job.managed_at(target.endpoint),
        out_of_band=job.out_of_band,
        after=job.after,
        secrets=job.secrets,
        allow_reboot=job.allow_reboot,
    )
