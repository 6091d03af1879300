"""Old and new space that collide while both are in use: who waits, and what breaks a circle."""

from __future__ import annotations

import time
from dataclasses import replace
from ipaddress import IPv4Network, ip_interface, ip_network
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inventory.model import Area
from ipplan import mapping_check, mapping_collisions, mapping_file, mapping_temporaries, policy_file
from ipplan.mapping import Entry, Mapping, Mode
from ipplan.plan import Plan, PoolRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory

POOL = Plan((PoolRow(Area.PUBLIC, "default", "p", ip_network("10.200.0.0/20")),))


def migration(rows: str, plan: Plan = POOL) -> mapping_collisions.Migration:
    """The migration of a mapping given as text."""
    return mapping_collisions.migration(mapping_file.parse("old,new\n" + rows), plan)


def order(found: mapping_collisions.Migration) -> list[str]:
    """The prefixes of today in their order."""
    return [str(move.old) for move in found.order]


def test_who_goes_where_others_still_are_waits_for_them():
    """A chain is done from its end."""
    found = migration("10.1.0.0/24,10.2.0.0/24\n10.2.0.0/24,10.3.0.0/24\n10.3.0.0/24,10.9.0.0/24\n")
    assert order(found) == ["10.3.0.0/24", "10.2.0.0/24", "10.1.0.0/24"]
    assert not found.cycles
    assert not found.blocked


def test_a_swap_is_broken_by_a_temporary_prefix():
    """The smaller one goes out of the way, to a free prefix of a pool; the other one need not wait for it."""
    found = migration("10.1.0.0/24,10.2.0.0/24\n10.2.0.0/25,10.1.0.0/25\n")
    assert [[str(move.old) for move in cycle] for cycle in found.cycles] == [["10.1.0.0/24", "10.2.0.0/25"]]
    (first, last) = found.order
    assert (str(first.old), first.temporary) == ("10.1.0.0/24", None)
    assert (str(last.old), str(last.temporary)) == ("10.2.0.0/25", "10.200.15.128/25")
    assert last.needs == (("default", ip_network("10.1.0.0/24")),)


def test_two_circles_are_told_apart():
    """Each circle has its own way out."""
    found = migration(
        "10.1.0.0/24,10.2.0.0/24\n10.2.0.0/24,10.1.0.0/24\n10.3.0.0/24,10.4.0.0/24\n10.4.0.0/24,10.5.0.0/24\n10.5.0.0/24,10.3.0.0/24\n"
    )
    assert [len(cycle) for cycle in found.cycles] == [2, 3]
    assert sum(1 for move in found.order if move.temporary is not None) == 2


def test_growing_in_place_waits_for_the_neighbour_only():
    """A mask that changes where it stands is no circle of its own."""
    found = migration("10.1.0.0/24,10.1.0.0/23\n10.1.1.0/24,10.9.0.0/24\n")
    assert order(found) == ["10.1.1.0/24", "10.1.0.0/24"]
    assert found.order[1].in_place
    assert not found.cycles


def test_moving_inside_its_own_space_needs_a_detour():
    """Old and new prefix of one link overlap but do not begin together: a router takes no two such addresses."""
    found = migration("10.1.0.0/24,10.1.0.128/25\n")
    assert str(found.order[0].temporary) == "10.200.15.0/24"


def test_what_stays_blocks():
    """No order helps where the old prefix is kept or refused."""
    found = migration("10.1.0.0/24,10.2.0.0/24\n10.2.0.128/25,10.2.0.128/25\n")
    assert [problem.code for problem in found.blocked] == ["blocked"]
    assert "10.2.0.128/25 stays there" in found.blocked[0].message.in_language("en")


def test_without_room_for_a_detour_it_is_said():
    """A circle that cannot be broken is no order."""
    found = migration("10.1.0.0/24,10.2.0.0/24\n10.2.0.0/24,10.1.0.0/24\n", Plan())
    assert [problem.code for problem in found.blocked] == ["no-temporary"]


def test_other_vrfs_do_not_collide():
    """The same space in another VRF is nobody's."""
    mapping = mapping_file.parse("old,new,vrf\n10.1.0.0/24,10.2.0.0/24,a\n10.2.0.0/24,10.1.0.0/24,b\n")
    assert not mapping_collisions.migration(mapping, POOL).cycles


@given(st.permutations(range(12)), st.integers(1, 12))
def test_every_permutation_can_be_done(goals: list[int], count: int):
    """A random permutation of prefixes, done in the order given: whoever arrives finds his place empty."""

    def prefix(index: int) -> IPv4Network:
        return IPv4Network((0x0A000000 + (index << 8), 24))

    entries = [
        Entry(
            "default", prefix(index), prefix(goals[index]), mapping_file.by_length(prefix(index), prefix(goals[index]))
        )
        for index in range(count)
    ]
    mapping = Mapping(tuple(entry for entry in entries if entry.mode is not Mode.KEEP))
    assert mapping_check.verify(mapping) == ()
    found = mapping_collisions.migration(mapping, POOL)
    assert not found.blocked
    assert len(found.order) == len(mapping)
    standing = {move.old: move.old for move in found.order}  # prefix of today → where it is now
    for move in found.order:
        if move.temporary is not None:
            assert not any(move.temporary.overlaps(place) for place in standing.values())
            standing[move.old] = move.temporary
    for move in found.order:
        goal = move.new[0][1]
        assert not any(goal.overlaps(place) for old, place in standing.items() if old != move.old)
        standing[move.old] = goal
    circles = sum(len(cycle) for cycle in found.cycles)
    assert sum(1 for move in found.order if move.temporary is not None) == len(found.cycles) <= circles // 2


def test_a_temporary_prefix_is_nobody_else_s_and_near_the_new_one():
    """It comes from the pool of the new prefix, and never from what the policy leaves out or a device has."""
    pools = [
        PoolRow(Area.PUBLIC, "default", "lans", ip_network("10.1.0.0/16")),
        PoolRow(Area.INTERCONNECT, "default", "circuits", ip_network("10.254.0.0/24")),
        PoolRow(Area.PUBLIC, "default", "more", ip_network("10.3.0.0/24")),
    ]
    mapping = mapping_file.parse("old,new\n10.1.0.0/24,10.1.1.0/24\n10.1.1.0/24,10.1.0.0/24\n")

    def temporary(*foreign: str) -> list[str]:
        found = mapping_collisions.migration(mapping, Plan(tuple(pools)), [ip_network(text) for text in foreign])
        assert not found.blocked
        return [str(move.temporary) for move in found.order if move.temporary is not None]

    assert temporary() == ["10.1.255.0/24"]
    assert temporary("10.1.254.0/23") == ["10.1.253.0/24"]
    assert temporary("10.1.0.0/16") == ["10.3.0.0/24"]
    assert temporary("10.1.0.0/16", "10.3.0.7/32") == ["10.254.0.0/24"]


def test_what_nobody_may_use_is_the_policy_s_exclusions_and_what_the_inventory_has(city: Callable[..., Inventory]):
    """Both are obstacles for temporary prefixes, as they are for the plan."""
    rules = policy_file.parse(
        "pools: [{name: p, area: public, prefixes: [10.1.0.0/16], exclude: [10.1.255.0/24]}]\n"
        "functions: [{name: lan, pool: p, for: lan, ipv4: {length: 24}}]\n"
    )
    made = city({"a": 20})
    core = replace(made.devices["core"], address=ip_interface("10.200.0.1/22"))
    inventory = replace(made, devices={**made.devices, "core": core})
    found = mapping_temporaries.untouchable(inventory, rules)
    assert ip_network("10.1.255.0/24") in found
    assert ip_network("10.200.0.0/22") in found
    assert set(mapping_temporaries.untouchable(inventory, None)) == set(found) - {ip_network("10.1.255.0/24")}


def test_swaps_of_a_whole_table_cost_no_square():
    """Ten times the swaps take about ten times as long, not a hundred."""

    def seconds(count: int) -> float:
        rows = [f"10.{i >> 8}.{i & 255}.0/24,10.{(i ^ 1) >> 8}.{(i ^ 1) & 255}.0/24\n" for i in range(count)]
        mapping = mapping_file.parse("old,new\n" + "".join(rows))
        pool = PoolRow(Area.PUBLIC, "default", "p", ip_network("172.16.0.0/12"))
        begun = time.process_time()
        found = mapping_collisions.migration(mapping, Plan((pool,)))
        assert (len(found.cycles), len(found.blocked)) == (count // 2, 0)
        for move in found.order:
            assert found.move(move.vrf, move.old) is move
        return time.process_time() - begun

    assert min(seconds(4000) for _ in range(2)) < 60 * max(seconds(400), 0.02)
