"""Today's table: what it may say, and what each row is told that cannot be read."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from inventory.errors import InputError
from ipplan import current, current_checks, current_overlaps
from ipplan.mapping import Mode

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "prefix,vrf,owner,function,gateway,hosts,mode,new,evidence,note\n"

GOOD = (
    HEAD
    + "10.1.0.0/24,,安平镇,office,10.1.0.254,10.1.0.5; 10.1.0.9-12,,,a.cfg:7,老网段\n"
    + "192.168.1.0/24,,民政局,,192.168.1.1,30,nat_edge,,,\n"
    + "10.2.0.0/24,med,x,,,0,split,10.2.0.0/25=10.9.0.0/25; 10.2.0.128/25=ln-a,,\n"
    + "2001:db8::/64,,y,,2001:db8::1,,,2001:db8:1::/64,,\n"
)


def test_a_row_says_what_is_there_and_where_it_goes():
    """Hosts may be listed, counted or unknown; targets are prefixes or names, with their part of a split."""
    rows = current.parse(GOOD).rows
    assert [row.prefix for row in rows] == [
        ip_network(text) for text in ("10.1.0.0/24", "192.168.1.0/24", "10.2.0.0/24", "2001:db8::/64")
    ]
    assert rows[0].hosts.addresses == tuple(map(ip_address, ("10.1.0.5", *(f"10.1.0.{n}" for n in range(9, 13)))))
    assert (rows[1].hosts.addresses, rows[1].hosts.count) == (None, 30)
    assert (rows[2].hosts.addresses, rows[2].hosts.count) == ((), 0)
    assert rows[3].hosts == current.UNKNOWN
    assert [(str(target.part), str(target.prefix), target.name) for target in rows[2].new] == [
        ("10.2.0.0/25", "10.9.0.0/25", ""),
        ("10.2.0.128/25", "None", "ln-a"),
    ]
    assert rows[1].space == "edge:民政局"
    assert rows[1].mode is Mode.NAT_EDGE


def test_a_table_written_and_read_again_is_the_same():
    """`to_text` writes what `parse` reads, whatever stands in it."""
    text = current.to_text(current.parse(GOOD).rows)
    assert current.to_text(current.parse(text).rows) == text


def test_chinese_headings_and_a_workbook_are_understood(tmp_path: Path):
    """The table may be a sheet with Chinese headings."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["前缀", "使用单位", "网关", "已用地址", "迁移方式"])
    sheet.append(["10.1.0.0/24", "安平镇", "10.1.0.1", 120, "保留"])
    path = tmp_path / "current.xlsx"
    book.save(path)
    (row,) = current.read(path).rows
    assert (row.owner, row.hosts.count, row.mode, row.source.line) == ("安平镇", 120, Mode.KEEP, 2)


# text of one row, the column that is complained about, the code, and what to write instead
FAULTS = [
    ("10.1.0.3/24,,,,,,,,,", "prefix", "host-bits", "10.1.0.0/24"),
    ("010.1.0.0/24,,,,,,,,,", "prefix", "leading-zero", "10.1.0.0/24"),
    ("１0.1.0.0/24,,,,,,,,,", "prefix", "full-width", "10.1.0.0/24"),
    ("10.1.0.0,,,,,,,,,", "prefix", "no-prefix-length", "10.20.0.0/24"),
    ("10.1.0.0/33,,,,,,,,,", "prefix", "bad-prefix", "10.20.0.0/24"),
    (",,,,,,,,,x", "prefix", "missing-value", "needs a value"),
    ("10.1.0.0/24,lndz,,,,,,,,", "vrf", "unknown-vrf", "did you mean “ldz”"),
    ("10.1.0.0/24,a b,,,,,,,,", "vrf", "bad-name", "letters"),
    ("10.1.0.0/24,,,,10.1.0.0,,,,,", "gateway", "outside-prefix", "10.1.0.0/24"),
    ("10.1.0.0/24,,,,10.1.0.255,,,,,", "gateway", "outside-prefix", "10.1.0.0/24"),
    ("10.1.0.0/24,,,,10.1.1.1,,,,,", "gateway", "outside-prefix", "10.1.0.0/24"),
    ("10.1.0.0/24,,,,10.1.0.01,,,,,", "gateway", "leading-zero", "write 10.1.0.1"),
    ("10.1.0.0/24,,,,10.1.0.１,,,,,", "gateway", "full-width", "write 10.1.0.1"),
    ("10.1.0.0/24,,,,,10.1.1.7,,,,", "hosts", "outside-prefix", "10.1.0.0/24"),
    ("10.1.0.0/24,,,,,10.1.0.9-5,,,,", "hosts", "bad-range", "lower address first"),
    ("10.1.0.0/24,,,,,10.1.0.９,,,,", "hosts", "full-width", "write 10.1.0.9"),
    ("12.0.0.0/8,,,,,12.0.0.1-12.200.0.1,,,,", "hosts", "too-many-hosts", "hosts.csv"),
    ("10.1.0.0/24,,,,,999,,,,", "hosts", "beyond-prefix", "or correct the prefix"),
    ("10.1.0.0/24\u00a0,,,,,,,,,", "prefix", "invisible-character", "type it again: 10.1.0.0/24"),
    ("10.1.0.0/24,,,,\u200b10.1.0.1,,,,,", "gateway", "invisible-character", "type it again: 10.1.0.1"),
    ("10.1.0.0/24,,,,,,拒绝,,,", "mode", "bad-choice", "keep"),
    ("10.1.0.0/24,,,,,a few,,,,", "hosts", "bad-address", "10.1.1.2"),
    ("10.1.0.0/24,,,,,-,,,,", "hosts", "bad-hosts", "0 for none"),
    ("10.1.0.0/24,,,,,10.1.0.3-,,,,", "hosts", "bad-hosts", "10.1.1.10-10.1.1.20"),
    ("10.1.0.0/24,,,,,10.1.0.3-4-5,,,,", "hosts", "bad-hosts", "10.1.1.10-10.1.1.20"),
    ("10.1.0.0/24,,,,,120台,,,,", "hosts", "bad-hosts", "how many hosts"),
    ("10.1.0.0 255.255.255.0,,,,,,,,,", "prefix", "netmask", "write 10.1.0.0/24"),
    ("10.1.0.0/24,,,,,,moved,,,", "mode", "bad-choice", "same_size"),
    ("10.1.0.0/24,,,,,,refused,,,", "mode", "bad-choice", "keep"),
    ("10.1.0.0/24,,,,,,nat_edge,,,", "owner", "missing-value", "unit"),
    ("10.1.0.0/24,,,,,,,10.2.0.0/25=10.3.0.0/25,,", "new", "outside-prefix", "10.1.0.0/24"),
    ("10.1.0.0/24,,,,,,,2001:db8::/64,,", "new", "wrong-family", "IPv6"),
    ("10.1.0.0/24,,,,,,,10.2.0.1/24,,", "new", "host-bits", "10.2.0.0/24"),
]


@pytest.mark.parametrize(("row", "column", "code", "hint"), FAULTS, ids=[f"{f[2]}-{f[1]}" for f in FAULTS])
def test_a_fault_is_named_with_its_line_column_and_remedy(row: str, column: str, code: str, hint: str):
    """One fault in one cell gives one problem there."""
    with pytest.raises(InputError) as raised:
        current.parse(HEAD + "10.99.0.0/24,,,,,,,,,\n" + row + "\n", vrfs={"ldz"})
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.column, problem.code) == ("plan/current.csv", 3, column, code)
    assert hint in problem.hint.in_language("en")


def test_all_faults_are_said_at_once():
    """Nobody has to run it twice to hear of the second fault."""
    with pytest.raises(InputError) as raised:
        current.parse(HEAD + "".join(f"{row}\n" for row, *_ in FAULTS), vrfs={"ldz"})
    lines = {problem.line for problem in raised.value.problems}
    assert lines == set(range(2, 2 + len(FAULTS)))


def test_overlaps_are_said_together_with_faulty_cells():
    """Also of a row whose own fault is in another cell."""
    with pytest.raises(InputError) as raised:
        current.parse(HEAD + "10.1.0.0/24,,a,,,many,,,,\n10.1.0.0/24,,b,,,,,,,\n10.2.0.0/33,,c,,,,,,,\n")
    assert [(problem.line, problem.code) for problem in raised.value.problems] == [
        (2, "bad-address"),
        (2, "duplicate-prefix"),
        (3, "duplicate-prefix"),
        (4, "bad-prefix"),
    ]


def test_the_choice_of_modes_does_not_offer_what_is_rejected():
    """`refused` is no wish."""
    with pytest.raises(InputError) as raised:
        current.parse(HEAD + "10.1.0.0/24,,,,,,moved,,,\n")
    assert "refused" not in str(raised.value.problems[0])


def test_of_equal_prefixes_neither_and_of_nested_ones_the_narrower_is_believed():
    """Overlaps refuse rows; the other rows stay usable."""
    table = current.parse(
        HEAD + "10.1.0.0/24,,a,,,,,,,\n10.1.0.0/24,,b,,,,,,,\n"
        "10.2.0.0/16,,c,,,,,,,\n10.2.3.0/24,,d,,,,,,,\n10.2.3.0/24,med,e,,,,,,,\n"
    )
    found = {row.owner: problem.code for row, problem in current_overlaps.overlaps(table.rows).items()}
    assert found == {"a": "duplicate-prefix", "b": "duplicate-prefix", "c": "overlap"}


def test_equal_rows_are_two_rows():
    """The same row written twice is refused twice, each with its own line."""
    table = current.parse(HEAD + "10.1.0.0/24,,a,,,,,,,\n10.1.0.0/24,,a,,,,,,,\n")
    assert sorted(problem.line for problem in current_overlaps.overlaps(table.rows).values()) == [2, 3]


def test_private_lans_behind_nat_may_repeat():
    """With the mode nat_edge each unit's LAN is in a namespace of its own; without it they are duplicates."""
    rows = "192.168.1.0/24,,{0},,,,{2},,,\n192.168.1.0/24,,{1},,,,{2},,,\n"
    assert not current_overlaps.overlaps(current.parse(HEAD + rows.format("a", "b", "nat_edge")).rows)
    problems = current_overlaps.overlaps(current.parse(HEAD + rows.format("a", "b", "")).rows)
    assert len(problems) == 2
    assert all("nat_edge" in problem.hint.in_language("en") for problem in problems.values())


def test_what_somebody_should_look_at_is_no_fault():
    """Squatted space, public space behind NAT and gaps are said and stop nothing."""
    table = current.parse(
        HEAD + "19.1.0.0/24,,a,,,,,,,\n59.1.0.0/24,,b,,,,,,,\n"
        "10.1.0.0/24,,c,,,,,,,\n10.1.2.0/24,,d,,,,,,,\n8.8.8.0/24,,e,,,,nat_edge,,,\n"
    )
    found = current_checks.findings(table, registered=[ip_network("59.0.0.0/8")])
    assert [(problem.code, problem.line) for problem in found] == [
        ("squatted", 2),
        ("gap", 5),
        ("nat-not-private", 6),
        ("squatted", 6),
    ]
