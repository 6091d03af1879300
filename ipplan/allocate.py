"""The planner: inventory, policy and lock in, plan out. The same input gives the same plan on any machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.errors import InputError
from ipplan import changes, checks, demands, shortage, tree
from ipplan.layout import arrange
from ipplan.networks import BITS, block_of, network_of
from ipplan.plan import Allocation, BlockRow, Plan, PoolRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inventory.model import Inventory
    from ipplan.demands import Demand
    from ipplan.layout import Layout
    from ipplan.networks import Block
    from ipplan.policy import Policy, Pool
    from ipplan.tree import Node


def make(inventory: Inventory, policy: Policy, locked: Plan | None, *, allow_moves: bool = False) -> Plan:
    """The plan for this inventory under this policy.

    `locked` is the plan that stands: every allocation of it whose owner is still there keeps its prefix, and may
    double where it is if it has become too small. If something would have to move, MovesError lists all of it,
    unless `allow_moves` is set. InputError if the lock contradicts itself, if the policy does not suit the inventory,
    or if the plan is impossible: then it says what is lacking where, and the smallest change that mends it.
    """
    lock = locked or Plan()
    problems = checks.consistency(lock)
    if problems:
        raise InputError(problems)
    wanted = demands.collect(inventory, policy)
    held = {row.key: row for row in lock.allocations}
    by_pool = _by_pool(wanted)
    plan = _Rows()
    short: list[shortage.Short] = []
    for pool in policy.pools.values():
        plan.pool(pool)
        for version in BITS:
            here = by_pool.get((pool.name, version), [])
            if not here:
                continue
            foreign = tuple(fixed_blocks(inventory, pool, version, held))
            root = _tree(pool, version, here, held, lock)
            layout = _layout(root, pool, version, here, foreign)
            if layout is None:
                short.append(shortage.Short(policy, pool.name, version, tuple(here), foreign))
            else:
                plan.layout(pool, version, layout)
    if short:
        raise InputError([shortage.explain(case, inventory) for case in short])
    made = plan.plan()
    moves = changes.compare(lock, made).moved
    if moves and not allow_moves:
        raise changes.MovesError(moves)
    return made


def _by_pool(wanted: Iterable[Demand]) -> dict[tuple[str, int], list[Demand]]:
    by_pool: dict[tuple[str, int], list[Demand]] = {}
    for demand in wanted:
        by_pool.setdefault((demand.pool, demand.version), []).append(demand)
    for group in by_pool.values():
        group.sort(key=lambda demand: demand.order)
    return by_pool


def _tree(
    pool: Pool,
    version: int,
    wanted: Iterable[Demand],
    held: Mapping[tuple[str, str, int], Allocation],
    lock: Plan,
) -> Node:
    blocks = {
        (row.level.value, row.region): block_of(row.prefix)
        for row in lock.blocks
        if row.pool == pool.name and row.prefix.version == version
    }
    prefixes = {
        demand.key: block_of(held[demand.key].prefix)
        for demand in wanted
        if demand.key in held and held[demand.key].vrf == pool.vrf
    }
    return tree.build(pool, version, wanted, prefixes, blocks)


def _layout(
    root: Node, pool: Pool, version: int, wanted: Iterable[Demand], foreign: tuple[Block, ...]
) -> Layout | None:
    roots = [block_of(network) for network in pool.prefixes if network.version == version]
    layout = arrange(root, roots, foreign)
    if layout is None:
        layout = arrange(root, roots, foreign, moves=True)
    if layout is None:  # what stands is larger than it would have to be: begin anew
        layout = arrange(tree.build(pool, version, wanted, {}, {}), roots, foreign)
    return layout


def fixed_blocks(
    inventory: Inventory, pool: Pool, version: int, held: Mapping[tuple[str, str, int], Allocation]
) -> list[Block]:
    """What of a pool must be left alone: the policy's exclusions, and what the inventory has from elsewhere.

    An address of a device inside a prefix that the device already has from the plan is no obstacle.
    """
    blocks = {block_of(network) for network in pool.exclude if network.version == version}
    own: dict[str, list[Allocation]] = {}
    for fixed in checks.fixed_networks(inventory):
        if fixed.network.version != version or not any(
            prefix.version == version and prefix.overlaps(fixed.network) for prefix in pool.prefixes
        ):
            continue
        if not own:
            own = checks.by_device(inventory, held.values())
        if not any(
            row.prefix.version == version and row.prefix.overlaps(fixed.network) for row in own.get(fixed.device, ())
        ):
            blocks.add(block_of(fixed.network))
    return sorted(blocks)


class _Rows:
    """The rows of the plan, as they come."""

    def __init__(self) -> None:
        self.pools: list[PoolRow] = []
        self.blocks: list[BlockRow] = []
        self.allocations: list[Allocation] = []

    def pool(self, pool: Pool) -> None:
        self.pools.extend(PoolRow(pool.area, pool.vrf, pool.name, network) for network in pool.prefixes)

    def layout(self, pool: Pool, version: int, layout: Layout) -> None:
        for node, block in layout.nodes:
            if node.summary is not None:
                level, region = node.summary.level, node.key[1]
                prefix = network_of(block, version)
                self.blocks.append(BlockRow(pool.area, pool.vrf, pool.name, level, region, prefix))
        for leaf, block in layout.leaves:
            demand, prefix = leaf.demand, network_of(block, version)
            self.allocations.append(
                Allocation(
                    pool.area,
                    pool.vrf,
                    pool.name,
                    demand.function,
                    demand.level,
                    demand.region,
                    demand.owner,
                    prefix,
                )
            )

    def plan(self) -> Plan:
        return Plan(tuple(self.pools), tuple(self.blocks), tuple(self.allocations))
