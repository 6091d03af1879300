"""Who lives, who conducts, what is kept; and an abort of what a dead process has left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from configs.rollout import conduct, engine
from configs.rollout.store import SILENCE, Phase, Progress, Store, Worker, lives, process_start, this_host
from inventory.errors import GovnetError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from configs.rollout.bundle import Bundle
    from configs.rollout.waves import Stop


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "TURN", 0.001)


def me(**more: object) -> Worker:
    """This process as a worker."""
    worker = Worker("me", this_host(), os.getpid(), process_start(os.getpid()), (), time.time())
    return replace(worker, **more)  # type: ignore[arg-type]  # the fields of a worker


def test_on_this_machine_the_process_decides() -> None:
    """A process that is there lives, however long it was silent; one that ended, or is another one, does not."""
    now = time.time()
    assert lives(me(seen=now - 1000), now)
    assert not lives(me(started=1), now), "a later process with the same number"
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    other = me(pid=process.pid, started=process_start(process.pid))
    assert lives(other, now)
    process.kill()
    process.communicate()
    assert not lives(other, now)


def test_on_another_machine_its_voice_decides() -> None:
    """A worker elsewhere is dead after some seconds of silence."""
    now = time.time()
    assert lives(me(host="elsewhere", seen=now - SILENCE + 1), now)
    assert not lives(me(host="elsewhere", seen=now - SILENCE - 1), now)


def test_a_worker_elsewhere_is_dead_when_it_was_listened_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by its clock, nor after a database that was away: nothing may have come while somebody listened."""
    now = [1000.0]
    monkeypatch.setattr(engine.time, "monotonic", lambda: now[0])
    ours = engine.Engine(store, None)  # type: ignore[arg-type]  # no site is changed
    other = me(executor="other", host="elsewhere", seen=1.0)
    assert not ours._silent(other), "its clock may be an hour behind"
    now[0] += SILENCE - 1
    assert not ours._silent(other)
    now[0] += 2
    assert ours._silent(other)
    assert not ours._silent(replace(other, seen=2.0)), "it has spoken"
    now[0] += SILENCE + 1
    ours._heard.clear()  # as after a failed beat
    assert not ours._silent(replace(other, seen=2.0))


def test_one_heir_of_a_dead_worker(store: Store) -> None:
    """Of several who find it dead, one takes over; nobody if it has spoken again."""
    dead = me(executor="dead", host="elsewhere", seen=1.0)
    store.alive(dead)
    assert store.inherit(dead, me(executor="a"))
    assert not store.inherit(dead, me(executor="b"))


def test_a_rollout_has_one_conductor(store: Store, bundle: Callable[..., Bundle]) -> None:
    """A second one is refused while the first lives; when it is dead, the rollout counts as interrupted and is free."""
    made = bundle(["a"])
    store.begin(made)
    store.alive(me())
    store.conduct(made.name, "me")
    with pytest.raises(RefusedError):
        store.conduct(made.name, "you")
    store.leave("me")
    assert store.standing(made.name).phase is Phase.INTERRUPTED
    store.conduct(made.name, "you")
    assert store.standing(made.name).conductor == "you"


def test_files_are_kept_and_forgotten(store: Store) -> None:
    """The newest content counts."""
    assert store.kept("r", "x.cfg") is None
    store.keep("r", "x.cfg", b"one")
    store.keep("r", "x.cfg", "二".encode())
    assert store.kept("r", "x.cfg") == "二".encode()
    store.forget("r", "x.cfg")
    assert store.kept("r", "x.cfg") is None


def test_a_database_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """An error with what to look at, and without a password."""
    with pytest.raises(GovnetError) as caught:
        Store(f"sqlite:///{tmp_path / 'no' / 'folder' / 'state.db'}")
    assert "govnet.yaml" in str(caught.value.hint)


class Sites:
    """Ends what is begun at once: changes succeed, ways back fail as often as they are told."""

    def __init__(self, store: Store, bundle: Bundle, failing: int = 0) -> None:
        self.store, self.bundle, self.failing = store, bundle, failing
        self.begun: list[tuple[str, int, bool]] = []

    def begin(self, rollout: str, stop: Stop, attempt: int, *, undo: bool = False) -> None:
        if (stop.site, attempt, undo) in self.begun:
            return
        self.begun.append((stop.site, attempt, undo))
        result: dict[str, object] = {"ok": not undo, "undone": True} if undo else {"ok": True}
        state = "restored" if undo else "changed"
        if undo and self.failing:
            self.failing -= 1
            result, state = {"ok": False, "undone": False}, "changed"
        self.store.set_devices(rollout, stop.devices, state=state, result=result, begun=1.0, ended=2.0)


def test_what_a_dead_process_left_is_finished_before_the_abort(store: Store, bundle: Callable[..., Bundle]) -> None:
    """An abort alone is refused and names the devices; concluded, they are finished and nothing else is begun."""
    made = bundle(["a", "b"])
    store.begin(made)
    store.conduct(made.name, "dead")
    store.set_devices(made.name, ["rt-a"], state=Progress.WORKING.value, attempt=3)
    with pytest.raises(RefusedError, match="rt-a"):
        conduct.end(made, store)
    store.alive(me())
    sites = Sites(store, made)
    conduct.conclude(made, store, sites, "me")
    assert sites.begun == [("a", 3, False)]
    assert store.standing(made.name).phase is Phase.ABORTED
    assert {row.site: row.state for row in store.devices(made.name)} == {"a": "changed", "b": "waiting"}
    with pytest.raises(RefusedError):
        conduct.conduct(made, store, sites, "me")


def test_a_way_back_that_failed_can_be_tried_again(store: Store, bundle: Callable[..., Bundle]) -> None:
    """The second abort takes up what the first one could not do, as another attempt."""
    made = bundle(["a", "b"])
    store.begin(made)
    store.set_devices(made.name, ["rt-a", "rt-b"], state="changed", result={"ok": True}, begun=1.0, ended=2.0)
    sites = Sites(store, made, failing=1)
    conduct.roll_back(made, store, sites)
    assert [stop.site for stop, _ in conduct.to_roll_back(made, store)] == ["a"]
    conduct.roll_back(made, store, sites)
    assert sites.begun == [("a", 1, True), ("b", 1, True), ("a", 2, True)]
    assert conduct.to_roll_back(made, store) == []


def test_a_site_in_flight_is_taken_up_under_its_last_attempt(store: Store, bundle: Callable[..., Bundle]) -> None:
    """A device that was done at the first attempt does not decide under which number the site goes on."""
    made = bundle(["a"])
    store.begin(made)
    store.alive(me())
    store.set_devices(made.name, ["rt-a"], state=Progress.QUEUED.value, attempt=2)
    sites = Sites(store, made)
    assert conduct.conduct(made, store, sites, "me") is Phase.DONE
    assert sites.begun == [("a", 2, False)]
