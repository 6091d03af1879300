"""`govnet config stages`: files, index, pages, exit codes."""

from __future__ import annotations

import json
import stat

import pytest

from cli.main import main

MAPPING = "old,new\n" + "".join(
    f"10.{old},59.{new}\n"
    for old, new in (
        ("1.0.0/30", "1.0.0/30"),
        ("1.8.0/30", "1.8.0/30"),
        ("1.12.0/24", "2.12.0/23"),
        ("1.13.0/24", "2.14.0/25"),
        ("9.0.0/24", "9.0.0/24"),
        ("255.0.1/32", "255.0.1/32"),
        ("255.0.2/32", "255.0.2/32"),
    )
)
WORKSPACE = {
    "govnet.yaml": "title: t\n",
    "inventory/regions.csv": "code,name,level,parent\n1101,市,city,\n",
    "inventory/sites.csv": "name,title,region,unit,hosts\ns,机房,1101,,\n",
    "inventory/devices.csv": "name,site,role,platform,address,management_interface\n"
    "rt-branch,s,core,huawei,10.1.0.2/30,GigabitEthernet0/0/0\ncore,s,core,cisco_ios,10.9.0.1/24,GigabitEthernet0/1\n",
}


@pytest.fixture
def folder(tmp_path, network, monkeypatch):
    """A folder with two configurations, their mapping, and an inventory that says where they are managed."""
    monkeypatch.chdir(tmp_path)
    for name, text in WORKSPACE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs/rt-branch.cfg").write_text(f"#\n{network.HUAWEI}#\nreturn\n", encoding="utf-8")
    (tmp_path / "configs/core.cfg").write_text(f"version 15.2\n{network.IOS}end\n", encoding="utf-8")
    (tmp_path / "m.csv").write_text(MAPPING, encoding="utf-8")
    return tmp_path


@pytest.fixture
def govnet(folder, capsys):
    """The command: its exit code, standard output and standard error."""
    del folder

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["config", "stages", "--mapping", "m.csv", *arguments])
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return run


def test_a_folder_for_each_stage(folder, govnet):
    """Commands and what undoes them for each device, an index that names them, a page in both languages."""
    code, out, err = govnet("configs", "--out", "stages", "--json")
    assert code == 0, err
    said = json.loads(out)
    index = json.loads((folder / "stages/index.json").read_text(encoding="utf-8"))
    assert said["ok"] is True
    assert said["networks"][0]["stages"] == index["stages"]
    assert [stage["stage"] for stage in index["stages"]] == ["add", "verify", "prefer", "drain", "remove"]
    for stage in index["stages"]:
        for row in stage["devices"]:
            for key, parts in (("commands", "parts"), ("undo", "undo_parts")):
                if row[key] is None:
                    assert row[parts] == []
                    continue
                path = folder / "stages" / row[key]
                typed = [line for line in path.read_text(encoding="utf-8").splitlines() if " log in at " not in line]
                assert typed == [command for part in row[parts] for command in part["commands"]]
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
    prefer = {row["device"]: row for row in index["stages"][2]["devices"]}
    arrivals = [(part["arrive"], part["ends_session"]) for part in prefer["rt-branch.cfg"]["parts"]]
    assert arrivals == [("10.1.0.2", True), ("59.1.0.2", False)]
    assert "rt-branch" in (folder / "stages/README.md").read_text(encoding="utf-8")
    assert "回退" in (folder / "stages/README.zh-CN.md").read_text(encoding="utf-8")


def test_lines_over_which_packets_are_lost_are_named(folder, govnet):
    """In the index, on the page in both languages, and on the screen, each with its reason."""
    code, out, err = govnet("configs", "--out", "stages")
    assert (code, out != "") == (0, True)
    index = json.loads((folder / "stages/index.json").read_text(encoding="utf-8"))
    line = next(one for one in index["unbridged"] if len(one["devices"]) == 2)
    assert (line["devices"], line["address"], line["why"]) == (["core.cfg", "rt-branch.cfg"], "10.1.0.1/30", "no-stub")
    assert "core.cfg, rt-branch.cfg, 10.1.0.1/30: " in err
    for page, words in (("README.md", line["reason"]), ("README.zh-CN.md", "无法排除环路")):
        assert words in (folder / "stages" / page).read_text(encoding="utf-8")
    assert all(row["bridges"] == [] for stage in index["stages"] for row in stage["devices"])


def test_waves_and_order_of_the_plan(folder, govnet):
    """The file of `plan stages` gives the devices' order and the waves: each is a pass of its own."""
    rows = [line.split(",") for line in MAPPING.splitlines()[1:]]
    steps = [
        {
            "device": device,
            "kind": "prefer",
            "wave": wave,
            "changes": [{"vrf": "default", "old": old} for old, _ in rows if old.startswith("10.9.") == (wave == 2)],
        }
        for wave, device in ((1, "rt-branch"), (2, "core"))
    ]
    (folder / "s.yaml").write_text(json.dumps({"steps": steps}), encoding="utf-8")
    code, out, err = govnet("configs", "--stages", "s.yaml", "--json")
    assert code == 0, err
    made = json.loads(out)["networks"][0]["stages"]
    assert [stage["folder"] for stage in made[::5]] == ["001-w001-add", "006-w002-add"]
    assert [row["device"] for row in made[0]["devices"]] == ["rt-branch.cfg", "core.cfg"]
    first = [command for row in made[0]["devices"] for part in row["parts"] for command in part["commands"]]
    assert not any(command.startswith("ip address 59.9.0.1 ") for command in first)
    (folder / "s.yaml").write_text("steps: [{device: core, kind: prefer, wave: 1, changes: []}]\n", encoding="utf-8")
    code, _, err = govnet("configs", "--stages", "s.yaml")
    assert code == 2
    assert "is in no wave" in err


def test_who_is_left_out_is_named(folder, govnet):
    """A device in a language that nobody computes changes for: named, the others are made, exit 3."""
    text = 'config system interface\n    edit "port1"\n        set ip 10.9.0.5 255.255.255.0\n    next\nend\n'
    (folder / "configs/fw.conf").write_text(text, encoding="utf-8")
    code, out, err = govnet("configs", "--out", "stages", "--json")
    assert code == 3, err
    said = json.loads(out)
    assert said["ok"] is False
    assert [problem["code"] for problem in said["networks"][0]["problems"]] == ["no-stages"]
    assert (folder / "stages/001-add/core.cisco_ios.txt").exists()
    assert "fw.conf" in (folder / "stages/README.md").read_text(encoding="utf-8")
