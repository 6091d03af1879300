"""Where a plan differs from what the policy and the inventory ask for now."""

from __future__ import annotations

from bisect import bisect_left
from operator import gt, lt
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message
from ipplan import demands
from ipplan.checks_rows import problem_at
from ipplan.networks import BITS, FAMILY_NAMES, in_order
from ipplan.plan import FILE
from ipplan.regions import Regions
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.model import Inventory
    from ipplan.demands import Collected, Demands
    from ipplan.plan import Allocation, BlockRow, Plan
    from ipplan.policy import Function, Policy, Pool


def differences(plan: Plan, inventory: Inventory, policy: Policy) -> Iterator[Problem]:
    """Differences from what the policy and the inventory ask for now."""
    regions = Regions.of(inventory)
    wanted_owners: dict[tuple[str, int, str], list[str]] = {}
    collected = demands.collect(inventory, policy)
    for wanted in collected.values():
        yield from _missing(plan, wanted, regions, wanted_owners)
    unwanted = [
        rows[owner]
        for key, rows in plan.index.items()
        if len(wanted_owners.get(key, ())) != len(rows)
        for owner in rows.keys() - set(wanted_owners.get(key, ()))
    ]
    for number in sorted(unwanted):
        row = plan.allocation(number)
        message = Message("the policy gives “{name}” no prefix for “{function}”", name=row.owner, function=row.function)
        yield problem_at("unwanted-allocation", row, "function", message, Message("run: govnet plan make"))
    pools = {(row.pool, row.prefix) for row in plan.pool_rows}
    asked = {(pool.name, prefix) for pool in policy.pools.values() for prefix in pool.prefixes}
    for name, prefix in sorted(pools ^ asked, key=lambda entry: (entry[0], in_order(entry[1]))):
        message = Message(
            "the pool “{name}” with {prefix} is not the same in policy and plan", name=name, prefix=prefix
        )
        yield Problem("pool-differs", message, Message("run: govnet plan make"), _file(plan))
    yield from _blocks(plan, regions, collected, policy)
    yield from _excluded(plan, policy)


def _missing(
    plan: Plan, wanted: Demands, regions: Regions, found: dict[tuple[str, int, str], list[str]]
) -> Iterator[Problem]:
    """What the plan lacks or has otherwise of one pool's demands; the owners that it has go to `found`."""
    table, pool, version = plan.table, wanted.pool, wanted.version
    at = 0
    for function, count in wanted.runs():
        part, first = slice(at, at + count), at
        at += count
        key = (function.name, version, pool.vrf)
        rows, owners = plan.index.get(key, {}), wanted.owners[part]
        try:
            numbers = good = picked(rows, owners)
        except KeyError:
            numbers = [rows.get(owner, -1) for owner in owners]
            good = [number for number in numbers if number >= 0]
        whole = len(good) == count
        found.setdefault(key, []).extend(owners if whole else [owner for owner in owners if owner in rows])
        if (
            whole
            and picked(table.regions, good) == wanted.regions[part]
            and picked(table.levels, good) == regions.levels_of(wanted.regions)[part]
            and plan.places[key] == {(pool.area, pool.name)}
            and not any(map(gt, picked(table.lengths, good), wanted.enoughs[part]))
            and not (_structural(function, version) and any(map(lt, picked(table.lengths, good), wanted.enoughs[part])))
        ):
            continue
        for offset, number in enumerate(numbers):
            yield from _otherwise(plan, wanted, regions, first + offset, number)


def _structural(function: Function, version: int) -> bool:
    """Whether the length is part of how the addresses work, so that a wider prefix is as wrong as a narrower one.

    In IPv6 the lengths are fixed: a LAN without /64 has no stateless configuration (RFC 4862 section 5.5.3). In IPv4
    a wider prefix may stand from an earlier policy, and room does no harm.
    """
    return version == 6 and function.sizes[version].length is not None


def _otherwise(plan: Plan, wanted: Demands, regions: Regions, at: int, number: int) -> Iterator[Problem]:
    """What is wrong with one row; -1 is no row."""
    table, pool = plan.table, wanted.pool
    function, owner = wanted.functions[at], wanted.owners[at]
    if number < 0:
        message = Message("“{name}” has no prefix for “{function}”", name=owner, function=function.name)
        yield Problem("missing-allocation", message, Message("run: govnet plan make"), _file(plan))
        return
    region = wanted.regions[at]
    for column, is_so, right in (
        ("area", table.areas[number], pool.area.value),
        ("pool", table.pools[number], pool.name),
        ("region", table.regions[number], region),
        ("level", table.levels[number], regions.level(region)),
    ):
        if is_so != right:
            yield _outdated(plan.allocation(number), column, owner, is_so, right)
    if table.lengths[number] > wanted.enoughs[at]:
        yield _too_small(plan.allocation(number), wanted, at)
    elif table.lengths[number] < wanted.enoughs[at] and _structural(function, wanted.version):
        row = plan.allocation(number)
        message = Message(
            "{prefix} is wider than the /{length} that the policy gives “{name}”",
            prefix=row.prefix,
            length=wanted.enoughs[at],
            name=owner,
        )
        hint = Message(
            "write /{length} in the row, or remove the row and run: govnet plan make", length=wanted.enoughs[at]
        )
        yield problem_at("too-large", row, "prefix", message, hint)


def _outdated(row: Allocation | BlockRow, column: str, name: str, is_so: str, right: str) -> Problem:
    """A cell that the inventory or the policy has otherwise."""
    message = Message(
        "the row of “{name}” says {column} {text}, and by inventory and policy it is {right}",
        name=name,
        column=column,
        text=str(is_so),
        right=str(right),
    )
    return problem_at("outdated-row", row, column, message, Message("run: govnet plan make"))


def _too_small(row: Allocation, wanted: Demands, at: int) -> Problem:
    owner, length, hosts = wanted.owners[at], wanted.enoughs[at], wanted.hosts[at]
    function = wanted.functions[at]
    message = (
        Message(
            "{prefix} is too small for {hosts} hosts: “{name}” needs at least a /{length}",
            prefix=row.prefix,
            hosts=hosts,
            name=owner,
            length=length,
        )
        if function.sizes[wanted.version].length is None and hosts
        else Message(
            "{prefix} is smaller than the /{length} that the policy gives “{name}” for “{function}”",
            prefix=row.prefix,
            length=length,
            name=owner,
            function=function.name,
        )
    )
    return problem_at("too-small", row, "prefix", message, Message("run: govnet plan make"))


def _blocks(plan: Plan, regions: Regions, collected: Collected, policy: Policy) -> Iterator[Problem]:
    """Blocks that the policy's summaries ask for and the plan lacks or has otherwise, and blocks too many."""
    for pool in policy.pools.values():
        levels = frozenset(summary.level.value for summary in pool.summaries)
        for version in BITS:
            here, wanted = plan.block_index.get((pool.name, version), {}), collected.get((pool.name, version))
            shares = regions.shares(levels, wanted.regions, wanted.owners) if wanted is not None else ()
            codes = {key[1] for key, above, _ in shares if above >= 0}
            same = here.keys() == codes
            for code in () if same else sorted(codes - here.keys()):
                message = Message(
                    "the region {name} has no {family} block in the pool “{pool}”",
                    name=code,
                    family=FAMILY_NAMES[version],
                    pool=pool.name,
                )
                yield Problem("missing-block", message, Message("run: govnet plan make"), _file(plan))
            for code in () if same else here.keys() - codes:
                if code in regions.parents:
                    message = Message(
                        "the policy gives the region {name} no block in the pool “{pool}”", name=code, pool=pool.name
                    )
                    hint = Message("run: govnet plan make")
                    yield problem_at("unwanted-block", plan.blocks[here[code]], "region", message, hint)
            own = here if same else {code: here[code] for code in here if code in codes}
            yield from _block_cells(plan, regions, pool, version, own)


def _block_cells(plan: Plan, regions: Regions, pool: Pool, version: int, own: Mapping[str, int]) -> Iterator[Problem]:
    """What is wrong in the rows of blocks that the policy asks for; `own` are their numbers by region."""
    table = plan.block_table
    enoughs = {summary.level.value: summary.sizes[version].enough for summary in pool.summaries}
    numbers = list(own.values())
    if (
        not any(enoughs.values())
        and set(picked(table.areas, numbers)) <= {pool.area}
        and picked(table.levels, numbers) == picked(regions.levels, list(own))
    ):
        return
    for code, number in own.items():
        level = regions.levels[code]
        for column, is_so, right in (
            ("area", table.areas[number], pool.area.value),
            ("level", table.levels[number], level),
        ):
            if is_so != right:
                yield _outdated(plan.blocks[number], column, code, is_so, right)
        enough = enoughs[level]
        if enough is not None and table.lengths[number] > enough:
            block = plan.blocks[number]
            message = Message(
                "the block {prefix} of the region {name} is smaller than the /{length} that the policy gives it",
                prefix=block.prefix,
                name=code,
                length=enough,
            )
            yield problem_at("block-too-small", block, "prefix", message, Message("run: govnet plan make"))


def _excluded(plan: Plan, policy: Policy) -> Iterator[Problem]:
    """Allocations on addresses that the policy leaves out of the pool."""
    table = plan.table
    for pool in policy.pools.values():
        for network in pool.exclude:
            first, end = int(network.network_address), int(network.broadcast_address) + 1
            for (name, version), part in table.runs("pools", "versions"):
                if (name, version) != (pool.name, network.version):
                    continue
                starts, bits = table.starts[part], BITS[version]
                # Rows are disjoint and in order: only the one before the first that begins inside may reach into it.
                at = max(bisect_left(starts, first) - 1, 0)
                while at < len(starts) and starts[at] < end:
                    number = part.start + at
                    at += 1
                    if table.starts[number] + (1 << (bits - table.lengths[number])) <= first:
                        continue
                    row = plan.allocation(number)
                    message = Message(
                        "{prefix} is on {network}, which the policy excludes from the pool “{pool}”",
                        prefix=row.prefix,
                        network=network,
                        pool=name,
                    )
                    hint = Message("run: govnet plan make --allow-moves")
                    yield problem_at("excluded-space", row, "prefix", message, hint)


def _file(plan: Plan) -> str:
    return next((table.file for table in plan.tables if table.file), FILE)
