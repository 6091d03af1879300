"""The channel over asyncssh. The user's own SSH configuration and agent play no part.

Algorithms are asyncssh's defaults. A device that has none of them gets a second attempt with those of old devices, and
a warning in the log. (netmiko would not help here: paramiko 5 knows no key exchange with SHA-1 at all any more.)
"""

from __future__ import annotations

import asyncio
import os
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import asyncssh
from asyncssh.public_key import get_default_public_key_algs
from cryptography.utils import CryptographyDeprecationWarning

from configs import known_hosts
from configs.channel import Finished, TooOldError, changed_key, expired, refused, silent, unreachable
from configs.ssh_connection import Shell, connect
from inventory.errors import DeviceError, DeviceTimeoutError, DeviceUnreachableError, HostKeyError, LoginError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.channel import Target
    from configs.ssh_connection import Connection

# A wide, tall terminal: long lines are not wrapped, and few devices page at all.
TERMINAL = ("vt100", (511, 1000))
# What routers of the 2000s have: added to the defaults, in this order, for the second attempt only.
OLD: dict[str, str] = {
    "kex_algs": "+diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1",
    "encryption_algs": "+aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc",
    "mac_algs": "+hmac-md5,hmac-sha1-96,hmac-md5-96",
}


class _Client(asyncssh.SSHClient):
    """Remembers the key that the server showed, so that a first one can be recorded."""

    def __init__(self, *, first_use: bool) -> None:
        self._first_use = first_use
        self._connection: asyncssh.SSHClientConnection | None = None
        self.shown: asyncssh.SSHKey | None = None
        self.expired = False

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        self._connection = conn

    @property
    def stranded(self) -> bool:
        """The server named its version and never came to show its key: the key exchange did not work out."""
        version = self._connection and self._connection.get_extra_info("server_version")
        return bool(version) and self.shown is None

    def password_change_requested(self, prompt: str, lang: str) -> Any:
        """The password has expired (RFC 4252, 8): to choose a new one is a person's business."""
        del prompt, lang
        self.expired = True
        return NotImplemented

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        del host, addr, port
        self.shown = key
        return self._first_use


class SshChannel:
    """One SSH connection; its command line (a shell with a terminal) is opened when it is first used."""

    def __init__(self, target: Target, connection: Connection) -> None:
        self._target = target
        self._connection = connection
        self._shell: Shell | None = None
        self._translated = _Translated(target)

    @classmethod
    async def connect(
        cls, target: Target, *, old: bool = False, tunnel: asyncssh.SSHClientConnection | None = None
    ) -> SshChannel:
        """Connect, check the host key, log in. `old` offers what old devices need; TooOldError if that was missing.

        `tunnel` is a connection to a jump host through which to connect.
        """
        # cryptography announces the end of classic Diffie-Hellman; old devices have nothing else, and the person
        # at the terminal can do nothing about it.
        warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning, module=r"asyncssh\.")
        recorded = _recorded(target)
        client = _Client(first_use=not recorded)
        login = target.login
        try:
            with _Translated(target):
                async with asyncio.timeout(target.connect_timeout + target.login_timeout):
                    connection = await connect(
                        asyncssh.SSHClientConnectionOptions(
                            config=None,
                            host=target.endpoint.host,
                            port=target.endpoint.port,
                            agent_path=None,
                            gss_host=None,
                            client_factory=lambda: client,
                            known_hosts=(recorded, [], []),
                            server_host_key_algs=_key_algorithms(recorded, old=old),
                            **(OLD if old else {}),
                            username=login.username,
                            password=login.password.reveal() if login.password else None,
                            client_keys=[os.fspath(login.key_file)] if login.key_file else None,  # [] takes the user's
                            connect_timeout=target.connect_timeout,
                            login_timeout=target.login_timeout,
                            keepalive_interval=15,
                        ),
                        tunnel,
                    )
        except LoginError:
            _record(target, client)  # the key was proven before the password was asked
            if client.expired:
                raise expired(target) from None
            raise
        except DeviceUnreachableError as error:
            # A server that finds no algorithm in common may hang up without saying so (RFC 4253, 7.1).
            if old or not client.stranded or isinstance(error, TooOldError):
                raise
            raise TooOldError(target.device, error.message, error.hint) from error
        _record(target, client)
        return cls(target, connection)

    @property
    def connection(self) -> asyncssh.SSHClientConnection:
        """The connection, to carry another one."""
        return self._connection

    @property
    def closed(self) -> bool:
        """Whether the connection has ended."""
        return self._connection.is_closed()

    async def _open(self) -> Shell:
        if self._shell is None:
            shell = Shell()
            async with asyncio.timeout(self._target.login_timeout):
                await self._connection.open_shell(shell, *TERMINAL)
            self._shell = shell
        return self._shell

    async def write(self, data: bytes) -> None:
        """Send to the device's command line."""
        with self._translated:
            await (self._shell or await self._open()).write(data)

    async def read(self) -> bytes:
        """What has come since the last call; empty at the end."""
        with self._translated:
            return await (self._shell or await self._open()).read()

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """One exec request."""
        with self._translated:
            # asyncssh closes standard input only behind data: without any, the command must get none at all.
            source = asyncssh.PIPE if stdin else asyncssh.DEVNULL
            done = await self._connection.run(command, input=stdin, stdin=source, encoding=None, check=False)
        if done.exit_status is None and done.exit_signal is None:
            raise unreachable(self._target, Message("it ended before the command did"))
        return Finished(
            status=-1 if done.exit_status is None else done.exit_status,
            stdout=cast("bytes", done.stdout or b""),
            stderr=cast("bytes", done.stderr or b""),
        )

    async def close(self) -> None:
        """End the connection; a device that does not take part in the farewell is left after two seconds."""
        self._connection.close()
        with suppress(TimeoutError, OSError, asyncssh.Error):
            async with asyncio.timeout(2):
                await self._connection.wait_closed()
        self._connection.abort()


def _recorded(target: Target) -> list[asyncssh.SSHKey]:
    if target.known_hosts is None:
        return []
    try:
        return [asyncssh.import_public_key(key) for key in known_hosts.read(target.known_hosts, target.device)]
    except (OSError, ValueError) as error:
        raise HostKeyError(
            target.device,
            Message("the recorded host key cannot be read from {file}: {why}", file=target.known_hosts, why=error),
            Message("mend or remove the device's line in that file"),
        ) from error


def _key_algorithms(recorded: list[asyncssh.SSHKey], *, old: bool) -> list[str]:
    """The recorded key's own algorithms, then the others.

    A device with another key can then show it and the difference is seen, instead of a handshake that merely fails.
    """
    own = [name for key in recorded for name in key.sig_algorithms]
    names = [*own, *get_default_public_key_algs(), *([b"ssh-dss"] if old else [])]
    return [name.decode("ascii") for name in dict.fromkeys(names)]


def _record(target: Target, client: _Client) -> None:
    if target.known_hosts is not None and client.shown is not None:
        key = client.shown.export_public_key("openssh").decode("ascii").split()
        known_hosts.record(target.known_hosts, target.device, " ".join(key[:2]))


class _Translated:
    """Foreign errors become ours in its `with`."""

    __slots__ = ("_target",)

    def __init__(self, target: Target) -> None:
        self._target = target

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, DeviceError):
            return
        ours = _translation(self._target, error)
        if ours is not None:
            raise ours from error


def _translation(target: Target, error: BaseException) -> DeviceError | None:
    """What a foreign error means; None for one that is none of the channel's."""
    if isinstance(error, asyncssh.DisconnectError):
        return _disconnection(target, error)
    if isinstance(error, TimeoutError | asyncssh.TimeoutError):
        return DeviceTimeoutError(
            target.device,
            Message("{where} did not answer in time", where=target.where),
            Message("look whether the device is up and the line to it works"),
        )
    if isinstance(error, OSError | asyncssh.Error):
        return unreachable(target, str(error) or type(error).__name__)
    if isinstance(error, ValueError):  # a key file that is none, an unreadable public key
        return LoginError(
            target.device,
            Message("the key of the credential cannot be used: {why}", why=error),
            Message("look at key_file in inventory/credentials.yaml"),
        )
    return None


def _disconnection(target: Target, error: asyncssh.DisconnectError) -> DeviceError:
    """What the end of a connection means."""
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return changed_key(target)
    if isinstance(error, asyncssh.KeyExchangeFailed | asyncssh.ProtocolNotSupported):
        return TooOldError(target.device, Message("{where}: {why}", where=target.where, why=error.reason))
    if isinstance(error, asyncssh.PermissionDenied):
        return refused(target)
    if isinstance(error, asyncssh.ConnectionLost) and "timeout" in str(error).lower():
        return silent(target.device, "login", target.login_timeout)
    return unreachable(target, str(error) or type(error).__name__)
