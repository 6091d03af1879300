"""Do the regions' blocks hold all that the regions have and nothing else? Then one summary stands for each."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from inventory.text import Message
from ipplan.checks_rows import few, problem_at
from ipplan.checks_taken import overlapping
from ipplan.networks import BITS, in_order, within
from ipplan.regions import Regions
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.errors import Problem
    from inventory.model import Inventory
    from ipplan.plan import Allocation, BlockRow, Plan


ValueT = TypeVar("ValueT")


def summaries_hold(plan: Plan, inventory: Inventory) -> bool:
    """Whether each region's block has all that the region has in the pool and nothing else.

    In address order the innermost block around a row must be that of the lowest region above its owner that has a
    block, and so for the blocks themselves; then each region has everything of its own and nothing strange. Rows of
    other pools of the VRF are elsewhere, because the pools are.
    """
    parts: dict[tuple[str, int], list[slice]] = {}
    for key, part in plan.table.runs("pools", "versions"):
        parts.setdefault(key, []).append(part)
    segments = plan.nesting.segments
    if len(plan.block_index) != len(segments):
        return False  # a pool in two VRFs
    regions = Regions.of(inventory)
    return all(_at_home(plan, regions, key[1:], parts.get(key[1:], []), own) for key, own in segments.items())


def _at_home(
    plan: Plan, regions: Regions, pool: tuple[str, int], parts: list[slice], segments: list[tuple[int, int]]
) -> bool:
    """As `summaries_hold`, for one pool and family; `parts` are its rows, `segments` as in `ipplan.nesting`."""
    home, blocks, table = plan.block_index[pool], plan.block_table, plan.table
    numbers = list(home.values())
    levels = frozenset(picked(blocks.levels, numbers))
    lowest = regions.lowest(levels)
    names, parents = blocks.regions, regions.parents
    for number, code in zip(numbers, home, strict=True):
        around, above = plan.nesting.around[number], parents.get(code, "")
        holder = names[around] if around >= 0 else ""
        if above != holder and lowest[above] != holder:
            return False
    starts, lengths = _joined(table.starts, parts), _joined(table.lengths, parts)
    if len(parts) > 1 and starts != sorted(starts):
        return False  # rows of one pool in two areas
    rows = _Rows(starts, lengths, _joined(table.regions, parts), BITS[pool[1]])
    return rows.at_home(segments, names, regions, levels)


class _Rows(NamedTuple):
    """A pool's rows: disjoint, in address order."""

    starts: list[int]
    lengths: list[int]
    regions: list[str]
    bits: int

    def at_home(
        self,
        segments: list[tuple[int, int]],
        names: list[str],
        known: Regions,
        levels: frozenset[str],
    ) -> bool:
        """Whether the innermost block around each row is that of its region, from its first address to its last.

        `names` are the blocks' regions, `levels` their levels. Of the rows that begin in a segment only the last can
        go beyond it.
        """
        starts, regions, lowest = self.starts, self.regions, known.lowest(levels)
        low, count = 0, len(starts)
        for end, innermost in segments:
            if low == count:
                break
            if starts[low] >= end:
                continue
            name, high = names[innermost] if innermost >= 0 else "", low + 1
            if high < count and starts[high] < end:
                high = bisect_left(starts, end, high)
                if picked(lowest, regions[low:high]).count(name) < high - low:
                    return False
            elif regions[low] != name and lowest[regions[low]] != name:
                return False
            if starts[high - 1] + (1 << (self.bits - self.lengths[high - 1])) > end:
                return False
            low = high
        return True


def _joined(column: list[ValueT], parts: list[slice]) -> list[ValueT]:
    """These parts of a column as one."""
    return column[parts[0]] if len(parts) == 1 else [value for part in parts for value in column[part]]


def outside_blocks(plan: Plan, inventory: Inventory) -> Iterator[Problem]:
    """A region's block holds all that the region has in the pool and nothing else, or its summary would be wrong."""
    rows = sorted(plan.allocations, key=lambda row: in_order(row.prefix))
    chains: dict[str, frozenset[str]] = {}
    at_home: dict[tuple[str, str, int], list[Allocation]] = {}
    for row in rows:
        if row.region not in chains:
            chains[row.region] = frozenset(region.code for region in inventory.region_chain(row.region))
        for code in chains[row.region]:
            at_home.setdefault((row.pool, code, row.prefix.version), []).append(row)
    strange: dict[int, tuple[Allocation, list[BlockRow]]] = {}
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
                yield problem_at("outside-block", row, "prefix", message, hint)
        for row in overlapping(rows, block.prefix):
            if row.vrf == block.vrf and block.region not in chains[row.region]:
                strange.setdefault(id(row), (row, []))[1].append(block)
    for row, around in strange.values():
        yield _foreign(row, around)


def _foreign(row: Allocation, blocks: list[BlockRow]) -> Problem:
    hint = Message("run: govnet plan make --allow-moves")
    if len(blocks) > 1:
        message = Message(
            "{prefix} overlaps the blocks of {count} regions that it does not belong to: {others}",
            prefix=row.prefix,
            count=len(blocks),
            others=few(blocks),
        )
        return problem_at("foreign-in-block", row, "prefix", message, hint)
    message = Message(
        "{prefix} lies in the block of the region {name} ({block}, line {line}), which it does not belong to",
        prefix=row.prefix,
        name=blocks[0].region,
        block=blocks[0].prefix,
        line=blocks[0].source.line,
    )
    return problem_at("foreign-in-block", row, "prefix", message, hint)
