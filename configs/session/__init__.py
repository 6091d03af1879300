"""A conversation with a device's command line: log in, ask, configure, and know what every line came to.

Each line's echo and answer is checked, though lines are typed ahead of their answers. A block ends after a line that
opens a view or is known to ask something, so that nothing can be typed into the wrong view or taken for an answer.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from configs.session.dictation import Dictation
from configs.session.exchange import AHEAD_BYTES, AHEAD_LINES, Answer, Exchange
from configs.session.login import greet
from configs.session.pace import Pace
from configs.session.prompts import Prompts
from configs.session.screen import readable
from configs.session.terminal import Terminal
from inventory.errors import CommandError, DeviceError, NotBegunError
from inventory.text import Message

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from configs.channel import Channel, Target
    from configs.dialogue import Dialogue

__all__ = ["AHEAD_BYTES", "AHEAD_LINES", "Answer", "Session", "blocks"]


class Session:
    """A logged-in command line. Made by `Session.open`; every method is a coroutine of the channel's loop."""

    def __init__(self, channel: Channel, dialogue: Dialogue, target: Target, mask: Callable[[str], str]) -> None:
        self._dialogue = dialogue
        self._target = target
        self._mask = mask
        self._terminal = Terminal(channel, dialogue, target, mask)
        self._prompts = Prompts(dialogue)
        self._pace = Pace(target.device)
        self._ahead: Exchange | None = None  # lines that are typed, and whose answers whatever comes next reads

    @classmethod
    async def open(
        cls, channel: Channel, dialogue: Dialogue, target: Target, mask: Callable[[str], str] = str
    ) -> Session:
        """Wait for the first prompt, learn the device's name, raise the privilege, have paging turned off.

        `mask` takes the secrets out of a line; errors show lines only so.
        """
        session = cls(channel, dialogue, target, mask)
        try:
            await greet(session._terminal, session._prompts, asyncio.get_running_loop().time() + target.login_timeout)
            await session._type_ahead(dialogue.prepare, lenient=True)
        except BaseException:
            await session.close()
            raise
        return session

    @property
    def name(self) -> str:
        """The device's name as its prompt shows it."""
        return self._prompts.name

    @property
    def broken(self) -> bool:
        """Whether an error left the command line in an unknown state: nothing more can be sent then."""
        return self._terminal.broken

    @property
    def encoding(self) -> str:
        """What lines are sent in; whoever has read the device's configuration sets it to that text's."""
        return self._terminal.encoding

    @encoding.setter
    def encoding(self, encoding: str) -> None:
        self._terminal.encoding = encoding

    @property
    def until(self) -> float:
        """The event loop's time at which a guard may go off: nothing is sent then."""
        return self._pace.until

    @until.setter
    def until(self, time: float) -> None:
        self._pace.until = time

    async def command(
        self, line: str, *, seconds: float = 0, ending: re.Pattern[bytes] | None = None, renamed: bool = False
    ) -> bytes:
        """Send one line and give what it printed, lines ended by LF. CommandError if the device refuses it.

        An output whose last line `ending` matches is no refusal, whatever stands in it: a configuration's banner may
        look like an error. `renamed` says that the device may have another name after it (it goes back to an earlier
        configuration, say).
        """
        if self._dialogue.asks(line.strip()):
            await self._settle()
        self._prompts.any_name = renamed
        (answered,) = await self._exchange([line], seconds or self._target.command_timeout, ending)
        return b"".join(part + b"\n" for part in answered.output)

    async def configure(self, lines: Sequence[str], *, enter: str = "", seconds: float = 0) -> tuple[Answer, ...]:
        """Enter configuration mode, send `lines`, leave it. CommandError tells how far it came.

        `enter` is another command than the dialogue's for entering. After a refusal the mode is left, if possible.
        NotBegunError if a line cannot be typed at all, or if the mode cannot be entered: nothing was changed then.
        """
        try:
            for line in lines:
                self._terminal.encoded(line)
            if enter or self._dialogue.configure:
                await self._enter(enter or self._dialogue.configure)
        except CommandError as error:
            if self.broken:
                raise
            raise NotBegunError(error.device, error.line, error.answer, error.hint) from None
        try:
            answers = await self.send(lines, seconds=seconds)
        except CommandError:
            if not self.broken:
                with suppress(DeviceError):
                    await self.command(self._dialogue.abandon or self._dialogue.leave)
            raise
        if self._dialogue.staged:  # it may ask what is to become of the lines
            await self.command(self._dialogue.leave)
        elif self._dialogue.leave:
            await self._type_ahead((self._dialogue.leave,))
        return answers

    async def _enter(self, command: str) -> None:
        """Into configuration mode. CommandError if the prompt says otherwise: a change is typed nowhere else."""
        said = await self.command(command)
        if not self._dialogue.configuring.search(self._terminal.tail().rstrip()):
            raise CommandError(
                self._target.device,
                command,
                self._mask(readable(said.split(b"\n"))),
                Message("the device did not enter configuration mode; look who else configures it"),
            )

    async def send(self, lines: Sequence[str], *, seconds: float = 0) -> tuple[Answer, ...]:
        """Send `lines` in blocks in the view where the session stands, each checked."""
        done: list[Answer] = []
        limit = seconds or self._target.command_timeout
        await self._settle()
        self._pace.begin()
        for block in blocks(lines, self._dialogue):
            self._pace.sent = len(done)
            try:
                if "\n" in block[0]:
                    self._pace.check(block[0].count("\n") + 1)
                    done += await Dictation(self._terminal, self._prompts, block[0]).run(limit)
                else:
                    done += await self._exchange(block, limit)
            except CommandError as error:
                before = (*(self._mask(one.line) for one in done), *error.accepted)
                raise CommandError(
                    error.device, error.line, error.answer, error.hint, accepted=before, behind=error.behind
                ) from None
            finally:
                self._pace.sent = None
        return tuple(done)

    async def _exchange(
        self, lines: Sequence[str], seconds: float, ending: re.Pattern[bytes] | None = None
    ) -> list[Answer]:
        exchange = self._ahead or Exchange(self._terminal, self._prompts, ())
        exchange.go_on(lines)
        self._ahead = None
        return await exchange.run(self._pace, seconds, ending)

    async def _type_ahead(self, lines: Sequence[str], *, lenient: bool = False) -> None:
        """Type lines that ask nothing and wait for nothing: what they come to is read with whatever is sent next.

        A round trip less at the beginning and at the end of a change. `lenient`: they may be refused.
        """
        if lines:
            self._ahead = Exchange(self._terminal, self._prompts, lines, lenient=lenient)
            await self._ahead.type_all()

    async def _settle(self) -> None:
        """Read what the lines that were typed ahead come to."""
        if self._ahead is not None:
            await self._exchange((), self._target.command_timeout)

    async def close(self) -> None:
        """End the conversation and its channel."""
        await self._terminal.close()


def blocks(lines: Sequence[str], dialogue: Dialogue) -> list[list[str]]:
    """Cut `lines` into blocks: after each line that opens a view or asks something.

    A command of several lines is a block of its own.
    """
    found: list[list[str]] = [[]]
    for line in lines:
        text = "\n" in line
        if text and found[-1]:
            found.append([])
        found[-1].append(line)
        if text or dialogue.asks(line.strip()) or dialogue.opens.match(line.strip()):
            found.append([])
    return found if found[-1] else found[:-1]
