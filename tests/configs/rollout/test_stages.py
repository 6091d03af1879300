"""Stages of a re-addressing sent by rollouts: management addresses move and come back, on VRP, IOS and FRR."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from configs import push as pushing
from configs.dialects import platforms
from configs.push import State
from configs.rollout import stages
from inventory import workspace
from inventory.errors import InputError
from lab import control
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OLD, NEW = "10.82.", "59.182."
WHERE = "platform in (huawei, huawei_vrpv8, cisco_ios, frr)"
ADD, PREFER, REMOVE = "stages/001-add", "stages/003-prefer", "stages/005-remove"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, make_city: Callable[..., Any]) -> Iterator[Any]:
    """Five routers as they are intended, their archive, and the stages of a mapping that moves their addresses.

    They are managed from a network that stays.
    """
    made = _town(make_city(tmp_path_factory.mktemp("stages") / "town", 5, 82))
    yield made
    made.close()


@pytest.fixture
def whole_way(tmp_path: Path, make_city: Callable[..., Any]) -> Iterator[Any]:
    """The same, for one test alone."""
    made = _town(make_city(tmp_path / "town", 5, 82))
    yield made
    made.close()


def _town(made: Any) -> Any:
    (made.root / "govnet.yaml").write_text(
        "title: 试验市\nlab: emulated\nmanagers: [10.77.0.0/16]\n"
        "services: {ntp: [192.0.2.1], syslog: [], snmp_manager: [10.77.0.9], dns: []}\n",
        encoding="utf-8",
    )
    control.up(made.root)
    assert made.govnet("config", "push", "--lab", "--commit", "--allow-reboot").returncode == 0
    assert made.govnet("config", "backup", "--lab").returncode == 0
    (made.root / "mapping.csv").write_text("old,new\n10.82.0.0/16,59.182.0.0/16\n", encoding="utf-8")
    told = made.json(
        *("config", "stages", "archive:", "--mapping", str(made.root / "mapping.csv")),
        *("--out", str(made.root / "stages")),
    )
    assert [problem["code"] for problem in told["networks"][0]["problems"]] == ["no-stages"]  # Comware's
    made.policy("waves: [rest]\n")
    return made


def go(town: Any, stage: str, *more: str) -> dict[str, Any]:
    """A stage sent to the devices."""
    done: dict[str, Any] = town.json(
        *("rollout", "start", "--lab", "--commit", "--allow-reboot", "--stage", str(town.root / stage), *more)
    )
    return done


def states(document: dict[str, Any]) -> set[str]:
    """What became of the devices."""
    return {row["state"] for row in document["devices"]}


def texts(town: Any) -> dict[str, tuple[str, str]]:
    """What the devices run and have saved."""
    return {name: (one["running"], one["saved"]) for name, one in town.inspect().items() if name != "r002"}


def without(town: Any, prefix: str) -> list[str]:
    """The devices in whose text no address begins so."""
    return [name for name, one in town.inspect().items() if name != "r002" and prefix not in one["text"]]


def managed(town: Any, prefix: str) -> None:
    """The table of devices says where they are managed."""
    path = town.root / "inventory" / "devices.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if row["platform"] != "hp_comware":
            row["address"] = row["address"].replace(OLD, prefix).replace(NEW, prefix)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _there(town: Any) -> None:
    """All stages, one after the other, and none before its turn."""
    early = town.govnet("rollout", "start", "--lab", "--stage", str(town.root / PREFER))
    assert (early.returncode, f"{ADD} has not been done on: r000, r001" in early.stderr) == (4, True), early.stderr
    assert states(go(town, ADD)) == {"changed"}
    assert without(town, OLD) == without(town, NEW) == []
    again = go(town, ADD)
    assert (states(again), again["stage"], again["undo"]) == ({"same"}, ADD, False)
    moved = go(town, PREFER)
    assert states(moved) == {"changed"}
    notes = [note["en"] for row in moved["devices"] for note in row["result"]["notes"]]
    assert len(notes) == len(moved["devices"])
    assert all(f"it is managed at {NEW}" in note for note in notes)
    early = town.govnet("rollout", "start", "--lab", "--stage", str(town.root / REMOVE))
    assert (early.returncode, "the table of devices says 10.82." in early.stderr) == (3, True), early.stderr
    managed(town, NEW)
    assert states(go(town, REMOVE)) == {"changed"}
    assert without(town, OLD) == ["r000", "r001", "r003", "r004"]
    assert all(one["running"] == one["saved"] for one in town.inspect().values())
    assert not any(save["armed"] for one in town.inspect().values() for save in one["saves"])


@pytest.mark.soak
def test_there_and_back(whole_way: Any) -> None:
    """Add, prefer, remove, each saved and each a rollout; then each is taken back, to the letter of today."""
    today = texts(whole_way)
    _there(whole_way)
    assert states(go(whole_way, REMOVE, "--undo")) == {"changed"}
    assert states(go(whole_way, PREFER, "--undo")) == {"changed"}
    managed(whole_way, OLD)
    back = go(whole_way, ADD, "--undo")
    assert (states(back), back["undo"]) == ({"changed"}, True)
    assert texts(whole_way) == today


@pytest.mark.soak
def test_killed_in_the_middle(whole_way: Any, kill: Callable[[Any], None]) -> None:
    """Killed while the addresses move, six times, and gone on with: all are there in the end, saved, and none half."""
    town = whole_way
    assert states(go(town, ADD)) == {"changed"}
    stage = ("--stage", str(town.root / PREFER))
    for number in range(6):
        back = ("--undo",) if number % 2 else ()
        for name in ("r000", "r001", "r003"):
            town.faults(name, "slow=0.15")
        known = len(town.json("rollout", "list")["rollouts"])
        process = town.begin("rollout", "start", "--lab", "--commit", "--allow-reboot", *stage, *back)
        until(lambda known=known: len(town.json("rollout", "list")["rollouts"]) > known)
        until(lambda: any(row["state"] == "working" for row in town.json("rollout", "status")["devices"]))
        time.sleep(0.4 * number)
        kill(process)
        for name in ("r000", "r001", "r003"):
            town.faults(name, "")
        done = town.json("rollout", "resume", "--allow-reboot")
        assert (done["phase"], states(done) <= {"changed", "same"}) == ("done", True), done
        assert all(one["running"] == one["saved"] and not one["armed"] for one in town.inspect().values())


@pytest.mark.soak
def test_a_line_that_breaks_anywhere(whole_way: Any) -> None:
    """The connection breaks behind each line of a move: a device is moved, or as it was before, and never lost."""
    assert states(go(whole_way, ADD)) == {"changed"}
    loaded = workspace.load(whole_way.root, platforms=platforms())
    endpoints = control.load(whole_way.root).endpoints()
    steps = stages.steps(whole_way.root, PREFER)
    outcomes = Counter()
    for name, undo in product(("r000", "r001", "r003"), (False, True)):
        device = loaded.inventory.devices[name]
        forth, back = (
            replace(steps[name].job(loaded, device, endpoints, undo=way), allow_reboot=True) for way in (undo, not undo)
        )
        for lines in range(4, 40, 3):
            whole_way.faults(name, f"drop-after={lines}")
            result = pushing.push_one(forth, commit=True, observer=pushing.Quiet())
            whole_way.faults(name, "")
            outcomes[result.state] += 1
            assert result.state in {State.CHANGED, State.RESTORED, State.UNTOUCHED}, (name, undo, lines, result)
            if result.state is State.CHANGED:
                again = pushing.push_one(back, commit=True, observer=pushing.Quiet())
                assert again.state is State.CHANGED, again
        assert pushing.push_one(forth, commit=True, observer=pushing.Quiet()).state is State.CHANGED
    assert min(outcomes.values()) > 2
    assert set(outcomes) == {State.CHANGED, State.RESTORED, State.UNTOUCHED}


def test_there(town: Any) -> None:
    """Add, prefer, remove: every device is managed at its new address and has only that, saved, no guard left."""
    _there(town)


def test_a_stage_begins_where_the_one_before_ends(town: Any) -> None:
    """A stage that does not fit what a device runs is refused, nothing is sent, and what differs is named."""
    before = texts(town)
    done = town.govnet("rollout", "start", "--lab", "--commit", "--stage", str(town.root / PREFER), "r000")
    assert done.returncode == 3, done.stderr
    assert "r000: it does not run what these commands begin with" in done.stderr
    assert "ip address 10.82.1.1 255.255.0.0" in done.stderr
    assert texts(town) == before


def test_what_was_not_approved_is_not_sent(town: Any) -> None:
    """A stage whose files somebody has worked on since is another one: refused at its turn, nothing is sent."""
    town.policy("waves: [rest]\napproval: yes\n")
    before = texts(town)
    stage = ("--stage", str(town.root / REMOVE), "--undo", "r000")
    assert town.govnet("rollout", "start", "--lab", "--commit", "--allow-reboot", *stage).returncode == 4
    town.json("rollout", "approve", GOVNET_OPERATOR="wang")
    index = town.root / "stages" / "index.json"
    good = index.read_text(encoding="utf-8")
    index.write_text(good.replace("10.82.1.1 ", "10.82.1.9 "), encoding="utf-8")
    try:
        [row] = town.json("rollout", "resume", "--allow-reboot")["devices"]
    finally:
        index.write_text(good, encoding="utf-8")
        town.policy("waves: [rest]\n")
    assert row["state"] == "untouched"
    assert "than when the rollout began" in row["result"]["error"]["message"]["en"]
    assert texts(town) == before


def test_an_abort_takes_the_stage_back(town: Any) -> None:
    """What a stage's rollout has done is undone by the stage's own commands."""
    before = texts(town)
    assert states(go(town, REMOVE, "--undo")) == {"changed"}
    assert without(town, OLD) == []
    early = town.govnet("rollout", "start", "--lab", "--stage", str(town.root / ADD), "--undo")
    assert (early.returncode, f"{PREFER} has not been taken back on: r000" in early.stderr) == (4, True), early.stderr
    written = town.json("rollout", "report", LANG="zh_CN.UTF-8", LANGUAGE="zh_CN")
    assert f"回退阶段 {REMOVE}" in (town.root / written["report"]).read_text(encoding="utf-8")
    taken = town.json("rollout", "abort", "--rollback", "--commit", "--allow-reboot")
    assert states(taken) == {"restored"}
    assert texts(town) == before


@pytest.mark.parametrize(
    ("folder", "code"),
    [("stages/002-verify", "nothing-sent"), ("stages/004-ad", "bad-stages"), ("mapping/001-add", "bad-stages")],
)
def test_what_is_no_stage(town: Any, folder: str, code: str) -> None:
    """A folder that is none, and a stage in which nothing is sent, are told apart."""
    with pytest.raises(InputError) as refused:
        stages.steps(town.root, folder)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_forged_path_is_not_read(town: Any, tmp_path: Path) -> None:
    """An index that names a file outside its folder is refused."""
    document = json.loads((town.root / "stages/index.json").read_text(encoding="utf-8"))
    document["stages"][0]["devices"][0]["before"] = "../../etc/passwd"
    (tmp_path / "s").mkdir()
    (tmp_path / "s/index.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="problems"):
        stages.steps(tmp_path, "s/001-add")
    with pytest.raises(InputError, match="problems"):
        stages.relative(tmp_path / "s", tmp_path / "t")
