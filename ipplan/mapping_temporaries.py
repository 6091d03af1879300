"""Temporary prefixes: where a move goes first that others wait for, so that a circle of moves opens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message
from ipplan import fixed
from ipplan.mapping import FILE
from ipplan.networks import BITS, Block, block_of, in_order, network_of, within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Inventory
    from ipplan.mapping import Mapping
    from ipplan.mapping_moves import Key, Move
    from ipplan.networks import Network
    from ipplan.plan import Plan, PoolRow
    from ipplan.policy import Policy


def untouchable(inventory: Inventory, policy: Policy | None) -> tuple[Network, ...]:
    """What no plan may give to anybody: the policy's exclusions, and what the inventory has from elsewhere."""
    excluded = [prefix for pool in policy.pools.values() for prefix in pool.exclude] if policy is not None else []
    return (*excluded, *(found.network for found in fixed.networks(inventory)))


def borrow(
    moves: Iterable[Move], mapping: Mapping, plan: Plan | None, foreign: Iterable[Network]
) -> tuple[dict[Key, Move], list[Problem]]:
    """The moves with a free prefix of the plan's pools each, which is nobody's today or tomorrow, nor in `foreign`.

    A move for which there is none has no temporary prefix, and a problem says so.
    """
    wanted = list(moves)
    obstacles = _obstacles(mapping, plan, foreign) if wanted else {}
    pools: dict[tuple[str, int], list[PoolRow]] = {}
    for pool in plan.pool_rows if plan is not None else ():
        pools.setdefault((pool.vrf, pool.prefix.version), []).append(pool)
    found: dict[Key, Move] = {}
    without: list[Problem] = []
    for move in wanted:
        vrf, version, length = move.vrf, int(move.old.version), move.old.prefixlen
        around = obstacles[vrf, version]
        blocks = (around.free(choice, length) for choice in _nearest(pools.get((vrf, version), []), move))
        block = next((block for block in blocks if block is not None), None)
        if block is None:
            without.append(_no_room(move))
        else:
            around.add(block)
        found[move.key] = replace(move, temporary=None if block is None else network_of(block, version))
    return found, without


def _no_room(move: Move) -> Problem:
    message = Message(
        "{old} must go to a temporary prefix first, and no pool of the VRF “{vrf}” has a free /{length}",
        old=move.old,
        vrf=move.vrf,
        length=move.old.prefixlen,
    )
    return Problem("no-temporary", message, Message("make a pool larger for the time of the migration"), FILE)


def _obstacles(mapping: Mapping, plan: Plan | None, foreign: Iterable[Network]) -> dict[tuple[str, int], _Obstacles]:
    """What is taken in each VRF and family that has prefixes of today."""
    taken: dict[tuple[str, int], list[Block]] = {}
    for entry in mapping.prefixes:
        for vrf, prefix in ((entry.vrf, entry.old_subnet), (entry.new_vrf, entry.new_subnet)):
            if prefix is not None:
                taken.setdefault((vrf, prefix.version), []).append(block_of(prefix))
    for row in plan.allocations if plan is not None else ():
        taken.setdefault((row.vrf, row.prefix.version), []).append(block_of(row.prefix))
    elsewhere: dict[int, list[Block]] = {version: [] for version in BITS}
    for prefix in foreign:
        elsewhere[prefix.version].append(block_of(prefix))
    return {
        (vrf, version): _Obstacles([*blocks, *elsewhere[version]], BITS[version])
        for (vrf, version), blocks in taken.items()
    }


def _nearest(pools: Iterable[PoolRow], move: Move) -> tuple[list[Network], ...]:
    """Pools from which a move may borrow: where it goes to, then the same area; what others filter comes last."""
    rows = list(pools)
    names = {pool.pool for pool in rows for _, new in move.new if within(new, pool.prefix)}
    areas = {pool.area for pool in rows if pool.pool in names}
    own = [pool.prefix for pool in rows if pool.pool in names]
    like = [pool.prefix for pool in rows if pool.pool not in names and pool.area in areas]
    return own, like, [pool.prefix for pool in rows if pool.pool not in names and pool.area not in areas]


class _Obstacles:
    """What of an address space is taken, as spans (first address, end) that neither overlap nor touch, in order."""

    def __init__(self, blocks: Iterable[Block], bits: int) -> None:
        self.bits = bits
        self._spans: list[tuple[int, int]] = []
        for start, length in sorted(blocks):
            end = start + (1 << (bits - length))
            if self._spans and start <= self._spans[-1][1]:
                self._spans[-1] = (self._spans[-1][0], max(end, self._spans[-1][1]))
            else:
                self._spans.append((start, end))

    def add(self, block: Block) -> None:
        """Take a block that is free."""
        start, end = block.start, block.start + (1 << (self.bits - block.length))
        low = bisect_left(self._spans, start, key=lambda span: span[1])
        high = bisect_right(self._spans, end, key=lambda span: span[0])
        touching = self._spans[low:high]
        span = (min([start, *(first for first, _ in touching)]), max([end, *(last for _, last in touching)]))
        self._spans[low:high] = [span]

    def free(self, pools: Iterable[Network], length: int) -> Block | None:
        """The highest free block of a length: far from where the plan grows."""
        size = 1 << (self.bits - length)
        for pool in sorted(pools, key=in_order, reverse=True):
            if pool.prefixlen > length:
                continue
            at = int(pool.broadcast_address) + 1 - size
            for index in range(bisect_left(self._spans, at + size, key=lambda span: span[0]) - 1, -1, -1):
                start, end = self._spans[index]
                if start >= at + size:
                    continue
                if end <= at:
                    break
                at = (start - size) // size * size
            if at >= int(pool.network_address):
                return Block(at, length)
        return None
