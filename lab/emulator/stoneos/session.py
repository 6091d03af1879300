"""What StoneOS shows."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from lab.emulator.stoneos.device import SOFTWARE, bare
from lab.emulator.stoneos.guards import StoneGuards
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.grammar import Match

_RULER = "=" * 96
_FILTER = re.compile(r"(\s*sh\S*\s.*?)\s\|\s*(include|exclude|begin2?)\s+(.+)$")


class StoneSession(StoneGuards):
    """A user at a StoneOS command line."""

    _filter: tuple[str, str] | None = None

    async def run_line(self, line: str) -> None:
        """`show … | include …`: only the lines that the expression finds."""
        found = _FILTER.match(line)
        if found is None:
            await super().run_line(line)
            return
        self._filter = (found[2], found[3].strip().strip('"'))
        try:
            await super().run_line(found[1])
        finally:
            self._filter = None

    async def _page(self, text: str) -> None:
        if self._filter is not None:
            text = _filtered(text, *self._filter)
        await self.terminal.page(text)

    async def do_show_running(self, _match: Match) -> None:
        """What runs."""
        await self._page(self.device.screen(self.device.running))

    async def do_show_startup(self, _match: Match) -> None:
        """What a reboot returns to."""
        if self.device.saved is None:
            raise self.wrong("The startup configuration is not found")  # unverified wording
        await self._page(self.device.screen(self.device.saved))

    async def do_show_backup(self, match: Match) -> None:
        """One of the older ones."""
        await self._page(self.device.screen(self._slot(match.words[3]).entry))

    async def do_show_record(self, _match: Match) -> None:
        """The saved configurations, the youngest first (layout unverified)."""
        lines = [_RULER, f"{'Name':<12}{'Time':<22}{'User':<16}Description", "-" * len(_RULER)]
        kept = self.device.kept
        if kept is not None:
            lines.append(f"{'Startup':<12}{kept.when:<22}{kept.user:<16}{kept.description}".rstrip())
        lines += [
            f"{'Backup ' + str(number):<12}{one.when:<22}{one.user:<16}{one.description}".rstrip()
            for number, one in enumerate(self.device.backups)
        ]
        await self._page("\n".join([*lines, _RULER, ""]))

    async def _show_entries(self, entries: list[Entry]) -> None:
        text = self.device.body(_group(entries))
        await self._page(text)

    async def do_show_interface_configuration(self, match: Match) -> None:
        """One interface, or all."""
        await self._show_entries(self.device.running.starting("interface", *match.words[3:]))

    async def do_show_part(self, match: Match) -> None:
        """The policy, the address book, or the virtual routers."""
        words = {"policy": ("rule",), "address": ("address",), "vrouter": ("ip", "vrouter")}[match.words[2]]
        await self._show_entries(self.device.running.starting(*words))

    async def do_show_this(self, _match: Match) -> None:
        """What stands in the block where the user is."""
        await self._show_entries([self.here] if len(self.path) > 1 else [])

    async def do_show_version(self, _match: Match) -> None:
        """Software, model, how long it is up; the lines are those of a transcript."""
        device = self.device
        minutes = int(device.uptime // 60)
        serial = zlib.crc32(device.spec.name.encode()) % 10**10
        language = "zh_CN" if device.chinese else "en"
        await self._page(
            f"Hillstone StoneOS software, Version {SOFTWARE}\n"
            "(an emulated device of govnet's lab, not Hillstone's software)\n"
            f"Product name: {device.spec.model or 'SG-6000-E1600'} S/N: EMU{serial:010d} Assembly number: 0000\n"
            "Boot file is SG6000-M-3-5.5R9\n"
            f"Uptime is {minutes // 1440} day {minutes // 60 % 24} hour {minutes % 60} minutes "
            f"{int(device.uptime) % 60} seconds\n"
            f'System language is "{language}"\n'
        )

    def do_show_clock(self, _match: Match) -> None:
        """The time."""
        self.terminal.write(f"{self.device.now():%a %b %d %H:%M:%S %Y} GMT+08:00\n")  # unverified layout

    async def do_show_interfaces(self, _match: Match) -> None:
        """The interfaces, one line each; the layout is that of a transcript."""
        lines = [
            "H:physical state;A:admin state;L:link state;P:protocol state;U:up;D:down;K:ha keep up",
            _RULER,
            f"{'Interface name':<20}{'IP address/mask':<20}{'Zone name':<16}H A L P MAC address     Description",
            "-" * len(_RULER),
        ]
        for port in self.device.ports():
            entry = self.device.running.child("interface", port.name)
            zone = bare(entry.value("zone")) if entry is not None else ""
            address = str(port.addresses[0]) if port.addresses else "0.0.0.0/0"
            state = "U U U U" if port.up else "U D D D"
            mac = f"{zlib.crc32((self.device.spec.name + port.name).encode()):08x}"
            lines.append(
                f"{port.name:<20}{address:<20}{zone or 'NULL':<16}{state} 001c.{mac[:4]}.{mac[4:]}  "
                f"{port.description or '------'}"
            )
        await self._page("\n".join([*lines, _RULER, ""]))

    async def do_show_interface(self, match: Match) -> None:
        """One interface (layout unverified)."""
        port = next((port for port in self.device.ports() if port.name == match.words[2]), None)
        if port is None:
            raise self.wrong(f"Interface {match.words[2]} is not found")  # unverified wording
        state = "up" if port.up else "down"
        lines = [
            f"Interface {port.name}",
            f"  Description: {port.description}",
            f"  Physical {state}  Protocol {state}",
        ]
        lines += [f"  Ip address {address}" for address in port.addresses]
        await self._page("\n".join([*lines, ""]))

    async def do_show_routes(self, _match: Match) -> None:
        """Connected and static routes: an emulated device forwards nothing and runs no routing protocol."""
        lines = ["Codes: C - connected, S - static", "Routing Table for Virtual Router <trust-vr>", _RULER]
        lines += [
            f"C>* {address.network} is directly connected, {port.name}"
            for port in self.device.ports()
            for address in port.addresses
            if port.up and not port.instance
        ]
        lines += [
            f"S>* {route.network} [1/0/1] via {route.via or route.interface or 'null0'}"
            for route in self.device.routes()
            if not route.instance
        ]
        await self._page("\n".join([*lines, _RULER, ""]))

    async def do_show_admins(self, _match: Match) -> None:
        """The administrators (layout unverified)."""
        lines = [_RULER, f"{'Name':<32}{'Role':<18}Access", "-" * len(_RULER)]
        for entry in self.device.running.starting("admin", "user"):
            access = ", ".join(line.words[1] for line in entry.starting("access"))
            lines.append(f"{bare(entry.words[2]):<32}{entry.value('role'):<18}{access}".rstrip())
        await self._page("\n".join([*lines, _RULER, ""]))

    async def do_show_hosts(self, _match: Match) -> None:
        """The trusted hosts (layout unverified)."""
        lines = [_RULER, "Trusted host", "-" * len(_RULER)]
        lines += [" ".join(line.words[2:]) for line in self.device.running.starting("admin", "host")]
        await self._page("\n".join([*lines, _RULER, ""]))

    def do_show_ssh(self, _match: Match) -> None:
        """The SSH server (layout unverified)."""
        root = self.device.running
        self.terminal.write(
            f"SSH port: {root.value('ssh', 'port') or 22}\n"
            f"SSH timeout: {root.value('ssh', 'timeout') or 10} minutes\n"
            f"SSH max session: {self.device.session_limit}\n"
        )

    def do_show_display_length(self, _match: Match) -> None:
        """How much of a long name is shown."""
        length = self.device.running.value("hostname-display-length") or "16"
        self.terminal.write(f"Hostname display length: {length}\n")  # unverified layout

    def do_terminal_length(self, match: Match) -> None:
        """For this session only: a line less than asked for is shown, 0 is no paging (manual)."""
        lines = int(match.words[2])
        self.terminal.height = lines if lines < 2 else lines - 1

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = any(str(address.ip) == match.words[1] for port in self.device.ports() for address in port.addresses)
        self.terminal.write(
            f"Sending ICMP packets to {match.words[1]}\n"
            f"statistics:\n5 packets sent, {5 if own else 0} received, {0 if own else 100}% packet loss\n"
        )


def _group(entries: list[Entry]) -> Entry:
    return Entry(children={entry.key: entry for entry in entries})


def _filtered(text: str, how: str, expression: str) -> str:
    try:
        compiled = re.compile(expression)
    except re.error:
        return ""
    lines = text.rstrip("\n").split("\n")
    if how in ("include", "exclude"):
        kept = [line for line in lines if (compiled.search(line) is not None) == (how == "include")]
    else:
        places = [index for index, line in enumerate(lines) if compiled.search(line)]
        first = places[int(how == "begin2") :][:1]
        kept = lines[first[0] :] if first else []
    return "".join(f"{line}\n" for line in kept)
