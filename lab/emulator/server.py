"""SSH in front of a device: asyncssh carries the bytes, the device does the rest."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Protocol

import asyncssh
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lab.emulator.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.emulator.device import Device, Session

logger = logging.getLogger(__name__)
# What a bad line or a worn console server mixes into the text.
_NOISE = b"\x00\xff\x07~\xfe\x80"
_IGNORE = 2  # SSH_MSG_IGNORE
# What network devices of the last ten years offer: no ChaCha20, which costs both sides several times what AES-GCM does.
_KEX = ("curve25519-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "diffie-hellman-group14-sha256")
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr")


def noisy(device: Device, data: bytes) -> bytes:
    """What a device sends, with the noise of its line if it has such a fault."""
    noise = device.faults.garbage
    return data.replace(b"\n", b"\n" + (_NOISE * (noise // len(_NOISE) + 1))[:noise]) if noise else data


def host_key(seed: bytes, name: str) -> asyncssh.SSHKey:
    """A device's host key: ed25519, always the same for one seed (a lab directory's) and name."""
    raw = hashlib.sha256(b"host key " + seed + name.encode()).digest()
    return asyncssh.import_private_key(
        Ed25519PrivateKey.from_private_bytes(raw).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
    )


class Link(Protocol):
    """A connection to a device, whatever carries it."""

    def abort(self) -> None:
        """Break it, without a word."""
        ...


class Connections:
    """The connections to one device, so that they can be cut."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.open: dict[Link, str] = {}
        # Those that nothing gets through to any more, without either side having been told.
        self.hanging: set[Link] = set()
        self.sessions: set[SshSession] = set()
        device.breakers.append(self.break_all)

    def source(self, connection: asyncssh.SSHServerConnection) -> IPv4Address | None:
        """As whom the device sees whoever connects; None where nobody says, and no filter is asked."""
        del connection
        return self.device.spec.manager

    @property
    def served(self) -> bool:
        """Whether the device takes SSH now."""
        return self.device.ssh_enabled

    @property
    def limit(self) -> int:
        """How many sessions it takes."""
        return self.device.session_limit

    def level(self, user: str, password: str) -> int | None:
        """The level of a user with that password; None if the login is refused."""
        return self.device.password_level(user, password)

    def cut(self, address: str) -> None:
        """No packet gets through at an address any more: a reset, or silence if the device's faults say so."""
        for connection, local in list(self.open.items()):
            if local != address:
                continue
            if self.device.faults.silent:
                del self.open[connection]
                self.hanging.add(connection)
            else:
                self._break(connection)

    def break_all(self) -> None:
        """Break every connection, without a word more."""
        for connection in [*self.open, *self.hanging]:
            self._break(connection)

    def _break(self, connection: Link) -> None:
        for session in [each for each in self.sessions if each.connection is connection]:
            session.flush()
        connection.abort()

    def dead(self, connection: Link | None) -> bool:
        """Whether nothing gets through a connection, in either direction."""
        return self.device.faults.mute or connection in self.hanging


class DeviceServer(asyncssh.SSHServer):
    """One connection to a device."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._device = connections.device
        self._connection: asyncssh.SSHServerConnection | None = None
        self.user = ""
        self.level = 0
        # Every terminal line is taken: the user hears so and has to leave.
        self.full = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """A device that does not listen, filters the source or has no line free drops the connection."""
        self._connection = conn
        _unpadded(conn)
        device = self._device
        local = IPv4Address(conn.get_extra_info("sockname")[0])
        source = self._connections.source(conn)
        self.full = len(self._connections.open) >= self._connections.limit
        if (
            not self._connections.served
            or (self.full and not device.full_text)
            or (source is not None and not device.admits(source))
        ):
            conn.abort()
            return
        if self.full:
            return
        self._connections.open[conn] = str(local)

    def connection_lost(self, exc: Exception | None) -> None:
        """The line is free again."""
        del exc
        if self._connection is not None:
            self._connections.open.pop(self._connection, None)
            self._connections.hanging.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Everybody has to prove himself. Keys are those of the user, if he may log in by key at all."""
        self.user = username
        keys = self._device.spec.keys.get(username, ())
        level = self._device.key_level(username) if keys else None
        if level is not None and self._connection is not None:
            self.level = level
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys("\n".join(keys)))
        return True

    def password_auth_supported(self) -> bool:
        """Yes."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """As the running configuration says."""
        faults = self._device.faults
        if faults.slow:
            await asyncio.sleep(faults.slow)
        level = None if faults.wrong_password else self._connections.level(username, password)
        if level is None:
            return False
        self.level = level
        return True

    def session_requested(self) -> SshSession:
        """A session in this connection."""
        self._device.logins += 1
        return SshSession(self._device, self)

    @property
    def connections(self) -> Connections:
        """All of the device's."""
        return self._connections

    @property
    def connection(self) -> asyncssh.SSHServerConnection | None:
        """The one that this is."""
        return self._connection

    @property
    def dead(self) -> bool:
        """Whether nothing gets through, in either direction."""
        return self._connections.dead(self._connection)


class SshSession(asyncssh.SSHServerSession[bytes]):
    """One channel: a shell, or one command where the device takes such."""

    def __init__(self, device: Device, server: DeviceServer) -> None:
        self._device = device
        self._server = server
        self._channel: Any = None
        self._terminal: Terminal | None = None
        self._session: Session | None = None
        self._command: str | None = None
        self._input: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        # What has been written since the event loop came round last: one packet, as a device's TCP makes it.
        self._output = bytearray()

    @property
    def connection(self) -> asyncssh.SSHServerConnection | None:
        """What it runs in."""
        return self._server.connection

    def connection_made(self, chan: Any) -> None:
        """The channel is there."""
        self._channel = chan
        _unlogged(chan)
        self._server.connections.sessions.add(self)

    def pty_requested(self, _term_type: str, _size: Any, _modes: Any) -> bool:
        """Any terminal will do."""
        return True

    def shell_requested(self) -> bool:
        """The command line."""
        return True

    def exec_requested(self, command: str) -> bool:
        """One command, where the device has a way for it."""
        self._command = command
        return hasattr(self._device, "run_command")

    def session_started(self) -> None:
        """Talk, or carry out the command."""
        if self._server.full:
            self._channel.write(f"{self._device.full_text}\r\n".encode())
            self._channel.exit(1)
            return
        if self._command is not None:
            self._task = asyncio.get_running_loop().create_task(self._run_command(self._command))
            return
        self._terminal = Terminal(self, self._device.pager, encoding=self._device.encoding)
        self._session = self._device.session(self._terminal, self._server.user, self._server.level)
        self._device.sessions.add(self._session)
        self._task = asyncio.get_running_loop().create_task(self._talk(self._session))

    async def _talk(self, session: Session) -> None:
        try:
            await session.run()
        except Exception:  # the model must not die of a line: it is said in the lab's log
            logger.exception("%s: the session of %s broke", self._device.spec.name, session.user)
        finally:
            self._device.sessions.discard(session)
            self.flush()
            if not self._channel.is_closing():
                self._channel.exit(0)

    async def _run_command(self, command: str) -> None:
        run = getattr(self._device, "run_command")  # noqa: B009 - only some devices have it
        try:
            status, output, errors = await run(command, self._input, self._server.user, self._server.level)
        except Exception:
            logger.exception("%s: the command %r broke", self._device.spec.name, command)
            status, output, errors = 255, b"", b"internal error of the emulator\n"
        self._device.line_done()
        if self._channel.is_closing() or self._server.dead:
            return
        self._channel.write(output)
        if errors:
            self._channel.write_stderr(errors)
        self._channel.exit(status)

    def write(self, data: bytes) -> None:
        """To the client, as long as it is there."""
        if self._channel.is_closing() or self._server.dead:
            return
        if not self._output:
            asyncio.get_running_loop().call_soon(self.flush)
        self._output += noisy(self._device, data)

    def flush(self) -> None:
        """Send what has been written."""
        if not self._output:
            return
        data = bytes(self._output)
        self._output.clear()
        if self._channel.is_closing():
            return
        self._channel.write(data)

    def data_received(self, data: bytes, _datatype: Any) -> None:
        """From the client."""
        if self._server.dead:
            return
        if self._terminal is not None:
            self._terminal.feed(data)
        else:
            self._input.put_nowait(data)

    def eof_received(self) -> bool:
        """The client sends no more; what it sent is still carried out."""
        self._input.put_nowait(None)
        if self._terminal is not None:
            self._terminal.hang_up()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        del exc
        self._server.connections.sessions.discard(self)
        self._input.put_nowait(None)
        if self._terminal is not None:
            self._terminal.hang_up()


def _unpadded(connection: asyncssh.SSHServerConnection) -> None:
    """Send no SSH_MSG_IGNORE (RFC 4253, 11.2): asyncssh puts one before every packet, devices put none.

    It is meant for ciphers in CBC mode (RFC 4251, 9.3.1), which are not offered here, and doubles both sides' work.
    """
    send: Callable[..., None] = connection.send_packet

    def without(kind: int, *parts: bytes, handler: Any = None) -> None:
        if kind != _IGNORE:
            send(kind, *parts, handler=handler)

    setattr(connection, "send_packet", without)  # noqa: B010 - a method of the class for everybody else
    _unlogged(connection)


def _unlogged(handler: Any) -> None:
    """Write no line about each packet for a log that nobody keeps."""
    handler.log_sent_packet = handler.log_received_packet = lambda *_: None


async def listen(connections: Connections, address: str, port: int, options: Any) -> asyncssh.SSHAcceptor:
    """Serve a device at an address."""
    return await asyncssh.listen(
        address,
        port,
        server_factory=lambda: DeviceServer(connections),
        options=options,
        reuse_address=True,
    )


def options_for(device: Device) -> asyncssh.SSHServerConnectionOptions:
    """What is the same for every connection to a device."""
    return asyncssh.SSHServerConnectionOptions(
        server_host_keys=[host_key(device.spec.seed, device.spec.name)],
        kex_algs=_KEX,
        encryption_algs=_CIPHERS,
        compression_algs=("none",),
        encoding=None,
        line_editor=False,
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
        login_timeout=60,
        server_version="-",
        gss_host=None,
        keepalive_interval=0,
    )
