"""How long tests wait for what must come: as long as the slowest machine needs, and no moment longer than it takes.

A wait ends as soon as what it waits for is there, so a long patience costs nothing where all is well. A test that must
show that something does not happen waits for something else that comes after it, never for a while.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = TypeVar("Answer")

PATIENCE = 120.0
"""Seconds for whatever ends by itself when it is done: processes, connections, pages, events."""


def until(
    holds: Callable[[], Answer],
    what: str | Callable[[], object] = "it did not happen",
    *,
    seconds: float = PATIENCE,
    pause: float = 0.05,
) -> Answer:
    """The first answer of `holds` that is true; what else there is to say, `what`, if none is within `seconds`."""
    end = time.monotonic() + seconds
    while not (answer := holds()):
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(pause)
    return answer


async def soon(holds: Callable[[], object], what: str = "it did not happen", *, pause: float = 0.02) -> None:
    """Wait, and let others in this loop go on, until `holds` is true."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, what
        await asyncio.sleep(pause)
