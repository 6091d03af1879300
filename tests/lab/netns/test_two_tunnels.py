"""Three Linux gateways, each with a tunnel to both others: packets go through all of them."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from configs.dialects import platforms
from configs.dialects.linux import sections
from configs.render import render
from inventory import workspace
from ipplan import allocate, plan, policy_file
from lab import checks, control
from lab.netns import gateway
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.lab
SWANCTL = "/etc/swanctl/swanctl.conf"
FILES = {
    "govnet.yaml": "title: two tunnels\nlab: netns\nservices: {}\nmanagers: [10.250.0.240/28]\n",
    "inventory/regions.csv": "code,name,level,parent\n41,省,province,\n4190,市,city,41\n",
    "inventory/units.csv": "name,title,region\nzwb,中心,4190\n",
    "inventory/sites.csv": "name,title,region,unit,hosts\na,甲,4190,zwb,20\nb,乙,4190,zwb,20\nm,丙,4190,zwb,20\n",
    "inventory/devices.csv": (
        "name,site,role,platform,model,address,management_interface,port,credential,out_of_band\n"
        "gw-a,a,unit-vpn-gateway,linux,,10.250.0.1/24,eth2,22,vpn,yes\n"
        "gw-b,b,unit-vpn-gateway,linux,,10.250.0.2/24,eth2,22,vpn,yes\n"
        "gw-m,m,unit-vpn-gateway,linux,,10.250.0.3/24,eth2,22,vpn,no\n"
    ),
    "inventory/links.csv": (
        "name,kind,a_device,a_interface,a_address,b_device,b_interface,peer\n"
        "isp-a,internet,gw-a,eth0,203.0.113.1/24,,,203.0.113.254/24\n"
        "isp-b,internet,gw-b,eth0,203.0.113.2/24,,,203.0.113.254/24\n"
        "isp-m,internet,gw-m,eth0,203.0.113.3/24,,,203.0.113.254/24\n"
        "lan-a,lan,gw-a,eth1,,,,\nlan-b,lan,gw-b,eth1,,,,\nlan-m,lan,gw-m,eth1,,,,\n"
        "vpn-ab,tunnel,gw-a,ipsec0,,gw-b,ipsec0,\nvpn-bm,tunnel,gw-b,ipsec0,,gw-m,ipsec0,\n"
        "vpn-ma,tunnel,gw-m,ipsec0,,gw-a,ipsec0,\n"
    ),
    "inventory/systems.csv": "name,title,unit,level,zone\n",
    "inventory/zones.yaml": (
        "vrfs: [{name: default, title: d, area: public}]\n"
        "zones:\n"
        "  - {name: far-a, title: f, area: public, interfaces: ['gw-a:ipsec0']}\n"
        "  - {name: in-a, title: i, area: public, interfaces: ['gw-a:eth1']}\n"
        "  - {name: far-b, title: f, area: public, interfaces: ['gw-b:ipsec0']}\n"
        "  - {name: in-b, title: i, area: public, interfaces: ['gw-b:eth1']}\n"
        "  - {name: far-m, title: f, area: public, interfaces: ['gw-m:ipsec0']}\n"
        "  - {name: in-m, title: i, area: public, interfaces: ['gw-m:eth1']}\n"
        "flows:\n"
        "  - {name: to-a, from: far-a, to: in-a, services: [icmp]}\n"
        "  - {name: of-a, from: in-a, to: far-a, services: [icmp]}\n"
        "  - {name: to-b, from: far-b, to: in-b, services: [icmp]}\n"
        "  - {name: of-b, from: in-b, to: far-b, services: [icmp]}\n"
        "  - {name: to-m, from: far-m, to: in-m, services: [icmp]}\n"
        "  - {name: of-m, from: in-m, to: far-m, services: [icmp]}\n"
    ),
    "inventory/credentials.yaml": (
        "credentials:\n  - name: vpn\n    username: govnet\n    password: file:secrets/vpn\n"
        "    secrets: {ipsec_psk: file:secrets/psk}\n"
    ),
    "secrets/vpn": "Lab-password-1\n",
    "secrets/psk": "Lab-shared-key-1\n",
    "plan/policy.yaml": (
        "pools:\n"
        "  - {name: units, title: u, area: public, prefixes: [10.160.0.0/20]}\n"
        "functions:\n"
        "  - {name: unit, title: u, pool: units, for: lan, where: role = unit-vpn-gateway, ipv4: {length: /26}}\n"
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The workspace with its plan."""
    for name, text in FILES.items():
        path = tmp_path / "two" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    found = workspace.load(tmp_path / "two", platforms=platforms())
    rules = policy_file.load(tmp_path / "two" / "plan" / "policy.yaml")
    made = allocate.make(found.inventory, rules, None)
    plan.write(made, tmp_path / "two" / "plan" / "plan.csv")
    return tmp_path / "two"


def test_exactly_one_end_opens_a_tunnel(root: Path) -> None:
    """Whichever has as many tunnels as the other; who only answers has started before anybody calls."""
    found = workspace.load(root, platforms=platforms())
    planned = plan.read(root / "plan" / "plan.csv")
    opened: dict[str, list[str]] = {}
    for name in ("gw-a", "gw-b", "gw-m"):
        files = sections(render(found, planned, name).text)
        blocks = re.findall(r"\t\t\t(vpn-\w+) \{\n(?:.*\n)*?\t\t\t\}", files[SWANCTL])
        actions = re.findall(r"(start|close|dpd)_action = (\w+)", files[SWANCTL])
        assert len(blocks) == 2
        assert len(actions) == 6
        for number, block in enumerate(blocks):
            said = dict(actions[3 * number : 3 * number + 3])
            assert said in (
                {"start": "start", "close": "start", "dpd": "restart"},
                {"start": "none", "close": "none", "dpd": "clear"},
            )
            opened.setdefault(block, []).append(said["start"])
    assert {block: sorted(ends) for block, ends in opened.items()} == dict.fromkeys(
        ("vpn-ab", "vpn-bm", "vpn-ma"), ["none", "start"]
    )


@pytest.mark.parametrize(("action", "waits"), [("none", True), ("start", False), ("trap|start", False), ("trap", True)])
def test_who_waits_to_be_called(action: str, waits: bool) -> None:
    """Connections of which none is opened from here; a gateway without any has nothing to wait for."""
    text = f"connections {{\n x {{\n remote_addrs = 192.0.2.1\n children {{ x {{\n start_action = {action}\n}}}}}}}}\n"
    assert gateway.answers_only({SWANCTL: text}) is waits
    assert not gateway.answers_only({})


def test_packets_pass_all_tunnels(root: Path) -> None:
    """Each host reaches the two others, and both tunnels of its gateway count it."""
    state = control.up(root, backend_name="netns")
    try:
        checks.wait_tunnels(state, PATIENCE)
        before = {end: checks.tunnels(state, f"gw-{end}") for end in "abm"}
        assert {end: sorted(each) for end, each in before.items()} == {
            "a": ["vpn-ab", "vpn-ma"], "b": ["vpn-ab", "vpn-bm"], "m": ["vpn-bm", "vpn-ma"],
        }  # fmt: skip
        for one, other in permutations("abm", 2):
            address = state.nodes[f"pc-{other}"].address
            until(
                lambda one=one, to=address: checks.ping(state, f"pc-{one}", to).received,
                f"pc-{one} does not reach pc-{other}",
            )
        for end, tunnels in before.items():
            after = checks.tunnels(state, f"gw-{end}")
            for name, tunnel in tunnels.items():
                assert after[name].packets_out > tunnel.packets_out, (end, name)
                assert after[name].packets_in > tunnel.packets_in, (end, name)
    finally:
        control.down(root)
