"""Orders and cycles in a graph of needs: what must be done before what. Deterministic: equals keep their order."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping

Node = TypeVar("Node", bound="Hashable")


def components(needs: Mapping[Node, Collection[Node]]) -> list[list[Node]]:
    """The strongly connected components, each after those that it needs (Tarjan's algorithm without recursion).

    Members are in the mapping's order. Needs that are no nodes are ignored.
    """
    position = {node: index for index, node in enumerate(needs)}
    number: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_nodes: list[Node] = []
    is_open: set[Node] = set()
    found: list[list[Node]] = []
    for root in needs:
        if root in number:
            continue
        work: list[tuple[Node, Iterator[Node]]] = []

        def enter(node: Node, work: list[tuple[Node, Iterator[Node]]] = work) -> None:
            number[node] = low[node] = len(number)
            open_nodes.append(node)
            is_open.add(node)
            work.append((node, iter(sorted((need for need in needs[node] if need in position), key=position.__getitem__))))

        enter(root)
        while work:
            node, rest = work[-1]
            for need in rest:
                if need not in number:
                    enter(need)
                    break
                if need in is_open:
                    low[node] = min(low[node], number[need])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    members: list[Node] = []
                    while True:
                        member = open_nodes.pop()
                        is_open.discard(member)
                        members.append(member)
                        if member == node:
                            break
                    found.append(sorted(members, key=position.__getitem__))
    return found


def ordered(needs: Mapping[Node, Collection[Node]]) -> tuple[list[Node], list[Node]]:
    """All nodes after what they need, otherwise in the mapping's order; and one cycle if there is any.

    With a cycle the order ends before it; the cycle lists each node before the one that it needs.
    """
    position = {node: index for index, node in enumerate(needs)}
    nodes = list(needs)
    waiting = {node: sum(1 for need in set(needs[node]) if need in position) for node in needs}
    needed_by: dict[Node, list[Node]] = {}
    for node in needs:
        for need in set(needs[node]):
            if need in position:
                needed_by.setdefault(need, []).append(node)
    ready = [position[node] for node, count in waiting.items() if not count]
    heapq.heapify(ready)
    order: list[Node] = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        order.append(node)
        for next_node in needed_by.get(node, ()):
            waiting[next_node] -= 1
            if not waiting[next_node]:
                heapq.heappush(ready, position[next_node])
    if len(order) == len(nodes):
        return order, []
    return order, _cycle({node: needs[node] for node in nodes if waiting[node]}, position)


def _cycle(needs: Mapping[Node, Collection[Node]], position: Mapping[Node, int]) -> list[Node]:
    """A cycle among nodes of which each waits for another one."""
    node = next(iter(needs))
    seen: dict[Node, int] = {}
    path: list[Node] = []
    while node not in seen:
        seen[node] = len(path)
        path.append(node)
        node = min((need for need in needs[node] if need in needs), key=position.__getitem__)
    return path[seen[node] :]
