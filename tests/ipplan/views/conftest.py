"""A small invented city with everything that views must cope with: two families, VRFs that overlap, hostile titles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inventory.model import (
    Area,
    Device,
    End,
    Flow,
    Inventory,
    Level,
    Line,
    LineKind,
    Region,
    Settings,
    Site,
    System,
    Unit,
    Vrf,
    Workspace,
    Zone,
)
from ipplan import allocate, policy_file
from ipplan.mapping import Entry, HostRule, Mapping, Mode
from ipplan.networks import parse_network
from ipplan.views import dns_file
from ipplan.views.material import Material

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA = "=cmd|' /C calc'!A0"
MARKUP = "<script>alert(1)</script>&\"'"

POLICY = """
pools:
  - {name: lans, title: 局域网, area: public, prefixes: [10.20.0.0/18, "2001:db8:1000::/44"],
     summaries: [{level: township, ipv4: {growth: 2}, ipv6: {length: /56}}]}
  - {name: servers, area: public, prefixes: [192.0.2.64/26]}
  - {name: circuits, area: interconnect, prefixes: [10.254.0.0/23]}
  - {name: loopbacks, area: management, prefixes: [10.255.0.0/24, "2001:db8:ff00::/64"]}
  - {name: medical, area: vpn, vrf: medical, prefixes: [10.20.0.0/22]}
functions:
  - {name: loopback, pool: loopbacks, for: loopback, ipv4: {length: /32}, ipv6: {length: /128}}
  - {name: circuit, pool: circuits, for: circuit, ipv4: {length: /30}}
  - {name: lan, title: 乡镇局域网, pool: lans, for: lan, where: role = township,
     ipv4: {hosts: {growth: 1.5, minimum: /26}}, ipv6: {length: /64}}
  - {name: server-lan, pool: servers, for: lan, where: role = core, ipv4: {length: /27}}
  - {name: medical-lan, pool: medical, for: lan, where: role = clinic, ipv4: {length: /26}}
"""

DNS = """
origin: city.example
serial: 2026112101
hostmaster: noc.team@city.example
name_servers: {ns1: [192.0.2.70, "2001:db8:1000::53"], ns.other.example: []}
migration_ttl: 300
servers:
  - {name: oa, lan: lan-core, host: 10, aliases: [www]}
"""


def build_inventory(townships: int = 3) -> Inventory:
    """A city with a core, townships with a router and a LAN each, and a clinic in a VRF of its own."""
    regions = {"3611": Region("3611", "上饶市", Level.CITY), "361102": Region("361102", "信州区", Level.COUNTY, "3611")}
    units = {
        "office": Unit("office", "电子政务办公室", "3611"),
        "health": Unit("health", "卫生健康局", "3611"),
        "health-xz": Unit("health-xz", "卫生健康局", "361102"),
    }
    sites = {"dc": Site("dc", "市机房", "3611", "office", 20), "clinic": Site("clinic", MARKUP, "361102", "health", 30)}
    devices = {
        "core": Device("core", "dc", "core", "cisco_ios"),
        "cl-1": Device("cl-1", "clinic", "clinic", "frr"),
    }
    lines = {
        "lan-core": Line("lan-core", LineKind.LAN, End("core", "eth2")),
        "lan-clinic": Line("lan-clinic", LineKind.LAN, End("cl-1", "eth2")),
    }
    for number in range(townships):
        code, name = f"361102{100 + number}", f"th-{number}"
        regions[code] = Region(code, f"乡镇{number}", Level.TOWNSHIP, "361102")
        title = FORMULA if number == 0 else f"乡镇{number}机关"
        units[name] = Unit(name, f"乡镇{number}人民政府", code)
        sites[name] = Site(name, title, code, name, 40 + 40 * (number % 3))
        devices[f"rt-{number}"] = Device(f"rt-{number}", name, "township", "huawei")
        lines[f"ln-{number}"] = Line(
            f"ln-{number}", LineKind.CIRCUIT, End("core", f"ge0/{number}"), End(f"rt-{number}", "ge0/0/1")
        )
        lines[f"lan-{number}"] = Line(f"lan-{number}", LineKind.LAN, End(f"rt-{number}", "ge0/0/2"))
    vrfs = {
        "default": Vrf("default", "", Area.PUBLIC),
        "medical": Vrf("medical", "医疗", Area.VPN, "65001:7", ("65001:7",), ("65001:7", "65001:8")),
    }
    ports = tuple(("core", f"ge0/{number}") for number in range(townships))
    zones = {
        "extranet": Zone("extranet", "骨干", Area.PUBLIC, interfaces=ports),
        "servers": Zone("servers", "服务器区", Area.PUBLIC, interfaces=(("core", "eth2"),)),
        "internet": Zone("internet", "互联网", Area.INTERNET),
    }
    flows = (Flow("to-servers", "extranet", "servers", ("https",)), Flow("out", "extranet", "internet", ("any",)))
    systems = {"oa": System("oa", "办公", "health", "servers", 2)}
    return Inventory(regions, units, sites, devices, lines, vrfs, zones, flows, systems, {})


def build_mapping(material: Material) -> Mapping:
    """Today's addresses of two townships and the servers, one server with a place of its own; one LAN behind NAT."""
    new = {row.owner: row.prefix for row in material.plan.allocations if row.prefix.version == 4}
    first, server = new["lan-0"], new["lan-core"]
    moved = server.network_address + 10
    return Mapping(
        (
            Entry("default", parse_network("172.16.0.0/26"), first, Mode.SAME_SIZE, "lan-0", "lan"),
            Entry("default", parse_network("19.1.0.0/27"), server, Mode.SAME_SIZE, "lan-core", "server-lan"),
            Entry(
                "default",
                parse_network("19.1.0.5/32"),
                parse_network(f"{moved}/32"),
                Mode.SAME_SIZE,
                "lan-core",
                host_rule=HostRule.HOST,
                old_subnet=parse_network("19.1.0.0/27"),
                new_subnet=server,
            ),
            Entry(
                "default",
                parse_network("19.1.0.10/32"),
                None,
                Mode.SAME_SIZE,
                "lan-core",
                host_rule=HostRule.NONE,
                old_subnet=parse_network("19.1.0.0/27"),
            ),
            Entry("default", new["lan-1"], new["lan-1"], Mode.KEEP, "lan-1", "lan"),
            Entry("edge:lan-2", parse_network("192.168.1.0/24"), None, Mode.NAT_EDGE, "lan-2"),
        )
    )


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Material]:
    """Material: `make(townships=3, mapping=True, dns=True)`."""

    def build(townships: int = 3, *, mapping: bool = False, dns: bool = False, dns_text: str = DNS) -> Material:
        inventory = build_inventory(townships)
        rules = policy_file.parse(POLICY)
        plan = allocate.make(inventory, rules, None)
        settings = Settings(
            title="测试市", services={"dns": ("10.9.9.9", "2001:db8::53"), "ntp": ("10.9.9.8", "2001:db8::123")}
        )
        workspace = Workspace(Path("city"), settings, inventory)
        found = None
        if dns:
            path = tmp_path / "dns.yaml"
            path.write_text(dns_text, encoding="utf-8")
            found = dns_file.load(path)
        material = Material(workspace, plan, rules, None, found)
        if mapping:
            material = Material(workspace, plan, rules, build_mapping(material), found)
        return material

    return build
