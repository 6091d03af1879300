"""A management address moves: the row of the device says where it was and where it goes, the rest is as ever."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import push as pushing
from configs.dialects import platforms
from configs.push import State
from inventory import workspace
from inventory.errors import DeviceUnreachableError
from inventory.filters import select
from lab import control

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"
GOVNET = Path(sys.executable).with_name("govnet")
# VRP, IOS and FRR.
NAMES = ("rt-lantian", "core-city", "rt-liumutang")
WHERE = f"name in ({', '.join(NAMES)})"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Three devices of the example, as they are intended, and the lab that has them."""
    root = tmp_path_factory.mktemp("moves") / "lianyuan"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("secrets", ".lab", "archive", "reports"))
    invent_secrets(workspace.load(root))
    control.up(root, backend_name="emulated", where=WHERE)
    assert set(states(push(root, "--commit")).values()) <= {"changed", "same"}
    yield root
    control.down(root)


def govnet(root, *arguments, code=0):
    """Run the console script; what it printed."""
    done = subprocess.run(
        [str(GOVNET), "--lang", "en", *arguments, "-w", str(root)],
        capture_output=True,
        timeout=200,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


def push(root, *more, code=0):
    """What became of each device."""
    return json.loads(
        govnet(root, "config", "push", "--lab", "--allow-reboot", "--where", WHERE, "--json", *more, code=code)
    )["devices"]


def states(devices):
    """The state of each device."""
    return {device["name"]: device["state"] for device in devices}


def rewrite(root, change):
    """Change the rows of the table of devices."""
    path = root / "inventory" / "devices.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row.setdefault("former_address", "")
        if row["name"] in NAMES:
            change(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def elsewhere(row):
    """Sixty addresses further on."""
    address, _, length = row["address"].partition("/")
    front, _, last = address.rpartition(".")
    row["address"], row["former_address"] = f"{front}.{int(last) + 60}/{length}", row["address"]


def arrived(row):
    """What the note asks for."""
    row["former_address"] = ""


def back(row):
    """Where it came from."""
    row["address"], row["former_address"] = row["former_address"], row["address"]


def jobs(root):
    """The jobs of the three, as the commands make them, with nothing intended."""
    loaded = workspace.load(root, platforms=platforms())
    endpoints = control.load(root).endpoints()
    return pushing.jobs(loaded, select(loaded.inventory, WHERE), {}, endpoints)


def test_there_and_back(root):
    """Dry run, move, again, backup, back: each by the command; the old address answers nobody any more."""
    rewrite(root, elsewhere)
    assert set(states(push(root)).values()) == {"different"}
    moved = push(root, "--commit")
    assert set(states(moved).values()) == {"changed"}
    for device in moved:
        assert any("former_address" in note["en"] for note in device["notes"]), device
        assert any("former_address" in note["zh"] for note in device["notes"]), device
    again = push(root, "--commit")
    assert set(states(again).values()) == {"same"}
    assert {device["sent"] for device in again} == {0}
    for job in jobs(root):
        alone = replace(job, after=None, moved=None)
        with pytest.raises(DeviceUnreachableError), pushing.speaking(alone):
            pass
    govnet(root, "config", "backup", "--lab", *NAMES)
    rewrite(root, arrived)
    assert set(states(push(root, "--commit")).values()) == {"same"}
    rewrite(root, elsewhere)
    rewrite(root, back)
    rewrite(root, arrived)
    assert set(states(push(root)).values()) == {"same"}, "the table is as it was"


def test_a_move_is_undone(root):
    """The way back is gone from the new place to the old one, as an aborted rollout goes it."""
    before = {}
    for job in jobs(root):
        with pushing.speaking(job) as driver:
            before[job.device] = driver.running()
    rewrite(root, elsewhere)
    assert set(states(push(root, "--commit")).values()) == {"changed"}
    undo = [
        replace(job.backwards(), intended=before[job.device].decode(), exact=True, allow_reboot=True)
        for job in jobs(root)
    ]
    results = pushing.push(undo, commit=True)
    assert {result.state for result in results} == {State.CHANGED}, [str(result.error) for result in results]
    results = pushing.push(undo, commit=True)
    assert {result.state for result in results} == {State.SAME}, "and whoever undoes it again finds it undone"
    assert {driver_address(job) for job in jobs(root)} == {True}


def driver_address(job):
    """Whether the device answers where it was."""
    with pushing.speaking(replace(job, after=None, moved=None)) as driver:
        return str(job.management.ip) in driver.running().decode()
