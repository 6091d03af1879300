"""`audits/probes.yaml` of a workspace: the vantages that this machine has, and what is probed from them.

vantages:
  - {name: office, interface: eth1, sources: [10.1.0.9]}
  - {name: noc, namespace: noc, interface: eth0}       # a network namespace of this machine
probes:
  - name: office-to-servers
    kind: isolation            # isolation, egress, services: what must not be reached
    from: office
    to: [{address: 10.3.0.10, ports: [icmp, tcp/8443], device: fw-border}]
    controls:                  # what must be reached, or else silence means nothing
      - {from: noc, address: 10.3.0.10, ports: [icmp, tcp/8443]}
      - {from: office, address: 10.1.0.1, ports: [icmp]}
  - {name: exit, kind: exit, from: office, to: [{address: 198.51.100.1, ports: [icmp]}], known: [10.0.0.2]}
  - {name: dhcp, kind: dhcp, from: office, known: [10.1.0.1], alive: 10.1.0.1}
  - {name: dhcp6, kind: dhcpv6, from: office, known: ['fe80::1'], alive: 'fe80::1'}
  - {name: ra, kind: routers, from: office, known: ['fe80::1'], alive: 'fe80::1'}
  - {name: twice, kind: duplicates, from: office, to: [{address: 10.1.0.1}]}
  - {name: gw, kind: gateways, from: office, to: [{address: 10.1.0.1}], macs: {10.1.0.1: 00:11:22:33:44:55}}
  - {name: two-nets, kind: dual-homed, from: office, to: [{address: 10.1.0.7}], beyond: [10.9.0.7],
     macs: {10.1.0.1: 00:11:22:33:44:55}, alive: 10.1.0.1}
  - {name: ssh, kind: ssh, from: noc, to: [{device: core-city, ports: [tcp/22]}]}
  - {name: tls, kind: tls, from: noc, to: [{device: fw-border, ports: [tcp/443]}]}

`timeout`, `listen` (seconds) and `tries` may stand in every probe. DHCP servers and routers are listened for longer:
many servers first try whether the address that they would offer is free, which takes dnsmasq three seconds.

In a file for labs (`audits/lab-probes.yaml`) a vantage is a host of the lab, which sends by its own routes unless an
`interface` is named, and an address may be a host's name:

vantages:
  - {name: township, node: pc-anping}
probes:
  - {name: dhcp, kind: dhcp, from: township, alive: pc-anping-2}
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from audits.probes.allow import Item, Ports, network, port_range, text_of
from audits.probes.model import Aim, Control, Kind, Probe, Protocol, Target, Vantage
from inventory import cells
from inventory.errors import InputError
from inventory.nearest import nearest
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from audits.probes.model import Address, Host
    from inventory.model import Workspace

FILE = "audits/probes.yaml"
LAB_FILE = "audits/lab-probes.yaml"
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_SECONDS = re.compile(r"\d{1,3}(\.\d{1,2})?", re.ASCII)
MOST_PORTS = 64  # of one target
REACHING = frozenset({Kind.ISOLATION, Kind.EGRESS, Kind.SERVICES})
_SPEAKS = {Kind.EXIT: {Protocol.ICMP}, Kind.SSH: {Protocol.TCP}, Kind.TLS: {Protocol.TCP}}
_NEIGHBOURS = frozenset({Kind.DUPLICATES, Kind.GATEWAYS, Kind.DUAL_HOMED})
# Seconds. A router may wait three before it announces itself again to all (RFC 4861 section 10).
_LISTEN = {Kind.DHCP: 6.0, Kind.DHCPV6: 6.0, Kind.ROUTERS: 4.0}
_OF_THE_LINK = frozenset({Kind.DHCP, Kind.DHCPV6, Kind.ROUTERS})
# Where a target names no ports: what devices are managed by, in the clear or not.
_TCP_MANAGEMENT = (22, 23, 80, 443, 830, 2023, 3389, 5900, 8080, 8443)
MANAGEMENT = (*(Ports(Protocol.TCP, port, port) for port in _TCP_MANAGEMENT), Ports(Protocol.UDP, 161, 161))
_USUAL = {
    Kind.ISOLATION: (Ports(Protocol.ICMP),),
    Kind.EGRESS: (Ports(Protocol.ICMP),),
    Kind.SERVICES: MANAGEMENT,
    Kind.EXIT: (Ports(Protocol.ICMP),),
    Kind.SSH: (Ports(Protocol.TCP, 22, 22),),
    Kind.TLS: (Ports(Protocol.TCP, 443, 443),),
}


@dataclass(frozen=True, slots=True)
class Written:
    """The file's content."""

    vantages: Mapping[str, Vantage]
    probes: tuple[Probe, ...]


def load(path: Path, workspace: Workspace, hosts: Mapping[str, Host] | None = None) -> Written:
    """The probes of a workspace; with `hosts` those for a lab, whose hosts these are. InputError with every fault."""
    file = FILE if hosts is None else LAB_FILE
    return parse(read_bytes(path, file), workspace, hosts, file=file)


def parse(
    content: bytes, workspace: Workspace, hosts: Mapping[str, Host] | None = None, *, file: str = FILE
) -> Written:
    """The probes that a file's content writes. InputError with every fault."""
    reader = Reader(yaml.parse(content, file))
    data = reader.top(("vantages", "probes"))
    form = _Form(reader, workspace, hosts)
    for place, item in reader.items(data, "vantages"):
        form.vantage(place, item)
    for place, item in reader.items(data, "probes"):
        form.probe(place, item if hosts is None else _with_addresses(item, hosts))
    if reader.problems:
        raise InputError(reader.problems)
    return Written(form.vantages, tuple(form.probes.values()))


class _Form:
    """Reads item by item, and complains with the place of each fault."""

    def __init__(self, reader: Reader, workspace: Workspace, hosts: Mapping[str, Host] | None) -> None:
        self.reader = reader
        self.hosts = hosts
        self.devices = workspace.inventory.devices
        self.vantages: dict[str, Vantage] = {}
        self.free: dict[str, Vantage] = {}
        self.probes: dict[str, Probe] = {}

    def vantage(self, place: yaml.Path, item: Any) -> None:
        read = self.reader.read(_VantageIn, item, place)
        if read is not None:
            self._once(place, read.name, self.vantages)
            self.vantages[read.name] = self._stands(place, read)

    def _stands(self, place: yaml.Path, read: _VantageIn) -> Vantage:
        """Where the vantage is: in a lab at one of its hosts and nowhere else, otherwise on this machine."""
        if self.hosts is None:
            if read.node:
                self.reader.complain(
                    (*place, "node"),
                    "only-in-a-lab",
                    Message("“{name}” is a host of a lab", name=read.node),
                    Message("write `interface` here; what is for labs stands in {file}", file=LAB_FILE),
                )
            return Vantage(read.name, read.interface, read.namespace, read.sources)
        host = self.hosts.get(read.node)
        if host is None:
            near = nearest(read.node, self.hosts)
            self.reader.complain(
                (*place, "node"),
                "unknown-node",
                Message("the vantage “{name}” is no host of the lab: “{node}”", name=read.name, node=read.node),
                Message("did you mean “{name}”?", name=near)
                if near
                else Message("write `node:` and a name that `govnet lab status` lists"),
            )
            return Vantage(read.name)
        stands = Vantage(read.name, read.interface or host.interface, host.namespace, read.sources)
        # Where packets go is what is asked: a host of a lab sends them by its own routes, as its user's would go.
        self.free[read.name] = replace(stands, interface=read.interface)
        return stands

    def probe(self, place: yaml.Path, item: Any) -> None:
        read = self.reader.read(_ProbeIn, item, place)
        if read is None:
            return
        self._once(place, read.name, self.probes)
        targets = [
            target
            for index, entry in enumerate(read.to)
            for target in self._targets((*place, "to", index), entry, read)
        ]
        controls = [
            Control(self._sends((*place, "controls", index, "from"), entry.begin, read.kind), aim)
            for index, entry in enumerate(read.controls)
            for aim in self._aims((*place, "controls", index), entry, Kind.ISOLATION)
        ]
        probe = Probe(
            read.name,
            read.kind,
            self._sends((*place, "from"), read.begin, read.kind),
            tuple(targets),
            tuple(controls),
            self._device((*place, "device"), read.device),
            read.known,
            read.macs,
            read.alive,
            tuple(Aim(Protocol.ICMP, address) for address in read.beyond),
            read.timeout,
            read.listen if read.listen is not None else _LISTEN.get(read.kind, 3.0),
            read.tries,
        )
        self._whole(place, probe)
        self.probes[read.name] = probe

    def _targets(self, place: yaml.Path, entry: _TargetIn, read: _ProbeIn) -> list[Target]:
        device = self._device((*place, "device"), entry.device)
        return [Target(aim, device) for aim in self._aims(place, entry, read.kind)]

    def _aims(self, place: yaml.Path, entry: _TargetIn, kind: Kind) -> list[Aim]:
        """An aim for each port. Neighbours have none: what is asked for is the address itself."""
        address = entry.address
        if address is None and entry.device in self.devices:
            management = self.devices[entry.device].address
            address = management.ip if management is not None else None
        if address is None:
            self.reader.complain(
                place,
                "no-address",
                Message("there is no address to probe"),
                Message("write `address`, or the name of a device that has one in the inventory as `device`"),
            )
            return []
        if kind in _NEIGHBOURS:
            return [Aim(Protocol.ARP if address.version == 4 else Protocol.ND, address)]
        chosen = entry.ports or _USUAL.get(kind, ())
        if sum(range_.high - range_.low + 1 for range_ in chosen) > MOST_PORTS:
            self.reader.complain(
                (*place, "ports"),
                "too-many-ports",
                Message("these are more than {most} ports: probes are no port scan", most=MOST_PORTS),
                Message("name the services that matter"),
            )
            return []
        return [Aim(range_.protocol, address, port) for range_ in chosen for port in range(range_.low, range_.high + 1)]

    def _sends(self, place: yaml.Path, name: str, kind: Kind) -> Vantage:
        """The vantage, tied to its interface where a probe is of its link."""
        vantage = self._vantage(place, name)
        return vantage if kind in _NEIGHBOURS | _OF_THE_LINK else self.free.get(name, vantage)

    def _vantage(self, place: yaml.Path, name: str) -> Vantage:
        if name not in self.vantages:
            near = nearest(name, self.vantages)
            self.reader.complain(
                place,
                "unknown-vantage",
                Message("there is no vantage “{name}”", name=name),
                Message("did you mean “{name}”?", name=near) if near else Message("write it below “vantages”"),
            )
        return self.vantages.get(name) or Vantage(name)

    def _device(self, place: yaml.Path, name: str) -> str:
        if name and name not in self.devices:
            near = nearest(name, self.devices)
            self.reader.complain(
                place,
                "unknown-device",
                Message("there is no device “{name}”", name=name),
                Message("did you mean “{name}”?", name=near) if near else Message("see inventory/devices.csv"),
            )
        return name

    def _once(self, place: yaml.Path, name: str, known: Mapping[str, object]) -> None:
        if name in known:
            self.reader.complain(
                (*place, "name"),
                "duplicate-name",
                Message("the name “{name}” is given twice", name=name),
                Message("give each one a name of its own"),
            )

    def _whole(self, place: yaml.Path, probe: Probe) -> None:
        """What a kind needs so that its answer means something."""
        needs = []
        if probe.kind not in _OF_THE_LINK and not probe.targets:
            needs.append(("to", Message("the probe has no targets")))
        if probe.kind is Kind.EXIT and not probe.known:
            needs.append(("known", Message("the routers of the planned exit are missing")))
        if probe.kind is Kind.DUAL_HOMED and not probe.beyond:
            needs.append(("beyond", Message("addresses of the other network are missing")))
        if probe.kind in REACHING:
            needs += _uncontrolled(probe)
        for key, what in needs:
            self.reader.complain((*place, key), "missing-key", what, Message("add it: {key}: …", key=key))
        limit = _SPEAKS.get(probe.kind)
        if limit is not None and {target.aim.protocol for target in probe.targets} - limit:
            self.reader.complain(
                (*place, "to"),
                "bad-ports",
                Message("this kind of probe speaks {names} only", names=", ".join(sorted(limit))),
                Message("correct “ports”"),
            )


def _with_addresses(item: Any, hosts: Mapping[str, Host]) -> Any:
    """A probe as it was written, with the first address in the place of each host's name that stands for one."""

    def address(value: Any) -> Any:
        if isinstance(value, list):
            return [address(one) for one in value]
        host = hosts.get(value) if isinstance(value, str) else None
        return str(host.addresses[0]) if host is not None and host.addresses else value

    if isinstance(item, list):
        return [_with_addresses(one, hosts) for one in item]
    if not isinstance(item, dict):
        return item
    return {
        key: address(value) if key in ("address", "alive", "beyond", "known") else _with_addresses(value, hosts)
        for key, value in item.items()
    }


def _uncontrolled(probe: Probe) -> list[tuple[str, Message]]:
    """What is missing among the controls: that the vantage reaches anything, and that each target lives."""
    if not any(control.vantage == probe.vantage for control in probe.controls):
        return [("controls", Message("no control shows that the vantage “{name}” works", name=probe.vantage.name))]
    elsewhere = [control.aim for control in probe.controls if control.vantage != probe.vantage]
    if probe.kind is Kind.SERVICES:  # a service that is off is what is wanted; the device must be on
        alive = {aim.address for aim in elsewhere}
        silent = next((target.aim.address for target in probe.targets if target.aim.address not in alive), None)
        if silent is None:
            return []
        return [("controls", Message("no control from another vantage shows that {address} is alive", address=silent))]
    unproven = next((target.aim for target in probe.targets if target.aim not in elsewhere), None)
    if unproven is None:
        return []
    return [
        ("controls", Message("no control from another vantage shows that {aim} answers anybody", aim=str(unproven)))
    ]


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        near = nearest(text, [kind.value for kind in Kind])
        raise cells.Fault(
            "bad-kind",
            Message("“{text}” is not a kind of probe", text=text),
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("write one of: {names}", names=", ".join(kind.value for kind in Kind)),
        ) from None


def _address(text: str) -> Address:
    return ip_address(cells.address(text))


def _known(text: str) -> Any:
    """A network, or one address."""
    return network(text) if "/" in text else ip_network(cells.address(text))


def _mac(text: str) -> str:
    plain = text.lower().replace("-", ":")
    if _MAC.fullmatch(plain) is None:
        raise cells.Fault(
            "bad-mac",
            Message("“{text}” is no hardware address", text=text),
            Message("write it like 00:11:22:33:44:55, in quotes"),
        )
    return plain


def _seconds(text: str) -> float:
    if _SECONDS.fullmatch(text) is None or not 0 < float(text) <= 120:
        raise cells.Fault(
            "bad-number", Message("“{text}” is no number of seconds", text=text), Message("write 0.1 to 120")
        )
    return float(text)


Name = Annotated[str, text_of(cells.key)]
AddressIn = Annotated[Any, text_of(_address)]
Seconds = Annotated[float, text_of(_seconds)]


class _VantageIn(Item):
    name: Name
    interface: Annotated[str, text_of(cells.interface_name)] = ""
    namespace: Annotated[str, text_of(str)] = ""
    node: Annotated[str, text_of(str)] = ""
    sources: tuple[AddressIn, ...] = ()


class _TargetIn(Item):
    address: AddressIn | None = None
    device: Annotated[str, text_of(str)] = ""
    ports: tuple[Annotated[Any, text_of(port_range)], ...] = ()


class _ControlIn(_TargetIn):
    begin: Name = Field(alias="from")


class _ProbeIn(Item):
    name: Name
    kind: Annotated[Kind, text_of(_kind)]
    begin: Name = Field(alias="from")
    to: tuple[_TargetIn, ...] = ()
    controls: tuple[_ControlIn, ...] = ()
    device: Annotated[str, text_of(str)] = ""
    known: tuple[Annotated[Any, text_of(_known)], ...] = ()
    macs: dict[AddressIn, Annotated[str, text_of(_mac)]] = Field(default_factory=dict)
    alive: AddressIn | None = None
    beyond: tuple[AddressIn, ...] = ()
    timeout: Seconds = 2.0
    listen: Seconds | None = None
    tries: Annotated[int, text_of(cells.integer(1, 10))] = 2
