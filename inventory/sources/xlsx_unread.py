"""Cells of a sheet that have no value in the file though people see one there.

Of merged cells only the first has a value; of a formula that no spreadsheet has calculated the file has no result.
openpyxl tells neither while it reads a sheet row by row, so the sheet's XML is looked through, without being parsed.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS_LARGEST: Final = 200
FORMULA: Final = (
    "formula-cell",
    Message("the cell has a formula, and the file does not have its result"),
    Message("open the file in the spreadsheet program, save it, and try again; or write the value itself"),
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]").search
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData>").search
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]+[0-9]+):([A-Z]+[0-9]+)"')


class _Area(NamedTuple):
    """Cells that are shown as one. Rows and columns count from 1; `name` is the first cell's."""

    top: int
    left: int
    bottom: int
    right: int
    name: str


class Unread:
    """The cells without values of one sheet, to be asked for row by row from the top."""

    def __init__(self, data: bytes, sheet: Any) -> None:
        self._areas, formulas = _layout(sheet)
        self.formulas: dict[int, set[int]] = _uncalculated(data, sheet.title) if formulas else {}  # row → columns
        self._begun = 0
        self._open: list[tuple[_Area, str]] = []  # those that the row is in, and what they show

    def of(self, row: int, texts: Sequence[str]) -> dict[int, tuple[str, Message, Message]]:
        """Code, message and hint of the row's cells without a value, by column from 0. `texts` is what it has."""
        found = {column - 1: FORMULA for column in self.formulas.get(row, ())}
        self._open = [(area, text) for area, text in self._open if area.bottom >= row]
        while self._begun < len(self._areas) and self._areas[self._begun].top <= row:
            area = self._areas[self._begun]
            self._begun += 1
            text = texts[area.left - 1] if area.top == row and area.left <= len(texts) else ""
            if text:
                self._open.append((area, text))
        for area, text in self._open:
            message = Message("the cell is merged with {cell}, which has “{text}”", cell=area.name, text=text)
            hint = Message("unmerge the cells and write a value into each row")
            for column in range(area.left, min(area.right, COLUMNS_LARGEST) + 1):
                if (row, column) != (area.top, area.left):
                    found[column - 1] = ("merged-cell", message, hint)
        return found


def _layout(sheet: Any) -> tuple[list[_Area], bool]:
    """The merged areas of a sheet, the upper ones first, and whether there are formulas."""
    from openpyxl.utils.cell import coordinate_to_tuple  # noqa: PLC0415 - start-up time

    formulas, behind, before = False, b"", b""
    with sheet._get_source() as stream:  # noqa: SLF001 - the sheet's part of the archive has no public name
        while chunk := stream.read(1 << 20):
            window = before + chunk
            formulas = formulas or _FORMULA(window) is not None
            end = _DATA_END(window) if not behind else None
            if behind:
                behind += chunk
            elif end is not None:
                behind = window[end.end() :] or b" "
            before = window[-64:]
    areas = []
    for match in _MERGED.finditer(behind):
        first, last = (text.decode() for text in match.groups())
        areas.append(_Area(*coordinate_to_tuple(first), *coordinate_to_tuple(last), first))
    return sorted(areas), formulas


def _uncalculated(data: bytes, name: str) -> dict[int, set[int]]:
    """The cells with formulas whose results are not in the file: row → columns, both from 1."""
    from openpyxl import load_workbook  # noqa: PLC0415 - start-up time

    books = [load_workbook(io.BytesIO(data), read_only=True, data_only=values) for values in (True, False)]
    found: dict[int, set[int]] = {}
    try:
        sheets = [book[name] for book in books]
        for sheet in sheets:
            sheet.reset_dimensions()
        both = zip(*(sheet.iter_rows(max_col=COLUMNS_LARGEST) for sheet in sheets), strict=True)
        for number, rows in enumerate(both, 1):
            for column, (result, formula) in enumerate(zip(*rows, strict=True), 1):
                # A result that is an empty text is a result: its type says so.
                if result.value is None and formula.value is not None and result.data_type != "str":
                    found.setdefault(number, set()).add(column)
    finally:
        for book in books:
            book.close()
    return found
