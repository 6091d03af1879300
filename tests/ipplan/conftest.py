"""Small invented cities to plan for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from inventory.model import Area, Device, End, Inventory, Level, Line, LineKind, Region, Site, Vrf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def build_city(townships: Mapping[str, int], counties: int = 1) -> Inventory:
    """A city with a core and, for each township (name → hosts), a router with a circuit and a LAN.

    Townships are dealt out to the counties in turn; codes are made from the names' order.
    """
    regions = {"4300": Region("4300", "city", Level.CITY)}
    for number in range(counties):
        code = f"4300{number:02}"
        regions[code] = Region(code, f"county {number}", Level.COUNTY, "4300")
    sites = {"dc": Site("dc", "", "4300", hosts=100)}
    devices = {"core": Device("core", "dc", "core", "cisco_ios")}
    lines = {"lan-dc": Line("lan-dc", LineKind.LAN, End("core", "e0"))}
    for number, (name, hosts) in enumerate(townships.items()):
        parent = f"4300{number % counties:02}"
        code = f"{parent}{name.rjust(3, '0')}"
        regions[code] = Region(code, name, Level.TOWNSHIP, parent)
        sites[f"th-{name}"] = Site(f"th-{name}", "", code, hosts=hosts)
        devices[f"rt-{name}"] = Device(f"rt-{name}", f"th-{name}", "township-router", "frr")
        lines[f"ln-{name}"] = Line(f"ln-{name}", LineKind.CIRCUIT, End("core", f"e1/{name}"), End(f"rt-{name}", "eth1"))
        lines[f"lan-{name}"] = Line(f"lan-{name}", LineKind.LAN, End(f"rt-{name}", "eth2"))
    vrfs = {"default": Vrf("default", "", Area.PUBLIC)}
    return Inventory(regions, {}, sites, devices, lines, vrfs, {}, (), {}, {})


def with_hosts(inventory: Inventory, **hosts: int) -> Inventory:
    """The same city with other numbers of hosts in some townships."""
    sites = dict(inventory.sites)
    for name, count in hosts.items():
        site = sites[f"th-{name}"]
        sites[site.name] = replace(site, hosts=count)
    return replace(inventory, sites=sites)


@pytest.fixture
def city() -> Callable[..., Inventory]:
    """Builds a city: `city({"a": 50, "b": 100}, counties=2)`."""
    return build_city


@pytest.fixture
def grown() -> Callable[..., Inventory]:
    """Changes numbers of hosts: `grown(inventory, a=200)`."""
    return with_hosts


POLICY = """
pools:
  - {name: loopbacks, area: management, prefixes: [10.255.0.0/24]}
  - {name: circuits, area: interconnect, prefixes: [10.254.0.0/24]}
  - name: lans
    area: public
    prefixes: [10.20.0.0/18]
    summaries: [{level: township, ipv4: {growth: 2}}]
functions:
  - {name: loopback, pool: loopbacks, for: loopback, ipv4: {length: /32}}
  - {name: circuit, pool: circuits, for: circuit, ipv4: {length: /30}}
  - {name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 1.5, minimum: /27, maximum: /20}}, placement: sparse}
"""


@pytest.fixture
def policy_text() -> str:
    """A policy with loopbacks, circuits, and LANs summarised by township; the numbers are invented."""
    return POLICY
