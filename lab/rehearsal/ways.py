"""Which devices the configurations join at all: over lines of which both ends have what the line carries, and tunnels.

A line whose port is bare at one end joins nothing yet, as in a network that a change is to bring in. Pairs of hosts
behind such lines are asked like all others, but nobody waits for routing to bring their packets there.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from configs.encodings import decode
from inventory.model import LineKind
from lab.rehearsal.hosts import at
from lab.standin.network import read
from lab.standin.wiring import PhysicalCable, wire

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from inventory.model import Inventory
    from lab.rehearsal.model import Home, Host, Pair


def cables(inventory: Inventory, devices: Iterable[str]) -> list[PhysicalCable]:
    """The circuits between devices, as they are plugged in."""
    running = set(devices)
    return [
        PhysicalCable((line.a.device, line.a.interface), (line.b.device, line.b.interface))
        for line in inventory.lines.values()
        if line.kind is LineKind.CIRCUIT and line.b is not None and {line.a.device, line.b.device} <= running
    ]


def islands(inventory: Inventory, texts: Mapping[str, bytes]) -> dict[str, str]:
    """For each device one of those that the texts join it to, the same for all of them. `texts` are what they run."""
    models = {name: read(inventory.devices[name].platform, decode(text, name)[0], name) for name, text in texts.items()}
    beside: dict[str, set[str]] = defaultdict(set)
    for segment in wire(models, cables(inventory, texts)).segments:
        names = {end.device for end in segment}
        for name in names:
            beside[name] |= names
    for line in inventory.lines.values():
        if line.kind is LineKind.TUNNEL and line.b is not None and {line.a.device, line.b.device} <= texts.keys():
            beside[line.a.device].add(line.b.device)
            beside[line.b.device].add(line.a.device)
    found: dict[str, str] = {}
    for start in texts:
        waiting = [start]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found[one] = start
                waiting += beside[one]
    return found


def lonely(
    inventory: Inventory, homes: Mapping[str, Mapping[str, Sequence[Home]]], running: Collection[str]
) -> Iterator[tuple[str, Home]]:
    """The devices and the addresses on their circuits whose subnets the other end, which has others, does not share.

    `homes` is each device's addresses by interface (`hosts.interfaces`).
    """
    for cable in cables(inventory, running):
        one, other = (at(homes.get(device, {}), interface) for device, interface in (cable.a, cable.b))
        for (name, _), here, there in ((cable.a, one, other), (cable.b, other, one)):
            networks = {home.address.network for home in there}
            yield from ((name, home) for home in here if networks and home.address.network not in networks)


def apart(pairs: Sequence[Pair], hosts: Mapping[str, Host], island: Mapping[str, str]) -> set[str]:
    """The names of the pairs whose hosts are on different islands."""
    return {pair.name for pair in pairs if island.get(hosts[pair.a].device) != island.get(hosts[pair.b].device)}
