"""Where sites stand: what is recorded, what follows from rollouts, and the acceptance records as a workbook."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from typer.testing import CliRunner

from cli.main import build
from configs.operations import Operations
from configs.rollout import sites
from configs.rollout.sites import Record, Step
from inventory.errors import InputError
from inventory.workspace import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.rollout.bundle import Bundle

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the example."""
    folder = tmp_path / "city"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "state.db", "rollouts"))
    return folder


def run(root: Path, *words: str) -> Any:
    """A command in this process."""
    return CliRunner().invoke(build(), ["rollout", *words, "-w", str(root)])


def test_records_are_written_and_read(root: Path) -> None:
    """What `site` records is in the file, in `sites`, and in the operations log; a spreadsheet reads the file."""
    words = ("--set", "delivered", "--on", "2026-11-20", "--by", "王工", "--note", "=LY-1101, 光缆")
    assert run(root, "site", "th-lantian", *words).exit_code == 0
    inventory = load(root).inventory
    assert sites.read(root, inventory) == [
        Record("th-lantian", Step.DELIVERED, date(2026, 11, 20), "王工", "=LY-1101, 光缆")
    ]
    assert root.joinpath(*sites.PLACE).read_bytes().startswith(b"\xef\xbb\xbf")
    shown = run(root, "sites", "--where", "name=rt-lantian", "--json")
    assert '"next": "installed"' in shown.stdout
    assert [entry.what for entry in Operations(root).entries()] == ["site.set"]
    assert run(root, "site", "th-lantian", "--clear", "delivered").exit_code == 0
    assert sites.read(root, inventory) == []


def test_a_site_is_accepted_only_after_it_is_configured(root: Path) -> None:
    """Refused with what is missing; recorded once that is done."""
    refused = run(root, "site", "th-lantian", "--set", "accepted")
    assert refused.exit_code != 0
    for step in ("delivered", "installed", "configured", "accepted", "handed-over"):
        assert run(root, "site", "th-lantian", "--set", step).exit_code == 0
    assert '"next": null' in run(root, "site", "th-lantian", "--json").stdout


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("th-nowhere,delivered,2026-11-20,li,", "site"),
        ("th-lantian,finished,2026-11-20,li,", "step"),
        ("th-lantian,delivered,20.11.2026,li,", "day"),
    ],
)
def test_faults_are_said_with_their_line(root: Path, row: str, column: str) -> None:
    """File, line, column, and what to write."""
    path = root.joinpath(*sites.PLACE)
    path.parent.mkdir()
    path.write_text(f"site,step,day,by,note\nth-lantian,installed,2026-11-21,li,\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sites.read(root, load(root).inventory)
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("rollouts/sites.csv", 3, column)
    assert problem.in_language("zh_CN") != problem.in_language("en")


def test_configured_follows_from_the_newest_rollout(root: Path, bundle: Callable[..., Bundle], store: Any) -> None:
    """A site is configured when every device's newest result is good; a later failure takes that away."""
    inventory = load(root).inventory
    made = bundle(["lantian"], ["anping"])
    store.begin(made)
    ok = {"state": "changed", "result": {"ok": True}, "ended": 1_795_000_000.0}
    store.set_devices(made.name, ["rt-lantian", "rt-anping"], **ok)
    done = sites.configured([(made, store.devices(made.name))], inventory)
    assert sorted(done) == ["th-anping", "th-lantian"]
    assert done["th-lantian"].by == made.name
    store.set_devices(made.name, ["rt-anping"], state="restored", result={"ok": False})
    assert sorted(sites.configured([(made, store.devices(made.name))], inventory)) == ["th-lantian"]


def test_the_workbook_is_in_chinese_and_text_stays_text(root: Path) -> None:
    """Headings in the language in use, the first line frozen, dates as dates, no formula from a note."""
    run(root, "site", "th-lantian", "--set", "delivered", "--on", "2026-11-20", "--by", "王工", "--note", "=1+1")
    places = sites.places(load(root).inventory, sites.read(root, load(root).inventory), {}, ["rt-lantian", "rt-anping"])
    from configs.rollout import sites_xlsx
    from inventory import text

    before = text.language()
    text.set_language("zh_CN")
    try:
        sites_xlsx.write(places, root / "out" / "验收.xlsx")
    finally:
        text.set_language(before)
    book = openpyxl.load_workbook(root / "out" / "验收.xlsx")
    sheet = book.active
    assert sheet.title == "验收记录"
    head = [cell.value for cell in sheet[1]]
    assert head[:2] == ["站点", "站点名称"]
    assert "线路开通：日期" in head
    assert sheet.freeze_panes == "C2"
    assert (sheet.page_setup.orientation, sheet.print_title_rows, sheet.print_title_cols) == (
        "landscape",
        "$1:$1",
        "$A:$B",
    )
    assert _widest_page(sheet) < 10.9 * 72, "a page of A4, landscape, holds that many points"
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "th-lantian")
    values = [cell.value for cell in row]
    assert values[head.index("线路开通：日期")].date() == date(2026, 11, 20)
    note = row[head.index("线路开通：备注")]
    assert (note.value, note.data_type) == ("=1+1", "s")


def _widest_page(sheet: Any) -> float:
    """The width of the widest printed page in points: a character is 7 pixels of 3/4 point, a column 5 pixels more."""
    widths = [5 + 7 * sheet.column_dimensions[column.column_letter].width for column in sheet[1]]
    [end] = [each.id for each in sheet.col_breaks.brk]
    return 0.75 * max(sum(widths[:end]), sum(widths[:2]) + sum(widths[end:]))
