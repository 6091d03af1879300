"""The inventory out of and into a workspace: export as CSV, XLSX or JSON; merge a table of somebody else's.

Merging goes by the key column. Columns that the other table does not have, and cells that are empty in it, leave
what is there. The result is checked as a whole before anything is written.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Interface, IPv6Interface
from typing import TYPE_CHECKING, Any, Final

from inventory import checks, tables, workspace
from inventory.errors import InputError, Problem
from inventory.model import Source
from inventory.secrets import SecretRef
from inventory.sources import Text, csv, decode, read_bytes, universal_lines, write_atomically, xlsx
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Inventory, Line, Workspace
    from inventory.sources import Table
    from inventory.tables import Record, Records, Shape

FORMATS: Final = ("csv", "xlsx", "json")


def as_json(row: Any) -> Any:
    """A row of the model as JSON: stable keys, addresses and references as text, the source as file and line."""
    if isinstance(row, (IPv4Interface, IPv6Interface, SecretRef, StrEnum)):
        return str(row)
    if isinstance(row, Source):
        return {"file": row.file, "line": row.line}
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        return {field.name: as_json(getattr(row, field.name)) for field in dataclasses.fields(row)}
    if isinstance(row, dict):
        return {key: as_json(value) for key, value in row.items()}
    if isinstance(row, (tuple, list)):
        return [as_json(value) for value in row]
    return row


def document(inventory: Inventory) -> dict[str, Any]:
    """The whole inventory as JSON."""
    return {
        "regions": as_json(list(inventory.regions.values())),
        "units": as_json(list(inventory.units.values())),
        "sites": as_json(list(inventory.sites.values())),
        "devices": as_json(list(inventory.devices.values())),
        "lines": as_json(list(inventory.lines.values())),
        "vrfs": as_json(list(inventory.vrfs.values())),
        "zones": as_json(list(inventory.zones.values())),
        "flows": as_json(list(inventory.flows)),
        "systems": as_json(list(inventory.systems.values())),
        "credentials": as_json(list(inventory.credentials.values())),
    }


def table_rows(inventory: Inventory, shape: Shape) -> Iterator[list[str]]:
    """A table's rows as text, in the order of its columns."""
    if shape is tables.LINKS:
        for line in inventory.lines.values():
            values = _line_values(line)
            yield [_cell(values[name]) for name in shape.headings()]
        return
    for row in getattr(inventory, shape.name).values():
        yield [_cell(getattr(row, name), name) for name in shape.headings()]


def _line_values(line: Line) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(line, name) for name in ("name", "kind", "peer", "mbps", "carrier", "circuit")
    }
    for letter, end in (("a", line.a), ("b", line.b)):
        for name in ("device", "interface", "address"):
            values[f"{letter}_{name}"] = getattr(end, name) if end is not None else None
    return values


def _cell(value: Any, column: str = "") -> str:
    if value is None or (column == "level" and value == 0):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value)


def export(inventory: Inventory, folder: Path, kind: str) -> list[Path]:
    """Write the inventory into a folder in one of FORMATS; returns the files.

    CSV and XLSX come with zones.yaml and credentials.yaml (references, no secret): CSV files are the `inventory/`
    folder of a workspace.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents: dict[str, bytes] = {}
    if kind == "json":
        import json  # noqa: PLC0415 - only this format needs it

        contents["inventory.json"] = (json.dumps(document(inventory), ensure_ascii=False, indent=2) + "\n").encode()
    elif kind == "xlsx":
        contents["inventory.xlsx"] = xlsx.workbook(
            (shape.name, shape.headings(), table_rows(inventory, shape)) for shape in tables.SHAPES.values()
        )
    else:
        for shape in tables.SHAPES.values():
            contents[f"{shape.name}.csv"] = csv.table_text(shape.headings(), table_rows(inventory, shape)).encode()
    if kind != "json":
        contents["zones.yaml"] = _yaml(_zones(inventory))
        contents["credentials.yaml"] = _yaml({"credentials": _credentials(inventory)})
    for name, data in contents.items():
        write_atomically(folder / name, data)
    return [folder / name for name in contents]


def _yaml(data: Any) -> bytes:
    import yaml  # noqa: PLC0415 - start-up time

    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return text.encode()


def _zones(inventory: Inventory) -> dict[str, Any]:
    vrfs = [_filled(as_json(vrf)) for vrf in inventory.vrfs.values()]
    zones, flows = [], []
    for zone in inventory.zones.values():
        members = [f"{device}:{interface}" for device, interface in zone.interfaces]
        zones.append(_filled({**as_json(zone), "interfaces": members}))
    for flow in inventory.flows:
        values = as_json(flow)
        flows.append({"name": flow.name, "from": flow.from_zone, "to": flow.to_zone, "services": values["services"]})
    return {"vrfs": vrfs, "zones": zones, "flows": flows}


def _credentials(inventory: Inventory) -> list[dict[str, Any]]:
    found = []
    for credential in inventory.credentials.values():
        values = _filled(as_json(credential))
        if credential.snmp is not None:
            values["snmp"] = _filled(as_json(credential.snmp))
        found.append(values)
    return found


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "source" and value not in ("", None, [], {})}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that a merge changes."""

    name: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What merging a table would do: rows added, values changed, and the file's new content (not yet written)."""

    file: str
    added: tuple[str, ...]
    changed: tuple[Cell, ...]
    same: int
    content: bytes

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return not self.added and not self.changed


def read_table(path: Path, shape: Shape) -> Table:
    """A CSV or XLSX file that may stand anywhere. InputError names it as the user did."""
    data = read_bytes(path, str(path))
    if data.startswith(b"PK\x03\x04") or path.suffix.lower() in {".xlsx", ".xlsm"}:
        return xlsx.parse(data, str(path), shape.name)
    return csv.parse(data, str(path))


def merge(root: Path, path: Path, name: str, *, platforms: frozenset[str] | None = None) -> Merge:
    """What merging the file at `path` into the workspace's table `name` would do.

    InputError if the file, the workspace as it is, or the result has problems; those of the result are placed in the
    file that is merged, where they come from it.
    """
    shape = tables.SHAPES[name]
    key_only = dataclasses.replace(
        shape,
        columns=tuple(
            dataclasses.replace(column, needed=column.name == shape.key, filled=column.name == shape.key)
            for column in shape.columns
        ),
    )
    theirs_table = read_table(path, shape)
    theirs = tables.read(key_only, theirs_table)
    checks.unique(theirs, fold=name == "devices")
    if theirs.problems:
        raise InputError(theirs.problems)
    workspace.load(root, platforms=platforms)
    file = workspace.table_file(root, name)
    target = _Target(root, file, shape)
    result = target.take(theirs, theirs_table)
    _, problems = workspace.read(root, platforms=platforms, replaced={file: result.content})
    if problems:
        raise InputError(target.placed(problem, theirs.file) for problem in problems)
    return result


def write(root: Path, merged: Merge) -> None:
    """Write what `merge` made."""
    write_atomically(root / merged.file, merged.content)


class _Target:
    """The workspace's table as text, to be changed row by row so that all other lines stay as they are."""

    def __init__(self, root: Path, file: str, shape: Shape) -> None:
        self.file = file
        self.shape = shape
        self.sheet = file.endswith(".xlsx")
        path = root / file
        self.data = path.read_bytes() if path.exists() else csv.row_text(shape.headings()).encode()
        self.stored = Text("", "utf-8")
        if self.sheet:
            self.table = xlsx.parse(self.data, file, shape.name)
        else:
            self.stored = decode(self.data, file)
            self.table = csv.parse_text(self.stored.text, file)
        self.records = tables.read(shape, self.table)
        self.origin: dict[int, int] = {}  # a line of the result → the line of the merged file it comes from

    def take(self, theirs: Records, table: Table) -> Merge:
        """Merge; see the module's rules."""
        headings = self._headings(theirs)
        widened = len(headings) > len(self.table.headings)
        places = {name: headings.index(written) for name, written in self._written(headings, theirs).items()}
        ours = {record.values[self.shape.key]: (record, row) for record, row in self._pairs(self.records, self.table)}
        replaced: dict[int, list[str]] = {}
        if widened:
            replaced[self.table.heading_line] = list(headings)
            for record, row in ours.values():
                replaced[record.line] = [*row, *[""] * (len(headings) - len(row))]
        added: list[list[str]] = []
        names: list[str] = []
        changed: list[Cell] = []
        same = 0
        last = self._last_line()
        for record, row in self._pairs(theirs, table):
            name = record.values[self.shape.key]
            texts = self._texts(theirs, table, row)
            known = ours.get(name)
            if known is None:
                new = [""] * len(headings)
                for column, text in texts.items():
                    new[places[column]] = text
                added.append(new)
                names.append(name)
                self.origin[last + len(added)] = record.line
                continue
            mine, old_row = known
            cells = self._differences(mine, record, texts, old_row, places)
            if not cells:
                same += 1
                continue
            new = replaced.setdefault(mine.line, [*old_row, *[""] * (len(headings) - len(old_row))])
            for cell in cells:
                new[places[cell.column]] = cell.new
            self.origin[mine.line] = record.line
            changed.extend(cells)
        content = self.data
        if replaced or added:
            content = (
                xlsx.edited(self.data, self.shape.name, replaced, added)
                if self.sheet
                else csv.edited(self.stored, replaced, added)
            )
        return Merge(self.file, tuple(names), tuple(changed), same, content)

    def placed(self, problem: Problem, file: str) -> Problem:
        """A problem of the result, placed in the merged file where its line comes from there."""
        line = self.origin.get(problem.line)
        if problem.file != self.file or line is None:
            return problem
        return dataclasses.replace(problem, file=file, line=line)

    def _headings(self, theirs: Records) -> list[str]:
        missing = [name for name in theirs.written if name not in self.records.written]
        return [*self.table.headings, *missing]

    def _written(self, headings: Sequence[str], theirs: Records) -> dict[str, str]:
        """Each column's heading, exactly as it stands in the table's first line."""
        stripped = {heading.strip(): heading for heading in headings}
        return {
            name: stripped[self.records.written.get(name, name)] for name in (*self.records.written, *theirs.written)
        }

    @staticmethod
    def _pairs(records: Records, table: Table) -> Iterator[tuple[Record, list[str]]]:
        rows = dict(zip(table.lines, table.rows, strict=True))
        for record in records.rows:
            yield record, rows[record.line]

    @staticmethod
    def _texts(records: Records, table: Table, row: Sequence[str]) -> dict[str, str]:
        place = {heading.strip(): index for index, heading in enumerate(table.headings)}
        return {name: row[place[written]].strip() for name, written in records.written.items()}

    def _differences(
        self,
        mine: Record,
        other: Record,
        texts: Mapping[str, str],
        row: Sequence[str],
        places: Mapping[str, int],
    ) -> list[Cell]:
        name = other.values[self.shape.key]
        return [
            Cell(name, column, row[places[column]].strip() if places[column] < len(row) else "", text)
            for column, text in texts.items()
            if text and other.values[column] != mine.values[column]
        ]

    def _last_line(self) -> int:
        if self.sheet:
            return max([self.table.heading_line, *self.table.lines])
        return len(universal_lines(self.stored.text).removesuffix("\n").split("\n"))


def find(inventory: Inventory, name: str) -> list[tuple[str, Any]]:
    """Everything in the inventory that has this name, code or Chinese name, with its kind."""
    found: list[tuple[str, Any]] = []
    kinds: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("device", inventory.devices),
        ("site", inventory.sites),
        ("unit", inventory.units),
        ("line", inventory.lines),
        ("zone", inventory.zones),
        ("vrf", inventory.vrfs),
        ("system", inventory.systems),
        ("credential", inventory.credentials),
    )
    for kind, rows in kinds:
        if name in rows:
            found.append((kind, rows[name]))
        else:
            found.extend((kind, row) for row in rows.values() if name == getattr(row, "title", None))
    found.extend(("region", row) for row in inventory.regions.values() if name in (row.code, row.name))
    return found


def unknown_name(space: Workspace, name: str) -> InputError:
    """The complaint that nothing is called so, with the nearest name."""
    from inventory.nearest import nearest  # noqa: PLC0415 - only for this complaint

    inventory = space.inventory
    names: list[str] = []
    for rows in (
        inventory.devices,
        inventory.sites,
        inventory.units,
        inventory.lines,
        inventory.zones,
        inventory.systems,
    ):
        for row in rows.values():
            names.append(row.name)
            names.append(getattr(row, "title", ""))
    names.extend(region.name for region in inventory.regions.values())
    near = nearest(name, [each for each in names if each])
    hint = (
        Message("did you mean “{name}”?", name=near)
        if near
        else Message("`govnet inventory list devices` shows the names")
    )
    return InputError(
        [Problem("unknown-name", Message("nothing in the inventory is called “{name}”", name=name), hint)]
    )
