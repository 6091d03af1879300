"""A network of stand-ins: devices' texts, compiled and cabled, as what `lab.netns.keeper` builds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.errors import LabError
from inventory.text import Message
from lab.netns.accounts import accounts
from lab.netns.gateway import SWANCTL
from lab.netns.ipsec import ipsec
from lab.netns.parts import Part, joined
from lab.netns.router import router
from lab.netns.spec import Cable, File, Folder, LabSpec, NodeSpec
from lab.standin import wiring as wires
from lab.standin.compile import SETTINGS, Built, compile_device
from lab.standin.iptables import Tables
from lab.standin.links import build
from lab.standin.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from configs.forwarding.model import Forwarding
    from inventory.model import Interface
    from lab.standin.wiring import Address, End, PhysicalCable, Wiring

BETWEEN = "between"
"""The node that has the other ends of ports which hear nobody, and a bridge for each segment of more than two ends."""
_ALWAYS = ("zebra", "staticd")
RULES = "/etc/nftables.conf"
_OWN = Part(
    folders={
        "/tmp": Folder(0o1777),  # noqa: S108 - in the node's own memory
        "/var/log": Folder(),
        "/var/tmp": Folder(0o1777),  # noqa: S108 - as above
    },
)


@dataclass(frozen=True, slots=True)
class Host:
    """A computer on a device's port, or in a VLAN of it, with its default gateway."""

    name: str
    device: str
    port: str
    address: Interface
    gateway: Address | None = None
    vlan: int = 0


@dataclass(frozen=True)
class Network:
    """What was compiled and cabled. `spec` is what a keeper builds."""

    devices: Mapping[str, Forwarding]
    built: Mapping[str, Built]
    wiring: Wiring
    spec: LabSpec
    target: Target = Target.NETNS
    fast: bool = True
    spanning: bool = False
    hosts: tuple[Host, ...] = ()

    @property
    def carried(self) -> bool:
        """Whether every device is wholly carried and everything is wired."""
        return not self.wiring.unwired and all(built.carried for built in self.built.values())


def read(platform: str, text: str, name: str) -> Forwarding:
    """A device's model from its text; LabError if its language has none."""
    from configs.dialects import dialect, forwarding  # noqa: PLC0415 - start-up time

    found = forwarding(platform, dialect(platform).parse(text.encode()), name)
    if found is None:
        raise LabError(Message("how a device of the platform “{platform}” forwards is not read", platform=platform))
    return found


def network_of(
    devices: Mapping[str, tuple[str, str]],
    cables: Iterable[PhysicalCable] | None = None,
    target: Target = Target.NETNS,
    hosts: Sequence[Host] = (),
    *,
    fast: bool = True,
) -> Network:
    """The network of devices, each a platform and a text. Without `cables` the texts tell who hears whom."""
    return assembled(
        {name: read(platform, text, name) for name, (platform, text) in devices.items()},
        cables, target, hosts, fast=fast,
    )  # fmt: skip


def assembled(
    devices: Mapping[str, Forwarding],
    cables: Iterable[PhysicalCable] | None = None,
    target: Target = Target.NETNS,
    hosts: Sequence[Host] = (),
    *,
    fast: bool = True,
    later: Mapping[str, Sequence[Forwarding]] | None = None,
) -> Network:
    """The same from models.

    `later` are models that a device is to have afterwards: what is plugged into ports that only they use is there from
    the beginning.
    """
    plugged = {name: wires.plugged(device, (later or {}).get(name, ())) for name, device in devices.items()}
    wiring = wires.guess(plugged) if cables is None else wires.wire(plugged, cables)
    devices = {name: wires.with_ports(device, plugged[name]) for name, device in devices.items()}
    wiring = wires.with_hosts(wiring, [wires.End(host.device, host.port, host.vlan) for host in hosts])
    spanning = wires.has_ring(wiring)
    built = {
        name: compile_device(device, target, wiring.lanes(name), fast=fast, spanning=spanning)
        for name, device in devices.items()
    }
    cabling = _Cabling(built)
    for segment in wiring.segments:
        cabling.join(segment, [host for host in hosts if _end(host) in segment])
    for end in wiring.alone:
        cabling.join((end,), [host for host in hosts if _end(host) == end])
    nodes = [node(one, target) for one in built.values()]
    nodes += [_host(host) for host in hosts]
    nodes.append(cabling.between())
    # With the vendors' own timers a network takes its time to converge.
    warm = not fast
    spec = LabSpec(tuple(nodes), tuple(cabling.cables), workers=4, warm=warm)
    return Network(devices, built, wiring, spec, target, fast, spanning, tuple(hosts))


def _end(host: Host) -> End:
    return wires.End(host.device, host.port, host.vlan)


@dataclass
class _Cabling:
    """Cables as they come: two ends are one cable, other numbers meet in `between`."""

    built: Mapping[str, Built]
    cables: list[Cable] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _count: int = 0

    def join(self, segment: Sequence[End], hosts: Sequence[Host]) -> None:
        ends = [(end.device, self._name(end)) for end in segment]
        ends += [(host.name, "eth0") for host in hosts]
        if len(ends) == 2:
            self.cables.append(Cable(ends[0], ends[1]))
            return
        bridge = ""
        if len(ends) > 2:
            self._count += 1
            bridge = f"b{self._count}"
            self.lines += [
                f"link add name {bridge} type bridge mcast_snooping 0",
                f"link set dev {bridge} up",
            ]
        for end in ends:
            self._count += 1
            self.cables.append(Cable(end, (BETWEEN, f"p{self._count}")))
            if bridge:
                self.lines.append(f"link set dev p{self._count} master {bridge}")

    def between(self) -> NodeSpec:
        return NodeSpec(BETWEEN, wires=tuple(self.lines), settings={"ipv6/conf/*/disable_ipv6": "1"})

    def _name(self, end: End) -> str:
        names = self.built[end.device].names
        return names.lanes[end.port, end.vlan] if end.vlan else names.ports[end.port]


def node(built: Built, target: Target) -> NodeSpec:
    """A stand-in as a node: its links, its filter before anything passes, then its daemons."""
    daemons = (*_ALWAYS, *sorted(built.daemons))
    part = joined(_OWN, accounts(), _rules(built), router(built.frr, daemons, agentx=False), _tunnels(built, target))
    files = {**part.files, "/etc/hosts": File(f"127.0.0.1 localhost\n127.0.1.1 {built.name}\n")}
    return NodeSpec(
        built.name,
        wires=build(tuple(built.links.values())),
        settings=SETTINGS,
        files=files,
        folders=part.folders,
        script="set -e\n" + "\n".join(part.lines) + "\n",
    )


def _rules(built: Built) -> Part:
    if built.iptables:
        return Part(lines=(built.iptables.prepare(Tables()), built.iptables.load(Tables())))
    if not built.nftables:
        return Part()
    return Part({RULES: File(built.nftables)}, lines=(f"nft -f {RULES}",))


def _tunnels(built: Built, target: Target) -> Part:
    if not built.swanctl:
        return Part()
    return joined(Part({SWANCTL: File(built.swanctl, 0o600)}), ipsec(kernel=target.has_esp))


def _host(host: Host) -> NodeSpec:
    lines = [f"address add {host.address} dev eth0"]
    if host.gateway is not None:
        lines.append(f"route add default via {host.gateway}")
    return NodeSpec(host.name, wires=tuple(lines), settings={"ipv4/conf/*/rp_filter": "0"})
