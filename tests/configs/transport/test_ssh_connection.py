"""Our SSH connection: what goes over the wire, and when it counts as dead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import asyncssh
import pytest

from configs.channel import Login, Target
from configs.channel_ssh import SshChannel
from configs.ssh_connection import connect
from inventory.endpoints import Endpoint
from inventory.errors import DeviceUnreachableError, LoginError
from inventory.secrets import Secret
from tests.patience import PATIENCE


class Device(asyncssh.SSHServer):
    """Takes the password `good` by the ways it is told, and keeps what was asked of it."""

    def __init__(self, *, password=True, interactive=False, terminal=True, shell=True):
        self.password, self.interactive = password, interactive
        self.terminal, self.shell = terminal, shell
        self.tried, self.packets = [], []

    def connection_made(self, conn):
        self.connection = conn
        conn.log_received_packet = lambda kind, *_: self.packets.append(kind)

    def begin_auth(self, _username):
        return True

    def password_auth_supported(self):
        return self.password

    def validate_password(self, _username, given):
        self.tried.append(given)
        return given == "good"

    def kbdint_auth_supported(self):
        return self.interactive

    def get_kbdint_challenge(self, *_):
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, _username, responses):
        self.tried += responses
        return responses == ["good"]

    def session_requested(self):
        return Shell(self)


class Shell(asyncssh.SSHServerSession):
    """Greets, and says back what it hears."""

    def __init__(self, device):
        self.device = device

    def connection_made(self, chan):
        self.channel = chan
        chan.log_received_packet = lambda kind, *_: self.device.packets.append(kind)

    def pty_requested(self, *_):
        return self.device.terminal

    def shell_requested(self):
        return self.device.shell

    def session_started(self):
        self.channel.write(b"<rt>")

    def data_received(self, data, _datatype):
        self.channel.write(data)


@asynccontextmanager
async def served(algorithms=(), **told):
    """A device that listens, and its port."""
    device = Device(**told)
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=lambda: device,
        server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
        encryption_algs=algorithms,
        encoding=None,
        line_editor=False,
    )
    try:
        yield device, acceptor.get_port()
    finally:
        acceptor.close()
        await acceptor.wait_closed()


def options(port, **more):
    given = {"config": None, "known_hosts": None, "username": "a", "password": "good", "agent_path": None}
    return asyncssh.SSHClientConnectionOptions(host="127.0.0.1", port=port, **{**given, **more})


def aim(port, password="good"):  # noqa: S107 - invented
    where = Endpoint("127.0.0.1", port)
    return Target("rt", "huawei", where, Login("admin", Secret(password)), connect_timeout=30, login_timeout=30)


@pytest.mark.parametrize(
    ("ways", "tried"),
    [
        ({"password": True}, ["good"]),
        ({"password": True, "interactive": True}, ["good"]),
        ({"password": False, "interactive": True}, ["good"]),
    ],
)
def test_the_password_is_looked_at_once(ways, tried):
    """By whatever way the device takes it: as a password, or as the answer to its question."""

    async def run():
        async with served(**ways) as (device, port):
            channel = await SshChannel.connect(aim(port))
            assert await channel.read() == b"<rt>"
            await channel.close()
            return device.tried

    assert asyncio.run(run()) == tried


@pytest.mark.parametrize("ways", [{}, {"interactive": True}, {"password": False, "interactive": True}])
def test_a_wrong_password_costs_one_attempt(ways):
    """A device locks a user out after a few: a wrong one is never offered again by another way."""

    async def run():
        async with served(**ways) as (device, port):
            with pytest.raises(LoginError):
                await SshChannel.connect(aim(port, "wrong"))
            return device.tried

    assert asyncio.run(run()) == ["wrong"]


@pytest.mark.parametrize("refused", ["terminal", "shell"])
def test_a_device_without_a_command_line_is_an_error(refused):
    """No terminal or no shell: nothing could be typed."""

    async def run():
        async with served(**{refused: False}) as (_, port):
            channel = await SshChannel.connect(aim(port))
            with pytest.raises(DeviceUnreachableError):
                await channel.read()
            await channel.close()

    asyncio.run(run())


@pytest.mark.parametrize(("cipher", "ignored"), [("aes128-ctr", False), ("aes128-cbc", True)])
def test_nothing_is_sent_that_serves_nothing(cipher, ignored):
    """SSH_MSG_IGNORE (2) goes before packets in CBC mode, and before no others."""

    async def run():
        async with served([cipher]) as (device, port):
            connection = await connect(options(port, encryption_algs=[cipher]))
            connection.close()
            await connection.wait_closed()
            return device.packets

    assert (2 in asyncio.run(run())) is ignored


def test_a_silent_connection_ends_and_a_talking_one_does_not():
    """What is heard counts as life; after so many questions without an answer the connection is given up."""

    async def run():
        async with served() as (device, port):
            connection = await connect(options(port, keepalive_interval=0.2, keepalive_count_max=5))
            await asyncio.sleep(0.8)
            assert not connection.is_closed()
            device.connection.send_packet = lambda *_, **__: None  # it hears and says nothing any more
            async with asyncio.timeout(PATIENCE):
                await connection.wait_closed()

    asyncio.run(run())
