"""Probes that ask whether something is reached that must not be: zones kept apart, ways out, management services.

That something was reached is certain. That it was not says something only if the way and the target work otherwise, so
the controls are asked before and after: from the same vantage something must be reached (its cable is in, it has a
route), and the target itself must be reached from elsewhere (it is alive).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from audits.probes.model import Answer, CannotRunError, Kind, Send
from audits.probes.wire import Attempt
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Iterator

    from audits.probes.model import Control, Probe
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
    before = await _controls(probe, wire)
    attempts = await _together([wire.attempt(probe.vantage, target.aim, probe) for target in probe.targets])
    found: dict[str, list[Attempt]] = {device: [] for device in probe.devices}
    for target, attempt in zip(probe.targets, attempts, strict=True):
        found[target.device or probe.device].append(attempt)
    after = await _controls(probe, wire)
    return tuple(_answer(probe, device, found[device], before, after) for device in found)


async def _together(attempts: Iterable[Awaitable[Attempt]]) -> list[Attempt]:
    """Side by side, so that silence is waited for once; the gate sees to it that they do not leave at once."""
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(attempt: Awaitable[Attempt]) -> Attempt:
        async with places:
            return await attempt

    return list(await asyncio.gather(*map(one, attempts)))


async def _controls(probe: Probe, wire: Wire) -> list[Attempt]:
    """What must be reached. A control that cannot be tried takes nothing from what is found to be open."""

    async def one(control: Control) -> Attempt:
        try:
            return await wire.attempt(control.vantage, control.aim, probe)
        except CannotRunError as error:
            return Attempt(control.vantage.name, control.aim, None, error.message.in_language("en"))

    return await _together(map(one, probe.controls))


def _answer(probe: Probe, device: str, attempts: list[Attempt], before: list[Attempt], after: list[Attempt]) -> Answer:
    records = [attempt.record for attempt in attempts]
    if any(attempt.reached for attempt in attempts):
        reached = tuple(attempt.record for attempt in attempts if attempt.reached)
        return Answer(device, True, _REACHED[probe.kind], reached)
    records += [f"control: {attempt.record}" for attempt in before]
    records += [f"control again: {attempt.record}" for attempt in after]
    untried = next((attempt for attempt in attempts if attempt.reached is None), None)
    if untried is not None:
        why = Message("{aim} could not be tried from here", aim=str(untried.aim))
        return Answer(device, None, why, tuple(records), ran=any(one.reached is not None for one in attempts))
    failed = next((attempt for attempt in (*before, *after) if not attempt.reached), None)
    if failed is not None:
        why = Message(
            "the control {aim} was not reached from {vantage}, so that nothing else was reached proves nothing",
            aim=str(failed.aim),
            vantage=failed.vantage,
        )
        return Answer(device, None, why, tuple(records))
    return Answer(device, False, _CLOSED, tuple(records))
