"""What the policy wants of pairs between VRFs, what a back end without them cannot show, where texts are otherwise."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from configs.dialects import platforms
from inventory import workspace
from inventory.text import Message
from lab.rehearsal import matrix, mixed, pairs, vrfs
from lab.rehearsal.model import Flow, Host, Pair, Seen, Wanted
from lab.rehearsal.result import uncarried, uncontrolled
from lab.standin import targets
from lab.standin.compile import compile_device
from lab.standin.links import Link, build
from lab.standin.network import read
from lab.standin.target import Target
from tests.lab.rehearsal import vpns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inventory.model import Inventory

WHY = Message("both are in {vrf}, and no zone stands between", vrf="default")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two VPNs at two edges."""
    vpns.write(tmp_path / "vpns", core_router=False)
    return tmp_path / "vpns"


@pytest.fixture
def inventory(root: Path) -> Inventory:
    """Its inventory."""
    return workspace.load(root, platforms=platforms()).inventory


def host(vpn: str, number: int) -> Host:
    """A host in a LAN of a VPN."""
    port = 2 + list(vpns.VPNS).index(vpn)
    return Host(f"{vpn}{number}", f"pe{number}", f"GigabitEthernet0/0/{port}", f"lan-{vpn}-{number}", vpn, vpn)


HOSTS = [host(vpn, number) for vpn in vpns.VPNS for number in (1, 2)]


def wanted(inventory: Inventory) -> dict[str, str]:
    """What is wanted of each pair."""
    return {pair.name: pair.wanted.value for pair in pairs.pairs(inventory, {"pe1", "pe2"}, HOSTS)}


def test_pairs_of_a_vpn_have_to_pass_and_others_must_not(inventory: Inventory) -> None:
    """Twelve ordered pairs of four hosts: four within, eight between."""
    found = wanted(inventory)
    assert {name for name, one in found.items() if one == "required"} == {
        f"{vpn}{a} → {vpn}{b}" for vpn in vpns.VPNS for a, b in ((1, 2), (2, 1))
    }
    assert sum(one == "forbidden" for one in found.values()) == 8


def test_spokes_of_one_vpn_have_a_hub_between_them(root: Path) -> None:
    """A VPN that does not import what it exports joins nobody by itself; its hub's VPN and it import each other."""
    path = root / "inventory/zones.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace('rd: "64900:101", import_rt: ["64900:101"]', 'rd: "64900:101", import_rt: ["64900:103"]')
    text = text.replace('rd: "64900:103", import_rt: ["64900:103"]', 'rd: "64900:103", import_rt: ["64900:101"]')
    path.write_text(text, encoding="utf-8")
    found = wanted(workspace.load(root, platforms=platforms()).inventory)
    assert found["jinbao1 → jinbao2"] == "open"
    assert found["jinbao1 → bianban2"] == found["bianban2 → jinbao1"] == "required"


def test_a_lan_behind_a_departments_router_is_in_the_vpn_of_its_line(root: Path) -> None:
    """The router has no zone: the edge's port that it is plugged into has."""
    with (root / "inventory/devices.csv").open("a", encoding="utf-8") as table:
        table.write("ce,s0,department-ce,frr,Linux/FRR,10.200.0.9/24,eth0,22,routers,yes\n")
    path = root / "inventory/links.csv"
    text = path.read_text(encoding="utf-8").replace(
        "lan-jinbao-2,lan,pe2,GigabitEthernet0/0/2,,,,,,1000,,",
        "ln-ce,circuit,pe2,GigabitEthernet0/0/2,,ce,eth1,,,100,,\nlan-ce,lan,ce,eth2,,,,,,100,,",
    )
    path.write_text(text, encoding="utf-8")
    inventory = workspace.load(root, platforms=platforms()).inventory
    assert vrfs.of_lan(inventory, inventory.lines["lan-ce"]) == "jinbao"
    assert vrfs.of_port(inventory, "ce", "eth1") == "jinbao"
    assert vrfs.of_port(inventory, "pe2", "GigabitEthernet 0/0/1") == "default"


def models(root: Path) -> dict[str, Any]:
    """What both edges do today."""
    texts = {name: [(root / f"today/{name}.cfg").read_bytes()] for name in ("pe1", "pe2")}
    return mixed.models_of(workspace.load(root, platforms=platforms()).inventory, texts)


def test_what_lies_in_a_vpn_instance_is_not_asked_without_vrfs(root: Path, inventory: Inventory) -> None:
    """Each pair with the port and the line; forbidden ones too, which would hold for want of a way."""
    roads = pairs.Roads(inventory, {"pe1", "pe2"})
    every = pairs.pairs(inventory, {"pe1", "pe2"}, HOSTS)
    untold = pairs.uncarried(models(root), roads, {one.name: one for one in HOSTS}, every)
    assert set(untold) == set(every)
    lines = (root / "today/pe1.cfg").read_text(encoding="utf-8").splitlines()
    port = untold[next(pair for pair in every if pair.a == "jinbao1")]
    assert (port.device, port.vrf, lines[port.line - 1]) == ("pe1", "jinbao", "interface GigabitEthernet0/0/2")
    found = list(uncarried(untold, "netns"))
    assert {one.kind for one in found} == {"not-carried"}
    assert {one.device for one in found} == {"pe1", "pe2"}
    assert all("--backend uml" in str(one.told) for one in found)
    assert not pairs.uncarried({}, roads, {one.name: one for one in HOSTS}, every)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("vpn-target 64900:101 import", "vpn-target 64900:103 import", {"64900:103", "64900:101"}),
        ("vpn-target 64900:101 export", "vpn-target 64900:109 export", {"64900:109", "64900:101"}),
        ("ip binding vpn-instance jinbao", "ip binding vpn-instance bianban", {"GigabitEthernet0/0/2"}),
    ],
)
def test_a_text_that_is_not_the_policy_is_named(
    root: Path, inventory: Inventory, old: str, new: str, said: set[str]
) -> None:
    """The line and what is wrong with it; of a text that is as the policy has it nothing is said."""
    text = (root / "today/pe1.cfg").read_text(encoding="utf-8")
    assert not list(vrfs.strays(inventory, "pe1", read("huawei", text, "pe1")))
    found = list(vrfs.strays(inventory, "pe1", read("huawei", text.replace(old, new, 1), "pe1")))
    assert {one.device for one in found} == {"pe1"}
    assert "jinbao" in {one.vrf for one in found}
    for word in said:
        assert any(word in str(one.why) for one in found), [str(one.why) for one in found]


def seen(a: str, b: str, kind: Wanted, *, passed: bool) -> Seen:
    """A pair as it was seen; each host has one address."""
    ends = (ip_address(f"10.0.0.{ord(one[0])}") for one in (a, b))
    return Seen(Flow(Pair(a, b, kind, WHY), *ends), passed)  # type: ignore[arg-type]


def test_a_forbidden_pair_has_a_control_where_both_hosts_are_known_to_be_there() -> None:
    """By required pairs of the same matrix that pass; one that fails shows nothing, and the pair is not counted."""
    make: Callable[..., list[Seen]] = lambda alive: [  # noqa: E731 - one matrix, twice
        seen("a", "x", Wanted.REQUIRED, passed=True),
        seen("y", "b", Wanted.REQUIRED, passed=alive),
        seen("a", "b", Wanted.FORBIDDEN, passed=False),
    ]
    shown = list(matrix.controlled(make(True)))[-1]
    assert (shown.control, shown.shown) == ("y → b", True)
    unsure = list(matrix.controlled(make(False)))
    assert (unsure[-1].control, unsure[-1].shown, unsure[-1].wrong) == ("", False, False)
    assert not uncontrolled([list(matrix.controlled(make(True)))])
    assert "a → b" in str(uncontrolled([unsure])[0])


def test_route_targets_are_replaced_before_a_reload(root: Path) -> None:
    """As a whole, for the VRF in which they differ; the texts of a device are the ones that are compiled."""
    text = (root / "today/pe1.cfg").read_text(encoding="utf-8")
    line = "  vpn-target 64900:101 import-extcommunity\n"
    more = text.replace(line, f"{line}  vpn-target 64900:103 import-extcommunity\n", 1)
    old, new = (compile_device(read("huawei", one, "pe1"), Target.UML).frr for one in (text, more))
    block = ["router bgp 64900 vrf jinbao", "address-family ipv4 unicast"]
    assert list(targets.replaced(old, new)) == [
        [*block, "rt vpn import 64900:101 64900:103", "rt vpn export 64900:101"]
    ]
    assert list(targets.replaced(new, old)) == [[*block, "rt vpn both 64900:101"]]
    assert not list(targets.replaced(old, old))


def test_what_a_vrf_does_not_know_stays_in_it() -> None:
    """The last route of its table keeps packets from the main one."""
    lines = build([Link("red", "type vrf table 1001"), Link("ge0", "", "red", addresses=("10.0.0.1/24",))])
    assert lines[:2] == (
        "link add name red type vrf table 1001",
        "route replace unreachable default metric 4278198272 table 1001",
    )
