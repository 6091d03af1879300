"""The Hilbert curve on address space: each aligned prefix is a square or two squares side by side.

Neighbours in address space stay neighbours in the picture, a prefix is always one rectangle, and one that is twice as
large has twice the area. (The idea of showing address space so: xkcd 195, "Map of the Internet", 2006.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipplan.networks import Network


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float


def position(distance: int, order: int) -> tuple[int, int]:
    """The cell of a curve through 2^order × 2^order cells at a distance from its beginning; it begins left above."""
    x = y = 0
    for level in range(order):
        quarter = distance >> (2 * level) & 3
        right, down = quarter >> 1, (quarter ^ (quarter >> 1)) & 1
        side = 1 << level
        if not down:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        x, y = x + side * right, y + side * down
    return x, y


def box(inner: Network, outer: Network, size: float) -> Box:
    """Where `inner` lies in the picture of `outer`, which is `size` wide.

    The picture is square if `outer` has an even number of address bits, else half as high as it is wide.
    """
    odd = (outer.max_prefixlen - outer.prefixlen) % 2
    # With an odd number of bits the picture is the first half of that of a prefix twice as large, laid on its side.
    depth = inner.prefixlen - outer.prefixlen + odd
    offset = (int(inner.network_address) - int(outer.network_address)) >> (inner.max_prefixlen - inner.prefixlen)
    order = (depth + 1) // 2
    cells = [position(offset, order)] if depth % 2 == 0 else [position(2 * offset + half, order) for half in (0, 1)]
    if odd:
        cells = [(y, x) for x, y in cells]
    left, top = min(x for x, _ in cells), min(y for _, y in cells)
    right, bottom = max(x for x, _ in cells) + 1, max(y for _, y in cells) + 1
    side = size / (1 << order)
    return Box(left * side, top * side, (right - left) * side, (bottom - top) * side)


def height(outer: Network, size: float) -> float:
    """How high the picture of a prefix is."""
    return size / 2 if (outer.max_prefixlen - outer.prefixlen) % 2 else size
