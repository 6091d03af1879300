"""VRFs on the lab's emulated devices: ports that are bound lose their addresses, several targets stand in one line."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from configs import change
from configs.dialects import dialect
from configs.dialects.cisco_ios.language import LANGUAGE as IOS
from configs.dialects.hp_comware.language import LANGUAGE as COMWARE
from configs.dialects.huawei.language import LANGUAGE as VRP
from configs.dialects.ruijie_os.language import LANGUAGE as RGOS
from lab.emulator.device import Spec
from lab.emulator.platforms import emulator

UNDO = {
    "vrf": "ip vpn-instance {}\n#\n",
    "binds": " ip binding vpn-instance {}\n",
    "leaves": " undo ip binding vpn-instance {}\n",
    "sub": "sub",
    "more": " ospf cost 17\n",
    "end": "#\n",
}
NO = {
    "vrf": "ip vrf {}\n!\n",
    "binds": " ip vrf forwarding {}\n",
    "leaves": " no ip vrf forwarding {}\n",
    "sub": "secondary",
    "more": " ip ospf cost 17\n",
    "end": "!\n",
}
DEVICES = [
    ("huawei", "GigabitEthernet0/0/0", "GigabitEthernet0/0/1", "AR2220", UNDO, VRP),
    ("huawei_vrpv8", "GigabitEthernet0/0/0", "GigabitEthernet0/1/0", "NE8000-F1A", UNDO, VRP),
    ("hp_comware", "GigabitEthernet0/0", "GigabitEthernet0/1", "MSR3620", UNDO, COMWARE),
    ("cisco_ios", "GigabitEthernet0/0", "GigabitEthernet0/1", "CISCO2911/K9", NO, IOS),
    ("ruijie_os", "GigabitEthernet 0/0", "GigabitEthernet 0/1", "RSR20-X", NO, RGOS),
]


def made(platform, management, port, model):
    return emulator(platform)(
        Spec(
            name="rt-1",
            platform=platform,
            address=IPv4Address("127.253.0.99"),
            management_interface=management,
            model=model,
            text="",
            interfaces=(port,),
        )
    )


def shown(device):
    """What it runs, without the moment of its last change, which IOS says."""
    return re.sub(r"(?m)^! Last configuration change .*\n", "", device.show(device.running))


async def typed(device, step):
    """Type the commands; VRP 8 has them in a candidate until they are committed."""
    await device.type_in((*step.commands, *(["commit"] if device.spec.platform == "huawei_vrpv8" else [])))


@pytest.mark.parametrize(
    ("platform", "management", "port", "model", "words", "language"), DEVICES, ids=[row[0] for row in DEVICES]
)
def test_a_port_keeps_its_addresses_wherever_it_is_bound(platform, management, port, model, words, language):
    """Bound, bound to another VRF, unbound: each change is done, and done once; each is undone to the very text."""
    spoken = dialect(platform)
    lines = f" ip address 10.9.0.1 255.255.255.0\n ip address 10.9.1.1 255.255.255.0 {words['sub']}\n{words['more']}"
    vrfs = "".join(words["vrf"].format(name) for name in ("office", "video"))
    steps = [
        vrfs + f"interface {port}\n{lines}" + words["end"],
        f"interface {port}\n{words['binds'].format('office')}{lines}" + words["end"],
        f"interface {port}\n{lines}{words['binds'].format('video')}" + words["end"],
        f"interface {port}\n{words['leaves'].format('video')}{lines}" + words["end"],
    ]

    async def run():
        device = made(platform, management, port, model)

        def running():
            return spoken.parse(device.show(device.running).encode())

        try:
            await device.first_boot()
            for number, text in enumerate(steps):
                intended, before = spoken.parse(text.encode()), running()
                earlier = shown(device)
                step = spoken.change(before, intended)
                assert not step.empty
                await typed(device, step)
                assert spoken.change(running(), intended).diff == ""
                now = shown(device)
                assert re.search(r" ip address 10\.9\.0\.1 .*\n ip address 10\.9\.1\.1 ", now)
                assert words["more"] in now
                if number:
                    exact = replace(language, owned=re.compile(""), whole=True)
                    await typed(device, change.compute(running(), before, exact))
                    assert shown(device) == earlier
                    await typed(device, step)
                    assert shown(device) == now
        finally:
            device.close()

    asyncio.run(run())


@pytest.mark.parametrize("row", DEVICES[:3], ids=[row[0] for row in DEVICES[:3]])
def test_targets_are_done_however_they_are_typed(row):
    """Bare, for both directions, several in a line: sent once, then as intended; undone to the very text."""
    platform, management, port, model, _, language = row
    spoken = dialect(platform)
    family, blank = ("\n ipv4-family", " ") if "huawei" in platform else ("", "")
    header = f"ip vpn-instance office{family}\n{blank} route-distinguisher 1:1\n"
    texts = [
        f"{header}{blank} vpn-target 1:1 2:2 import-extcommunity\n#\n",
        f"{header}{blank} vpn-target 1:1 3:3\n{blank} vpn-target 2:2 both\n#\n",
    ]

    async def run():
        device = made(platform, management, port, model)
        try:
            await device.first_boot()
            for number, text in enumerate(texts):
                earlier, intended = shown(device), spoken.parse(text.encode())
                before = spoken.parse(earlier.encode())
                await typed(device, spoken.change(before, intended))
                now = spoken.parse(device.show(device.running).encode())
                assert spoken.change(now, intended).empty
                if number:
                    exact = replace(language, owned=re.compile(""), whole=True)
                    await typed(device, change.compute(now, before, exact))
                    assert shown(device) == earlier
        finally:
            device.close()

    asyncio.run(run())
