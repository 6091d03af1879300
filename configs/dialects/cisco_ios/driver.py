"""The NAPALM driver for IOS and IOS-XE over the command line, without file transfer.

The guard is the platform's own: `configure terminal revert timer MINUTES` (1 to 120), `configure confirm`,
`configure revert now`; it needs an `archive` with a `path` in the running configuration. Source: Cisco, Managing
Configuration Files, "Configuration Rollback Confirmed Change"; `show archive config rollback timer` for what is
pending. Without an archive there is the reload timer, if a reboot is allowed (`reload in MINUTES`, `show reload`,
`reload cancel`), and what is saved is what runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.cisco_ios import DIALECT
from configs.dialects.cisco_ios.dialogue import DIALOGUE
from configs.dialects.cisco_ios.language import LANGUAGE
from configs.driver_cli import READ_SECONDS, CliDriver
from configs.guard import NO_GUARD, REBOOT, Guard, GuardKind

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect
    from configs.tree import Tree

REVERT_SECONDS = 120.0  # it compares and undoes line by line
REVERT_TIMER = Guard(GuardKind.REVERT_TIMER, shortest=60, longest=7200, step=60)

# Cisco IOS Software, C3560 Software (C3560-IPSERVICESK9-M), Version 12.2(55)SE12, RELEASE SOFTWARE (fc2)
_VERSION = re.compile(r"^(?:Cisco )?(?:IOS|Internetwork Operating System).*$", re.MULTILINE)
_RELEASE = re.compile(r"Version ([^,\s]+)")
_UPTIME = re.compile(r"^\S+ uptime is (.+?)\s*$", re.MULTILINE)
_MODEL = re.compile(r"^[Cc]isco (\S+) .*(?:processor|bytes of memory)", re.MULTILINE)
_SERIAL = re.compile(r"^Processor board ID (\S+)", re.MULTILINE)
# Not pending: "%No Rollback Confirmed Change pending" (with archive), or the command is not known.
_PENDING = re.compile(r"(?i)time (?:configured|left|remaining)|timer (?:type|value)")
# Reload scheduled in 9 minutes and 55 seconds by console; otherwise: No reload is scheduled.
_RELOADS = re.compile(r"(?i)^\s*reload scheduled (?:in|for|at) ", re.MULTILINE)


class CiscoIosDriver(CliDriver):
    """IOS and IOS-XE."""

    platform = "cisco_ios"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show running-config"
    save_command = "write memory"
    saved = re.compile(rb"\[OK\]")
    show_guard = "show archive config rollback timer"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        """The revert timer, if the configuration has an archive to go back to; else the reload timer."""
        if any(node.starting("path") for node in running.starting("archive")):
            return REVERT_TIMER
        if await self._answer("show reload") is None:
            return NO_GUARD
        saved = await self._answer("show startup-config", READ_SECONDS)
        if saved is None or not self._difference(self.dialect.parse(saved), running).empty:
            return NO_GUARD
        return REBOOT

    async def _pending(self) -> bool:
        return bool(_PENDING.search(await self._text(self.show_guard))) or await self._reloads()

    async def _reloads(self) -> bool:
        return bool(_RELOADS.search(await self._text("show reload")))

    async def _arm(self, seconds: int, running: Tree) -> None:
        if (await self._guard(running)).kind is GuardKind.REBOOT:
            await self.session.command(f"reload in {seconds // 60}")
            return
        # The timer goes on when the mode is left: it ends by `configure confirm`, or goes off.
        await self.session.command(f"{self.dialogue.configure} revert timer {seconds // 60}")
        await self.session.command(self.dialogue.leave)

    async def _confirm(self) -> None:
        await self.session.command("reload cancel" if await self._reloads() else "configure confirm")

    async def _undo(self, before: bytes) -> None:
        if _PENDING.search(await self._text(self.show_guard)):
            await self.session.command("configure revert now", seconds=REVERT_SECONDS, renamed=True)
        await super()._undo(before)
        await self._disarm()

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `show version`."""
        text = wait(self._text("show version"))
        release = _RELEASE.search(text)
        found = {
            "model": _MODEL.search(text),
            "uptime": _UPTIME.search(text),
            "serial_number": _SERIAL.search(text),
        }
        return self._facts(
            "Cisco",
            self.dialect.parse(self.running()),
            self.session.name,
            {
                **{key: match[1] if match else "" for key, match in found.items()},
                "os_version": release[1] if release and _VERSION.search(text) else "",
            },
        )
