"""What lines carried and pairs sent while it was looked at. Rates are megabits a second of the real lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# A line in one direction: its name and the device that it is left by.
Lane: TypeAlias = tuple[str, str]
SEEN = 20  # packets of a pair from which a share of them is one
ENOUGH = 0.97  # share of the load that has to be sent


class Moment(StrEnum):
    """When lines were looked at."""

    TODAY = "today"
    DURING = "during"  # while what a fault took down is down
    BEHIND = "behind"  # a leg


@dataclass(frozen=True, slots=True)
class LineLoad:
    """A line in one direction, left by `device`: what was put on it, what it carried, which share it dropped."""

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

    def as_json(self, *, measured: bool) -> dict[str, Any]:
        """Stable keys. Of a line that is not measured only what others bring is known: `at_least`."""
        return {
            "line": self.line,
            "device": self.device,
            "mbps": self.mbps,
            "at_least": not measured,
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

    `lanes` are the lines in both directions. `ways` are the lanes of the pairs at that moment, where somebody had to
    know them. `untold` are pairs that carry load today and have no address to send it from at this point. `sent` is the
    share of the load that this machine managed to send; with less than `ENOUGH` no line is known not to be full.
    """

    moment: Moment
    seconds: float
    lanes: Sequence[LineLoad]
    pairs: Sequence[PairLoad]
    ways: Mapping[str, Sequence[Lane]] = field(default_factory=dict)
    untold: Sequence[str] = ()
    sent: float = 1.0

    @property
    def lines(self) -> list[LineLoad]:
        """Each line in its fuller direction."""
        best: dict[str, LineLoad] = {}
        for one in self.lanes:
            if one.line not in best or one.offered > best[one.line].offered:
                best[one.line] = one
        return list(best.values())

    def line(self, name: str) -> LineLoad | None:
        """A line by its name, in its fuller direction."""
        return next((one for one in self.lines if one.line == name), None)

    def as_json(self, measured: Collection[str]) -> dict[str, Any]:
        """Stable keys; `measured` are the lines whose load is known."""
        return {
            "moment": self.moment.value,
            "seconds": round(self.seconds, 2),
            "sent_percent": round(100 * self.sent, 1),
            "lines": [line.as_json(measured=line.line in measured) for line in self.lines],
            "pairs": [pair.as_json() for pair in self.pairs],
            "not_offered": list(self.untold),
        }
