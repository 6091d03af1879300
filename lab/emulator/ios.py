"""Our model of classic Cisco IOS on a Catalyst 3560 (12.2) and on an ISR router (15).

Made from Cisco's published configuration guides and command references: modes and prompts, `%` texts with the caret,
hidden defaults, type 5 and 7 secrets, the questions of copy, write and reload, and the configuration rollback
confirmed change of “Configuration Replace and Configuration Rollback”. Marked “unverified” where no page was found.
"""

from __future__ import annotations

import re
import zlib
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.device import (
    Device,
    LogoutError,
    Port,
    SnmpAccess,
    SnmpUser,
    Spec,
    kind_of,
    speed_and_type,
    split_interface,
)
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.secrets import is_stored, type7_clear
from lab.emulator.shell import Refusal, Shell
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from lab.emulator.terminal import Terminal

PHYSICAL = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Ethernet", "Serial")
LOGICAL = ("Loopback", "Vlan", "Tunnel", "Port-channel", "Null")
# Ports of the model: kind and numbers.
MODELS = {
    "WS-C3560G-24TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 29)),
    "WS-C3560G-48TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 53)),
    "CISCO2911/K9": tuple(f"GigabitEthernet0/{number}" for number in range(3)),
}

_ERRORS = {
    Kind.UNRECOGNIZED: "% Invalid input detected at '^' marker.",
    Kind.WRONG: "% Invalid input detected at '^' marker.",
    Kind.TOO_MANY: "% Invalid input detected at '^' marker.",
}
_PRIVATE_CIPHERS = {"des56": "DES", "3des": "3DES"}


class IosDevice(Device):
    """A router or switch that speaks IOS."""

    grammar = "ios"
    pager = Pager(" --More-- ", "\b" * 10 + " " * 10 + "\b" * 10)

    def __init__(self, spec: Spec) -> None:
        self.switch = spec.model.startswith("WS-C")
        self.factory_name = "Switch" if self.switch else "Router"
        self._physical = _ports_of(spec)
        # Users of SNMPv3: IOS keeps them apart from the configuration text.
        self.snmp_users: dict[str, tuple[str, SnmpUser]] = {}
        self.revert: Entry | None = None
        self.revert_timer: asyncio.Task[None] | None = None
        self.revert_at = 0.0
        self.reload_timer: asyncio.Task[None] | None = None
        self.reload_at = 0.0
        self.last_change: tuple[datetime, str] | None = None
        super().__init__(spec)

    def factory(self) -> Entry:
        """Ports, VLAN 1 on a switch, console and terminal lines."""
        root = Entry()
        for name in (*self._physical, *(("Vlan1",) if self.switch else ())):
            self._fixed(root, f"interface {name}")
        for line in ("line con 0", "line vty 0 4", "line vty 5 15"):
            self._fixed(root, line)
        return root

    def _fixed(self, parent: Entry, line: str) -> None:
        match = self.views["config"].match(line, self)
        parent.put(Entry(match.words, match.words, match.rule)).fixed = True

    async def first_boot(self) -> None:
        """As every device; SNMPv3 users are typed at the console too, for no configuration text holds them."""
        if self.spec.snmp is not None:
            self.snmp_users = {user.name: (user.name, user) for user in self.spec.snmp.users}
        await super().first_boot()

    def session(self, terminal: Terminal, user: str, level: int) -> IosSession:
        """A session: at `#` for level 15, else at `>`."""
        return IosSession(self, terminal, user, level)

    @property
    def name(self) -> str:
        """The hostname."""
        return self.running.value("hostname") or self.factory_name

    @property
    def encrypts(self) -> bool:
        """`service password-encryption`."""
        return self.running.child("service", "password-encryption") is not None

    def body(self, entry: Entry) -> str:
        """A configuration's lines, from `version` to `end`."""
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
        changed = ""
        if self.last_change is not None:
            when, user = self.last_change
            changed = f"!\n! Last configuration change at {when:%H:%M:%S UTC %a %b %-d %Y} by {user}\n"
        return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{changed}{body}"

    def interface_name(self, text: str) -> str | None:
        """`gi0/1` → `GigabitEthernet0/1`; None for a kind or a port that the model lacks."""
        parts = split_interface(text)
        if parts is None:
            return None
        kind = kind_of(parts[0], (*PHYSICAL, *LOGICAL))
        if kind is None:
            return None
        name = kind + parts[1]
        if kind in LOGICAL:
            return name if parts[1].isdecimal() else None
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Physical ports are there or not; a sub-interface needs its port, and a router."""
        base, dot, _ = interface.partition(".")
        return (base in self._physical and not (dot and self.switch)) or interface.startswith(LOGICAL)

    # Who may come in

    @property
    def _terminals(self) -> list[Entry]:
        return self.running.starting("line", "vty")

    @property
    def session_limit(self) -> int:
        """Lines 0 to 15."""
        return sum(
            int(line.words[-1]) - int(line.words[2]) + 1 if len(line.words) > 3 else 1 for line in self._terminals
        )

    @property
    def ssh_enabled(self) -> bool:
        """Some terminal line takes SSH; the domain name that the key needs is there."""
        named = self.running.value("ip", "domain-name") or self.running.value("ip", "domain", "name")
        return bool(named) and any(
            not line.value("transport", "input") or {"ssh", "all"} & set(line.value("transport", "input").split())
            for line in self._terminals
        )

    def admits(self, source: IPv4Address) -> bool:
        """`access-class … in` on the terminal lines: one of them must let the address in."""
        return any(
            self.permits(line.starting("access-class")[0].words[1], source) if line.starting("access-class") else True
            for line in self._terminals
        )

    def permits(self, name: str, source: IPv4Address) -> bool:
        """A standard access list by source; one that does not exist lets everybody in."""
        return SnmpAccess(filters={"": self._list(name)}).permits("", source)

    def _list(self, name: str) -> tuple[tuple[bool, int, int], ...]:
        root = self.running
        entry = root.child("ip", "access-list", "standard", name)
        if entry is not None:
            rows = [
                [line.words[0].strip(), *line.words[1:]]
                for line in entry.ordered()
                if line.words[0].strip() in ("permit", "deny")
            ]
        else:
            rows = [[line.words[2].strip(), *line.words[3:]] for line in root.starting("access-list", name)]
        if not rows:
            return ((True, 0, 0xFFFFFFFF),)
        lines = []
        for row in rows:
            words = [word for word in row[1:] if word not in ("log", "host")]
            if words[0] == "any":
                lines.append((row[0] == "permit", 0, 0xFFFFFFFF))
            else:
                wildcard = int(IPv4Address(words[1])) if len(words) > 1 else 0
                lines.append((row[0] == "permit", int(IPv4Address(words[0])), wildcard))
        return tuple(lines)

    def clear(self, stored: str) -> str | None:
        """The value of a password as it stands in the configuration: bare, type 7, or a hash that was made here."""
        return self.vault.clear(stored) or (None if is_stored(stored) else stored)

    @property
    def _local_login(self) -> bool:
        if self.running.child("aaa", "new-model") is not None:
            return "local" in self.running.value("aaa", "authentication", "login", "default").split()
        return any(line.value("login") == "local" for line in self._terminals)

    def _level(self, user: str) -> int:
        entry = self.running.child("username", user)
        if self.running.child("aaa", "new-model") is not None and "local" not in self.running.value(
            "aaa", "authorization", "exec", "default"
        ):
            return 1
        words = list(entry.words) if entry is not None else []
        return int(words[words.index("privilege") + 1]) if "privilege" in words else 1

    def password_level(self, user: str, password: str) -> int | None:
        """A local user's."""
        entry = self.running.child("username", user)
        if entry is None or not self._local_login or len(entry.words) < 4:
            return None
        kind, text = entry.words[-2], entry.words[-1]
        clear = type7_clear(text) if kind == "7" else self.clear(text)
        return self._level(user) if clear == password else None

    def key_level(self, user: str) -> int | None:
        """A local user who has a key."""
        return self._level(user) if self.running.child("username", user) is not None and self._local_login else None

    # What it measures

    def routed(self, entry: Entry) -> bool:
        """Whether an interface takes addresses: on a switch a port does after `no switchport`."""
        physical = entry.words[1].startswith(PHYSICAL)
        return not (self.switch and physical) or entry.child("no", "switchport") is not None

    def ports(self) -> tuple[Port, ...]:
        """The interfaces; a port is up when nobody shut it down."""
        found = []
        for index, entry in enumerate(self.running.starting("interface"), start=1):
            name = entry.words[1]
            mbps, kind = speed_and_type(name)
            enabled = entry.child("shutdown") is None
            addresses = tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in _addresses(entry))
            speed = entry.value("speed")
            # A Catalyst numbers its ports 10101 on; what matters is that the number stays.
            found.append(
                Port(
                    index
                    if not self.switch or not name.startswith("Gigabit")
                    else 10100 + int(name.rpartition("/")[2]),
                    name,
                    entry.value("description"),
                    enabled,
                    enabled,
                    addresses if self.routed(entry) else (),
                    int(speed) if speed.isdecimal() else mbps,
                    kind,
                    int(entry.value("mtu") or 1500),
                )
            )
        return tuple(found)

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
                filters[name] = self._list(lists[-1])
        users = []
        for group, user in self.snmp_users.values():
            lines = root.starting("snmp-server", "group", group, "v3")
            if not lines:
                continue
            users.append(user)
            words = lines[0].words
            if "access" in words:
                filters[user.name] = self._list(words[words.index("access") + 1])
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
        self.revert = self.running.copy()
        self.extend_revert(minutes)

    def extend_revert(self, minutes: int) -> None:
        """Start the timer (again)."""
        if self.revert_timer is not None:
            self.revert_timer.cancel()
        seconds = minutes * self.spec.minute
        self.revert_at = self.uptime + seconds
        self.revert_timer = self.after(seconds, self.revert_now)

    def revert_now(self) -> None:
        """Go back."""
        before = self.revert
        self.confirm()
        if before is not None:
            self.load(before)

    def confirm(self) -> None:
        """Keep the configuration as it is."""
        if self.revert_timer is not None:
            self.revert_timer.cancel()
        self.revert = self.revert_timer = None

    def forget_timers(self) -> None:
        """A reload forgets both."""
        self.revert = self.revert_timer = self.reload_timer = None

    def reboot(self, seconds: float = 1.0) -> None:
        """As every device; the time of the last change is forgotten."""
        self.last_change = None
        super().reboot(seconds)


def _addresses(interface: Entry) -> list[Entry]:
    return [entry for entry in interface.starting("ip", "address") if len(entry.words) >= 4]


def _ports_of(spec: Spec) -> tuple[str, ...]:
    names = [*MODELS.get(spec.model, ())]
    for name in (*spec.interfaces, spec.management_interface):
        base = name.partition(".")[0]
        if base and base not in names and not base.startswith(LOGICAL):
            names.append(base)
    return tuple(sorted(names, key=natural))


class IosSession(Shell):
    """A user at an IOS command line."""

    device: IosDevice
    negation = "no"
    root_view = "config"
    outer_view = "privileged"
    climbs = False

    def __init__(self, device: IosDevice, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._banner: tuple[Match, str, list[str]] | None = None

    @property
    def view(self) -> str:
        """As everywhere; outside the configuration it goes by the level."""
        return super().view if self.path else "privileged" if self.level >= 15 else "user"

    def prompt(self) -> str:
        """`H>`, `H#`, `H(config-if)#`; in configuration the name is cut at 20 characters."""
        if self._banner is not None:
            return ""
        if not self.path:
            return f"{self.device.name}{'#' if self.level >= 15 else '>'}"
        rule = self.path[-1].rule
        mode = "" if rule is None else "-" + rule.get("prompt")
        return f"{self.device.name[:20]}(config{mode})#"

    def greeting(self) -> str:
        """The message of the day."""
        text = self.device.running.value("banner", "motd")
        return text.replace("^C", "") + "\n\n" if text else "\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `%`, unless it only tells something."""
        for line in answer.split("\n"):
            if line.startswith("%") and not line.startswith(("% Generating", "% The key", "% Warning", "%Warning")):
                return line.strip()
        return ""

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if self._banner is not None:
            self._more_banner(line)
            return
        if line == "\x1a":
            self.path, self.twins = [], []
            return
        if not line.strip() or line.lstrip().startswith("!"):
            return
        await self.run_line(line)

    def complain(self, error: LineError) -> None:
        """A caret under the place, or the text alone."""
        if error.kind is Kind.INCOMPLETE:
            self.terminal.write("% Incomplete command.\n\n")
        elif error.kind is Kind.AMBIGUOUS:
            self.terminal.write(f'% Ambiguous command:  "{self._line}"\n')
        else:
            self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{_ERRORS[error.kind]}\n\n")

    async def run_line(self, line: str) -> None:
        """Remember the line for `% Ambiguous command`."""
        self._line = line.strip()
        await super().run_line(line)

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """As everywhere; what is typed in configuration mode counts as a change, as on IOS."""
        configuring = bool(self.path)
        await super().carry_out(match, negated=negated)
        if configuring and match.rule.get("do") not in ("exit", "end", "do"):
            self.device.last_change = (self.device.now(), self.user)

    def stored(self, match: Match) -> tuple[str, ...]:
        """Keys as type 7 when the device encrypts, else as they are."""
        words = list(match.words)
        for place in reversed(match.secrets):
            if self.device.encrypts:
                words[place : place + 1] = ["7", self.device.vault.type7(words[place])]
        return tuple(words)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """A value that is the default is not shown: the line goes away."""
        default = match.rule.get("default")
        value = " ".join(words[match.identity :])
        if default and (value == default or (not value and match.identity)):
            for entry in (self.here, *self.twins):
                entry.children.pop(words[: match.identity], None)
            return self.here
        return super().put(match, words)

    # Modes

    async def do_enable(self, _match: Match) -> None:
        """To privileged mode, by the enable secret."""
        if self.level >= 15:
            return
        stored = self.device.running.value("enable", "secret") or self.device.running.value("enable", "password")
        if not stored:
            raise Refusal("% Error in authentication.")
        kind, _, text = stored.rpartition(" ")
        clear = type7_clear(text) if kind == "7" else self.device.clear(text)
        for _ in range(3):
            if await self.terminal.ask("Password: ", echo=False) == clear:
                self.level = 15
                return
        raise Refusal("% Access denied\n")

    def do_disable(self, _match: Match) -> None:
        """Back to user mode."""
        self.level = 1

    def do_exit(self, _match: Match) -> None:
        """One mode up, out of the first to the door."""
        if not self.path:
            raise LogoutError
        self.path, self.twins = self.path[:-1], []

    def do_logout(self, _match: Match) -> None:
        """Leave."""
        raise LogoutError

    def do_end(self, _match: Match) -> None:
        """To privileged mode."""
        if not self.path:
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
        self.path, self.twins = [], []

    async def do_do(self, match: Match) -> None:
        """A command of privileged mode from inside the configuration."""
        if not self.path:
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        path, twins = self.path, self.twins
        self.path, self.twins = [], []
        try:
            await Shell.run_line(self, match.words[1])
        finally:
            self.path, self.twins = path, twins

    def do_configure_terminal(self, _match: Match) -> None:
        """Into the configuration."""
        self.terminal.write("Enter configuration commands, one per line.  End with CNTL/Z.\n")
        self.path = [self.device.running]

    # Rollback confirmed change

    def _archived(self) -> None:
        archive = self.device.running.child("archive")
        if archive is None or not archive.value("path"):
            # Without an archive path there is nothing to go back to; the wording is unverified.
            raise Refusal("%ERROR: Archive is not configured: rollback needs `archive` with a `path`.")

    def do_configure_revert(self, match: Match) -> None:
        """Into the configuration, with a timer that takes everything back."""
        self._archived()
        if self.device.revert is not None:
            raise Refusal("%ERROR: Rollback Confirmed Change is already in progress.")  # unverified wording
        path = self.device.running.child("archive")
        target = path.value("path") if path is not None else ""
        self.terminal.write(f"Rollback Confirmed Change: Backing up current running config to {target}-1\n\n")
        self.device.arm_revert(int(match.words[4]))
        self.do_configure_terminal(match)

    def do_configure_confirm(self, _match: Match) -> None:
        """Keep what was changed."""
        if self.device.revert is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.device.confirm()

    def do_configure_revert_now(self, _match: Match) -> None:
        """Go back at once."""
        if self.device.revert is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.terminal.write("Rollback Confirmed Change: rolling back now\n")
        self.device.revert_now()

    def do_configure_revert_extend(self, match: Match) -> None:
        """Start the timer again."""
        if self.device.revert is None:
            raise Refusal("%No Rollback Confirmed Change pending\n")
        self.device.extend_revert(int(match.words[3]))

    def do_show_rollback_timer(self, _match: Match) -> None:
        """Whether something is pending."""
        if self.device.revert is None:
            self.terminal.write("%No Rollback Confirmed Change pending\n")
            return
        left = max(0.0, self.device.revert_at - self.device.uptime) / self.device.spec.minute
        self.terminal.write(
            f"Time configured(or reconfigured): {self.device.now():%H:%M:%S UTC %a %b %d %Y}\n"
            f"Timer type: absolute timer\nTimer value: {max(1, round(left))} min\nUser: {self.user}\n"
        )

    def do_show_archive(self, _match: Match) -> None:
        """How much is archived."""
        archive = self.device.running.child("archive")
        if archive is None or not archive.value("path"):
            self.terminal.write("Archive feature not enabled\n")
            return
        self.terminal.write(f"The next archive file will be named {archive.value('path')}-1\n")

    # Configuration with a meaning of its own

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.device.changed()

    def do_no_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.device.running.child(*match.words)
        if entry is not None and entry.fixed:
            raise Refusal("% Removal of physical interfaces is not permitted")
        self.device.running.children.pop(match.words, None)
        self.device.changed()

    def do_switchport(self, _match: Match) -> None:
        """A switch port again: addresses go."""
        self.here.children.pop(("no", "switchport"), None)
        if self.device.switch:
            self.here.remove(("ip", "address"))
        self.device.changed()

    def do_no_switchport(self, match: Match) -> None:
        """A routed port, on a switch."""
        if not self.device.switch:
            self.complain(LineError(Kind.UNRECOGNIZED, 3))
            return
        if not self.device.routed(self.here):
            self.here.remove(("switchport",))
            self.here.put(Entry(("no", "switchport"), ("no", "switchport"), match.rule))
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `secondary` adds one; no two interfaces may overlap."""
        here = self.here
        if not self.device.routed(here):
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        ip, mask = match.words[2], match.words[3]
        address = IPv4Interface(f"{ip}/{mask}")
        length = address.network.prefixlen
        ends = (address.network.network_address, address.network.broadcast_address)
        if length < 31 and address.ip in ends:
            raise Refusal(f"Bad mask /{length} for address {ip}")
        if address.ip.is_multicast or address.ip.is_loopback or address.ip.is_unspecified:
            raise Refusal("Not a valid host address - " + ip)
        secondary = match.words[-1] == "secondary"
        present = _addresses(here)
        primary = next((entry for entry in present if entry.words[-1] != "secondary"), None)
        if secondary and primary is None:
            raise Refusal("% Primary address must be configured first")  # unverified wording
        vrf = here.value("ip", "vrf", "forwarding")
        for other in self.device.running.starting("interface"):
            if other.value("ip", "vrf", "forwarding") != vrf:
                continue
            for entry in _addresses(other):
                if other is here and (entry is primary or entry.words == match.words):
                    continue
                network = IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network
                if network.overlaps(address.network):
                    raise Refusal(f"% {address.network.network_address} overlaps with {other.words[1]}")
        here.put(Entry(match.words, match.words if secondary else ("ip", "address"), match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """The named address: secondaries go before the primary."""
        entry = next((entry for entry in _addresses(self.here) if entry.words == match.words), None)
        if entry is None:
            raise Refusal("% Invalid address")  # unverified wording
        if match.words[-1] != "secondary" and len(_addresses(self.here)) > 1:
            raise Refusal("Must delete secondary before deleting primary")
        del self.here.children[entry.key]
        self.device.changed()

    def do_no_ip_address_all(self, _match: Match) -> None:
        """All addresses."""
        self.here.remove(("ip", "address"))
        self.device.changed()

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_shutdown(self, _match: Match) -> None:
        """Up."""
        self.here.remove(("shutdown",))
        self.device.changed()

    def do_password_encryption(self, match: Match) -> None:
        """From now on passwords are shown as type 7, those that are there too."""
        root = self.device.running
        root.put(Entry(match.words, match.words, match.rule))
        for entry in [child for _, child in root.walk()]:
            if entry.rule is None or "password" not in entry.words[:-1]:
                continue
            place = entry.words.index("password")
            if entry.words[0] in ("username", "enable", "password") and entry.words[place + 1] not in ("5", "7", "9"):
                entry.words = (*entry.words[: place + 1], "7", self.device.vault.type7(entry.words[-1]))

    def do_no_password_encryption(self, match: Match) -> None:
        """New passwords are shown as they are; the old ones stay as they were."""
        self.device.running.remove(match.words)

    def _secret(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """`[0] CLEAR` or a stored form, behind `secret`; written back as type 5."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind in ("5", "9"):
            if not is_stored(text):
                raise Refusal("ERROR: The secret you entered is not a valid encrypted secret.")
            return (kind, text)
        least = int(self.device.running.value("security", "passwords", "min-length") or 0)
        if len(text) < least:
            raise Refusal(f"% Password too short - must be at least {least} characters. Password configuration failed")
        return ("5", self.device.vault.type5(text))

    def _password(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """As `_secret` for a password that can be read back."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind == "7":
            if type7_clear(text) is None:
                raise Refusal("Invalid encrypted password: " + text)
            return (kind, text)
        least = int(self.device.running.value("security", "passwords", "min-length") or 0)
        if len(text) < least:
            raise Refusal(f"% Password too short - must be at least {least} characters. Password configuration failed")
        return ("7", self.device.vault.type7(text)) if self.device.encrypts else ("0", text)

    def do_enable_secret(self, match: Match) -> None:
        """The enable secret, hashed."""
        super().put(match, ("enable", "secret", *self._secret(match.words[2:])))

    def do_password(self, match: Match) -> None:
        """A password on a line or for enable."""
        stored = self._password(match.words[match.identity :])
        words = (*match.key, *(stored[1:] if stored[0] == "0" else stored))
        super().put(match, words)

    def do_username(self, match: Match) -> None:
        """A user; what the line does not say stays as it was."""
        user = match.words[1]
        present = self.device.running.child("username", user)
        old = list(present.words[2:]) if present is not None else []
        privilege = old[: 2 if old[:1] == ["privilege"] else 0]
        proof = old[len(privilege) :]
        new = list(match.words[2:])
        if new[:1] == ["privilege"]:
            privilege, new = new[:2], new[2:]
            if privilege[1] == "1":
                privilege = []
        if new[:1] == ["secret"]:
            proof = ["secret", *self._secret(tuple(new[1:]))]
        elif new[:1] == ["password"]:
            proof = ["password", *self._password(tuple(new[1:]))]
        words = ("username", user, *privilege, *proof)
        self.device.running.put(Entry(words, ("username", user), match.rule))
        self.device.changed()

    def do_no_username(self, match: Match) -> None:
        """The user goes, whatever else the line says."""
        self.device.running.children.pop(("username", match.words[1]), None)
        self.device.changed()

    def do_no_username_all(self, match: Match) -> None:
        """The user goes, after a question (IOS 15 asks so)."""
        self.device.running.children.pop(("username", match.words[2]), None)
        self.device.changed()

    def do_crypto_key(self, match: Match) -> None:
        """The host key is there from the start; making it again only says so. It needs a domain name."""
        root = self.device.running
        domain = root.value("ip", "domain-name") or root.value("ip", "domain", "name")
        if not domain:
            raise Refusal("% Please define a domain-name first.")
        bits = match.words[-1] if match.words[-1].isdecimal() else "1024"
        self.terminal.write(
            f"The name for the keys will be: {self.device.name}.{domain}\n\n"
            f"% The key modulus size is {bits} bits\n"
            f"% Generating {bits} bit RSA keys, keys will be non-exportable...[OK]\n\n"
        )

    def do_community(self, match: Match) -> None:
        """RO if nothing is said; IOS shows communities as they are."""
        words = [*match.words[:3]]
        rest = list(match.words[3:])
        if rest[:1] == ["view"]:
            words += rest[:2]
            rest = rest[2:]
        words.append((rest.pop(0) if rest[:1] in (["ro"], ["rw"]) else "ro").upper())
        super().put(match, (*words, *rest))
        self.device.changed()

    def do_snmp_user(self, match: Match) -> None:
        """Kept apart: `show running-config` never shows a user of SNMPv3."""
        words = list(match.words)
        name, group = words[2], words[3]
        auth = auth_key = priv = priv_key = ""
        if "auth" in words:
            place = words.index("auth")
            auth, auth_key = words[place + 1].upper(), words[place + 2]
        if "priv" in words:
            place = words.index("priv")
            aes = words[place + 1] == "aes"
            bits = words[place + 2] if aes else ""
            priv = ("AES" if bits == "128" else f"AES{bits}") if aes else _PRIVATE_CIPHERS[words[place + 1]]
            priv_key = words[place + (3 if aes else 2)]
        for key in (auth_key, priv_key):
            if key and len(key) < 8:
                raise Refusal("% Invalid input: the password must have at least 8 characters")  # unverified wording
        self.device.snmp_users[name] = (group, SnmpUser(name, auth, auth_key, priv, priv_key))
        self.device.changed()

    def do_no_snmp_user(self, match: Match) -> None:
        """The user goes."""
        self.device.snmp_users.pop(match.words[2], None)
        self.device.changed()

    def do_access_list(self, match: Match) -> None:
        """One line of a numbered list; `host A` is written back as A."""
        words = _standard(match.words[2:])
        line = ("access-list", match.words[1], *words)
        self.here.put(Entry(line, line, match.rule))
        self.device.changed()

    def do_no_access_list(self, match: Match) -> None:
        """`no access-list N …` takes the whole list away, whatever else the line says: so does IOS."""
        self.device.running.remove(match.words[:2])
        self.device.changed()

    def _entry(self, match: Match, words: tuple[str, ...]) -> None:
        """A line of a named list: its number, given or the next ten, is its place and is not shown (IOS 12.2)."""
        here = self.here
        key = _entry_key(words)
        numbers = [entry.number for entry in here.children.values()]
        if match.words[0].isdecimal():
            number = int(match.words[0])
            if any(entry.number == number and entry.key != key for entry in here.children.values()):
                raise Refusal("% Duplicate sequence number")
            here.children.pop(key, None)
        elif key in here.children:
            return
        else:
            number = max(numbers, default=0) // 10 * 10 + 10
        here.children[key] = Entry(words, key, match.rule, number=number)
        self.device.changed()

    def do_standard_entry(self, match: Match) -> None:
        """`permit` and `deny` of a standard list; IOS writes `deny` with three blanks."""
        words = match.words[1:] if match.words[0].isdecimal() else match.words
        self._entry(match, _standard(words))

    def do_extended_entry(self, match: Match) -> None:
        """A line of an extended list."""
        words = match.words[1:] if match.words[0].isdecimal() else match.words
        self._entry(match, words)

    def do_remark(self, match: Match) -> None:
        """A remark has its place among the lines."""
        self._entry(match, match.words)

    def negate(self, match: Match) -> None:
        """Entries of access lists are found by what they say."""
        if match.rule.get("do") in ("standard_entry", "extended_entry", "remark"):
            words = match.words[1:] if match.words[0].isdecimal() else match.words
            words = _standard(words) if match.rule.get("do") == "standard_entry" else words
            self.here.children.pop(_entry_key(words), None)
            self.device.changed()
            return
        super().negate(match)

    def do_no_entry(self, match: Match) -> None:
        """By its number: 10 is that of the first, 20 of the second."""
        number = int(match.words[1])
        entry = next((entry for entry in self.here.children.values() if entry.number == number), None)
        if entry is None:
            raise Refusal("% Access rule can't be deleted: no such sequence number")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def do_banner(self, match: Match) -> None:
        """A text between two equal marks, on one line or over several; written back with ^C."""
        text = match.words[2]
        mark = "^C" if text.startswith("^C") else text[0]
        body = text[len(mark) :]
        if mark in body:
            self._store_banner(match, body.partition(mark)[0])
            return
        self._banner = (match, mark, [body] if body else [])
        self.terminal.write(f"Enter TEXT message.  End with the character '{mark}'.\n")

    def _more_banner(self, line: str) -> None:
        assert self._banner is not None  # noqa: S101 - only called while there is one
        match, mark, lines = self._banner
        before, found, _ = line.partition(mark)
        lines.append(before)
        if found:
            self._banner = None
            self._store_banner(match, "\n".join(lines).rstrip("\n"))

    def _store_banner(self, match: Match, text: str) -> None:
        words = ("banner", match.words[1], f"^C{text}^C")
        self.device.running.put(Entry(words, words[:2], match.rule))

    def do_line(self, match: Match) -> None:
        """Lines as they are grouped; a range over several groups goes to all of them."""
        words = tuple("con" if word == "console" else word for word in match.words)
        present = self.device.running.child(*words)
        if present is not None:
            self.path, self.twins = [self.device.running, present], []
            return
        if words[1] != "vty":
            entry = self.device.running.put(Entry(words, words, match.rule))
            self.path, self.twins = [self.device.running, entry], []
            return
        first, last = int(words[2]), int(words[-1])
        groups = [line for line in self.device.running.starting("line", "vty") if _within(line, first, last)]
        if last < first or not groups:
            raise Refusal("% Bad line number - not a group of lines in this model")
        self.path, self.twins = [self.device.running, groups[0]], groups[1:]

    def do_access_class(self, match: Match) -> None:
        """One list a direction."""
        for entry in (self.here, *self.twins):
            entry.put(Entry(match.words, ("access-class", match.words[2]), match.rule))
        self.device.changed()

    def do_login(self, match: Match) -> None:
        """`login` or `login local`."""
        super().put(match, match.words)
        self.device.changed()

    def do_no_login(self, _match: Match) -> None:
        """Nobody is asked."""
        for entry in (self.here, *self.twins):
            entry.remove(("login",))
        self.device.changed()

    # Saving and reloading

    def do_write(self, _match: Match) -> None:
        """Save, without a question."""
        self.terminal.write("Building configuration...\n")
        self.device.save()
        self.terminal.write("[OK]\n")

    async def do_copy(self, _match: Match) -> None:
        """Save, after asking for the name."""
        name = (await self.terminal.ask("Destination filename [startup-config]? ")).strip()
        if name in ("", "startup-config", "y"):
            self.do_write(_match)
        else:
            raise Refusal(f"%Error opening nvram:{name} (No such file or directory)")

    async def do_erase(self, _match: Match) -> None:
        """Forget the saved configuration."""
        question = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
        if _confirmed(await self.terminal.ask(question)):
            self.device.saved = None
            self.terminal.write("[OK]\nErase of nvram: complete\n")

    async def _save_first(self) -> None:
        saved = self.device.saved
        if saved is not None and saved.same(self.device.running):
            return
        while True:
            answer = (await self.terminal.ask("\nSystem configuration has been modified. Save? [yes/no]: ")).strip()
            if answer.lower() in ("y", "yes"):
                self.do_write(Match(self.device.views["privileged"].rules[0], (), 0))
                return
            if answer.lower() in ("n", "no"):
                return
            self.terminal.write("% Please answer 'yes' or 'no'.\n")

    async def do_reload(self, _match: Match) -> None:
        """Reload; what is not saved is asked about first."""
        await self._save_first()
        if not _confirmed(await self.terminal.ask("Proceed with reload? [confirm]")):
            return
        self.device.reboot()
        raise LogoutError

    async def do_reload_in(self, match: Match) -> None:
        """Reload in minutes or hh:mm."""
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", match.words[2])
        if found is None:
            raise Refusal("% Invalid input detected at '^' marker.")
        minutes = int(found[1] or 0) * 60 + int(found[2])
        await self._save_first()
        when = f"in {minutes // 60} hours and {minutes % 60} minutes" if minutes >= 60 else f"in {minutes} minutes"
        self.terminal.write(f"Reload scheduled {when} by {self.user} on vty0\n")
        if not _confirmed(await self.terminal.ask("Proceed with reload? [confirm]")):
            return
        device = self.device
        if device.reload_timer is not None:
            device.reload_timer.cancel()
        seconds = minutes * device.spec.minute
        device.reload_at = device.uptime + seconds
        device.reload_timer = device.after(seconds, device.reboot)

    def do_reload_cancel(self, _match: Match) -> None:
        """Cancel the scheduled reload."""
        if self.device.reload_timer is None:
            raise Refusal("% No reload is scheduled.\n")
        self.device.reload_timer.cancel()
        self.device.reload_timer = None
        self.terminal.write("\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n")

    def do_show_reload(self, _match: Match) -> None:
        """How long the scheduled reload is away."""
        if self.device.reload_timer is None:
            self.terminal.write("No reload is scheduled.\n")
            return
        left = int(max(0, self.device.reload_at - self.device.uptime) / self.device.spec.minute)
        self.terminal.write(f"Reload scheduled in {left // 60} hours and {left % 60} minutes by {self.user}\n")

    # Looking

    async def do_show_running(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

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
            if not name.startswith(PHYSICAL):
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

    def do_terminal_length(self, match: Match) -> None:
        """For this session only; 0 is no paging."""
        self.terminal.height = int(match.words[2])

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = any(str(address.ip) == match.words[1] for port in self.device.ports() for address in port.addresses)
        self.terminal.write(
            "Type escape sequence to abort.\n"
            f"Sending 5, 100-byte ICMP Echos to {match.words[1]}, timeout is 2 seconds:\n"
            f"{'!!!!!' if own else '.....'}\n"
            f"Success rate is {100 if own else 0} percent ({5 if own else 0}/5)\n"
        )


def _confirmed(answer: str) -> bool:
    return answer.strip().lower() in ("", "y", "yes")


def _standard(words: tuple[str, ...]) -> tuple[str, ...]:
    """A standard entry as IOS 12.2 writes it."""
    rest = tuple(word for word in words[1:] if word != "host")
    if len(rest) > 1 and rest[1] == "0.0.0.0":  # noqa: S104 - a wildcard, not an address to listen on
        rest = (rest[0], *rest[2:])
    return ("deny  " if words[0] == "deny" else words[0], *rest)


def _entry_key(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("entry", *(word.strip() for word in words))


def _within(line: Entry, first: int, last: int) -> bool:
    return first <= int(line.words[2]) and int(line.words[-1]) <= last
