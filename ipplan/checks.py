"""Is a plan right? In itself, against the inventory, and against the policy. Every fault with its file and line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import gt, itemgetter
from typing import TYPE_CHECKING

from inventory.collecting import uncollected
from inventory.errors import NO_HINT, Problem
from inventory.model import NOWHERE, Level, LineKind, Source
from inventory.text import Message
from ipplan import demands, routes, scopes
from ipplan.networks import BITS, in_order, within
from ipplan.plan import FILE, Allocation, BlockRow, PoolRow, Row
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.model import Interface, Inventory
    from ipplan.demands import Demands, Regions
    from ipplan.networks import Network
    from ipplan.plan import Plan
    from ipplan.policy import Policy
    from ipplan.rows import Columns


def check(plan: Plan, inventory: Inventory, policy: Policy | None = None) -> tuple[Problem, ...]:
    """Every fault of the plan, in the order of its lines; empty if it is right."""
    with uncollected():
        problems = consistency(plan)
        problems += _against_inventory(plan, inventory, inside_pools=not problems)
        problems += routes.overlaps(plan, inventory)
        if policy is not None:
            problems += _against_policy(plan, inventory, policy)
            problems += routes.differences(plan, inventory, policy)
            problems += scopes.squatted(inventory, policy)
            problems += scopes.faults(plan, inventory, policy)
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
    if sum(map(len, plan.index.values())) == len(table):
        return problems
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
    return [(first[key], number) for number, key in enumerate(listed) if first.setdefault(key, number) != number]


def _disjoint(table: Columns) -> bool:
    """Whether no two rows of one VRF and family share an address."""
    parts: dict[tuple[str, int], list[slice]] = {}
    at = 0
    for key, run in groupby(zip(table.areas, table.vrfs, table.versions, strict=True)):  # what the rows are sorted by
        end = at + sum(1 for _ in run)
        parts.setdefault(key[1:], []).append(slice(at, end))
        at = end
    for (_, version), own in parts.items():
        bits = BITS[version]
        spans = []
        for part in own:
            starts = table.starts[part]
            pairs = zip(starts, table.lengths[part], strict=True)
            ends = [start + (1 << (bits - length)) for start, length in pairs]
            if any(map(gt, ends, starts[1:])):
                return False
            spans.append((starts[0], ends[-1], part))
        spans.sort(key=itemgetter(0))
        if any(one[1] > other[0] for one, other in pairwise(spans)) and not _disjoint_parts(table, own, bits):
            return False
    return True


def _disjoint_parts(table: Columns, parts: list[slice], bits: int) -> bool:
    """As `_disjoint`, for parts of a VRF's rows that lie between each other."""
    found = sorted(pair for part in parts for pair in zip(table.starts[part], table.lengths[part], strict=True))
    return all(one[0] + (1 << (bits - one[1])) <= other[0] for one, other in pairwise(found))


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
        a, b = line.a, line.b
        if a.address is not None:
            yield _as_block(a.address, a.device)
        if b is not None and b.address is not None:
            yield _as_block(b.address, b.device)
        if line.peer is not None:
            yield _as_block(line.peer, a.device)


def _as_block(address: Interface, device: str) -> tuple[int, int, int, str]:
    network = address.network
    return network.version, int(network.network_address), network.prefixlen, device


def _against_inventory(plan: Plan, inventory: Inventory, *, inside_pools: bool) -> Iterator[Problem]:
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
    if not inside_pools or not _summaries_hold(plan, inventory):
        yield from _outside_blocks(plan, inventory)
    yield from _collisions(plan, inventory)


def _summaries_hold(plan: Plan, inventory: Inventory) -> bool:
    """Whether each region's block has all that the region has in the pool and nothing else.

    In address order the innermost block around a row must be that of the lowest region above its owner that has a
    block, and so for the blocks themselves; then each region has everything of its own and nothing strange. Rows of
    other pools of the VRF are elsewhere, because the pools are.
    """
    blocks, table = plan.block_table, plan.table
    if not len(blocks):
        return True
    homes: dict[tuple[str, int], dict[str, int]] = {}  # pool, family → region → its block's number
    for number, key in enumerate(zip(blocks.pools, blocks.versions, strict=True)):
        homes.setdefault(key, {})[blocks.regions[number]] = number
    parts: dict[tuple[str, int], list[slice]] = {}
    at = 0
    for key, run in groupby(zip(table.pools, table.versions, strict=True)):
        end = at + sum(1 for _ in run)
        parts.setdefault(key, []).append(slice(at, end))
        at = end
    regions = demands.Regions.of(inventory)
    return all(_at_home(plan, regions, home, parts.get(key, []), BITS[key[1]]) for key, home in homes.items())


def _at_home(plan: Plan, regions: Regions, home: dict[str, int], parts: list[slice], bits: int) -> bool:
    """As `_summaries_hold`, for one pool and family: region → its block's number, and the parts of the table."""
    blocks, table = plan.block_table, plan.table
    levels = frozenset(Level(level) for level in {blocks.levels[number] for number in home.values()})

    def find(code: str) -> int:
        """The block of the lowest region, from this one up, that has one; -1 for none."""
        for _, above in regions.chain(code):
            if above in home:
                return home[above]
        return -1

    segments, parents = _nested(plan, home.values(), bits)
    for number, parent in parents.items():
        above = regions.by_code.get(blocks.regions[number])
        if parent != (find(above.parent) if above is not None else -1):
            return False
    starts = [start for part in parts for start in table.starts[part]]
    own = [region for part in parts for region in table.regions[part]]
    lowest = picked(regions.lowest(levels, dict.fromkeys(own)), own)
    expected = picked({code: find(code) for code in dict.fromkeys(lowest)}, lowest)
    low = 0
    for end, innermost in segments:
        high = bisect_left(starts, end, low)
        if high > low and expected[low:high] != [innermost] * (high - low):
            return False
        low = high
    return True


def _nested(plan: Plan, numbers: Iterable[int], bits: int) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Address space as the blocks cut it: where each piece ends and the innermost block there, -1 for none.

    And for each block the number of the one around it.
    """
    blocks = plan.block_table
    edges = sorted(
        (blocks.starts[number], blocks.lengths[number], _RANK[blocks.levels[number]], number) for number in numbers
    )
    segments: list[tuple[int, int]] = []
    parents: dict[int, int] = {}
    around: list[tuple[int, int]] = [(1 << bits, -1)]
    for start, length, _, number in edges:
        while around[-1][0] <= start:
            segments.append(around.pop())
        segments.append((start, around[-1][1]))
        parents[number] = around[-1][1]
        around.append((start + (1 << (bits - length)), number))
    segments += reversed(around)
    return segments, parents


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
    if not _meet(plan, {block[:3] for block in fixed_blocks(inventory)}):
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


def _meet(plan: Plan, fixed: Iterable[tuple[int, int, int]]) -> bool:
    """Whether any allocation overlaps any of these prefixes (version, first address, length), in whichever VRF."""
    table = plan.table
    spans: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for rows in (plan.pool_table, table if not _all_in_pools(plan) else None):
        if rows is not None:
            for version, start, length in zip(rows.versions, rows.starts, rows.lengths, strict=True):
                spans[version].append((start, start + (1 << (BITS[version] - length))))
    pools = {version: merged(found) for version, found in spans.items()}
    near = [block for block in fixed if touches(pools[block[0]], block)]
    if not near:
        return False
    for version in BITS:
        own = sorted(
            (start, start + (1 << (BITS[version] - length)))
            for start, length, of in zip(table.starts, table.lengths, table.versions, strict=True)
            if of == version
        )
        taken = merged(own)
        if any(touches(taken, block) for block in near if block[0] == version):
            return True
    return False


def _all_in_pools(plan: Plan) -> bool:
    return next(_outside(plan), None) is None


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same addresses as few disjoint spans in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def touches(spans: list[tuple[int, int]], block: tuple[int, int, int]) -> bool:
    """Whether a prefix (version, first address, length) has an address in one of the spans of `merged`."""
    version, start, length = block
    end = start + (1 << (BITS[version] - length))
    at = bisect_left(spans, (end, 0)) - 1
    return at >= 0 and spans[at][1] > start


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
    table = plan.table
    regions = demands.Regions.of(inventory)
    wanted_owners: dict[tuple[str, int, str], list[str]] = {}
    for wanted in demands.collect(inventory, policy).values():
        yield from _missing(plan, wanted, wanted_owners)
    unwanted = [
        rows[owner]
        for key, rows in plan.index.items()
        if len(wanted_owners.get(key, ())) != len(rows)
        for owner in rows.keys() - set(wanted_owners.get(key, ()))
    ]
    for number in sorted(unwanted):
        row = plan.allocation(number)
        message = Message("the policy gives “{name}” no prefix for “{function}”", name=row.owner, function=row.function)
        yield _problem("unwanted-allocation", row, "function", message, Message("run: govnet plan make"))
    levels = set(zip(table.regions, table.levels, strict=True))
    strange = {region for region, level in levels if level != regions.level(region)}
    for number in [number for number, region in enumerate(table.regions) if region in strange] if strange else ():
        row = plan.allocation(number)
        message = Message("the row of “{name}” is not up to date", name=row.owner)
        yield _problem("outdated-row", row, "level", message, Message("run: govnet plan make"))
    pools = {(row.pool, row.prefix) for row in plan.pool_rows}
    asked = {(pool.name, prefix) for pool in policy.pools.values() for prefix in pool.prefixes}
    for name, prefix in sorted(pools ^ asked, key=lambda entry: (entry[0], in_order(entry[1]))):
        message = Message(
            "the pool “{name}” with {prefix} is not the same in policy and plan", name=name, prefix=prefix
        )
        yield Problem("pool-differs", message, Message("run: govnet plan make"), _file(plan))


def _missing(plan: Plan, wanted: Demands, found: dict[tuple[str, int, str], list[str]]) -> Iterator[Problem]:
    """What the plan lacks or has otherwise of one pool's demands; the owners that it has go to `found`."""
    table, pool, version = plan.table, wanted.pool, wanted.version
    at = 0
    for function, count in wanted.runs():
        part, first = slice(at, at + count), at
        at += count
        key = (function.name, version, pool.vrf)
        rows, owners = plan.index.get(key, {}), wanted.owners[part]
        numbers = [rows.get(owner, -1) for owner in owners]
        good = [number for number in numbers if number >= 0]
        whole = len(good) == count
        found.setdefault(key, []).extend(owners if whole else [owner for owner in owners if owner in rows])
        if (
            whole
            and picked(table.regions, good) == wanted.regions[part]
            and set(picked(table.pools, good)) == {pool.name}
            and set(picked(table.areas, good)) == {pool.area}
            and not any(map(gt, picked(table.lengths, good), wanted.enoughs[part]))
        ):
            continue
        for offset, number in enumerate(numbers):
            yield from _otherwise(plan, wanted, first + offset, number)


def _otherwise(plan: Plan, wanted: Demands, at: int, number: int) -> Iterator[Problem]:
    """What is wrong with one row; -1 is no row."""
    table, pool = plan.table, wanted.pool
    owner, function = wanted.owners[at], wanted.functions[at].name
    if number < 0:
        message = Message("“{name}” has no prefix for “{function}”", name=owner, function=function)
        yield Problem("missing-allocation", message, Message("run: govnet plan make"), _file(plan))
        return
    if (table.pools[number], table.regions[number], table.areas[number]) != (pool.name, wanted.regions[at], pool.area):
        message = Message("the row of “{name}” is not up to date", name=owner)
        row = plan.allocation(number)
        yield _problem("outdated-row", row, "region", message, Message("run: govnet plan make"))
    if table.lengths[number] > wanted.enoughs[at]:
        row = plan.allocation(number)
        message = Message(
            "{prefix} is too small for {hosts} hosts: “{name}” needs at least a /{length}",
            prefix=row.prefix,
            hosts=wanted.hosts[at],
            name=owner,
            length=wanted.enoughs[at],
        )
        yield _problem("too-small", row, "prefix", message, Message("run: govnet plan make"))


def _file(plan: Plan) -> str:
    return next((table.file for table in plan.tables if table.file), FILE)
