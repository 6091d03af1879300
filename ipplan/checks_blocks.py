"""Do the regions' blocks hold all that the regions have and nothing else? Then one summary stands for each."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from inventory.text import Message
from ipplan import demands
from ipplan.checks_rows import RANK, problem_at
from ipplan.checks_taken import overlapping
from ipplan.networks import BITS, in_order, within
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.errors import Problem
    from inventory.model import Inventory
    from ipplan.demands import Regions
    from ipplan.plan import Allocation, Plan


def summaries_hold(plan: Plan, inventory: Inventory) -> bool:
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
    for key, part in table.runs("pools", "versions"):
        parts.setdefault(key, []).append(part)
    regions = demands.Regions.of(inventory)
    return all(_at_home(plan, regions, home, parts.get(key, []), BITS[key[1]]) for key, home in homes.items())


def _at_home(plan: Plan, regions: Regions, home: dict[str, int], parts: list[slice], bits: int) -> bool:
    """As `summaries_hold`, for one pool and family: region → its block's number, and the parts of the table."""
    blocks, table = plan.block_table, plan.table
    lowest, above = regions.lowest(frozenset(picked(blocks.levels, list(home.values())))), regions.parents

    def find(code: str) -> int:
        """The block of the lowest region, from this one up, that has one; -1 for none."""
        while code := lowest[code]:
            if code in home:
                return home[code]
            code = above[code]
        return -1

    segments, parents = _nested(plan, home.values(), bits)
    for number, parent in parents.items():
        if parent != find(above.get(blocks.regions[number], "")):
            return False
    starts = [start for part in parts for start in table.starts[part]]
    if len(parts) > 1 and starts != sorted(starts):
        return False  # rows of one pool in two areas
    lengths = [length for part in parts for length in table.lengths[part]]
    own = [region for part in parts for region in table.regions[part]]
    # In the regions' order, not in that of the addresses: what lies side by side in memory is quicker to look at.
    of_region = {code: home[low] if low in home else find(low) for code, low in lowest.items()}
    try:
        expected = picked(of_region, own)
    except KeyError:
        return False  # a region that is not there
    return _as_expected(starts, lengths, expected, segments, bits)


def _as_expected(
    starts: list[int], lengths: list[int], expected: list[int], segments: list[tuple[int, int]], bits: int
) -> bool:
    """Whether the innermost block around each row is the expected one, from the row's first address to its last.

    The rows are disjoint and in address order, so of those that begin in a segment only the last can go beyond it.
    """
    low, count = 0, len(starts)
    for end, innermost in segments:
        if low == count:
            break
        if starts[low] >= end:
            continue
        high = low + 1
        if high < count and starts[high] < end:
            high = bisect_left(starts, end, high)
        if expected[low:high] != [innermost] * (high - low):
            return False
        if starts[high - 1] + (1 << (bits - lengths[high - 1])) > end:
            return False
        low = high
    return True


def _nested(plan: Plan, numbers: Iterable[int], bits: int) -> tuple[list[tuple[int, int]], dict[int, int]]:
    """Address space as the blocks cut it: where each piece ends and the innermost block there, -1 for none.

    And for each block the number of the one around it.
    """
    blocks = plan.block_table
    edges = sorted(
        (blocks.starts[number], blocks.lengths[number], RANK[blocks.levels[number]], number) for number in numbers
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
                message = Message(
                    "{prefix} lies in the block of the region {name} ({block}, line {line}), "
                    "which it does not belong to",
                    prefix=row.prefix,
                    name=block.region,
                    block=block.prefix,
                    line=block.source.line,
                )
                hint = Message("run: govnet plan make --allow-moves")
                yield problem_at("foreign-in-block", row, "prefix", message, hint)
