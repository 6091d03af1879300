"""Is a plan right? In itself, against the inventory, and against the policy. Every fault with its file and line."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import NO_HINT, Problem
from inventory.model import NOWHERE, LineKind, Source
from inventory.text import Message
from ipplan import demands
from ipplan.networks import in_order, within
from ipplan.plan import FILE, Allocation, BlockRow, PoolRow, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Inventory, Level
    from ipplan.networks import Network
    from ipplan.plan import Plan
    from ipplan.policy import Policy


def check(plan: Plan, inventory: Inventory, policy: Policy | None = None) -> tuple[Problem, ...]:
    """Every fault of the plan, in the order of its lines; empty if it is right."""
    problems = [*consistency(plan), *_against_inventory(plan, inventory)]
    if policy is not None:
        problems += _against_policy(plan, inventory, policy)
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.code)))


def consistency(plan: Plan) -> list[Problem]:
    """What a plan contradicts in itself: duplicates, overlaps in a VRF, prefixes outside their pool."""
    return [
        *_duplicates(plan),
        *_overlaps(plan.pool_rows),
        *_overlaps(plan.allocations),
        *_block_overlaps(plan),
        *_outside(plan),
    ]


def _problem(code: str, row: Row, column: str, message: Message, hint: Message = NO_HINT) -> Problem:
    source = row.source if row.source != NOWHERE else Source(FILE, 0)
    return Problem(code, message, hint, source.file, source.line, column)


def _duplicates(plan: Plan) -> Iterator[Problem]:
    seen: dict[tuple[object, ...], BlockRow | Allocation] = {}
    rows: tuple[BlockRow | Allocation, ...] = (*plan.blocks, *plan.allocations)
    for row in rows:
        first = seen.setdefault((type(row), *row.key), row)
        if first is row:
            continue
        if isinstance(row, BlockRow):
            message = Message(
                "the region {name} has a second block in the pool “{pool}”", name=row.region, pool=row.pool
            )
            column = "region"
        else:
            message = Message("“{name}” has a second prefix for “{function}”", name=row.owner, function=row.function)
            column = "owner"
        hint = Message("the first one is in line {line}; take one of them out", line=first.source.line)
        yield _problem("duplicate-row", row, column, message, hint)


def _overlaps(rows: Iterable[PoolRow | Allocation]) -> Iterator[Problem]:
    """Rows that share addresses in one VRF. In address order, each is compared with the widest one before it."""
    ordered = sorted(rows, key=lambda row: (row.vrf, *in_order(row.prefix), row.source.line))
    widest: PoolRow | Allocation | None = None
    for row in ordered:
        if (
            widest is not None
            and widest.vrf == row.vrf
            and widest.prefix.version == row.prefix.version
            and widest.prefix.overlaps(row.prefix)
        ):
            message = Message(
                "{prefix} overlaps {other} (line {line}) in the VRF “{vrf}”",
                prefix=row.prefix,
                other=widest.prefix,
                line=widest.source.line,
                vrf=row.vrf,
            )
            hint = Message("give one of them another prefix, or empty its row and run: govnet plan make")
            yield _problem("overlap", row, "prefix", message, hint)
        else:
            widest = row


def _block_overlaps(plan: Plan) -> Iterator[Problem]:
    """Regions' blocks lie in each other (upper level around lower level) or apart."""
    by_pool: dict[tuple[str, str, int], list[BlockRow]] = {}
    for block in plan.blocks:
        by_pool.setdefault((block.vrf, block.pool, block.prefix.version), []).append(block)
    for blocks in by_pool.values():
        open_blocks: list[BlockRow] = []
        for block in sorted(blocks, key=lambda row: (*in_order(row.prefix), _rank(row.level))):
            while open_blocks and not within(block.prefix, open_blocks[-1].prefix):
                open_blocks.pop()
            if open_blocks and _rank(open_blocks[-1].level) >= _rank(block.level):
                other = open_blocks[-1]
                message = Message(
                    "{prefix} lies in the block of the region {name} ({other}, line {line}), which is not above it",
                    prefix=block.prefix,
                    name=other.region,
                    other=other.prefix,
                    line=other.source.line,
                )
                yield _problem("overlap", block, "prefix", message, Message("give each region a block of its own"))
            open_blocks.append(block)


def _rank(level: Level) -> int:
    return tuple(type(level)).index(level)


def _outside(plan: Plan) -> Iterator[Problem]:
    pools: dict[tuple[str, str], list[Network]] = {}
    for pool in plan.pool_rows:
        pools.setdefault((pool.vrf, pool.pool), []).append(pool.prefix)
    rows: tuple[BlockRow | Allocation, ...] = (*plan.blocks, *plan.allocations)
    for row in rows:
        prefixes = pools.get((row.vrf, row.pool))
        if prefixes is None:
            message = Message("there is no pool “{name}” in the VRF “{vrf}”", name=row.pool, vrf=row.vrf)
            hint = Message("the pools stand in rows of the kind “pool”")
            yield _problem("unknown-pool", row, "pool", message, hint)
        elif not any(within(row.prefix, prefix) for prefix in prefixes):
            message = Message("{prefix} is outside the pool “{name}”", prefix=row.prefix, name=row.pool)
            hint = Message("the pool has: {prefixes}", prefixes=", ".join(str(prefix) for prefix in prefixes))
            yield _problem("outside-pool", row, "prefix", message, hint)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A prefix that the inventory has from elsewhere, and the device that has it."""

    network: Network
    device: str
    source: Source


def fixed_networks(inventory: Inventory) -> Iterator[Fixed]:
    """The networks of management addresses and of addresses that carriers give."""
    for device in inventory.devices.values():
        if device.address is not None:
            yield Fixed(device.address.network, device.name, device.source)
    for line in inventory.lines.values():
        for end in (line.a, line.b):
            if end is not None and end.address is not None:
                yield Fixed(end.address.network, end.device, line.source)
        if line.peer is not None:
            yield Fixed(line.peer.network, line.a.device, line.source)


def by_device(inventory: Inventory, rows: Iterable[Allocation]) -> dict[str, list[Allocation]]:
    """The allocations that a device has itself or through its lines."""
    found: dict[str, list[Allocation]] = {}
    for row in rows:
        line = inventory.lines.get(row.owner)
        if line is None:
            found.setdefault(row.owner, []).append(row)
            continue
        for end in (line.a, line.b):
            if end is not None:
                found.setdefault(end.device, []).append(row)
    return found


def _against_inventory(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    for row in plan.allocations:
        line = inventory.lines.get(row.owner)
        if row.owner not in inventory.devices and (line is None or line.kind not in (LineKind.CIRCUIT, LineKind.LAN)):
            message = Message("the inventory has no device and no circuit or LAN “{name}”", name=row.owner)
            yield _problem("unknown-owner", row, "owner", message, Message("run: govnet plan make"))
    for block in plan.blocks:
        if block.region not in inventory.regions:
            message = Message("the inventory has no region {name}", name=block.region)
            yield _problem("unknown-region", block, "region", message, Message("run: govnet plan make"))
    yield from _outside_blocks(plan, inventory)
    yield from _collisions(plan, inventory)


def _outside_blocks(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    """A region's block holds all that the region has in the pool and nothing else, or its summary would be wrong."""
    rows = sorted(plan.allocations, key=lambda row: in_order(row.prefix))
    chains: dict[str, frozenset[str]] = {}
    at_home: dict[tuple[str, str, int], list[Allocation]] = {}
    for row in rows:
        if row.region not in chains:
            chains[row.region] = frozenset(region.code for region in inventory.region_chain(row.region))
        for code in chains[row.region]:
            at_home.setdefault((row.pool, code, row.prefix.version), []).append(row)
    for block in plan.blocks:
        for row in at_home.get((block.pool, block.region, block.prefix.version), ()):
            if not within(row.prefix, block.prefix):
                message = Message(
                    "{prefix} is outside the block of its region {name} ({block}, line {line})",
                    prefix=row.prefix,
                    name=block.region,
                    block=block.prefix,
                    line=block.source.line,
                )
                hint = Message("run: govnet plan make --allow-moves")
                yield _problem("outside-block", row, "prefix", message, hint)
        for row in _overlapping(rows, block.prefix):
            if row.vrf == block.vrf and block.region not in chains[row.region]:
                message = Message(
                    "{prefix} lies in the block of the region {name} ({block}, line {line}), "
                    "which it does not belong to",
                    prefix=row.prefix,
                    name=block.region,
                    block=block.prefix,
                    line=block.source.line,
                )
                hint = Message("run: govnet plan make --allow-moves")
                yield _problem("foreign-in-block", row, "prefix", message, hint)


def _collisions(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    """Planned prefixes on addresses that devices already have. A device may have its address inside its own prefix."""
    rows = sorted(plan.allocations, key=lambda row: in_order(row.prefix))
    own = by_device(inventory, rows)
    unique: dict[Network, list[Fixed]] = {}
    for fixed in fixed_networks(inventory):
        unique.setdefault(fixed.network, []).append(fixed)
    for network, owners in unique.items():
        for row in _overlapping(rows, network):
            strangers = [fixed for fixed in owners if row not in own.get(fixed.device, ())]
            if not strangers:
                continue
            message = Message(
                "{prefix} collides with {network}, where “{device}” has an address ({file}:{line})",
                prefix=row.prefix,
                network=network,
                device=strangers[0].device,
                file=strangers[0].source.file,
                line=strangers[0].source.line,
            )
            hint = Message(
                "exclude {network} from the pool in the policy, then run: govnet plan make --allow-moves",
                network=network,
            )
            yield _problem("collision", row, "prefix", message, hint)


def _overlapping(rows: list[Allocation], network: Network) -> Iterator[Allocation]:
    """The rows of a table in address order that overlap `network`."""
    first, last = int(network.network_address), int(network.broadcast_address)
    end = bisect_right(rows, (int(network.version), last, 129), key=lambda row: in_order(row.prefix))
    for row in reversed(rows[:end]):
        if row.prefix.version != network.version or int(row.prefix.broadcast_address) < first:
            return
        yield row


def _against_policy(plan: Plan, inventory: Inventory, policy: Policy) -> Iterator[Problem]:
    """Differences from what the policy and the inventory ask for now."""
    wanted = {demand.key: demand for demand in demands.collect(inventory, policy)}
    rows = {row.key: row for row in plan.allocations}
    for key, demand in wanted.items():
        row = rows.get(key)
        if row is None:
            message = Message("“{name}” has no prefix for “{function}”", name=demand.owner, function=demand.function)
            yield Problem("missing-allocation", message, Message("run: govnet plan make"), _file(plan))
            continue
        pool = policy.pools[demand.pool]
        planned = (row.area, row.vrf, row.pool, row.level, row.region)
        if planned != (pool.area, pool.vrf, pool.name, demand.level, demand.region):
            message = Message("the row of “{name}” is not up to date", name=row.owner)
            yield _problem("outdated-row", row, "region", message, Message("run: govnet plan make"))
        if row.prefix.prefixlen > demand.enough:
            message = Message(
                "{prefix} is too small for {hosts} hosts: “{name}” needs at least a /{length}",
                prefix=row.prefix,
                hosts=demand.hosts,
                name=demand.owner,
                length=demand.enough,
            )
            yield _problem("too-small", row, "prefix", message, Message("run: govnet plan make"))
    for key, row in rows.items():
        if key not in wanted:
            message = Message(
                "the policy gives “{name}” no prefix for “{function}”", name=row.owner, function=row.function
            )
            yield _problem("unwanted-allocation", row, "function", message, Message("run: govnet plan make"))
    pools = {(row.pool, row.prefix) for row in plan.pool_rows}
    asked = {(pool.name, prefix) for pool in policy.pools.values() for prefix in pool.prefixes}
    for name, prefix in sorted(pools ^ asked, key=lambda entry: (entry[0], in_order(entry[1]))):
        message = Message(
            "the pool “{name}” with {prefix} is not the same in policy and plan", name=name, prefix=prefix
        )
        yield Problem("pool-differs", message, Message("run: govnet plan make"), _file(plan))


def _file(plan: Plan) -> str:
    return next((row.source.file for row in plan.rows() if row.source.file), FILE)
