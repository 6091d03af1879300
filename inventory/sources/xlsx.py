"""XLSX tables: the sheet named after the table, else the first one.

A sheet's cells have types, and a spreadsheet changes what people type: `1/0/1` becomes a date, `0123` a number.
Such cells keep their type in `Table.foreign`, so that the reader can refuse them where text is expected. What the file
has no value for, though people see one, is in `Table.unread`: cells that are merged with others, and formulas that a
program has written and no spreadsheet has calculated.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import InputError, Problem
from inventory.sources import Table
from inventory.sources.xlsx_unread import COLUMNS_LARGEST, FORMULA, Unread
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_UNPACKED_LARGEST: Final = 1 << 30  # bytes; a zip bomb would be more
_EMPTY_ROWS_LARGEST: Final = 10_000  # formatted but empty rows at a sheet's end


def parse(data: bytes, file: str, sheet: str = "") -> Table:
    """The table in a workbook's bytes; InputError if it is no workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415 - start-up time

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        book = load_workbook(io.BytesIO(data if unpacked < _UNPACKED_LARGEST else b""), read_only=True, data_only=True)
    except Exception:  # noqa: BLE001 - openpyxl raises whatever its zip, XML and style readers raise
        raise _not_a_workbook(file) from None
    try:
        name = sheet if sheet in book.sheetnames else next(iter(book.sheetnames))
        return _read(book[name], file, Unread(data, book[name]))
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - as above: sheets are parsed while they are read
        raise _not_a_workbook(file) from None
    finally:
        book.close()


def _read(sheet: Any, file: str, unread: Unread) -> Table:
    sheet.reset_dimensions()
    table = Table(file, [], 0)
    found = False
    empty = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=COLUMNS_LARGEST), 1):
        missing = unread.of(number, [_text(value) for value in values])
        if number not in unread.formulas and all(value is None or value == "" for value in values):
            empty += 1
            if empty > _EMPTY_ROWS_LARGEST:
                break
            continue
        empty = 0
        if isinstance(values[0], str) and values[0].startswith("#") and "#N" not in values[0]:
            continue
        if not found:
            if number in unread.formulas:
                raise InputError([Problem(*FORMULA, file=file, line=number)])
            table.headings = _trimmed([_text(value) for value in values])
            table.heading_line = number
            found = True
            continue
        cells = [_text(value) for value in values]
        index = len(table.rows)
        table.foreign |= {(index, column): value for column, value in _foreign(values)}
        table.unread |= {(index, column): why for column, why in missing.items()}
        cells.extend([""] * (len(table.headings) - len(cells)))
        while len(cells) > len(table.headings) and not cells[-1]:
            cells.pop()
        table.rows.append(cells)
        table.lines.append(number)
    if not found:
        raise InputError(
            [
                Problem(
                    "empty-file",
                    Message("the sheet is empty"),
                    Message("write the columns' names in the first row"),
                    file=file,
                )
            ]
        )
    return table


def _foreign(values: Iterable[object]) -> Iterator[tuple[int, float | bool | None]]:
    """What is no text, by column from 0."""
    for column, value in enumerate(values):
        if isinstance(value, (bool, int, float)):
            yield column, value
        elif isinstance(value, (datetime, date, time)):
            yield column, None


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _not_a_workbook(file: str) -> InputError:
    return InputError(
        [
            Problem(
                "bad-workbook",
                Message("this is not an XLSX workbook that can be read"),
                Message("save it again as .xlsx without a password, or as “CSV UTF-8”"),
                file=file,
            )
        ]
    )


def workbook(tables: Iterable[tuple[str, Sequence[str], Iterator[Sequence[str]]]]) -> bytes:
    """A workbook with a sheet for each (name, headings, rows); every cell is text and formatted as text."""
    from openpyxl import Workbook  # noqa: PLC0415 - start-up time
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - start-up time
    from openpyxl.styles import Font  # noqa: PLC0415 - start-up time

    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for name, headings, rows in tables:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        heads = [WriteOnlyCell(sheet, heading) for heading in headings]
        for head in heads:
            head.font = bold
        sheet.append(heads)
        for row in rows:
            sheet.append([_text_cell(sheet, value, WriteOnlyCell) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text_cell(sheet: Any, value: str, kind: Any) -> Any:
    if not value:
        return None
    cell = kind(sheet, value)
    cell.data_type = "s"  # `=1+1` stays a text and does not become a formula
    cell.number_format = "@"
    return cell


def edited(data: bytes, sheet: str, replaced: Mapping[int, Sequence[str]], added: Sequence[Sequence[str]]) -> bytes:
    """The workbook with some rows replaced and rows added below; formats, widths and other sheets stay."""
    from openpyxl import load_workbook  # noqa: PLC0415 - start-up time

    book = load_workbook(io.BytesIO(data))
    page = book[sheet] if sheet in book.sheetnames else book[book.sheetnames[0]]
    filled = [row[0].row or 0 for row in page.iter_rows() if any(cell.value is not None for cell in row)]
    last = max(filled, default=0)
    rows = {**replaced, **{last + 1 + index: row for index, row in enumerate(added)}}
    for number, row in rows.items():
        for column, value in enumerate(row, 1):
            cell = page.cell(number, column)
            if (str(cell.value) if cell.value is not None else "") == value:
                continue
            cell.value = value or None
            if value:
                cell.data_type = "s"
                cell.number_format = "@"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
