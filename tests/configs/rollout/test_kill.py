"""Killed at any moment and resumed: what the devices themselves say about it.

The emulated devices count logins, changes and saves, and remember what they saved and whether a guard was armed then.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

DONE = ("changed", "same")


class Campaign:
    """Rollouts of one city, killed and resumed, and what has to hold on its devices."""

    def __init__(self, city: Any, kill: Callable[[Any], None], seed: int) -> None:
        self.city, self.kill = city, kill
        self.random = random.Random(seed)  # noqa: S311 - moments, not keys
        self.kills = 0
        self.revision = 1
        # What a device may have saved: what it ran at first, and what each finished rollout made of it.
        self.may_be_saved = {name: {seen["running"]} for name, seen in city.inspect().items()}
        self.finished: dict[str, tuple[int, int, int]] = {}
        self.in_the_middle = 0

    def rollout(self, kills: int, longest: float) -> None:
        """One rollout, killed up to `kills` times, then brought to its end."""
        self.revision += 1
        self.city.revise(self.revision)
        self.finished = {}
        words: tuple[str, ...] = ("rollout", "start", "--lab", "--commit", "--parallel", "50")
        known = len(list(self.city.root.glob("rollouts/*/rollout.json")))
        for _ in range(kills):
            process = self.city.begin(*words)
            if words[1] == "start":
                until(lambda alive=process: self.begun(alive) > known)
            # Half of them die at any moment, half when devices are being changed, however long it takes to come there.
            if self.random.random() < 0.5:
                until(lambda alive=process: self.busy(alive))
            time.sleep(self.random.uniform(0, longest))
            if process.poll() is not None:
                break
            self.kill(process)
            self.kills += 1
            self.look()
            words = ("rollout", "resume", "--parallel", "50")
        done = self.city.json("rollout", "resume", "--parallel", "50")
        assert done["phase"] == "done", [row for row in done["devices"] if not row["ok"]]
        self.judge()

    def begun(self, process: Any) -> int:
        """How many rollouts there are; the process that is to begin one has not ended."""
        assert process.poll() is None, (self.city.root / "errors").read_text()
        return len(list(self.city.root.glob("rollouts/*/rollout.json")))

    def busy(self, process: Any) -> bool:
        """Whether a device is being changed, or the process has ended."""
        return process.poll() is not None or any(row["state"] == "working" for row in self.city.rows().values())

    def look(self) -> None:
        """Directly after a kill: devices whose result stands in the database are not to be touched any more."""
        rows = self.city.rows()
        seen = self.city.inspect()
        self.still(seen)
        self.in_the_middle += sum(row["state"] in {"working", "queued"} for row in rows.values())
        for name, row in rows.items():
            if row["ok"]:
                one = seen[name]
                self.finished[name] = (one["changes"], one["logins"], len(one["saves"]))

    def still(self, seen: dict[str, dict[str, Any]]) -> None:
        """No confirmed step is repeated: a device that was done is not even logged into."""
        for name, before in self.finished.items():
            one = seen[name]
            assert (one["changes"], one["logins"], len(one["saves"])) == before, name

    def judge(self) -> None:
        """After the rollout's end."""
        seen = self.city.inspect()
        self.still(seen)
        for name, one in seen.items():
            self.may_be_saved[name].add(one["running"])
            assert one["running"] == one["saved"], f"{name}: what it runs is not saved"
            assert not one["armed"], f"{name}: its guard is still armed"
            assert f"192.0.2.{self.revision}" in one["text"], f"{name}: it is not what was intended"
            assert f"192.0.2.{self.revision - 1} " not in one["text"], f"{name}: it is half of what was intended"
            for number, save in enumerate(one["saves"]):
                assert not save["armed"], f"{name}: save {number} while its guard was armed"
                assert save["text"] in self.may_be_saved[name], f"{name}: save {number} of something half-done"

    def nothing_left(self) -> None:
        """A dry run finds every device as intended."""
        dry = self.city.json("rollout", "start", "--lab")
        assert {device["state"] for device in dry["devices"]} == {"same"}


def test_three_kills(city: Any, kill: Callable[[Any], None]) -> None:
    """12 devices of five vendors, killed three times: all done, none twice, none saved unconfirmed or half."""
    campaign = Campaign(city(12), kill, 5)
    campaign.city.policy("waves: [2, rest]\nsites_in_flight: 8\n")
    # How soon a process begins its work depends on the machine: more kills until one has come in the middle of it.
    while campaign.kills < 3 or (not campaign.in_the_middle and campaign.kills < 12):
        campaign.rollout(2, 1.5)
    assert campaign.in_the_middle > 0, "no kill came while a device was being changed: the test tests nothing"
    campaign.nothing_left()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_fifty_kills(city: Any, kill: Callable[[Any], None]) -> None:
    """200 devices of five vendors, killed fifty times at random moments: the same."""
    campaign = Campaign(city(200), kill, 50)
    campaign.city.policy("waves: [1, 5, 20%, rest]\nsites_in_flight: 40\n")
    while campaign.kills < 50:
        campaign.rollout(min(10, 50 - campaign.kills), 6)
    assert campaign.in_the_middle > 50
    campaign.nothing_left()
