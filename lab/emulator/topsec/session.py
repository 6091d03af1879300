"""How TOS is spoken to, and what it shows."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.topsec.device import RELEASE
from lab.emulator.topsec.language import TosLanguage
from lab.emulator.topsec.words import listed

if TYPE_CHECKING:
    from lab.emulator.grammar import Match

QUESTION = "Save system config?[y/n]:"


class TosSession(TosLanguage):
    """A user at a TOS command line."""

    async def do_exit(self, _match: Match) -> None:
        """Out of the firewall, after a question (oxidized issue 2011)."""
        if (await self.terminal.ask(QUESTION)).strip().lower() in ("y", "yes"):
            self.device.save()
        raise LogoutError

    def do_save(self, _match: Match) -> None:
        """What runs is kept; nothing is said."""
        self.device.save()

    async def do_reboot(self, _match: Match) -> None:
        """The question is unverified."""
        if (await self.terminal.ask("Reboot system?[y/n]:")).strip().lower() in ("y", "yes"):
            self.device.reboot()
            raise LogoutError

    async def do_reset(self, _match: Match) -> None:
        """Back to what the box had when it was unpacked; the question is unverified."""
        if (await self.terminal.ask("Reset system config?[y/n]:")).strip().lower() in ("y", "yes"):
            self.device.load(self.device.factory())

    # Looking

    async def do_show_running(self, _match: Match) -> None:
        """The configuration, a screen at a time."""
        await self.terminal.page(self.device.show(self.device.running))

    def do_show_running_all(self, _match: Match) -> None:
        """The configuration, at once."""
        self.terminal.write(self.device.show(self.device.running))

    def do_version(self, _match: Match) -> None:
        """Software and model; the form is unverified."""
        device = self.device
        self.terminal.write(
            "Topsec Operating System\n"
            "(an emulated device of govnet's lab, not Topsec's software)\n"
            f"TOS Version: {RELEASE}\n"
            f"Model: {device.spec.model or 'NGFW4000'}\n"
            f"Serial: EMU{zlib.crc32(device.spec.name.encode()) % 10**8:08d}\n"
        )

    def do_time(self, _match: Match) -> None:
        """The clock; the form is unverified."""
        self.terminal.write(f"{self.device.now():%Y-%m-%d %H:%M:%S}\n")

    def do_ha_status(self, _match: Match) -> None:
        """There is no second one."""
        self.terminal.write("HA: disabled\n")

    def do_interfaces(self, match: Match) -> None:
        """The interfaces; the form is unverified."""
        for port in self.device.ports():
            if len(match.words) < 4 or port.name == match.words[3]:
                flags = "UP,BROADCAST,RUNNING,MULTICAST" if port.up else "BROADCAST,MULTICAST"
                self.terminal.write(f"{port.name}: flags={flags} mtu {port.mtu}\n")
                for address in port.addresses:
                    self.terminal.write(f"    inet {address.ip} netmask {address.netmask}\n")

    def do_routes(self, _match: Match) -> None:
        """Connected and static routes; the form is unverified."""
        for port in self.device.ports():
            for address in port.addresses:
                self.terminal.write(f"C {address.network} dev {port.name}\n")
        for entry in self.device.running.starting("network", "route"):
            self.terminal.write(f"S {' '.join(entry.words[4:])}\n")

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = any(str(address.ip) == match.words[2] for port in self.device.ports() for address in port.addresses)
        self.terminal.write(f"3 packets transmitted, {3 if own else 0} received\n")

    async def do_define_show(self, match: Match) -> None:
        """Objects of one kind, or one of them."""
        lines = [
            self.device.line(entry)
            for entry in self.device.running.starting("define", match.words[1])
            if len(match.words) < 5 or entry.key[2] == match.words[4]
        ]
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_policy_show(self, match: Match) -> None:
        """Rules, or those that have the same fields."""
        asked = dict(zip(match.words[3::2], match.words[4::2], strict=True))
        lines = []
        for entry in self._rules(match.words[0]):
            own = self.fields(entry.words[3:])
            if all(listed(own.get(name, "")) == listed(value) for name, value in asked.items()):
                lines.append(self.device.line(entry))
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_pf_show(self, _match: Match) -> None:
        """Who may talk to the box."""
        await self.terminal.page("\n".join([*(e.text for e in self.device.running.starting("pf", "service")), ""]))

    def do_admin_show(self, _match: Match) -> None:
        """The administrators; the form is unverified."""
        if self.device.spec.login is not None:
            self.terminal.write(f"name {self.device.spec.login[0]} privilege config\n")
        for entry in self.device.running.starting("admin"):
            self.terminal.write(f"name {entry.key[1]} privilege {entry.words[2]}\n")
