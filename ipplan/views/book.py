"""The address book's rows: each allocation with what people want to know about it, the pools, the blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.model import LineKind
from inventory.text import mark, tr
from ipplan import usage
from ipplan.addresses import end_addresses
from ipplan.views.material import AREA_TITLES, LEVEL_TITLES
from ipplan.views.sheets import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Area, Interface, Level, Line, Site
    from ipplan.networks import Network
    from ipplan.plan import Allocation
    from ipplan.views.material import Material


@dataclass(frozen=True, slots=True)
class Entry:
    """An allocation as people read it.

    `used` is the share of a LAN's usable addresses that today's hosts and the router take, None where nobody counts
    hosts, and in IPv6, where a LAN's size says nothing about its hosts (RFC 7421).
    `gateway` is the router's address in a LAN. `doublings` as in `ipplan.usage`.
    """

    allocation: Allocation
    pool: str
    function: str
    region: str
    path: str
    subject: str
    site: str
    unit: str
    gateway: Interface | None
    hosts: int | None
    used: float | None
    doublings: int


def entries(material: Material) -> list[Entry]:
    """Every allocation, in address order inside its area and VRF."""
    room = usage.doublings(material.plan)
    return [_entry(material, row, room[row]) for row in material.plan.allocations]


def _entry(material: Material, row: Allocation, doublings: int) -> Entry:
    inventory = material.inventory
    line = inventory.lines.get(row.owner)
    device = inventory.devices.get(row.owner) or (inventory.devices.get(line.a.device) if line else None)
    site = inventory.sites.get(device.site) if device else None
    is_lan = line is not None and line.kind is LineKind.LAN
    hosts = site.hosts if is_lan and site is not None else None
    return Entry(
        row,
        material.pool_title(row.pool),
        material.function_title(row.function),
        material.region_name(row.region),
        material.region_path(row.region),
        _subject(line, site) if line is not None else row.owner,
        _site_title(site) if line is None or is_lan else "",
        _unit_title(material, site) if line is None or is_lan else "",
        _gateway(material, line, row) if line is not None and is_lan else None,
        hosts,
        None if hosts is None or row.prefix.version == 6 else min((hosts + 1) / usable(row.prefix), 1.0),
        doublings,
    )


def _subject(line: Line, site: Site | None) -> str:
    if line.kind is LineKind.LAN:
        return _site_title(site) or line.name
    ends = [f"{end.device} {end.interface}" for end in (line.a, line.b) if end is not None]
    return " — ".join(ends)


def _site_title(site: Site | None) -> str:
    return (site.title or site.name) if site is not None else ""


def _unit_title(material: Material, site: Site | None) -> str:
    unit = material.inventory.units.get(site.unit) if site is not None else None
    return (unit.title or unit.name) if unit is not None else ""


def _gateway(material: Material, line: Line, row: Allocation) -> Interface | None:
    for address in end_addresses(material.plan, line, line.a):
        if address.network == row.prefix:
            return address
    return None


def usable(network: Network) -> int:
    """How many addresses of a prefix hosts can have (RFC 1122, RFC 3021, RFC 4291 section 2.6.1, RFC 6164)."""
    count = network.num_addresses
    if count <= 2:
        return count
    return count - (2 if network.version == 4 else 1)


def last_usable(network: Network) -> str:
    """The last address that a host can have."""
    offset = 1 if network.version == 4 and network.num_addresses > 2 else 0
    return str(network.broadcast_address - offset)


def _shown_hosts(entry: Entry) -> int | None:
    return entry.hosts


ALLOCATIONS: tuple[Column, ...] = (
    Column(mark("VRF"), 10, "text", lambda entry: entry.allocation.vrf),
    Column(mark("Purpose"), 16, "text", lambda entry: entry.function),
    Column(mark("Level"), 8, "text", lambda entry: level_title(entry.allocation.level)),
    Column(mark("Region code"), 13, "text", lambda entry: entry.allocation.region),
    Column(mark("Region"), 16, "text", lambda entry: entry.region),
    Column(mark("For"), 34, "text", lambda entry: entry.subject),
    Column(mark("Unit"), 22, "text", lambda entry: entry.unit),
    Column(mark("Prefix"), 20, "text", lambda entry: str(entry.allocation.prefix)),
    Column(mark("Netmask"), 17, "text", lambda entry: netmask(entry.allocation.prefix)),
    Column(mark("Gateway"), 17, "text", lambda entry: str(entry.gateway.ip) if entry.gateway else None),
    Column(mark("Last address"), 17, "text", lambda entry: last_usable(entry.allocation.prefix)),
    Column(mark("Addresses"), 11, "count", lambda entry: usable(entry.allocation.prefix)),
    Column(mark("Hosts today"), 11, "number", _shown_hosts),
    Column(mark("Used"), 16, "share", lambda entry: entry.used),
    Column(mark("Can double"), 11, "number", lambda entry: entry.doublings),
    Column(mark("Pool"), 18, "text", lambda entry: entry.pool),
    Column(mark("Owner in the inventory"), 20, "text", lambda entry: entry.allocation.owner),
)


def netmask(network: Network) -> str:
    """The mask as devices want it: dotted in IPv4, the length in IPv6."""
    return str(network.netmask) if network.version == 4 else f"/{network.prefixlen}"


def area_title(area: Area) -> str:
    """An area's name in the language in use."""
    return tr(AREA_TITLES[area])


def level_title(level: Level) -> str:
    """A level's name in the language in use."""
    return tr(LEVEL_TITLES[level])


@dataclass(frozen=True, slots=True)
class Fill:
    """How full a pool's family or a region's block is, with the names that people know."""

    area: str
    pool: str
    region: str
    prefixes: str
    addresses: int
    allocations: int
    share: float
    largest_free: str


FILLS: tuple[Column, ...] = (
    Column(mark("Area"), 22, "text", lambda fill: fill.area),
    Column(mark("Pool"), 26, "text", lambda fill: fill.pool),
    Column(mark("Region"), 34, "text", lambda fill: fill.region),
    Column(mark("Prefixes"), 30, "text", lambda fill: fill.prefixes),
    Column(mark("Addresses"), 13, "count", lambda fill: fill.addresses),
    Column(mark("Allocations"), 12, "number", lambda fill: fill.allocations),
    Column(mark("Allocated"), 16, "share", lambda fill: fill.share),
    Column(mark("Largest free"), 13, "text", lambda fill: fill.largest_free),
)


def pool_fills(material: Material) -> Iterator[Fill]:
    """The pools, each family by itself."""
    areas = {row.pool: row.area for row in material.plan.pool_rows}
    for entry in usage.pools(material.plan):
        yield _fill(material, entry, areas[entry.pool])


def block_fills(material: Material) -> Iterator[Fill]:
    """The regions' blocks, in address order."""
    for entry, row in zip(usage.blocks(material.plan), material.plan.blocks, strict=True):
        yield _fill(material, entry, row.area)


def _fill(material: Material, entry: usage.Usage, area: Area) -> Fill:
    return Fill(
        area_title(area),
        material.pool_title(entry.pool),
        material.region_below(entry.region) if entry.region else "",
        ", ".join(str(prefix) for prefix in entry.prefixes),
        entry.addresses,
        entry.allocations,
        entry.share,
        f"/{entry.largest_free}" if entry.largest_free is not None else "",
    )


@dataclass(frozen=True, slots=True)
class Port:
    """A device's interface with one of its addresses."""

    device: str
    interface: str
    address: str
    line: str
    region: str
    site: str


PORTS: tuple[Column, ...] = (
    Column(mark("Device"), 20, "text", lambda port: port.device),
    Column(mark("Interface"), 24, "text", lambda port: port.interface),
    Column(mark("Address"), 24, "text", lambda port: port.address),
    Column(mark("Line"), 20, "text", lambda port: port.line),
    Column(mark("Region"), 30, "text", lambda port: port.region),
    Column(mark("Site"), 26, "text", lambda port: port.site),
)


def ports(material: Material) -> Iterator[Port]:
    """Every interface with an address, device by device in the inventory's order: planned, given, and management."""
    from ipplan.addresses import device_addresses  # noqa: PLC0415 - only this table needs it

    inventory = material.inventory
    for device in inventory.devices.values():
        found = device_addresses(material.plan, inventory, device.name)
        lines = {
            end.interface: line.name
            for line in inventory.lines_of(device.name)
            for end in (line.a, line.b)
            if end is not None and end.device == device.name
        }
        site = inventory.sites.get(device.site)
        place = (material.region_below(site.region) if site else "", _site_title(site))
        for loopback in found.loopbacks:
            yield Port(device.name, tr(mark("loopback")), str(loopback), "", *place)
        for interface, addresses in found.interfaces.items():
            for address in addresses:
                yield Port(device.name, interface, str(address), lines.get(interface, ""), *place)


def areas(material: Material) -> dict[Area, list[Entry]]:
    """The entries of each area that has any, areas in their own order."""
    found: dict[Area, list[Entry]] = {area: [] for area in AREA_TITLES}
    for entry in entries(material):
        found[entry.allocation.area].append(entry)
    return {area: rows for area, rows in found.items() if rows}
