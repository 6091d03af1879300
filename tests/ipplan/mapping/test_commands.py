"""`govnet plan map` and `govnet plan stages` as people and programs use them."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
import yaml
from openpyxl import Workbook
from typer.testing import CliRunner

from cli.main import build
from inventory.errors import InputError
from ipplan import mapping_file
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
prefix,owner,function,gateway,hosts,mode
10.1.0.0/24,安平镇机关,,10.1.0.254,,
10.1.1.0/27,lan-un-anping,,10.1.1.1,,
10.1.2.0/30,ln-anping,,10.1.2.1,10.1.2.1; 10.1.2.2,
192.168.1.0/24,市民政局,,192.168.1.1,30,nat_edge
"""


@pytest.fixture
def space(tmp_path: Path, lianyuan: Path) -> Path:
    """A copy of the example with a table of today."""
    root = tmp_path / "lianyuan"
    shutil.copytree(lianyuan, root)
    (root / "plan" / "current.csv").write_text(GOOD, encoding="utf-8")
    return root


def run(space: Path, *arguments: str):
    """Run `govnet plan …` in a workspace."""
    return CliRunner().invoke(build(["plan"]), ["plan", *arguments, "-w", str(space)])


def test_map_writes_the_mapping_and_says_what_it_did(space: Path):
    """A table of modes for people; the file; a second run changes nothing."""
    result = run(space, "map")
    assert result.exit_code == 0, result.output
    assert "same_size" in result.stdout
    assert len(mapping_file.read(space / "plan" / "mapping.csv").prefixes) == 4
    first = (space / "plan" / "mapping.csv").read_bytes()
    again = run(space, "map", "--json")
    assert json.loads(again.stdout)["written"] is False
    assert (space / "plan" / "mapping.csv").read_bytes() == first


def test_check_writes_nothing(space: Path):
    """Exit 1 if the mapping would change, 0 if it is up to date."""
    assert run(space, "map", "--check").exit_code == 1
    assert not (space / "plan" / "mapping.csv").exists()
    run(space, "map")
    assert run(space, "map", "--check").exit_code == 0


def test_what_is_refused_is_said_and_the_rest_is_mapped(space: Path):
    """Exit 1, a reason with line and column; the refused row stands in the mapping without a place."""
    table = space / "plan" / "current.csv"
    table.write_text(GOOD + "10.7.0.0/16,lan-anping,,,500,\n", encoding="utf-8")
    result = run(space, "map", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["ok"] is False
    assert document["modes"]["refused"]["prefixes"] == 2  # it shares its target with line 2
    assert {entry["line"] for entry in document["refused"]} == {2, 6}
    assert all(entry["message"]["zh"] != entry["message"]["en"] for entry in document["refused"])


def test_a_table_that_contradicts_itself_is_bad_input(space: Path):
    """Exit 2 for what no other plan would mend; the other rows are mapped all the same."""
    table = space / "plan" / "current.csv"
    table.write_text(GOOD + "10.8.0.0/24,lan-anping,,,,\n10.8.0.0/24,lan-anping,,,,\n", encoding="utf-8")
    result = run(space, "map", "--json")
    assert result.exit_code == 2
    assert {entry["code"] for entry in json.loads(result.stdout)["refused"]} == {"duplicate-prefix"}
    assert len(mapping_file.read(space / "plan" / "mapping.csv").prefixes) == 5


def test_the_faults_of_both_tables_are_said_at_once(space: Path):
    """Today's and the hosts'."""
    (space / "plan" / "current.csv").write_text("prefix\n10.1.0.1/24\n", encoding="utf-8")
    (space / "plan" / "hosts.csv").write_text("old,new\n10.1.0.300,\n", encoding="utf-8")
    result = run(space, "map")
    assert isinstance(result.exception, InputError)
    assert [problem.file for problem in result.exception.problems] == ["plan/current.csv", "plan/hosts.csv"]


def test_a_mapping_that_is_written_is_one_that_stages_and_export_take(space: Path):
    """A prefix that stays, with a gateway that moves inside it."""
    plan = (space / "plan" / "plan.csv").read_text(encoding="utf-8-sig")
    row = next(row for row in csv.DictReader(io.StringIO(plan)) if row["owner"] == "lan-anping")
    network = ip_network(row["prefix"])
    last, host = network.broadcast_address - 1, network.network_address + 9
    table = space / "plan" / "current.csv"
    table.write_text(f"prefix,owner,gateway,hosts\n{network},lan-anping,{last},{host}\n", encoding="utf-8")
    assert run(space, "map").exit_code == 0
    result = run(space, "stages", "--json")
    assert result.exit_code == 0, result.output
    changes = {
        (change["old"], change["new"]) for step in json.loads(result.stdout)["steps"] for change in step["changes"]
    }
    assert changes == {(f"{last}/32", f"{network.network_address + 1}/32")}
    assert run(space, "export", "--format", "mapping", "--out", str(space / "out")).exit_code == 0


def test_bad_input_ends_with_one_message_a_fault(space: Path):
    """Nothing is written, every fault is named."""
    (space / "plan" / "current.csv").write_text(
        "prefix,vrf\n10.1.0.1/24,\n010.2.0.0/24,\n10.3.0.0/24,nowhere\n", encoding="utf-8"
    )
    result = run(space, "map")
    assert isinstance(result.exception, InputError)
    assert [(p.line, p.column, p.code) for p in result.exception.problems] == [
        (2, "prefix", "host-bits"),
        (3, "prefix", "leading-zero"),
        (4, "vrf", "unknown-vrf"),
    ]
    assert not (space / "plan" / "mapping.csv").exists()


def test_without_a_table_the_way_to_one_is_said(space: Path):
    """The hint names the command that makes one."""
    (space / "plan" / "current.csv").unlink()
    result = run(space, "map")
    assert isinstance(result.exception, InputError)
    assert "govnet inventory discover" in str(result.exception.problems[0].hint)


def test_stages_are_written_for_the_rollout(space: Path):
    """YAML with the same keys as --json, waves within the limit, every need before its step."""
    run(space, "map")
    result = run(space, "stages", "--json", "--max-in-flight", "1", "--out", str(space / "plan" / "stages.yaml"))
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    stored = yaml.safe_load((space / "plan" / "stages.yaml").read_text(encoding="utf-8"))
    assert stored == {key: document[key] for key in stored}
    assert stored["steps"]
    assert all(len(wave["sites"]) <= 1 for wave in stored["waves"])
    seen: set[str] = set()
    for step in stored["steps"]:
        assert set(step["needs"]) <= seen
        seen.add(step["id"])
    people = run(space, "stages")
    assert "waves" in people.stdout


def test_stages_without_a_mapping_say_what_to_run(space: Path):
    """The hint names the command that makes one."""
    result = run(space, "stages")
    assert isinstance(result.exception, InputError)
    assert "govnet plan map" in str(result.exception.problems[0].hint)


WRITER = """
import sys
from pathlib import Path
from ipplan import mapping_file
one, two = (mapping_file.read(Path(name)) for name in sys.argv[1:3])
print("ready", flush=True)
while True:
    mapping_file.write(one, Path(sys.argv[3]))
    mapping_file.write(two, Path(sys.argv[3]))
"""


def test_a_kill_at_any_moment_leaves_one_whole_mapping(tmp_path: Path):
    """Killed while it writes without a pause: the file is the one or the other, never a part."""
    texts = []
    for name in ("one", "two"):
        start = 1 if name == "one" else 2
        rows = "".join(f"10.{start}.{n}.0/24,10.{start + 8}.{n}.0/24\n" for n in range(200))
        (tmp_path / f"{name}.csv").write_text("old,new\n" + rows, encoding="utf-8")
        texts.append(mapping_file.to_text(mapping_file.read(tmp_path / f"{name}.csv")))
    target = tmp_path / "mapping.csv"
    for attempt in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "one.csv"), str(tmp_path / "two.csv"), str(target)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()
            while not target.exists():
                time.sleep(0.001)
            time.sleep(0.003 * attempt)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        assert target.read_text(encoding="utf-8") in texts


def test_map_reads_another_table_and_writes_elsewhere(space: Path, tmp_path: Path):
    """--current takes a CSV or XLSX file, --out another place; the workspace's own files stay as they are."""
    (space / "plan" / "current.csv").unlink()
    table, workbook, made = tmp_path / "today.csv", tmp_path / "today.xlsx", tmp_path / "new" / "mapping.csv"
    table.write_text(GOOD, encoding="utf-8")
    book = Workbook()
    for row in csv.reader(io.StringIO(GOOD)):
        book.active.append(row)
    book.save(workbook)
    result = run(space, "map", "--current", str(table), "--out", str(made), "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["file"], document["written"]) == (str(made), True)
    assert len(mapping_file.read(made).prefixes) == 4
    assert not (space / "plan" / "mapping.csv").exists()
    again = run(space, "map", "--current", str(workbook), "--out", str(made), "--check")
    assert again.exit_code == 0, again.output
    assert f"{made} is up to date" in again.stdout.replace("\n", "")


def test_faults_of_another_table_have_its_name(space: Path, tmp_path: Path):
    """What is wrong is said with the file that was given; one that is not there is a mistake as well."""
    table = tmp_path / "today.csv"
    table.write_text("prefix\n10.1.1.1/24\n", encoding="utf-8")
    for file in (table, tmp_path / "none.csv"):
        result = run(space, "map", "--current", str(file))
        assert isinstance(result.exception, InputError)
        assert {problem.file for problem in result.exception.problems} == {str(file)}
