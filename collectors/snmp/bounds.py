"""How far a walk may go: an agent that never ends, or repeats itself, is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors.snmp.faults import Fault

if TYPE_CHECKING:
    from collectors.snmp.session import Reply


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one module's walk. `varbinds` is what one answer may hold (0: as many as fit a packet)."""

    rows: int = 50_000
    packets: int = 2_000
    seconds: float = 60.0
    varbinds: int = 0
    nonincreasing: bool = False


@dataclass(slots=True, eq=False)
class Budget:
    """The bounds of one walk, counted down."""

    limits: Limits
    packets: int = 0
    varbinds: int = 0
    deadline: float = 0.0

    def spend(self) -> None:
        """Before each request; Fault(`bounds`) when a bound is reached."""
        now = time.monotonic()
        if not self.deadline:
            self.deadline = now + self.limits.seconds
        self.packets += 1
        if self.packets > self.limits.packets or now > self.deadline:
            raise Fault("bounds", f"{self.packets - 1} packets")

    def heard(self, reply: Reply) -> None:
        """After each answer: its repeated requests count too."""
        self.packets += reply.lost
