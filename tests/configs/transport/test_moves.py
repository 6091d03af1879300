"""A management address moves: the row of the device says where it was and where it goes, the rest is as ever."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path

import pytest

from cli.init import invent_secrets
from cli.plan_common import load_plan
from configs import push as pushing
from configs.change import Change
from configs.channel import Login, Target
from configs.dialects import platforms
from configs.push import Job, State, comparing, reaching
from configs.push import one as engine
from configs.render import Renderer
from configs.way_back import WayBack
from inventory import workspace
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError, DeviceUnreachableError, RefusedError
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
    assert done.returncode == code, done.stderr.decode() + done.stdout.decode()[-2000:]
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


@pytest.fixture
def silent():
    """An address that says nothing at all, as one does that a device has left behind a router."""
    with socket.socket() as left:
        left.bind(("127.0.0.1", 0))
        left.listen(0)
        fill = [socket.socket() for _ in range(3)]
        for one in fill:
            one.setblocking(False)
            one.connect_ex(left.getsockname())
        yield Endpoint(*left.getsockname())
        for one in fill:
            one.close()


def test_an_address_that_was_left_may_be_silent(root, silent):
    """No answer in time is as good as a refusal: the device is looked for where it goes."""
    for job in jobs(root):
        whole = replace(
            job, target=replace(job.target, endpoint=silent, connect_timeout=0.5), after=job.target.endpoint
        )
        with pushing.speaking(whole) as driver:
            assert driver.target.endpoint == job.target.endpoint
            assert driver.running()


def test_a_check_that_says_no_takes_the_device_home(root):
    """What is found wrong at the new address is taken back from there, with nothing saved: all is as it was."""
    rewrite(root, lambda row: row["former_address"] or elsewhere(row))
    loaded = workspace.load(root, platforms=platforms())
    chosen = select(loaded.inventory, WHERE)

    def no():
        raise DeviceError("it", "no")

    renderer = Renderer(loaded, load_plan(root))
    wanted = pushing.jobs(
        loaded, chosen, {one.name: renderer.render(one.name) for one in chosen}, control.load(root).endpoints()
    )
    results = pushing.push([replace(job, accept=no, allow_reboot=True) for job in wanted], commit=True)
    assert {result.state for result in results} == {State.RESTORED}, [str(result.error) for result in results]
    assert {driver_address(job) for job in wanted} == {True}
    rewrite(root, back)
    rewrite(root, arrived)
    assert set(states(push(root)).values()) == {"same"}


HERE, THERE = Endpoint("192.0.2.1", 22), Endpoint("192.0.2.2", 22)
OLD, NEW = ip_interface("192.0.2.1/24"), ip_interface("192.0.2.2/24")
JOB = Job(Target("rt", "huawei", HERE, Login("a")), management=OLD, after=THERE, moved=NEW)


@pytest.mark.parametrize("job", [JOB, replace(JOB, after=HERE)])
def test_the_driver_knows_the_address_that_it_arrived_at(job):
    """Also where the way leads back (`after` is home then)."""
    assert job.managed_at(HERE) == OLD
    assert job.managed_at(THERE) == NEW
    assert JOB.there().managed_at(THERE) == NEW
    assert JOB.backwards().managed_at(THERE) == NEW
    assert JOB.backwards().managed_at(HERE) == OLD


class Device:
    """A driver that runs what it should, and answers at `places`."""

    def __init__(self, target, *, places, pending):
        self.target, self.places, self.pending = target, places, pending

    def open(self):
        if self.target.endpoint not in self.places:
            raise DeviceUnreachableError("rt", "nobody there")

    def close(self):
        pass

    def has_pending_commit(self):
        return self.pending


@pytest.mark.parametrize(
    ("places", "pending", "error"),
    [
        ((HERE,), False, DeviceUnreachableError),
        ((THERE,), True, RefusedError),
        ((THERE,), False, None),
        ((HERE, THERE), False, None),
    ],
)
@pytest.mark.parametrize("commit", [True, False])
def test_as_intended_is_not_yet_moved(monkeypatch, places, pending, error, commit):
    """Nobody is told to forget the old address before the new one has answered, or while a guard may take it back."""
    change = Change()
    for module in (engine, reaching):
        monkeypatch.setattr(module, "driver_of", lambda _, target: Device(target, places=places, pending=pending))
    monkeypatch.setattr(engine, "compare", lambda *_: comparing.Compared(b"", change))
    (result,) = pushing.push([JOB], commit=commit)
    assert result.state is (State.UNTOUCHED if error else State.SAME)
    assert isinstance(result.error, error or type(None))
    assert bool(result.notes) is (error is None)


@pytest.mark.parametrize(("row", "refused"), [(JOB.backwards(), False), (JOB.there(), True)])
def test_a_way_back_leads_somewhere(row, refused):
    """Whoever has emptied `former_address` and then takes the rollout back is told before the device is gone."""
    job = replace(row, exact=True)
    compared = comparing.Compared(b"ip address 192.0.2.2 24", Change(), back=WayBack(b"ip address 192.0.2.1 24"))
    assert isinstance(comparing.nowhere(job, compared), RefusedError) is refused
    stays = replace(compared, back=WayBack(b"description x\nip address 192.0.2.2 24"))
    assert comparing.nowhere(job, stays) is None
