"""The acceptance records of sites as a workbook: one line a site, three columns a step.

On paper (A4, landscape, in its own size) the first steps stand on one page and the others on the next, each with the
site's columns in front and the headings above.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from configs.rollout.sites import TITLES, Step
from inventory.errors import GovnetError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from configs.rollout.sites import Place

HEADINGS: Final = (mark("site"), mark("name of the site"), mark("region"), mark("unit"), mark("devices"))
PARTS: Final = (mark("{step}: day"), mark("{step}: by"), mark("{step}: note"))
WIDTHS: Final = (12, 20, 10, 12, 14)
PART_WIDTHS: Final = (11, 9, 12)
A4: Final = 9  # the paper's number in a workbook (ECMA-376 part 1, 18.3.1.63, paperSize)
NAMED: Final = 2  # columns that say which site it is
FIRST: Final = 2  # steps on the first page


def write(places: Sequence[Place], path: Path) -> None:
    """Write the workbook in the language in use. GovnetError if the file cannot be written."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - start-up time
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - as above

    path.parent.mkdir(parents=True, exist_ok=True)
    # What begins with an equals sign is text here, never a formula.
    book = Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"created": datetime.now(UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet(tr("acceptance"))
    head = book.add_format({"bold": True, "bg_color": "#DDE5EE", "border": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"border": 1, "valign": "top", "text_wrap": True})
    day = book.add_format({"border": 1, "valign": "top", "num_format": "yyyy-mm-dd", "align": "left"})
    steps = [(step, tr(TITLES[step])) for step in Step]
    titles = [tr(text) for text in HEADINGS] + [tr(part, step=title) for _, title in steps for part in PARTS]
    for column, title in enumerate(titles):
        sheet.write_string(0, column, title, head)
        part = PART_WIDTHS[(column - len(WIDTHS)) % len(PARTS)]
        sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else part)
    for row, place in enumerate(places, 1):
        for column, text in enumerate((place.site, place.title, place.region, place.unit, ", ".join(place.devices))):
            sheet.write_string(row, column, text, cell)
        for number, (step, _) in enumerate(steps):
            column = len(HEADINGS) + number * len(PARTS)
            record = place.done.get(step)
            if record is None:
                for offset in range(len(PARTS)):
                    sheet.write_blank(row, column + offset, None, cell)
                continue
            sheet.write_datetime(row, column, datetime.combine(record.day, time()), day)
            sheet.write_string(row, column + 1, record.by, cell)
            sheet.write_string(row, column + 2, record.note, cell)
    sheet.freeze_panes(1, NAMED)
    sheet.autofilter(0, 0, max(len(places), 1), len(titles) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.3, right=0.3, top=0.5, bottom=0.6)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, NAMED - 1)
    sheet.set_v_pagebreaks([len(HEADINGS) + FIRST * len(PARTS)])
    sheet.set_footer("&L&A&R&P / &N")
    try:
        book.close()
    except (FileCreateError, OSError) as error:
        raise GovnetError(
            Message("{path} cannot be written: {why}", path=path, why=error),
            Message("close it where it is open, or choose another name"),
        ) from error
