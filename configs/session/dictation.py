"""A command that goes on as text over several lines (a banner): one prompt, at its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from configs.dialogue import QUESTION_SHAPE
from configs.masking import answer
from configs.session.exchange import AHEAD_LINES, Exchange
from configs.session.screen import readable, same
from inventory.errors import CommandError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.session.exchange import Answer
    from configs.session.prompts import Prompts
    from configs.session.terminal import Terminal


class Dictation:
    """One such `command`. Its first line goes alone: were it refused, the device would take the text for commands."""

    def __init__(self, terminal: Terminal, prompts: Prompts, command: str) -> None:
        first, *self._text = command.split("\n")
        self._command = command
        self._terminal = terminal
        self._prompts = prompts
        self._first = Exchange(terminal, prompts, [first])

    async def run(self, seconds: float) -> list[Answer]:
        """Send it, see every line of it echoed, and read what the device says to the whole."""
        await self._begin(seconds)
        for start in range(0, len(self._text), AHEAD_LINES):
            await self._send_text(self._text[start : start + AHEAD_LINES], seconds)
        deadline = asyncio.get_running_loop().time() + seconds
        overtaken = -1  # where a prompt stands in the answer that a message may have overtaken
        woken = False
        while True:
            while (line := self._terminal.next_line()) is not None:
                overtaken = len(self._printed) if self._prompts.stands(line) and not woken else overtaken
                self._printed.append(line)
            if self._prompts.stands(self._terminal.tail()):
                del self._printed[overtaken if woken else len(self._printed) :]
                return self._first.judge()
            hidden = overtaken >= 0 and not self._terminal.tail()
            if not await self._terminal.more(deadline, self._command, questionable=hidden):
                woken = True
                await self._terminal.wake()

    @property
    def _printed(self) -> list[bytes]:
        return self._first.outputs[0]

    async def _begin(self, seconds: float) -> None:
        """Send the first line and wait until the device asks for the text, or says nothing more."""
        terminal, first = self._terminal, self._first
        await first.type_all()
        first.lines = [self._command]  # what errors speak of
        deadline = asyncio.get_running_loop().time() + seconds
        while not any(terminal.dialogue.text_begins.search(line) for line in self._printed):
            first.take_lines()
            tail = terminal.tail()
            if first.current == 0 and self._prompts.stands(tail):
                first.judge()
                raise CommandError(
                    terminal.target.device,
                    terminal.mask(self._command),
                    answer(terminal.mask, self._command, readable(self._printed)),
                    Message("the device did not ask for the text that follows the line; the text was not sent"),
                )
            said = self._command.partition("\n")[0]
            if not await terminal.more(deadline, said, questionable=first.current == 0):
                if QUESTION_SHAPE.search(terminal.tail()):
                    raise first.refusal(terminal.tail())
                return

    async def _send_text(self, text: Sequence[str], seconds: float) -> None:
        """Send lines of text and see each of them echoed, without a prompt before it."""
        terminal = self._terminal
        expected = [terminal.encoded(line) for line in text]
        await terminal.type(text[0], expected)
        deadline = asyncio.get_running_loop().time() + seconds
        while expected:
            line = terminal.next_line()
            if line is None:
                await terminal.more(deadline, self._command, questionable=False)
            elif same(line, expected[0]):
                del expected[0]
            elif (prompt := self._prompts.find(line)) is not None and same(line[prompt.end() :], expected[0]):
                raise self._first.refusal(line)  # the text ended early: what follows are commands
            else:
                self._printed.append(line)
