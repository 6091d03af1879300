"""Today's address table from configurations: which prefixes there are, whose they are, and the lines that say so.

Nothing is guessed: which hosts are in use is only said of prefixes that configurations show whole (single addresses
and circuits); of a LAN they show the routers, so its hosts stay unknown, and those that were seen stand in the note.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, summarize_address_range
from typing import TYPE_CHECKING, TypeAlias

from configs.addressing import network_of
from configs.model import UseKind
from inventory.model import LineKind
from ipplan.current import UNKNOWN, Hosts, Row, hosts_text
from ipplan.lookup import Table
from ipplan.mapping import Mode
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS, Block, Network, in_order
from ipplan.networks import network_of as prefix_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from configs.model import AddressUse
    from inventory.model import Inventory, Line

Address: TypeAlias = IPv4Address | IPv6Address
Key: TypeAlias = tuple[str, Network]  # VRF and prefix

_OWN = (UseKind.INTERFACE, UseKind.SECONDARY)
_LINES_SHOWN = 20  # places named in one row
_SPARE_BITS_OF_CIRCUIT = 2


@dataclass(frozen=True, slots=True)
class Used:
    """What one configuration uses. `device` is its name in the inventory, else what the file is called."""

    device: str
    file: str
    uses: Sequence[AddressUse]


@dataclass(slots=True)
class _Found:
    """What is known of one prefix."""

    kind: UseKind
    owners: dict[str, None] = field(default_factory=dict)
    interfaces: dict[str, None] = field(default_factory=dict)
    routers: dict[Address, None] = field(default_factory=dict)
    virtual: dict[Address, None] = field(default_factory=dict)
    hosts: dict[Address, None] = field(default_factory=dict)
    gateway: Address | None = None
    evidence: dict[str, None] = field(default_factory=dict)


def rows(found: Iterable[Used], inventory: Inventory | None = None) -> list[Row]:
    """The rows of today's table, by VRF and address.

    An interface that the inventory has on a line gives the line's name as owner, a single address the device's.
    Addresses that are only used somewhere (NAT, next hops) belong to the prefix around them; what no interface and no
    DHCP pool holds becomes a row of its own.
    """
    used = [(configuration, use) for configuration in found for use in _at_home(configuration, inventory)]
    prefixes: dict[Key, _Found] = {}
    for configuration, use in used:
        if use.kind in _OWN and not _nowhere(use.first):
            _interface(prefixes, configuration, use, inventory)
    for configuration, use in used:
        if use.kind is UseKind.DHCP:
            _dhcp(prefixes, configuration, use)
    around = _tables(prefixes)
    for configuration, use in used:
        _single(prefixes, around, configuration, use)
    around = _tables(prefixes)
    for configuration, use in used:
        if use.kind is UseKind.ROUTE:
            _route(prefixes, around, configuration, use)
    managed = _managed(inventory)
    return [
        _row(key, prefixes[key], inventory, keep=key[1] in managed and key[0] == DEFAULT_VRF)
        for key in sorted(prefixes, key=lambda key: (key[0], *in_order(key[1])))
    ]


def _managed(inventory: Inventory | None) -> set[Network]:
    """The networks in which devices are managed by an interface of their own: no plan gives them, so they stay."""
    if inventory is None:
        return set()
    return {
        device.address.network
        for device in inventory.devices.values()
        if device.address is not None
        and device.management_interface
        and _line(inventory, device.name, device.management_interface) is None
    }


def _at_home(configuration: Used, inventory: Inventory | None) -> Sequence[AddressUse]:
    """What a configuration uses, in the VRF that its device stands in.

    A department's router knows no VRF; if all circuits of the inventory lead from it into one, all of it lies there,
    but for the interface that it is managed by.
    """
    device = inventory.devices.get(configuration.device) if inventory is not None else None
    if device is None or inventory is None or any(use.vrf for use in configuration.uses):
        return configuration.uses
    circuits = [line for line in inventory.lines_of(device.name) if line.kind is LineKind.CIRCUIT]
    vrfs = {inventory.vrf_of(line) for line in circuits}
    if len(vrfs) != 1 or vrfs == {DEFAULT_VRF}:
        return configuration.uses
    vrf, management = vrfs.pop(), _plain(device.management_interface)
    return [
        use if management and _plain(use.interface) == management else replace(use, vrf=vrf)
        for use in configuration.uses
    ]


def _nowhere(address: Address) -> bool:
    """Addresses that mean nothing outside the device: loopback space, link-local, unspecified."""
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _place(configuration: Used, use: AddressUse) -> str:
    return f"{configuration.file}:{use.line}"


def _vrf(use: AddressUse) -> str:
    return use.vrf or DEFAULT_VRF


def _interface(prefixes: dict[Key, _Found], configuration: Used, use: AddressUse, inventory: Inventory | None) -> None:
    first, _ = network_of(use.first, use.length or 0)
    prefix = prefix_of(Block(int(first), use.length or 0), use.first.version)
    found = prefixes.setdefault((_vrf(use), prefix), _Found(use.kind))
    line = _line(inventory, configuration.device, use.interface)
    found.owners[line.name if line is not None else configuration.device] = None
    found.interfaces[f"{configuration.device} {use.interface}"] = None
    found.routers[use.first] = None
    found.evidence[_place(configuration, use)] = None
    if line is not None and line.a.device == configuration.device:  # of a circuit the a end's, of a LAN its router's
        found.gateway = use.first


def _line(inventory: Inventory | None, device: str, interface: str) -> Line | None:
    if inventory is None or device not in inventory.devices:
        return None
    for line in inventory.lines_of(device):
        for end in (line.a, line.b):
            same = end is not None and end.device == device and _plain(end.interface) == _plain(interface)
            if same and line.kind is not LineKind.TUNNEL:
                return line
    return None


def _plain(interface: str) -> str:
    return interface.replace(" ", "").lower()


def _dhcp(prefixes: dict[Key, _Found], configuration: Used, use: AddressUse) -> None:
    prefix = prefix_of(Block(int(use.first), use.length or 0), use.first.version)
    found = prefixes.get((_vrf(use), prefix))
    if found is None:
        found = prefixes[_vrf(use), prefix] = _Found(use.kind)
        found.owners[configuration.device] = None
    found.evidence[_place(configuration, use)] = None
    if use.gateway is not None and use.gateway in prefix:
        found.gateway = use.gateway


def _tables(prefixes: dict[Key, _Found]) -> dict[tuple[str, int], Table[_Found]]:
    spaces: dict[tuple[str, int], list[tuple[int, int, _Found]]] = {}
    for (vrf, prefix), found in prefixes.items():
        entry = (int(prefix.network_address), prefix.prefixlen, found)
        spaces.setdefault((vrf, prefix.version), []).append(entry)
    return {space: Table(entries, BITS[space[1]]) for space, entries in spaces.items()}


def _single(
    prefixes: dict[Key, _Found],
    around: dict[tuple[str, int], Table[_Found]],
    configuration: Used,
    use: AddressUse,
) -> None:
    """Addresses that stand in a prefix: virtual ones, NAT, next hops."""
    vrf, version = _vrf(use), use.first.version
    if use.kind is UseKind.ROUTE:
        address = use.gateway
        if address is None or _nowhere(address):
            return
        found = around.get((vrf, address.version), _NO_PREFIX).longest(int(address))
        if found is not None:
            found.hosts[address] = None
        return
    if use.kind not in (UseKind.VIRTUAL, UseKind.NAT_POOL, UseKind.NAT_OUTSIDE, UseKind.NAT_INSIDE) or _nowhere(
        use.first
    ):
        return
    found = around.get((vrf, version), _NO_PREFIX).longest(int(use.first))
    if found is not None:
        (found.virtual if use.kind is UseKind.VIRTUAL else found.hosts)[use.first] = None
        if use.last != use.first and use.last.version == use.first.version:
            found.hosts[use.last] = None
        found.evidence[_place(configuration, use)] = None
        return
    if use.kind is UseKind.VIRTUAL:
        return
    for prefix in summarize_address_range(use.first, use.last):
        new = prefixes.setdefault((vrf, prefix), _Found(use.kind))
        new.owners[configuration.device] = None
        new.evidence[_place(configuration, use)] = None


_NO_PREFIX: Table[_Found] = Table(())


def _route(
    prefixes: dict[Key, _Found],
    around: dict[tuple[str, int], Table[_Found]],
    configuration: Used,
    use: AddressUse,
) -> None:
    """A destination that no interface is in: somebody behind the next hop has it. A default route says nothing."""
    if not use.length or use.gateway is None or _nowhere(use.first):
        return
    prefix = prefix_of(Block(int(use.first), use.length), use.first.version)
    table = around.get((_vrf(use), use.first.version), _NO_PREFIX)
    if table.longest(int(use.first)) is not None:
        return
    if any(vrf == _vrf(use) and other.overlaps(prefix) for vrf, other in prefixes if other.version == prefix.version):
        known = prefixes.get((_vrf(use), prefix))
        if known is not None and known.kind is UseKind.ROUTE:
            known.evidence[_place(configuration, use)] = None
        return
    found = prefixes.setdefault((_vrf(use), prefix), _Found(UseKind.ROUTE))
    found.evidence[_place(configuration, use)] = None


def _row(key: Key, found: _Found, inventory: Inventory | None, *, keep: bool) -> Row:
    vrf, prefix = key
    spare = prefix.max_prefixlen - prefix.prefixlen
    seen = [*found.routers, *found.virtual, *found.hosts]
    gateway = next(iter(found.virtual), None) or found.gateway
    whole = found.kind in _OWN and spare <= _SPARE_BITS_OF_CIRCUIT
    if gateway is None and found.kind in _OWN and spare > 0 and len(found.routers) == 1 and not whole:
        gateway = next(iter(found.routers))
    if gateway is not None and (gateway not in prefix or not spare):
        gateway = None
    hosts = Hosts(tuple(sorted(set(seen), key=int)), len(set(seen))) if whole else UNKNOWN
    notes = [", ".join(found.interfaces)] if found.interfaces else [found.kind.value]
    if not whole and seen:
        notes.append(hosts_text(seen))
    places = list(found.evidence)
    evidence = "; ".join(places[:_LINES_SHOWN]) + ("; …" if len(places) > _LINES_SHOWN else "")
    return Row(
        prefix,
        vrf,
        _owner(found, inventory),
        "" if found.kind in _OWN else found.kind.value,
        gateway,
        hosts,
        Mode.KEEP if keep else None,
        evidence=_cut(evidence),
        note=_cut(" | ".join(notes)),
    )


def _owner(found: _Found, inventory: Inventory | None) -> str:
    """The line if the inventory has it, else the device; of several devices all."""
    owners = list(found.owners)
    lines = [owner for owner in owners if inventory is not None and owner in inventory.lines]
    chosen = lines or owners
    return _cut(chosen[0] if len(lines) == 1 else ", ".join(chosen))


def _cut(text: str) -> str:
    """At most as long as a cell for people may be."""
    return text if len(text) <= 200 else text[:199] + "…"
