"""Today's table from configurations: rows with their evidence, nothing guessed, nothing lost."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli.main import build
from configs import discover
from configs.archive import Archive
from configs.dialects import dialect
from inventory import workspace
from ipplan import current

if TYPE_CHECKING:
    from pathlib import Path

R1 = """\
#
sysname R1
#
interface GigabitEthernet0/0/1
 ip address 10.1.1.2 255.255.255.0
 vrrp vrid 1 virtual-ip 10.1.1.254
#
interface GigabitEthernet0/0/2
 ip address 10.254.0.1 255.255.255.252
#
interface LoopBack0
 ip address 10.255.0.1 32
#
ip route-static 10.50.0.0 255.255.255.0 10.254.0.2
ip route-static 0.0.0.0 0 10.254.0.2
nat server global 203.0.113.30 inside 10.1.1.80
#
return
"""
R2 = """\
#
sysname R2
#
interface GigabitEthernet0/0/1
 ip address 10.1.1.3 255.255.255.0
#
interface GigabitEthernet0/0/2
 ip address 10.254.0.2 255.255.255.252
#
interface GigabitEthernet0/0/3
 ip binding vpn-instance med
 ip address 10.254.0.1 255.255.255.252
#
return
"""


def used(name: str, text: str) -> discover.Used:
    """What one configuration uses."""
    language = dialect("huawei")
    found = language.addresses(language.parse(text.encode()))
    assert found is not None
    return discover.Used(name, f"{name}.cfg", found.uses)


def test_rows_are_merged_over_devices_and_kept_apart_by_vrf():
    """One row a prefix and VRF, with all its devices and lines."""
    rows = {(row.vrf, str(row.prefix)): row for row in discover.rows([used("r1", R1), used("r2", R2)])}
    assert list(rows) == [
        ("default", "10.1.1.0/24"),
        ("default", "10.50.0.0/24"),
        ("default", "10.254.0.0/30"),
        ("default", "10.255.0.1/32"),
        ("default", "203.0.113.30/32"),
        ("med", "10.254.0.0/30"),
    ]
    lan = rows["default", "10.1.1.0/24"]
    assert (lan.owner, str(lan.gateway)) == ("r1, r2", "10.1.1.254")
    assert lan.evidence == "r1.cfg:5; r2.cfg:5; r1.cfg:6; r1.cfg:16"
    assert "10.1.1.80" in lan.note


def test_hosts_are_only_known_where_configurations_show_them_all():
    """Of a LAN only routers are seen: its hosts stay unknown, or a shrink would lose them."""
    rows = {(row.vrf, str(row.prefix)): row for row in discover.rows([used("r1", R1), used("r2", R2)])}
    assert rows["default", "10.1.1.0/24"].hosts == current.UNKNOWN
    assert list(map(str, rows["default", "10.254.0.0/30"].hosts.addresses or ())) == ["10.254.0.1", "10.254.0.2"]
    assert list(map(str, rows["default", "10.255.0.1/32"].hosts.addresses or ())) == ["10.255.0.1"]


def test_what_is_behind_a_static_route_is_a_row_of_its_own():
    """Somebody has it, though no interface shows it; a default route says nothing."""
    rows = {str(row.prefix): row for row in discover.rows([used("r1", R1)])}
    assert (rows["10.50.0.0/24"].function, rows["10.50.0.0/24"].owner) == ("route", "")
    assert rows["203.0.113.30/32"].function == "nat_outside"
    assert "0.0.0.0/0" not in rows


def test_the_table_can_be_read_by_plan_map():
    """What discovery writes is what `current` reads."""
    rows = discover.rows([used("r1", R1), used("r2", R2)])
    text = current.to_text(rows)
    assert current.to_text(current.parse(text).rows) == text


def test_the_inventory_names_the_lines(lianyuan: Path):
    """An interface that is the end of a line has the line as owner; of a circuit the a end's address is the gateway."""
    inventory = workspace.load(lianyuan).inventory
    frr = dialect("frr")
    text = (
        b"frr version 8.4\ninterface eth1\n ip address 10.9.0.2/30\nexit\n"
        b"interface eth2\n ip address 10.9.1.1/24\nexit\n"
    )
    found = frr.addresses(frr.parse(text))
    assert found is not None
    rows = discover.rows([discover.Used("rt-anping", "rt-anping.cfg", found.uses)], inventory)
    assert [(row.owner, str(row.gateway)) for row in rows] == [("ln-anping", "None"), ("lan-anping", "10.9.1.1")]


@pytest.fixture
def run():
    """Run `govnet inventory discover`."""

    def call(*arguments: object):
        return CliRunner().invoke(build(["inventory"]), ["inventory", "discover", *map(str, arguments)])

    return call


def test_the_command_writes_a_table_and_says_what_it_could_not_read(run, tmp_path: Path, lianyuan: Path):
    """A file of no known language and one that cannot be decoded: named, the others are read, exit 3."""
    sources = tmp_path / "src"
    sources.mkdir()
    (sources / "r1.cfg").write_text(R1, encoding="utf-8")
    (sources / "bad.cfg").write_bytes(b"\xff\xff\xff\x81\n")
    (sources / "notes.txt").write_text("nothing\n", encoding="utf-8")
    root = tmp_path / "work"
    shutil.copytree(lianyuan, root)
    out = root / "plan" / "current.csv"
    result = run(sources, "--out", out, "-w", root, "--json")
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert [entry["file"] for entry in document["not_read"]] == ["bad.cfg", "notes.txt"]
    assert len(document["rows"]) == 5
    assert [str(row.prefix) for row in current.read(out).rows] == [row["prefix"] for row in document["rows"]]


def test_a_table_that_is_there_is_not_replaced_unasked(run, tmp_path: Path):
    """Somebody may have worked on it."""
    (tmp_path / "r1.cfg").write_text(R1, encoding="utf-8")
    out = tmp_path / "current.csv"
    out.write_text("mine\n", encoding="utf-8")
    assert run(tmp_path / "r1.cfg", "--out", out, "-w", tmp_path).exit_code != 0
    assert out.read_text(encoding="utf-8") == "mine\n"
    assert run(tmp_path / "r1.cfg", "--out", out, "-w", tmp_path, "--force").exit_code == 0
    assert current.read(out).rows


def archived(root: Path, texts: dict[str, bytes]) -> None:
    """Put texts into a workspace's archive."""
    Archive(root / "archive").store(texts, "backup")


def test_devices_that_were_never_archived_are_one_note(run, tmp_path: Path, lianyuan: Path):
    """All that the archive has was read: exit 0, one line with how many devices it lacks, all of them with --json."""
    root = tmp_path / "work"
    shutil.copytree(lianyuan, root)
    devices = list(workspace.load(root).inventory.devices)
    archived(root, {"rt-anping": b"frr version 8.4\ninterface eth2\n ip address 10.9.1.1/24\nexit\n"})
    result = run("archive:", "-w", root)
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stderr.splitlines() if "not in the archive" in line]
    assert len(lines) == 1
    assert f"{len(devices) - 1} devices" in lines[0]
    document = json.loads(run("archive:", "-w", root, "--json").stdout)
    assert document["ok"] is True
    assert document["not_read"] == []
    assert document["not_archived"] == [name for name in devices if name != "rt-anping"]


def test_an_archived_text_that_cannot_be_read_is_a_failure(run, tmp_path: Path, lianyuan: Path):
    """The device has an archive and its addresses stay unknown: exit 3, whatever the others say."""
    root = tmp_path / "work"
    shutil.copytree(lianyuan, root)
    archived(root, {"rt-anping": b"\xff\xff\xff\x81\n"})
    result = run("archive:", "-w", root, "--json")
    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert [entry["file"] for entry in document["not_read"]] == ["rt-anping/running.cfg"]
    assert "rt-anping" not in document["not_archived"]


def test_an_archive_without_any_device_of_the_inventory_is_no_table(run, tmp_path: Path, lianyuan: Path):
    """Nothing was read, so nothing is known: that is an error, not an empty table."""
    root = tmp_path / "work"
    shutil.copytree(lianyuan, root)
    archived(root, {"somebody-else": b"frr version 8.4\n"})
    result = run("archive:", "--out", tmp_path / "today.csv", "-w", root)
    assert [problem.code for problem in result.exception.problems] == ["not-in-archive"]
    assert not (tmp_path / "today.csv").exists()


def test_files_with_the_same_fault_share_a_line(run, tmp_path: Path):
    """Twenty notes among the configurations are one line, with the first names and how many more."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "r1.cfg").write_text(R1, encoding="utf-8")
    for number in range(20):
        (tmp_path / "src" / f"n{number:02}.txt").write_text("nothing\n", encoding="utf-8")
    result = run(tmp_path / "src", "-w", tmp_path)
    assert result.exit_code == 3
    (line,) = (line for line in result.stderr.splitlines() if "no dialect" in line)
    assert "n00.txt" in line
    assert "8 more" in line
