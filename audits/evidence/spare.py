"""Which devices one line can cut off, by the inventory: the bridges of the graph of lines.

Tunnels run over lines to the internet, so what counts for them are those: a device whose tunnels all use one such line
hangs on it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from audits.model import Observed, Source
from inventory.model import LineKind
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inventory.model import Inventory

_INTERNET = ""  # the node behind every line to the internet


def observe(devices: Iterable[str], inventory: Inventory) -> Iterator[Observed]:
    """`no_spare_line` of devices of the inventory."""
    edges = _edges(inventory)
    cut = cut_off(edges)
    touched = {node for pair in edges.values() for node in pair}
    for device in devices:
        if device not in touched:
            why = Message("the inventory has no line to another device")
            yield Observed(device, "no_spare_line", None, Source.PLAN, why)
        elif device in cut:
            lines = cut[device]
            why = Message("it hangs on the line {name}", name=lines[0])
            yield Observed(
                device, "no_spare_line", True, Source.PLAN, why, tuple(_record(inventory, line) for line in lines)
            )
        else:
            lines = [line for line, pair in edges.items() if device in pair]
            why = Message("no single line of the inventory cuts it off")
            yield Observed(
                device, "no_spare_line", False, Source.PLAN, why, tuple(_record(inventory, line) for line in lines)
            )


def cut_off(edges: Mapping[str, tuple[str, str]]) -> dict[str, list[str]]:
    """The nodes that the failure of one edge cuts off, and which edges those are, the nearest first.

    Edges are by name, so that two between the same nodes are two. Off means: from the node with the most edges of
    those that are connected at all.
    """
    beside: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, (one, other) in edges.items():
        beside[one].append((other, name))
        beside[other].append((one, name))
    found: dict[str, list[str]] = {}
    done: set[str] = set()
    for centre in sorted(beside, key=lambda node: (node == _INTERNET, -len(beside[node]))):
        if centre in done:
            continue
        bridges, nodes = _bridges(centre, beside)
        done |= nodes
        for edge, below in bridges:  # those further from the centre come first
            for node in _side(below, edge, beside):
                found.setdefault(node, []).append(edge)
    return found


def _bridges(root: str, beside: Mapping[str, list[tuple[str, str]]]) -> tuple[list[tuple[str, str]], set[str]]:
    """Tarjan's bridges without recursion, each with the node below it: nothing there reaches above the edge."""
    number, low = {root: 0}, {root: 0}
    stack = [(root, "", iter(beside[root]))]
    bridges: list[tuple[str, str]] = []
    while stack:
        node, way, rest = stack[-1]
        for other, edge in rest:
            if edge == way:
                continue
            if other not in number:
                number[other] = low[other] = len(number)
                stack.append((other, edge, iter(beside[other])))
                break
            low[node] = min(low[node], number[other])
        else:
            stack.pop()
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[node])
                if low[node] > number[above]:
                    bridges.append((way, node))
    return bridges, set(number)


def _side(node: str, edge: str, beside: Mapping[str, list[tuple[str, str]]]) -> set[str]:
    """The nodes that are reached from `node` without the edge."""
    inside, waiting = {node}, [node]
    while waiting:
        for other, name in beside[waiting.pop()]:
            if name != edge and other not in inside:
                inside.add(other)
                waiting.append(other)
    return inside


def _edges(inventory: Inventory) -> dict[str, tuple[str, str]]:
    tunnelled = {name for line in inventory.lines.values() if line.kind is LineKind.TUNNEL for name in line.devices}
    found: dict[str, tuple[str, str]] = {}
    for line in inventory.lines.values():
        if line.kind is LineKind.CIRCUIT and line.b is not None:
            found[line.name] = (line.a.device, line.b.device)
        elif line.kind is LineKind.INTERNET and line.a.device in tunnelled:
            found[line.name] = (line.a.device, _INTERNET)
    return found


def _record(inventory: Inventory, name: str) -> str:
    line = inventory.lines[name]
    ends = " – ".join(f"{end.device}:{end.interface}" for end in (line.a, line.b) if end is not None)
    place = f"{line.source.file}:{line.source.line}: " if line.source.file else ""
    return f"{place}{name} {line.kind.value} {ends}{f' {line.carrier}' if line.carrier else ''}"
