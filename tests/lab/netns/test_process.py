"""The lab as a process: whatever happens to it, nothing of it stays behind; two of them do not meet."""

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

from inventory.errors import LabError
from lab import checks, control
from lab.backend import Fault, NodeStatus
from lab.backends.netns import Netns
from tests.lab.leftovers import OWN, Belongings
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.lab
SMALL = "name in (core-city, rt-anping)"
UP = """
import sys
from pathlib import Path
from lab import control
control.up(Path(sys.argv[1]), backend_name="netns", where=sys.argv[2])
print("ready", flush=True)
"""


@pytest.fixture
def workspace(tmp_path: Path, make_workspace: Callable[[Path], Path]) -> Iterator[Path]:
    """A planned workspace of its own; a lab that a failed test left is ended."""
    root = make_workspace(tmp_path / "lianyuan")
    yield root
    control.down(root)


def test_down_leaves_nothing(workspace: Path) -> None:
    """Nothing of the lab is left; a second `down` has nothing to do."""
    ours = Belongings(workspace)
    control.up(workspace, backend_name="netns", where=SMALL)
    assert len(ours.members()) > 2 * 4  # zebra, ospfd, sshd and a first process each
    assert control.down(workspace) is True
    assert control.down(workspace) is False
    ours.assert_nothing_left(OWN[:4])


@pytest.mark.parametrize("victim", ["holder", "keeper"])
def test_kill_leaves_nothing(workspace: Path, victim: str) -> None:
    """SIGKILL to either of the lab's first two processes ends every other; the state counts as no lab; `up` works."""
    ours = Belongings(workspace)
    state = control.up(workspace, backend_name="netns", where=SMALL)
    assert len(ours.members()) > 2 * 4
    os.kill(state.pid if victim == "holder" else int(state.extra["keeper"]), signal.SIGKILL)
    ours.assert_nothing_left(OWN)
    # The holder ends right after the keeper, not in the same instant.
    until(lambda: control.find(workspace) is None)
    control.up(workspace, backend_name="netns", where=SMALL)
    assert checks.ping(control.load(workspace), "noc", "10.253.0.14")


def test_the_starter_killed_while_building_leaves_nothing(workspace: Path) -> None:
    """At any moment before the lab is ready, the death of whoever wanted it ends it."""
    ours = Belongings(workspace)
    chance = random.Random(7)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        starter = subprocess.Popen(
            [sys.executable, "-c", UP, str(workspace), SMALL], stdout=subprocess.PIPE, start_new_session=True
        )
        with starter:
            time.sleep(chance.uniform(0.5, 1.6))
            ours.members()
            starter.kill()
            said = starter.communicate()[0]
        if said:
            control.down(workspace)
        ours.assert_nothing_left(OWN)


def test_two_labs_do_not_meet(workspace: Path, tmp_path: Path, make_workspace: Callable[[Path], Path]) -> None:
    """The same names and addresses twice on one machine: each lab sees its own; ending one does not touch the other."""
    other = make_workspace(tmp_path / "other")
    try:
        control.up(workspace, backend_name="netns", where=SMALL)
        control.up(other, backend_name="netns", where=SMALL)
        here, there = control.load(workspace), control.load(other)
        checks.run(here, "rt-anping", "sh", "-c", "echo here > /tmp/mark; ip address add 10.253.0.99/24 dev eth0")
        assert checks.run(there, "rt-anping", "cat", "/tmp/mark").returncode != 0
        assert checks.ping(here, "noc", "10.253.0.99")
        assert not checks.ping(there, "noc", "10.253.0.99", count=1).received
        control.down(workspace)
        assert checks.ping(there, "noc", "10.253.0.14")
    finally:
        control.down(other)


def test_one_workspace_has_one_lab(workspace: Path) -> None:
    """A second lab in the same folder is refused, even if the state file is gone; the first one goes on."""
    state = control.up(workspace, backend_name="netns", where=SMALL)
    with pytest.raises(LabError, match="already running"):
        control.up(workspace, backend_name="netns", where=SMALL)
    text = state.path.read_text(encoding="utf-8")
    state.path.unlink()
    try:
        with pytest.raises(LabError, match="another lab is running"):
            control.up(workspace, backend_name="netns", where=SMALL)
    finally:
        state.path.write_text(text, encoding="utf-8")
    assert checks.ping(control.load(workspace), "noc", "10.253.0.14")


def test_a_device_that_does_not_start_is_named(workspace: Path) -> None:
    """A packet filter that nft refuses ends the attempt: the message has the device and nft's words."""
    template = workspace / "templates" / "linux" / "unit-vpn-gateway.j2"
    template.parent.mkdir(parents=True)
    template.write_text("### /etc/nftables.conf\nflush ruleset\ntable inet broken {\n  chain x {\n    accpet\n  }\n}\n")
    ours = Belongings(workspace)
    with pytest.raises(LabError, match=r"1 devices did not start; “vg-zfb” said: .*nftables\.conf:4:") as caught:
        control.up(workspace, backend_name="netns", where="name in (vg-zfb, fw-border)")
    assert "govnet config render vg-zfb" in str(caught.value.hint)
    ours.assert_nothing_left(OWN[:4])


def test_faults_on_demand(workspace: Path) -> None:
    """A device that is down, mute, or has another password: status says so, and the others are as they should be."""
    where = "name in (core-city, rt-anping, rt-lantian, rt-liumutang)"
    faults = {"rt-anping": Fault.DOWN, "rt-lantian": Fault.MUTE, "rt-liumutang": Fault.WRONG_PASSWORD}
    control.up(workspace, backend_name="netns", where=where, faults=faults)
    state = control.load(workspace)

    def nodes() -> dict[str, NodeStatus]:
        return {node.name: node for node in control.status(workspace)[1]}

    assert {name: nodes()[name].state for name in (*faults, "core-city")} == {
        "core-city": "up",
        "rt-anping": "down",
        "rt-lantian": "mute",
        "rt-liumutang": "wrong-password",
    }
    # On a busy machine its server may come up a moment after the lab.
    until(lambda: nodes()["rt-lantian"].detail == "no greeting")
    assert "rt-anping" not in state.extra["neighbours"]


def test_exec_gives_the_status_and_ends_with_its_caller(workspace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`exec` passes output and exit status on; a command whose caller is killed does not stay in the lab."""
    state = control.up(workspace, backend_name="netns", where=SMALL)
    assert Netns().exec(state, "rt-anping", ["sh", "-c", "hostname; exit 7"]) == 7
    assert capfd.readouterr().out == "rt-anping\n"
    assert Netns().exec(state, "pc-anping", ["ip", "-br", "address", "show", "dev", "eth0"]) == 0
    assert "10.20." in capfd.readouterr().out
    with pytest.raises(LabError, match="did not end"):
        checks.run(state, "rt-anping", "sleep", "4321", timeout=0.5)
    words = ("sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    until(lambda: "4321" not in checks.run(state, "rt-anping", *words).stdout.replace("sh -c", ""))
    with pytest.raises(LabError, match="there is no “nobody” in the lab"):
        checks.run(state, "nobody", "true")
