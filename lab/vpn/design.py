"""What is built: a namespace for each router, each department's router and each host, wired as the inventory says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.netns.accounts import accounts
from lab.netns.parts import Part, joined
from lab.netns.router import MANY_PORTS
from lab.netns.router import router as frr
from lab.netns.spec import Cable, File, Folder, LabSpec, NodeSpec
from lab.standin.links import LAST
from lab.topology import NodeKind
from lab.vpn import marks, routing

if TYPE_CHECKING:
    from lab.topology import Node
    from lab.vpn.network import Customer, Network, Router

# Two labels of four bytes (RFC 3032) must fit in front of the departments' 1500.
CORE_MTU: Final = 1508
_FORWARDS: Final = {**MANY_PORTS, "ipv4/ip_forward": "1", "ipv4/conf/*/rp_filter": "0"}
_LABELS: Final = {"mpls/platform_labels": "100000", "mpls/conf/*/input": "1"}
_OWN: Final = Part(folders={"/var/log": Folder(), "/var/tmp": Folder(0o1777)})  # noqa: S108 - in the node's own memory
_TC: Final = "/etc/tc.batch"


def design(network: Network, *, workers: int) -> LabSpec:
    """The specification of the network's lab."""
    hosts = {host.name for host in network.hosts}
    nodes = [
        *(_router(network, router) for router in network.routers),
        *(_customer(customer) for customer in network.customers),
        *(_host(node) for node in network.topology.nodes if node.name in hosts),
    ]
    there = {node.name for node in nodes}
    cables = [Cable(link.a, link.b) for link in network.topology.links if link.a[0] in there and link.b[0] in there]
    return LabSpec(tuple(nodes), tuple(cables), workers=workers)


def _router(network: Network, router: Router) -> NodeSpec:
    wires = [f"address add {router.loopback}/32 dev lo"]
    for table in network.tables.values():
        if any(port.table == table.name for port in router.ports):
            wires += [
                f"link add name {table.interface} type vrf table {table.number}",
                f"link set dev {table.interface} up",
                # Without it what the VPN does not know would go on to the main table: kernel.org, networking/vrf.rst.
                f"route add unreachable default metric {LAST} table {table.number}",
            ]
    for port in router.ports:
        if port.table:
            wires.append(f"link set dev {port.name} master {network.tables[port.table].interface}")
        if port.core:
            wires.append(f"link set dev {port.name} mtu {CORE_MTU}")
        wires.append(f"address add {port.address} dev {port.name}")
        if port.table:
            table = network.tables[port.table]
            wires += [f"route add {lan} via {port.far} table {table.number}" for lan in port.behind]
    part = joined(
        _OWN,
        accounts(),
        Part(files={_TC: File(marks.batch(router))}, lines=(f"tc -batch {_TC}",)),
        frr(routing.config(network, router), routing.daemons(router), agentx=False),
    )
    return NodeSpec(
        router.name,
        wires=tuple(wires),
        settings=_FORWARDS | _LABELS,
        files=part.files,
        folders=part.folders,
        script="set -e\n" + "\n".join(part.lines) + "\n",
        # The provider's routers are there before anybody looks for them.
        stage=1 if router.edge else 0,
    )


def _customer(customer: Customer) -> NodeSpec:
    wires = [f"address add {port.address} dev {port.name}" for port in customer.ports]
    return NodeSpec(customer.name, wires=(*wires, f"route add default via {customer.gateway}"), settings=_FORWARDS)


def _host(node: Node) -> NodeSpec:
    assert node.kind is not NodeKind.DEVICE  # noqa: S101 - the network's hosts are none
    wires = [f"address add {address} dev {port.name}" for port in node.ports for address in port.addresses]
    return NodeSpec(node.name, wires=(*wires, *(f"route add {route.network} via {route.via}" for route in node.routes)))
