"""What a rehearsal has seen of its lines' capacity. Rates are megabits a second of the real lines, not of the lab's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.rehearsal.capacity.demands import Lane
    from lab.rehearsal.capacity.measured import Measured

SEEN = 20  # packets of a pair from which a share of them is one


class Moment(StrEnum):
    """When lines were looked at."""

    TODAY = "today"
    DURING = "during"  # while what a fault took down is down
    BEHIND = "behind"  # a leg


@dataclass(frozen=True, slots=True)
class LineLoad:
    """A line in its fuller direction, left by `device`: what was put on it, what it carried, which share it dropped."""

    line: str
    device: str
    mbps: int
    offered: float
    carried: float
    dropped: float

    @property
    def percent(self) -> float:
        """What was put on it, in percent of its bandwidth."""
        return 100 * self.offered / self.mbps

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "line": self.line,
            "device": self.device,
            "mbps": self.mbps,
            "offered": round(self.offered, 2),
            "carried": round(self.carried, 2),
            "percent": round(self.percent, 1),
            "dropped_percent": round(100 * self.dropped, 1),
        }


@dataclass(frozen=True, slots=True)
class PairLoad:
    """What one host sent another, and which share of it was lost; None if it was too little to tell."""

    a: str
    b: str
    offered: float
    lost: float | None

    @property
    def name(self) -> str:
        """As `Pair.name`."""
        return f"{self.a} → {self.b}"

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        lost = None if self.lost is None else round(100 * self.lost, 1)
        return {"from": self.a, "to": self.b, "offered": round(self.offered, 2), "lost_percent": lost}


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds in which the load was sent and the lines were counted.

    `ways` are the lanes of the pairs at that moment, where somebody had to know them. `untold` are pairs that carry
    load today and have no address to send it from at this point.
    """

    moment: Moment
    seconds: float
    lines: Sequence[LineLoad]
    pairs: Sequence[PairLoad]
    ways: Mapping[str, Sequence[Lane]] = field(default_factory=dict)
    untold: Sequence[str] = ()

    def line(self, name: str) -> LineLoad | None:
        """A line by its name."""
        return next((one for one in self.lines if one.line == name), None)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "moment": self.moment.value,
            "seconds": round(self.seconds, 2),
            "lines": [line.as_json() for line in self.lines],
            "pairs": [pair.as_json() for pair in self.pairs],
            "not_offered": list(self.untold),
        }


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
            "today": self.today.as_json(),
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
