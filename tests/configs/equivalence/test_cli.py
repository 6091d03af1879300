"""`govnet config prove`: output, exit codes, both languages."""

from __future__ import annotations

import json

import pytest

from cli.main import main

OLD = """#
sysname A
#
interface GigabitEthernet0/0/0
 ip address 10.1.1.1 255.255.255.0
#
ip route-static 0.0.0.0 0.0.0.0 10.1.1.254
#
return
"""
NEW = OLD.replace("10.1.1.", "10.8.1.")


@pytest.fixture
def folders(tmp_path):
    """A network before and after, and its mapping."""
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.cfg").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.csv").write_text("old,new\n10.1.1.0/24,10.8.1.0/24\n", encoding="utf-8")
    return tmp_path


def run(capsys, *arguments):
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as ended:
        main(["config", "prove", *(str(argument) for argument in arguments)])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


def test_proven(folders, capsys):
    """Exit 0, and what was compared."""
    code, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new")
    assert code == 0
    assert "Proven" in out
    code, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new", "--json")
    document = json.loads(out)
    assert document["ok"] is True
    assert document["checked"]["next_hops"] == 1
    assert document["problems"] == []


def test_a_counter_example_has_both_lines(folders, capsys, monkeypatch):
    """Exit 1; file and line before and after, in both languages."""
    path = folders / "new" / "a.cfg"
    path.write_text(NEW.replace("10.8.1.254", "10.8.2.254"), encoding="utf-8")
    code, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new")
    assert code == 1
    assert "a.cfg:7: ip route-static 0.0.0.0 0.0.0.0 10.1.1.254" in out
    assert "a.cfg:7: ip route-static 0.0.0.0 0.0.0.0 10.8.2.254" in out
    code, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new", "--json")
    found = json.loads(out)["counterexamples"]
    assert {each["kind"] for each in found} == {"address", "next_hop", "route"}
    assert all(each["message"]["en"] != each["message"]["zh"] for each in found)
    monkeypatch.setenv("GOVNET_LANG", "zh_CN")
    _, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new")
    assert "未能证明" in out


def test_a_file_that_cannot_be_read(folders, capsys):
    """Exit 3; the file is named, the others are compared."""
    for side in ("old", "new"):
        (folders / side / "b.cfg").write_bytes(b"\xff\xfe\x00bad\xff")
        (folders / side / "c.txt").write_text("nothing that any device says\n", encoding="utf-8")
    code, out, err = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new")
    assert code == 3
    assert "b.cfg" in err
    assert "c.txt" in err
    assert "1 files" in out


def test_a_missing_file_is_a_counter_example(folders, capsys):
    """A device without a new text was not re-addressed."""
    (folders / "old" / "b.cfg").write_text(OLD.replace("sysname A", "sysname B"), encoding="utf-8")
    code, out, _ = run(capsys, "-m", folders / "mapping.csv", folders / "old", folders / "new", "--json")
    assert code == 1
    assert json.loads(out)["counterexamples"][0]["kind"] == "file"


def test_a_mapping_for_each_network(folders, capsys):
    """A folder of mappings: each network has its own; single files are compared whatever their names."""
    root = folders / "many"
    for side, text in (("old", OLD), ("new", NEW)):
        (root / side / "east").mkdir(parents=True)
        (root / side / "east" / "a.cfg").write_text(text, encoding="utf-8")
    (root / "maps").mkdir()
    (root / "maps" / "east.csv").write_text("old,new\n10.1.1.0/24,10.8.1.0/24\n", encoding="utf-8")
    code, _, _ = run(capsys, "-m", root / "maps", root / "old", root / "new")
    assert code == 0
    first, second = folders / "old" / "a.cfg", root / "new" / "east" / "a.cfg"
    code, _, _ = run(capsys, "-m", folders / "mapping.csv", first, second)
    assert code == 0
    code, _, err = run(capsys, "-m", folders / "mapping.csv", folders / "nowhere", folders / "new")
    assert code == 2
    assert "nowhere" in err


def test_what_a_report_leaves_for_a_person_is_counted_apart(folders, capsys):
    """An old address that the report lists is no counter-example, but the verdict is not “proven”."""
    path = folders / "new" / "a.cfg"
    path.write_text(NEW.replace("10.8.1.254", "10.1.1.254"), encoding="utf-8")
    sides = ("-m", folders / "mapping.csv", folders / "old", folders / "new")
    report = folders / "report.json"
    tokens = [{"line": 7, "action": "review"}]
    report.write_text(json.dumps({"files": [{"path": "a.cfg", "tokens": tokens}]}), encoding="utf-8")
    assert run(capsys, *sides)[0] == 1
    code, out, _ = run(capsys, *sides, "--report", report)
    assert code == 0
    assert "1 places for a person" in out
    assert "Proven" not in out
    report.write_text("[]", encoding="utf-8")
    code, _, err = run(capsys, *sides, "--report", report)
    assert code == 2
    assert "report.json" in err
