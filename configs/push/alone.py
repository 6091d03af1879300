"""One push at a time for a device, and a fault of govnet's own is that device's alone."""

from __future__ import annotations

import fcntl
import logging
import time
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from inventory.errors import DeviceError, GovnetError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from configs.push.jobs import Job

log = logging.getLogger(__name__)
RETRY = 2.0  # seconds between two attempts to reach a device that is going back


@contextmanager
def own_faults(job: Job) -> Iterator[None]:
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
def alone(lock: Path | None, device: str, patience: float = 0) -> Iterator[None]:
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
