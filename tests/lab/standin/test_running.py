"""Stand-ins of VRP texts with real packets: routing, filters, VRRP, and texts that change while packets go."""

from __future__ import annotations

import re
import subprocess
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

import pytest

from lab.standin.loading import Loader
from lab.standin.network import Host, network_of
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.standin.network import Network
    from lab.standin.running import Standing

pytestmark = pytest.mark.lab
EDGE = """\
sysname {name}
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address 10.0.{number}.1 255.255.255.252
#
interface GigabitEthernet0/0/2
 undo shutdown
 ip address 192.168.{number}.1 255.255.255.0
#
ospf 1
 area 0.0.0.0
  network 10.0.{number}.0 0.0.0.3
  network 192.168.{number}.0 0.0.0.255
#
return
"""
CORE = """\
sysname Core
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address 10.0.1.2 255.255.255.252
#
interface GigabitEthernet0/0/2
 undo shutdown
#
interface GigabitEthernet0/0/2.20
 vlan-type dot1q 20
 ip address 10.0.2.2 255.255.255.252
#
interface LoopBack0
 ip address 1.1.1.1 255.255.255.255
#
ospf 1 router-id 1.1.1.1
 area 0.0.0.0
  network 10.0.1.0 0.0.0.3
  network 10.0.2.0 0.0.0.3
  network 1.1.1.1 0.0.0.0
#
return
"""
FILTER = """\
acl number 3000
 rule 5 deny icmp source 192.168.1.0 0.0.0.255 destination 192.168.2.10 0
 rule 10 permit ip
#
"""


def host(name: str, device: str, number: int, last: int = 10) -> Host:
    """A computer in an edge router's LAN."""
    return Host(
        name, device, "GigabitEthernet0/0/2",
        ip_interface(f"192.168.{number}.{last}/24"), ip_address(f"192.168.{number}.1"),
    )  # fmt: skip


def campus() -> Network:
    """Two edges around a core, a host behind each edge."""
    texts = {
        "A": EDGE.format(name="A", number=1),
        "B": EDGE.format(name="B", number=2).replace(
            "interface GigabitEthernet0/0/1\n undo shutdown\n",
            "interface GigabitEthernet0/0/1\n undo shutdown\n#\n"
            "interface GigabitEthernet0/0/1.20\n vlan-type dot1q 20\n",
        ),
        "Core": CORE,
    }
    return network_of(
        {name: ("huawei", text) for name, text in texts.items()},
        hosts=[host("pc1", "A", 1), host("pc2", "B", 2), host("pc3", "B", 2, 11)],
    )


def pings(standing: Standing, node: str, address: str, count: int = 1) -> bool:
    """Whether any answer comes."""
    return not standing.run(node, ["ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", address]).status


def test_routes_filters_and_changes(stand: Callable[[Network], Standing]) -> None:
    """OSPF between VRP texts; then a filter, an address and a route are loaded while other packets keep going."""
    network = campus()
    assert network.carried, [str(one.reason) for built in network.built.values() for one in built.left if not one.weak]
    standing = stand(network)
    until(lambda: pings(standing, "pc1", "192.168.2.10"), lambda: standing.run("A", ["vtysh", "-c", "show ip route"]))
    assert pings(standing, "pc1", "192.168.2.11", 3)
    assert pings(standing, "Core", "192.168.1.10", 3)

    loader = Loader(network, standing.run)
    assert loader.load("Core", CORE).changed == ()

    # Packets that no change concerns: not one may be lost while three texts are loaded.
    steady = subprocess.Popen(
        standing.command("pc1", ["ping", "-n", "-i", "0.02", "-W", "2", "192.168.2.11"]),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        filtered = EDGE.format(name="A", number=1).replace(
            " ip address 192.168.1.1 255.255.255.0\n",
            " ip address 192.168.1.1 255.255.255.0\n traffic-filter inbound acl 3000\n",
        ).replace("interface GigabitEthernet0/0/1\n", f"{FILTER}interface GigabitEthernet0/0/1\n", 1)  # fmt: skip
        loaded = loader.load("A", filtered)
        assert loaded.changed == ("nftables",)
        assert not pings(standing, "pc1", "192.168.2.10", 3)
        loaded = loader.load("A", EDGE.format(name="A", number=1))
        assert loaded.changed == ("nftables",)
        assert pings(standing, "pc1", "192.168.2.10", 3)

        more = CORE.replace("1.1.1.1 255.255.255.255", "7.7.7.7 255.255.255.255").replace(
            "return", "ip route-static 172.16.0.0 255.255.0.0 10.0.1.1\n#\nreturn"
        )
        loaded = loader.load("Core", more)
        assert "ip address add 7.7.7.7/32 dev lo" in loaded.changed
        assert "ip address delete 1.1.1.1/32 dev lo" in loaded.changed
        assert "+ ip route 172.16.0.0/16 10.0.1.1 60" in loaded.changed
        until(lambda: "172.16.0.0/16" in standing.run("Core", ["ip", "route"]).said)
        assert "7.7.7.7" in standing.run("Core", ["ip", "address", "show", "dev", "lo"]).said
    finally:
        standing.run("pc1", ["pkill", "-INT", "ping"])
        said = steady.communicate(timeout=PATIENCE)[0]
    sent, received = map(int, re.findall(r"(\d+) packets transmitted, (\d+) received", said)[0])
    assert sent > 50, said[-300:]
    assert received == sent, said[-300:]


GATEWAY = """\
sysname {name}
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address 10.1.1.{last} 255.255.255.0
 vrrp vrid 1 virtual-ip 10.1.1.111
 vrrp vrid 1 priority {priority}
#
return
"""


def test_virtual_router_takes_over(stand: Callable[[Network], Standing]) -> None:
    """The better router answers for the group's address; when its port falls the other one does (RFC 5798)."""
    first = GATEWAY.format(name="A", last=1, priority=120)
    texts = {"A": first, "B": GATEWAY.format(name="B", last=2, priority=100)}
    network = network_of(
        {name: ("huawei", text) for name, text in texts.items()},
        hosts=[Host("pc", "A", "GigabitEthernet0/0/1", ip_interface("10.1.1.50/24"), ip_address("10.1.1.111"))],
    )
    assert network.carried
    standing = stand(network)

    def master() -> str:
        shown = {name: standing.run(name, ["vtysh", "-c", "show vrrp"]).said for name in texts}
        masters = [name for name, said in shown.items() if re.search(r"Status \(v4\)\s+Master", said)]
        return "".join(masters)

    until(lambda: master() == "A", lambda: standing.run("A", ["vtysh", "-c", "show vrrp"]).said)
    until(lambda: pings(standing, "pc", "10.1.1.111"))
    loader = Loader(network, standing.run)
    loader.load("A", first.replace(" undo shutdown\n", " shutdown\n"))
    until(lambda: "B" in master(), lambda: standing.run("B", ["vtysh", "-c", "show vrrp"]).said)
    until(lambda: pings(standing, "pc", "10.1.1.111"))
    assert "00:00:5e:00:01:01" in standing.run("pc", ["ip", "neighbour"]).said


def test_a_router_with_many_ports_listens_on_each(stand: Callable[[Network], Standing]) -> None:
    """A county's core has more lines than Linux lets a socket join groups: OSPF's is joined on all of them."""
    ports = range(1, 25)
    views = "".join(
        f"interface GigabitEthernet0/0/{port}\n undo shutdown\n ip address 10.9.{port}.1 255.255.255.252\n#\n"
        for port in ports
    )
    text = f"sysname County\n#\n{views}ospf 1\n area 0.0.0.0\n  network 10.9.0.0 0.0.255.255\n#\nreturn\n"
    standing = stand(network_of({"county": ("huawei", text)}))

    def joined() -> int:
        return standing.run("county", ["cat", "/proc/net/igmp"]).said.count("050000E0")  # 224.0.0.5, RFC 2328, A.1

    until(lambda: joined() == len(ports), joined)
