"""Old devices: telnet over netmiko, and SSH with algorithms that nobody offers by default any more."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

import asyncssh
import pytest

from configs import known_hosts
from configs.channel import Carrier, wait
from configs.channel_netmiko import NetmikoChannel
from configs.drivers import driver_for
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError, DeviceUnreachableError, HostKeyError, LoginError
from tests.patience import PATIENCE


class Telnet:
    """A telnet server that asks for a login and then gives a device's command line."""

    def __init__(self, device, password=b"good"):
        self.device, self.password = device, password
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                try:
                    self.talk(connection)
                except OSError:
                    continue

    def line(self, connection):
        typed = b""
        while not typed.endswith((b"\r", b"\n")):
            data = connection.recv(1)
            if not data:
                raise OSError
            typed += data
        return typed.strip()

    def talk(self, connection):
        connection.sendall(b"\r\nUsername:")
        user = b""
        while not user:
            user = self.line(connection)
        connection.sendall(user + b"\r\nPassword:")
        password = b""
        while not password:
            password = self.line(connection)
        if password != self.password:
            connection.sendall(b"\r\nError: The password is invalid.\r\n")
            return
        connection.sendall(self.device.greet())
        while data := connection.recv(4096):
            connection.sendall(self.device.receive(data.replace(b"\r\n", b"\n").replace(b"\r\0", b"\n")))

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(PATIENCE)


@pytest.fixture
def telnet(monkeypatch):
    """Telnet servers on any port; here that port counts as telnet's."""
    started = []

    def start(device, **more):
        server = Telnet(device, **more)
        started.append(server)
        monkeypatch.setattr("configs.channel.TELNET_PORT", server.port)
        return server

    yield start
    for server in started:
        server.close()


def test_telnet_carries_the_same_session(telnet, vrp, target):
    """A change is compared, applied, checked and saved over telnet; GBK bytes come through unharmed."""
    device = vrp()
    device.config[b"interface LoopBack0"] = ["description 端口0".encode("gb18030")]
    server = telnet(device)
    goal = target(server)
    assert goal.carrier is Carrier.TELNET
    driver = driver_for("huawei").for_target(goal)
    driver.open()
    assert driver.running() == device.text()
    driver.load_merge_candidate(config="interface LoopBack0\n description 涟源市\n")
    driver.commit_config()
    driver.close()
    assert device.config[b"interface LoopBack0"] == ["description 涟源市".encode("gb18030")]
    assert device.saves == 1


def test_telnet_refuses_and_has_no_commands(telnet, vrp, target):
    """A wrong password is a LoginError; a host with a shell needs SSH."""
    server = telnet(vrp())
    with pytest.raises(LoginError):
        wait(NetmikoChannel.connect(target(server, password="bad")))
    channel = wait(NetmikoChannel.connect(target(server)))
    with pytest.raises(DeviceError, match="telnet"):
        wait(channel.run("vtysh"))
    wait(channel.close())


def test_an_old_ssh_server_is_spoken_to_all_the_same(servers, vrp, target, tmp_path, monkeypatch):
    """Group 1 with SHA-1 and CBC only: the second attempt does it, and the host key still counts."""
    old = {"kex_algs": ["diffie-hellman-group1-sha1"], "encryption_algs": ["aes128-cbc"], "mac_algs": ["hmac-sha1"]}
    listen = asyncssh.listen
    monkeypatch.setattr(asyncssh, "listen", lambda *args, **named: listen(*args, **named, **old))
    rsa = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    server = servers.start(vrp(), key=rsa)
    goal = target(server, login_timeout=20)
    driver = driver_for("huawei").for_target(goal)
    driver.open()
    assert driver.running() == server.device.text()
    driver.close()
    assert known_hosts.read(tmp_path / "known_hosts", "rt-1")[0].startswith("ssh-rsa ")
    other = servers.start(vrp(), key=asyncssh.generate_private_key("ssh-rsa", key_size=2048))
    with pytest.raises(HostKeyError):
        driver_for("huawei").for_target(target(other)).open()
    assert other.logins == []


@pytest.fixture
def hangs_up_first():
    """A way to a server whose first caller is told a version and then cut off; later callers get through."""
    stopped = []

    def make(port: int) -> int:
        front = socket.create_server(("127.0.0.1", 0))
        stopped.append(front)

        def pump(source, sink):
            with suppress(OSError):
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)

        def serve():
            with suppress(OSError):
                first, _ = front.accept()
                first.sendall(b"SSH-2.0-old\r\n")
                first.recv(10)
                first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, no farewell
                first.close()
                later, _ = front.accept()
                with later, socket.create_connection(("127.0.0.1", port)) as inner:
                    back = threading.Thread(target=pump, args=(inner, later), daemon=True)
                    back.start()
                    pump(later, inner)
                    back.join(PATIENCE)

        threading.Thread(target=serve, daemon=True).start()
        return front.getsockname()[1]

    yield make
    for front in stopped:
        front.close()


def test_a_server_that_hangs_up_in_the_key_exchange_is_tried_as_an_old_one(servers, vrp, target, hangs_up_first):
    """Some say nothing when no algorithm suits; the second attempt then reaches them."""
    server = servers.start(vrp())
    driver = driver_for("huawei").for_target(target(port=hangs_up_first(server.port)))
    driver.open()
    assert driver.running() == server.device.text()
    driver.close()


def test_a_closed_port_is_unreachable(target):
    """For telnet as for SSH."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    goal = target(port=port)
    with pytest.raises(DeviceUnreachableError):
        wait(NetmikoChannel.connect(goal))
    assert goal.endpoint == Endpoint("127.0.0.1", port)
