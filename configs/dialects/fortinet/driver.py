"""The NAPALM driver for FortiOS.

The guard is the platform's own: with `cfg-save revert` nothing is saved by itself, and what is not saved by `execute cfg
save` within `cfg-revert-timeout` seconds is taken back (CLI reference, `config system global`; sources disagree
whether by a reload of the configuration or by a reboot, so the site may be down for a moment). It is switched on for
the change and off again when it is confirmed. Where somebody has set `cfg-save` already, it is his, and there is no guard.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_interface
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.fortinet import DIALECT
from configs.dialects.fortinet.dialogue import DIALOGUE
from configs.dialects.fortinet.language import LANGUAGE
from configs.driver_cli import SAVE_SECONDS, CliDriver
from configs.guard import NO_GUARD, Guard, GuardKind
from inventory.errors import CommandError

if TYPE_CHECKING:
    from napalm.base import models

    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

# `cfg-revert-timeout`: 10 to 4294967295 seconds, 600 by default (CLI reference).
TRIAL = Guard(GuardKind.TRIAL, shortest=10, longest=86_400)
_VERSION = re.compile(r"^Version:\s*(\S+) v?(\S+)", re.MULTILINE)
_SERIAL = re.compile(r"^Serial-Number:\s*(\S+)", re.MULTILINE)
_MODE = re.compile(rb"^\s*set cfg-save (?:revert|manual)", re.MULTILINE)
_ADDRESS = re.compile(r"set ip ([1-9][\d.]*) (\d[\d.]*)")


class FortinetDriver(CliDriver):
    """FortiOS without virtual domains."""

    platform = "fortinet"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show"
    save_command = "execute cfg save"
    saved = re.compile(rb"")
    show_guard = "show system global"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        return NO_GUARD if _MODE.search(running.to_bytes()) else TRIAL

    async def _pending(self) -> bool:
        shown = await self._answer(self.show_guard)
        return shown is not None and b"set cfg-save revert" in shown

    async def _arm(self, seconds: int, running: Tree) -> None:
        del running
        await self.session.configure(
            ("config system global", "set cfg-save revert", f"set cfg-revert-timeout {seconds}", "end")
        )

    async def _confirm(self) -> None:
        """Save, then switch the guard off and save that."""
        await self.session.command(self.save_command, seconds=SAVE_SECONDS)
        await self.session.configure(("config system global", "unset cfg-save", "unset cfg-revert-timeout", "end"))

    async def _save(self) -> None:
        """What is left to save: FortiOS saves by itself, and refuses the command, unless it was told otherwise."""
        with suppress(CommandError):
            await self.session.command(self.save_command, seconds=SAVE_SECONDS)

    async def _undo(self, before: bytes) -> None:
        """Back to `before`, the guard last: its own lines differ until then."""
        if not await self._pending():
            await super()._undo(before)
            return
        wanted = self.dialect.parse(before)
        back = self._difference(self.dialect.parse(await self._running()), wanted)
        lines = back.commands
        if lines:
            await self._configure(back, lambda now: self._difference(now, wanted))
        await self._save()

    def _difference(self, now: Tree, wanted: Tree) -> Change:
        """As elsewhere, but a table that is not in `wanted` is emptied: it cannot be taken away."""
        known = {node.text for node in wanted.children}
        empty = tuple(replace(node, children=()) for node in now.children if node.text not in known and node.children)
        return super()._difference(now, replace(wanted, children=(*wanted.children, *empty)))

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        return [
            (entry.text.split(maxsplit=1)[1].strip('"'), ip_interface(f"{match[1]}/{match[2]}"))
            for table in tree.starting("config system interface")
            for entry in table.children
            for line in entry.children
            if (match := _ADDRESS.match(line.text))
        ]

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `get system status`; FortiOS tells its uptime elsewhere."""
        text = wait(self._text("get system status"))
        version, serial = _VERSION.search(text), _SERIAL.search(text)
        tree = self.dialect.parse(self.running())
        facts = self._facts(
            "Fortinet",
            tree,
            self.session.name,
            {
                "model": version[1] if version else "",
                "os_version": version[2] if version else "",
                "serial_number": serial[1] if serial else "",
            },
        )
        facts["interface_list"] = [
            entry.text.split(maxsplit=1)[1].strip('"')
            for table in tree.starting("config system interface")
            for entry in table.children
        ]
        return facts
