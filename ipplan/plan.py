"""The address plan: pools, the regions' summary blocks, and the allocations, as a table that a person can read.

`plan.csv` has one row each, in address order, so that a block's rows stand below it:

    kind        `pool`, `block` (one region's share of a pool), `allocation`, or `vrf` (what a routing table is called
                by its neighbours)
    area, vrf   where its addresses are unique and routed
    pool        the policy's pool
    function    what the policy wants it for (allocations)
    family      ipv4 or ipv6
    level       the region's level (blocks and allocations)
    region      the region's code (blocks and allocations)
    owner       a device's name (loopback), a line's (circuit, LAN), a unit's, a site's, or a region's code
    prefix      the prefix
    rd, import_rt, export_rt   RFC 4364, several targets separated by blanks (only in a plan with rows of the kind vrf)
    asn         the AS number of a region that has its own, in rows of the kind `as` (only in a plan with such rows)

It is the lock file of the plan: planning again keeps every surviving row as it is.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from inventory.collecting import uncollected
from inventory.errors import GovnetError
from inventory.sources import decode, read_bytes, write_atomically
from inventory.text import Message
from ipplan import plan_table
from ipplan.nesting import Nesting
from ipplan.networks import FAMILY_NAMES, in_order, text_of
from ipplan.plan_rows import (
    AS_COLUMNS,
    COLUMNS,
    FILE,
    KINDS,
    MAKERS,
    VRF_COLUMNS,
    Allocation,
    AsRow,
    BlockRow,
    PoolRow,
    Row,
    VrfRow,
    allocation_row,
    block_row,
    columns_of,
    pool_row,
)
from ipplan.rows import Columns, Rows, in_file_order, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Area
    from ipplan.networks import Network

__all__ = [
    "AS_COLUMNS",
    "COLUMNS",
    "FILE",
    "VRF_COLUMNS",
    "Allocation",
    "AsRow",
    "BlockRow",
    "Plan",
    "PoolRow",
    "Row",
    "VrfRow",
    "parse",
    "read",
    "to_text",
    "write",
]

_BOM = "\ufeff"


@dataclass(frozen=True)
class Plan:
    """An address plan. Rows are in the order of `rows()`; two plans with the same rows are equal.

    `pool_rows`, `blocks` and `allocations` may be given in any order and as any iterables; they are kept as `Rows`.
    """

    pool_rows: Sequence[PoolRow] = ()
    blocks: Sequence[BlockRow] = ()
    allocations: Sequence[Allocation] = ()
    vrf_rows: tuple[VrfRow, ...] = ()
    as_rows: tuple[AsRow, ...] = ()

    def __post_init__(self) -> None:
        pools = rows_of(self.pool_rows, lambda rows: columns_of(0, rows), pool_row)
        blocks = rows_of(self.blocks, lambda rows: columns_of(1, rows), block_row)
        allocations = rows_of(self.allocations, lambda rows: columns_of(2, rows), allocation_row)
        object.__setattr__(self, "pool_rows", pools)
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "allocations", allocations)
        ordered = sorted(self.vrf_rows, key=lambda row: (row.area.value, row.vrf, row.rd, row.import_rt, row.export_rt))
        object.__setattr__(self, "vrf_rows", tuple(ordered))
        object.__setattr__(self, "as_rows", tuple(sorted(self.as_rows, key=lambda row: (row.region, row.asn))))

    @classmethod
    def of_columns(
        cls,
        pools: Columns,
        blocks: Columns,
        allocations: Columns,
        vrf_rows: Iterable[VrfRow] = (),
        as_rows: Iterable[AsRow] = (),
    ) -> Plan:
        """The plan with these columns, in any order."""
        rows = Rows(pools, pool_row), Rows(blocks, block_row), Rows(allocations, allocation_row)
        return cls(*rows, tuple(vrf_rows), tuple(as_rows))

    @property
    def tables(self) -> tuple[Columns, Columns, Columns]:
        """Pools, blocks and allocations as columns, each in the file's order."""
        return self.pool_table, self.block_table, self.table

    @property
    def pool_table(self) -> Columns:
        """The pools' prefixes as columns."""
        return self.pool_rows.columns  # type: ignore[attr-defined,no-any-return]  # made in __post_init__

    @property
    def block_table(self) -> Columns:
        """The regions' blocks as columns."""
        return self.blocks.columns  # type: ignore[attr-defined,no-any-return]  # as above

    @property
    def table(self) -> Columns:
        """The allocations as columns."""
        return self.allocations.columns  # type: ignore[attr-defined,no-any-return]  # as above

    def some(self, numbers: Sequence[int]) -> Rows[Allocation]:
        """The allocations of these numbers."""
        return self.allocations.only(numbers)  # type: ignore[attr-defined,no-any-return]  # as above

    def allocation(self, number: int) -> Allocation:
        """One allocation, without making the others."""
        return self.allocations.at(number)  # type: ignore[attr-defined,no-any-return]  # as above

    def pools(self, area: Area | str, *, vrf: str = "", version: int = 0) -> tuple[Network, ...]:
        """The prefixes of an area's pools, in address order: what a firewall or a border router summarises.

        `vrf` and `version` (4 or 6) narrow it down; an area without pools gives an empty tuple.
        """
        return tuple(
            row.prefix
            for row in sorted(self.pool_rows, key=lambda row: in_order(row.prefix))
            if row.area == area and vrf in ("", row.vrf) and version in (0, row.prefix.version)
        )

    @cached_property
    def vrfs(self) -> Mapping[str, VrfRow]:
        """Route distinguisher and targets by VRF."""
        return MappingProxyType({row.vrf: row for row in self.vrf_rows})

    @cached_property
    def index(self) -> dict[tuple[str, int, str], dict[str, int]]:
        """The number of each allocation, by function, family and VRF, then by owner."""
        index: dict[tuple[str, int, str], dict[str, int]] = {}
        table = self.table
        for key, part in table.runs("functions", "versions", "vrfs"):
            index.setdefault(key, {}).update(zip(table.owners[part], range(part.start, part.stop), strict=True))
        return index

    @cached_property
    def block_index(self) -> dict[tuple[str, int], dict[str, int]]:
        """The number of each block, by pool and family, then by region."""
        index: dict[tuple[str, int], dict[str, int]] = {}
        table = self.block_table
        for key, part in table.runs("pools", "versions"):
            index.setdefault(key, {}).update(zip(table.regions[part], range(part.start, part.stop), strict=True))
        return index

    @cached_property
    def nesting(self) -> Nesting:
        """How the blocks lie in each other."""
        return Nesting(self.block_table)

    @cached_property
    def places(self) -> dict[tuple[str, int, str], set[tuple[Area, str]]]:
        """The areas and pools of the allocations, by function, family and VRF."""
        places: dict[tuple[str, int, str], set[tuple[Area, str]]] = {}
        for (function, version, vrf, area, pool), _ in self.table.runs(
            "functions", "versions", "vrfs", "areas", "pools"
        ):
            places.setdefault((function, version, vrf), set()).add((area, pool))
        return places

    @cached_property
    def _by_owner(self) -> dict[str, list[int]]:
        by_owner: dict[str, list[int]] = {}
        for number, owner in enumerate(self.table.owners):
            by_owner.setdefault(owner, []).append(number)
        return by_owner

    def of(self, owner: str) -> tuple[Allocation, ...]:
        """The allocations of a device or line, IPv4 first."""
        rows = [self.allocation(number) for number in self._by_owner.get(owner, ())]
        return tuple(sorted(rows, key=lambda row: (in_order(row.prefix), row.function)))

    def rows(self) -> Iterator[Row]:
        """All rows in the file's order, without the VRFs."""
        for table, number in in_file_order(self.tables):
            yield MAKERS[table.rank](table, number)


def _cells(plan: Plan) -> Iterator[tuple[str, ...]]:
    for table, i in in_file_order(plan.tables):
        version = table.versions[i]
        yield (
            KINDS[table.rank],
            table.areas[i],
            table.vrfs[i],
            table.pools[i],
            table.functions[i],
            FAMILY_NAMES[version],
            table.levels[i],
            table.regions[i],
            table.owners[i],
            text_of(table.starts[i], table.lengths[i], version),
        )


def to_text(plan: Plan) -> str:
    """The plan as the text of plan.csv: sorted, LF; equal plans give equal text on any machine.

    A byte order mark comes first if a name is not ASCII: without it Excel would not read the file as UTF-8.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    more = (*(VRF_COLUMNS if plan.vrf_rows else ()), *(AS_COLUMNS if plan.as_rows else ()))
    writer.writerow((*COLUMNS, *more))
    if not more:
        writer.writerows(_cells(plan))
    else:
        writer.writerows(_extra_cells(plan, more))
        empty = ("",) * len(more)
        writer.writerows((*cells, *empty) for cells in _cells(plan))
    text = stream.getvalue()
    return text if text.isascii() else _BOM + text


def _extra_cells(plan: Plan, more: tuple[str, ...]) -> Iterator[list[str]]:
    """The rows of the kinds as and vrf; `more` are the columns beside the usual ones."""
    columns = (*COLUMNS, *more)
    for number in plan.as_rows:
        cells = {"kind": "as", "level": number.level.value, "region": number.region, "asn": str(number.asn)}
        yield [cells.get(column, "") for column in columns]
    for row in plan.vrf_rows:
        targets = {"rd": row.rd, "import_rt": " ".join(row.import_rt), "export_rt": " ".join(row.export_rt)}
        cells = {"kind": "vrf", "area": row.area.value, "vrf": row.vrf, **targets}
        yield [cells.get(column, "") for column in columns]


def write(plan: Plan, path: Path) -> None:
    """Write plan.csv atomically: whatever happens, the file is the old one whole or the new one whole.

    GovnetError if it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, to_text(plan).encode())
    except OSError as error:
        raise GovnetError(
            Message("{path} cannot be written: {reason}", path=path, reason=error.strerror or str(error)),
            Message("make room on the disk, and make that file writable"),
        ) from error


def read(path: Path, *, name: str = "") -> Plan:
    """Read a plan.csv. `name` is what the file is called in messages. InputError with every faulty row."""
    shown = name or str(path)
    return parse(decode(read_bytes(path, shown), shown).text, shown)


def parse(text: str, name: str = FILE) -> Plan:
    """The plan that the text of a plan.csv writes. InputError with every faulty row."""
    with uncollected():
        table = plan_table.parsed(text.removeprefix(_BOM), name)
        return Plan.of_columns(*table.tables, table.vrfs, table.numbers)
