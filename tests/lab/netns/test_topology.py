"""The network to run, from the inventory and the plan."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING

import pytest

from configs.dialects import platforms
from inventory import workspace
from inventory.errors import LabError
from inventory.model import LineKind
from ipplan import plan
from lab import topology
from lab.topology import INTERNET, INTERNET_HOST, NOC, NOWHERE, NodeKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.topology import Topology

    MakeTopology = Callable[..., Topology]

SERVER = "srv-servers"


def test_the_whole_city(planned: Path, make_topology: MakeTopology) -> None:
    """Each device once, a host in each LAN, the internet, an outsider, the management station; links have two ends."""
    built = make_topology(planned, "")
    assert len(built.devices) == 87
    assert len(built.of_kind(NodeKind.HOST)) == 85
    assert [node.name for node in built.of_kind(NodeKind.SERVER)] == [SERVER]
    assert {node.name for node in built.nodes if node.kind in (NodeKind.INTERNET, NodeKind.OUTSIDER, NodeKind.NOC)} == {
        *(INTERNET, INTERNET_HOST, NOC)
    }
    ends = [end for link in built.links for end in (link.a, link.b)]
    assert len(ends) == len(set(ends))
    ports = {(node.name, port.name) for node in built.nodes for port in node.ports}
    assert set(ends) == ports


def test_stand_ins_keep_names_and_addresses(planned: Path, make_topology: MakeTopology) -> None:
    """Platforms and interface names change, nothing else: the plan fits the derived workspace as it fits the real."""
    built = make_topology(planned)
    derived = built.workspace.inventory
    assert {device.name: device.platform for device in built.devices} == {
        "core-city": "frr",
        "fw-border": "linux",
        "rt-lantian": "frr",
        "rt-anping": "frr",
        "vg-zfb": "linux",
        "vg-fgj": "linux",
    }
    assert derived.lines["ln-lantian"].a.interface == "ge0-1"
    assert derived.lines["ln-lantian"].b is not None
    assert derived.lines["ln-lantian"].b.interface == "ge0-0-1"
    assert derived.devices["core-city"].management_interface == "ge0-23"
    assert derived.devices["core-city"].model == "WS-C3560G-24TS"
    assert {item.device for item in built.substitutions} == {"core-city", "fw-border", "rt-lantian"}
    assert all("in its place" in str(item.why) for item in built.substitutions)
    assert built.renamed["core-city", "GigabitEthernet0/24"] == "ge0-24"
    assert ("fw-border", "ipsec0") in derived.zones["units"].interfaces
    for line in derived.lines.values():
        if line.kind is LineKind.TUNNEL:
            assert line.a.interface == "ipsec0"


def test_hosts_stand_where_the_plan_puts_them(planned: Path, make_topology: MakeTopology) -> None:
    """A host has its LAN's second usable address and its router as default gateway."""
    built = make_topology(planned)
    network = built.plan.of("lan-anping")[0].prefix
    host = built.node("pc-anping")
    assert host.ports[0].addresses == (ip_interface(f"{network[2]}/{network.prefixlen}"),)
    assert [(route.network, route.via) for route in host.routes] == [(ip_network("0.0.0.0/0"), network[1])]
    assert built.node(SERVER).http


def test_the_internet_knows_a_way_to_every_lan(planned: Path, make_topology: MakeTopology) -> None:
    """Each private network is routed to the device in front of it, so that what is stopped is stopped there."""
    built = make_topology(planned)
    ways = {route.network: str(route.via) for route in built.node(INTERNET).routes}
    front = {"lan-servers": "198.51.100.2", "lan-anping": "198.51.100.2", "lan-lantian": "198.51.100.2"}
    front |= {"lan-un-zfb": "203.0.113.1", "lan-un-fgj": "203.0.113.2"}
    assert ways == {built.plan.of(line)[0].prefix: address for line, address in front.items()}
    carriers = {str(address) for bridge in built.node(INTERNET).bridges for address in bridge.addresses}
    assert carriers == {"198.51.100.1/30", "203.0.113.254/24"}
    assert str(built.node(INTERNET_HOST).address) == "192.0.2.10"


def test_the_station_is_where_devices_may_be_managed_from(planned: Path, make_topology: MakeTopology) -> None:
    """Its address is the one that devices know; the other management network is on the same cable, same source."""
    noc = make_topology(planned).node(NOC)
    assert [str(address) for bridge in noc.bridges for address in bridge.addresses] == ["10.253.0.250/24"]
    assert [(str(route.network), str(route.source)) for route in noc.routes] == [("10.253.1.0/24", "10.253.0.250")]


def test_what_is_not_chosen_is_skipped_with_its_lines(planned: Path, make_topology: MakeTopology) -> None:
    """A line to a device that does not run ends in nothing; the device is listed with the reason."""
    built = make_topology(planned, "name in (core-city, rt-anping)")
    lines = {link.line: link for link in built.links}
    assert lines["ln-anping"].b == ("rt-anping", "eth1")
    assert lines["ln-lantian"].b[0] == NOWHERE
    assert lines["ln-core-fw"].a == ("core-city", "ge0-24")
    assert sum(name.startswith(("vpn-", "isp-")) for name in lines) == 0
    assert len(built.skipped) == 85
    assert {str(item.why) for item in built.skipped} == {"it was not chosen"}
    assert INTERNET not in {node.name for node in built.nodes}


def test_emulated_keeps_the_vendors(planned: Path) -> None:
    """The emulated back end changes nothing and says what it cannot run."""
    loaded = workspace.load(planned, platforms=platforms())
    built = topology.build(loaded, plan.read(planned / "plan" / "plan.csv"), backend="emulated")
    assert built.workspace is loaded
    assert {device.platform for device in built.devices} == {"huawei", "cisco_ios", "frr", "topsec_tos"}
    assert {item.platform for item in built.skipped} == {"linux"}


def test_an_unknown_node_is_an_error_for_people(planned: Path, make_topology: MakeTopology) -> None:
    """Asking for what is not there says where to look."""
    with pytest.raises(LabError, match="there is no “pc-nowhere” in the lab"):
        make_topology(planned).node("pc-nowhere")


def test_several_hosts_of_a_lan_meet_at_a_switch(planned: Path) -> None:
    """Each has an address of its own and the same gateway; the router's cable ends at the switch."""
    loaded = workspace.load(planned, platforms=platforms())
    network = plan.read(planned / "plan" / "plan.csv")
    built = topology.build(loaded, network, backend="netns", devices={"rt-anping", "fw-border"}, hosts=3)
    lan = network.of("lan-anping")[0].prefix
    names = ("pc-anping", "pc-anping-2", "pc-anping-3")
    assert [built.node(name).address for name in names] == [lan[2], lan[3], lan[4]]
    assert {route.via for name in names for route in built.node(name).routes} == {lan[1]}
    switch = built.node("sw-anping")
    assert (switch.kind, switch.address) == (NodeKind.SWITCH, None)
    assert {port.bridge for port in switch.ports} == {bridge.name for bridge in switch.bridges}
    cables = {(link.a, link.b) for link in built.links if link.line == "lan-anping"}
    ends = [("rt-anping", "eth2"), *((name, "eth0") for name in names)]
    assert cables == {(end, ("sw-anping", f"p{number}")) for number, end in enumerate(ends)}
    routed = [route.network for route in built.node(INTERNET).routes]
    assert len(routed) == len(set(routed)) == 2
