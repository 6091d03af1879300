"""CSV tables (RFC 4180) as spreadsheets and people write them.

Lines whose first character is `#` are comments; empty lines are skipped. A cell is one line. Spreadsheets run a cell
that begins with = + - or @ as a formula: such a cell is written with an apostrophe before it, which is taken off again
when it is read.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.sources import Table, Text, decode, universal_lines
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


BOM = "\ufeff"
# A cell with apostrophes of its own before the sign gets one more, so that what is read is what was written.
_FORMULA = re.compile(r"'*[=+\-@]").match


def _written(row: Sequence[str]) -> list[str]:
    return [f"'{cell}" if _FORMULA(cell) else cell for cell in row]


def _read(row: list[str]) -> list[str]:
    return [cell[1:] if cell.startswith("'") and _FORMULA(cell) else cell for cell in row]


def parse(data: bytes, file: str) -> Table:
    """The table in a file's bytes. InputError if it is no text or no CSV; ragged rows are left to the reader."""
    return parse_text(decode(data, file).text, file)


def parse_text(text: str, file: str) -> Table:
    """As `parse`, from text."""
    place = _Place()
    reader = csv.reader(place.lines(universal_lines(text)), strict=True)
    headings: list[str] | None = None
    table = Table(file, [], 0)
    start = 1
    apostrophes = "'" in text
    while True:
        before = place.line
        try:
            row = next(reader, None)
        except csv.Error:
            raise InputError([_broken(file, place.first_after(before))]) from None
        if row is None:
            break
        start = place.first_after(before)
        if not any(cell and not cell.isspace() for cell in row):
            continue
        if headings is None:
            headings, table.heading_line = row, start
            continue
        table.rows.append(_read(row) if apostrophes else row)
        table.lines.append(start)
    if headings is None:
        raise InputError(
            [
                Problem(
                    "empty-file",
                    Message("the file has no headings"),
                    Message("write the columns' names in the first line"),
                    file=file,
                )
            ]
        )
    table.headings = headings
    return table


class _Place:
    """Feeds lines to the reader without the comments, and knows where it is."""

    def __init__(self) -> None:
        self.line = 0  # the line last given
        self._skipped: dict[int, int] = {}  # line before a run of comments → its last line

    def lines(self, text: str) -> Iterator[str]:
        comments = text.startswith("#") or "\n#" in text
        for number, line in enumerate(io.StringIO(text), 1):
            if comments and line.startswith("#"):
                continue
            if number != self.line + 1:
                self._skipped[self.line] = number - 1
            self.line = number
            yield line

    def first_after(self, before: int) -> int:
        """The first line after `before` that is no comment."""
        return self._skipped.get(before, before) + 1


def _broken(file: str, line: int) -> Problem:
    return Problem(
        "bad-quoting",
        Message("a quotation mark that begins in this line is not closed, or text follows a closed one"),
        Message('write a cell with commas or quotation marks as "…", and a quotation mark in it twice: ""'),
        file=file,
        line=line,
    )


def row_text(row: Sequence[str], end: str = "\n") -> str:
    """One line of CSV."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end).writerow(_written(row))
    return stream.getvalue()


def table_text(headings: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    """A whole table as CSV text.

    A byte order mark comes first if a cell is not ASCII: without it Excel would not read the file as UTF-8.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(_written(row) for row in rows)
    text = stream.getvalue()
    return text if text.isascii() else BOM + text


def edited(stored: Text, replaced: Mapping[int, Sequence[str]], added: Sequence[Sequence[str]]) -> bytes:
    """The file with the rows at some 1-based lines replaced and rows added; all other lines byte for byte as they
    were, in the encoding and with the line ends that they had. Rows must stand on one line each.
    """  # noqa: D205 - the summary needs both lines
    lines = io.StringIO(stored.text, newline="").readlines()  # keeps each line's own end
    first = lines[0]
    end = "\r\n" if first.endswith("\r\n") else "\r" if first.endswith("\r") else "\n"
    for number, row in replaced.items():
        old = lines[number - 1]
        lines[number - 1] = row_text(row, old[len(old.rstrip("\r\n")) :])
    if added and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += end
    lines.extend(row_text(row, end) for row in added)
    mark = b"\xef\xbb\xbf" if stored.mark else b""
    return mark + "".join(lines).encode(stored.encoding)
