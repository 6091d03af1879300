"""The address book as CSV: a file for each area, one for the devices' interfaces, one for how full everything is."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inventory.text import tr
from ipplan.views import book
from ipplan.views.material import File
from ipplan.views.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from ipplan.views.material import Material
    from ipplan.views.sheets import Column

_LEAST = 0.00005


def files(material: Material) -> Iterator[File]:
    """`csv/<area>.csv`, `csv/interfaces.csv`, `csv/utilisation.csv`."""
    for area, rows in book.areas(material).items():
        yield File(f"csv/{area.value}.csv", table(book.ALLOCATIONS, rows))
    yield File("csv/interfaces.csv", table(book.PORTS, book.ports(material)))
    fills = chain(book.pool_fills(material), book.block_fills(material))
    yield File("csv/utilisation.csv", table(book.FILLS, fills))


def table(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """A table's CSV, headings in the language in use. Shares have four decimals; what is not nothing is never 0."""
    return csv_bytes(
        [tr(column.heading) for column in columns],
        ([_cell(column, row) for column in columns] for row in rows),
    )


def _cell(column: Column, row: Any) -> object:
    value = column.value(row)
    if column.kind != "share" or value is None:
        return value
    return "<0.0001" if 0 < value < _LEAST else f"{value:.4f}"
