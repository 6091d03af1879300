"""Kea DHCPv4 and DHCPv6 configuration for the LANs, a file for each VRF: one server cannot tell overlapping ones apart.

A pool leaves out the gateway, the first addresses of the LAN (`static`), VRRP routers, servers of dns.yaml,
reservations, and hosts that the mapping gives places of their own. The server finds a LAN by the relay's address: the
router's. A subnet's number is its first address in IPv4, which does not change when the LAN grows in place, so that
leases keep their subnet; in IPv6 a checksum of the line's name.
Form: Kea Administrator Reference Manual, chapters "The DHCPv4 Server" and "The DHCPv6 Server".
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from zlib import crc32

from inventory.errors import InputError, Problem
from inventory.model import LineKind
from inventory.text import Message
from ipplan.addresses import end_addresses
from ipplan.names import DEFAULT_VRF
from ipplan.networks import within
from ipplan.views import kea_file, names
from ipplan.views.kea_file import DhcpSettings
from ipplan.views.material import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Line
    from ipplan.networks import Network
    from ipplan.plan import Allocation
    from ipplan.views.material import Material

_POOL6 = 1 << 16  # addresses in the pool of an IPv6 LAN, which has more than any server would keep leases for
_MOST_NUMBER = (1 << 32) - 1  # Kea's subnet numbers: 1 to 4294967294


@dataclass(frozen=True, slots=True)
class Lan:
    """A LAN in one family, as DHCP sees it."""

    line: Line
    row: Allocation
    gateway: str
    number: int


def files(material: Material) -> Iterator[File]:
    """`kea/dhcp4.conf`, `kea/dhcp6.conf`; for other VRFs than the global table `kea/dhcp4-<vrf>.conf`."""
    settings = material.dhcp or DhcpSettings()
    _check(material, settings)
    for version in (4, 6):
        by_vrf: dict[str, list[Lan]] = {}
        for lan in _lans(material, settings, version):
            by_vrf.setdefault(lan.row.vrf, []).append(lan)
        for vrf, lans in sorted(by_vrf.items()):
            tail = "" if vrf == DEFAULT_VRF else f"-{names.file_name(vrf)}"
            document = _document(material, settings, version, lans)
            text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
            yield File(f"kea/dhcp{version}{tail}.conf", text.encode())


def _check(material: Material, settings: DhcpSettings) -> None:
    """Every line that dhcp.yaml names is a LAN of the inventory, and its host numbers fit into the LAN."""
    lines = material.inventory.lines
    problems = []
    named = [*settings.without, *settings.virtual, *(item.lan for item in settings.reservations)]
    for name in dict.fromkeys(named):
        if name not in lines or lines[name].kind is not LineKind.LAN:
            message = Message("the inventory has no LAN “{name}”", name=name)
            problems.append(
                Problem("unknown-lan", message, Message("write the name of a LAN's line in links.csv"), kea_file.FILE)
            )
    hosts = [(item.lan, item.host) for item in settings.reservations]
    hosts += [(name, host) for name, numbers in settings.virtual.items() for host in numbers]
    for name, host in hosts:
        rows = material.plan.of(name)
        if rows and not any(_fits(row.prefix, host) for row in rows):
            message = Message("the LAN “{name}” has no address {host}", name=name, host=host)
            hint = Message("its prefixes are: {prefixes}", prefixes=", ".join(str(row.prefix) for row in rows))
            problems.append(Problem("no-place", message, hint, kea_file.FILE))
    if problems:
        raise InputError(problems)


def _fits(network: Network, host: int) -> bool:
    return 0 < host < network.num_addresses - (network.version == 4)


def _lans(material: Material, settings: DhcpSettings, version: int) -> Iterator[Lan]:
    taken: set[int] = set()
    for line in material.inventory.lines.values():
        if line.kind is not LineKind.LAN or line.name in settings.without:
            continue
        gateways = {address.network: str(address.ip) for address in end_addresses(material.plan, line, line.a)}
        for row in material.plan.of(line.name):
            if row.prefix.version != version or row.prefix not in gateways or row.prefix.num_addresses < 4:
                continue
            number = int(row.prefix.network_address) if version == 4 else crc32(line.name.encode())
            while number in taken or not 0 < number < _MOST_NUMBER:
                number = number % (_MOST_NUMBER - 1) + 1
            taken.add(number)
            yield Lan(line, row, gateways[row.prefix], number)


def ranges(lan: Lan, excluded: Iterable[int], static: int) -> list[tuple[str, str]]:
    """The first and last addresses of a LAN's pools: behind the static ones, without those at `excluded` offsets."""
    network = lan.row.prefix
    first, last = static + 1, network.num_addresses - 2
    if network.version == 6:
        room = network.num_addresses
        first = max(static + 1, min(_POOL6, room // 2))
        last = min(first + _POOL6, room) - 1
    found: list[tuple[str, str]] = []
    start = first
    for hole in [*sorted(number for number in set(excluded) if first <= number <= last), last + 1]:
        if start < hole:
            found.append((str(network.network_address + start), str(network.network_address + hole - 1)))
        start = hole + 1
    return found


@dataclass(frozen=True)
class _Taken:
    """What the mapping says of each LAN: the new addresses of its single hosts, and whether it moves."""

    hosts: dict[str, list[Network]]
    moving: frozenset[str]


def _taken(material: Material) -> _Taken:
    hosts: dict[str, list[Network]] = {}
    moving = set()
    for entry in material.mapping or ():
        if entry.single and entry.new is not None:
            hosts.setdefault(entry.owner, []).append(entry.new)
        if entry.moves:
            moving.add(entry.owner)
    return _Taken(hosts, frozenset(moving))


def _excluded(material: Material, settings: DhcpSettings, lan: Lan, taken: _Taken) -> set[int]:
    """The offsets in a LAN that somebody has for good."""
    network, name = lan.row.prefix, lan.line.name
    base = int(network.network_address)
    found = {int(ip_address(lan.gateway)) - base, *settings.virtual.get(name, ())}
    found |= {item.host for item in settings.reservations if item.lan == name}
    if material.dns is not None:
        found |= {server.host for server in material.dns.servers if server.lan == name}
    found |= {int(new.network_address) - base for new in taken.hosts.get(name, ()) if within(new, network)}
    return found


def _document(material: Material, settings: DhcpSettings, version: int, lans: list[Lan]) -> dict[str, Any]:
    services = material.workspace.settings.services
    head: dict[str, Any] = {
        "interfaces-config": {"interfaces": list(settings.interfaces)},
        "lease-database": {"type": "memfile", "persist": True},
        **_lifetimes(settings.lifetime, version),
        "option-data": _options(material, version, services.get("dns", ()), services.get("ntp", ())),
        "user-context": {"made-by": "govnet", "plan": material.fingerprint, "network": material.title},
    }
    if version == 4:
        head["authoritative"] = True
    taken = _taken(material)
    head[f"subnet{version}"] = [_subnet(material, settings, lan, taken) for lan in lans]
    return {f"Dhcp{version}": head}


def _lifetimes(seconds: int, version: int) -> dict[str, int]:
    """The lease's time and when clients ask again (RFC 2131 section 4.4.5, RFC 8415 section 21.4)."""
    times = {"valid-lifetime": seconds, "renew-timer": seconds // 2, "rebind-timer": seconds * 7 // 8}
    if version == 6:
        times |= {"preferred-lifetime": seconds * 3 // 4, "renew-timer": seconds * 3 // 8}
        times["rebind-timer"] = seconds * 3 // 5
    return times


def _options(material: Material, version: int, dns: Iterable[str], ntp: Iterable[str]) -> list[dict[str, str]]:
    """The options of every LAN: name servers, clocks, the domain."""
    servers = [text for text in dns if ip_address(text).version == version]
    clocks = [text for text in ntp if ip_address(text).version == version]
    options = []
    if servers:
        options.append({"name": "domain-name-servers" if version == 4 else "dns-servers", "data": ", ".join(servers)})
    if clocks:
        options.append({"name": "ntp-servers" if version == 4 else "sntp-servers", "data": ", ".join(clocks)})
    if material.dns is not None:
        options.append({"name": "domain-name" if version == 4 else "domain-search", "data": material.dns.origin})
    return options


def _subnet(material: Material, settings: DhcpSettings, lan: Lan, taken: _Taken) -> dict[str, Any]:
    network, name = lan.row.prefix, lan.line.name
    pools = ranges(lan, _excluded(material, settings, lan, taken), min(settings.static, network.num_addresses // 4))
    site = material.inventory.sites.get(material.inventory.devices[lan.line.a.device].site)
    subnet: dict[str, Any] = {
        "id": lan.number,
        "subnet": str(network),
        "pools": [{"pool": f"{first} - {last}"} for first, last in pools],
        "relay": {"ip-addresses": [lan.gateway]},
    }
    if settings.migration_lifetime is not None and name in taken.moving:
        subnet |= _lifetimes(settings.migration_lifetime, network.version)
    if network.version == 4:
        subnet["option-data"] = [{"name": "routers", "data": lan.gateway}]
    reservations = [
        _reservation(item, network) for item in settings.reservations if item.lan == name and _fits(network, item.host)
    ]
    if reservations:
        subnet["reservations"] = reservations
    subnet["user-context"] = {
        "line": name,
        "region": material.region_name(lan.row.region),
        "site": (site.title or site.name) if site is not None else "",
    }
    return subnet


def _reservation(item: kea_file.Reservation, network: Network) -> dict[str, Any]:
    address = str(network.network_address + item.host)
    place: dict[str, Any] = {"ip-address": address} if network.version == 4 else {"ip-addresses": [address]}
    return {"hw-address": item.mac, **place, **({"hostname": item.name} if item.name else {})}
