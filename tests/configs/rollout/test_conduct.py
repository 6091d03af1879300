"""Waves, gates, stops, pauses: what is begun when, over a real database."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING, Any

import pytest

from configs.rollout import conduct
from configs.rollout.policy import Policy, Window
from configs.rollout.store import Phase, Progress, Request
from inventory.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Store
    from configs.rollout.waves import Stop


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conduct, "TURN", 0.001)


class Sites:
    """Changes sites at the conductor's next look; those in `bad` fail. Keeps what was begun, and how many at a time."""

    def __init__(self, store: Store, bundle: Bundle, bad: set[str] | None = None) -> None:
        self.store, self.bundle, self.bad = store, bundle, bad or set()
        self.begun: list[tuple[str, int, bool]] = []
        self.flying: dict[str, Stop] = {}
        self.most = 0

    def begin(self, rollout: str, stop: Stop, attempt: int, *, undo: bool = False) -> None:
        assert rollout == self.bundle.name
        if (stop.site, attempt, undo) not in self.begun:
            self.begun.append((stop.site, attempt, undo))
            self.flying[stop.site] = stop
            self.most = max(self.most, len(self.flying))

    def work(self) -> None:
        """One site comes to its end."""
        if not self.flying:
            return
        site, stop = next(iter(self.flying.items()))
        del self.flying[site]
        undone = next(undo for name, _, undo in reversed(self.begun) if name == site)
        ok = site not in self.bad and not undone
        state = "restored" if undone else "changed" if ok else "untouched"
        values: dict[str, Any] = {"state": state, "result": {"ok": ok}, "begun": time.time(), "ended": time.time()}
        self.store.set_devices(self.bundle.name, stop.devices, **values)


def run(store: Store, bundle: Bundle, sites: Sites, **more: Any) -> Phase:
    """Conduct to the end."""
    store.begin(bundle)
    return conduct.conduct(bundle, store, sites, "me", watch=sites.work, **more)


def states(store: Store, bundle: Bundle) -> dict[str, str]:
    """The devices' states by site."""
    return {row.site: row.state for row in store.devices(bundle.name)}


def test_waves_follow_each_other(store: Store, bundle: Callable[..., Bundle]) -> None:
    """Every site once, in the waves' order, and the rollout is done."""
    planned = bundle(["a"], ["b", "c"], ["d"])
    sites = Sites(store, planned)
    assert run(store, planned, sites) is Phase.DONE
    assert [site for site, _, _ in sites.begun] == ["a", "b", "c", "d"]
    assert set(states(store, planned).values()) == {"changed"}


def test_no_more_sites_in_flight_than_the_policy_says(store: Store, bundle: Callable[..., Bundle]) -> None:
    """Twenty sites, three at a time."""
    planned = bundle([f"s{number}" for number in range(20)], policy=Policy(sites_in_flight=3))
    sites = Sites(store, planned)
    assert run(store, planned, sites) is Phase.DONE
    assert sites.most == 3


def test_a_failure_stops_the_rollout(store: Store, bundle: Callable[..., Bundle]) -> None:
    """The canary fails: nothing else is begun."""
    planned = bundle(["a"], ["b", "c"])
    sites = Sites(store, planned, {"a"})
    assert run(store, planned, sites) is Phase.STOPPED
    assert [site for site, _, _ in sites.begun] == ["a"]
    assert states(store, planned) == {"a": "untouched", "b": "waiting", "c": "waiting"}


def test_tolerated_failures_do_not_stop_it(store: Store, bundle: Callable[..., Bundle]) -> None:
    """One failure is tolerated, a second is not."""
    planned = bundle(["a", "b", "c"], ["d"], policy=Policy(stop_after_failures=1))
    assert run(store, planned, Sites(store, planned, {"a"})) is Phase.DONE
    again = replace(planned, name="20261122-0900-0001")
    sites = Sites(store, again, {"a", "b"})
    assert run(store, again, sites) is Phase.STOPPED
    assert "d" not in [site for site, _, _ in sites.begun]


def test_resuming_tries_what_failed_and_leaves_what_is_done(store: Store, bundle: Callable[..., Bundle]) -> None:
    """The second run begins the failed site as a second attempt, and the done one not at all."""
    planned = bundle(["a"], ["b"], ["c"])
    assert run(store, planned, Sites(store, planned, {"b"})) is Phase.STOPPED
    sites = Sites(store, planned)
    assert run(store, planned, sites) is Phase.DONE
    assert sites.begun == [("b", 2, False), ("c", 1, False)]


def test_sites_that_a_dead_conductor_left_are_taken_up(store: Store, bundle: Callable[..., Bundle]) -> None:
    """A site that was written down as begun is put into its queue again, under the same attempt."""
    planned = bundle(["a", "b"])
    store.begin(planned)
    store.set_devices(planned.name, ["rt-a"], state=Progress.WORKING.value)
    sites = Sites(store, planned)
    assert run(store, planned, sites) is Phase.DONE
    assert sorted(sites.begun) == [("a", 1, False), ("b", 1, False)]


def test_a_pause_finishes_what_is_in_flight(store: Store, bundle: Callable[..., Bundle]) -> None:
    """Asked in the middle, it ends paused, with nothing left half-done; a resume does the rest."""
    planned = bundle(["a", "b", "c", "d"], policy=Policy(sites_in_flight=2))
    sites = Sites(store, planned)
    store.begin(planned)
    asked = False

    def watch() -> None:
        nonlocal asked
        if not asked and sites.begun:
            asked = True
            store.ask(planned.name, Request.PAUSE)
        sites.work()

    assert conduct.conduct(planned, store, sites, "me", watch=watch) is Phase.PAUSED
    assert sorted(states(store, planned).values()) == ["changed", "changed", "waiting", "waiting"]
    assert run(store, planned, Sites(store, planned)) is Phase.DONE


def test_nothing_is_begun_outside_the_window(store: Store, bundle: Callable[..., Bundle]) -> None:
    """It waits for the window, then goes on."""
    window = Window(frozenset(range(7)), time_of_day(22), time_of_day(23))
    planned = bundle(["a"], policy=Policy(windows=(window,)))
    sites = Sites(store, planned)
    moments = iter([datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 21, 59, tzinfo=UTC)])
    seen = []

    def clock() -> datetime:
        moment = next(moments, datetime(2026, 11, 22, 22, 0, tzinfo=UTC))
        seen.append((moment, len(sites.begun)))
        return moment

    assert run(store, planned, sites, clock=clock) is Phase.DONE
    assert all(begun == 0 for moment, begun in seen if moment.hour < 22)


def test_a_second_person_approves_exactly_this(store: Store, bundle: Callable[..., Bundle]) -> None:
    """Without an approval, with one's own, or with one of something else, nothing is begun."""
    planned = bundle(["a"], policy=Policy(approval=True))
    store.begin(planned)
    sites = Sites(store, planned)
    for by, digest in (("", ""), ("li", planned.digest), ("wang", "another")):
        if by:
            store.approve(planned.name, by, digest, 1.0)
        with pytest.raises(RefusedError):
            conduct.conduct(planned, store, sites, "me", watch=sites.work)
    store.approve(planned.name, "wang", planned.digest, 2.0)
    assert run(store, planned, sites) is Phase.DONE


def test_an_abort_takes_back_the_last_wave_only(store: Store, bundle: Callable[..., Bundle]) -> None:
    """What the wave in flight has changed goes back; earlier waves stay, later ones were never begun."""
    planned = bundle(["a"], ["b", "c"], ["d"])
    sites = Sites(store, planned, {"c"})
    assert run(store, planned, sites) is Phase.STOPPED
    conduct.end(planned, store)
    assert [stop.site for stop, _ in conduct.to_roll_back(planned, store)] == ["b"]
    conduct.roll_back(planned, store, sites, watch=sites.work)
    assert states(store, planned) == {"a": "changed", "b": "restored", "c": "untouched", "d": "waiting"}
    assert store.standing(planned.name).phase is Phase.ABORTED
