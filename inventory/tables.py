"""The tables of a workspace: their columns, and rows as records of typed values with every fault noted.

Column names are the English ones; Chinese headings are aliases. The specifications are written by hand, not as
pydantic models, because a province's tables have a million cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from inventory import cells
from inventory.errors import NO_HINT, Problem
from inventory.model import Level, LineKind
from inventory.nearest import nearest
from inventory.sources import half_width
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inventory.sources import Table


class _Bad:
    """Stands for a value that had a fault, which is already noted."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


BAD: Final = _Bad()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `needed` ones must be there, `filled` ones must also have a value in every row.

    `digits` columns hold codes that never begin with 0, so that a number in a sheet's cell loses nothing;
    `typed` ones hold numbers or truth values.
    """

    name: str
    convert: cells.Converter
    aliases: tuple[str, ...] = ()
    needed: bool = False
    filled: bool = False
    default: Any = ""
    digits: bool = False
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's name, its Chinese name, its columns, and the column that names a row."""

    name: str
    title: str
    key: str
    columns: tuple[Column, ...]

    def headings(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(slots=True)
class Record:
    """A row's values by column name (`BAD` where one had a fault) and its line."""

    line: int
    values: dict[str, Any]


@dataclass(slots=True)
class Records:
    """A table's rows, the headings as the user wrote them, and what was wrong.

    `whole` is False where rows or the key column could not be read: then a name that is not here may still exist.
    """

    shape: Shape
    file: str
    rows: list[Record] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = True

    def complain(self, line: int, column: str, code: str, message: Message, hint: Message = NO_HINT) -> None:
        """Note a fault in a row."""
        place = self.written.get(column, column)
        self.problems.append(Problem(code, message, hint, file=self.file, line=line, column=place))


_LEVELS: Final = {
    "省": Level.PROVINCE,
    "市": Level.CITY,
    "县": Level.COUNTY,
    "区县": Level.COUNTY,
    "乡镇": Level.TOWNSHIP,
    "村": Level.VILLAGE,
}
_MOST_HOSTS: Final = 1 << 24

_name, _title = ("名称", "编号"), ("中文名", "标题", "说明")


def _column(name: str, convert: cells.Converter, *aliases: str, **options: Any) -> Column:
    return Column(name, convert, aliases, **options)


REGIONS: Final = Shape(
    "regions",
    "区划",
    "code",
    (
        _column("code", cells.region_code, "代码", "区划代码", needed=True, filled=True, digits=True),
        _column("name", cells.title, "名称", "区划名称", needed=True, filled=True),
        _column("level", cells.choice(Level, _LEVELS), "级别", "层级", needed=True, filled=True),
        _column("parent", cells.region_code, "上级", "上级代码", digits=True),
    ),
)
UNITS: Final = Shape(
    "units",
    "单位",
    "name",
    (
        _column("name", cells.key, *_name, needed=True, filled=True),
        _column("title", cells.title, *_title, "单位名称"),
        _column("region", cells.region_code, "区划", "区划代码", needed=True, filled=True, digits=True),
        _column("vrfs", cells.references, "业务VRF", "专网", default=()),
    ),
)
SITES: Final = Shape(
    "sites",
    "站点",
    "name",
    (
        _column("name", cells.key, *_name, needed=True, filled=True),
        _column("title", cells.title, *_title, "站点名称"),
        _column("region", cells.region_code, "区划", "区划代码", needed=True, filled=True, digits=True),
        _column("unit", cells.reference, "单位"),
        _column("hosts", cells.integer(0, _MOST_HOSTS), "终端数", "主机数", default=0, typed=True),
    ),
)
DEVICES: Final = Shape(
    "devices",
    "设备",
    "name",
    (
        _column("name", cells.host_name, *_name, "设备名", "设备名称", needed=True, filled=True),
        _column("site", cells.reference, "站点", needed=True, filled=True),
        _column("role", cells.word, "角色", needed=True, filled=True),
        _column("platform", cells.word, "平台", "系统平台", needed=True, filled=True),
        _column("model", cells.model_name, "型号"),
        _column("address", cells.host_interface, "管理地址", "地址", default=None),
        _column("management_interface", cells.interface_name, "管理接口"),
        _column("port", cells.integer(1, 65535), "端口", default=22, typed=True),
        _column("credential", cells.reference, "凭据"),
        _column("out_of_band", cells.boolean, "带外管理", default=False, typed=True),
        _column("via", cells.reference, "途经", "跳板", "堡垒机"),
        _column("former_address", cells.host_interface, "原管理地址", "原地址", default=None),
    ),
)
LINKS: Final = Shape(
    "links",
    "线路",
    "name",
    (
        _column("name", cells.key, *_name, "线路名", "线路名称", needed=True, filled=True),
        _column("kind", cells.choice(LineKind, cells.LINE_KINDS), "类型", needed=True, filled=True),
        _column("a_device", cells.reference, "A端设备", needed=True, filled=True),
        _column("a_interface", cells.interface_name, "A端接口", needed=True, filled=True),
        _column("a_address", cells.host_interface, "A端地址", default=None),
        _column("b_device", cells.reference, "B端设备"),
        _column("b_interface", cells.interface_name, "B端接口"),
        _column("b_address", cells.host_interface, "B端地址", default=None),
        _column("peer", cells.host_interface, "对端地址", "网关", default=None),
        _column("mbps", cells.integer(0, 10_000_000), "带宽", "带宽Mbps", default=0, typed=True),
        _column("carrier", cells.title, "运营商"),
        _column("circuit", cells.title, "电路号", "电路编号"),
    ),
)
SYSTEMS: Final = Shape(
    "systems",
    "业务系统",
    "name",
    (
        _column("name", cells.key, *_name, needed=True, filled=True),
        _column("title", cells.title, *_title, "系统名称"),
        _column("unit", cells.reference, "单位", needed=True, filled=True),
        _column("zone", cells.reference, "安全域", needed=True, filled=True),
        _column("level", cells.protection_level, "等级", "保护等级", default=0, typed=True),
    ),
)
SHAPES: Final = {shape.name: shape for shape in (REGIONS, UNITS, SITES, DEVICES, LINKS, SYSTEMS)}


def empty(shape: Shape, file: str, *, whole: bool = True) -> Records:
    """No rows: the table is not there (`whole`) or could not be read."""
    return Records(shape, file, whole=whole)


def read(shape: Shape, table: Table) -> Records:
    """The table's rows as records. Faults are noted in the result, never raised."""
    records = Records(shape, table.file)
    places = _places(shape, table, records)
    if places is None:
        records.whole = False
        return records
    records.rows = list(_rows(shape, table, records, places))
    return records


def _places(shape: Shape, table: Table, records: Records) -> dict[str, int] | None:
    """Where each column stands; None if the headings are no headings of this table."""
    known: dict[str, Column] = {}
    for column in shape.columns:
        for name in (column.name, *column.aliases):
            known.setdefault(name.casefold(), column)
    places: dict[str, int] = {}
    strange: list[tuple[int, str]] = []
    for index, heading in enumerate(table.headings):
        text = heading.strip().casefold()
        found = known.get(text)
        if found is None:
            if text or any(len(row) > index and row[index].strip() for row in table.rows):
                strange.append((index, heading.strip()))
            continue
        if found.name in places:
            first = table.headings[places[found.name]].strip()
            records.problems.append(
                Problem(
                    "duplicate-column",
                    Message("the columns “{first}” and “{second}” mean the same", first=first, second=heading.strip()),
                    Message("remove one of them"),
                    file=table.file,
                    line=table.heading_line,
                    column=heading.strip(),
                )
            )
            continue
        places[found.name] = index
        records.written[found.name] = heading.strip()
    if not places:
        records.problems.append(_no_headings(shape, table))
        return None
    missing = [column for column in shape.columns if column.needed and column.name not in places]
    for _, heading in strange:
        records.problems.append(_unknown_column(shape, table, heading, places))
    for column in missing:
        records.problems.append(
            Problem(
                "missing-column",
                Message("the column “{name}” is missing", name=column.name),
                Message("add it; this table's columns are: {names}", names=", ".join(shape.headings())),
                file=table.file,
                line=table.heading_line,
                column=column.name,
            )
        )
    return places if shape.key in places else None


def _no_headings(shape: Shape, table: Table) -> Problem:
    line = "".join(table.headings)
    hint = Message("write in the first line: {names}", names=",".join(shape.headings()))
    code, message = "no-headings", Message("the first line has none of this table's columns")
    for sign in ("，", ";", "；", "\t", "、"):
        if len(table.headings) == 1 and sign in line:
            code = "full-width" if sign in "，；、" else "wrong-separator"
            message = Message("the columns are separated by “{sign}”", sign="Tab" if sign == "\t" else sign)
            hint = Message("separate them by the comma “,” (save as “CSV UTF-8”)")
            break
    return Problem(code, message, hint, file=table.file, line=table.heading_line)


def _unknown_column(shape: Shape, table: Table, heading: str, places: dict[str, int]) -> Problem:
    free = [name for name in shape.headings() if name not in places]
    aliases = [alias for column in shape.columns if column.name in free for alias in column.aliases]
    plain = half_width(heading).strip().casefold()
    near = plain if plain in free or plain in aliases else nearest(heading, [*free, *aliases])
    names = ", ".join(shape.headings())
    if not heading:
        message, hint = Message("a column has values but no heading"), Message("name it: {names}", names=names)
    elif heading.casefold() in {"password", "enable", "community", "secret", "psk", "密码", "口令", "团体字"}:
        message = Message("there is no column “{heading}” here: secrets do not belong in tables", heading=heading)
        hint = Message("remove it, write a reference in credentials.yaml, and name that in “credential”")
    else:
        message = Message("there is no column “{heading}” in this table", heading=heading)
        hint = (
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("remove it; this table's columns are: {names}", names=names)
        )
    return Problem("unknown-column", message, hint, file=table.file, line=table.heading_line, column=heading)


def _rows(shape: Shape, table: Table, records: Records, places: dict[str, int]) -> Iterator[Record]:
    width = len(table.headings)
    absent = {
        column.name: BAD if column.needed else column.default for column in shape.columns if column.name not in places
    }
    there = [column for column in shape.columns if column.name in places]
    columns = [(column, column.name, places[column.name], column.convert) for column in there]
    typed = bool(table.foreign or table.unread)
    for index, (row, line) in enumerate(zip(table.rows, table.lines, strict=True)):
        if len(row) != width and not _fits(row, width, line, records):
            records.whole = False
            continue
        values: dict[str, Any] = dict(absent)
        for column, name, place, convert in columns:
            text = row[place]
            try:
                # Nearly every cell: text without spaces around it.
                if text and text[0] > " " < text[-1] and not typed:
                    values[name] = convert(text)
                else:
                    values[name] = _value(column, text, table, (index, place))
            except cells.Fault as found:
                fault = cells.invisible(text) or found
                records.complain(line, name, fault.code, fault.message, fault.hint)
                values[name] = BAD
        if values[shape.key] is BAD:
            records.whole = False
        yield Record(line, values)


def _value(column: Column, cell: str, table: Table, place: tuple[int, int]) -> Any:
    """A cell's value; Fault if it has none."""
    text = cell.strip(" \t\r\n") if cell and (cell[0] <= " " or cell[-1] <= " ") else cell
    if table.unread and place in table.unread:
        raise cells.Fault(*table.unread[place])
    if table.foreign and place in table.foreign:
        _refuse_foreign(column, table.foreign[place], text)
    if text:
        return column.convert(text)
    if column.filled:
        raise _empty(column)
    return column.default


def _empty(column: Column) -> cells.Fault:
    return cells.Fault(
        "missing-value",
        Message("“{name}” is empty", name=column.name),
        Message("every row needs a value here"),
    )


def _fits(row: list[str], width: int, line: int, records: Records) -> bool:
    """Whether a row has as many cells as there are headings; empty ones too many at the end do not count."""
    while len(row) > width and not row[-1].strip():
        row.pop()
    if len(row) == width:
        return True
    if len(row) == 1 and width > 1 and ("，" in row[0] or "\t" in row[0] or ";" in row[0]):
        records.complain(
            line,
            "",
            "full-width" if "，" in row[0] else "wrong-separator",
            Message("the cells of this row are not separated by “,”"),
            Message("separate them by the comma “,” as in the first line"),
        )
        return False
    records.complain(
        line,
        "",
        "too-many-cells" if len(row) > width else "too-few-cells",
        Message("this row has {count} cells, the headings are {width}", count=len(row), width=width),
        Message('put a cell that holds a comma in quotation marks: "a,b"')
        if len(row) > width
        else Message("write a comma for each empty cell"),
    )
    return False


def _refuse_foreign(column: Column, value: object, text: str) -> None:
    """A sheet's cell that is no text, in a column where the spreadsheet may have changed what was typed."""
    if column.typed:
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if column.digits and float(value).is_integer() and abs(value) < 1 << 53:
            return
        raise cells.Fault(
            "number-cell",
            Message("the cell is a number ({text}); the spreadsheet may have changed what was typed", text=text),
            Message("format the column as text and type the value again"),
        )
    again = Message("format the column as text and type the value again")
    if value is None:
        raise cells.Fault("date-cell", Message("the cell is a date: the spreadsheet has changed what was typed"), again)
    raise cells.Fault("boolean-cell", Message("the cell is a truth value, not text"), again)
