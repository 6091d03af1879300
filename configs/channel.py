"""The channel seam: bytes to and from one device, whatever carries them.

`Channel` is what the session engine sees. `configs.channel_ssh` carries it over asyncssh, `configs.channel_netmiko`
over netmiko's telnet, `configs.connection` chooses; `configs.channel_fake` is the one for tests.

The session engine is asynchronous, NAPALM's drivers are not: `wait` runs a coroutine on an event loop in a
background thread and gives its result. There is one loop for each network namespace that a calling thread is in,
because a namespace belongs to a thread and a new thread inherits it from the one that starts it (namespaces(7)).
"""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from inventory.collecting import lasting
from inventory.errors import DeviceTimeoutError, DeviceUnreachableError, HostKeyError, LoginError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from inventory.endpoints import Endpoint
    from inventory.secrets import Secret

T = TypeVar("T")

TELNET_PORT = 23


class TooOldError(DeviceUnreachableError):
    """The device's SSH offers only algorithms that the modern carrier has given up by default."""


class Carrier(StrEnum):
    """What carries the bytes."""

    SSH = "ssh"
    TELNET = "telnet"


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in. `enable` raises the privilege where the device asks for it."""

    username: str
    password: Secret | None = None
    enable: Secret | None = None
    key_file: Path | None = None


class HopKind(StrEnum):
    """What stands between us and a device."""

    JUMP = "jump"  # OpenSSH: it carries the device's own SSH
    JUMPSERVER = "jumpserver"  # JumpServer's SSH entry: it logs into the device for us
    MENU = "menu"  # another bastion host, whose menu is answered


@dataclass(frozen=True, slots=True)
class Hop:
    """One station on the way. `account` is who a bastion logs in as on the device; empty: the device's own user.

    `steps` are a menu's: a regular expression that what it shows must end with, and what it is told then. In both
    `{address}`, `{port}`, `{name}`, `{user}` and `{password}` are the device's. A menu that shows everything when it
    finds nothing needs an expression with `{address}` in it before a number is chosen.
    """

    kind: HopKind
    name: str
    endpoint: Endpoint
    login: Login
    account: str = ""
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A device to talk to: its name (for messages and for its host key), where it answers, and how to log in.

    `known_hosts` None means that any host key is taken: only for tests. Times are seconds. `via` are the stations on
    the way, the nearest first: jump hosts, and at the end perhaps a bastion.
    """

    device: str
    platform: str
    endpoint: Endpoint
    login: Login
    known_hosts: Path | None = None
    connect_timeout: float = 10.0
    login_timeout: float = 30.0
    command_timeout: float = 60.0
    via: tuple[Hop, ...] = ()

    @property
    def carrier(self) -> Carrier:
        """Telnet on telnet's own port (IANA: 23), SSH on every other."""
        return Carrier.TELNET if self.endpoint.port == TELNET_PORT else Carrier.SSH

    @property
    def opened_for_us(self) -> bool:
        """Whether a bastion logs into the device for us, so that its host key does not tell which device it is."""
        return bool(self.via) and self.via[-1].kind is not HopKind.JUMP

    @property
    def where(self) -> str:
        """`host:port`, for messages; an IPv6 address in brackets."""
        host = self.endpoint.host
        return f"[{host}]:{self.endpoint.port}" if ":" in host else f"{host}:{self.endpoint.port}"


@dataclass(frozen=True, slots=True)
class Finished:
    """What an exec request came to. `status` is the command's exit status, -1 if a signal ended it."""

    status: int
    stdout: bytes
    stderr: bytes


class Channel(Protocol):
    """Bytes to and from one device. Every method raises a DeviceError of inventory.errors, never a foreign error."""

    async def write(self, data: bytes) -> None:
        """Send to the device's command line; the first call opens it."""
        ...

    async def read(self) -> bytes:
        """What the device's command line has sent since the last call, at least one byte; empty at its end."""
        ...

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """Run one command on a host with a shell (an SSH exec request)."""
        ...

    async def close(self) -> None:
        """End it. Never raises; closing twice is no error."""
        ...


@dataclass(eq=False)
class _Loop:
    """An event loop in a thread of its own. The thread ends with the process."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        # What is loaded by now stays; to look for garbage in it again and again would stop every session meanwhile.
        lasting()
        # Blocking carriers (netmiko) run in these threads; they only wait, so there may be many.
        self.loop.set_default_executor(ThreadPoolExecutor(64, thread_name_prefix="govnet-blocking"))
        threading.Thread(target=self.loop.run_forever, name="govnet-channels", daemon=True).start()


_loops: dict[tuple[int, int], _Loop] = {}
_loops_lock = threading.Lock()


def _network() -> tuple[int, int]:
    """What tells one network namespace from another, and a forked child from its parent."""
    try:
        namespace = Path("/proc/thread-self/ns/net").stat().st_ino
    except OSError:  # not Linux: there are no namespaces
        namespace = 0
    return os.getpid(), namespace


def _loop() -> asyncio.AbstractEventLoop:
    key = _network()
    with _loops_lock:
        if key not in _loops:
            _loops[key] = _Loop()
        return _loops[key].loop


def wait(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the background loop of the caller's network namespace and give what it gives or raises.

    An interrupt (Ctrl-C) in the calling thread cancels the work.
    """
    future = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def silent(target_device: str, what: str, seconds: float) -> DeviceTimeoutError:
    """The error for a device that did not answer in time. `what` is what was being done, in the device's words."""
    return DeviceTimeoutError(
        target_device,
        Message("no answer within {seconds} s to “{what}”", seconds=f"{seconds:g}", what=what),
        Message("look whether the device hangs or the line is bad, then run the command again"),
    )


def changed_key(target: Target) -> HostKeyError:
    """The error for a device that shows another key than the recorded one."""
    return HostKeyError(
        target.device,
        Message(
            "{where} shows another SSH host key than the one in {file}",
            where=target.where,
            file=target.known_hosts,
        ),
        Message(
            "if the device was replaced, remove the line of {device} from that file;"
            " if not, somebody else is answering",
            device=target.device,
        ),
    )


def refused(target: Target) -> LoginError:
    """The error for a refused user name, password or key."""
    return LoginError(
        target.device,
        Message("{where} refused the login of {user}", where=target.where, user=target.login.username),
        Message("look at the device's credential in inventory/credentials.yaml and at what its reference resolves to"),
    )


def expired(target: Target) -> LoginError:
    """The error for a password that the device wants changed before anything else."""
    return LoginError(
        target.device,
        Message(
            "{where} wants a new password of {user} before anything else",
            where=target.where,
            user=target.login.username,
        ),
        Message("log in by hand, set it, and give the credential the new one"),
    )


def unreachable(target: Target, why: str | Message) -> DeviceUnreachableError:
    """The error for a port that is closed, no route, or a connection that broke."""
    return DeviceUnreachableError(
        target.device,
        Message("no connection to {where}: {why}", where=target.where, why=why),
        Message("look whether the device is up, the address is right and SSH is allowed from here"),
    )
