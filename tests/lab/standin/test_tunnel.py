"""IPsec between two USG: what the policies name goes through the tunnel, and only encrypted packets are on the wire."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

import pytest

from lab.standin.network import Host, network_of
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.standin.network import Network
    from lab.standin.running import Standing

pytestmark = pytest.mark.lab
USG = """\
sysname {name}
#
acl number 3000
 rule 5 permit ip source 192.168.{own}.0 0.0.0.255 destination 192.168.{other}.0 0.0.0.255
#
ike proposal 10
 encryption-algorithm aes-256
 dh group14
 authentication-algorithm sha2-256
 authentication-method pre-share
 integrity-algorithm hmac-sha2-256
 prf hmac-sha2-256
#
ike peer far
 undo version 1
 pre-shared-key Lab-Key-2026
 ike-proposal 10
 remote-address 203.0.113.{other}
#
ipsec proposal p1
 encapsulation-mode tunnel
 transform esp
 esp authentication-algorithm sha2-256
 esp encryption-algorithm aes-256
#
ipsec policy map1 10 isakmp
 security acl 3000
 ike-peer far
 proposal p1
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 203.0.113.{own} 255.255.255.0
 ipsec policy map1
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 192.168.{own}.1 255.255.255.0
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/2
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/1
#
ip route-static 0.0.0.0 0.0.0.0 203.0.113.{other}
#
security-policy
 rule name out
  source-zone trust
  destination-zone untrust
  action permit
 rule name in
  source-zone untrust
  destination-zone trust
  source-address 192.168.{other}.0 mask 255.255.255.0
  action permit
 rule name ike
  source-zone local
  action permit
 rule name ike-in
  source-zone untrust
  destination-zone local
  action permit
#
return
"""


def test_two_gateways(stand: Callable[[Network], Standing]) -> None:
    """A host behind one reaches a host behind the other, and the tunnel's counters have seen it."""
    texts = {"A": USG.format(name="A", own=1, other=2), "B": USG.format(name="B", own=2, other=1)}
    network = network_of(
        {name: ("huawei", text) for name, text in texts.items()},
        hosts=[
            Host(
                f"pc{n}", device, "GigabitEthernet1/0/2",
                ip_interface(f"192.168.{n}.10/24"), ip_address(f"192.168.{n}.1"),
            )
            for n, device in ((1, "A"), (2, "B"))
        ],
    )  # fmt: skip
    left = [(one.line, str(one.reason)) for built in network.built.values() for one in built.left if not one.weak]
    assert left == []
    standing = stand(network)
    until(
        lambda: not standing.run("pc1", ["ping", "-n", "-c", "1", "-W", "1", "192.168.2.10"]).status,
        lambda: standing.run("A", ["sh", "-c", "swanctl --list-sas; tail -40 /var/log/charon.log"]).said,
    )
    assert "ESTABLISHED" in standing.run("A", ["swanctl", "--list-sas"]).said
    assert "ipsec0" in standing.run("A", ["ip", "route", "show", "table", "220"]).said
    assert not standing.run("pc2", ["ping", "-n", "-c", "2", "-i", "0.2", "192.168.1.10"]).status


def more(text: str, number: int, own: int, other: int, peer: str = "far") -> str:
    """The text with another entry of its policy: to another network, behind the same peer or another one."""
    entry = f"""\
acl number 300{number}
 rule 5 permit ip source 192.168.{own}.0 0.0.0.255 destination 192.168.{other}.0 0.0.0.255
#
"""
    if peer != "far":
        start = text.index("ike peer far")
        entry += text[start : text.index("#", start)].replace("far", peer).replace("203.0.113.2", f"203.0.113.{other}")
        entry += "#\n"
    policy = f"ipsec policy map1 {number + 10} isakmp\n security acl 300{number}\n ike-peer {peer}\n proposal p1\n#\n"
    text = text.replace("ike proposal 10\n", entry + "ike proposal 10\n", 1) if peer == "far" else text
    if peer != "far":
        text = text.replace("ipsec proposal p1\n", entry + "ipsec proposal p1\n", 1)
    return text.replace("interface GigabitEthernet1/0/1\n", policy + "interface GigabitEthernet1/0/1\n", 1)


def test_several_tunnels(stand: Callable[[Network], Standing]) -> None:
    """Two networks behind one peer and one behind another: all of them are reached, and go on being reached."""
    third = (
        "interface GigabitEthernet1/0/3\n undo shutdown\n ip address 192.168.12.1 255.255.255.0\n#\nfirewall zone trust"
    )
    hub = more(more(USG.format(name="A", own=1, other=2), 1, 1, 12), 2, 1, 3, "third")
    near = more(USG.format(name="B", own=2, other=1), 1, 12, 1)
    near = near.replace("firewall zone trust", third).replace(
        " add interface GigabitEthernet1/0/2\n",
        " add interface GigabitEthernet1/0/2\n add interface GigabitEthernet1/0/3\n",
    )
    texts = {"A": hub, "B": near, "C": USG.format(name="C", own=3, other=1)}
    texts["A"] = hub.replace("  source-address 192.168.2.0 mask 255.255.255.0\n", "")
    at = {1: ("A", 2), 2: ("B", 2), 12: ("B", 3), 3: ("C", 2)}
    network = network_of(
        {name: ("huawei", text) for name, text in texts.items()},
        hosts=[
            Host(
                f"pc{n}", device, f"GigabitEthernet1/0/{side}",
                ip_interface(f"192.168.{n}.10/24"), ip_address(f"192.168.{n}.1"),
            )
            for n, (device, side) in at.items()
        ],
    )  # fmt: skip
    left = [(one.line, str(one.reason)) for built in network.built.values() for one in built.left if not one.weak]
    assert left == []
    assert network.built["A"].swanctl.count("remote_addrs") == 2
    standing = stand(network)

    def reached() -> list[int]:
        return [n for n in (2, 12, 3) if not standing.run("pc1", ["ping", "-nc1", "-W1", f"192.168.{n}.10"]).status]

    until(lambda: reached() == [2, 12, 3], lambda: standing.run("A", ["swanctl", "--list-sas"]).said)
    assert reached() == [2, 12, 3], "none ends another one"
