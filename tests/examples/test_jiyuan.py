"""济源: departments' overlapping networks merged, 506 villages behind two VPN gateways, the intranet apart."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

from configs.render import Renderer
from inventory.model import Level, LineKind
from ipplan import checks, current, mapping_build

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.examples.conftest import Copy, Example


def test_what_the_departments_handed_in_contradicts_itself(example: Callable[[str], Example]) -> None:
    """In one routing table 19 of 25 networks meet another one, and each is named; one VRF each, and none does."""
    one = example("jiyuan")
    inventory = one.workspace.inventory
    raw = current.read(one.root / "plan" / "current-raw.csv", vrfs=set(inventory.vrfs))
    built = mapping_build.build(raw, one.planned, inventory=inventory, policy=one.rules)
    found = Counter(problem.code for problem in built.refused)
    assert (found["duplicate-prefix"], found["overlap"]) == (13, 6)
    today = current.read(one.root / "plan" / "current.csv", vrfs=set(inventory.vrfs))
    assert {str(row.prefix) for row in raw.rows} <= {str(row.prefix) for row in today.rows}
    merged = mapping_build.build(today, one.planned, inventory=inventory, policy=one.rules)
    assert not merged.refused
    goals = [entry.new for entry in merged.mapping.prefixes if entry.vrf.startswith("old-") and entry.new is not None]
    assert {entry.new_vrf for entry in merged.mapping.prefixes} == {"default"}
    assert len(set(goals)) == len(goals) - 1, "only the treasury's two networks share their new one"


def test_every_village_has_one_gateway_and_both_have_as_many(example: Callable[[str], Example]) -> None:
    """506 villages of 16 townships: half of them end at each gateway, a township's all at the same."""
    inventory = example("jiyuan").workspace.inventory
    villages = {code for code, region in inventory.regions.items() if region.level is Level.VILLAGE}
    assert len(villages) == 506
    tunnels = [line for line in inventory.lines.values() if line.kind is LineKind.TUNNEL]
    assert Counter(line.a.device for line in tunnels) == {"vgw-1": 253, "vgw-2": 253}
    ends: dict[str, set[str]] = {}
    for line in tunnels:
        assert line.b is not None
        region = inventory.region_of(inventory.devices[line.b.device])
        assert region.code in villages
        ends.setdefault(region.parent, set()).add(line.a.device)
    assert len(ends) == 16
    assert all(len(gateways) == 1 for gateways in ends.values())


def test_a_tunnel_carries_the_backbone_and_the_filter_says_what_passes(example: Callable[[str], Example]) -> None:
    """One network on the gateway's side of each tunnel; the filter names the planned prefixes one by one."""
    one = example("jiyuan")
    renderer = Renderer(one.workspace, one.planned)
    village, gateway = (renderer.render(name).text for name in ("vg-kejing-07", "vgw-1"))
    (lan,) = one.planned.of("lan-kejing-07")
    for text, near, far in ((village, str(lan.prefix), "10.64.0.0/13"), (gateway, "10.64.0.0/13", str(lan.prefix))):
        child = text[text.index("\tvpn-kejing-07 {") :]
        assert f"local_ts = {near}\n" in child
        assert f"remote_ts = {far}\n" in child
    passed = village[village.index("set vpn-kejing-07 {") : village.index("set tunnel_peers {")]
    assert str(one.planned.of("lan-servers")[0].prefix) in passed
    assert "10.64.0.0/13" not in passed


def test_the_intranet_shares_nothing_with_the_extranet(example: Callable[[str], Example]) -> None:
    """Two workspaces without a device, site, credential, secret, manager or line in common, and no way out inside."""
    outer, inner = example("jiyuan"), example("jiyuan/intranet")
    extranet, intranet = outer.workspace.inventory, inner.workspace.inventory
    for kind in ("devices", "sites", "lines", "credentials", "systems"):
        assert not set(getattr(extranet, kind)) & set(getattr(intranet, kind)), kind
    assert {line.kind for line in intranet.lines.values()} == {LineKind.CIRCUIT, LineKind.LAN}
    assert not set(outer.workspace.settings.managers) & set(inner.workspace.settings.managers)
    files = {str(one.password) for one in extranet.credentials.values()}
    assert not files & {str(one.password) for one in intranet.credentials.values()}
    assert checks.check(inner.planned, intranet, inner.rules) == ()


def test_today_is_judged_at_level_2_and_3(copied: Callable[[str], Copy]) -> None:
    """Own exits, clear text and old addresses are found on the devices that have them, at both levels."""
    city = copied("jiyuan")
    for level in ("2", "3"):
        found = city.audit("today", "--level", level)
        assert found.report["level"] == int(level)
        assert found.devices("unplanned_exit") == {"dr-fgw", "dr-mzj"}
        assert found.devices("telnet_mgmt") == {"dr-zfb", "dr-fgw"}
        assert found.devices("snmp_default_community") == {"dr-zfb", "dr-jyj", "dr-wjw"}
        assert not found.devices("pwd_plain") - {"dr-fgw", "dr-jyj", "dr-mzj", "dr-wjw"}
        assert "rt-beihai" not in found.devices("telnet_mgmt") | found.devices("no_ntp") | found.devices("vty_no_acl")


def test_departments_move_in_three_waves(copied: Callable[[str], Copy]) -> None:
    """24 departments, eight at a time; what has no predecessor is not waited for."""
    city = copied("jiyuan")
    city.govnet("plan", "stages", "--root", "core-city", "--out", str(city.root / "stages.yaml"))
    done = city.json("plan", "stages", "--root", "core-city", "--out", str(city.root / "stages.yaml"))
    assert [len(wave["sites"]) for wave in done["waves"]] == [8, 8, 8]


def test_a_rollout_on_the_emulated_lab(copied: Callable[[str], Copy]) -> None:
    """Two departments and a township of three makes are changed, saved, and want nothing afterwards."""
    city = copied("jiyuan")
    where = city.up("dr-zfb", "dr-fgw", "rt-jishui")
    assert set(city.rollout(where).values()) == {"changed"}
    assert city.settled(where)
    with (city.root / "plan" / "plan.csv").open(encoding="utf-8") as file:
        lan = next(row["prefix"] for row in csv.DictReader(file) if row["owner"] == "lan-zfb")
    assert lan.rpartition(".")[0] in city.running(where)["dr-zfb"]
