"""A topology as netlab's topology.yml: netlab.tools/topology-overview, /links and /custom-config-templates.

Addresses are the plan's: no link has a prefix of netlab's own pools. A device's configuration is a custom template
that netlab applies behind its own first steps; nothing in it is netlab's to fill in.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from inventory.sources import read_bytes, yaml
from inventory.text import Message, tr
from ipplan.addresses import device_addresses
from lab import boxed
from lab.backends.containerlab.document import as_yaml, head, lab_name, management_network
from lab.files import Written
from lab.foreign import foreign
from lab.startup import startups
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from ipaddress import IPv4Address
    from pathlib import Path

    from lab.foreign import Foreign
    from lab.topology import Node, Topology

NAME: Final = "netlab"
ENTRY: Final = "topology.yml"
TEMPLATES: Final = "govnet"
# Constants of netlab that a city is too large for (netsim/defaults/const.yml).
_CONSTANTS: Final = {"MAX_NODE_ID_LENGTH": 60, "MAX_NODE_ID": 5000}


def write(topology: Topology, texts: Path | None = None) -> Written:
    """The files of a topology that was cast for netlab."""
    network = foreign(topology, NAME)
    starts = startups(topology, network.nodes, network.types, texts)
    mgmt, given, notes = management_network(topology)
    # The engine keeps the network's first address for the lab's host: netlab has no word for another one.
    first = str(IPv4Network(mgmt["ipv4-subnet"])[1]) if "ipv4-subnet" in mgmt else ""
    if first in given:
        notes.append(Message("the lab's host takes {address}, so the device with it gets another one", address=first))
    given -= {first}
    free = _free(mgmt, given | {first})
    files: dict[str, str] = {}
    nodes: dict[str, Any] = {}
    for node in network.nodes:
        entry, start = network.types[node.name], starts[node.name]
        found: dict[str, Any] = {"device": entry.kind, **({"image": entry.image} if entry.image else {})}
        found |= entry.settings | _own(topology, node, given)
        if "mgmt" not in found and (address := next(free, None)) is not None:
            found["mgmt"] = {"ipv4": str(address)}  # netlab would count from the network's first, over the others
        nodes[node.name] = found
        text = boxed.script(start.spec) if start.spec is not None else start.text
        if text:
            found["config"] = [TEMPLATES]
            files[f"{TEMPLATES}/{node.name}.j2"] = f"{{% raw %}}{text}{{% endraw %}}\n"
        elif start.why is not None:
            notes.append(Message("{device} starts without a configuration: {why}", device=node.name, why=start.why))
    if any(entry.image == boxed.IMAGE for entry in network.types.values()):
        files["image/Dockerfile"] = boxed.dockerfile()
        notes.append(
            Message("build the plain Linux nodes' image once: docker build -t {image} image", image=boxed.IMAGE)
        )
    links = _links(topology, network)
    document = {
        "name": lab_name(topology)[:12],
        "provider": "clab",
        "defaults": {"const": _CONSTANTS},
        **({"addressing": {"mgmt": {"ipv4": mgmt["ipv4-subnet"]}}} if "ipv4-subnet" in mgmt else {}),
        "nodes": nodes,
        "links": links,
    }
    files[ENTRY] = head(topology, tr("A netlab topology that govnet wrote.")) + as_yaml(document)
    return Written(files, ENTRY, len(nodes), len(links), tuple(notes))


def check(entry: Path) -> object:
    """Read the file back as YAML; whether it is a topology, `netlab create` says."""
    return yaml.parse(read_bytes(entry, entry.name), entry.name).data


def _free(mgmt: Mapping[str, Any], taken: Collection[str]) -> Iterator[IPv4Address]:
    """Addresses of the management network that nobody has."""
    if "ipv4-subnet" in mgmt:
        yield from (one for one in IPv4Network(mgmt["ipv4-subnet"]).hosts() if str(one) not in taken)


def _own(topology: Topology, node: Node, given: Collection[str]) -> dict[str, Any]:
    """A node's management and loopback addresses; netlab gives it none of its own."""
    if node.kind is not NodeKind.DEVICE:
        return {"loopback": False, "role": "host"}
    device = topology.workspace.inventory.devices[node.name]
    found: dict[str, Any] = {"loopback": False}
    if device.address is not None and str(device.address.ip) in given:
        found["mgmt"] = {"ipv4": str(device.address.ip)}
    loopback = device_addresses(topology.plan, topology.workspace.inventory, node.name).loopback
    if loopback is not None and topology.cast is not None and topology.cast.types[node.name].kind != "linux":
        found["loopback"] = {f"ipv{loopback.version}": str(loopback)}
    return found


def _links(topology: Topology, network: Foreign) -> list[dict[str, Any]]:
    inventory = topology.workspace.inventory
    addresses: dict[tuple[str, int], dict[str, str]] = {}
    for node in network.nodes:
        planned = (
            device_addresses(topology.plan, inventory, node.name).interfaces if node.kind is NodeKind.DEVICE else {}
        )
        for place, port in enumerate(node.ports, start=1):
            number = place if topology.cast is None else topology.cast.numbers.get((node.name, port.name), place)
            known = planned.get(port.name, port.addresses)
            addresses[node.name, number] = {f"ipv{item.version}": str(item) for item in reversed(known)}
    return [
        {
            **{
                name: {"ifindex": network.types[name].first + number - 1, **addresses.get((name, number), {})}
                for name, number in link
            },
            "prefix": False,
        }
        for link in network.links
        if len({name for name, _ in link}) == 2 and all(number > 0 for _, number in link)
    ]
