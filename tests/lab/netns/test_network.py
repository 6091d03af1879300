"""Real packets through the small city: routes, the firewall, NAT, IPsec."""

from __future__ import annotations

import re
import subprocess
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from inventory.errors import LabError
from lab import checks
from lab.backends.netns import command
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any as City  # the class of conftest.py, which cannot be imported here

pytestmark = pytest.mark.lab
SERVER = "srv-servers"


def test_every_router_is_full_and_the_core_has_every_lan(city: City) -> None:
    """OSPF is Full on both circuits, and the townships' planned prefixes are in the core's routing table."""
    neighbours = checks.wait_ospf_full(city.state, PATIENCE)
    assert {name: len(found) for name, found in neighbours.items()} == {"core-city": 2, "rt-anping": 1, "rt-lantian": 1}
    assert city.lans() <= checks.routes(city.state, "core-city")
    assert len(city.lans()) == 2
    learnt = {name: checks.learnt_routes(city.state, name) for name in ("core-city", "rt-anping", "pc-anping")}
    assert learnt["pc-anping"] == 0
    assert min(learnt["core-city"], learnt["rt-anping"]) >= 2
    assert ip_network("0.0.0.0/0") in checks.routes(city.state, "rt-anping")


def test_waiting_names_who_is_late(city: City) -> None:
    """A route that never comes is named, with the router that lacks it."""
    with pytest.raises(LabError, match=r"rt-anping lacks 1 routes: 192\.168\.77\.0/24"):
        checks.wait_routes(city.state, {"rt-anping": [ip_network("192.168.77.0/24")]}, 1)


@pytest.mark.parametrize("host", ["pc-lantian", "pc-anping"])
def test_a_township_reaches_the_servers(city: City, host: str) -> None:
    """From a township's LAN the server answers echo and HTTP; what the policy does not name does not pass."""
    assert checks.ping(city.state, host, city.address(SERVER))
    assert checks.fetch(city.state, host, city.address(SERVER), timeout=PATIENCE) == 200
    assert checks.fetch(city.state, host, city.address(SERVER), port=22, timeout=1) is None


def test_the_internet_does_not_reach_the_servers_because_of_the_firewall(city: City) -> None:
    """The outsider's packets get as far as the firewall, which drops them: without its rules they would pass."""
    server = city.address(SERVER)
    assert checks.ping(city.state, "inet-host", "198.51.100.1"), "the outsider's own network works"
    assert not checks.ping(city.state, "inet-host", server).received
    assert checks.fetch(city.state, "inet-host", server, timeout=1) is None
    saved = checks.run(city.state, "fw-border", "nft", "list", "ruleset").stdout
    checks.run(city.state, "fw-border", "nft", "flush", "ruleset")
    try:
        assert checks.ping(city.state, "inet-host", server), "only the rules had stopped it"
    finally:
        load = command(city.state, "fw-border", ["nft", "-f", "-"])
        subprocess.run(load, input=saved, text=True, check=True, timeout=PATIENCE)
    assert not checks.ping(city.state, "inet-host", server).received


def test_a_township_reaches_the_internet_through_nat(city: City) -> None:
    """HTTP to the outsider passes, and the outsider sees the firewall's outside address, not the township's."""
    capture = subprocess.Popen(
        command(city.state, "inet-host", ["tcpdump", "-Z", "root", "-l", "-n", "-c", "1", "-i", "eth0", "tcp port 80"]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with capture:
        assert capture.stderr is not None
        while "listening on" not in capture.stderr.readline():
            pass
        assert checks.fetch(city.state, "pc-anping", "192.0.2.10", timeout=PATIENCE) == 200
        seen, _ = capture.communicate(timeout=PATIENCE)
    assert re.search(r"IP 198\.51\.100\.2\.\d+ > 192\.0\.2\.10\.80", seen)
    assert city.address("pc-anping") not in seen


def test_a_unit_reaches_the_servers_only_inside_ipsec(city: City, tmp_path: Path) -> None:
    """The unit's traffic passes through the tunnel, is counted there, and on the wire there is only ESP in UDP 4500."""
    server, host = city.address(SERVER), city.address("pc-un-zfb")
    before = checks.tunnels(city.state, "vg-zfb")["vpn-zfb"]
    assert before.established
    assert before.remote == "198.51.100.2"
    wire = [
        "tcpdump",
        "-Z",
        "root",
        "-l",
        "-n",
        "-i",
        "any",
        f"ip and (host 203.0.113.1 or host {server} or host {host})",
    ]
    heard = tmp_path / "heard"

    def packets() -> list[str]:
        return [line for line in heard.read_text().splitlines() if " IP " in line]

    with heard.open("w") as out:
        capture = subprocess.Popen(command(city.state, "inet", wire), stdout=out, stderr=subprocess.PIPE, text=True)
    with capture:
        assert capture.stderr is not None
        while "listening on" not in capture.stderr.readline():
            pass
        assert checks.ping(city.state, "pc-un-zfb", server, count=5, size=600)
        until(lambda: len(packets()) >= 10)
        capture.terminate()
        capture.communicate(timeout=PATIENCE)
    seen = heard.read_text()
    assert all("UDP-encap: ESP" in line or "isakmp-nat-keep-alive" in line for line in packets()), seen
    assert host not in seen
    assert server not in seen
    after = checks.tunnels(city.state, "vg-zfb")["vpn-zfb"]
    assert after.packets_out - before.packets_out >= 5
    assert after.bytes_in - before.bytes_in >= 5 * 600
    assert checks.fetch(city.state, "pc-un-zfb", server, timeout=PATIENCE) == 200


def test_a_unit_does_not_reach_another_unit(city: City) -> None:
    """Units meet at the firewall, which lets none of them through to another."""
    assert not checks.ping(city.state, "pc-un-zfb", city.address("pc-un-fgj"), count=2).received


def test_both_ends_count_their_tunnels(city: City) -> None:
    """The firewall has a tunnel for each unit that runs, each unit has one."""
    found = checks.wait_tunnels(city.state, PATIENCE)
    assert {name: sum(tunnel.installed > 0 for tunnel in seen.values()) for name, seen in found.items()} == {
        "fw-border": 2,
        "vg-fgj": 1,
        "vg-zfb": 1,
    }
