"""A server's life in a process: it runs until it is told to stop, and reads its files again when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from inventory.errors import GovnetError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


def until_told(run: Callable[[asyncio.Event], Awaitable[None]], reload: Callable[[], None] | None = None) -> None:
    """Run a server in this thread. SIGTERM and SIGINT set the event that it ends by; SIGHUP calls `reload`.

    Files with mistakes are logged, and the server goes on with what it had.
    """

    def again(what: Callable[[], None]) -> None:
        try:
            what()
        except GovnetError as error:
            log.error("the files are not read again: %s", error)  # noqa: TRY400 - a mistake in a file has no traceback

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if reload is not None:
            loop.add_signal_handler(signal.SIGHUP, again, reload)
        await run(stop)

    asyncio.run(main())
