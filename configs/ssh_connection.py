"""asyncssh's connection, made for a hundred devices at once: fewer round trips and less work for each packet.

What differs from `asyncssh.connect` and `create_process`, on the wire and here:

- The password, or the key, is offered at once, without asking by `none` what the device would take: an allowed first
  request (RFC 4252, 5.2), and how paramiko and with it netmiko logs in. What the device names when it refuses is tried
  next; a password that it takes only as keyboard-interactive (RFC 4256) is offered so.
- A password does not wait for the server's leave to log in (RFC 4253, 10: only after a key exchange without explicit
  server authentication must a client wait for it); dropbear's client does not wait either. The host key has been
  checked by then.
- The terminal and the shell are requested together, each with a reply, as OpenSSH's client does it (RFC 4254, 4: a
  client need not wait for one reply before the next request).
- No SSH_MSG_IGNORE goes before each packet except in CBC mode, which it is for (RFC 4251, 9.3.1).
- What is sent while the event loop is busy with one thing goes out as one segment.
- Silence is measured by a clock that is looked at, not by a timer that every packet sets anew.

It leans on asyncssh's inner names, which stand here and nowhere else.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import asyncssh
from asyncssh.constants import OPEN_REQUEST_PTY_FAILED, OPEN_REQUEST_SESSION_FAILED
from asyncssh.packet import Byte, String, UInt32

_IGNORE = 2  # SSH_MSG_IGNORE (RFC 4250, 4.1.2)
_WINDOW, _PACKET = 2 * 1024 * 1024, 32768  # what a device may send before it hears from us; asyncssh's own figures
_END_OF_MODES = 0  # TTY_OP_END (RFC 4254, 8)


class Connection(asyncssh.SSHClientConnection):
    """A connection to a device. Made by `connect`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, options: asyncssh.SSHClientConnectionOptions) -> None:
        super().__init__(loop, options, wait="auth")
        self._heard = loop.time()
        self._waiting: list[bytes] = []
        self._own_password = self._password
        self._first = b"publickey" if self._client_keys else b"password" if self._password is not None else b""
        if self._first:
            self._auth_methods = [self._first]
        self._ahead = False  # the password is on its way, and the leave to log in is still to come

    async def open_shell(self, session: Shell, terminal: str, size: tuple[int, int]) -> None:
        """A command line with a terminal. ChannelOpenError if the device refuses either."""
        channel = _ShellChannel(self, self._loop, "strict", None, "strict", _WINDOW, _PACKET)
        self._update_recv_pktlen(_PACKET)
        await channel.open_shell(session, terminal, size)

    # Logging in

    def send_service_request(self, service: bytes) -> None:
        """Ask for leave to log in, and log in."""
        super().send_service_request(service)
        if self._first == b"password":
            self._auth_in_progress = True
            self.try_next_auth()
            self._ahead = True

    def try_next_auth(self, *, next_method: bool = False) -> None:
        """The next method that the device names. A password that was not even looked at may be offered once more."""
        if self._ahead and not next_method:
            self._ahead = False
            return
        unasked, refused = self._first not in self._auth_methods, not next_method
        if refused and self._first == b"password" and unasked:
            self._password, self._first = self._own_password, b""
        super().try_next_auth(next_method=next_method)

    # Packets

    def send_packet(self, pkttype: int, *args: bytes, handler: Any = None) -> None:
        """As asyncssh, without SSH_MSG_IGNORE where it serves nothing."""
        if pkttype == _IGNORE and not self._sending_cbc:
            return
        super().send_packet(pkttype, *args, handler=handler)

    @property
    def _sending_cbc(self) -> bool:
        return self._enc_alg_cs.endswith(b"-cbc")

    def _send(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._depart, self._transport)
        self._waiting.append(data)

    def _depart(self, transport: asyncio.Transport | None) -> None:
        data = b"".join(self._waiting)
        self._waiting.clear()
        if transport is not None:
            with suppress(ConnectionError):  # it has ended, which is heard elsewhere
                transport.write(data)

    def log_sent_packet(self, *_: object) -> None:
        """Nobody reads it, and it costs more than the packet."""

    def log_received_packet(self, *_: object) -> None:
        """As above."""

    # Silence

    def _reset_keepalive_timer(self) -> None:
        self._heard = self._loop.time()

    def _keepalive_timer_callback(self) -> None:
        left = self._heard + (self._keepalive_interval or 0) - self._loop.time()
        if left > 0:
            self._keepalive_timer = self._loop.call_later(left, self._keepalive_timer_callback)
        else:
            super()._keepalive_timer_callback()


async def connect(
    options: asyncssh.SSHClientConnectionOptions, tunnel: asyncssh.SSHClientConnection | None = None
) -> Connection:
    """Connect to the host and port of `options`, by way of `tunnel` if there is one, and log in.

    What goes wrong is raised as `asyncssh.connect` raises it.
    """
    loop = asyncio.get_running_loop()
    options.waiter = loop.create_future()
    made: list[Connection] = []

    def factory() -> Connection:
        made.append(Connection(loop, options))
        return made[-1]

    async with asyncio.timeout(options.connect_timeout):
        carrier: Any = tunnel or loop
        await carrier.create_connection(factory, options.host, options.port)
        connection = made[-1]
        connection.set_extra_info(host=options.host, port=options.port)
        try:
            await options.waiter
        except BaseException:
            connection.abort()
            await connection.wait_closed()
            raise
    return connection


class Shell(asyncssh.SSHClientSession[bytes]):
    """A command line's bytes, as they come."""

    def __init__(self) -> None:
        self._channel: Any = None
        self._came = bytearray()
        self._ended = False
        self._why: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._free = asyncio.Event()
        self._free.set()

    async def read(self) -> bytes:
        """What has come since the last call, at least one byte; empty at the end, an error if it was none in order."""
        while not self._came:
            if self._why is not None:
                raise self._why
            if self._ended:
                return b""
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        data = bytes(self._came)
        self._came.clear()
        return data

    async def write(self, data: bytes) -> None:
        """Send; waits as long as the device takes nothing. BrokenPipeError if it has closed the session."""
        self._channel.write(data)
        await self._free.wait()
        if self._why is not None:
            raise self._why

    # What asyncssh calls

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        """The channel is there."""
        self._channel = chan

    def data_received(self, data: bytes, datatype: int | None) -> None:
        """Bytes have come; what a shell says aside (RFC 4254, 5.2) is nothing that a terminal would show."""
        if datatype is None:
            self._came += data
            self._wake()

    def eof_received(self) -> bool:
        """Nothing more will come."""
        self._ended = True
        self._wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone, with an error if the connection broke."""
        self._ended, self._why = True, exc
        self._free.set()
        self._wake()

    def pause_writing(self) -> None:
        """The device takes nothing at the moment."""
        self._free.clear()

    def resume_writing(self) -> None:
        """It takes again."""
        self._free.set()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


class _ShellChannel(asyncssh.SSHClientChannel[bytes]):
    """A channel whose terminal and shell are requested in one go."""

    async def open_shell(self, session: Shell, terminal: str, size: tuple[int, int]) -> None:
        """Open it."""
        (await self._open(b"session")).check_end()
        self._session = session
        session.connection_made(self)
        shape = (*map(UInt32, (*size, 0, 0)), String(Byte(_END_OF_MODES)))
        has_terminal, has_shell = await asyncio.gather(
            self._make_request(b"pty-req", String(terminal), *shape), self._make_request(b"shell")
        )
        if not has_terminal:
            self.close()
            raise asyncssh.ChannelOpenError(OPEN_REQUEST_PTY_FAILED, "PTY request failed")
        if not has_shell:
            self.close()
            raise asyncssh.ChannelOpenError(OPEN_REQUEST_SESSION_FAILED, "Session request failed")
        session.session_started()
        await self._start_reading()

    def log_sent_packet(self, *_: object) -> None:
        """As for the connection."""

    def log_received_packet(self, *_: object) -> None:
        """As for the connection."""
