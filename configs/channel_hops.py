"""Channels over others: OpenSSH jump hosts, JumpServer's SSH entry, bastion hosts that are a menu.

A jump host only carries TCP (`ssh -J`): the device's own SSH, host key included, runs through it. A bastion host
(堡垒机) ends our SSH and opens its own to the device; its key is what is checked, and the device is reached as what the
bastion knows it by. JumpServer takes user, account and asset in the user name (from v2.11: `user@account@asset`;
JumpServer issues 3627 and 12624). A menu is answered from a table: what it must show, what it is told.

Devices behind the same jump host share one connection to it: a hundred logins at once are what its sshd refuses.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NoReturn

from configs.channel import HopKind, Target
from configs.channel_ssh import SshChannel
from inventory.errors import DeviceError, DeviceUnreachableError, HostKeyError, LoginError
from inventory.text import Message

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

    from configs.channel import Finished, Hop

# What a JumpServer shows when it did not go through to the asset by itself.
_JUMPSERVER_MENU = re.compile(r"(?:Opt|ID|\[Host\]|\[Account\])>\s*$")
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
SHOWN = 200  # characters of a bastion's last words that a message quotes


@dataclass(eq=False)
class _Shared:
    """A connection to the last jump host of a chain, and how many use it."""

    channel: SshChannel | None = None
    users: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_shared: dict[tuple[int, tuple[Hop, ...]], _Shared] = {}


async def connect_through(target: Target, *, old: bool = False) -> HopChannel:
    """Log into a device, or into the bastion that opens it, over the hops of `target.via`."""
    last = target.via[-1]
    jumps = target.via if last.kind is HopKind.JUMP else target.via[:-1]
    held = await _hold(jumps, target) if jumps else None
    tunnel = held.channel.connection if held and held.channel else None
    try:
        if last.kind is HopKind.JUMP:
            return HopChannel(await SshChannel.connect(target, old=old, tunnel=tunnel), jumps)
        return await _through(last, target, jumps, tunnel)
    except BaseException:
        await _release(jumps)
        raise


async def _hold(jumps: tuple[Hop, ...], target: Target) -> _Shared:
    """The shared connection to the last of the jump hosts; opened by who comes first."""
    shared = _shared.setdefault((id(asyncio.get_running_loop()), jumps), _Shared())
    shared.users += 1
    try:
        async with shared.lock:
            if shared.channel is None or shared.channel.closed:
                shared.channel = await _opened(jumps, target)
    except BaseException:
        await _release(jumps)
        raise
    return shared


async def _opened(jumps: tuple[Hop, ...], target: Target) -> SshChannel:
    before = await _hold(jumps[:-1], target) if len(jumps) > 1 else None
    hop = jumps[-1]
    try:
        tunnel = before.channel.connection if before and before.channel else None
        return await SshChannel.connect(_as_target(hop, target), tunnel=tunnel)
    except DeviceError as error:
        if before is not None:
            await _release(jumps[:-1])
        _on_the_way(hop, target, error)


async def _release(jumps: tuple[Hop, ...]) -> None:
    """One user less; the last one closes the connection, and those before it."""
    shared = _shared.get((id(asyncio.get_running_loop()), jumps)) if jumps else None
    if shared is None:
        return
    shared.users -= 1
    if shared.users:
        return
    async with shared.lock:
        if shared.users:
            return
        del _shared[id(asyncio.get_running_loop()), jumps]
        channel, shared.channel = shared.channel, None
    if channel is not None:
        await channel.close()
        await _release(jumps[:-1])


def _as_target(hop: Hop, target: Target, username: str = "") -> Target:
    """A hop as something to log into; its host key is recorded under its own name."""
    login = replace(hop.login, username=username or hop.login.username)
    return replace(target, device=hop.name, endpoint=hop.endpoint, login=login, via=())


def _on_the_way(hop: Hop, target: Target, error: DeviceError) -> NoReturn:
    """The error of a hop, said of the device."""
    kinds: tuple[type[DeviceError], ...] = (HostKeyError, LoginError, DeviceUnreachableError)
    kind = next((kind for kind in kinds if isinstance(error, kind)), DeviceUnreachableError)
    raise kind(
        target.device,
        Message("on the way, at {hop}: {why}", hop=hop.name, why=error.message),
        error.hint,
    ) from error


async def _through(hop: Hop, target: Target, jumps: tuple[Hop, ...], tunnel: SSHClientConnection | None) -> HopChannel:
    """Log into a bastion and have it open the device."""
    account = hop.account or target.login.username
    username = ""
    if hop.kind is HopKind.JUMPSERVER:
        username = f"{hop.login.username}@{account}@{target.endpoint.host}"
    try:
        channel = await SshChannel.connect(_as_target(hop, target, username), tunnel=tunnel)
    except DeviceError as error:
        _on_the_way(hop, target, error)
    menu = _JUMPSERVER_MENU if hop.kind is HopKind.JUMPSERVER else None
    made = HopChannel(channel, jumps, hop=hop, target=target, menu=menu)
    try:
        await made.choose(account)
    except BaseException:
        await channel.close()
        raise
    return made


class HopChannel:
    """A channel that came over hops. Until something is written, a bastion's menu is not taken for the device."""

    def __init__(
        self,
        channel: SshChannel,
        jumps: tuple[Hop, ...],
        *,
        hop: Hop | None = None,
        target: Target | None = None,
        menu: re.Pattern[str] | None = None,
    ) -> None:
        self._channel = channel
        self._jumps = jumps
        self._hop = hop
        self._target = target
        self._menu = menu
        self._seen = b""
        self._closed = False

    async def choose(self, account: str) -> None:
        """Answer the menu. DeviceUnreachableError, with its last words, if it shows something else."""
        hop, target = self._hop, self._target
        if hop is None or target is None:
            return
        password = target.login.password
        values = {
            "{address}": target.endpoint.host,
            "{port}": str(target.endpoint.port),
            "{name}": target.device,
            "{user}": account,
            "{password}": password.reveal() if password else "",
        }
        for shown, told in hop.steps:
            for word, value in values.items():
                shown = shown.replace(word, re.escape(value))  # noqa: PLW2901 - filled in word by word
            await self._until(re.compile(shown + r"\s*$"), target)
            encoding = _read(self._seen)[1]
            for word, value in values.items():
                told = told.replace(word, value)  # noqa: PLW2901 - filled in word by word
            self._seen = b""
            await self._channel.write(told.encode(encoding) + b"\n")
        if hop.steps:
            self._menu = re.compile(hop.steps[0][0] + r"\s*$")

    async def _until(self, pattern: re.Pattern[str], target: Target) -> None:
        """Read until the menu shows what it should."""
        try:
            async with asyncio.timeout(target.login_timeout):
                while not pattern.search(_read(self._seen)[0]):
                    data = await self._channel.read()
                    if not data:
                        self._stuck()
                    self._seen += data
        except TimeoutError as error:
            if isinstance(error, DeviceError):
                raise
            self._stuck()

    def _words(self) -> str:
        """A bastion's last words, for a message."""
        return " ".join(_read(self._seen)[0].split())[-SHOWN:]

    def _stuck(self) -> NoReturn:
        assert self._hop is not None  # noqa: S101 - only a bastion has a menu
        assert self._target is not None  # noqa: S101 - as above
        raise DeviceUnreachableError(
            self._target.device,
            Message("{hop} did not go through to the device: “{words}”", hop=self._hop.name, words=self._words()),
            Message("look whether the device is an asset there at this address, and the account may use it"),
        )

    async def write(self, data: bytes) -> None:
        """Send to the device's command line."""
        self._menu = None
        await self._channel.write(data)

    async def read(self) -> bytes:
        """What has come since the last call; empty at the end."""
        data = await self._channel.read()
        if self._menu is not None:
            self._seen += data
            if not data or self._menu.search(_read(self._seen)[0]):
                self._stuck()
        return data

    async def run(self, command: str, stdin: bytes = b"") -> Finished:
        """One exec request. A bastion ends our SSH: a command would run there, not on the device."""
        if self._hop is None or self._target is None:
            return await self._channel.run(command, stdin)
        raise DeviceError(
            self._target.device,
            Message("{hop} opens a command line only, and this platform needs single commands", hop=self._hop.name),
            Message("reach the device over a jump host, or directly"),
        )

    async def close(self) -> None:
        """End it, and the connection to the jump host if nobody else uses it."""
        if self._closed:
            return
        self._closed = True
        await self._channel.close()
        with suppress(DeviceError):
            await _release(self._jumps)


def _read(data: bytes) -> tuple[str, str]:
    """What a menu shows, without colours, and its encoding: UTF-8, else GB 18030. The last character may be half."""
    plain = _ESCAPES.sub(b"", data)
    try:
        return plain.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(plain) - 3 and error.reason.startswith("unexpected end"):
            return plain[: error.start].decode("utf-8"), "utf-8"
    return plain.decode("gb18030", "replace"), "gb18030"
