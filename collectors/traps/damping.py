"""Storms are damped: of one kind from one sender so many are written; the rest is counted, and the count written."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors.snmp.pace import Pace

if TYPE_CHECKING:
    from collectors.traps.senders import Sender

# Of one kind from one sender: so many at once, then so many a second.
BURST, RATE = 20, 0.2
# A storm's count is written so often while it goes on, and at its end.
REPORT = 60.0
# Senders and kinds that are remembered; of more the longest silent is forgotten.
_REMEMBERED = 65536


@dataclass(slots=True, eq=False)
class Storm:
    """One kind from one sender. `suppressed` counts since the last report; times are seconds since the epoch."""

    sender: Sender
    kind: str
    oid: str
    pace: Pace
    suppressed: int = 0
    begun: float = 0.0
    last: float = 0.0


class Damping:
    """Which notifications are written."""

    def __init__(self, rate: float = RATE, burst: int = BURST) -> None:
        self._rate = rate
        self._burst = burst
        self._storms: OrderedDict[tuple[str, str, str], Storm] = OrderedDict()
        self._forgotten: list[Storm] = []
        self._reported = time.monotonic()

    def passes(self, sender: Sender, kind: str, oid: str) -> bool:
        """Whether this one is written; it is counted as suppressed if not."""
        if not self._rate:
            return True
        key = (sender.address, kind, oid)
        storm = self._storms.get(key)
        if storm is None:
            storm = self._storms[key] = Storm(sender, kind, oid, Pace(self._rate, self._burst))
            if len(self._storms) > _REMEMBERED:
                _, oldest = self._storms.popitem(last=False)
                if oldest.suppressed:
                    self._forgotten.append(oldest)
        self._storms.move_to_end(key)
        now = time.monotonic()
        if not storm.pace.delay(now):
            storm.pace.spend(now)
            return True
        storm.last = time.time()
        if not storm.suppressed:
            storm.begun = storm.last
        storm.suppressed += 1
        return False

    def reports(self, *, ended: bool = False) -> list[Storm]:
        """Storms to be written down now, each with its count; the count begins anew. All of them at the end."""
        if not ended and time.monotonic() - self._reported < REPORT and not self._forgotten:
            return []
        self._reported = time.monotonic()
        found, self._forgotten = self._forgotten, []
        for storm in self._storms.values():
            if storm.suppressed:
                found.append(
                    Storm(storm.sender, storm.kind, storm.oid, storm.pace, storm.suppressed, storm.begun, storm.last)
                )
                storm.suppressed = 0
        return found
