"""What stands stays, through any sequence of edits; and dense plans pack as well as can be."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import InputError
from ipplan import allocate, changes, checks, policy, policy_file
from ipplan.buddy import Buddy
from ipplan.layout import arrange
from ipplan.networks import Block
from ipplan.plan import parse, to_text
from ipplan.tree import Leaf, Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory


def edit(hosts: dict[str, int], random: Random) -> dict[str, int]:
    """A township more, a township less, or one that grows or shrinks."""
    changed = dict(hosts)
    what = random.randrange(4)
    if what == 0 or len(changed) < 3:
        changed[f"{random.randrange(900)}"] = random.randrange(1, 120)
    elif what == 1:
        del changed[random.choice(sorted(changed))]
    else:
        name = random.choice(sorted(changed))
        changed[name] = max(1, int(changed[name] * random.choice((0.5, 1.3, 1.8))))
    return changed


def campaign(build: Callable[..., Inventory], rules: policy.Policy, seed: int, length: int) -> int:
    """Edit a city `length` times; gives the number of plans that were made. No survivor may move in any of them.

    An edit that cannot be planned without moves must be refused, with the list; then it is left out.
    """
    random = Random(seed)  # noqa: S311 - a test's random edits
    hosts = {f"{number}": random.randrange(5, 100) for number in range(8)}
    plan = allocate.make(build(hosts, counties=2), rules, None)
    made = 0
    for _ in range(length):
        wanted = edit(hosts, random)
        inventory = build(dict(sorted(wanted.items())), counties=1)
        refused: tuple[changes.Changed, ...] = ()
        try:
            after = allocate.make(inventory, rules, plan)
        except changes.MovesError as error:
            refused = error.moves
            after = allocate.make(inventory, rules, plan, allow_moves=True)
        except InputError:  # more than the pool can hold
            continue
        moved = {move.after.owner for move in changes.compare(plan, after).moved}
        assert moved == {move.after.owner for move in refused}
        assert checks.check(after, inventory, rules) == ()
        if not moved:
            plan, hosts, made = parse(to_text(after)), wanted, made + 1
    return made


@pytest.mark.parametrize("seed", range(6))
def test_random_edits_move_nobody(city: Callable[..., Inventory], policy_text: str, seed: int) -> None:
    """Short form: six sequences of fifteen edits; whatever survives keeps its place."""
    assert campaign(city, policy_file.parse(policy_text), seed, 15) > 5


@pytest.mark.parametrize("seed", range(2))
def test_random_edits_in_a_tight_pool(city: Callable[..., Inventory], policy_text: str, seed: int) -> None:
    """In a pool that is nearly full, edits are refused with a list or planned without a move."""
    tight = policy_text.replace("10.20.0.0/18", "10.20.0.0/21").replace("{growth: 2}", "{growth: 1}")
    campaign(city, policy_file.parse(tight), seed, 25)


@pytest.mark.soak
def test_a_thousand_sequences_of_random_edits(city: Callable[..., Inventory], policy_text: str) -> None:
    """Long form: 1,000 sequences, half of them in a tight pool."""
    tight = policy_text.replace("10.20.0.0/18", "10.20.0.0/21").replace("{growth: 2}", "{growth: 1}")
    for seed in range(1000):
        campaign(city, policy_file.parse(tight if seed % 2 else policy_text), seed, 20)


def leaf(number: int, length: int, held: Block | None = None) -> Leaf:
    """Something to place."""
    from inventory.model import Level
    from ipplan.demands import Demand

    return Leaf(Demand("p", "f", 4, f"{number:03}", Level.TOWNSHIP, "", (), length, length), held)


def exhaustive(lengths: list[int], space: Buddy) -> bool:
    """Whether the lengths can be placed at all, by trying every aligned place for each of them."""
    if not lengths:
        return True
    length, *rest = lengths
    for start in range(0, 32, 1 << (32 - length)):
        block = Block(start, length)
        if space.take(block):
            if exhaustive(rest, space):
                return True
            space.release(block)
    return False


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(28, 32), min_size=1, max_size=6),
    st.lists(st.integers(0, 31), max_size=3),
)
def test_dense_packing_is_as_good_as_exhaustive_search(lengths: list[int], excluded: list[int]) -> None:
    """Nothing locked, dense, some addresses excluded: what can be placed at all is placed."""
    foreign = [Block(address, 32) for address in excluded]
    root = Node(("", ""), 32, leaves=[leaf(number, length) for number, length in enumerate(lengths)])
    space = Buddy(32, [Block(0, 27)])
    for block in foreign:
        space.exclude(block)
    assert (arrange(root, [Block(0, 27)], foreign) is not None) == exhaustive(sorted(lengths), space)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(28, 32), min_size=1, max_size=8), st.integers(28, 32), st.randoms(use_true_random=False))
def test_with_moves_whatever_fits_by_size_is_placed(held: list[int], new: int, random: Random) -> None:
    """However fragmented the space is: with moves allowed, what fits by size finds a place, and few are moved."""
    space, leaves = Buddy(32, [Block(0, 27)]), []
    for number, length in enumerate(held):
        places = [start for start in range(0, 32, 1 << (32 - length)) if space.is_free(Block(start, length))]
        if places:
            block = Block(random.choice(places), length)
            space.take(block)
            leaves.append(leaf(number, length, block))
    fits = space.free_addresses() >= 1 << (32 - new)
    root = Node(("", ""), 32, leaves=[*leaves, leaf(999, new)])
    layout = arrange(root, [Block(0, 27)], moves=True)
    assert (layout is not None) == fits
    if layout is not None:
        taken = Buddy(32, [Block(0, 27)])
        assert all(taken.take(block) for _, block in layout.leaves)
        if arrange(root, [Block(0, 27)]) is not None:
            assert all(item.held in (None, block) for item, block in layout.leaves)


@pytest.mark.parametrize(("growth", "minimum"), list(product(("1", "1.5", "3"), ("27", "26"))))
def test_every_city_plan_passes_its_checks(
    city: Callable[..., Inventory], policy_text: str, growth: str, minimum: str
) -> None:
    """Whatever the growth and the smallest block, a plan that is made is right."""
    rules = policy_file.parse(policy_text.replace("growth: 1.5, minimum: /27", f"growth: {growth}, minimum: {minimum}"))
    inventory = city({f"{number}": number * 7 % 90 + 1 for number in range(12)}, counties=3)
    assert checks.check(allocate.make(inventory, rules, None), inventory, rules) == ()
