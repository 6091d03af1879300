"""Somebody harms the lab in the middle of a rehearsal: whatever cannot be seen any more is no success."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]

# Runs govnet; when the stage has been sent, and probes still go on behind it, the code in HARM runs.
SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from cli import lab_rehearse
from cli.main import main
from lab import checks
from lab.rehearsal import legs

send, init = lab_rehearse.Rollouts.send, legs.Walk.__init__

def begin(walk, course, today):
    global course_
    course_ = course
    init(walk, course, today)

def node(name, *argv):
    done = checks.run(course_.lab.state, name, *argv)
    assert not done.returncode, done.stderr

def prober():
    started = course_.traffic._process.pid
    return int(Path(f"/proc/{started}/task/{started}/children").read_text().split()[0])

def harm(self, *words, **named):
    pushed = send(self, *words, **named)
    exec(os.environ["HARM"])
    return pushed

legs.Walk.__init__, lab_rehearse.Rollouts.send = begin, harm
main()
"""
HARMS = {
    "prober-ended": ("os.kill(prober(), signal.SIGKILL)", {"stopped"}),
    "prober-held-up": (
        "os.kill(prober(), signal.SIGSTOP); time.sleep(3); os.kill(prober(), signal.SIGCONT)",
        {"not-sent"},
    ),
    "zebra-ended": ("node('r1', 'sh', '-c', 'kill -9 $(cat /run/frr/zebra.pid)')", {"not-loaded"}),
    "ospfd-ended": ("node('r1', 'sh', '-c', 'kill -9 $(cat /run/frr/ospfd.pid)')", {"not-loaded", "required-failed"}),
    "host-unplugged": ("node('pc-r1', 'ip', 'link', 'set', 'dev', 'eth0', 'down')", {"required-failed", "loss"}),
}
SHORT = ("prober-ended",)


def rehearse(town: Any, wanted: Path, harm: str) -> dict[str, Any]:
    """What `lab rehearse` prints."""
    wanted.mkdir()
    text = town.text("core").replace("!\nend", "!\nip route 10.99.0.0/16 blackhole\n!\nend")
    (wanted / "core.cfg").write_text(text, encoding="utf-8")
    words = ["lab", "rehearse", str(town.today), "--change", str(wanted), "--once", "--json", "-w", str(town.root)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words, "--late", "6", "--settle", "8"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li", "HARM": harm},
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False), document
    return document


def found(tmp_path: Path, make_town: Callable[..., Any], name: str) -> None:
    """The harm is told."""
    harm, wanted = HARMS[name]
    document = rehearse(make_town(tmp_path / "town", 1), tmp_path / "wanted", harm)
    kinds = {finding["kind"] for finding in document["findings"]}
    assert wanted <= kinds, document["findings"]


@pytest.mark.parametrize("name", SHORT)
def test_harm_is_no_success(tmp_path: Path, make_town: Callable[..., Any], name: str) -> None:
    """The gravest of them: nobody looks any more."""
    found(tmp_path, make_town, name)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(set(HARMS) - set(SHORT)))
def test_no_harm_is_a_success(tmp_path: Path, make_town: Callable[..., Any], name: str) -> None:
    """The others."""
    found(tmp_path, make_town, name)
