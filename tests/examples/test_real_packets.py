"""Slices of the example cities on real daemons: who reaches the servers, and who does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipplan import plan
from lab import checks, control
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Address, IPv6Address
    from pathlib import Path

    from lab.state import LabState
    from tests.examples.conftest import Copy

pytestmark = pytest.mark.lab


def host_of(root: Path, owner: str) -> IPv4Address | IPv6Address:
    """The first host of a LAN: its router has the address before."""
    (row,) = plan.read(root / "plan" / "plan.csv").of(owner)
    return row.prefix.network_address + 2


def start(city: Copy, *devices: str) -> LabState:
    """A lab of these devices, its routers brought to what the workspace wants."""
    where = f"name in ({', '.join(devices)})"
    state = control.up(city.root, backend_name="netns", where=where)
    city.govnet("config", "push", "--lab", "--commit", "--where", where)
    return state


@pytest.mark.soak
def test_villages_reach_the_servers_through_either_gateway(copied: Callable[[str], Copy]) -> None:
    """济源, one village of each gateway, real IPsec: both reach the servers, not each other; the internet nobody."""
    city = copied("jiyuan")
    villages = ("vg-kejing-07", "vg-chengliu-03")
    state = start(city, "core-city", "vgw-1", "vgw-2", "fw-internet", "rt-kejing", *villages)
    tunnels = checks.wait_tunnels(state, PATIENCE)
    up = {name for name, each in tunnels.items() if any(one.installed for one in each.values())}
    assert up == {"vgw-1", "vgw-2", *villages}
    server, village = host_of(city.root, "lan-servers"), host_of(city.root, "lan-chengliu-03")
    for host in ("pc-kejing", "pc-kejing-07", "pc-chengliu-03"):
        until(lambda host=host: checks.ping(state, host, server).received, f"{host} does not reach the servers")
    assert not checks.ping(state, "pc-kejing-07", village).received
    assert not checks.ping(state, "inet-host", server).received


@pytest.mark.parametrize(
    ("name", "devices", "host"),
    [
        ("suqian", ("core-city", "fw-internet", "ag-1", "ur-wbgs"), "pc-wbgs"),
        pytest.param("wuwei", ("core-city", "fw-internet", "ag-city", "sw-czj"), "pc-czj", marks=pytest.mark.soak),
    ],
)
def test_a_unit_reaches_the_servers(
    copied: Callable[[str], Copy], name: str, devices: tuple[str, ...], host: str
) -> None:
    """A unit behind its aggregation router reaches the servers behind the firewall; the internet does not."""
    city = copied(name)
    state = start(city, *devices)
    server = host_of(city.root, "lan-servers")
    until(lambda: checks.ping(state, host, server).received, f"{host} does not reach the servers")
    assert not checks.ping(state, "inet-host", server).received
