"""Requests to other departments: who must change which firewall or NAT rule from which old to which new address.

For each prefix that moves and each flow of zones.yaml that its zone takes part in, the units at the other side are
asked: those whose business systems stand there, where the prefix is a source; those whose LANs are there, where it is
a destination; and whoever runs the firewall between the zones. The order is RFC 4192's: the new rule beside the old
one before anything moves, the old one gone when nothing uses it any more. A LAN whose zone is not known is listed
with that, so that somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inventory.model import Area, LineKind
from inventory.text import mark, tr
from ipplan.mapping import HostRule, Mode
from ipplan.views import old_new
from ipplan.views.address_book import OWN_PLAN
from ipplan.views.book import Column
from ipplan.views.csv_areas import table
from ipplan.views.material import File
from ipplan.views.sheets import Book
from ipplan.views.zones import ZoneFinder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Flow, Zone
    from ipplan.mapping import Entry
    from ipplan.views.material import Material

_FIREWALL = mark("firewall rule")
_NAT = mark("NAT rule")
_UNKNOWN = mark("unknown: find out who filters it")
_SOURCE, _DESTINATION = mark("source"), mark("destination")


@dataclass(frozen=True, slots=True)
class Request:
    """One change that one unit is asked for. `wave` is that of the site whose address it is, if it is known."""

    unit: str
    kind: str
    what: str
    side: str
    flow: str
    services: str
    from_zone: str
    to_zone: str
    entry: Entry
    subject: str
    wave: int | None = None


REQUESTS: tuple[Column, ...] = (
    Column(mark("No."), 6, "number", lambda row: row[0]),
    Column(mark("Unit that acts"), 26, "text", lambda row: row[1].unit),
    Column(mark("Kind"), 14, "text", lambda row: tr(row[1].kind)),
    Column(mark("What to do"), 52, "text", lambda row: row[1].what),
    Column(mark("Old address"), 20, "text", lambda row: _shown(row[1].entry, old=True)),
    Column(mark("New address"), 20, "text", lambda row: _shown(row[1].entry, old=False)),
    Column(mark("As"), 12, "text", lambda row: tr(row[1].side) if row[1].side else None),
    Column(mark("Rule"), 24, "text", lambda row: row[1].flow),
    Column(mark("Services"), 24, "text", lambda row: row[1].services),
    Column(mark("From zone"), 22, "text", lambda row: row[1].from_zone),
    Column(mark("To zone"), 22, "text", lambda row: row[1].to_zone),
    Column(mark("VRF"), 12, "text", lambda row: old_new.vrf_text(row[1].entry.vrf)),
    Column(mark("Whose address"), 26, "text", lambda row: row[1].subject),
    Column(mark("Wave"), 8, "number", lambda row: row[1].wave),
    Column(mark("New rule in place before"), 20, "text", lambda _: tr(mark("stage “verify”"))),
    Column(mark("Old rule gone in"), 20, "text", lambda _: tr(mark("stage “remove”"))),
    Column(mark("Contact"), 16, "text", lambda _: None),
    Column(mark("Done on"), 12, "text", lambda _: None),
)
_HEADING = mark("Change requests for firewalls and NAT")
_SHEET = mark("Requests")
_WHAT = mark(
    "Each row asks one unit for one change. Filter by “Unit that acts” and send each unit its rows. Add the new "
    "address beside the old one first; take the old one out only in the stage “remove”. The contacts are for you to "
    "fill in."
)


def _shown(entry: Entry, *, old: bool) -> str | None:
    network = entry.old if old else entry.new
    if network is None:
        return None
    return str(network.network_address) if entry.single else str(network)


class _Maker:
    """Makes the requests of one mapping."""

    def __init__(self, material: Material) -> None:
        self.material = material
        self.inventory = material.inventory
        self.finder = ZoneFinder(material.inventory)
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
        """A unit as people call it."""
        unit = self.inventory.units.get(name)
        return (unit.title or unit.name) if unit is not None else name

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
                    units[self.unit_of_device(device) or tr(_UNKNOWN)] = None
        return list(units)

    def requests(self) -> Iterator[Request]:
        """All requests, in the mapping's order."""
        for entry in self.material.mapping or ():
            if entry.mode is Mode.NAT_EDGE and not entry.single:
                yield self.nat_edge(entry)
            elif entry.moves and (not entry.single or entry.host_rule in (HostRule.HOST, HostRule.PLACED)):
                yield from self.of(entry)

    def nat_edge(self, entry: Entry) -> Request:
        """A LAN that stays: its unit changes what its NAT shows outside."""
        subject, site = old_new.whose(self.material, entry.owner)
        unit = self.unit(site.unit) if site is not None and site.unit else tr(_UNKNOWN)
        what = tr(mark("keep the LAN; change the outside addresses of your NAT (address pool, mapped servers)"))
        return Request(unit, _NAT, what, "", "", "", "", "", entry, subject)

    def of(self, entry: Entry) -> Iterator[Request]:
        """The requests for a prefix that moves, or a server in it."""
        subject, _ = old_new.whose(self.material, entry.owner)
        line = self.inventory.lines.get(entry.owner)
        if line is None or line.kind is not LineKind.LAN:
            return  # loopbacks and circuits are in no rule between zones
        zone = self.finder.of_line(line)
        if zone is None:
            what = tr(mark("no zone of zones.yaml is on the way of this LAN: find the rules that name it by hand"))
            yield Request(tr(_UNKNOWN), _FIREWALL, what, "", "", "", "", "", entry, subject)
            return
        for flow in self.inventory.flows:
            near, far = self.inventory.zones.get(flow.from_zone), self.inventory.zones.get(flow.to_zone)
            if near is None or far is None or near.name == far.name:
                continue
            if zone.name == near.name and not entry.single:
                yield from self.as_source(entry, flow, near, far, subject)
            elif zone.name == far.name:
                yield from self.as_destination(entry, flow, near, far, subject)

    def as_source(self, entry: Entry, flow: Flow, near: Zone, far: Zone, subject: str) -> Iterator[Request]:
        """The prefix begins the traffic: who lets it in, and who translates it at the internet exit."""
        firewall = tr(mark("add the new source address beside the old one, then remove the old one"))
        nat = tr(mark("translate the new source address as the old one at the internet exit"))
        operators = self.operators(near, far)
        for unit in operators:
            yield self._request(unit, _FIREWALL, firewall, _SOURCE, flow, entry, subject)
        if far.area is Area.INTERNET:
            for unit in operators:
                yield self._request(unit, _NAT, nat, _SOURCE, flow, entry, subject)
        for unit in self.systems.get(far.name, []):
            if unit not in operators:
                yield self._request(unit, _FIREWALL, firewall, _SOURCE, flow, entry, subject)

    def as_destination(self, entry: Entry, flow: Flow, near: Zone, far: Zone, subject: str) -> Iterator[Request]:
        """The traffic ends there: who lets it out to the old address today."""
        what = tr(mark("add the new destination address beside the old one, then remove the old one"))
        units = dict.fromkeys([*self.operators(near, far), *self.clients.get(near.name, [])])
        for unit in units:
            yield self._request(unit, _FIREWALL, what, _DESTINATION, flow, entry, subject)

    def _request(self, unit: str, kind: str, what: str, side: str, flow: Flow, entry: Entry, subject: str) -> Request:
        zones = self.inventory.zones
        near, far = (zones[name].title or name for name in (flow.from_zone, flow.to_zone))
        return Request(unit, kind, what, side, flow.name, ", ".join(flow.services), near, far, entry, subject)


def requests(material: Material) -> list[tuple[int, Request]]:
    """The requests with their numbers, unit by unit in the order of the units' first requests."""
    waves = material.waves or {}
    found = []
    for request in dict.fromkeys(_Maker(material).requests()):
        _, site = old_new.whose(material, request.entry.owner)
        found.append(replace(request, wave=waves.get(site.name) if site is not None else None))
    order = {unit: place for place, unit in enumerate(dict.fromkeys(request.unit for request in found))}
    found.sort(key=lambda request: order[request.unit])
    return list(enumerate(found, 1))


COUNTS: tuple[Column, ...] = (
    Column(mark("Unit that acts"), 40, "text", lambda row: row[0]),
    Column(mark("Requests"), 12, "number", lambda row: row[1]),
)
_UNITS = mark("Units")


def files(material: Material) -> Iterator[File]:
    """`requests/requests.xlsx` and `requests/requests.csv`."""
    found = requests(material)
    counts: dict[str, int] = {}
    for _, request in found:
        counts[request.unit] = counts.get(request.unit, 0) + 1
    made = Book(f"{material.title} {tr(_HEADING)}")
    contents = [
        (tr(_UNITS), tr(mark("how many requests each unit gets"))),
        (tr(_SHEET), tr(mark("{count} requests"), count=len(found))),
    ]
    made.cover(material, tr(_HEADING), [tr(_WHAT), tr(OWN_PLAN)], contents)
    made.table(tr(_UNITS), COUNTS, counts.items())
    made.table(tr(_SHEET), REQUESTS, found)
    yield File("requests/requests.xlsx", made.data())
    yield File("requests/requests.csv", table(REQUESTS, found))
