"""What RGOS shows, asks and saves."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta
from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.faults import FlashFullError
from lab.emulator.ruijie.device import STARTUP
from lab.emulator.ruijie.language import RgosLanguage
from lab.emulator.shell import Refusal
from lab.emulator.terminal import HangupError

if TYPE_CHECKING:
    from lab.emulator.grammar import Match

WEAK = (
    "The password must contain at least three of the following four types of characters: uppercase letters, "
    "lowercase letters, symbols and numbers.\n"
)
CHANGE = "Do you want to change the password(yes/no):"


class RgosSession(RgosLanguage):
    """A user at an RGOS command line."""

    async def run(self) -> None:
        """A weak password is asked about before anything else."""
        try:
            await self._ask_about_password()
        except (LogoutError, HangupError):
            return
        await super().run()

    async def _ask_about_password(self) -> None:
        """Asked again until it is answered (netmiko issue 3640); what a `yes` then asks is unverified."""
        own = self.device.password_of(self.user)
        if own is None or strong(own):
            return
        self.terminal.write(WEAK)
        while True:
            answer = (await self.terminal.ask(CHANGE)).strip().lower()
            if answer in ("n", "no"):
                return
            if answer in ("y", "yes"):
                new = await self.terminal.ask("Please input new password:", echo=False)
                if strong(new) and new == await self.terminal.ask("Please confirm new password:", echo=False):
                    self.device.change_password(self.user, new)
                    return

    # Looking

    async def do_show_running_interface(self, match: Match) -> None:
        """One interface of it."""
        entry = self.device.running.child("interface", match.words[3])
        lines = [] if entry is None else [entry.text, *(" " + below.text for _, below in entry.walk())]
        body = "\n".join([*lines, ""])
        await self.terminal.page(f"\nBuilding configuration...\nCurrent configuration : {len(body)} bytes\n!\n{body}")

    async def do_show_startup(self, _match: Match) -> None:
        """What a reload returns to."""
        if self.device.saved is None:
            raise Refusal(f"%Error opening flash:{STARTUP} (No such file)")  # unverified wording
        await self.terminal.page(self.device.body(self.device.saved))

    async def do_show_version(self, _match: Match) -> None:
        """Software, model, how long it is up."""
        device = self.device
        up = int(device.uptime)
        began = device.now() - timedelta(seconds=up)
        await self.terminal.page(
            f"System description      : {device.description}\n"
            "                          (an emulated device of govnet's lab, not Ruijie's software)\n"
            f"System start time       : {began:%Y-%m-%d %H:%M:%S}\n"
            f"System uptime           : {up // 86400}:{up // 3600 % 24:02d}:{up // 60 % 60:02d}:{up % 60:02d}\n"
            "System hardware version : 1.00\n"
            f"System software version : RGOS {device.release}\n"
            "System patch number     : NA\n"
            f"System serial number    : EMU{zlib.crc32(device.spec.name.encode()) % 10**8:08d}\n"
            "System boot version     : 1.2.10\n"
        )

    def do_show_clock(self, _match: Match) -> None:
        """The time."""
        self.terminal.write(f"{self.device.now():%H:%M:%S UTC %a, %b %-d, %Y}\n")

    async def do_show_users(self, _match: Match) -> None:
        """Who is logged in."""
        lines = [f"{'Line':<17}{'User':<21}{'Host(s)':<21}{'Idle':<11}Location"]
        for number, session in enumerate(sorted(self.device.sessions, key=lambda one: one.began)):
            own = "*" if session is self else " "
            lines.append(
                f"{own} {number + 1:>2} vty {number:<9}{session.user:<21}{'idle':<21}{'00:00:00':<11}127.0.0.1"
            )
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_ip_brief(self, _match: Match) -> None:
        """Addresses of the interfaces, one line each."""
        lines = [f"{'Interface':<33}{'IP-Address(Pri)':<21}{'IP-Address(Sec)':<21}{'Status':<23}Protocol"]
        for port in self.device.ports():
            shown = [str(address) for address in port.addresses] + ["no address"] * 2
            state = "up" if port.up else "down"
            lines.append(f"{port.name:<33}{shown[0]:<21}{shown[1]:<21}{state:<23}{state}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_interfaces_status(self, _match: Match) -> None:
        """Ports of a switch, one line each."""
        lines = [f"{'Interface':<33}{'Status':<9}{'Vlan':<7}{'Duplex':<9}{'Speed':<10}Type"]
        for entry in self.device.running.starting("interface"):
            name = entry.words[1]
            if not name.startswith(self.device.physical):
                continue
            state = "disable" if entry.child("shutdown") is not None else "up"
            vlan = "routed" if self.device.routed(entry) else entry.value("switchport", "access", "vlan") or "1"
            lines.append(f"{name:<33}{state:<9}{vlan:<7}{'Full':<9}{'1000M':<10}copper")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_show_routes(self, match: Match) -> None:
        """Connected and static routes: an emulated device forwards nothing and runs no routing protocol."""
        instance = match.words[4] if len(match.words) > 4 else ""
        lines = ["", "Codes:  C - Connected, L - Local, S - Static", ""]
        for port in self.device.ports():
            if port.up and port.instance == instance:
                lines += [f"C    {IPv4Interface(a).network} is directly connected, {port.name}" for a in port.addresses]
        for route in self.device.routes():
            if route.instance == instance:
                star = "*" if route.network.prefixlen == 0 else ""
                lines.append(f"{'S' + star:<5}{route.network} [1/0] via {route.via or route.interface}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_show_privilege(self, _match: Match) -> None:
        """The user's level."""
        self.terminal.write(f"Current privilege level is {self.level}\n")

    def do_show_ip_ssh(self, _match: Match) -> None:
        """The SSH server."""
        root = self.device.running
        version = {"1": "1.5", "2": "2.0"}.get(root.value("ip", "ssh", "version"), "1.99")
        self.terminal.write(
            f"SSH {'Enable' if self.device.ssh_enabled else 'Disable'} - version {version}\n"
            "SSH Port:                    22\n"
            f"Authentication timeout:      {root.value('ip', 'ssh', 'time-out') or 120} secs\n"
            f"Authentication retries:      {root.value('ip', 'ssh', 'authentication-retries') or 3} times\n"
        )

    def do_show_service(self, _match: Match) -> None:
        """Which services run."""
        root = self.device.running
        states = {
            "web-server": root.child("no", "enable", "service", "web-server") is None,
            "ssh-server": root.child("enable", "service", "ssh-server") is not None,
            "snmp-agent": root.child("no", "enable", "service", "snmp-agent") is None,
            "telnet-server": root.child("no", "enable", "service", "telnet-server") is None,
        }
        for name, on in states.items():
            self.terminal.write(f"{name:<16}: {'enabled' if on else 'disabled'}\n")

    def do_show_snmp_user(self, _match: Match) -> None:
        """The users of SNMPv3."""
        for user in self.device.snmp_access().users:
            level = "auth priv" if user.priv_protocol else "auth no priv" if user.auth_protocol else "no auth no priv"
            self.terminal.write(
                f"User name: {user.name}\nstorage-type: permanent active\nSecurity level: {level}\n"
                f"Auth protocol: {user.auth_protocol or 'None'}\nPriv protocol: {user.priv_protocol or 'None'}\n\n"
            )

    # Saving

    def do_copy_to_startup(self, match: Match) -> None:
        """As `write`."""
        self.do_write(match)

    def do_copy(self, match: Match) -> None:
        """Files on flash; the startup configuration is `config.text`. What is said is unverified."""
        device = self.device
        source = device.file(match.words[1])
        if source is None:
            raise Refusal(f"%Error opening {match.words[1]} (No such file)")
        if device.faults.full_flash:
            raise FlashFullError
        name = match.words[2].removeprefix("flash:").removeprefix("/")
        if name in ("startup-config", STARTUP):
            device.saved = source.copy()
            device.saves += 1
        else:
            device.files[name] = source.copy()
        self.terminal.write("Copy success.\n")

    async def do_delete(self, match: Match) -> None:
        """Asked about first."""
        device = self.device
        name = match.words[1].removeprefix("flash:").removeprefix("/")
        if device.file(f"flash:{name}") is None or name == "startup-config":
            raise Refusal(f"%Error deleting flash:/{name} (No such file)")  # unverified wording
        answer = await self.terminal.ask(f"Do you want to delete [flash:/{name}]? [Y/N]:")
        if answer.strip().lower() not in ("y", "yes"):
            return
        if name == STARTUP:
            device.saved = None
        else:
            del device.files[name]
        self.terminal.write("Delete success.\n")  # unverified wording

    def do_dir(self, _match: Match) -> None:
        """The files; only configurations are there."""
        device = self.device
        names = [*([STARTUP] if device.saved is not None else []), *sorted(device.files)]
        self.terminal.write("Directory of flash:/\n")
        for number, name in enumerate(names, start=1):
            entry = device.file(f"flash:{name}")
            size = len(device.body(entry)) if entry is not None else 0
            self.terminal.write(f"{number:>4}  -rw- {size:>9}  {name}\n")

    # Reloading

    async def do_reload(self, _match: Match) -> None:
        """Whether what is not saved is asked about first is unverified: here it is simply lost."""
        question = "Proceed with reload? [no]" if self.device.older else "Reload system?(Y/N)"
        if (await self.terminal.ask(question)).strip().lower() not in ("y", "yes"):
            return
        self.device.reboot()
        raise LogoutError

    async def do_reload_in(self, match: Match) -> None:
        """In minutes or hh:mm; everything it says is unverified."""
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", match.words[2])
        if found is None or not int(found[1] or 0) * 60 + int(found[2]):
            raise Refusal("% Invalid input detected at '^' marker.")
        await self._reload_later(int(found[1] or 0) * 60 + int(found[2]))

    async def do_reload_at(self, match: Match) -> None:
        """At a time of day."""
        hour, minute = (int(part) for part in match.words[2].split(":"))
        now = self.device.now()
        await self._reload_later((hour * 60 + minute - now.hour * 60 - now.minute) % 1440 or 1440)

    async def _reload_later(self, minutes: int) -> None:
        self.terminal.write(f"Reload scheduled in {minutes // 60} hours and {minutes % 60} minutes\n")
        if (await self.terminal.ask("Proceed with reload? [no]")).strip().lower() in ("y", "yes"):
            self.device.timer("reload").arm(minutes * 60, self.device.reboot)

    def do_reload_cancel(self, _match: Match) -> None:
        """Cancel the scheduled reload."""
        if not self.device.timer("reload").cancel():
            raise Refusal("% No reload is scheduled.")
        self.terminal.write("Reload cancelled.\n")

    def do_show_reload(self, _match: Match) -> None:
        """How long the scheduled reload is away."""
        timer = self.device.timer("reload")
        left = int(timer.left / 60)
        text = (
            f"Reload scheduled in {left // 60} hours and {left % 60} minutes"
            if timer.armed
            else "No reload is scheduled."
        )
        self.terminal.write(f"{text}\n")


def strong(password: str) -> bool:
    """At least three of the four kinds of characters."""
    kinds = (r"[A-Z]", r"[a-z]", r"\d", r"[^A-Za-z0-9]")
    return sum(re.search(kind, password) is not None for kind in kinds) >= 3
