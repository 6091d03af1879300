"""The channel over netmiko: telnet, SSH servers that asyncssh does not speak to any more, platforms without a dialect.

netmiko only connects and logs in; its prompts, paging and decoding are left aside: bytes go through unchanged
(`latin-1` maps every byte to one character and back), where its default would drop what is not UTF-8.
"""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import netmiko
import paramiko
from netmiko.ssh_dispatcher import CLASS_MAPPER

from configs import known_hosts
from configs.channel import Carrier, Finished, changed_key, refused, silent, unreachable
from inventory.errors import DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.channel import Target

# netmiko can only be asked whether something has come: the pauses between two questions grow while nothing does.
FIRST_PAUSE, LAST_PAUSE = 0.005, 0.1


class NetmikoChannel:
    """One netmiko connection, used as a stream of bytes."""

    def __init__(self, target: Target, connection: Any) -> None:
        self._target = target
        self._connection = connection

    @classmethod
    async def connect(cls, target: Target) -> NetmikoChannel:
        """Connect and log in; for SSH the host key is checked before the password is sent."""
        work = asyncio.to_thread(_connect, target)
        try:
            async with asyncio.timeout(target.connect_timeout + target.login_timeout):
                return cls(target, await work)
        except TimeoutError as error:
            raise silent(target.device, "login", target.login_timeout) from error

    async def write(self, data: bytes) -> None:
        """Send to the device's command line."""
        try:
            await asyncio.to_thread(self._connection.channel.write_channel, data.decode("latin-1"))
        except (OSError, EOFError, netmiko.ReadException, netmiko.NetmikoBaseException) as error:
            raise unreachable(self._target, str(error) or type(error).__name__) from error

    async def read(self) -> bytes:
        """What has come since the last call; empty at the end."""
        pause = FIRST_PAUSE
        while True:
            try:
                text = await asyncio.to_thread(self._connection.channel.read_channel)
            except (OSError, EOFError, netmiko.ReadException, netmiko.NetmikoBaseException):
                return b""
            if text:
                return str(text).encode("latin-1")
            if getattr(self._connection.remote_conn, "closed", False):
                return b""
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """One exec request; only SSH has them."""
        if self._target.carrier is Carrier.TELNET:
            raise DeviceError(
                self._target.device,
                Message("{where} is telnet, which cannot run a single command", where=self._target.where),
                Message("give the device's SSH port in inventory/devices.csv"),
            )
        try:
            return await asyncio.to_thread(_run, self._connection.remote_conn_pre, command, stdin)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise unreachable(self._target, str(error) or type(error).__name__) from error

    async def close(self) -> None:
        """End the connection."""
        with suppress(Exception):  # whatever a foreign library says at the end, the connection is gone
            await asyncio.to_thread(self._connection.remote_conn.close)
        with suppress(Exception):
            if self._connection.remote_conn_pre is not None:
                await asyncio.to_thread(self._connection.remote_conn_pre.close)


def _connect(target: Target) -> Any:
    login = target.login
    arguments: dict[str, Any] = {
        "device_type": _device_type(target),
        "host": target.endpoint.host,
        "port": target.endpoint.port,
        "username": login.username,
        "password": login.password.reveal() if login.password else "",
        "conn_timeout": target.connect_timeout,
        "auth_timeout": target.login_timeout,
        "encoding": "latin-1",
        "auto_connect": False,
    }
    try:
        if target.carrier is Carrier.SSH:
            _check_key(target)
            arguments |= {"use_keys": bool(login.key_file), "allow_agent": False}
            if login.key_file:
                arguments["key_file"] = os.fspath(login.key_file)
        connection: Any = netmiko.ConnectHandler(**arguments)
        connection.establish_connection()
        if target.carrier is Carrier.TELNET:
            # netmiko has read up to the first prompt and kept it: an empty line brings another.
            connection.channel.write_channel("\n")
    except netmiko.NetmikoAuthenticationException as error:
        raise refused(target) from error
    except netmiko.NetmikoTimeoutException as error:
        raise unreachable(target, str(error).strip().partition("\n")[0]) from error
    except (OSError, EOFError, paramiko.SSHException, netmiko.NetmikoBaseException) as error:
        raise unreachable(target, str(error) or type(error).__name__) from error
    return connection


def _device_type(target: Target) -> str:
    """netmiko's own class knows how a platform asks for a login over telnet; over SSH nobody asks."""
    if target.carrier is Carrier.SSH:
        return "generic"
    own = f"{target.platform}_telnet"
    return own if own in CLASS_MAPPER else "generic_telnet"


def _check_key(target: Target) -> None:
    """Get the host key, without logging in, and compare it with the recorded one, or record it."""
    if target.known_hosts is None:
        return
    address = (target.endpoint.host, target.endpoint.port)
    with (
        socket.create_connection(address, target.connect_timeout) as plain,
        paramiko.Transport(plain) as transport,
    ):
        transport.start_client(timeout=target.connect_timeout)
        key = transport.get_remote_server_key()
    shown = f"{key.get_name()} {key.get_base64()}"
    recorded = known_hosts.read(target.known_hosts, target.device)
    if recorded and shown not in recorded:
        raise changed_key(target)
    known_hosts.record(target.known_hosts, target.device, shown)


def _run(client: paramiko.SSHClient, command: str, stdin: bytes) -> Finished:
    given, out, err = client.exec_command(command)  # noqa: S601 - the commands are the drivers' own constants
    given.write(stdin)
    given.channel.shutdown_write()
    stdout, stderr = out.read(), err.read()
    return Finished(out.channel.recv_exit_status(), stdout, stderr)
