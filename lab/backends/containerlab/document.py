"""A topology as containerlab's files: the topology file, start-up configurations, the image of the plain Linux nodes.

https://containerlab.dev/manual/topo-def-file/ and /manual/nodes/. The management network has the addresses that the
inventory gives, and the station's address as its gateway, so that the machine that runs the lab is what the devices
know as their management station.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any, Final

from inventory.text import Message, tr
from lab import boxed
from lab.backends.containerlab import check as checking
from lab.files import Written
from lab.foreign import foreign
from lab.startup import Startup, startups
from lab.topology import NOC, NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from lab.casting import NodeType
    from lab.foreign import Foreign
    from lab.topology import Node, Topology

NAME: Final = "containerlab"
SUFFIX: Final = ".clab.yml"
_SCRIPT: Final = "/govnet-start.sh"
_WIDEST: Final = 16  # a management network is not made wider than this to hold all addresses
_LINUX: Final = "linux"


def write(topology: Topology, texts: Path | None = None) -> Written:
    """The files of a topology that was cast for containerlab."""
    network = foreign(topology, NAME)
    starts = startups(topology, network.nodes, network.types, texts)
    name = lab_name(topology)
    mgmt, given, notes = management_network(topology)
    files: dict[str, str] = {}
    nodes = {}
    for node in network.nodes:
        entry = network.types[node.name]
        start = starts[node.name]
        nodes[node.name] = _node(topology, node, entry, start, given, files)
        if start.why is not None:
            notes.append(Message("{device} starts without a configuration: {why}", device=node.name, why=start.why))
    if any(entry.image == boxed.IMAGE for entry in network.types.values()):
        files["image/Dockerfile"] = boxed.dockerfile()
        notes.append(
            Message("build the plain Linux nodes' image once: docker build -t {image} image", image=boxed.IMAGE)
        )
    document: dict[str, Any] = {
        "name": name,
        "mgmt": mgmt,
        "topology": {"kinds": _kinds(network), "nodes": nodes, "links": _links(network)},
    }
    entry_file = f"{name}{SUFFIX}"
    files[entry_file] = head(topology, tr("A containerlab topology that govnet wrote.")) + as_yaml(document)
    return Written(files, entry_file, len(nodes), len(document["topology"]["links"]), tuple(notes))


def check(entry: Path) -> object:
    """Read a topology file back."""
    return checking.check(entry)


def lab_name(topology: Topology) -> str:
    """The lab's name: the workspace's folder, without what containerlab uses to join names."""
    return re.sub(r"[^a-z0-9]+", "", topology.workspace.root.absolute().name.lower()) or "govnet"


def _node(
    topology: Topology,
    node: Node,
    entry: NodeType,
    start: Startup,
    given: Collection[str],
    files: dict[str, str],
) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": entry.kind, "image": entry.image, **entry.settings}
    device = topology.workspace.inventory.devices.get(node.name) if node.kind is NodeKind.DEVICE else None
    if device is not None and device.address is not None and str(device.address.ip) in given:
        found["mgmt-ipv4"] = str(device.address.ip)
    if start.spec is not None:
        path = f"nodes/{node.name}.sh"
        files[path] = boxed.script(start.spec)
        found["sysctls"] = boxed.sysctls(start.spec)
        found["binds"] = [f"{path}:{_SCRIPT}:ro"]
        found["exec"] = [f"sh {_SCRIPT}"]
    elif start.text:
        path = f"nodes/{node.name}.cfg"
        files[path] = start.text
        found["startup-config"] = path
    stand_in = next((item for item in topology.substitutions if item.device == node.name), None)
    if stand_in is not None:
        found["labels"] = {"govnet-stands-in-for": stand_in.platform}
    return found


def _kinds(network: Foreign) -> dict[str, Any]:
    """Plain Linux is not privileged, though containerlab would have it so; a virtual machine's container has to be."""
    if not any(entry.kind == _LINUX for entry in network.types.values()):
        return {}
    return {_LINUX: {"privileged": False, "cap-add": list(boxed.CAPABILITIES), "devices": list(boxed.DEVICES)}}


def _links(network: Foreign) -> list[dict[str, Any]]:
    """Each kind takes its ports by the container's own names, eth1 and on, whatever its system calls them."""
    return [{"endpoints": [f"{name}:eth{number}" for name, number in link]} for link in network.links if _wired(link)]


def _wired(link: Iterable[tuple[str, int]]) -> bool:
    return all(number > 0 for _, number in link)


def management_network(topology: Topology) -> tuple[dict[str, Any], frozenset[str], list[Message]]:
    """The management network of the lab, the devices' addresses that it gives, and what to say about it."""
    own = [
        device.address.ip
        for device in topology.devices
        if device.address is not None and isinstance(device.address.ip, IPv4Address)
    ]
    mgmt: dict[str, Any] = {"network": f"govnet-{lab_name(topology)}"}
    station = next((node.address for node in topology.nodes if node.name == NOC), None)
    if not own or not isinstance(station, IPv4Address):
        return mgmt, frozenset(), []
    # Every node gets an address of it: ours, or one that the lab chooses; the network's three own come on top.
    cover = _cover([*own, station], len(topology.nodes) + 3)
    if cover.prefixlen < _WIDEST:
        return (
            mgmt,
            frozenset(),
            [Message("the devices' management addresses lie too far apart for one network: the lab gives them others")],
        )
    mgmt |= {"ipv4-subnet": str(cover), "ipv4-gw": str(station)}
    twice = {address for address in own if own.count(address) > 1}
    return mgmt, frozenset(str(address) for address in own if address not in twice | {station}), []


def _cover(addresses: list[IPv4Address], room: int) -> IPv4Network:
    """The smallest network in which all of them are hosts, with room for so many addresses in all."""
    for length in range(30, -1, -1):
        network = IPv4Network((min(addresses), length), strict=False)
        ends = {network.network_address, network.broadcast_address}
        if network.num_addresses >= room and max(addresses) in network and not ends & set(addresses):
            return network
    return IPv4Network("0.0.0.0/0")


def head(topology: Topology, title: str) -> str:
    """The comment at a file's beginning: what it is, and what stands in for what."""
    lines = [title]
    lines += [
        tr(
            "{device}: {stand_in} stands in for {platform}: {why}",
            device=item.device,
            stand_in=item.stand_in,
            platform=item.platform,
            why=item.why,
        )
        for item in topology.substitutions
    ]
    return "".join(f"# {line}\n" for line in lines)


def as_yaml(document: Mapping[str, Any]) -> str:
    """A document as YAML, without references from one part to another."""
    import json  # noqa: PLC0415 - only here

    import yaml  # noqa: PLC0415 - start-up time

    document = json.loads(json.dumps(document))
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120)
    return text
