"""What every emulated device has: a running and a saved configuration, sessions, an address it answers at, a clock."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from lab.emulator import grammar
from lab.emulator.faults import Faults, FlashFullError
from lab.emulator.secrets import Vault
from lab.emulator.terminal import HangupError, Pager, Terminal
from lab.emulator.timers import Timer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
    from ipaddress import IPv4Address

    from lab.emulator.interfaces import Port
    from lab.emulator.reach import Filter, Route, Wire
    from lab.emulator.strange import Strange
    from lab.emulator.telnet_words import TelnetWords
    from lab.emulator.tree import Entry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SnmpUser:
    """An SNMPv3 user. Protocols in the standards' words (`SHA`, `AES` …); empty for none."""

    name: str
    auth_protocol: str = ""
    auth_password: str = ""
    priv_protocol: str = ""
    priv_password: str = ""


@dataclass(frozen=True, slots=True)
class SnmpAccess:
    """Who may poll the device now. `permits` says for each community or user whether an address may."""

    communities: tuple[str, ...] = ()
    users: tuple[SnmpUser, ...] = ()
    filters: Mapping[str, tuple[tuple[bool, int, int], ...]] = field(default_factory=dict)
    contact: str = ""
    location: str = ""

    def permits(self, name: str, source: IPv4Address) -> bool:
        """Whether `source` may poll as `name`: the first line of its filter decides, none means no."""
        lines = self.filters.get(name)
        if lines is None:
            return True
        for permit, network, wildcard in lines:
            if (int(source) ^ network) & ~wildcard & 0xFFFFFFFF == 0:
                return permit
        return False


@dataclass(frozen=True, slots=True)
class Spec:
    """What a device is when it is unpacked, and what was typed at its console first.

    `interfaces` are physical interfaces beyond those of the model. `login` is a user of the operating system (a
    host's) or the administrator who unpacked the box (a firewall's), `snmp` what an agent is told outside the
    configuration text: all of it on a host, SNMPv3 users on IOS. `keys` are OpenSSH public keys by user. `faults` are
    those that it begins with; `delay` is in seconds a command, `boot` the seconds that a reboot takes. `manager` is the
    address as which whoever connects on this machine is seen, `wire` what really is on the wire of the management
    interface (without it no route is judged). `minute` is how many seconds a minute of its timers has: 60, less in
    tests. `encoding` is that of its terminal lines (`gb18030` for an old one); empty for what the platform usually
    speaks. Bytes that are none in it are kept and shown as they came: these devices look at no character.
    """

    name: str
    platform: str
    address: IPv4Address
    management_interface: str = ""
    model: str = ""
    text: str = ""
    interfaces: tuple[str, ...] = ()
    login: tuple[str, str] | None = None
    snmp: SnmpAccess | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    delay: float = 0.0
    boot: float = 1.0
    seed: bytes = b""
    manager: IPv4Address | None = None
    wire: Wire | None = None
    minute: float = 60.0
    encoding: str = ""


class ConsoleError(Exception):
    """A line of the first text that a device refused. `line` is what was typed, `answer` what it said."""

    def __init__(self, device: str, line: str, answer: str) -> None:
        super().__init__(f"{device}: {line}: {answer}")
        self.device = device
        self.line = line
        self.answer = answer


class LogoutError(Exception):
    """The user has left, or the device has thrown the session out."""


@cache
def table(*names: str) -> dict[str, grammar.View]:
    """The views of the grammar tables of that name, the later ones changing the earlier; read once a process."""
    files = (resources.files("lab.emulator").joinpath(f"{name}.grammar") for name in names)
    return grammar.load(*(file.read_text(encoding="utf-8") for file in files))


class Device(ABC):
    """A device. A vendor says what its configuration looks like and how it is spoken to."""

    # Kinds of interfaces that stand apart from their number (`GigabitEthernet 0/1`).
    spaced: tuple[str, ...] = ()
    # Whether `'a b '` is one word of a line.
    quoted = False
    # What its terminal lines speak unless the spec says otherwise.
    usual_encoding = "utf-8"

    # Its tables, as paths in this package.
    grammar: tuple[str, ...]
    pager: Pager
    # What a session is told when every terminal line is taken; without a text the connection is dropped.
    full_text = ""
    # What a device shows before it knows a name.
    factory_name: str
    # How its telnet server asks for a login; None where telnet is not emulated.
    telnet: TelnetWords | None = None
    # Whether it can show a configuration as the text that it was given (`taking.take`).
    lays_out = False

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.vault = Vault(hashlib.sha256(spec.seed + spec.name.encode()).digest())
        self.views = table(*self.grammar)
        self.faults = spec.faults
        self.timers: dict[str, Timer] = {}
        self.running = self.factory()
        self.saved: Entry | None = None
        self.booted = time.monotonic()
        self.rebooting = False
        self.boots = 1
        # Mute by `hang_after`, until it boots.
        self.hung = False
        # What no table knows of the text that it was given; None for a device that begins with its own.
        self.strange: Strange | None = None
        # What a line's answer waits for: what it changed has taken effect. None: nothing does.
        self.settled: Callable[[], Awaitable[None]] | None = None
        self.sessions: set[Session] = set()
        self.saves = 0
        # What was saved each time, as a digest, and whether a guard was still armed then: for whoever checks on a push.
        self.record: list[tuple[str, bool]] = []
        # How often somebody logged in, and how often something about the device changed.
        self.logins = 0
        self.changes = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._watchers: list[Callable[[], None]] = []
        # What breaks every connection to it, at once.
        self.breakers: list[Callable[[], None]] = []

    # What it is

    @abstractmethod
    def factory(self) -> Entry:
        """The configuration of a device out of its box."""

    @abstractmethod
    def session(self, terminal: Terminal, user: str, level: int) -> Session:
        """A session of a user who has logged in."""

    @abstractmethod
    def show(self, entry: Entry) -> str:
        """A configuration as text."""

    @abstractmethod
    def interface_name(self, text: str) -> str | None:
        """The full name of an interface that `text` means; None if this model has no such kind."""

    @abstractmethod
    def exists(self, interface: str) -> bool:
        """Whether an interface is there or can be made (a loopback, a sub-interface)."""

    @abstractmethod
    def password_level(self, user: str, password: str) -> int | None:
        """The level of a user with that password; None if the login is refused."""

    @abstractmethod
    def key_level(self, user: str) -> int | None:
        """The level of a user who proves a key of his; None if he may not log in so."""

    @abstractmethod
    def ports(self) -> tuple[Port, ...]:
        """The interfaces, in the agent's order."""

    @abstractmethod
    def snmp_access(self) -> SnmpAccess:
        """Who may poll it now."""

    @abstractmethod
    def describe(self) -> tuple[str, str]:
        """What the agent gives as sysDescr and sysObjectID."""

    @abstractmethod
    def admits(self, source: IPv4Address) -> bool:
        """Whether the filters on its terminal lines let an address in."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The host name."""

    @property
    @abstractmethod
    def session_limit(self) -> int:
        """How many sessions it takes."""

    @property
    @abstractmethod
    def ssh_enabled(self) -> bool:
        """Whether its configuration lets an SSH session in."""

    @property
    def telnet_enabled(self) -> bool:
        """Whether its configuration lets a telnet session in."""
        return False

    def telnet_level(self, user: str, password: str) -> int | None:
        """The level of a user who may come by telnet with that password; None if the login is refused."""
        del user, password
        return None

    # What it does

    @property
    def uptime(self) -> float:
        """Seconds since it booted."""
        return time.monotonic() - self.booted

    def routes(self) -> tuple[Route, ...]:
        """Its static routes."""
        return ()

    def learns(self, port: Port) -> bool:
        """Whether a routing protocol runs on an interface."""
        del port
        return False

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """What filters packets that come in by an interface, and what filters those that go out."""
        del interface
        return None, None

    def timer(self, name: str) -> Timer:
        """One of its guards by name; made when it is asked for first."""
        return self.timers.setdefault(name, Timer(self))

    @property
    def minute(self) -> float:
        """How many seconds a minute of its timers has here."""
        return self.spec.minute

    @property
    def away(self) -> bool:
        """Whether it is off or booting."""
        return self.rebooting or self.faults.down

    @property
    def encoding(self) -> str:
        """The encoding of its terminal lines."""
        return self.spec.encoding or self.usual_encoding

    @property
    def management(self) -> str:
        """The interface by which it is managed."""
        return self.interface_name(self.spec.management_interface) or self.spec.management_interface

    @property
    def manager(self) -> IPv4Address | None:
        """As whom the management station is seen."""
        return self.spec.manager

    @property
    def wire(self) -> Wire | None:
        """What really is on the wire of the management interface."""
        return self.spec.wire

    def message(self) -> str:
        """A message of its log, as it stands behind a prompt; empty where none is modelled."""
        return ""

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever the running configuration or the device's state has changed."""
        self._watchers.append(watcher)

    def changed(self) -> None:
        """Tell the watchers."""
        self.changes += 1
        for watcher in self._watchers:
            watcher()

    def save(self) -> None:
        """Running becomes saved. FlashFullError if there is no room."""
        if self.faults.full_flash:
            raise FlashFullError
        self.saved = self.running.copy()
        self.saves += 1
        self.record.append((self.digest(self.saved), any(timer.armed for timer in self.timers.values())))

    def digest(self, entry: Entry) -> str:
        """A configuration's digest, without the remarks that differ from look to look."""
        lines = (line for line in self.show(entry).splitlines() if not line.startswith(("!", "#", "Current config")))
        return hashlib.sha256("\n".join(lines).encode(errors="surrogateescape")).hexdigest()

    @classmethod
    def ports_named(cls, text: str) -> tuple[str, ...] | None:
        """The ports that a text of this language has; None where they stand as `interface NAME` (`taking.ports_in`)."""
        del text
        return None

    def read(self, text: str) -> bool:
        """Make a whole text what runs, in a way of its own; False where it is lines in views (`taking.take`)."""
        del text
        return False

    async def first_boot(self) -> None:
        """Type the first text at the console and save it. ConsoleError for a line that is refused."""
        if self.spec.text:
            await self.type_in(self.spec.text.split("\n"))
        self.save()

    async def type_in(self, lines: Iterable[str]) -> None:
        """Type configuration lines at the console, every question answered with yes."""
        script = Script()
        session = self.session(script, "console", 15)
        await session.configure()
        for line in lines:
            script.output.clear()
            try:
                await session.execute(line)
            except LogoutError:
                continue
            refused = session.refusal("".join(script.output))
            if refused:
                raise ConsoleError(self.spec.name, line.strip(), refused)
        await session.finish()

    async def console(self, lines: Iterable[str]) -> str:
        """Lines at the console, on nobody's behalf; returns what it says, prompts and echoes included."""
        script = Script(echo=True)
        session = self.session(script, "console", 15)
        try:
            for line in lines:
                script.write(session.prompt() + line + "\n")
                await session.execute(line)
        except LogoutError:
            pass
        return "".join(script.output)

    def refusal(self, answer: str) -> str:
        """What of a console's answer says that a line was refused; empty if none was."""
        return self.session(Script(), "console", 15).refusal(answer)

    def after(self, seconds: float, action: Callable[[], None]) -> asyncio.Task[None]:
        """Do something later; the task can be cancelled."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            action()

        return self.run(wait())

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the sessions, for as long as the device lives."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def reboot(self) -> None:
        """Go away, and come back with the saved configuration after the seconds that booting takes."""
        self.rebooting = True
        self.boots += 1
        self.running = self.saved.copy() if self.saved is not None else self.factory()
        for task in list(self._tasks):
            task.cancel()
        self.forget_timers()
        if self.hung:
            self.hung = False
            self.faults = replace(self.faults, mute=False)
        self.changed()

        def back() -> None:
            self.booted = time.monotonic()
            self.rebooting = False
            self.changed()

        self.after(self.spec.boot, back)

    def forget_timers(self) -> None:
        """No guard is armed any more."""
        for timer in self.timers.values():
            timer.cancel()
        self.timers.clear()
        self.forget()

    def forget(self) -> None:  # noqa: B027 - not every device has something
        """What else is gone after a reboot."""

    # Faults

    def suffer(self, faults: Faults) -> None:
        """From now on it has these faults."""
        self.faults = faults
        self.hung = False
        self.changed()

    def line_done(self) -> bool:
        """A line has been carried out: what was to happen after so many happens now.

        Returns whether whoever typed it is still heard.
        """
        faults = self.faults
        if not (faults.drop_after or faults.hang_after or faults.reboot_after):
            return True
        counts = {name: getattr(faults, name) for name in ("drop_after", "hang_after", "reboot_after")}
        self.faults = replace(faults, **{name: max(0, count - 1) for name, count in counts.items()})
        if counts["drop_after"] == 1:
            for breaker in self.breakers:
                breaker()
        if counts["hang_after"] == 1:
            self.hung = True
            self.faults = replace(self.faults, mute=True)
            self.changed()
        if counts["reboot_after"] == 1:
            self.reboot()
        return 1 not in counts.values()

    def close(self) -> None:
        """End what runs beside the sessions."""
        for task in list(self._tasks):
            task.cancel()

    def load(self, entry: Entry) -> None:
        """Make a copy of `entry` the running configuration, at once."""
        self.running = entry.copy()
        self.changed()

    def now(self) -> datetime:
        """The device's clock."""
        return datetime.now(UTC)


class Session(ABC):
    """One user at one device's command line."""

    def __init__(self, device: Device, terminal: Terminal, user: str, level: int) -> None:
        self.device = device
        self.terminal = terminal
        self.user = user
        self.level = level
        self.began = time.monotonic()
        self._boot = device.boots
        self._prompts = 0

    @abstractmethod
    def prompt(self) -> str:
        """The prompt now."""

    @abstractmethod
    async def execute(self, line: str) -> None:
        """Carry out one line. LogoutError when the user leaves."""

    @abstractmethod
    async def configure(self) -> None:
        """Get to where configuration lines are taken."""

    async def finish(self) -> None:  # noqa: B027 - most devices need none
        """Make what was configured take effect, where that takes a step of its own."""

    @abstractmethod
    def refusal(self, answer: str) -> str:
        """What of an answer says that a line was refused; empty if it was not."""

    @abstractmethod
    def greeting(self) -> str:
        """What is shown after the login."""

    def help(self, line: str) -> str:
        """What the `?` shows for a line so far."""
        del line
        return ""

    async def run(self) -> None:
        """Talk until somebody ends it."""
        self.terminal.write(self.greeting())
        loop = asyncio.get_running_loop()
        done = 0.0
        try:
            while True:
                line = await self.terminal.read_line(self._shown_prompt(), help_for=self.help)
                delay = self.device.spec.delay + self.device.faults.slow
                if delay:
                    # A line that was typed ahead is begun when the one before it is done, however late we are here.
                    done = (loop.time() if self.terminal.waited else done) + delay
                    await asyncio.sleep(done - loop.time())
                if self.device.boots != self._boot:
                    await self.terminal.deaf()
                await self.execute(line)
                # Lines that were typed ahead are taken at once, as by a device, for which they are a matter of moments.
                if self.device.settled is not None and not self.terminal.ahead:
                    await self.device.settled()
                # What was typed ahead dies with the session, or with what the device was before it booted.
                if not self.device.line_done() or self.device.boots != self._boot:
                    await self.terminal.deaf()
        except (LogoutError, HangupError):
            return

    def _shown_prompt(self) -> str:
        """The prompt, and what is told of the device's log in the same moment."""
        self._prompts += 1
        logs = self.device.faults.logs
        return self.prompt() + (self.device.message() if logs and not self._prompts % logs else "")


class Script(Terminal):
    """A terminal without anybody at it: what is shown is kept, every question is answered with yes."""

    def __init__(self, *, echo: bool = False) -> None:
        super().__init__(_Nowhere(), Pager("", "", 0))
        self.output: list[str] = []
        self._echo = echo

    def write(self, text: str) -> None:
        """Keep it."""
        self.output.append(text)

    async def ask(self, question: str, *, echo: bool = True) -> str:
        """Yes."""
        del echo
        self.output.append(f"{question}y\n")
        return "y"

    async def key(self) -> int:
        """Yes."""
        self.output.append("y\n")
        return ord("y")

    async def page(self, text: str) -> None:
        """All of it."""
        self.output.append(text if not text or text.endswith("\n") else text + "\n")


class _Nowhere:
    def write(self, data: bytes) -> None:
        """There is no wire."""
