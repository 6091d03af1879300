"""Which rules other departments must change because addresses move: one request for each rule and whoever has it.

For each prefix that moves and each flow of zones.yaml that its zone takes part in, the units at the other side are
asked: those whose business systems stand there, where the prefix is a source; those whose LANs are there, where it is
a destination; and whoever runs the firewall between the zones. A LAN whose zone is not known is listed with that, so
that somebody asks. What several units do with the same addresses is one request to all of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.model import Area, LineKind
from inventory.text import mark, tr
from ipplan.mapping import HostRule, Mode
from ipplan.views import old_new
from ipplan.views.zones import ZoneFinder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Flow, Zone
    from ipplan.mapping import Entry
    from ipplan.views.material import Material

FIREWALL = mark("firewall rule")
NAT = mark("NAT rule")
UNKNOWN = mark("unknown: find out who filters it")
_ADD_SOURCE = mark("add the new source addresses beside the old ones; later remove the old ones")
_ADD_DESTINATION = mark("add the new destination addresses beside the old ones; later remove the old ones")
_TRANSLATE = mark("translate the new source addresses at the internet exit as the old ones; later remove the old ones")
_OWN_SOURCE = mark(
    "where your servers or your own firewall allow only listed sources: add the new ones; later remove the old ones"
)
_OWN_DESTINATION = mark(
    "where your own firewall, proxy or hosts file names these servers: add the new addresses; later remove the old ones"
)
_EDGE = mark("keep the LAN; change the outside addresses of your NAT (address pool, mapped servers)")
_BY_HAND = mark("no zone of zones.yaml is on the way of these LANs: find the rules that name them by hand")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is to be changed. `flow`, `services` and the zones are empty where no flow of zones.yaml is meant.

    `apart`: each unit has addresses of its own in it.
    """

    kind: str
    what: str
    flow: str = ""
    services: tuple[str, ...] = ()
    from_zone: str = ""
    to_zone: str = ""
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """An address that changes. `wave` is that of the site whose address it is, if it is known."""

    entry: Entry
    subject: str
    unit: str
    wave: int | None = None

    def shown(self, *, old: bool) -> str:
        """The old or the new address for people; empty if there is none."""
        network = self.entry.old if old else self.entry.new
        if network is None:
            return ""
        return str(network.network_address) if self.entry.single else str(network)


@dataclass(frozen=True, slots=True)
class Request:
    """One rule that the units are asked to change, with all addresses that change in it."""

    number: int
    rule: Rule
    units: tuple[str, ...]
    pairs: tuple[Pair, ...]
    list: str

    @property
    def waves(self) -> tuple[int, int] | None:
        """The first and the last wave in which its addresses change; None if some wave is not known."""
        waves = [pair.wave for pair in self.pairs if pair.wave is not None]
        return (min(waves), max(waves)) if waves and len(waves) == len(self.pairs) else None


def requests(material: Material) -> list[Request]:
    """The requests with their numbers, whoever has the most units' traffic first; lists of addresses have letters."""
    by_rule: dict[Rule, dict[str, dict[Pair, None]]] = {}
    for unit, rule, pair in _Maker(material).asked():
        by_rule.setdefault(rule, {}).setdefault(unit, {})[pair] = None
    grouped: dict[tuple[Rule, tuple[Pair, ...]], list[str]] = {}
    for rule, units in by_rule.items():
        if rule.apart:
            every = dict.fromkeys(pair for pairs in units.values() for pair in pairs)
            grouped[rule, tuple(every)] = list(units)
            continue
        for unit, asked in units.items():
            grouped.setdefault((rule, tuple(asked)), []).append(unit)
    lists: dict[tuple[Pair, ...], str] = {}
    for _, pairs in grouped:
        lists.setdefault(pairs, letters(len(lists)))
    return [
        Request(number, rule, tuple(units), pairs, lists[pairs])
        for number, ((rule, pairs), units) in enumerate(grouped.items(), 1)
    ]


def letters(number: int) -> str:
    """A, B … Z, AA, AB …, as a spreadsheet counts its columns."""
    made = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        made = chr(ord("A") + rest) + made
    return made


_Asked = tuple[str, Rule, Pair]


class _Maker:
    """Finds for each address that moves whom to ask for what."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.waves = material.waves or {}
        self.inventory = material.inventory
        self.finder = ZoneFinder(material.inventory)
        self.titles = Counter(unit.title for unit in self.inventory.units.values())
        self.clients: dict[str, list[str]] = {}
        for line in self.inventory.lines.values():
            zone = self.finder.of_line(line) if line.kind is LineKind.LAN else None
            if zone is not None:
                self._add(self.clients, zone.name, self.unit_of_device(line.a.device))
        self.systems: dict[str, list[str]] = {}
        for system in self.inventory.systems.values():
            self._add(self.systems, system.zone, self.unit(system.unit))

    @staticmethod
    def _add(units: dict[str, list[str]], zone: str, unit: str) -> None:
        if unit and unit not in units.setdefault(zone, []):
            units[zone].append(unit)

    def unit(self, name: str) -> str:
        """A unit as people call it, with its region where several are called the same."""
        unit = self.inventory.units.get(name)
        if unit is None:
            return name
        if self.titles[unit.title] > 1 and unit.title:
            return f"{unit.title} ({self.material.region_name(unit.region)})"
        return unit.title or unit.name

    def unit_of_device(self, name: str) -> str:
        """The unit at whose site a device stands."""
        site = self.inventory.sites.get(self.inventory.devices[name].site)
        return self.unit(site.unit) if site is not None else ""

    def operators(self, *zones: Zone) -> list[str]:
        """Who runs the firewalls that have interfaces in the zones."""
        units: dict[str, None] = {}
        for zone in zones:
            for device, _ in zone.interfaces:
                if device in self.inventory.devices:
                    units[self.unit_of_device(device) or tr(UNKNOWN)] = None
        return list(units)

    def asked(self) -> Iterator[_Asked]:
        """Everything that is asked for, in the mapping's order."""
        edges: dict[str, list[Entry]] = {}
        for entry in self.material.mapping or ():
            line = self.inventory.lines.get(entry.owner)
            if line is not None and line.kind is LineKind.CIRCUIT and entry.moves and not entry.single:
                edges.setdefault(entry.owner, []).append(entry)
        for entry in self.material.mapping or ():
            if entry.mode is Mode.NAT_EDGE and not entry.single:
                yield from self.nat_edge(entry, edges)
            elif entry.moves and (not entry.single or entry.host_rule in (HostRule.HOST, HostRule.PLACED)):
                yield from self.of(entry)

    def pair(self, entry: Entry, owner: str = "") -> Pair:
        """An entry with the names that people know. `owner` is whose it is, where not the entry's own."""
        subject, site = old_new.whose(self.material, owner or entry.owner)
        unit = self.unit(site.unit) if site is not None and site.unit else ""
        return Pair(entry, subject, unit, self.waves.get(site.name) if site is not None else None)

    def nat_edge(self, entry: Entry, edges: dict[str, list[Entry]]) -> Iterator[_Asked]:
        """A LAN that stays: its unit changes what its NAT shows outside, the addresses of its circuits."""
        line = self.inventory.lines.get(entry.owner)
        circuits = self.inventory.lines_of(line.a.device) if line is not None else ()
        outside = [edge for circuit in circuits for edge in edges.get(circuit.name, ())]
        for edge in outside or [entry]:
            pair = self.pair(edge, entry.owner)
            yield pair.unit or tr(UNKNOWN), Rule(NAT, _EDGE, apart=True), pair

    def of(self, entry: Entry) -> Iterator[_Asked]:
        """What is asked for because of a prefix that moves, or a server in it."""
        line = self.inventory.lines.get(entry.owner)
        if line is None or line.kind is not LineKind.LAN:
            return  # loopbacks and circuits are in no rule between zones
        zone = self.finder.of_line(line)
        pair = self.pair(entry)
        if zone is None:
            yield tr(UNKNOWN), Rule(FIREWALL, _BY_HAND, apart=True), pair
            return
        for flow in self.inventory.flows:
            near, far = self.inventory.zones.get(flow.from_zone), self.inventory.zones.get(flow.to_zone)
            if near is None or far is None or near.name == far.name:
                continue
            if zone.name == near.name and not entry.single:
                yield from self.as_source(pair, flow, near, far)
            elif zone.name == far.name:
                yield from self.as_destination(pair, flow, near, far)

    def as_source(self, pair: Pair, flow: Flow, near: Zone, far: Zone) -> Iterator[_Asked]:
        """The prefix begins the traffic: who lets it in, and who translates it at the internet exit."""
        operators = self.operators(near, far)
        yield from self._all(operators, FIREWALL, _ADD_SOURCE, flow, pair)
        if far.area is Area.INTERNET:
            yield from self._all(operators, NAT, _TRANSLATE, flow, pair)
        owners = [unit for unit in self.systems.get(far.name, []) if unit not in operators]
        yield from self._all(owners, FIREWALL, _OWN_SOURCE, flow, pair)

    def as_destination(self, pair: Pair, flow: Flow, near: Zone, far: Zone) -> Iterator[_Asked]:
        """The traffic ends there: who lets it out to the old address today."""
        operators = self.operators(near, far)
        yield from self._all(operators, FIREWALL, _ADD_DESTINATION, flow, pair)
        clients = [unit for unit in self.clients.get(near.name, []) if unit not in operators]
        yield from self._all(clients, FIREWALL, _OWN_DESTINATION, flow, pair)

    def _all(self, units: Iterable[str], kind: str, what: str, flow: Flow, pair: Pair) -> Iterator[_Asked]:
        zones = self.inventory.zones
        near, far = (zones[name].title or name for name in (flow.from_zone, flow.to_zone))
        rule = Rule(kind, what, flow.name, flow.services, near, far)
        for unit in units:
            yield unit, rule, pair
