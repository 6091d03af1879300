"""The hosts of a rehearsal: one in every LAN, with an address for each prefix that the LAN has on the way.

What prefixes a LAN has is read from its router's texts: today's and those behind the stages. A host has all its
addresses from the beginning and speaks from one of them only where its router has that prefix too, as a host does that
was told of a new address while the old one still holds (RFC 4192, section 2.3).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import chain
from typing import TYPE_CHECKING

from configs.encodings import decode
from configs.model import UseKind
from inventory.errors import LabError
from inventory.model import LineKind
from lab.rehearsal import vrfs
from lab.rehearsal.model import Home, Host
from lab.standin.network import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from inventory.model import Inventory

_EDGES = (0, 255)  # last bytes
_TABLE = 100  # the first of the routing tables that a host has, one for each address


def interfaces(platform: str, text: bytes) -> dict[str, list[Home]]:
    """The IPv4 addresses of a text by interface, each with the address that hosts there send to."""
    from configs import dialects  # noqa: PLC0415 - start-up time: the dialects

    dialect = dialects.dialect(platform)
    addresses = dialect.addresses(dialect.parse(text))
    found: dict[str, list[Home]] = {}
    if addresses is None:
        return _of_ports(platform, text)
    shared = [use for use in addresses.uses if use.kind is UseKind.VIRTUAL]
    for use in addresses.uses:
        if use.kind not in (UseKind.INTERFACE, UseKind.SECONDARY) or use.length is None:
            continue
        if not isinstance(use.first, IPv4Address):
            continue
        own = IPv4Interface((use.first, use.length))
        gateway = next(
            (
                other.first
                for other in shared
                if other.interface == use.interface
                and isinstance(other.first, IPv4Address)
                and other.first in own.network
            ),
            own.ip,
        )
        found.setdefault(use.interface, []).append(Home(own, gateway))
    return found


def at(homes: Mapping[str, Sequence[Home]], interface: str) -> Sequence[Home]:
    """What `interfaces` has of an interface, however its name is written (`GigabitEthernet 0/2`)."""
    folded = _folded(interface)
    return next((several for name, several in homes.items() if _folded(name) == folded), ())


def _folded(name: str) -> str:
    return name.replace(" ", "").casefold()


def _of_ports(platform: str, text: bytes) -> dict[str, list[Home]]:
    """The same for a language of which only the stand-in's reader says what address a port has."""
    try:
        ports = read(platform, decode(text, "")[0], "").ports
    except LabError:  # nothing reads this language: then the device does not run either
        return {}
    return {
        name: [Home(one, one.ip) for one in port.addresses if isinstance(one, IPv4Interface)]
        for name, port in ports.items()
        if port.addresses
    }


def hosts(
    inventory: Inventory, running: Collection[str], texts: Mapping[str, Sequence[bytes]], names: Mapping[str, str]
) -> list[Host]:
    """A host for each LAN of the running devices. `texts` are a device's along the way, today's first.

    `names` are the hosts' names by line; a LAN without one has no host, and so has one without an IPv4 address.
    """
    taken = {
        home.address.ip
        for device, several in texts.items()
        for text in several
        for homes in interfaces(inventory.devices[device].platform, text).values()
        for home in homes
    }
    found = []
    for line in inventory.lines.values():
        if line.kind is not LineKind.LAN or line.a.device not in running or line.name not in names:
            continue
        device = inventory.devices[line.a.device]
        here: dict[IPv4Network, Home] = {}
        for text in texts.get(device.name, ()):
            for home in at(interfaces(device.platform, text), line.a.interface):
                # The router's own address may change within a prefix; the host's stays, its gateway is the last one.
                before = here.get(home.address.network)
                here[home.address.network] = before or Home(_free(home, taken), home.gateway)
                taken.add(here[home.address.network].address.ip)  # two LANs may have the same prefix: a mistake shows
        if not here:
            continue
        zone = inventory.zone_of(device.name, line.a.interface)
        vrf = vrfs.of_lan(inventory, line)
        homes = tuple(here.values())
        name = zone.name if zone is not None else ""
        found.append(Host(names[line.name], device.name, line.a.interface, line.name, name, vrf, homes))
    return found


def _free(home: Home, taken: Collection[IPv4Address]) -> IPv4Interface:
    """An address of the LAN that no router has: one from the middle on, where nobody is wont to put a router.

    None that ends in 0 or 255, if there are others: with another mask it could be a network's or a broadcast's.
    """
    network = home.address.network
    last = network.num_addresses - 1

    def free() -> Iterator[IPv4Address]:
        middle = (network[number] for number in range(network.num_addresses // 2, last))
        return (one for one in chain(middle, network.hosts()) if one not in taken and one != home.gateway)

    inner = (one for one in free() if int(one) % 256 not in _EDGES)
    found = next(chain(inner, free()), home.address.ip)
    return IPv4Interface((found, network.prefixlen))


def wires(host: Host, port: str = "eth0") -> tuple[str, ...]:
    """A host's lines for `ip -batch`: its addresses, and from each a way out of its own.

    Whoever is in an address's own prefix is asked for in the LAN and not behind the router, as any host does it: so a
    mask that is too short shows.
    """
    lines = [f"address add {home.address} dev {port}" for home in host.homes]
    lines.append(f"route add default via {host.homes[0].gateway} dev {port}")
    for number, home in enumerate(host.homes):
        table = _TABLE + number
        lines.append(f"route add {home.address.network} dev {port} src {home.address.ip} table {table}")
        lines.append(f"route add default via {home.gateway} dev {port} src {home.address.ip} table {table}")
        lines.append(f"rule add from {home.address.ip} table {table}")
    return tuple(lines)


def live(host: Host, homes: Iterable[Home]) -> frozenset[int]:
    """Which of a host's addresses its router has a prefix for, by number; `homes` are the router's at that port.

    Where a prefix has only got another mask, hosts are still there with the address and the mask of before. One in the
    internet has its address from others.
    """
    if host.hop is not None:
        return frozenset(range(len(host.homes)))
    there = {home.address.network for home in homes}
    now = [number for number, home in enumerate(host.homes) if home.address.network in there]
    before = (
        number
        for number, home in enumerate(host.homes)
        if any(number < later and home.address.network.overlaps(host.homes[later].address.network) for later in now)
    )
    return frozenset((*now, *before))
