"""Files as people and programs leave them: sheets with cells that have no value, temporary files of killed writers."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from inventory import sources, tables
from inventory.sources import write_atomically, xlsx
from tests.patience import PATIENCE


def records(fill):
    """The units of a workbook."""
    book = Workbook()
    sheet = book.active
    sheet.append(["name", "title", "region"])
    fill(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return tables.read(tables.UNITS, xlsx.parse(stream.getvalue(), "units.xlsx"))


def problems(fill):
    """Line, column and code of each fault."""
    return [(problem.line, problem.column, problem.code) for problem in records(fill).problems]


def test_merged_cells_are_called_merged():
    """Each cell but the first is empty in the file, though people see the value there."""

    def fill(sheet):
        sheet.append(["a", "民政局", "361102"])
        sheet.append(["b", None, "361102"])
        sheet.append(["c", None, "361102"])
        sheet.merge_cells("B2:B4")

    assert problems(fill) == [(3, "title", "merged-cell"), (4, "title", "merged-cell")]
    assert "B2" in str(records(fill).problems[0])
    assert "民政局" in str(records(fill).problems[0])


def test_merged_cells_without_a_value_are_just_empty():
    """A title line over the table's width, and an empty note over two rows, hide nothing."""

    def fill(sheet):
        sheet.append(["a", None, "361102"])
        sheet.append(["b", None, "361102"])
        sheet.merge_cells("B2:B3")

    assert problems(fill) == []


def test_a_formula_without_a_result_is_said():
    """As programs write it that do not calculate; also in a row that has nothing else."""

    def fill(sheet):
        sheet.append(["a", '="民政"&"局"', "361102"])
        sheet.append(['="b"', None, None])

    assert problems(fill) == [
        (2, "title", "formula-cell"),
        (3, "name", "formula-cell"),
        (3, "region", "missing-value"),
    ]


def test_a_formula_with_a_result_is_its_result():
    """As spreadsheets save it; also if the result is an empty text."""
    book = Workbook()
    book.active.append(["name", "title", "region"])
    book.active.append(["a", '="民政"&"局"', "361102"])
    book.active.append(["b", '=""', "361102"])
    written, saved = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                for cell, value in ((b"B2", "民政局".encode()), (b"B3", b"")):
                    data, count = re.subn(
                        b'<c r="' + cell + b'"[^>]*>(<f>.*?</f>)<v ?/?>(?:</v>)?',
                        b'<c r="' + cell + b'" t="str">\\1<v>' + value + b"</v>",
                        data,
                    )
                    assert count == 1, data
            new.writestr(name, data)
    found = tables.read(tables.UNITS, xlsx.parse(saved.getvalue(), "units.xlsx"))
    assert not found.problems
    assert [row.values["title"] for row in found.rows] == ["民政局", ""]


def test_invisible_characters_are_called_by_their_numbers():
    """A no-break space is no full-width one."""

    def fill(sheet):
        sheet.append(["a\u00a0", "x", "361102"])
        sheet.append(["b", "x", "\u200b361102"])

    found = records(fill).problems
    assert [(problem.line, problem.code) for problem in found] == [
        (2, "invisible-character"),
        (3, "invisible-character"),
    ]
    assert "U+00A0" in found[0].message.in_language("en")
    assert found[1].hint.in_language("en") == "type it again: 361102"


KILLED = """
import os, sys
from pathlib import Path
from inventory.sources import write_atomically
os.fsync = lambda _: os.kill(os.getpid(), 9)
write_atomically(Path(sys.argv[1]), b"new")
"""


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """The temporary file of a writer that was killed before it had finished."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    target = tmp_path / "mapping.csv"
    subprocess.run([sys.executable, "-c", KILLED, target], env=environment, check=False, timeout=PATIENCE)
    (left,) = tmp_path.iterdir()
    return left


def test_the_next_write_removes_what_a_killed_one_left(killed: Path):
    """And what it leaves is what the workspace's .gitignore names."""
    assert killed.match(".*.tmp")
    for name in (Path("cli/starter/gitignore"), Path("examples/lianyuan/.gitignore")):
        assert ".*.tmp" in (Path(__file__).parents[2] / name).read_text(encoding="utf-8").splitlines()
    past = time.time() - 3600
    os.utime(killed, (past, past))
    sources._tidy.cache_clear()
    write_atomically(killed.parent / "mapping.csv", b"newer")
    assert [path.name for path in killed.parent.iterdir()] == ["mapping.csv"]


def test_temporary_files_that_may_be_in_use_stay(tmp_path: Path):
    """Those of a process that lives, those just written, and whatever is not ours."""
    past = time.time() - 3600
    names = [f".a.csv.{os.getpid()}.abcdefgh.tmp", ".notes.tmp", "b.4194304.abcdefgh.tmp"]
    for name in names:
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (past, past))
    (tmp_path / ".a.csv.4194304.abcdefgh.tmp").write_bytes(b"")  # no such process, but from just now
    sources._tidy.cache_clear()
    write_atomically(tmp_path / "a.csv", b"")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names, ".a.csv.4194304.abcdefgh.tmp", "a.csv"}
