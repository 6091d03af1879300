"""A rollout's plan: the chosen devices in waves, with the digest of what each is to become."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from configs.operations import operator
from configs.render import Renderer
from configs.rollout.bundle import Bundle, Planned, digest_of, new_name, now
from configs.rollout.policy import FILE, CheckKind
from configs.rollout.waves import waves
from inventory.errors import DeviceError, InputError, Problem
from inventory.filters import select
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from configs.push import PushResult
    from configs.rollout.policy import Policy
    from inventory.model import Device, Inventory, Workspace
    from ipplan.plan import Plan

SEE_DEVICES = Message("see the devices with: govnet inventory list devices")


def digests(workspace: Workspace, addresses: Plan, devices: Iterable[Device]) -> dict[str, str]:
    """The digests of what templates say, by device; none of one that cannot be rendered."""
    renderer = Renderer(workspace, addresses)
    found = {}
    for device in devices:
        with suppress(InputError, DeviceError):
            found[device.name] = digest_of(renderer.render(device.name).text)
    return found


def plan(
    workspace: Workspace,
    results: Sequence[PushResult],
    digests: Mapping[str, str],
    policy: Policy,
    *,
    reason: str = "",
    lab: bool = False,
    stage: str = "",
    undo: bool = False,
) -> Bundle:
    """The rollout of the devices that a dry run has looked at. InputError for a policy that does not fit them.

    A device without a digest fails when its turn comes.
    """
    inventory = workspace.inventory
    _check_checks(policy, inventory)
    planned = {}
    for result in results:
        platform = inventory.devices[result.device].platform
        digest = digests.get(result.device, "")
        planned[result.device] = Planned(result.device, platform, digest, result.added, result.removed)
    # Of two zones that both select a device, the first one has it.
    by_zone = reversed(list(policy.zones.items()))
    zones = {device.name: zone for zone, where in by_zone for device in _members(inventory, zone, where)}
    moment = now()
    return Bundle(
        new_name(moment),
        workspace.root,
        moment,
        operator(),
        reason,
        policy,
        waves(planned, inventory, policy, zones),
        planned,
        lab,
        stage,
        undo,
    )


def _members(inventory: Inventory, zone: str, where: str) -> list[Device]:
    """The devices of a zone. InputError that names the zone if its filter is none."""
    try:
        return select(inventory, where)
    except InputError as error:
        raise InputError(replace(problem, file=FILE, column=f"zones.{zone}") for problem in error.problems) from None


def _check_checks(policy: Policy, inventory: Inventory) -> None:
    """InputError for checks that cannot be made: nobody is to find that out behind the change of a device."""
    problems = []
    for key, checks in (("before", policy.before), ("after", policy.after)):
        for number, check in enumerate(checks, 1):
            column = f"{key}[{number}]"
            if check.kind is CheckKind.PING and not check.to:
                message = Message("a ping needs the address that has to answer")
                hint = Message("write it as to: ADDRESS in the same check")
                problems.append(Problem("no-address", message, hint, file=FILE, column=f"{column}.to"))
            if check.source and check.source not in inventory.devices:
                message = Message("there is no device “{name}”", name=check.source)
                near = nearest(check.source, inventory.devices)
                hint = Message("did you mean “{name}”?", name=near) if near else SEE_DEVICES
                problems.append(Problem("unknown-name", message, hint, file=FILE, column=f"{column}.from"))
    if problems:
        raise InputError(problems)
