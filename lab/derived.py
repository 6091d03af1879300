"""What runs in the place of a device whose system cannot run here, and the workspace that follows from it.

Names, addresses, lines and zones stay; platforms change to what runs, interface names to what Linux accepts. A derived
workspace is a workspace: plan, templates and drivers work on it as on the real one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from inventory.model import LineKind
from inventory.text import Message
from lab.names import linux_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inventory.model import Device, End, Inventory, Workspace

# What network namespaces run as it is.
NATIVE = frozenset({"frr", "linux"})
# The only interface of a userspace IPsec daemon: every tunnel of a device ends in it.
TUNNEL_INTERFACE = "ipsec0"


def platform(inventory: Inventory, device: Device) -> str:
    """What runs in a device's place: a packet filter with IPsec where it has zones or tunnels, else a router."""
    if device.platform in NATIVE:
        return device.platform
    guarded = any(name == device.name for zone in inventory.zones.values() for name, _ in zone.interfaces)
    tunnelled = any(line.kind is LineKind.TUNNEL for line in inventory.lines_of(device.name))
    return "linux" if guarded or tunnelled else "frr"


def why(stand_in: str) -> Message:
    """The sentence for people beside a substitution."""
    if stand_in == "linux":
        return Message("its system cannot run here; Linux with nftables and strongSwan stands in its place")
    return Message("its system cannot run here; Linux with FRR stands in its place")


def renamed(inventory: Inventory) -> dict[tuple[str, str], str]:
    """(device, interface) → the interface's name here, for every interface that lines, zones or management name."""
    by_device: dict[str, set[str]] = defaultdict(set)
    tunnels: set[tuple[str, str]] = set()
    for device in inventory.devices.values():
        if device.management_interface:
            by_device[device.name].add(device.management_interface)
    for line in inventory.lines.values():
        for end in (line.a, line.b):
            if end is None:
                continue
            if line.kind is LineKind.TUNNEL:
                tunnels.add((end.device, end.interface))
            else:
                by_device[end.device].add(end.interface)
    for zone in inventory.zones.values():
        for name, interface in zone.interfaces:
            if (name, interface) not in tunnels:
                by_device[name].add(interface)
    names = {
        (device, interface): short
        for device, interfaces in by_device.items()
        for interface, short in linux_names(interfaces).items()
    }
    return names | dict.fromkeys(tunnels, TUNNEL_INTERFACE)


def derive(workspace: Workspace, platforms: Mapping[str, str], renamed: Mapping[tuple[str, str], str]) -> Workspace:
    """The workspace with other platforms, by device, and other interface names."""
    inventory = workspace.inventory

    def end(of: End) -> End:
        return replace(of, interface=renamed[of.device, of.interface])

    def device(of: Device) -> Device:
        return replace(
            of,
            platform=platforms.get(of.name, of.platform),
            management_interface=renamed.get((of.name, of.management_interface), of.management_interface),
        )

    return replace(
        workspace,
        inventory=replace(
            inventory,
            devices={name: device(item) for name, item in inventory.devices.items()},
            lines={
                name: replace(line, a=end(line.a), b=end(line.b) if line.b else None)
                for name, line in inventory.lines.items()
            },
            zones={
                name: replace(zone, interfaces=tuple((at, renamed[at, of]) for at, of in zone.interfaces))
                for name, zone in inventory.zones.items()
            },
        ),
    )
