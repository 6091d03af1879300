"""What is rendered for a platform is taken by its emulator as it is; pushed again, it finds nothing to do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import push as pushing
from configs import render
from configs.dialects import platforms
from configs.drivers import driver_for
from configs.push import Quiet, State
from inventory import workspace
from ipplan import plan as plans
from lab import control

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"


@pytest.mark.parametrize("platform", ["huawei_vrpv8", "hp_comware", "ruijie_os"])
def test_a_rendered_router_is_taken(platform, tmp_path):
    """Bootstrap at the console, then the whole text by a push; a second push finds nothing, and nothing is refused."""
    root = tmp_path / "lianyuan"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("secrets", ".lab", "archive", "reports"))
    for name in ("devices.csv", "links.csv"):
        path = root / "inventory" / name
        lines = path.read_text().splitlines()
        path.write_text("\n".join(_changed(line, platform) if "rt-lantian" in line else line for line in lines) + "\n")
    invent_secrets(workspace.load(root))
    loaded = workspace.load(root, platforms=platforms())
    plan = plans.read(root / "plan" / "plan.csv")
    state = control.up(root, backend_name="emulated", where="name=rt-lantian")
    try:
        device = loaded.inventory.devices["rt-lantian"]
        assert device.platform == platform
        rendered = {device.name: render.render(loaded, plan, device.name)}
        (job,) = pushing.jobs(loaded, [device], rendered, state.endpoints())
        job = replace(job, allow_reboot=True)
        first = pushing.push_one(job, commit=True, observer=Quiet())
        assert first.error is None, first.error
        assert first.state is State.CHANGED
        again = pushing.push_one(job, commit=True, observer=Quiet())
        assert (again.state, again.commands, again.diff) == (State.SAME, (), "")
        driver = driver_for(platform).for_target(job.target)
        driver.open()
        assert driver.get_facts()["hostname"] == "rt-lantian"
        driver.close()
    finally:
        control.down(root)


def _changed(line, platform):
    """A device's row and its lines' rows, with another platform and that platform's interface names."""
    line = line.replace(",huawei,", f",{platform},").replace("AR2220E", "").replace("AR2220", "")
    ports = {"ruijie_os": "GigabitEthernet 0/{}"}.get(platform, "GigabitEthernet0/{}")
    for number in (0, 1, 2):
        line = line.replace(f"GigabitEthernet0/0/{number}", ports.format(number))
    return line
