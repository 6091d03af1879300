"""Sessions through a routed network: what a change does to packets it does to them, and a guard brings them back."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncssh
import pytest

from inventory.errors import LabError
from lab.fronts.spec import FrontSpec
from lab.rehearsal import standing
from tests.lab.fronts.conftest import LOGIN, logged_in
from tests.patience import soon, until

pytestmark = pytest.mark.lab
TEXT = """\
[V200R010C00SPC600]
#
 sysname R1
 header shell information "两条线
 of text"
#
 some-feature of-tomorrow enable
#
interface GigabitEthernet0/0/0
 description 上联
 ip address 10.0.2.2 255.255.255.0
 some-feature 7
#
ip route-static 0.0.0.0 0.0.0.0 10.0.2.1
#
return
"""
VRP8 = TEXT.replace("[V200R010C00SPC600]\n#\n ", "!Software Version V800R010C10SPC500\n#\n")


def vrp(text=TEXT, **more):
    """A router with such a text."""
    return FrontSpec("dev", more.pop("platform", "huawei"), text, *LOGIN, boot=more.pop("boot", 0.3), **more)


def test_a_session_through_a_router_shows_the_text_as_it_was_given(network):
    """To the last character, strange lines and a text over two lines included; nothing had to be loaded."""
    lab = network(vrp())

    async def talk():
        async with logged_in("10.0.2.2") as shell:
            await shell.type("screen-length 0 temporary", ">")
            return await shell.type("display current-configuration", ">")

    said = lab.run(talk()).replace("\r\n", "\n")
    assert TEXT in said
    seen = lab.inspect()
    assert (seen["text"], seen["saved"], seen["loads"], seen["logins"]) == (TEXT, TEXT, [], 1)
    assert seen["unknown"] == 2  # the feature, in both views


def test_a_wrong_password_and_a_lost_login_are_refused(network):
    """A text without users lets in who was named, nobody else."""
    lab = network(vrp())

    async def talk():
        async with logged_in("10.0.2.2", password="wrong"):
            pass

    with pytest.raises(asyncssh.PermissionDenied):
        lab.run(talk())


def test_a_second_address_answers_when_its_line_has_been_answered(network):
    """The answer to a line comes behind its load; a session at the old address goes on while the address is there."""
    lab = network(vrp())

    async def talk():
        async with logged_in("10.0.2.2") as old:
            await old.type("system-view")
            await old.type("interface GigabitEthernet0/0/0")
            await old.type("ip address 10.0.3.77 255.255.255.0 sub")
            async with logged_in("10.0.3.77") as new:
                await new.type("system-view")
                await new.type("interface GigabitEthernet0/0/0")
                said = await new.type("display this")
            return said, await old.type("display this")

    new, old = lab.run(talk())
    assert "10.0.3.77 255.255.255.0 sub" in new
    assert "10.0.3.77 255.255.255.0 sub" in old
    (load,) = lab.inspect()["loads"]
    assert load["changed"] == ["add 10.0.3.77/24"]
    line = " ip address 10.0.2.2 255.255.255.0\n"
    assert lab.inspect()["text"] == TEXT.replace(line, line + " ip address 10.0.3.77 255.255.255.0 sub\n")


def test_a_change_that_cuts_the_path_is_undone_by_the_scheduled_reboot(network):
    """The session dies without a word; after the guard's time the saved text runs again, and the device answers."""
    lab = network(vrp(minute=2.0))

    async def talk():
        async with logged_in("10.0.2.2") as shell:
            await shell.type("schedule reboot delay 1", "[Y/N]:")
            await shell.type("y", ">")
            assert lab.inspect()["armed"]
            await shell.type("system-view")
            await shell.type("interface GigabitEthernet0/0/0")
            shell.send("ip address 192.168.7.7 255.255.255.0")
            await soon(lambda: "192.168.7.7" in lab.inspect()["text"] and lab.inspect()["standing"])
            with pytest.raises((TimeoutError, ConnectionError, asyncssh.Error)):
                await shell.type("display this", seconds=1)
            with pytest.raises((OSError, asyncssh.Error)):
                await asyncssh.connect("10.0.2.2", 22, known_hosts=None, config=None, connect_timeout=0.5)
            await soon(lambda: lab.inspect()["boots"] == 2)
        while True:
            try:
                async with logged_in("10.0.2.2") as shell:
                    return await shell.type("display ip interface brief", ">")
            except (OSError, asyncssh.Error):
                await asyncio.sleep(0.05)

    assert "10.0.2.2/24" in lab.run(talk())
    seen = lab.inspect()
    assert seen["text"] == TEXT
    assert seen["standing"]
    assert [load["restarted"] for load in seen["loads"]][-1]


def test_a_trial_of_vrp8_that_cuts_the_path_is_taken_back_without_a_reboot(network):
    """The candidate is no change; the commit is; the trial's end brings the old text and the path back."""
    lab = network(vrp(VRP8, platform="huawei_vrpv8", minute=2.0))

    async def talk():
        async with logged_in("10.0.2.2") as shell:
            await shell.type("system-view")
            await shell.type("interface GigabitEthernet0/0/0")
            await shell.type("some-feature 8")
            await shell.type("ip address 192.168.7.7 255.255.255.0")
            assert lab.inspect()["loads"] == []
            shell.send("commit trial 60")
            await soon(lambda: "192.168.7.7" in lab.inspect()["text"])
            assert " some-feature 7\n some-feature 8\n" in lab.inspect()["text"]
            await soon(lambda: lab.inspect()["text"] == VRP8 and lab.inspect()["standing"])
        async with logged_in("10.0.2.2") as shell:
            return await shell.type("display current-configuration interface GigabitEthernet0/0/0", ">")

    assert "ip address 10.0.2.2 255.255.255.0" in lab.run(talk())
    seen = lab.inspect()
    assert (seen["boots"], len(seen["loads"])) == (1, 2)
    assert seen["kept"] == [["interface GigabitEthernet0/0/0", "some-feature 8"]]


def test_what_goes_and_comes_back_stands_where_it_stood(network):
    """Forward and back: the text is the same, to the last character."""
    lab = network(vrp())
    there, refused = lab.fronts.console(
        "dev",
        (
            *("system-view", "undo some-feature of-tomorrow enable", "interface GigabitEthernet0/0/0"),
            *("description Uplink", "ip address 10.0.2.3 255.255.255.0", "undo some-feature 7", "quit"),
            *("undo ip route-static 0.0.0.0 0.0.0.0 10.0.2.1", "ip route-static 10.0.0.0 255.255.0.0 10.0.2.1"),
        ),
    )
    assert not refused, there
    changed = lab.inspect()["text"]
    assert "some-feature" not in changed
    assert "\n#\nip route-static 10.0.0.0 255.255.0.0 10.0.2.1\n#\nreturn\n" in changed
    _, refused = lab.fronts.console(
        "dev",
        (
            *("system-view", "some-feature of-tomorrow enable", "interface GigabitEthernet0/0/0"),
            *("some-feature 7", "ip address 10.0.2.2 255.255.255.0", "description 上联", "quit"),
            *("ip route-static 0.0.0.0 0.0.0.0 10.0.2.1", "undo ip route-static 10.0.0.0 255.255.0.0 10.0.2.1"),
        ),
    )
    assert not refused
    assert lab.inspect()["text"] == TEXT


def test_a_load_that_fails_is_said_and_the_next_one_mends_it(network):
    """What the stand-in refuses is data: the device goes on, and nobody is told that it stands."""
    lab = network(vrp(TEXT.replace("上联", "up")))
    lab.fronts.console("dev", ("system-view", "interface GigabitEthernet0/0/0", "description refused by the stand-in"))
    seen = lab.inspect()
    assert (seen["standing"], seen["loads"][-1]["error"]) == (False, "no such line")
    wrong, left = standing.unlike(lab.fronts.keeper, ["dev"])
    assert ({name: str(why) for name, why in wrong.items()}, left) == ({"dev": "loading it failed: no such line"}, {})
    lab.fronts.console("dev", ("system-view", "interface GigabitEthernet0/0/0", "description well"))
    seen = lab.inspect()
    assert (seen["standing"], seen["loads"][-1]["error"]) == (True, "")
    assert standing.unlike(lab.fronts.keeper, ["dev"]) == ({}, {"dev": []})


def test_a_reboot_brings_the_saved_text_and_keeps_ports_down_meanwhile(network):
    """As a power cut: what was not saved is gone."""
    lab = network(vrp(boot=3600.0))
    lab.fronts.console("dev", ("system-view", "sysname Other"))
    lab.fronts.reboot("dev")
    until(lambda: "state DOWN" in lab.inside("dev", "ip", "link", "show", "g0"))
    assert lab.inspect()["away"]
    assert not lab.inspect()["standing"] or lab.inspect()["text"] == TEXT


def test_a_platform_without_such_texts_is_said_at_once(network):
    """The lab is not built with a device that nobody can log in to."""
    with pytest.raises(LabError, match="dev"):
        network(FrontSpec("dev", "frr", "hostname dev\n", *LOGIN))


def test_nothing_stays_when_the_keeper_is_killed(network):
    """The fronts' process is the keeper's: it goes with it."""
    lab = network(vrp())
    keeper = lab.keeper

    def own():
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes()
                inside = (entry / "ns" / "pid").readlink() == space
            except OSError:
                continue
            if inside and b"lab.fronts.process" in words:
                found.append(entry.name)
        return found

    space = (Path(f"/proc/{keeper}") / "ns" / "pid").readlink()
    assert len(own()) == 1
    os.kill(keeper, signal.SIGKILL)
    until(lambda: not own())
