"""What FortiOS shows, and what `execute` does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.fortios.device import BUILD, VERSION
from lab.emulator.fortios.entries import section, values_of
from lab.emulator.fortios.language import Refusal
from lab.emulator.fortios.rows import FortiRows
from lab.emulator.fortios.schema import Mistake, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.emulator.tree import Entry


class FortiSession(FortiRows):
    """A user at a FortiOS command line."""

    async def look(self, verb: str, words: list[str], pipe: str) -> None:
        """`show` gives commands, `get` gives values; `| grep` keeps the lines that it finds."""
        lines = list(self._show(words) if verb == "show" else self._get(words))
        if pipe:
            lines = _grep(lines, pipe)
        await self.terminal.page("".join(f"{line}\n" for line in lines))

    def _show(self, words: list[str]) -> Iterator[str]:
        full = bool(words) and len(words[0]) > 3 and "full-configuration".startswith(words[0])
        words = words[full:]
        device = self.device
        if self.frames:
            frame = self.frames[-1]
            if frame.row is not None:
                table = section(frame.node.path)
                table.put(frame.entry)
                yield from device.block(frame.node, table, full=full)
            else:
                yield from device.block(frame.node, frame.entry, full=full)
            return
        if not words and not full and device.running.given is not None:
            yield from device.show(device.running).removesuffix("\n").split("\n")
            return
        if not words:
            yield from device.heading(self.user).rstrip("\n").split("\n")
            yield from device.lines(device.running, full=full)
            return
        node, rest = self.find(words, self.device.known.nodes)
        entry = device.running.child("config", *node.path) or section(node.path)
        if rest and entry.child("edit", rest[0]) is None:
            raise Mistake(rest[0], -3, "entry not found in datasource\n")
        yield from device.block(node, entry, full=full, only=rest[0] if rest else "")

    def _get(self, words: list[str]) -> Iterator[str]:
        if self.frames:
            frame = self.frames[-1]
            yield from _rows(frame.node, frame.entry) if frame.table else _fields(frame.node, frame.entry)
            return
        if not words:
            raise Refusal("\nincomplete command in the end", -160)
        special = {
            ("system", "status"): self._status,
            ("system", "performance", "status"): self._performance,
            ("system", "interface", "physical"): self._physical,
            ("router", "info", "routing-table", "all"): self._routes,
            ("router", "info", "routing-table", "static"): self._routes,
            ("router", "info", "routing-table", "details"): self._routes,
        }
        for path, method in special.items():
            if len(path) == len(words) and all(name.startswith(word) for name, word in zip(path, words, strict=True)):
                yield from method()
                return
        node, rest = self.find(words, self.device.known.nodes)
        if rest:
            raise Mistake(rest[0], -61, parse="command")
        entry = self.device.running.child("config", *node.path) or section(node.path)
        yield from _rows(node, entry) if node.key else _fields(node, entry)

    def _status(self) -> Iterator[str]:
        """The lines are those of transcripts."""
        device = self.device
        yield f"Version: {device.factory_name} v{VERSION},build{BUILD},240313 (GA.M)"
        yield "Emulation: an emulated device of govnet's lab, not Fortinet's software"
        yield f"Serial-Number: {device.serial}"
        yield f"Hostname: {device.name}"
        yield "Operation Mode: NAT"
        yield "Current virtual domain: root"
        yield "Max number of virtual domains: 10"
        yield "Virtual domains status: 1 in NAT mode, 0 in TP mode"
        yield "Virtual domain configuration: disable"
        yield "FIPS-CC mode: disable"
        yield "Current HA mode: standalone"
        yield f"Branch point: {BUILD}"
        yield "Release Version Information: GA"
        yield f"System time: {device.now():%a %b %e %H:%M:%S %Y}"

    def _performance(self) -> Iterator[str]:
        minutes = int(self.device.uptime // 60)
        yield "CPU states: 0% user 0% system 0% nice 100% idle 0% iowait 0% irq 0% softirq"
        yield "Memory: 2048000k total, 819200k used (40.0%), 1228800k free (60.0%), 0k freeable (0.0%)"
        yield f"Uptime: {minutes // 1440} days,  {minutes // 60 % 24} hours,  {minutes % 60} minutes"

    def _physical(self) -> Iterator[str]:
        yield "== [onboard]"
        for port in self.device.ports():
            if port.kind != 6:
                continue
            address = port.addresses[0] if port.addresses else None
            shown = f"{address.ip} {address.netmask}" if address is not None else "0.0.0.0 0.0.0.0"
            yield f"\t==[{port.name}]"
            yield "\t\tmode: static"
            yield f"\t\tip: {shown}"
            yield f"\t\tstatus: {'up' if port.up else 'down'}"
            yield f"\t\tspeed: {f'{port.mbps}Mbps (Duplex: full)' if port.up else 'n/a'}"

    def _routes(self) -> Iterator[str]:
        """Connected and static routes: an emulated device forwards nothing and runs no routing protocol."""
        yield "Codes: K - kernel, C - connected, S - static, * - candidate default"
        yield ""
        yield "Routing table for VRF=0"
        for route in self.device.routes():
            star = "*" if route.network.prefixlen == 0 else " "
            way = f"via {route.via}" if route.via is not None else f"is directly connected, {route.interface or 'Null'}"
            yield f"S{star}      {route.network} [10/0] {way}"
        for port in self.device.ports():
            for address in port.addresses if port.up else ():
                yield f"C       {address.network} is directly connected, {port.name}"

    # execute

    def execute_ping(self, words: list[str]) -> None:
        """Only its own addresses answer: there are no packets here."""
        address = self._one(words)
        own = any(str(one.ip) == address for port in self.device.ports() for one in port.addresses)
        self.terminal.write(
            f"PING {address} ({address}): 56 data bytes\n\n--- {address} ping statistics ---\n"
            f"5 packets transmitted, {5 if own else 0} packets received, {0 if own else 100}% packet loss\n"
        )

    async def execute_reboot(self, words: list[str]) -> None:
        """Reboot, after a question; `comment` may say why."""
        if words and words[0] != "comment":
            raise Mistake(words[0], -61, parse="command")
        self.terminal.write("This operation will reboot the system !\n")
        if await self.sure():
            self._reboot()

    def _reboot(self) -> None:
        self.terminal.write("\nSystem is rebooting...\n\nThe system is going down NOW !!\n")
        self.device.reboot()
        raise LogoutError

    async def execute_cfg(self, words: list[str]) -> None:
        """`save` keeps what runs; `reload` reboots to what is saved (KB 194054)."""
        what = self._one(words)
        if "save".startswith(what):
            self.device.keep()
        elif "reload".startswith(what):
            self.terminal.write("configs will be reloaded, system will reboot.\n")  # unverified wording
            if await self.sure():
                self._reboot()
        else:
            raise Mistake(what, -61, parse="command")

    def execute_backup(self, words: list[str]) -> None:
        """To flash; to a server there is no way out of the lab, which is said as the device says it."""
        kinds = ("config", "full-config")
        if len(words) < 2:
            raise Refusal("\nincomplete command in the end", -160)
        if words[0] not in kinds:
            raise Mistake(words[0], -61, parse="command")
        if words[1] == "flash":
            self.terminal.write("Please wait...\n\n")
            self.device.backup(" ".join(words[2:]), self.user)
            self.terminal.write("Config backed up to flash disk done.\n")
        elif words[1] in ("tftp", "ftp") and len(words) > 3:
            self.terminal.write(
                f"Please wait...\n\nConnect to {words[1]} server {words[3]} ...\n\n"
                f"Send config file to {words[1]} server failed.\n"
            )
            raise Refusal("", 1)
        elif words[1] in ("tftp", "ftp"):
            raise Refusal("\nincomplete command in the end", -160)
        else:
            raise Mistake(words[1], -61, parse="command")

    async def execute_restore(self, words: list[str]) -> None:
        """A revision from flash becomes the configuration, by a reboot."""
        if words[:2] != ["config", "flash"] or len(words) < 3:
            raise Refusal("\nincomplete command in the end", -160)
        number = words[2]
        if not number.isdecimal() or not 0 < int(number) <= len(self.device.revisions):
            raise Mistake(number, -3, "entry not found in datasource\n")
        self.terminal.write("This operation will overwrite the current setting and could possibly reboot the system!\n")
        if await self.sure():
            self.device.running = self.device.revisions[int(number) - 1][2].copy()
            self.device.keep()
            self._reboot()

    async def execute_revision(self, words: list[str]) -> None:
        """The configurations on flash (layout unverified)."""
        if words != ["list", "config"]:
            raise Mistake(words[0] if words else "", -61, parse="command")
        lines = [f"{'ID':<4}{'ADMIN':<16}COMMENT"]
        lines += [
            f"{number:<4}{user:<16}{text}" for number, (text, user, _) in enumerate(self.device.revisions, start=1)
        ]
        await self.terminal.page("\n".join([*lines, ""]))


def _fields(node: Node, entry: Entry) -> Iterator[str]:
    for name, field in node.fields.items():
        values = values_of(node, entry, name)
        shown = "*" if field.kind == "secret" and values else " ".join(values)
        yield f"{name:<20}: {shown}".rstrip()


def _rows(node: Node, entry: Entry) -> Iterator[str]:
    for row in entry.children.values():
        yield f"== [ {row.key[1]} ]"
        yield f"{'name' if node.key.startswith('name') else 'id'}: {row.key[1]}"


def _grep(lines: list[str], words: str) -> list[str]:
    """As grep: `-i` and `-v`, one expression."""
    found = re.fullmatch(r"((?:-[iv]+\s+)*)\"?(.*?)\"?", words)
    if found is None:
        return lines
    try:
        expression = re.compile(found[2], re.IGNORECASE if "i" in found[1] else 0)
    except re.error:
        return []
    return [line for line in lines if (expression.search(line) is None) == ("v" in found[1])]
