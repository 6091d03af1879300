"""The network of a rehearsal as an SVG drawing: devices by their distance from the middle, hosts beside them.

Whatever has most lines stands at the top; what is one line further from it, one row further down. A device that a
finding names is red, one that something stands in for is dashed.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lab.topology import Topology

WIDTH = 1060
BOX = 108
ROW = 92
PER_ROW = 9


class Box(NamedTuple):
    """A device in the drawing, by its middle."""

    name: str
    x: float
    y: float
    red: bool
    dashed: bool
    hosts: tuple[str, ...]


class Stroke(NamedTuple):
    """A line between two devices."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float


class Drawing(NamedTuple):
    """Everything, with the height that it needs."""

    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    width: int
    height: int


def drawing(topology: Topology, hosts: Mapping[str, Sequence[str]], red: Collection[str]) -> Drawing:
    """The drawing of a topology; `hosts` are those of each device."""
    names = [device.name for device in topology.devices]
    lines = [link for link in topology.links if link.a[0] in names and link.b[0] in names]
    stand_ins = {one.device for one in topology.substitutions}
    places: dict[str, tuple[float, float]] = {}
    height = 0.0
    for row in _rows(names, [(link.a[0], link.b[0]) for link in lines]):
        height += ROW
        for number, name in enumerate(row):
            places[name] = (WIDTH * (number + 0.5) / len(row), height - ROW / 2)
    boxes = tuple(
        Box(name, *places[name], name in red, name in stand_ins, tuple(hosts.get(name, ()))) for name in names
    )
    strokes = tuple(Stroke(link.line, *places[link.a[0]], *places[link.b[0]]) for link in lines)
    return Drawing(boxes, strokes, WIDTH, int(height))


def _rows(names: Sequence[str], lines: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
    """The devices by their distance from the one with most lines; long rows are cut."""
    near: dict[str, list[str]] = defaultdict(list)
    for a, b in lines:
        near[a].append(b)
        near[b].append(a)
    left = dict.fromkeys(names)
    while left:
        first = max(left, key=lambda name: len(near[name]))
        depth = {first: 0}
        queue = deque([first])
        while queue:
            here = queue.popleft()
            for there in near[here]:
                if there not in depth:
                    depth[there] = depth[here] + 1
                    queue.append(there)
        for level in range(max(depth.values()) + 1):
            row = [name for name in names if depth.get(name) == level]
            yield from (row[start : start + PER_ROW] for start in range(0, len(row), PER_ROW))
        for name in depth:
            left.pop(name, None)
