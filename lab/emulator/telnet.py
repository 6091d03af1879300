"""Telnet in front of a device: the network virtual terminal of RFC 854, a login as the vendor asks for it, the rest.

Options (RFC 855): ECHO and SUPPRESS-GO-AHEAD are announced, whatever else is asked for is refused. A client that
refuses them is echoed to all the same, as routers do: netmiko's telnet refuses every option and reads echoes.
"""

from __future__ import annotations

import asyncio
import logging
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.emulator.server import noisy
from lab.emulator.terminal import HangupError, Terminal

if TYPE_CHECKING:
    from lab.emulator.device import Device
    from lab.emulator.server import Connections

logger = logging.getLogger(__name__)
_CR, _LF, _NUL = 13, 10, 0
# RFC 854, “TELNET command structure”; options: RFC 857 (ECHO), RFC 858 (SUPPRESS-GO-AHEAD).
_SE, _SB, _WILL, _WONT, _DO, _DONT, _IAC = 240, 250, 251, 252, 253, 254, 255
_OFFERED = (1, 3)
TRIES = 3


class Nvt:
    """What a client sends, as the terminal takes it: commands are answered, a line's end is one character.

    CR LF and CR NUL are a line's end (RFC 854, RFC 1123 section 3.3.1); a bare LF is none and does nothing.
    """

    def __init__(self) -> None:
        self._command = b""
        self._inside = False  # of a subnegotiation
        self._cr = False

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """The characters that were typed, and what is to be answered to the commands among them."""
        typed, answer = bytearray(), bytearray()
        for byte in data:
            if self._command or byte == _IAC:
                answer += self._commanded(byte, typed)
            elif not self._inside:
                self._character(byte, typed)
        return bytes(typed), bytes(answer)

    def _character(self, byte: int, typed: bytearray) -> None:
        behind, self._cr = self._cr, byte == _CR
        if byte != _NUL and not (byte == _LF and behind) and byte != _LF:
            typed.append(byte)

    def _commanded(self, byte: int, typed: bytearray) -> bytes:
        """One byte of a command; what is answered when it is whole."""
        self._command += bytes([byte])
        command = self._command
        if len(command) == 1:
            return b""
        if command[1] in (_WILL, _WONT, _DO, _DONT) and len(command) == 2:
            return b""
        self._command = b""
        if command[1] == _IAC and not self._inside:
            typed.append(_IAC)
        elif command[1] in (_SB, _SE):
            self._inside = command[1] == _SB
        elif command[1] == _DO and command[2] not in _OFFERED:
            return bytes([_IAC, _WONT, command[2]])
        elif command[1] == _WILL:
            return bytes([_IAC, _DONT, command[2]])
        return b""


class TelnetLink(asyncio.Protocol):
    """One telnet connection to a device."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._device: Device = connections.device
        self._transport: asyncio.Transport | None = None
        self._nvt = Nvt()
        self._terminal = Terminal(self, self._device.pager, encoding=self._device.encoding)
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A device that does not listen, filters the source or has no line free drops the connection."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP
        self._transport = transport
        device = self._device
        source = device.spec.manager
        full = len(self._connections.open) >= device.session_limit
        if not device.telnet_enabled or full or (source is not None and not device.admits(source)):
            if full:
                transport.write(f"{device.full_text}\r\n".encode() if device.full_text else b"")
            transport.close()
            return
        self._connections.open[self] = telnet_place(str(IPv4Address(transport.get_extra_info("sockname")[0])))
        transport.write(b"".join(bytes([_IAC, _WILL, option]) for option in _OFFERED))
        self._task = asyncio.get_running_loop().create_task(self._talk())

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is free again."""
        del exc
        self._connections.open.pop(self, None)
        self._connections.hanging.discard(self)
        self._terminal.hang_up()

    def abort(self) -> None:
        """Break it, without a word."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """From the client."""
        if self._connections.dead(self):
            return
        typed, answer = self._nvt.take(data)
        if answer and self._transport is not None:
            self._transport.write(answer)
        if typed:
            self._terminal.feed(typed)

    def write(self, data: bytes) -> None:
        """To the client, as long as it is there: a data byte of 255 is sent twice (RFC 854)."""
        if self._transport is None or self._transport.is_closing() or self._connections.dead(self):
            return
        self._transport.write(noisy(self._device, data).replace(b"\xff", b"\xff\xff"))

    async def _talk(self) -> None:
        try:
            found = await self._login()
            if found is not None:
                self._device.logins += 1
                session = self._device.session(self._terminal, *found)
                self._device.sessions.add(session)
                try:
                    await session.run()
                finally:
                    self._device.sessions.discard(session)
        except HangupError:
            pass
        except Exception:  # the model must not die of a line: it is said in the lab's log
            logger.exception("%s: a telnet session broke", self._device.spec.name)
        finally:
            if self._transport is not None and not self._connections.dead(self):
                self._transport.close()

    async def _login(self) -> tuple[str, int] | None:
        """The user and his level; None after three wrong answers."""
        device = self._device
        words = device.telnet
        assert words is not None  # noqa: S101 - a device without them is never enabled
        self._terminal.write(words.greeting)
        for _ in range(TRIES):
            user = await self._terminal.ask(words.user)
            password = await self._terminal.ask(words.password, echo=False)
            if device.faults.slow:
                await asyncio.sleep(device.faults.slow)
            level = None if device.faults.wrong_password else device.telnet_level(user.strip(), password)
            if level is not None:
                return user.strip(), level
            self._terminal.write(words.refused)
        return None


def telnet_place(address: str) -> str:
    """How a connection's address is written down, so that the SSH connections to it are others."""
    return f"{address} telnet"
