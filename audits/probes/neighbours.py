"""Probes of a link's neighbours: addresses with two owners, false gateways, machines that stand in a second network.

All of them ask whose an address is and compare the hardware addresses that answer. A neighbour that is known to be
there must answer too, or else silence means nothing.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from audits.probes import frames
from audits.probes.model import Aim, Answer, Protocol, Send
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audits.probes.model import Address, Probe
    from audits.probes.place import Interface
    from audits.probes.wire import Wire

# So many unasked claims of one address in one hearing are no restart of a machine any more.
FLOOD = 5


def sends(probe: Probe) -> Iterator[Send]:
    """A question for each address, as often as there are tries; for a second network also echoes through hosts."""
    for address in _asked(probe):
        yield Send(probe.vantage, question(address), probe.tries)
    for aim in probe.beyond:
        for _ in probe.targets:
            yield Send(probe.vantage, aim, probe.tries)


def question(address: Address) -> Aim:
    """Asking whose an address is, as an aim: by ARP or by neighbour discovery."""
    return Aim(Protocol.ARP if isinstance(address, IPv4Address) else Protocol.ND, address)


def _asked(probe: Probe) -> list[Address]:
    """The addresses that are asked for: each once."""
    own = [target.aim.address for target in probe.targets] + ([probe.alive] if probe.alive is not None else [])
    return list(dict.fromkeys([*own, *(aim.address for aim in probe.beyond)]))


async def duplicates(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """Does more than one machine answer for an address?"""
    place, owners, records = await _owners(probe, wire)
    for address, macs in owners.items():
        if address in (place.ipv4, place.link_local):
            macs.add(place.mac)
    twice = {address: macs for address, macs in owners.items() if len(macs) > 1}
    if twice:
        address, macs = next(iter(twice.items()))
        why = Message("{address} is claimed by {macs}", address=address, macs=", ".join(sorted(macs)))
        return (Answer(probe.device, True, why, records),)
    if not any(owners.values()):
        return (_silent(probe, records),)
    why = Message("each of the {count} addresses that answered has one owner", count=sum(map(bool, owners.values())))
    return (Answer(probe.device, False, why, records),)


async def gateways(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """Does anybody but the gateway claim its address: asked, or unasked while we listen?"""
    _, owners, records = await _owners(probe, wire)
    for address, macs in owners.items():
        expected = probe.macs.get(address)
        wrong = sorted(macs - {expected}) if expected else sorted(macs)
        if wrong and (expected or len(wrong) > 1):
            why = Message("{address} is claimed by {macs}", address=address, macs=", ".join(wrong))
            return (Answer(probe.device, True, why, records),)
    loud = next((record for record in records if record.startswith("flood")), None)
    if loud is not None:
        return (
            Answer(probe.device, True, Message("a gateway's address is claimed again and again, unasked"), records),
        )
    silent = next((target.aim.address for target in probe.targets if not owners[target.aim.address]), None)
    if silent is not None:
        return (Answer(probe.device, None, Message("the gateway {address} did not answer", address=silent), records),)
    return (Answer(probe.device, False, Message("each gateway's address has one owner, the gateway"), records),)


async def dual_homed(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """Does a machine on this link answer for addresses of the other network, or hand packets over to it?

    `probe.macs` has the routers that may. Many systems answer ARP for every address that they have, on every
    interface (the weak host model of RFC 1122 section 3.3.4.2); those that do not, but forward, hand over the echo.
    """
    place, owners, records = await _owners(probe, wire)
    routers = set(probe.macs.values())
    for aim in probe.beyond:
        strangers = owners[aim.address] - routers
        if strangers:
            why = Message(
                "{address} of the other network is claimed on this link by {macs}",
                address=aim.address,
                macs=", ".join(sorted(strangers)),
            )
            return (Answer(probe.device, True, why, records),)
    hosts = {
        target.aim.address: mac for target in probe.targets for mac in sorted(owners[target.aim.address] - routers)
    }
    for address, mac in hosts.items():
        for aim in probe.beyond:
            if not isinstance(aim.address, IPv4Address):
                continue
            nonce = os.urandom(16)
            sent = [frames.echo(place, mac, aim.address, nonce)] * probe.tries
            heard = await wire.frames(probe.vantage, sent, probe.timeout)
            answered = next(iter(frames.echoed(heard, nonce)), None)
            records += (f"echo to {aim.address} through {address} ({mac}): {answered or 'no answer'}",)
            if answered is not None:
                why = Message("{address} hands packets over to {beyond}", address=address, beyond=aim.address)
                return (Answer(probe.device, True, why, records),)
    if not any(owners[target.aim.address] for target in probe.targets):
        return (_silent(probe, records),)
    why = Message("no machine on this link answered for the other network or handed packets over to it")
    return (Answer(probe.device, False, why, records),)


async def _owners(probe: Probe, wire: Wire) -> tuple[Interface, dict[Address, set[str]], tuple[str, ...]]:
    """Who claims each address that is asked for, and a line for each claim and each silence."""
    frames.need()
    place = wire.interface(probe.vantage)
    asked = _asked(probe)
    sent = [frames.ask(place, address) for _ in range(probe.tries) for address in asked]
    heard = list(frames.claims(await wire.frames(probe.vantage, sent, probe.listen)))
    owners: dict[Address, set[str]] = {address: set() for address in asked}
    for claim in heard:
        if claim.address in owners:
            owners[claim.address].add(claim.mac)
    records = [
        f"{probe.vantage.name} asks for {address}: {', '.join(sorted(macs)) or 'no answer'}"
        for address, macs in owners.items()
    ]
    records += list(_floods(owners, heard))
    return place, owners, tuple(records)


def _floods(owners: Iterable[Address], heard: list[frames.Claim]) -> Iterator[str]:
    for address in owners:
        unasked = [claim.mac for claim in heard if claim.address == address and not claim.asked]
        for mac in sorted(set(unasked)):
            if unasked.count(mac) >= FLOOD:
                yield f"flood: {mac} claimed {address} {unasked.count(mac)} times unasked"


def _silent(probe: Probe, records: tuple[str, ...]) -> Answer:
    why = Message("nobody on the link answered, so that nothing strange was heard proves nothing")
    return Answer(probe.device, None, why, records)
