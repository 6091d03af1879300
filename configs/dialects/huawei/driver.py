"""The NAPALM drivers for VRP.

VRP 5: a line takes effect at once, and nothing but a reboot takes it back by itself. A change that could cut us off
is therefore refused (`configs.guard`), unless a reboot is allowed as the guard: `schedule reboot delay` (AR and S
references: minutes, `display schedule reboot`, `undo schedule reboot`). The rest is undone line by line if one fails.
The command assistant of S switches (command reference, “assistant task”, “if-match timer cron”, “perform batch-file”)
would be no better: its batch file must lie in flash:/user/bat/, where no command writes one, and no published command
of VRP 5 that was found goes back to a saved configuration without a reboot.

VRP 8: lines go to a candidate, and `commit trial SECONDS persist ID` makes them run until they are confirmed by
`commit persist ID`, from any session, or until the time is over (NE8000 reference, “commit”, “abort trial”; what
`display configuration trial status` prints is unverified).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.channel import wait
from configs.dialects.huawei import DIALECT, VARIANTS
from configs.dialects.huawei.dialogue import DIALOGUE, STAGED_DIALOGUE
from configs.dialects.huawei.language import LANGUAGE
from configs.driver import ended
from configs.driver_cli import CUT_SECONDS, READ_SECONDS, CliDriver
from configs.guard import NO_GUARD, REBOOT, Guard, GuardKind
from inventory.errors import CommandError, DeviceError, NotBegunError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from napalm.base import models

    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree

# VRP (R) software, Version 5.170 (AR2200 V200R009C00SPC500)
_VERSION = re.compile(r"^VRP \(R\) software, Version (.+?)\s*$", re.MULTILINE)
# Huawei AR2220E Router uptime is 0 week, 3 days, 2 hours, 5 minutes
_MODEL = re.compile(r"^(?:Huawei|HUAWEI|Quidway) (\S+)(?: .*?)? uptime is (.+?)\s*$", re.MULTILINE)
_SERIAL = re.compile(r"^ESN(?: of \S+)?\s*:\s*(\S+)", re.MULTILINE)
# Info:System will reboot at 22:00:00 2008/04/08 (in 15 hours and 49 minutes). Others: System will be rebooted in …
_WILL_REBOOT = re.compile(r"(?i)\bwill (?:be )?reboot(?:ed)? (?:at|in) ")
# The name under which a trial can be confirmed by another session. It may not begin with a digit.
PERSIST = "govnet"
TRIAL = Guard(GuardKind.TRIAL, shortest=60, longest=65_535)
COMMIT_SECONDS = 180.0  # a commit of many lines takes its time
_NO_TRIAL = re.compile(r"(?i)\b(?:no|not|none|inactive)\b")


class HuaweiDriver(CliDriver):
    """VRP 5 (AR routers, S switches)."""

    platform = "huawei"
    dialogue = DIALOGUE
    language = LANGUAGE
    show_running = "display current-configuration"
    save_command = "save"
    saved = re.compile(rb"(?i)(?:saved successfully|save the configuration successfully)")
    show_guard = "display schedule reboot"

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _guard(self, running: Tree) -> Guard:
        """The reboot timer, where the device knows one and would come back with what it runs now."""
        if await self._answer(self.show_guard) is None:
            return NO_GUARD
        saved = await self._answer("display saved-configuration", READ_SECONDS)
        if saved is None or not self._difference(self.dialect.parse(saved), running).empty:
            return NO_GUARD
        return REBOOT

    async def _pending(self) -> bool:
        return bool(_WILL_REBOOT.search(await self._text(self.show_guard)))

    async def _arm(self, seconds: int, running: Tree) -> None:
        del running
        await self.session.command(f"schedule reboot delay {seconds // 60}")

    async def _confirm(self) -> None:
        await self.session.command("undo schedule reboot")

    async def _undo(self, before: bytes) -> None:
        await super()._undo(before)
        await self._disarm()

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `display version` and, where the device knows it, `display esn`."""
        version = wait(self._text("display version"))
        model = _MODEL.search(version)
        os_version = _VERSION.search(version)
        serial = _SERIAL.search(wait(self._text("display esn")))
        tree = self.dialect.parse(self.running())
        return self._facts(
            "Huawei",
            tree,
            self.session.name,
            {
                "model": model[1] if model else "",
                "uptime": model[2] if model else "",
                "os_version": os_version[1] if os_version else "",
                "serial_number": serial[1] if serial else "",
            },
        )


class HuaweiVrp8Driver(HuaweiDriver):
    """VRP 8 (NE routers, CE switches), in its two-phase mode."""

    platform = "huawei_vrpv8"
    dialogue = STAGED_DIALOGUE
    show_guard = "display configuration trial status"

    @property
    def dialect(self) -> Dialect:
        """The one with this platform's name."""
        return VARIANTS[self.platform]

    async def _guard(self, running: Tree) -> Guard:
        """A trial, where the device also shows it: what cannot be seen armed is no guard."""
        del running
        return NO_GUARD if await self._answer(self.show_guard) is None else TRIAL

    async def _pending(self) -> bool:
        shown = await self._text(self.show_guard)
        return bool(shown.strip()) and not _NO_TRIAL.search(shown)

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        del running, candidate
        await self._commit(change, f"commit trial {revert_in} persist {PERSIST}" if revert_in else "commit")

    async def _configure(self, change: Change, again: Callable[[Tree], Change]) -> None:
        del again  # all of it takes effect with the commit
        await self._commit(change, "commit")

    async def _stage(self, lines: Sequence[str]) -> None:
        """Enter the two-phase mode and type the lines. NotBegunError if one is refused: nothing of them runs."""
        session = self.session
        try:
            await session.command(self.dialogue.configure)
            await session.send(lines)
        except CommandError as error:
            if not session.broken:
                await session.command(self.dialogue.leave)
            raise NotBegunError(
                error.device,
                error.line,
                error.answer,
                error.hint
                if str(error.hint)
                else Message("nothing was committed; the lines before it are gone with the session's candidate"),
            ) from None

    async def _commit(self, change: Change, commit: str) -> None:
        """Stage the change and make it run; where that moves the address we arrived at, log in anew."""
        await self._stage(change.commands)
        moves = change.reconnect is not None
        session = self.session
        try:
            await session.command(commit, seconds=CUT_SECONDS if moves else COMMIT_SECONDS)
            await session.command(self.dialogue.leave)
        except CommandError:
            if not session.broken:
                await session.command(self.dialogue.leave)
            raise
        except DeviceError as error:
            if not moves or not ended(error):
                raise
        if moves:
            await self._move()

    async def _confirm(self) -> None:
        await self.session.configure((f"commit persist {PERSIST}",), seconds=COMMIT_SECONDS)

    async def _undo(self, before: bytes) -> None:
        if await self._pending():
            await self.session.command(self.dialogue.configure)
            await self.session.command(f"abort trial persist {PERSIST}", seconds=COMMIT_SECONDS, renamed=True)
            await self.session.command(self.dialogue.leave)
        await super()._undo(before)
