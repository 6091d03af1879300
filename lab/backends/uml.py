"""The `uml` back end: a netns lab inside a User-mode Linux machine, whose kernel has VRFs, 802.1Q, MPLS, GRE and ESP.

Needs root and Debian's `user-mode-linux`. The management station is on this side of the machine, in its holder's net,
so that whatever reaches devices in a netns lab reaches them here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.backends.netns import MACHINE, Netns
from lab.topology import MANAGEMENT_BRIDGE, NOC
from lab.uml.machine import STATION_TAP, Machine, memory_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inventory.text import Message
    from lab.backend import Fault
    from lab.netns.process import Orders, Running
    from lab.netns.spec import LabSpec
    from lab.state import LabState
    from lab.topology import Node, Topology

# Seconds: a machine of which one process was killed may wait for it for ever, and say nothing.
BOOT = 60.0
_NODE = 4.0


class Uml(Netns):
    """Real routers and servers in network namespaces of a machine of their own."""

    name = MACHINE
    keeper = "lab.uml.holder"

    def missing(self) -> list[Message]:
        """What this machine lacks, each with the package or step that mends it."""
        from lab.uml.probe import missing  # noqa: PLC0415 - start-up time

        return missing()

    def workers(self) -> int:
        """It has one processor."""
        return 2

    def limit(self, spec: LabSpec) -> float:
        """Ten times as long as a machine takes where nothing else runs."""
        return BOOT + _NODE * len(spec.nodes)

    def design(self, topology: Topology, faults: Mapping[str, Fault]) -> LabSpec:
        """The management station inside is only the bridge that its cable is plugged into."""
        nodes = tuple(unaddressed(node) if node.name == NOC else node for node in topology.nodes)
        return super().design(replace(topology, nodes=nodes), faults)

    def orders(self, topology: Topology, spec: LabSpec) -> Orders:
        """The lab, and the station's addresses for this side of the cable."""
        lines: list[str] = []
        for node in topology.nodes:
            if node.name == NOC:
                lines = [
                    f"address add {address} dev {STATION_TAP}"
                    for bridge in node.bridges
                    for address in bridge.addresses
                ]
                lines += [
                    f"route add {route.network} dev {STATION_TAP} src {route.source}"
                    for route in node.routes
                    if route.interface == MANAGEMENT_BRIDGE
                ]
        return machine_of(spec, lines, (NOC, MANAGEMENT_BRIDGE) if lines else ("", ""))

    def state(self, topology: Topology, directory: Path, running: Running, faults: Mapping[str, Fault]) -> LabState:
        """The state of a lab that has just been built."""
        state = super().state(topology, directory, running, faults)
        return replace(state, network=f"/proc/{running.keeper}/ns/net" if state.network else "")


BACKEND = Uml


def unaddressed(station: Node) -> Node:
    """The management station as it is inside a machine: its bridge, without an address or a route."""
    return replace(station, bridges=tuple(replace(bridge, addresses=()) for bridge in station.bridges), routes=())


def machine_of(spec: LabSpec, station: list[str], bridge: tuple[str, str]) -> Machine:
    """A machine with memory enough for a lab."""
    return Machine(spec, memory_for(sum(bool(node.script) for node in spec.nodes)), tuple(station), bridge)
