"""In which VRF a discovered prefix lies: what the configuration does not say, the inventory may."""

from __future__ import annotations

from ipaddress import ip_interface
from typing import TYPE_CHECKING

import pytest

from configs import discover
from configs.model import AddressUse, UseKind
from inventory import workspace
from ipplan.mapping import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.model import Inventory


@pytest.fixture(scope="module")
def inventory(repository: Path) -> Inventory:
    """The inventory of a city with departments' routers in VRFs."""
    return workspace.load(repository / "examples" / "shangrao").inventory


def use(interface: str, address: str, vrf: str = "") -> AddressUse:
    """An interface's address."""
    value = ip_interface(address)
    return AddressUse(UseKind.INTERFACE, value.ip, value.ip, 1, value.network.prefixlen, vrf, interface)


def test_a_departments_router_lies_in_the_vrf_that_its_circuit_leads_into(inventory: Inventory) -> None:
    """Its configuration knows no VRF; its LAN and circuit are the system's, its management interface is not."""
    device = inventory.devices["ce-guoku-xinzhou"]
    circuit, lan = (
        inventory.lines[name].end_at(device.name).interface for name in ("ln-guoku-xinzhou", "lan-guoku-xinzhou")
    )
    uses = (
        use(circuit, "10.37.1.1/30"),
        use(lan, "10.36.1.1/25"),
        use(device.management_interface, str(device.address)),
    )
    rows = discover.rows([discover.Used(device.name, "a.cfg", uses)], inventory)
    assert {(row.vrf, str(row.prefix), row.mode) for row in rows} == {
        ("guoku", "10.37.1.0/30", None),
        ("guoku", "10.36.1.0/25", None),
        ("default", "10.200.0.0/22", Mode.KEEP),
    }


def test_what_the_configuration_says_comes_first(inventory: Inventory) -> None:
    """A router that names VRFs is believed, and one between several VRFs stays in the default one."""
    device = inventory.devices["ce-guoku-xinzhou"]
    uses = (use("eth9", "10.1.0.1/24", "yewu"), use("eth8", "10.2.0.1/24"))
    rows = discover.rows([discover.Used(device.name, "a.cfg", uses)], inventory)
    assert {row.vrf for row in rows} == {"yewu", "default"}
    county = discover.rows([discover.Used("cr-xinzhou", "b.cfg", (use("eth8", "10.2.0.1/24"),))], inventory)
    assert [row.vrf for row in county] == ["default"]


def test_without_an_inventory_nothing_is_added() -> None:
    """Files of somebody else: the default VRF, no mode."""
    rows = discover.rows([discover.Used("x", "x.cfg", (use("eth0", "10.200.0.9/22"),))])
    assert [(row.vrf, row.mode) for row in rows] == [("default", None)]
