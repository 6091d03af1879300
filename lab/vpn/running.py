"""Starting the VPNs' lab: the `uml` back end with another design."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inventory.errors import LabError
from inventory.text import Message
from lab import control
from lab.backend import Quiet
from lab.backends.uml import Uml
from lab.state import Substitution
from lab.vpn.design import design
from lab.vpn.network import cut

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from inventory.model import Device
    from lab.backend import Fault, Observer
    from lab.netns.process import Running
    from lab.netns.spec import LabSpec
    from lab.state import LabState
    from lab.topology import Topology
    from lab.vpn.network import Network


class _Vpns(Uml):
    """A machine whose nodes are the network's; nobody logs in to them, so they have no management network."""

    def __init__(self, network: Network, devices: Mapping[str, Device]) -> None:
        self._network = network
        self._devices = devices

    def design(self, topology: Topology, faults: Mapping[str, Fault]) -> LabSpec:
        del topology, faults
        return design(self._network, workers=self.workers())

    def adapted(self, topology: Topology) -> Topology:
        there = {node.name for node in design(self._network, workers=1).nodes}
        return replace(topology, nodes=tuple(node for node in topology.nodes if node.name in there))

    def state(self, topology: Topology, directory: Path, running: Running, faults: Mapping[str, Fault]) -> LabState:
        state = super().state(topology, directory, running, faults)
        made = dict.fromkeys((router.name for router in self._network.routers), "frr")
        made |= dict.fromkeys((customer.name for customer in self._network.customers), "linux")
        return replace(
            state,
            network="",
            nodes={
                name: replace(node, platform=made.get(name, node.platform), ssh=None, snmp=None)
                for name, node in state.nodes.items()
            },
            substitutions=tuple(
                Substitution(
                    name, self._devices[name].platform, stand_in, Message("only its part in the VPNs is built")
                )
                for name, stand_in in made.items()
            ),
            extra={"keeper": running.keeper},
        )


def network(root: Path, where: str, vrfs: Collection[str] | None = None) -> Network:
    """The VPNs of the workspace at `root` on the backbone of the routers that `where` selects. InputError, LabError."""
    from inventory import filters  # noqa: PLC0415 - start-up time
    from ipplan import plan, policy_file  # noqa: PLC0415 - start-up time

    loaded = control.load_workspace(root)
    path = root / "plan" / "plan.csv"
    if not path.exists():
        raise LabError(
            Message("there is no address plan at {path}", path=path), Message("run `govnet plan make` first")
        )
    asn = policy_file.load(root / "plan" / "policy.yaml", name="plan/policy.yaml").asn
    if asn is None:
        raise LabError(
            Message("the policy has no AS number for the backbone"), Message("write `routing: asn:` in policy.yaml")
        )
    routers = [device.name for device in filters.select(loaded.inventory, where)]
    return cut(loaded, plan.read(path), asn, routers, vrfs)


def start(root: Path, built: Network, observer: Observer | None = None, *, owned: bool = True) -> LabState:
    """Boot the network; an `owned` one ends with this process. LabError as `control.up`."""
    chosen = _Vpns(built, control.load_workspace(root).inventory.devices)
    control.able(chosen)
    return control.start(root, chosen, built.topology, observer or Quiet(), faults={}, owned=owned)
