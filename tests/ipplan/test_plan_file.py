"""plan.csv: what is written is read; what is wrong is named by line and column; a kill leaves a whole file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import GovnetError, InputError
from inventory.model import Area, Level
from ipplan.plan import COLUMNS, Allocation, BlockRow, Plan, PoolRow, parse, read, to_text, write
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ",".join(COLUMNS)
names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
prefixes = st.tuples(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.integers(1, 32)).map(
    lambda pair: ip_network(f"{pair[0]}/{pair[1]}", strict=False)
)
pool_rows = st.builds(PoolRow, st.sampled_from(Area), names, names, prefixes)
block_rows = st.builds(BlockRow, st.sampled_from(Area), names, names, st.sampled_from(Level), names, prefixes)
allocations = st.builds(
    Allocation, st.sampled_from(Area), names, names, names, st.sampled_from(Level), names, names, prefixes
)
plans = st.builds(
    Plan,
    st.lists(pool_rows, max_size=4).map(tuple),
    st.lists(block_rows, max_size=4).map(tuple),
    st.lists(allocations, max_size=8).map(tuple),
)


@settings(max_examples=50)
@given(plans)
def test_what_is_written_is_read(plan: Plan) -> None:
    """Any plan comes back equal, and the same text comes from it again."""
    text = to_text(plan)
    again = parse(text)
    assert again == plan
    assert to_text(again) == text
    assert "\r" not in text.replace('"', "")


@settings(max_examples=50)
@given(plans, st.randoms())
def test_the_order_of_rows_is_the_plans(plan: Plan, random: object) -> None:
    """Rows in any order give the same file."""
    head, *rows = to_text(plan).splitlines()
    random.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert to_text(parse("\n".join([head, *rows]))) == to_text(plan)


@given(st.text(max_size=200))
def test_any_text_is_a_plan_or_input_errors(text: str) -> None:
    """Garbage never gives anything else than InputError."""
    for candidate in (text, f"{HEADER}\n{text}"):
        try:
            plan, problems = parse(candidate), 1
        except InputError as error:
            plan, problems = Plan(), len(error.problems)
        assert isinstance(plan, Plan)
        assert problems


GOOD = "allocation,public,default,lans,lan,ipv4,township,431382001,lan-a,10.20.0.0/24"
FAULTS = [
    ("10.20.0.0/24", "10.020.0.0/24", "leading-zero", "prefix", "写|请改"),
    ("10.20.0.0/24", "１０.20.0.0/24", "full-width", "prefix", "全角"),
    ("10.20.0.0/24", "10.20.0.5/24", "host-bits", "prefix", "主机"),
    ("10.20.0.0/24", "10.20.0.0", "no-prefix-length", "prefix", "前缀长度"),
    ("10.20.0.0/24", "", "empty-cell", "prefix", "空"),
    ("lan-a", "", "empty-cell", "owner", "空"),
    ("ipv4", "ipv6", "wrong-family", "family", "不属于"),
    ("ipv4", "IPv4", "bad-choice", "family", ""),
    ("allocation", "alocation", "bad-choice", "kind", ""),
    ("public", "公用", "bad-choice", "area", ""),
    ("township", "town", "bad-choice", "level", ""),
    (GOOD, GOOD + ",", "cell-count", "", "单元格"),
    ("allocation,", "pool,", "superfluous-cell", "function", "不填"),
    ("allocation,", "block,", "superfluous-cell", "function", "不填"),
]


@pytest.mark.parametrize(("old", "new", "code", "column", "chinese"), FAULTS)
def test_a_faulty_row_is_named(old: str, new: str, code: str, column: str, chinese: str) -> None:
    """A hand-edited row is checked as strictly as any other input: file, line, column, what to write."""
    text = f"{HEADER}\n\n{GOOD.replace(old, new)}\n"
    with pytest.raises(InputError) as caught:
        parse(text, "plan/plan.csv")
    problem = caught.value.problems[0]
    assert (problem.file, problem.line, problem.column, problem.code) == ("plan/plan.csv", 3, column, code)
    assert any(part in problem.in_language("zh_CN") for part in chinese.split("|"))
    assert problem.in_language("zh_CN") != problem.in_language("en")


def test_all_faulty_rows_are_said_at_once() -> None:
    """Every row's faults come in one go."""
    rows = [GOOD.replace(old, new) for old, new, *_ in FAULTS]
    with pytest.raises(InputError) as caught:
        parse("\n".join([HEADER, *rows]))
    assert {problem.line for problem in caught.value.problems} == set(range(2, 2 + len(rows)))


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        (HEADER.replace(",owner", ""), ["missing-column"]),
        (HEADER + ",note", ["unknown-column"]),
        (HEADER + ",owner", ["duplicate-column"]),
        (HEADER.replace(",", ";"), ["wrong-separator"]),
        (HEADER.replace(",", "，"), ["wrong-separator"]),
        ("所属,地址段", ["missing-column"] * len(COLUMNS) + ["unknown-column"] * 2),
    ],
)
def test_a_faulty_heading_is_named(header: str, codes: list[str]) -> None:
    """Columns that are missing, unknown or there twice."""
    with pytest.raises(InputError) as caught:
        parse(header + "\n")
    assert [problem.code for problem in caught.value.problems] == codes


def test_columns_in_another_order_crlf_bom_and_gbk(tmp_path: Path) -> None:
    """What a spreadsheet does to the file on the way does not matter."""
    row = dict(zip(COLUMNS, GOOD.replace("lan-a", "安平镇局域网").split(","), strict=True))
    order = sorted(COLUMNS)
    text = ",".join(order) + "\r\n" + ",".join(row[column] for column in order) + "\r\n"
    plan = parse(f"{HEADER}\n{GOOD.replace('lan-a', '安平镇局域网')}\n")
    path = tmp_path / "plan.csv"
    for encoding in ("utf-8-sig", "utf-8", "gb18030"):
        path.write_bytes(text.encode(encoding))
        assert read(path) == plan
    assert to_text(plan).startswith("\ufeffkind")
    assert to_text(parse(f"{HEADER}\n{GOOD}\n")).startswith("kind")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the disk refuses, the old plan stands and nothing lies about."""
    path = tmp_path / "plan.csv"
    write(parse(f"{HEADER}\n{GOOD}\n"), path)
    before = path.read_bytes()

    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(GovnetError, match="cannot be written: No space"):
        write(Plan(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_refuses_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a read-only file system the reason is what is said, not that the half-written file cannot be removed."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr(type(tmp_path), "unlink", refuse)
    with pytest.raises(GovnetError, match=r"plan\.csv cannot be written: Read-only file system"):
        write(Plan(), tmp_path / "plan" / "plan.csv")


def test_mode_and_link_outlive_the_writing(tmp_path: Path) -> None:
    """A plan that only its owner may read stays so, and a symbolic link goes on pointing where it did."""
    kept = tmp_path / "elsewhere" / "plan.csv"
    kept.parent.mkdir()
    write(Plan(), kept)
    kept.chmod(0o600)
    link = tmp_path / "plan.csv"
    link.symlink_to(kept)
    write(parse(f"{HEADER}\n{GOOD}\n"), link)
    assert link.is_symlink()
    assert read(kept) == parse(f"{HEADER}\n{GOOD}\n")
    assert kept.stat().st_mode & 0o777 == 0o600


WRITER = """
import sys
from pathlib import Path
from ipplan.plan import Plan, parse, write
path = Path(sys.argv[1])
plan = parse(path.read_text())
other = Plan(plan.pool_rows, plan.blocks, plan.allocations[: len(plan.allocations) // 2])
print("ready", flush=True)
while True:
    write(other, path)
    write(plan, path)
"""


def test_a_kill_leaves_the_old_plan_or_the_new_one(tmp_path: Path, lianyuan: Path) -> None:
    """Killed at any moment while it writes, the file is one of the two plans, whole."""
    path = tmp_path / "plan.csv"
    full = (lianyuan / "plan" / "plan.csv").read_text(encoding="utf-8")
    plan = parse(full)
    whole = {full, to_text(Plan(plan.pool_rows, plan.blocks, plan.allocations[: len(plan.allocations) // 2]))}
    for delay in (0.001, 0.004, 0.009, 0.02, 0.031):
        path.write_text(full, encoding="utf-8")
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=PATIENCE)
        assert path.read_text(encoding="utf-8") in whole


def test_an_open_quotation_mark_is_said_where_its_row_begins() -> None:
    """Not at the end of the file, where the reader noticed it."""
    row = "pool,public,default,p,,ipv4,,,,10.0.0.0/8\n"
    with pytest.raises(InputError) as caught:
        parse(HEADER.rstrip() + "\n" + row + '"' + row + row)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("bad-csv", 3)]
