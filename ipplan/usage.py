"""How full is it, and how far can it grow? Utilisation of pools and regions' blocks, room beside each allocation."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipplan.buddy import Buddy
from ipplan.networks import BITS, Block, block_of, contains, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipplan.networks import Network
    from ipplan.plan import Allocation, BlockRow, Plan


@dataclass(frozen=True, slots=True)
class Usage:
    """A pool (`region` empty) or a region's block of it, in one family.

    `addresses` is what it has, `allocated` what allocations take, `largest_free` the length of the largest prefix that
    nothing stands in (None if there is none).
    """

    pool: str
    region: str
    prefixes: tuple[Network, ...]
    addresses: int
    allocated: int
    allocations: int
    largest_free: int | None

    @property
    def share(self) -> float:
        """Allocated addresses ÷ all addresses, 0 to 1."""
        return self.allocated / self.addresses if self.addresses else 0.0

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "pool": self.pool,
            "region": self.region,
            "prefixes": [str(prefix) for prefix in self.prefixes],
            "addresses": self.addresses,
            "allocated": self.allocated,
            "allocations": self.allocations,
            "share": round(self.share, 4),
            "largest_free": self.largest_free,
        }


def pools(plan: Plan) -> list[Usage]:
    """The pools, each family by itself, in the order of their first addresses."""
    prefixes: dict[tuple[str, int], list[Network]] = {}
    for row in sorted(plan.pool_rows, key=lambda row: in_order(row.prefix)):
        prefixes.setdefault((row.pool, row.prefix.version), []).append(row.prefix)
    rows: dict[tuple[str, int], list[Allocation]] = {}
    for allocation in plan.allocations:
        rows.setdefault((allocation.pool, allocation.prefix.version), []).append(allocation)
    return [_usage(pool, "", own, rows.get((pool, version), [])) for (pool, version), own in prefixes.items()]


def blocks(plan: Plan) -> list[Usage]:
    """The regions' blocks, in address order."""
    table = _Table(plan)
    return [_usage(block.pool, block.region, [block.prefix], table.inside(block)) for block in plan.blocks]


def _usage(pool: str, region: str, prefixes: list[Network], rows: Iterable[Allocation]) -> Usage:
    bits = BITS[prefixes[0].version]
    space = Buddy(bits, [block_of(prefix) for prefix in prefixes])
    taken = [block_of(row.prefix) for row in rows]
    for block in taken:
        space.exclude(block)
    return Usage(
        pool,
        region,
        tuple(prefixes),
        sum(prefix.num_addresses for prefix in prefixes),
        sum(1 << (bits - block.length) for block in taken),
        len(taken),
        space.largest(),
    )


class _Table:
    """The allocations and blocks of a plan in address order, by VRF and family."""

    def __init__(self, plan: Plan) -> None:
        self.rows: dict[tuple[str, int], list[Allocation]] = {}
        self.starts: dict[tuple[str, int], list[int]] = {}
        self.obstacles: dict[tuple[str, int], list[int]] = {}
        self.pools: dict[tuple[str, int], list[Block]] = {}
        for row in sorted(plan.allocations, key=lambda row: in_order(row.prefix)):
            key = (row.vrf, row.prefix.version)
            self.rows.setdefault(key, []).append(row)
            self.starts.setdefault(key, []).append(int(row.prefix.network_address))
        for allocation in plan.allocations:
            self.add_obstacle(allocation)
        for block in plan.blocks:
            self.add_obstacle(block)
        for obstacles in self.obstacles.values():
            obstacles.sort()
        for pool in plan.pool_rows:
            self.pools.setdefault((pool.vrf, pool.prefix.version), []).append(block_of(pool.prefix))

    def add_obstacle(self, row: Allocation | BlockRow) -> None:
        """Something that a prefix before it must not grow into."""
        key = (row.vrf, row.prefix.version)
        self.obstacles.setdefault(key, []).append(int(row.prefix.network_address))

    def inside(self, block: BlockRow) -> list[Allocation]:
        """The allocations in a block."""
        key = (block.vrf, block.prefix.version)
        starts = self.starts.get(key, [])
        first = int(block.prefix.network_address)
        low, high = bisect_right(starts, first - 1), bisect_right(starts, int(block.prefix.broadcast_address))
        return self.rows.get(key, [])[low:high]

    def doublings(self, row: Allocation) -> int:
        """How many times the prefix can double where it stands: its first address stays, what follows it is free."""
        key, block, bits = (row.vrf, row.prefix.version), block_of(row.prefix), BITS[row.prefix.version]
        obstacles = self.obstacles[key]
        after = bisect_right(obstacles, block.start)
        limit = obstacles[after] if after < len(obstacles) else 1 << bits
        around = [pool for pool in self.pools.get(key, []) if contains(pool, block, bits)]
        limit = min([limit, *(pool.start + (1 << (bits - pool.length)) for pool in around)])
        count = 0
        while block.length - count > 0:
            size = 1 << (bits - block.length + count + 1)
            if block.start % size or block.start + size > limit:
                break
            count += 1
        return count


def doublings(plan: Plan) -> dict[Allocation, int]:
    """For each allocation, how many times it can double where it stands."""
    table = _Table(plan)
    return {row: table.doublings(row) for row in plan.allocations}
