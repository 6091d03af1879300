"""A zone whose last worker has died with work in its queue is told, in both languages."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from configs.rollout import bundle as bundles
from configs.rollout.policy import Policy
from configs.rollout.store import SILENCE, Phase, Progress, Store, Worker, default_url, process_start, this_host
from configs.rollout.unserved import unserved
from configs.rollout.waves import Stop, Wave

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.rollout.bundle import Bundle


def worker(name: str, *zones: str, silence: float = 0.0) -> Worker:
    """A worker of another machine."""
    return Worker(name, "elsewhere", 1, 1, zones, time.time() - silence)


@pytest.fixture
def zoned(bundle: Callable[..., Bundle]) -> Bundle:
    """Sites a and b of zone north, c of zone south, d of none."""
    made = bundle(["a", "b", "c", "d"])
    zones = {"a": "north", "b": "north", "c": "south", "d": ""}
    stops = tuple(Stop(site, (f"rt-{site}",), zone) for site, zone in zones.items())
    return replace(made, waves=(Wave(1, stops),), policy=Policy(zones={"north": "x", "south": "y"}))


def found(zoned: Bundle, store: Store) -> list[tuple[str, tuple[str, ...]]]:
    """Zones without a worker and their devices."""
    now = time.time()
    return [(one.zone, one.devices) for one in unserved(zoned, store.devices(zoned.name), store.workers(), now)]


def test_a_zone_without_a_worker(zoned: Bundle, store: Store) -> None:
    """It counts when its devices are in its queue, until a worker of the zone lives; the other zones do not matter."""
    store.begin(zoned)
    assert found(zoned, store) == [], "nothing was put into a queue yet"
    store.set_devices(zoned.name, ["rt-a", "rt-c", "rt-d"], state=Progress.QUEUED.value)
    store.alive(worker("one", "south"))
    assert found(zoned, store) == [("north", ("rt-a",))]
    store.set_devices(zoned.name, ["rt-b"], state=Progress.WORKING.value)
    assert found(zoned, store) == [("north", ("rt-a", "rt-b"))]
    store.alive(worker("two", "north"))
    assert found(zoned, store) == []


def test_a_worker_that_fell_silent(zoned: Bundle, store: Store) -> None:
    """It was heard a while ago: how long is told; a device with its result waits for nobody."""
    store.begin(zoned)
    store.set_devices(zoned.name, ["rt-a", "rt-b"], state=Progress.QUEUED.value)
    store.alive(worker("one", "north", silence=SILENCE - 2))
    assert found(zoned, store) == []
    store.alive(worker("one", "north", silence=SILENCE + 30))
    [one] = unserved(zoned, store.devices(zoned.name), store.workers(), time.time())
    assert one.silence == pytest.approx(SILENCE + 30, abs=3)
    store.set_devices(zoned.name, ["rt-a", "rt-b"], state="changed")
    assert found(zoned, store) == []


def test_status_tells_it(zoned: Bundle, make_city: Callable[..., Any], tmp_path: Any) -> None:
    """`rollout status` in English, in Chinese and as JSON; the conductor lives, so the rollout is running."""
    city = make_city(tmp_path / "city", 1, 81)
    made = replace(zoned, root=city.root)
    bundles.write(made)
    store = Store(default_url(city.root))
    try:
        store.begin(made)
        me = Worker("me", this_host(), os.getpid(), process_start(os.getpid()), ("",), time.time())
        store.alive(me)
        store.conduct(made.name, "me")
        assert store.standing(made.name).phase is Phase.RUNNING
        store.set_devices(made.name, ["rt-a", "rt-b"], state=Progress.QUEUED.value)
        store.alive(worker("one", "north", silence=120))
        said = city.govnet("rollout", "status")
        assert "zone north: no worker is alive, 2 devices wait for one (rt-a, rt-b)" in said.stderr
        assert "govnet rollout worker --zone north" in said.stderr
        said = city.govnet("rollout", "status", LANG="zh_CN.UTF-8", LANGUAGE="zh_CN")
        assert "区域 north：没有存活的工作进程，2 台设备在等待（rt-a, rt-b）" in said.stderr
        document = city.json("rollout", "status")
        [zone] = document["unserved"]
        assert (zone["zone"], zone["devices"]) == ("north", ["rt-a", "rt-b"])
        assert 100 < zone["silence"] < 300
        store.alive(worker("one", "north", silence=-120))  # it lives on while the two commands run
        assert city.json("rollout", "status")["unserved"] == []
        assert "no worker is alive" not in city.govnet("rollout", "status").stderr
    finally:
        store.close()
