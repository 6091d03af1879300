"""The NAPALM driver for IOS and IOS-XE over the command line, without file transfer.

The guard is the platform's own: `configure terminal revert timer MINUTES` (1 to 120), `configure confirm`,
`configure revert now`; it needs an `archive` with a `path` in the running configuration. Source: Cisco, Managing
Configuration Files, "Configuration Rollback Confirmed Change"; `show archive config rollback timer` for what is
pending.

Without an archive it is an applet of ours in the Embedded Event Manager that types `configure replace` of a copy on
flash when its countdown ends (`configs.dialects.cisco_ios.applet`). Without that there is the reload timer, if a reboot
is allowed (`reload in MINUTES`, `show reload`, `reload cancel`), and what is saved is what runs.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.cisco_ios import DIALECT, applet
from configs.dialects.cisco_ios.dialogue import DIALOGUE
from configs.dialects.cisco_ios.language import LANGUAGE
from configs.driver_cli import READ_SECONDS, SAVE_SECONDS, CliDriver
from configs.guard import NO_GUARD, REBOOT, Guard, GuardKind
from inventory.errors import CommandError, DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from napalm.base import models

    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree

REVERT_SECONDS = 120.0  # it compares and undoes line by line
LOOK_PAUSE = 1.0  # seconds between two looks whether an applet still types
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
# What an unfinished command is answered with by a device that knows its beginning.
_INCOMPLETE = re.compile(r"(?i)incomplete command")


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
        """The revert timer, if the configuration has an archive; else an applet; else the reload timer."""
        if any(node.starting("path") for node in running.starting("archive")):
            return REVERT_TIMER
        if not applet.hindered(running) and await self._has_applets():
            return applet.GUARD
        if await self._answer("show reload") is None:
            return NO_GUARD
        saved = await self._answer("show startup-config", READ_SECONDS)
        if saved is None or not self._difference(self.dialect.parse(saved), running).empty:
            return NO_GUARD
        return REBOOT

    async def _has_applets(self) -> bool:
        """Whether the device knows applets that may run long enough, and going back to a file."""
        if not applet.young_enough(await self._text(applet.SHOW_VERSION)):
            return False
        try:
            await self.session.command(applet.REPLACE)
        except CommandError as error:
            if self.session.broken:
                raise
            return bool(_INCOMPLETE.search(error.answer))
        return False

    async def _waits(self) -> bool:
        """Whether our applet is registered."""
        return applet.named(await self._text(applet.SHOW_REGISTERED))

    async def _marked(self) -> bool:
        """Whether the mark is there that a restore takes away."""
        return applet.marked(await self._text(applet.SHOW_MARK))

    async def _pending(self) -> bool:
        timed = bool(_PENDING.search(await self._text(self.show_guard)))
        return timed or await self._waits() or await self._reloads()

    async def _reloads(self) -> bool:
        return bool(_RELOADS.search(await self._text("show reload")))

    async def _arm(self, seconds: int, running: Tree) -> None:
        guard = await self._guard(running)
        if guard.kind is GuardKind.REBOOT:
            await self.session.command(f"reload in {seconds // 60}")
            return
        if guard.kind is GuardKind.SCHEDULED_RESTORE:
            await self._arm_applet(seconds)
            return
        # The timer goes on when the mode is left: it ends by `configure confirm`, or goes off.
        await self.session.command(f"{self.dialogue.configure} revert timer {seconds // 60}")
        await self.session.command(self.dialogue.leave)

    async def _arm_applet(self, seconds: int) -> None:
        """Keep what runs on flash, then set the applet and, last, the mark. CommandError if the copy is not seen."""
        if await self._marked():  # left by somebody who died between two lines of `_withdraw`
            await self.session.configure((applet.UNMARK,))
        copied = await self.session.command(applet.COPY, seconds=SAVE_SECONDS)
        if not applet.COPIED.search(copied):
            raise CommandError(
                self.target.device,
                applet.COPY,
                self.mask(copied.decode("utf-8", "replace").strip()),
                Message("the device could not keep a copy to go back to; nothing was changed"),
            )
        await self.session.configure(applet.lines(seconds))
        if not await self._marked():
            raise CommandError(
                self.target.device,
                applet.SHOW_MARK,
                "–",
                Message("the device took the guard's lines and does not show it armed; nothing was changed"),
            )

    async def _confirm(self) -> None:
        if await self._waits():
            if not await self._withdraw():
                raise DeviceError(
                    self.target.device,
                    Message("the device took the change back by itself before it was confirmed"),
                    Message("its timer was over; run the command again"),
                )
            return
        await self.session.command("reload cancel" if await self._reloads() else "configure confirm")

    async def _withdraw(self) -> bool:
        """Take the applet away, wait for one that types already, then take the mark and the copy away.

        Whether the mark was still there: it is not where the applet has gone back to the copy.
        """
        if await self._waits():
            await self.session.configure((applet.REMOVE,))
        for _ in range(round(applet.MAXRUN / LOOK_PAUSE)):
            if not applet.named(await self._text(applet.SHOW_ACTIVE)):
                break
            await asyncio.sleep(LOOK_PAUSE)
        marked = await self._marked()
        if marked:
            await self.session.configure((applet.UNMARK,))
        await self._answer(applet.DELETE)  # the copy does no harm there
        return marked

    async def _disarm(self) -> None:
        with suppress(CommandError):  # refused outside of the configuration, where a guard's refused line may leave us
            await self.session.command(self.dialogue.leave)
        if any(applet.OWN.match(node.text) for node in self.dialect.parse(await self._running()).children):
            with suppress(CommandError):  # not there, where only the mark is left
                await self.session.configure((applet.REMOVE,))
            await self._withdraw()
        await super()._disarm()

    def _without_guard(self, running: Tree) -> Tree:
        return applet.left_out(running)

    def _difference(self, now: Tree, wanted: Tree) -> Change:
        return super()._difference(applet.left_out(now), applet.left_out(wanted))

    async def _undo(self, before: bytes) -> None:
        """The platform's own way where its timer runs, then line by line; our applet goes when that has succeeded."""
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
