"""The vendor's command line in front of real stand-ins: OSPF routers, a session through them, a change, a guard."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

import asyncssh
import pytest

from lab.fronts.spec import FrontSpec
from lab.fronts.standin import with_fronts
from lab.standin.network import Host, network_of
from lab.standin.running import start
from tests.lab.fronts.conftest import LOGIN, Lab, logged_in
from tests.patience import soon

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab
ROUTER = """\
#
 sysname {name}
#
 some-feature of-tomorrow enable
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address {near} 255.255.255.0
#
interface GigabitEthernet0/0/2
 undo shutdown
 ip address {far} 255.255.255.0
#
interface LoopBack0
 ip address {loopback} 255.255.255.255
#
ospf 1 router-id {loopback}
 area 0.0.0.0
  network 10.0.0.0 0.0.255.255
  network 1.1.1.0 0.0.0.255
#
return
"""
TEXTS = {
    "core": ROUTER.format(name="core", near="10.0.1.1", far="10.0.2.1", loopback="1.1.1.1"),
    "edge": ROUTER.format(name="edge", near="10.0.3.1", far="10.0.2.2", loopback="1.1.1.2"),
}


@pytest.fixture
def lab(tmp_path) -> Iterator[Lab]:
    """Two routers with OSPF between them, the management station behind one."""
    gateway = ip_address("10.0.1.1")
    host = Host("noc", "core", "GigabitEthernet0/0/1", ip_interface("10.0.1.9/24"), gateway)
    network = network_of({name: ("huawei", text) for name, text in TEXTS.items()}, hosts=[host])
    fronts = [FrontSpec(name, "huawei", text, *LOGIN, boot=0.5, minute=6.0) for name, text in TEXTS.items()]
    with ExitStack() as ends:
        yield Lab(ends.enter_context(start(with_fronts(network, fronts), tmp_path / "log")).running)


async def reached(address):
    """Ask until somebody answers at an address."""
    while True:
        try:
            async with logged_in(address) as shell:
                return await shell.type("display current-configuration", ">")
        except (OSError, asyncssh.Error):
            await asyncio.sleep(0.1)


def test_a_router_behind_another_is_changed_over_the_network_that_the_change_changes(lab):
    """A sound change keeps the session, one that ends OSPF towards us ends it; a guard mends that."""

    async def talk():
        await reached("1.1.1.2")
        async with logged_in("1.1.1.2") as shell:
            await shell.type("system-view")
            await shell.type("interface LoopBack0")
            await shell.type("ip address 1.1.1.3 255.255.255.255 sub")
            await shell.type("return", ">")
            await reached("1.1.1.3")
            await shell.type("display clock", ">")
            await shell.type("schedule reboot delay 1", "[Y/N]:")
            await shell.type("y", ">")
            await shell.type("system-view")
            await shell.type("interface GigabitEthernet0/0/2")
            shell.send("undo ip address")
            await soon(lambda: lab.inspect("edge")["standing"] and "10.0.2.2" not in lab.inspect("edge")["text"])
            with pytest.raises((TimeoutError, ConnectionError, asyncssh.Error)):
                await shell.type("display this", seconds=1)
            await soon(lambda: lab.inspect("edge")["boots"] == 2)
        return await reached("1.1.1.2")

    said = lab.run(talk()).replace("\r\n", "\n")
    assert "1.1.1.3" not in said
    seen = lab.inspect("edge")
    assert seen["text"] == TEXTS["edge"]
    assert seen["standing"]
    assert not [load["error"] for load in seen["loads"] if load["error"]]
    assert lab.inspect("core")["loads"] == []
