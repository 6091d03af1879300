"""A conversation with a device's command line: log in, ask, configure, and know what every line came to.

Lines are written ahead of their answers, because a line a round trip is what makes a push slow; each line's echo and
answer is checked nevertheless, and no more than `AHEAD_LINES` are ever under way. A block ends after a line that opens
a view or is known to ask something, so that nothing can be typed into the wrong view or taken for an answer. Waiting
always means waiting for something that the device says: a prompt, a question, a pager, with a limit on the whole. What
no table knows is never answered.
"""

from __future__ import annotations

import asyncio
import math
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from configs.channel import silent
from configs.dialogue import QUESTION_SHAPE
from configs.masking import answer
from configs.screen import readable, same, shown
from configs.tree import decode
from inventory.errors import CommandError, DeviceError, DeviceUnreachableError, LoginError, NotBegunError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.channel import Channel, Target
    from configs.dialogue import Dialogue, Question

AHEAD_LINES = 24  # lines typed and not answered: that many may have gone in behind one that is refused
AHEAD_BYTES = 2048  # well below what a device's terminal line buffers
REFILL_LINES = AHEAD_LINES // 2  # more is typed when no more than these are left, so that the device never waits for us
ENDLESS = 20  # times a command's time: a device that talks without end is given up
PATIENT = 1 << 30  # lines: as many as come
QUIET = 2.0  # seconds after which something that looks like a question is one


UNKNOWN_QUESTION = Message("the device asks something that govnet does not answer by itself; nothing was guessed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one line came to: the lines that the device printed for it, as bytes without line ends."""

    line: str
    output: tuple[bytes, ...]


@dataclass(slots=True)
class _Reading:
    """How far a block has been typed, and its answers read.

    `whole` are its lines as bytes, `wire` those that have been typed, `outputs` what each of these printed.
    `current` is the line whose answer comes, -1 before the first; the answers of those before it are complete, and
    those of the first `judged` have been looked at.
    """

    whole: list[bytes]
    wire: list[bytes] = field(default_factory=list)
    outputs: list[list[bytes]] = field(default_factory=list)
    current: int = -1
    judged: int = 0
    refused: bool = False

    @property
    def last(self) -> bool:
        """Whether every line that was typed has been echoed."""
        return self.current == len(self.wire) - 1


class Session:
    """A logged-in command line. Made by `Session.open`; every method is a coroutine of the channel's loop.

    `encoding` is what lines are sent in; whoever has read the device's configuration sets it to that text's.
    After an error that leaves the command line in an unknown state, `broken` is True and nothing more can be sent.
    """

    def __init__(self, channel: Channel, dialogue: Dialogue, target: Target, mask: Callable[[str], str]) -> None:
        self._channel = channel
        self._dialogue = dialogue
        self._target = target
        self._mask = mask
        self._keys = re.compile(b"[\x00-\x09\x0b-\x1f" + re.escape(dialogue.untypable) + b"]")
        self._names: frozenset[bytes] = frozenset()
        self._prompt = dialogue.prompt_for(self._names)
        self._buffer = bytearray()
        self._sure = True  # False until an echo has shown which prompt is the real one
        self._answered = 0  # how much of the unfinished last line was a pager or a question, and is dealt with
        self._arrived = asyncio.Event()
        self._patience = 0  # how many whole lines may come before whoever waits has a use for them
        self._heard = 0.0  # when something came last, in the event loop's time
        self._ended: DeviceError | None = None
        self._pump = asyncio.get_running_loop().create_task(self._read())
        self._any_name = False  # the prompt at the end of this command may show another name
        self.encoding = "utf-8"
        self.broken = False
        self.until = math.inf  # the event loop's time at which a guard may go off: nothing is sent then
        self._begun = 0.0  # when the lines that are being sent were begun
        self._sent: int | None = None  # how many of them are behind the block at work

    @classmethod
    async def open(
        cls, channel: Channel, dialogue: Dialogue, target: Target, mask: Callable[[str], str] = str
    ) -> Session:
        """Wait for the first prompt, learn the device's name, raise the privilege, turn paging off.

        `mask` takes the secrets out of a line; errors show lines only so.
        """
        session = cls(channel, dialogue, target, mask)
        try:
            await session._greet()
        except BaseException:
            await session.close()
            raise
        return session

    @property
    def name(self) -> str:
        """The device's name as its prompt shows it."""
        return decode(max(self._names, key=len, default=b""))[0]

    async def command(
        self, line: str, *, seconds: float = 0, ending: re.Pattern[bytes] | None = None, renamed: bool = False
    ) -> bytes:
        """Send one line and give what it printed, lines ended by LF. CommandError if the device refuses it.

        An output whose last line `ending` matches is no refusal, whatever stands in it: a configuration's banner may
        look like an error. `renamed` says that the device may have another name after it (it goes back to an earlier
        configuration, say).
        """
        self._any_name = renamed
        (answered,) = await self._exchange([line], seconds or self._target.command_timeout, ending)
        return b"".join(part + b"\n" for part in answered.output)

    async def configure(self, lines: Sequence[str], *, enter: str = "", seconds: float = 0) -> tuple[Answer, ...]:
        """Enter configuration mode, send `lines`, leave it. CommandError tells how far it came.

        `enter` is another command than the dialogue's for entering. After a refusal the mode is left, if possible.
        NotBegunError if a line cannot be typed at all, or if the mode cannot be entered: nothing was changed then.
        """
        try:
            for line in lines:
                self._encoded(line)
            if enter or self._dialogue.configure:
                await self.command(enter or self._dialogue.configure)
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
        if self._dialogue.leave:
            await self.command(self._dialogue.leave)
        return answers

    async def send(self, lines: Sequence[str], *, seconds: float = 0) -> tuple[Answer, ...]:
        """Send `lines` in blocks in the view where the session stands, each checked."""
        done: list[Answer] = []
        limit = seconds or self._target.command_timeout
        self._begun = asyncio.get_running_loop().time()
        for block in blocks(lines, self._dialogue):
            self._sent = len(done)
            try:
                if "\n" in block[0] and self._late(block[0].count("\n") + 1):
                    raise self._too_slow()
                done += await (self._dictate(block[0], limit) if "\n" in block[0] else self._exchange(block, limit))
            except CommandError as error:
                before = (*(self._mask(one.line) for one in done), *error.accepted)
                raise CommandError(
                    error.device, error.line, error.answer, error.hint, accepted=before, behind=error.behind
                ) from None
            finally:
                self._sent = None
        return tuple(done)

    def _late(self, more: int, answered: int = 0) -> bool:
        """Whether `more` lines, at the pace of those that are answered, may end after the guard has gone off.

        What is sent behind a guard, nothing takes back. `answered` counts those of the block at work.
        """
        if self._sent is None:
            return False
        now, done = asyncio.get_running_loop().time(), self._sent + answered
        return now + self._pace(done) * more > self.until

    def _pace(self, done: int) -> float:
        """Seconds that each of the `done` lines took; 0 where there is none."""
        return (asyncio.get_running_loop().time() - self._begun) / done if done else 0.0

    def _too_slow(self, answered: int = 0) -> DeviceError:
        done = (self._sent or 0) + answered
        return DeviceError(
            self._target.device,
            Message(
                "it takes {pace} s a line: its guard would end before the change does", pace=round(self._pace(done), 1)
            ),
            Message("{count} lines were sent, no more; change it in smaller parts", count=done),
        )

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
                self._heard = loop.time()
                self._patience -= data.count(b"\n")
                if self._patience < 0 or not data.endswith(b"\n"):
                    self._arrived.set()
            self._ended = DeviceUnreachableError(
                self._target.device,
                Message("the device closed the session"),
                Message("look at its log and at its limit of sessions, then run the command again"),
            )
        except DeviceError as error:
            self._ended = error
        self._arrived.set()

    async def _more(self, deadline: float, what: str, *, questionable: bool, patience: int = 0) -> bool:
        """Wait until something arrives. False if nothing did for a while and a question may be pending.

        So many complete lines as `patience` need not be reported before the deadline: most of a block's answers are
        nothing else, and to look at each of them alone costs more than all the rest.
        """
        if self._ended is not None:
            self.broken = True
            raise self._ended
        self._arrived.clear()
        loop = asyncio.get_running_loop()
        left = deadline - loop.time()
        limit = min(left, QUIET) if questionable else left
        begun = loop.time()
        self._patience = patient = 0 if questionable else patience
        try:
            async with asyncio.timeout(max(limit, 0)):
                await self._arrived.wait()
        except TimeoutError:
            if patient and self._heard > begun:
                return True
            if questionable and left > limit:
                return False
            self.broken = True
            raise silent(self._target.device, self._mask(what), self._target.command_timeout) from None
        finally:
            self._patience = 0
        return True

    def _next_line(self) -> bytes | None:
        """Take the next complete line from the buffer, as it would look on a terminal; None if there is none yet."""
        end = self._buffer.find(b"\n")
        if end < 0:
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._answered = 0
        return shown(line)

    def _tail(self) -> bytes:
        """The unfinished last line, as far as it is not dealt with, as it would look on a terminal."""
        if self._buffer.find(b"\n") >= 0:
            return b""
        return shown(bytes(self._buffer[self._answered :]))

    async def _turn_page(self) -> bool:
        """Answer a pager that stands at the end; whether there was one."""
        if not self._dialogue.pager.search(self._tail()):
            return False
        self._answered = len(self._buffer)
        await self._channel.write(self._dialogue.pager_key)
        return True

    async def _reply(self, questions: Sequence[Question], line: str) -> bool:
        """Answer a question of the table, asked after `line`, that stands at the end; whether there was one."""
        tail = self._tail()
        for question in questions:
            if tail and question.line.match(line) and question.pattern.search(tail):
                self._answered = len(self._buffer)
                await self._channel.write(question.answer)
                return True
        return False

    # Logging in

    async def _greet(self) -> None:
        deadline = asyncio.get_running_loop().time() + self._target.login_timeout
        prompt = await self._first_prompt(deadline)
        if not self._dialogue.privileged.search(prompt):
            await self._raise_privilege(deadline)
        self._sure = False
        if self._dialogue.prepare:
            await self._exchange(self._dialogue.prepare, self._target.command_timeout)

    async def _first_prompt(self, deadline: float) -> bytes:
        """Read the banner up to something like a prompt, and learn the name from it."""
        while True:
            while self._next_line() is not None:
                pass
            tail = self._tail().rstrip()
            found = self._prompt.fullmatch(tail)
            if found is not None:
                self._learn(found["name"])
                return tail
            if await self._turn_page() or await self._reply(self._dialogue.login_questions, ""):
                continue
            shaped = QUESTION_SHAPE.search(tail) is not None
            if not await self._more(deadline, "login", questionable=shaped):
                self.broken = True
                raise CommandError(self._target.device, "login", readable([tail]), UNKNOWN_QUESTION)

    def _learn(self, *names: bytes) -> None:
        self._names = frozenset(names)
        self._prompt = self._dialogue.prompt_for(self._names)

    async def _raise_privilege(self, deadline: float) -> None:
        """The enable dialogue: the password is asked for and not echoed; a refusal asks again or says so."""
        enable = self._target.login.enable
        if not self._dialogue.enable or enable is None:
            raise LoginError(
                self._target.device,
                Message("the login of {user} may not configure", user=self._target.login.username),
                Message("give “enable” in inventory/credentials.yaml, or a user with the privilege"),
            )
        await self._channel.write(self._dialogue.enable.encode("ascii") + self._dialogue.newline)
        asked = 0
        while True:
            while self._next_line() is not None:
                pass
            tail = self._tail().rstrip()
            if self._prompt.fullmatch(tail):
                if self._dialogue.privileged.search(tail):
                    return
                if asked:
                    break
            if re.search(rb"(?i)password:$", tail):
                if asked:
                    break
                asked += 1
                self._answered = len(self._buffer)
                await self._channel.write(enable.reveal().encode() + self._dialogue.newline)
                continue
            await self._more(deadline, self._dialogue.enable, questionable=False)
        raise LoginError(
            self._target.device,
            Message("the device refused the enable secret"),
            Message("look at “enable” in inventory/credentials.yaml"),
        )

    # Lines and their answers

    async def _exchange(
        self, lines: Sequence[str], seconds: float, ending: re.Pattern[bytes] | None = None
    ) -> list[Answer]:
        """Type a block's lines and read each one's echo and answer. The prompt before the first stays in the buffer."""
        reading = _Reading([self._encoded(line) for line in lines])
        await self._type_on(lines, reading)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        end = loop.time() + ENDLESS * seconds
        while True:
            if self._take_lines(reading, lines):
                deadline = min(self._heard + seconds, end)
            tail = self._tail()
            at_prompt = self._at_prompt(tail, last=reading.last)
            if await self._type_on(lines, reading, idle=at_prompt and reading.last):
                continue
            if reading.last:
                if at_prompt:
                    return self._judge(lines, reading.outputs, ending)
                if len(reading.wire) == len(lines) and await self._reply(self._dialogue.questions, lines[-1].strip()):
                    continue
            if await self._turn_page():
                continue
            shaped = not at_prompt and QUESTION_SHAPE.search(tail) is not None
            here = max(reading.current, 0)
            questionable = shaped and reading.current >= 0
            patience = self._useless(lines, reading)
            if not await self._more(deadline, lines[here], questionable=questionable, patience=patience):
                raise self._refusal(lines, reading, tail)

    def _useless(self, lines: Sequence[str], reading: _Reading) -> int:
        """How many lines may come before there is something to do: more to type, if there is more."""
        waiting = len(reading.wire) - max(reading.current, 0)
        return waiting - REFILL_LINES if len(reading.wire) < len(lines) and waiting > REFILL_LINES else PATIENT

    async def _type_on(self, lines: Sequence[str], reading: _Reading, *, idle: bool = False) -> bool:
        """Type the next lines if few enough are unanswered and none is refused; whether any was typed.

        `idle` says that the device has answered everything and waits.
        """
        typed = len(reading.wire)
        answered = typed if idle else max(reading.current, 0)
        if typed == len(lines) or typed - answered > REFILL_LINES or self._refuses(reading, answered):
            return False
        size = sum(len(wire) + 1 for wire in reading.wire[answered:])
        until = typed
        for wire in reading.whole[typed : answered + AHEAD_LINES]:
            size += len(wire) + 1
            if size > AHEAD_BYTES and until > answered:
                break
            until += 1
        if until == typed:
            return False
        if self._late(until - answered, answered):
            if typed > answered:
                return False  # what is under way is answered first
            raise self._too_slow(answered)
        reading.wire += reading.whole[typed:until]
        reading.outputs += [[] for _ in range(typed, until)]
        await self._type(lines[typed:until], reading.whole[typed:until])
        return True

    def _refuses(self, reading: _Reading, answered: int) -> bool:
        """Whether the device has refused one of the first `answered` lines."""
        while reading.judged < answered and not reading.refused:
            reading.refused = self._dialogue.error_in(reading.outputs[reading.judged]) is not None
            reading.judged += 1
        return reading.refused

    def _at_prompt(self, tail: bytes, *, last: bool) -> bool:
        """Whether a prompt stands at the end; behind a command that may rename the device, one with any name."""
        if self._prompt.fullmatch(tail.rstrip()) is not None:
            return True
        if not (last and self._any_name):
            return False
        found = self._dialogue.prompt_for(frozenset()).fullmatch(tail.rstrip())
        if found is not None:
            self._learn(found["name"])
        return found is not None

    async def _dictate(self, command: str, seconds: float) -> list[Answer]:
        """A command that goes on as text over several lines (a banner): one prompt, at its end.

        Its first line is sent alone: were it refused, the device would take the text for commands.
        """
        first, *text = command.split("\n")
        whole = [self._encoded(first)]
        reading = _Reading(whole, whole, [[]])
        await self._type([first], whole)
        deadline = asyncio.get_running_loop().time() + seconds
        while not any(self._dialogue.text_begins.search(line) for line in reading.outputs[0]):
            self._take_lines(reading, [command])
            tail = self._tail()
            if reading.current == 0 and self._prompt.fullmatch(tail.rstrip()):
                self._judge([command], reading.outputs)
                raise CommandError(
                    self._target.device,
                    self._mask(command),
                    answer(self._mask, command, readable(reading.outputs[0])),
                    Message("the device did not ask for the text that follows the line; the text was not sent"),
                )
            silent_now = not await self._more(deadline, first, questionable=reading.current == 0)
            if silent_now and QUESTION_SHAPE.search(self._tail()):
                raise self._refusal([command], reading, self._tail())
            if silent_now:
                break
        for start in range(0, len(text), AHEAD_LINES):
            await self._dictate_text(text[start : start + AHEAD_LINES], command, reading, seconds)
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._prompt.fullmatch(self._tail().rstrip()):
            while (line := self._next_line()) is not None:
                reading.outputs[0].append(line)
            if not self._prompt.fullmatch(self._tail().rstrip()):
                await self._more(deadline, command, questionable=False)
        return self._judge([command], reading.outputs)

    async def _dictate_text(self, text: Sequence[str], command: str, reading: _Reading, seconds: float) -> None:
        """Send lines of text and see each of them echoed, without a prompt before it."""
        expected = [self._encoded(line) for line in text]
        await self._type(text, expected)
        deadline = asyncio.get_running_loop().time() + seconds
        while expected:
            line = self._next_line()
            if line is None:
                await self._more(deadline, command, questionable=False)
            elif same(line, expected[0]):
                del expected[0]
            elif (prompt := self._prompt.match(line)) is not None and same(line[prompt.end() :], expected[0]):
                raise self._refusal([command], reading, line)  # the text ended early: what follows are commands
            else:
                reading.outputs[0].append(line)

    async def _type(self, lines: Sequence[str], wire: Sequence[bytes]) -> None:
        """Write the lines, given as bytes too. A name that one of them gives may be in prompts from now on."""
        if self.broken:
            raise DeviceUnreachableError(self._target.device, Message("the session is closed"))
        try:
            async with asyncio.timeout(self._target.command_timeout):
                await self._channel.write(b"".join(part + self._dialogue.newline for part in wire))
        except TimeoutError as error:  # it reads no more; DeviceTimeoutError is one too, and says the same
            self.broken = True
            raise silent(self._target.device, self._mask(lines[0]), self._target.command_timeout) from error
        for line in lines:
            renamed = self._dialogue.renames.match(line)
            if renamed is not None:
                self._learn(*self._names, renamed[1].encode(self.encoding))

    def _take_lines(self, reading: _Reading, lines: Sequence[str]) -> bool:
        """Sort the complete lines in the buffer: echoes, and what belongs to the answer before the next echo."""
        taken = False
        while (line := self._next_line()) is not None:
            taken = True
            if self._is_echo(line, reading.wire, reading.current):
                reading.current += 1
            elif reading.current >= 0:
                self._notice_swallowed(line, lines, reading)
                reading.outputs[reading.current].append(line)
        return taken

    def _encoded(self, line: str) -> bytes:
        """A line as bytes. What a terminal would take as a key, or cannot be written, is refused beforehand."""
        try:
            wire = line.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise CommandError(
                self._target.device, self._mask(line), f"U+{ord(line[error.start]):04X} / {self.encoding}"
            ) from None
        key = self._keys.search(wire)
        if key is not None:
            raise CommandError(
                self._target.device,
                self._mask(line),
                f"\\x{key[0][0]:02x}",
                Message("a terminal takes this character as a key, not as text: change the template or the value"),
            )
        return wire

    def _is_echo(self, line: bytes, wire: Sequence[bytes], current: int) -> bool:
        """Whether a line is the echo of the next line that was sent: a prompt and the line, or, at first, the line."""
        if current + 1 >= len(wire):
            return False
        expected = wire[current + 1]
        if not self._sure:
            real = self._dialogue.prompt_for(frozenset()).match(line)
            if real is not None and same(line[real.end() :], expected):
                self._sure = True
                self._learn(real["name"])
                return True
        found = self._prompt.match(line)
        if found is None:
            return current < 0 and same(line, expected)
        echoed = line[found.end() :]
        if same(echoed, expected):
            return True
        if not echoed.strip():
            return False  # a prompt that was overtaken by a message
        # A prompt and something else: the device did not get what was sent.
        self.broken = True
        raise CommandError(
            self._target.device,
            self._mask(expected.decode(self.encoding)),
            answer(self._mask, expected.decode(self.encoding), readable([line])),
            Message("the device received other characters than were sent; the line to it loses bytes"),
        )

    def _notice_swallowed(self, line: bytes, lines: Sequence[str], reading: _Reading) -> None:
        """A question in the middle of a block takes the next line as its answer: that must not go unseen."""
        if reading.last:
            return
        expected = reading.wire[reading.current + 1].strip()
        if expected and line.rstrip().endswith(expected):
            asked = line.rstrip()[: -len(expected)]
            if QUESTION_SHAPE.search(asked):
                raise self._refusal(lines, reading, asked)

    def _judge(
        self, lines: Sequence[str], outputs: list[list[bytes]], ending: re.Pattern[bytes] | None = None
    ) -> list[Answer]:
        """The answers, or the first refusal among them."""
        for index, output in enumerate(outputs):
            last = next((line.strip() for line in reversed(output) if line.strip()), b"")
            if ending is not None and ending.match(last):
                continue
            refused = self._dialogue.error_in(output)
            if refused is not None:
                raise CommandError(
                    self._target.device,
                    self._mask(lines[index].strip()),
                    answer(self._mask, lines[index], readable([refused])),
                    accepted=tuple(map(self._mask, lines[:index])),
                    behind=tuple(map(self._mask, lines[index + 1 : len(outputs)])),
                )
        self._forget_names()
        return [Answer(line, tuple(output)) for line, output in zip(lines, outputs, strict=True)]

    def _forget_names(self) -> None:
        """After a block, the prompt that stands at the end tells which name counts."""
        found = self._prompt.match(self._tail())
        if found is not None and len(self._names) > 1 and not self._dialogue.staged:
            now = {name for name in self._names if name.startswith(found["name"])}
            self._learn(*now)

    def _refusal(self, lines: Sequence[str], reading: _Reading, asked: bytes) -> CommandError:
        """The error for a question that may not be answered."""
        self.broken = True
        current = reading.current
        return CommandError(
            self._target.device,
            self._mask(lines[current].strip()),
            answer(self._mask, lines[current], readable([*reading.outputs[current][-2:], asked])),
            UNKNOWN_QUESTION,
            accepted=tuple(map(self._mask, lines[:current])),
            behind=tuple(map(self._mask, lines[current + 1 : len(reading.wire)])),
        )


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
