"""A lab of several vendors' devices: stand-ins with their command lines in front; FRR and Linux run as they are.

A device of another vendor passes packets by its stand-in (`lab.standin`) and is typed at by its emulated command line
(`lab.fronts`), which listens inside the stand-in's network: its name, platform and interfaces are the inventory's own.
Management ports are plugged into the station's bridge, as in every lab.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from configs.encodings import decode
from configs.forwarding.model import PortKind
from inventory.errors import LabError
from inventory.model import LineKind
from inventory.text import Message
from lab.backends.uml import unaddressed
from lab.casting import UNABLE
from lab.emulator.platforms import takes_texts
from lab.emulator.taking import ports_in
from lab.fronts.spec import FrontSpec
from lab.fronts.standin import with_fronts
from lab.netns.design import node_spec
from lab.netns.spec import Cable, LabSpec
from lab.rehearsal import exits
from lab.rehearsal import hosts as hosting
from lab.rehearsal.ways import cables
from lab.standin.links import build
from lab.standin.network import Host as Plugged
from lab.standin.network import assembled, read
from lab.standin.target import Target
from lab.state import Substitution
from lab.topology import INTERNET, INTERNET_HOST, NOC, Link, Node, NodeKind, Port

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from configs.forwarding.model import Forwarding
    from inventory.model import Inventory, Workspace
    from lab.rehearsal.model import Host
    from lab.rehearsal.outside import Outside
    from lab.standin.network import Network
    from lab.topology import Topology

NATIVE = frozenset({"frr", "linux"})
# Every packet that ends at a router is told of, from the interface that it came in by: so it shows which line it took.
_TELLING: Final = {"ipv4/icmp_ratelimit": "0", "ipv4/icmp_errors_use_inbound_ifaddr": "1"}


def runnable(platform: str, backend: str = "") -> Message | None:
    """Why devices of a platform do not run in such a lab; None if they do."""
    if why := UNABLE.get((backend, platform)):
        return why
    if platform in NATIVE or takes_texts(platform):
        return None
    return Message("there is no emulator of this platform that begins with a given text")


def models_of(inventory: Inventory, texts: Mapping[str, Sequence[bytes]]) -> dict[str, list[Forwarding]]:
    """What devices do with packets along the way, today first. LabError for a language that is not read."""
    return {
        name: [read(inventory.devices[name].platform, decode(text, name)[0], name) for text in several]
        for name, several in texts.items()
    }


def network(
    inventory: Inventory, models: Mapping[str, Sequence[Forwarding]], hosts: Sequence[Host], target: Target
) -> Network:
    """The stand-ins of all devices for a target, cabled as the inventory has it, with the hosts.

    `models` are each device's along the way, today's first: a port that is only used later is cabled as well.
    """
    plugged = []
    for host in hosts:
        port, vlan = _plugged_into(models[host.device], host.interface)
        plugged.append(Plugged(host.name, host.device, port, host.homes[0].address, host.homes[0].gateway, vlan))
    today = {name: several[0] for name, several in models.items()}
    later = {name: several[1:] for name, several in models.items()}
    return assembled(today, cables(inventory, models), target, plugged, fast=False, later=later)


def _plugged_into(models: Sequence[Forwarding], interface: str) -> tuple[str, int]:
    """An interface as the configuration spells it, and its VLAN if it is a switch's own interface in one."""
    folded = interface.replace(" ", "").casefold()
    ports = (port for model in models for port in model.ports.values())
    port = next((port for port in ports if port.name.replace(" ", "").casefold() == folded), None)
    if port is None:
        return interface, 0
    return port.name, port.vlan if port.kind is PortKind.VLAN else 0


def spec_of(
    made: Network,
    derived: Topology,
    workspace: Workspace,
    along: Mapping[str, Sequence[bytes]],
    hosts: Sequence[Host],
    beyond: Outside | None = None,
) -> LabSpec:
    """What the keeper builds: `made`, with real FRR and Linux, the station and the hosts' addresses, and the fronts.

    `derived` is the topology of the same devices as network namespaces: it has the station. `along` as in `network`;
    `beyond` is the internet, if it is there.
    LabError if a device's management port has no end to plug a cable into.
    """
    texts = {name: several[0] for name, several in along.items()}
    devices = workspace.inventory.devices
    ours = {host.name: host for host in hosts}
    nodes = []
    for node in made.spec.nodes:
        if node.name in ours:
            nodes.append(replace(node, wires=_wires(ours[node.name])))
        elif node.name in texts and devices[node.name].platform in NATIVE:
            text = decode(texts[node.name], node.name)[0]
            native = node_spec(derived, derived.node(node.name), None, text)
            nodes.append(replace(native, wires=(*native.wires, *_tables(made, node.name))))
        else:
            nodes.append(node)
    nodes = [replace(node, settings={**node.settings, **_TELLING}) if node.name in texts else node for node in nodes]
    station = next((node for node in derived.of_kind(NodeKind.NOC)), None)
    laid = list(made.spec.cables)
    if station is not None:
        # A machine's station is outside it: inside is the bridge that its cable is plugged into.
        nodes.append(node_spec(derived, unaddressed(station) if made.target is Target.UML else station, None))
        _plug(made, _to_station(derived, workspace, texts), laid)
    if beyond is not None:
        nodes += beyond.nodes
        _plug(made, [(link.a, link.b) for link in beyond.links], laid)
        laid += [Cable(link.a, link.b) for link in derived.links if {link.a[0], link.b[0]} == {INTERNET, INTERNET_HOST}]
    spoken = (name for name in along if devices[name].platform not in NATIVE)
    fronts = [_front(workspace, name, along[name]) for name in spoken]
    # A loader reads each new text itself: what was understood of the old rules it needs no more.
    plain = replace(made, devices={name: replace(device, rules=None) for name, device in made.devices.items()})
    dressed = with_fronts(plain, fronts)
    workers = 2 if made.target is Target.UML else 4
    return LabSpec(
        tuple(nodes), tuple(laid), workers=workers, fronts=dressed.spec.fronts if fronts else "", warm=made.spec.warm
    )


def _wires(host: Host) -> tuple[str, ...]:
    return hosting.wires(host) if host.hop is None else exits.wires(host)


def _tables(made: Network, name: str) -> Iterator[str]:
    """The VRFs of a device that runs real FRR, with its ports in them: FRR takes them as the kernel has them."""
    links = made.built[name].links
    vrfs = {port.vrf for port in made.devices[name].ports.values() if port.vrf} | set(made.devices[name].vrfs)
    if made.target.has_vrf:
        yield from build([link for link in links.values() if link.name in vrfs])
        ends = {end[1] for cable in made.spec.cables for end in (cable.a, cable.b) if end[0] == name}
        yield from (
            f"link set dev {link.name} master {link.master}"
            for link in links.values()
            if link.name in ends and link.master in vrfs
        )


End: TypeAlias = tuple[str, str]


def _to_station(derived: Topology, workspace: Workspace, texts: Collection[str]) -> Iterator[tuple[End, End]]:
    """Each device's management interface, with the station's end of its cable."""
    for link in derived.links:
        ends = dict((link.a, link.b))
        device = next((name for name in ends if name != NOC), "")
        if NOC in ends and device in texts:
            yield (device, workspace.inventory.devices[device].management_interface), (NOC, ends[NOC])


def _plug(made: Network, plugs: Iterable[tuple[End, End]], laid: list[Cable]) -> None:
    """Take each interface out of nowhere and plug it in where it belongs."""
    for (device, interface), there in plugs:
        port = _port(made, device, interface)
        laid[:] = [cable for cable in laid if (device, port) not in (cable.a, cable.b)]
        laid.append(Cable((device, port), there))


def _port(made: Network, device: str, interface: str) -> str:
    """What a stand-in calls an interface."""
    folded = interface.replace(" ", "").casefold()
    names = made.built[device].names.ports
    found = next((short for long, short in names.items() if long.replace(" ", "").casefold() == folded), None)
    if found is None:
        raise LabError(
            Message("{device} has no interface {name} in its text", device=device, name=interface),
            Message("mend “management_interface” in the table of devices"),
        )
    return found


def _front(workspace: Workspace, name: str, along: Sequence[bytes]) -> FrontSpec:
    device, text = workspace.inventory.devices[name], along[0]
    credential = workspace.inventory.credentials.get(device.credential)
    password = credential.password if credential is not None else None
    said, encoding = decode(text, name)
    return FrontSpec(
        name,
        device.platform,
        said,
        credential.username if credential is not None else "",
        password.resolve(workspace.root).reveal() if password is not None else "",
        device.model,
        device.management_interface,
        encoding=encoding if encoding != "utf-8" else "",
        ports=tuple(port for later in along[1:] for port in ports_in(device.platform, decode(later, name)[0])),
    )


def topology_of(
    made: Network, derived: Topology, workspace: Workspace, hosts: Sequence[Host], beyond: Outside | None = None
) -> Topology:
    """The topology as it runs: platforms and interfaces of the inventory, ports as stand-ins call them."""
    names = set(made.devices)
    inventory = workspace.inventory
    nodes = [Node(name, NodeKind.DEVICE, inventory.devices[name].platform, forwards=True) for name in made.devices]
    for host in hosts:
        ports = (Port("eth0", tuple(home.address for home in host.homes)),)
        nodes.append(Node(host.name, NodeKind.HOST, ports=ports, line=host.line))
    nodes += derived.of_kind(NodeKind.NOC)
    if beyond is not None:
        nodes += (*derived.of_kind(NodeKind.INTERNET), *derived.of_kind(NodeKind.OUTSIDER))
    links = [
        Link(
            (line.a.device, _port(made, line.a.device, line.a.interface)),
            (line.b.device, _port(made, line.b.device, line.b.interface)),
            line.name,
        )
        for line in inventory.lines.values()
        if line.kind is LineKind.CIRCUIT and line.b is not None and {line.a.device, line.b.device} <= names
    ]
    if beyond is not None:
        links += [Link((link.a[0], _port(made, *link.a)), link.b, link.line) for link in beyond.links]
    why = Message("a stand-in of FRR and nftables passes its packets, and an emulated command line is typed at")
    substitutions = tuple(
        Substitution(name, platform, "frr", why)
        for name in made.devices
        if (platform := inventory.devices[name].platform) not in NATIVE
    )
    return replace(
        derived,
        workspace=workspace,
        nodes=tuple(nodes),
        links=tuple(links),
        substitutions=substitutions,
        renamed={},
    )


def told(text: bytes, line: int, why: Message) -> Message:
    """What is not carried over of a text: the line's number, the line, the reason."""
    lines = text.decode(errors="replace").splitlines()
    if not 0 < line <= len(lines):
        return why
    return Message("line {number}: {line}: {why}", number=line, line=lines[line - 1].strip(), why=why)


def left(made: Network, texts: Mapping[str, bytes]) -> dict[str, list[Message]]:
    """What stand-ins do not carry over of `texts`, by device, with the line; and what could not be cabled."""
    found: dict[str, list[Message]] = {}
    for name, built in made.built.items():
        if made.devices[name].platform in NATIVE:
            continue
        for one in (one for one in built.left if not one.weak):
            found.setdefault(name, []).append(told(texts[name], one.line, one.reason))
    for cable in made.wiring.unwired:
        found.setdefault("–", []).append(cable)
    return found
