"""The channel over netmiko: telnet.

netmiko knows how each platform asks for user name and password; it connects and logs in, and no more. Its prompts,
paging and decoding are left aside: bytes go through unchanged (`latin-1` maps every byte to one character and
back), where its default would drop what is not UTF-8. A line's end goes as CR LF, the only one that telnet has (RFC
854, “The Telnet Network Virtual Terminal”).
"""

from __future__ import annotations

import asyncio
import io
import re
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import netmiko
from netmiko.ssh_dispatcher import CLASS_MAPPER

from configs.channel import Finished, refused, silent, unreachable
from inventory.errors import DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.channel import Target

# netmiko can only be asked whether something has come: the pauses between two questions grow while nothing does.
FIRST_PAUSE, LAST_PAUSE = 0.005, 0.1
_ASKED_AGAIN = re.compile(rb"(?is)password.*(?:user ?name|login) ?:")


class NetmikoChannel:
    """One netmiko connection, used as a stream of bytes."""

    def __init__(self, target: Target, connection: Any) -> None:
        self._target = target
        self._connection = connection

    @classmethod
    async def connect(cls, target: Target) -> NetmikoChannel:
        """Connect and log in."""
        said = io.BytesIO()
        connection = _connection(target, said)
        work = asyncio.to_thread(_log_in, target, connection, said)
        try:
            async with asyncio.timeout(target.connect_timeout + target.login_timeout):
                await work
        except TimeoutError as error:
            _hang_up(connection)  # netmiko would go on waiting in its thread, on one of the device's lines
            raise silent(target.device, "login", target.login_timeout) from error
        except BaseException:
            _hang_up(connection)
            raise
        return cls(target, connection)

    async def write(self, data: bytes) -> None:
        """Send to the device's command line."""
        try:
            await asyncio.to_thread(
                self._connection.channel.write_channel, data.replace(b"\n", b"\r\n").decode("latin-1")
            )
        except (OSError, EOFError, netmiko.NetmikoBaseException) as error:
            raise unreachable(self._target, str(error) or type(error).__name__) from error

    async def read(self) -> bytes:
        """What has come since the last call; empty at the end."""
        pause = FIRST_PAUSE
        while True:
            try:
                text = await asyncio.to_thread(self._connection.channel.read_channel)
            except (OSError, EOFError, netmiko.NetmikoBaseException):
                return b""
            if text:
                return str(text).encode("latin-1")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """DeviceError: telnet has a command line and nothing else."""
        del command, stdin
        raise DeviceError(
            self._target.device,
            Message("{where} is telnet, which cannot run a single command", where=self._target.where),
            Message("give the device's SSH port in inventory/devices.csv"),
        )

    async def close(self) -> None:
        """End the connection."""
        with suppress(Exception):  # whatever a foreign library says at the end, the connection is gone
            await asyncio.to_thread(self._connection.remote_conn.close)


def _connection(target: Target, said: io.BytesIO) -> Any:
    """A connection that is not made yet. What the device says at the login is written down in `said`."""
    own = f"{target.platform}_telnet"
    return netmiko.ConnectHandler(
        device_type=own if own in CLASS_MAPPER else "generic_telnet",
        host=target.endpoint.host,
        port=target.endpoint.port,
        username=target.login.username,
        password=target.login.password.reveal() if target.login.password else "",
        conn_timeout=target.connect_timeout,
        auth_timeout=target.login_timeout,
        encoding="latin-1",
        session_log=said,
        auto_connect=False,
    )


def _log_in(target: Target, connection: Any, said: io.BytesIO) -> None:
    try:
        connection.establish_connection()
        # netmiko has read up to the first prompt and kept it: an empty line brings another.
        connection.channel.write_channel("\r\n")
    except netmiko.NetmikoAuthenticationException as error:
        raise refused(target) from error
    except netmiko.exceptions.ReadTimeout as error:
        # Some of its logins wait for a prompt only, where the device asks for the name again.
        if _ASKED_AGAIN.search(said.getvalue()):
            raise refused(target) from error
        raise silent(target.device, "login", target.login_timeout) from error
    except (OSError, EOFError, netmiko.NetmikoBaseException) as error:
        raise unreachable(target, str(error).strip().partition("\n")[0] or type(error).__name__) from error


def _hang_up(connection: Any) -> None:
    """End a connection at which a thread may still read: the thread then finds it ended."""
    with suppress(Exception):  # there may be no socket yet, or none any more
        connection.remote_conn.get_socket().shutdown(socket.SHUT_RDWR)
    with suppress(Exception):
        connection.remote_conn.get_socket().close()
