"""What a text still asks for and the change has taken away, or gives out and somebody else has: no probe meets either.

A relay's server, a next hop, a peer, a virtual address in a network of today that no device has any more: hosts of a
rehearsal ask nobody for a lease, and speak to their router by its own address. A pool of translated addresses in
somebody's LAN: answers still find their way by the sessions, and packets to that LAN may not.
"""

from __future__ import annotations

from ipaddress import IPv4Address, summarize_address_range
from typing import TYPE_CHECKING, Final

from configs import dialects
from configs.model import UseKind
from configs.places.lines import survey
from configs.places.roles import Shape
from inventory.text import Message
from lab.rehearsal.hosts import interfaces
from lab.rehearsal.model import Stale

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from ipaddress import IPv4Network

    from lab.rehearsal.model import Host

# What a device itself sends to, or answers for. What only matches packets (filters, objects) may outlive a network.
_ASKED: Final = frozenset(
    {"dns", "gateway", "logging", "next-hop", "ntp", "peer", "relay", "server", "snmp", "tunnel-destination", "virtual"}
)


def left_behind(platforms: Mapping[str, str], today: Mapping[str, bytes], now: Mapping[str, bytes]) -> list[Stale]:
    """Addresses that devices ask for, in networks that some device has today and none has now. All by device."""
    before, after = _networks(platforms, today), _networks(platforms, now)
    gone = {network: owner for network, owner in before.items() if network not in after}
    return [
        found for device, text in now.items() if gone for found in _asking(device, platforms[device], text, gone, after)
    ]


def _networks(platforms: Mapping[str, str], texts: Mapping[str, bytes]) -> dict[IPv4Network, str]:
    """The networks of all interfaces, each with the first device that has it."""
    found: dict[IPv4Network, str] = {}
    for device, text in texts.items():
        for homes in interfaces(platforms[device], text).values():
            for home in homes:
                found.setdefault(home.address.network, device)
    return found


def _asking(
    device: str, platform: str, text: bytes, gone: Mapping[IPv4Network, str], there: Iterable[IPv4Network]
) -> Iterator[Stale]:
    dialect = dialects.dialect(platform)
    places = dialect.places()
    if places is None:
        return
    for line in survey(dialect.parse(text), places):
        for place in line.places:
            if place.shape is not Shape.HOST or place.kind not in _ASKED:
                continue
            address = _ipv4(line.text[place.start : place.end])
            if address is None or any(address in network for network in there):
                continue
            network = next((network for network in gone if address in network), None)
            if network is None:
                continue
            told = Message(
                "{device}, line {number}: “{line}” still uses {address} in {network}, which {owner} has today and "
                "no device has any more",
                device=device, number=line.number, line=line.text.strip(), address=address, network=network,
                owner=gone[network],
            )  # fmt: skip
            yield Stale(device, line.text.strip(), told)


def _ipv4(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def given_twice(
    platforms: Mapping[str, str], lans: Sequence[tuple[Host, IPv4Network]], texts: Mapping[str, bytes]
) -> list[Stale]:
    """Pools of translated addresses that overlap a LAN of another device. `lans` are the networks that hosts are in."""
    found = []
    for device, text in texts.items():
        dialect = dialects.dialect(platforms[device])
        addresses = dialect.addresses(dialect.parse(text))
        for use in addresses.uses if addresses is not None else ():
            if use.kind is not UseKind.NAT_POOL:
                continue
            first, last = use.first, use.last
            if not isinstance(first, IPv4Address) or not isinstance(last, IPv4Address) or last < first:
                continue
            pool = tuple(summarize_address_range(first, last))
            line = text.splitlines()[use.line - 1].strip().decode(errors="replace")
            for host, network in lans:
                if host.device == device or not any(part.overlaps(network) for part in pool):
                    continue
                told = Message(
                    "{device}, line {number}: the pool {first}–{last} overlaps {network}, the LAN of {host} at {owner}",
                    device=device, number=use.line, first=first, last=last, network=network, host=host.name,
                    owner=host.device,
                )  # fmt: skip
                found.append(Stale(device, line, told))
    return found
