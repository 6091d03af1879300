"""A hundred real FRR routers change the address they are managed at; none is lost, whatever is wrong with the change.

Nothing here is a model: zebra, staticd and OpenSSH of each router, the kernel's addresses and routes, a gateway between
the routers and the station. The mistakes are those that FRR's own configuration can make. FRR has no packet filter for
what comes to the host itself (nftables is not pushed to FRR hosts): the filter that shuts us out is zebra's own, a
route map that keeps the way back to us out of the kernel (docs.frrouting.org, zebra, "ip protocol PROTOCOL route-map").
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs import guard
from configs import push as pushing
from configs.push import GRACE, State
from inventory.errors import DeviceError
from inventory.text import Message
from lab.state import process_start
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any as Fleet  # the classes of conftest.py, which cannot be imported
    from typing import Any as Place
    from typing import Any as Router
    from typing import Any as Seen

    from configs.push import Job, PushResult

pytestmark = pytest.mark.lab
ROOT = Path(__file__).parents[3]
FEW = "test_a_few_move_and_none_is_lost"
NOBODY = 99  # no host has this address
FILTER = ("route-map SHUT deny 10\nexit", "ip protocol static route-map SHUT")


@dataclass
class Clock:
    """Sees each router's steps, and lets something happen to one at a step."""

    at: Mapping[str, Callable[[], None]] = field(default_factory=dict)  # router → what happens as it is checked
    armed: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)

    def step(self, device: str, step: Message) -> None:
        """A router begins a step."""
        if step.template.startswith("checking") and device in self.at:
            self.at[device]()

    def done(self, result: PushResult) -> None:
        """A router is finished."""
        self.ended[result.device] = time.monotonic()

    def took(self, device: str) -> float:
        """Seconds from the arming of its guard until the push had found it again and said how it was left."""
        return self.ended[device] - self.armed[device]


def wrong_gateway(_one: Router, here: Place) -> tuple[Place, str]:
    """The way out leads to nobody."""
    there = replace(here, gateway=f"{here.gateway.rpartition('.')[0]}.{NOBODY}")
    return here, there.text()


def gateway_left_behind(one: Router, here: Place) -> tuple[Place, str]:
    """It moves to its other network and keeps the gateway of the one it was in."""
    other = one.home if here == one.moved and not one.number % 2 else one.place(61, 10)
    return other, replace(other, gateway=here.gateway).text()


def wrong_mask(_one: Router, here: Place) -> tuple[Place, str]:
    """The network is cut so small that the gateway is outside of it."""
    return here, replace(here, address=IPv4Interface(f"{here.address.ip}/30")).text()


def shut_out(_one: Router, here: Place) -> tuple[Place, str]:
    """A filter keeps the way back to us out of the kernel."""
    return here, here.text(*FILTER)


MISTAKES = (wrong_gateway, gateway_left_behind, wrong_mask, shut_out)


def _not_accepted() -> None:
    raise DeviceError("x", Message("the acceptance check says no"))


class Campaign:
    """Routers, pushed to from the station."""

    def __init__(self, fleet: Fleet, parallel: int, boot: float) -> None:
        self.fleet, self.parallel, self.boot = fleet, parallel, boot

    def push(self, jobs: list[Job], clock: Clock | None = None) -> dict[str, PushResult]:
        """As the command does it, from inside the station's network."""
        with self.fleet.state.entered():
            results = pushing.push(jobs, commit=True, parallel=self.parallel, observer=clock or Clock())
        return {result.device: result for result in results}

    def move(self) -> None:
        """Every router moves to its new address; kernel, running and startup configuration say so."""
        fleet = self.fleet
        jobs = [fleet.job(one, one.home, one.moved.text(), one.moved) for one in fleet.routers]
        results = self.push(jobs)
        assert {name: str(result.error) for name, result in results.items() if result.state is not State.CHANGED} == {}
        for one, seen in self.all_stand().items():
            assert f"ip address {one.moved.address}" in seen.saved
            assert f"ip address {one.home.address}" not in seen.saved
        assert fleet.answers([one.home for one in fleet.routers], gone=True) == []

    def all_stand(self) -> dict[Router, Seen]:
        """Every router answers at its new address, has no other and the right gateway; no push left a thing on it."""
        fleet = self.fleet
        places = [one.moved for one in fleet.routers]
        assert fleet.answers(places) == [str(place.address.ip) for place in places]
        seen = fleet.seen(fleet.routers)
        for one, here in seen.items():
            assert here.addresses == [str(one.moved.address)], one.name
            assert here.way.startswith("default "), one.name
            assert f" via {one.moved.gateway} " in here.way, one.name
            assert f"ip address {one.moved.address}\n" in here.runs, one.name
            assert not here.left & {"frr.conf", "before.conf", "ended"}, f"{one.name}: its configuration is left there"
            assert not any(name.startswith("armed.") for name in here.left), f"{one.name}: its guard is still armed"
        return seen

    def break_some(self, many: int) -> float:
        """`many` routers for each mistake, and for each way to go down. All are as before; the longest took so long."""
        fleet = self.fleet
        waiting = iter(fleet.routers)
        jobs, at, armed = [], {}, {}
        for mistake in MISTAKES:
            for one in islice(waiting, many):
                there, text = mistake(one, one.moved)
                jobs.append(fleet.job(one, one.moved, text, there))
        for number, one in enumerate(islice(waiting, many)):
            reboot = _once(lambda one=one: fleet.reboot(one, self.boot))
            # While the reload runs, before the new login, and when all was found well but nothing is confirmed yet.
            moment = number % 3
            armed |= {one: reboot} if moment == 0 else {}
            at |= {one.name: reboot} if moment == 1 else {}
            accept = {"accept": reboot} if moment == 2 else {}
            jobs.append(fleet.job(one, one.moved, one.home.text(), one.home, **accept))
        jobs += [
            fleet.job(one, one.moved, one.home.text(), one.home, accept=_not_accepted) for one in islice(waiting, many)
        ]
        broken = [one for one in fleet.routers if one.name in {job.device for job in jobs}]
        before = fleet.seen(fleet.routers)
        clock = Clock(at)
        watching = threading.Thread(target=self._watch, args=(broken, clock, armed), daemon=True)
        watching.start()
        results = self.push(jobs, clock)
        watching.join(PATIENCE)
        states = {name: (str(result.state), str(result.error)) for name, result in results.items()}
        assert {state for state, _ in states.values()} == {"restored"}, states
        hints = {name: str(result.error.hint) for name, result in results.items() if result.error is not None}
        assert all("back where it was and nothing was saved" in hint for hint in hints.values()), hints
        took = {one.name: clock.took(one.name) for one in broken}
        for one, seen in self.all_stand().items():
            assert (seen.runs, seen.saved) == (before[one].runs, before[one].saved), one.name
        return max(took.values())

    def _watch(self, broken: list[Router], clock: Clock, happens: Mapping[Router, Callable[[], None]]) -> None:
        """Note when each guard was armed; what is to happen then happens."""
        end = time.monotonic() + 600
        while len(clock.armed) < len(broken) and time.monotonic() < end:
            for one in broken:
                if one.name not in clock.armed and self.fleet.armed(one):
                    clock.armed[one.name] = time.monotonic()
                    if one in happens:
                        threading.Thread(target=happens[one], daemon=True).start()
            time.sleep(0.02)


def _once(action: Callable[[], None]) -> Callable[[], None]:
    """The action, done the first time only."""
    done = threading.Event()

    def act() -> None:
        if not done.is_set():
            done.set()
            action()

    return act


def test_a_few_move_and_none_is_lost(fleet: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Six routers move; then each makes another mistake, or goes down while its guard is armed, and is back."""
    made = fleet(6, "zebra route-map delay-timer 1")
    made.times = {"connect_timeout": 3, "login_timeout": 15}
    campaign = Campaign(made, 6, 0.5)
    campaign.move()
    monkeypatch.setattr(guard, "SHORTEST", 6)
    monkeypatch.setattr("configs.push.one.RETRY", 0.3)
    monkeypatch.setattr("configs.push.reaching.RETRY", 0.3)
    monkeypatch.setattr("configs.dialects.frr.driver.RELOAD_GRACE", 0.5)
    campaign.break_some(1)


def test_nothing_is_left_when_the_test_is_killed(tmp_path: Path) -> None:
    """SIGKILL in the middle of the pushes: no process, no namespace, no mount and no name of the routers stays."""
    before = _belongings()
    words = ["-q", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "run"), f"{__file__}::{FEW}"]
    with (tmp_path / "said").open("wb") as said:
        killed = subprocess.Popen([sys.executable, "-m", "pytest", *words], stdout=said, stderr=said, cwd=ROOT)
    try:
        notes = until(lambda: next((tmp_path / "run").glob("*/lab.json"), None))
        running = until(lambda: json.loads(notes.read_text() or "null"))
        disks = Path(f"/proc/{running['keeper']}/root/run/lab")
        until(lambda: next(disks.glob("*/root/var/tmp/govnet/armed.*"), None))
        began = {pid: start for pid in _below(running["pid"]) if (start := process_start(pid))}
        assert len(began) > 6 * 4  # zebra, staticd, sshd and a first process each
        namespaces = _namespaces(began) - _namespaces([os.getpid()])
        assert len(namespaces) > 6 * 2  # a network and mounts each
    finally:
        killed.kill()
        killed.wait(PATIENCE)
    until(lambda: not any(process_start(pid) == start for pid, start in began.items()))
    everybody = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    assert not _namespaces(everybody) & namespaces
    until(lambda: not any(left - before[kind] for kind, left in _belongings().items()))


def _below(pid: int) -> set[int]:
    """A process and everything that it, or what it started, has started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _namespaces(pids: Iterable[int]) -> set[str]:
    """The namespaces of network and mounts that processes are in."""
    found = set()
    for pid in pids:
        for kind in ("net", "mnt"):
            with suppress(OSError):
                found.add(str(Path(f"/proc/{pid}/ns/{kind}").readlink()))
    return found


def _belongings() -> dict[str, set[str]]:
    """What of the machine's own a fleet could change."""
    named = Path("/run/netns")
    return {
        "mounts": set(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()),
        "links": {path.name for path in Path("/sys/class/net").iterdir()},
        "named": {path.name for path in named.iterdir()} if named.is_dir() else set(),
    }


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_move_and_none_is_lost(fleet: Callable[[int], Any]) -> None:
    """A hundred routers, as many at a time as the command takes; the guard has its real time."""
    made = fleet(100)
    campaign = Campaign(made, 20, 5)
    began = time.monotonic()
    campaign.move()
    moved = time.monotonic() - began
    longest = campaign.break_some(6)
    assert longest < guard.SHORTEST + GRACE
    sys.stdout.write(
        f"100 changed in {moved:.0f} s, 0 lost; 36 mistakes taken back, the slowest after {longest:.0f} s\n"
    )
