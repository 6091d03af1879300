"""Where planned prefixes meet addresses that devices already have."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from inventory.text import Message
from ipplan import fixed
from ipplan.checks_rows import problem_at
from ipplan.networks import BITS, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inventory.errors import Problem
    from inventory.model import Inventory
    from ipplan.fixed import Fixed, FixedBlock
    from ipplan.networks import Network
    from ipplan.plan import Allocation, Plan


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


def collisions(plan: Plan, inventory: Inventory, *, inside_pools: bool) -> Iterator[Problem]:
    """Planned prefixes on addresses that devices already have. A device may have its address inside its own prefix."""
    if not _meet(plan, fixed.blocks(inventory), inside_pools=inside_pools):
        return
    rows = sorted(plan.allocations, key=lambda row: in_order(row.prefix))
    own = by_device(inventory, rows)
    unique: dict[Network, list[Fixed]] = {}
    for other in fixed.networks(inventory):
        unique.setdefault(other.network, []).append(other)
    met: dict[int, tuple[Allocation, list[Fixed]]] = {}
    for network, owners in unique.items():
        for row in overlapping(rows, network):
            strangers = [other for other in owners if row not in own.get(other.device, ())]
            if strangers:
                met.setdefault(id(row), (row, []))[1].append(strangers[0])
    for row, others in met.values():
        yield _collision(row, others)


def _collision(row: Allocation, others: list[Fixed]) -> Problem:
    first = others[0]
    names = {"network": first.network, "device": first.device, "file": first.source.file, "line": first.source.line}
    if len(others) > 1:
        message = Message(
            "{prefix} collides with {count} prefixes where devices have addresses, for example {network}, where "
            "“{device}” has one ({file}:{line})",
            prefix=row.prefix,
            count=len(others),
            **names,
        )
        hint = Message("exclude them from the pool in the policy, then run: govnet plan make --allow-moves")
        return problem_at("collision", row, "prefix", message, hint)
    message = Message(
        "{prefix} collides with {network}, where “{device}” has an address ({file}:{line})", prefix=row.prefix, **names
    )
    hint = Message(
        "exclude {network} from the pool in the policy, then run: govnet plan make --allow-moves", network=first.network
    )
    return problem_at("collision", row, "prefix", message, hint)


def _meet(plan: Plan, known: Iterable[FixedBlock], *, inside_pools: bool) -> bool:
    """Whether any allocation overlaps any of these prefixes, in whichever VRF."""
    table = plan.table
    spans: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for rows in (plan.pool_table,) if inside_pools else (plan.pool_table, table):
        for version, start, length in zip(rows.versions, rows.starts, rows.lengths, strict=True):
            spans[version].append((start, start + (1 << (BITS[version] - length))))
    pools = {version: merged(found) for version, found in spans.items()}
    near = [block for block in known if touches(pools[block[0]], block)]
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


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same addresses as few disjoint spans in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def touches(spans: list[tuple[int, int]], block: FixedBlock) -> bool:
    """Whether a prefix has an address in one of the spans of `merged`."""
    version, start, length, _ = block
    end = start + (1 << (BITS[version] - length))
    at = bisect_left(spans, (end, 0)) - 1
    return at >= 0 and spans[at][1] > start


def overlapping(rows: list[Allocation], network: Network) -> Iterator[Allocation]:
    """The rows of a table in address order that overlap `network`."""
    first, last = int(network.network_address), int(network.broadcast_address)
    end = bisect_right(rows, (int(network.version), last, 129), key=lambda row: in_order(row.prefix))
    for row in reversed(rows[:end]):
        if row.prefix.version != network.version or int(row.prefix.broadcast_address) < first:
            return
        yield row
