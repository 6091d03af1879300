"""What an RGOS switch or router is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import SnmpAccess, SnmpUser, Spec
from lab.emulator.enable import EnableDevice
from lab.emulator.layout import laid_out
from lab.emulator.reach import Route
from lab.emulator.secrets import type7_clear
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.interfaces import Port

# Models of the releases 10.x; all others run 11.x.
OLDER = ("RG-S2900", "RG-S2600", "RG-S3760", "RSR20", "RSR10")
STARTUP = "config.text"
# The management port's traffic never meets that of the other ports.
OUT_OF_BAND = "oob"
# The releases say so of the terminal lines: 36 at most.
MOST_LINES = 36


class RgosBox(EnableDevice):
    """A switch or router that speaks RGOS."""

    grammar: tuple[str, ...] = ("ruijie/rgos",)
    factory_name = "Ruijie"
    pager = Pager(" --More-- ", "\r" + " " * 10 + "\r")
    lays_out = True
    physical = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Mgmt", "Serial")
    logical = ("Loopback", "VLAN", "Tunnel", "AggregatePort", "BVI", "Null")
    gap = " "
    models: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "RG-S5750C-28GT4XS-H": (*(f"GigabitEthernet 0/{number}" for number in range(1, 29)), "Mgmt 0"),
        "RG-S2910-24GT4SFP-UP-H": tuple(f"GigabitEthernet 0/{number}" for number in range(1, 29)),
        "RG-S2928G-E": tuple(f"GigabitEthernet 0/{number}" for number in range(1, 29)),
        "RSR20-X": tuple(f"GigabitEthernet 0/{number}" for number in range(3)),
        "RG-RSR30-X": tuple(f"GigabitEthernet 0/{number}" for number in range(4)),
        "RG-NBR6205-E": tuple(f"GigabitEthernet 0/{number}" for number in range(8)),
    }

    def __init__(self, spec: Spec) -> None:
        self.older = spec.model.startswith(OLDER)
        if self.older:
            self.grammar = ("ruijie/rgos", "ruijie/rgos10")
        self.spaced = (*self.physical, *self.logical)
        # Configuration files on flash beside the startup file, by name.
        self.files: dict[str, Entry] = {}
        super().__init__(spec)

    @property
    def switch(self) -> bool:
        """An S-series switch."""
        return self.spec.model.startswith("RG-S")

    @property
    def series(self) -> str:
        """The series of the model: `S5750` of RG-S5750C-28GT4XS-H."""
        found = re.match(r"(?:RG-)?([A-Z]+\d*)", self.spec.model)
        return found[1] if found is not None else "RSR"

    @property
    def release(self) -> str:
        """The software."""
        return "10.4(3b19)p3" if self.older else "11.4(1)B42"

    def factory(self) -> Entry:
        """Ports, VLAN 1 on a switch, console and terminal lines."""
        root = Entry()
        for name in (*self.port_names, *(("VLAN 1",) if self.switch else ())):
            self.fixed(root, f"interface {name}")
        for line in ("line console 0", "line vty 0 4"):
            self.fixed(root, line)
        return root

    def body(self, entry: Entry) -> str:
        """A configuration's lines, from `version` to `end`."""
        if entry.given is not None:
            return laid_out(entry, "!")
        lines = [f"version {self.series}_RGOS {self.release}"]
        section = -1
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            if child.rule.get("view") or child.rule.section != section:
                lines.append("!")
            section = child.rule.section
            lines.append(child.text)
            lines.extend(" " * (depth + 1) + below.text for depth, below in child.walk())
        return "\n".join([*lines, "!", "end", ""])

    def show(self, entry: Entry) -> str:
        """As `show running-config` writes it."""
        body = self.body(entry)
        if entry.given is not None:
            return body
        return f"\nBuilding configuration...\nCurrent configuration : {len(body)} bytes\n\n{body}"

    @property
    def ssh_enabled(self) -> bool:
        """`enable service ssh-server`, which is off from the start, and a terminal line that takes SSH."""
        return self.running.child("enable", "service", "ssh-server") is not None and self.takes_ssh

    def routed(self, entry: Entry) -> bool:
        """As in the family; a management port takes addresses from the start."""
        return entry.words[1].startswith("Mgmt") or super().routed(entry)

    def ports(self) -> tuple[Port, ...]:
        """As in the family; the management port stands alone."""
        return tuple(
            replace(port, instance=OUT_OF_BAND) if port.name.startswith("Mgmt") else port for port in super().ports()
        )

    def routes(self) -> tuple[Route, ...]:
        """Static routes; on a layer 2 switch the default gateway, and that of the management port."""
        found = list(super().routes())
        everywhere = IPv4Network("0.0.0.0/0")
        gateway = self.running.value("ip", "default-gateway")
        if gateway:
            found.append(Route(everywhere, IPv4Address(gateway)))
        for entry in self.running.starting("interface"):
            own = entry.value("gateway")
            if own:
                found.append(Route(everywhere, IPv4Address(own), instance=OUT_OF_BAND))
        return tuple(found)

    def snmp_access(self) -> SnmpAccess:
        """Communities and users with their access lists; a user needs his group."""
        root = self.running
        if root.child("no", "enable", "service", "snmp-agent") is not None:
            return SnmpAccess()
        filters = {}
        communities = []
        for entry in root.starting("snmp-server", "community"):
            if root.child("no", "snmp-server", "enable", "version", "v2c") is not None:
                break
            name = entry.key[2]
            communities.append(name)
            rest = list(entry.words[4 if entry.words[2] == "7" else 3 :])
            if rest[:1] == ["view"]:
                rest = rest[2:]
            lists = [word for word in rest if word not in ("ro", "rw")]
            if lists:
                filters[name] = self.sources(lists[-1])
        users = []
        for entry in root.starting("snmp-server", "user"):
            user = self._snmp_user(entry.words)
            groups = root.starting("snmp-server", "group", entry.words[3], "v3")
            if user is None or not groups:
                continue
            users.append(user)
            for words in (groups[0].words, entry.words):
                if "access" in words:
                    filters[user.name] = self.sources(words[words.index("access") + 1])
        return SnmpAccess(
            tuple(communities),
            tuple(users),
            filters,
            root.value("snmp-server", "contact"),
            root.value("snmp-server", "location"),
        )

    def _snmp_user(self, words: tuple[str, ...]) -> SnmpUser | None:
        """A user whose keys were made here; None for keys from elsewhere."""
        found = {}
        for word, kind in (("auth", "auth"), ("priv", "priv")):
            if word in words:
                place = words.index(word)
                clear = self.vault.clear(words[place + 2])
                if clear is None:
                    return None
                found[f"{kind}_password"] = clear
                found[f"{kind}_protocol"] = {"md5": "MD5", "sha": "SHA", "des56": "DES"}[words[place + 1]]
        return SnmpUser(words[2], **found)

    def change_password(self, user: str, new: str) -> None:
        """Another password for a local user, kept as the one before was."""
        entry = self.running.child("username", user)
        if entry is not None:
            kind = entry.words[-2]
            kept = {"0": new, "7": self.vault.type7(new).lower()}.get(kind, self.vault.type5(new))
            entry.words = (*entry.words[:-1], kept)

    def community(self, words: tuple[str, ...]) -> str:
        """The clear name of a community, as it was typed or as it is stored."""
        if words[0] in ("0", "7") and len(words) > 1:
            return words[1] if words[0] == "0" else type7_clear(words[1]) or words[1]
        return words[0]

    def describe(self) -> tuple[str, str]:
        """What RGOS calls itself; RUIJIE-PRODUCTS-MIB is enterprise 4881, the product's number is unverified."""
        return (
            f"{self.description}\r\nemulated by govnet, not Ruijie's software",
            "1.3.6.1.4.1.4881.1.1.10.1",
        )

    @property
    def description(self) -> str:
        """The system's description, as `show version` begins."""
        model = self.spec.model or "RSR"
        return f"Ruijie {'Gigabit Switch' if self.switch else 'Router'} ({model}) By Ruijie Networks"

    # Files

    def file(self, name: str) -> Entry | None:
        """A configuration by the name under which commands know it; None if there is none."""
        if name == "running-config":
            return self.running
        plain = name.removeprefix("flash:").removeprefix("/")
        return self.saved if plain in ("startup-config", STARTUP) else self.files.get(plain)
