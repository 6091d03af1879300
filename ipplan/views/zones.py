"""Which security zone a LAN is in: its interface's, or the one that its traffic enters first."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inventory.model import LineKind

if TYPE_CHECKING:
    from inventory.model import Inventory, Line, Zone

_CARRIED = (LineKind.CIRCUIT, LineKind.TUNNEL)


class ZoneFinder:
    """Finds zones, and remembers them by device."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._beyond: dict[str, Zone | None] = {}

    def of_line(self, line: Line) -> Zone | None:
        """The zone of a line's a end. None if no zone is on the way: then nobody can say who filters it."""
        direct = self.inventory.zone_of(line.a.device, line.a.interface)
        return direct if direct is not None else self.beyond(line.a.device)

    def beyond(self, device: str) -> Zone | None:
        """The zone that a device's traffic enters first, over circuits and tunnels, with the fewest hops."""
        if device not in self._beyond:
            self._beyond[device] = self._search(device)
        return self._beyond[device]

    def _search(self, device: str) -> Zone | None:
        seen, queue = {device}, deque([device])
        while queue:
            here = queue.popleft()
            for line in self.inventory.lines_of(here):
                far = line.far_end(here) if line.kind in _CARRIED else None
                if far is None or far.device in seen:
                    continue
                zone = self.inventory.zone_of(far.device, far.interface)
                if zone is not None:
                    return zone
                seen.add(far.device)
                queue.append(far.device)
        return None
