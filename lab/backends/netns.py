"""The `netns` back end: real daemons, a network namespace a device. Needs root and Debian's packages."""

from __future__ import annotations

import fcntl
import os
import subprocess
from typing import TYPE_CHECKING, Final, cast

from inventory.endpoints import SNMP_PORT, Endpoint
from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from lab.backend import Fault, NodeStatus
from lab.netns.entering import KEEPER
from lab.runner import LOCK, LOG
from lab.state import LabNode, LabState, process_start
from lab.topology import NOC, NodeKind, Topology

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lab import backend as base
    from lab.netns.process import Orders, Running
    from lab.netns.spec import LabSpec

# The back end whose nodes are inside a machine (`lab.backends.uml`); they are reached through its holder.
MACHINE: Final = "uml"


class Netns:
    """Real routers, firewalls, agents and servers in network namespaces of this machine."""

    name = "netns"
    keeper = KEEPER

    def missing(self) -> list[Message]:
        """What this machine lacks, each with the package or step that mends it."""
        from lab.netns.probe import missing  # noqa: PLC0415 - start-up time

        return missing()

    def up(
        self,
        topology: base.Topology,
        directory: Path,
        observer: base.Observer,
        *,
        faults: Mapping[str, Fault],
        owned: bool = False,
    ) -> LabState:
        """Build the lab below one process; returns when every device has started."""
        from lab.netns.process import start  # noqa: PLC0415 - start-up time

        network = self.adapted(cast("Topology", topology))
        observer.step(Message("writing the configurations of {count} devices", count=len(network.devices)))
        spec = self.design(network, faults)
        result: list[LabState] = []
        devices = sum(bool(node.script) for node in spec.nodes)
        started: list[str] = []

        def heard(node: str) -> None:
            started.append(node)
            observer.step(Message("started {count} of {total}: {name}", count=len(started), total=devices, name=node))

        def confirm(running: Running) -> None:
            if running.failed:
                raise _unstarted(running.failed)
            state = self.state(network, directory, running, faults)
            state.write()
            result.append(state)

        lock = _lock(directory)
        try:
            observer.step(Message("wiring {count} nodes", count=len(spec.nodes)))
            start(
                self.orders(network, spec), directory / LOG, heard, confirm,
                inherit=lock, owned=owned, keeper=self.keeper, limit=self.limit(spec),
            )  # fmt: skip
        finally:
            os.close(lock)
        return result[0]

    def workers(self) -> int:
        """How many nodes are started side by side."""
        return 2 * (os.cpu_count() or 1)

    def limit(self, spec: LabSpec) -> float:
        """Seconds after which a lab that is not there has failed; 0: it takes as long as it takes."""
        del spec
        return 0.0

    def adapted(self, topology: Topology) -> Topology:
        """The topology of which this back end makes a lab."""
        return topology

    def design(self, topology: Topology, faults: Mapping[str, Fault]) -> LabSpec:
        """What the keeper is to build."""
        from lab.netns.design import design  # noqa: PLC0415 - start-up time

        return design(topology, faults, workers=self.workers())

    def orders(self, topology: Topology, spec: LabSpec) -> Orders:
        """What the lab's process is told."""
        del topology
        return spec

    def state(self, topology: Topology, directory: Path, running: Running, faults: Mapping[str, Fault]) -> LabState:
        """The state of a lab that has just been built."""
        return _state(self.name, topology, directory, running, faults)

    def exec(self, state: LabState, node: str, argv: Sequence[str]) -> int:
        """Run a command in a node, its input and output those of this process."""
        return subprocess.run(command(state, node, argv), check=False).returncode

    def status(self, state: LabState) -> tuple[NodeStatus, ...]:
        """Every device: does its SSH server greet? Hosts: is their namespace there?"""
        from lab.netns.greet import greetings  # noqa: PLC0415 - start-up time

        with state.entered():
            servers = {name: node.ssh for name, node in state.nodes.items() if node.ssh is not None}
            greeted = greetings(servers, [name for name, fault in state.faults.items() if fault])
        return tuple(_status(name, greeted.get(name, ""), state.faults.get(name, "")) for name in state.nodes)

    def down(self, state: LabState) -> None:
        """End the lab's process; the kernel removes the rest."""
        from lab.netns.process import end  # noqa: PLC0415 - start-up time

        if state.alive():
            end(state.pid, int(state.extra.get("keeper", 0)))
        # The devices' host keys went with them.
        (state.directory / f"known_hosts.{state.started}").unlink(missing_ok=True)


BACKEND = Netns


def _status(name: str, trouble: str, fault: str) -> NodeStatus:
    return NodeStatus(name, fault or ("unreachable" if trouble else "up"), trouble)


def command(state: LabState, node: str, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` in a node of a running lab; LabError if there is no such node or lab."""
    from lab.netns.entering import inside  # noqa: PLC0415 - start-up time

    keeper = _keeper(state, node)
    if state.backend != MACHINE:
        return inside(keeper, node, argv)
    if node == NOC:
        return ["nsenter", f"--net=/proc/{keeper}/ns/net", "setpriv", "--pdeathsig", "TERM", *argv]
    from lab.uml import machine  # noqa: PLC0415 - only there

    return machine.inside(keeper, node, argv)


def network_of(state: LabState, node: str) -> str:
    """The path of a node's network namespace, as `LabState.network` is; LabError if there is no such node or lab.

    Empty for a node inside a machine of its own, whose networks are not this kernel's.
    """
    keeper = _keeper(state, node)
    if state.backend == MACHINE:
        return f"/proc/{keeper}/ns/net" if node == NOC else ""
    return f"/proc/{keeper}/root/run/netns/{node}"


def _keeper(state: LabState, node: str) -> int:
    if state.backend not in (Netns.name, MACHINE):
        raise LabError(
            Message("this lab has no real packets: its back end is {name}", name=state.backend),
            Message("start one with `govnet lab up --backend netns`"),
        )
    if not state.alive():
        raise LabError(Message("the lab does not run any more"), Message("run `govnet lab up`"))
    if node not in state.nodes:
        raise LabError(
            Message("there is no “{name}” in the lab", name=node), Message("`govnet lab status` lists what there is")
        )
    return int(state.extra["keeper"])


def _lock(directory: Path) -> int:
    """The lab directory's lock. The keeper inherits it, so that it is held as long as the lab runs."""
    lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise LabError(
            Message("another lab is running or being started in {path}", path=directory),
            Message("run `govnet lab down` first"),
        ) from None
    return lock


def _unstarted(failed: Mapping[str, str]) -> LabError:
    name, why = next(iter(failed.items()))
    return LabError(
        Message("{count} devices did not start; “{device}” said: {why}", count=len(failed), device=name, why=why),
        Message("see its configuration with `govnet config render {device}`", device=name),
    )


def _state(
    backend: str, topology: Topology, directory: Path, running: Running, faults: Mapping[str, Fault]
) -> LabState:
    stands_in = {item.device: item.platform for item in topology.substitutions}
    inventory = topology.workspace.inventory
    nodes = {}
    for node in topology.nodes:
        if node.kind is NodeKind.NOWHERE:
            continue
        if node.kind is not NodeKind.DEVICE:
            nodes[node.name] = LabNode(node.name, node.kind.value, address=str(node.address or ""))
            continue
        device = inventory.devices[node.name]
        host = str(device.address.ip) if device.address is not None else ""
        nodes[node.name] = LabNode(
            node.name,
            node.platform,
            stands_in.get(node.name, ""),
            host,
            Endpoint(host, device.port) if host else None,
            Endpoint(host, SNMP_PORT) if host else None,
        )
    return LabState(
        backend=backend,
        workspace=topology.workspace.root,
        directory=directory,
        pid=running.pid,
        started=process_start(running.pid),
        nodes=nodes,
        substitutions=topology.substitutions,
        skipped=topology.skipped,
        faults={name: fault.value for name, fault in faults.items()},
        network=f"/proc/{running.keeper}/root/run/netns/{NOC}" if NOC in nodes else "",
        extra={
            "keeper": running.keeper,
            "neighbours": _expected(topology, LineKind.CIRCUIT, "frr", faults),
            "tunnels": _expected(topology, LineKind.TUNNEL, "linux", faults),
        },
    )


def _expected(topology: Topology, kind: LineKind, platform: str, faults: Mapping[str, Fault]) -> dict[str, int]:
    """How many lines of a kind each running device of a platform has to another one."""
    running = {
        node.name for node in topology.nodes if node.platform == platform and faults.get(node.name) is not Fault.DOWN
    }
    counts = dict.fromkeys(sorted(running), 0)
    for line in topology.workspace.inventory.lines.values():
        if line.kind is kind and line.b is not None and {line.a.device, line.b.device} <= running:
            counts[line.a.device] += 1
            counts[line.b.device] += 1
    return {name: count for name, count in counts.items() if count}
