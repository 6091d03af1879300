"""What the keeper builds: namespaces, cables, private files and start scripts. Plain data that travels as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class File:
    """A private file of a node: its text, its mode and its owner by the numbers of the node's own /etc/passwd."""

    text: str
    mode: int = 0o644
    user: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A private directory of a node, empty but for the node's files in it."""

    mode: int = 0o755
    user: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One namespace.

    `wires` are lines for `ip -batch` in the namespace (addresses, bridges, routes), `settings` what is written below
    /proc/sys/net. A node with a `script` also has its own mounts, host name and processes: `files` and `folders`
    cover the machine's, then the script runs as its process 1's child; `script` ends when everything has started.
    Nodes of a lower `stage` have started before those of a higher one begin. `serves` asks for a page on TCP 80.
    """

    name: str
    wires: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    folders: Mapping[str, Folder] = field(default_factory=dict)
    script: str = ""
    stage: int = 1
    serves: bool = False


@dataclass(frozen=True, slots=True)
class Cable:
    """A pair of interfaces, each as (node, interface)."""

    a: tuple[str, str]
    b: tuple[str, str]


@dataclass(frozen=True, slots=True)
class LabSpec:
    """The whole lab. `timeout` is how many seconds one node may take to start.

    `fronts` is what `lab.fronts.process` is told when all nodes have started; without it there is no such process.
    `warm`: its routers meet with short timers (`lab.netns.warming`), and all is there only when they have met.
    """

    nodes: tuple[NodeSpec, ...]
    cables: tuple[Cable, ...]
    workers: int = 4
    timeout: float = 180.0
    fronts: str = ""
    warm: bool = False

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


def from_json(text: str) -> LabSpec:
    """What `to_json` wrote."""
    document: dict[str, Any] = json.loads(text)
    return LabSpec(
        nodes=tuple(_node(node) for node in document["nodes"]),
        cables=tuple(Cable(tuple(cable["a"]), tuple(cable["b"])) for cable in document["cables"]),
        workers=document["workers"],
        timeout=document["timeout"],
        fronts=document.get("fronts", ""),
        warm=document.get("warm", False),
    )


def _node(document: dict[str, Any]) -> NodeSpec:
    return NodeSpec(
        name=document["name"],
        wires=tuple(document["wires"]),
        settings=document["settings"],
        files={path: File(**file) for path, file in document["files"].items()},
        folders={path: Folder(**folder) for path, folder in document["folders"].items()},
        script=document["script"],
        stage=document["stage"],
        serves=document["serves"],
    )
