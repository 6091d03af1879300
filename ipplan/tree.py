"""Where demands go in a pool: regions within regions, each with its block, and the demands of each.

A pool of one family is a `Node` (the root); below it stand the regions of the pool's summaries, from the top down.
A region has as many addresses as its content needs × the policy's growth, as a power of two; an owner whose region
has no such ancestor (a unit of the city itself) stands one node higher.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING
from typing import TYPE_CHECKING

from ipplan.networks import BITS, Block, block_of, contains

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ipplan.demands import Demand
    from ipplan.policy import Pool, Summary

NodeKey = tuple[str, str]  # level, region; empty for the root


@dataclass(slots=True, eq=False)
class Leaf:
    """A demand and where the lock has it."""

    demand: Demand
    held: Block | None = None

    @property
    def length(self) -> int:
        """The length that a new block gets, without its reserve."""
        return self.demand.length

    @property
    def extent(self) -> int:
        """The length with the reserve beside it; a reserve never asks for more than there can be."""
        return max(self.demand.length - self.demand.reserve, 0)

    @property
    def order(self) -> tuple[str, ...]:
        """Stable sort key."""
        return self.demand.order

    @property
    def weight(self) -> int:
        """How many owners change their address if it moves."""
        return 0 if self.held is None else 1


@dataclass(slots=True, eq=False)
class Node:
    """A region's share of a pool, or the whole pool. `held` is where the lock has its block."""

    key: NodeKey
    bits: int
    summary: Summary | None = None
    version: int = 4
    held: Block | None = None
    inferred: bool = False
    children: dict[NodeKey, Node] = field(default_factory=dict)
    leaves: list[Leaf] = field(default_factory=list)
    _length: int = -1
    _weight: int = -1

    @property
    def order(self) -> tuple[str, ...]:
        """Stable sort key."""
        return (self.key[1], "", self.key[0])

    @property
    def content(self) -> int:
        """How many addresses its content takes, with reserves and its children's growth."""
        own = sum(1 << (self.bits - leaf.extent) for leaf in self.leaves)
        return own + sum(1 << (self.bits - child.length) for child in self.children.values())

    @property
    def length(self) -> int:
        """The length that a new block of this region gets."""
        if self._length < 0:
            self._length = self._wanted()
        return self._length

    @property
    def extent(self) -> int:
        """As `length`: a region's growth lies inside its block."""
        return self.length

    def _wanted(self) -> int:
        if self.summary is None:
            return 0
        size = self.summary.sizes[self.version]
        if size.length is not None:
            return size.length
        addresses = int((self.content * size.growth).to_integral_value(ROUND_CEILING))
        length = max(self.bits - (addresses - 1).bit_length(), 0)
        return length if size.minimum is None else min(length, size.minimum)

    @property
    def shortest(self) -> int:
        """How far a block may double: a fixed length does not."""
        size = self.summary.sizes[self.version] if self.summary else None
        return 0 if size is None or size.length is None else size.length

    @property
    def weight(self) -> int:
        """How many owners change their address if it moves."""
        if self._weight < 0:
            self._weight = sum(leaf.weight for leaf in self.leaves) + sum(
                child.weight for child in self.children.values()
            )
        return self._weight

    def items(self) -> list[Leaf | Node]:
        """What is placed directly in it."""
        return [*self.leaves, *self.children.values()]

    def nodes(self) -> Iterable[Node]:
        """Itself and all below."""
        yield self
        for child in self.children.values():
            yield from child.nodes()

    def held_content(self) -> Iterable[Block]:
        """The locked blocks of its leaves, at any depth."""
        for leaf in self.leaves:
            if leaf.held is not None:
                yield leaf.held
        for child in self.children.values():
            yield from child.held_content()


def build(
    pool: Pool,
    version: int,
    demands: Iterable[Demand],
    held: Mapping[tuple[str, str, int], Block],
    held_blocks: Mapping[NodeKey, Block],
) -> Node:
    """The tree of one pool and family. `held` and `held_blocks` are the lock, for allocations and regions."""
    bits = BITS[version]
    summaries = {summary.level: summary for summary in pool.summaries}
    root = Node(("", ""), bits, version=version)
    for demand in demands:
        node = root
        for level, region in demand.regions:
            key = (level.value, region)
            child = node.children.get(key)
            if child is None:
                child = Node(key, bits, summaries[level], version, held_blocks.get(key))
                node.children[key] = child
            node = child
        node.leaves.append(Leaf(demand, held.get(demand.key)))
    _infer(root, held_blocks, [block_of(network) for network in pool.prefixes if network.version == version])
    return root


def _infer(root: Node, held_blocks: Mapping[NodeKey, Block], prefixes: list[Block]) -> None:
    """Give a region without a locked block the one its locked content implies.

    That is the block of a region that is no longer there (a merged or re-coded township) if it holds everything, else
    the narrowest prefix around the content. So neither a new region code nor a new summary level moves anything.
    """
    known = {node.key for node in root.nodes()}
    orphans = [block for key, block in held_blocks.items() if key not in known]
    for node in sorted(root.nodes(), key=lambda node: node.key):
        if node.summary is None or node.held is not None:
            continue
        content = sorted(
            part for part in node.held_content() if any(contains(prefix, part, root.bits) for prefix in prefixes)
        )
        if not content:
            continue
        node.inferred = True
        fitting = [block for block in orphans if all(contains(block, part, root.bits) for part in content)]
        if fitting:
            node.held = max(fitting, key=lambda block: (block.length, -block.start))
            orphans.remove(node.held)
        else:
            node.held = _around(content[0], content[-1], root.bits)


def _around(first: Block, last: Block, bits: int) -> Block:
    """The narrowest prefix that holds both."""
    end = last.start + (1 << (bits - last.length)) - 1
    length = min(bits - (first.start ^ end).bit_length(), first.length, last.length)
    shift = bits - length
    return Block(first.start >> shift << shift, length)
