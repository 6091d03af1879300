"""What a StoneOS firewall is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, summarize_address_range
from typing import TYPE_CHECKING

from lab.emulator.device import Device, SnmpAccess, SnmpUser, Spec
from lab.emulator.interfaces import Port, kind_of, split_interface
from lab.emulator.logins import Lockout
from lab.emulator.reach import TCP, UDP, Filter, Line, Route
from lab.emulator.secrets import seal, unseal
from lab.emulator.stoneos.given import laid_out, ports_in, read_into
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from lab.emulator.device import Session

SOFTWARE = "5.5R9"
PHYSICAL = ("ethernet", "xethernet", "MGT", "HA")
LOGICAL = ("loopback", "tunnel", "vswitchif", "aggregate", "redundant", "vlan")
ZONES = ("trust", "untrust", "dmz", "mgt", "VPNHub", "HA")
L2_ZONES = ("l2-trust", "l2-untrust", "l2-dmz")
MODELS = {
    "SG-6000-E1600": tuple(f"ethernet0/{number}" for number in range(9)),
    "SG-6000-E3965": tuple(f"ethernet0/{number}" for number in range(10)),
}
# Services that are there from the start; the manual's list is longer.
_SERVICES = """any bgp dhcp dns ftp h.323 http https icmp ike imap l2tp ldap ms-sql mysql nfs ntp ospf ping pop3 pptp
radius rdp rtsp sip smb smtp snmp snmp-trap sql*net ssh syslog telnet tftp traceroute"""
SERVICES = frozenset(_SERVICES.split())
# What `manage` opens at an interface, as far as somebody listens there.
_MANAGED = {"ssh": (TCP, 22), "telnet": (TCP, 23), "http": (TCP, 80), "https": (TCP, 443), "snmp": (UDP, 161)}
_ROLES = {"admin": 15, "operator": 10, "admin-read-only": 2, "auditor": 1}
# The startup configuration and nine older ones, 0 the youngest of these (manual, “配置文件管理”).
SLOTS = 9


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved configuration, and who saved it when."""

    entry: Entry
    user: str
    when: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A configuration that can be rolled back at once: what was before, and the session that began it."""

    before: Entry
    session: Session
    user: str


class StoneBox(Device):
    """A firewall that speaks StoneOS."""

    grammar = ("stoneos/stoneos",)
    factory_name = "SG-6000"
    # Enter is a line, q ends it, any other key is a page. A real SG-6000 sends a NUL behind it (public transcripts).
    pager = Pager(" --More-- \0", "\r" + " " * 10 + "\r", 24, "qQ")
    lays_out = True

    def __init__(self, spec: Spec) -> None:
        self._ports = _ports_of(spec)
        self.backups: list[Kept] = []
        self.kept: Kept | None = None
        self.transaction: Transaction | None = None
        self.lockout = Lockout(self)
        # Of a text that was given: secrets in the form in which it has them (a real device reads its own), and whether
        # nobody may come by SSH as it stands.
        self.given_secrets: set[str] = set()
        self.doorless = False
        super().__init__(spec)

    # What it is

    def factory(self) -> Entry:
        """Zones, the virtual router, ports; ethernet0/0 can be managed at 192.168.1.1 (manual, “搭建WebUI配置环境”)."""
        root = Entry()
        for zone in ZONES:
            self._fixed(root, "config", f"zone {zone}")
        for zone in L2_ZONES:
            self._fixed(root, "config", f"zone {zone} l2")
        for name in self._ports:
            entry = self._fixed(root, "config", f"interface {name}")
            if name == "ethernet0/0":
                for line in ("zone trust", *(f"manage {service}" for service in ("ssh", "ping", "snmp", "https"))):
                    self._fixed(entry, "interface", line).fixed = False
                words = ("ip", "address", "192.168.1.1", "255.255.255.0")
                match = self.views["interface"].match(" ".join(words), self)
                entry.put(Entry(words, words[:2], match.rule))
        self._fixed(root, "config", "ip vrouter trust-vr")
        admin = self._fixed(root, "config", "admin user hillstone")
        for line in ("role admin", "access console", "access https", "access ssh"):
            self._fixed(admin, "admin", line).fixed = False
        password = self.views["admin"].match("password hillstone", self)
        admin.put(Entry(("password", self.cipher("hillstone")), ("password",), password.rule))
        host = self.views["config"].match("admin host any any", self)
        root.put(Entry(host.words, host.words, host.rule))
        return root

    def _fixed(self, parent: Entry, view: str, line: str) -> Entry:
        match = self.views[view].match(line, self)
        entry = parent.put(Entry(match.words, match.key, match.rule))
        entry.fixed = True
        return entry

    @property
    def name(self) -> str:
        """The hostname."""
        return self.running.value("hostname") or self.factory_name

    @property
    def chinese(self) -> bool:
        """`language zh_CN`: errors and questions come in Chinese."""
        return self.running.value("language") == "zh_CN"

    @classmethod
    def ports_named(cls, text: str) -> tuple[str, ...]:
        """The physical interfaces of a text."""
        return ports_in(text)

    def read(self, text: str) -> bool:
        """Blocks that end with `exit`."""
        self.doorless = False
        read_into(self, text)
        self.doorless = not self.ssh_enabled or not self.running.starting("admin", "host")
        return True

    def body(self, entry: Entry) -> str:
        """A configuration's lines: two blanks a level, each block with its `exit`."""
        if entry.given is not None:
            return laid_out(entry)
        lines: list[str] = []
        for child in entry.ordered():
            _write(child, "", lines)
        return "\n".join([*lines, ""])

    def show(self, entry: Entry) -> str:
        """As `show configuration` writes it; a text that was given as it is."""
        if entry.given is not None:
            return laid_out(entry)
        return f"Building configuration..\n\n{self.body(entry)}\nEnd\n"

    def screen(self, entry: Entry) -> str:
        """As `show configuration` puts it on the screen: what is around it, too, if a text that was given lacks it."""
        text = self.show(entry)
        return text if re.search(r"^End\s*\Z", text, re.MULTILINE) else f"Building configuration..\n\n{text}\nEnd\n"

    def cipher(self, clear: str) -> str:
        """A secret as the configuration shows it, always the same text. The real form was found nowhere: it is ours."""
        if unseal(clear) is not None or clear in self.given_secrets:
            return clear
        return seal(clear, hashlib.sha256(clear.encode()).digest()[:4])

    def clear(self, stored: str) -> str:
        """What a shown secret is."""
        return unseal(stored) or ""

    def interface_name(self, text: str) -> str | None:
        """`e0/1` → `ethernet0/1`; None for a kind or a port that the model lacks."""
        if text in self._ports:
            return text
        parts = split_interface(text)
        kind = kind_of(parts[0], (*PHYSICAL, *LOGICAL)) if parts is not None else None
        if parts is None or kind is None:
            return None
        name = kind + parts[1]
        if kind in LOGICAL:
            return name if parts[1].isdecimal() else None
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Physical ports are there or not; a sub-interface needs its port."""
        return interface.partition(".")[0] in self._ports or interface.startswith(LOGICAL)

    # Who may come in

    @property
    def session_limit(self) -> int:
        """`ssh max-session`; its default goes by the platform (5 is ours)."""
        return int(self.running.value("ssh", "max-session") or 5)

    @property
    def ssh_enabled(self) -> bool:
        """The server always runs; what is asked for here is that it listens at 22, at some interface at least."""
        ports = self.running.starting("interface")
        open_ = any(entry.child("manage", "ssh") is not None for entry in ports)
        return self.running.value("ssh", "port") in ("", "22") and (open_ or self.running.given is None)

    def admits(self, source: IPv4Address) -> bool:
        """The trusted hosts: one line must let the address in by SSH; without any line nobody is trusted."""
        if self.doorless:
            return True
        for line in self.running.starting("admin", "host"):
            if line.words[-1] in ("ssh", "any") and any(
                _within(source, pair) for pair in places(list(line.words[2:-1]))
            ):
                return True
        return False

    def password_level(self, user: str, password: str) -> int | None:
        """An administrator with `access ssh`; three wrong passwords within a minute lock out for two minutes."""
        if self.lockout.locked:
            return None
        entry = self.running.child("admin", "user", f'"{user}"')
        stored = entry.value("password") if entry is not None else ""
        if entry is None or not stored or not password or self.clear(stored) != password:
            minutes = int(self.running.value("admin", "lockout-duration") or 2)
            self.lockout.failed(int(self.running.value("admin", "max-login-failure") or 3), minutes * 60)
            return None
        self.lockout.forget()
        if entry.child("access", "ssh") is None and entry.child("access", "any") is None:
            return None
        return _ROLES.get(entry.value("role"), 1)

    def key_level(self, user: str) -> int | None:
        """None: administrators prove themselves by a password."""
        del user
        return None

    # Where it is in the network

    def ports(self) -> tuple[Port, ...]:
        """The interfaces; only one that is in a zone has addresses, and its zone says in which virtual router it is."""
        found = []
        for index, entry in enumerate(self.running.starting("interface"), start=1):
            name = entry.words[1]
            enabled = entry.child("shutdown") is None
            addresses = tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in addresses_of(entry))
            found.append(
                Port(
                    index,
                    name,
                    bare(entry.value("description")),
                    enabled,
                    enabled,
                    addresses,
                    10000 if name.startswith("x") else 0 if name.startswith("loopback") else 1000,
                    24 if name.startswith("loopback") else 131 if name.startswith("tunnel") else 6,
                    int(entry.value("ip", "mtu") or 1500),
                    self._instance(entry),
                )
            )
        return tuple(found)

    def _instance(self, interface: Entry) -> str:
        zone = self.running.child("zone", interface.value("zone")) or self.running.child(
            "zone", interface.value("zone"), "l2"
        )
        router = bare(zone.value("vrouter")) if zone is not None else ""
        return "" if router == "trust-vr" else router

    def routes(self) -> tuple[Route, ...]:
        """`ip route` of every virtual router; `null0` throws away."""
        found = []
        for router in self.running.starting("ip", "vrouter"):
            instance = "" if bare(router.words[2]) == "trust-vr" else bare(router.words[2])
            for line in router.starting("ip", "route"):
                if line.words[2] == "source":
                    continue
                hops = [word for word in line.words[3:5] if word.count(".") == 3]
                interface = "" if line.words[3] == "null0" or line.words[3][0].isdigit() else line.words[3]
                via = IPv4Address(hops[0]) if hops else None
                found.append(Route(IPv4Network(line.words[2], strict=False), via, interface, instance))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on its network, or a BGP neighbour is there."""
        for router in self.running.starting("ip", "vrouter"):
            for process in router.starting("router"):
                silent = {line.words[1] for line in process.starting("passive-interface")}
                if process.words[1] == "ospf" and port.name not in silent:
                    networks = [IPv4Network(line.words[1], strict=False) for line in process.starting("network")]
                    if any(address.ip in network for network in networks for address in port.addresses):
                        return True
                peers = [IPv4Address(line.words[1]) for line in process.starting("neighbor")]
                if any(peer in address.network for peer in peers for address in port.addresses):
                    return True
        return False

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """Packets to the device itself pass by the interface's `manage` lines, not by the policy."""
        entry = self.running.child("interface", interface)
        lines = [
            Line(
                permit=True,
                protocol=_MANAGED[name][0],
                destination_ports=range(_MANAGED[name][1], _MANAGED[name][1] + 1),
            )
            for name in (line.words[1] for line in (entry.starting("manage") if entry is not None else ()))
            if name in _MANAGED
        ]
        return Filter(tuple(lines), default=False), None

    def snmp_access(self) -> SnmpAccess:
        """Communities and users, each with the hosts that its line names."""
        root = self.running
        communities: dict[str, list[tuple[bool, int, int]]] = {}
        users = []
        filters: dict[str, tuple[tuple[bool, int, int], ...]] = {}
        for line in root.starting("snmp-server", "host"):
            words = list(line.words)
            community = words[words.index("community") + 1]
            spots = places(words[2 : words.index("version")])
            communities.setdefault(community, []).extend((True, *spot) for spot in spots)
        for line in root.starting("snmp-server", "user"):
            words = list(line.words)
            name = bare(words[2])
            after = {word: words[place + 1 :] for place, word in enumerate(words)}
            auth, priv = after.get("auth-protocol", []), after.get("enc-protocol", [])
            users.append(
                SnmpUser(
                    name,
                    auth[0].upper() if auth else "",
                    self.clear(auth[1]) if auth else "",
                    priv[0].upper() if priv else "",
                    self.clear(priv[1]) if priv else "",
                )
            )
            filters[name] = tuple((True, *spot) for spot in places([after["remote"][0]]))
        filters |= {name: tuple(lines) for name, lines in communities.items()}
        return SnmpAccess(
            tuple(communities),
            tuple(users),
            filters,
            bare(root.value("snmp-server", "contact")),
            bare(root.value("snmp-server", "location")),
        )

    def describe(self) -> tuple[str, str]:
        """As a recording of an SG-6000-E3965 has it (HILLSTONE-MIB, 28557.1.126)."""
        model = self.spec.model or "SG-6000-E1600"
        return f"Hillstone Security Appliance {model}\r\nemulated by govnet", "1.3.6.1.4.1.28557.1.126"

    # Saving and going back

    def save(self) -> None:
        """Running becomes the startup configuration; the old one is overwritten."""
        super().save()
        assert self.saved is not None  # noqa: S101 - that is what saving does
        self.kept = Kept(self.saved, "", f"{self.now():%Y-%m-%d %H:%M:%S}")

    def save_as(self, user: str, description: str, *, backup: bool) -> None:
        """As `save`; with `backup` the old startup configuration is kept as number 0."""
        before = self.kept
        self.save()
        assert self.saved is not None  # noqa: S101 - that is what saving does
        self.kept = Kept(self.saved, user, f"{self.now():%Y-%m-%d %H:%M:%S}", description)
        if backup and before is not None:
            self.backups = [before, *self.backups][:SLOTS]

    def restart_with(self, kept: Kept | None) -> None:
        """From now on this is the startup configuration."""
        self.kept = kept
        self.saved = kept.entry.copy() if kept is not None else None

    def forget(self) -> None:
        """A reboot ends a transaction: what is saved is what runs."""
        self.transaction = None
        self.lockout.forget()


def bare(text: str) -> str:
    """A name without its quotes."""
    return text.removeprefix('"').removesuffix('"')


def addresses_of(interface: Entry) -> list[Entry]:
    """The lines that give an interface its addresses."""
    return interface.starting("ip", "address")


def places(words: list[str]) -> list[tuple[int, int]]:
    """Addresses as pairs of address and wildcard: `any`, `A`, `A/M`, `A mask`, `range A B`."""
    if words[0] == "any":
        return [(0, 0xFFFFFFFF)]
    if words[0] == "range":
        first, last = sorted(map(IPv4Address, words[1:3]))
        return [(int(net.network_address), int(net.hostmask)) for net in summarize_address_range(first, last)]
    network = IPv4Network("/".join(words[:2]) if len(words) > 1 else words[0], strict=False)
    return [(int(network.network_address), int(network.hostmask))]


def _within(address: IPv4Address, place: tuple[int, int]) -> bool:
    return (int(address) ^ place[0]) & ~place[1] & 0xFFFFFFFF == 0


def _write(entry: Entry, indent: str, lines: list[str]) -> None:
    lines.append(indent + entry.text)
    assert entry.rule is not None  # noqa: S101 - only the root has none
    if entry.rule.get("view"):
        for child in entry.ordered():
            _write(child, indent + "  ", lines)
        lines.append(f"{indent}exit")


def _ports_of(spec: Spec) -> tuple[str, ...]:
    names = [*MODELS.get(spec.model, MODELS["SG-6000-E1600"])]
    for name in (*spec.interfaces, spec.management_interface):
        base = name.partition(".")[0]
        if base and base not in names and not base.startswith(LOGICAL):
            names.append(base)
    return tuple(sorted(names, key=natural))
