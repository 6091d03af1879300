"""The NAPALM driver for a Linux gateway: its files over SSH, put in force one by one, a timed restore as the guard.

The login is root's, or somebody's who may use sudo without a password (sudoers(5), NOPASSWD). Everything is done by one
script of ours (`host`), which is sent along each time and kept on the host, in memory, only while a guard is armed.
Files of daemons that have nothing to do with packets (SSH, SNMP, time, logs) are shown and compared and never changed:
a change of them is refused. So is one that moves the address by which the host is managed.

Tried with strongSwan 5.9.8, nftables 1.0.6 and iproute2 6.1 of Debian 12 in a lab, as root; sudo was not at hand there.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Final

from configs import change as changing
from configs.channel import Channel, Finished, silent, wait
from configs.connection import connect
from configs.dialects.linux import DIALECT
from configs.dialects.linux.grammar import sections
from configs.dialects.linux.language import LANGUAGE
from configs.driver import Driver
from configs.guard import Guard, GuardKind
from configs.masking import answer
from inventory.errors import CommandError, DeviceError, DeviceUnreachableError, NotBegunError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from napalm.base import models

    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

TIMED_RESTORE: Final = Guard(GuardKind.TIMED_RESTORE)
SECONDS: Final = 120.0  # that a script of ours may take: hundreds of tunnels are loaded one by one
FOLDER: Final = "/run/govnet"
_SCRIPT: Final = Path(__file__).parent / "host"
_ROOT: Final = 'if [ "$(id -u)" -eq 0 ]; then exec "$@"; else exec sudo -n "$@"; fi'
# What is put in force; every other file is left alone.
CHANGED: Final = re.compile(
    r"/etc/(?:hostname|sysctl\.d/[^/]+|network/addresses|network/routes|nftables\.conf|swanctl/swanctl\.conf)"
)
_ADDRESS: Final = re.compile(r"address replace (\S+/\d+) dev (\S+)$")
_VERSION: Final = "cat /etc/os-release"
_WHOLE: Final = replace(LANGUAGE, whole=True)


def as_root(*argv: str) -> str:
    """The command line that runs `argv` as root."""
    return shlex.join(["sh", "-c", _ROOT, "sh", *argv])


class LinuxDriver(Driver):
    """A Linux gateway, spoken to by SSH exec requests."""

    platform = "linux"

    _channel: Channel | None = None
    _replace = False

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _open(self) -> None:
        self._channel = await connect(self.target)

    async def _close(self) -> None:
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    def is_alive(self) -> models.AliveDict:
        """Whether there is a connection."""
        return {"is_alive": self._channel is not None}

    async def _run(self, command: str, stdin: bytes = b"", *, seconds: float = SECONDS) -> Finished:
        if self._channel is None:
            raise DeviceUnreachableError(self.target.device, Message("the session is closed"))
        try:
            async with asyncio.timeout(seconds):
                return await self._channel.run(command, stdin)
        except TimeoutError as error:
            if isinstance(error, DeviceUnreachableError):
                raise
            raise silent(self.target.device, command, seconds) from error

    async def _must(self, command: str, stdin: bytes = b"", *, told: str = "") -> bytes:
        """Run a command that has to succeed; its standard output. `told` is what it is called for people."""
        done = await self._run(command, stdin)
        if done.status != 0:
            raise CommandError(self.target.device, told or command, self.mask(_last_words(done)))
        return done.stdout

    async def _host(self, *words: str) -> bytes:
        """What one verb of the script says."""
        return await self._must(as_root("sh", "-s", "--", *words), _SCRIPT.read_bytes(), told=" ".join(words))

    async def _put(self, name: str, content: bytes) -> str:
        """Put a file of ours into memory there; where it is."""
        path = f"{FOLDER}/{name}"
        script = f"umask 077; mkdir -p {FOLDER} && cat > {path}"
        await self._must(as_root("sh", "-c", script), content, told=f"cat > {path}")
        return path

    async def _look(self, command: str) -> bytes:
        if not command.startswith("ping "):
            raise CommandError(self.target.device, command, "only ping is known here")
        done = await self._run(shlex.join(shlex.split(command)))
        if done.status not in {0, 1}:  # 1: nobody answered (ping(8))
            raise CommandError(self.target.device, command, self.mask(_last_words(done)))
        return done.stdout

    async def _running(self) -> bytes:
        return await self._host("show")

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text of files that are to be in force; files that it does not have stay."""
        super().load_merge_candidate(filename, config)
        self._replace = False

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text that the files in force are to become."""
        super().load_merge_candidate(filename, config)
        self._replace = True

    def _change(self, running: Tree) -> Change:
        if not self._replace or self._candidate is None:
            return super()._change(running)
        return changing.compute(running, self._candidate, _WHOLE, self.management)

    async def _guard(self, running: Tree) -> Guard:
        del running
        return TIMED_RESTORE

    async def _pending(self) -> bool:
        return (await self._host("status")).split()[:1] == [b"armed"]

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        before = sections(running.text)
        after = sections(candidate.text)
        self._demand(change, before, after)
        text = _text(after if self._replace else before | after)
        try:
            path = await self._put("candidate", text.encode())
            await self._host("check", path)
            if revert_in:
                await self._put("host", _SCRIPT.read_bytes())
                await self._host("arm", str(revert_in), await self._put("before", running.to_bytes()))
        except CommandError as error:
            await self._clean()
            raise NotBegunError(error.device, error.line, error.answer, error.hint) from None
        try:
            await self._host("apply", path)
        except CommandError as error:
            raise CommandError(error.device, error.line, answer(self.mask, text, error.answer), error.hint) from None
        await self._clean()

    def _demand(self, change: Change, before: dict[str, str], after: dict[str, str]) -> None:
        """RefusedError for what is not changed here."""
        names = [path for path, text in after.items() if before.get(path) != text and not CHANGED.fullmatch(path)]
        names += [path for path in before if self._replace and path not in after]
        if names:
            raise RefusedError(
                Message("{device}: these files are not changed here: {names}", device=self.target.device,
                        names=", ".join(names)),
                Message("put them on the host by hand and restart what reads them; then run the command again"),
            )  # fmt: skip
        own = self.management
        ours = [own.ip in _hosts(files) for files in (before, after)] if own is not None else []
        stays = change.reconnect is None and self.after == self.target.endpoint and len(set(ours)) < 2
        if not stays:
            raise RefusedError(
                Message("{device}: the address by which a Linux host is managed is not moved here",
                        device=self.target.device),
                Message("move it at its console, and write the new one into the table of devices"),
            )  # fmt: skip

    async def _clean(self) -> None:
        """What may hold secrets does not stay on the host; what an armed guard needs does (`back`)."""
        await self._run(as_root("rm", "-rf", *(f"{FOLDER}/{name}" for name in ("candidate", "before", "new", "was"))))

    async def _confirm(self) -> None:
        await self._host("cancel")
        await self._run(as_root("rm", "-f", f"{FOLDER}/host", f"{FOLDER}/guard.log"))

    async def _undo(self, before: bytes) -> None:
        pending = await self._pending()
        if await self._running() != before:
            await self._host("apply", await self._put("candidate", before))
            if await self._running() != before:
                raise DeviceError(self.target.device, Message("the files of before are not in force again"))
        if pending:
            await self._confirm()
        await self._clean()

    async def _save(self) -> None:
        await self._host("save")

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        return [(match[2], ip_interface(match[1])) for _, node in tree.walk() if (match := _ADDRESS.match(node.text))]

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from /etc/os-release; a host tells neither model nor serial number here."""
        text = wait(self._must(_VERSION)).decode("utf-8", "replace")
        version = re.search(r'^PRETTY_NAME="?([^"\n]*)', text, re.MULTILINE)
        tree = self.dialect.parse(self.running())
        name = sections(tree.text).get("/etc/hostname", "").strip()
        return self._facts("Linux", tree, name, {"os_version": version[1] if version else ""})


def _hosts(files: dict[str, str]) -> set[IPv4Address | IPv6Address]:
    """The addresses that the files give the host."""
    lines = files.get("/etc/network/addresses", "").splitlines()
    return {ip_interface(match[1]).ip for line in lines if (match := _ADDRESS.match(line.strip()))}


def _text(files: dict[str, str]) -> str:
    return "".join(f"### {path}\n{content}" for path, content in files.items())


def _last_words(done: Finished) -> str:
    """What a failed command said, for a message: the end of it."""
    text = (done.stderr + b"\n" + done.stdout).decode("utf-8", "replace").strip()
    return text[-600:] or f"exit status {done.status}"
