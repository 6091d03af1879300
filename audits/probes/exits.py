"""Which exit does traffic take? The routers on the way to an address outside, as far as they tell, against the plan."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from audits.probes.model import HOPS, Answer, Send
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audits.probes.model import Probe, Target
    from audits.probes.wire import Hop, Wire


def sends(probe: Probe) -> Iterator[Send]:
    """One echo request for each step."""
    for target in probe.targets:
        yield Send(probe.vantage, target.aim, HOPS)


async def run(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """One answer for each target."""
    return tuple(
        [_answer(probe, target, await wire.trace(probe.vantage, target.aim, probe)) for target in probe.targets]
    )


def _answer(probe: Probe, target: Target, hops: Sequence[Hop]) -> Answer:
    """Sound if a router of the planned exit (`probe.known`) told itself on the way.

    Weak if the target was reached, every router on the way told who it is, and none is of the planned exit; a silent
    one could be.
    """
    device = target.device or probe.device
    way = " ".join(hop.who or "*" for hop in hops)
    records = (f"{probe.vantage.name} → {target.aim}: {way}",)
    routers = [ip_address(hop.who) for hop in hops if hop.who and not hop.arrived]
    planned = [router for router in routers if probe.allows(router)]
    arrived = any(hop.arrived for hop in hops)
    if planned:
        return Answer(
            device, False, Message("the way leads through the planned exit {router}", router=planned[0]), records
        )
    if arrived and all(hop.who for hop in hops):
        why = Message("the target is reached, and no router of the planned exit is on the way")
        return Answer(device, True, why, records)
    if arrived:
        why = Message("the target is reached, but a router on the way does not tell who it is")
    else:
        why = Message("the target was not reached, and no router of the planned exit answered")
    return Answer(device, None, why, records)
