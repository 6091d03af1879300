"""The address plan: pools, the regions' summary blocks, and the allocations, as a table that a person can read.

`plan.csv` has one row each, in address order, so that a block's rows stand below it:

    kind        `pool`, `block` (one region's share of a pool) or `allocation`
    area, vrf   where its addresses are unique and routed
    pool        the policy's pool
    function    what the policy wants it for (allocations)
    family      ipv4 or ipv6
    level       the region's level (blocks and allocations)
    region      the region's code (blocks and allocations)
    owner       a device's name (loopback) or a line's name (circuit, LAN)
    prefix      the prefix

It is the lock file of the plan: planning again keeps every surviving row as it is.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from inventory.cells import Fault
from inventory.errors import GovnetError, InputError, Problem
from inventory.model import NOWHERE, Area, Level, Source
from inventory.sources import decode, read_bytes
from inventory.text import Message
from ipplan.networks import FAMILIES, FAMILY_NAMES, Network, in_order, parse_network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("kind", "area", "vrf", "pool", "function", "family", "level", "region", "owner", "prefix")
FILE = "plan/plan.csv"
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One prefix of a pool, as the policy had it when the plan was made."""

    area: Area
    vrf: str
    pool: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A region's share of a pool: everything of the region's in that pool lies in it, so it can be summarised."""

    area: Area
    vrf: str
    pool: str
    level: Level
    region: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What makes it the same block in another plan."""
        return (self.pool, self.level.value, self.region, self.prefix.version)


@dataclass(frozen=True, slots=True)
class Allocation:
    """A prefix given to a purpose. `owner` is a device's name (loopback) or a line's name (circuit, LAN)."""

    area: Area
    vrf: str
    pool: str
    function: str
    level: Level
    region: str
    owner: str
    prefix: Network
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same allocation in another plan."""
        return (self.function, self.owner, self.prefix.version)


Row: TypeAlias = PoolRow | BlockRow | Allocation


@dataclass(frozen=True)
class Plan:
    """An address plan. Rows are in the order of `rows()`; two plans with the same rows are equal."""

    pool_rows: tuple[PoolRow, ...] = ()
    blocks: tuple[BlockRow, ...] = ()
    allocations: tuple[Allocation, ...] = ()

    def __post_init__(self) -> None:
        for name in ("pool_rows", "blocks", "allocations"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=_row_order)))

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
    def _by_owner(self) -> dict[str, tuple[Allocation, ...]]:
        by_owner: dict[str, list[Allocation]] = {}
        for allocation in self.allocations:
            by_owner.setdefault(allocation.owner, []).append(allocation)
        return {
            owner: tuple(sorted(rows, key=lambda row: (in_order(row.prefix), row.function)))
            for owner, rows in by_owner.items()
        }

    def of(self, owner: str) -> tuple[Allocation, ...]:
        """The allocations of a device or line, IPv4 first."""
        return self._by_owner.get(owner, ())

    def rows(self) -> Iterator[Row]:
        """All rows in the file's order."""
        every: tuple[Row, ...] = (*self.pool_rows, *self.blocks, *self.allocations)
        yield from sorted(every, key=_row_order)


# A region's block stands above the blocks of the regions in it.
_DEPTH = {level: str(number) for number, level in enumerate(Level)}


def _row_order(row: Row) -> tuple[Any, ...]:
    rank = 0 if isinstance(row, PoolRow) else 1 if isinstance(row, BlockRow) else 2
    region = ("", "") if isinstance(row, PoolRow) else (_DEPTH[row.level], row.region)
    owner = (row.owner, row.function) if isinstance(row, Allocation) else ("", "")
    return (row.area.value, row.vrf, *in_order(row.prefix), rank, row.pool, *region, *owner)


def _cells(row: Row) -> tuple[str, ...]:
    family, prefix = FAMILY_NAMES[row.prefix.version], str(row.prefix)
    head = (row.area.value, row.vrf, row.pool)
    if isinstance(row, PoolRow):
        return ("pool", *head, "", family, "", "", "", prefix)
    if isinstance(row, BlockRow):
        return ("block", *head, "", family, row.level.value, row.region, "", prefix)
    return ("allocation", *head, row.function, family, row.level.value, row.region, row.owner, prefix)


def to_text(plan: Plan) -> str:
    """The plan as the text of plan.csv: sorted, LF; equal plans give equal text on any machine.

    A byte order mark comes first if a name is not ASCII: without it Excel would not read the file as UTF-8.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in plan.rows())
    text = stream.getvalue()
    return text if text.isascii() else _BOM + text


def write(plan: Plan, path: Path) -> None:
    """Write plan.csv atomically: whatever happens, the file is the old one whole or the new one whole.

    GovnetError if it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.write(to_text(plan))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # on a read-only folder it would hide why the writing failed
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise GovnetError(
                Message("{path} cannot be written: {reason}", path=path, reason=error.strerror or str(error)),
                Message("make room on the disk, and make that file writable"),
            ) from error
        raise
    with suppress(OSError):  # some file systems refuse to sync a folder; the file itself is safe
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path, *, name: str = "") -> Plan:
    """Read a plan.csv. `name` is what the file is called in messages. InputError with every faulty row."""
    shown = name or str(path)
    return parse(decode(read_bytes(path, shown), shown).text, shown)


def parse(text: str, name: str = FILE) -> Plan:
    """The plan that the text of a plan.csv writes. InputError with every faulty row."""
    table = _Table(name)
    reader = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""), strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            table.line = reader.line_num
            if header:
                table.row(header, cells)
                continue
            header = [cell.strip() for cell in cells]
            table.check_header(header)
            if table.problems:
                break
    except csv.Error as error:
        table.line = reader.line_num
        message = Message("is not a CSV table: {reason}", reason=str(error))
        table.fault("bad-csv", "", message, Message("look for a quotation mark that is not closed"))
    if not header and not table.problems:
        table.check_header([])
    if table.problems:
        raise InputError(table.problems)
    return Plan(tuple(table.pools), tuple(table.blocks), tuple(table.allocations))


# The columns that a row of each kind fills, beside those that every row fills.
_FILLED = {"pool": (), "block": ("level", "region"), "allocation": ("function", "level", "region", "owner")}
_ALWAYS = ("area", "vrf", "pool", "family", "prefix")
_CHOICES = {"area": tuple(Area), "level": tuple(Level), "family": tuple(FAMILIES)}


class _Table:
    """The rows of a plan.csv as they are read, and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 1
        self.problems: list[Problem] = []
        self.pools: list[PoolRow] = []
        self.blocks: list[BlockRow] = []
        self.allocations: list[Allocation] = []

    def fault(self, code: str, column: str, message: Message, hint: Message) -> None:
        """Note a fault in the current line."""
        self.problems.append(Problem(code, message, hint, self.file, self.line, column))

    def check_header(self, header: list[str]) -> None:
        """All columns, each once, no others; their order does not matter."""
        hint = Message("the first line is: {columns}", columns=",".join(COLUMNS))
        for column in COLUMNS:
            if column not in header:
                self.fault("missing-column", column, Message("the column “{column}” is missing", column=column), hint)
        for column, count in Counter(header).items():
            if column not in COLUMNS:
                self.fault("unknown-column", column, Message("there is no column “{column}”", column=column), hint)
            elif count > 1:
                message = Message("the column “{column}” is there twice", column=column)
                self.fault("duplicate-column", column, message, hint)

    def row(self, header: list[str], cells: list[str]) -> None:
        """Read one row; a faulty one leaves its faults and nothing else."""
        if len(cells) != len(header):
            message = Message("the row has {count} cells instead of {wanted}", count=len(cells), wanted=len(header))
            self.fault("cell-count", "", message, Message("look for a missing or a superfluous comma"))
            return
        before = len(self.problems)
        values = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        self.choice("kind", values["kind"], tuple(_FILLED))
        if len(self.problems) == before:
            self.filled(values)
            for column, allowed in _CHOICES.items():
                if values[column]:
                    self.choice(column, values[column], allowed)
        prefix = self.prefix(values) if values["prefix"] else None
        if len(self.problems) == before and prefix is not None:
            self.add(values, prefix)

    def choice(self, column: str, value: str, allowed: tuple[str, ...]) -> None:
        """One of a few words."""
        if value not in allowed:
            names = ", ".join(str(name) for name in allowed)
            message = Message("“{text}” is none of: {names}", text=value, names=names)
            self.fault("bad-choice", column, message, Message("write one of: {names}", names=names))

    def filled(self, values: dict[str, str]) -> None:
        """What a row of this kind must say, and what it must not."""
        filled = (*_ALWAYS, *_FILLED[values["kind"]])
        for column in COLUMNS[1:]:
            if column in filled and not values[column]:
                hint = Message("fill it in, or remove the row and run: govnet plan make")
                self.fault("empty-cell", column, Message("the cell is empty"), hint)
            elif column not in filled and values[column]:
                message = Message("a row of the kind “{kind}” says nothing here", kind=values["kind"])
                self.fault("superfluous-cell", column, message, Message("empty the cell"))

    def prefix(self, values: dict[str, str]) -> Network | None:
        """The prefix, which must be of the family that the row says."""
        try:
            prefix = parse_network(values["prefix"])
        except Fault as fault:
            self.fault(fault.code, "prefix", fault.message, fault.hint)
            return None
        if FAMILIES.get(values["family"], prefix.version) != prefix.version:
            message = Message("{prefix} is not of the family {family}", prefix=prefix, family=values["family"])
            self.fault("wrong-family", "family", message, Message("write {text}", text=FAMILY_NAMES[prefix.version]))
        return prefix

    def add(self, values: dict[str, str], prefix: Network) -> None:
        """Keep a good row."""
        source = Source(self.file, self.line)
        area, vrf, pool = Area(values["area"]), values["vrf"], values["pool"]
        if values["kind"] == "pool":
            self.pools.append(PoolRow(area, vrf, pool, prefix, source))
            return
        level, region = Level(values["level"]), values["region"]
        if values["kind"] == "block":
            self.blocks.append(BlockRow(area, vrf, pool, level, region, prefix, source))
            return
        function, owner = values["function"], values["owner"]
        self.allocations.append(Allocation(area, vrf, pool, function, level, region, owner, prefix, source))
