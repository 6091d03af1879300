"""Placing a tree of demands: what stands stays, what grows grows where it stands, what is new fills the gaps.

A layout first tries without moving anything. Only if that cannot be done is it made again with moves, and then the
moves are as few as the slots allow: for something that finds no free slot, the slot is cleared whose occupants are
the fewest owners; they are smaller than what replaces them, so this ends, and since every block is an aligned power
of two it finds a place for whatever fits by size.

Regions in which nothing stands yet, and regions in which everything stands as it should, are by far the most: they
are laid out by arithmetic alone (`ipplan.quick`), with the same result.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from ipplan import quick
from ipplan.buddy import Buddy
from ipplan.networks import Block, contains, widened
from ipplan.quick import Layout
from ipplan.tree import Leaf, Node, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class _Placed:
    """An item in its place: its block, what it occupies (with its reserve), and its content's layout."""

    __slots__ = ("block", "extent", "inner", "item")

    def __init__(self, item: Leaf | Node, block: Block, extent: Block, inner: Layout | None = None) -> None:
        self.item = item
        self.block = block
        self.extent = extent
        self.inner = inner


def arrange(node: Node, roots: Sequence[Block], foreign: Iterable[Block] = (), *, moves: bool = False) -> Layout | None:
    """A layout of the node's content in `roots`, leaving out `foreign`; None if there is none.

    Without `moves` nothing that the lock holds changes its first address.
    """
    bits = node.bits
    inside = sorted(
        block for block in foreign if any(contains(root, block, bits) or contains(block, root, bits) for root in roots)
    )
    layout = None
    if node.state is State.FRESH:
        layout = quick.fresh(node, roots, inside)
        # The largest first into any free slot: each takes one slot of its size, whichever it is, so nothing else helps.
        if layout is None and not inside:
            return None
    elif node.state is State.STANDING:
        layout = quick.standing(node, roots, inside)
    return layout or _Arrangement(node, roots, inside, moves).run()


class _Arrangement:
    def __init__(self, node: Node, roots: Sequence[Block], foreign: Sequence[Block], moves: bool) -> None:
        self.bits = node.bits
        self.node = node
        self.moves = moves
        self.space = Buddy(node.bits, roots)
        self.foreign = foreign
        # What nobody may use lies in a region's block that stands: it is the region's matter, not an obstacle to it.
        self.inner_foreign: dict[int, list[Block]] = {}
        for block in foreign:
            around = next(
                (child for child in node.children if child.held is not None and contains(child.held, block, self.bits)),
                None,
            )
            if around is None:
                self.space.exclude(block)
            else:
                self.inner_foreign.setdefault(id(around), []).append(block)
        self.placed: dict[int, _Placed] = {}
        # What still needs a place: the largest first, then by a stable key. The number only parts equal keys.
        self.waiting: list[tuple[int, tuple[str, ...], int, _Placed | Leaf | Node]] = []
        self.count = 0

    def run(self) -> Layout | None:
        """Keep, grow, fill."""
        loose = self.keep()
        if loose and not self.moves:
            return None
        kept = sorted(self.placed.values(), key=lambda placed: (placed.extent.length, placed.item.order))
        for placed in kept:
            grown = self.grow_leaf(placed) if isinstance(placed.item, Leaf) else self.grow_node(placed)
            if not grown:
                if not self.moves:
                    return None
                self.space.release(placed.extent)
                del self.placed[id(placed.item)]
                self.give_up(placed.item)
                self.wait(placed.item)
        for placed in kept:
            if id(placed.item) in self.placed and isinstance(placed.item, Leaf) and placed.item.reserve:
                self.reserve(placed)
        for item in loose:
            self.wait(item)
        if not self.fill():
            return None
        return self.result()

    def give_up(self, item: Leaf | Node) -> None:
        """A region leaves its block: what nobody may use there is an obstacle to others now."""
        for block in self.inner_foreign.pop(id(item), ()):
            self.space.exclude(block)

    def keep(self) -> list[Leaf | Node]:
        """Put what the lock holds where it is; gives what cannot stay there."""
        items = self.node.items()
        held = [(item.held, item) for item in items if item.held is not None]
        held.sort(key=lambda pair: (isinstance(pair[1], Node) and pair[1].inferred, pair[0], pair[1].order))
        loose: list[Leaf | Node] = []
        for block, item in held:
            if self.space.take(block):
                self.placed[id(item)] = _Placed(item, block, block)
                continue
            self.give_up(item)
            if isinstance(item, Node) and not item.weight:
                self.wait(item)  # an empty block's place matters to nobody
            else:
                loose.append(item)
        for item in items:
            if item.held is None:
                self.wait(item)
        return loose

    def wait(self, item: _Placed | Leaf | Node) -> None:
        """Queue what needs a place."""
        length = item.extent.length if isinstance(item, _Placed) else item.extent
        order = item.item.order if isinstance(item, _Placed) else item.order
        self.waiting.append((length, order, self.count, item))
        self.count += 1

    def regrow(self, placed: _Placed, wider: Block) -> bool:
        """Give `placed` the wider block around it if all else of it is free."""
        self.space.release(placed.extent)
        if self.space.take(wider):
            placed.extent = wider
            return True
        self.space.take(placed.extent)
        return False

    def grow_leaf(self, placed: _Placed) -> bool:
        """Make sure that a kept allocation is large enough; it may double, but its first address stays."""
        item = placed.item
        if not isinstance(item, Leaf) or placed.block.length <= item.enough:
            return True
        wider = widened(placed.block, item.length, self.bits)
        if wider.start != placed.block.start or not self.regrow(placed, wider):
            return False
        placed.block = wider
        return True

    def grow_node(self, placed: _Placed) -> bool:
        """Lay out a kept region in its block, or in a wider one around it, or at last with moves inside it."""
        item = placed.item
        if not isinstance(item, Node):
            return True
        if self.widen_node(placed, item, moves=False):
            return True
        return self.moves and self.widen_node(placed, item, moves=True)

    def widen_node(self, placed: _Placed, item: Node, *, moves: bool) -> bool:
        """Lay out a region in its block, else in the first wider one that does."""
        first = placed.block
        foreign = self.inner_foreign.get(id(item), ())
        for length in range(min(first.length, item.enough), min(item.shortest, first.length) - 1, -1):
            wider = widened(first, length, self.bits)
            if wider != placed.extent and not self.regrow(placed, wider):
                break
            placed.inner = arrange(item, (wider,), foreign, moves=moves)
            if placed.inner is not None:
                placed.block = wider
                return True
        if placed.extent != first:
            self.regrow(placed, first)
        return False

    def reserve(self, placed: _Placed) -> None:
        """Keep room beside a kept allocation, as much of the policy's reserve as is still free."""
        if not isinstance(placed.item, Leaf):
            return
        shortest = max(placed.block.length - placed.item.reserve, 0)
        for length in range(placed.block.length - 1, shortest - 1, -1):
            wider = widened(placed.block, length, self.bits)
            if wider.start != placed.block.start or not self.regrow(placed, wider):
                return

    def fill(self) -> bool:
        """Place what waits, the largest first."""
        heapify(self.waiting)
        while self.waiting:
            _, _, _, item = heappop(self.waiting)
            thing = item.item if isinstance(item, _Placed) else item
            length = item.extent.length if isinstance(item, _Placed) else item.extent
            extent = self.space.allocate(length, sparse=thing.sparse)
            placed = self.around_foreign(thing, length) if extent is None and isinstance(thing, Node) else None
            if extent is None and placed is None and self.moves:
                extent = self.clear(length)
            if extent is not None:
                placed = self.settle(item, extent)
            if placed is None:
                return False
            self.placed[id(thing)] = placed
        return True

    def settle(self, item: _Placed | Leaf | Node, extent: Block) -> _Placed | None:
        """Put an item into the place found for it; a region that was cleared away keeps its inner layout."""
        if isinstance(item, _Placed):
            offset = extent.start - item.extent.start
            inner = item.inner.shifted(offset) if item.inner is not None else None
            block = Block(item.block.start + offset, item.block.length)
            return _Placed(item.item, block, extent, inner)
        if isinstance(item, Leaf):
            return _Placed(item, Block(extent.start, item.length), extent)
        inner = arrange(item, (extent,), moves=self.moves)
        return None if inner is None else _Placed(item, extent, extent, inner)

    def around_foreign(self, item: Node, length: int) -> _Placed | None:
        """A slot for a region in which something is nobody's to use, if the region's content fits around that."""
        taken = [placed.extent for placed in self.placed.values()]
        slots = {widened(block, length, self.bits) for block in self.foreign if block.length > length}
        for slot in sorted(slots):
            if not any(contains(root, slot, self.bits) for root in self.space.roots):
                continue
            if any(contains(slot, other, self.bits) or contains(other, slot, self.bits) for other in taken):
                continue
            inside = [block for block in self.foreign if contains(slot, block, self.bits)]
            inner = arrange(item, (slot,), inside, moves=self.moves)
            if inner is not None:
                self.space.exclude(slot)
                self.inner_foreign[id(item)] = inside
                return _Placed(item, slot, slot, inner)
        return None

    def clear(self, length: int) -> Block | None:
        """Clear the slot of `length` whose occupants are the fewest owners; they wait for another place."""
        shift = self.bits - length
        cost: dict[int, int] = {}
        fixed: set[int] = set()
        occupants: dict[int, list[_Placed]] = {}
        for placed in self.placed.values():
            slot = placed.extent.start >> shift
            if placed.extent.length <= length or id(placed.item) in self.inner_foreign:
                fixed.add(slot)
                continue
            cost[slot] = cost.get(slot, 0) + placed.item.weight
            occupants.setdefault(slot, []).append(placed)
        for _, slot in sorted((weight, slot) for slot, weight in cost.items() if slot not in fixed):
            block = Block(slot << shift, length)
            for placed in occupants[slot]:
                self.space.release(placed.extent)
            if self.space.take(block):
                for placed in occupants[slot]:
                    del self.placed[id(placed.item)]
                    heappush(self.waiting, (placed.extent.length, placed.item.order, self.count, placed))
                    self.count += 1
                return block
            for placed in occupants[slot]:
                self.space.take(placed.extent)
        return None

    def result(self) -> Layout:
        """Everything placed, from here down."""
        layout = Layout()
        for placed in self.placed.values():
            item = placed.item
            if isinstance(item, Leaf):
                layout.leaf(item.number, placed.block)
            else:
                layout.node(item, placed.block)
                if placed.inner is not None:
                    layout.add(placed.inner)
        return layout
