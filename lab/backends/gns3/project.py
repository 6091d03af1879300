"""A project on a GNS3 server: built from a topology, read back, started, removed.

A node's ports are taken in the order in which the server lists them; the first is the management interface where the
kind has one. What was built is read back and compared, so that "up" never rests on a request alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import LabError
from inventory.text import Message
from lab import boxed
from lab.backends.gns3.api import COMPUTE, Api, RefusedRequestError
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lab.casting import NodeType
    from lab.foreign import End, Foreign
    from lab.startup import Startup
    from lab.topology import Node

_APART: Final = 120  # pixels between nodes on the canvas
# These take another number of adapters when they are asked to; other nodes have the ports that their template gives.
_ADAPTABLE: Final = frozenset({"docker", "qemu"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A node as the server has it."""

    name: str
    status: str
    console: str


class Project:
    """One project, by the identifier that we chose for it."""

    def __init__(self, api: Api, identifier: str) -> None:
        self._api = api
        self.identifier = identifier

    @property
    def _path(self) -> str:
        return f"/projects/{self.identifier}"

    def create(self, name: str) -> None:
        """The empty project; LabError if the name is taken."""
        what = Message("creating the project {name}", name=name)
        body = {"name": name, "project_id": self.identifier, "auto_close": False}
        self._api.ask("POST", "/projects", what, json=body)

    def build(self, network: Foreign, starts: Mapping[str, Startup], step: Callable[[Message], None]) -> None:
        """Nodes, start-up configurations and links; LabError names every template that the server lacks."""
        templates = self._api.templates()
        lacking = sorted({entry.kind for entry in network.types.values()} - templates.keys())
        if lacking:
            raise LabError(
                Message("the GNS3 server has no template {names}", names=", ".join(f"“{name}”" for name in lacking)),
                Message("import those appliances there, or name other templates in lab/gns3.yaml"),
            )
        made: dict[str, dict[str, Any]] = {}
        columns = ceil(sqrt(len(network.nodes)))
        for place, node in enumerate(network.nodes):
            x, y = place % columns * _APART, place // columns * _APART
            entry = network.types[node.name]
            made[node.name] = self._node(node, entry, templates[entry.kind], network.ports_of(node.name), (x, y))
            self._configure(node, entry, starts[node.name], made[node.name]["node_id"])
        step(Message("{count} nodes are there; wiring them", count=len(made)))
        for a, b in network.links:
            ends = [_end(made[name], network.types[name], number) for name, number in (a, b)]
            what = Message("wiring {a} to {b}", a=a[0], b=b[0])
            self._api.ask("POST", f"{self._path}/links", what, json={"nodes": ends})

    def _node(self, node: Node, entry: NodeType, template: str, ports: int, place: tuple[int, int]) -> dict[str, Any]:
        what = Message("creating the node {name}", name=node.name)
        body = {"x": place[0], "y": place[1], "name": node.name, "compute_id": COMPUTE}
        made: dict[str, Any] = self._api.ask("POST", f"{self._path}/templates/{template}", what, json=body)
        needed = ports + bool(entry.management)
        properties = dict(entry.settings)
        if needed > len(made["ports"]) and made["node_type"] in _ADAPTABLE:
            properties["adapters"] = needed
        if made["name"] != node.name or properties:
            # A template may name its nodes itself.
            path = f"{self._path}/nodes/{made['node_id']}"
            made = self._api.ask("PUT", path, what, json={"name": node.name, "properties": properties})
        if needed > len(made["ports"]):
            raise LabError(
                Message(
                    "{name} needs {needed} ports, the template “{kind}” gives {count}",
                    name=node.name,
                    needed=needed,
                    kind=entry.kind,
                    count=len(made["ports"]),
                ),
                Message("give the template more adapters, or leave neighbours out with --where"),
            )
        return made

    def _configure(self, node: Node, entry: NodeType, start: Startup, identifier: str) -> None:
        text = _pc(node) if entry.startup == "pc" else boxed.script(start.spec) if start.spec else start.text
        if not text:
            return
        what = Message("handing {name} its start-up configuration", name=node.name)
        if entry.into:
            self._api.ask("POST", f"{self._path}/nodes/{identifier}/files/{entry.into}", what, content=text)
        else:
            self._api.ask("POST", f"{self._path}/files/{loose(node.name)}", what, content=text)

    def start(self) -> None:
        """Start all nodes."""
        self._api.ask("POST", f"{self._path}/nodes/start", Message("starting the nodes"), json={})

    def seen(self) -> tuple[Seen, ...]:
        """The nodes as the server has them."""
        rows = self._api.ask("GET", f"{self._path}/nodes", Message("asking for the nodes"))
        return tuple(Seen(row["name"], row["status"], f"{row['console_host']}:{row['console']}") for row in rows)

    def links(self) -> frozenset[frozenset[tuple[str, int, int]]]:
        """The links as the server has them, each as two of (node, adapter, port)."""
        names = {row["node_id"]: row["name"] for row in self._rows("nodes")}
        return frozenset(
            frozenset((names[end["node_id"]], end["adapter_number"], end["port_number"]) for end in row["nodes"])
            for row in self._rows("links")
        )

    def differences(self, network: Foreign) -> list[Message]:
        """What the server has otherwise than it was asked for: nothing, if all went well."""
        rows = {row["name"]: row for row in self._rows("nodes")}
        wanted = {node.name for node in network.nodes}
        found = [Message("the node {name} is not there", name=name) for name in sorted(wanted - rows.keys())]
        found += [
            Message("there is a node {name} that nobody asked for", name=name) for name in sorted(rows.keys() - wanted)
        ]
        if found:
            return found
        links = self.links()
        expected = {
            frozenset(_place(rows[name], network.types[name], number) for name, number in link): link
            for link in network.links
        }
        found += [_unwired(expected[link]) for link in expected.keys() - links]
        found += [Message("there is a link that nobody asked for")] * len(links - expected.keys())
        return found

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._api.ask("GET", f"{self._path}/{kind}", Message("reading the project back"))
        return rows

    def remove(self) -> None:
        """End and delete the project; one that is gone already is no error."""
        try:
            self._api.ask("DELETE", self._path, Message("deleting the project"))
        except RefusedRequestError as error:
            if error.status != 404:
                raise


def loose(node: str) -> str:
    """Where in the project a text stands that the server cannot hand to its node."""
    return f"{node}.cfg"


def _place(made: Mapping[str, Any], entry: NodeType, number: int) -> tuple[str, int, int]:
    port = made["ports"][number if entry.management else number - 1]
    return made["name"], port["adapter_number"], port["port_number"]


def _end(made: Mapping[str, Any], entry: NodeType, number: int) -> dict[str, Any]:
    _, adapter, port = _place(made, entry, number)
    return {"node_id": made["node_id"], "adapter_number": adapter, "port_number": port}


def _unwired(link: Iterable[End]) -> Message:
    a, b = (f"{name}:{number}" for name, number in link)
    return Message("the link from {a} to {b} is not there", a=a, b=b)


def _pc(node: Node) -> str:
    """The commands of VPCS, a simulated PC: name, address, gateway."""
    address = next((address for port in node.ports for address in port.addresses), None)
    if node.kind is NodeKind.DEVICE or address is None:
        return ""
    gateway = next((route.via for route in node.routes if route.via is not None), None)
    return f"set pcname {node.name}\nip {address}{f' {gateway}' if gateway else ''}\n"
