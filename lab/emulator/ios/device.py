"""What an IOS router or switch is and what its configuration means, whoever sits at it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.device import Device, SnmpAccess, SnmpUser, Spec
from lab.emulator.interfaces import Port, kind_of, speed_and_type, split_interface
from lab.emulator.reach import EVERY_PORT, EVERYBODY, Filter, Line, Route
from lab.emulator.secrets import is_stored, type7_clear
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from datetime import datetime

PHYSICAL = ("FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "Ethernet", "Serial")
LOGICAL = ("Loopback", "Vlan", "Tunnel", "Port-channel", "Null")

# Ports of the model: kind and numbers.
MODELS = {
    "WS-C3560G-24TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 29)),
    "WS-C3560G-48TS": tuple(f"GigabitEthernet0/{number}" for number in range(1, 53)),
    "CISCO2911/K9": tuple(f"GigabitEthernet0/{number}" for number in range(3)),
}

_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ospf": 89}


class IosBox(Device):
    """A router or switch that speaks IOS."""

    grammar = ("ios/ios",)
    pager = Pager(" --More-- ", "\b" * 10 + " " * 10 + "\b" * 10)

    def __init__(self, spec: Spec) -> None:
        self.switch = spec.model.startswith("WS-C")
        self.factory_name = "Switch" if self.switch else "Router"
        self._physical = _ports_of(spec)
        # Users of SNMPv3: IOS keeps them apart from the configuration text.
        self.snmp_users: dict[str, tuple[str, SnmpUser]] = {}
        # Where a confirmed change goes back to.
        self.before: Entry | None = None
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
            addresses = tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in addresses_of(entry))
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
                    entry.value("ip", "vrf", "forwarding"),
                )
            )
        return tuple(found)

    def routes(self) -> tuple[Route, ...]:
        """`ip route`: a next hop, an interface, or both; Null0 throws away."""
        found = []
        for entry in self.running.starting("ip", "route"):
            words = list(entry.words[2:])
            instance = ""
            if words[0] == "vrf":
                instance, words = words[1], words[2:]
            hops = [word for word in words[2:4] if word.count(".") == 3]
            interface = "" if words[2][0].isdigit() or words[2].startswith("Null") else words[2]
            network = IPv4Network(f"{words[0]}/{words[1]}", strict=False)
            found.append(Route(network, IPv4Address(hops[0]) if hops else None, interface, instance))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on it, or a BGP neighbour is on its network."""
        here = self.running.child("interface", port.name)
        if here is not None and len(here.value("ip", "ospf").split()) == 3 and " area " in here.value("ip", "ospf"):
            return True
        for process in self.running.starting("router", "ospf"):
            silent = {entry.words[1] for entry in process.starting("passive-interface")}
            woken = {entry.words[2] for entry in process.starting("no", "passive-interface")}
            if port.name in silent or ("default" in silent and port.name not in woken):
                continue
            for line in process.starting("network"):
                place, wildcard = (int(IPv4Address(word)) for word in line.words[1:3])
                if any((int(a.ip) ^ place) & ~wildcard & 0xFFFFFFFF == 0 for a in port.addresses):
                    return True
        peers = [
            line.words[1] for process in self.running.starting("router", "bgp") for line in process.starting("neighbor")
        ]
        return any(IPv4Address(peer) in a.network for peer in peers if peer.count(".") == 3 for a in port.addresses)

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """`ip access-group`: what no line is about is dropped; a list that does not exist lets everything through."""
        entry = self.running.child("interface", interface)
        found: dict[str, Filter] = {}
        for line in entry.starting("ip", "access-group") if entry is not None else ():
            rows = self._rows(line.words[2])
            if rows:
                found[line.words[3]] = Filter(tuple(map(_line, rows)), default=False)
        return found.get("in"), found.get("out")

    def _rows(self, name: str) -> list[list[str]]:
        """The lines of an access list, numbered or named, without what stands in front of `permit` or `deny`."""
        root = self.running
        named = root.child("ip", "access-list", "standard", name) or root.child("ip", "access-list", "extended", name)
        lines = [entry.words for entry in named.ordered()] if named is not None else []
        lines += [entry.words[2:] for entry in root.starting("access-list", name)]
        return [[line[0].strip(), *line[1:]] for line in lines if line[0].strip() in ("permit", "deny")]

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
        """A reload forgets the confirmed change."""
        self.before = None

    def reboot(self) -> None:
        """As every device; the time of the last change is forgotten."""
        self.last_change = None
        super().reboot()


def addresses_of(interface: Entry) -> list[Entry]:
    """The lines that give an interface its addresses."""
    return [entry for entry in interface.starting("ip", "address") if len(entry.words) >= 4]


def _ports_of(spec: Spec) -> tuple[str, ...]:
    names = [*MODELS.get(spec.model, ())]
    for name in (*spec.interfaces, spec.management_interface):
        base = name.partition(".")[0]
        if base and base not in names and not base.startswith(LOGICAL):
            names.append(base)
    return tuple(sorted(names, key=natural))


def _line(row: list[str]) -> Line:
    """A line of a standard or an extended list."""
    permit, words = row[0] == "permit", row[1:]
    if words[0] in ("any", "host") or words[0].count(".") == 3:
        # A standard list's address may stand alone.
        rest = [word for word in words if word not in ("host", "log")]
        if rest[0] == "any":
            return Line(permit)
        return Line(permit, source=(int(IPv4Address(rest[0])), int(IPv4Address(rest[1])) if len(rest) > 1 else 0))
    protocol = int(words[0]) if words[0].isdecimal() else _PROTOCOLS.get(words[0])
    rest = words[1:]
    source, rest = _place(rest)
    source_ports, rest = _port_range(rest)
    destination, rest = _place(rest)
    destination_ports, rest = _port_range(rest)
    return Line(permit, protocol, source, destination, source_ports, destination_ports, "established" in rest)


def _place(words: list[str]) -> tuple[tuple[int, int], list[str]]:
    if words[0] == "any":
        return EVERYBODY, words[1:]
    if words[0] == "host":
        return (int(IPv4Address(words[1])), 0), words[2:]
    return (int(IPv4Address(words[0])), int(IPv4Address(words[1]))), words[2:]


def _port_range(words: list[str]) -> tuple[range, list[str]]:
    if not words or words[0] not in ("eq", "gt", "lt", "range"):
        return EVERY_PORT, words
    number = int(words[1])
    if words[0] == "range":
        return range(number, int(words[2]) + 1), words[3:]
    ranges = {"eq": range(number, number + 1), "gt": range(number + 1, 65536), "lt": range(number)}
    return ranges[words[0]], words[2:]
