"""Devices for the transport's tests: small, and as quirky as the real ones; over memory or over a real SSH server."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING

import asyncssh
import pytest

from configs.channel import Finished, Login, Target
from inventory.endpoints import Endpoint
from inventory.secrets import Secret
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

CARET = b"                ^\r\n"


@dataclass
class Line:
    """A command line that echoes byte by byte, as a device's terminal does."""

    name: bytes = b"RT1"
    banner: bytes = b"\r\n"
    questions: dict[bytes, bytes] = field(default_factory=dict)  # line → what it asks
    hang_up_at: bytes = b"\xff"
    mute_at: bytes = b"\xff"
    log_before_echo: bytes = b""
    received: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    saves: int = 0
    _typed: bytearray = field(default_factory=bytearray)
    _asking: bytes = b""
    _more: list[bytes] = field(default_factory=list)
    paging: bool = True
    page: int = 10

    def prompt(self) -> bytes:
        raise NotImplementedError

    def execute(self, line: bytes) -> bytes:
        raise NotImplementedError

    def greet(self) -> bytes:
        return self.banner + self.prompt()

    def receive(self, data: bytes) -> bytes:
        said = bytearray()
        for byte in data:
            if self._more:
                said += self._next_page()
                continue
            if byte not in b"\r\n":
                self._typed.append(byte)
                said.append(byte)
                continue
            line = bytes(self._typed)
            self._typed.clear()
            said += b"\r\n"
            if self._asking:
                said += self._answered(line)
                continue
            if line:
                self.received.append(line)
            if self.hang_up_at in line:
                self.said_last = bytes(said)
                raise EOFError
            if self.mute_at in line:
                return bytes(said)
            said += self._said(line)
        return bytes(said)

    def _said(self, line: bytes) -> bytes:
        if line.strip() in self.questions:
            self._asking = line.strip()
            return self.questions[line.strip()]
        return self._paged(self.execute(line)) if line.strip() else self.prompt()

    def _answered(self, line: bytes) -> bytes:
        asked, self._asking = self._asking, ""
        self.answers.append(line)
        if asked in {b"save", b"write memory"}:
            return self.saved() + self.prompt()
        if line[:1].lower() not in (b"y", b"n"):
            self._asking = asked
            return b"Error: Please choose 'YES' or 'NO' first before pressing 'Enter'. [Y/N]:"
        return self.execute(asked) + self.prompt()

    def saved(self) -> bytes:
        self.saves += 1
        return b""

    def _paged(self, output: bytes) -> bytes:
        lines = output.splitlines(keepends=True)
        if not self.paging or len(lines) <= self.page:
            return output + self.prompt()
        self._more = lines
        return self._next_page(first=True)

    more = b"  ---- More ----"
    wipe = b"\x1b[16D                \x1b[16D"

    def _next_page(self, *, first: bool = False) -> bytes:
        shown, self._more = self._more[: self.page], self._more[self.page :]
        head = b"" if first else self.wipe
        if self._more:
            return head + b"".join(shown) + self.more
        return head + b"".join(shown) + self.prompt()

    def run(self, command: str, stdin: bytes) -> Finished:
        return Finished(127, b"", f"no shell here for {command} and {len(stdin)} bytes".encode())


@dataclass
class Vrp(Line):
    """A router that holds views of lines; enough of VRP to be configured by the dialect's changes."""

    views: list[bytes] = field(default_factory=list)
    system: bool = False
    config: dict[bytes, list[bytes]] = field(default_factory=lambda: {b"": [], b"interface LoopBack0": []})
    encoding: str = "utf-8"
    startup: bytes = b""

    def greet(self) -> bytes:
        """Every login starts in the user view, with paging."""
        self.system, self.views, self.paging = False, [], True
        self._typed.clear()
        return super().greet()

    def prompt(self) -> bytes:
        if not self.system:
            return b"<" + self.name + b">"
        view = b"-" + self.views[-1].split()[-1] if self.views else b""
        return b"[" + self.name + view + b"]"

    def text(self) -> bytes:
        found = [b"[V200R009C00SPC500]", b"#", b" sysname " + self.name, b"#"]
        found[2] = found[2].strip()
        found += self.config[b""]
        for header, lines in self.config.items():
            if header:
                found += [b"#", header, *(b" " + line for line in lines)]
        return b"\n".join([*found, b"#", b"return"]) + b"\n"

    def execute(self, line: bytes) -> bytes:  # noqa: PLR0911 - a device in twenty lines
        words = line.split()
        if line.startswith(b"screen-length"):
            self.paging = False
            return b"Info: The configuration takes effect on the current user terminal interface only.\r\n"
        if line == b"system-view":
            self.system = True
            return b"Enter system view, return user view with Ctrl+Z.\r\n"
        if line == b"return":
            self.system, self.views = False, []
            return b""
        if line == b"quit":
            if self.views:
                self.views.pop()
            else:
                self.system = False
            return b""
        if line == b"display current-configuration":
            return self.text().replace(b"\n", b"\r\n")
        if line.startswith(b"display "):
            return CARET + b"Error: Unrecognized command found at '^' position.\r\n"
        if not self.system or b"bad" in words:
            return CARET + b"Error: Unrecognized command found at '^' position.\r\n"
        return self._configured(line, words)

    def _configured(self, line: bytes, words: list[bytes]) -> bytes:
        here = self.config[self.views[-1] if self.views else b""]
        if words[0] == b"sysname":
            self.name = words[1]
        elif words[0] == b"interface" and len(words) > 1:
            if words[1] == b"Wrong0":
                return CARET + b"Error: Wrong parameter found at '^' position.\r\n"
            self.config.setdefault(line, [])
            self.views = [line]
        elif words[0] == b"undo":
            kept = line[5:].split()
            here[:] = [old for old in here if old.split()[: len(kept)] != kept]
        else:
            single = words[:2] if words[:2] == [b"ip", b"address"] else words[:1]
            if single[0] in {b"description", b"ip"} and single != [b"ip"]:
                here[:] = [old for old in here if old.split()[: len(single)] != single]
            if line.strip() not in here:
                here.append(line.strip())
        return b""

    def saved(self) -> bytes:
        self.saves += 1
        self.startup = self.text()
        return (
            b"  It will take several minutes to save configuration file, please wait.......\r\n"
            b"  Configuration file had been saved successfully\r\n"
            b"  Note: The configuration file will take effect after being activated\r\n"
        )


SAVE = {b"save": b"The current configuration will be written to the device.\r\nAre you sure to continue?[Y/N]:"}


@dataclass
class Server:
    """An SSH server that gives every login a device's command line."""

    port: int
    key: asyncssh.SSHKey
    device: Line
    logins: list[str]


class Servers:
    """Starts SSH servers in a thread of their own, and ends them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._running: list[asyncssh.SSHAcceptor] = []
        self._connections: list[asyncssh.SSHServerConnection] = []

    def start(self, device, *, key=None, password="good", mute=False) -> Server:  # noqa: S107 - invented
        key = key or asyncssh.generate_private_key("ssh-ed25519")
        logins: list[str] = []

        connections = self._connections

        class Access(asyncssh.SSHServer):
            def connection_made(self, connection):
                connections.append(connection)

            def begin_auth(self, _username):
                return True

            def password_auth_supported(self):
                return True

            def validate_password(self, username, given):
                logins.append(username)
                return given == password

        async def handle(process: asyncssh.SSHServerProcess) -> None:
            if process.command is not None:
                stdin = await process.stdin.read()
                done = device.run(process.command, stdin)
                process.stdout.write(done.stdout)
                process.stderr.write(done.stderr)
                process.exit(done.status)
                return
            if mute:
                await asyncio.sleep(30)
                return
            process.stdout.write(device.greet())
            while data := await process.stdin.read(4096):
                try:
                    process.stdout.write(device.receive(data))
                except EOFError:
                    process.stdout.write(getattr(device, "said_last", b""))
                    break
            process.exit(0)

        async def listen():
            return await asyncssh.listen(
                "127.0.0.1",
                0,
                server_factory=Access,
                server_host_keys=[key],
                process_factory=handle,
                encoding=None,
                line_editor=False,
            )

        acceptor = asyncio.run_coroutine_threadsafe(listen(), self.loop).result(PATIENCE)
        self._running.append(acceptor)
        return Server(acceptor.get_port(), key, device, logins)

    def stop(self, server: Server) -> None:
        for acceptor in list(self._running):
            if acceptor.get_port() == server.port:
                self._running.remove(acceptor)
                self._end(acceptor)

    def _end(self, acceptor) -> None:
        async def end():
            acceptor.close()
            await acceptor.wait_closed()

        asyncio.run_coroutine_threadsafe(end(), self.loop).result(PATIENCE)

    async def _forget(self) -> None:
        """End what is still open: another test would find its tasks and sockets when garbage is collected."""
        for connection in self._connections:
            connection.abort()
        await asyncio.gather(*(connection.wait_closed() for connection in self._connections), return_exceptions=True)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for _ in range(3):  # a transport closes its socket in the turn behind its own
            await asyncio.sleep(0)

    def close(self) -> None:
        for acceptor in self._running:
            self._end(acceptor)
        asyncio.run_coroutine_threadsafe(self._forget(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()


@pytest.fixture
def servers():
    """Starts SSH servers; all end with the test."""
    made = Servers()
    yield made
    made.close()


@pytest.fixture(scope="session")
def vrp():
    """The class of a small VRP router."""
    return lambda **given: Vrp(questions=dict(SAVE), **given)


@pytest.fixture
def line_class():
    """The base of the devices, for tests that bring their own."""
    return SimpleNamespace(Line=Line, Vrp=Vrp, CARET=CARET)


@pytest.fixture
def target(tmp_path: Path):
    """Makes targets on this machine."""

    def make(server=None, *, device="rt-1", platform="huawei", password="good", port=0, **times) -> Target:  # noqa: S107
        return Target(
            device,
            platform,
            Endpoint("127.0.0.1", server.port if server else port),
            Login("admin", Secret(password)),
            known_hosts=tmp_path / "known_hosts",
            **{"connect_timeout": 30, "login_timeout": 30, "command_timeout": 30, **times},
        )

    return make
