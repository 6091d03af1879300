"""`govnet config readdress`: what is written, what is left out, and the exit codes."""

from __future__ import annotations

import json

import pytest

from cli.main import main
from configs.readdress_policy import Policy, read
from inventory.errors import ExitCode, InputError

OLD = """#
sysname R1
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address 10.1.1.1 255.255.255.0
#
ospf 1
 area 0.0.0.0
  network 10.1.1.0 0.0.0.255
#
local-user admin password cipher secret-10.1.1.9
#
return
"""
MAPPING = "old,new\n10.1.1.0/24,59.192.0.0/23\n"


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A folder with one network and its mapping."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "net" / "city"
    folder.mkdir(parents=True)
    (folder / "r1.cfg").write_text(OLD, encoding="utf-8")
    (tmp_path / "mapping.csv").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def govnet(*arguments: str) -> int:
    """Run the command; its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(["config", "readdress", *arguments])
    return int(caught.value.code or 0)


def test_new_texts_and_a_report_are_written(network):
    """Paths are relative to the source; every token is in the report with line, column, kind, action and reason."""
    code = govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json", "--html", "r.html")
    assert code == ExitCode.DONE
    text = (network / "new/city/r1.cfg").read_text(encoding="utf-8")
    assert " ip address 59.192.0.1 255.255.254.0\n" in text
    assert "  network 59.192.0.0 0.0.1.255\n" in text
    assert text.count("\n") == OLD.count("\n")
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    assert set(report) == {"files", "summary", "proof"}
    assert report["proof"] is None
    (file,) = report["files"]
    assert (file["path"], file["platform"], file["encoding"], file["lines"]) == ("city/r1.cfg", "huawei", "utf-8", 14)
    assert {
        "line": 6,
        "column": 13,
        "text": "10.1.1.1",
        "kind": "interface",
        "action": "rewritten",
        "new": "59.192.0.1",
        "reason": "mapped",
    } in file["tokens"]
    assert {token["action"] for token in file["tokens"] if token["line"] == 9} == {"kept"}
    assert report["summary"]["actions"]["review"] == 0
    page = (network / "r.html").read_text(encoding="utf-8")
    assert "59.192.0.1" in page
    assert "http" not in page
    assert "secret" not in page.replace("password cipher ***", "")


def test_what_cannot_be_read_is_left_out_and_the_others_are_done(network, capsys):
    """Undecodable bytes, a second encoding, a cut-off file, an unknown vendor: named with line; exit 3."""
    folder = network / "net/city"
    (folder / "bad.cfg").write_bytes(OLD.encode() + b" description \xff\xfe\xfd\n")
    (folder / "mixed.cfg").write_bytes(OLD.encode() + "# 政务外网骨干\n".encode() + "# 办公接入网\n".encode("gb18030"))
    (folder / "cut.cfg").write_text("!Software Version V200R010C10\n" + OLD.replace("return\n", ""), encoding="utf-8")
    (folder / "other.cfg").write_text("Dear all,\nsee 10.1.1.1\n", encoding="utf-8")
    assert govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json") == ExitCode.DEVICES_FAILED
    assert sorted(path.name for path in (network / "new").rglob("*") if path.is_file()) == ["r1.cfg"]
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    problems = {file["path"]: [row["code"] for row in file["problems"]] for file in report["files"]}
    assert problems["city/r1.cfg"] == []
    assert problems["city/bad.cfg"] == ["undecodable"]
    assert problems["city/mixed.cfg"] == ["mixed-encodings"]
    assert problems["city/cut.cfg"] == ["truncated"]
    assert problems["city/other.cfg"] == ["unknown-vendor"]
    assert report["summary"]["failed"] == 4
    assert "city/cut.cfg:14" in capsys.readouterr().err


def test_a_folder_of_mappings_has_one_for_each_network(network):
    """A network without a mapping is left out, not re-addressed by another's."""
    (network / "maps").mkdir()
    (network / "maps/city.csv").write_text(MAPPING, encoding="utf-8")
    county = network / "net/county"
    county.mkdir()
    (county / "r2.cfg").write_text(OLD, encoding="utf-8")
    assert govnet("-m", "maps", "net", "--out", "new", "--report", "r.json") == ExitCode.DEVICES_FAILED
    assert (network / "new/city/r1.cfg").exists()
    assert not (network / "new/county").exists()
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    assert [row["code"] for file in report["files"] for row in file["problems"]] == ["no-mapping"]


@pytest.mark.usefixtures("network")
def test_a_proof_is_part_of_the_report(capsys):
    """`--prove`: what was compared, and that it holds."""
    assert govnet("-m", "mapping.csv", "net", "--prove", "--json") == ExitCode.DONE
    report = json.loads(capsys.readouterr().out)
    assert report["proof"]["ok"] is True


def test_nothing_is_written_without_out(network):
    """A run without --out changes no file."""
    before = sorted(network.rglob("*"))
    assert govnet("-m", "mapping.csv", "net") == ExitCode.DONE
    assert sorted(network.rglob("*")) == before


def test_a_missing_mapping_is_said(network, capsys):
    """Exit 2 with what to do."""
    assert govnet("net") == ExitCode.USAGE
    assert "govnet plan map" in capsys.readouterr().err
    assert network.exists()


def test_a_policy_says_what_follows(tmp_path):
    """Every key by its name; what is wrong is said with its line."""
    good = tmp_path / "good.yaml"
    good.write_text("names: rewrite\nrouter_id: keep\n", encoding="utf-8")
    assert read(good) == Policy(names=True)
    bad = tmp_path / "bad.yaml"
    bad.write_text("names: yes\nrouter-id: keep\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(bad)
    assert [(row.code, row.line) for row in caught.value.problems] == [("bad-choice", 1), ("unknown-key", 2)]
