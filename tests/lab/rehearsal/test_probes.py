"""Questions to hosts behind a firewall: each begins a session of its own, and counts at the host that it is for."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

import pytest

from inventory.text import Message
from lab.rehearsal.model import Flow, Home, Host, Pair, Wanted
from lab.rehearsal.traffic import Traffic
from lab.standin.loading import Loader
from lab.standin.network import Host as Plugged
from lab.standin.network import network_of
from lab.standin.running import start
from tests.patience import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]
USG = """\
sysname FW
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 192.168.1.1 255.255.255.0
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 192.168.2.1 255.255.255.0
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/2
#
security-policy
 rule name out
  source-zone trust
  destination-zone untrust
  action permit
 rule name in
  source-zone untrust
  destination-zone trust
  action permit
#
return
"""
CLOSED = USG.replace("  action permit\n#", "  action deny\n#")
# Answers of the inner host are dropped on their way: what is asked still arrives there.
MUTE = USG.replace(
    "#\ninterface", "#\nacl number 3000\n rule 5 deny udp source-port eq 40007\n#\ninterface", 1
).replace(
    " ip address 192.168.1.1 255.255.255.0\n",
    " ip address 192.168.1.1 255.255.255.0\n traffic-filter inbound acl 3000\n",
)
HOSTS = {"inner": ("1", 1), "outer": ("2", 2)}


def flow(a: str, b: str, wanted: Wanted = Wanted.REQUIRED) -> Flow:
    """From one host to another."""
    ends = [ip_address(f"192.168.{HOSTS[name][0]}.10") for name in (a, b)]
    return Flow(Pair(a, b, wanted, Message("no lines lead from one to the other")), *ends)  # type: ignore[arg-type]


def test_a_session_that_was_begun_before_lets_no_question_pass(tmp_path: Path) -> None:
    """A policy that is taken away is missed, whatever ran through it in either direction until then."""
    plugged = [
        Plugged(name, "FW", f"GigabitEthernet1/0/{port}", ip_interface(f"192.168.{net}.10/24"),
                ip_address(f"192.168.{net}.1"))
        for name, (net, port) in HOSTS.items()
    ]  # fmt: skip
    network = network_of({"FW": ("huawei", USG)}, hosts=plugged)
    hosts = [
        Host(one.name, "FW", one.port, "", homes=(Home(one.address, one.gateway),))  # type: ignore[arg-type]
        for one in plugged
    ]
    out, back = flow("inner", "outer"), flow("outer", "inner")
    never = flow("outer", "inner", Wanted.FORBIDDEN)
    with start(network, tmp_path / "log") as standing, Traffic(standing.running.keeper, tmp_path / "prober") as traffic:
        loader = Loader(network, standing.run)
        traffic.open(hosts)
        until(lambda: traffic.ask([out, back]) == [True, True])
        traffic.start([out])
        loader.load("FW", CLOSED)
        assert traffic.ask([never]) == [False]
        traffic.start([out])
        assert traffic.ask([out, back]) == [True, False]
        loader.load("FW", CLOSED.replace("action permit", "action deny"))
        assert traffic.ask([out, back]) == [False, False]
        loader.load("FW", MUTE)
        assert traffic.ask([back, never]) == [False, True], "what arrives has passed, also if nobody hears the answer"
