"""A listener that is there to be reached: the positive control of probes, on the side that must not be reached.

It greets whoever connects and echoes the probes' datagrams, no longer than they are; to anything else it keeps silent.
It never speaks first and never to anybody who has not spoken to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from audits.probes.model import Protocol, Vantage
from audits.probes.payloads import QUESTION, TAG
from audits.probes.place import entered
from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from audits.probes.model import Aim

Visit = tuple[str, str, str]  # when, from whom, to what


@contextlib.asynccontextmanager
async def standing(places: Sequence[tuple[Vantage, Aim]]) -> AsyncIterator[list[Visit]]:
    """Listeners at aims inside a lab's hosts while the context lasts; gives the list of visits, which grows.

    Where something listens already, that is the control, and nothing is added. InputError as `listen`.
    """
    visits: list[Visit] = []
    async with contextlib.AsyncExitStack() as stack:
        for vantage, aim in places:
            try:
                opened = _socket(vantage, aim)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                raise InputError([_cannot(aim, error)]) from None
            await _serve(stack, opened, aim, lambda peer, aim: visits.append(_visit(peer, aim)))
        yield visits


def _socket(vantage: Vantage, aim: Aim) -> socket.socket:
    """A socket of the vantage's network, bound to an aim."""
    family = socket.AF_INET if aim.address.version == 4 else socket.AF_INET6
    with entered(vantage):
        opened = socket.socket(family, socket.SOCK_STREAM if aim.protocol is Protocol.TCP else socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        if family is socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if aim.protocol is Protocol.TCP:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((str(aim.address), aim.port))
    except BaseException:
        opened.close()
        raise
    return opened


async def _serve(
    stack: contextlib.AsyncExitStack, opened: socket.socket, aim: Aim, visit: Callable[[Any, Aim], None]
) -> None:
    loop = asyncio.get_running_loop()
    if aim.protocol is Protocol.TCP:
        server = await loop.create_server(partial(_Greeter, aim, visit), sock=opened)
        stack.callback(server.close)
    else:
        transport, _ = await loop.create_datagram_endpoint(partial(_Echoer, aim, visit), sock=opened)
        stack.callback(transport.close)


def _visit(peer: Any, aim: Aim) -> Visit:
    return datetime.now(UTC).isoformat(timespec="seconds"), f"{peer[0]} {peer[1]}", str(aim)


async def listen(
    aims: Sequence[Aim], seconds: float | None, heard: Callable[[Visit], None], ready: Callable[[], None]
) -> None:
    """Listen at every aim for so many seconds, or until cancelled. `ready` is called when that has begun.

    `heard` is told of each visit. InputError if an address or port cannot be listened at.
    """
    here = Vantage("here")
    async with contextlib.AsyncExitStack() as stack:
        for aim in aims:
            try:
                opened = _socket(here, aim)
                await _serve(stack, opened, aim, lambda peer, aim: heard(_visit(peer, aim)))
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
