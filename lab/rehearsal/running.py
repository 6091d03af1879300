"""The lab of a rehearsal: every device with the configuration of today, a host in every LAN with all its addresses."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from configs.encodings import decode
from inventory.model import LineKind
from lab import topology as topologies
from lab.backends.netns import Netns
from lab.netns.design import design
from lab.netns.spec import LabSpec
from lab.rehearsal import hosts as hosting
from lab.state import FOLDER
from lab.topology import Link, Node, NodeKind, Port

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from inventory.model import Workspace
    from ipplan.plan import Plan
    from lab.backend import Observer
    from lab.netns.spec import NodeSpec
    from lab.rehearsal.model import Host
    from lab.state import LabState
    from lab.topology import Topology


@dataclass(frozen=True)
class Lab:
    """A lab that runs, its topology, and its hosts."""

    state: LabState
    topology: Topology
    hosts: tuple[Host, ...]

    @property
    def keeper(self) -> int:
        """The process whose names the lab's networks have."""
        return int(self.state.extra["keeper"])


def names_of_hosts(built: Topology, running: Collection[str]) -> dict[str, str]:
    """The name of the host in each LAN of the running devices, by line."""
    inventory = built.workspace.inventory
    names = {node.line: node.name for node in built.nodes if node.line}
    taken = {node.name for node in built.nodes} | set(inventory.devices)
    for line in inventory.lines.values():
        if line.kind is LineKind.LAN and line.a.device in running and line.name not in names:
            name = f"pc-{line.name.removeprefix('lan-')}"
            while name in taken:
                name += "-host"
            taken.add(name)
            names[line.name] = name
    return names


def up(
    workspace: Workspace,
    plan: Plan,
    devices: Collection[str],
    texts: Mapping[str, Sequence[bytes]],
    observer: Observer,
) -> Lab:
    """Start the lab below the workspace's folder; it ends with this process. LabError if it cannot run here.

    `texts` are each device's configurations along the way, today's first: that is what it starts with.
    """
    built = topologies.build(workspace, plan, backend=Netns.name, devices=devices)
    running = {node.name for node in built.of_kind(NodeKind.DEVICE)}
    found = hosting.hosts(built.workspace.inventory, running, texts, names_of_hosts(built, running))
    built = _with(built, found)
    today = {name: decode(several[0], name)[0] for name, several in texts.items() if several and name in running}
    spec = design(built, {}, workers=2 * (os.cpu_count() or 1), texts=today)
    by_name = {host.name: host for host in found}
    nodes = tuple(_node(node, by_name.get(node.name), device=node.name in running) for node in spec.nodes)
    directory = workspace.root / FOLDER
    directory.mkdir(mode=0o700, exist_ok=True)
    ready = LabSpec(nodes, spec.cables, spec.workers, spec.timeout)
    state = Netns().build(built, ready, directory, observer, faults={}, owned=True)
    return Lab(state, built, tuple(found))


def _node(node: NodeSpec, host: Host | None, *, device: bool) -> NodeSpec:
    if host is not None:
        return replace(node, wires=hosting.wires(host))
    # A router says of every packet that it cannot send on that it cannot, not of one a second (icmp(7)): traces ask.
    return replace(node, settings={**node.settings, "ipv4/icmp_ratelimit": "0"}) if device else node


def _with(built: Topology, found: Sequence[Host]) -> Topology:
    """The topology with these hosts and no others in its LANs."""
    known = {node.name: node for node in built.nodes}
    ours = {host.name for host in found}
    gone = {node.name for node in built.nodes if node.line and node.name not in ours}
    nodes = [node for node in built.nodes if node.name not in gone and node.name not in ours]
    links = [link for link in built.links if not {link.a[0], link.b[0]} & gone]
    for host in found:
        port = Port("eth0", tuple(home.address for home in host.homes))
        before = known.get(host.name)
        kind = before.kind if before is not None else NodeKind.HOST
        nodes.append(Node(host.name, kind, ports=(port,), line=host.line, http=before is not None and before.http))
        if before is None:
            links.append(Link((host.device, host.interface), (host.name, "eth0"), host.line))
    return replace(built, nodes=tuple(nodes), links=tuple(links))


def ended(root: Path) -> None:
    """End the lab of a rehearsal, if it runs."""
    from lab import control  # noqa: PLC0415 - start-up time

    control.down(root)
