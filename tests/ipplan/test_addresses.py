"""What a device's configuration needs: first and second usable addresses, gateways, tunnels."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING

import pytest

from inventory import workspace
from inventory.errors import InputError
from inventory.model import Area, Inventory, LineKind
from ipplan import plan
from ipplan.addresses import device_addresses
from ipplan.plan import Plan, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "kind,area,vrf,pool,function,family,level,region,owner,prefix\n"


def row(function: str, family: str, owner: str, prefix: str) -> str:
    """A row of an allocation."""
    return f"allocation,public,default,p,{function},{family},township,1,{owner},{prefix}\n"


@pytest.fixture(scope="module")
def example(lianyuan: Path) -> tuple[Plan, Inventory]:
    """The example's plan and inventory."""
    return plan.read(lianyuan / "plan" / "plan.csv"), workspace.load(lianyuan).inventory


def test_a_township_router(example: tuple[Plan, Inventory]) -> None:
    """Loopback, circuit (the b end has the second address), LAN (the router has the first), management."""
    planned, inventory = example
    addresses = device_addresses(planned, inventory, "rt-anping")
    circuit, lan = planned.of("ln-anping")[0].prefix, planned.of("lan-anping")[0].prefix
    assert addresses.loopback == ip_interface(str(planned.of("rt-anping")[0].prefix))
    assert addresses.interfaces == {
        "eth1": (ip_interface(f"{circuit[2]}/{circuit.prefixlen}"),),
        "eth2": (ip_interface(f"{lan[1]}/{lan.prefixlen}"),),
        "eth0": (ip_interface("10.253.0.14/24"),),
    }
    assert addresses.peer("ln-anping") == circuit[1]
    assert addresses.lan("lan-anping") == lan
    assert addresses.gateways == {}
    core = device_addresses(planned, inventory, "core-city")
    assert core.peer("ln-anping") == circuit[2]
    assert core.interfaces["GigabitEthernet0/4"] == (ip_interface(f"{circuit[1]}/{circuit.prefixlen}"),)


def test_both_sides_of_a_tunnel(example: tuple[Plan, Inventory]) -> None:
    """Outer: the carriers' addresses. Inner: the unit's LAN, and the public pools that are not the units' own."""
    planned, inventory = example
    unit = device_addresses(planned, inventory, "vg-jyj")
    city = device_addresses(planned, inventory, "fw-border")
    lan = planned.of("lan-un-jyj")[0].prefix
    near, far = unit.tunnel("vpn-jyj"), city.tunnel("vpn-jyj")
    assert (near.local, near.remote) == (ip_address("203.0.113.3"), ip_address("198.51.100.2"))
    assert (near.local, near.remote) == (far.remote, far.local)
    assert near.local_networks == far.remote_networks == (lan,)
    assert near.remote_networks == far.local_networks
    assert near.remote_networks == (ip_network("10.10.0.0/22"), ip_network("10.20.0.0/18"))
    assert (near.interface, near.peer, far.peer) == ("ipsec0", "fw-border", "vg-jyj")
    assert unit.gateways == {"eth0": ip_address("203.0.113.254")}
    assert unit.loopback is None


def test_the_pools_of_an_area(example: tuple[Plan, Inventory]) -> None:
    """The plan carries the policy's pools, in address order."""
    planned, _ = example
    assert planned.pools(Area.PUBLIC) == (
        ip_network("10.10.0.0/22"),
        ip_network("10.20.0.0/18"),
        ip_network("10.30.0.0/19"),
    )
    assert planned.pools("management") == (ip_network("10.255.0.0/24"),)
    assert planned.pools(Area.VPN) == ()
    assert planned.pools(Area.PUBLIC, version=6) == ()
    assert planned.pools(Area.PUBLIC, vrf="elsewhere") == ()


def test_every_interface_of_the_example_has_one_address(example: tuple[Plan, Inventory]) -> None:
    """Every port of a circuit, LAN or internet line has an address, and no two devices have the same one."""
    planned, inventory = example
    seen = {}
    for name in inventory.devices:
        addresses = device_addresses(planned, inventory, name)
        for line in inventory.lines_of(name):
            if line.kind is not LineKind.TUNNEL:
                assert len(addresses.interfaces[line.end_at(name).interface]) == 1
        for interface, found in addresses.interfaces.items():
            for address in found:
                assert seen.setdefault(address.ip, (name, interface)) == (name, interface)


def test_both_families_and_the_shortest_prefixes(city: Callable[..., Inventory]) -> None:
    """A /31 and a /127 have two usable addresses; IPv4 comes first, a family can be asked for."""
    inventory = city({"a": 5})
    planned = parse(
        HEAD
        + row("loopback", "ipv6", "rt-a", "fd00::7/128")
        + row("loopback", "ipv4", "rt-a", "10.0.0.7/32")
        + row("circuit", "ipv6", "ln-a", "fd00:1::/127")
        + row("circuit", "ipv4", "ln-a", "10.1.0.4/31")
        + row("lan", "ipv6", "lan-a", "fd00:2::/64")
        + row("lan", "ipv4", "lan-a", "10.2.0.0/24")
    )
    addresses = device_addresses(planned, inventory, "rt-a")
    assert [str(address) for address in addresses.loopbacks] == ["10.0.0.7/32", "fd00::7/128"]
    assert [str(address) for address in addresses.interfaces["eth1"]] == ["10.1.0.5/31", "fd00:1::1/127"]
    assert [str(address) for address in addresses.interfaces["eth2"]] == ["10.2.0.1/24", "fd00:2::1/64"]
    assert (addresses.peer("ln-a"), addresses.peer("ln-a", 6)) == (ip_address("10.1.0.4"), ip_address("fd00:1::"))
    assert addresses.lan("lan-a", 6) == ip_network("fd00:2::/64")


def test_a_carriers_circuit(city: Callable[..., Inventory]) -> None:
    """Addresses that a carrier gave stand as they are."""
    inventory = city({"a": 5})
    line = inventory.lines["ln-a"]
    assert line.b is not None
    given = replace(
        line,
        a=replace(line.a, address=ip_interface("192.0.2.1/30")),
        b=replace(line.b, address=ip_interface("192.0.2.2/30")),
    )
    inventory = replace(inventory, lines={**inventory.lines, "ln-a": given})
    addresses = device_addresses(Plan(), inventory, "rt-a")
    assert addresses.interfaces == {"eth1": (ip_interface("192.0.2.2/30"),)}
    assert addresses.peer("ln-a") == ip_address("192.0.2.1")


def test_the_management_address_is_there_once(city: Callable[..., Inventory]) -> None:
    """Managed over its circuit by a planned address, the interface still has it once."""
    inventory = city({"a": 5})
    planned = parse(HEAD + row("circuit", "ipv4", "ln-a", "10.1.0.4/30"))
    device = replace(inventory.devices["rt-a"], address=ip_interface("10.1.0.6/30"), management_interface="eth1")
    inventory = replace(inventory, devices={**inventory.devices, "rt-a": device})
    assert device_addresses(planned, inventory, "rt-a").interfaces == {"eth1": (ip_interface("10.1.0.6/30"),)}


def test_what_is_not_planned_is_said(example: tuple[Plan, Inventory]) -> None:
    """An address that a template asks for and the plan does not have names the line and what to run."""
    _, inventory = example
    addresses = device_addresses(Plan(), inventory, "rt-anping")
    assert addresses.loopback is None
    for ask, name in ((addresses.peer, "ln-anping"), (addresses.lan, "lan-anping")):
        with pytest.raises(InputError) as caught:
            ask(name)
        (problem,) = caught.value.problems
        assert problem.in_language("en") == (
            f"plan/plan.csv: the plan has no prefix for “{name}”\n  hint: run: govnet plan make"
        )
        assert "规划中没有" in problem.in_language("zh_CN")
    with pytest.raises(KeyError):
        addresses.peer("lan-anping")
    with pytest.raises(KeyError):
        addresses.lan("lan-lantian")
    with pytest.raises(KeyError):
        device_addresses(Plan(), inventory, "nobody")


@pytest.mark.parametrize(("missing", "text"), [("isp-jyj", "needs an internet line"), ("lan-un-jyj", "no planned LAN")])
def test_a_tunnel_without_an_end(example: tuple[Plan, Inventory], missing: str, text: str) -> None:
    """A tunnel needs an internet line at both devices and a LAN at the unit's; the tunnel's row is named."""
    planned, inventory = example
    fewer = replace(inventory, lines={name: line for name, line in inventory.lines.items() if name != missing})
    with pytest.raises(InputError) as caught:
        device_addresses(planned, fewer, "fw-border").tunnel("vpn-jyj")
    (problem,) = caught.value.problems
    assert text in problem.in_language("en")
    assert problem.file == "inventory/links.csv"
    assert problem.line == inventory.lines["vpn-jyj"].source.line
