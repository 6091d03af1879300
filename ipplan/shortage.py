"""Why a plan is impossible: what is lacking where, and the smallest changes that mend it.

Every change that is offered has been tried: with it alone (a larger pool, less growth, less reserve, a longer prefix)
everything in the pool fits. Where no single change does, two together are looked for. The number of trials is bounded
by the size of the plan, so that an explanation takes seconds; sizes that cannot do are not tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from inventory.errors import Problem
from inventory.text import Message
from ipplan import tree
from ipplan.buddy import Buddy
from ipplan.demands import Demands
from ipplan.layout import arrange
from ipplan.networks import BITS, FAMILY_NAMES, Block, block_of, contains, network_of, squats, unusable, widened
from ipplan.policy import Purpose
from ipplan.tree import Leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inventory.model import Inventory
    from ipplan.policy import BlockSize, Function, Policy, Pool, Size
    from ipplan.regions import Regions
    from ipplan.tree import Node

_STEP = Decimal("0.05")
_MOST_DEMANDS = 3_000_000  # laid out for one explanation: a minute at the very most
_WIDEST = {4: 8, 6: 20}  # of the prefixes that are offered: nobody has more to give than 10.0.0.0/8 or a large /20
_NAMED = 3  # of the blocks without a place
_TRIALS = (12, 400)  # at least and at most


@dataclass(frozen=True)
class Short:
    """A pool of one family that cannot hold what it should. `extra` is space that it does not have, for a trial."""

    policy: Policy
    demands: Demands
    regions: Regions
    foreign: tuple[Block, ...]
    extra: tuple[Block, ...] = ()
    trials: list[int] = field(default_factory=list, compare=False)

    @property
    def version(self) -> int:
        """The family: 4 or 6."""
        return self.demands.version

    @property
    def pool_name(self) -> str:
        """The pool's name."""
        return self.demands.pool.name

    @property
    def bits(self) -> int:
        """The width of an address."""
        return BITS[self.version]

    @property
    def pool(self) -> Pool:
        """The pool as the policy has it."""
        return self.policy.pools[self.pool_name]

    @property
    def roots(self) -> tuple[Block, ...]:
        """The pool's prefixes of this family."""
        own = (block_of(network) for network in self.pool.prefixes if network.version == self.version)
        return (*own, *self.extra)

    def sized(self) -> Demands:
        """The demands with the sizes of this policy."""
        old = self.demands
        made = Demands(self.pool, self.version)
        made.owners, made.regions, made.hosts = old.owners, old.regions, old.hosts
        made.functions = [self.policy.functions[function.name] for function in old.functions]
        sizes: dict[tuple[str, int], tuple[int, int]] = {}
        for function, hosts in zip(made.functions, made.hosts, strict=True):
            key = (function.name, hosts)
            if key not in sizes:
                size = function.sizes[self.version]
                length, enough = size.lengths(hosts, self.bits)
                sizes[key] = (max(length, size.maximum), enough)
            length, enough = sizes[key]
            made.lengths.append(length)
            made.enoughs.append(enough)
        return made

    @cached_property
    def root(self) -> Node:
        """The tree of the demands, without any lock."""
        return tree.build(self.sized(), self.regions, {}, {})

    def fits(self) -> bool:
        """Whether everything has a place when nothing stands yet; False when enough has been tried."""
        if len(self.trials) >= min(max(_MOST_DEMANDS // max(len(self.demands), 1), _TRIALS[0]), _TRIALS[1]):
            return False
        self.trials.append(1)
        root = tree.build(self.sized(), self.regions, {}, {})
        room = sum(1 << (self.bits - block.length) for block in self.roots)
        if root.content > room:
            return False
        return arrange(root, self.roots, self.foreign) is not None

    def functions(self) -> Iterator[Function]:
        """The functions that draw on the pool in this family."""
        for function in self.policy.functions.values():
            if self.pool_name in function.pools and self.version in function.sizes:
                yield function

    def with_pool(self, pool: Pool) -> Short:
        """The same with another pool."""
        return replace(self, policy=replace(self.policy, pools={**self.policy.pools, pool.name: pool}))

    def with_function(self, function: Function) -> Short:
        """The same with another function."""
        functions = {**self.policy.functions, function.name: function}
        return replace(self, policy=replace(self.policy, functions=functions))


def explain(short: Short, inventory: Inventory) -> Problem:
    """What is lacking, and what would mend it."""
    message, column = _lacking(short, inventory)
    mends = list(_mends(short)) or list(_pairs(short))
    hint = (
        _either(mends)
        if mends
        else Message(
            "no small change mends it: lower growth and reserves together, or spread what is in it over more pools"
        )
    )
    source = short.pool.source
    return Problem("pool-too-small", message, hint, source.file or short.policy.file, source.line, column)


def _lacking(short: Short, inventory: Inventory) -> tuple[Message, str]:
    for node in sorted(short.root.nodes(), key=lambda node: node.key):
        have = 1 << (short.bits - node.length)
        if node.summary is not None and node.content > have:
            region = inventory.regions.get(node.key[1])
            unit = max(item.extent for item in node.items())
            return Message(
                "the region {region} needs {needed} ({family}), its block of the pool “{pool}” (/{length}) has {have}: "
                "{lacking} are lacking for {content}",
                region=f"{node.key[1]} {region.name}" if region else node.key[1],
                needed=_amount(node.content, unit, short),
                family=FAMILY_NAMES[short.version],
                pool=short.pool_name,
                length=node.length,
                have=_amount(have, unit, short),
                lacking=_amount(node.content - have, unit, short),
                content=_content(short, _functions(node)),
            ), "summaries"
    items = short.root.items()
    unit = max(item.extent for item in items)
    unplaced = _unplaced(short)
    return Message(
        "the pool “{pool}” (area {area}, {prefixes}) is too small: {content} need {needed}, {have} are free to use, "
        "and there is no place for {unplaced}",
        pool=short.pool_name,
        area=short.pool.area.value,
        prefixes=", ".join(str(network_of(root, short.version)) for root in short.roots),
        content=_content(short, short.root.leaves.functions),
        needed=_amount(short.root.content, unit, short),
        have=_amount(_space(short).free_addresses(), unit, short),
        unplaced=_named(unplaced, inventory),
    ), "prefixes"


def _functions(node: Node) -> list[str]:
    """The functions of everything in a region, at any depth."""
    own = [node.leaves.functions[number] for number in node.numbers]
    return own + [name for child in node.children for name in _functions(child)]


def _amount(addresses: int, unit: int, short: Short) -> Message:
    """How much that is: addresses in IPv4, in IPv6 prefixes of the smallest size that is asked for."""
    if short.version == 4:
        return Message("{count} addresses", count=addresses)
    size = 1 << (short.bits - unit)
    return Message("{count} × /{length}", count=addresses // size, length=unit)


def _named(items: Sequence[Leaf | Node], inventory: Inventory) -> str:
    """Blocks by size, with the names of the first few: `2 × /17 (361101 安县, 361102 宁县)`."""
    by_length: dict[int, list[str]] = {}
    for item in items:
        if isinstance(item, Leaf):
            name = item.leaves.owners[item.number]
        else:
            region = inventory.regions.get(item.key[1])
            name = f"{item.key[1]} {region.name}" if region else item.key[1]
        by_length.setdefault(item.extent, []).append(name)
    return ", ".join(
        f"{len(names)} × /{length} ({', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''})"
        for length, names in sorted(by_length.items())
    )


def _content(short: Short, names: Iterable[str]) -> str:
    """How many blocks of which function: `township-lan 20`."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(
        f"{function.name} × {counts[function.name]}" for function in short.functions() if function.name in counts
    )


def _space(short: Short) -> Buddy:
    space = Buddy(short.bits, short.roots)
    for block in short.foreign:
        space.exclude(block)
    return space


def _unplaced(short: Short) -> list[Leaf | Node]:
    """What finds no place when the largest come first; the largest one if it is only what lies inside that does not."""
    space = _space(short)
    items = sorted(short.root.items(), key=lambda item: (item.extent, item.order))
    return [item for item in items if space.allocate(item.extent) is None] or items[:1]


def _mends(short: Short) -> Iterator[Message]:
    """Single changes with which everything fits, each as small as it can be."""
    larger = _larger_pool(short)
    if larger is not None:
        yield larger
    for function in short.functions():
        yield from _smaller_function(short, function)
        yield from _smaller_minimum(short, function)
    yield from _other_summaries(short)


def _larger_pool(short: Short) -> Message | None:
    """Widen one of the pool's prefixes, if what is beside it is nobody's; else add one more."""
    best: tuple[Block, Block] | None = None
    for root in short.roots:
        wider = _widened(short, root, 0 if best is None else best[1].length + 1)
        best = best if wider is None else (root, wider)
    if best is not None:
        before, after = network_of(best[0], short.version), network_of(best[1], short.version)
        return Message("enlarge the pool's {before} to {after}", before=before, after=after)
    lacking = max(short.root.content - sum(1 << (short.bits - block.length) for block in short.roots), 4)
    for length in _lengths(short, short.bits - (lacking - 1).bit_length(), 0):
        # A place that no address has: only the size matters.
        if replace(short, extra=(Block(1 << short.bits, length),)).fits():
            return Message("add a /{length} to the pool's prefixes", length=length)
    return None


def _lengths(short: Short, longest: int, shortest: int) -> Iterator[int]:
    """Prefix lengths that somebody may have to give, from the longest down; in IPv6 those that end at a digit."""
    for length in range(longest, max(shortest, _WIDEST[short.version]) - 1, -1):
        if short.version == 4 or length % 4 == 0:
            yield length


def _widened(short: Short, root: Block, shortest: int) -> Block | None:
    """The narrowest wider prefix around one of the pool's with which all fits, down to a length; None for none."""
    others = [
        prefix
        for pool in short.policy.pools.values()
        if pool.vrf == short.pool.vrf and pool.name != short.pool_name
        for prefix in pool.prefixes
        if prefix.version == short.version
    ]
    ours = short.policy.assigned
    foreign = squats(network_of(root, short.version), ours)  # told by the checks: no reason to stop here
    roots = [block_of(prefix) for prefix in short.pool.prefixes if prefix.version == short.version]
    for length in _lengths(short, root.length - 1, max(shortest, root.length - 17)):
        wider = widened(root, length, short.bits)
        network = network_of(wider, short.version)
        if any(network.overlaps(other) for other in others) or unusable(network):
            return None
        if not foreign and squats(network, ours):
            return None
        kept = [other for other in roots if not contains(wider, other, short.bits)]
        if sum(1 << (short.bits - block.length) for block in (*kept, wider)) < short.root.content:
            continue
        if _with_roots(short, [*kept, wider]).fits():
            return wider
    return None


def _pairs(short: Short) -> Iterator[Message]:
    """Two changes together: larger blocks of a level, and a pool that has room for them."""
    for index, summary in enumerate(short.pool.summaries):
        size = summary.sizes[short.version]
        if size.length is None:
            continue
        step = 4 if size.nibble else 1
        for length in range(size.length - step, -1, -step):
            changed = replace(summary, sizes={**summary.sizes, short.version: replace(size, length=length)})
            levels = (*short.pool.summaries[:index], changed, *short.pool.summaries[index + 1 :])
            trial = short.with_pool(replace(short.pool, summaries=levels))
            if any(
                node.summary is not None and node.content > 1 << (short.bits - node.length)
                for node in trial.root.nodes()
            ):
                continue
            larger = _larger_pool(trial)
            if larger is not None:
                first = Message(
                    "make the blocks of the level {level} /{after} instead of /{before}",
                    level=summary.level.value,
                    before=size.length,
                    after=length,
                )
                yield Message("{first}, and {second}", first=first, second=larger)
            break


def _with_roots(short: Short, roots: Sequence[Block]) -> Short:
    other = tuple(prefix for prefix in short.pool.prefixes if prefix.version != short.version)
    own = tuple(network_of(root, short.version) for root in roots)
    return short.with_pool(replace(short.pool, prefixes=(*own, *other)))


def _smaller_function(short: Short, function: Function) -> Iterator[Message]:
    size = function.sizes[short.version]

    def sized(new: Size) -> Short:
        return short.with_function(replace(function, sizes={**function.sizes, short.version: new}))

    if size.length is None and size.growth > 1:
        growth = _largest_growth(size.growth, lambda value: sized(replace(size, growth=value)).fits())
        if growth is not None:
            yield Message(
                "lower the growth of “{function}” from {before} to {after}",
                function=function.name,
                before=size.growth,
                after=growth,
            )
    if size.length is not None:
        for length in _longer(function, size.length, short.version):
            if sized(replace(size, length=length)).fits():
                yield Message(
                    "make the prefixes of “{function}” /{after} instead of /{before}",
                    function=function.name,
                    before=size.length,
                    after=length,
                )
                break
    for reserve in range(function.reserve - 1, -1, -1):
        if short.with_function(replace(function, reserve=reserve)).fits():
            yield Message(
                "lower the reserve of “{function}” from {before} to {after}",
                function=function.name,
                before=function.reserve,
                after=reserve,
            )
            break


def _smaller_minimum(short: Short, function: Function) -> Iterator[Message]:
    size = function.sizes[short.version]

    def fits(length: int) -> bool:
        sizes = {**function.sizes, short.version: replace(size, minimum=length)}
        return short.with_function(replace(function, sizes=sizes)).fits()

    minimum = _shortest(range(size.minimum + 1, 31), fits) if size.length is None else None
    if minimum is not None:
        yield Message(
            "make the smallest prefix of “{function}” /{after} instead of /{before}",
            function=function.name,
            before=size.minimum,
            after=minimum,
        )


def _longer(function: Function, length: int, version: int) -> range:
    """The longer prefixes that suit a function: in IPv6 whole digits, /127 for a circuit, and /64 alone for a LAN."""
    if function.purpose is Purpose.LOOPBACK:
        return range(0)
    if version == 4:
        return range(length + 1, 32 if function.purpose is Purpose.CIRCUIT else 31)
    if function.purpose is Purpose.CIRCUIT:
        return range(max(length + 1, 127), 128)
    return range(0) if function.purpose is Purpose.LAN else range(length - length % 4 + 4, 65, 4)


def _other_summaries(short: Short) -> Iterator[Message]:
    for index, summary in enumerate(short.pool.summaries):
        size = summary.sizes[short.version]

        def sized(new: BlockSize, index: int = index) -> Short:
            old = short.pool.summaries
            changed = replace(old[index], sizes={**old[index].sizes, short.version: new})
            return short.with_pool(replace(short.pool, summaries=(*old[:index], changed, *old[index + 1 :])))

        if size.length is not None:
            step = 4 if size.nibble else 1

            def fits(length: int, size: BlockSize = size, sized: Callable[[BlockSize], Short] = sized) -> bool:
                return sized(replace(size, length=length)).fits()

            length = next(filter(fits, range(size.length - step, -1, -step)), None)
            if length is None:  # not larger blocks, but smaller ones, as far as the fullest region has room in its own
                longest = short.bits - (_fullest(short, index) - 1).bit_length()
                length = _shortest(range(size.length + step, longest + 1, step), fits)
            if length is not None:
                yield Message(
                    "make the blocks of the level {level} /{after} instead of /{before}",
                    level=summary.level.value,
                    before=size.length,
                    after=length,
                )
        elif size.growth > 1:
            growth = _largest_growth(
                size.growth,
                lambda value, size=size, sized=sized: sized(replace(size, growth=value)).fits(),  # type: ignore[misc]  # bound per turn
            )
            if growth is not None:
                yield Message(
                    "lower the growth of the blocks of the level {level} from {before} to {after}",
                    level=summary.level.value,
                    before=size.growth,
                    after=growth,
                )


def _fullest(short: Short, index: int) -> int:
    """How many addresses the fullest region of the pool's summary needs."""
    level = short.pool.summaries[index].level.value
    return max((node.content for node in short.root.nodes() if node.key[0] == level), default=1)


def _shortest(lengths: Sequence[int], fits: Callable[[int], bool]) -> int | None:
    """The first of these lengths, the longer the more fits, with which it fits; None if not even with the last."""
    if not lengths or not fits(lengths[-1]):
        return None
    low, high = -1, len(lengths) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if fits(lengths[middle]):
            high = middle
        else:
            low = middle
    return lengths[high]


def _largest_growth(growth: Decimal, fits: Callable[[Decimal], bool]) -> Decimal | None:
    """The largest factor below `growth`, in steps of 0.05, with which it fits; None if not even 1 does."""
    if not fits(Decimal(1)):
        return None
    low, high = 0, int((growth - 1) / _STEP) + 1
    while high - low > 1:
        middle = (low + high) // 2
        if 1 + middle * _STEP < growth and fits(1 + middle * _STEP):
            low = middle
        else:
            high = middle
    return (1 + low * _STEP).normalize()


def _either(mends: Sequence[Message]) -> Message:
    joined = mends[-1]
    for mend in reversed(mends[:-1]):
        joined = Message("{first}; or {others}", first=mend, others=joined)
    return Message("the smallest change that mends it: {mends}", mends=joined)
