"""What the VRP family shares: user view and system view, `undo`, `quit` and `return`, ACLs that are numbered in steps.

VRP5, VRP8 and Comware are relatives; what one of them says differently is an attribute here, what only one has stands
in its own folder.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import Device, LogoutError, SnmpAccess, Spec
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.interfaces import Port, kind_of, speed_and_type, split_interface
from lab.emulator.reach import EVERY_PORT, EVERYBODY, Filter, Line, Route
from lab.emulator.shell import Refusal, Shell
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.terminal import Terminal

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


class UndoSession(Shell):
    """A user at such a command line. `path` is the view: nothing is the user view, then the system view, and on."""

    device: UndoDevice
    negation = "undo"
    root_view = "system"
    outer_view = "user"
    errors: ClassVar[Mapping[Kind, str]]
    # What a refused line begins with.
    refused = "Error"
    welcome = "Enter system view, return user view with Ctrl+Z."
    # The first rule of an ACL without a number gets this one.
    first_rule = 5
    # Refusals that every one of the family has in its own words.
    says: ClassVar[Mapping[str, str]]

    def __init__(self, device: UndoDevice, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        lines = device.terminals
        height = next((line.value("screen-length") for line in lines if line.value("screen-length")), "")
        terminal.height = int(height) if height else terminal.height

    # The line

    def view_prompt(self, entry: Entry, parent: Entry) -> str:
        """The part of the prompt that names a view."""
        del parent
        assert entry.rule is not None  # noqa: S101 - only the root has none
        return entry.rule.get("prompt").format(*entry.words)

    def prompt(self) -> str:
        """`<H>`, `[H]`, `[H-view]`."""
        name = self.root.value("sysname") or self.device.factory_name
        if not self.path:
            return f"<{self.device.name}>"
        if self.path[-1].rule is None:
            return f"[{name}]"
        return f"[{name}-{self.view_prompt(self.path[-1], self.path[-2])}]"

    def refusal(self, answer: str) -> str:
        """The line that begins with the word for a mistake."""
        return next((line.strip() for line in answer.split("\n") if line.lstrip().startswith(self.refused)), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if line == "\x1a":
            await self.leave()
        elif line.strip() and not line.lstrip().startswith("#"):
            await self.run_line(line)

    async def leave(self) -> None:
        """To the user view, from wherever the user is."""
        self.path = []

    def complain(self, error: LineError) -> None:
        """A caret under the place, and the text."""
        self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{self.errors[error.kind]}\n")

    def may(self, match: Match) -> bool:
        """Levels 0 to 3 of commands; users of level 3 to 15 may do all (AR reference, “Setting Command Levels”)."""
        return int(match.rule.get("level", "0")) <= min(self.level, 3)

    def lacks(self, what: str, **names: str) -> Refusal:
        """A refusal in the vendor's words."""
        return Refusal(self.says[what].format(**names))

    # Moving about

    def do_system_view(self, _match: Match) -> None:
        """Into the system view."""
        self.terminal.write(f"{self.welcome}\n")
        self.path = [self.root]

    async def do_quit(self, _match: Match) -> None:
        """One view up, out of the user view to the door."""
        if not self.path:
            raise LogoutError
        if len(self.path) == 1:
            await self.leave()
        else:
            self.path = self.path[:-1]

    async def do_return_(self, _match: Match) -> None:
        """To the user view."""
        await self.leave()

    # Configuration with a meaning of its own

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.changed()

    def do_undo_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.root.child("interface", match.words[2])
        if entry is None:
            raise self.lacks("interface")
        if entry.fixed:
            raise self.lacks("fixed")
        del self.root.children[entry.key]
        self.changed()

    def do_undo_view(self, match: Match) -> None:
        """Delete a process and everything in it."""
        self.root.remove(match.words[1:])
        self.changed()

    def do_undo_prefix(self, match: Match) -> None:
        """Delete every line that begins so."""
        self.here.remove(match.words[1:])
        for entry in self.here.children.values():
            if entry.rule is not None and entry.rule.get("view") == "bgp-family":
                entry.remove(match.words[1:])
        self.changed()

    def do_undo_on(self, match: Match) -> None:
        """Switch off what is on by default."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `sub` adds one; no two interfaces may overlap."""
        here = self.here
        address = IPv4Interface(f"{match.words[2]}/{match.words[3]}")
        loopback = here.words[1].startswith("LoopBack")
        sub = match.words[-1] == "sub"
        if not usable(address) or (address.network.prefixlen == 32 and not loopback):
            raise self.lacks("address")
        present = addresses_of(here)
        primary = next((entry for entry in present if entry.words[-1] != "sub"), None)
        if sub and primary is None:
            raise self.lacks("primary")
        if not sub and primary is not None and primary.words == match.words:
            return
        self._refuse_overlap(match, address, None if sub else primary)
        key = match.words if sub else ("ip", "address")
        here.put(Entry(match.words, key, match.rule))
        self.changed()

    def _refuse_overlap(self, match: Match, address: IPv4Interface, replaced: Entry | None) -> None:
        """No network on two interfaces of one VPN instance, nor twice on one."""
        here = self.here
        instance = here.value("ip", "binding", "vpn-instance")
        for other in self.root.starting("interface"):
            if other.value("ip", "binding", "vpn-instance") != instance:
                continue
            for entry in addresses_of(other):
                if other is here and (entry.words == match.words or entry is replaced):
                    continue
                if IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network.overlaps(address.network):
                    raise self.lacks("overlap")

    def do_undo_ip_address(self, match: Match) -> None:
        """All addresses, or the one that is named: sub addresses go before the primary."""
        here = self.here
        words = match.words[1:]
        if len(words) == 2:
            here.remove(words)
        else:
            entry = next((entry for entry in addresses_of(here) if entry.words == words), None)
            if entry is None:
                raise self.lacks("no-address")
            if words[-1] != "sub" and len(addresses_of(here)) > 1:
                raise self.lacks("subs")
            del here.children[entry.key]
        self.changed()

    def do_binding(self, match: Match) -> None:
        """Binding an interface to a VPN instance takes its addresses away (AR reference, `ip binding vpn-instance`)."""
        here = self.here
        if self.root.child("ip", "vpn-instance", match.words[-1]) is None:
            raise self.lacks("instance")
        if here.value("ip", "binding", "vpn-instance") != match.words[-1]:
            if here.remove(("ip", "address")):
                self.terminal.write(f"{self.says['unbound']}\n")
            here.put(Entry(match.words, match.key, match.rule))
        self.changed()

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.changed()

    def do_undo_shutdown(self, _match: Match) -> None:
        """Up again; a note if it was not down."""
        here = self.here
        if not here.remove(("shutdown",)):
            raise self.lacks("up", interface=here.words[1])
        self.changed()

    def do_acl_rule(self, match: Match) -> None:
        """A rule without a number gets the next step; one with the number of another replaces it."""
        here = self.here
        words = match.words
        rules = [entry for entry in here.starting("rule") if entry.words[2:3] != ("description",)]
        if not words[1].isdecimal():
            if any(entry.words[2:] == words[1:] for entry in rules):
                return
            step = int(here.value("step") or 5)
            last = max((int(entry.words[1]) for entry in rules), default=self.first_rule - step)
            words = ("rule", str((last // step + 1) * step), *words[1:])
        here.put(Entry(words, words[:2], match.rule))
        self.changed()

    def do_undo_rule(self, match: Match) -> None:
        """A rule by its number, with its description."""
        if not self.here.remove(match.words[1:]):
            raise self.lacks("rule")
        self.changed()

    def do_ospf_default(self, match: Match) -> None:
        """`ospf` alone is process 1."""
        words = ("ospf", "1", *match.words[1:])
        rule = next(rule for rule in self.device.views["system"].rules if rule.pattern.startswith("ospf <number"))
        self.put(Match(rule, words, 2), words)

    def do_bgp(self, match: Match) -> None:
        """One process, one AS number."""
        others = [entry for entry in self.root.starting("bgp") if entry.words != match.words]
        if others:
            raise self.lacks("bgp", number=others[0].words[1])
        self.put(match, match.words)

    def do_undo_acl(self, match: Match) -> None:
        """One ACL, or all."""
        number = match.words[-1]
        for entry in [each for each in self.root.starting("acl") if number == "all" or number in each.words[1:]]:
            del self.root.children[entry.key]
        self.changed()

    # Rebooting later

    async def do_schedule_reboot(self, match: Match) -> None:
        """After hh:mm or minutes, at most 720 hours (command references, `schedule reboot`)."""
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", match.words[3])
        if found is None:
            self.complain(LineError(Kind.WRONG, match.columns[3] if len(match.columns) > 3 else 0))
            return
        minutes = int(found[1] or 0) * 60 + int(found[2])
        if not 0 < minutes <= 720 * 60:
            raise self.lacks("delay")
        if await self.agrees(minutes, forced=match.words[-1] == "force"):
            self.device.timer("reboot").arm(minutes * 60, self.device.reboot)

    async def do_schedule_reboot_at(self, match: Match) -> None:
        """At a time of day."""
        hour, minute = (int(part) for part in match.words[3].split(":"))
        now = self.device.now()
        minutes = (hour * 60 + minute - now.hour * 60 - now.minute) % 1440 or 1440
        if await self.agrees(minutes, forced=False):
            self.device.timer("reboot").arm(minutes * 60, self.device.reboot)

    async def agrees(self, minutes: int, *, forced: bool) -> bool:
        """Say when, and ask unless it is forced."""
        raise NotImplementedError

    def do_unschedule(self, _match: Match) -> None:
        """Cancel the scheduled reboot."""
        if self.device.timer("reboot").cancel():
            self.terminal.write(f"{self.says['unscheduled']}\n")

    # Looking

    async def do_display_current(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    async def do_display_current_interface(self, match: Match) -> None:
        """The interfaces of it, or one."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[2:]):
            lines += [entry.text, *(" " * (depth + 1) + below.text for depth, below in entry.walk()), "#"]
        await self.terminal.page("\n".join([*lines, "return", ""]))

    async def do_display_current_part(self, match: Match) -> None:
        """The blocks of one kind."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[3:]):
            if entry.rule is not None and entry.rule.get("view"):
                lines += [entry.text, *(" " * (depth + 1) + below.text for depth, below in entry.walk()), "#"]
        await self.terminal.page("\n".join([*lines, "return", ""]))

    def this(self) -> list[str]:
        """The lines of the view."""
        if len(self.path) > 1:
            return [self.path[-1].text, *(" " * (depth + 1) + below.text for depth, below in self.path[-1].walk())]
        if not self.path:
            return []
        return [
            " " + entry.text for entry in self.root.ordered() if entry.rule is not None and not entry.rule.get("view")
        ]

    def do_no_screen_length(self, _match: Match) -> None:
        """Back to a page of the usual height."""
        self.terminal.height = self.device.pager.height

    def answers(self, address: str) -> bool:
        """Whether a ping comes back: only its own addresses answer, for there are no packets here."""
        return any(str(own.ip) == address for port in self.device.ports() for own in port.addresses)


def usable(address: IPv4Interface) -> bool:
    """Whether a host may have an address: neither its network's ends, nor loopback, multicast or nothing."""
    ends = (address.network.network_address, address.network.broadcast_address)
    if address.ip.is_loopback or address.ip.is_multicast or address.ip.is_unspecified:
        return False
    return address.network.prefixlen >= 31 or address.ip not in ends


def yes(answer: str) -> bool:
    """Whether an answer is one."""
    return answer.strip().lower() in ("y", "yes")
