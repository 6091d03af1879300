"""The `docker` back end: the nodes of a netns lab as containers, where a Docker engine answers.

A container has the files, addresses and daemons that a namespace would have (`lab.boxed`), no network of the engine's,
and cables made from outside between the namespaces of two containers' first processes. Needs root for the cables.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from inventory.errors import LabError
from inventory.text import Message
from lab import boxed, held
from lab.backend import NodeStatus
from lab.backends.docker_engine import Engine, socket_path
from lab.state import process_start
from lab.topology import NOC, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab import backend as base
    from lab.backend import Fault
    from lab.netns.spec import Cable, NodeSpec
    from lab.state import LabState
    from lab.topology import Topology

_SCRIPT = "/govnet-start.sh"
_AT_ONCE = 8  # containers started side by side
_SAID = 300  # characters of a script's last words


class Docker:
    """Containers of the user's own engine."""

    name = "docker"

    def missing(self) -> list[Message]:
        """What this machine lacks, each with what would mend it."""
        lacking = []
        if not Path(socket_path()).exists():
            lacking.append(
                Message("no Docker engine listens at {path}; as root: apt-get install docker.io", path=socket_path())
            )
        if os.geteuid() != 0:
            lacking.append(Message("cables between containers are made by root: use sudo"))
        lacking += [
            Message("programs are not installed; as root: apt-get install {packages}", packages=package)
            for program, package in (("ip", "iproute2"), ("nsenter", "util-linux"))
            if shutil.which(program) is None
        ]
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
        """Create, wire and start the containers. What was created of a lab that fails is removed again."""
        from lab.netns.design import design  # noqa: PLC0415 - start-up time

        network = cast("Topology", topology)
        spec = design(network, {}, workers=_AT_ONCE)
        with Engine(socket_path()) as engine:
            _image(engine, directory)
            nodes = [node for node in network.nodes if node.kind is not NodeKind.NOWHERE]
            lab = _lab(directory)
            state = held.begin(
                network,
                directory,
                nodes,
                reached=[device.name for device in network.devices],
                faults=faults,
                owned=owned,
                extra={"lab": lab},
            )
            try:
                observer.step(Message("creating {count} containers", count=len(spec.nodes)))
                _removed(engine, lab)  # what a reboot may have left
                pids = _started(engine, lab, spec.nodes)
                observer.step(Message("wiring {count} nodes", count=len(spec.nodes)))
                held.call(["ip", "-batch", "-"], text=wiring(spec.cables, pids))
                for stage in sorted({node.stage for node in spec.nodes}):
                    _configured(engine, lab, [node for node in spec.nodes if node.stage == stage], observer)
            except BaseException:
                with suppress(LabError):
                    _removed(engine, lab)
                    state.path.unlink(missing_ok=True)
                raise
        # A process's number may become another's; with its start time it is told apart, and no other network entered.
        pid = pids.get(NOC, next(iter(pids.values())))
        network_path = f"/proc/{pid}/ns/net" if NOC in pids else ""
        state = replace(state, ready=True, pid=pid, started=process_start(pid), network=network_path)
        state.write()
        return state

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """Run a command in a container, its input and output those of this process."""
        with Engine(socket_path()) as engine:
            pid = engine.pid(_container(state.extra["lab"], node))
        if not pid:
            raise LabError(Message("“{name}” does not run", name=node), Message("run `govnet lab down`, then up again"))
        return subprocess.run(
            ["nsenter", f"--target={pid}", "-m", "-u", "-n", "-p", "--", *argv], check=False
        ).returncode

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every node as the engine sees its container."""
        with Engine(socket_path()) as engine:
            states = engine.containers(state.extra["lab"])
        found = {node: states.get(_container(state.extra["lab"], node), "") for node in state.nodes}
        return tuple(NodeStatus(node, "up" if one == "running" else "down", one) for node, one in found.items())

    def down(self, state: LabState) -> None:
        """Remove the lab's containers; the kernel removes their cables."""
        with Engine(socket_path()) as engine:
            _removed(engine, state.extra["lab"])
        (state.directory / f"known_hosts.{state.started}").unlink(missing_ok=True)


BACKEND = Docker


def wiring(cables: Iterable[Cable], pids: Mapping[str, int]) -> str:
    """Lines for `ip -batch`: each cable made with its ends in the network namespaces of two processes, ip-link(8)."""
    return "".join(
        f"link add name {cable.a[1]} netns {pids[cable.a[0]]} type veth"
        f" peer name {cable.b[1]} netns {pids[cable.b[0]]}\n"
        for cable in cables
    )


def _lab(directory: Path) -> str:
    """What this lab's containers are called: the same for the same workspace, apart from every other's."""
    return "govnet-" + hashlib.sha256(str(directory).encode()).hexdigest()[:8]


def _container(lab: str, node: str) -> str:
    return f"{lab}-{node}"


def _image(engine: Engine, directory: Path) -> None:
    if engine.has_image(boxed.IMAGE):
        return
    folder = directory / "image"
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(boxed.dockerfile(), encoding="utf-8")
    raise LabError(
        Message("the Docker engine has no image {image}", image=boxed.IMAGE),
        Message("build it once: docker build -t {image} {folder}", image=boxed.IMAGE, folder=folder),
    )


def _started(engine: Engine, lab: str, nodes: Sequence[NodeSpec]) -> dict[str, int]:
    def one(node: NodeSpec) -> int:
        engine.create(
            _container(lab, node.name),
            lab=lab,
            image=boxed.IMAGE,
            hostname=node.name,
            capabilities=boxed.CAPABILITIES,
            devices=boxed.DEVICES,
            sysctls=boxed.sysctls(node),
        )
        return engine.start(_container(lab, node.name))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip((node.name for node in nodes), pool.map(one, nodes), strict=True))


def _configured(engine: Engine, lab: str, nodes: Sequence[NodeSpec], observer: base.Observer) -> None:
    def one(node: NodeSpec) -> tuple[int, str]:
        engine.put(_container(lab, node.name), _SCRIPT, boxed.script(node))
        return engine.run(_container(lab, node.name), ["sh", _SCRIPT])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for node, (status, output) in zip(nodes, pool.map(one, nodes), strict=True):
            if status:
                raise LabError(
                    Message("“{device}” did not start: {why}", device=node.name, why=output.strip()[-_SAID:]),
                    Message("see its configuration with `govnet config render {device}`", device=node.name),
                )
            observer.step(Message("started {name}", name=node.name))


def _removed(engine: Engine, lab: str) -> None:
    names = list(engine.containers(lab))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(engine.remove, names))
