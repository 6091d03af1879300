"""A rollout's plan: the chosen devices in waves, with the digest of what each is to become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.operations import operator
from configs.render import Renderer
from configs.rollout.bundle import Bundle, Planned, digest_of, new_name, now
from configs.rollout.waves import waves
from inventory.errors import DeviceError, InputError
from inventory.filters import select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.push import PushResult
    from configs.rollout.policy import Policy
    from inventory.model import Workspace
    from ipplan.plan import Plan


def plan(
    workspace: Workspace,
    addresses: Plan,
    results: Sequence[PushResult],
    policy: Policy,
    *,
    reason: str = "",
    lab: bool = False,
) -> Bundle:
    """The rollout of the devices that a dry run has looked at. InputError for a policy that does not fit them.

    A device that cannot be rendered has no digest, and fails when its turn comes.
    """
    inventory = workspace.inventory
    renderer = Renderer(workspace, addresses)
    planned = {}
    for result in results:
        try:
            digest = digest_of(renderer.render(result.device).text)
        except (InputError, DeviceError):
            digest = ""
        platform = inventory.devices[result.device].platform
        planned[result.device] = Planned(result.device, platform, digest, result.added, result.removed)
    # Of two zones that both select a device, the first one has it.
    by_zone = reversed(list(policy.zones.items()))
    zones = {device.name: zone for zone, where in by_zone for device in select(inventory, where)}
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
    )
