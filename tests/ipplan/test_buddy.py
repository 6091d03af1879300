"""The allocator: aligned, disjoint, deterministic, and every address comes back."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipplan.buddy import Buddy
from ipplan.networks import Block, contains, widened

ROOTS = {32: [Block(10 << 24, 20), Block((10 << 24) + (1 << 16), 22)], 128: [Block(0xFD << 120, 48)]}


def free_blocks(space: Buddy) -> list[Block]:
    """What is free, in address order."""
    return sorted(Block(start, length) for length, starts in space._free.items() for start in starts)


def overlap(one: Block, other: Block, bits: int) -> bool:
    """Whether two blocks share an address."""
    return contains(one, other, bits) or contains(other, one, bits)


steps = st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 3)), max_size=60)


@pytest.mark.parametrize("bits", [32, 128])
@given(steps=steps)
def test_blocks_are_aligned_disjoint_and_inside(bits: int, steps: list[tuple[int, bool, int]]) -> None:
    """Whatever is allocated and released: aligned, inside a root, disjoint; all comes back at the end."""
    space, twin = Buddy(bits, ROOTS[bits]), Buddy(bits, reversed(ROOTS[bits]))
    total = space.free_addresses()
    taken: list[Block] = []
    for size, sparse, release in steps:
        if release == 0 and taken:
            block = taken.pop(size % len(taken))
            space.release(block)
            twin.release(block)
            continue
        block_or_none = space.allocate(bits - size, sparse=sparse)
        assert twin.allocate(bits - size, sparse=sparse) == block_or_none
        if block_or_none is not None:
            taken.append(block_or_none)
    for block in taken:
        assert block.start % (1 << (bits - block.length)) == 0
        assert any(contains(root, block, bits) for root in ROOTS[bits])
        assert not space.take(block)
    assert not any(overlap(one, other, bits) for one, other in combinations(taken, 2))
    assert space.free_addresses() == total - sum(1 << (bits - block.length) for block in taken)
    for block in taken:
        space.release(block)
    assert free_blocks(space) == sorted(ROOTS[bits])


@given(sizes=st.lists(st.integers(0, 8), max_size=40), sparse=st.booleans())
def test_the_largest_first_packs_perfectly(sizes: list[int], sparse: bool) -> None:
    """Placed from the largest down, everything fits whose sum fits, whatever the placement."""
    space = Buddy(32, [Block(10 << 24, 24)])
    fits = sum(1 << size for size in sizes) <= 256
    placed = [space.allocate(32 - size, sparse=sparse) for size in sorted(sizes, reverse=True)]
    assert (None not in placed) == fits


def test_dense_and_sparse_placement() -> None:
    """Dense blocks stand side by side; sparse ones halve the gaps, so that each can double."""
    dense, sparse = Buddy(32, [Block(0, 24)]), Buddy(32, [Block(0, 24)])
    assert [dense.allocate(27) for _ in range(4)] == [Block(0, 27), Block(32, 27), Block(64, 27), Block(96, 27)]
    assert [sparse.allocate(27, sparse=True) for _ in range(4)] == [
        Block(0, 27),
        Block(128, 27),
        Block(64, 27),
        Block(192, 27),
    ]


def test_take_exclude_and_what_is_left() -> None:
    """A block can be taken exactly once; excluding takes what is left of it, also over several free pieces."""
    space = Buddy(32, [Block(0, 24), Block(256, 24)])
    assert space.take(Block(32, 27))
    assert not space.take(Block(32, 28))
    assert not space.take(Block(0, 23))
    space.exclude(Block(0, 25))
    assert free_blocks(space) == [Block(128, 25), Block(256, 24)]
    space.exclude(Block(0, 8))
    assert space.free_addresses() == 0
    assert space.allocate(32) is None


def test_two_roots_side_by_side_stay_two() -> None:
    """A prefix never spans two prefixes of the pool, even where they touch."""
    space = Buddy(32, [Block(0, 25), Block(128, 25)])
    assert space.allocate(24) is None
    blocks = [space.allocate(25), space.allocate(25)]
    for order in permutations(blocks):
        for block in order:
            assert block is not None
            space.release(block)
        assert free_blocks(space) == [Block(0, 25), Block(128, 25)]
        assert [space.allocate(25), space.allocate(25)] == [Block(0, 25), Block(128, 25)]


@given(start=st.integers(0, (1 << 32) - 1), length=st.integers(0, 32), shorter=st.integers(0, 32))
def test_widened_holds_the_block(start: int, length: int, shorter: int) -> None:
    """The wider prefix holds the narrower one and is aligned."""
    block = Block(start >> (32 - length) << (32 - length), length)
    wide = widened(block, min(length, shorter), 32)
    assert contains(wide, block, 32)
    assert wide.start % (1 << (32 - wide.length)) == 0
