"""What a configuration of the VRP family means: ports, terminal lines, ACLs, routes."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import Device, SnmpAccess, Spec
from lab.emulator.interfaces import Port, kind_of, speed_and_type, split_interface
from lab.emulator.reach import EVERY_PORT, EVERYBODY, Filter, Line, Route
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROTOCOLS = {"icmp": 1, "igmp": 2, "ip": None, "tcp": 6, "udp": 17, "gre": 47, "ospf": 89}


class UndoDevice(Device):
    """A device of the family."""

    physical: tuple[str, ...]
    logical: tuple[str, ...]
    # Logical interfaces whose number is a plain one.
    plain: tuple[str, ...]
    # Fixed ports by model: `GigabitEthernet0/0/{0-2}`; a device of another model has what the inventory names.
    models: ClassVar[Mapping[str, tuple[str, ...]]]
    # How a configuration names the terminal lines for users who come by the network.
    terminal_words: tuple[str, ...]

    def __init__(self, spec: Spec) -> None:
        self._ports = _ports_of(spec, self.models, self.logical)
        super().__init__(spec)

    def fixed(self, parent: Entry, view: str, line: str) -> Entry:
        """Put what the box has from the start, and keeps."""
        match = self.views[view].match(line, self)
        entry = parent.put(Entry(match.words, match.key, match.rule))
        entry.fixed = True
        return entry

    @property
    def name(self) -> str:
        """The sysname."""
        return self.running.value("sysname") or self.factory_name

    def interface_name(self, text: str) -> str | None:
        """`gi0/0/1` → `GigabitEthernet0/0/1`; None for a kind or a port that the model lacks."""
        parts = split_interface(text)
        if parts is None:
            return None
        kind = kind_of(parts[0], (*self.physical, *self.logical))
        if kind is None:
            return None
        name = kind + parts[1]
        if kind in self.logical:
            fits = parts[1].isdecimal() if kind in self.plain else True
            return name if fits and (kind != "NULL" or parts[1] == "0") else None
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Physical ports are there or not; a sub-interface needs its port."""
        return interface.partition(".")[0] in self._ports or interface.startswith(self.logical)

    # Who may come in

    @property
    def terminals(self) -> list[Entry]:
        """The terminal lines."""
        return self.running.starting(*self.terminal_words)

    def admits(self, source: IPv4Address) -> bool:
        """`acl N inbound` on the terminal lines."""
        for line in self.terminals:
            filtered = line.value("acl").split()
            if filtered[1:] == ["inbound"]:
                return SnmpAccess(filters={"": self.sources(filtered[0])}).permits("", source)
        return True

    def acl(self, name: str) -> Entry | None:
        """An ACL by number or name."""
        return next((entry for entry in self.running.starting("acl") if name in entry.words[1:]), None)

    def sources(self, name: str) -> tuple[tuple[bool, int, int], ...]:
        """The rules of an ACL by source; one that does not exist lets everybody in (AR reference, `acl`)."""
        entry = self.acl(name)
        if entry is None:
            return ((True, *EVERYBODY),)
        return tuple((line.permit, *line.source) for line in map(_rule, _rules(entry)))

    def filters(self, interface: str) -> tuple[Filter | None, Filter | None]:
        """`traffic-filter` and `packet-filter`; what no rule is about passes, and so does all if there is no ACL."""
        entry = self.running.child("interface", interface)
        found: dict[str, Filter] = {}
        for line in (
            *(entry.starting("traffic-filter") if entry else ()),
            *(entry.starting("packet-filter") if entry else ()),
        ):
            words = [word for word in line.words[1:] if word not in ("acl", "name")]
            direction = next(word for word in words if word in ("inbound", "outbound"))
            acl = self.acl(next(word for word in words if word != direction))
            if acl is not None:
                found[direction] = Filter(tuple(map(_rule, _rules(acl))), default=True)
        return found.get("inbound"), found.get("outbound")

    # Where it is in the network

    def ports(self) -> tuple[Port, ...]:
        """The interfaces in the configuration's order; a port is up when nobody shut it down."""
        found = []
        for index, entry in enumerate(self.running.starting("interface"), start=1):
            name = entry.words[1]
            mbps, kind = speed_and_type(name)
            enabled = entry.child("shutdown") is None
            speed = entry.value("speed")
            found.append(
                Port(
                    index,
                    name,
                    entry.value("description"),
                    enabled,
                    enabled,
                    tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in addresses_of(entry)),
                    int(speed) if speed.isdecimal() else mbps,
                    kind,
                    int(entry.value("mtu") or 1500),
                    entry.value("ip", "binding", "vpn-instance"),
                )
            )
        return tuple(found)

    def routes(self) -> tuple[Route, ...]:
        """`ip route-static`: a next hop, an interface, or both; NULL0 throws away."""
        found = []
        for entry in self.running.starting("ip", "route-static"):
            words = list(entry.words[2:])
            instance = ""
            if words[0] == "vpn-instance":
                instance, words = words[1], words[2:]
            network = IPv4Network(f"{words[0]}/{words[1]}", strict=False)
            hop = words[2:4]
            via = next(
                (IPv4Address(word) for word in hop if re.fullmatch(r"[\d.]+", word) and word.count(".") == 3), None
            )
            interface = "" if hop[0].startswith("NULL") or hop[0][0].isdigit() else hop[0]
            found.append(Route(network, via, interface, instance))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on it, or a BGP peer is on its network."""
        here = self.running.child("interface", port.name)
        if here is not None and (here.starting("ospf", "enable") or len(here.value("ospf").split()) == 3):
            return True
        for process in self.running.starting("ospf"):
            silent = {entry.words[1] for entry in process.starting("silent-interface")}
            if silent & {"all", port.name}:
                continue
            for area in process.starting("area"):
                for line in area.starting("network"):
                    place = (int(IPv4Address(line.words[1])), int(IPv4Address(line.words[2])))
                    if any((int(a.ip) ^ place[0]) & ~place[1] & 0xFFFFFFFF == 0 for a in port.addresses):
                        return True
        peers = [entry.words[1] for process in self.running.starting("bgp") for entry in process.starting("peer")]
        return any(IPv4Address(peer) in a.network for peer in peers if peer[0].isdigit() for a in port.addresses)


def after(words: list[str], word: str) -> str:
    """The word behind a word; empty if there is none."""
    return words[words.index(word) + 1] if word in words[:-1] else ""


def addresses_of(interface: Entry) -> list[Entry]:
    """The lines that give an interface its addresses."""
    return [
        entry for entry in interface.starting("ip", "address") if len(entry.words) >= 4 and entry.words[2][0].isdigit()
    ]


def _rules(acl: Entry) -> list[Entry]:
    return [rule for rule in acl.starting("rule") if rule.words[2] in ("permit", "deny")]


def _rule(entry: Entry) -> Line:
    words = list(entry.words[3:])
    named = (
        words[0]
        if words and words[0] not in ("source", "logging", "counting", "time-range", "vpn-instance", "fragment")
        else "ip"
    )
    protocol = int(named) if named.isdecimal() else _PROTOCOLS.get(named)
    return Line(
        entry.words[2] == "permit",
        protocol,
        _place(words, "source"),
        _place(words, "destination"),
        _port_range(words, "source-port"),
        _port_range(words, "destination-port"),
        "established" in words,
    )


def _place(words: list[str], which: str) -> tuple[int, int]:
    value = after(words, which)
    if not value or value == "any":
        return EVERYBODY
    wildcard = words[words.index(which) + 2]
    return int(IPv4Address(value)), 0 if wildcard == "0" else int(IPv4Address(wildcard))


def _port_range(words: list[str], which: str) -> range:
    if which not in words:
        return EVERY_PORT
    kind, first, *rest = words[words.index(which) + 1 :]
    number = int(first)
    if kind == "gt":
        return range(number + 1, 65536)
    if kind == "lt":
        return range(number)
    return range(number, (int(rest[0]) if kind == "range" else number) + 1)


def _ports_of(spec: Spec, models: Mapping[str, tuple[str, ...]], logical: tuple[str, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for pattern in models.get(spec.model, ()):
        found = re.fullmatch(r"(.*)\{(\d+)-(\d+)\}", pattern)
        assert found is not None  # noqa: S101 - the vendors' tables
        names.extend(f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1))
    others = (*spec.interfaces, spec.management_interface)
    names.extend(name for name in others if name and name not in names and not name.startswith(logical))
    bases = dict.fromkeys(name.partition(".")[0] for name in names)
    return tuple(sorted(bases, key=natural))
