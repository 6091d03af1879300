"""`govnet lab`: what is printed, and how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from inventory.errors import ExitCode
from tests.patience import PATIENCE

EXAMPLE = Path(__file__).parents[2] / "examples" / "lianyuan"


def govnet(*arguments, lang="en"):
    program = "from cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "--lang", lang, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    import shutil

    folder = tmp_path_factory.mktemp("cli") / "w"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "secrets"))
    (folder / "secrets").mkdir(mode=0o700)
    text = (folder / "inventory" / "credentials.yaml").read_text(encoding="utf-8")
    for name in set(re.findall(r"file:secrets/([\w-]+)", text)):
        (folder / "secrets" / name).write_text(f"Aa1-{name}-Zz9\n", encoding="utf-8")
        (folder / "secrets" / name).chmod(0o600)
    done = govnet("plan", "make", "-w", str(folder))
    assert done.returncode == ExitCode.DONE, done.stderr
    yield folder
    govnet("lab", "down", "-w", str(folder))


def test_a_lab_from_its_start_to_its_end(root):
    """One JSON document each, stable keys, exit codes as everywhere."""
    where = ("-w", str(root))
    before = govnet("lab", "status", "--json", *where)
    assert before.returncode == ExitCode.DEVICES_FAILED
    assert json.loads(before.stdout)["error"]["message"]["zh"] == "该工作区没有正在运行的实验环境"

    started = govnet(
        "lab",
        "up",
        "--json",
        "--where",
        "role=core or name=rt-lantian or name=vg-zfb",
        "--fault",
        "core-city=mute",
        *where,
    )
    assert started.returncode == ExitCode.DONE, started.stderr
    document = json.loads(started.stdout)
    assert document["ok"]
    assert document["backend"] == "emulated"
    assert [node["name"] for node in document["nodes"]] == ["core-city", "rt-lantian"]
    assert [node["fault"] for node in document["nodes"]] == ["mute", ""]
    assert [set(item) for item in document["skipped"]] == [{"device", "platform", "why"}]

    status = json.loads(govnet("lab", "status", "--json", *where).stdout)
    assert [node["state"] for node in status["nodes"]] == ["mute", "up"]

    said = govnet("lab", "exec", "--json", *where, "rt-lantian", "--", "display", "clock")
    assert json.loads(said.stdout)["status"] == 0
    refused = govnet("lab", "exec", *where, "rt-lantian", "--", "display", "nothing")
    assert refused.returncode == 1
    assert "Unrecognized command" in refused.stdout

    assert json.loads(govnet("lab", "down", "--json", *where).stdout) == {"ok": True, "ended": True}
    assert json.loads(govnet("lab", "down", "--json", *where).stdout) == {"ok": True, "ended": False}


def test_people_are_told_in_their_language(root):
    """The table and what does not run, in Chinese."""
    where = ("-w", str(root))
    started = govnet("lab", "up", "--where", "name=rt-lantian or name=vg-zfb", *where, lang="zh")
    assert "1 台设备已启动" in started.stderr
    assert "没有该平台的仿真器" in started.stderr or "vg-zfb" in started.stderr
    table = govnet("lab", "status", *where, lang="zh")
    assert "rt-lantian" in table.stdout
    assert "127.253.0.11" in table.stdout
    assert "实验环境已关闭" in govnet("lab", "down", *where, lang="zh").stderr


@pytest.mark.parametrize("fault", ["rt-lantian=broken", "rt-lantian"])
def test_a_fault_that_there_is_none_of(fault, root):
    """Exit code 2, and what may be written instead."""
    done = govnet("lab", "up", "--fault", fault, "-w", str(root))
    assert done.returncode == ExitCode.USAGE
    assert "down, mute, wrong-password, slow" in done.stderr


def test_a_sliced_lab_has_one_site_of_each_pattern(root):
    """All platforms and roles of the whole, with fewer devices, and only these."""
    govnet("lab", "down", "-w", str(root))
    done = govnet("lab", "up", "--slice", "--backend", "emulated", "--json", "-w", str(root))
    assert done.returncode == ExitCode.DONE, done.stderr
    nodes = json.loads(done.stdout)["nodes"]
    govnet("lab", "down", "-w", str(root))
    assert 0 < len(nodes) < len((EXAMPLE / "inventory" / "devices.csv").read_text(encoding="utf-8").splitlines()) - 1
