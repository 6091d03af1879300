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
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from inventory.cells import Fault
from inventory.collecting import uncollected
from inventory.errors import GovnetError, InputError, Problem
from inventory.model import NOWHERE, Area, Level, Source
from inventory.sources import decode, read_bytes
from inventory.text import Message
from ipplan.networks import FAMILIES, FAMILY_NAMES, Block, Network, in_order, network_of, parse_block, text_of
from ipplan.rows import Columns, Rows, in_file_order, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

COLUMNS = ("kind", "area", "vrf", "pool", "function", "family", "level", "region", "owner", "prefix")
VRF_COLUMNS = ("rd", "import_rt", "export_rt")
FILE = "plan/plan.csv"
_BOM = "\ufeff"
_KINDS = ("pool", "block", "allocation")  # by rank


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
    """A prefix given to a purpose.

    `owner` is a device's name (loopback), a line's (circuit, LAN), a unit's or a site's name, or a region's code.
    """

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
    def key(self) -> tuple[str, str, int, str]:
        """What makes it the same allocation in another plan."""
        return (self.function, self.owner, self.prefix.version, self.vrf)


@dataclass(frozen=True, slots=True)
class VrfRow:
    """A routing table's route distinguisher and targets (RFC 4364), as the policy's rules give them."""

    area: Area
    vrf: str
    rd: str
    import_rt: tuple[str, ...] = ()
    export_rt: tuple[str, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


Row: TypeAlias = PoolRow | BlockRow | Allocation


def _columns(rank: int, rows: Iterable[Any]) -> Columns:
    made = Columns(rank)
    for row in rows:
        made.areas.append(row.area)
        made.vrfs.append(row.vrf)
        made.pools.append(row.pool)
        made.functions.append(getattr(row, "function", ""))
        made.levels.append(row.level.value if rank else "")
        made.regions.append(getattr(row, "region", ""))
        made.owners.append(getattr(row, "owner", ""))
        made.versions.append(row.prefix.version)
        made.starts.append(int(row.prefix.network_address))
        made.lengths.append(row.prefix.prefixlen)
        made.lines.append(row.source.line)
        made.file = made.file or row.source.file
    return made


def _source(columns: Columns, i: int) -> Source:
    return Source(columns.file, columns.lines[i]) if columns.file else NOWHERE


def _prefix(columns: Columns, i: int) -> Network:
    return network_of(Block(columns.starts[i], columns.lengths[i]), columns.versions[i])


def _pool_row(columns: Columns, i: int) -> PoolRow:
    return PoolRow(columns.areas[i], columns.vrfs[i], columns.pools[i], _prefix(columns, i), _source(columns, i))


def _block_row(columns: Columns, i: int) -> BlockRow:
    return BlockRow(
        columns.areas[i],
        columns.vrfs[i],
        columns.pools[i],
        Level(columns.levels[i]),
        columns.regions[i],
        _prefix(columns, i),
        _source(columns, i),
    )


def _allocation(columns: Columns, i: int) -> Allocation:
    return Allocation(
        columns.areas[i],
        columns.vrfs[i],
        columns.pools[i],
        columns.functions[i],
        Level(columns.levels[i]),
        columns.regions[i],
        columns.owners[i],
        _prefix(columns, i),
        _source(columns, i),
    )


_MAKERS: tuple[Callable[[Columns, int], Row], ...] = (_pool_row, _block_row, _allocation)


@dataclass(frozen=True)
class Plan:
    """An address plan. Rows are in the order of `rows()`; two plans with the same rows are equal.

    `pool_rows`, `blocks` and `allocations` may be given in any order and as any iterables; they are kept as `Rows`.
    """

    pool_rows: Sequence[PoolRow] = ()
    blocks: Sequence[BlockRow] = ()
    allocations: Sequence[Allocation] = ()
    vrf_rows: tuple[VrfRow, ...] = ()

    def __post_init__(self) -> None:
        pools = rows_of(self.pool_rows, lambda rows: _columns(0, rows), _pool_row)
        blocks = rows_of(self.blocks, lambda rows: _columns(1, rows), _block_row)
        allocations = rows_of(self.allocations, lambda rows: _columns(2, rows), _allocation)
        object.__setattr__(self, "pool_rows", pools)
        object.__setattr__(self, "blocks", blocks)
        object.__setattr__(self, "allocations", allocations)
        ordered = sorted(self.vrf_rows, key=lambda row: (row.area.value, row.vrf, row.rd, row.import_rt, row.export_rt))
        object.__setattr__(self, "vrf_rows", tuple(ordered))

    @classmethod
    def of_columns(cls, pools: Columns, blocks: Columns, allocations: Columns, vrf_rows: Iterable[VrfRow] = ()) -> Plan:
        """The plan with these columns, in any order."""
        return cls(Rows(pools, _pool_row), Rows(blocks, _block_row), Rows(allocations, _allocation), tuple(vrf_rows))

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
        last: tuple[str, int, str] | None = None
        own: dict[str, int] = {}
        for number, key in enumerate(zip(table.functions, table.versions, table.vrfs, strict=True)):
            if key != last:
                last, own = key, index.setdefault(key, {})
            own[table.owners[number]] = number
        return index

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
            yield _MAKERS[table.rank](table, number)


def _cells(plan: Plan) -> Iterator[tuple[str, ...]]:
    for table, i in in_file_order(plan.tables):
        version = table.versions[i]
        yield (
            _KINDS[table.rank],
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
    if not plan.vrf_rows:
        writer.writerow(COLUMNS)
        writer.writerows(_cells(plan))
    else:
        writer.writerow((*COLUMNS, *VRF_COLUMNS))
        for row in plan.vrf_rows:
            targets = (row.rd, " ".join(row.import_rt), " ".join(row.export_rt))
            writer.writerow(("vrf", row.area.value, row.vrf, *[""] * 7, *targets))
        empty = ("",) * len(VRF_COLUMNS)
        writer.writerows((*cells, *empty) for cells in _cells(plan))
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
    with uncollected():
        return _parse(text, name)


def _parse(text: str, name: str) -> Plan:
    table = _Table(name)
    reader = csv.reader(io.StringIO(text.removeprefix(_BOM), newline=""), strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            table.line = reader.line_num
            header = [cell.strip() for cell in cells]
            table.check_header(header)
            break
        if not table.problems:
            for cells in reader:
                # Nearly every row: allocations with the columns in our order and nothing wrong.
                if not table.quick(cells, reader) and any(cell.strip() for cell in cells):
                    table.line = reader.line_num
                    table.row(header, cells)
    except csv.Error as error:
        table.line = reader.line_num
        message = Message("is not a CSV table: {reason}", reason=str(error))
        table.fault("bad-csv", "", message, Message("look for a quotation mark that is not closed"))
    if not header and not table.problems:
        table.check_header([])
    if table.problems:
        raise InputError(table.problems)
    return Plan.of_columns(*table.tables, table.vrfs)


# The columns that a row of each kind fills, beside those that every row with a prefix fills.
_FILLED = {
    "pool": (),
    "block": ("level", "region"),
    "allocation": ("function", "level", "region", "owner"),
    "vrf": ("area", "vrf", "rd"),
}
_ALWAYS = ("area", "vrf", "pool", "family", "prefix")
_CHOICES = {"area": tuple(Area), "level": tuple(Level), "family": tuple(FAMILIES)}
_AREAS = {area.value: area for area in Area}
_LEVELS = {level.value: level.value for level in Level}


class _Table:
    """The rows of a plan.csv as they are read, and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 1
        self.problems: list[Problem] = []
        self.tables = (Columns(0), Columns(1), Columns(2))
        for table in self.tables:
            table.file = file
        self.vrfs: list[VrfRow] = []
        self.ours = False
        # Names that were found to have no blanks around them; each is kept once.
        self.clean: dict[str, str] = {}

    def fault(self, code: str, column: str, message: Message, hint: Message) -> None:
        """Note a fault in the current line."""
        self.problems.append(Problem(code, message, hint, self.file, self.line, column))

    def check_header(self, header: list[str]) -> None:
        """All columns, each once, no others; their order does not matter. Those of VRFs may be left out."""
        self.ours = tuple(header[: len(COLUMNS)]) == COLUMNS
        hint = Message("the first line is: {columns}", columns=",".join(COLUMNS))
        for column in COLUMNS:
            if column not in header:
                self.fault("missing-column", column, Message("the column “{column}” is missing", column=column), hint)
        for column, count in Counter(header).items():
            if column not in COLUMNS and column not in VRF_COLUMNS:
                self.fault("unknown-column", column, Message("there is no column “{column}”", column=column), hint)
            elif count > 1:
                message = Message("the column “{column}” is there twice", column=column)
                self.fault("duplicate-column", column, message, hint)

    def quick(self, cells: list[str], reader: Any) -> bool:
        """Take a faultless allocation in our own form; False (and nothing done) for any other row."""
        if not self.ours or len(cells) != len(COLUMNS):
            return False
        kind, area_name, vrf, pool, function, family, level, region, owner, prefix = cells
        area, version = _AREAS.get(area_name), FAMILIES.get(family)
        if kind != "allocation" or area is None or version is None or level not in _LEVELS:
            return False
        clean = self.clean
        names = (clean.get(vrf), clean.get(pool), clean.get(function), clean.get(region))
        if None in names or not owner or owner[0] <= " " or owner[-1] <= " " or not owner.isascii():
            for name in (vrf, pool, function, region, owner):
                if not name or name.strip() != name:
                    return False
                clean[name] = name
        try:
            found, start, length = parse_block(prefix)
        except Fault:
            return False
        if found != version:
            return False
        table = self.tables[2]
        table.areas.append(area)
        table.vrfs.append(clean[vrf])
        table.pools.append(clean[pool])
        table.functions.append(clean[function])
        table.levels.append(_LEVELS[level])
        table.regions.append(clean[region])
        table.owners.append(owner)
        table.versions.append(version)
        table.starts.append(start)
        table.lengths.append(length)
        table.lines.append(reader.line_num)
        return True

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
        if len(self.problems) != before:
            return
        if values["kind"] == "vrf":
            self.add_vrf(values)
        elif prefix is not None:
            self.add(values, prefix)

    def choice(self, column: str, value: str, allowed: tuple[str, ...]) -> None:
        """One of a few words."""
        if value not in allowed:
            names = ", ".join(str(name) for name in allowed)
            message = Message("“{text}” is none of: {names}", text=value, names=names)
            self.fault("bad-choice", column, message, Message("write one of: {names}", names=names))

    def filled(self, values: dict[str, str]) -> None:
        """What a row of this kind must say, and what it must not."""
        is_vrf = values["kind"] == "vrf"
        filled = _FILLED[values["kind"]] if is_vrf else (*_ALWAYS, *_FILLED[values["kind"]])
        for column in (*COLUMNS[1:], *VRF_COLUMNS):
            value = values.get(column, "")
            if column in filled and not value:
                hint = Message("fill it in, or remove the row and run: govnet plan make")
                self.fault("empty-cell", column, Message("the cell is empty"), hint)
            elif column not in filled and value and not (is_vrf and column in VRF_COLUMNS):
                message = Message("a row of the kind “{kind}” says nothing here", kind=values["kind"])
                self.fault("superfluous-cell", column, message, Message("empty the cell"))

    def prefix(self, values: dict[str, str]) -> tuple[int, int, int] | None:
        """The prefix, which must be of the family that the row says."""
        try:
            prefix = parse_block(values["prefix"])
        except Fault as fault:
            self.fault(fault.code, "prefix", fault.message, fault.hint)
            return None
        if FAMILIES.get(values["family"], prefix[0]) != prefix[0]:
            shown = text_of(prefix[1], prefix[2], prefix[0])
            message = Message("{prefix} is not of the family {family}", prefix=shown, family=values["family"])
            self.fault("wrong-family", "family", message, Message("write {text}", text=FAMILY_NAMES[prefix[0]]))
        return prefix

    def add(self, values: dict[str, str], prefix: tuple[int, int, int]) -> None:
        """Keep a good row."""
        table = self.tables[_KINDS.index(values["kind"])]
        table.areas.append(_AREAS[values["area"]])
        table.vrfs.append(values["vrf"])
        table.pools.append(values["pool"])
        table.functions.append(values["function"])
        table.levels.append(values["level"])
        table.regions.append(values["region"])
        table.owners.append(values["owner"])
        table.versions.append(prefix[0])
        table.starts.append(prefix[1])
        table.lengths.append(prefix[2])
        table.lines.append(self.line)

    def add_vrf(self, values: dict[str, str]) -> None:
        """Keep a good row of the kind vrf."""
        for column in VRF_COLUMNS:
            for text in values.get(column, "").split():
                if not is_target(text):
                    message = Message("“{text}” is not a route distinguisher or target", text=text)
                    hint = Message("write AS:number or address:number, for example 65001:100")
                    self.fault("bad-rd", column, message, hint)
                    return
        if any(row.vrf == values["vrf"] for row in self.vrfs):
            message = Message("the VRF “{name}” is there twice", name=values["vrf"])
            self.fault("duplicate-row", "vrf", message, Message("take one of the rows out"))
            return
        imports, exports = (tuple(values.get(column, "").split()) for column in VRF_COLUMNS[1:])
        source = Source(self.file, self.line)
        self.vrfs.append(VrfRow(_AREAS[values["area"]], values["vrf"], values["rd"], imports, exports, source))


def is_target(text: str) -> bool:
    """Whether a text is a route distinguisher or target: AS:number or address:number (RFC 4364 section 4.2)."""
    left, colon, right = text.rpartition(":")
    if not colon or not right.isascii() or not right.isdigit():
        return False
    if left.count(".") == 3:
        parts = left.split(".")
        octets = all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts)
        return octets and int(right) < 1 << 16
    if not left.isascii() or not left.isdigit():
        return False
    return (int(left) < 1 << 16 and int(right) < 1 << 32) or (int(left) < 1 << 32 and int(right) < 1 << 16)
