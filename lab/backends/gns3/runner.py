"""The `gns3` back end: the lab is a project on a GNS3 server."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from inventory.errors import LabError
from inventory.text import Message
from lab import held
from lab.backend import NodeStatus
from lab.backends.gns3.api import Api
from lab.backends.gns3.project import Project, Seen, loose
from lab.backends.gns3.server import server
from lab.foreign import foreign
from lab.startup import startups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lab import backend as base
    from lab.backend import Fault
    from lab.state import LabState
    from lab.topology import Topology

NAME = "gns3"
_STATES = {"started": "up", "stopped": "down", "suspended": "down"}


class Gns3:
    """Nodes of whatever kind a GNS3 server has templates for."""

    name = NAME

    def missing(self) -> list[Message]:
        """Nothing on this machine: what the server lacks, it says when it is asked."""
        return []

    def up(
        self,
        topology: base.Topology,
        directory: Path,
        observer: base.Observer,
        *,
        faults: Mapping[str, Fault],
        owned: bool = False,
    ) -> LabState:
        """Build the project, read it back, start it. What was built of a project that fails is removed again."""
        network = cast("Topology", topology)
        shown = foreign(network, NAME)
        starts = startups(network, shown.nodes, shown.types)
        identifier = str(uuid.uuid4())
        with login(network.workspace.root) as api:
            extra = {"url": api.url, "project": identifier}
            state = held.begin(network, directory, shown.nodes, reached=(), faults=faults, owned=owned, extra=extra)
            project = Project(api, identifier)
            observer.step(Message("building a GNS3 project with {count} nodes", count=len(shown.nodes)))
            try:
                project.create(f"govnet-{network.workspace.root.absolute().name}")
                project.build(shown, starts, observer.step)
                _told_apart(project.differences(shown))
                project.start()
            except BaseException:
                with suppress(LabError):
                    project.remove()
                    state.path.unlink(missing_ok=True)
                raise
        for node in shown.nodes:
            entry = shown.types[node.name]
            if starts[node.name].text and not entry.into:
                observer.step(
                    Message("{device}: load {file} of the project by hand", device=node.name, file=loose(node.name))
                )
        state = replace(state, ready=True)
        state.write()
        return state

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """GNS3 runs no commands on a node; the error says where its console is."""
        del argv
        seen = {one.name: one.console for one in self._seen(state)}
        raise LabError(
            Message("GNS3 runs no commands on “{name}”", name=node),
            Message("its console is at {address} (telnet)", address=seen.get(node, "?")),
        )

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every node as the server has it; where its console is."""
        seen = {one.name: one for one in self._seen(state)}
        return tuple(
            NodeStatus(name, _STATES.get(seen[name].status, seen[name].status), seen[name].console)
            if name in seen
            else NodeStatus(name, "down")
            for name in state.nodes
        )

    def down(self, state: LabState) -> None:
        """Delete the project."""
        with login(state.workspace) as api:
            Project(api, state.extra["project"]).remove()

    @staticmethod
    def _seen(state: LabState) -> tuple[Seen, ...]:
        with login(state.workspace) as api:
            return Project(api, state.extra["project"]).seen()


BACKEND = Gns3


def login(root: Path) -> Api:
    """A login to the workspace's server."""
    place = server(root)
    return Api(place.url, place.username, place.secret(root), ca=str(root / place.ca) if place.ca else "")


def _told_apart(differences: Sequence[Message]) -> None:
    if differences:
        raise LabError(
            Message("the GNS3 server does not have what it was asked for: {what}", what=differences[0]),
            Message("see the server's own log"),
        )
