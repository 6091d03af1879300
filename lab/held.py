"""What back ends share whose lab another program holds: the state, written first, and the calling of programs."""

from __future__ import annotations

import subprocess
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Final

from inventory.endpoints import SNMP_PORT, Endpoint
from inventory.errors import LabError
from inventory.text import Message
from lab.state import LabNode, LabState
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from lab.backend import Fault
    from lab.topology import Node, Topology

PATIENCE: Final = 1800.0  # seconds: virtual machines are slow to start, and images to load


def begin(
    topology: Topology,
    directory: Path,
    nodes: Sequence[Node],
    *,
    reached: Collection[str],
    faults: Mapping[str, Fault],
    owned: bool,
    extra: Mapping[str, Any],
) -> LabState:
    """The state of a lab that is about to be built, written. `reached` are the devices that answer at their address.

    LabError for what such a lab cannot do: faults on demand, and ending with the process that started it.
    """
    if faults:
        raise LabError(
            Message(
                "the devices of a {name} lab run real software: they take no faults on demand", name=topology.backend
            ),
            Message("`govnet lab up --backend emulated` starts devices that do"),
        )
    if owned:
        raise LabError(
            Message("a {name} lab is held by another program and cannot end with this one", name=topology.backend),
            Message("start it with `govnet lab up` and end it with `govnet lab down`"),
        )
    state = LabState(
        backend=topology.backend,
        workspace=topology.workspace.root.absolute(),
        directory=directory,
        pid=0,
        started=0,
        ready=False,
        held=True,
        nodes={node.name: _node(topology, node, node.name in reached) for node in nodes},
        substitutions=topology.substitutions,
        skipped=topology.skipped,
        extra=extra,
    )
    state.write()
    return state


def _node(topology: Topology, node: Node, reached: bool) -> LabNode:
    if node.kind is not NodeKind.DEVICE:
        return LabNode(node.name, node.kind.value, address=str(node.address or ""))
    device = topology.workspace.inventory.devices[node.name]
    stands_in = next((item.platform for item in topology.substitutions if item.device == node.name), "")
    host = str(device.address.ip) if device.address is not None else ""
    here = reached and host and isinstance(device.address and device.address.ip, IPv4Address)
    return LabNode(
        node.name,
        device.platform,
        stands_in,
        host,
        Endpoint(host, device.port) if here else None,
        Endpoint(host, SNMP_PORT) if here else None,
    )


def call(argv: Sequence[str], cwd: Path | None = None, *, text: str = "") -> str:
    """What a program prints; LabError with its last words if it fails."""
    try:
        done = subprocess.run(
            argv, cwd=cwd, input=text, capture_output=True, text=True, check=False, timeout=PATIENCE, errors="replace"
        )
    except OSError as error:
        raise LabError(
            Message("{program} cannot be run: {why}", program=argv[0], why=error.strerror), Message("install it")
        ) from error
    except subprocess.TimeoutExpired:
        raise LabError(
            Message("{program} was not done after {seconds} s", program=argv[0], seconds=int(PATIENCE)),
            Message("run `govnet lab down`, choose fewer devices with --where"),
        ) from None
    if done.returncode != 0:
        words = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise LabError(
            Message(
                "{program} ended with {status}: {why}",
                program=" ".join(argv[:2]),
                status=done.returncode,
                why=" ".join(words[-2:]),
            ),
            Message("`govnet lab down` removes what is left of the lab"),
        )
    return done.stdout
