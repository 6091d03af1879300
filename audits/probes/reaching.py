"""Probes that ask whether something is reached that must not be: zones kept apart, ways out, management services.

That something was reached is certain. That it was not says something only if the way and the target work otherwise, so
the controls are asked before and after: from the same vantage something must be reached (its cable is in, it has a
route), and the target itself must be reached from elsewhere (it is alive).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from audits.probes.model import Answer, CannotRunError, Kind, Send
from audits.probes.payloads import TAG
from audits.probes.wire import Attempt
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audits.probes.model import Aim, Probe, Vantage
    from audits.probes.wire import Wire

SIDE_BY_SIDE = 64  # attempts under way: each has a socket
_REACHED = {
    Kind.ISOLATION: Message("reached from the vantage that must be kept apart"),
    Kind.EGRESS: Message("the outside was reached from a vantage that must not reach it"),
    Kind.SERVICES: Message("a management service answered to a zone of users"),
}
_CLOSED = Message("nothing was reached, and the controls were: the way is closed")


def sends(probe: Probe) -> Iterator[Send]:
    """Every attempt that may be made; the controls twice."""
    for target in probe.targets:
        yield Send(probe.vantage, target.aim, probe.tries)
    for control in probe.controls:
        yield Send(control.vantage, control.aim, 2 * probe.tries)


async def run(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """One answer for each device that the targets belong to."""
    controls = [(control.vantage, control.aim) for control in probe.controls]
    before = await _try(controls, probe, wire)
    attempts = await _try([(probe.vantage, target.aim) for target in probe.targets], probe, wire)
    after = await _try(controls, probe, wire)
    found: dict[str, list[Attempt]] = {device: [] for device in probe.devices}
    for target, attempt in zip(probe.targets, attempts, strict=True):
        found[target.device or probe.device].append(attempt)
    return tuple(_answer(probe, device, found[device], before, after) for device in found)


async def _try(pairs: Iterable[tuple[Vantage, Aim]], probe: Probe, wire: Wire) -> list[Attempt]:
    """Side by side, so that silence is waited for once; the gate sees to it that they do not leave at once.

    What cannot be tried from here takes nothing from what is found to be open.
    """
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(vantage: Vantage, aim: Aim) -> Attempt:
        async with places:
            try:
                return await wire.attempt(vantage, aim, probe)
            except CannotRunError as error:
                what = error.message.in_language("en")
                return Attempt(vantage.name, aim, None, what, hindrance=error.message)

    return list(await asyncio.gather(*(one(vantage, aim) for vantage, aim in pairs)))


def _answer(probe: Probe, device: str, attempts: list[Attempt], before: list[Attempt], after: list[Attempt]) -> Answer:
    before, after = (_of(probe, attempts, controls) for controls in (before, after))
    canaries = {control.aim for control in (*before, *after) if control.said.startswith(TAG)}
    others = [one for one in attempts if one.reached and one.aim in canaries and not one.said.startswith(TAG)]
    reached = tuple(one.record for one in attempts if one.reached and one not in others)
    if reached:
        return Answer(device, True, _REACHED[probe.kind], reached)
    records = [
        *(attempt.record for attempt in attempts),
        *(f"control: {attempt.record}" for attempt in before),
        *(f"control again: {attempt.record}" for attempt in after),
    ]
    why, ran = _doubt(attempts, others, [*before, *after])
    if why is not None:
        return Answer(device, None, why, tuple(records), ran=ran)
    return Answer(device, False, _CLOSED, tuple(records))


def _of(probe: Probe, attempts: list[Attempt], controls: list[Attempt]) -> list[Attempt]:
    """The controls that say something about these attempts: of the same vantage, or of the same addresses."""
    addresses = {attempt.aim.address for attempt in attempts}
    return [one for one in controls if one.vantage == probe.vantage.name or one.aim.address in addresses]


def _doubt(attempts: list[Attempt], others: list[Attempt], controls: list[Attempt]) -> tuple[Message | None, bool]:
    """Why that nothing was reached cannot be believed, if so; and whether anything was tried at all."""
    untried = next((attempt for attempt in attempts if attempt.reached is None), None)
    if untried is not None:
        ran = any(attempt.reached is not None for attempt in attempts)
        return untried.hindrance or Message("{aim} could not be tried from here", aim=str(untried.aim)), ran
    if others:
        why = Message("something else answered in the place of {aim}: it is not the canary", aim=str(others[0].aim))
        return why, True
    failed = next((control for control in controls if not control.reached), None)
    if failed is not None:
        why = Message(
            "the control {aim} was not reached from {vantage}, so that nothing else was reached proves nothing",
            aim=str(failed.aim),
            vantage=failed.vantage,
        )
        return why, True
    return None, True
