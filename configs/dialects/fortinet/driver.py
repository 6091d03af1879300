"""The NAPALM driver for FortiOS.

The guard is the platform's own: with `cfg-save revert` nothing is saved by itself, and what is not saved by `execute
cfg save` within `cfg-revert-timeout` seconds is taken back (CLI reference, `config system global`; sources disagree
whether by a reload of the configuration or by a reboot, so the site may be down for a moment). It is switched on for
the change and off again when it is confirmed. Where somebody has set `cfg-save manual`, it is his: there is no guard.

The mode itself may be saved when it is switched on. What is not is a mark behind it, an address object that nothing
uses: it goes when the device goes back. The mark there means pending; the mark there after the saving means that what
was saved is the change.
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
from inventory.errors import CommandError, DeviceError
from inventory.text import Message

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
_MANUAL = re.compile(rb"^\s*set cfg-save manual", re.MULTILINE)
MARK = "govnet-guard"
_OURS = re.compile(rf'(?:set cfg-save revert$|set cfg-revert-timeout |edit "?{MARK}"?$)')
_OFF = ("config system global", "unset cfg-save", "unset cfg-revert-timeout", "end")
_UNMARK = ("config firewall address", f"delete {MARK}", "end")
_ADDRESS = re.compile(r"set ip ([1-9][\d.]*) (\d[\d.]*)")


class FortinetDriver(CliDriver):
    """FortiOS without virtual domains."""

    platform = "fortinet"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "show"
    save_command = "execute cfg save"
    saved = re.compile(rb"")
    show_guard = f"show firewall address {MARK}"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        return NO_GUARD if _MANUAL.search(running.to_bytes()) else TRIAL

    async def _pending(self) -> bool:
        shown = await self._answer(self.show_guard)
        return shown is not None and MARK.encode() in shown

    async def _arm(self, seconds: int, running: Tree) -> None:
        del running
        await self.session.configure(
            (
                "config system global",
                "set cfg-save revert",
                f"set cfg-revert-timeout {seconds}",
                "end",
                "config firewall address",
                f"edit {MARK}",
                "next",
                "end",
            )
        )

    async def _confirm(self) -> None:
        """Save; then, the mark still being there, switch the guard off and take the mark away, and save that."""
        await self.session.command(self.save_command, seconds=SAVE_SECONDS)
        if not await self._pending():
            raise DeviceError(
                self.target.device,
                Message("the device took the change back by itself before it was confirmed"),
                Message("its timer was over; run the command again"),
            )
        await self.session.configure((*_UNMARK, *_OFF))

    async def _save(self) -> None:
        """What is left to save: FortiOS saves by itself, and refuses the command, unless it was told otherwise."""
        with suppress(CommandError):
            await self.session.command(self.save_command, seconds=SAVE_SECONDS)

    async def _undo(self, before: bytes) -> None:
        """Line by line; the guard waits until that has succeeded, and its mode goes even if it has fired."""
        await super()._undo(before)
        if await self._pending():
            await self._confirm()
        elif b"set cfg-save revert" in await self._running() and b"set cfg-save revert" not in before:
            await self.session.configure(_OFF)
        await self._save()

    def _difference(self, now: Tree, wanted: Tree) -> Change:
        """As elsewhere, but without the guard's own lines; a table that is not in `wanted` is emptied instead of
        taken away, which cannot be.
        """  # noqa: D205 - one sentence
        now = _bare(now)
        known = {node.text for node in wanted.children}
        empty = "".join(f"{node.text}\nend\n" for node in now.children if node.text not in known)
        written = wanted.text if wanted.text.endswith("\n") else wanted.text + "\n"
        whole = self.dialect.parse((written + empty).encode(wanted.encoding))
        return super()._difference(now, _bare(whole))

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


def _bare(tree: Tree) -> Tree:
    """A configuration without the guard's lines."""
    ours = [node.line for table in tree.children for node in table.children if _OURS.match(node.text)]
    return replace(tree, outline=tree.outline.without(ours))
