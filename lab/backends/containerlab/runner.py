"""The `containerlab` back end: its files are written into the lab's folder and its own program runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from inventory.errors import LabError
from inventory.text import Message
from lab import held
from lab.backend import NodeStatus
from lab.backends.containerlab import document
from lab.files import save
from lab.foreign import foreign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lab import backend as base
    from lab.backend import Fault
    from lab.state import LabState
    from lab.topology import Topology

PROGRAM = "containerlab"
ENGINE = "docker"
FOLDER = "containerlab"


class Containerlab:
    """Containers and virtual machines that containerlab starts."""

    name = document.NAME

    def missing(self) -> list[Message]:
        """The programs that are not there, each with what would mend it."""
        lacking = []
        if shutil.which(PROGRAM) is None:
            lacking.append(
                Message(
                    "the program containerlab is not installed (containerlab.dev/install);"
                    " `govnet lab export --format containerlab` writes its files all the same"
                )
            )
        if shutil.which(ENGINE) is None:
            lacking.append(Message("docker is not installed; as root: apt-get install docker.io"))
        return lacking

    def up(
        self,
        topology: base.Topology,
        directory: Path,
        observer: base.Observer,
        *,
        faults: Mapping[str, Fault],
        owned: bool = False,
    ) -> LabState:
        """Write the files, check them, deploy; returns when containerlab says that the nodes are started."""
        network = cast("Topology", topology)
        written = document.write(network)
        folder = directory / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        save(written, folder)
        parsed = cast("dict[str, Any]", document.check(folder / written.entry))
        shown = foreign(network, self.name)
        reached = [name for name, node in parsed["topology"]["nodes"].items() if node and "mgmt-ipv4" in node]
        kinds = {name: entry.kind for name, entry in shown.types.items()}
        extra = {"file": str(folder / written.entry), "lab": parsed["name"], "kinds": kinds}
        state = held.begin(network, directory, shown.nodes, reached=reached, faults=faults, owned=owned, extra=extra)
        for note in written.notes:
            observer.step(note)
        observer.step(Message("containerlab starts {count} nodes", count=len(shown.nodes)))
        held.call([PROGRAM, "deploy", "--reconfigure", "--topo", written.entry], folder)
        state = replace(state, ready=True)
        state.write()
        return state

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """Run a command in a plain Linux node; a virtual machine's container knows nothing of its machine's console."""
        kind = state.extra["kinds"].get(node, "")
        if kind != "linux":
            raise LabError(
                Message(
                    "“{name}” is a machine of the kind {kind}: commands do not reach it this way", name=node, kind=kind
                ),
                Message("log in to it: ssh admin@{name}", name=self._container(state, node)),
            )
        return subprocess.run([ENGINE, "exec", self._container(state, node), *argv], check=False).returncode

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every node as containerlab sees its container."""
        text = held.call([PROGRAM, "inspect", "--topo", state.extra["file"], "--format", "json"])
        states = {row["name"]: str(row.get("state", "")) for row in _rows(text)}
        return tuple(_status(node, states.get(self._container(state, node))) for node in state.nodes)

    def down(self, state: LabState) -> None:
        """Destroy the lab and its folder."""
        file = state.extra["file"]
        held.call([PROGRAM, "destroy", "--cleanup", "--topo", file])
        shutil.rmtree(state.directory / FOLDER, ignore_errors=True)

    @staticmethod
    def _container(state: LabState, node: str) -> str:
        return f"clab-{state.extra['lab']}-{node}"


BACKEND = Containerlab


def _rows(text: str) -> list[dict[str, Any]]:
    """The containers in what `inspect` prints: under `containers` in older releases, under the lab's name in newer."""
    try:
        found = json.loads(text or "{}")
        return [row for rows in found.values() for row in rows] if isinstance(found, dict) else list(found)
    except (ValueError, TypeError) as error:
        raise LabError(
            Message("containerlab inspect did not print what is known of it: {why}", why=error),
            Message("run it yourself: containerlab inspect --all"),
        ) from error


def _status(node: str, state: str | None) -> NodeStatus:
    if state is None:
        return NodeStatus(node, "down", "")
    return NodeStatus(node, "up" if state == "running" else "down", state)
