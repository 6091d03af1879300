"""How full is it, and how far can it grow? Utilisation of pools and regions' blocks, room beside each allocation."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ipplan.networks import BITS, FAMILY_NAMES, Block, contains, in_order, widened
from ipplan.rows import in_file_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan


@dataclass(frozen=True, slots=True)
class Usage:
    """A pool (`region` empty) or a region's block of it, in one family.

    `addresses` is what it has, `allocated` what allocations take, `largest_free` the length of the largest prefix that
    nothing stands in (None if there is none). `doublings` is how many times a region's block can double where it is,
    inside what it lies in (None for a pool).
    """

    pool: str
    region: str
    prefixes: tuple[Network, ...]
    addresses: int
    allocated: int
    allocations: int
    largest_free: int | None
    vrf: str = ""
    level: str = ""
    doublings: int | None = None

    @property
    def share(self) -> float:
        """Allocated addresses ÷ all addresses, 0 to 1."""
        return self.allocated / self.addresses if self.addresses else 0.0

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "pool": self.pool,
            "vrf": self.vrf,
            "family": FAMILY_NAMES[self.prefixes[0].version],
            "level": self.level,
            "region": self.region,
            "prefixes": [str(prefix) for prefix in self.prefixes],
            "addresses": self.addresses,
            "allocated": self.allocated,
            "allocations": self.allocations,
            "share": round(self.share, 4),
            "largest_free": self.largest_free,
            "doublings": self.doublings,
        }


def pools(plan: Plan) -> list[Usage]:
    """The pools, each family by itself, in the order of their first addresses."""
    spans = _Spans(plan)
    prefixes: dict[tuple[str, str, int], list[Network]] = {}
    for row in sorted(plan.pool_rows, key=lambda row: in_order(row.prefix)):
        prefixes.setdefault((row.vrf, row.pool, row.prefix.version), []).append(row.prefix)
    return [spans.usage(vrf, pool, own, BITS[version]) for (vrf, pool, version), own in prefixes.items()]


def blocks(plan: Plan) -> list[Usage]:
    """The regions' blocks, in address order."""
    spans, room = _Spans(plan), _block_doublings(plan)
    table = plan.block_table
    return [
        spans.usage(
            row.vrf,
            row.pool,
            [row.prefix],
            BITS[table.versions[number]],
            region=row.region,
            level=row.level.value,
            doublings=room[number],
        )
        for number, row in enumerate(plan.blocks)
    ]


class _Spans:
    """The allocations as first and last addresses, by VRF and family, in address order."""

    def __init__(self, plan: Plan) -> None:
        table = plan.table
        found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for vrf, version, start, length in zip(table.vrfs, table.versions, table.starts, table.lengths, strict=True):
            found.setdefault((vrf, version), []).append((start, start + (1 << (BITS[version] - length))))
        self._starts: dict[tuple[str, int], list[int]] = {}
        self._ends: dict[tuple[str, int], list[int]] = {}
        for key, spans in found.items():
            spans.sort()
            self._starts[key] = [start for start, _ in spans]
            self._ends[key] = [end for _, end in spans]

    def usage(
        self,
        vrf: str,
        pool: str,
        prefixes: Sequence[Network],
        bits: int,
        *,
        region: str = "",
        level: str = "",
        doublings: int | None = None,
    ) -> Usage:
        """What stands in some prefixes, and the largest gap."""
        key = (vrf, prefixes[0].version)
        starts, ends = self._starts.get(key, []), self._ends.get(key, [])
        allocated = count = largest = 0
        for prefix in prefixes:
            first = int(prefix.network_address)
            end = first + prefix.num_addresses
            low, high = bisect_left(starts, first), bisect_left(starts, end)
            count += high - low
            at = first
            for number in range(low, high):
                if starts[number] - at > largest:
                    largest = max(largest, _widest(at, starts[number]))
                allocated += ends[number] - starts[number]
                at = max(at, ends[number])
            largest = max(largest, _widest(at, end))
        return Usage(
            pool,
            region,
            tuple(prefixes),
            sum(prefix.num_addresses for prefix in prefixes),
            allocated,
            count,
            bits + 1 - largest.bit_length() if largest else None,
            vrf,
            level,
            doublings,
        )


def _widest(first: int, end: int) -> int:
    """How many addresses the largest aligned power of two in a gap has; 0 if the gap is empty."""
    if end <= first:
        return 0
    size = 1 << ((end - first).bit_length() - 1)
    start = -(-first // size) * size
    return size if start + size <= end else size >> 1


class _Open:
    """A pool's prefix or a region's block, and what lies directly in it so far."""

    __slots__ = ("end", "inner", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.inner: list[tuple[int, int, int]] = []  # first address, end, number of the block or -1


def _block_doublings(plan: Plan) -> list[int]:
    """For each block, how many times it can double: until it meets its neighbour or the end of what it lies in."""
    room = [0] * len(plan.block_table)
    around: list[_Open] = []
    last: tuple[str, str, int] | None = None

    def close(start: int) -> None:
        while around and around[-1].end <= start:
            _measure(around.pop(), room, bits)

    bits = 32
    for table, number in in_file_order(plan.tables):
        key = (table.areas[number], table.vrfs[number], table.versions[number])
        if key != last:
            close(1 << 129)
            last, bits = key, BITS[key[2]]
            around.append(_Open(0, 1 << bits))
        start = table.starts[number]
        end = start + (1 << (bits - table.lengths[number]))
        close(start)
        around[-1].inner.append((start, end, number if table.rank == 1 else -1))
        if table.rank < 2:
            around.append(_Open(start, end))
    close(1 << 129)
    return room


def _measure(outer: _Open, room: list[int], bits: int) -> None:
    for at, (start, end, number) in enumerate(outer.inner):
        if number < 0:
            continue
        low = outer.inner[at - 1][1] if at else outer.start
        high = outer.inner[at + 1][0] if at + 1 < len(outer.inner) else outer.end
        block = Block(start, bits + 1 - (end - start).bit_length())
        while block.length > 0:
            wider = widened(block, block.length - 1, bits)
            if wider.start < low or wider.start + (1 << (bits - wider.length)) > high:
                break
            block = wider
            room[number] += 1


class _Room:
    """What stands in the way of allocations that double: everything behind them in their VRF, and their pool's end."""

    def __init__(self, plan: Plan) -> None:
        self.obstacles: dict[tuple[str, int], list[int]] = {}
        self.pools: dict[tuple[str, int], list[Block]] = {}
        for table in (plan.table, plan.block_table):
            for vrf, version, start in zip(table.vrfs, table.versions, table.starts, strict=True):
                self.obstacles.setdefault((vrf, version), []).append(start)
        for obstacles in self.obstacles.values():
            obstacles.sort()
        table = plan.pool_table
        for vrf, version, start, length in zip(table.vrfs, table.versions, table.starts, table.lengths, strict=True):
            self.pools.setdefault((vrf, version), []).append(Block(start, length))

    def doublings(self, vrf: str, version: int, block: Block) -> int:
        """How many times the prefix can double where it stands: its first address stays, what follows it is free."""
        bits = BITS[version]
        obstacles = self.obstacles[vrf, version]
        after = bisect_right(obstacles, block.start)
        limit = obstacles[after] if after < len(obstacles) else 1 << bits
        around = [pool for pool in self.pools.get((vrf, version), []) if contains(pool, block, bits)]
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
    room, table = _Room(plan), plan.table
    return {
        row: room.doublings(
            table.vrfs[number], table.versions[number], Block(table.starts[number], table.lengths[number])
        )
        for number, row in enumerate(plan.allocations)
    }
