"""Who offers a link its addresses and its way out: DHCP servers, DHCPv6 servers, routers that announce themselves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from audits.probes import frames
from audits.probes.model import EVERYBODY, Aim, Answer, Protocol, Send
from audits.probes.neighbours import question
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audits.probes.model import Address, Probe
    from audits.probes.place import Interface
    from audits.probes.wire import Wire

_SILENT = Message("no listed one and no known neighbour answered, so that nobody else did proves nothing")


def sends_dhcp(probe: Probe) -> Iterator[Send]:
    """The broadcasts, and the question for a neighbour that must be there."""
    return _sends(probe, Protocol.DHCP, probe.tries)


def sends_dhcpv6(probe: Probe) -> Iterator[Send]:
    """The multicasts, two a try, and the question for a neighbour that must be there."""
    return _sends(probe, Protocol.DHCPV6, 2 * probe.tries)


def sends_routers(probe: Probe) -> Iterator[Send]:
    """The multicasts, and the question for a neighbour that must be there."""
    return _sends(probe, Protocol.RS, probe.tries)


def _sends(probe: Probe, protocol: Protocol, count: int) -> Iterator[Send]:
    yield Send(probe.vantage, Aim(protocol, EVERYBODY[protocol]), count)
    if probe.alive is not None:
        yield Send(probe.vantage, question(probe.alive), probe.tries)


async def dhcp(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """A discovery: does anybody offer an address who is not listed?

    Nothing is requested, so nothing is leased; a server may hold the address that it offers for a minute.
    """
    frames.need()
    place = wire.interface(probe.vantage)
    number = secrets.randbits(32)
    heard = await _hear(probe, wire, place, [frames.discover(place, number)])
    found = sorted(set(frames.offers(heard, number)), key=lambda offer: (offer.server, offer.mac))
    records = tuple(
        f"{probe.vantage.name}: offer of {offer.address} by {offer.server} ({offer.mac}), router {offer.router}"
        for offer in found
    )
    return (_served(probe, heard, [(offer.server, offer.mac) for offer in found], records),)


async def dhcpv6(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """A Solicit and an Information-request: does anybody answer who is not listed? Nothing is leased.

    A server is known by the address from which it speaks on this link; behind a relay that is the relay's.
    """
    frames.need()
    place = wire.interface(probe.vantage)
    number = secrets.randbits(24)
    heard = await _hear(probe, wire, place, frames.solicit6(place, number))
    found = sorted(set(frames.offers6(heard, number)), key=lambda offer: (offer.server, offer.mac, offer.duid))
    records = tuple(
        f"{probe.vantage.name}: DHCPv6 answer by {offer.server} ({offer.mac}), DUID {offer.duid}" for offer in found
    )
    return (_served(probe, heard, [(offer.server, offer.mac) for offer in found], records),)


def _served(probe: Probe, heard: list[bytes], seen: list[tuple[Address, str]], records: tuple[str, ...]) -> Answer:
    strange = _stranger(probe, seen)
    if strange is not None:
        why = Message("{server} ({mac}) offers addresses", server=strange[0], mac=strange[1])
        return Answer(probe.device, True, why, records)
    return _nobody_else(probe, heard, listed=bool(seen), records=records)


async def routers(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """A router solicitation, then listening: does a router announce itself that is not listed?

    An announcement that gives hosts nothing (lifetime 0, no prefix, no name server) is not held against its sender.
    """
    frames.need()
    place = wire.interface(probe.vantage)
    heard = await _hear(probe, wire, place, [frames.solicit(place)])
    found = sorted(set(frames.adverts(heard)), key=lambda advert: (advert.router, advert.mac))
    records = tuple(
        f"{probe.vantage.name}: {advert.router} ({advert.mac}) announces itself for {advert.lifetime} s"
        f" with {', '.join((*advert.prefixes, *advert.more)) or 'no prefix'}"
        for advert in found
    )
    strange = _stranger(probe, [(advert.router, advert.mac) for advert in found if advert.gives])
    if strange is not None:
        why = Message("{router} ({mac}) announces itself as a router", router=strange[0], mac=strange[1])
        return (Answer(probe.device, True, why, records),)
    return (_nobody_else(probe, heard, listed=bool(found), records=records),)


async def _hear(probe: Probe, wire: Wire, place: Interface, questions: list[bytes]) -> list[bytes]:
    """What comes in after asking everybody, and the neighbour that must be there."""
    sent = questions * probe.tries
    if probe.alive is not None:
        sent += [frames.ask(place, probe.alive)] * probe.tries
    return await wire.frames(probe.vantage, sent, probe.listen)


def _stranger(probe: Probe, seen: Iterable[tuple[Address, str]]) -> tuple[Address, str] | None:
    """Who is not listed; or a listed address that speaks from two hardware addresses, or from another than its own."""
    macs: dict[Address, set[str]] = {}
    for address, mac in seen:
        macs.setdefault(address, set()).add(mac)
    for address, found in macs.items():
        expected = probe.macs.get(address)
        if not probe.allows(address) or len(found) > 1 or (expected and found != {expected}):
            return address, ", ".join(sorted(found))
    return None


def _nobody_else(probe: Probe, heard: list[bytes], *, listed: bool, records: tuple[str, ...]) -> Answer:
    """Sound if a listed one answered or the neighbour that must be there did; else unknown."""
    if probe.alive is not None:
        macs = {claim.mac for claim in frames.claims(heard) if claim.address == probe.alive}
        said = ", ".join(sorted(macs)) or "no answer"
        records += (f"{probe.vantage.name} asks for {probe.alive}: {said}",)
        listed = listed or bool(macs)
    if not listed:
        return Answer(probe.device, None, _SILENT, records)
    return Answer(probe.device, False, Message("nobody answered who is not listed"), records)
