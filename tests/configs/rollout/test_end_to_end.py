"""Rollouts from the command line to the emulated devices and back: what an operator does, and what the devices say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from configs.operations import Operations
from configs.rollout import bundle as bundles
from configs.rollout.policy import Policy
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, make_city: Callable[..., Any]) -> Iterator[Any]:
    """Six routers of five vendors, which the tests change one after the other."""
    from lab import control

    made = make_city(tmp_path_factory.mktemp("rollouts") / "town", 6, 80)
    control.up(made.root)
    yield made
    made.close()


@pytest.fixture
def revised(town: Any) -> Any:
    """The town, wanting something that no device has yet, and the usual policy."""
    number = len(list(town.root.glob("revision-*"))) + 2
    (town.root / f"revision-{number}").touch()
    town.revise(number)
    town.policy("waves: [2, rest]\n")
    return town


def states(document: dict[str, Any]) -> dict[str, str]:
    """The devices' states."""
    return {row["name"]: row["state"] for row in document["devices"]}


def texts(town: Any) -> dict[str, tuple[str, str]]:
    """What the devices run and have saved."""
    return {name: (one["running"], one["saved"]) for name, one in town.inspect().items()}


def test_without_commit_nothing_happens(revised: Any) -> None:
    """The waves and the differences are shown, in both languages; no device is changed, nothing is written."""
    before = {name: one["changes"] for name, one in revised.inspect().items()}
    english = revised.govnet("rollout", "start", "--lab")
    chinese = revised.govnet("rollout", "start", "--lab", LANG="zh_CN.UTF-8", LANGUAGE="zh_CN")
    assert english.returncode == chinese.returncode == 0, english.stderr
    assert "dry run" in english.stderr
    assert "description revision 192.0.2." in english.stdout
    assert "批次" in chinese.stdout
    assert "预演" in chinese.stderr
    assert {name: one["changes"] for name, one in revised.inspect().items()} == before
    assert not (revised.root / "rollouts").exists()


def test_a_rollout_and_its_report(revised: Any) -> None:
    """Everything is changed and saved; status, list, report and the operations log say so."""
    done = revised.start("--reason", "CR-17 变更")
    assert done["phase"] == "done"
    assert set(states(done).values()) == {"changed"}
    assert [wave["number"] for wave in done["waves"]] == [1, 2]
    assert all(one["running"] == one["saved"] for one in revised.inspect().values())
    assert revised.json("rollout", "list")["rollouts"][-1]["reason"] == "CR-17 变更"
    assert done["lab"] is True
    assert "a rehearsal on the virtual devices" in revised.govnet("rollout", "status").stdout
    assert states(revised.json("rollout", "status")) == states(done)
    written = revised.json("rollout", "report", LANG="zh_CN.UTF-8", LANGUAGE="zh_CN")
    page = (revised.root / written["report"]).read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "站点5" in page
    assert "CR-17 变更" in page
    assert "没有改动任何真实设备" in page
    assert "试运行提交" in page
    assert ">trial<" not in page
    assert "Aa1-Routers-Zz9" not in page
    entries = list(Operations(revised.root).entries())
    assert [entry.what for entry in entries][:1] == ["rollout.start"]
    assert all(entry.about["lab"] for entry in entries)
    assert {entry.about["device"] for entry in entries if entry.what == "rollout.device"} == set(states(done))
    shown = revised.json("rollout", "log")
    assert len(shown["entries"]) == len(entries)


def test_an_abort_brings_the_devices_back(revised: Any) -> None:
    """The last wave's devices run and have saved what they ran before, to the letter; the first wave's stay."""
    before = texts(revised)
    assert revised.start()["phase"] == "done"
    dry = revised.json("rollout", "abort", "--rollback")
    assert len(dry["to_roll_back"]) == 4
    assert texts(revised) != before
    done = revised.json("rollout", "abort", "--rollback", "--commit", "--allow-reboot", GOVNET_OPERATOR="wang")
    entries = Operations(revised.root).entries()
    assert {entry.who for entry in entries if entry.what == "rollout.undo"} == {"wang"}
    after = texts(revised)
    back = {name for name, state in states(done).items() if state == "restored"}
    assert back == set(dry["to_roll_back"])
    for name in back:
        assert after[name] == before[name], name
    assert all(after[name] != before[name] for name in before if name not in back)
    assert done["phase"] == "aborted"
    refused = revised.govnet("rollout", "resume")
    assert refused.returncode == 4
    assert "was aborted" in refused.stderr


def test_a_second_person_approves(revised: Any) -> None:
    """Who began it cannot approve it; nothing is begun before somebody else has."""
    revised.policy("approval: yes\n")
    before = texts(revised)
    assert revised.govnet("rollout", "start", "--lab", "--commit").returncode == 4
    assert revised.govnet("rollout", "approve").returncode == 4
    assert revised.govnet("rollout", "resume").returncode == 4
    assert texts(revised) == before
    assert revised.json("rollout", "approve", GOVNET_OPERATOR="wang")["by"] == "wang"
    written = next(iter(sorted(revised.root.glob("rollouts/*/rollout.json"), reverse=True)))
    approved = written.read_text(encoding="utf-8")
    forged = replace(bundles.find(revised.root), policy=Policy())  # nobody has to approve it any more
    bundles.write(forged)
    refused = revised.govnet("rollout", "resume")
    assert (refused.returncode, "not as it was written" in refused.stderr) == (2, True), refused.stderr
    assert texts(revised) == before
    written.write_text(approved, encoding="utf-8")
    assert revised.json("rollout", "resume", GOVNET_OPERATOR="zhao")["phase"] == "done"
    entries = list(Operations(revised.root).entries())
    assert any(entry.what == "rollout.approve" and entry.who == "wang" for entry in entries)
    assert {(entry.who, entry.about["approved"]) for entry in entries[-6:]} == {("zhao", "wang")}


def test_nothing_is_begun_outside_the_window_and_a_pause_ends_the_waiting(revised: Any) -> None:
    """With its window closed it waits; asked to pause it ends, and no device was touched."""
    later = datetime.now().astimezone() + timedelta(hours=2)
    revised.policy(f'windows: [{{from: "{later:%H:%M}", to: "{later + timedelta(hours=1):%H:%M}"}}]\n')
    before = texts(revised)
    process = revised.begin("rollout", "start", "--lab", "--commit")
    known = len(revised.json("rollout", "list")["rollouts"])
    until(lambda: revised.json("rollout", "list")["rollouts"][known - 1 :][-1:] != [])
    until(lambda: revised.json("rollout", "status")["phase"] == "running")
    assert set(states(revised.json("rollout", "status")).values()) == {"waiting"}
    assert revised.json("rollout", "pause")["request"] == "pause"
    assert process.wait(PATIENCE) == 3
    assert revised.json("rollout", "status")["phase"] == "paused"
    assert texts(revised) == before


def test_what_was_not_approved_is_not_done(revised: Any) -> None:
    """The workspace is edited while the rollout is paused: the devices left are refused, nothing is sent to them."""
    revised.policy("waves: [rest]\nsites_in_flight: 1\n")
    for name in revised.inspect():
        revised.faults(name, "slow=0.1")
    known = revised.json("rollout", "list")["rollouts"]
    process = revised.begin("rollout", "start", "--lab", "--commit")
    until(lambda: len(revised.json("rollout", "list")["rollouts"]) > len(known))
    until(lambda: "working" in states(revised.json("rollout", "status")).values())
    assert revised.govnet("rollout", "resume").returncode == 4, "there is one conductor"
    revised.json("rollout", "pause")
    assert process.wait(PATIENCE) == 3
    paused = states(revised.json("rollout", "status"))
    left = {name for name, state in paused.items() if state == "waiting"}
    assert left
    assert {"waiting", "changed"} == set(paused.values())
    revised.revise(99)
    before = texts(revised)
    resumed = revised.json("rollout", "resume")
    assert resumed["phase"] == "stopped"
    assert "changed" not in {states(resumed)[name] for name in left}
    assert texts(revised) == before
    for name in revised.inspect():
        revised.faults(name, "")


def test_a_check_that_is_worse_afterwards_brings_the_device_back(revised: Any) -> None:
    """A change that takes routes away is undone by the check for them, on the device too; the rollout stops."""
    revised.policy("first: [s002]\nwaves: [1, rest]\nafter: [{check: routes}]\n")
    template = revised.root / "templates" / "hp_comware" / "edge.j2"
    good = template.read_text(encoding="utf-8")
    before = texts(revised)
    template.write_text(good.replace("ip route-static", "undo ip route-static"), encoding="utf-8")
    try:
        done = revised.start()
    finally:
        template.write_text(good, encoding="utf-8")
    assert done["phase"] == "stopped"
    assert states(done)["r002"] == "restored"
    [row] = [row for row in done["devices"] if row["name"] == "r002"]
    assert "routes" in row["result"]["error"]["message"]["en"]
    assert texts(revised) == before


def test_a_check_that_cannot_be_made_is_not_passed(revised: Any) -> None:
    """A ping from a device to an address that does not answer stops the rollout before anything is changed."""
    revised.policy("first: [s000]\nwaves: [1, rest]\nbefore: [{check: ping, to: 203.0.113.9}]\n")
    before = texts(revised)
    done = revised.start()
    assert done["phase"] == "stopped"
    assert states(done)["r000"] == "untouched"
    assert texts(revised) == before


def test_a_check_that_nobody_could_make_is_an_error_before_anything(revised: Any) -> None:
    """A ping to nowhere, or from a device that is not there, is told with its place, not behind a device's change."""
    revised.policy("after: [{check: ping}, {check: neighbours, from: r00}]\n")
    before = texts(revised)
    done = revised.govnet("rollout", "start", "--lab", "--commit")
    assert done.returncode == 2
    assert "rollout.yaml: after[1].to: " in done.stderr
    assert "rollout.yaml: after[2].from: " in done.stderr
    assert texts(revised) == before
