"""Orders and cycles in a graph of needs: what must be done before what. Deterministic: equals keep their order."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping

Node = TypeVar("Node", bound="Hashable")


def components(needs: Mapping[Node, Collection[Node]]) -> list[list[Node]]:
    """The strongly connected components, each after those that it needs (Tarjan's algorithm without recursion).

    Members are in the mapping's order. Needs that are no nodes are ignored.
    """
    return _Search(needs).run()


class _Search(Generic[Node]):
    """Tarjan's search with its stacks."""

    def __init__(self, needs: Mapping[Node, Collection[Node]]) -> None:
        self._needs = needs
        self._position = {node: index for index, node in enumerate(needs)}
        self._number: dict[Node, int] = {}
        self._low: dict[Node, int] = {}
        self._open: dict[Node, None] = {}
        self._work: list[tuple[Node, Iterator[Node]]] = []
        self._found: list[list[Node]] = []

    def run(self) -> list[list[Node]]:
        """The components."""
        for root in self._needs:
            if root not in self._number:
                self._enter(root)
                while self._work:
                    self._step()
        return self._found

    def _enter(self, node: Node) -> None:
        self._number[node] = self._low[node] = len(self._number)
        self._open[node] = None
        known = [need for need in self._needs[node] if need in self._position]
        self._work.append((node, iter(sorted(known, key=self._position.__getitem__))))

    def _step(self) -> None:
        """Follow the next need of the innermost node, or leave the node."""
        node, rest = self._work[-1]
        for need in rest:
            if need not in self._number:
                self._enter(need)
                return
            if need in self._open:
                self._low[node] = min(self._low[node], self._number[need])
        self._work.pop()
        if self._work:
            above = self._work[-1][0]
            self._low[above] = min(self._low[above], self._low[node])
        if self._low[node] == self._number[node]:
            members: list[Node] = []
            while not members or members[-1] != node:
                members.append(self._open.popitem()[0])
            self._found.append(sorted(members, key=self._position.__getitem__))


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
