"""What VRP5 shows."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.vrp.device import SOFTWARE, family
from lab.emulator.vrp.language import VrpLanguage

if TYPE_CHECKING:
    from lab.emulator.grammar import Match


class VrpSession(VrpLanguage):
    """A user at a VRP command line."""

    def do_display_schedule(self, _match: Match) -> None:
        """How long the scheduled reboot is away."""
        timer = self.device.timer("reboot")
        if not timer.armed:
            self.terminal.write("Info: System reboot is not scheduled.\n")  # unverified wording
            return
        left = int(timer.left / 60)
        self.terminal.write(f"System will be rebooted in {left // 60} hours and {left % 60} minutes.\n")

    async def do_display_saved(self, _match: Match) -> None:
        """What a reboot returns to."""
        if self.device.saved is None:
            self.terminal.write("  There is no correct configuration file in FLASH\n")
            return
        await self.terminal.page(self.device.show(self.device.saved))

    async def do_display_this(self, _match: Match) -> None:
        """The configuration of the view."""
        await self.terminal.page("\n".join([self.device.heading, "#", *self.this(), "#", "return", ""]))

    async def do_display_version(self, _match: Match) -> None:
        """Software, model, how long it is up."""
        model = self.device.spec.model or "AR2220"
        minutes = int(self.device.uptime // 60)
        await self.terminal.page(
            "Huawei Versatile Routing Platform Software\n"
            f"VRP (R) software, Version 5.160 ({family(model)} {SOFTWARE})\n"
            "Copyright (C) 2011-2018 HUAWEI TECH CO., LTD\n"
            f"Huawei {model} Router uptime is {minutes // 10080} week, {minutes // 1440 % 7} day, "
            f"{minutes // 60 % 24} hours, {minutes % 60} minutes\n"
            "(an emulated device of govnet's lab, not Huawei's software)\n"
        )

    def do_display_clock(self, _match: Match) -> None:
        """The time."""
        zone = self.device.running.starting("clock", "timezone")
        name = zone[0].words[2] if zone else "UTC"
        self.terminal.write(f"{self.device.now():%Y-%m-%d %H:%M:%S\n%A}\nTime Zone({name}) : UTC\n")

    async def do_display_device(self, _match: Match) -> None:
        """The boards."""
        model = self.device.spec.model or "AR2220"
        await self.terminal.page(
            f"{model}'s Device status:\n"
            "Slot Sub Type         Online    Power      Register       Alarm      Primary\n"
            "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -\n"
            f"0    -   {model:<12} Present   PowerOn    Registered     Normal     Master\n"
        )

    async def do_display_users(self, _match: Match) -> None:
        """Who is logged in."""
        lines = ["  User-Intf    Delay    Type   Network Address     AuthenStatus    AuthorcmdFlag"]
        for number, session in enumerate(sorted(self.device.sessions, key=lambda one: one.began)):
            own = "+" if session is self else " "
            lines.append(f"{own} {number + 129} VTY {number:<5}00:00:00 SSH    127.0.0.1           pass")
            lines.append(f"  Username : {session.user}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_display_startup(self, _match: Match) -> None:
        """The startup files."""
        file = "flash:/vrpcfg.zip" if self.device.saved is not None else "NULL"
        self.terminal.write(
            "MainBoard:\n"
            f"  Startup system software:                   flash:/ar-{SOFTWARE}.cc\n"
            f"  Startup saved-configuration file:          {file}\n"
            f"  Next startup saved-configuration file:     {file}\n"
        )

    async def do_display_ip_brief(self, _match: Match) -> None:
        """Addresses of the interfaces, one line each."""
        rows = []
        counts = [0, 0, 0, 0]
        for port in self.device.ports():
            address = str(port.addresses[0]) if port.addresses else "unassigned"
            spoofed = "(s)" if port.kind in (24, 1) else ""
            physical = "up" if port.enabled else "*down"
            running = port.up and (bool(port.addresses) or port.kind == 1)
            protocol = "up" + spoofed if running else "down"
            counts[0 if port.up else 1] += 1
            counts[2 if running else 3] += 1
            rows.append(f"{port.name:<34}{address:<21}{physical:<11}{protocol:<10}")
        head = (
            "*down: administratively down\n^down: standby\n(l): loopback\n(s): spoofing\n"
            f"The number of interface that is UP in Physical is {counts[0]}\n"
            f"The number of interface that is DOWN in Physical is {counts[1]}\n"
            f"The number of interface that is UP in Protocol is {counts[2]}\n"
            f"The number of interface that is DOWN in Protocol is {counts[3]}\n\n"
            f"{'Interface':<34}{'IP Address/Mask':<21}{'Physical':<11}{'Protocol':<10}\n"
        )
        await self.terminal.page(head + "".join(f"{row}\n" for row in rows))

    async def do_display_interface_brief(self, _match: Match) -> None:
        """States of the interfaces, one line each."""
        lines = [
            "PHY: Physical",
            "*down: administratively down",
            "InUti/OutUti: input utility/output utility",
            f"{'Interface':<28}{'PHY':<6}{'Protocol':<9}{'InUti':>6}{'OutUti':>7}{'inErrors':>11}{'outErrors':>11}",
        ]
        for port in self.device.ports():
            physical = "up" if port.enabled else "*down"
            protocol = "up" if port.up and (port.addresses or port.kind == 1) else "down"
            lines.append(f"{port.name:<28}{physical:<6}{protocol:<9}{'0%':>6}{'0%':>7}{0:>11}{0:>11}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_interface_description(self, _match: Match) -> None:
        """Descriptions of the interfaces."""
        lines = [
            "PHY: Physical",
            "*down: administratively down",
            f"{'Interface':<30}{'PHY':<8}{'Protocol':<9}Description",
        ]
        for port in self.device.ports():
            physical = "up" if port.enabled else "*down"
            protocol = "up" if port.up and port.addresses else "down"
            lines.append(f"{port.name:<30}{physical:<8}{protocol:<9}{port.description}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_routes(self, _match: Match) -> None:
        """Direct and static routes: an emulated device forwards nothing and runs no routing protocol."""
        head = f"{'Destination/Mask':<20}{'Proto':<8}{'Pre':<5}{'Cost':<10}{'Flags':<6}{'NextHop':<16}Interface\n"
        rows = [
            f"{address.network!s:<20}{'Direct':<8}{0:<5}{0:<10}{'D':<6}{address.ip!s:<16}{port.name}\n"
            for port in self.device.ports()
            for address in port.addresses
            if port.up
        ]
        for entry in self.device.running.starting("ip", "route-static"):
            if entry.words[2] == "vpn-instance":
                continue
            network = f"{entry.words[2]}/{IPv4Interface(f'0.0.0.0/{entry.words[3]}').network.prefixlen}"
            hop = entry.words[4]
            rows.append(f"{network:<20}{'Static':<8}{60:<5}{0:<10}{'RD':<6}{hop:<16}\n")
        await self.terminal.page("Route Flags: R - relay, D - download to fib\n" + head + "".join(rows))

    def do_screen_length(self, match: Match) -> None:
        """For this session only."""
        self.terminal.height = int(match.words[1])
        self.terminal.write("Info: The configuration takes effect on the current user terminal interface only.\n")

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = self.answers(match.words[1])
        self.terminal.write(
            f"  PING {match.words[1]}: 56  data bytes, press CTRL_C to break\n"
            + ("    Reply\n" if own else "    Request time out\n") * 5
            + f"\n  --- {match.words[1]} ping statistics ---\n    5 packet(s) transmitted\n"
            f"    {5 if own else 0} packet(s) received\n    {'0.00' if own else '100.00'}% packet loss\n"
        )
