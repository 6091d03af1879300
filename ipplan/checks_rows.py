"""What a plan contradicts in itself: rows that are there twice, that overlap, that lie outside their pool."""

from __future__ import annotations

from itertools import pairwise
from operator import add, gt, itemgetter, lt
from typing import TYPE_CHECKING

from inventory.errors import NO_HINT, Problem
from inventory.model import NOWHERE, Level, Source
from inventory.text import Message, mark, tr
from ipplan.networks import BITS, in_order
from ipplan.plan import FILE, Allocation, PoolRow, Row
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipplan.networks import Network
    from ipplan.plan import BlockRow, Plan
    from ipplan.rows import Columns


def consistency(plan: Plan, levels: Mapping[str, str] | None = None) -> list[Problem]:
    """What a plan contradicts in itself: duplicates, overlaps in a VRF, prefixes outside their pool.

    `levels` are the regions' levels by code: a block's cell that says otherwise is a fault of that row alone.
    """
    problems = _duplicates(plan)
    if not _disjoint(plan.pool_table):
        problems += _overlaps(plan.pool_rows)
    if not _disjoint(plan.table):
        problems += _overlaps(plan.allocations)
    problems += _block_overlaps(plan, levels or {})
    problems += _outside(plan)
    return problems


def problem_at(code: str, row: Row, column: str, message: Message, hint: Message = NO_HINT) -> Problem:
    """A fault in one cell of a row."""
    source = row.source if row.source != NOWHERE else Source(FILE, 0)
    return Problem(code, message, hint, source.file, source.line, column)


def _duplicates(plan: Plan) -> list[Problem]:
    problems = []
    table = plan.block_table
    once = sum(map(len, plan.block_index.values())) == len(table)
    keys = () if once else zip(table.pools, table.levels, table.regions, table.versions, strict=True)
    for one, other in _twice(keys):
        row, first = plan.blocks[other], plan.blocks[one]
        message = Message("the region {name} has a second block in the pool “{pool}”", name=row.region, pool=row.pool)
        hint = Message("the first one is in line {line}; take one of them out", line=first.source.line)
        problems.append(problem_at("duplicate-row", row, "region", message, hint))
    table = plan.table
    if sum(map(len, plan.index.values())) == len(table):
        return problems
    for one, other in _twice(zip(table.functions, table.owners, table.versions, table.vrfs, strict=True)):
        of_owner, first_of = plan.allocation(other), plan.allocation(one)
        message = Message(
            "“{name}” has a second prefix for “{function}”", name=of_owner.owner, function=of_owner.function
        )
        hint = Message("the first one is in line {line}; take one of them out", line=first_of.source.line)
        problems.append(problem_at("duplicate-row", of_owner, "owner", message, hint))
    return problems


def _twice(keys: Iterable[tuple[object, ...]]) -> list[tuple[int, int]]:
    """The rows that have the key of a row before them: the first one's number and theirs."""
    first: dict[tuple[object, ...], int] = {}
    return [(first[key], number) for number, key in enumerate(keys) if first.setdefault(key, number) != number]


def _disjoint(table: Columns) -> bool:
    """Whether no two rows of one VRF and family share an address."""
    parts: dict[tuple[str, int], list[slice]] = {}
    for key, part in table.runs("areas", "vrfs", "versions"):  # what the rows are sorted by
        parts.setdefault(key[1:], []).append(part)
    for (_, version), own in parts.items():
        bits = BITS[version]
        spans = []
        for part in own:
            starts = table.starts[part]
            sizes = {length: 1 << (bits - length) for length in set(table.lengths[part])}
            ends = list(map(add, starts, picked(sizes, table.lengths[part])))
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
    within: list[tuple[PoolRow | Allocation, list[PoolRow | Allocation]]] = []
    for row in ordered:
        if (
            widest is not None
            and widest.vrf == row.vrf
            and widest.prefix.version == row.prefix.version
            and widest.prefix.overlaps(row.prefix)
        ):
            if not within or within[-1][0] is not widest:
                within.append((widest, []))
            within[-1][1].append(row)
        else:
            widest = row
    for wide, others in within:
        if len(others) > 1:
            message = Message(
                "{prefix} overlaps {count} other rows in the VRF “{vrf}”: {others}",
                prefix=wide.prefix,
                count=len(others),
                vrf=wide.vrf,
                others=few(others),
            )
            hint = Message("give it another prefix, or empty its row and run: govnet plan make")
            yield problem_at("overlap", wide, "prefix", message, hint)
            continue
        message = Message(
            "{prefix} overlaps {other} (line {line}) in the VRF “{vrf}”",
            prefix=others[0].prefix,
            other=wide.prefix,
            line=wide.source.line,
            vrf=wide.vrf,
        )
        hint = Message("give one of them another prefix, or empty its row and run: govnet plan make")
        yield problem_at("overlap", others[0], "prefix", message, hint)


_FEW = 3


def few(rows: Sequence[Row]) -> str:
    """The first of many rows, as a message names them."""
    names = [tr(mark("{prefix} (line {line})"), prefix=row.prefix, line=row.source.line) for row in rows[:_FEW]]
    return ", ".join([*names, "…"] if len(rows) > _FEW else names)


RANK = {level.value: rank for rank, level in enumerate(Level)}


def _block_overlaps(plan: Plan, levels: Mapping[str, str]) -> Iterator[Problem]:
    """Regions' blocks lie in each other (upper level around lower level) or apart."""
    table = plan.block_table
    if not levels or picked(levels, table.regions) == table.levels:
        ranks = picked(RANK, table.levels)
        if all(map(lt, picked([*ranks, -1], plan.nesting.around), ranks)):  # the last one is around those without any
            return
    by_pool: dict[tuple[str, str, int], list[tuple[int, int, int, int]]] = {}
    for number, key in enumerate(zip(table.vrfs, table.pools, table.versions, strict=True)):
        rank = RANK[levels.get(table.regions[number], table.levels[number])]
        entry = (table.starts[number], table.lengths[number], rank, number)
        by_pool.setdefault(key, []).append(entry)
    for (_, _, version), entries in by_pool.items():
        bits = BITS[version]
        open_blocks: list[tuple[int, int, int]] = []  # end, rank, number
        strange: dict[int, list[int]] = {}  # what lies in which block that it should not lie in
        for start, length, rank, number in sorted(entries):
            while open_blocks and open_blocks[-1][0] <= start:
                open_blocks.pop()
            if open_blocks and open_blocks[-1][1] >= rank:
                strange.setdefault(open_blocks[-1][2], []).append(number)
            open_blocks.append((start + (1 << (bits - length)), rank, number))
        for around, inside in strange.items():
            yield _block_problem(plan.blocks[around], [plan.blocks[number] for number in inside])


def _block_problem(around: BlockRow, inside: list[BlockRow]) -> Problem:
    hint = Message("give each region a block of its own")
    if len(inside) > 1:
        message = Message(
            "the block {prefix} of the region {name} lies around {count} blocks of regions not in it: {others}",
            prefix=around.prefix,
            name=around.region,
            count=len(inside),
            others=few(inside),
        )
        return problem_at("overlap", around, "prefix", message, hint)
    message = Message(
        "{prefix} lies in the block of the region {name} ({other}, line {line}), which is not above it",
        prefix=inside[0].prefix,
        name=around.region,
        other=around.prefix,
        line=around.source.line,
    )
    return problem_at("overlap", inside[0], "prefix", message, hint)


def _outside(plan: Plan) -> Iterator[Problem]:
    pools: dict[tuple[str, str], list[Network]] = {}
    spans: dict[tuple[str, str, int], list[tuple[int, int]]] = {}
    for pool in plan.pool_rows:
        pools.setdefault((pool.vrf, pool.pool), []).append(pool.prefix)
        first = int(pool.prefix.network_address)
        span = (first, first + pool.prefix.num_addresses)
        spans.setdefault((pool.vrf, pool.pool, pool.prefix.version), []).append(span)
    for table, row_at in ((plan.block_table, plan.blocks.__getitem__), (plan.table, plan.allocation)):
        for number in _out_of(table, spans):
            row: BlockRow | Allocation = row_at(number)
            prefixes = pools.get((row.vrf, row.pool))
            if prefixes is None:
                message = Message("there is no pool “{name}” in the VRF “{vrf}”", name=row.pool, vrf=row.vrf)
                hint = Message("the pools stand in rows of the kind “pool”")
                yield problem_at("unknown-pool", row, "pool", message, hint)
            else:
                message = Message("{prefix} is outside the pool “{name}”", prefix=row.prefix, name=row.pool)
                hint = Message("the pool has: {prefixes}", prefixes=", ".join(str(prefix) for prefix in prefixes))
                yield problem_at("outside-pool", row, "prefix", message, hint)


def _out_of(table: Columns, pools: Mapping[tuple[str, str, int], list[tuple[int, int]]]) -> Iterator[int]:
    """The numbers of the rows that lie in no prefix of their pool (VRF, pool, family → first addresses and ends)."""
    for key, part in table.runs("vrfs", "pools", "versions"):
        spans, bits = pools.get(key, ()), BITS[key[2]]
        starts, lengths = table.starts[part], table.lengths[part]
        # A prefix is in a wider one if its first address is: for the whole run at once where one prefix has it.
        lowest, highest, size = min(starts), max(starts), 1 << (bits - min(lengths))
        if any(first <= lowest and highest < end and size <= end - first for first, end in spans):
            continue
        for number, (start, length) in enumerate(zip(starts, lengths, strict=True), part.start):
            if not any(first <= start and start + (1 << (bits - length)) <= end for first, end in spans):
                yield number
