"""A listener that is there to be reached: the positive control of probes, on the side that must not be reached.

It greets whoever connects and echoes the probes' datagrams, no longer than they are; to anything else it keeps silent.
It never speaks first and never to anybody who has not spoken to it.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from audits.probes.model import Protocol
from audits.probes.payloads import QUESTION, TAG
from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audits.probes.model import Aim

Visit = tuple[str, str, str]  # when, from whom, to what


async def listen(
    aims: Sequence[Aim], seconds: float | None, heard: Callable[[Visit], None], ready: Callable[[], None]
) -> None:
    """Listen at every aim for so many seconds, or until cancelled. `ready` is called when that has begun.

    `heard` is told of each visit. InputError if an address or port cannot be listened at.
    """
    loop = asyncio.get_running_loop()

    def visit(peer: Any, aim: Aim) -> None:
        heard((datetime.now(UTC).isoformat(timespec="seconds"), f"{peer[0]} {peer[1]}", str(aim)))

    async with contextlib.AsyncExitStack() as stack:
        for aim in aims:
            place = (str(aim.address), aim.port)
            try:
                if aim.protocol is Protocol.TCP:
                    server = await loop.create_server(partial(_Greeter, aim, visit), *place)
                    stack.callback(server.close)
                else:
                    transport, _ = await loop.create_datagram_endpoint(partial(_Echoer, aim, visit), place)
                    stack.callback(transport.close)
            except OSError as error:
                raise InputError([_cannot(aim, error)]) from None
        ready()
        await asyncio.sleep(seconds if seconds is not None else float("inf"))


def _cannot(aim: Aim, error: OSError) -> Problem:
    return Problem(
        "cannot-listen",
        Message("{aim} cannot be listened at: {why}", aim=str(aim), why=error.strerror or str(error)),
        Message("name an address of this machine and a free port; ports below 1024 need root"),
        column="--listen",
    )


class _Greeter(asyncio.Protocol):
    """Says its word and closes."""

    def __init__(self, aim: Aim, visit: Callable[[Any, Aim], None]) -> None:
        self._aim, self._visit = aim, visit

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._visit(transport.get_extra_info("peername") or ("?", 0), self._aim)
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(TAG + b"\r\n")
            transport.close()


class _Echoer(asyncio.DatagramProtocol):
    """Answers a probe's question with its word, which is as short."""

    def __init__(self, aim: Aim, visit: Callable[[Any, Aim], None]) -> None:
        self._aim, self._visit = aim, visit
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, peer: Any) -> None:
        if data.startswith(QUESTION) and self._transport is not None:
            self._visit(peer, self._aim)
            self._transport.sendto((TAG + data[len(QUESTION) :])[: len(data)], peer)
