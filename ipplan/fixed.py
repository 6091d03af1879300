"""Addresses that the inventory has from elsewhere: management addresses, and what carriers give."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inventory.model import Interface, Inventory, Source
    from ipplan.networks import Network

# Version, first address, length, and the device that has it.
FixedBlock: TypeAlias = "tuple[int, int, int, str]"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A prefix that the inventory has from elsewhere, and the device that has it."""

    network: Network
    device: str
    source: Source


def networks(inventory: Inventory) -> Iterator[Fixed]:
    """The networks of management addresses and of addresses that carriers give."""
    for device in inventory.devices.values():
        if device.address is not None:
            yield Fixed(device.address.network, device.name, device.source)
    for line in inventory.lines.values():
        for end in (line.a, line.b):
            if end is not None and end.address is not None:
                yield Fixed(end.address.network, end.device, line.source)
        if line.peer is not None:
            yield Fixed(line.peer.network, line.a.device, line.source)


def of_devices(inventory: Inventory) -> Sequence[FixedBlock]:
    """The networks of the devices' management addresses, as integers."""
    return _blocks(inventory)[0]


def blocks(inventory: Inventory) -> Sequence[FixedBlock]:
    """As `networks`, as integers."""
    return _blocks(inventory)[1]


# What was read last: a plan that is made is checked against the same inventory, which is frozen.
_last: dict[str, tuple[weakref.ref[Inventory], list[FixedBlock], list[FixedBlock]]] = {}


def _blocks(inventory: Inventory) -> tuple[list[FixedBlock], list[FixedBlock]]:
    known = _last.get("last")
    if known is not None and known[0]() is inventory:
        return known[1:]
    devices = [
        _as_block(device.address, device.name) for device in inventory.devices.values() if device.address is not None
    ]
    lines: list[FixedBlock] = []
    for line in inventory.lines.values():
        a, b = line.a, line.b
        if a.address is not None:
            lines.append(_as_block(a.address, a.device))
        if b is not None and b.address is not None:
            lines.append(_as_block(b.address, b.device))
        if line.peer is not None:
            lines.append(_as_block(line.peer, a.device))
    _last["last"] = (weakref.ref(inventory), devices, devices + lines)
    return _last["last"][1:]


def _as_block(address: Interface, device: str) -> FixedBlock:
    network = address.network
    return network.version, int(network.network_address), network.prefixlen, device
