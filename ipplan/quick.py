"""Layouts by arithmetic alone, for regions in which nothing stands yet or everything stands as it should.

They give what the general way (`ipplan.layout`) gives. In one aligned block without obstacles, a dense layout of
blocks that come the largest first has no gaps, so each begins where the one before it ended; a sparse layout depends
only on the sizes, so that regions with the same sizes share one calculation.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ipplan.buddy import Buddy
from ipplan.networks import Block, contains
from ipplan.rows import picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipplan.tree import Node, NodeKey

# Regions with more demands than this are alike so rarely that remembering their layouts costs more than it saves.
_REMEMBERED = 64


class Layout:
    """Where everything below a node is: the leaves by their numbers and the regions by their keys, as columns."""

    __slots__ = ("keys", "lengths", "node_lengths", "node_starts", "numbers", "starts")

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.starts: list[int] = []
        self.lengths: list[int] = []
        self.keys: list[NodeKey] = []
        self.node_starts: list[int] = []
        self.node_lengths: list[int] = []

    def leaf(self, number: int, block: Block) -> None:
        """Add a leaf."""
        self.numbers.append(number)
        self.starts.append(block.start)
        self.lengths.append(block.length)

    def node(self, node: Node, block: Block) -> None:
        """Add a region."""
        self.keys.append(node.key)
        self.node_starts.append(block.start)
        self.node_lengths.append(block.length)

    def leaves(self) -> dict[int, Block]:
        """Where each leaf is, by its number."""
        return {
            number: Block(start, length)
            for number, start, length in zip(self.numbers, self.starts, self.lengths, strict=True)
        }

    def add(self, other: Layout) -> None:
        """Join the layout of a child."""
        self.numbers += other.numbers
        self.starts += other.starts
        self.lengths += other.lengths
        self.keys += other.keys
        self.node_starts += other.node_starts
        self.node_lengths += other.node_lengths

    def shifted(self, offset: int) -> Layout:
        """The same layout `offset` addresses further on."""
        made = Layout()
        made.numbers, made.lengths, made.keys, made.node_lengths = (
            self.numbers,
            self.lengths,
            self.keys,
            self.node_lengths,
        )
        made.starts = [start + offset for start in self.starts]
        made.node_starts = [start + offset for start in self.node_starts]
        return made


def fresh(node: Node, roots: Sequence[Block], foreign: Iterable[Block]) -> Layout | None:
    """A region in which nothing stands, the largest first; None if there is no room."""
    layout = Layout()
    return layout if _fresh(node, roots, tuple(foreign), layout) else None


def _fresh(node: Node, roots: Sequence[Block], foreign: tuple[Block, ...], layout: Layout) -> bool:
    if not node.children:
        return _fresh_leaves(node, roots, foreign, layout)
    leaves, bits, children = node.leaves, node.bits, node.children
    extents, prefixes = leaves.extents, leaves.lengths
    # Extent, order, and the leaf's number or, from -1 down, the child's.
    queue = [(extents[number], *leaves.order(number), number) for number in node.numbers]
    queue += [(child.length, child.key[1], "", child.key[0], -1 - number) for number, child in enumerate(children)]
    queue.sort()
    lengths = [entry[0] for entry in queue]
    sparse = [leaves.sparse[entry[4]] if entry[4] >= 0 else children[-1 - entry[4]].sparse for entry in queue]
    starts = _places(bits, roots, foreign, lengths, sparse)
    if starts is None:
        return False
    # In address order: what lies side by side in the plan is made one after the other.
    for start, (length, _, _, _, number) in sorted(zip(starts, queue, strict=True)):
        if number >= 0:
            layout.numbers.append(number)
            layout.starts.append(start)
            layout.lengths.append(prefixes[number])
            continue
        child, block = children[-1 - number], Block(start, length)
        layout.node(child, block)
        if len(child.numbers) == 1 and not child.children and extents[child.numbers[0]] >= length:
            layout.numbers.append(child.numbers[0])  # most regions of the lowest level
            layout.starts.append(start)
            layout.lengths.append(prefixes[child.numbers[0]])
        elif not _fresh(child, (block,), (), layout):
            return False
    return True


def _fresh_leaves(node: Node, roots: Sequence[Block], foreign: tuple[Block, ...], layout: Layout) -> bool:
    """A region without regions in it."""
    leaves = node.leaves
    numbers = _in_order(node)
    lengths = [leaves.extents[number] for number in numbers]
    sparse = [leaves.sparse[number] for number in numbers] if leaves.any_sparse else [False] * len(numbers)
    starts = _places(node.bits, roots, foreign, lengths, sparse)
    if starts is None:
        return False
    if True in sparse:
        order = sorted(range(len(starts)), key=starts.__getitem__)
        numbers, starts = picked(numbers, order), picked(starts, order)
    layout.numbers += numbers
    layout.starts += starts
    layout.lengths += picked(leaves.lengths, numbers)
    return True


def _in_order(node: Node) -> list[int]:
    """The leaves of a node, the largest first, then by their stable keys, in whose order the numbers are."""
    return sorted(node.numbers, key=node.leaves.extents.__getitem__)


def _places(
    bits: int, roots: Sequence[Block], foreign: Sequence[Block], lengths: list[int], sparse: list[bool]
) -> list[int] | None:
    """The first address of each; None if one finds no room."""
    if len(roots) > 1 or foreign:
        return _allocate(bits, roots, foreign, lengths, sparse)
    first, shortest = roots[0]
    if True not in sparse:
        starts, at = [], first
        for length in lengths:
            starts.append(at)
            at += 1 << (bits - length)
        return None if at > first + (1 << (bits - shortest)) else starts
    if len(lengths) > _REMEMBERED:
        return _allocate(bits, roots, foreign, lengths, sparse)
    offsets = _offsets(bits, shortest, tuple(lengths), tuple(sparse))
    return None if offsets is None else [first + offset for offset in offsets]


@lru_cache(maxsize=4096)
def _offsets(bits: int, root: int, lengths: tuple[int, ...], sparse: tuple[bool, ...]) -> tuple[int, ...] | None:
    starts = _allocate(bits, (Block(0, root),), (), lengths, sparse)
    return None if starts is None else tuple(starts)


def _allocate(
    bits: int, roots: Sequence[Block], foreign: Iterable[Block], lengths: Sequence[int], sparse: Sequence[bool]
) -> list[int] | None:
    space = Buddy(bits, roots)
    for block in foreign:
        space.exclude(block)
    starts = []
    for length, spread in zip(lengths, sparse, strict=True):
        found = space.allocate(length, sparse=spread)
        if found is None:
            return None
        starts.append(found.start)
    return starts


def standing(node: Node, roots: Sequence[Block], foreign: Iterable[Block]) -> Layout | None:
    """A region in which everything stands as it should; None if it does not after all."""
    layout = Layout()
    return layout if _standing(node, roots, tuple(foreign), layout) else None


def _standing(node: Node, roots: Sequence[Block], foreign: Sequence[Block], layout: Layout) -> bool:
    bits, held = node.bits, node.leaves.held
    own = [(block, number) for number in node.numbers if (block := held[number]) is not None]
    children = node.children
    below = [(child.held, -1 - number) for number, child in enumerate(children) if child.held is not None]
    spans = sorted(own + below)
    for (one, _), (other, _) in pairwise(spans):
        if one.start + (1 << (bits - one.length)) > other.start:
            return False
    if len(roots) == 1:
        first, last = spans[0][0], spans[-1][0]
        if not (contains(roots[0], first, bits) and contains(roots[0], last, bits)):
            return False
    elif not all(any(contains(root, block, bits) for root in roots) for block, _ in spans):
        return False
    inside = _foreign_inside(spans, foreign, bits)
    if inside is None:
        return False
    for block, number in spans:
        if number >= 0:
            layout.numbers.append(number)
            layout.starts.append(block.start)
            layout.lengths.append(block.length)
        else:
            layout.node(children[-1 - number], block)
            if not _standing(children[-1 - number], (block,), inside.get(number, ()), layout):
                return False
    return True


def _foreign_inside(
    spans: list[tuple[Block, int]], foreign: Sequence[Block], bits: int
) -> dict[int, list[Block]] | None:
    """What of `foreign` lies in which region's block; None if any of it overlaps anything else."""
    inside: dict[int, list[Block]] = {}
    for block in foreign:
        at = bisect_right(spans, (Block(block.start, bits + 1), 0)) - 1
        for span, number in spans[max(at, 0) : at + 2]:
            if contains(block, span, bits):
                return None
            if contains(span, block, bits):
                if number >= 0:
                    return None
                inside.setdefault(number, []).append(block)
    return inside
