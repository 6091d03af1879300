"""The planner: inventory, policy and lock in, plan out. The same input gives the same plan on any machine."""

from __future__ import annotations

from bisect import bisect_right
from itertools import repeat
from typing import TYPE_CHECKING

from inventory.collecting import uncollected
from inventory.errors import InputError
from ipplan import changes, checks_taken, demands, fixed, routes, shortage, tree
from ipplan.checks_rows import consistency
from ipplan.layout import arrange
from ipplan.networks import BITS, Block, block_of
from ipplan.plan import Plan, PoolRow, VrfRow
from ipplan.regions import Regions
from ipplan.rows import Columns, picked

if TYPE_CHECKING:
    from inventory.model import Inventory
    from ipplan.demands import Demands
    from ipplan.plan import AsRow
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
        problems = consistency(lock, Regions.of(inventory).levels)
        if problems:
            raise InputError(problems)
        made = _make(inventory, policy, lock)
        moves = changes.compare(lock, made).moved if len(lock.allocations) else ()
    if moves and not allow_moves:
        raise changes.MovesError(moves)
    return made


def _make(inventory: Inventory, policy: Policy, lock: Plan) -> Plan:
    wanted = demands.collect(inventory, policy)
    as_rows, faults = routes.numbers(inventory, policy)
    if faults:
        raise InputError(faults)
    regions = Regions.of(inventory)
    held = Lock(lock)
    foreign = Foreign(inventory, policy, lock)
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
    return rows.plan(policy, as_rows)


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
        starts, lengths = plan.table.starts, plan.table.lengths
        self._plan = plan
        for (function, version, vrf), numbers in plan.index.items():
            found = self.allocations.setdefault((vrf, version), {})
            found.update(
                ((function, owner), Block(starts[number], lengths[number])) for owner, number in numbers.items()
            )

    def held(self, here: Demands) -> tree.Held:
        """Where the owners of these demands have their prefixes, by function and owner.

        An owner has one prefix of a family in a VRF. So where the plan has it under another function, which was
        renamed or gave the owner up, the prefix is still the owner's.
        """
        vrf, version = here.pool.vrf, here.version
        found = self.allocations.get((vrf, version), {})
        if not found:
            return found
        table, index, at = self._plan.table, self._plan.index, 0
        rows = [own for (_, *key), own in index.items() if key == [version, vrf]]
        for function, count in here.runs():
            own = index.get((function.name, version, vrf), {})
            for owner in here.owners[at : at + count]:
                if owner in own:
                    continue
                numbers = [others[owner] for others in rows if owner in others]
                if len(numbers) == 1:
                    found[function.name, owner] = Block(table.starts[numbers[0]], table.lengths[numbers[0]])
            at += count
        return found


def _layout(here: Demands, regions: Regions, lock: Lock, foreign: tuple[Block, ...]) -> Layout | None:
    pool, version = here.pool, here.version
    roots = [block_of(network) for network in pool.prefixes if network.version == version]
    blocks = lock.blocks.get((pool.name, version), {})
    root = tree.build(here, regions, lock.held(here), blocks)
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

    def __init__(self, inventory: Inventory, policy: Policy, lock: Plan) -> None:
        self._inventory = inventory
        self._lock = lock
        self._fixed: dict[int, list[tuple[Block, list[str]]]] = {}
        spans: dict[int, list[tuple[int, int]]] = {version: [] for version in BITS}
        for network in (network for pool in policy.pools.values() for network in pool.prefixes):
            first = int(network.network_address)
            spans[network.version].append((first, first + network.num_addresses))
        pools = {version: checks_taken.merged(found) for version, found in spans.items()}
        by_block: dict[tuple[int, int, int], list[str]] = {}
        for version, start, length, device in fixed.blocks(inventory):
            if checks_taken.touches(pools[version], (version, start, length, device)):
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
        # One part for each pool and family.
        self.blocks: list[Columns] = []
        self.allocations: list[Columns] = []

    def pool(self, pool: Pool) -> None:
        self.pools.extend(PoolRow(pool.area, pool.vrf, pool.name, network) for network in pool.prefixes)

    def layout(self, here: Demands, layout: Layout) -> None:
        blocks = self._part(1, here, len(layout.keys))
        blocks.functions = blocks.owners = [""] * len(layout.keys)
        blocks.levels = [level for level, _ in layout.keys]
        blocks.regions = [region for _, region in layout.keys]
        blocks.starts, blocks.lengths = layout.node_starts, layout.node_lengths
        self.blocks.append(blocks)
        numbers = layout.numbers
        rows = self._part(2, here, len(numbers))
        runs = here.runs()
        if len(runs) == 1:
            rows.functions = [runs[0][0].name] * len(numbers)
        else:
            rows.functions = picked(
                [name for function, count in runs for name in repeat(function.name, count)], numbers
            )
        rows.owners = picked(here.owners, numbers)
        rows.regions = picked(here.regions, numbers)
        rows.levels = picked(self.regions.levels_of(here.regions), numbers)
        rows.starts, rows.lengths = layout.starts, layout.lengths
        self.allocations.append(rows)

    @staticmethod
    def _part(rank: int, here: Demands, count: int) -> Columns:
        pool, columns = here.pool, Columns(rank)
        columns.areas = [pool.area] * count
        columns.vrfs = [pool.vrf] * count
        columns.pools = [pool.name] * count
        columns.versions = [here.version] * count
        columns.lines = [0] * count
        return columns

    def plan(self, policy: Policy, as_rows: list[AsRow]) -> Plan:
        areas = {pool.vrf: pool.area for pool in reversed(tuple(policy.pools.values()))}
        vrfs = [
            VrfRow(areas[rule.vrf], rule.vrf, rule.rd, rule.import_rt, rule.export_rt)
            for rule in policy.vrfs.values()
            if rule.vrf in areas
        ]
        made = Plan(tuple(self.pools))
        return Plan.of_columns(made.pool_table, _joined(1, self.blocks), _joined(2, self.allocations), vrfs, as_rows)


def _joined(rank: int, parts: list[Columns]) -> Columns:
    """The parts as one, as near to the file's order as whole parts can be."""
    joined = Columns(rank)
    filled = [part for part in parts if len(part)]
    for part in sorted(filled, key=lambda part: (part.areas[0], part.vrfs[0], part.versions[0], part.starts[0])):
        joined.extend(part)
    return joined
