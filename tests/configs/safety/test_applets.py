"""The applet that guards an IOS device without an archive: what it takes, and what it must not be mistaken for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configs.dialects import dialect
from configs.dialects.cisco_ios import applet
from configs.guard import GuardKind
from configs.push import State
from inventory.errors import DeviceError
from tests.patience import until

CASE = yaml.safe_load((Path(__file__).parent / "cases" / "cisco_ios_eem.yaml").read_text())
MARK = "event manager environment govnet_guard armed"


@pytest.fixture(autouse=True)
def _short(short):
    del short


@pytest.fixture
def bench(worlds):
    """A router without an archive."""
    given = {key: CASE[key] for key in ("model", "interface", "enable")}
    return worlds.start("cisco_ios", CASE["text"], **given)


def test_nothing_is_left_of_it(bench):
    """After a confirmed change there is no applet, no mark and no copy, in what runs and in what is saved."""
    result = bench.push(CASE["harmless"])
    assert (result.state, result.guard) == (State.CHANGED, GuardKind.SCHEDULED_RESTORE)
    assert "event manager" not in bench.text() + bench.saved()
    assert bench.do(lambda device: (device.files, device.applets)) == ({}, {})


def test_a_copy_from_before_is_overwritten(bench):
    """A device that went back by itself has kept its copy; the next push makes a new one."""
    bench.do(lambda device: device.files.update({"govnet-before.cfg": device.factory()}))
    driver = bench.driver()
    driver.load_merge_candidate(config=CASE["harmless"])
    driver.commit_config(revert_in=600)
    driver.rollback()
    driver.commit_config(revert_in=600)
    kept = bench.do(lambda device: device.show(device.files["govnet-before.cfg"]))
    assert "hostname S1" in kept
    assert "Loopback9" not in kept
    driver.close()


def test_a_mark_that_was_left_is_not_taken_for_this_change(bench):
    """Left by somebody who died: it goes before the copy is made, so that a restore takes the new one away."""
    bench.do(lambda device: device.run(device.type_in([MARK])))
    until(lambda: MARK in bench.text())
    driver = bench.driver()
    driver.load_merge_candidate(config=CASE["harmless"])
    driver.commit_config(revert_in=600)
    assert MARK in bench.text()
    assert MARK not in bench.do(lambda device: device.show(device.files["govnet-before.cfg"]))
    driver.confirm_commit()
    driver.close()
    assert MARK not in bench.saved()


def test_what_the_device_took_back_is_not_saved(bench):
    """The mark is gone, so the applet has gone back to the copy just now: that is told, and nothing is saved."""
    saved = bench.saved()
    driver = bench.driver()
    driver.load_merge_candidate(config=CASE["harmless"])
    driver.commit_config(revert_in=600)
    bench.do(lambda device: device.running.remove(("event", "manager", "environment")))
    with pytest.raises(DeviceError, match="by itself before it was confirmed"):
        driver.confirm_commit()
    driver.close()
    assert bench.saved() == saved


def test_no_room_for_the_copy(bench):
    """A full flash: the push is not begun."""
    before = bench.text()
    bench.suffer(full_flash=True)
    result = bench.push(CASE["harmless"])
    assert result.state is State.UNTOUCHED
    assert bench.text() == before
    assert bench.do(lambda device: device.applets) == {}


@pytest.mark.parametrize(
    ("shown", "enough"),
    [
        ("Embedded Event Manager Version 4.00\nComponent Versions:\neem: (rel8)1.0.0\n", True),
        ("Embedded Event Manager Version 3.10\n", True),
        ("Embedded Event Manager Version 2.40\n", False),
        ("", False),
    ],
)
def test_an_old_event_manager_is_not_used(shown, enough):
    """One that ends an applet after 20 seconds cannot go back surely."""
    assert applet.young_enough(shown) is enough


def test_commands_that_a_server_authorises():
    """An applet without a user is refused there: it is no guard."""
    ios = dialect("cisco_ios")
    assert applet.hindered(ios.parse(b"aaa authorization commands 15 default group tacacs+ local\nend\n"))
    assert not applet.hindered(ios.parse(b"aaa authorization exec default local\nend\n"))


def test_the_guard_is_no_difference():
    """What is compared with a way back is the configuration without the guard's own lines."""
    first, *below, _, mark = applet.lines(120)
    text = "\n".join(("hostname S1", mark, first, *(f" {line}" for line in below), "end", ""))
    left = applet.left_out(dialect("cisco_ios").parse(text.encode()))
    assert [node.text for node in left.children if node.text != "end"] == ["hostname S1"]
