"""Polling on a schedule: every device at its own moment of the interval, its last page kept in memory.

Pages are kept compressed: an interface table of 57 kB is 4 kB.
"""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from collectors.results import PollResult
    from collectors.targets import Target
    from inventory.errors import SnmpError

# A page that is older than so many intervals says nothing about now.
STALE = 3


@dataclass(frozen=True, slots=True)
class Kept:
    """A device's last poll: its page (empty if nothing was read), when it ended, and what was wrong."""

    page: bytes
    at: float
    error: SnmpError | None

    def text(self) -> bytes:
        """The page as it was."""
        return gzip.decompress(self.page) if self.page else b""


class Background:
    """Polls targets every `every` seconds through `poll`; `kept` is what they said."""

    def __init__(self, poll: Callable[[Target], Awaitable[PollResult]], every: float) -> None:
        self.every = every
        self.kept: dict[str, Kept] = {}
        self._poll = poll
        self._tasks: dict[Target, asyncio.Task[None]] = {}

    def follow(self, targets: Iterable[Target]) -> None:
        """Poll these from now on, and no others."""
        wanted = list(targets)
        for gone in set(self._tasks) - set(wanted):
            self._tasks.pop(gone).cancel()
        names = {target.device for target in wanted}
        self.kept = {name: kept for name, kept in self.kept.items() if name in names}
        for target in wanted:
            if target not in self._tasks:
                self._tasks[target] = asyncio.create_task(self._keep(target))

    def stale(self, kept: Kept) -> bool:
        """Whether a page is too old to be served."""
        return time.monotonic() - kept.at > STALE * self.every

    async def end(self) -> None:
        """Poll no more."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, target: Target) -> None:
        async for _ in rounds(target.device, self.every):
            result = await self._poll(target)
            read = any(part.families for part in result.modules)
            page = gzip.compress(result.page(), compresslevel=1, mtime=0) if read else b""
            self.kept[target.device] = Kept(page, time.monotonic(), result.error)


async def rounds(name: str, every: float) -> AsyncIterator[None]:
    """The moments at which something is to be done every `every` seconds.

    They are the same after every start, so that what stores the samples sees even intervals. Whoever takes longer
    than the interval leaves rounds out; nobody catches up.
    """
    due = time.monotonic() + every * (zlib.crc32(name.encode()) % 4096) / 4096
    while True:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        yield
        late = max(0.0, time.monotonic() - due)
        due += every * (1 + late // every)
