"""Is a plan right? In itself, against the inventory, and against the policy. Every fault with its file and line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import NO_HINT, Problem
from inventory.model import NOWHERE, Level, LineKind, Source
from inventory.text import Message
from ipplan import demands
from ipplan.networks import BITS, in_order, within
from ipplan.plan import FILE, Allocation, BlockRow, PoolRow, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Interface, Inventory
    from ipplan.networks import Network
    from ipplan.plan import Plan
    from ipplan.policy import Policy
    from ipplan.rows import Columns


def check(plan: Plan, inventory: Inventory, policy: Policy | None = None) -> tuple[Problem, ...]:
    """Every fault of the plan, in the order of its lines; empty if it is right."""
    problems = [*consistency(plan), *_against_inventory(plan, inventory)]
    if policy is not None:
        problems += _against_policy(plan, inventory, policy)
    return tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.code)))


def consistency(plan: Plan) -> list[Problem]:
    """What a plan contradicts in itself: duplicates, overlaps in a VRF, prefixes outside their pool."""
    problems = _duplicates(plan)
    if not _disjoint(plan.pool_table):
        problems += _overlaps(plan.pool_rows)
    if not _disjoint(plan.table):
        problems += _overlaps(plan.allocations)
    problems += _block_overlaps(plan)
    problems += _outside(plan)
    return problems


def _problem(code: str, row: Row, column: str, message: Message, hint: Message = NO_HINT) -> Problem:
    source = row.source if row.source != NOWHERE else Source(FILE, 0)
    return Problem(code, message, hint, source.file, source.line, column)


def _duplicates(plan: Plan) -> list[Problem]:
    problems = []
    table = plan.block_table
    for one, other in _twice(zip(table.pools, table.levels, table.regions, table.versions, strict=True), len(table)):
        row, first = plan.blocks[other], plan.blocks[one]
        message = Message("the region {name} has a second block in the pool “{pool}”", name=row.region, pool=row.pool)
        hint = Message("the first one is in line {line}; take one of them out", line=first.source.line)
        problems.append(_problem("duplicate-row", row, "region", message, hint))
    table = plan.table
    for one, other in _twice(zip(table.functions, table.owners, table.versions, table.vrfs, strict=True), len(table)):
        of_owner, first_of = plan.allocation(other), plan.allocation(one)
        message = Message(
            "“{name}” has a second prefix for “{function}”", name=of_owner.owner, function=of_owner.function
        )
        hint = Message("the first one is in line {line}; take one of them out", line=first_of.source.line)
        problems.append(_problem("duplicate-row", of_owner, "owner", message, hint))
    return problems


def _twice(keys: Iterable[tuple[object, ...]], count: int) -> list[tuple[int, int]]:
    """The rows that have the key of a row before them: the first one's number and theirs."""
    listed = list(keys)
    if len(set(listed)) == count:
        return []
    first: dict[tuple[object, ...], int] = {}
    return [
        (first[key], number) for number, key in enumerate(listed) if first.setdefault(key, number) != number
    ]


def _disjoint(table: Columns) -> bool:
    """Whether no two rows of one VRF and family share an address."""
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for vrf, version, start, length in zip(table.vrfs, table.versions, table.starts, table.lengths, strict=True):
        found = spans.get((vrf, version))
        if found is None:
            found = spans[vrf, version] = []
        found.append((start, length))
    for (_, version), found in spans.items():
        found.sort()
        bits, end = BITS[version], -1
        for start, length in found:
            if start < end:
                return False
            end = start + (1 << (bits - length))
    return True


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


_RANK = {level.value: rank for rank, level in enumerate(Level)}


def _block_overlaps(plan: Plan) -> Iterator[Problem]:
    """Regions' blocks lie in each other (upper level around lower level) or apart."""
    table = plan.block_table
    by_pool: dict[tuple[str, str, int], list[tuple[int, int, int, int]]] = {}
    for number, key in enumerate(zip(table.vrfs, table.pools, table.versions, strict=True)):
        entry = (table.starts[number], table.lengths[number], _RANK[table.levels[number]], number)
        by_pool.setdefault(key, []).append(entry)
    for (_, _, version), entries in by_pool.items():
        bits = BITS[version]
        open_blocks: list[tuple[int, int, int]] = []  # end, rank, number
        for start, length, rank, number in sorted(entries):
            while open_blocks and open_blocks[-1][0] <= start:
                open_blocks.pop()
            if open_blocks and open_blocks[-1][1] >= rank:
                block, other = plan.blocks[number], plan.blocks[open_blocks[-1][2]]
                message = Message(
                    "{prefix} lies in the block of the region {name} ({other}, line {line}), which is not above it",
                    prefix=block.prefix,
                    name=other.region,
                    other=other.prefix,
                    line=other.source.line,
                )
                yield _problem("overlap", block, "prefix", message, Message("give each region a block of its own"))
            open_blocks.append((start + (1 << (bits - length)), rank, number))


def _outside(plan: Plan) -> Iterator[Problem]:
    pools: dict[tuple[str, str], list[Network]] = {}
    spans: dict[tuple[str, str, int], list[tuple[int, int]]] = {}
    for pool in plan.pool_rows:
        pools.setdefault((pool.vrf, pool.pool), []).append(pool.prefix)
        first = int(pool.prefix.network_address)
        span = (first, first + pool.prefix.num_addresses)
        spans.setdefault((pool.vrf, pool.pool, pool.prefix.version), []).append(span)
    for table, row_at in ((plan.block_table, plan.blocks.__getitem__), (plan.table, plan.allocation)):
        inside: tuple[int, int] = (0, 0)
        last: tuple[str, str, int] | None = None
        for number, key in enumerate(zip(table.vrfs, table.pools, table.versions, strict=True)):
            start = table.starts[number]
            end = start + (1 << (BITS[key[2]] - table.lengths[number]))
            if key == last and inside[0] <= start and end <= inside[1]:
                continue
            found = next((span for span in spans.get(key, ()) if span[0] <= start and end <= span[1]), None)
            if found is not None:
                inside, last = found, key
                continue
            row: BlockRow | Allocation = row_at(number)
            prefixes = pools.get((row.vrf, row.pool))
            if prefixes is None:
                message = Message("there is no pool “{name}” in the VRF “{vrf}”", name=row.pool, vrf=row.vrf)
                hint = Message("the pools stand in rows of the kind “pool”")
                yield _problem("unknown-pool", row, "pool", message, hint)
            else:
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


def fixed_blocks(inventory: Inventory) -> Iterator[tuple[int, int, int, str]]:
    """As `fixed_networks`, as integers: version, first address, length, device."""
    for device in inventory.devices.values():
        if device.address is not None:
            yield _as_block(device.address, device.name)
    for line in inventory.lines.values():
        for end in (line.a, line.b):
            if end is not None and end.address is not None:
                yield _as_block(end.address, end.device)
        if line.peer is not None:
            yield _as_block(line.peer, line.a.device)


def _as_block(address: Interface, device: str) -> tuple[int, int, int, str]:
    network = address.network
    return network.version, int(network.network_address), network.prefixlen, device


def _against_inventory(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    lines = (name for name, line in inventory.lines.items() if line.kind in (LineKind.CIRCUIT, LineKind.LAN))
    owners = {*inventory.devices, *lines, *inventory.units, *inventory.sites, *inventory.regions}
    if not owners.issuperset(plan.table.owners):
        for row in plan.allocations:
            if row.owner not in owners:
                message = Message("the inventory has no device and no circuit or LAN “{name}”", name=row.owner)
                yield _problem("unknown-owner", row, "owner", message, Message("run: govnet plan make"))
    if not inventory.regions.keys() >= set(plan.block_table.regions):
        for block in plan.blocks:
            if block.region not in inventory.regions:
                message = Message("the inventory has no region {name}", name=block.region)
                yield _problem("unknown-region", block, "region", message, Message("run: govnet plan make"))
    if not _summaries_hold(plan, inventory):
        yield from _outside_blocks(plan, inventory)
    yield from _collisions(plan, inventory)


def _summaries_hold(plan: Plan, inventory: Inventory) -> bool:
    """Whether each region's block has all that the region has in the pool and nothing else, by counting.

    All of a region's allocations lie in its block, and in the block lie as many allocations as the region has.
    """
    regions = demands.Regions(inventory)
    blocks: dict[tuple[str, int, str], list[int]] = {}  # pool, family, region → first, end, allocations at home
    table = plan.block_table
    for pool, version, region, start, length in zip(
        table.pools, table.versions, table.regions, table.starts, table.lengths, strict=True
    ):
        blocks[pool, version, region] = [start, start + (1 << (BITS[version] - length)), 0]
    if not blocks:
        return True
    table = plan.table
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    homes: dict[tuple[str, int, str], list[list[int]]] = {}
    for vrf, pool, version, region, start, length in zip(
        table.vrfs, table.pools, table.versions, table.regions, table.starts, table.lengths, strict=True
    ):
        end = start + (1 << (BITS[version] - length))
        found = spans.get((vrf, version))
        if found is None:
            found = spans[vrf, version] = []
        found.append((start, end))
        key = (pool, version, region)
        home = homes.get(key)
        if home is None:
            above = (blocks.get((pool, version, code)) for _, code in regions.chain(region))
            home = homes[key] = [block for block in above if block is not None]
        for block in home:
            if not block[0] <= start < end <= block[1]:
                return False
            block[2] += 1
    vrfs = dict(zip(plan.block_table.pools, plan.block_table.vrfs, strict=True))
    for found in spans.values():
        found.sort()
    for (pool, version, _), (first, last, at_home) in blocks.items():
        found = spans.get((vrfs[pool], version), [])
        low = bisect_left(found, (first, 0))
        high = bisect_left(found, (last, 0), low)
        if high - low != at_home or (low and found[low - 1][1] > first):
            return False
    return True


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
    if not _meet(plan.table, {block[:3] for block in fixed_blocks(inventory)}):
        return
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


def _meet(table: Columns, fixed: Iterable[tuple[int, int, int]]) -> bool:
    """Whether any row overlaps any of these prefixes (version, first address, length), in whichever VRF."""
    longest = sorted(set(zip(table.versions, table.lengths, strict=True)))
    known: dict[tuple[int, int], set[int]] = {key: set() for key in longest}
    for version, start, length in zip(table.versions, table.starts, table.lengths, strict=True):
        known[version, length].add(start >> (BITS[version] - length))
    ordered: dict[int, list[int]] = {}
    for version, start, length in fixed:
        bits = BITS[version]
        for of_version, of_length in longest:
            if of_version == version and of_length <= length:
                if start >> (bits - of_length) in known[version, of_length]:
                    return True
        if version not in ordered:
            ordered[version] = sorted(
                start for start, own in zip(table.starts, table.versions, strict=True) if own == version
            )
        starts = ordered[version]
        at = bisect_left(starts, start)
        if at < len(starts) and starts[at] < start + (1 << (bits - length)):
            return True
    return False


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
    regions = demands.Regions(inventory)
    table = plan.table
    numbers = {
        key: number
        for number, key in enumerate(zip(table.functions, table.owners, table.versions, table.vrfs, strict=True))
    }
    for wanted in demands.collect(inventory, policy).values():
        pool, version = wanted.pool, wanted.version
        for function, owner, region, hosts, enough in zip(
            wanted.functions, wanted.owners, wanted.regions, wanted.hosts, wanted.enoughs, strict=True
        ):
            number = numbers.pop((function.name, owner, version, pool.vrf), -1)
            if number < 0:
                message = Message("“{name}” has no prefix for “{function}”", name=owner, function=function.name)
                yield Problem("missing-allocation", message, Message("run: govnet plan make"), _file(plan))
                continue
            if (
                table.pools[number] != pool.name
                or table.regions[number] != region
                or table.levels[number] != regions.level(region)
                or table.areas[number] != pool.area
            ):
                message = Message("the row of “{name}” is not up to date", name=owner)
                row = plan.allocation(number)
                yield _problem("outdated-row", row, "region", message, Message("run: govnet plan make"))
            if table.lengths[number] > enough:
                row = plan.allocation(number)
                message = Message(
                    "{prefix} is too small for {hosts} hosts: “{name}” needs at least a /{length}",
                    prefix=row.prefix,
                    hosts=hosts,
                    name=owner,
                    length=enough,
                )
                yield _problem("too-small", row, "prefix", message, Message("run: govnet plan make"))
    for number in sorted(numbers.values()):
        row = plan.allocation(number)
        message = Message("the policy gives “{name}” no prefix for “{function}”", name=row.owner, function=row.function)
        yield _problem("unwanted-allocation", row, "function", message, Message("run: govnet plan make"))
    pools = {(row.pool, row.prefix) for row in plan.pool_rows}
    asked = {(pool.name, prefix) for pool in policy.pools.values() for prefix in pool.prefixes}
    for name, prefix in sorted(pools ^ asked, key=lambda entry: (entry[0], in_order(entry[1]))):
        message = Message(
            "the pool “{name}” with {prefix} is not the same in policy and plan", name=name, prefix=prefix
        )
        yield Problem("pool-differs", message, Message("run: govnet plan make"), _file(plan))


def _file(plan: Plan) -> str:
    return next((table.file for table in plan.tables if table.file), FILE)
