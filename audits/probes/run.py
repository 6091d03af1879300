"""Going through the probes: what they would send is known and checked as a whole before the first packet leaves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audits.probes import announced, canary, exits, neighbours, reaching, ssh, tls
from audits.probes.model import Answer, CannotRunError, Kind, Result
from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from audits.probes.allow import Allowed
    from audits.probes.model import Aim, Probe, Send, Vantage
    from audits.probes.wire import Wire


@dataclass(frozen=True, slots=True)
class _Way:
    """How one kind of probe is done: what it would send, and doing it."""

    sends: Callable[[Probe], Iterable[Send]]
    run: Callable[[Probe, Wire], Awaitable[tuple[Answer, ...]]]


_WAYS = {
    Kind.ISOLATION: _Way(reaching.sends, reaching.run),
    Kind.EGRESS: _Way(reaching.sends, reaching.run),
    Kind.SERVICES: _Way(reaching.sends, reaching.run),
    Kind.EXIT: _Way(exits.sends, exits.run),
    Kind.DUAL_HOMED: _Way(neighbours.sends, neighbours.dual_homed),
    Kind.DUPLICATES: _Way(neighbours.sends, neighbours.duplicates),
    Kind.GATEWAYS: _Way(neighbours.sends, neighbours.gateways),
    Kind.DHCP: _Way(announced.sends_dhcp, announced.dhcp),
    Kind.DHCPV6: _Way(announced.sends_dhcpv6, announced.dhcpv6),
    Kind.ROUTERS: _Way(announced.sends_routers, announced.routers),
    Kind.SSH: _Way(ssh.sends, ssh.run),
    Kind.TLS: _Way(tls.sends, tls.run),
}


def choose(probes: Sequence[Probe], names: Sequence[str]) -> list[Probe]:
    """The probes with these names or of these kinds, all of them if none is named; InputError for an unknown name."""
    wanted = set(names)
    unknown = wanted - {probe.name for probe in probes} - {probe.kind.value for probe in probes}
    if unknown:
        known = [probe.name for probe in probes]
        raise InputError([_unknown(name, known) for name in sorted(unknown)])
    return [probe for probe in probes if not wanted or probe.name in wanted or probe.kind.value in wanted]


def _unknown(name: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = (
        Message("did you mean “{name}”?", name=near)
        if near
        else Message("write one of: {names}", names=", ".join(known))
    )
    return Problem("unknown-probe", Message("there is no probe “{name}”", name=name), hint, column="--only")


def sends(probe: Probe) -> list[Send]:
    """Everything that a probe may send."""
    return list(_WAYS[probe.kind].sends(probe))


def check(probes: Iterable[Probe], allowed: Allowed, file: str) -> None:
    """RefusedError if any probe would send anything that the allow file does not name."""
    allowed.refuse((send for probe in probes for send in sends(probe)), file)


def run(
    probes: Sequence[Probe],
    wire: Wire,
    *,
    observer: Callable[[Result], None] | None = None,
    canaries: Sequence[tuple[Vantage, Aim]] = (),
) -> list[Result]:
    """One after the other, in their order: probes of one link would hear each other. `observer` is told of each.

    `canaries` are listeners inside a lab's hosts that stand there meanwhile.
    """

    async def main() -> list[Result]:
        results = []
        async with canary.standing(canaries):
            for probe in probes:
                results.append(await _one(probe, wire))
                if observer is not None:
                    observer(results[-1])
        return results

    return asyncio.run(main())


async def _one(probe: Probe, wire: Wire) -> Result:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        answers = await _WAYS[probe.kind].run(probe, wire)
    except CannotRunError as error:
        answers = tuple(Answer(device, None, _not_run(error.message), ran=False) for device in probe.devices)
    except OSError as error:
        why = _not_run(Message("{why}", why=error.strerror or str(error)))
        answers = tuple(Answer(device, None, why, ran=False) for device in probe.devices)
    return Result(probe.name, probe.kind, probe.vantage.name, at, answers)


def _not_run(why: Message) -> Message:
    return Message("not run: {why}", why=why)
