"""Whatever ends whichever part of a machine, at any moment: nothing of it stays behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lab import control
from tests.lab.leftovers import OWN, Belongings
from tests.lab.uml.conftest import SMALL

pytestmark = pytest.mark.lab
UP = """
import sys
from pathlib import Path
from lab import control
from lab.backends import uml
uml.BOOT = 30.0
control.up(Path(sys.argv[1]), backend_name="uml", where=sys.argv[2])
print("ready", flush=True)
"""
# As long as a machine takes to be ready here, and a little more.
LONGEST = 14.0


def assert_nothing_left(ours: Belongings) -> None:
    """Nor anything that only a machine has."""
    ours.assert_nothing_left(OWN)
    assert not Path("/run/uml").exists()
    assert not {"tap0", "tap1"} & {path.name for path in Path("/sys/class/net").iterdir()}


def killed_at_moments(root: Path, moments: int, seed: int) -> None:
    """Start it; at a random moment kill a random part of it, or whoever wanted it."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    (root / ".lab").mkdir(exist_ok=True)
    hit = set()
    for _ in range(moments):
        ours = Belongings(root)
        with subprocess.Popen(
            [sys.executable, "-c", UP, str(root), SMALL],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as starter:  # fmt: skip
            time.sleep(chance.uniform(0.5, LONGEST))
            others = sorted(ours.members() - {starter.pid})
            victim = chance.choice([starter.pid, *others]) if others else starter.pid
            if victim != starter.pid:
                hit.add(victim)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
            starter.wait(timeout=300)
        ours.members()
        state = control.find(root)
        if state is not None:
            # It was there already, and its starter gone by itself: it is wanted until somebody ends it.
            os.kill(state.pid, signal.SIGKILL)
        assert_nothing_left(ours)
    assert hit, "no moment hit the machine itself"


def test_killed_at_any_moment_it_leaves_nothing(workspace: Path) -> None:
    """A moment of its start, or of its life."""
    killed_at_moments(workspace, 1, 11)


@pytest.mark.soak
def test_killed_at_twenty_moments_it_leaves_nothing(workspace: Path) -> None:
    """Twenty."""
    killed_at_moments(workspace, 20, 5)


@pytest.mark.parametrize("campaign", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["short", "all"])
def test_each_part_ends_the_others(workspace: Path, campaign: bool) -> None:
    """SIGKILL to the process that is named in the state, to the holder, to the machine's kernel."""
    for victim in ("named", "holder", "kernel") if campaign else ("kernel",):
        ours = Belongings(workspace)
        state = control.up(workspace, backend_name="uml", where=SMALL)
        mine = ours.members()
        kernels = [
            number
            for number in mine
            if Path(f"/proc/{number}/cmdline").read_bytes().startswith(b"linux.uml\0")
            and Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            == str(state.extra["keeper"])
        ]
        assert len(kernels) == 1
        number = {"named": state.pid, "holder": int(state.extra["keeper"]), "kernel": kernels[0]}[victim]
        assert number in mine
        os.kill(number, signal.SIGKILL)
        assert_nothing_left(ours)


def test_down_leaves_nothing(workspace: Path) -> None:
    """A second `down` has nothing to do."""
    ours = Belongings(workspace)
    control.up(workspace, backend_name="uml", where=SMALL)
    assert len(ours.members()) > 3
    assert control.down(workspace) is True
    assert control.down(workspace) is False
    assert_nothing_left(ours)
    assert not (workspace / ".lab" / "state.json").exists()
