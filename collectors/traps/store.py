"""Notifications on disk: JSON lines, rotated by size, flushed to the disk once a second.

When the disk is full nothing is lost at once: lines wait in memory (`WAITING` of them) and are written when there is
room. A line that was written in part is taken back, so that every line is whole.
"""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST = 64 << 20
KEPT = 10
# Lines that wait for a disk that takes none.
WAITING = 100_000
_FLUSH = 1.0

log = logging.getLogger(__name__)


class Store:
    """One file, `NAME`, and older ones, `NAME.1` to `NAME.<kept>`."""

    def __init__(self, path: Path, *, largest: int = LARGEST, kept: int = KEPT, waiting: int = WAITING) -> None:
        self.path = path
        self._largest = largest
        self._kept = kept
        self._waiting: deque[bytes] = deque()
        self._most = waiting
        self._descriptor = -1
        self._size = 0
        self._dirty = False
        self._flushed = time.monotonic()
        self._failing = False
        self.stored = 0
        self.failed = 0

    @property
    def waiting(self) -> int:
        """Lines that are not written yet."""
        return len(self._waiting)

    def add(self, lines: Sequence[bytes]) -> bool:
        """Write lines (each with its end). False if they wait, or the oldest of those that wait were given up."""
        self._waiting.extend(lines)
        written = self._write()
        while len(self._waiting) > self._most:
            self._waiting.popleft()
            self.failed += 1
        return written

    def tick(self) -> None:
        """Write what waits, and flush what was written to the disk, once a second."""
        if self._waiting:
            self._write()
        if self._dirty and time.monotonic() - self._flushed >= _FLUSH:
            self._flush()

    def close(self) -> None:
        """Write what can be written, flush, close; what still waits is lost and counted."""
        self._write()
        self._flush()
        self.failed += len(self._waiting)
        self._waiting.clear()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        if self._descriptor < 0 or not self._dirty:
            return
        try:
            os.fsync(self._descriptor)
            self._dirty = False
        except OSError as error:
            self._complain(error)

    def _write(self) -> bool:
        """All that waits; False if something still does."""
        while self._waiting:
            # A few lines at a time, so that a file is hardly larger than it may be.
            lines = [self._waiting[number] for number in range(min(256, len(self._waiting)))]
            try:
                self._put(b"".join(lines))
            except OSError as error:
                self._complain(error)
                return False
            for _ in lines:
                self._waiting.popleft()
            self.stored += len(lines)
        if self._failing:
            log.warning("%s: notifications are written again", self.path)
            self._failing = False
        return True

    def _put(self, data: bytes) -> None:
        if self._descriptor < 0:
            self._open()
        if self._size and self._size + len(data) > self._largest:
            self._rotate()
        begun = self._size
        try:
            view = memoryview(data)
            while view:
                written = os.write(self._descriptor, view)
                self._size += written
                view = view[written:]
        except OSError:
            os.ftruncate(self._descriptor, begun)
            self._size = begun
            raise
        self._dirty = True

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._size = os.fstat(self._descriptor).st_size
        if self._size and _last_octet(self.path) != b"\n":
            # A line that a power cut left unfinished: it is ended, so that the next one is a line of its own.
            os.write(self._descriptor, b"\n")
            self._size += 1

    def _rotate(self) -> None:
        self._flush()
        os.close(self._descriptor)
        self._descriptor = -1
        for number in range(self._kept, 0, -1):
            older = self.path.with_name(f"{self.path.name}.{number}")
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if newer.exists():
                newer.replace(older)
        self._open()

    def _complain(self, error: OSError) -> None:
        if not self._failing:
            log.error("%s: notifications are not written, and wait: %s", self.path, error.strerror or error)
            self._failing = True


def _last_octet(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1)
