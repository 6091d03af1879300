"""Reading one module of one agent, with what earlier polls taught: a generator of requests, without any socket."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collectors.found import Found
from collectors.snmp import ber, walk

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from collectors.exposition import Series
    from collectors.plan import Plan, Table
    from collectors.snmp.bounds import Budget
    from collectors.snmp.faults import Fault
    from collectors.snmp.layout import Rows
    from collectors.snmp.memory import Memory
    from collectors.snmp.session import Reply, Request

# An interface's description may be changed without any counter telling; after so many seconds it is read again.
LABEL_AGE = 900.0


@dataclass(slots=True, eq=False)
class Known:
    """What is kept of one module of one device between polls."""

    series: Series
    uptime: int | None = None
    change: bytes | None = None
    interfaces: bytes | None = None
    counted_at: float = 0.0
    complete: bool = False
    labels: dict[bytes, Rows] = field(default_factory=dict)
    labels_at: float = 0.0
    rows: dict[bytes, frozenset[bytes]] = field(default_factory=dict)


def read_module(
    plan: Plan, memory: Memory, known: Known, budget: Budget
) -> Generator[Request, Reply, tuple[Found, list[Fault]]]:
    """Read one module: scalars first, then the tables, then those labels that may have changed."""
    tables = [*plan.tables, *plan.labels]
    interfaces = [table.prefix for table in tables if table.prefix in walk.IF_TABLES]
    extra = []
    if tables:
        extra.append(walk.UPTIME)
    if interfaces:
        extra.extend((walk.IF_TABLE_LAST_CHANGE, walk.IF_NUMBER))
    scalars = yield from walk.get(list(dict.fromkeys([*plan.scalars, *extra])), memory, budget)
    number = ber.number(scalars[walk.UPTIME]) if walk.UPTIME in scalars else None
    uptime = int(number) if number is not None else None
    change = scalars.get(walk.IF_TABLE_LAST_CHANGE)
    restarted = known.uptime is not None and (uptime is None or uptime < known.uptime)
    # Some agents' ifTableLastChange never moves: ifNumber is asked for beside it, and now and then rows are counted.
    count_of = scalars.get(walk.IF_NUMBER)
    moved = restarted or change != known.change or count_of != known.interfaces
    fresh = time.monotonic() - known.counted_at < LABEL_AGE
    settled = known.complete and change is not None and not moved and fresh
    if count_of is not None:
        count = ber.number(count_of)
        for prefix in interfaces:
            if isinstance(count, int) and 0 < count <= budget.limits.rows:
                memory.rows.setdefault(prefix, count)
    found = Found({oid: scalars[oid] for oid in plan.scalars if oid in scalars})
    problems: list[Fault] = []
    rows: dict[bytes, frozenset[bytes]] = {}
    for table in (yield from _filled(plan.tables, memory, budget)):
        columns, failed = yield from walk.table(
            table.prefix, table.columns, memory, budget, settled=settled and table.prefix in walk.IF_TABLES
        )
        found.columns.update(columns)
        problems.extend(fault for _, fault in failed)
        longest: Rows = max(columns.values(), key=len, default={})
        rows[table.prefix] = frozenset(longest)
    if plan.labels and any(found.columns.values()):
        stale = moved or not known.labels_at or time.monotonic() - known.labels_at > LABEL_AGE or rows != known.rows
        if stale:
            problems.extend((yield from _read_labels(plan, memory, known, budget)))
        found.columns.update(known.labels)
    known.uptime, known.change, known.interfaces, known.rows = uptime, change, count_of, rows
    if not settled:
        known.counted_at = time.monotonic()
    known.complete = not problems
    return found, problems


def _filled(tables: Sequence[Table], memory: Memory, budget: Budget) -> Generator[Request, Reply, list[Table]]:
    """The tables that may have rows.

    Many modules read tables of which a device has few (sessions on a switch): those that were empty so far are asked
    for in one packet, not one by one. Interfaces are always there, and version 1 has no GETBULK.
    """
    doubtful = [
        table.prefix for table in tables if table.prefix not in walk.IF_TABLES and not memory.rows.get(table.prefix)
    ]
    if memory.version == 0 or len(doubtful) < 2:
        return list(tables)
    present = yield from walk.present(doubtful, memory, budget)
    return [table for table in tables if table.prefix not in doubtful or table.prefix in present]


def _read_labels(plan: Plan, memory: Memory, known: Known, budget: Budget) -> Generator[Request, Reply, list[Fault]]:
    """Read the columns that only give labels; what could not be read is asked for again at the next poll."""
    known.labels_at = 0.0
    problems: list[Fault] = []
    labels: dict[bytes, Rows] = {}
    for table in plan.labels:
        columns, failed = yield from walk.table(table.prefix, table.columns, memory, budget)
        labels.update(columns)
        problems.extend(fault for _, fault in failed)
    known.labels = labels
    if not problems:
        known.labels_at = time.monotonic()
    return problems
