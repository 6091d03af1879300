"""Saving, reloading, and what IOS takes back by itself: the confirmed change and the scheduled reload."""

from __future__ import annotations

import re

from lab.emulator.device import LogoutError
from lab.emulator.enable import confirmed
from lab.emulator.grammar import Match
from lab.emulator.ios.language import IosLanguage
from lab.emulator.shell import Refusal


class IosGuards(IosLanguage):
    """Saving and going back."""

    def _archived(self) -> None:
        archive = self.device.running.child("archive")
        if archive is None or not archive.value("path"):
            # Without an archive path there is nothing to go back to; the wording is unverified.
            raise Refusal("%ERROR: Archive is not configured: rollback needs `archive` with a `path`.")

    def do_configure_revert(self, match: Match) -> None:
        """Into the configuration, with a timer that takes everything back."""
        self._archived()
        if self.device.before is not None:
            raise Refusal("%ERROR: Rollback Confirmed Change is already in progress.")  # unverified wording
        path = self.device.running.child("archive")
        target = path.value("path") if path is not None else ""
        self.terminal.write(f"Rollback Confirmed Change: Backing up current running config to {target}-1\n\n")
        self.device.arm_revert(int(match.words[4]))
        self.do_configure_terminal(match)

    def do_configure_confirm(self, _match: Match) -> None:
        """Keep what was changed."""
        if self.device.before is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.device.confirm()

    def do_configure_revert_now(self, _match: Match) -> None:
        """Go back at once."""
        if self.device.before is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.terminal.write("Rollback Confirmed Change: rolling back now\n")
        self.device.revert_now()

    def do_configure_revert_extend(self, match: Match) -> None:
        """Start the timer again."""
        if self.device.before is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.device.timer("revert").arm(int(match.words[3]) * 60, self.device.revert_now)

    def do_show_rollback_timer(self, _match: Match) -> None:
        """Whether something is pending."""
        if self.device.before is None:
            self.terminal.write("%No Rollback Confirmed Change pending\n")
            return
        left = self.device.timer("revert").left / 60
        self.terminal.write(
            f"Time configured(or reconfigured): {self.device.now():%H:%M:%S UTC %a %b %d %Y}\n"
            f"Timer type: absolute timer\nTimer value: {max(1, round(left))} min\nUser: {self.user}\n"
        )

    def do_show_archive(self, _match: Match) -> None:
        """How much is archived."""
        archive = self.device.running.child("archive")
        if archive is None or not archive.value("path"):
            self.terminal.write("Archive feature not enabled\n")
            return
        self.terminal.write(f"The next archive file will be named {archive.value('path')}-1\n")

    async def do_copy(self, _match: Match) -> None:
        """Save, after asking for the name."""
        name = (await self.terminal.ask("Destination filename [startup-config]? ")).strip()
        if name in ("", "startup-config", "y"):
            self.do_write(_match)
        else:
            raise Refusal(f"%Error opening nvram:{name} (No such file or directory)")

    async def do_erase(self, _match: Match) -> None:
        """Forget the saved configuration."""
        question = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
        if confirmed(await self.terminal.ask(question)):
            self.device.saved = None
            self.terminal.write("[OK]\nErase of nvram: complete\n")

    async def _save_first(self) -> None:
        saved = self.device.saved
        if saved is not None and saved.same(self.device.running):
            return
        while True:
            answer = (await self.terminal.ask("\nSystem configuration has been modified. Save? [yes/no]: ")).strip()
            if answer.lower() in ("y", "yes"):
                self.do_write(Match(self.device.views["privileged"].rules[0], (), 0))
                return
            if answer.lower() in ("n", "no"):
                return
            self.terminal.write("% Please answer 'yes' or 'no'.\n")

    async def do_reload(self, _match: Match) -> None:
        """Reload; what is not saved is asked about first."""
        await self._save_first()
        if not confirmed(await self.terminal.ask("Proceed with reload? [confirm]")):
            return
        self.device.reboot()
        raise LogoutError

    async def do_reload_in(self, match: Match) -> None:
        """Reload in minutes or hh:mm."""
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", match.words[2])
        if found is None:
            raise Refusal("% Invalid input detected at '^' marker.")
        minutes = int(found[1] or 0) * 60 + int(found[2])
        await self._save_first()
        when = f"in {minutes // 60} hours and {minutes % 60} minutes" if minutes >= 60 else f"in {minutes} minutes"
        self.terminal.write(f"Reload scheduled {when} by {self.user} on vty0\n")
        if not confirmed(await self.terminal.ask("Proceed with reload? [confirm]")):
            return
        self.device.timer("reload").arm(minutes * 60, self.device.reboot)

    def do_reload_cancel(self, _match: Match) -> None:
        """Cancel the scheduled reload."""
        if not self.device.timer("reload").cancel():
            raise Refusal("% No reload is scheduled.\n")
        self.terminal.write("\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n")

    def do_show_reload(self, _match: Match) -> None:
        """How long the scheduled reload is away."""
        if not self.device.timer("reload").armed:
            self.terminal.write("No reload is scheduled.\n")
            return
        left = int(self.device.timer("reload").left / 60)
        self.terminal.write(f"Reload scheduled in {left // 60} hours and {left % 60} minutes by {self.user}\n")
