"""The Embedded Event Manager of IOS: a countdown at the device that types commands, whoever is logged in or not.

An applet is registered when its mode is left (EEM command reference, “event manager applet”), and stays registered
after its countdown has fired, until it is taken away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.emulator.enable import confirmed
from lab.emulator.enable.modes import INVALID
from lab.emulator.faults import FlashFullError
from lab.emulator.ios.guards import IosGuards
from lab.emulator.shell import Refusal

if TYPE_CHECKING:
    from lab.emulator.grammar import Match


class IosApplets(IosGuards):
    """Applets, and the files that they go back to."""

    async def execute(self, line: str) -> None:
        """As everywhere; an applet whose mode is left by the line is registered."""
        before = self.path[-1] if self.path else None
        await super().execute(line)
        after = self.path[-1] if self.path else None
        if before is not None and before is not after and before.starting("event"):
            self.device.register_applets()

    def do_no_applet(self, match: Match) -> None:
        """It is gone, and its countdown with it; commands that it types already go on."""
        if not self.device.running.remove(match.words):
            raise Refusal(f"% EEM policy not found: {match.words[-1]}")  # unverified wording
        self.device.register_applets()
        self.device.changed()

    def do_show_eem_version(self, _match: Match) -> None:
        """The first line is all that anybody asks."""
        self.terminal.write("Embedded Event Manager Version 3.10\nComponent Versions:\neem: (v310_throttle)2.0.4\n")

    def do_show_registered(self, _match: Match) -> None:
        """The applets that wait for their event or have seen it."""
        lines = ["No.  Class     Type    Event Type          Trap  Time Registered           Name"] * bool(
            self.device.applets
        )
        for number, (name, (seconds, maxrun, actions)) in enumerate(self.device.applets.items(), start=1):
            when = f"{self.device.now():%a %b%-d %H:%M:%S %Y}"
            lines.append(f"{number:<5}applet    user    timer countdown     Off   {when}  {name}")
            lines.append(f" time {seconds}.000")
            lines.append(f" maxrun {maxrun}.000")
            lines += [f' action {label} cli command "{command}"' for label, command in actions]
        self.terminal.write("".join(f"{line}\n" for line in lines))

    def do_show_active(self, _match: Match) -> None:
        """The applets that type now."""
        if not self.device.typing:
            return
        self.terminal.write("no.  job id      p s status  time of event             event type         name\n")
        for number, name in enumerate(sorted(self.device.typing), start=1):
            when = f"{self.device.now():%a %b%-d %H:%M:%S %Y}"
            self.terminal.write(f"{number:<5}{number:<12}N A wait    {when}  timer countdown    applet: {name}\n")

    def do_show_environment(self, _match: Match) -> None:
        """Variables and their values."""
        found = self.device.running.starting("event", "manager", "environment")
        if found:
            self.terminal.write("No.  Name                      Value\n")
        for number, entry in enumerate(found, start=1):
            self.terminal.write(f"{number:<5}{entry.words[3]:<26}{' '.join(entry.words[4:])}\n")

    # Files

    async def do_copy_to_file(self, match: Match) -> None:
        """Ask for the name, and whether one that is there may go (IOS Configuration Fundamentals, “copy”)."""
        name = _file(match.words[2])
        answer = (await self.terminal.ask(f"Destination filename [{name}]? ")).strip()
        name = answer if answer not in ("", "y") else name
        if name in self.device.files:
            self.terminal.write("%Warning:There is a file already existing with this name\n")
            if not confirmed(await self.terminal.ask("Do you want to over write? [confirm]")):
                return
        if self.device.faults.full_flash:
            raise FlashFullError
        self.device.files[name] = self.device.running.copy()
        size = len(self.device.body(self.device.running))
        self.terminal.write(f"{size} bytes copied in 0.512 secs ({size * 2} bytes/sec)\n")

    async def do_configure_replace(self, match: Match) -> None:
        """Make what runs equal to a file; without `force` it warns and asks."""
        found = self.device.files.get(_file(match.words[2]))
        if found is None:
            raise Refusal(f"%Error opening {match.words[2]} (No such file or directory)")
        if match.words[-1] != "force":
            self.terminal.write(
                "This will apply all necessary additions and deletions\n"
                "to replace the current running configuration with the\n"
                "contents of the specified configuration file, which is\n"
                "assumed to be a complete configuration, not a partial\n"
                "configuration. Enter Y if you are sure you want to proceed. ? [no]: "
            )
            if not (await self.terminal.ask("")).strip().lower().startswith("y"):
                return
        self.device.load(found)
        self.terminal.write("Total number of passes: 1\nRollback Done\n\n")

    async def do_delete(self, match: Match) -> None:
        """A file; `/force` asks nothing."""
        name = _file(match.words[-1])
        if match.words[1:-1] not in ((), ("/force",)):
            raise Refusal(INVALID)
        if len(match.words) == 2:
            await self.terminal.ask(f"Delete filename [{name}]? ")
            if not confirmed(await self.terminal.ask(f"Delete flash:{name}? [confirm]")):
                return
        if self.device.files.pop(name, None) is None:
            raise Refusal(f"%Error deleting flash:{name} (No such file or directory)")


def _file(text: str) -> str:
    """A file's name without the medium. Refusal for another medium than flash."""
    medium, colon, name = text.rpartition(":")
    if colon and medium != "flash":
        raise Refusal(f"%Error opening {text} (No such device)")
    return re.sub(r"^/", "", name)
