"""A block of lines and their answers: typed ahead, each echo and each answer checked.

Lines are written ahead of their answers, because a line a round trip is what makes a push slow; no more than
`AHEAD_LINES` are ever under way. What no table knows is never answered.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.dialogue import QUESTION_SHAPE
from configs.masking import answer
from configs.session.screen import readable, same
from inventory.errors import CommandError
from inventory.text import Message

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from configs.session.pace import Pace
    from configs.session.prompts import Prompts
    from configs.session.terminal import Terminal

AHEAD_LINES = 24  # lines typed and not answered: that many may have gone in behind one that is refused
AHEAD_BYTES = 2048  # well below what a device's terminal line buffers
REFILL_LINES = AHEAD_LINES // 2  # more is typed when no more than these are left, so that the device never waits for us
ENDLESS = 20  # times a command's time: a device that talks without end is given up
PATIENT = 1 << 30  # lines: as many as come

UNKNOWN_QUESTION = Message("the device asks something that govnet does not answer by itself; nothing was guessed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line came to: the lines that the device printed for it, as bytes without line ends."""

    line: str
    output: tuple[bytes, ...]


class Exchange:
    """How far a block's `lines` have been typed, and their answers read.

    `wire` are those that have been typed, as bytes, `outputs` what each of them printed. `current` is the line whose
    answer comes, -1 before the first; the answers of those before it are complete. The first `passed` lines were typed
    for whatever comes next (`go_on`); with `lenient` it does not matter if the device refuses them.
    """

    def __init__(self, terminal: Terminal, prompts: Prompts, lines: Sequence[str], *, lenient: bool = False) -> None:
        self.lines = list(lines)
        self.passed = 0
        self.wire: list[bytes] = []
        self.outputs: list[list[bytes]] = []
        self.current = -1
        self._terminal = terminal
        self._prompts = prompts
        self._lenient = lenient
        self._whole = [terminal.encoded(line) for line in lines]
        self._judged = 0  # how many of the complete answers have been looked at
        self._refused = False
        self._part = b""  # the beginning of an echo that a message cut in two
        self._overtaken = -1  # where in the answer at work a prompt stands that a message overtook; -1: there is none
        self._woken = -1  # how many lines of the answer at work had come when an empty line was typed; -1: none was

    def go_on(self, lines: Sequence[str]) -> None:
        """More lines: `run` answers for them, those typed before need not have been answered yet."""
        self._whole += [self._terminal.encoded(line) for line in lines]
        self.passed = len(self.lines)
        self.lines += lines

    async def run(self, pace: Pace, seconds: float, ending: re.Pattern[bytes] | None = None) -> list[Answer]:
        """Type the lines and read each one's echo and answer. The prompt before the first stays where it is."""
        terminal = self._terminal
        await self._type_on(pace)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        end = loop.time() + ENDLESS * seconds
        while True:
            if self.take_lines():
                deadline = min(terminal.heard + seconds, end)
            tail = terminal.tail()
            if self._part and self._prompts.stands(tail):
                raise self._garbled(self._part)
            at_prompt = self._prompts.ends(tail) if self.last else self._prompts.stands(tail)
            if await self._type_on(pace, idle=at_prompt and self.last):
                continue
            if self.last:
                if at_prompt:
                    self._finish()
                    return self.judge(ending)
                if len(self.wire) == len(self.lines) and await terminal.reply_to(
                    terminal.dialogue.questions, self.lines[-1].strip()
                ):
                    continue
            if await terminal.turn_page():
                continue
            await self._wait(deadline, tail, at_prompt=at_prompt)

    async def _wait(self, deadline: float, tail: bytes, *, at_prompt: bool) -> None:
        """Wait for more. CommandError if the device asks something that no table knows."""
        terminal = self._terminal
        shaped = not at_prompt and self.current >= 0 and QUESTION_SHAPE.search(tail) is not None
        hidden = self.last and not tail and self._overtaken >= 0
        here = self.lines[max(self.current, 0)]
        if await terminal.more(deadline, here, questionable=shaped or hidden, patience=self._useless()):
            return
        if not hidden:
            raise self.refusal(tail)
        self._woken = len(self.outputs[self.current]) if self._woken < 0 else self._woken
        await terminal.wake()

    @property
    def last(self) -> bool:
        """Whether every line that was typed has been echoed."""
        return self.current == len(self.wire) - 1

    # Typing

    async def type_all(self) -> None:
        """Type every line."""
        await self._type(len(self.lines))

    async def _type_on(self, pace: Pace, *, idle: bool = False) -> bool:
        """Type the next lines if few enough are unanswered and none is refused; whether any was typed.

        `idle` says that the device has answered everything and waits.
        """
        typed = len(self.wire)
        answered = typed if idle else max(self.current, 0)
        if typed == len(self.lines) or typed - answered > REFILL_LINES or self._refuses(answered):
            return False
        size = sum(len(wire) + 1 for wire in self.wire[answered:])
        until = typed
        for wire in self._whole[typed : answered + AHEAD_LINES]:
            size += len(wire) + 1
            if size > AHEAD_BYTES and until > answered:
                break
            until += 1
        if until == typed or not pace.check(until - answered, answered, waiting=typed > answered):
            return False
        await self._type(until)
        return True

    async def _type(self, until: int) -> None:
        typed = len(self.wire)
        self.wire += self._whole[typed:until]
        self.outputs += [[] for _ in range(typed, until)]
        await self._terminal.type(self.lines[typed], self.wire[typed:])
        for line in self.lines[typed:until]:
            self._prompts.typed(line, self._terminal.encoding)

    def _refuses(self, answered: int) -> bool:
        """Whether the device has refused one of the first `answered` lines."""
        while self._judged < answered and not self._refused:
            lenient = self._lenient and self._judged < self.passed
            self._refused = not lenient and self._terminal.dialogue.error_in(self.outputs[self._judged]) is not None
            self._judged += 1
        return self._refused

    def _useless(self) -> int:
        """How many lines may come before there is something to do: more to type, if there is more."""
        waiting = len(self.wire) - max(self.current, 0)
        return waiting - REFILL_LINES if len(self.wire) < len(self.lines) and waiting > REFILL_LINES else PATIENT

    # Reading

    def take_lines(self) -> bool:
        """Sort the complete lines that came: echoes, and what belongs to the answer before the next echo."""
        taken = False
        while (line := self._terminal.next_line()) is not None:
            taken = True
            if self._is_echo(line):
                self.current += 1
                self._part, self._overtaken, self._woken = b"", -1, -1
            elif self.current >= 0:
                self._notice_swallowed(line)
                self.outputs[self.current].append(line)
        return taken

    def _is_echo(self, line: bytes) -> bool:
        """Whether a line is the echo of the next line that was sent: a prompt and that line.

        The line alone it is at first, and where a message has come between the prompt and it.
        """
        expected = b"" if self.last else self.wire[self.current + 1]
        if expected and self._prompts.echoes(line, expected):
            return True
        found = self._prompts.find(line)
        bare = found is None and (self.current < 0 or self._overtaken >= 0)
        echoed = b"" if found is None else line[found.end() :]
        if expected and same(self._part + line if bare else echoed, expected):
            self._leave_out(sure=bare)
            return True
        if found is not None:
            self._notice_overtaken(line, echoed, expected)
        return False

    def _notice_overtaken(self, line: bytes, echoed: bytes, expected: bytes) -> None:
        """A prompt without the line that was expected: a message has come behind it, or in the middle of the echo."""
        if echoed.strip() and not self._terminal.dialogue.log.match(echoed):
            if not expected:
                return
            if self._part or not expected.strip().startswith(echoed.strip()):
                raise self._garbled(line)
            self._part = echoed  # the rest of it, or the whole once more, comes behind the message
        if self._woken < 0:
            self._overtaken = len(self.outputs[self.current]) if self.current >= 0 else 0

    def _garbled(self, line: bytes) -> CommandError:
        """The error for a prompt and something else behind it: the device did not get what was sent."""
        terminal = self._terminal
        terminal.broken = True
        sent = self.wire[self.current + 1].decode(terminal.encoding)
        return CommandError(
            terminal.target.device,
            terminal.mask(sent),
            answer(terminal.mask, sent, readable([line])),
            Message("the device received other characters than were sent; the line to it loses bytes"),
        )

    def _finish(self) -> None:
        """The answer at work is complete. What an empty line brought is no part of it.

        If more than a prompt came behind the empty line, the device had only paused, in a text that shows a prompt.
        """
        if self._woken < 0:
            self._leave_out(sure=False)
            return
        output, log = self.outputs[self.current], self._terminal.dialogue.log
        rest = [line for line in output[self._woken :] if line.strip() and not self._prompts.stands(line)]
        if all(log.match(line) for line in rest):
            self._leave_out(sure=True)
            return
        while self._prompts.stands(output[-1]) or not output[-1].strip():
            del output[-1]

    def _leave_out(self, *, sure: bool) -> None:
        """Take the prompt that a message overtook, and the message, out of the answer at work.

        Unless it is `sure` that there was one, only messages of a known form: a text may show what looks like a prompt.
        """
        if self.current < 0 or self._overtaken < 0:
            return
        output, log = self.outputs[self.current], self._terminal.dialogue.log
        messages = output[self._overtaken + 1 :]
        if sure or (messages and all(log.match(line) or not line.strip() for line in messages)):
            del output[self._overtaken :]

    def _notice_swallowed(self, line: bytes) -> None:
        """A question in the middle of a block takes the next line as its answer: that must not go unseen."""
        if self.last:
            return
        expected = self.wire[self.current + 1].strip()
        if expected and line.rstrip().endswith(expected):
            asked = line.rstrip()[: -len(expected)]
            if QUESTION_SHAPE.search(asked):
                raise self.refusal(asked)

    # What it came to

    def judge(self, ending: re.Pattern[bytes] | None = None) -> list[Answer]:
        """The answers, or the first refusal among them."""
        terminal, lines = self._terminal, self.lines
        if ending is not None:
            self.outputs[-1] = [line for line in self.outputs[-1] if not terminal.dialogue.log.match(line)]
        for index, output in enumerate(self.outputs):
            if self._lenient and index < self.passed:
                continue
            last = next((line.strip() for line in reversed(output) if line.strip()), b"")
            if ending is not None and ending.match(last):
                continue
            refused = terminal.dialogue.error_in(output)
            if refused is not None:
                raise CommandError(
                    terminal.target.device,
                    terminal.mask(lines[index].strip()),
                    answer(terminal.mask, lines[index], readable([refused])),
                    accepted=tuple(map(terminal.mask, lines[self.passed : index])),
                    behind=tuple(map(terminal.mask, lines[index + 1 : len(self.outputs)])),
                )
        self._prompts.settle(terminal.tail())
        answers = [Answer(line, tuple(output)) for line, output in zip(lines, self.outputs, strict=True)]
        return answers[self.passed :]

    def refusal(self, asked: bytes) -> CommandError:
        """The error for a question that may not be answered."""
        terminal, lines, current = self._terminal, self.lines, self.current
        terminal.broken = True
        return CommandError(
            terminal.target.device,
            terminal.mask(lines[current].strip()),
            answer(terminal.mask, lines[current], readable([*self.outputs[current][-2:], asked])),
            UNKNOWN_QUESTION,
            accepted=tuple(map(terminal.mask, lines[self.passed : current])),
            behind=tuple(map(terminal.mask, lines[current + 1 : len(self.wire)])),
        )
