"""What an IOS router or switch is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import SnmpAccess, SnmpUser, Spec
from lab.emulator.enable import EnableDevice
from lab.emulator.layout import laid_out
from lab.emulator.telnet_words import TelnetWords
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class IosBox(EnableDevice):
    """A router or switch that speaks IOS."""

    grammar: tuple[str, ...] = ("ios/ios",)
    pager = Pager(" --More-- ", "\b" * 10 + " " * 10 + "\b" * 10)
    telnet = TelnetWords("\n\nUser Access Verification\n\n", "Username: ", "Password: ", "% Login invalid\n\n")
    lays_out = True
    physical = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Ethernet", "Serial")
    logical = ("Loopback", "Vlan", "Tunnel", "Port-channel", "Null")
    models: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "WS-C3560G-24TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 29)),
        "WS-C3560G-48TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 53)),
        "CISCO2911/K9": tuple(f"GigabitEthernet0/{number}" for number in range(3)),
    }

    def __init__(self, spec: Spec) -> None:
        self.factory_name = "Switch" if spec.model.startswith("WS-C") else "Router"
        # Users of SNMPv3: IOS keeps them apart from the configuration text.
        self.snmp_users: dict[str, tuple[str, SnmpUser]] = {}
        # Where a confirmed change goes back to.
        self.before: Entry | None = None
        self.last_change: tuple[datetime, str] | None = None
        # Applets by name: their countdown and the longest they may run, in seconds, and what they type, by label.
        self.applets: dict[str, tuple[int, int, tuple[tuple[str, str], ...]]] = {}
        self.typing: set[str] = set()
        self.files: dict[str, Entry] = {}
        if not spec.model.startswith("WS-C"):  # the emulated Catalyst has an image without EEM
            self.grammar = ("ios/ios", "ios/eem")
        super().__init__(spec)

    @property
    def switch(self) -> bool:
        """A Catalyst."""
        return self.spec.model.startswith("WS-C")

    def factory(self) -> Entry:
        """Ports, VLAN 1 on a switch, console and terminal lines."""
        root = Entry()
        for name in (*self.port_names, *(("Vlan1",) if self.switch else ())):
            self.fixed(root, f"interface {name}")
        for line in ("line con 0", "line vty 0 4", "line vty 5 15"):
            self.fixed(root, line)
        return root

    async def first_boot(self) -> None:
        """As every device; SNMPv3 users are typed at the console too, for no configuration text holds them."""
        if self.spec.snmp is not None:
            self.snmp_users = {user.name: (user.name, user) for user in self.spec.snmp.users}
        await super().first_boot()

    def body(self, entry: Entry) -> str:
        """A configuration's lines, from `version` to `end`."""
        if entry.given is not None:
            return laid_out(entry, "!")
        lines = ["!", f"version {'12.2' if self.switch else '15.1'}"]
        section = self.views["config"].rules[0].section
        if entry.child("service", "password-encryption") is None:
            lines.append("no service password-encryption")
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            block = bool(child.rule.get("view"))
            if (block and child.words[0] != "line") or child.rule.section != section:
                lines.append("!")
            section = child.rule.section
            lines.append(child.text)
            lines.extend(" " * (depth + 1) + below.text for depth, below in child.walk())
        return "\n".join([*lines, "!", "end", "", ""])

    def show(self, entry: Entry) -> str:
        """As `show running-config` writes it."""
        body = self.body(entry)
        if entry.given is not None:
            return body
        changed = ""
        if self.last_change is not None:
            when, user = self.last_change
            changed = f"!\n! Last configuration change at {when:%H:%M:%S UTC %a %b %-d %Y} by {user}\n"
        return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{changed}{body}"

    @property
    def ssh_enabled(self) -> bool:
        """Some terminal line takes SSH; the domain name that the key needs is there."""
        named = self.running.value("ip", "domain-name") or self.running.value("ip", "domain", "name")
        return bool(named) and self.takes_ssh

    @property
    def telnet_enabled(self) -> bool:
        """Some terminal line takes telnet and asks for a user."""
        return self.takes("telnet") and self.local_login

    def telnet_level(self, user: str, password: str) -> int | None:
        """A local user's: IOS asks no user by which service he comes."""
        return self.password_level(user, password)

    def index_of(self, position: int, name: str) -> int:
        """A Catalyst numbers its ports 10101 on; what matters is that the number stays."""
        if not self.switch or not name.startswith("Gigabit"):
            return position
        return 10100 + int(name.rpartition("/")[2])

    def snmp_access(self) -> SnmpAccess:
        """Communities and users with their access lists; a user needs his group."""
        root = self.running
        communities = []
        filters = {}
        for entry in root.starting("snmp-server", "community"):
            name, rest = entry.words[2], entry.words[3:]
            communities.append(name)
            lists = [word for word in rest if word not in ("RO", "RW")]
            if "view" in rest:
                lists = lists[2:]
            if lists:
                filters[name] = self.sources(lists[-1])
        users = []
        for group, user in self.snmp_users.values():
            lines = root.starting("snmp-server", "group", group, "v3")
            if not lines:
                continue
            users.append(user)
            words = lines[0].words
            if "access" in words:
                filters[user.name] = self.sources(words[words.index("access") + 1])
        return SnmpAccess(
            tuple(communities),
            tuple(users),
            filters,
            root.value("snmp-server", "contact"),
            root.value("snmp-server", "location"),
        )

    @property
    def version(self) -> str:
        """The first line of `show version`."""
        if self.switch:
            image, release = "C3560 Software (C3560-IPSERVICESK9-M)", "12.2(55)SE12, RELEASE SOFTWARE (fc2)"
        else:
            image, release = "C2900 Software (C2900-UNIVERSALK9-M)", "15.1(4)M4, RELEASE SOFTWARE (fc1)"
        return f"Cisco IOS Software, {image}, Version {release}"

    def describe(self) -> tuple[str, str]:
        """CISCO-PRODUCTS-MIB: catalyst356024TS is 617 in it for the 3560G-24TS (unverified), 1045 the 2911."""
        return (
            f"{self.version}\r\nemulated by govnet, not Cisco's software",
            f"1.3.6.1.4.1.9.1.{617 if self.switch else 1045}",
        )

    # Guards

    def arm_revert(self, minutes: int) -> None:
        """Go back to the configuration as it is now unless somebody confirms."""
        self.before = self.running.copy()
        self.timer("revert").arm(minutes * 60, self.revert_now)

    def revert_now(self) -> None:
        """Go back."""
        before = self.before
        self.confirm()
        if before is not None:
            self.load(before)

    def confirm(self) -> None:
        """Keep the configuration as it is."""
        self.before = None
        self.timer("revert").cancel()

    def forget(self) -> None:
        """A reload forgets the confirmed change, and begins every countdown anew."""
        self.before = None
        self.applets.clear()
        self.typing.clear()
        self.after(self.spec.boot, self.register_applets)

    def reboot(self) -> None:
        """As every device; the time of the last change is forgotten."""
        self.last_change = None
        super().reboot()

    # Embedded Event Manager

    def load(self, entry: Entry) -> None:
        """As every device; applets come and go with the configuration that they stand in."""
        super().load(entry)
        self.register_applets()

    def register_applets(self) -> None:
        """Begin the countdowns of new and changed applets, end those of applets that are gone."""
        wanted = {
            entry.words[3]: found
            for entry in self.running.starting("event", "manager", "applet")
            if (found := _applet(entry)) is not None
        }
        for name in self.applets.keys() - wanted.keys():
            self.timer(f"applet {name}").cancel()
        for name, applet in wanted.items():
            if self.applets.get(name) != applet:
                self.timer(f"applet {name}").arm(applet[0], partial(self._fire, name, applet))
        self.applets = wanted

    def _fire(self, name: str, applet: tuple[int, int, tuple[tuple[str, str], ...]]) -> None:
        self.run(self._type(name, applet))

    async def _type(self, name: str, applet: tuple[int, int, tuple[tuple[str, str], ...]]) -> None:
        """What an applet types, in the order of its labels as text, for no longer than it may run."""
        self.typing.add(name)
        try:
            async with asyncio.timeout(applet[1] * self.minute / 60):
                await self.console(command for _, command in sorted(applet[2]))
        except TimeoutError:
            pass
        finally:
            self.typing.discard(name)


def _applet(entry: Entry) -> tuple[int, int, tuple[tuple[str, str], ...]] | None:
    """What an applet is: 20 seconds are the longest that one may run if it does not say."""
    event = entry.value("event", "timer", "countdown").split()
    if not event:
        return None
    maxrun = int(event[3]) if len(event) > 3 else 20
    actions = tuple((line.words[1], line.words[4].strip('"')) for line in entry.starting("action"))
    return int(event[1]), maxrun, actions
