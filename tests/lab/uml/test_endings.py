"""Whatever ends whichever part of a machine, at any moment: nothing of it stays behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab import control
from tests.lab.leftovers import OWN, assert_nothing_left, belongings
from tests.lab.uml.conftest import SMALL
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab
UP = """
import sys
from pathlib import Path
from lab import control
control.up(Path(sys.argv[1]), backend_name="uml", where=sys.argv[2])
print("ready", flush=True)
"""
# As long as a machine takes to be ready here, and a little more.
LONGEST = 12.0


def parts(root: Path, before: set[str]) -> Iterator[int]:
    """The processes of the machine as this one sees them: its starter's children, the holder, the kernel's own."""
    for line in sorted(belongings(root)["processes"] - before):
        number, _, words = line.partition(" ")
        if "lab.uml" in words or "linux.uml" in words:
            yield int(number)


def killed_at_moments(root: Path, moments: int, seed: int) -> None:
    """Start it; at a random moment kill a random part of it, or whoever wanted it."""
    before = belongings(root)
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    hit = 0
    for _ in range(moments):
        with subprocess.Popen(
            [sys.executable, "-c", UP, str(root), SMALL],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        ) as starter:  # fmt: skip
            time.sleep(chance.uniform(0.5, LONGEST))
            victims = [starter.pid, *parts(root, before["processes"])]
            victim = chance.choice(victims)
            try:
                os.kill(victim, signal.SIGKILL)
            except ProcessLookupError:
                continue
            finally:
                if victim == starter.pid:
                    starter.wait()
                    # It may have been done already: then the lab is wanted, and ended like any other.
                    if control.find(root) is not None:
                        os.kill(control.load(root).pid, signal.SIGKILL)
            hit += 1
        assert_nothing_left(before, root, OWN)
        until(lambda: control.find(root) is None)
    assert hit


def test_killed_at_any_moment_it_leaves_nothing(workspace: Path) -> None:
    """Three moments of its start, or of its life."""
    killed_at_moments(workspace, 3, 11)


@pytest.mark.soak
def test_killed_at_twenty_moments_it_leaves_nothing(workspace: Path) -> None:
    """Twenty."""
    killed_at_moments(workspace, 20, 5)


@pytest.mark.parametrize("victim", ["holder", "keeper", "kernel"])
def test_each_part_ends_the_others(workspace: Path, victim: str) -> None:
    """SIGKILL to the process that is named in the state, to the holder, to the machine's kernel."""
    before = belongings(workspace)
    state = control.up(workspace, backend_name="uml", where=SMALL)
    kernel = next(
        number
        for number in parts(workspace, before["processes"])
        if "linux.uml" in Path(f"/proc/{number}/cmdline").read_text(encoding="utf-8")
    )
    numbers = {"holder": state.pid, "keeper": int(state.extra["keeper"]), "kernel": kernel}
    os.kill(numbers[victim], signal.SIGKILL)
    assert_nothing_left(before, workspace, OWN)
    until(lambda: control.find(workspace) is None)


def test_down_leaves_nothing(workspace: Path) -> None:
    """A second `down` has nothing to do."""
    before = belongings(workspace)
    control.up(workspace, backend_name="uml", where=SMALL)
    assert control.down(workspace) is True
    assert control.down(workspace) is False
    assert_nothing_left(before, workspace, OWN[:4])
