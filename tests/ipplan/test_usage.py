"""Room beside an allocation is counted as the planner would use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from ipplan import allocate, changes, policy_file, usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory


def test_doublings_are_what_the_planner_can_do(
    city: Callable[..., Inventory], grown: Callable[..., Inventory], policy_text: str
) -> None:
    """Each LAN grows in place as often as is said, and once more is a move."""
    rules = policy_file.parse(policy_text.replace("maximum: /20", "maximum: /18"))
    inventory = city({"a": 20, "b": 50, "c": 90, "d": 100})
    plan = allocate.make(inventory, rules, None)
    room = usage.doublings(plan)
    for name in "abcd":
        (row,) = plan.of(f"lan-{name}")
        holds = row.prefix.num_addresses << room[row]
        after = allocate.make(grown(inventory, **{name: (holds - 3) * 2 // 3}), rules, plan)
        assert changes.compare(plan, after).moved == ()
        (wider,) = after.of(f"lan-{name}")
        assert wider.prefix.num_addresses == holds
        with pytest.raises((changes.MovesError, InputError)):
            allocate.make(grown(inventory, **{name: holds}), rules, plan)


def test_blocks_double_until_their_neighbour(
    city: Callable[..., Inventory], grown: Callable[..., Inventory], policy_text: str
) -> None:
    """What is said of a region's block is what the planner can do with it: doubled that often, nobody moves."""
    rules = policy_file.parse(
        policy_text.replace("maximum: /20", "maximum: /18").replace("ipv4: {growth: 2}", "ipv4: {}")
    )
    inventory = city({"a": 20, "b": 50, "c": 90, "d": 100})
    plan = allocate.make(inventory, rules, None)
    entries = {entry.region[-1]: entry for entry in usage.blocks(plan)}
    assert {entry.level for entry in entries.values()} == {"township"}
    for name, entry in entries.items():
        assert entry.doublings is not None
        holds = entry.addresses << entry.doublings
        after = allocate.make(grown(inventory, **{name: (holds - 3) * 2 // 3}), rules, plan)
        assert changes.compare(plan, after).moved == ()
        (block,) = [block for block in after.blocks if block.region == entry.region]
        assert block.prefix.num_addresses == holds


def test_largest_free_and_share(city: Callable[..., Inventory], policy_text: str) -> None:
    """The largest gap, counted by hand; JSON has stable keys."""
    plan = allocate.make(city({"a": 20, "b": 50}), policy_file.parse(policy_text), None)
    circuits = next(entry for entry in usage.pools(plan) if entry.pool == "circuits")
    assert (circuits.allocations, circuits.allocated, circuits.largest_free, circuits.doublings) == (2, 8, 25, None)
    assert circuits.as_json() == {
        "pool": "circuits",
        "vrf": "default",
        "family": "ipv4",
        "level": "",
        "region": "",
        "prefixes": ["10.254.0.0/24"],
        "addresses": 256,
        "allocated": 8,
        "allocations": 2,
        "share": 0.0312,
        "largest_free": 25,
        "doublings": None,
    }


def test_an_empty_plan() -> None:
    """Nothing planned, nothing used."""
    from ipplan.plan import Plan

    assert (usage.pools(Plan()), usage.blocks(Plan()), usage.doublings(Plan())) == ([], [], {})
