"""Exits to the internet, each with somebody behind it: the inventory's, and those that today's texts have beside.

A line of the inventory to the internet is an exit that the city keeps: zones and flows decide who passes it. An exit
that the inventory does not have is a default route whose next hop lies behind a port without a line, as a unit's own
broadband has it: nobody may reach the internet there. So a change that closes it is seen to, by packets.

Who stands behind an exit has an address of the internet (RFC 2544's, which nobody else has here) and the next hop's.
From there questions go to any address, as from somebody on the carrier's line. Answers go to no LAN: the internet has
no way to those, so packets that leave without a translation are lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from itertools import chain
from typing import TYPE_CHECKING, Final

from configs.encodings import decode
from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from lab.rehearsal.model import Home, Host, Pair, Wanted
from lab.rehearsal.prober import PORT
from lab.standin.network import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from inventory.model import Inventory

INTERNET: Final = IPv4Network("198.18.0.0/15")  # for tests of devices (RFC 2544, appendix C.2.2)
_EVERYWHERE: Final = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Exit:
    """A device's port to the internet, its own address there and the next hop's; the line, if the inventory has it."""

    device: str
    interface: str
    own: IPv4Interface
    hop: IPv4Interface
    line: str = ""


def exits(inventory: Inventory, texts: Mapping[str, bytes]) -> list[Exit]:
    """The exits of the devices that run; `texts` are what they run today.

    Where tunnels run, the inventory's lines to the internet are left to them.
    """
    return [*_kept(inventory, texts), *chain.from_iterable(_own(inventory, name, text) for name, text in texts.items())]


def _kept(inventory: Inventory, running: Collection[str]) -> Iterator[Exit]:
    lines = inventory.lines.values()
    if any(line.kind is LineKind.TUNNEL and set(line.devices) <= set(running) for line in lines):
        return
    for line in lines:
        own, hop = line.a.address, line.peer
        if line.kind is not LineKind.INTERNET or line.a.device not in running:
            continue
        if isinstance(own, IPv4Interface) and isinstance(hop, IPv4Interface):
            yield Exit(line.a.device, line.a.interface, own, hop, line.name)


def _own(inventory: Inventory, name: str, text: bytes) -> Iterator[Exit]:
    device = inventory.devices[name]
    taken = {line.end_at(name).interface for line in inventory.lines_of(name)} | {device.management_interface}
    known = {_folded(interface) for interface in taken}
    try:
        model = read(device.platform, decode(text, name)[0], name)
    except LabError:  # nothing reads this language: then the device does not run either
        return
    hops = [static.via for static in model.statics if static.network == _EVERYWHERE]
    for port in model.ports.values():
        if _folded(port.name) in known:
            continue
        for own in port.addresses:
            for hop in hops:
                if isinstance(own, IPv4Interface) and isinstance(hop, IPv4Address) and hop in own.network:
                    yield Exit(name, port.name, own, IPv4Interface((hop, own.network.prefixlen)))


def _folded(name: str) -> str:
    return name.replace(" ", "").casefold()


def hosts(inventory: Inventory, found: Sequence[Exit], inside: Iterable[Host], taken: Collection[str]) -> list[Host]:
    """Somebody behind each exit. `inside` are the hosts whose LANs the internet has no way to."""
    lans = tuple(dict.fromkeys(home.address.network for host in inside for home in host.homes))
    names = set(taken)
    made = []
    for number, one in enumerate(found, 1):
        name = f"inet-{one.device}"
        while name in names:
            name += "-2"
        names.add(name)
        address = IPv4Interface((INTERNET[256 * number + 10], 32))
        zone = inventory.zone_of(one.device, one.interface) if one.line else None
        vrf = zone.vrf if zone is not None else "default"
        homes = (Home(address, one.own.ip),)
        zone_name = zone.name if zone is not None else ""
        made.append(Host(name, one.device, one.interface, one.line, zone_name, vrf, homes, hop=one.hop, unknown=lans))
    return made


def wires(host: Host, port: str = "eth0") -> tuple[str, ...]:
    """Such a host's lines for `ip -batch`."""
    [home] = host.homes
    return (
        f"address add {host.hop} dev {port}",
        f"address add {home.address} dev {port}",
        f"route add default via {home.gateway} dev {port} src {home.address.ip}",
        *(f"rule add to {network} ipproto udp sport {PORT} prohibit" for network in host.unknown),
    )


def pair(a: Host, b: Host) -> Pair | None:
    """What is wanted between a host and one behind an exit that the inventory does not have; None for all others."""
    if b.hop is not None and not b.line:
        why = Message("the inventory has no exit to the internet at {interface} of {device}",
                      interface=b.interface, device=b.device)  # fmt: skip
        return Pair(a.name, b.name, Wanted.FORBIDDEN, why, (a.vrf, b.vrf), b.device)
    if a.hop is not None and not a.line:
        why = Message("nobody says what may come in by an exit that the inventory does not have")
        return Pair(a.name, b.name, Wanted.OPEN, why, (a.vrf, b.vrf))
    return None
