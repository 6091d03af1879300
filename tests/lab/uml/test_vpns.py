"""上饶's six VPNs over MPLS: who reaches whom is what the plan's route targets say, and marks come through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inventory.errors import LabError
from lab import checks, control
from lab.backend import Quiet
from lab.vpn import marks, proof, routing, running
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.state import LabState
    from lab.vpn.network import Network

pytestmark = pytest.mark.lab
# One provider's router, the city's edge and a county's: every labelled packet has both a first and a second hop.
SHORT = "name in (core-city, pe-city, cr-xinzhou)"
WHOLE = "name in (core-city, pe-city, cr-xinzhou, cr-guangfeng)"
EF, AF41 = 46, 34
GOVNET = [sys.executable, "-P", "-c", "from cli.main import main; main()", "--lang", "zh"]


@pytest.fixture(scope="module")
def two(shangrao: Path) -> Iterator[tuple[Network, LabState]]:
    """Two VPNs that the plan keeps apart, two sites each, and the public area beside them."""
    network = running.network(shangrao, SHORT, ["jinbao", "bianban"])
    try:
        yield network, running.start(shangrao, network)
    finally:
        control.down(shangrao)


def assert_marked(found: proof.Proof) -> None:
    """EF, AF41 and best effort: the same DSCP at both ends; EXP 5, 4 and 0 on each of the two hops."""
    assert found.marks_kept
    assert {sent for sent, _ in found.kept} == {0, AF41, EF}
    assert {(dscp, labels, exp) for dscp, labels, exp in found.carried if labels} == {
        (dscp, labels, exp) for dscp, exp in ((0, 0), (AF41, 4), (EF, 5)) for labels in (1, 2)
    }


def test_two_vpns_are_joined_inside_and_apart_from_each_other(two: tuple[Network, LabState]) -> None:
    """The pairs of each VPN pass, every other one fails, by captures; then a leak is made, and it is found."""
    network, state = two
    found = proof.prove(state, network, Quiet(), seconds=PATIENCE)
    assert found.holds, json.dumps(found.as_json())
    assert (len(found.pairs), sum(pair.required for pair in found.pairs)) == (30, 6)
    assert_marked(found)
    # Without the last route a VPN's packets go on to the main table: the proof must see that.
    table = network.tables["jinbao"].number
    done = checks.run(state, "pe-city", "ip", "route", "del", "unreachable", "default", "table", str(table))
    assert done.returncode == 0, done.stderr
    leaking = proof.prove(state, network, Quiet(), seconds=PATIENCE)
    assert not leaking.holds
    assert {(pair.source, pair.target) for pair in leaking.wrong} >= {("pc-jinbao-city", "pc-city")}
    assert all(pair.source == "pc-jinbao-city" and not pair.required for pair in leaking.wrong)


@pytest.mark.soak
def test_six_vpns(shangrao: Path) -> None:
    """Twenty hosts in six VPNs and the public area: 380 pairs, of which 56 must pass and 324 must not."""
    network = running.network(shangrao, WHOLE)
    assert sorted(network.tables) == ["bianban", "dangan", "guoku", "jinbao", "tongji", "waiban"]
    state = running.start(shangrao, network)
    try:
        found = proof.prove(state, network, Quiet())
    finally:
        control.down(shangrao)
    assert found.holds, json.dumps(found.as_json())
    assert (len(found.pairs), sum(pair.required for pair in found.pairs)) == (380, 56)
    assert_marked(found)
    tables = {host.name: host.table for host in network.hosts}
    joined = {(tables[pair.source], tables[pair.target]) for pair in found.pairs if pair.seen}
    assert {pair for pair in joined if pair[0] != pair[1]} == {("jinbao", "guoku"), ("guoku", "jinbao")}


@pytest.mark.soak
def test_the_command_proves_and_ends(shangrao: Path) -> None:
    """One JSON document; no lab is left."""
    done = subprocess.run(
        [*GOVNET, "lab", "vpn", "--json", "--where", SHORT, "--vrf", "waiban", "-w", str(shangrao)],
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["ok"], document["pairs"], document["required"]) == (True, 12, 4)
    assert control.find(shangrao) is None


def test_the_backbone_is_the_plans(shangrao: Path) -> None:
    """RDs, RTs and the AS number are those of the plan and the policy; loopbacks are the plan's; a P has no BGP."""
    network = running.network(shangrao, WHOLE)
    core, city, *_ = network.routers
    assert (core.name, core.edge, routing.daemons(core)) == ("core-city", False, ("zebra", "ospfd", "ldpd"))
    assert "router bgp" not in routing.config(network, core)
    text = routing.config(network, city)
    assert "router bgp 64900\n bgp router-id 10.255.0.4\n" in text
    block = text[text.index("router bgp 64900 vrf guoku") :]
    assert "  rd vpn export 64900:102\n  rt vpn import 64900:101 64900:102\n  rt vpn export 64900:102\n" in block
    assert text.count(" vrf ") == 6
    # Four of them use the same addresses on purpose: what keeps them apart is the VPN alone.
    addresses = [str(host.address) for host in network.hosts]
    assert len(set(addresses)) < len(addresses)


@pytest.mark.parametrize(("dscp", "exp"), [(0, 0), (8, 1), (AF41, 4), (EF, 5), (48, 6), (56, 7)])
def test_exp_is_the_class_of_the_dscp(dscp: int, exp: int) -> None:
    """The upper three bits (RFC 2474, 4.2.2.2)."""
    assert marks.exp_of(dscp) == exp


def test_a_plan_without_rds_is_refused(shangrao: Path, tmp_path: Path) -> None:
    """The VPN that has none is named."""
    import shutil

    root = tmp_path / "shangrao"
    shutil.copytree(shangrao, root, ignore=shutil.ignore_patterns(".lab"))
    plan = root / "plan" / "plan.csv"
    lines = plan.read_text(encoding="utf-8").splitlines(keepends=True)
    plan.write_text("".join(line for line in lines if not line.startswith("vrf,vpn,waiban")), encoding="utf-8")
    with pytest.raises(LabError, match="no route distinguisher for “waiban”"):
        running.network(root, SHORT, ["waiban"])
