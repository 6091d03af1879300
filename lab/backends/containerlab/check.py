"""Is a containerlab topology file sound? By a JSON schema first, then by what no schema says: nodes, links, addresses.

The shipped schema is ours, written from containerlab's manual; the project's own can be given beside it. A schema lets
through a link to a node that does not exist, an interface used twice, an address given twice: those are checked here.
"""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.sources import decode, read_bytes, yaml
from inventory.sources.yaml import path_text
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inventory.sources.yaml import Document
    from inventory.sources.yaml import Path as Place

SCHEMA: Final = Path(__file__).parent / "topology.schema.json"
# These stand for the lab's host and its networks in a link; they are no nodes of the file.
_BUILT_IN: Final = frozenset({"host", "mgmt-net", "macvlan"})
# Kinds that are no container of their own, so they need no image.
_NO_IMAGE: Final = frozenset({"bridge", "ovs-bridge", "host", "ext-container", "k8s-kind"})
_BRIDGES: Final = frozenset({"bridge", "ovs-bridge", "host"})
_NODE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]+")  # docker's rule for a container's name
_INTERFACE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]*")
_LONGEST: Final = 15  # a kernel's interface name; a vendor's alias has a slash and is longer
_MANAGEMENT: Final = "eth0"
_DEFAULT_SUBNET: Final = "172.20.20.0/24"  # manual/network: the management network if the file names none


def check(path: Path, name: str = "", schema: Path | None = None) -> dict[str, Any]:
    """The document of a topology file; InputError with every fault, each with its line. `schema`: one more to hold."""
    name = name or path.name
    document = _typed(read_bytes(path, name), name)
    problems = by_schema(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    if schema is not None:
        problems += by_schema(document, _foreign_schema(schema))
    if not problems:
        problems = list(_Links(document, path.parent).problems())
    if problems:
        unique = dict.fromkeys(problems)
        raise InputError(sorted(unique, key=lambda problem: (problem.line, problem.code)))
    data: dict[str, Any] = document.data
    return data


def _typed(data: bytes, name: str) -> Document:
    """The document with the lines of its parts, and with numbers and truth values as YAML reads them."""
    import yaml as library  # noqa: PLC0415 - start-up time

    document = yaml.parse(data, name)
    loader = getattr(library, "CSafeLoader", library.SafeLoader)
    try:
        document.data = library.load(decode(data, name).text, Loader=loader)  # noqa: S506 - one of the safe ones
    except (library.YAMLError, ValueError) as error:
        hint = Message("put it into quotation marks if it is meant as a text")
        raise InputError(
            [Problem("bad-yaml", Message("a value cannot be read: {why}", why=error), hint, name)]
        ) from None
    return document


def _foreign_schema(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(read_bytes(path, str(path)))
    except ValueError as error:
        problem = Problem(
            "bad-schema", Message("this is no JSON: {why}", why=error), Message("give a JSON schema"), str(path)
        )
        raise InputError([problem]) from None
    return found


def by_schema(document: Document, schema: Mapping[str, Any]) -> list[Problem]:
    """What a JSON schema says against a document, each fault with its line."""
    import jsonschema_rs  # noqa: PLC0415 - start-up time

    try:
        validator = jsonschema_rs.validator_for(dict(schema), validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError) as error:
        problem = Problem("bad-schema", Message("the schema cannot be used: {why}", why=error), Message("give another"))
        raise InputError([problem]) from None
    return [_problem(document, each) for error in validator.iter_errors(document.data) for each in _causes(error)]


def _causes(error: Any) -> Iterator[Any]:
    """The errors of the one alternative that was meant: that a value is not null helps nobody."""
    if error.kind.name in {"oneOf", "anyOf"}:
        kept = [
            branch
            for branch in error.kind.context
            if branch and not any(each.kind.name == "type" and not _below(each, error) for each in branch)
        ]
        if len(kept) == 1:
            for each in kept[0]:
                yield from _causes(each)
            return
    yield error


def _below(inner: Any, outer: Any) -> bool:
    return len(inner.instance_path) > len(outer.instance_path)


def _problem(document: Document, error: Any) -> Problem:
    place: Place = tuple(error.instance_path)
    message, hint = _said(error)
    if error.kind.name == "additionalProperties":
        place = (*place, error.kind.unexpected[0])
    return Problem(
        "clab-schema", message, hint, document.file, document.line(place), path_text(place) if place else "topology"
    )


def _said(error: Any) -> tuple[Message, Message]:
    kind = error.kind
    if kind.name == "required":
        return Message("the key “{key}” is missing", key=kind.property), Message("add it: {key}: …", key=kind.property)
    if kind.name == "additionalProperties":
        return (
            Message("a containerlab file has no key “{key}” here", key=kind.unexpected[0]),
            Message("remove it, or mind the spelling"),
        )
    if kind.name == "enum":
        value, options = str(error.instance), [str(option) for option in kind.options]
        near = nearest(value, options)
        return (
            Message("containerlab knows no “{value}” here", value=value),
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("write one of: {names}", names=", ".join(options[:12])),
        )
    if kind.name in {"minItems", "maxItems"} and error.instance_path[-1:] == ["endpoints"]:
        return (
            Message("a link has two endpoints, this one has {count}", count=len(error.instance)),
            Message('write endpoints: ["node1:eth1", "node2:eth1"]'),
        )
    return (
        Message("containerlab does not take this value: {why}", why=error.message),
        Message("see containerlab.dev/manual/topo-def-file"),
    )


class _Links:
    """Nodes, links and management addresses of a document that the schema has nothing against."""

    def __init__(self, document: Document, folder: Path) -> None:
        self._document = document
        self._folder = folder
        topology = document.data["topology"]
        self._nodes: dict[str, Any] = {str(name): node or {} for name, node in topology["nodes"].items()}
        self._defaults: dict[str, Any] = topology.get("defaults") or {}
        self._kinds: dict[str, Any] = topology.get("kinds") or {}
        self._groups: dict[str, Any] = topology.get("groups") or {}
        self._links: list[Any] = topology.get("links") or []
        self._mgmt: dict[str, Any] = document.data.get("mgmt") or {}

    def problems(self) -> Iterator[Problem]:
        """Every fault."""
        for name in self._nodes:
            yield from self._node(name)
        yield from self._cables()
        yield from self._addresses()

    def _fault(self, place: Place, message: Message, hint: Message) -> Problem:
        document = self._document
        return Problem("clab-topology", message, hint, document.file, document.line(place), path_text(place))

    def _value(self, name: str, key: str) -> Any:
        """A node's property: its own, its group's, its kind's, the default."""
        node = self._nodes[name]
        group = self._groups.get(str(node.get("group") or self._defaults.get("group"))) or {}
        kind = node.get("kind") or group.get("kind") or self._defaults.get("kind")
        if key == "kind":
            return kind
        of_kind = self._kinds.get(str(kind)) or {}
        return next((part[key] for part in (node, group, of_kind, self._defaults) if part.get(key)), None)

    def _node(self, name: str) -> Iterator[Problem]:
        place: Place = ("topology", "nodes", name)
        if not _NODE_NAME.fullmatch(name):
            yield self._fault(
                place,
                Message("“{name}” cannot name a container", name=name),
                Message("write two or more letters, digits, dots, dashes or underscores"),
            )
        kind = self._value(name, "kind")
        if kind is None:
            yield self._fault(
                place, Message("the node “{name}” has no kind", name=name), Message("add kind: …, e.g. kind: linux")
            )
        elif kind not in _NO_IMAGE and not self._value(name, "image"):
            yield self._fault(
                place, Message("the node “{name}” has no image", name=name), Message("add image: …, or one to its kind")
            )
        node = self._nodes[name]
        files: list[tuple[Place, str]] = [(("startup-config",), node.get("startup-config", ""))]
        files += [(("binds", number), bind.split(":")[0]) for number, bind in enumerate(node.get("binds") or ())]
        for key, file in files:
            relative = file and "\n" not in file and not file.startswith(("/", "~", "__clab", "http:", "https:"))
            if relative and not (self._folder / file).exists():
                yield self._fault(
                    (*place, *key),
                    Message("the file {file} is not there", file=file),
                    Message("paths are relative to the topology file"),
                )

    def _cables(self) -> Iterator[Problem]:
        taken: dict[tuple[str, str], int] = {}
        for number, link in enumerate(self._links):
            base: Place = ("topology", "links", number)
            found = [("endpoints", end) for end in enumerate(link.get("endpoints") or ())]
            ends = [((*base, key, place), end) for key, (place, end) in found]
            if "endpoint" in link:
                ends.append(((*base, "endpoint"), link["endpoint"]))
            for place, end in ends:
                yield from self._end(place, end, taken)

    def _end(self, place: Place, end: Any, taken: dict[tuple[str, str], int]) -> Iterator[Problem]:
        node, interface = (end["node"], end["interface"]) if isinstance(end, dict) else end.split(":")[:2]
        if node in _BUILT_IN and node not in self._nodes:
            bridged = True
        elif node not in self._nodes:
            near = nearest(node, self._nodes)
            yield self._fault(
                place,
                Message("the link leads to “{name}”, which is no node of this file", name=node),
                Message("did you mean “{name}”?", name=near) if near else Message("add the node, or remove the link"),
            )
            return
        else:
            bridged = self._value(node, "kind") in _BRIDGES
        long = len(interface) > _LONGEST and (bridged or "/" not in interface)
        if not _INTERFACE.fullmatch(interface) or long or (interface == _MANAGEMENT and not bridged):
            yield self._fault(
                place,
                Message("“{name}” cannot be an interface in a link", name=interface),
                Message("write eth1, eth2, …; eth0 is the management network's; at most 15 characters"),
            )
        # A bridge's ports are interfaces of the lab's host: their names are unique in the whole file.
        key = ("" if bridged else node, interface)
        line = self._document.line(place)
        if key in taken:
            yield self._fault(
                place,
                Message(
                    "{node}:{interface} is already used in line {line}", node=node, interface=interface, line=taken[key]
                ),
                Message("an interface has one cable: name another one"),
            )
        taken.setdefault(key, line)

    def _addresses(self) -> Iterator[Problem]:
        text = self._mgmt.get("ipv4-subnet", _DEFAULT_SUBNET)
        subnet = None
        if text != "auto":
            try:
                subnet = IPv4Network(text)
            except ValueError:
                yield self._fault(
                    ("mgmt", "ipv4-subnet"),
                    Message("“{text}” is no IPv4 network", text=text),
                    Message("write its first address and its length, e.g. 172.20.20.0/24"),
                )
                return
        given: dict[IPv4Address, tuple[str, int]] = {}
        if "ipv4-gw" in self._mgmt:
            place: Place = ("mgmt", "ipv4-gw")
            given[IPv4Address(self._mgmt["ipv4-gw"])] = ("ipv4-gw", self._document.line(place))
        elif subnet is not None:
            given[subnet[1]] = ("ipv4-gw", self._document.line(("mgmt",)))
        for name, node in self._nodes.items():
            if "mgmt-ipv4" not in node:
                continue
            place = ("topology", "nodes", name, "mgmt-ipv4")
            address = IPv4Address(node["mgmt-ipv4"])
            outside = subnet is not None and (
                address not in subnet or address in (subnet.network_address, subnet.broadcast_address)
            )
            if outside:
                yield self._fault(
                    place,
                    Message(
                        "{address} is no host's address in the management network {network}",
                        address=address,
                        network=text,
                    ),
                    Message("give another address, or a wider ipv4-subnet"),
                )
            if address in given:
                owner, line = given[address]
                yield self._fault(
                    place,
                    Message(
                        "{address} already belongs to {owner} (line {line})", address=address, owner=owner, line=line
                    ),
                    Message("give another address"),
                )
            given.setdefault(address, (name, self._document.line(place)))
