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
from typing import TYPE_CHECKING

from inventory.errors import NO_HINT, InputError, Problem
from inventory.model import NOWHERE, Area, Level, Source
from inventory.text import Message
from ipplan.networks import FAMILIES, FAMILY_NAMES, Network, PrefixError, in_order, parse_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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

    def rows(self) -> Iterator[PoolRow | BlockRow | Allocation]:
        """All rows in the file's order."""
        yield from sorted((*self.pool_rows, *self.blocks, *self.allocations), key=_row_order)


def _row_order(row: PoolRow | BlockRow | Allocation) -> tuple[object, ...]:
    rank = 0 if isinstance(row, PoolRow) else 1 if isinstance(row, BlockRow) else 2
    level = tuple(Level).index(row.level) if isinstance(row, BlockRow) else 0
    owner = (row.owner, row.function) if isinstance(row, Allocation) else ()
    return (row.area.value, row.vrf, *in_order(row.prefix), rank, row.pool, level, owner)


def _cells(row: PoolRow | BlockRow | Allocation) -> tuple[str, ...]:
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
    """Write plan.csv atomically: whatever happens, the file is the old one whole or the new one whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            stream.write(to_text(plan))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
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
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            [
                Problem(
                    "unreadable-file",
                    Message("cannot be read: {reason}", reason=error.strerror or str(error)),
                    Message("make the plan with: govnet plan make"),
                    shown,
                )
            ]
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")  # what Excel on a Chinese Windows saves as “CSV”
        except UnicodeDecodeError:
            raise InputError(
                [
                    Problem(
                        "bad-encoding",
                        Message("is neither UTF-8 nor GB18030 text"),
                        Message("save it as “CSV UTF-8”"),
                        shown,
                    )
                ]
            ) from None
    return parse(text, shown)


def parse(text: str, name: str = FILE) -> Plan:
    """The plan that the text of a plan.csv writes. InputError with every faulty row."""
    reader = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""), strict=True)
    problems: list[Problem] = []
    pools: list[PoolRow] = []
    blocks: list[BlockRow] = []
    allocations: list[Allocation] = []
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            source = Source(name, reader.line_num)
            if not header:
                header = [cell.strip() for cell in cells]
                if problems := _header_problems(header, source):
                    break
                continue
            row = _row(header, cells, source, problems)
            if isinstance(row, PoolRow):
                pools.append(row)
            elif isinstance(row, BlockRow):
                blocks.append(row)
            elif row is not None:
                allocations.append(row)
    except csv.Error as error:
        problems.append(
            Problem(
                "bad-csv",
                Message("is not a CSV table: {reason}", reason=str(error)),
                Message("look for a quotation mark that is not closed"),
                name,
                reader.line_num,
            )
        )
    if not header and not problems:
        problems = _header_problems([], Source(name, 1))
    if problems:
        raise InputError(problems)
    return Plan(tuple(pools), tuple(blocks), tuple(allocations))


def _header_problems(header: list[str], source: Source) -> list[Problem]:
    hint = Message("the first line is: {columns}", columns=",".join(COLUMNS))
    found = []
    for column in COLUMNS:
        if column not in header:
            message = Message("the column “{column}” is missing", column=column)
            found.append(Problem("missing-column", message, hint, source.file, source.line, column))
    for column, count in Counter(header).items():
        if column not in COLUMNS:
            message = Message("there is no column “{column}”", column=column)
            found.append(Problem("unknown-column", message, hint, source.file, source.line, column))
        elif count > 1:
            message = Message("the column “{column}” is there twice", column=column)
            found.append(Problem("duplicate-column", message, hint, source.file, source.line, column))
    return found


def _row(
    header: list[str], cells: list[str], source: Source, problems: list[Problem]
) -> PoolRow | BlockRow | Allocation | None:
    """The row as an object; None if it is faulty, and then its faults are in `problems`."""
    before = len(problems)

    def fault(code: str, column: str, message: Message, hint: Message = NO_HINT) -> None:
        problems.append(Problem(code, message, hint, source.file, source.line, column))

    if len(cells) != len(header):
        message = Message("the row has {count} cells instead of {wanted}", count=len(cells), wanted=len(header))
        fault("cell-count", "", message, Message("look for a missing or a superfluous comma"))
        return None
    values = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    kind = values["kind"]
    needed = {"pool": (), "block": ("level", "region"), "allocation": ("function", "level", "region", "owner")}
    if kind not in needed:
        _not_one_of(fault, "kind", kind, tuple(needed))
        return None
    for column in ("area", "vrf", "pool", "family", "prefix", *needed[kind]):
        if not values[column]:
            message = Message("the cell is empty")
            fault("empty-cell", column, message, Message("fill it in, or run: govnet plan make"))
    for column in ("function", "level", "region", "owner"):
        if values[column] and column not in needed[kind]:
            message = Message("a row of the kind “{kind}” has nothing here", kind=kind)
            fault("superfluous-cell", column, message, Message("empty the cell"))
    if values["area"] and values["area"] not in tuple(Area):
        _not_one_of(fault, "area", values["area"], tuple(Area))
    if values["level"] and values["level"] not in tuple(Level):
        _not_one_of(fault, "level", values["level"], tuple(Level))
    if values["family"] and values["family"] not in FAMILIES:
        _not_one_of(fault, "family", values["family"], tuple(FAMILIES))
    prefix = None
    if values["prefix"]:
        try:
            prefix = parse_network(values["prefix"])
        except PrefixError as error:
            fault(error.code, "prefix", error.message, error.hint)
    if prefix is not None and FAMILIES.get(values["family"], prefix.version) != prefix.version:
        message = Message("{prefix} is not of the family {family}", prefix=prefix, family=values["family"])
        hint = Message("write {plain}", plain=FAMILY_NAMES[prefix.version])
        fault("wrong-family", "family", message, hint)
    if len(problems) > before or prefix is None:
        return None
    area, vrf, pool = Area(values["area"]), values["vrf"], values["pool"]
    if kind == "pool":
        return PoolRow(area, vrf, pool, prefix, source)
    level, region = Level(values["level"]), values["region"]
    if kind == "block":
        return BlockRow(area, vrf, pool, level, region, prefix, source)
    return Allocation(area, vrf, pool, values["function"], level, region, values["owner"], prefix, source)


def _not_one_of(fault: Callable[..., None], column: str, value: str, allowed: tuple[str, ...]) -> None:
    names = ", ".join(str(name) for name in allowed)
    message = Message("“{value}” is not one of {names}", value=value, names=names)
    fault("bad-value", column, message, Message("write one of them"))
