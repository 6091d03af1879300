"""What must fit between lines, devices and their addresses: ends of lines, duplicates, overlaps, gateways.

Every check is one pass over the rows with dictionaries or one sort; nothing compares rows with rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.model import LineKind
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.model import Interface
    from inventory.tables import Record, Records


class Ports:
    """Who uses which interface of which device. Names of interfaces are compared without regard to case."""

    def __init__(self) -> None:
        self.used: dict[tuple[str, str], tuple[int, bool]] = {}  # → line in links, whether a tunnel
        self.by_device: dict[str, list[str]] = {}

    def add(self, device: str, interface: str, line: int, *, tunnel: bool) -> int:
        """Note a use; returns the line of an earlier one that excludes it, else 0. Tunnels share an interface."""
        place = (device, interface.lower())
        before = self.used.setdefault(place, (line, tunnel))
        if before[0] == line:
            self.by_device.setdefault(device, []).append(interface)
            return 0
        return 0 if before[1] and tunnel else before[0]

    def has(self, device: str, interface: str) -> bool:
        """Whether a line, or management, uses the interface."""
        return (device, interface.lower()) in self.used

    def nearest(self, device: str, interface: str) -> str:
        """The interface of the device that was probably meant."""
        return nearest(interface, self.by_device.get(device, ()))


def interfaces(links: Records, devices: Records) -> Ports:
    """Complains about interfaces with two lines; the result knows every interface in use."""
    ports = Ports()
    for record in links.rows:
        values = record.values
        tunnel = values["kind"] is LineKind.TUNNEL
        for end in ("a", "b"):
            device, interface = values[f"{end}_device"], values[f"{end}_interface"]
            if not device or not interface or (end == "b" and device == values["a_device"]):
                continue
            line = ports.add(device, interface, record.line, tunnel=tunnel)
            if line:
                links.complain(
                    record.line,
                    f"{end}_interface",
                    "interface-used-twice",
                    Message(
                        "{device} {interface} already has the line in line {line}",
                        device=device,
                        interface=interface,
                        line=line,
                    ),
                    Message("write the interface that this line really uses"),
                )
    for record in devices.rows:
        name, interface = record.values["name"], record.values["management_interface"]
        if name and interface and not ports.has(name, interface):
            ports.add(name, interface, -record.line, tunnel=False)
    return ports


class _Holder:
    """An address in use: by which device on which interface, and where it is written."""

    __slots__ = ("column", "device", "interface", "record", "records")

    def __init__(self, records: Records, record: Record, column: str, device: str, interface: str) -> None:
        self.records = records
        self.record = record
        self.column = column
        self.device = device
        self.interface = interface.lower()


def addresses(devices: Records, links: Records) -> None:
    """No address twice; no two interfaces of a device in overlapping networks; gateways beside their lines."""
    holders: dict[tuple[int, int], _Holder] = {}
    networks: dict[str, list[tuple[Interface, _Holder]]] = {}
    management: list[tuple[Interface, _Holder]] = []
    for record in devices.rows:
        values = record.values
        if values["address"]:
            holder = _Holder(devices, record, "address", values["name"] or "", values["management_interface"] or "")
            management.append((values["address"], holder))
            _hold(holders, networks, values["address"], holder)
    for record in links.rows:
        values = record.values
        for end in ("a", "b"):
            address = values[f"{end}_address"]
            if address:
                holder = _Holder(
                    links, record, f"{end}_address", values[f"{end}_device"] or "", values[f"{end}_interface"] or ""
                )
                _hold(holders, networks, address, holder)
    _overlaps_on_devices(networks)
    _overlaps_of_management(management)
    _moves(devices, holders)
    for record in links.rows:
        if record.values["peer"]:
            _gateway(links, record, holders)


def _moves(devices: Records, holders: Mapping[tuple[int, int], _Holder]) -> None:
    """A device that moves has an address to go to, another one than it had, and is alone at both.

    Who answers where a device was is taken for it when no host key of it is recorded yet.
    """
    left: dict[tuple[int, int], _Holder] = {}
    for record in devices.rows:
        values = record.values
        former, address = values["former_address"], values["address"]
        if former and not address:
            message = Message("the device has a former address and none that it moves to")
            hint = Message("write its new address into “address”")
            devices.complain(record.line, "former_address", "moves-nowhere", message, hint)
        elif former and former == address:
            message = Message("the device moves to the address that it has")
            hint = Message("write its new address into “address”, or empty “former_address”")
            devices.complain(record.line, "former_address", "moves-nowhere", message, hint)
        elif former:
            key, name = (former.version, int(former)), values["name"] or ""
            earlier = left.setdefault(key, _Holder(devices, record, "former_address", name, ""))
            for other in (holders.get(key), earlier):
                if other is not None and other.device != name:
                    message = Message(
                        "{address} is already used in {file}, line {line}",
                        address=str(former.ip),
                        file=other.records.file,
                        line=other.record.line,
                    )
                    hint = Message("empty “former_address” if the device has moved; else move one after the other")
                    devices.complain(record.line, "former_address", "duplicate-address", message, hint)
                    break


def _hold(
    holders: dict[tuple[int, int], _Holder],
    networks: dict[str, list[tuple[Interface, _Holder]]],
    address: Interface,
    holder: _Holder,
) -> None:
    first = holders.setdefault((address.version, int(address)), holder)
    if first is holder:
        networks.setdefault(holder.device, []).append((address, holder))
        return
    # A device that is managed by the address of a line has it in both tables.
    same_port = first.device == holder.device and (not first.interface or first.interface == holder.interface)
    if same_port and first.records is not holder.records and first.device:
        return
    holder.records.complain(
        holder.record.line,
        holder.column,
        "duplicate-address",
        Message(
            "{address} is already used in {file}, line {line}",
            address=str(address.ip),
            file=first.records.file,
            line=first.record.line,
        ),
        Message("give each interface an address of its own"),
    )


def _overlaps_on_devices(networks: Mapping[str, list[tuple[Interface, _Holder]]]) -> None:
    for device, members in networks.items():
        if len(members) < 2 or not device:  # most devices have one address
            continue
        members.sort(
            key=lambda member: (member[0].version, int(member[0].network.network_address), member[0].network.prefixlen)
        )
        _, end, holder, network = 0, -1, None, None
        for address, each in members:
            start = int(address.network.network_address)
            if network is not None and network.version == address.version and start <= end and holder is not None:
                later, first = (each, holder) if _place(each) > _place(holder) else (holder, each)
                other = network if later is each else address.network
                later.records.complain(
                    later.record.line,
                    later.column,
                    "overlapping-networks",
                    Message(
                        "its network overlaps {network} on another interface of {device} ({file}, line {line})",
                        network=str(other),
                        device=device,
                        file=first.records.file,
                        line=first.record.line,
                    ),
                    Message(
                        "a router needs a network of its own on each interface: correct an address or a prefix length"
                    ),
                )
                continue
            end, holder, network = int(address.network.broadcast_address), each, address.network


def _place(holder: _Holder) -> tuple[str, int]:
    return (holder.records.file, holder.record.line)


def _overlaps_of_management(members: list[tuple[Interface, _Holder]]) -> None:
    """Devices in one management network write the same prefix length."""
    by_network: dict[Any, list[_Holder]] = {}
    for address, holder in members:
        by_network.setdefault(address.network, []).append(holder)
    ordered = sorted(by_network, key=lambda network: (network.version, int(network.network_address), network.prefixlen))
    outer = None
    for network in ordered:
        if outer is not None and network.version == outer.version and network.subnet_of(outer):
            inner_holders, outer_holders = by_network[network], by_network[outer]
            # The smaller group is more likely the wrong one; of two equal ones, the one written later.
            wrong, right, correct = (
                (outer_holders, inner_holders, network)
                if len(outer_holders) < len(inner_holders)
                or (len(outer_holders) == len(inner_holders) and _place(outer_holders[0]) > _place(inner_holders[0]))
                else (inner_holders, outer_holders, outer)
            )
            for holder in wrong:
                address = holder.record.values["address"]
                holder.records.complain(
                    holder.record.line,
                    holder.column,
                    "overlapping-networks",
                    Message(
                        "its network {network} overlaps {other} of line {line}",
                        network=str(address.network),
                        other=str(correct),
                        line=right[0].record.line,
                    ),
                    Message("write the same prefix length for every device in one management network"),
                )
            continue
        outer = network


def _gateway(links: Records, record: Record, holders: Mapping[tuple[int, int], _Holder]) -> None:
    values = record.values
    peer, own = values["peer"], values["a_address"]
    holder = holders.get((peer.version, int(peer)))
    if holder is not None:
        links.complain(
            record.line,
            "peer",
            "duplicate-address",
            Message(
                "{address} is already used in {file}, line {line}",
                address=str(peer.ip),
                file=holder.records.file,
                line=holder.record.line,
            ),
            Message("write the carrier's address here, not one of ours"),
        )
    elif own and own.network != peer.network:
        links.complain(
            record.line,
            "peer",
            "gateway-elsewhere",
            Message("{peer} is not in the network of {own}", peer=str(peer), own=str(own)),
            Message("write the gateway with the same network and prefix length as a_address"),
        )
