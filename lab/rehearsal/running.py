"""The lab of a rehearsal: every device with the configuration of today, a host in every LAN with all its addresses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from inventory.model import LineKind
from inventory.text import Message
from lab import topology as topologies
from lab.backends.netns import MACHINE, Netns
from lab.backends.uml import Uml
from lab.rehearsal import exits, mixed
from lab.rehearsal import hosts as hosting
from lab.rehearsal import outside as outsiders
from lab.standin.target import Target
from lab.state import FOLDER, OWN_LANGUAGES, Skipped
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from configs.forwarding.model import Forwarding
    from inventory.model import Workspace
    from ipplan.plan import Plan
    from lab.backend import Fault, Observer
    from lab.netns.process import Running
    from lab.netns.spec import LabSpec
    from lab.rehearsal.model import Host
    from lab.state import LabState
    from lab.topology import Topology

_START: Final = 120.0  # seconds that the command lines and the routers' meeting may take beside the nodes


class _Built(Netns):
    """The back end, told what to build; its devices are the inventory's own, not those of a derived workspace."""

    def __init__(self, spec: LabSpec) -> None:
        super().__init__()
        self._spec = spec

    def design(self, topology: Topology, faults: Mapping[str, Fault]) -> LabSpec:
        """What was made before."""
        del topology, faults
        return self._spec

    def state(self, topology: Topology, directory: Path, running: Running, faults: Mapping[str, Fault]) -> LabState:
        """As always, and that its devices speak their own languages."""
        found = super().state(topology, directory, running, faults)
        return replace(found, extra={**found.extra, OWN_LANGUAGES: True})


class _BuiltInside(_Built, Uml):
    """The same inside a machine, whose one processor starts daemons and command lines one after the other."""

    def limit(self, spec: LabSpec) -> float:
        """As for daemons alone, and what command lines take to start and routers to meet."""
        return _START + super().limit(spec) * 2


@dataclass(frozen=True)
class Lab:
    """A lab that runs, its topology, and its hosts. `left`: what its stand-ins do not carry over, by device.

    `flat`: what the devices are to do along the way, where the back end has one routing table a device only.
    """

    state: LabState
    topology: Topology
    hosts: tuple[Host, ...]
    left: Mapping[str, Sequence[Message]] = field(default_factory=dict)
    flat: Mapping[str, Sequence[Forwarding]] = field(default_factory=dict, repr=False)
    somebody: Host | None = None  # out in the internet, where that is there

    @property
    def everybody(self) -> tuple[Host, ...]:
        """The hosts, and whoever is out there."""
        return self.hosts if self.somebody is None else (*self.hosts, self.somebody)

    @property
    def keeper(self) -> int:
        """The process whose names the lab's networks have."""
        return int(self.state.extra["keeper"])

    @property
    def machine(self) -> bool:
        """Whether it is inside a machine, whose holder is the keeper then."""
        return self.state.backend == MACHINE


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
    backend: str = Netns.name,
) -> Lab:
    """Start the lab below the workspace's folder; it ends with this process. LabError if it cannot run here.

    `texts` are each device's configurations along the way, today's first: that is what it starts with.
    """
    platforms = {name: workspace.inventory.devices[name].platform for name in devices}
    skipped = tuple(
        Skipped(name, platform, why)
        for name, platform in platforms.items()
        if (why := mixed.runnable(platform, backend))
    )
    left_out = {one.device for one in skipped}
    built = topologies.build(workspace, plan, backend=Netns.name, devices=set(devices) - left_out)
    running = {node.name for node in built.of_kind(NodeKind.DEVICE)}
    inventory = workspace.inventory
    inside = hosting.hosts(inventory, running, texts, names_of_hosts(built, running))
    ways_out = exits.exits(inventory, {name: several[0] for name, several in texts.items() if name in running})
    taken = {*inventory.devices, *(node.name for node in built.nodes), *(host.name for host in inside)}
    found = (*inside, *exits.hosts(inventory, ways_out, inside, taken))
    along = {name: several for name, several in texts.items() if name in running}
    observer.step(Message("compiling the stand-ins of {count} devices", count=len(along)))
    target = Target.UML if backend == MACHINE else Target.NETNS
    models = mixed.models_of(inventory, along)
    made = mixed.network(inventory, models, found, target)
    # What is counted at the carriers' side needs nftables.
    beyond = outsiders.outside(built, inventory, running, inside) if target.has_nft else None
    spec = mixed.spec_of(made, built, workspace, along, found, beyond)
    topology = replace(mixed.topology_of(made, built, workspace, found, beyond), skipped=skipped)
    directory = workspace.root / FOLDER
    directory.mkdir(mode=0o700, exist_ok=True)
    chosen = (_BuiltInside if backend == MACHINE else _Built)(spec)
    state = chosen.up(topology, directory, observer, faults={}, owned=True)
    today = {name: several[0] for name, several in along.items()}
    somebody = beyond.host if beyond is not None else None
    return Lab(state, topology, found, mixed.left(made, today), {} if target.has_vrf else models, somebody)


def ended(root: Path) -> None:
    """End the lab of a rehearsal, if it runs."""
    from lab import control  # noqa: PLC0415 - start-up time

    control.down(root)
