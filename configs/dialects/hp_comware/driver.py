"""The NAPALM driver for Comware 7.

The guard is the platform's own where it has one: `configuration commit delay MINUTES`, and `configuration commit`
before the time is over (HPE 5510HI and later H3C guides, “Configuring configuration commit delay”). Else a job of the
device's scheduler goes back to a copy that was saved before (`configuration replace file`), and saves, because a
job answers with yes when the replacement asks whether to save what it replaces.

No command shows a commit delay. What shows it is a mark that is set behind it: an empty job, which the rollback takes
away with everything else. The mark there means pending; the mark there after `configuration commit` means that no
rollback has come in between.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.hp_comware import DIALECT
from configs.dialects.hp_comware.dialogue import DIALOGUE
from configs.dialects.hp_comware.language import LANGUAGE
from configs.driver_cli import SAVE_SECONDS, CliDriver
from configs.guard import NO_GUARD, Guard, GuardKind
from inventory.errors import CommandError, DeviceError
from inventory.text import Message

if TYPE_CHECKING:
    from napalm.base import models

    from configs.model import Dialect
    from configs.tree import Tree

# H3C Comware Software, Version 7.1.070, Release 0605P13
_VERSION = re.compile(r"^H(?:3C|PE?) Comware (?:Platform )?Software,? Version (.+?)\s*$", re.MULTILINE)
# H3C MSR36-20 uptime is 0 weeks, 3 days, 2 hours, 5 minutes
_MODEL = re.compile(r"^(?:H3C|HPE?) (\S.*?) uptime is (.+?)\s*$", re.MULTILINE)
_SERIAL = re.compile(r"^\s*DEVICE_SERIAL_NUMBER\s*:\s*(\S+)", re.MULTILINE)

MARK = "govnet-guard"
BEFORE = "flash:/govnet-before.cfg"
TRIAL = Guard(GuardKind.TRIAL, shortest=60, longest=86_400, step=60)
SCHEDULED = Guard(GuardKind.SCHEDULED_RESTORE, shortest=60, longest=86_400, step=60)
_GUARD_VIEW = re.compile(rf"scheduler (?:job|schedule) {MARK}$")
# What an unfinished command is answered with by a device that knows its beginning.
_INCOMPLETE = re.compile(r"(?i)incomplete")


class HpComwareDriver(CliDriver):
    """Comware 7 (MSR routers, S switches, SecPath)."""

    platform = "hp_comware"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "display current-configuration"
    save_command = "save force"
    saved = re.compile(rb"(?i)saved to device successfully|configuration is saved|saved successfully")
    show_guard = f"display scheduler job {MARK}"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        """Asked of the device: an unfinished command is refused in one way if it is known, in another if not."""
        del running
        if await self._answer("display scheduler job") is None:
            return NO_GUARD
        session = self.session
        await session.command(self.dialogue.configure)
        try:
            for guard, probe in ((TRIAL, "configuration commit delay"), (SCHEDULED, "configuration replace file")):
                if await self._knows(probe):
                    return guard
        finally:
            if not session.broken:
                await session.command(self.dialogue.leave)
        return NO_GUARD

    async def _knows(self, unfinished: str) -> bool:
        try:
            await self.session.command(unfinished)
        except CommandError as error:
            if self.session.broken:
                raise
            return bool(_INCOMPLETE.search(error.answer))
        return False

    async def _pending(self) -> bool:
        shown = await self._answer(self.show_guard)
        return shown is not None and MARK.encode() in shown

    async def _arm(self, seconds: int, running: Tree) -> None:
        minutes = seconds // 60
        if (await self._guard(running)).kind is GuardKind.TRIAL:
            await self.session.configure((f"configuration commit delay {minutes}", f"scheduler job {MARK}", "quit"))
            return
        await self.session.command(f"save {BEFORE}", seconds=SAVE_SECONDS)
        await self.session.configure(
            (
                f"scheduler job {MARK}",
                "command 1 system-view",
                f"command 2 configuration replace file {BEFORE}",
                "command 3 save force",
                "quit",
                f"scheduler schedule {MARK}",
                "user-role network-admin",
                f"job {MARK}",
                f"time once delay {minutes}",
                "quit",
            )
        )

    async def _confirm(self) -> None:
        """Commit or take the schedule away; then, the mark still being there, take the mark away too.

        Whoever did this before may have died in the middle: what is already done is no fault.
        """
        running = self.dialect.parse(await self._running())
        views = [node for node in running.children if _GUARD_VIEW.match(node.text)]
        if any(node.children for node in views):  # the job of a schedule has commands, the mark of a delay has none
            if any(node.text.startswith("scheduler schedule") for node in views):
                await self.session.configure((f"undo scheduler schedule {MARK}",))
        else:
            await self._commit()
        if not await self._pending():
            raise DeviceError(
                self.target.device,
                Message("the device took the change back by itself before it was confirmed"),
                Message("its timer was over; run the command again"),
            )
        await self.session.configure((f"undo scheduler job {MARK}",))
        if any(node.children for node in views):
            with suppress(CommandError):  # it does no harm there
                await self.session.command(f"delete /unreserved {BEFORE}")

    async def _commit(self) -> None:
        """End the delay. One that is over already is refused: then a new one is begun and ended, which says it surely.

        A delay that still runs only has its time moved by that.
        """
        try:
            await self.session.configure(("configuration commit",))
        except CommandError:
            if self.session.broken:
                raise
            await self.session.configure(("configuration commit delay 1", "configuration commit"))

    def _without_guard(self, running: Tree) -> Tree:
        guards = [node.line for node in running.children if _GUARD_VIEW.match(node.text)]
        return replace(running, outline=running.outline.without(guards))

    async def _undo(self, before: bytes) -> None:
        """Line by line; the guard waits until that has succeeded."""
        if not await self._pending():
            await super()._undo(before)
            return
        # The guard is no part of `before`: it goes last, when all else is back.
        armed = [
            "\n".join((node.text, *(f" {child.text}" for child in node.children), "#\n"))
            for node in self.dialect.parse(await self._running()).children
            if _GUARD_VIEW.match(node.text)
        ]
        text = before.rstrip().removesuffix(b"return") + "".join(armed).encode() + b"return\n"
        await super()._undo(text)
        await self._confirm()

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `display version` and, where the device knows it, `display device manuinfo`."""
        version = wait(self._text("display version"))
        model = _MODEL.search(version)
        os_version = _VERSION.search(version)
        serial = _SERIAL.search(wait(self._text("display device manuinfo")))
        return self._facts(
            "H3C",
            self.dialect.parse(self.running()),
            self.session.name,
            {
                "model": model[1] if model else "",
                "uptime": model[2] if model else "",
                "os_version": os_version[1] if os_version else "",
                "serial_number": serial[1] if serial else "",
            },
        )
