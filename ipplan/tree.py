"""Where demands go in a pool: regions within regions, each with its block, and the demands of each.

A pool of one family is a `Node` (the root); below it stand the regions of the pool's summaries, from the top down.
A region has as many addresses as its content needs × the policy's growth, as a power of two; an owner whose region
has no such ancestor (a unit of the city itself) stands one node higher. The demands are numbers of rows in columns.
"""

from __future__ import annotations

from decimal import ROUND_CEILING
from enum import IntEnum
from typing import TYPE_CHECKING, TypeAlias

from ipplan.networks import BITS, Block, block_of, contains
from ipplan.policy import Placement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipplan.demands import Demands
    from ipplan.policy import Summary
    from ipplan.regions import Regions

NodeKey: TypeAlias = "tuple[str, str]"  # level, region; empty for the root
Held: TypeAlias = "Mapping[tuple[str, str], Block]"  # function and owner → where the lock has the allocation


class State(IntEnum):
    """What the lock holds of a region's content."""

    FRESH = 0  # nothing
    STANDING = 1  # everything, and all of it is large enough
    MIXED = 2


class Leaves:
    """The demands of a pool as columns: what a layout needs to know of each.

    `extents` are the lengths with the reserve beside them. `held` is where the lock has it, None if nowhere.
    """

    __slots__ = (
        "any_sparse",
        "enoughs",
        "extents",
        "functions",
        "held",
        "lengths",
        "owners",
        "regions",
        "reserves",
        "sparse",
    )

    def __init__(self, demands: Demands, held: Held) -> None:
        self.regions = demands.regions
        self.owners = demands.owners
        self.functions: list[str] = []
        self.sparse: list[bool] = []
        self.reserves: list[int] = []
        self.lengths = demands.lengths
        self.enoughs = demands.enoughs
        for function, count in demands.runs():
            self.functions += [function.name] * count
            self.sparse += [function.placement is Placement.SPARSE] * count
            self.reserves += [function.reserve] * count
        self.any_sparse = True in self.sparse
        self.extents = (
            [max(length - reserve, 0) for length, reserve in zip(self.lengths, self.reserves, strict=True)]
            if any(self.reserves)
            else self.lengths
        )
        self.held: list[Block | None] = (
            [held.get(key) for key in zip(self.functions, self.owners, strict=True)]
            if held
            else [None] * len(self.owners)
        )

    def order(self, number: int) -> tuple[str, str, str]:
        """A sort key that does not depend on the order of rows in any file."""
        return (self.regions[number], self.owners[number], self.functions[number])


class Leaf:
    """One demand, for the places that look at a few of them."""

    __slots__ = ("leaves", "number")

    def __init__(self, leaves: Leaves, number: int) -> None:
        self.leaves = leaves
        self.number = number

    @property
    def length(self) -> int:
        """The length that a new block gets, without its reserve."""
        return self.leaves.lengths[self.number]

    @property
    def enough(self) -> int:
        """The longest prefix that will do."""
        return self.leaves.enoughs[self.number]

    @property
    def reserve(self) -> int:
        """How many times there shall be room to double."""
        return self.leaves.reserves[self.number]

    @property
    def extent(self) -> int:
        """The length with the reserve beside it; a reserve never asks for more than there can be."""
        return self.leaves.extents[self.number]

    @property
    def sparse(self) -> bool:
        """Whether it is placed where most room is beside it."""
        return self.leaves.sparse[self.number]

    @property
    def held(self) -> Block | None:
        """Where the lock has it."""
        return self.leaves.held[self.number]

    @property
    def order(self) -> tuple[str, ...]:
        """Stable sort key."""
        return self.leaves.order(self.number)

    @property
    def weight(self) -> int:
        """How many owners change their address if it moves."""
        return 0 if self.held is None else 1


class Node:
    """A region's share of a pool, or the whole pool. `held` is where the lock has its block.

    `numbers` are its own demands, by region and owner (`ipplan.regions.Share`).
    """

    __slots__ = (
        "_content",
        "_length",
        "_state",
        "_weight",
        "bits",
        "children",
        "held",
        "inferred",
        "key",
        "leaves",
        "numbers",
        "summary",
        "version",
    )

    def __init__(
        self,
        key: NodeKey,
        leaves: Leaves,
        *,
        version: int = 4,
        summary: Summary | None = None,
        held: Block | None = None,
        numbers: Sequence[int] = (),
    ) -> None:
        self.key = key
        self.leaves = leaves
        self.version = version
        self.bits = BITS[version]
        self.summary = summary
        self.held = held
        self.inferred = False
        self.children: list[Node] = []
        self.numbers = numbers
        self._content = self._length = self._weight = -1
        self._state: State | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """Stable sort key."""
        return (self.key[1], "", self.key[0])

    @property
    def content(self) -> int:
        """How many addresses its content takes, with reserves and its children's growth."""
        if self._content < 0:
            extents, bits = self.leaves.extents, self.bits
            own = sum([1 << (bits - extents[number]) for number in self.numbers])
            self._content = own + sum([1 << (bits - child.length) for child in self.children])
        return self._content

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

    @property
    def sparse(self) -> bool:
        """Whether it is placed where most room is beside it."""
        return self.summary is not None and self.summary.placement is Placement.SPARSE

    def _wanted(self) -> int:
        if self.summary is None:
            return 0
        size = self.summary.sizes[self.version]
        if size.length is not None:
            return size.length
        addresses = self.content
        if size.growth != 1:
            addresses = int((addresses * size.growth).to_integral_value(ROUND_CEILING))
        length = max(self.bits - (addresses - 1).bit_length(), 0)
        if size.nibble:
            length -= length % 4
        return length if size.minimum is None else min(length, size.minimum)

    @property
    def enough(self) -> int:
        """The longest prefix that will do, whatever its content needs."""
        enough = self.summary.sizes[self.version].enough if self.summary else None
        return self.bits if enough is None else enough

    @property
    def shortest(self) -> int:
        """How far a block may double: a fixed length does not."""
        size = self.summary.sizes[self.version] if self.summary else None
        return 0 if size is None or size.length is None else size.length

    @property
    def weight(self) -> int:
        """How many owners change their address if it moves."""
        if self._weight < 0:
            held = self.leaves.held
            own = sum([held[number] is not None for number in self.numbers])
            self._weight = own + sum(child.weight for child in self.children)
        return self._weight

    @property
    def state(self) -> State:
        """What the lock holds of its content."""
        if self._state is None:
            self._state = self._find_state()
        return self._state

    def _find_state(self) -> State:
        held, enoughs = self.leaves.held, self.leaves.enoughs
        fresh = standing = True
        for number in self.numbers:
            block = held[number]
            if block is None:
                standing = False
            else:
                fresh = False
                standing = standing and block.length <= enoughs[number]
        for child in self.children:
            fresh = fresh and child.held is None and child.state is State.FRESH
            standing = (
                standing
                and child.held is not None
                and child.held.length <= child.enough
                and child.state is State.STANDING
            )
        return State.FRESH if fresh else State.STANDING if standing else State.MIXED

    def items(self) -> list[Leaf | Node]:
        """What is placed directly in it."""
        return [*(Leaf(self.leaves, number) for number in self.numbers), *self.children]

    def nodes(self) -> Iterator[Node]:
        """Itself and all below."""
        yield self
        for child in self.children:
            yield from child.nodes()

    def held_content(self) -> Iterator[Block]:
        """The locked blocks of its leaves, at any depth."""
        for number in self.numbers:
            block = self.leaves.held[number]
            if block is not None:
                yield block
        for child in self.children:
            yield from child.held_content()


def build(demands: Demands, regions: Regions, held: Held, held_blocks: Mapping[NodeKey, Block]) -> Node:
    """The tree of one pool and family. `held` and `held_blocks` are the lock, for allocations and regions."""
    pool, version = demands.pool, demands.version
    leaves = Leaves(demands, held)
    summaries = {summary.level.value: summary for summary in pool.summaries}
    nodes: list[Node] = []
    for key, above, numbers in regions.shares(frozenset(summaries), demands.regions, demands.owners):
        node = Node(key, leaves, version=version, summary=summaries.get(key[0]), numbers=numbers)
        if nodes:
            node.held = held_blocks.get(key) if held_blocks else None
            nodes[above].children.append(node)
        nodes.append(node)
    root = nodes[0]
    if held:
        _infer(root, held_blocks, [block_of(network) for network in pool.prefixes if network.version == version])
    return root


def _infer(root: Node, held_blocks: Mapping[NodeKey, Block], prefixes: list[Block]) -> None:
    """Give a region without a locked block the one its locked content implies.

    That is the block of a region that is no longer there (a merged or re-coded township) if it holds everything, else
    the narrowest prefix around the content. So neither a new region code nor a new summary level moves anything.
    """
    nodes = [node for node in root.nodes() if node.summary is not None]
    loose = sorted((node for node in nodes if node.held is None), key=lambda node: node.key)
    if not loose:
        return
    known = {node.key for node in nodes}
    orphans = [block for key, block in held_blocks.items() if key not in known]
    for node in loose:
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
