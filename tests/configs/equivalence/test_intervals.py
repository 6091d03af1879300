"""Sets of integers as intervals: what they promise, against Python's own sets."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.intervals import ANYWHERE, EMPTY, AddressSet, Intervals, everything, listed, prefix, wildcard

BITS = 8
SETS = st.frozensets(st.integers(0, (1 << BITS) - 1))


def _made(numbers: frozenset[int]) -> Intervals:
    return Intervals.of((number, number + 1) for number in numbers)


def _numbers(found: Intervals) -> set[int]:
    return {number for start, stop in found for number in range(start, stop)}


@given(SETS, SETS)
def test_set_operations_are_those_of_sets(first: frozenset[int], second: frozenset[int]):
    """Union, intersection, difference, inclusion, membership and size are exact."""
    a, b = _made(first), _made(second)
    assert _numbers(a | b) == first | second
    assert _numbers(a & b) == first & second
    assert _numbers(a - b) == first - second
    assert (a <= b) == (first <= second)
    assert a.meets(b) == bool(first & second)
    assert a.size == len(first)
    assert all((number in a) == (number in first) for number in range(1 << BITS))
    assert (a == b) == (first == second)


@given(SETS, st.integers(0, 256), st.integers(0, 256))
def test_a_part_is_what_lies_between(numbers: frozenset[int], start: int, stop: int):
    """`within` cuts a set to a span."""
    assert _numbers(_made(numbers).within(start, stop)) == {each for each in numbers if start <= each < stop}


@given(SETS)
def test_spans_are_sorted_and_apart(numbers: frozenset[int]):
    """Whatever was put in, spans neither touch nor overlap: equal sets are equal objects."""
    spans = _made(numbers).spans
    assert all(start < stop for start, stop in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))


@given(SETS.filter(bool))
def test_blocks_are_the_set_and_cover_is_the_smallest_prefix(numbers: frozenset[int]):
    """`blocks` is exactly the set; `cover` is the smallest prefix around it."""
    found = _made(numbers)
    blocks = list(found.blocks(BITS))
    assert _numbers(Intervals.of(span for block in blocks for span in prefix(*block, BITS))) == numbers
    first, length = found.cover(BITS)
    assert found <= prefix(first, length, BITS)
    if length < BITS:
        assert not any(found <= prefix(number, length + 1, BITS) for number in (found.first, found.last))


@given(st.integers(0, 255), st.integers(0, 255))
def test_a_wildcard_is_every_number_that_agrees_in_its_bits(value: int, free: int):
    """Wildcards with holes too."""
    found = wildcard(value, free, BITS)
    assert found is not None
    assert _numbers(found) == {number for number in range(256) if (number ^ value) & ~free & 255 == 0}


def test_a_wildcard_with_too_many_holes_is_not_written_out():
    """Sixteen million intervals help nobody: the caller is told."""
    assert wildcard(0, 0xFFFFFF00, 32) is None
    assert wildcard(0x0A000000, 0x00FF00FF, 32) is not None


def test_reversed_range_is_empty():
    """A range that ends before it begins holds nothing."""
    assert Intervals.inclusive(9, 3) == EMPTY
    with pytest.raises(ValueError, match="empty"):
        _ = EMPTY.first


def test_address_sets_keep_the_families_apart():
    """An IPv4 address is no IPv6 address of the same number."""
    four, six = AddressSet.single(4, Intervals.one(5)), AddressSet.single(6, Intervals.one(5))
    assert not four & six
    assert (four | six) - six == four
    assert ANYWHERE.any
    assert not four.any
    assert four.family(4) == Intervals.one(5)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (prefix(0x0A010200, 24, 32), "10.1.2.0/24"),
        (Intervals.one(0x0A010203), "10.1.2.3"),
        (Intervals.inclusive(0x0A010203, 0x0A010209), "10.1.2.3-10.1.2.9"),
        (everything(32), "0.0.0.0/0"),
    ],
)
def test_sets_are_shown_as_people_write_them(found: Intervals, text: str):
    """Prefixes where they are prefixes, ranges else."""
    assert listed(found, 4) == text
