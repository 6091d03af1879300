"""The planner: inventory, policy and lock in, plan out. The same input gives the same plan on any machine."""

from __future__ import annotations

import gc
from bisect import bisect_right
from contextlib import contextmanager
from typing import TYPE_CHECKING

from inventory.errors import InputError
from ipplan import changes, checks, demands, shortage, tree
from ipplan.layout import arrange
from ipplan.networks import BITS, Block, block_of
from ipplan.plan import Plan, PoolRow, VrfRow
from ipplan.rows import Columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.model import Inventory
    from ipplan.demands import Demands, Regions
    from ipplan.policy import Policy, Pool
    from ipplan.quick import Layout


def make(inventory: Inventory, policy: Policy, locked: Plan | None, *, allow_moves: bool = False) -> Plan:
    """The plan for this inventory under this policy.

    `locked` is the plan that stands: every allocation of it whose owner is still there keeps its prefix, and may
    double where it is if it has become too small. If something would have to move, MovesError lists all of it,
    unless `allow_moves` is set. InputError if the lock contradicts itself, if the policy does not suit the inventory,
    or if the plan is impossible: then it says what is lacking where, and the smallest change that mends it.
    """
    with uncollected():
        lock = locked or Plan()
        problems = checks.consistency(lock)
        if problems:
            raise InputError(problems)
        made = _make(inventory, policy, lock)
        moves = changes.compare(lock, made).moved if len(lock.allocations) else ()
    if moves and not allow_moves:
        raise changes.MovesError(moves)
    return made


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector: it would walk the rows made here again and again, and all of them are kept."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _make(inventory: Inventory, policy: Policy, lock: Plan) -> Plan:
    wanted = demands.collect(inventory, policy)
    regions = demands.Regions(inventory)
    held = Lock(lock)
    foreign = Foreign(inventory, lock)
    rows = _Rows(regions)
    short: list[shortage.Short] = []
    for pool in policy.pools.values():
        rows.pool(pool)
        for version in BITS:
            here = wanted.get((pool.name, version))
            if here is None or not len(here):
                continue
            obstacles = foreign.blocks(pool, version)
            layout = _layout(here, regions, held, obstacles)
            if layout is None:
                short.append(shortage.Short(policy, here, regions, obstacles))
            else:
                rows.layout(here, layout)
    if short:
        raise InputError([shortage.explain(case, inventory) for case in short])
    return rows.plan(policy)


class Lock:
    """Where the plan that stands has what: blocks by pool and region, allocations by VRF, function and owner."""

    def __init__(self, plan: Plan) -> None:
        self.blocks: dict[tuple[str, int], dict[tree.NodeKey, Block]] = {}
        self.allocations: dict[tuple[str, int], dict[tuple[str, str], Block]] = {}
        table = plan.block_table
        for pool, version, level, region, start, length in zip(
            table.pools, table.versions, table.levels, table.regions, table.starts, table.lengths, strict=True
        ):
            self.blocks.setdefault((pool, version), {})[level, region] = Block(start, length)
        table = plan.table
        for vrf, version, function, owner, start, length in zip(
            table.vrfs, table.versions, table.functions, table.owners, table.starts, table.lengths, strict=True
        ):
            key = (vrf, version)
            found = self.allocations.get(key)
            if found is None:
                found = self.allocations[key] = {}
            found[function, owner] = Block(start, length)


def _layout(here: Demands, regions: Regions, lock: Lock, foreign: tuple[Block, ...]) -> Layout | None:
    pool, version = here.pool, here.version
    roots = [block_of(network) for network in pool.prefixes if network.version == version]
    blocks = lock.blocks.get((pool.name, version), {})
    root = tree.build(here, regions, lock.allocations.get((pool.vrf, version), {}), blocks)
    layout = arrange(root, roots, foreign)
    if layout is None:
        layout = arrange(root, roots, foreign, moves=True)
    if layout is None and root.state is not tree.State.FRESH:
        # What stands is larger than it would have to be: begin anew.
        root = tree.build(here, regions, {}, {})
        layout = arrange(root, roots, foreign) or arrange(root, roots, foreign, moves=True)
    return layout


class Foreign:
    """What of the pools must be left alone: the policy's exclusions, and what the inventory has from elsewhere.

    An address of a device inside a prefix that the device already has from the plan is no obstacle.
    """

    def __init__(self, inventory: Inventory, lock: Plan) -> None:
        self._inventory = inventory
        self._lock = lock
        self._fixed: dict[int, list[tuple[Block, list[str]]]] = {}
        by_block: dict[tuple[int, int, int], list[str]] = {}
        for version, start, length, device in checks.fixed_blocks(inventory):
            by_block.setdefault((version, start, length), []).append(device)
        for (version, start, length), devices in sorted(by_block.items()):
            self._fixed.setdefault(version, []).append((Block(start, length), devices))

    def blocks(self, pool: Pool, version: int) -> tuple[Block, ...]:
        """The obstacles in one pool."""
        bits = BITS[version]
        blocks = {block_of(network) for network in pool.exclude if network.version == version}
        fixed = self._fixed.get(version, [])
        widest = min((block.length for block, _ in fixed), default=bits)
        for network in pool.prefixes if fixed else ():
            if network.version != version:
                continue
            start, length = block_of(network)
            end = start + (1 << (bits - length))
            low = (start >> (bits - widest) << (bits - widest)) if widest < length else start
            at = bisect_right(fixed, low - 1, key=lambda entry: entry[0].start)
            while at < len(fixed) and fixed[at][0].start < end:
                block, devices = fixed[at]
                at += 1
                if block.start + (1 << (bits - block.length)) > start and not self._own(devices, block, version):
                    blocks.add(block)
        return tuple(sorted(blocks))

    def _own(self, devices: list[str], block: Block, version: int) -> bool:
        """Whether each of the devices has the addresses from the plan."""
        bits = BITS[version]
        inventory = self._inventory
        for device in devices:
            owners = (device, *(line.name for line in inventory.lines_of(device)))
            rows = (row for owner in owners for row in self._lock.of(owner) if row.prefix.version == version)
            if not any(_overlap(block, block_of(row.prefix), bits) for row in rows):
                return False
        return True


def _overlap(one: Block, other: Block, bits: int) -> bool:
    shift = bits - min(one.length, other.length)
    return one.start >> shift == other.start >> shift


class _Rows:
    """The rows of the plan, as they come."""

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        self.pools: list[PoolRow] = []
        self.blocks = Columns(1)
        self.allocations = Columns(2)

    def pool(self, pool: Pool) -> None:
        self.pools.extend(PoolRow(pool.area, pool.vrf, pool.name, network) for network in pool.prefixes)

    def layout(self, here: Demands, layout: Layout) -> None:
        pool, version = here.pool, here.version
        nodes = [(node.key, block) for node, block in layout.nodes]
        blocks, count = self.blocks, len(nodes)
        self._common(blocks, pool, version, count)
        blocks.functions += [""] * count
        blocks.owners += [""] * count
        blocks.levels += [key[0] for key, _ in nodes]
        blocks.regions += [key[1] for key, _ in nodes]
        blocks.starts += [block.start for _, block in nodes]
        blocks.lengths += [block.length for _, block in nodes]
        rows, numbers, count = self.allocations, layout.numbers, len(layout.numbers)
        self._common(rows, pool, version, count)
        names = [function.name for function in here.functions]
        levels = {code: self.regions.level(code) for code in set(here.regions)}
        regions = [here.regions[number] for number in numbers]
        rows.functions += [names[number] for number in numbers]
        rows.owners += [here.owners[number] for number in numbers]
        rows.regions += regions
        rows.levels += [levels[code] for code in regions]
        rows.starts += layout.starts
        rows.lengths += layout.lengths

    @staticmethod
    def _common(columns: Columns, pool: Pool, version: int, count: int) -> None:
        columns.areas += [pool.area] * count
        columns.vrfs += [pool.vrf] * count
        columns.pools += [pool.name] * count
        columns.versions += [version] * count
        columns.lines += [0] * count

    def plan(self, policy: Policy) -> Plan:
        areas = {pool.vrf: pool.area for pool in reversed(policy.pools.values())}
        vrfs = [
            VrfRow(areas[rule.vrf], rule.vrf, rule.rd, rule.import_rt, rule.export_rt)
            for rule in policy.vrfs.values()
            if rule.vrf in areas
        ]
        made = Plan(tuple(self.pools))
        return Plan.of_columns(made.pool_table, self.blocks, self.allocations, vrfs)
