"""The example of 上饶: a whole city re-addressed, its committed files are what the commands write."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from configs.dialects import platforms
from configs.render import Renderer
from inventory import workspace
from inventory.errors import InputError
from inventory.model import Flow, Level, LineKind
from ipplan import (
    allocate,
    checks,
    current,
    hosts,
    mapping_build,
    mapping_check,
    mapping_file,
    plan,
    policy_file,
    usage,
)
from ipplan.mapping import HostRule, Mode
from ipplan.policy import Scope
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.model import Workspace
    from ipplan.plan import Plan
    from ipplan.policy import Policy

SYSTEMS = ("jinbao", "guoku", "bianban", "tongji", "waiban", "dangan")


@pytest.fixture(scope="module")
def root(repository: Path) -> Path:
    """The example; read it only."""
    return repository / "examples" / "shangrao"


@pytest.fixture(scope="module")
def shangrao(root: Path) -> Workspace:
    """Its settings and inventory."""
    return workspace.load(root, platforms=platforms())


@pytest.fixture(scope="module")
def rules(root: Path) -> Policy:
    """Its policy."""
    return policy_file.load(root / "plan" / "policy.yaml")


@pytest.fixture(scope="module")
def planned(root: Path) -> Plan:
    """Its committed plan."""
    return plan.read(root / "plan" / "plan.csv")


def test_the_city_is_whole(shangrao: Workspace) -> None:
    """Twelve counties, 229 townships, a VRF for each of six systems, devices of several makes."""
    inventory = shangrao.inventory
    levels = Counter(region.level for region in inventory.regions.values())
    assert (levels[Level.COUNTY], levels[Level.TOWNSHIP]) == (12, 229)
    assert set(inventory.vrfs) == {"default", *SYSTEMS}
    assert len({vrf.rd for name, vrf in inventory.vrfs.items() if name != "default"}) == 6
    routers = Counter(device.platform for device in inventory.devices.values() if device.role == "township-router")
    assert min(routers[name] for name in ("huawei", "cisco_ios", "frr")) > 20
    assert {system.level for system in inventory.systems.values()} == {2, 3}
    assert any(zone.scope == "central" for zone in inventory.zones.values())


def test_the_committed_plan_is_what_make_writes(root: Path, shangrao: Workspace, rules: Policy, planned: Plan) -> None:
    """From nothing and from the committed plan: the same bytes as examples/shangrao/plan/plan.csv."""
    committed = (root / "plan" / "plan.csv").read_text(encoding="utf-8")
    assert plan.to_text(allocate.make(shangrao.inventory, rules, None)) == committed
    assert plan.to_text(allocate.make(shangrao.inventory, rules, planned)) == committed
    assert checks.check(planned, shangrao.inventory, rules) == ()


def test_pseudo_townships_are_regions_without_addresses(shangrao: Workspace, rules: Policy, planned: Plan) -> None:
    """The 17 farms, zones and factories are in the inventory and get nothing; all other townships get a LAN."""
    inventory = shangrao.inventory
    out = set(rules.exclusion.regions)
    assert len(out) == 17
    assert out <= set(inventory.regions)
    assert any(inventory.sites[device.site].region in out for device in inventory.devices.values())
    assert not any(row.region in out for row in planned.allocations)
    townships = {code for code, region in inventory.regions.items() if region.level is Level.TOWNSHIP}
    lans = {row.region for row in planned.allocations if row.function == "township-lan"}
    assert lans == townships - out
    owners = {row.owner for row in planned.allocations}
    for line in inventory.lines.values():
        if (
            line.kind in (LineKind.CIRCUIT, LineKind.LAN)
            and inventory.sites[inventory.devices[line.a.device].site].region not in out
        ):
            assert line.name in owners


def test_systems_that_exchange_routes_do_not_overlap(planned: Plan) -> None:
    """金保 and 国库 import each other's routes and lie apart; the four that never meet use the same addresses."""
    first, second = (planned.pools("vpn", vrf=name)[0] for name in ("jinbao", "guoku"))
    assert not first.overlaps(second)
    assert len({planned.pools("vpn", vrf=name) for name in SYSTEMS[2:]}) == 1
    for system in SYSTEMS:
        assert {row.vrf for row in planned.allocations if row.owner.startswith(f"lan-{system}-")} == {system}


def test_only_the_exchange_servers_have_national_addresses(rules: Policy, planned: Plan) -> None:
    """国家公共IP go to what talks to the province; everything else of 公用网络区 has 地方公共IP."""
    national = {name for name, pool in rules.pools.items() if pool.scope is Scope.NATIONAL}
    assert {row.owner for row in planned.allocations if row.pool in national} == {"lan-exchange"}


def test_a_local_zone_must_not_talk_to_the_province(shangrao: Workspace, rules: Policy, planned: Plan) -> None:
    """One flow from the backbone to the province, and the check names it."""
    flow = Flow("slip", "backbone-province", "province", ("https",))
    inventory = replace(shangrao.inventory, flows=(*shangrao.inventory.flows, flow))
    assert [problem.code for problem in checks.check(planned, inventory, rules)] == ["local-to-central"]


def test_systems_that_exchange_routes_must_not_share_space(root: Path, shangrao: Workspace) -> None:
    """国库 planned into the space of 金保, whose routes it imports: every meeting is named."""
    text = (root / "plan" / "policy.yaml").read_text(encoding="utf-8")
    shared = policy_file.parse(text.replace("[10.32.16.0/20]", "[10.32.0.0/20]"))
    plan_ = allocate.make(shangrao.inventory, shared, None)
    found = Counter(problem.code for problem in checks.check(plan_, shangrao.inventory, shared))
    assert set(found) == {"exchanged-overlap"}


def test_the_example_claims_nothing_national(root: Path, planned: Plan) -> None:
    """Its plan is RFC 1918 and documentation space, and each file with numbers says that they are invented."""
    assert all(row.prefix.is_private for row in planned.rows())
    extranet = ip_network("59.192.0.0/10")
    assert not any(row.prefix.version == 4 and row.prefix.overlaps(extranet) for row in planned.rows())
    for name in ("plan/policy.yaml", "inventory/zones.yaml", "govnet.yaml", "README.md"):
        assert re.search("invented", (root / name).read_text(encoding="utf-8"))
    for name in ("plan/policy.yaml", "inventory/zones.yaml", "README.md"):
        assert "虚构" in (root / name).read_text(encoding="utf-8")


def test_a_county_announces_one_summary(planned: Plan) -> None:
    """Each county has one block of 地方公共IP in each family, and no block is more than full."""
    counties = [row for row in planned.blocks if row.pool == "local" and row.level is Level.COUNTY]
    assert Counter(row.prefix.version for row in counties) == {4: 12, 6: 12}
    shares = [entry.share for entry in usage.blocks(planned)]
    assert all(0 < share <= 1 for share in shares)


def test_the_committed_mapping_is_what_map_writes(
    root: Path, shangrao: Workspace, rules: Policy, planned: Plan
) -> None:
    """Today's mess maps: nothing is refused, the mapping is proven, the bytes are those of plan/mapping.csv."""
    today = current.read(root / "plan" / "current.csv", name=current.FILE, vrfs=set(shangrao.inventory.vrfs))
    known = hosts.read(root / "plan" / "hosts.csv")
    built = mapping_build.build(today, planned, known, inventory=shangrao.inventory, policy=rules)
    assert built.refused == ()
    assert mapping_check.verify(built.mapping) == ()
    assert mapping_file.to_text(built.mapping) == (root / "plan" / "mapping.csv").read_text(encoding="utf-8")
    assert {entry.mode for entry in built.mapping} == set(Mode) - {Mode.REFUSED}
    assert {entry.host_rule for entry in built.mapping} >= {HostRule.GATEWAY, HostRule.HOST, HostRule.PLACED}
    assert {problem.code for problem in built.findings} == {"squatted", "gap", "nat-repeated"}


def test_squatted_space_is_documented(root: Path) -> None:
    """19/8, 32/8 and 8/8 are in today's table, and the note of each such prefix says that it is squatted."""
    rows = [row for row in current.read(root / "plan" / "current.csv").rows if row.prefix.is_global]
    assert {int(row.prefix.network_address) >> 24 for row in rows} == {8, 19, 32}
    assert all("擅自使用的公网地址" in row.note for row in rows)


def test_private_lans_behind_nat_repeat_and_stay(root: Path) -> None:
    """192.168.1.0/24 stands behind the NAT of all of 铅山's townships; each keeps it in a namespace of its own."""
    mapping = mapping_file.read(root / "plan" / "mapping.csv")
    kept = [entry for entry in mapping if entry.mode is Mode.NAT_EDGE]
    assert Counter(str(entry.old) for entry in kept)["192.168.1.0/24"] == 17
    assert len({entry.vrf for entry in kept}) == len(kept)
    assert all(entry.new == entry.old for entry in kept)


FAULTS = [
    ("full-width", 3),
    ("leading-zero", 4),
    ("host-bits", 5),
    ("netmask", 6),
    ("outside-prefix", 7),
    ("bad-range", 8),
    ("unknown-vrf", 9),
    ("overlap", 11),
    ("duplicate-prefix", 12),
    ("duplicate-prefix", 13),
]
MENDED = {
    "１０．１．２．０/24": "10.1.2.0/24",
    "010.001.003.000/24": "10.1.3.0/24",
    "10.1.4.1/24": "10.1.4.0/24",
    "10.1.5.0/255.255.255.0": "10.1.5.0/24",
    "10.1.7.1,": "10.1.6.1,",
    "10.1.8.40-10.1.8.20": "10.1.8.20-10.1.8.40",
    "jinbo": "jinbao",
}
REFUSED = {
    ("overlap", 11),
    ("duplicate-prefix", 12),
    ("duplicate-prefix", 13),
    ("hosts-unknown", 15),
    ("no-allocation", 16),
}


def test_what_the_units_handed_in_is_explained(root: Path, shangrao: Workspace, planned: Plan) -> None:
    """current-raw.csv: each bad cell with its line; then, mended as the hints say, each row that cannot be mapped."""
    text = (root / "plan" / "current-raw.csv").read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        current.parse(text, "raw.csv", vrfs=set(shangrao.inventory.vrfs))
    found = [(problem.code, problem.line) for problem in caught.value.problems]
    assert found == FAULTS
    hints = " ".join(problem.hint.in_language("en") for problem in caught.value.problems)
    for bad, good in MENDED.items():
        assert bad in text
        text = text.replace(bad, good)
    for mended in ("10.1.2.0/24", "10.1.3.0/24", "10.1.4.0/24", "10.1.5.0/24", "jinbao"):
        assert mended in hints
    built = mapping_build.build(current.parse(text, "raw.csv"), planned, inventory=shangrao.inventory)
    assert {(problem.code, problem.line) for problem in built.refused} == REFUSED
    assert {problem.line for problem in built.findings if problem.code == "squatted"} == {14, 15}
    assert mapping_check.verify(built.mapping) == ()


def test_what_is_planned_can_be_rendered(shangrao: Workspace, rules: Policy, planned: Plan) -> None:
    """Every device that the policy does not leave out renders; no text of the global table knows a system's network."""
    renderer = Renderer(shangrao, planned)
    inventory, out = shangrao.inventory, set(rules.exclusion.regions)
    systems = [row.prefix for row in planned.allocations if row.vrf != "default" and row.function == "system-lan"]
    starts = {str(prefix.network_address) for prefix in systems}
    for device in inventory.devices.values():
        if inventory.sites[device.site].region in out:
            continue
        text = renderer.render(device.name).text
        if device.role != "department-ce":
            assert not starts & set(re.findall(r"\d+\.\d+\.\d+\.\d+", text)), device.name


@pytest.mark.parametrize("language", ["en_US.UTF-8", "zh_CN.UTF-8"])
def test_a_new_user_walks_through(root: Path, tmp_path: Path, language: str) -> None:
    """Check, make, map, stages, export: exit 0 in both languages, and nothing of it changes the workspace."""
    copy = tmp_path / "shangrao"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("secrets", ".lab", "archive", "state.db"))
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    govnet = shutil.which("govnet", path=str(sys.prefix + "/bin")) or "govnet"
    for command in (
        ["inventory", "check"],
        ["plan", "make"],
        ["plan", "check"],
        ["plan", "show", "--region", "信州区"],
        ["plan", "map"],
        ["plan", "stages"],
        ["plan", "export", "--out", str(tmp_path / "handover")],
    ):
        done = subprocess.run(
            [govnet, *command, "-w", str(copy)],
            env={"LANG": language, "LC_ALL": language, "PATH": "/usr/bin:/bin", "COLUMNS": "160"},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (command, done.stderr)
        assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
