"""Tables as CSV that Excel opens: UTF-8 with its mark, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What spreadsheets take for the beginning of a formula, in half and in full width (OWASP, CSV injection).
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text."""
    return text.startswith(_STARTS)


def safe(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet might run it otherwise."""
    return "'" + text if is_formula(text) else text


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]], *, mark: bool = True) -> bytes:
    """A CSV file; None is an empty cell. `mark` puts the byte order mark first, without which Excel reads no UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow(["" if cell is None else safe(str(cell)) for cell in row])
    return stream.getvalue().encode("utf-8-sig" if mark else "utf-8")
