"""Exits to the internet in a rehearsal: which there are, who stands behind them, what is wanted. No lab."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from configs.dialects import platforms
from inventory import workspace
from lab.rehearsal import exits, hosts, pairs
from lab.rehearsal.model import Home, Host, Wanted

if TYPE_CHECKING:
    from inventory.model import Inventory

EXAMPLE = Path(__file__).parents[3] / "examples" / "suqian"
RUNNING = ("fw-internet", "core-city", "ag-1", "ur-wbgs", "ur-tsw")


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    """宿迁's."""
    return workspace.load(EXAMPLE, platforms=platforms()).inventory


@pytest.fixture(scope="module")
def texts() -> dict[str, bytes]:
    """Two units as they are today, and an empty firewall."""
    found = {name: (EXAMPLE / "rehearsal" / f"{name}.cfg").read_bytes() for name in ("ur-wbgs", "ur-tsw")}
    return found | {"fw-internet": b"hostname fw-internet\n"}


def lan(name: str, device: str, interface: str, address: str, gateway: str) -> Host:
    """A host in a LAN."""
    homes = (Home(ip_interface(address), ip_address(gateway)),)  # type: ignore[arg-type]
    return Host(name, device, interface, f"lan-{name}", homes=homes)


@pytest.fixture(scope="module")
def everybody(inventory: Inventory, texts: dict[str, bytes]) -> list[Host]:
    """Hosts in three LANs and behind all exits."""
    inside = [
        lan("pc-wbgs", "ur-wbgs", "GigabitEthernet0/0/2", "172.16.0.128/24", "172.16.0.254"),
        lan("pc-tsw", "ur-tsw", "GigabitEthernet0/2", "172.16.104.128/23", "172.16.104.1"),
        lan("srv", "fw-internet", "ethernet0/3", "10.98.0.128/24", "10.98.0.1"),
    ]
    return [*inside, *exits.hosts(inventory, exits.exits(inventory, texts), inside, {"inet-ur-tsw"})]


def test_exits_are_those_of_the_inventory_and_those_that_texts_have_beside(
    inventory: Inventory, texts: dict[str, bytes]
) -> None:
    """A default route behind a port of no line; one behind a line is routing, and no exit."""
    found = {(one.device, one.interface, str(one.own), str(one.hop), one.line) for one in exits.exits(inventory, texts)}
    assert found == {
        ("fw-internet", "ethernet0/2", "198.51.100.2/29", "198.51.100.1/29", "isp-city"),
        ("ur-wbgs", "GigabitEthernet0/0/3", "192.0.2.2/30", "192.0.2.1/30", ""),
        ("ur-tsw", "GigabitEthernet0/3", "192.0.2.26/30", "192.0.2.25/30", ""),
    }
    inside = (
        texts["ur-wbgs"]
        .replace(b"GigabitEthernet0/0/3", b"GigabitEthernet0/0/9")
        .replace(
            b"interface GigabitEthernet0/0/1\n",
            b"interface GigabitEthernet0/0/1\n ip address 192.0.2.2 255.255.255.252\n",
        )
    )
    closed = inside.replace(
        b"GigabitEthernet0/0/9\n description broadband\n ip address 192.0.2.2", b"LoopBack9\n ip address 192.0.2.9"
    )
    assert exits.exits(inventory, {"ur-wbgs": closed}) == []


def test_who_stands_behind_an_exit_answers_no_lan(everybody: list[Host]) -> None:
    """It has the next hop's address and one of the internet, a name of its own, and both are always there."""
    out = {host.name: host for host in everybody if host.hop is not None}
    assert set(out) == {"inet-fw-internet", "inet-ur-wbgs", "inet-ur-tsw-2"}
    assert len({host.homes[0].address for host in out.values()}) == 3
    lines = exits.wires(out["inet-ur-wbgs"])
    assert "address add 192.0.2.1/30 dev eth0" in lines
    assert "rule add to 172.16.0.0/24 ipproto udp sport 40007 prohibit" in lines
    assert any(line.startswith("route add default via 192.0.2.2 dev eth0 src 198.18.") for line in lines)
    assert hosts.live(out["inet-ur-wbgs"], []) == {0}


def test_zones_decide_at_the_inventorys_exit_and_nobody_passes_another(
    inventory: Inventory, everybody: list[Host]
) -> None:
    """Each with its device; between two exits nothing is asked."""
    found = {(one.a, one.b): one for one in pairs.pairs(inventory, RUNNING, everybody)}
    wanted: dict[tuple[str, str], tuple[Any, str]] = {
        ("pc-wbgs", "inet-fw-internet"): (Wanted.REQUIRED, ""),
        ("pc-wbgs", "srv"): (Wanted.REQUIRED, ""),
        ("inet-fw-internet", "pc-wbgs"): (Wanted.FORBIDDEN, "fw-internet"),
        ("inet-fw-internet", "srv"): (Wanted.FORBIDDEN, "fw-internet"),
        ("srv", "inet-fw-internet"): (Wanted.FORBIDDEN, "fw-internet"),
        ("pc-wbgs", "inet-ur-wbgs"): (Wanted.FORBIDDEN, "ur-wbgs"),
        ("pc-tsw", "inet-ur-wbgs"): (Wanted.FORBIDDEN, "ur-wbgs"),
        ("inet-ur-wbgs", "pc-wbgs"): (Wanted.OPEN, ""),
    }
    assert {pair: (found[pair].wanted, found[pair].device) for pair in wanted} == wanted
    assert ("inet-ur-wbgs", "inet-fw-internet") not in found


@pytest.mark.parametrize(
    ("service", "passes"),
    [("any", True), ("udp", True), ("udp/40000-49999", True), ("udp/40007", True), ("udp/53", False),
     ("tcp/40007", False), ("dns", False), ("https", False)],
)  # fmt: skip
def test_which_services_let_probes_through(service: str, passes: bool) -> None:
    """UDP to their port."""
    assert pairs._probed(service) is passes
