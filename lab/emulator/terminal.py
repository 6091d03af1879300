"""A device's terminal line: echo, editing, paging and questions, over whatever carries bytes."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Wire(Protocol):
    """What carries the bytes of a session."""

    def write(self, data: bytes) -> None:
        """Send to the client."""
        ...


class HangupError(Exception):
    """The client has gone, or the device has ended the session."""


@dataclass(frozen=True, slots=True)
class Pager:
    """How a vendor stops a long output: what it shows, and how it takes that away again."""

    more: str
    erase: str
    height: int = 24
    # The keys that end an output; where there are none, any key but blank and Enter does.
    ends: str = ""


_CR, _LF, _ESC, _CTRL_C, _CTRL_U, _CTRL_Z = 13, 10, 27, 3, 21, 26
_BACKSPACES = (8, 127)
_KEY = re.compile(rb"[\x00-\x1f\x7f?]")  # what is not simply a character of the line


class Terminal:
    """One session's line. Input is taken when it is asked for; until then it waits, as typed ahead on a real line."""

    def __init__(self, wire: Wire, pager: Pager, *, encoding: str = "utf-8") -> None:
        self._wire = wire
        self._pager = pager
        self._encoding = encoding
        self._input = bytearray()
        self._arrived = asyncio.Event()
        self._closed = False
        self._skip_lf = False
        # Whether the last line had to be waited for, instead of having been typed ahead.
        self.waited = False
        self.height = pager.height

    def feed(self, data: bytes) -> None:
        """Bytes from the client."""
        self._input += data
        self._arrived.set()

    def hang_up(self) -> None:
        """The client has gone: whoever waits for input gets a HangupError."""
        self._closed = True
        self._arrived.set()

    @property
    def ahead(self) -> bool:
        """Whether a whole line more has been typed already."""
        waiting = self._input[1:] if self._skip_lf and self._input[:1] == b"\n" else self._input
        return _CR in waiting or _LF in waiting

    def take(self) -> bytes:
        """What has arrived and nobody has read: it goes to whoever the line is given to."""
        data = bytes(self._input)
        self._input.clear()
        if self._skip_lf and data[:1] == b"\n":
            data = data[1:]
        self._skip_lf = False
        return data

    async def deaf(self) -> NoReturn:
        """Hear nothing any more, until the client has gone: HangupError then."""
        while not self._closed:
            self._arrived.clear()
            await self._arrived.wait()
        raise HangupError

    def write(self, text: str) -> None:
        """Send text as it is; line ends become CR LF."""
        if text:
            self._wire.write(text.replace("\n", "\r\n").encode(self._encoding, errors="surrogateescape"))

    async def _more(self) -> None:
        if self._closed:
            raise HangupError
        self.waited = True
        self._arrived.clear()
        await self._arrived.wait()

    async def _byte(self) -> int:
        while True:
            while not self._input:
                await self._more()
            byte = self._input.pop(0)
            if byte == 0 or (byte == _LF and self._skip_lf):
                self._skip_lf = False
                continue
            self._skip_lf = byte == _CR
            return byte

    def _take_line(self) -> bytes | None:
        """A whole line that has arrived already and needs no editing, as from a program that writes blocks."""
        data = self._input
        if not data:
            return None
        if self._skip_lf and data[:1] == b"\n":
            del data[0]
        self._skip_lf = False
        found = _KEY.search(data)
        if found is None or data[found.start()] not in (_CR, _LF):
            return None
        index = found.start()
        line = bytes(data[:index])
        self._skip_lf = data[index] == _CR
        del data[: index + 1]
        return line

    async def read_line(self, prompt: str, *, echo: bool = True, help_for: Callable[[str], str] | None = None) -> str:
        """Show `prompt` and read one line. Ctrl+C gives an empty one; Ctrl+Z gives its own character.

        With `help_for`, a `?` shows what it returns for the line so far, and the line goes on.
        """
        self.write(prompt)
        self.waited = False
        line = bytearray()
        while True:
            ready = None if line else self._take_line()
            if ready is not None:
                text = ready.decode(self._encoding, errors="surrogateescape")
                self.write((text if echo else "") + "\n")
                return text
            if not self._input:
                await self._more()
                continue
            byte = await self._byte()
            if byte in (_CR, _LF):
                self.write("\n")
                return line.decode(self._encoding, errors="surrogateescape")
            if byte in (_CTRL_C, _CTRL_Z):
                self.write("\n")
                return "" if byte == _CTRL_C else "\x1a"
            if byte == ord("?") and help_for is not None:
                text = line.decode(self._encoding, errors="surrogateescape")
                self.write("?\n" + help_for(text) + prompt + text)
            else:
                await self._edit(line, byte, echo=echo)

    async def _edit(self, line: bytearray, byte: int, *, echo: bool) -> None:
        """What a key does to the line."""
        if byte == _CTRL_U:
            self._erase(len(line), echo=echo)
            line.clear()
        elif byte in _BACKSPACES:
            if line:
                del line[-self._last_character(line) :]
                self._erase(1, echo=echo)
        elif byte == _ESC:
            await self._escape()
        elif byte >= 32:
            line.append(byte)
            if echo:
                self._wire.write(bytes([byte]))

    @staticmethod
    def _last_character(line: bytearray) -> int:
        """How many bytes the last character has (UTF-8; two in other encodings when the high bit is set)."""
        count = 1
        while count < len(line) and count < 4 and line[-count] & 0xC0 == 0x80:
            count += 1
        return count

    def _erase(self, count: int, *, echo: bool) -> None:
        if echo and count:
            self._wire.write(b"\b \b" * count)

    async def _escape(self) -> None:
        """Swallow a cursor key."""
        if await self._byte() in (ord("["), ord("O")):
            while not 64 <= await self._byte() <= 126:
                pass

    async def ask(self, question: str, *, echo: bool = True) -> str:
        """Show a question as it is and read the answer's line."""
        return await self.read_line(question, echo=echo)

    async def key(self) -> int:
        """One key, without echo."""
        return await self._byte()

    async def page(self, text: str) -> None:
        """Show an output a screen at a time: blank for the next page, Enter for a line; see `Pager` for its end."""
        lines = text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        if not self.height:
            self.write("".join(f"{line}\n" for line in lines))
            return
        room = self.height
        shown = 0
        while shown < len(lines):
            block = lines[shown : shown + room]
            self.write("".join(f"{line}\n" for line in block))
            shown += len(block)
            if shown >= len(lines):
                return
            self.write(self._pager.more)
            key = await self.key()
            self.write(self._pager.erase)
            if key in (_CR, _LF):
                room = 1
            elif key == ord(" ") or (self._pager.ends and chr(key) not in self._pager.ends):
                room = self.height
            else:
                return
