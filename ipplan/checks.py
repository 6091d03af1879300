"""Is a plan right? In itself, against the inventory, and against the policy. Every fault with its file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.collecting import uncollected
from inventory.model import LineKind
from inventory.text import Message
from ipplan import checks_policy, routes, scopes
from ipplan.checks_blocks import outside_blocks, summaries_hold
from ipplan.checks_rows import consistency, problem_at
from ipplan.checks_taken import collisions
from ipplan.regions import Regions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.errors import Problem
    from inventory.model import Inventory
    from ipplan.plan import Plan
    from ipplan.policy import Policy


def check(plan: Plan, inventory: Inventory, policy: Policy | None = None) -> tuple[Problem, ...]:
    """Every fault of the plan, in the order of its lines; empty if it is right."""
    with uncollected():
        problems = consistency(plan, Regions.of(inventory).levels)
        differences = list(checks_policy.differences(plan, inventory, policy)) if policy is not None else []
        wanted = policy is not None and all(problem.code != "unwanted-allocation" for problem in differences)
        if not wanted:  # whom the policy wants to have a prefix is in the inventory
            problems += _unknown_owners(plan, inventory)
        problems += _against_inventory(plan, inventory, inside_pools=not problems)
        problems += differences
        problems += routes.duplicates(plan)
        problems += routes.overlaps(plan, inventory)
        if policy is not None:
            problems += routes.differences(plan, inventory, policy)
            problems += scopes.squatted(inventory, policy)
            problems += scopes.faults(plan, inventory, policy)
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.code)))


def _unknown_owners(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    lines = (name for name, line in inventory.lines.items() if line.kind in (LineKind.CIRCUIT, LineKind.LAN))
    owners = {*inventory.devices, *lines, *inventory.units, *inventory.sites, *inventory.regions}
    if not owners.issuperset(plan.table.owners):
        for row in plan.allocations:
            if row.owner not in owners:
                message = Message("the inventory has no device and no circuit or LAN “{name}”", name=row.owner)
                yield problem_at("unknown-owner", row, "owner", message, Message("run: govnet plan make"))


def _against_inventory(plan: Plan, inventory: Inventory, *, inside_pools: bool) -> Iterator[Problem]:
    if not inventory.regions.keys() >= set(plan.block_table.regions):
        for block in plan.blocks:
            if block.region not in inventory.regions:
                message = Message("the inventory has no region {name}", name=block.region)
                yield problem_at("unknown-region", block, "region", message, Message("run: govnet plan make"))
    if not inside_pools or not summaries_hold(plan, inventory):
        yield from outside_blocks(plan, inventory)
    yield from collisions(plan, inventory, inside_pools=inside_pools)
