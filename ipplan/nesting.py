"""How the regions' blocks lie in each other: the block around each one, and the address space as they cut it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ipplan.networks import BITS
from ipplan.rows import DEPTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipplan.rows import Columns

PoolKey: TypeAlias = "tuple[str, str, int]"  # VRF, pool, family


class Nesting:
    """`around` has for each block the number of the innermost block around it, -1 for none.

    `segments` has for each pool where each piece of address space ends and the innermost block there, -1 for none; in
    address order, up to the end of the family's addresses. Of equal prefixes the upper level lies around the lower.
    """

    __slots__ = ("around", "segments")

    def __init__(self, blocks: Columns) -> None:
        """`blocks` are in the file's order."""
        self.around = [-1] * len(blocks)
        self.segments: dict[PoolKey, list[tuple[int, int]]] = {}
        numbers: dict[PoolKey, list[int]] = {}
        for key, part in blocks.runs("vrfs", "pools", "versions"):
            numbers.setdefault(key, []).extend(range(part.start, part.stop))
        for key, own in numbers.items():
            if len({blocks.areas[own[0]], blocks.areas[own[-1]]}) > 1:  # the file's order is by area, then by address
                own.sort(key=lambda i: (blocks.starts[i], blocks.lengths[i], DEPTH[blocks.levels[i]], i))
            self.segments[key] = self._cut(blocks, own, BITS[key[2]])

    def _cut(self, blocks: Columns, numbers: Sequence[int], bits: int) -> list[tuple[int, int]]:
        starts, lengths, around = blocks.starts, blocks.lengths, self.around
        sizes = {length: 1 << (bits - length) for length in range(bits + 1)}
        segments: list[tuple[int, int]] = []
        ends, inner = [1 << bits], [-1]
        for number in numbers:
            start = starts[number]
            while ends[-1] <= start:
                segments.append((ends.pop(), inner.pop()))
            around[number] = inner[-1]
            segments.append((start, inner[-1]))
            ends.append(start + sizes[lengths[number]])
            inner.append(number)
        segments += zip(reversed(ends), reversed(inner), strict=True)
        return segments
