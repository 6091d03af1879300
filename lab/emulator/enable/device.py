"""What a configuration of the family means: ports, terminal lines, access lists, static routes."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import Device, SnmpAccess, Spec
from lab.emulator.interfaces import Port, kind_of, speed_and_type, split_interface
from lab.emulator.reach import EVERY_PORT, EVERYBODY, Filter, Line, Route
from lab.emulator.secrets import is_stored, type7_clear
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

MEASURED = 1000  # ports, and names of ports, that a device remembers
_PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ospf": 89}


class EnableDevice(Device):
    """A device of the family."""

    physical: tuple[str, ...]
    logical: tuple[str, ...]
    # Ports by model; a device of another model has what the inventory names.
    models: ClassVar[Mapping[str, tuple[str, ...]]]
    # What stands between kind and number in an interface's name.
    gap = ""

    def __init__(self, spec: Spec) -> None:
        self.port_names = self._ports_of(spec)
        self._measured: dict[Hashable, Port] = {}
        self._named: dict[str, str | None] = {}  # what has been asked for, for the box's ports do not change
        super().__init__(spec)

    def _ports_of(self, spec: Spec) -> tuple[str, ...]:
        names = [*self.models.get(spec.model, ())]
        for name in (*spec.interfaces, spec.management_interface):
            base = self._spelled(name.partition(".")[0])
            if base and base not in names and not base.startswith(self.logical):
                names.append(base)
        return tuple(sorted(names, key=natural))

    def _spelled(self, name: str) -> str:
        """A name in the device's own spelling; as it is if it is no interface of this family."""
        parts = split_interface(name)
        kind = kind_of(parts[0], (*self.physical, *self.logical)) if parts is not None else None
        return name if parts is None or kind is None else kind + self.gap + parts[1]

    def fixed(self, parent: Entry, line: str) -> Entry:
        """Put what the box has from the start, and keeps."""
        match = self.views["config"].match(line, self)
        entry = parent.put(Entry(match.words, match.words, match.rule))
        entry.fixed = True
        return entry

    @property
    def switch(self) -> bool:
        """Whether a port takes no address until it is made a routed one."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """The hostname."""
        return self.running.value("hostname") or self.factory_name

    @property
    def encrypts(self) -> bool:
        """`service password-encryption`."""
        return self.running.child("service", "password-encryption") is not None

    def interface_name(self, text: str) -> str | None:
        """`gi0/1` → `GigabitEthernet0/1`; None for a kind or a port that the model lacks."""
        if text not in self._named:
            if len(self._named) > MEASURED:
                self._named.clear()
            self._named[text] = self._full_name(text)
        return self._named[text]

    def _full_name(self, text: str) -> str | None:
        parts = split_interface(text)
        if parts is None:
            return None
        kind = kind_of(parts[0], (*self.physical, *self.logical))
        if kind is None:
            return None
        name = kind + self.gap + parts[1]
        if kind in self.logical:
            return name if parts[1].isdecimal() else None
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Physical ports are there or not; a sub-interface needs its port, and a router."""
        base, dot, _ = interface.partition(".")
        return (base in self.port_names and not (dot and self.switch)) or interface.startswith(self.logical)

    def message(self) -> str:
        """As `logging` shows it without `logging synchronous`: on a line of its own."""
        return f"\n*{self.now():%b %e %H:%M:%S}.123: %SYS-5-CONFIG_I: Configured from console by vty0\n"

    # Who may come in

    @property
    def terminals(self) -> list[Entry]:
        """The lines for users who come by the network."""
        return self.running.starting("line", "vty")

    @property
    def session_limit(self) -> int:
        """As many as the terminal lines."""
        return sum(
            int(line.words[-1]) - int(line.words[2]) + 1 if len(line.words) > 3 else 1 for line in self.terminals
        )

    @property
    def takes_ssh(self) -> bool:
        """Whether some terminal line takes SSH."""
        return self.takes("ssh")

    def takes(self, service: str) -> bool:
        """Whether some terminal line takes SSH, or telnet."""
        taken = (line.value("transport", "input").split() for line in self.terminals)
        return any(not words or service in words or "all" in words for words in taken)

    def admits(self, source: IPv4Address) -> bool:
        """`access-class … in` on the terminal lines: one of them must let the address in; a text may name none."""
        lines = self.terminals
        return not lines or any(
            self.permits(line.starting("access-class")[0].words[1], source) if line.starting("access-class") else True
            for line in lines
        )

    def permits(self, name: str, source: IPv4Address) -> bool:
        """An access list by source; one that does not exist lets everybody in."""
        return SnmpAccess(filters={"": self.sources(name)}).permits("", source)

    def sources(self, name: str) -> tuple[tuple[bool, int, int], ...]:
        """The lines of an access list as far as they are about the source: permit, address, wildcard."""
        rows = self.rows(name)
        if not rows:
            return ((True, *EVERYBODY),)
        return tuple((line.permit, *line.source) for line in map(_line, rows))

    def rows(self, name: str) -> list[list[str]]:
        """The lines of an access list, numbered or named, without what stands in front of `permit` or `deny`."""
        root = self.running
        named = root.child("ip", "access-list", "standard", name) or root.child("ip", "access-list", "extended", name)
        lines = [entry.words for entry in named.ordered()] if named is not None else []
        lines += [entry.words[2:] for entry in root.starting("access-list", name)]
        lines = [line[1:] if line[0].isdecimal() else line for line in lines]
        return [[line[0].strip(), *line[1:]] for line in lines if line[0].strip() in ("permit", "deny")]

    def clear(self, stored: str) -> str | None:
        """The value of a password as it stands in the configuration: bare, or a hash that was made here."""
        return self.vault.clear(stored) or (None if is_stored(stored) else stored)

    @property
    def local_login(self) -> bool:
        """Whether local users may log in."""
        if self.running.child("aaa", "new-model") is not None:
            return "local" in self.running.value("aaa", "authentication", "login", "default").split()
        return any(line.value("login") == "local" for line in self.terminals)

    def _level(self, user: str) -> int:
        entry = self.running.child("username", user)
        if self.running.child("aaa", "new-model") is not None and "local" not in self.running.value(
            "aaa", "authorization", "exec", "default"
        ):
            return 1
        words = list(entry.words) if entry is not None else []
        return int(words[words.index("privilege") + 1]) if "privilege" in words else 1

    def password_of(self, user: str) -> str | None:
        """A local user's password; None for nobody's, and for a hash from elsewhere."""
        entry = self.running.child("username", user)
        if entry is None or len(entry.words) < 4:
            return None
        kind, text = entry.words[-2], entry.words[-1]
        return type7_clear(text) if kind == "7" else self.clear(text)

    def password_level(self, user: str, password: str) -> int | None:
        """A local user's."""
        own = self.password_of(user)
        return self._level(user) if self.local_login and own is not None and own == password else None

    def key_level(self, user: str) -> int | None:
        """A local user who has a key."""
        return self._level(user) if self.running.child("username", user) is not None and self.local_login else None

    # What it measures

    def routed(self, entry: Entry) -> bool:
        """Whether an interface takes addresses: on a switch a port does after `no switchport`."""
        physical = entry.words[1].startswith(self.physical)
        return not (self.switch and physical) or entry.child("no", "switchport") is not None

    def index_of(self, position: int, name: str) -> int:
        """The agent's number of an interface; `position` counts them from 1."""
        del name
        return position

    def ports(self) -> tuple[Port, ...]:
        """The interfaces; a port is up when nobody shut it down."""
        found = []
        for position, entry in enumerate(self.running.starting("interface"), start=1):
            # Every line that is typed asks for them: as long as an interface has the same lines, it is the same port.
            mark = (position, entry.words, *(child.words for child in entry.children.values()))
            if mark not in self._measured:
                if len(self._measured) > MEASURED:
                    self._measured.clear()
                self._measured[mark] = self._port(position, entry)
            found.append(self._measured[mark])
        return tuple(found)

    def _port(self, position: int, entry: Entry) -> Port:
        name = entry.words[1]
        mbps, kind = speed_and_type(name)
        enabled = entry.child("shutdown") is None
        addresses = tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in addresses_of(entry))
        speed = entry.value("speed")
        return Port(
            self.index_of(position, name),
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

    def routes(self) -> tuple[Route, ...]:
        """`ip route`: a next hop, an interface, or both; the null interface throws away."""
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
            rows = self.rows(line.words[2])
            if rows:
                found[line.words[3]] = Filter(tuple(map(_line, rows)), default=False)
        return found.get("in"), found.get("out")


def addresses_of(interface: Entry) -> list[Entry]:
    """The lines that give an interface its addresses."""
    return [entry for entry in interface.starting("ip", "address") if len(entry.words) >= 4]


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
