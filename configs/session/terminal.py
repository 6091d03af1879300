"""A command line as somebody at a terminal has it: what stands there, what is typed, and the waiting for more.

Waiting always means waiting for something that the device says, with a limit on the whole.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from configs.channel import silent
from configs.session.screen import shown
from inventory.errors import CommandError, DeviceError, DeviceUnreachableError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.channel import Channel, Target
    from configs.dialogue import Dialogue, Question

QUIET = 2.0  # seconds after which something that looks like a question is one


class Terminal:
    """The bytes from and to one device, line by line.

    `encoding` is what lines are sent in. After an error that leaves the command line in an unknown state, `broken` is
    True and nothing more can be sent.
    """

    def __init__(self, channel: Channel, dialogue: Dialogue, target: Target, mask: Callable[[str], str]) -> None:
        self.dialogue = dialogue
        self.target = target
        self.mask = mask
        self.encoding = "utf-8"
        self.broken = False
        self.hung_up = False  # the device ended the session, in order
        self.heard = 0.0  # when something came last, in the event loop's time
        self._channel = channel
        self._keys = re.compile(b"[\x00-\x09\x0b-\x1f" + re.escape(dialogue.untypable) + b"]")
        self._buffer = bytearray()
        self._answered = 0  # how much of the unfinished last line was a pager or a question, and is dealt with
        self._arrived = asyncio.Event()
        self._patience = 0  # how many whole lines may come before whoever waits has a use for them
        self._ended: DeviceError | None = None
        self._pump = asyncio.get_running_loop().create_task(self._read())

    async def close(self) -> None:
        """End the conversation and its channel."""
        self.broken = True
        self._pump.cancel()
        with suppress(asyncio.CancelledError):
            await self._pump
        await self._channel.close()

    # What comes in

    async def _read(self) -> None:
        """Collect what the device sends, until it ends."""
        loop = asyncio.get_running_loop()
        try:
            while data := await self._channel.read():
                self._buffer += data
                self.heard = loop.time()
                self._patience -= data.count(b"\n")
                if self._patience < 0 or not data.endswith(b"\n"):
                    self._arrived.set()
            self.hung_up = True
            self._ended = DeviceUnreachableError(
                self.target.device,
                Message("the device closed the session"),
                Message("look at its log and at its limit of sessions, then run the command again"),
            )
        except DeviceError as error:
            self._ended = error
        self._arrived.set()

    async def more(self, deadline: float, what: str, *, questionable: bool, patience: int = 0) -> bool:
        """Wait until something arrives. False if nothing did for a while and a question may be pending.

        So many complete lines as `patience` need not be reported at once: most of a block's answers are nothing else,
        and to look at each of them alone costs more than all the rest. They are when nothing has come for a while.
        """
        if self._ended is not None:
            self.broken = True
            raise self._ended
        self._arrived.clear()
        loop = asyncio.get_running_loop()
        left = deadline - loop.time()
        limit = min(left, QUIET) if questionable or patience else left
        begun = loop.time()
        self._patience = patient = 0 if questionable else patience
        try:
            async with asyncio.timeout(max(limit, 0)):
                await self._arrived.wait()
        except TimeoutError:
            if left > limit or (patient and self.heard > begun):
                return not questionable
            self.broken = True
            raise silent(self.target.device, self.mask(what), self.target.command_timeout) from None
        finally:
            self._patience = 0
        return True

    def next_line(self) -> bytes | None:
        """Take the next complete line, as it would look on a terminal; None if there is none yet."""
        end = self._buffer.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._answered = 0
        return shown(line)

    def tail(self) -> bytes:
        """The unfinished last line, as far as it is not dealt with, as it would look on a terminal."""
        if self._buffer.find(b"\n") >= 0:
            return b""
        return shown(bytes(self._buffer[self._answered :]))

    # What is typed

    def encoded(self, line: str) -> bytes:
        """A line as bytes. What a terminal would take as a key, or cannot be written, is refused beforehand."""
        try:
            wire = line.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise CommandError(
                self.target.device, self.mask(line), f"U+{ord(line[error.start]):04X} / {self.encoding}"
            ) from None
        key = self._keys.search(wire)
        if key is not None:
            raise CommandError(
                self.target.device,
                self.mask(line),
                f"\\x{key[0][0]:02x}",
                Message("a terminal takes this character as a key, not as text: change the template or the value"),
            )
        return wire

    async def type(self, first: str, wire: Sequence[bytes]) -> None:
        """Write lines, given as bytes; `first` is the first of them, for the error if the device reads no more."""
        if self.broken:
            raise DeviceUnreachableError(self.target.device, Message("the session is closed"))
        try:
            async with asyncio.timeout(self.target.command_timeout):
                await self._channel.write(b"".join(part + self.dialogue.newline for part in wire))
        except TimeoutError as error:  # it reads no more; DeviceTimeoutError is one too, and says the same
            self.broken = True
            raise silent(self.target.device, self.mask(first), self.target.command_timeout) from error

    async def reply(self, keys: bytes) -> None:
        """Answer what stands at the end: it is dealt with."""
        self._answered = len(self._buffer)
        await self._channel.write(keys)

    async def wake(self) -> None:
        """An empty line, for a prompt that a message has overtaken: it comes anew."""
        await self.reply(self.dialogue.newline)

    async def turn_page(self) -> bool:
        """Answer a pager that stands at the end; whether there was one."""
        if not self.dialogue.pager.search(self.tail()):
            return False
        await self.reply(self.dialogue.pager_key)
        return True

    async def reply_to(self, questions: Sequence[Question], line: str) -> bool:
        """Answer a question of the table, asked after `line`, that stands at the end; whether there was one."""
        tail = self.tail()
        for question in questions:
            if tail and question.line.match(line) and question.pattern.search(tail):
                await self.reply(question.answer)
                return True
        return False
