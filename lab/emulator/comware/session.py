"""What Comware 7 shows."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from lab.emulator.comware.files import ComwareFiles
from lab.emulator.shell import Refusal

if TYPE_CHECKING:
    from lab.emulator.grammar import Match


class ComwareSession(ComwareFiles):
    """A user at a Comware command line."""

    async def do_display_this(self, _match: Match) -> None:
        """The configuration of the view."""
        await self.terminal.page("\n".join(["#", *self.this(), "#", "return", ""]))

    async def do_display_saved(self, _match: Match) -> None:
        """What a reboot returns to; nothing if nothing is saved."""
        if self.device.saved is not None:
            await self.terminal.page(self.device.show(self.device.saved))

    async def do_display_diff(self, _match: Match) -> None:
        """How what runs differs from what is saved."""
        saved = self.device.show(self.device.saved).split("\n") if self.device.saved is not None else []
        running = self.device.show(self.device.running).split("\n")
        lines = difflib.unified_diff(saved, running, "Startup configuration", "Current configuration", lineterm="")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_archive(self, _match: Match) -> None:
        """The archive files, the newest marked."""
        directory, prefix = self.location()
        files = [name for name in self.device.files if prefix and name.startswith(f"{prefix}_")]
        lines = [
            f"Location: {directory}",
            f"Filename prefix: {prefix}",
            f"Maximum number of archive files: {self.device.running.value('archive', 'configuration', 'max') or 5}",
            "Saved archive files:",
            "  No. TimeStamp                  FileName",
            *(
                f"{'#' if name == files[-1] else ' '} {number:<4}{self.device.now():%a %b %d %H:%M:%S %Y}   {name}"
                for number, name in enumerate(files, start=1)
            ),
            "'#' indicates the most recent archive file.",
            f"Next archive file to be saved: {prefix}_{self.device.archived % 1000 + 1}.cfg",
            "",
        ]
        await self.terminal.page("\n".join(lines))

    async def do_display_version(self, _match: Match) -> None:
        """Software, model, how long it is up."""
        minutes = int(self.device.uptime // 60)
        model = self.device.spec.model or "MSR3620"
        await self.terminal.page(
            "H3C Comware Software, Version 7.1.064, Release 0821P13\n"
            "(an emulated device of govnet's lab, not H3C's software)\n"
            f"H3C {model} uptime is {minutes // 10080} weeks, {minutes // 1440 % 7} days, "
            f"{minutes // 60 % 24} hours, {minutes % 60} minutes\n"
            "Last reboot reason : Power on\n"
            f"Boot image: flash:/{model.lower()}-cmw710-boot-r0821p13.bin\n"
        )

    def do_display_clock(self, _match: Match) -> None:
        """The time."""
        self.terminal.write(f"{self.device.now():%H:%M:%S.000 UTC %a %m/%d/%Y}\n")

    async def do_display_device(self, _match: Match) -> None:
        """The boards."""
        model = self.device.spec.model or "MSR3620"
        await self.terminal.page(
            "Slot No.  Board Type          Status   Max Ports\n"
            f"0         {model:<20}Normal   {len(self.device.ports())}\n"
        )

    async def do_display_users(self, _match: Match) -> None:
        """Who is logged in."""
        lines = ["  Idx  Line     Idle       Time              Pid     Type"]
        sessions = sorted(self.device.sessions, key=lambda one: one.began)
        for number, session in enumerate(sessions):
            own = "+" if session is self else " "
            lines.append(f"{own} {number + 1:<5}VTY {number:<5}00:00:00   Jan 01 00:00:00   {700 + number:<8}SSH")
        lines += ["", "Following are more details."]
        for number, session in enumerate(sessions):
            lines += [f"VTY {number}   :", f"        User name: {session.user}"]
        await self.terminal.page("\n".join([*lines, ""]))

    def do_display_startup(self, _match: Match) -> None:
        """The startup files."""
        file = "flash:/startup.cfg" if self.device.saved is not None else "NULL"
        self.terminal.write(
            f" Current startup saved-configuration file: {file}\n"
            f" Next main startup saved-configuration file: {file}\n"
            " Next backup startup saved-configuration file: NULL\n"
        )

    def do_display_schedule(self, _match: Match) -> None:
        """How long the scheduled reboot is away; nothing if there is none."""
        timer = self.device.timer("reboot")
        if timer.armed:
            left = int(timer.left / 60)
            self.terminal.write(f"System will reboot in {left // 60} hours and {left % 60} minutes.\n")

    async def do_display_jobs(self, match: Match) -> None:
        """Jobs and their commands."""
        lines = []
        for job in self.device.running.starting("scheduler", "job"):
            if len(match.words) > 3 and job.words[2] != match.words[3]:
                continue
            lines.append(f"Job name: {job.words[2]}")
            lines += [f" {line.words[2]}" for line in job.starting("command")]
            lines.append("")
        await self.terminal.page("\n".join(lines))

    async def do_dir(self, _match: Match) -> None:
        """The configuration files on flash."""
        rows = [
            f"   {number} -rw-  {len(self.device.show(entry)):>9} Jan 01 2026 00:00:00   {name}"
            for number, (name, entry) in enumerate(self.device.files.items())
        ]
        await self.terminal.page("\n".join(["Directory of flash:", *rows, "", "256000 KB total (128000 KB free)", ""]))

    async def do_more(self, match: Match) -> None:
        """A configuration file."""
        entry = self.device.files.get(match.words[1].removeprefix("flash:").removeprefix("/"))
        if entry is None:
            raise Refusal("%Error: The file does not exist.")  # unverified wording
        await self.terminal.page(self.device.show(entry))

    async def do_display_ip_brief(self, _match: Match) -> None:
        """Addresses of the interfaces, one line each."""
        lines = [
            "*down: administratively down",
            "(s): spoofing  (l): loopback",
            f"{'Interface':<20}{'Physical':<9}{'Protocol':<9}{'IP Address':<16}Description",
        ]
        for port in self.device.ports():
            physical = "up" if port.enabled else "*down"
            protocol = "up" if port.up and (port.addresses or port.kind == 1) else "down"
            address = str(port.addresses[0].ip) if port.addresses else "--"
            lines.append(f"{port.name:<20}{physical:<9}{protocol:<9}{address:<16}{port.description or '--'}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_interface_brief(self, _match: Match) -> None:
        """States of the interfaces, one line each."""
        lines = [
            "Brief information on interfaces in route mode:",
            "Link: ADM - administratively down; Stby - standby",
            "Protocol: (s) - spoofing",
            f"{'Interface':<21}{'Link':<5}{'Protocol':<9}{'Primary IP':<16}Description",
        ]
        for port in self.device.ports():
            link = "UP" if port.enabled else "ADM"
            protocol = "UP" if port.up and (port.addresses or port.kind == 1) else "DOWN"
            short = port.name.replace("Ten-GigabitEthernet", "XGE").replace("GigabitEthernet", "GE")
            address = str(port.addresses[0].ip) if port.addresses else "--"
            lines.append(f"{short:<21}{link:<5}{protocol:<9}{address:<16}{port.description[:27]}".rstrip())
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_routes(self, _match: Match) -> None:
        """Direct and static routes: an emulated device forwards nothing and runs no routing protocol."""
        lines = [f"{'Destination/Mask':<19}{'Proto':<8}{'Pre':<4}{'Cost':<13}{'NextHop':<16}Interface"]
        lines += [
            f"{address.network!s:<19}{'Direct':<8}{0:<4}{0:<13}{address.ip!s:<16}{port.name}"
            for port in self.device.ports()
            for address in port.addresses
            if port.up
        ]
        lines += [
            f"{route.network!s:<19}{'Static':<8}{60:<4}{0:<13}{route.via or '--'!s:<16}{route.interface}".rstrip()
            for route in self.device.routes()
            if not route.instance
        ]
        await self.terminal.page("\n".join([*lines, ""]))

    def do_screen_length_off(self, _match: Match) -> None:
        """For this session only."""
        self.terminal.height = 0

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = self.answers(match.words[1])
        self.terminal.write(
            f"Ping {match.words[1]} ({match.words[1]}): 56 data bytes, press CTRL+C to break\n"
            + ("56 bytes from itself: time=0.1 ms\n" if own else "Request time out\n") * 5
            + f"\n--- Ping statistics for {match.words[1]} ---\n"
            f"5 packet(s) transmitted, {5 if own else 0} packet(s) received, {0 if own else 100}.0% packet loss\n"
        )
