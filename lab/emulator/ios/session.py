"""What IOS shows."""

from __future__ import annotations

import zlib
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.ios.applets import IosApplets
from lab.emulator.shell import Refusal

if TYPE_CHECKING:
    from lab.emulator.grammar import Match


class IosSession(IosApplets):
    """A user at an IOS command line."""

    async def do_show_running_interface(self, match: Match) -> None:
        """One interface of it."""
        entry = self.device.running.child("interface", match.words[3])
        lines = [] if entry is None else [entry.text, *(" " + below.text for _, below in entry.walk())]
        body = "\n".join(["!", *lines, "end", "", ""])
        await self.terminal.page(f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}")

    async def do_show_startup(self, _match: Match) -> None:
        """What a reload returns to."""
        if self.device.saved is None:
            raise Refusal("startup-config is not present")
        body = self.device.body(self.device.saved)
        await self.terminal.page(f"Using {len(body)} out of 524288 bytes\n{body}")

    async def do_show_version(self, _match: Match) -> None:
        """Software, model, how long it is up."""
        device = self.device
        minutes = int(device.uptime // 60)
        ports = sum(1 for port in device.ports() if port.name.startswith("Gigabit"))
        await self.terminal.page(
            f"{device.version}\n"
            "(an emulated device of govnet's lab, not Cisco's software)\n\n"
            f"ROM: Bootstrap program is {'C3560' if device.switch else 'C2900'} boot loader\n\n"
            f"{device.name} uptime is {minutes // 60} hours, {minutes % 60} minutes\n"
            "System returned to ROM by power-on\n"
            f'System image file is "flash:{"c3560-ipservicesk9-mz.bin" if device.switch else "c2900.bin"}"\n\n'
            f"cisco {device.spec.model or 'CISCO2911/K9'} (PowerPC405) processor with 131072K bytes of memory.\n"
            f"Processor board ID EMU{zlib.crc32(device.spec.name.encode()) % 10**8:08d}\n"
            f"{ports} Gigabit Ethernet interfaces\n"
            f"Model number                    : {device.spec.model or 'CISCO2911/K9'}\n\n"
            "Configuration register is 0xF\n\n"
        )

    def do_show_clock(self, _match: Match) -> None:
        """The time."""
        self.terminal.write(f"{self.device.now():%H:%M:%S.000 UTC %a %b %-d %Y}\n")

    async def do_show_users(self, _match: Match) -> None:
        """Who is logged in."""
        lines = ["    Line       User       Host(s)              Idle       Location"]
        for number, session in enumerate(sorted(self.device.sessions, key=lambda one: one.began)):
            own = "*" if session is self else " "
            lines.append(
                f"{own} {number + 1:>2} vty {number:<4}{session.user:<11}idle                 00:00:00 127.0.0.1"
            )
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_ip_brief(self, _match: Match) -> None:
        """Addresses of the interfaces, one line each."""
        lines = [f"{'Interface':<23}{'IP-Address':<16}OK? Method Status                Protocol"]
        for port in self.device.ports():
            address = str(port.addresses[0].ip) if port.addresses else "unassigned"
            status = "up" if port.enabled else "administratively down"
            method = "manual" if port.addresses else "unset"
            lines.append(f"{port.name:<23}{address:<16}YES {method:<7}{status:<22}{'up' if port.up else 'down':<8}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_interfaces_status(self, _match: Match) -> None:
        """Ports of a switch, one line each."""
        lines = ["", f"{'Port':<10}{'Name':<19}{'Status':<13}{'Vlan':<11}{'Duplex':<7}{'Speed':>6} Type"]
        for entry in self.device.running.starting("interface"):
            name = entry.words[1]
            if not name.startswith(self.device.physical):
                continue
            state = "disabled" if entry.child("shutdown") is not None else "connected"
            vlan = "routed" if self.device.routed(entry) else entry.value("switchport", "access", "vlan") or "1"
            lines.append(
                f"{name.replace('GigabitEthernet', 'Gi'):<10}{entry.value('description')[:18]:<19}{state:<13}{vlan:<11}"
                f"{'a-full':<7}{'a-1000':>6} 10/100/1000BaseTX"
            )
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_interfaces_description(self, _match: Match) -> None:
        """Descriptions of the interfaces."""
        lines = [f"{'Interface':<31}{'Status':<15}{'Protocol':<9}Description"]
        for port in self.device.ports():
            status = "up" if port.enabled else "admin down"
            lines.append(f"{port.name:<31}{status:<15}{'up' if port.up else 'down':<9}{port.description}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_routes(self, _match: Match) -> None:
        """Connected and static routes: an emulated device forwards nothing and runs no routing protocol."""
        lines = ["Codes: C - connected, S - static", ""]
        lines += [
            f"C    {address.network} is directly connected, {port.name}"
            for port in self.device.ports()
            for address in port.addresses
            if port.up
        ]
        for entry in self.device.running.starting("ip", "route"):
            if entry.words[2] != "vrf":
                network = IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network
                lines.append(f"S    {network} [1/0] via {entry.words[4]}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_show_privilege(self, _match: Match) -> None:
        """The user's level."""
        self.terminal.write(f"Current privilege level is {self.level}\n")

    def do_show_ip_ssh(self, _match: Match) -> None:
        """The SSH server."""
        root = self.device.running
        version = "2.0" if root.value("ip", "ssh", "version") == "2" else "1.99"
        self.terminal.write(
            f"SSH {'Enabled' if self.device.ssh_enabled else 'Disabled'} - version {version}\n"
            f"Authentication timeout: {root.value('ip', 'ssh', 'time-out') or 120} secs; "
            f"Authentication retries: {root.value('ip', 'ssh', 'authentication-retries') or 3}\n"
        )
