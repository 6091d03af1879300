"""Configuration files of Comware 7: saving, archiving, replacing, committing later, rebooting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from lab.emulator.comware.device import STARTUP
from lab.emulator.comware.language import ComwareLanguage
from lab.emulator.device import LogoutError
from lab.emulator.faults import FlashFullError
from lab.emulator.grammar import Kind
from lab.emulator.shell import Refusal
from lab.emulator.undo import yes

if TYPE_CHECKING:
    from lab.emulator.grammar import Match

# Seconds after which a question of `save` counts as answered with no (C7 command reference, `save`).
PATIENCE = 30


class ComwareFiles(ComwareLanguage):
    """Everything about files."""

    async def patiently(self, question: str) -> str | None:
        """An answer, or None when nobody gives one in time."""
        seconds = PATIENCE * self.device.spec.minute / 60
        try:
            async with asyncio.timeout(seconds):
                return await self.terminal.ask(question)
        except TimeoutError:
            self.terminal.write("\n")
            return None

    async def do_save(self, _match: Match) -> None:
        """With its questions: whether, under which name, whether to overwrite."""
        question = "The current configuration will be written to the device. Are you sure? [Y/N]:"
        if yes(await self.patiently(question) or ""):
            await self._save_as()

    async def _save_as(self) -> None:
        self.terminal.write(f"Please input the file name(*.cfg)[flash:/{STARTUP}]\n")
        answer = await self.patiently("(To leave the existing filename unchanged, press the enter key):")
        if answer is None:
            return
        # A schedule's “yes” to this question is the default name.
        name = _name(answer.strip()) if answer.strip().lower() not in ("", "y") else STARTUP
        if not name.endswith(".cfg"):
            raise Refusal("%Error: The file name must end with .cfg.")  # unverified wording
        if name in self.device.files and not yes(
            await self.patiently(f"flash:/{name} exists, overwrite? [Y/N]:") or ""
        ):
            return
        self._write(name)

    def _write(self, name: str) -> None:
        self.terminal.write("Validating file. Please wait...\n")
        if name == STARTUP:
            self.device.save()
            self.terminal.write("Saved the current configuration to mainboard device successfully.\n")
        else:
            self._keep(name)
        self.terminal.write("Configuration is saved to device successfully.\n")

    def _keep(self, name: str) -> None:
        if self.device.faults.full_flash:
            raise FlashFullError
        self.device.files[name] = self.root.copy()

    def do_save_force(self, _match: Match) -> None:
        """Without a question."""
        self._write(STARTUP)

    async def do_save_file(self, match: Match) -> None:
        """Into a file; what the device boots with stays."""
        name = _name(match.words[1])
        if name in self.device.files and not yes(
            await self.patiently(f"flash:/{name} exists, overwrite? [Y/N]:") or ""
        ):
            return
        self._write(name)

    async def do_reset_saved(self, _match: Match) -> None:
        """Forget the saved configuration."""
        question = "The saved configuration file will be erased. Are you sure? [Y/N]:"
        if yes(await self.terminal.ask(question)):
            self.device.saved = None
            self.device.files.pop(STARTUP, None)
            self.terminal.write("Configuration file in flash: is being cleared.\nPlease wait ...\n")
            self.terminal.write("Configuration file is cleared.\n")

    async def do_delete(self, match: Match) -> None:
        """A file, for good: `delete /unreserved` (file management reference; the question's wording is unverified)."""
        switches = match.words[1:-1]
        if switches not in ((), ("/unreserved",)):
            raise Refusal(self.errors[Kind.WRONG])
        if not yes(await self.patiently(f"Delete {match.words[-1]}? [Y/N]:") or ""):
            return
        if self.device.files.pop(_name(match.words[-1]), None) is None:
            raise Refusal(f"%Error: {match.words[-1]}: no such file.")  # unverified wording

    # Archive and rollback

    def location(self) -> tuple[str, str]:
        """Folder and prefix of the archive; empty if there is none."""
        words = self.device.running.value("archive", "configuration", "location").split()
        return (words[0], words[2]) if words else ("", "")

    async def do_archive(self, _match: Match) -> None:
        """A copy of what runs, under the next number."""
        directory, prefix = self.location()
        if not directory:
            raise Refusal("%Error: The archive location is not specified.")  # unverified wording
        question = "Save the running configuration to an archive file. Continue? [Y/N]:"
        if not yes(await self.terminal.ask(question)):
            return
        device = self.device
        device.archived = device.archived % 1000 + 1
        name = f"{prefix}_{device.archived}.cfg"
        self._keep(name)
        most = int(device.running.value("archive", "configuration", "max") or 5)
        numbered = [file for file in device.files if file.startswith(f"{prefix}_")]
        for old in numbered[:-most]:
            del device.files[old]
        self.terminal.write(f"The archive configuration file {name} is saved.\n")

    async def do_replace(self, match: Match) -> None:
        """Make what runs equal to a file; what runs may be saved first."""
        name = _name(match.words[3])
        found = self.device.files.get(name)
        if found is None:
            raise Refusal("%Error: The file does not exist.")  # unverified wording
        question = "Current configuration will be lost, save current configuration? [Y/N]:"
        if yes(await self.terminal.ask(question)):
            await self._save_as()
            found = self.device.files[name]
        self.terminal.write("Now replacing the current configuration. Please wait...\n")
        self.device.load(found)
        self.terminal.write(f"Succeeded in replacing current configuration with the file {name}.\n")

    def do_commit_delay(self, match: Match) -> None:
        """From now on whatever is configured goes away after so many minutes, unless it is committed."""
        self.device.delay_commit(int(match.words[3]))

    def do_commit(self, _match: Match) -> None:
        """Keep what was configured since."""
        if self.device.rollback_point is None:
            raise Refusal("%Error: The configuration commit delay timer is not running.")  # unverified wording
        self.device.commit()

    # Rebooting

    async def do_reboot(self, _match: Match) -> None:
        """Reboot; what is not saved is asked about first."""
        self.terminal.write(
            "Start to check configuration with next startup configuration file, please wait.........DONE!\n"
        )
        saved = self.device.saved
        if saved is None or not saved.same(self.device.running):
            question = "Current configuration may be lost after the reboot, save current configuration? [Y/N]:"
            if yes(await self.terminal.ask(question)):
                await self._save_as()
        if yes(await self.terminal.ask("This command will reboot the device. Continue? [Y/N]:")):
            self._go()

    async def do_reboot_force(self, _match: Match) -> None:
        """Reboot without looking at what is saved."""
        question = "A forced reboot might cause the storage medium to be corrupted. Continue? [Y/N]:"
        if yes(await self.terminal.ask(question)):
            self._go()

    def _go(self) -> None:
        self.terminal.write("Now rebooting, please wait...\n")
        self.device.reboot()
        raise LogoutError

    async def agrees(self, minutes: int, *, forced: bool) -> bool:
        """With the time at which it will be."""
        del forced
        when = self.device.now() + timedelta(minutes=minutes)
        return yes(
            await self.terminal.ask(
                f"Reboot system at {when:%H:%M:%S %m/%d/%Y} (in {minutes // 60} hours and {minutes % 60} minutes)."
                " Confirm? [Y/N]:"
            )
        )


def _name(text: str) -> str:
    """The name of a file on flash, without the medium."""
    return text.removeprefix("flash:").removeprefix("/")
