"""`govnet lab fault` and `govnet lab reboot`: a running device is made to fail, as a command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inventory.errors import ExitCode
from lab.emulator.faults import Faults
from tests.patience import PATIENCE, until

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
def where(tmp_path_factory):
    """A workspace whose lab runs with two devices."""
    folder = tmp_path_factory.mktemp("fault") / "w"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "secrets"))
    (folder / "secrets").mkdir(mode=0o700)
    text = (folder / "inventory" / "credentials.yaml").read_text(encoding="utf-8")
    for name in set(re.findall(r"file:secrets/([\w-]+)", text)):
        (folder / "secrets" / name).write_text(f"Aa1-{name}-Zz9\n", encoding="utf-8")
        (folder / "secrets" / name).chmod(0o600)
    assert govnet("plan", "make", "-w", str(folder)).returncode == ExitCode.DONE
    none = govnet("lab", "fault", "rt-lantian", "-w", str(folder))
    assert none.returncode == ExitCode.DEVICES_FAILED
    assert "no lab is running" in none.stderr
    started = govnet("lab", "up", "--where", "name=rt-lantian or name=core-city", "-w", str(folder))
    assert started.returncode == ExitCode.DONE, started.stderr
    yield ("-w", str(folder))
    govnet("lab", "down", "-w", str(folder))


def states(where):
    document = json.loads(govnet("lab", "status", "--json", *where).stdout)
    return {node["name"]: node["state"] for node in document["nodes"]}


def test_faults_come_are_shown_and_go(where):
    """Set, shown as they are, replaced by others, cleared: one JSON document each; the lab's status tells them too."""
    told = govnet("lab", "fault", "rt-lantian", "slow=2,drop-after=5", "--json", *where)
    assert told.returncode == ExitCode.DONE, told.stderr
    assert json.loads(told.stdout) == {"ok": True, "node": "rt-lantian", "faults": ["slow=2", "drop-after=5"]}
    assert states(where) == {"rt-lantian": "slow=2,drop-after=5", "core-city": "up"}
    govnet("lab", "fault", "rt-lantian", "mute", *where)
    shown = json.loads(govnet("lab", "fault", "rt-lantian", "--json", *where).stdout)
    assert shown["faults"] == ["mute"]
    cleared = json.loads(govnet("lab", "fault", "rt-lantian", "--clear", "--json", *where).stdout)
    assert cleared["faults"] == []
    assert states(where)["rt-lantian"] == "up"


def test_people_are_told_in_their_language(where):
    """What is wrong, or that nothing is, in Chinese."""
    assert "core-city：full-flash" in govnet("lab", "fault", "core-city", "full-flash", *where, lang="zh").stderr
    assert "core-city：没有故障" in govnet("lab", "fault", "core-city", "--clear", *where, lang="zh").stderr
    assert "清除全部故障" in re.sub(r"[\s│]", "", govnet("lab", "fault", "--help", lang="zh").stdout)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("rt-lantian", "broken"), ExitCode.DEVICES_FAILED, "there is no fault “broken”"),
        (("rt-lantian", "mute", "--clear"), ExitCode.USAGE, "exclude each other"),
        (("rt-nowhere", "mute"), ExitCode.DEVICES_FAILED, "the lab has no node “rt-nowhere”"),
    ],
)
def test_mistakes(arguments, code, text, where):
    """What was wrong, no traceback, and the device as it was."""
    done = govnet("lab", "fault", *arguments, *where)
    assert done.returncode == code
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert states(where) == {"rt-lantian": "up", "core-city": "up"}


def test_the_help_names_every_fault():
    """No fault is a secret."""
    text = re.sub(r"[\s│]", "", govnet("lab", "fault", "--help").stdout)
    for name in Faults.__slots__:
        assert name.replace("_", "-") in text


def test_a_reboot_returns_to_what_was_saved(where):
    """What was typed at the console and not saved is gone afterwards."""
    govnet("lab", "exec", *where, "rt-lantian", "--", "system-view\nsysname lost")
    assert "lost" in govnet("lab", "exec", *where, "rt-lantian", "--", "display current-configuration").stdout
    document = json.loads(govnet("lab", "reboot", "rt-lantian", "--json", *where).stdout)
    assert document["ok"]
    assert document["node"] == "rt-lantian"
    time.sleep(document["seconds"])
    until(lambda: states(where)["rt-lantian"] == "up")
    assert "lost" not in govnet("lab", "exec", *where, "rt-lantian", "--", "display current-configuration").stdout
    assert "重启" in govnet("lab", "reboot", "core-city", *where, lang="zh").stderr
