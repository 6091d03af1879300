"""From a topology to what the keeper builds: every node's files, addresses and start script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from inventory.errors import LabError
from inventory.text import Message
from lab.backend import Fault
from lab.netns import gateway
from lab.netns.accounts import Login, accounts
from lab.netns.parts import Part, joined
from lab.netns.router import DAEMONS, MANY_PORTS, router
from lab.netns.snmp import snmp
from lab.netns.spec import Cable, File, Folder, LabSpec, NodeSpec
from lab.netns.ssh import ssh
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configs.render import Renderer
    from inventory.model import Device
    from lab.topology import Node, Route, Topology

# Beside the credential's user: one whose shell is the router's own command line.
CLI_USER = "netadmin"
_ROUTER = MANY_PORTS | {
    "ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1", "ipv4/conf/*/rp_filter": "0",
}  # fmt: skip
# Daemons that a text asks for beside the usual ones.
_MORE = {"router bgp": "bgpd", "router isis": "isisd", "router rip": "ripd", "router ospf6": "ospf6d"}
# What a device must not share with the machine or with another device.
_OWN = Part(
    folders={
        "/tmp": Folder(0o1777),  # noqa: S108 - in the node's own memory
        "/var/lib/snmp": Folder(),
        "/var/log": Folder(),
        "/var/tmp": Folder(0o1777),  # noqa: S108 - as above
    },
    # Without this net-snmp's library looks for MIB texts that Debian does not ship, and complains at length.
    lines=("export MIBS=",),
)


def design(topology: Topology, faults: Mapping[str, Fault], *, workers: int) -> LabSpec:
    """The lab's specification. It holds secrets: it goes through a pipe to the keeper and nowhere else."""
    from configs.render import Renderer  # noqa: PLC0415 - start-up time

    renderer = Renderer(topology.workspace, topology.plan)
    nodes = [node_spec(topology, node, faults.get(node.name), renderer=renderer) for node in topology.nodes]
    return LabSpec(
        nodes=tuple(nodes),
        cables=tuple(Cable(link.a, link.b) for link in topology.links),
        workers=workers,
    )


def node_spec(
    topology: Topology, node: Node, fault: Fault | None, text: str | None = None, *, renderer: Renderer | None = None
) -> NodeSpec:
    """One node's specification; a device begins with `text` if there is one.

    Whoever asks for many nodes gives a `renderer` of the topology's workspace and plan, which all of them share.
    """
    if node.kind is NodeKind.DEVICE:
        spec = NodeSpec(node.name, settings=_ROUTER)
        return spec if fault is Fault.DOWN else _device(topology, spec, fault, text, renderer)
    settings = {"ipv4/conf/*/rp_filter": "0"} | ({"ipv4/ip_forward": "1"} if node.forwards else {})
    return NodeSpec(node.name, wires=tuple(_wires(node)), settings=settings, serves=node.http)


def _wires(node: Node) -> list[str]:
    """A host's addresses, bridges and routes, for `ip -batch`. Every name stands behind its keyword."""
    lines = []
    for bridge in node.bridges:
        lines.append(f"link add name {bridge.name} type bridge")
        lines.append(f"link set dev {bridge.name} up")
        lines += [f"link set dev {port.name} master {bridge.name}" for port in node.ports if port.bridge == bridge.name]
    for port in (*node.ports, *node.bridges):
        lines += [f"address add {address} dev {port.name}" for address in port.addresses]
    return lines + [_route(route) for route in node.routes]


def _route(route: Route) -> str:
    way = f"via {route.via}" if route.via is not None else f"dev {route.interface}"
    source = f" src {route.source}" if route.source is not None else ""
    return f"route add {route.network} {way}{source}"


def _device(
    topology: Topology, spec: NodeSpec, fault: Fault | None, text: str | None, renderer: Renderer | None
) -> NodeSpec:
    device = topology.workspace.inventory.devices[spec.name]
    server = ssh(device.port, slow=fault is Fault.SLOW, mute=fault is Fault.MUTE, root=device.platform == "linux")
    users = accounts(*_logins(topology, device, wrong=fault is Fault.WRONG_PASSWORD))
    if device.platform == "linux":
        parts, stage = _gateway(topology, device, text, renderer)
    else:
        parts, stage = _router(topology, device, text), 1
    part = joined(_OWN, users, parts, server)
    files = {**part.files, "/etc/hosts": File(f"127.0.0.1 localhost\n127.0.1.1 {spec.name}\n")}
    script = "set -e\n" + "\n".join(part.lines) + "\n"
    return replace(spec, files=files, folders=part.folders, script=script, stage=stage)


def _logins(topology: Topology, device: Device, *, wrong: bool) -> list[Login]:
    credential = topology.workspace.inventory.credentials.get(device.credential)
    if credential is None or not credential.username:
        return []
    root = topology.workspace.root
    password = credential.password.resolve(root).reveal() if credential.password is not None else ""
    if wrong:
        password = f"not-{password}"
    users = [Login(credential.username, password, in_frr=device.platform == "frr", root=device.platform == "linux")]
    if device.platform == "frr" and credential.username != CLI_USER:
        users.append(Login(CLI_USER, password, "/usr/bin/vtysh", in_frr=True))
    return users


def _router(topology: Topology, device: Device, text: str | None) -> Part:
    """A router with its text; without one as it comes out of the box, its day-0 text typed in: the rest is pushed."""
    from configs.render import bootstrap  # noqa: PLC0415 - start-up time

    workspace = topology.workspace
    daemons = DAEMONS
    if text is None:
        text = bootstrap(workspace, topology.plan, device.name).reveal()
    else:
        daemons = (*DAEMONS, *(name for line, name in _MORE.items() if f"\n{line}" in text))
    credential = workspace.inventory.credentials.get(device.credential)
    access = credential.snmp if credential is not None else None
    if access is None:
        return router(text, daemons, agentx=False)
    return joined(snmp(device, access, workspace.root), router(text, daemons))


def _gateway(topology: Topology, device: Device, text: str | None, renderer: Renderer | None) -> tuple[Part, int]:
    """A firewall or VPN gateway with its whole configuration, and the stage in which it starts."""
    from configs.dialects.linux import sections  # noqa: PLC0415 - start-up time
    from configs.render import Renderer  # noqa: PLC0415 - start-up time

    renderer = renderer or Renderer(topology.workspace, topology.plan)
    files = sections(text or renderer.render(device.name).reveal())
    if not files:
        raise LabError(
            Message("the configuration of “{device}” is empty", device=device.name),
            Message("see `govnet config render {device}`", device=device.name),
        )
    return gateway.gateway(files), 0 if gateway.answers_only(files) else 1
