"""Who offers a link its addresses and its way out: DHCP servers and routers that announce themselves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from audits.probes import frames
from audits.probes.allow import EVERYBODY
from audits.probes.model import Aim, Answer, Protocol, Send
from audits.probes.neighbours import question
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audits.probes.model import Probe
    from audits.probes.wire import Wire

_SILENT = Message("no listed one and no known neighbour answered, so that nobody else did proves nothing")


def sends_dhcp(probe: Probe) -> Iterator[Send]:
    """The broadcasts, and the question for a neighbour that must be there."""
    yield Send(probe.vantage, Aim(Protocol.DHCP, EVERYBODY[0]), probe.tries)
    yield from _alive(probe)


def sends_routers(probe: Probe) -> Iterator[Send]:
    """The multicasts, and the question for a neighbour that must be there."""
    yield Send(probe.vantage, Aim(Protocol.RS, EVERYBODY[1]), probe.tries)
    yield from _alive(probe)


def _alive(probe: Probe) -> Iterator[Send]:
    if probe.alive is not None:
        yield Send(probe.vantage, question(probe.alive), probe.tries)


async def dhcp(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """A discovery: does anybody offer an address who is not listed?

    A listed server's name in an offer from two hardware addresses is one too many. Nothing is requested, so nothing is
    leased; a server may hold the address that it offers for a minute.
    """
    frames.need()
    place = wire.interface(probe.vantage)
    number = secrets.randbits(32)
    sent = [frames.discover(place, number)] * probe.tries
    if probe.alive is not None:
        sent += [frames.ask(place, probe.alive)] * probe.tries
    heard = await wire.frames(probe.vantage, sent, probe.listen)
    found = sorted(set(frames.offers(heard, number)), key=lambda offer: (offer.server, offer.mac))
    records = tuple(
        f"{probe.vantage.name}: offer of {offer.address} by {offer.server} ({offer.mac}), router {offer.router}"
        for offer in found
    )
    strangers = [offer for offer in found if not probe.allows(offer.server)]
    if strangers:
        why = Message("{server} ({mac}) offers addresses", server=strangers[0].server, mac=strangers[0].mac)
        return (Answer(probe.device, True, why, records),)
    for offer in found:
        macs = {other.mac for other in found if other.server == offer.server}
        expected = probe.macs.get(offer.server)
        if len(macs) > 1 or (expected and macs != {expected}):
            why = Message("{server} ({mac}) offers addresses", server=offer.server, mac=", ".join(sorted(macs)))
            return (Answer(probe.device, True, why, records),)
    return (_nobody_else(probe, heard, listed=bool(found), records=records),)


async def routers(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """A router solicitation, then listening: does a router announce itself that is not listed?

    The announcement that withdraws a router (lifetime 0, no prefix) gives nobody a way out and is not held against it.
    """
    frames.need()
    place = wire.interface(probe.vantage)
    sent = [frames.solicit(place)] * probe.tries
    if probe.alive is not None:
        sent += [frames.ask(place, probe.alive)] * probe.tries
    heard = await wire.frames(probe.vantage, sent, probe.listen)
    found = sorted(set(frames.adverts(heard)), key=lambda advert: (advert.router, advert.mac))
    records = tuple(
        f"{probe.vantage.name}: {advert.router} ({advert.mac}) announces itself for {advert.lifetime} s"
        f" with {', '.join(advert.prefixes) or 'no prefix'}"
        for advert in found
    )
    for advert in found:
        expected = probe.macs.get(advert.router)
        strange = not probe.allows(advert.router) or (expected and advert.mac != expected)
        if strange and (advert.lifetime or advert.prefixes):
            why = Message("{router} ({mac}) announces itself as a router", router=advert.router, mac=advert.mac)
            return (Answer(probe.device, True, why, records),)
    return (_nobody_else(probe, heard, listed=bool(found), records=records),)


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
