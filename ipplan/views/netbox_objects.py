"""The plan as NetBox's objects: one description, from which the import files and the push are made.

Names that must be unique in NetBox and are not in the inventory (every county has a 卫生健康局) get what tells them
apart in brackets; slugs are the inventory's keys and stay the same whatever the titles become.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inventory.model import LineKind
from inventory.text import mark, tr
from ipplan.addresses import end_addresses
from ipplan.names import DEFAULT_VRF  # NetBox's global table: no VRF there
from ipplan.networks import in_order
from ipplan.views import book, dns_names
from ipplan.views.names import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from inventory.model import Interface, Region, Site, Unit
    from ipplan.networks import Network
    from ipplan.plan import Row
    from ipplan.views.material import Material

KINDS = ("regions", "tenants", "sites", "roles", "route_targets", "vrfs", "prefixes", "ip_addresses", "rirs", "asns")
_LONGEST_NAME, _LONGEST_DESCRIPTION = 100, 200


@dataclass(frozen=True, slots=True)
class Ref:
    """Another object, by its kind and key."""

    kind: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """An object: its kind, what makes it the same one in NetBox, its fields. A field may be a Ref or a tuple of them.

    `scope` is where a prefix belongs (a site or a region): the import form of older versions has no column for it.
    """

    kind: str
    key: tuple[str, ...]
    fields: Mapping[str, Any]
    scope: Ref | None = None


@dataclass(slots=True)
class _Objects:
    """Collects objects; of two with the same key the later one adds to the description of the first."""

    material: Material
    found: dict[tuple[str, tuple[str, ...]], Object] = field(default_factory=dict)

    def add(self, kind: str, key: tuple[str, ...], scope: Ref | None = None, **fields: Any) -> None:
        """Keep an object."""
        fields["description"] = str(fields.get("description", ""))[:_LONGEST_DESCRIPTION]
        if "name" in fields:
            fields["name"] = fields["name"][:_LONGEST_NAME]
        self.found[kind, key] = Object(kind, key, fields, scope)


def objects(material: Material) -> list[Object]:
    """All objects in the order in which NetBox must get them: what is referred to comes first."""
    made = _Objects(material)
    _regions(made)
    _tenants_and_sites(made)
    _vrfs(made)
    _prefixes(made)
    _addresses(made)
    _numbers(made)
    return sorted(made.found.values(), key=lambda found: KINDS.index(found.kind))


def unique(items: Iterable[Any], title: Callable[[Any], str], more: Callable[[Any], str]) -> dict[str, str]:
    """Names by key: the title where it is the only one, else the title with what tells them apart."""
    found = list(items)
    counts = Counter(title(item) for item in found)
    names = {item.name: title(item) if counts[title(item)] == 1 else f"{title(item)} ({more(item)})" for item in found}
    again = Counter(names.values())
    return {key: name if again[name] == 1 else f"{name} [{key}]" for key, name in names.items()}


def _regions(made: _Objects) -> None:
    regions = made.material.inventory.regions

    def depth(region: Region) -> int:
        return len(made.material.inventory.region_chain(region.code))

    for region in sorted(regions.values(), key=depth):
        parent = Ref("regions", (slug(region.parent),)) if region.parent in regions else None
        level = book.level_title(region.level)
        made.add(
            "regions",
            (slug(region.code),),
            name=region.name,
            slug=slug(region.code),
            parent=parent,
            description=f"{level} {region.code}",
        )


def _tenants_and_sites(made: _Objects) -> None:
    inventory, material = made.material.inventory, made.material

    def region_of_unit(unit: Unit) -> str:
        return material.region_name(unit.region)

    def region_of_site(site: Site) -> str:
        return material.region_name(site.region)

    tenants = unique(inventory.units.values(), lambda unit: unit.title or unit.name, region_of_unit)
    for unit in inventory.units.values():
        made.add(
            "tenants",
            (slug(unit.name),),
            name=tenants[unit.name],
            slug=slug(unit.name),
            description=material.region_path(unit.region),
        )
    sites = unique(inventory.sites.values(), lambda site: site.title or site.name, region_of_site)
    for site in inventory.sites.values():
        made.add(
            "sites",
            (slug(site.name),),
            name=sites[site.name],
            slug=slug(site.name),
            status="active",
            region=Ref("regions", (slug(site.region),)) if site.region in inventory.regions else None,
            tenant=tenant_ref(material, site),
            description=material.region_path(site.region),
        )


def tenant_ref(material: Material, site: Site | None) -> Ref | None:
    """A site's unit as a tenant."""
    known = site is not None and site.unit in material.inventory.units
    return Ref("tenants", (slug(site.unit),)) if known and site is not None else None


def _vrfs(made: _Objects) -> None:
    material = made.material
    rules = getattr(material.policy, "vrfs", None) or {}
    names = dict.fromkeys([*material.inventory.vrfs, *(row.vrf for row in material.plan.pool_rows)])
    for name in names:
        vrf, rule = material.inventory.vrfs.get(name), rules.get(name) or material.plan.vrfs.get(name)
        if name == DEFAULT_VRF:
            continue
        rd = (vrf.rd if vrf else "") or (rule.rd if rule else "")
        targets: dict[str, Any] = {}
        for way in ("import_rt", "export_rt"):
            values = (getattr(vrf, way) if vrf else ()) or (getattr(rule, way) if rule else ())
            for value in values:
                made.add("route_targets", (value,), name=value)
            targets[way.replace("_rt", "_targets")] = tuple(Ref("route_targets", (value,)) for value in values)
        title = vrf.title if vrf else ""
        made.add("vrfs", (name,), name=name, rd=rd or None, enforce_unique=True, description=title, **targets)


# What anybody may use inside (RFC 6996 section 5).
_PRIVATE_NUMBERS = (range(64512, 65535), range(4200000000, 4294967295))


def _numbers(made: _Objects) -> None:
    """AS numbers: that of all, and those of regions that have their own. NetBox wants to know who gave each."""
    material = made.material
    whose = {row.asn: material.region_path(row.region) for row in material.plan.as_rows}
    if material.policy is not None and material.policy.asn is not None:
        whose.setdefault(material.policy.asn, material.title)
    for number, owner in sorted(whose.items()):
        private = any(number in numbers for numbers in _PRIVATE_NUMBERS)
        key, name = ("rfc-6996", "RFC 6996") if private else ("assigned", tr(mark("assigned")))
        made.add("rirs", (key,), name=name, slug=key, is_private=private)
        made.add("asns", (str(number),), asn=number, rir=Ref("rirs", (key,)), description=owner)


def _vrf_ref(name: str) -> Ref | None:
    return None if name == DEFAULT_VRF else Ref("vrfs", (name,))


def _prefixes(made: _Objects) -> None:
    """Pools and regions' blocks as containers, allocations as active; a prefix that is several of them is the last."""
    material = made.material
    rows: Iterator[Row] = iter((*material.plan.pool_rows, *material.plan.blocks))
    for row in sorted(rows, key=lambda row: (hasattr(row, "region"), row.vrf, in_order(row.prefix))):
        region = getattr(row, "region", "")
        text = f"{book.area_title(row.area)}: {material.pool_title(row.pool)}"
        _prefix(
            made,
            row.vrf,
            row.prefix,
            status="container",
            description=f"{text}, {material.region_path(region)}" if region else text,
            scope=Ref("regions", (slug(region),)) if region in material.inventory.regions else None,
        )
    roles = unique(
        (material.policy.functions.values() if material.policy else ()),
        lambda function: function.title or function.name,
        lambda function: function.name,
    )
    for entry in book.entries(material):
        row = entry.allocation
        key = (slug(row.function),)
        made.add("roles", key, name=roles.get(row.function, row.function), slug=key[0])
        site = _site(material, row.owner)
        _prefix(
            made,
            row.vrf,
            row.prefix,
            status="active",
            role=Ref("roles", key),
            tenant=tenant_ref(material, site),
            description=f"{entry.function}: {entry.subject} ({row.owner})",
            scope=Ref("sites", (slug(site.name),)) if site is not None else None,
        )


def _site(material: Material, owner: str) -> Site | None:
    """Where an allocation belongs: the site of a device or a LAN; a circuit is at two sites, so at none."""
    inventory = material.inventory
    line = inventory.lines.get(owner)
    if line is not None and line.kind is not LineKind.LAN:
        return None
    device = inventory.devices.get(line.a.device if line is not None else owner)
    return inventory.sites.get(device.site) if device is not None else None


def _prefix(made: _Objects, vrf: str, prefix: Network, scope: Ref | None, **fields: Any) -> None:
    key = (vrf if vrf != DEFAULT_VRF else "", str(prefix))
    made.add("prefixes", key, scope, prefix=str(prefix), vrf=_vrf_ref(vrf), **fields)


def _addresses(made: _Objects) -> None:
    """The addresses of devices: loopbacks, circuits, LANs' gateways, the carriers', and management addresses."""
    material = made.material
    names = _dns_names(material)
    for vrf, address, device, what, role in _devices_addresses(material):
        key = (vrf if vrf != DEFAULT_VRF else "", str(address.ip))
        if ("ip_addresses", key) in made.found:
            continue
        site = material.inventory.sites.get(material.inventory.devices[device].site)
        made.add(
            "ip_addresses",
            key,
            address=str(address),
            vrf=_vrf_ref(vrf),
            tenant=tenant_ref(material, site),
            status="active",
            role=role,
            dns_name=names.get((vrf, str(address.ip)), ""),
            description=what,
        )


def _devices_addresses(material: Material) -> Iterator[tuple[str, Interface, str, str, str]]:
    """VRF, address, device, description and role of each address; the first of two entries for an address counts."""
    inventory, plan = material.inventory, material.plan
    for device in inventory.devices.values():
        for row in plan.of(device.name):
            if row.prefix.num_addresses == 1:
                what = f"{device.name} {tr(mark('loopback'))}"
                yield row.vrf, _interface(row.prefix), device.name, what, "loopback"
    for line in inventory.lines.values():
        vrfs = {row.prefix: row.vrf for row in plan.of(line.name)}
        for end in (line.a, line.b):
            if end is not None and end.device in inventory.devices and line.kind is not LineKind.TUNNEL:
                for address in end_addresses(plan, line, end):
                    what = f"{end.device} {end.interface} ({line.name})"
                    yield vrfs.get(address.network, DEFAULT_VRF), address, end.device, what, ""
    for device in inventory.devices.values():
        if device.address is not None:
            what = f"{device.name} {device.management_interface} {tr(mark('management'))}"
            yield DEFAULT_VRF, device.address, device.name, what, ""


def _interface(network: Network) -> Interface:
    from ipaddress import ip_interface  # noqa: PLC0415 - one use

    return ip_interface(f"{network.network_address}/{network.prefixlen}")


def _dns_names(material: Material) -> dict[tuple[str, str], str]:
    """The whole names of addresses, as the reverse zones have them; none without a dns.yaml."""
    settings = material.dns
    if settings is None:
        return {}
    found: dict[tuple[str, str], str] = {}
    for named in sorted(dns_names.Collector(material, settings).collect(), key=lambda named: (named.rank, named.name)):
        found.setdefault((named.vrf, str(named.address)), f"{named.name}.{dns_names.zone_origin(settings, named.vrf)}")
    return found
