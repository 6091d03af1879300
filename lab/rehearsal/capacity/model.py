"""What is known of a rehearsal's lines and what is sent over them. Rates are megabits a second of the real lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.rehearsal.capacity.measured import Measured
    from lab.rehearsal.loads import Window


@dataclass(frozen=True)
class Capacity:
    """The lines of a rehearsal: what is known of them, what is sent over them, and how they were today.

    `mbps` are the circuits that run with the inventory's bandwidth, 0 if it has none; `measured` those of them that
    were measured. `factor`: the lab is so many times slower. `limit` in percent. `demands` is what each pair sends,
    `wanted` what that puts on each measured line. `narrow` are lines too narrow at this scale to be judged.
    """

    source: str
    factor: int
    limit: float
    mbps: Mapping[str, int]
    measured: Mapping[str, Measured]
    demands: Mapping[str, float]
    wanted: Mapping[str, float]
    narrow: Sequence[str]
    today: Window

    @property
    def full_today(self) -> list[str]:
        """Lines that are over the limit today, by what was measured or by what was seen."""
        return [name for name in self.mbps if self.most_today(name) > self.limit]

    def most_today(self, line: str) -> float:
        """The percent of a line today: measured or seen, whichever is more; 0 if neither is known."""
        seen = self.today.line(line)
        known = self.measured.get(line)
        return max(seen.percent if seen is not None else 0.0, known.percent if known is not None else 0.0)

    def load(self, line: str) -> float | None:
        """Megabits a second measured on a line; None if it was not measured or has no bandwidth."""
        known = self.measured.get(line)
        return known.percent / 100 * self.mbps[line] if known is not None and self.mbps[line] else None

    def as_json(self) -> dict[str, Any]:
        """Stable keys; what is not known is null."""
        return {
            "source": self.source,
            "percentile": 95,
            "scale": self.factor,
            "limit_percent": self.limit,
            "lines": [self._line(name) for name in self.mbps],
            "demands": [
                {"pair": pair, "mbps": round(rate, 2)} for pair, rate in sorted(self.demands.items()) if rate > 0
            ],
            "full_today": self.full_today,
            "today": self.today.as_json(self.measured),
        }

    def _line(self, name: str) -> dict[str, Any]:
        known, load = self.measured.get(name), self.load(name)
        wanted = self.wanted.get(name)
        return {
            "line": name,
            "mbps": self.mbps[name] or None,
            "measured_percent": None if known is None else round(known.percent, 1),
            "measured_mbps": None if load is None else round(load, 2),
            "measured_at": None if known is None else known.device,
            "offered_mbps": None if wanted is None else round(wanted, 2),
            "judged": bool(self.mbps[name]) and name not in self.narrow,
        }
