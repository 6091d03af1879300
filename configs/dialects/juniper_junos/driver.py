"""Junos, by NAPALM's own driver: NETCONF, a candidate on the device, `commit confirmed`.

NAPALM does the work and Junos keeps what is not confirmed from staying; here it only gets our errors, our `Target` and
our order of things: nothing stays that was not confirmed over a new login. The difference is the device's own text,
so a change has no commands of ours. There is no emulator of Junos: this is tried against a model of NAPALM's interface,
through whole rollouts, not on a device. ncclient checks host keys against the user's OpenSSH known_hosts, not against
the workspace's.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any

from configs.change import Change
from configs.channel import unreachable, wait
from configs.dialects.juniper_junos import DIALECT
from configs.driver import Driver
from configs.guard import Guard, GuardKind
from inventory.errors import DeviceError, DeviceUnreachableError, GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from napalm.base import models

    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

# `commit confirmed` counts minutes (Junos, “commit”: 1 to 65535).
TRIAL = Guard(GuardKind.TRIAL, shortest=60, longest=86_400, step=60)


class JunosDriver(Driver):
    """NAPALM's JunOSDriver behind our interface."""

    platform = "juniper_junos"

    _napalm: Any = None
    _text = ""
    _replace = False

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    def _made(self) -> Any:
        """NAPALM's driver for the target; not yet connected."""
        from napalm.junos.junos import JunOSDriver  # noqa: PLC0415 - start-up time: ncclient and lxml

        login = self.target.login
        options: dict[str, Any] = {"port": self.target.endpoint.port, "config_lock": False, "lock_disable": True}
        if login.key_file is not None:
            options["key_file"] = str(login.key_file)
        made: Any = JunOSDriver
        return made(
            self.target.endpoint.host,
            login.username,
            login.password.reveal() if login.password else "",
            timeout=int(self.target.command_timeout),
            optional_args=options,
        )

    async def _call(self, name: str, *arguments: Any, **named: Any) -> Any:
        """One of NAPALM's methods, in a thread, its errors ours."""
        if self._napalm is None:
            raise DeviceUnreachableError(self.target.device, Message("the session is closed"))
        return await self._translated(lambda: getattr(self._napalm, name)(*arguments, **named))

    async def _translated(self, work: Callable[[], Any]) -> Any:
        from napalm.base.exceptions import ConnectionException  # noqa: PLC0415 - start-up time

        try:
            return await asyncio.to_thread(work)
        except GovnetError:
            raise
        except ConnectionException as error:
            raise unreachable(self.target, self.mask(str(error))) from error
        except Exception as error:
            raise DeviceError(
                self.target.device,
                Message("NAPALM's driver failed: {why}", why=self.mask(str(error).strip() or type(error).__name__)),
                Message("look at the device's log and its NETCONF service"),
            ) from error

    async def _open(self) -> None:
        made = self._made()
        await self._translated(made.open)
        self._napalm = made

    async def _close(self) -> None:
        made, self._napalm = self._napalm, None
        if made is not None:
            await self._translated(made.close)

    def is_alive(self) -> models.AliveDict:
        """Whether the session can be used."""
        return {"is_alive": self._napalm is not None and bool(self._napalm.is_alive()["is_alive"])}

    async def _look(self, command: str) -> bytes:
        return str((await self._call("cli", [command]))[command]).encode()

    async def _running(self) -> bytes:
        return str((await self._call("get_config", retrieve="running"))["running"]).encode()

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text whose lines are to be in the running configuration."""
        super().load_merge_candidate(filename, config)
        self._replace = False

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text that the running configuration is to become."""
        super().load_merge_candidate(filename, config)
        self._replace = True

    async def _load(self) -> str:
        """Put the candidate on the device; the difference it shows."""
        if self._candidate is None:
            raise GovnetError(Message("{device}: no candidate is loaded", device=self.target.device))
        await self._call("discard_config")
        name = "load_replace_candidate" if self._replace else "load_merge_candidate"
        await self._call(name, config=self._candidate.text)
        return str(await self._call("compare_config"))

    def _change(self, running: Tree) -> Change:
        """What the device says would change; the candidate does not stay on it."""
        del running
        diff = self.mask(wait(self._compared()))
        added = sum(line.startswith("+") for line in diff.splitlines())
        removed = sum(line.startswith("-") for line in diff.splitlines())
        commands = tuple(line for line in diff.splitlines() if line.startswith(("+", "-")))
        return Change(commands, diff, added, removed)

    async def _compared(self) -> str:
        try:
            return await self._load()
        finally:
            if self._napalm is not None:
                await self._call("discard_config")

    async def _guard(self, running: Tree) -> Guard:
        del running
        return TRIAL

    async def _pending(self) -> bool:
        return bool(await self._call("has_pending_commit"))

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        del change, running, candidate
        await self._load()
        await self._call("commit_config", revert_in=revert_in or None)

    async def _confirm(self) -> None:
        await self._call("confirm_commit")

    async def _undo(self, before: bytes) -> None:
        """Load what was before and commit it; a commit also ends what waits to be confirmed."""
        if await self._running() != before:
            await self._call("load_replace_candidate", config=before.decode())
            await self._call("commit_config")
        elif await self._pending():
            await self._call("confirm_commit")

    async def _save(self) -> None:
        """Nothing: on Junos a commit is what a reboot comes back to."""

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        del tree
        return [
            (name, ip_interface(f"{ip}/{said['prefix_length']}"))
            for name, families in wait(self._call("get_interfaces_ip")).items()
            for addresses in families.values()
            for ip, said in addresses.items()
        ]

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts."""
        facts: models.FactsDict = wait(self._call("get_facts"))
        return facts
