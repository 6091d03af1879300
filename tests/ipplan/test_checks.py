"""A plan that somebody edited: each fault is found, with its line."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface
from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from ipplan import allocate, checks, policy, policy_file
from ipplan.plan import Plan, parse, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory

TOWNSHIPS = {"a": 20, "b": 50, "c": 90}


@pytest.fixture
def planned(city: Callable[..., Inventory], policy_text: str) -> tuple[str, Inventory, policy.Policy]:
    """A good plan's text, with its inventory and policy."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(policy_text)
    return to_text(allocate.make(inventory, rules, None)), inventory, rules


def line_of(text: str, part: str) -> int:
    """The line that has `part` in it."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def found(text: str, inventory: Inventory, rules: policy.Policy) -> list[tuple[str, int, str]]:
    """Code, line and column of every fault."""
    problems = checks.check(parse(text), inventory, rules)
    for problem in problems:
        assert problem.in_language("zh_CN") != problem.in_language("en")
        assert str(problem.hint)
    return [(problem.code, problem.line, problem.column) for problem in problems]


def test_a_good_plan_has_no_faults(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """Nothing is said where nothing is wrong."""
    assert found(*planned) == []


def edited(text: str, owner: str, prefix: str) -> str:
    """The plan with another prefix for an owner."""
    lines = text.splitlines()
    number = line_of(text, f",{owner},") - 1
    lines[number] = lines[number].rpartition(",")[0] + "," + prefix
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("owner", "prefix", "codes"),
    [
        ("ln-a", "10.254.0.4/30", {"overlap"}),
        ("lan-dc", "10.20.1.0/25", {"foreign-in-block"}),
        ("rt-a", "10.254.0.1/32", {"overlap", "outside-pool"}),
        ("lan-c", "10.99.0.0/24", {"outside-pool", "outside-block"}),
        ("lan-c", "10.20.63.0/26", {"outside-block", "too-small"}),
    ],
)
def test_prefixes_that_are_wrong(
    planned: tuple[str, Inventory, policy.Policy], owner: str, prefix: str, codes: set[str]
) -> None:
    """Overlaps, prefixes outside their pool or their region's block, prefixes that are too small."""
    text, inventory, rules = planned
    changed = edited(text, owner, prefix)
    assert {code for code, _, _ in found(changed, inventory, rules)} == codes


def test_duplicates_and_strangers(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """A second row for an owner, an owner and a region that the inventory does not have, and a lost row."""
    text, inventory, rules = planned
    twice = text + "allocation,public,default,lans,lan,ipv4,township,43000000a,lan-a,10.20.62.0/26\n"
    assert ("duplicate-row", len(twice.splitlines()), "owner") in found(twice, inventory, rules)
    stranger = text.replace(",lan-a,", ",lan-x,")
    number = line_of(stranger, ",lan-x,")
    assert found(stranger, inventory, rules) == [
        ("missing-allocation", 0, ""),
        ("unwanted-allocation", number, "function"),
        ("unknown-owner", number, "owner"),
    ]
    nowhere = text.replace("township,43000000a,,", "township,990000001,,")
    assert ("unknown-region", line_of(nowhere, "990000001,,"), "region") in found(nowhere, inventory, rules)
    line = line_of(text, ",rt-b,")
    lost = "\n".join(row for number, row in enumerate(text.splitlines(), 1) if number != line)
    assert found(lost, inventory, rules) == [("missing-allocation", 0, "")]


def test_a_region_that_changed(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """A site that now belongs to another township: its row is out of date until the plan is made again."""
    text, inventory, rules = planned
    sites = {**inventory.sites, "th-a": replace(inventory.sites["th-a"], region="43000000b")}
    codes = {code for code, _, _ in found(text, replace(inventory, sites=sites), rules)}
    assert codes == {"outdated-row", "unwanted-block"}


def test_pools_that_differ_from_the_policy(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """A pool that was edited in the plan, and a pool that nobody knows."""
    text, inventory, rules = planned
    assert {code for code, _, _ in found(text.replace("10.255.0.0/24", "10.255.0.0/25"), inventory, rules)} == {
        "pool-differs"
    }
    number = line_of(text, ",rt-b,")
    unknown = text.replace("loopbacks,loopback,ipv4,township,43000000b", "loops,loopback,ipv4,township,43000000b")
    assert ("unknown-pool", number, "pool") in found(unknown, inventory, rules)


def test_blocks_that_cross(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """Two townships' blocks must not lie in each other."""
    text, inventory, rules = planned
    number = line_of(text, "township,43000000a,,")
    lines = text.splitlines()
    inside = lines[line_of(text, "township,43000000c,,") - 1].rpartition(",")[2]
    lines[number - 1] = lines[number - 1].rpartition(",")[0] + "," + inside.partition("/")[0] + "/26"
    codes = {code for code, _, _ in found("\n".join(lines) + "\n", inventory, rules)}
    assert "overlap" in codes


def test_addresses_that_devices_already_have(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """A planned prefix on another device's management network is a collision; on the device's own it is none."""
    text, inventory, rules = planned
    (loopback,) = parse(text).of("rt-a")
    address = ip_interface(str(loopback.prefix))

    def managed(name: str) -> Inventory:
        device = replace(inventory.devices[name], address=address)
        return replace(inventory, devices={**inventory.devices, name: device})

    assert found(text, managed("rt-a"), rules) == []
    assert found(text, managed("rt-b"), rules) == [("collision", line_of(text, ",rt-a,"), "prefix")]


def test_vrfs_are_worlds_of_their_own(planned: tuple[str, Inventory, policy.Policy]) -> None:
    """The same prefix in two VRFs is no overlap."""
    text, _, _ = planned
    rows = [row for row in text.splitlines() if row.startswith(("pool,public", "allocation,public"))]
    other = "\n".join(row.replace(",default,", ",tax,").replace("public", "vpn") for row in rows)
    both = parse(text + other.replace(",lan,", ",lan-tax,") + "\n")
    assert checks.consistency(both) == []
    assert checks.consistency(Plan()) == []


BLOCKS = """
pools:
  - name: lans
    area: public
    prefixes: [10.20.0.0/18, "2001:db8::/40"]
    exclude: [10.20.63.0/24]
    summaries:
      - {level: county, ipv4: {growth: 2}, ipv6: {length: /48}}
      - {level: township, ipv4: {growth: 2}, ipv6: {length: /56}}
functions:
  - {name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 1.5, minimum: /27, maximum: /20}}, ipv6: {}}
"""


@pytest.fixture
def summarised(city: Callable[..., Inventory]) -> tuple[str, Inventory, policy.Policy]:
    """A good plan with blocks of two levels in both families."""
    inventory, rules = city(TOWNSHIPS), policy_file.parse(BLOCKS)
    return to_text(allocate.make(inventory, rules, None)), inventory, rules


def changed(text: str, part: str, old: str, new: str) -> tuple[str, int]:
    """The plan with one row edited, and the row's line."""
    lines = text.splitlines()
    number = line_of(text, part)
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new)
    return "\n".join(lines) + "\n", number


def lost(text: str, part: str) -> str:
    """The plan without one row."""
    number = line_of(text, part)
    return "\n".join(line for at, line in enumerate(text.splitlines(), 1) if at != number) + "\n"


def test_a_block_that_does_not_hold_all_of_a_prefix(summarised: tuple[str, Inventory, policy.Policy]) -> None:
    """A prefix that begins inside its region's block and ends beyond it is no longer in the region's summary."""
    text, inventory, rules = summarised
    lan = line_of(text, ",lan-c,10.")
    length = int(text.splitlines()[lan - 1].rpartition("/")[2])
    block = "ipv4,township,43000000c,,"
    was = text.splitlines()[line_of(text, block) - 1].rpartition("/")[2]
    edited_text, _ = changed(text, block, f"/{was}", f"/{length + 1}")
    assert found(edited_text, inventory, rules) == [("outside-block", lan, "prefix")]


@pytest.mark.parametrize("block", ["ipv4,township,43000000a,,", "ipv4,county,430000,,", "ipv6,township,43000000c,,"])
def test_a_block_that_is_lost_or_not_asked_for(summarised: tuple[str, Inventory, policy.Policy], block: str) -> None:
    """Each region has the blocks that the policy's summaries ask for, and no others; the planner mends both."""
    text, inventory, rules = summarised
    without = lost(text, block)
    assert found(without, inventory, rules) == [("missing-block", 0, "")]
    assert found(to_text(allocate.make(inventory, rules, parse(without))), inventory, rules) == []
    flat = policy_file.parse(BLOCKS.replace("      - {level: county, ipv4: {growth: 2}, ipv6: {length: /48}}\n", ""))
    codes = {code for code, _, _ in found(text, inventory, flat)}
    assert codes == {"unwanted-block"}
    assert found(to_text(allocate.make(inventory, flat, parse(text))), inventory, flat) == []


@pytest.mark.parametrize("length", [60, 64])
def test_a_block_narrower_than_the_policy_says(summarised: tuple[str, Inventory, policy.Policy], length: int) -> None:
    """A region's block of a fixed length is at least as large; the planner widens it where it stands."""
    text, inventory, rules = summarised
    narrow, line = changed(text, "ipv6,township,43000000b,,", "/56", f"/{length}")
    assert found(narrow, inventory, rules) == [("block-too-small", line, "prefix")]
    assert to_text(allocate.make(inventory, rules, parse(narrow))) == text


def test_an_address_that_the_policy_excludes(summarised: tuple[str, Inventory, policy.Policy]) -> None:
    """What the pool leaves out is nobody's, wherever it lies."""
    text, inventory, _ = summarised
    lan = text.splitlines()[line_of(text, ",lan-dc,10.") - 1].rpartition(",")[2]
    rules = policy_file.parse(BLOCKS.replace("10.20.63.0/24", lan.partition("/")[0] + "/32"))
    assert found(text, inventory, rules) == [("excluded-space", line_of(text, ",lan-dc,10."), "prefix")]
    moved = allocate.make(inventory, rules, parse(text), allow_moves=True)
    assert checks.check(moved, inventory, rules) == ()


def test_an_ipv6_prefix_of_another_length(summarised: tuple[str, Inventory, policy.Policy]) -> None:
    """In IPv6 a wider prefix is as wrong as a narrower one: hosts configure themselves only in a /64."""
    text, inventory, rules = summarised
    wide, line = changed(text, ",lan-a,2001:", "/64", "/63")
    assert found(wide, inventory, rules) == [("too-large", line, "prefix")]
    narrow, line = changed(text, ",lan-a,2001:", "/64", "/65")
    assert found(narrow, inventory, rules) == [("too-small", line, "prefix")]
    (problem,) = checks.check(parse(narrow), inventory, rules)
    assert "hosts" not in problem.message.in_language("en")


@pytest.mark.parametrize(
    ("part", "old", "new", "column"),
    [
        (",lan-a,10.", "township,43000000a", "county,43000000a", "level"),
        (",lan-a,10.", "allocation,public", "allocation,internet", "area"),
        ("ipv4,county,430000,,", "county", "township", "level"),
        ("ipv4,township,43000000a,,", "township", "city", "level"),
        ("ipv4,township,43000000a,,", "block,public", "block,internet", "area"),
    ],
)
def test_one_wrong_cell_is_one_fault(
    summarised: tuple[str, Inventory, policy.Policy], part: str, old: str, new: str, column: str
) -> None:
    """Only the row whose cell is wrong is told, in the column that is wrong."""
    text, inventory, rules = summarised
    wrong, line = changed(text, part, old, new)
    assert found(wrong, inventory, rules) == [("outdated-row", line, column)]


def test_a_pool_that_the_function_no_longer_has(city: Callable[..., Inventory], policy_text: str) -> None:
    """A function that draws on another pool now: the column is the pool's, not the region's."""
    inventory, more = city(TOWNSHIPS), "  - {name: spare, area: interconnect, prefixes: [10.253.0.0/24]}\nfunctions:"
    two = policy_text.replace("functions:", more)
    text = to_text(allocate.make(inventory, policy_file.parse(two), None))
    rules = policy_file.parse(two.replace("pool: circuits", "pool: spare"))
    assert {(code, column) for code, _, column in found(text, inventory, rules)} == {("outdated-row", "pool")}


def test_one_row_over_many_is_one_fault(summarised: tuple[str, Inventory, policy.Policy]) -> None:
    """A covering row is said once, with how many it covers and the first of them, not once for each of them."""
    text, inventory, rules = summarised
    wide = edited(text, "lan-a", "10.0.0.0/8")
    problems = [problem for problem in checks.check(parse(wide), inventory, rules) if problem.code == "overlap"]
    assert [(problem.line, problem.column) for problem in problems] == [(line_of(wide, ",lan-a,"), "prefix")]
    assert "(line " in problems[0].in_language("en")
    codes = [code for code, _, _ in found(wide, inventory, rules)]
    assert codes.count("foreign-in-block") == 1
    assert codes.count("outside-block") == 2, "its township's and its county's"


@pytest.mark.parametrize("prefix", ["0.0.0.0/0", "::/0"])
def test_the_whole_address_space_is_no_allocation(planned: tuple[str, Inventory, policy.Policy], prefix: str) -> None:
    """A default route in the plan is one fault with its line, and no overlap with every other row."""
    text = edited(planned[0], "lan-a", prefix)
    if ":" in prefix:
        text = text.replace("\n" + text.splitlines()[line_of(text, ",lan-a,") - 1], "", 1) + text.splitlines()[
            line_of(text, ",lan-a,") - 1
        ].replace(",ipv4,", ",ipv6,")
    with pytest.raises(InputError) as caught:
        parse(text)
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [
        ("whole-space", line_of(text, ",lan-a,"))
    ]
