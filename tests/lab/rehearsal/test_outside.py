"""What the carriers may not see and nobody out there may reach; which tunnels are opened anew."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING

from configs.dialects import dialect, forwarding, platforms
from inventory import workspace
from inventory.text import Message
from lab.netns.gateway import opened
from lab.rehearsal import outside, tunnels
from lab.rehearsal.model import Flow, Gap, Home, Host, Leg, Loss, Pair, Wanted, Way
from lab.rehearsal.result import renewals, too_much
from tests.lab.netns import three_gateways

if TYPE_CHECKING:
    from pathlib import Path

SWANCTL = """\
### /etc/hostname
vg-1
### /etc/swanctl/swanctl.conf
connections {
	vpn-1 {
		version = 2
		local_addrs = 203.0.113.2
		remote_addrs = 192.0.2.10
		proposals = aes256gcm16-prfsha384-ecp384
		local {
			auth = psk
			id = 203.0.113.2
		}
		remote {
			auth = psk
			id = 192.0.2.10
		}
		children {
			vpn-1 {
				local_ts = 10.160.0.0/27, 10.162.0.0/27
				remote_ts = 10.64.0.0/13
				start_action = start
			}
		}
	}
}
secrets {
	ike-vpn-1 {
		id-remote = 192.0.2.10
		secret = "one"
	}
}
"""
PASSED = (("10.1.0.9", "10.2.0.9"), ("10.2.0.7", "10.1.0.9"))
A = Host("pc-a", "a", "eth1", "lan-a", homes=(Home(ip_interface("10.1.0.9/24"), ip_address("10.1.0.1")),))
B = Host("pc-b", "b", "eth1", "lan-b", homes=(Home(ip_interface("10.2.0.9/24"), ip_address("10.2.0.1")),))


def test_a_gateways_files_are_read() -> None:
    """Its tunnel with every pair of networks and the key of its partner; every line is accounted for."""
    found = forwarding("linux", dialect("linux").parse(SWANCTL.encode()))
    assert found is not None
    [tunnel] = found.ipsec
    assert (tunnel.name, str(tunnel.local), str(tunnel.remote)) == ("vpn-1", "203.0.113.2", "192.0.2.10")
    assert (tunnel.version, tunnel.ike, tunnel.secret) == (2, "aes256gcm16-prfsha384-ecp384", "one")
    assert [(str(ours), str(theirs)) for ours, theirs in tunnel.selectors] == [
        ("10.160.0.0/27", "10.64.0.0/13"), ("10.162.0.0/27", "10.64.0.0/13"),
    ]  # fmt: skip
    assert found.carried
    assert opened(SWANCTL) == ["vpn-1"]


def test_what_the_carriers_saw() -> None:
    """Counters by name; packets in the clear by the hosts whose addresses they are."""
    rows = [
        {"counter": {"name": "clear", "packets": 3}}, {"counter": {"name": "sealed", "packets": 70}},
        {"set": {"name": "lans", "elem": ["10.1.0.0"]}},
        {"set": {"name": "clear", "elem": [{"concat": list(pair)} for pair in PASSED]}},
    ]  # fmt: skip
    seal = outside._seal(rows, [A, B])
    assert (seal.clear, seal.sealed) == (3, 70)
    assert seal.pairs == (("10.2.0.7", "pc-a"), ("pc-a", "pc-b"))


def test_a_tunnel_is_opened_anew_where_its_text_is_another(tmp_path: Path) -> None:
    """Of two pairs the one whose tunnel has another selector or key at one end; what else changes is none."""
    inventory = workspace.load(three_gateways.make(tmp_path / "three"), platforms=platforms()).inventory
    ways = {"one": {"vpn-ab": ("gw-a", "gw-b")}, "other": {"vpn-ma": ("gw-a", "gw-m")}, "none": {}}
    text = SWANCTL.replace("vpn-1", "vpn-ab")
    before = {"gw-a": text.encode(), "gw-b": b"", "gw-m": b""}
    for old, new, renewed in (
        ("10.162.0.0/27", "10.163.0.0/27", True), ('"one"', '"two"', True), ("vg-1\n", "vg-9\n", False),
    ):  # fmt: skip
        after = before | {"gw-a": text.replace(old, new, 1).encode()}
        found = tunnels.renewed(inventory, before, after, ways)
        assert found == ({"one": ("gw-a",)} if renewed else {})
    # By a name that no line has, nobody can tell which of them it is.
    after = before | {"gw-a": SWANCTL.encode()}
    assert tunnels.renewed(inventory, before | {"gw-a": b""}, after, ways) == {"one": ("gw-a",), "other": ("gw-a",)}


def test_what_a_tunnel_opened_anew_may_cost() -> None:
    """As long as in prefer, for its own pairs only; and it is said."""
    pair = Pair("pc-a", "pc-b", Wanted.REQUIRED, Message("x"))
    flow = Flow(pair, ip_address("10.1.0.9"), ip_address("10.2.0.9"))
    leg = Leg("001-add", "add", Way.FORTH, seconds=10.0, renewing=1.0, renewed={"pc-a → pc-b": ("a",)})
    short, long = (Loss(flow, 100, 4, (Gap(1.0, 1.0 + away, 4),)) for away in (0.4, 1.4))
    assert not too_much(short, leg)
    assert too_much(long, leg)
    other = Leg("001-add", "add", Way.FORTH, seconds=10.0, renewing=1.0)
    assert too_much(short, other)
    leg.losses = (short,)
    [told] = renewals([leg, other])
    assert told.in_language("en") == (
        "001-add: tunnels were opened anew at a: 4 of 100 probes through them were lost, 0.4 s at the longest"
    )
