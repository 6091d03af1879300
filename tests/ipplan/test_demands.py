"""Whom the policy gives prefixes to: units, sites, regions, one owner in several VRFs; and whom it leaves out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from inventory.model import Area, Source, Unit, Vrf, Zone
from ipplan import allocate, changes, checks, policy_file
from ipplan.addresses import device_addresses
from ipplan.plan import parse, to_text
from ipplan.policy import Exclusion

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory
    from ipplan.plan import Plan

TOWNSHIPS = {"a": 20, "b": 50, "c": 90}
VRFS = """
pools:
  - {name: public, area: public, prefixes: [10.20.0.0/18]}
  - {name: tax, area: vpn, vrf: tax, prefixes: [10.20.0.0/18]}
  - {name: video, area: vpn, vrf: video, prefixes: [10.20.0.0/18]}
functions:
  - {name: lan, pools: [public, tax, video], for: lan, where: role = township-router, ipv4: {length: 26}}
"""


def with_units(inventory: Inventory, **vrfs: str) -> Inventory:
    """The city with a unit in each township that takes part in some VRFs."""
    units = {f"u-{name}": Unit(f"u-{name}", "", inventory.sites[f"th-{name}"].region) for name in TOWNSHIPS}
    units = {name: replace(unit, vrfs=tuple(vrfs.get(name[2:], "").split())) for name, unit in units.items()}
    sites = {
        name: replace(site, unit=f"u-{name[3:]}" if name.startswith("th-") else "")
        for name, site in inventory.sites.items()
    }
    known = {name: Vrf(name, "", Area.VPN) for name in ("tax", "video")}
    return replace(inventory, units=units, sites=sites, vrfs={**inventory.vrfs, **known})


def owners(plan: Plan, function: str = "") -> dict[str, list[str]]:
    """Owner → the VRFs in which it has a prefix."""
    found: dict[str, list[str]] = {}
    for row in plan.allocations:
        if function in ("", row.function):
            found.setdefault(row.owner, []).append(row.vrf)
    return {owner: sorted(vrfs) for owner, vrfs in found.items()}


def test_one_function_in_several_vrfs(city: Callable[..., Inventory]) -> None:
    """A unit's LAN gets a prefix in the default VRF and in each business VRF that the unit takes part in."""
    inventory, rules = with_units(city(TOWNSHIPS), a="tax video", b="video"), policy_file.parse(VRFS)
    plan = allocate.make(inventory, rules, None)
    assert owners(plan) == {
        "lan-a": ["default", "tax", "video"],
        "lan-b": ["default", "video"],
        "lan-c": ["default"],
    }
    assert checks.check(plan, inventory, rules) == ()
    assert {str(row.prefix) for row in plan.of("lan-a")} == {"10.20.0.0/26"}  # worlds of their own
    assert changes.compare(plan, allocate.make(inventory, rules, parse(to_text(plan)))).empty
    # On the port itself stands the address of the default VRF.
    assert [str(address) for address in device_addresses(plan, inventory, "rt-a").interfaces["eth2"]] == [
        "10.20.0.1/26"
    ]


def test_a_unit_that_joins_and_leaves_a_vrf_moves_nobody(city: Callable[..., Inventory]) -> None:
    """Taking part in one system more or less adds or removes that VRF's prefix and nothing else."""
    before, rules = with_units(city(TOWNSHIPS), a="tax video", b="video"), policy_file.parse(VRFS)
    plan = allocate.make(before, rules, None)
    found = changes.compare(plan, allocate.make(with_units(city(TOWNSHIPS), a="video", b="tax video"), rules, plan))
    assert [(row.owner, row.vrf) for row in found.added] == [("lan-b", "tax")]
    assert [(row.owner, row.vrf) for row in found.removed] == [("lan-a", "tax")]
    assert (found.moved, found.grown) == ((), ())


def test_a_zone_decides_in_which_vrf_a_port_is(city: Callable[..., Inventory]) -> None:
    """A LAN whose port lies in a zone is in the zone's VRF, whatever the unit takes part in."""
    inventory = with_units(city(TOWNSHIPS), a="tax video")
    zones = {"video": Zone("video", "", Area.VPN, "video", (("rt-a", "eth2"),))}
    plan = allocate.make(replace(inventory, zones=zones), policy_file.parse(VRFS), None)
    assert owners(plan)["lan-a"] == ["video"]


OWNERS = """
pools:
  - {name: p, area: public, prefixes: [10.20.0.0/16, "fd00:1::/40"], summaries: [{level: county}]}
functions:
  - {name: nat, pool: p, for: unit, ipv4: {length: 30}}
  - {name: campus, pool: p, for: site, ipv4: {hosts: {growth: 2, minimum: 28}}, ipv6: {length: 60}}
  - {name: video, pool: p, for: region, level: township, ipv4: {length: 29}, where: role = township-router}
"""


def test_units_sites_and_regions(city: Callable[..., Inventory]) -> None:
    """Prefixes for each unit, for each site by its hosts, for each region of a level; both families."""
    inventory = with_units(city(TOWNSHIPS, counties=2))
    rules = policy_file.parse(
        OWNERS.replace("name: video, pool: p", "name: cctv, pool: q").replace(
            "functions:", "  - {name: q, area: vpn, vrf: video, prefixes: [10.20.0.0/20]}\nfunctions:"
        )
    )
    plan = allocate.make(inventory, rules, None)
    assert set(owners(plan, "nat")) == set(inventory.units)
    assert set(owners(plan, "campus")) == set(inventory.sites)
    assert set(owners(plan, "cctv")) == {code for code, row in inventory.regions.items() if row.level == "township"}
    lengths = {
        row.owner: row.prefix.prefixlen
        for row in plan.allocations
        if row.function == "campus" and row.prefix.version == 4
    }
    assert (lengths["th-a"], lengths["th-b"], lengths["th-c"]) == (26, 25, 24)
    assert {row.prefix.prefixlen for row in plan.blocks if row.prefix.version == 6} == {56, 60}  # nibbles
    assert checks.check(plan, inventory, rules) == ()
    assert parse(to_text(plan)) == plan


def test_an_owner_means_one_thing(city: Callable[..., Inventory]) -> None:
    """A unit that is called like a line would take the line's place in the plan."""
    inventory = with_units(city(TOWNSHIPS))
    source = Source("inventory/units.csv", 7)
    units = {**inventory.units, "lan-a": Unit("lan-a", "", "4300", source)}
    text = VRFS + "  - {name: nat, pool: video, for: unit, ipv4: {length: 30}}\n"
    with pytest.raises(InputError) as caught:
        allocate.make(replace(inventory, units=units), policy_file.parse(text), None)
    (problem,) = caught.value.problems
    assert problem.code == "ambiguous-owner"
    assert problem.in_language("zh_CN").startswith("inventory/units.csv:7: name: “lan-a”既是线路的名称，又是单位的名称")


@pytest.mark.parametrize(
    ("rule", "left_out"),
    [
        (Exclusion(regions=("43000000b",)), "b"),
        (Exclusion(regions=("430000",)), "abc"),
        (Exclusion(sites=("th-c",)), "c"),
        (Exclusion(where="name = rt-a"), "a"),
        (Exclusion(regions=("43000000b",), sites=("th-c",)), "bc"),
    ],
)
def test_what_is_excluded_gets_nothing(
    city: Callable[..., Inventory], policy_text: str, rule: Exclusion, left_out: str
) -> None:
    """Pseudo-townships, sites and devices that are excluded have no loopback, no circuit and no LAN."""
    inventory, rules = city(TOWNSHIPS), replace(policy_file.parse(policy_text), exclusion=rule)
    plan = allocate.make(inventory, rules, None)
    for name in TOWNSHIPS:
        has = {f"rt-{name}", f"ln-{name}", f"lan-{name}"} & set(owners(plan))
        assert bool(has) == (name not in left_out)
    assert checks.check(plan, inventory, rules) == ()


def test_excluding_later_removes_and_including_again_adds(city: Callable[..., Inventory], policy_text: str) -> None:
    """Nobody else moves when a site is left out and comes back."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    without = policy_file.parse("exclude: {sites: [th-b]}\n" + policy_text)
    first = allocate.make(inventory, rules, None)
    second = allocate.make(inventory, without, first)
    assert {row.owner for row in changes.compare(first, second).removed} == {"rt-b", "ln-b", "lan-b"}
    assert changes.compare(second, allocate.make(inventory, rules, second)).moved == ()


def test_excluding_what_is_not_there(city: Callable[..., Inventory], policy_text: str) -> None:
    """An unknown region or site is named, with the policy's line."""
    rules = policy_file.parse("exclude:\n  regions: [999999]\n  sites: [nowhere]\n" + policy_text)
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), rules, None)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [
        ("unknown-name", 2),
        ("unknown-name", 3),
    ]
