"""A topology as another program runs it: kinds of node and numbered ports in place of our names.

Port 0 of a device is its management interface; its data ports, and all ports of a host, count from 1. The management
station is not among the nodes: such a program has a management network of its own, or none. Nor are loose ends, where
the program can do without.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from inventory.errors import LabError
from inventory.text import Message
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lab.casting import Cast, NodeType
    from lab.topology import Node, Port, Topology

End: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Foreign:
    """The nodes to create, the type of each, and the cables between their ports, each as (node, number)."""

    nodes: tuple[Node, ...]
    types: Mapping[str, NodeType]
    links: tuple[tuple[End, End], ...]

    def ports_of(self, node: str) -> int:
        """The highest number of a node's ports with a cable."""
        return max((number for link in self.links for name, number in link if name == node), default=0)


def foreign(topology: Topology, backend: str) -> Foreign:
    """The topology for a back end that has a table of node types; LabError if the table lacks a kind of host."""
    cast = topology.cast
    assert cast is not None  # noqa: S101 - a topology of such a back end has one
    shown = [
        node
        for node in topology.nodes
        if node.kind is not NodeKind.NOC and (node.kind is not NodeKind.NOWHERE or node.kind.value in cast.hosts)
    ]
    types = {node.name: _type(cast, node, backend) for node in shown}
    numbers = {(node.name, port.name): number for node in shown for port, number in _numbered(cast, node)}
    return Foreign(
        tuple(_renamed(node, types[node.name]) for node in shown),
        types,
        tuple(
            ((link.a[0], numbers[link.a]), (link.b[0], numbers[link.b]))
            for link in topology.links
            if link.a in numbers and link.b in numbers
        ),
    )


def _type(cast: Cast, node: Node, backend: str) -> NodeType:
    entry = cast.types.get(node.name) if node.kind is NodeKind.DEVICE else cast.hosts.get(node.kind.value)
    if entry is None:
        raise LabError(
            Message("no node type of the {backend} lab plays “{kind}”", backend=backend, kind=node.kind.value),
            Message("add it to `plays` of one in lab/{backend}.yaml", backend=backend),
        )
    return entry


def _numbered(cast: Cast, node: Node) -> Iterator[tuple[Port, int]]:
    for place, port in enumerate(node.ports, start=1):
        yield port, cast.numbers[node.name, port.name] if node.kind is NodeKind.DEVICE else place


def _renamed(node: Node, entry: NodeType) -> Node:
    """A host with its ports named as its kind names them; a device's ports have their names already."""
    if node.kind is NodeKind.DEVICE:
        return node
    ports = tuple(replace(port, name=entry.port(place)) for place, port in enumerate(node.ports, start=1))
    return replace(node, ports=ports)
