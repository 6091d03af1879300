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
