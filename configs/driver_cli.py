"""Drivers whose devices are spoken to through a command line."""

from __future__ import annotations

import asyncio
import math
import re
from contextlib import suppress
from dataclasses import replace
from functools import partial
from ipaddress import ip_interface
from typing import TYPE_CHECKING, ClassVar

from configs import change as changes
from configs.connection import connect
from configs.driver import Driver, ended
from configs.session import Session
from configs.tree import decode
from inventory.errors import CommandError, DeviceError, DeviceUnreachableError, NotBegunError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from napalm.base import models

    from configs.change import Change, Language
    from configs.dialogue import Dialogue
    from configs.tree import Tree
    from inventory.model import Interface

READ_SECONDS = 180.0  # a long configuration over a slow line
SAVE_SECONDS = 180.0  # flash is slow
MOVE_SECONDS, MOVE_PAUSE = 30.0, 0.5  # until a device is found at its new address; shorter than every guard
GUARD_SHARE = 2 / 3  # of a guard's time, in which a change is sent: what comes behind the guard nothing takes back
CUT_SECONDS = 10.0  # after the line that moves our address, the old session is dead or answers at once


class CliDriver(Driver):
    """A device with a command line: `configs.session` talks, the dialect's dialogue says how.

    `show_running` prints the configuration; `saved` must match what the device answers to `save_command`.
    """

    dialogue: ClassVar[Dialogue]
    language: ClassVar[Language]
    show_running: ClassVar[str]
    save_command: ClassVar[str]
    saved: ClassVar[re.Pattern[bytes]]
    show_guard: ClassVar[str] = ""  # shows whether the guard is armed

    _session: Session | None = None
    _middle: Tree | None = None
    _encoding = ""  # what the device has shown to speak, in this session or in one before

    @property
    def session(self) -> Session:
        """The open session."""
        if self._session is None:
            raise DeviceUnreachableError(self.target.device, Message("the session is closed"))
        return self._session

    async def _open(self) -> None:
        channel = await connect(self.target)
        self._session = await Session.open(channel, self.dialogue, self.target, self.mask)
        self._session.encoding = self._encoding or self.dialect.encoding

    async def _close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def is_alive(self) -> models.AliveDict:
        """Whether the session can be used."""
        return {"is_alive": self._session is not None and not self._session.broken}

    async def _look(self, command: str) -> bytes:
        return await self.session.command(command, seconds=READ_SECONDS)

    async def _running(self) -> bytes:
        output = await self.session.command(self.show_running, seconds=READ_SECONDS, ending=self.dialogue.ending)
        lines = output.split(b"\n")
        while lines and self.dialogue.preamble.match(lines[0]):
            del lines[0]
        last = next((line for line in reversed(lines) if line.strip()), b"")
        if not self.dialogue.ending.match(last.strip()):
            # A prompt inside the text, a pager that was left: half a configuration must not be compared with anything.
            raise DeviceError(
                self.target.device,
                Message(
                    "the configuration came incomplete: it ends with “{line}”",
                    line=self.mask(last.decode("utf-8", "replace").strip()),
                ),
                Message(
                    "run the command again; if it stays so, look at the output of “{command}”",
                    command=self.show_running,
                ),
            )
        text = b"\n".join(lines)
        encoding = decode(text, self.target.device)[1]
        if self.target.opened_for_us:
            self._look_who(text)
        if not text.isascii():  # what the device shows in GB18030 it wants to be told in it
            self._speak(encoding)
        return text

    def _speak(self, encoding: str) -> None:
        """The device has shown text in this encoding; it is spoken to in it from now on, by later sessions too."""
        self._encoding = encoding
        self.session.encoding = encoding

    def _look_who(self, text: bytes) -> None:
        """DeviceUnreachableError if a bastion opened a device that does not have the address we asked for."""
        asked = {self.target.endpoint.host} | ({str(self.management.ip)} if self.management is not None else set())
        if not any(re.search(rf"(?<![\d.]){re.escape(one)}(?![\d.])".encode(), text) for one in asked):
            raise DeviceUnreachableError(
                self.target.device,
                Message(
                    "{hop} opened a device that does not have the address {address}",
                    hop=self.target.via[-1].name,
                    address=self.target.endpoint.host,
                ),
                Message("look which asset it is there, and how the menu's steps in credentials.yaml choose it"),
            )

    def load_way_back(self, text: bytes, middle: bytes = b"") -> None:
        """Take a text that this device ran before; the way there is line by line."""
        self._candidate = self.dialect.parse(text)
        self._going_back = True
        self._middle = self.dialect.parse(middle) if middle else None

    def _change(self, running: Tree) -> Change:
        if not self._going_back or self._candidate is None:
            return super()._change(running)
        return self._difference(self._without_guard(running), self._candidate)

    def _without_guard(self, running: Tree) -> Tree:
        """The configuration without the lines of our own guard, where it stands among them."""
        return running

    async def _configure(self, change: Change, again: Callable[[Tree], Change]) -> None:
        """Send the change; where it moves the address we arrived at, log in anew and send what `again` finds left."""
        commands = change.commands
        if change.reconnect is None:
            await self.session.configure(commands)
            return
        first, rest = commands[: change.reconnect], commands[change.reconnect :]
        try:
            await self.session.configure(first, seconds=CUT_SECONDS)
        except DeviceError as error:
            if not ended(error):
                raise
        await self._move()
        if rest:
            # The silence may have come before the line that moves the address: then the old path is still needed.
            left = again(self.dialect.parse(await self._running()))
            if left.reconnect is not None:
                raise DeviceUnreachableError(
                    self.target.device, Message("the session ended before the address had moved")
                )
            try:
                await self.session.configure(left.commands)
            except NotBegunError as error:  # the first part was
                raise CommandError(
                    error.device, error.line, error.answer, error.hint, accepted=tuple(map(self.mask, first))
                ) from None

    def _rest(self, change: Change, now: Tree) -> Change:
        """What is left of commands that were made before, on a device that has taken the first part of them."""
        assert self._middle is not None  # noqa: S101 - `_apply` asks
        if not self._difference(self._without_guard(now), self._middle).empty:
            raise DeviceUnreachableError(self.target.device, Message("the session ended before the address had moved"))
        return changes.Change(change.commands[change.reconnect :])

    async def _move(self) -> None:
        """Log in anew where the device is after the change; neighbours and routes may need a moment to find it."""
        until = self.session.until
        await self._close()
        self.target = replace(self.target, endpoint=self.after)
        loop = asyncio.get_running_loop()
        end = loop.time() + MOVE_SECONDS
        while True:
            try:
                await self._open()
            except DeviceError as error:
                if not ended(error) or loop.time() >= end:
                    raise
                await asyncio.sleep(MOVE_PAUSE)
            else:
                self.session.until = until
                return

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        del candidate
        if revert_in:
            until = asyncio.get_running_loop().time() + revert_in * GUARD_SHARE
            await self._armed(revert_in, running)
            self.session.until = until
        try:
            await self._configure(change, self._change if self._middle is None else partial(self._rest, change))
        except NotBegunError:
            if revert_in and not self.session.broken:
                with suppress(DeviceError):  # it goes off by itself, and takes nothing back
                    await self._disarm()
            raise
        finally:
            if self._session is not None:
                self._session.until = math.inf

    async def _arm(self, seconds: int, running: Tree) -> None:
        """Set the device's guard so that it goes back to `running` by itself."""
        raise NotImplementedError

    async def _armed(self, seconds: int, running: Tree) -> None:
        """Arm the guard and see on the device that it is armed. NotBegunError if it is not: nothing is changed then."""
        try:
            await self._arm(seconds, running)
            await self._see_armed()
        except CommandError as error:
            if self.session.broken:
                raise
            with suppress(DeviceError):
                await self._disarm()
            raise NotBegunError(error.device, error.line, error.answer, error.hint) from None

    async def _see_armed(self) -> None:
        """CommandError if the device does not show the guard."""
        if not await self._pending():
            raise CommandError(
                self.target.device,
                self.show_guard,
                "–",
                Message("the device took the guard's lines and does not show it armed; nothing was changed"),
            )

    async def _disarm(self) -> None:
        """Take away whatever of a guard there is, armed or not."""
        if await self._pending():
            await self._confirm()

    async def _undo(self, before: bytes) -> None:
        """Take back, line by line, whatever differs from `before`."""
        wanted = self.dialect.parse(before)
        if not before.isascii() and not self._encoding:
            self._speak(wanted.encoding)

        def way_back(now: Tree) -> Change:
            return self._difference(now, wanted)

        back = way_back(self.dialect.parse(await self._running()))
        if back.empty:
            return
        await self._configure(back, way_back)
        left = way_back(self.dialect.parse(await self._running()))
        if not left.empty:
            raise DeviceError(
                self.target.device,
                Message("the change could not be taken back in {count} lines", count=left.added + left.removed),
                Message("these lines still differ: {lines}", lines=self.mask(left.diff.strip().replace("\n", " · "))),
            )

    def _exact(self) -> Language:
        """The language in which nothing that differs may stay."""
        return replace(self.language, owned=re.compile(""), whole=True)

    def _difference(self, now: Tree, wanted: Tree) -> Change:
        """The change after which nothing differs."""
        return changes.compute(now, wanted, self._exact(), self.management)

    async def _save(self) -> None:
        output = await self.session.command(self.save_command, seconds=SAVE_SECONDS)
        if not self.saved.search(output):
            raise CommandError(
                self.target.device,
                self.save_command,
                self.mask(output.decode("utf-8", "replace").strip()),
                Message("the change is applied; whether it is saved is unknown"),
            )

    async def _answer(self, command: str, seconds: float = 0) -> bytes | None:
        """What a command prints; None if the device refuses it."""
        try:
            return await self.session.command(command, seconds=seconds)
        except CommandError:
            if self.session.broken:
                raise
            return None

    async def _text(self, command: str) -> str:
        """What a command prints, decoded; empty if the device refuses it."""
        return decode(await self._answer(command) or b"")[0]

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        found = []
        for node in tree.starting("interface"):
            name = node.text.split(maxsplit=1)[1]
            for child in node.children:
                match = _ADDRESS.match(child.text)
                if match is not None:
                    found.append((name, ip_interface(f"{match['ip']}/{match['mask']}")))
        return found


_ADDRESS = re.compile(
    r"(?:ip|ipv6) address (?P<ip>[0-9a-fA-F.:]+)[ /](?P<mask>\d{1,3}(?:\.\d{1,3}){3}|\d{1,3})(?:\s|$)"
)
