"""The planner: complete, deterministic, and what stands stays."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from ipaddress import ip_interface, ip_network
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from inventory.model import Level, Region
from ipplan import allocate, changes, checks, policy_file
from ipplan.plan import Plan, parse, to_text
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory

City = "Callable[..., Inventory]"
TOWNSHIPS = {name: 20 + 15 * number for number, name in enumerate("abcdefgh")}


def prefix(plan: Plan, owner: str) -> str:
    """The prefix of an owner that has one."""
    (row,) = plan.of(owner)
    return str(row.prefix)


def test_everybody_gets_a_prefix_that_suits(city: Callable[..., Inventory], policy_text: str) -> None:
    """Loopbacks, circuits and LANs: all there, disjoint, each large enough, each in its township's block."""
    inventory = city(TOWNSHIPS, counties=2)
    plan = allocate.make(inventory, policy_file.parse(policy_text), None)
    assert checks.check(plan, inventory, policy_file.parse(policy_text)) == ()
    assert {row.owner for row in plan.allocations} == {*inventory.devices, *inventory.lines}
    for one, other in combinations(plan.allocations, 2):
        assert not one.prefix.overlaps(other.prefix)
    for name, hosts in TOWNSHIPS.items():
        (lan,) = plan.of(f"lan-{name}")
        assert lan.prefix.num_addresses >= hosts * 1.5 + 3
        (block,) = [block for block in plan.blocks if block.region == lan.region]
        assert lan.prefix.subnet_of(block.prefix)  # type: ignore[arg-type]  # both are IPv4
        assert block.prefix.num_addresses == 2 * lan.prefix.num_addresses


def test_planning_again_changes_nothing(city: Callable[..., Inventory], policy_text: str) -> None:
    """The second plan is the first, byte for byte, through the file too."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    first = allocate.make(inventory, rules, None)
    second = allocate.make(inventory, rules, parse(to_text(first)))
    assert to_text(second) == to_text(first)
    assert changes.compare(first, second).empty


def test_the_order_of_rows_does_not_matter(city: Callable[..., Inventory], policy_text: str) -> None:
    """An inventory sorted the other way round gives the same plan."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    turned = replace(
        inventory,
        devices=dict(reversed(inventory.devices.items())),
        lines=dict(reversed(inventory.lines.items())),
        sites=dict(reversed(inventory.sites.items())),
        regions=dict(reversed(inventory.regions.items())),
    )
    assert to_text(allocate.make(turned, rules, None)) == to_text(allocate.make(inventory, rules, None))


SCRIPT = """
import sys
from pathlib import Path
from inventory import workspace
from ipplan import allocate, plan, policy_file
root = Path(sys.argv[1])
made = allocate.make(workspace.load(root).inventory, policy_file.load(root / "plan/policy.yaml"), None)
sys.stdout.write(plan.to_text(made))
"""


def test_hash_seeds_do_not_matter(lianyuan: object) -> None:
    """The plan is the same bytes under any PYTHONHASHSEED."""
    texts = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(lianyuan)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(texts) == 1
    assert len(texts.pop().splitlines()) > 100


def test_what_is_new_is_added_and_what_is_gone_is_removed(city: Callable[..., Inventory], policy_text: str) -> None:
    """Survivors stay; a removed township's space is used again only after it is gone."""
    rules = policy_file.parse(policy_text)
    first = allocate.make(city(TOWNSHIPS), rules, None)
    fewer = {name: hosts for name, hosts in TOWNSHIPS.items() if name not in "bf"}
    second = allocate.make(city({**fewer, "x": 70, "y": 10}), rules, first)
    found = changes.compare(first, second)
    assert {row.owner for row in found.added} == {"rt-x", "rt-y", "ln-x", "ln-y", "lan-x", "lan-y"}
    assert {row.owner for row in found.removed} == {"rt-b", "rt-f", "ln-b", "ln-f", "lan-b", "lan-f"}
    assert (found.grown, found.moved) == ((), ())
    assert {block.region[-1] for block in found.blocks_removed} == {"b", "f"}


def test_growth_is_room_that_is_used_up_first(
    city: Callable[..., Inventory], grown: Callable[..., Inventory], policy_text: str
) -> None:
    """A LAN stays as it is while its hosts fit, although hosts × growth would not; then it doubles where it stands."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    first = allocate.make(inventory, rules, None)
    assert prefix(first, "lan-a").endswith("/26")  # 20 hosts × 1.5, the router, the two ends
    same = allocate.make(grown(inventory, a=60), rules, first)
    assert changes.compare(first, same).empty
    larger = allocate.make(grown(inventory, a=80), rules, first)
    (change,) = changes.compare(first, larger).grown
    assert change.before.prefix.network_address == change.after.prefix.network_address
    assert (change.after.owner, change.after.prefix.prefixlen) == ("lan-a", 25)
    assert changes.compare(first, larger).moved == ()


TIGHT = """
pools:
  - {name: lans, area: public, prefixes: [10.20.0.0/24]}
functions:
  - {name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {hosts: {minimum: /28}}, placement: dense}
"""


def test_what_must_move_is_said_first(city: Callable[..., Inventory], grown: Callable[..., Inventory]) -> None:
    """A LAN that cannot double in place is refused with both prefixes; --allow-moves moves it and nothing else."""
    rules = policy_file.parse(TIGHT)
    inventory = city({"a": 10, "b": 10, "c": 10})
    first = allocate.make(inventory, rules, None)
    larger = grown(inventory, a=20)
    with pytest.raises(changes.MovesError) as caught:
        allocate.make(larger, rules, first)
    assert [(move.after.owner, str(move.before.prefix)) for move in caught.value.moves] == [("lan-a", "10.20.0.0/28")]
    assert "lan-a: 10.20.0.0/28 → 10.20.0.64/27" in str(caught.value)
    assert "--allow-moves" in str(caught.value.hint)
    assert "1 条" in caught.value.message.in_language("zh_CN")
    moved = allocate.make(larger, rules, first, allow_moves=True)
    assert prefix(moved, "lan-a") == "10.20.0.64/27"
    assert [prefix(moved, f"lan-{name}") for name in "bc"] == [prefix(first, f"lan-{name}") for name in "bc"]


def test_a_fragmented_pool_moves_as_few_as_it_can(city: Callable[..., Inventory]) -> None:
    """Where the free space is in pieces, the slot with the fewest owners is cleared."""
    rules = policy_file.parse(TIGHT)
    names = [f"{number:02}" for number in range(16)]
    full = allocate.make(city(dict.fromkeys(names, 10)), rules, None)
    # Every second one goes, and one more: seven stay, spread over the pool; no /26 is free.
    stay = [name for number, name in enumerate(names) if number % 2 and number != 13]
    thin = allocate.make(city(dict.fromkeys(stay, 10)), rules, full)
    larger = city({**dict.fromkeys(stay, 10), "zz": 55})
    with pytest.raises(changes.MovesError) as caught:
        allocate.make(larger, rules, thin)
    assert len(caught.value.moves) == 1
    moved = allocate.make(larger, rules, thin, allow_moves=True)
    assert checks.check(moved, larger, rules) == ()


def test_a_region_block_doubles_with_its_content(
    city: Callable[..., Inventory], grown: Callable[..., Inventory]
) -> None:
    """A LAN that outgrows its township's block widens the block; the LAN's first address stays."""
    rules = policy_file.parse(
        TIGHT.replace("10.20.0.0/24]", "10.20.0.0/22], summaries: [{level: township}]").replace("dense", "sparse")
    )
    inventory = city({"a": 10, "b": 10})
    first = allocate.make(inventory, rules, None)
    second = allocate.make(grown(inventory, a=100), rules, first)
    found = changes.compare(first, second)
    assert [str(change.after.prefix) for change in found.grown] == ["10.20.0.0/25"]
    assert found.moved == ()
    assert [(str(block.prefix), block.region[-1]) for block in second.blocks] == [
        ("10.20.0.0/25", "a"),
        ("10.20.2.0/28", "b"),
    ]


def test_a_new_region_code_moves_nothing(city: Callable[..., Inventory], policy_text: str) -> None:
    """A township that is merged or re-coded keeps its block and its addresses under the new code."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    first = allocate.make(inventory, rules, None)
    old = inventory.sites["th-c"].region
    region = Region("430000999", "new", Level.TOWNSHIP, "430000")
    renamed = replace(
        inventory,
        regions={**{code: row for code, row in inventory.regions.items() if code != old}, region.code: region},
        sites={**inventory.sites, "th-c": replace(inventory.sites["th-c"], region=region.code)},
    )
    second = allocate.make(renamed, rules, first)
    found = changes.compare(first, second)
    assert (found.added, found.removed, found.grown, found.moved) == ((), (), (), ())
    before = {block.prefix for block in first.blocks}
    assert {block.prefix for block in second.blocks} == before


def test_summaries_can_be_introduced_later(city: Callable[..., Inventory], policy_text: str) -> None:
    """A policy that begins to summarise gives each township the block that its content implies."""
    inventory = city(TOWNSHIPS)
    plain = policy_text.replace("    summaries: [{level: township, ipv4: {growth: 2}}]\n", "")
    first = allocate.make(inventory, policy_file.parse(plain), None)
    assert first.blocks == ()
    second = allocate.make(inventory, policy_file.parse(policy_text), first)
    assert changes.compare(first, second).moved == ()
    assert len(second.blocks) == len(TOWNSHIPS)


def test_levels_within_levels(city: Callable[..., Inventory], policy_text: str) -> None:
    """County blocks hold their townships' blocks; what belongs to the city itself stands outside them."""
    nested = policy_text.replace("[{level: township", "[{level: county}, {level: township")
    inventory = city(TOWNSHIPS, counties=3)
    plan = allocate.make(inventory, policy_file.parse(nested), None)
    counties = {block.region: block.prefix for block in plan.blocks if block.level is Level.COUNTY}
    assert set(counties) == {"430000", "430001", "430002"}
    for block in plan.blocks:
        if block.level is Level.TOWNSHIP:
            assert block.prefix.subnet_of(counties[block.region[:6]])  # type: ignore[arg-type]  # both are IPv4
    (server,) = plan.of("lan-dc")
    assert not any(server.prefix.overlaps(county) for county in counties.values())
    assert checks.check(plan, inventory, policy_file.parse(nested)) == ()
    assert changes.compare(plan, allocate.make(inventory, policy_file.parse(nested), plan)).empty


def test_ipv6_beside_ipv4(city: Callable[..., Inventory]) -> None:
    """One policy plans both families: /64 LANs in /56 blocks, /127 circuits, /128 loopbacks."""
    rules = policy_file.parse("""
pools:
  - {name: base, area: interconnect, prefixes: [10.254.0.0/24, "fd00:1::/48"]}
  - name: lans
    area: public
    prefixes: [10.20.0.0/16, "fd00:2::/48"]
    summaries: [{level: township, ipv6: {length: 56}}]
functions:
  - {name: loopback, pool: base, for: loopback, ipv4: {length: 32}, ipv6: {length: 128}}
  - {name: circuit, pool: base, for: circuit, ipv4: {length: 31}, ipv6: {length: 127}}
  - {name: lan, pool: lans, for: lan, ipv4: {length: 24}, ipv6: {length: 64}, placement: sparse}
""")
    inventory = city(TOWNSHIPS)
    plan = allocate.make(inventory, rules, None)
    assert checks.check(plan, inventory, rules) == ()
    assert [row.prefix.prefixlen for row in plan.of("lan-a")] == [24, 64]
    assert [row.prefix.prefixlen for row in plan.of("ln-a")] == [31, 127]
    (block,) = [row.prefix for row in plan.blocks if row.prefix.version == 6 and row.region.endswith("a")]
    assert block.prefixlen == 56
    assert plan.of("lan-a")[1].prefix.subnet_of(block)  # type: ignore[arg-type]  # both are IPv6
    assert changes.compare(plan, allocate.make(inventory, rules, parse(to_text(plan)))).empty


def test_reserve_keeps_room_beside_each(city: Callable[..., Inventory], grown: Callable[..., Inventory]) -> None:
    """With a reserve of one, every LAN can double in place, even when the pool is dense and full."""
    rules = policy_file.parse(TIGHT.replace("placement: dense", "placement: dense, reserve: 1"))
    names = dict.fromkeys("abcdefgh", 10)
    inventory = city(names)
    plan = allocate.make(inventory, rules, None)
    for name in names:
        larger = allocate.make(grown(inventory, **{name: 25}), rules, plan)
        assert [change.after.owner for change in changes.compare(plan, larger).grown] == [f"lan-{name}"]
    with pytest.raises(InputError, match="problems in the input: 1"):
        allocate.make(city({**names, "i": 10}), rules, plan)


def test_exclusions_and_addresses_in_use_are_left_alone(city: Callable[..., Inventory]) -> None:
    """What the policy excludes, and networks where devices already have addresses, get no allocation."""
    rules = policy_file.parse(TIGHT.replace("10.20.0.0/24]", "10.20.0.0/24], exclude: [10.20.0.0/26]"))
    inventory = city({"a": 10, "b": 10})
    device = replace(inventory.devices["core"], address=ip_interface("10.20.0.70/26"))
    inventory = replace(inventory, devices={**inventory.devices, "core": device})
    plan = allocate.make(inventory, rules, None)
    forbidden = ip_network("10.20.0.0/25")
    assert not any(row.prefix.overlaps(forbidden) for row in plan.allocations)
    assert checks.check(plan, inventory, rules) == ()


def test_a_device_managed_by_its_planned_address_stays(city: Callable[..., Inventory], policy_text: str) -> None:
    """Once a device is managed by its loopback, the inventory's address is no obstacle to that loopback."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    first = allocate.make(inventory, rules, None)
    (loopback,) = first.of("rt-d")
    device = replace(inventory.devices["rt-d"], address=ip_interface(str(loopback.prefix)))
    managed = replace(inventory, devices={**inventory.devices, "rt-d": device})
    second = allocate.make(managed, rules, first)
    assert changes.compare(first, second).empty
    assert checks.check(second, managed, rules) == ()


def test_a_lock_that_contradicts_itself_is_refused(city: Callable[..., Inventory], policy_text: str) -> None:
    """Planning on from an overlap would spread it: the file's lines are named instead."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    text = to_text(allocate.make(inventory, rules, None))
    broken = text.replace("10.254.0.4/30", "10.254.0.8/30", 1)
    with pytest.raises(InputError) as caught:
        allocate.make(inventory, rules, parse(broken))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("overlap", "plan/plan.csv")
    assert problem.line in {4, 5}


def test_a_pool_that_is_taken_away_moves_its_content(city: Callable[..., Inventory], policy_text: str) -> None:
    """Allocations outside the policy's new pool must move; all of them are listed."""
    inventory = city(TOWNSHIPS)
    first = allocate.make(inventory, policy_file.parse(policy_text), None)
    elsewhere = policy_file.parse(policy_text.replace("10.254.0.0/24", "10.250.0.0/24"))
    with pytest.raises(changes.MovesError) as caught:
        allocate.make(inventory, elsewhere, first)
    assert {move.after.owner for move in caught.value.moves} == {f"ln-{name}" for name in TOWNSHIPS}
    moved = allocate.make(inventory, elsewhere, first, allow_moves=True)
    assert checks.check(moved, inventory, elsewhere) == ()


def test_a_carriers_circuit_gets_no_prefix(city: Callable[..., Inventory], policy_text: str) -> None:
    """Where a carrier gives the addresses, the plan gives none."""
    inventory = city({"a": 20})
    line = inventory.lines["ln-a"]
    given = replace(line, a=replace(line.a, address=ip_interface("192.0.2.1/30")))
    plan = allocate.make(
        replace(inventory, lines={**inventory.lines, "ln-a": given}), policy_file.parse(policy_text), None
    )
    assert plan.of("ln-a") == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "text"),
    [
        ("for: circuit", "for: circuit, where: role ==== x", "bad-filter", "circuit.where"),
        ("for: circuit", "for: circuit, where: rolle = core", "bad-filter", "circuit.where"),
        ("area: interconnect", "area: interconnect, vrf: nowhere", "unknown-vrf", "circuits.vrf"),
        ("for: lan,", "for: circuit,", "", ""),
    ],
)
def test_a_policy_that_does_not_suit_the_inventory(
    city: Callable[..., Inventory], policy_text: str, old: str, new: str, code: str, text: str
) -> None:
    """Filters and VRFs are checked against the inventory, with the policy's line."""
    changed = policy_text.replace(old, new)
    if not code:  # two functions that want the same circuits
        changed = policy_text + "  - {name: again, pool: circuits, for: circuit, ipv4: {length: 30}}\n"
        code, text = "claimed-twice", "again.where"
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), policy_file.parse(changed), None)
    (problem,) = caught.value.problems
    assert (problem.code, problem.column, problem.file) == (code, text, "plan/policy.yaml")
    assert problem.line > 0
    assert problem.in_language("zh_CN") != problem.in_language("en")


def test_too_many_hosts_for_the_policys_largest_block(
    city: Callable[..., Inventory], grown: Callable[..., Inventory], policy_text: str
) -> None:
    """The site that needs more than the policy gives is named."""
    with pytest.raises(InputError) as caught:
        allocate.make(grown(city(TOWNSHIPS), b=5000), policy_file.parse(policy_text), None)
    (problem,) = caught.value.problems
    assert problem.code == "too-many-hosts"
    assert "5000 hosts × 1.5 need a /19 for “lan-b”" in problem.in_language("en")


SUMMARISED = """
pools:
  - name: lans
    area: public
    prefixes: [10.20.0.0/22]
    exclude: [{exclude}]
    summaries: [{{level: county, ipv4: {{length: {length}}}}}]
functions:
  - {{name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {{length: 27}}}}
"""


def test_an_exclusion_in_a_region_that_stands_moves_nobody(city: Callable[..., Inventory]) -> None:
    """What is excluded in the free part of a region's block is that region's matter: its block stays."""
    inventory = city(TOWNSHIPS, counties=2)
    first = allocate.make(inventory, policy_file.parse(SUMMARISED.format(exclude="", length=24)), None)
    rules = policy_file.parse(SUMMARISED.format(exclude="10.20.0.192/27, 10.20.1.224/28", length=24))
    second = allocate.make(inventory, rules, first)
    assert changes.compare(first, second).empty
    larger = city({**TOWNSHIPS, **dict.fromkeys("ijkl", 5)}, counties=2)
    third = allocate.make(larger, rules, second)
    assert changes.compare(second, third).moved == ()
    assert checks.check(third, larger, rules) == ()
    assert not any(row.prefix.overlaps(ip_network("10.20.0.192/27")) for row in third.allocations)


def test_a_region_is_laid_out_around_what_is_excluded(city: Callable[..., Inventory]) -> None:
    """Where no block without an obstacle is left, a region takes one in which its content fits around it."""
    inventory = city({f"{number}": 5 for number in range(24)}, counties=4)
    rules = policy_file.parse(SUMMARISED.format(exclude="10.20.0.0/27, 10.20.2.32/28", length=24))
    plan = allocate.make(inventory, rules, None)
    assert [str(block.prefix) for block in plan.blocks] == [f"10.20.{number}.0/24" for number in range(4)]
    assert checks.check(plan, inventory, rules) == ()
    assert not any(row.prefix.overlaps(ip_network("10.20.0.0/27")) for row in plan.allocations)
    assert changes.compare(plan, allocate.make(inventory, rules, plan)).empty


def test_a_line_that_goes_to_another_vrf_is_a_change(city: Callable[..., Inventory], policy_text: str) -> None:
    """A pool that is put into another VRF keeps the rows' identity: with other space they have moved."""
    inventory = city(TOWNSHIPS)
    vrfs = {**inventory.vrfs, "tax": replace(inventory.vrfs["default"], name="tax")}
    inventory = replace(inventory, vrfs=vrfs)
    first = allocate.make(inventory, policy_file.parse(policy_text), None)
    there = policy_text.replace(
        "{name: circuits, area: interconnect,", "{name: circuits, area: interconnect, vrf: tax,"
    )
    second = allocate.make(inventory, policy_file.parse(there), first, allow_moves=True)
    found = changes.compare(first, second)
    assert (len(found.added), len(found.removed), found.empty) == (0, 0, False)
    assert {row.vrf for row in second.allocations if row.function == "circuit"} == {"tax"}
