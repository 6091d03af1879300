"""Ports pushed into another VRF on emulated devices, over SSH: done, done once, and undone line by line."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import push as pushing
from configs.dialects import platforms
from configs.drivers import driver_for
from configs.push import State
from inventory import workspace
from inventory.filters import select
from lab import control

EXAMPLES = Path(__file__).parents[3] / "examples"
UNDO = ("ip vpn-instance", "ip binding vpn-instance", "#")
NO = ("ip vrf", "ip vrf forwarding", "!")
# A device of each language in which a port is bound to a VRF.
DEVICES = {
    "huawei": ("jiyuan", UNDO),
    "hp_comware": ("jiyuan", UNDO),
    "ruijie_os": ("jiyuan", NO),
    "cisco_ios": ("lianyuan", NO),
}


@pytest.fixture(scope="module")
def labs(tmp_path_factory):
    """The examples that have them, with one device of each platform."""
    up = {}
    try:
        for example in ("jiyuan", "lianyuan"):
            root = tmp_path_factory.mktemp("vrfs") / example
            left_out = shutil.ignore_patterns("secrets", ".lab", "archive", "reports")
            shutil.copytree(EXAMPLES / example, root, ignore=left_out)
            invent_secrets(workspace.load(root, platforms=platforms()))
            loaded = workspace.load(root, platforms=platforms())
            names = {row.platform: name for name, row in loaded.inventory.devices.items()}
            wanted = [names[platform] for platform, (where, _) in DEVICES.items() if where == example]
            up[example] = (loaded, None, names)
            state = control.up(root, backend_name="emulated", where=f"name in ({', '.join(wanted)})")
            up[example] = (loaded, state, names)
        yield up
    finally:
        for loaded, _, _ in up.values():
            control.down(loaded.root)


def lasting(text):
    """A configuration without the moment of its last change, which IOS says."""
    return re.sub(rb"(?m)^! Last configuration change .*\n", b"", text)


@pytest.mark.parametrize("platform", list(DEVICES))
def test_a_port_goes_into_another_vrf(labs, platform):
    """The push ends as intended, with the address that the binding took away; a second one finds nothing to do."""
    example, words = DEVICES[platform]
    loaded, state, names = labs[example]
    (device,) = select(loaded.inventory, f"name={names[platform]}")
    (job,) = pushing.jobs(loaded, [device], {}, state.endpoints())
    vrf, binds, end = words
    vrfs = "".join(f"{vrf} {name}\n{end}\n" for name in ("office", "video"))

    def bound(name):
        lines = f" {binds} {name}\n ip address 10.9.0.1 255.255.255.255\n"
        return replace(job, intended=f"{vrfs}interface LoopBack9\n{lines}{end}\n")

    for name, wanted in (("office", State.CHANGED), ("video", State.CHANGED), ("video", State.SAME)):
        (result,) = pushing.push([bound(name)], commit=True)
        assert (result.error, result.state) == (None, wanted)
    driver = driver_for(device.platform).for_target(job.target, out_of_band=True)
    driver.open()
    try:
        before = driver.running()
        driver.load_merge_candidate(config=bound("office").intended)
        driver.commit_config()
        driver.rollback()
        assert lasting(driver.running()) == lasting(before)
        assert b" ip address 10.9.0.1 255.255.255.255" in before
    finally:
        driver.close()
    (result,) = pushing.push([bound("office")], commit=True)
    assert result.state is State.CHANGED
    (result,) = pushing.push([replace(job, intended=before.decode(), exact=True)], commit=True)
    assert (result.error, result.state) == (None, State.CHANGED)
    driver.open()
    try:
        assert lasting(driver.running()) == lasting(before)
    finally:
        driver.close()
