"""What is drawn of one prefix of a pool: which rectangles, what they say, which labels have room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.model import Level
from inventory.text import mark, tr
from ipplan import usage
from ipplan.networks import BITS, Block, block_of, in_order, network_of, within
from ipplan.views import book, hilbert
from ipplan.views.hilbert import Box
from ipplan.views.material import AREA_TITLES
from ipplan.views.names import width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipplan.networks import Network
    from ipplan.plan import BlockRow, PoolRow
    from ipplan.views.book import Entry
    from ipplan.views.material import Material

SIZE = 720.0
_DEEPEST = 14  # bits below the picture's prefix: what is smaller is drawn together (a cell is 5.6 wide then)
_GRID = 6  # bits: eight by eight cells
_CROP = 6  # bits: a picture whose content takes less than 1/64 of the prefix shows the part with the content
_FONTS = (15.0, 12.0, 10.0, 9.0)
_GRID_FONT = 8.0
_SMALL = 60.0  # a rectangle in which every pixel counts
_LETTER, _CHARACTER = 0.58, 1.02  # widths in font sizes: of a Latin letter, of a Chinese character
_STEPS = (0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle: what it stands for, its colour classes, its hover title."""

    kind: str
    box: Box
    level: str
    use: str
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text in the picture; (x, y) is its lower left corner."""

    x: float
    y: float
    size: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the list below a picture."""

    name: str
    level: str
    prefix: str
    share: float | None
    count: int


@dataclass(slots=True)
class Picture:
    """One prefix of a pool. `shown` is the part of it that is drawn, `share` what is allocated of the whole."""

    row: PoolRow
    pool: str
    shown: Network
    share: float
    allocations: int
    shapes: list[Shape] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    lines: list[Box] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def height(self) -> float:
        """How high it is; it is `SIZE` wide."""
        return hilbert.height(self.shown, SIZE)


def use_class(share: float | None) -> str:
    """The colour class of a share: `u0` (below a quarter) to `u4` (nine tenths and more), `ux` if nobody counts."""
    return "ux" if share is None else f"u{sum(share >= step for step in _STEPS)}"


def percent(share: float) -> str:
    """A share as people read it; what is not nothing is never shown as 0 %."""
    return "< 0.1 %" if 0 < share < 0.001 else f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %"


def pictures(material: Material) -> list[Picture]:
    """A picture of each prefix of each pool, in the order of area, VRF and address."""
    plan = material.plan
    entries: dict[tuple[str, int], list[Entry]] = {}
    for entry in book.entries(material):
        entries.setdefault((entry.allocation.pool, entry.allocation.prefix.version), []).append(entry)
    blocks: dict[tuple[str, int], list[tuple[BlockRow, usage.Usage]]] = {}
    for block, filled in zip(plan.blocks, usage.blocks(plan), strict=True):
        blocks.setdefault((block.pool, block.prefix.version), []).append((block, filled))
    made = []
    for row in sorted(
        plan.pool_rows, key=lambda row: (list(AREA_TITLES).index(row.area), row.vrf, in_order(row.prefix))
    ):
        key = (row.pool, row.prefix.version)
        inside = [entry for entry in entries.get(key, []) if within(entry.allocation.prefix, row.prefix)]
        around = [pair for pair in blocks.get(key, []) if within(pair[0].prefix, row.prefix)]
        made.append(_picture(material, row, inside, around))
    return made


def _picture(
    material: Material, row: PoolRow, entries: list[Entry], blocks: list[tuple[BlockRow, usage.Usage]]
) -> Picture:
    taken = sum(entry.allocation.prefix.num_addresses for entry in entries)
    content = [*(entry.allocation.prefix for entry in entries), *(block.prefix for block, _ in blocks)]
    picture = Picture(
        row,
        material.pool_title(row.pool),
        _shown(row.prefix, content),
        taken / row.prefix.num_addresses,
        len(entries),
    )
    painter = _Painter(material, picture)
    for block, filled in sorted(blocks, key=lambda pair: (list(Level).index(pair[0].level), in_order(pair[0].prefix))):
        painter.block(block, filled)
    painter.entries(entries)
    if not blocks:
        for entry in entries:
            allocation = entry.allocation
            level = book.level_title(allocation.level)
            picture.items.append(Item(entry.subject, level, str(allocation.prefix), entry.used, 1))
    painter.grid()
    painter.place_labels()
    return picture


def _shown(pool: Network, content: Iterable[Network]) -> Network:
    """The pool's prefix, or the smallest part of it with all of its content if that is very small."""
    found = list(content)
    if not found:
        return pool
    bits = BITS[pool.version]
    first = min(int(network.network_address) for network in found)
    last = max(int(network.broadcast_address) for network in found)
    length = bits - (first ^ last).bit_length()
    if length - pool.prefixlen < _CROP:
        return pool
    length = min(length, bits - 8) if bits - 8 > pool.prefixlen else length
    return network_of(Block(first >> (bits - length) << (bits - length), length), pool.version)


@dataclass(slots=True)
class _Painter:
    """Fills a picture. Labels are placed at the end, those of larger rectangles first, where nothing is yet."""

    material: Material
    picture: Picture
    wanted: list[tuple[float, int, Box, str, str, str]] = field(default_factory=list)
    taken: list[Box] = field(default_factory=list)

    def box(self, network: Network) -> Box:
        return hilbert.box(network, self.picture.shown, SIZE)

    def deep(self, network: Network) -> bool:
        return network.prefixlen - self.picture.shown.prefixlen > _DEEPEST

    def block(self, block: BlockRow, filled: usage.Usage) -> None:
        """A region's block."""
        name, level = self.material.region_name(block.region), book.level_title(block.level)
        title = tr(
            mark("{region} ({level}): {prefix}, {share} allocated to {count}"),
            region=self.material.region_path(block.region),
            level=level,
            prefix=block.prefix,
            share=percent(filled.share),
            count=filled.allocations,
        )
        self.picture.items.append(Item(name, level, str(block.prefix), filled.share, filled.allocations))
        if not self.deep(block.prefix):
            made = self.box(block.prefix)
            self.picture.shapes.append(Shape("block", made, f"l-{block.level.value}", use_class(filled.share), title))
            self.want(made, name, str(block.prefix), "block")

    def entries(self, entries: list[Entry]) -> None:
        """The allocations; very small ones together."""
        together: dict[Network, list[Entry]] = {}
        length = self.picture.shown.prefixlen + _DEEPEST
        for entry in entries:
            prefix = entry.allocation.prefix
            if self.deep(prefix):
                shift = BITS[prefix.version] - length
                cell = network_of(Block(block_of(prefix).start >> shift << shift, length), prefix.version)
                together.setdefault(cell, []).append(entry)
            else:
                self.entry(entry)
        for cell, few in together.items():
            share = sum(entry.allocation.prefix.num_addresses for entry in few) / cell.num_addresses
            title = tr(
                mark("{prefix}: {count} allocations, {share} allocated"),
                prefix=cell,
                count=len(few),
                share=percent(share),
            )
            level = f"l-{few[0].allocation.level.value}"
            self.picture.shapes.append(Shape("few", self.box(cell), level, use_class(share), title))

    def entry(self, entry: Entry) -> None:
        """One allocation."""
        row = entry.allocation
        parts = [entry.subject, str(row.prefix), entry.function, entry.path]
        if entry.hosts is not None and entry.used is not None:
            parts.append(tr(mark("{hosts} hosts, {share} used"), hosts=entry.hosts, share=percent(entry.used)))
        made = self.box(row.prefix)
        title = " · ".join(part for part in parts if part)
        self.picture.shapes.append(Shape("entry", made, f"l-{row.level.value}", use_class(entry.used), title))
        self.want(made, entry.subject, str(row.prefix), "entry")

    def want(self, made: Box, name: str, prefix: str, kind: str) -> None:
        """Ask for a label."""
        self.wanted.append((-made.width * made.height, len(self.wanted), made, name, prefix, kind))

    def grid(self) -> None:
        """Lines between the cells of the grid; their prefixes are labels that give way to all others."""
        shown = self.picture.shown
        depth = _GRID - (BITS[shown.version] - shown.prefixlen) % 2
        depth = min(depth, BITS[shown.version] - shown.prefixlen)
        for number in range(1 << depth):
            length = shown.prefixlen + depth
            start = int(shown.network_address) + (number << (BITS[shown.version] - length))
            cell = network_of(Block(start, length), shown.version)
            made = self.box(cell)
            self.picture.lines.append(made)
            self.wanted.append((1.0, len(self.wanted), made, "", str(cell), "grid"))

    def place_labels(self) -> None:
        """The labels that have room."""
        for _, _, made, name, prefix, kind in sorted(self.wanted, key=lambda want: want[:2]):
            for size, lines in _sizes(made, name, prefix, kind):
                place = next(self.places(made, size, lines, kind), None)
                if place is None:
                    continue
                self.taken.append(place)
                for number, line in enumerate(lines):
                    baseline = place.y + size * (0.92 + 1.2 * number)
                    self.picture.labels.append(Label(place.x + 1, baseline, size, line, f"{kind}{int(line == prefix)}"))
                break

    def places(self, made: Box, size: float, lines: tuple[str, ...], kind: str) -> Iterator[Box]:
        """Where in a rectangle lines of text fit without touching others: left above, in the middle, left below."""
        wide = max(_wide(line, size) for line in lines) + 2
        high = size * 1.2 * len(lines) + 1
        pad = 1.0 if kind == "grid" or min(made.width, made.height) < _SMALL else 3.0
        if wide > made.width - pad or high > made.height - pad:
            return
        left, top = made.x + pad, made.y + pad
        middle = made.x + (made.width - wide) / 2, made.y + (made.height - high) / 2
        low = made.y + made.height - high - pad
        spots = [(left, top)] if kind == "grid" else [middle, (left, top), (left, low), (middle[0], top)]
        if kind == "block":
            spots = [(left, top), (left, low), middle, (middle[0], top)]
        for x, y in spots:
            place = Box(x, y, wide, high)
            if not any(_touch(place, other) for other in self.taken):
                yield place


def _sizes(made: Box, name: str, prefix: str, kind: str) -> Iterator[tuple[float, tuple[str, ...]]]:
    """What a label may look like, the best first."""
    if kind == "grid":
        yield _GRID_FONT, (prefix,)
        return
    for size in _FONTS if made.width >= 150 else _FONTS[1:]:
        yield size, (name, prefix)
    for size in _FONTS[1:]:
        yield size, (name,)
    half = -(-len(name) // 2)
    if width(name) > len(name) and len(name) > 2:  # Chinese may be broken anywhere
        for size in (*_FONTS[2:], _GRID_FONT):
            yield size, (name[:half], name[half:])


def _wide(text: str, size: float) -> float:
    """About how wide a text is."""
    chinese = width(text) - len(text)
    return size * (chinese * _CHARACTER + (len(text) - chinese) * _LETTER)


def _touch(one: Box, other: Box) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )
