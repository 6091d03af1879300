"""Rendered texts and their changes typed at the lab's emulated devices, which know nothing of the dialects."""

from __future__ import annotations

import asyncio
import re
from ipaddress import IPv4Address

import pytest

from configs.dialects import dialect
from configs.render import BOOTSTRAP, Renderer
from lab.emulator.device import Spec
from lab.emulator.ios import IosDevice
from lab.emulator.vrp import VrpDevice

DEVICES = [
    ("rt-lantian", VrpDevice, "township-router"),
    ("rt-lantian", VrpDevice, "core"),
    ("core-city", IosDevice, "core"),
    ("core-city", IosDevice, "township-router"),
]


@pytest.mark.parametrize(("name", "kind", "role"), DEVICES)
def test_first_push_and_second(copy, name, kind, role):
    """The emulator takes the bootstrap text and every command of the change; a second comparison finds nothing."""
    workspace, plan = copy
    renderer = Renderer(workspace, plan)
    full = renderer.render(name, role=role).reveal()
    asyncio.run(push(workspace.inventory.devices[name], kind, renderer.render(name, role=BOOTSTRAP).reveal(), full))


async def push(row, kind, first, full):
    device = kind(
        Spec(
            name=row.name,
            platform=row.platform,
            address=IPv4Address("127.253.0.99"),
            management_interface=row.management_interface,
            model=row.model,
            text=first,
            interfaces=tuple(sorted(set(re.findall(r"^interface (GigabitEthernet\S+)", full, re.MULTILINE)))),
        )
    )
    try:
        await device.first_boot()
        spoken = dialect(row.platform)
        intended = spoken.parse(full.encode())
        change = spoken.change(spoken.parse(device.show(device.running).encode()), intended, management=row.address)
        assert not change.empty
        assert change.cuts == ()
        await device.type_in(change.commands)
        running = device.show(device.running)
        again = spoken.change(spoken.parse(running.encode()), intended, management=row.address)
        assert again.diff == ""
        assert "<secret" not in spoken.mask(running)
        assert "S3cret" not in spoken.mask(running)
        for fact in ("telnet_mgmt", "vty_no_acl", "no_ntp", "no_syslog_host", "no_banner", "no_login_lockout"):
            assert spoken.facts(spoken.parse(running.encode())).facts[fact].value is False, fact
    finally:
        device.close()
