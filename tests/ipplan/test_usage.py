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


def test_an_empty_plan() -> None:
    """Nothing planned, nothing used."""
    from ipplan.plan import Plan

    assert (usage.pools(Plan()), usage.blocks(Plan()), usage.doublings(Plan())) == ([], [], {})
