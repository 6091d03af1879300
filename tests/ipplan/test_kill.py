"""`govnet plan make` is killed at any moment: the plan file is the old one or the new one, whole."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from ipplan.plan import read
from tests.patience import PATIENCE

GOVNET = Path(sys.executable).with_name("govnet")


def make(root: Path) -> subprocess.Popen[bytes]:
    """`govnet plan make`, just started."""
    return subprocess.Popen(
        [str(GOVNET), "plan", "make", "-w", str(root)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def campaign(example: Path, root: Path, rounds: int, seed: int) -> tuple[int, int]:
    """Kill it so many times, mostly while it writes; gives how often the old plan stood and how often the new one.

    The old plan lacks half of the allocations, which the new one adds: so there is something to write each time.
    """
    shutil.copytree(example, root, ignore=shutil.ignore_patterns(".lab", "archive", "secrets"))
    path = root / "plan" / "plan.csv"
    new = path.read_bytes()
    lines = new.decode().splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if line.startswith("allocation,")][::2]
    old = "".join(line for number, line in enumerate(lines) if number not in set(rows)).encode()
    path.write_bytes(old)
    before = time.perf_counter()
    with make(root) as process:
        assert process.wait(timeout=PATIENCE) == 0
    took = time.perf_counter() - before
    new = path.read_bytes()  # what went into the gaps need not be in the order that the example has
    assert new != old
    random = Random(seed)  # noqa: S311 - a test's moments
    outcomes = [0, 0]
    for number in range(rounds):
        path.write_bytes(old)
        with make(root) as process:
            if number % 2:
                # From the first sight of the half-written file on.
                while process.poll() is None and not list(path.parent.glob(".plan.csv.*")):
                    time.sleep(0)
                time.sleep(random.random() * 0.004)
            else:
                time.sleep(random.random() * took * 1.3)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=PATIENCE)
        left = path.read_bytes()
        assert left in (old, new)
        assert read(path).allocations
        outcomes[left == new] += 1
    # What a kill left lying about is in nobody's way.
    with make(root) as process:
        assert process.wait(timeout=PATIENCE) == 0
    assert path.read_bytes() == new
    return outcomes[0], outcomes[1]


def test_a_killed_make_leaves_the_old_plan_or_the_new_one(lianyuan: Path, tmp_path: Path) -> None:
    """Short form."""
    campaign(lianyuan, tmp_path / "city", 10, 1)


@pytest.mark.soak
def test_two_hundred_killed_makes(lianyuan: Path, tmp_path: Path) -> None:
    """Long form: with so many, both outcomes are seen."""
    before, after = campaign(lianyuan, tmp_path / "city", 200, 2)
    assert before
    assert after
