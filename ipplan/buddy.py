"""A buddy allocator on integers: free space as aligned blocks of powers of two, for IPv4 and IPv6 alike.

Deterministic: equal calls in equal order give equal blocks; no hash order is ever looked at. Two sorts of placement:

dense   the smallest free block that is large enough, lowest address first: leaves the large blocks whole
sparse  the largest free block, lowest address first: halves the gaps (bisection), so that what is placed can
        double where it stands for as long as there is room
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from ipplan.networks import Block, contains

if TYPE_CHECKING:
    from collections.abc import Iterable


class Buddy:
    """The free space of one or more disjoint prefixes."""

    __slots__ = ("_bits", "_free", "_heaps", "_shortest", "roots")

    def __init__(self, bits: int, roots: Iterable[Block]) -> None:
        """`bits` is the width of an address (32 or 128); `roots` must not overlap."""
        self._bits = bits
        self.roots = tuple(sorted(roots))
        # Free blocks by prefix length, as a set (what is free) and a heap (lowest first; stale entries are skipped).
        self._free: dict[int, set[int]] = {}
        self._heaps: dict[int, list[int]] = {}
        self._shortest = min((root.length for root in self.roots), default=bits)
        for root in self.roots:
            self._add(root)

    def _add(self, block: Block) -> None:
        self._free.setdefault(block.length, set()).add(block.start)
        heappush(self._heaps.setdefault(block.length, []), block.start)

    def _lowest(self, length: int) -> Block | None:
        free = self._free.get(length)
        if not free:
            return None
        heap = self._heaps[length]
        while heap[0] not in free:
            heappop(heap)
        return Block(heap[0], length)

    def _around(self, block: Block) -> Block | None:
        """The free block that holds `block`, None if any part of it is taken."""
        for length in range(block.length, self._shortest - 1, -1):
            free = self._free.get(length)
            if free:
                shift = self._bits - length
                start = block.start >> shift << shift
                if start in free:
                    return Block(start, length)
        return None

    def take(self, block: Block) -> bool:
        """Take exactly `block`; False (and nothing done) if it is not free."""
        around = self._around(block)
        if around is None:
            return False
        self._free[around.length].discard(around.start)
        while around.length < block.length:
            length = around.length + 1
            half = 1 << (self._bits - length)
            low, high = Block(around.start, length), Block(around.start + half, length)
            around, rest = (high, low) if block.start >= high.start else (low, high)
            self._add(rest)
        return True

    def exclude(self, block: Block) -> None:
        """Take whatever is still free of `block`."""
        if self.take(block):
            return
        shift = self._bits - block.length
        for length, starts in self._free.items():
            if length > block.length:
                inside = [start for start in starts if start >> shift == block.start >> shift]
                starts.difference_update(inside)

    def allocate(self, length: int, *, sparse: bool = False) -> Block | None:
        """A free block of `length`, placed as the module says; None if there is none."""
        lengths = range(self._shortest, length + 1) if sparse else range(length, self._shortest - 1, -1)
        for candidate in lengths:
            lowest = self._lowest(candidate)
            if lowest is not None:
                block = Block(lowest.start, length)
                self.take(block)
                return block
        return None

    def release(self, block: Block) -> None:
        """Give `block` back and join it with its free neighbours, never beyond a root."""
        start, length = block
        while Block(start, length) not in self.roots and length > self._shortest:
            buddy = start ^ (1 << (self._bits - length))
            free = self._free.get(length)
            if not free or buddy not in free or not self._in_a_root(Block(min(start, buddy), length - 1)):
                break
            free.discard(buddy)
            length -= 1
            start = min(start, buddy)
        self._add(Block(start, length))

    def _in_a_root(self, block: Block) -> bool:
        return any(contains(root, block, self._bits) for root in self.roots)

    def free_addresses(self) -> int:
        """How many addresses are free."""
        return sum(len(starts) << (self._bits - length) for length, starts in self._free.items())
