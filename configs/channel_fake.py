"""A channel without a network: the other end is an object. For tests, beside the seam it stands in for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from inventory.errors import DeviceUnreachableError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.channel import Finished


class Peer(Protocol):
    """A device as bytes. EOFError from `receive` means that it hangs up, after what it gave before."""

    def greet(self) -> bytes:
        """What it says when somebody has logged in."""
        ...

    def receive(self, data: bytes) -> bytes:
        """What it says to some bytes."""
        ...

    def run(self, command: str, stdin: bytes) -> Finished:
        """What an exec request comes to."""
        ...


class FakeChannel:
    """A channel to a `Peer`. What the peer says arrives in pieces of `piece` bytes, 0 for all at once."""

    def __init__(self, peer: Peer, *, device: str = "fake", piece: int = 0) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self._peer = peer
        self._device = device
        self._piece = piece
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._put(peer.greet())

    def _put(self, data: bytes) -> None:
        size = self._piece or len(data) or 1
        for start in range(0, len(data), size):
            self._inbox.put_nowait(data[start : start + size])

    async def write(self, data: bytes) -> None:
        """Give the peer some bytes."""
        if self.closed:
            raise DeviceUnreachableError(self._device, Message("the session is closed"))
        self.sent.append(data)
        try:
            self._put(self._peer.receive(data))
        except EOFError:
            self._inbox.put_nowait(b"")

    async def read(self) -> bytes:
        """The next piece."""
        return await self._inbox.get()

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """One exec request."""
        return self._peer.run(command, stdin)

    async def close(self) -> None:
        """End it."""
        self.closed = True
        self._inbox.put_nowait(b"")
