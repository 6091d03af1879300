"""What a TOS firewall is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, summarize_address_range
from typing import TYPE_CHECKING

from lab.emulator.device import Device, SnmpAccess, Spec
from lab.emulator.interfaces import Port
from lab.emulator.reach import EVERYBODY, Filter, Line, Route
from lab.emulator.terminal import Pager
from lab.emulator.topsec.given import laid_out, ports_in, read_into
from lab.emulator.topsec.words import ident, listed
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Iterator

RELEASE = "3.3.005.057"
MODELS = {"NGFW4208": 8, "NGFW4000": 4, "NGFW4000-UF": 8}
# Objects get their number in this order, as dumps show: the first is `any`.
FIRST_ID = 8001
ANY = "any"
# Services that are there without being defined, by protocol and port; the vendor's list is longer.
SERVICES = frozenset(("PING", "HTTP", "HTTPS", "SSH", "TELNET", "FTP", "DNS", "SMTP", "POP3", "SNMP", "NTP", "SYSLOG"))
# What `pf service` opens, as far as this model listens.
_DOORS = {"ssh": (6, 22), "telnet": (6, 23), "snmp": (17, 161), "webui": (6, 443), "ping": (1, 0)}
_PHYSICAL = re.compile(r"[fgx]?eth\d+")
_LOGICAL = re.compile(r"(?:vlan|ipsec|bond)\.?\d{1,4}")
Box = tuple[int, int]


class TosBox(Device):
    """A firewall that speaks TOS."""

    grammar = ("topsec/tos",)
    factory_name = "TopsecOS"
    pager = Pager("--More--", "\r" + " " * 8 + "\r")
    quoted = True
    usual_encoding = "gb18030"
    lays_out = True

    def __init__(self, spec: Spec) -> None:
        self._physical = _ports_of(spec)
        # Of a text that was given: names and ports that its lines take to be there, and whether nobody may come by SSH.
        self.given_names: frozenset[str] = frozenset()
        self.given_ports: frozenset[str] = frozenset()
        self.doorless = False
        super().__init__(spec)

    def factory(self) -> Entry:
        """The object `any`, and nothing else that a dump would show."""
        root = Entry()
        match = self.views["tos"].match("define range add name any ip1 0.0.0.0 ip2 255.255.255.255", self)
        root.put(Entry(match.words, ("define", "range", ANY), match.rule, fixed=True, number=FIRST_ID))
        return root

    @property
    def name(self) -> str:
        """The name in the prompt; how it is changed is in no source."""
        return self.factory_name

    @staticmethod
    def line(entry: Entry) -> str:
        """A line as `show-running` prints it: objects and rules with their number and the virtual system."""
        number = ident(entry)
        return f"ID {number} {entry.text} vsid 0" if number else entry.text

    @classmethod
    def ports_named(cls, text: str) -> tuple[str, ...]:
        """The interfaces of `network interface` lines and of areas."""
        return ports_in(text)

    def read(self, text: str) -> bool:
        """One command a line, or the same in submodes."""
        self.doorless = False
        read_into(self, text)
        self.doorless = not self.ssh_enabled
        return True

    def show(self, entry: Entry) -> str:
        """A configuration as `show-running` writes it; administrators are not in it."""
        if entry.given is not None:
            return laid_out(entry, self.line)
        lines = [self.line(child) for child in entry.ordered() if child.key[0] != "admin"]
        return "\n".join([*lines, ""])

    def interface_name(self, text: str) -> str | None:
        """`eth0`, `feth3`, `vlan.0010`."""
        name = text.lower()
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Ports are there or not; logical interfaces are there when they are named."""
        return interface in self._physical or _LOGICAL.fullmatch(interface) is not None or interface in self.given_ports

    # Objects

    def defined(self, noun: str, name: str) -> Entry | None:
        """An object."""
        return self.running.child("define", noun, name)

    def unknown_object(self, name: str) -> bool:
        """Whether the text that was given defines such an object in a way that no table knows."""
        return any(
            entry.strange and key[0] == "define" and key[2] == name for key, entry in self.running.children.items()
        )

    def address_object(self, name: str) -> Entry | None:
        """An object that stands for addresses."""
        nouns = ("host", "subnet", "range", "group_address")
        return next((entry for noun in nouns if (entry := self.defined(noun, name)) is not None), None)

    def is_service(self, name: str) -> bool:
        """A service that is defined, or there from the start."""
        return (
            name in SERVICES
            or name in self.given_names
            or any(self.defined(noun, name) is not None for noun in ("service", "group_service"))
        )

    def places(self, name: str, *, depth: int = 8) -> Iterator[Box]:
        """The addresses of an object, as address and wildcard."""
        entry = self.address_object(name)
        if entry is None or entry.strange or not depth:
            return
        words = entry.words
        if words[1] == "host":
            yield from ((int(IPv4Address(word)), 0) for word in listed(words[6]))
        elif words[1] == "subnet":
            network = IPv4Network(f"{words[6]}/{words[8]}", strict=False)
            yield int(network.network_address), int(network.hostmask)
        elif words[1] == "range":
            ends = IPv4Address(words[6]), IPv4Address(words[8])
            for network in summarize_address_range(*ends):
                yield int(network.network_address), int(network.hostmask)
        else:
            for member in listed(words[6]):
                yield from self.places(member, depth=depth - 1)

    # Who may come in

    @property
    def session_limit(self) -> int:
        """In no source; five, as on many."""
        return 5

    def runs(self, daemon: str) -> bool:
        """Whether a daemon was started."""
        return self.running.child("system", daemon) is not None

    @property
    def ssh_enabled(self) -> bool:
        """`system sshd start`; with an entry of `pf service`, since nobody comes in without."""
        return self.runs("sshd") and bool(self._doors)

    @property
    def _doors(self) -> list[Entry]:
        return [entry for entry in self.running.starting("pf", "service") if entry.words[4] == "ssh"]

    def admits(self, source: IPv4Address) -> bool:
        """`pf service` decides before anybody is asked for a password."""
        if self.doorless and not self._doors:
            return True
        inbound, _ = self.filters(self.management)
        assert inbound is not None  # noqa: S101 - there always is one
        return any(
            line.permit and line.destination_ports == range(22, 23) and _inside(source, line.source)
            for line in inbound.lines
        )

    def password_level(self, user: str, password: str) -> int | None:
        """An administrator's."""
        if self.spec.login is not None and user == self.spec.login[0] and self.running.child("admin", user) is None:
            return 15 if password == self.spec.login[1] else None
        entry = self.running.child("admin", user)
        if entry is None or entry.words[1] != password:
            return None
        return 15 if entry.words[2] == "config" else 1

    def key_level(self, user: str) -> int | None:
        """Keys are in no source."""
        del user
        return None

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """`pf service` of the areas in which an interface is: what is not opened is shut."""
        areas = {
            entry.words[4] for entry in self.running.starting("define", "area") if interface in listed(entry.words[6])
        }
        lines = []
        for entry in self.running.starting("pf", "service"):
            service, area, kind, place = entry.words[4], entry.words[6], entry.words[7], entry.words[8]
            if area not in areas or service not in _DOORS:
                continue
            protocol, port = _DOORS[service]
            name = place if kind == "addressname" else self._named(int(place))
            ports = range(port, port + 1) if port else range(65536)
            lines += [
                Line(permit=True, protocol=protocol, source=box, destination_ports=ports) for box in self.places(name)
            ]
        return Filter(tuple(lines), default=False), None

    def _named(self, number: int) -> str:
        return next((entry.key[2] for entry in self.running.starting("define") if entry.number == number), "")

    # What it measures

    def ports(self) -> tuple[Port, ...]:
        """The interfaces; a port is up when nobody shut it down."""
        found: dict[str, list[IPv4Interface]] = {name: [] for name in self._physical}
        for entry in self.running.starting("network", "interface"):
            addresses = found.setdefault(entry.words[2], [])
            if entry.words[3:5] == ("ip", "add"):
                addresses.append(IPv4Interface(f"{entry.words[5]}/{entry.words[7]}"))
        return tuple(
            Port(index, name, "", self.enabled(name), self.enabled(name), tuple(addresses), 1000, 6)
            for index, (name, addresses) in enumerate(found.items(), start=1)
        )

    def enabled(self, interface: str) -> bool:
        """Whether nobody shut it down."""
        return self.running.child("network", "interface", interface, "shutdown") is None

    def routes(self) -> tuple[Route, ...]:
        """`network route add`."""
        found = []
        for entry in self.running.starting("network", "route", "add", "dst"):
            words = entry.words
            if words[-2:] == ("null", "0"):
                found.append(Route(IPv4Network(f"{words[4]}/{words[5]}", strict=False)))
                continue
            device = words[words.index("dev") + 1] if "dev" in words else ""
            found.append(Route(IPv4Network(words[4], strict=False), IPv4Address(words[6]), device))
        return tuple(found)

    def snmp_access(self) -> SnmpAccess:
        """What the agent was told when the box was unpacked: lines for it are in no source."""
        return self.spec.snmp or SnmpAccess()

    def describe(self) -> tuple[str, str]:
        """Topsec's enterprise number is 14331; the product's is unverified."""
        return (
            f"Topsec Operating System {RELEASE}\r\nemulated by govnet, not Topsec's software",
            "1.3.6.1.4.1.14331.1.1",
        )


def _inside(address: IPv4Address, box: Box) -> bool:
    return box == EVERYBODY or (int(address) ^ box[0]) & ~box[1] & 0xFFFFFFFF == 0


def _ports_of(spec: Spec) -> tuple[str, ...]:
    names = [f"eth{number}" for number in range(MODELS.get(spec.model, 0))]
    for name in (*spec.interfaces, spec.management_interface):
        plain = name.lower()
        if _PHYSICAL.fullmatch(plain) and plain not in names:
            names.append(plain)
    return tuple(sorted(names, key=natural))
