"""Business VPNs in a rehearsal: which one a LAN is in, who imports whom, what a back end lacks, where texts differ.

The policy is the inventory's: zones with their VRFs, and each VRF's route targets (RFC 4364, section 4.3.1). What
devices do with packets is in their texts. Where the two differ, that is what explains a leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from inventory.model import LineKind
from inventory.text import Message, mark
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from configs.forwarding.model import Forwarding, Port
    from configs.forwarding.model import Vrf as Instance
    from inventory.model import Inventory, Line
    from lab.rehearsal.model import Host

_JOINS = (LineKind.CIRCUIT, LineKind.TUNNEL)
_IMPORTS = mark("line {line}: VPN instance {vrf} imports {targets}, and the policy does not")
_IMPORTS_NOT = mark("line {line}: VPN instance {vrf} does not import {targets}, and the policy does")
_EXPORTS = mark("line {line}: VPN instance {vrf} exports {targets}, and the policy does not")
_EXPORTS_NOT = mark("line {line}: VPN instance {vrf} does not export {targets}, and the policy does")


def of_lan(inventory: Inventory, line: Line) -> str:
    """The VRF of a LAN: its zone's, or, behind a department's router, the one that all its lines lead into."""
    zone = inventory.zone_of(line.a.device, line.a.interface)
    if zone is not None:
        return zone.vrf
    found = {vrf for _, vrf in _uplinks(inventory, line.a.device)}
    return found.pop() if len(found) == 1 else DEFAULT_VRF


def of_port(inventory: Inventory, device: str, interface: str) -> str:
    """The VRF of a device's port, by what is plugged in there; `default` where nothing is."""
    for line in inventory.lines_of(device):
        if _folded(line.end_at(device).interface) == _folded(interface):
            return of_lan(inventory, line) if line.kind is LineKind.LAN else inventory.vrf_of(line)
    return DEFAULT_VRF


def _folded(interface: str) -> str:
    return interface.replace(" ", "").casefold()


def _uplinks(inventory: Inventory, device: str) -> Iterator[tuple[str, str]]:
    """The far end of each of a device's lines, and the VRF that it is in there."""
    for line in inventory.lines_of(device):
        if line.kind in _JOINS and (far := line.far_end(device)) is not None:
            zone = inventory.zone_of(far.device, far.interface)
            yield far.device, zone.vrf if zone is not None else DEFAULT_VRF


class Joined(Enum):
    """Whether packets from one host may find a way to another, and answers back, by what their VRFs import."""

    BOTH = "both"
    THERE = "there"  # packets, and no answer
    NEITHER = "neither"
    SPOKES = "spokes"  # one VRF that does not import what it exports itself


def joined(inventory: Inventory, a: Host, b: Host) -> Joined:
    """What the policy's route targets make of two hosts. A VRF without any is one table wherever it is (VRF-lite)."""
    one, other = inventory.vrfs.get(a.vrf), inventory.vrfs.get(b.vrf)
    if a.vrf == b.vrf:
        closed = one is not None and one.import_rt and not set(one.import_rt) & set(one.export_rt)
        apart = closed and _edges(inventory, a).isdisjoint(_edges(inventory, b))
        return Joined.SPOKES if apart else Joined.BOTH
    if one is None or other is None or not set(one.import_rt) & set(other.export_rt):
        return Joined.NEITHER
    return Joined.BOTH if set(other.import_rt) & set(one.export_rt) else Joined.THERE


def _edges(inventory: Inventory, host: Host) -> set[str]:
    """The routers whose tables of its VRF a host's packets come to first."""
    if inventory.zone_of(host.device, host.interface) is not None:
        return {host.device}
    return {device for device, vrf in _uplinks(inventory, host.device) if vrf == host.vrf} or {host.device}


# ---- what a back end without VRFs cannot show


@dataclass(frozen=True, slots=True)
class Bound:
    """A port that a text puts into a VPN instance, with the text's line."""

    device: str
    port: str
    vrf: str
    line: int


def bound(models: Mapping[str, Sequence[Forwarding]], device: str, interface: str) -> Bound | None:
    """The VPN instance of a port in any of its device's texts; None if it is in none."""
    for model in models.get(device, ()):
        port = _port(model, interface)
        if port is not None and port.vrf:
            return Bound(device, port.name, port.vrf, port.line)
    return None


def _port(model: Forwarding, interface: str) -> Port | None:
    return next((port for name, port in model.ports.items() if _folded(name) == _folded(interface)), None)


# ---- where the texts are not the policy


@dataclass(frozen=True, slots=True)
class Stray:
    """A line of a device's text that puts packets of `vrf`, the policy's name for it, elsewhere than the policy."""

    device: str
    vrf: str
    why: Message


def strays(inventory: Inventory, device: str, model: Forwarding) -> Iterator[Stray]:
    """Ports in other VPN instances than their zones say, route targets that the policy does not have, or lacks."""
    names = {instance: _name(inventory, one) for instance, one in model.vrfs.items()}
    for zone in inventory.zones.values():
        for name, interface in zone.interfaces:
            port = _port(model, interface) if name == device else None
            if port is None:
                continue
            there = names.get(port.vrf, "") if port.vrf else DEFAULT_VRF
            if there != zone.vrf and (there or zone.vrf != DEFAULT_VRF):
                why = Message(
                    "line {line}: {port} is in {there}, and zone {zone} has it in {vrf}",
                    line=port.line, port=port.name, there=there or port.vrf, zone=zone.name, vrf=zone.vrf,
                )  # fmt: skip
                yield from (Stray(device, vrf, why) for vrf in (there, zone.vrf) if vrf)
    for instance, one in model.vrfs.items():
        vrf = inventory.vrfs.get(names[instance])
        if vrf is None or not (vrf.import_rt or vrf.export_rt):
            continue
        for have, want, more, less in (
            (one.imports, vrf.import_rt, _IMPORTS, _IMPORTS_NOT),
            (one.exports, vrf.export_rt, _EXPORTS, _EXPORTS_NOT),
        ):
            for targets, text in ((set(have) - set(want), more), (set(want) - set(have), less)):
                if targets:
                    named = ", ".join(sorted(targets))
                    yield Stray(device, vrf.name, Message(text, line=one.line, vrf=instance, targets=named))


def _name(inventory: Inventory, instance: Instance) -> str:
    """What the policy calls a VPN instance: by its name, else by its route distinguisher; empty if it has none such."""
    if instance.name in inventory.vrfs:
        return instance.name
    return next((vrf.name for vrf in inventory.vrfs.values() if vrf.rd and vrf.rd == instance.rd), "")
