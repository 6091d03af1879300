"""CSV tables for spreadsheets: no cell runs as a formula, Chinese is shown, and what is written is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.sources import csv
from inventory.text import Message

CELL = st.text("='+-@a1 中,\"", max_size=6)


@given(st.lists(st.tuples(CELL, CELL), max_size=4))
def test_what_is_written_is_read(rows: list[tuple[str, str]]) -> None:
    """Any cell comes back as it was, the apostrophes of its own among them."""
    text = csv.table_text(("one", "two"), iter([list(row) for row in rows]))
    kept = [list(row) for row in rows if any(cell and not cell.isspace() for cell in row)]
    assert csv.parse(text.encode(), "t.csv").rows == kept


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_no_cell_begins_a_formula(cell: str) -> None:
    """Excel shows the text and does not run it."""
    assert csv.row_text([cell, "a"]) == f"'{cell},a\n"


@pytest.mark.parametrize(("cell", "marked"), [("a", False), ("中", True)])
def test_a_byte_order_mark_only_where_it_is_needed(cell: str, marked: bool) -> None:
    """Excel reads a file as UTF-8 only with the mark; a file of ASCII has none."""
    assert csv.table_text(("one",), iter([[cell]])).startswith(csv.BOM) is marked


def test_a_long_name_is_cut() -> None:
    """A name of thousands of characters does not push the rest of the message out of sight."""
    text = str(Message("there is no device “{name}”", name="x" * 5000))
    assert text == f"there is no device “{'x' * 60}…”"
