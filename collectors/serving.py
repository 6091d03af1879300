"""A server's life in a process: it runs until it is told to stop, and reads its files again when it is told to."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from inventory.errors import GovnetError, InputError
from inventory.text import language

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


def said(error: GovnetError) -> str:
    """What is wrong with the files, where, and what to write, each fault on lines of its own."""
    if isinstance(error, InputError):
        return "\n".join(problem.in_language(language()) for problem in error.problems)
    return "\n".join(part for part in (str(error), str(error.hint)) if part)


def until_told(run: Callable[[asyncio.Event], Awaitable[None]], reload: Callable[[], None] | None = None) -> None:
    """Run a server in this thread. SIGTERM and SIGINT set the event that it ends by; SIGHUP calls `reload`.

    Files with mistakes are logged, and the server goes on with what it had.
    """

    def again(what: Callable[[], None]) -> None:
        try:
            what()
        except GovnetError as error:
            log.error("the files are not read again: %s", said(error))  # noqa: TRY400 - it has no traceback

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        if reload is not None:
            loop.add_signal_handler(signal.SIGHUP, again, reload)
        await run(stop)

    asyncio.run(main())
