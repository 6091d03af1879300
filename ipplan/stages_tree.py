"""How devices are reached: a tree over the network from the device that the others are managed from."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.model import Level, LineKind
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from inventory.model import Inventory

_WAYS = (LineKind.CIRCUIT, LineKind.TUNNEL)


class Paths:
    """The shortest ways from the root over circuits and tunnels; equals by name, so that they are the same anywhere."""

    def __init__(self, inventory: Inventory, root: str = "") -> None:
        if root and root not in inventory.devices:
            near = nearest(root, inventory.devices)
            hint = Message("did you mean “{name}”?", name=near) if near else Message("write a device's name")
            raise InputError(
                [Problem("unknown-name", Message("there is no “{name}”", name=root), hint, "", column="--root")]
            )
        self._inventory = inventory
        self.root = root or _busiest(inventory)
        self._over: dict[str, str] = {}  # device → the line towards the root
        self._above: dict[str, str] = {}  # device → the next device towards the root
        self._depth: dict[str, int] = {}
        starts = [self.root, *sorted(inventory.devices)] if self.root else []
        for start in starts:
            if start not in self._depth:
                self._walk(start)
        self._site_depth: dict[str, int] = {}
        self._site_above: dict[str, str] = {}
        for name in sorted(self._depth, key=lambda name: (self._depth[name], name)):
            site = inventory.devices[name].site
            if site in self._site_depth:
                continue
            self._site_depth[site] = self._depth[name]
            above = self._above.get(name, "")
            if above:
                self._site_above[site] = inventory.devices[above].site
        self._behind: dict[str, list[str]] = {}
        for name, above in self._above.items():
            self._behind.setdefault(above, []).append(name)
        self._owners = self._devices_by_owner()

    def _walk(self, start: str) -> None:
        self._depth[start] = 0
        queue = deque([start])
        while queue:
            device = queue.popleft()
            lines = sorted(self._inventory.lines_of(device), key=lambda line: (line.kind is LineKind.TUNNEL, line.name))
            for line in lines:
                far = line.far_end(device) if line.kind in _WAYS else None
                if far is not None and far.device not in self._depth:
                    self._depth[far.device] = self._depth[device] + 1
                    self._above[far.device] = device
                    self._over[far.device] = line.name
                    queue.append(far.device)

    def _devices_by_owner(self) -> dict[str, list[str]]:
        """The devices of sites, units and regions; of a region those of its own sites, not those of sites below it."""
        found: dict[str, list[str]] = {}
        inventory = self._inventory
        for device in inventory.devices.values():
            site = inventory.sites.get(device.site)
            names = (device.site, site.unit if site else "", site.region if site else "")
            for name in dict.fromkeys(filter(None, names)):
                found.setdefault(name, []).append(device.name)
        return found

    def devices_of(self, owner: str) -> tuple[str, ...]:
        """The devices that have a prefix of this owner: both ends of a line, the device itself, those of a site …."""
        line = self._inventory.lines.get(owner)
        if line is not None:
            return tuple(end.device for end in (line.a, line.b) if end is not None)
        if owner in self._inventory.devices:
            return (owner,)
        return tuple(self._owners.get(owner, ()))

    def site_of(self, devices: Collection[str]) -> str:
        """Whose job it is: the site farthest from the root."""
        farthest = max(devices, key=lambda name: (self._depth.get(name, 0), name))
        return self._inventory.devices[farthest].site

    def depth(self, site: str) -> int:
        """How many lines away from the root a site is."""
        return self._site_depth.get(site, 0)

    def device_depth(self, device: str) -> int:
        """How many lines lie between a device and its root."""
        return self._depth[device]

    def nearest_above(self, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
        """The nearest site of `wanted` over which each of them is reached, and that one; by name."""
        for site in sorted(wanted):
            above = self._next_above(site, wanted)
            if above:
                yield above, site

    def _next_above(self, site: str, wanted: Collection[str]) -> str:
        seen = {site}
        above = self._site_above.get(site, "")
        while above and above not in wanted and above not in seen:
            seen.add(above)
            above = self._site_above.get(above, "")
        return above if above != site else ""

    def over(self, line: str) -> Iterator[str]:
        """The devices that are reached over a line."""
        ends = self._inventory.lines[line]
        for end in (ends.a, ends.b):
            if end is not None and self._over.get(end.device) == line:
                stack = [end.device]
                while stack:
                    device = stack.pop()
                    yield device
                    stack.extend(self._behind.get(device, ()))


def _busiest(inventory: Inventory) -> str:
    """Of the devices in the uppermost region the one with the most circuits and tunnels; of several the first."""
    levels = list(Level)

    def order(name: str) -> tuple[int, int, str]:
        site = inventory.sites.get(inventory.devices[name].site)
        region = inventory.regions.get(site.region) if site is not None else None
        rank = levels.index(region.level) if region is not None else len(levels)
        return (rank, -sum(1 for line in inventory.lines_of(name) if line.kind in _WAYS), name)

    return min(
        (name for name in inventory.devices if order(name)[1]), key=order, default=min(inventory.devices, default="")
    )
