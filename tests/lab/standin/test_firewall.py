"""A USG's policies and NAT with real packets: the source is hidden, a server is published, the rest stays outside."""

from __future__ import annotations

import subprocess
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

import pytest

from lab.standin.loading import Loader
from lab.standin.network import Host, network_of
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.standin.network import Network
    from lab.standin.running import Standing

pytestmark = pytest.mark.lab
USG = """\
sysname FW
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 192.168.1.1 255.255.255.0
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 203.0.113.1 255.255.255.0
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/2
#
nat address-group pool 0
 mode pat
 section 0 203.0.113.10 203.0.113.10
#
nat server web protocol tcp global 203.0.113.5 80 inside 192.168.1.10 8080
#
security-policy
 rule name out
  source-zone trust
  destination-zone untrust
  source-address 192.168.1.0 mask 255.255.255.0
  action permit
 rule name in
  source-zone untrust
  destination-zone trust
  destination-address 192.168.1.10 mask 255.255.255.255
  service http
  action permit
#
nat-policy
 rule name hide
  source-zone trust
  destination-zone untrust
  source-address 192.168.1.0 mask 255.255.255.0
  action source-nat address-group pool
#
return
"""
ASK = """\
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 2, (sys.argv[3], 0) if len(sys.argv) > 3 else None) as c:
    print(c.makefile().readline())
"""
# Says whom it hears.
SERVE = """\
import socket, sys
s = socket.create_server(("", int(sys.argv[1])))
while True:
    c, (host, _) = s.accept()
    with c:
        c.sendall(f"{host}\\n".encode())
"""


def ask(standing: Standing, node: str, address: str, port: int) -> str:
    """What a server says, which is whom it hears; empty if it cannot be reached."""
    ran = standing.run(node, ["python3", "-c", ASK, address, str(port)])
    return "" if ran.status else ran.said.strip()


def test_policies_and_translation(stand: Callable[[Network], Standing]) -> None:
    """Hidden behind the pool outwards, the published server inwards (with its own port), nothing else inwards."""
    text = USG.replace("  service http\n", "  service protocol tcp destination-port 8080\n")
    network = network_of(
        {"FW": ("huawei", text)},
        hosts=[
            Host("inner", "FW", "GigabitEthernet1/0/1", ip_interface("192.168.1.10/24"), ip_address("192.168.1.1")),
            Host("outer", "FW", "GigabitEthernet1/0/2", ip_interface("203.0.113.99/24"), ip_address("203.0.113.1")),
        ],
    )
    assert network.carried, [one for built in network.built.values() for one in built.left if not one.weak]
    standing = stand(network)
    serving = [
        subprocess.Popen(standing.command(node, ["python3", "-c", SERVE, port]))
        for node, port in (("inner", "8080"), ("inner", "22"), ("outer", "80"))
    ]
    try:
        until(lambda: ask(standing, "inner", "203.0.113.99", 80))
        assert ask(standing, "inner", "203.0.113.99", 80) == "203.0.113.10"
        until(lambda: ask(standing, "outer", "203.0.113.5", 80))
        assert ask(standing, "outer", "203.0.113.5", 80) == "203.0.113.99"
        assert ask(standing, "outer", "192.168.1.10", 8080) == "203.0.113.99", "the positive control"
        assert ask(standing, "outer", "192.168.1.10", 22) == ""
        loaded = Loader(network, standing.run).load("FW", text.replace("  action permit\n#", "  action deny\n#"))
        assert loaded.changed == ("nftables",)
        assert ask(standing, "outer", "203.0.113.5", 80) == ""
        assert ask(standing, "inner", "203.0.113.99", 80) == "203.0.113.10"
    finally:
        for one in serving:
            one.kill()
            one.wait()
