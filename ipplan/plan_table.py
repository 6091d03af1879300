"""Reading plan.csv: its rows one by one, and what is wrong with them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

from inventory.cells import Fault, integer
from inventory.errors import InputError, Problem
from inventory.model import Area, Level, Source
from inventory.text import Message
from ipplan.networks import FAMILIES, FAMILY_NAMES, parse_block, text_of
from ipplan.plan_rows import AS_COLUMNS, COLUMNS, KINDS, VRF_COLUMNS, AsRow, VrfRow
from ipplan.rows import Columns
from ipplan.targets import is_target

# The columns that a row of each kind fills, beside those that every row with a prefix fills.
_FILLED = {
    "pool": (),
    "block": ("level", "region"),
    "allocation": ("function", "level", "region", "owner"),
    "vrf": ("area", "vrf", "rd"),
    "as": ("level", "region", "asn"),
}
_MAY_FILL = {"vrf": VRF_COLUMNS}
_ALWAYS = ("area", "vrf", "pool", "family", "prefix")
_CHOICES = {"area": tuple(Area), "level": tuple(Level), "family": tuple(FAMILIES)}
_AREAS = {area.value: area for area in Area}
_LEVELS = {level.value: level.value for level in Level}


def parsed(text: str, name: str) -> Table:
    """The rows that the text writes. InputError with every faulty one."""
    table = Table(name)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    read = 0  # the last line of what was read
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            table.line = reader.line_num
            header = [cell.strip() for cell in cells]
            table.check_header(header)
            read = reader.line_num
            break
        if not table.problems:
            for cells in reader:
                # Nearly every row: allocations with the columns in our order and nothing wrong.
                if not table.quick(cells, reader) and any(cell.strip() for cell in cells):
                    table.line = reader.line_num
                    table.row(header, cells)
                read = reader.line_num
    except csv.Error:
        table.line = read + 1
        message = Message("the row that begins here is no row of a CSV table")
        table.fault("bad-csv", "", message, Message("look for a quotation mark that is not closed"))
    if not header and not table.problems:
        table.check_header([])
    if table.problems:
        raise InputError(table.problems)
    return table


class Table:
    """The rows of a plan.csv as they are read, and what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.line = 1
        self.problems: list[Problem] = []
        self.tables = (Columns(0), Columns(1), Columns(2))
        for table in self.tables:
            table.file = file
        self.vrfs: list[VrfRow] = []
        self.numbers: list[AsRow] = []
        self.ours, self.width = False, 0
        # Names that were found to have no blanks around them; each is kept once.
        self.clean: dict[str, str] = {}

    def fault(self, code: str, column: str, message: Message, hint: Message) -> None:
        """Note a fault in the current line."""
        self.problems.append(Problem(code, message, hint, self.file, self.line, column))

    def check_header(self, header: list[str]) -> None:
        """All columns, each once, no others; their order does not matter. Those of VRFs and AS may be left out."""
        self.ours, self.width = tuple(header[: len(COLUMNS)]) == COLUMNS, len(header)
        sign = next((sign for sign in ("，", ";", "；", "\t", "、") if len(header) == 1 and sign in header[0]), "")
        if sign:
            message = Message("the columns are separated by “{sign}”", sign="Tab" if sign == "\t" else sign)
            hint = Message("separate them by the comma “,” (save as “CSV UTF-8”)")
            self.fault("wrong-separator", "", message, hint)
            return
        hint = Message("the first line is: {columns}", columns=",".join(COLUMNS))
        for column in COLUMNS:
            if column not in header:
                self.fault("missing-column", column, Message("the column “{column}” is missing", column=column), hint)
        for column, count in Counter(header).items():
            if column not in (*COLUMNS, *VRF_COLUMNS, *AS_COLUMNS):
                self.fault("unknown-column", column, Message("there is no column “{column}”", column=column), hint)
            elif count > 1:
                message = Message("the column “{column}” is there twice", column=column)
                self.fault("duplicate-column", column, message, hint)

    def quick(self, cells: list[str], reader: Any) -> bool:
        """Take a faultless allocation in our own form; False (and nothing done) for any other row."""
        if not self.ours or len(cells) != self.width or any(cells[len(COLUMNS) :]):
            return False
        kind, area_name, vrf, pool, function, family, level, region, owner, prefix = cells[: len(COLUMNS)]
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
        if found != version or not length:
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
        elif values["kind"] == "as":
            self.add_number(values)
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
        kind = values["kind"]
        filled = (*_ALWAYS, *_FILLED[kind]) if kind in KINDS else _FILLED[kind]
        for column in (*COLUMNS[1:], *VRF_COLUMNS, *AS_COLUMNS):
            value = values.get(column, "")
            if column in filled and not value:
                hint = Message("fill it in, or remove the row and run: govnet plan make")
                self.fault("empty-cell", column, Message("the cell is empty"), hint)
            elif column not in filled and value and column not in _MAY_FILL.get(kind, ()):
                message = Message("a row of the kind “{kind}” says nothing here", kind=kind)
                self.fault("superfluous-cell", column, message, Message("empty the cell"))

    def prefix(self, values: dict[str, str]) -> tuple[int, int, int] | None:
        """The prefix, which must be of the family that the row says."""
        try:
            prefix = parse_block(values["prefix"])
        except Fault as fault:
            self.fault(fault.code, "prefix", fault.message, fault.hint)
            return None
        if not prefix[2]:
            message = Message(
                "{prefix} is the whole address space: a default route, not a prefix", prefix=values["prefix"]
            )
            hint = Message("take the row out; default routes stand in the devices' templates, not in the plan")
            self.fault("whole-space", "prefix", message, hint)
            return None
        if FAMILIES.get(values["family"], prefix[0]) != prefix[0]:
            shown = text_of(prefix[1], prefix[2], prefix[0])
            message = Message("{prefix} is not of the family {family}", prefix=shown, family=values["family"])
            self.fault("wrong-family", "family", message, Message("write {text}", text=FAMILY_NAMES[prefix[0]]))
        return prefix

    def add(self, values: dict[str, str], prefix: tuple[int, int, int]) -> None:
        """Keep a good row."""
        table = self.tables[KINDS.index(values["kind"])]
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

    def add_number(self, values: dict[str, str]) -> None:
        """Keep a good row of the kind as."""
        try:
            asn = integer(1, (1 << 32) - 1)(values["asn"])
        except Fault as fault:
            self.fault(fault.code, "asn", fault.message, fault.hint)
            return
        if any(row.region == values["region"] for row in self.numbers):
            message = Message("the region {name} has a second AS number", name=values["region"])
            self.fault("duplicate-row", "region", message, Message("take one of the rows out"))
            return
        self.numbers.append(AsRow(Level(values["level"]), values["region"], asn, Source(self.file, self.line)))
