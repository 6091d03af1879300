"""The NAPALM driver for RGOS: lines take effect at once; what takes them back by itself is a reboot, if allowed.

`reload in MINUTES`, `show reload`, `reload cancel` are asked for, not taken for granted: a release that does not know
`show reload` has no guard.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.ruijie_os import DIALECT
from configs.dialects.ruijie_os.dialogue import DIALOGUE
from configs.dialects.ruijie_os.language import LANGUAGE
from configs.driver_cli import READ_SECONDS, CliDriver
from configs.guard import NO_GUARD, REBOOT, Guard

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect
    from configs.tree import Tree

_RELOADS = re.compile(r"(?i)\breload (?:is )?scheduled (?:in|at|for) |\bwill (?:be )?reload")
# System description      : Ruijie Router (RSR20-X) By Ruijie Networks
_MODEL = re.compile(r"^\s*System description\s*:.*?\(([^)]+)\)", re.MULTILINE)
_VERSION = re.compile(r"^\s*System software version\s*:\s*(.+?)\s*$", re.MULTILINE)
_SERIAL = re.compile(r"^\s*System serial number\s*:\s*(\S+)", re.MULTILINE)
# System uptime           : 0:03:20:11, days first
_UPTIME = re.compile(r"^\s*System uptime\s*:\s*(\d+):(\d+):(\d+):(\d+)", re.MULTILINE)


class RuijieDriver(CliDriver):
    """RGOS (RSR routers, S switches)."""

    platform = "ruijie_os"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show running-config"
    save_command = "write"
    saved = re.compile(rb"\[OK\]|(?i:saved successfully)")
    show_guard = "show reload"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        """The reload timer, where the device knows one and would come back with what it runs now."""
        if await self._answer(self.show_guard) is None:
            return NO_GUARD
        saved = await self._answer("show startup-config", READ_SECONDS)
        if saved is None or not self._difference(self.dialect.parse(saved), running).empty:
            return NO_GUARD
        return REBOOT

    async def _pending(self) -> bool:
        return bool(_RELOADS.search(await self._text(self.show_guard)))

    async def _arm(self, seconds: int, running: Tree) -> None:
        del running
        await self.session.command(f"reload in {seconds // 60}")

    async def _confirm(self) -> None:
        await self.session.command("reload cancel")

    async def _undo(self, before: bytes) -> None:
        await super()._undo(before)
        await self._disarm()

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `show version`."""
        text = wait(self._text("show version"))
        model, version, serial = _MODEL.search(text), _VERSION.search(text), _SERIAL.search(text)
        since = _UPTIME.search(text)
        return self._facts(
            "Ruijie",
            self.dialect.parse(self.running()),
            self.session.name,
            {
                "model": model[1] if model else "",
                "os_version": version[1] if version else "",
                "serial_number": serial[1] if serial else "",
                "uptime": "{} days {} hours {} minutes {} seconds".format(*since.groups()) if since else "",
            },
        )
