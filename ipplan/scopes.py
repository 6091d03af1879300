"""Whose addresses may be where: public space that is somebody else's, and what may talk to central networks.

In 公用网络区 central networks use 国家公共IP, local ones 国家公共IP and 地方公共IP, and between central and
local networks only 国家公共IP may talk (《地方电子政务外网技术参考手册》 chapter 2 section 4). Here that is a rule
about zones: the side of a flow that does not face central networks must have addresses from pools of the scope
national. 专用网络区 is left out, its business systems plan their own addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.model import Area, LineKind
from inventory.text import Message
from ipplan import fixed
from ipplan.networks import Block, is_free_to_use, network_of, squats
from ipplan.policy import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Flow, Inventory, Zone
    from ipplan.plan import Allocation, Plan
    from ipplan.policy import Policy

CENTRAL = "central"


def squatted(inventory: Inventory, policy: Policy) -> Iterator[Problem]:
    """Public space that nobody assigned to us, in the pools and as the devices' own addresses."""
    hint = Message("use private space (RFC 1918, RFC 4193), or list it under “assigned” in the policy if it is ours")
    for pool in policy.pools.values():
        for prefix in pool.prefixes:
            if squats(prefix, policy.assigned):
                message = Message(
                    "{prefix} of the pool “{name}” is public space that is not assigned to us",
                    prefix=prefix,
                    name=pool.name,
                )
                source = pool.source
                yield Problem("squatted-space", message, hint, source.file, source.line, f"{pool.name}.prefixes")
    for version, start, length, name in fixed.of_devices(inventory):
        if is_free_to_use(version, start, length):
            continue
        device = inventory.devices[name]
        if squats(network_of(Block(start, length), version), policy.assigned) and not _from_a_carrier(inventory, name):
            message = Message(
                "“{device}” has the address {address}, which is public space that is not assigned to us",
                device=device.name,
                address=device.address,
            )
            yield Problem("squatted-space", message, hint, device.source.file, device.source.line, "address")


def _from_a_carrier(inventory: Inventory, device: str) -> bool:
    """Whether a device is managed by an address that a carrier gave to one of its lines."""
    address = inventory.devices[device].address
    return any(
        end is not None and end.device == device and end.address == address
        for line in inventory.lines_of(device)
        for end in (line.a, line.b)
    )


def faults(plan: Plan, inventory: Inventory, policy: Policy) -> Iterator[Problem]:
    """Zones that have other addresses than they say, and flows that join central networks with local addresses."""
    rows: dict[str, list[Allocation]] = {}
    for zone in inventory.zones.values():
        rows[zone.name] = list(_allocations(plan, inventory, zone))
        if zone.scope in (Scope.NATIONAL, Scope.LOCAL):
            for row in rows[zone.name]:
                scope = _scope(policy, row)
                if scope is not None and scope != zone.scope:
                    yield _differs(zone, row, scope)
    for flow in inventory.flows:
        zones = [inventory.zones.get(name) for name in (flow.from_zone, flow.to_zone)]
        central = [zone for zone in zones if zone is not None and zone.scope == CENTRAL]
        other = [zone for zone in zones if zone is not None and zone.scope != CENTRAL]
        if len(central) == len(other) == 1 and other[0].area is not Area.VPN:
            yield from _flow(flow, central[0], other[0], rows[other[0].name], policy)


def _allocations(plan: Plan, inventory: Inventory, zone: Zone) -> Iterator[Allocation]:
    """The planned LANs on a zone's interfaces."""
    for device, interface in zone.interfaces:
        for line in inventory.lines_of(device):
            if line.kind is LineKind.LAN and line.a.interface == interface:
                yield from (row for row in plan.of(line.name) if row.vrf == zone.vrf)


def _scope(policy: Policy, row: Allocation) -> Scope | None:
    pool = policy.pools.get(row.pool)
    return pool.scope if pool is not None else None


def _differs(zone: Zone, row: Allocation, scope: Scope) -> Problem:
    message = Message(
        "the zone “{zone}” says {said}, and {prefix} in it is from the pool “{pool}”, which is {scope}",
        zone=zone.name,
        said=zone.scope,
        prefix=row.prefix,
        pool=row.pool,
        scope=scope.value,
    )
    hint = Message("correct the zone's “scope”, or give “{owner}” addresses from another pool", owner=row.owner)
    return Problem("scope-differs", message, hint, zone.source.file, zone.source.line, "scope")


def _flow(flow: Flow, central: Zone, zone: Zone, rows: list[Allocation], policy: Policy) -> Iterator[Problem]:
    """What is wrong with one flow between a zone that faces central networks and one that does not."""
    source = flow.source
    names = {"flow": flow.name, "zone": zone.name, "central": central.name}
    scopes = [(row, _scope(policy, row)) for row in rows]
    not_national = next((row for row, scope in scopes if scope is Scope.LOCAL), None)
    if zone.scope == Scope.LOCAL or not_national is not None:
        shown = (
            Message("{prefix} of the pool “{pool}”", prefix=not_national.prefix, pool=not_national.pool)
            if (not_national is not None)
            else Message("addresses that are local only")
        )
        message = Message(
            "the flow “{flow}” joins “{central}”, which faces central networks, with “{zone}”, which has {what}: "
            "only national addresses may talk to them",
            what=shown,
            **names,
        )
        hint = Message("give what has to talk to them addresses from a pool of the scope national, or remove the flow")
        yield Problem("local-to-central", message, hint, source.file, source.line, "flows")
    elif zone.scope != Scope.NATIONAL and (not scopes or any(scope is None for _, scope in scopes)):
        message = Message(
            "the flow “{flow}” joins “{central}”, which faces central networks, with “{zone}”, and whether that has "
            "national addresses is not known",
            **names,
        )
        hint = Message("write “scope: national” or “scope: local” at the zone “{zone}”", zone=zone.name)
        yield Problem("scope-unknown", message, hint, source.file, source.line, "flows")
