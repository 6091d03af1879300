"""Workbooks that look and print well: frozen headings, filters, widths, data bars; the same bytes each time.

Every text is written as a text, never as a formula or a link, and one that looks like a formula is marked as quoted,
so that it stays a text when somebody edits the cell or saves the sheet as CSV.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inventory.text import language, mark, tr
from ipplan.views.names import sheet_name, width
from ipplan.views.tables import is_formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# A workbook says when it was made; ours says always the same, so that the same plan gives the same bytes.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no time zone
_WIDEST = 60
_A3, _A4 = 8, 9
_WIDE = 180  # characters; a wider table is printed on A3
_HEADING, _BAR, _LINE = "#1F4E79", "#9DC3E6", "#BFBFBF"
_SHARE = '[=0]0.0%;[<0.0005]"< 0.1%";0.0%'  # what is not nothing is never shown as nothing
_CONTENTS = mark("Contents")
_LINE_HEIGHT = 14  # points, at ten points' type
_HIGHEST = 409  # points; a row cannot be higher (Excel specifications and limits)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, how it is shown (text, long, number, share), and its value.

    A cell of a column with `choices` takes one of them: the sheet offers them and warns of anything else.
    """

    heading: str
    width: int
    kind: str
    value: Callable[[Any], Any]
    choices: tuple[str, ...] = ()


def _lines(text: str, room: int) -> int:
    """How many lines a text takes in a column; words are not broken, so that a line is seldom quite full."""
    return sum(max(1, -(-width(line) // max(room - 3, 1))) for line in text.split("\n"))


class Book:
    """A workbook in the making. Sheets come in the order of the calls; `data` ends it. Each page's foot says `foot`."""

    def __init__(self, title: str, foot: str = "") -> None:
        from xlsxwriter import Workbook  # noqa: PLC0415 - start-up time

        self._stream = io.BytesIO()
        self._book = Workbook(
            self._stream,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self._book.set_properties({"title": title, "author": "govnet", "created": _CREATED})
        self._foot = foot.replace("&", "&&")
        self._names: set[str] = set()
        self._formats: dict[tuple[str, bool, bool], Any] = {}
        self._font = "Microsoft YaHei" if language() == "zh_CN" else "Calibri"

    def data(self) -> bytes:
        """The workbook's bytes; nothing can be added afterwards."""
        self._book.close()
        return self._stream.getvalue()

    def _format(self, **properties: Any) -> Any:
        return self._book.add_format({"font_name": self._font, "font_size": 10, "valign": "vcenter", **properties})

    def _cell_format(self, kind: str, *, quoted: bool = False, shaded: bool = False) -> Any:
        key = (kind, quoted, shaded)
        if key not in self._formats:
            properties: dict[str, Any] = {"border": 1, "border_color": _LINE}
            if kind == "share":
                properties["num_format"] = _SHARE
            elif kind in {"number", "count"}:
                properties["num_format"] = "#,##0"
            else:
                properties["indent"] = 1
            if kind == "power":
                properties["align"] = "right"
            if kind == "long":
                properties["text_wrap"] = True
            if quoted:
                properties["quote_prefix"] = True
            if shaded:
                properties["bg_color"] = "#F3F7FB"
            self._formats[key] = self._format(**properties)
        return self._formats[key]

    def cover(
        self,
        title: str,
        heading: str,
        paragraphs: Sequence[str],
        contents: Sequence[Sequence[str]],
        notes: Sequence[tuple[str, str]],
    ) -> None:
        """The first sheet: what this is, and what stands on which sheet.

        `contents` are (sheet title, what it has); the sheets must be added in this order. `notes` are (what, value).
        """
        sheet = self._sheet(tr(_CONTENTS))
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 3)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 64)
        wrapped = self._format(text_wrap=True, valign="top")
        sheet.set_row(1, 34)
        sheet.merge_range(1, 1, 1, 2, "", self._format(bold=True, font_size=18, font_color=_HEADING))
        self._text(sheet, 1, 1, title, self._format(bold=True, font_size=18, font_color=_HEADING))
        sheet.merge_range(2, 1, 2, 2, "", self._format(font_size=13))
        self._text(sheet, 2, 1, heading, self._format(font_size=13))
        row = 4
        for paragraph in paragraphs:
            lines = -(-width(paragraph) // 92)
            sheet.set_row(row, 16 * lines + 4)
            sheet.merge_range(row, 1, row, 2, "", wrapped)
            self._text(sheet, row, 1, paragraph, wrapped)
            row += 1
        row += 1
        head = self._format(bold=True, font_color="#FFFFFF", bg_color=_HEADING, border=1, border_color=_LINE)
        self._text(sheet, row, 1, tr(mark("Sheet")), head)
        self._text(sheet, row, 2, tr(mark("What it has")), head)
        taken = set(self._names)
        link = self._format(font_color="#0563C1", underline=1, border=1, border_color=_LINE)
        for name, text in contents:
            row += 1
            target = sheet_name(name, taken).replace("'", "''")
            sheet.write_url(row, 1, f"internal:'{target}'!A1", link, string=name)
            self._text(sheet, row, 2, text, self._cell_format("long"))
        grey = self._format(font_color="#595959", text_wrap=True, valign="top")
        row += 1
        for what, value in notes:
            row += 1
            self._text(sheet, row, 1, what, grey)
            self._text(sheet, row, 2, value, grey)
            sheet.set_row(row, _LINE_HEIGHT * _lines(value, 64) + 2)
        sheet.fit_to_pages(1, 0)

    def _sheet(self, title: str) -> Any:
        sheet = self._book.add_worksheet(sheet_name(title, self._names))
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&A&C{self._foot}&R&P / &N")
        return sheet

    def _text(self, sheet: Any, row: int, column: int, text: str, form: Any) -> None:
        sheet.write_string(row, column, text, form)

    def table(self, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
        """A sheet with one table: headings that stay in view, a filter on each column, bars behind shares."""
        sheet = self._sheet(title)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 32)
        head = self._format(
            bold=True, font_color="#FFFFFF", bg_color=_HEADING, text_wrap=True, border=1, border_color=_LINE, indent=1
        )
        widths = []
        for index, column in enumerate(columns):
            heading = tr(column.heading)
            self._text(sheet, 0, index, heading, head)
            widths.append(min(width(heading), column.width) + 3)  # room for the filter's arrow
        count = 0
        for count, row in enumerate(rows, 1):
            lines = 1
            for index, column in enumerate(columns):
                value = column.value(row)
                widths[index] = max(widths[index], min(self._write(sheet, count, index, column.kind, value), _WIDEST))
                if column.kind == "long":
                    lines = max(lines, _lines(str(value or ""), column.width))
            if lines > 1:
                sheet.set_row(count, min(_LINE_HEIGHT * lines + 4, _HIGHEST))
        total = 0
        for index, column in enumerate(columns):
            size = column.width if column.kind == "long" else min(widths[index] + 1, max(column.width, widths[index]))
            sheet.set_column(index, index, size)
            total += size
            if column.choices and count:
                sheet.data_validation(1, index, count, index, {"validate": "list", "source": list(column.choices)})
            if column.kind == "share" and count:
                sheet.conditional_format(
                    1,
                    index,
                    count,
                    index,
                    {
                        "type": "data_bar",
                        "bar_color": _BAR,
                        "bar_solid": True,
                        "min_type": "num",
                        "min_value": 0,
                        "max_type": "num",
                        "max_value": 1,
                    },
                )
        if total > _WIDE:
            sheet.set_paper(_A3)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)

    def _write(self, sheet: Any, row: int, column: int, kind: str, value: Any) -> int:
        """Write a cell; returns how wide its text is. What is too long for a float is written as text."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self._cell_format(kind))
            return 0
        if kind in {"number", "count", "share"} and abs(value) < 10**15:
            sheet.write_number(row, column, value, self._cell_format(kind))
            return 8 if kind == "share" else len(f"{value:,}")
        if kind in {"number", "count"}:
            kind = "power"
            value = f"2^{value.bit_length() - 1}" if value & (value - 1) == 0 else f"≈ 2^{value.bit_length()}"
        text = str(value)
        self._text(sheet, row, column, text, self._cell_format(kind, quoted=is_formula(text)))
        return width(text) + 1
