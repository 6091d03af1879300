"""The FRR driver against real FRR daemons in namespaces of their own, over a real SSH server."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

SCENARIO = Path(__file__).with_name("real_frr_scenario.py")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What came of the scenario. Everything in it ends with its first process."""
    said = tmp_path_factory.mktemp("frr") / "out"
    with said.open("wb") as stream:
        subprocess.run(
            ["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child", sys.executable, str(SCENARIO)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
            cwd=Path(__file__).parents[3],
        )
    text = said.read_text()
    assert "REPORT " in text, text
    return json.loads(text.rpartition("REPORT ")[2])


@pytest.mark.lab
def test_a_push_changes_confirms_and_saves(report):
    """A dry run touches nothing; a push is in running and startup; the same push again sends nothing."""
    assert report["dry"]["state"] == "different"
    assert report["startup_untouched_by_dry_run"]
    assert report["push"]["state"] == "changed"
    assert report["push"]["guard"] == "timed-restore"
    for text in (report["running"], report["startup"]):
        assert "description 涟源市" in text
        assert "network 10.255.0.1/32 area 0" in text
    assert report["again"]["state"] == "same"
    assert report["again"]["sent"] == 0


@pytest.mark.lab
def test_a_host_of_another_name_is_pushed(report):
    """FRR shows the system's name, whatever the text says: the rest is pushed and saved, a note says what differs."""
    assert report["named"]["state"] == "changed"
    assert "another-name" in report["named"]["notes"][0]["en"]


@pytest.mark.lab
def test_a_line_that_does_not_take_is_noticed_and_taken_back(report):
    """FRR 8.4's reload ends with success although a line was refused; the check over a new login sees it."""
    assert not report["refused"]["ok"]
    assert report["refused"]["state"] == "restored"
    assert "prefix-list X" in report["refused"]["error"]["hint"]["en"]
    assert report["same_after_refusal"]


@pytest.mark.lab
def test_what_nobody_confirms_is_undone_on_the_host(report):
    """The guard fires, running is as before, and startup never had the change."""
    assert report["pending"]
    assert report["applied"]
    assert report["not_saved"]
    assert report["restored"]
    assert not report["pending_after"]
    assert report["startup_after"]


@pytest.mark.lab
def test_a_whole_configuration_is_replaced(report):
    """Nothing of the old one stays; the getters answer; no file with a secret stays on the host."""
    assert report["replaced"]
    assert report["facts"]["os_version"]
    assert report["addresses"] == {"lo": {"ipv4": {"10.255.0.1": {"prefix_length": 32}}}}
    assert not {"frr.conf", "before.conf"} & set(report["left_in_folder"])
