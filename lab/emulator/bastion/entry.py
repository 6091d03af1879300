"""What every way in has: a login of its own, the devices it knows, and a bridge to one of them."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh

from lab.emulator.server import host_key
from lab.emulator.terminal import HangupError, Pager, Terminal
from lab.emulator.world import served_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from ipaddress import IPv4Address

    from lab.emulator.world import World

logger = logging.getLogger(__name__)
NO_PAGER = Pager("", "", 0)


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a device as the way in knows him."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Asset:
    """A device as the way in knows it. `ident` is a UUID."""

    name: str
    address: IPv4Address
    platform: str
    accounts: tuple[Account, ...] = ()
    comment: str = ""

    @property
    def ident(self) -> str:
        """Always the same for one name."""
        return str(uuid.UUID(bytes=hashlib.sha256(self.name.encode()).digest()[:16], version=4))

    def matches(self, word: str) -> bool:
        """Whether a search finds it."""
        return any(word in text for text in (self.name, str(self.address), self.comment))


def assets_of(world: World, accounts: Sequence[Account]) -> tuple[Asset, ...]:
    """Every device of a world, with the same accounts, by name."""
    specs = sorted((host.device.spec for host in world.hosts.values()), key=lambda spec: spec.name)
    return tuple(Asset(spec.name, spec.address, spec.platform, tuple(accounts)) for spec in specs)


class BridgeError(Exception):
    """A device cannot be reached: `why` is `auth`, `refused`, `timeout` or `lost`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Gate(ABC):
    """A way in. `users` are its own, with passwords; `keys` their OpenSSH public keys."""

    # What its host key is made from, beside the seed.
    kind: str

    def __init__(
        self,
        world: World,
        users: Mapping[str, str],
        *,
        seed: bytes = b"",
        keys: Mapping[str, tuple[str, ...]] | None = None,
        encoding: str = "utf-8",
        patience: float = 5.0,
    ) -> None:
        self.world = world
        self.users = dict(users)
        self.keys = dict(keys or {})
        self.encoding = encoding
        # How long it waits for a device, in seconds.
        self.patience = patience
        self.key = host_key(seed, self.kind)
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._acceptor: asyncssh.SSHAcceptor | None = None

    async def listen(self, address: str = "127.0.0.1", port: int = 0) -> int:
        """Serve; returns the port."""
        self._acceptor = await asyncssh.listen(
            address,
            port,
            server_factory=lambda: Door(self),
            server_host_keys=[self.key],
            encoding=None,
            line_editor=False,
            allow_scp=False,
            agent_forwarding=False,
            x11_forwarding=False,
            server_version="-",
            gss_host=None,
        )
        return self._acceptor.get_port()

    async def close(self) -> None:
        """Stop serving and cut everything."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        for connection in list(self.connections):
            connection.abort()

    def login(self, username: str) -> str:
        """Whose password counts for an SSH user."""
        return username

    def where(self, address: IPv4Address) -> tuple[str, int]:
        """Where a device is served here."""
        return served_at(address), self.world.ports[0]

    def forward(self, connection: asyncssh.SSHServerConnection, host: str, port: int) -> Any:
        """Answer a direct-tcpip request: none is taken."""
        del connection, host, port
        raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")

    @abstractmethod
    async def talk(self, line: LineSession) -> None:
        """One session, until it ends."""


class Door(asyncssh.SSHServer):
    """One connection to a way in."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.user = ""
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember it, so that it can be cut."""
        self._connection = conn
        self.gate.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        del exc
        if self._connection is not None:
            self.gate.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        """Everybody has to prove himself."""
        self.user = username
        keys = self.gate.keys.get(self.gate.login(username), ())
        if keys and self._connection is not None:
            self._connection.set_authorized_keys(asyncssh.import_authorized_keys("\n".join(keys)))
        return True

    def password_auth_supported(self) -> bool:
        """Yes."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """The way in's own users."""
        own = self.gate.users.get(self.gate.login(username))
        return own is not None and own == password

    def session_requested(self) -> LineSession:
        """A session."""
        return LineSession(self.gate, self.user)

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> Any:
        """A connection that is to be forwarded."""
        del orig_host, orig_port
        assert self._connection is not None  # noqa: S101 - a request comes by a connection
        return self.gate.forward(self._connection, dest_host, dest_port)


class LineSession(asyncssh.SSHServerSession[bytes]):
    """A user's line: a terminal for menus, and a bridge to a device."""

    def __init__(self, gate: Gate, user: str) -> None:
        self.gate = gate
        self.user = user
        self.pty = False
        self.terminal = Terminal(self, NO_PAGER, encoding=gate.encoding)
        self._channel: Any = None
        self._far: _Far | None = None
        self._task: asyncio.Task[None] | None = None
        self._typed = asyncio.Event()
        # The user sends no more.
        self._silent = False

    def connection_made(self, chan: Any) -> None:
        """The channel is there."""
        self._channel = chan

    def pty_requested(self, _term_type: str, _size: Any, _modes: Any) -> bool:
        """Any terminal will do."""
        self.pty = True
        return True

    def shell_requested(self) -> bool:
        """The menu."""
        return True

    def session_started(self) -> None:
        """Talk."""
        self._task = asyncio.get_running_loop().create_task(self._talk())

    async def _talk(self) -> None:
        try:
            await self.gate.talk(self)
        except HangupError:
            pass
        except Exception:  # the model must not die of a line: it is said in the log
            logger.exception("the session of %s broke", self.user)
        finally:
            if not self._channel.is_closing():
                self._channel.exit(0)

    def write(self, data: bytes) -> None:
        """To the user, as long as he is there."""
        if not self._channel.is_closing():
            self._channel.write(data)

    def leave(self, status: int) -> None:
        """End the session with a status."""
        if not self._channel.is_closing():
            self._channel.exit(status)

    def say(self, text: str) -> None:
        """A text of the way in's own, as it is."""
        self.terminal.write(text)

    async def ask(self, prompt: str, idle: float, *, echo: bool = True) -> str:
        """A line, without blanks at its ends. TimeoutError when nothing comes for so many seconds; 0 waits for ever."""
        async with asyncio.timeout(idle or None):
            return (await self.terminal.read_line(prompt, echo=echo)).strip()

    def data_received(self, data: bytes, _datatype: Any) -> None:
        """From the user: to the device, or to the menu."""
        self._typed.set()
        if self._far is not None:
            self._far.send(data)
        else:
            self.terminal.feed(data)

    def eof_received(self) -> bool:
        """The user sends no more; what he sent is still carried out."""
        self._silent = True
        self.terminal.hang_up()
        if self._far is not None:
            self._far.end()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """The user is gone."""
        del exc
        self.terminal.hang_up()
        if self._far is not None:
            self._far.cut()

    async def bridge(self, asset: Asset, account: Account, idle: float) -> bool:
        """Be the device's session until it ends; False if it was ended because nothing was typed. BridgeError."""
        host, port = self.gate.where(asset.address)
        try:
            connection = await asyncssh.connect(
                host,
                port,
                username=account.name,
                password=account.password,
                known_hosts=None,
                client_keys=None,
                agent_path=None,
                config=None,
                connect_timeout=self.gate.patience,
                login_timeout=self.gate.patience,
            )
        except asyncssh.PermissionDenied as error:
            raise BridgeError("auth") from error
        except ConnectionRefusedError as error:
            raise BridgeError("refused") from error
        except (TimeoutError, asyncssh.ConnectionLost) as error:
            raise BridgeError("timeout") from error
        except (OSError, asyncssh.Error) as error:
            raise BridgeError("lost") from error
        try:
            far = _Far(self)
            await connection.create_session(lambda: far, term_type="xterm", encoding=None)
            far.send(self.terminal.take())
            self._far = far
            if self._silent:
                far.end()
            return await self._wait(far, idle)
        except (OSError, asyncssh.Error) as error:
            raise BridgeError("lost") from error
        finally:
            self._far = None
            connection.abort()

    async def _wait(self, far: _Far, idle: float) -> bool:
        """Until the device's session has ended, or nobody types any more."""
        ended = asyncio.ensure_future(far.ended.wait())
        try:
            while not ended.done():
                self._typed.clear()
                typed = asyncio.ensure_future(self._typed.wait())
                await asyncio.wait((ended, typed), timeout=idle or None, return_when=asyncio.FIRST_COMPLETED)
                idled = not ended.done() and not typed.done()
                typed.cancel()
                if idled:
                    return False
            return True
        finally:
            ended.cancel()


class _Far(asyncssh.SSHClientSession[bytes]):
    """The device's end of a bridge."""

    def __init__(self, near: LineSession) -> None:
        self._near = near
        self._channel: Any = None
        self.ended = asyncio.Event()

    def connection_made(self, chan: Any) -> None:
        """The channel is there."""
        self._channel = chan

    def data_received(self, data: bytes, _datatype: Any) -> None:
        """From the device, byte for byte."""
        self._near.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """The device's session has ended, or was cut."""
        del exc
        self.ended.set()

    def send(self, data: bytes) -> None:
        """To the device."""
        if data and not self._channel.is_closing():
            self._channel.write(data)

    def end(self) -> None:
        """The user sends no more."""
        if not self._channel.is_closing():
            self._channel.write_eof()

    def cut(self) -> None:
        """The user has gone."""
        self._channel.abort()
        self.ended.set()
