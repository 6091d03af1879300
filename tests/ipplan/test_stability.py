"""What stands stays, through any sequence of edits; and dense plans pack as well as can be."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.model import Area
from ipplan import allocate, changes, checks, policy, policy_file, quick
from ipplan.buddy import Buddy
from ipplan.demands import Demands
from ipplan.layout import _Arrangement, arrange
from ipplan.networks import BITS, Block
from ipplan.plan import parse, to_text
from ipplan.policy import Function, Placement, Pool, Purpose
from ipplan.tree import Leaves, Node

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


POOL = Pool("p", Area.PUBLIC, "default", ())


def node(
    lengths: list[int],
    held: dict[int, Block] | None = None,
    reserve: int = 0,
    sparse: bool = False,
    version: int = 4,
) -> Node:
    """A region with demands of these lengths; `held` says where the lock has some of them."""
    placement = Placement.SPARSE if sparse else Placement.DENSE
    function = Function("f", ("p",), Purpose.LAN, {}, placement=placement, reserve=reserve)
    demands = Demands(POOL, version)
    for number, length in enumerate(lengths):
        demands.add(function, f"{number:03}", "", length)
    known = {("f", f"{number:03}"): block for number, block in (held or {}).items()}
    return Node(("", ""), Leaves(demands, known), version=version, numbers=range(len(lengths)))


def exhaustive(lengths: list[int], free: frozenset[int], sizes: dict[int, int]) -> bool:
    """Whether the lengths can be placed at all in the free addresses, by trying every aligned place for each of them.

    It shares nothing with the planner: addresses are a set of numbers, and a place is free if all of its numbers are.
    """
    if not lengths:
        return True
    length, *rest = lengths
    size = sizes[length]
    for start in sorted({address // size * size for address in free}):
        place = frozenset(range(start, start + size))
        if place <= free and exhaustive(rest, free - place, sizes):
            return True
    return False


@st.composite
def packings(draw: st.DrawFn) -> tuple[int, list[Block], list[Block], list[int]]:
    """A family, one or two roots, what is excluded in and around them, and the lengths that are wanted."""
    version = draw(st.sampled_from((4, 6)))
    bits = BITS[version]
    # Far from zero, and not aligned to more than the root itself is.
    base = (0x0A000000 if version == 4 else 0x20010DB8 << 96) + 3 * 64
    roots = draw(
        st.sampled_from(
            (
                [Block(base, bits - 5)],
                [Block(base + 32, bits - 4)],
                [Block(base, bits - 4), Block(base + 48, bits - 4)],
                [Block(base + 16, bits - 4), Block(base + 32, bits - 3)],
            )
        )
    )
    excluded = draw(st.lists(st.tuples(st.integers(0, 63), st.integers(0, 4)), max_size=3))
    foreign = [Block(base + (at >> size << size), bits - size) for at, size in excluded]
    lengths = draw(st.lists(st.integers(bits - 4, bits), min_size=1, max_size=6))
    return version, roots, foreign, lengths


def compare(version: int, roots: list[Block], foreign: list[Block], lengths: list[int]) -> None:
    """The planner places exactly what exhaustive search can place, and what it places is right."""
    bits = BITS[version]
    sizes = {length: 1 << (bits - length) for length in range(bits - 5, bits + 1)}
    free = frozenset(
        address for root in roots for address in range(root.start, root.start + sizes[root.length])
    ) - frozenset(address for block in foreign for address in range(block.start, block.start + sizes[block.length]))
    layout = arrange(node(lengths, version=version), roots, foreign)
    assert (layout is not None) == exhaustive(sorted(lengths), free, sizes)
    if layout is None:
        return
    found = layout.leaves()
    assert [found[number].length for number in range(len(lengths))] == lengths
    assert all(block.start % sizes[block.length] == 0 for block in found.values())
    taken = [address for block in found.values() for address in range(block.start, block.start + sizes[block.length])]
    assert len(set(taken)) == len(taken)
    assert free.issuperset(taken)


@settings(max_examples=300, deadline=None)
@given(packings())
def test_dense_packing_is_as_good_as_exhaustive_search(case: tuple[int, list[Block], list[Block], list[int]]) -> None:
    """Nothing locked, dense, IPv4 and IPv6, several roots, some space excluded: what can be placed at all is placed."""
    compare(*case)


IN_ORDER = quick._in_order
ALLOCATE = Buddy.allocate


def compare_all(cases: list[tuple[int, list[Block], list[Block], list[int]]]) -> None:
    for case in cases:
        compare(*case)


def _smallest_first(region: Node) -> list[int]:
    return IN_ORDER(region)[::-1]


def _never_splits(self: Buddy, length: int, *, sparse: bool = False) -> Block | None:
    return ALLOCATE(self, length, sparse=sparse) if self._free.get(length) else None


def _forgets(self: Buddy, block: Block) -> None:
    del self, block


@pytest.mark.parametrize(
    ("where", "name", "broken"),
    [(quick, "_in_order", _smallest_first), (Buddy, "allocate", _never_splits), (Buddy, "exclude", _forgets)],
)
def test_the_comparison_can_fail(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, broken: Callable[..., object]
) -> None:
    """A planner that begins with the small ones, does not split, or forgets what is excluded, is found out."""
    cases = [
        (4, [Block(0, 27)], [Block(8, 30)], [28, 30, 30, 32]),
        (4, [Block(0, 28), Block(48, 28)], [Block(15, 32)], [28, 29, 30, 32]),
        (6, [Block(0, 123)], [Block(0, 128)], [124, 125, 126, 127, 128]),
        (6, [Block(0, 123)], [], [124, 126, 128]),
    ]
    compare_all(cases)
    monkeypatch.setattr(where, name, broken)
    with pytest.raises(AssertionError):
        compare_all(cases)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(28, 32), min_size=1, max_size=8), st.integers(28, 32), st.randoms(use_true_random=False))
def test_with_moves_whatever_fits_by_size_is_placed(held: list[int], new: int, random: Random) -> None:
    """However fragmented the space is: with moves allowed, what fits by size finds a place, and few are moved."""
    space, lengths, places = Buddy(32, [Block(0, 27)]), list[int](), dict[int, Block]()
    for length in held:
        starts = list(range(0, 32, 1 << (32 - length)))
        random.shuffle(starts)
        start = next((start for start in starts if space.take(Block(start, length))), None)
        if start is not None:
            places[len(lengths)] = Block(start, length)
            lengths.append(length)
    fits = space.free_addresses() >= 1 << (32 - new)
    layout = arrange(node([*lengths, new], places), [Block(0, 27)], moves=True)
    assert (layout is not None) == fits
    if layout is not None:
        taken, found = Buddy(32, [Block(0, 27)]), layout.leaves()
        assert all(taken.take(block) for block in found.values())
        if arrange(node([*lengths, new], places), [Block(0, 27)]) is not None:
            assert all(found[number] == block for number, block in places.items())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(27, 32), min_size=1, max_size=9),
    st.integers(0, 1),
    st.booleans(),
)
def test_the_quick_way_gives_what_the_general_way_gives(lengths: list[int], reserve: int, sparse: bool) -> None:
    """Where nothing stands yet, and where all stands, arithmetic gives the layout that placing one by one gives."""
    root, block = node(lengths, reserve=reserve, sparse=sparse), Block(64, 26)
    short, general = quick.fresh(root, [block], ()), _Arrangement(root, [block], [], moves=False).run()
    assert (short is None) == (general is None)
    if short is None or general is None:
        return
    assert short.leaves() == general.leaves()
    again = node(lengths, short.leaves(), reserve=reserve, sparse=sparse)
    standing = quick.standing(again, [block], ())
    assert standing is not None
    assert standing.leaves() == short.leaves()
    kept = _Arrangement(again, [block], [], moves=False).run()
    assert kept is not None
    assert kept.leaves() == short.leaves()


@pytest.mark.parametrize(("growth", "minimum"), list(product(("1", "1.5", "3"), ("27", "26"))))
def test_every_city_plan_passes_its_checks(
    city: Callable[..., Inventory], policy_text: str, growth: str, minimum: str
) -> None:
    """Whatever the growth and the smallest block, a plan that is made is right."""
    rules = policy_file.parse(policy_text.replace("growth: 1.5, minimum: /27", f"growth: {growth}, minimum: {minimum}"))
    inventory = city({f"{number}": number * 7 % 90 + 1 for number in range(12)}, counties=3)
    assert checks.check(allocate.make(inventory, rules, None), inventory, rules) == ()


RENAMED = """
pools:
  - {name: lans, area: public, prefixes: [10.20.0.0/18], summaries: [{level: township, ipv4: {growth: 2}}]}
  - {name: more, area: public, prefixes: [10.30.0.0/18]}
functions:
  - {name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 1.5, minimum: /27}}}
"""


def test_a_renamed_function_keeps_its_addresses(
    city: Callable[..., Inventory], grown: Callable[..., Inventory]
) -> None:
    """An owner has one prefix in a VRF: under whatever function, it stays; and a change of pool is never silent."""
    rules = policy_file.parse(RENAMED)
    small = city({"a": 20, "b": 50, "c": 90, "d": 10})
    first = allocate.make(small, rules, None)
    inventory = grown(small, a=70)  # larger now: planned anew, the order would be another one
    stands = allocate.make(inventory, rules, first, allow_moves=True)
    prefixes = {row.owner: row.prefix for row in stands.allocations}
    renamed = policy_file.parse(RENAMED.replace("name: lan,", "name: office,"))
    assert {row.owner: row.prefix for row in allocate.make(inventory, renamed, None).allocations} != prefixes
    after = allocate.make(inventory, renamed, stands)
    assert {row.owner: row.prefix for row in after.allocations} == prefixes
    assert {row.function for row in after.allocations} == {"office"}
    split = policy_file.parse(
        RENAMED.replace("for: lan,", "for: lan, where: role = core,")
        + "  - {name: town, pool: lans, for: lan, where: role = township-router, ipv4: {hosts: {minimum: /27}}}\n"
    )
    assert {row.owner: row.prefix for row in allocate.make(inventory, split, stands).allocations} == prefixes
    elsewhere = policy_file.parse(RENAMED.replace("name: lan, pool: lans", "name: office, pool: more"))
    with pytest.raises(changes.MovesError) as caught:
        allocate.make(inventory, elsewhere, stands)
    assert {move.after.owner for move in caught.value.moves} == prefixes.keys()
