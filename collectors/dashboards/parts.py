"""What a dashboard is made of: rows of panels, each with its queries. Texts are message ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

# The choices at the head of a dashboard, as a selector. A choice of all matches a missing label too.
CHOSEN = 'region=~"$region",unit=~"$unit",role=~"$role",vendor=~"$vendor",zone=~"$zone"'
POLLED = f'job=~"snmp.*",{CHOSEN}'
ONE = 'instance=~"$instance"'

RED, ORANGE, GREEN, BLUE = "red", "orange", "green", "blue"
# From which value on which colour; the first one is below all values.
GOOD_IS_HIGH = ((None, RED), (0.9, ORANGE), (0.99, GREEN))
BAD_IS_ANY = ((None, GREEN), (1.0, RED))
PERCENT = ((None, GREEN), (70.0, ORANGE), (90.0, RED))
RATIO = ((None, GREEN), (0.7, ORANGE), (0.85, RED))
DEGREES = ((None, GREEN), (60.0, ORANGE), (75.0, RED))

UP_DOWN = {"1": (mark("up"), GREEN), "0": (mark("down"), RED)}
GOOD_BAD = {"1": (mark("good"), GREEN), "0": (mark("fault"), RED)}


class Kind(StrEnum):
    """How a panel shows its numbers."""

    LINES = "timeseries"
    NUMBER = "stat"
    BARS = "bargauge"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression; `legend` names its series by their labels (`{{instance}}`) or in words."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel. `width` is of 24. `columns` are a table's first columns with their headings.

    Behind them stand the labels that only this device has (a fan's number, a tunnel's name), as they are.
    """

    title: str
    kind: Kind
    queries: tuple[Query, ...]
    unit: str = "short"
    description: str = ""
    width: int = 12
    height: int = 8
    steps: tuple[tuple[float | None, str], ...] = ()
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    value: str = mark("value")


@dataclass(frozen=True, slots=True)
class Choice:
    """A variable: the values of a label of a series."""

    name: str
    title: str
    query: str
    several: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. `uid` is its address and its file's name."""

    uid: str
    title: str
    description: str
    choices: tuple[Choice, ...]
    rows: tuple[tuple[str, tuple[Panel, ...]], ...]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels, row by row."""
        return tuple(panel for _, panels in self.rows for panel in panels)


DEVICES = (
    Choice("region", mark("region"), 'label_values(up{job=~"snmp.*"}, region)'),
    Choice("unit", mark("unit"), 'label_values(up{job=~"snmp.*",region=~"$region"}, unit)'),
    Choice("role", mark("role"), 'label_values(up{job=~"snmp.*",region=~"$region"}, role)'),
    Choice("vendor", mark("vendor"), 'label_values(up{job=~"snmp.*"}, vendor)'),
    Choice("zone", mark("zone"), 'label_values(up{job=~"snmp.*"}, zone)'),
)
DEVICE = (
    Choice("region", mark("region"), 'label_values(up{job=~"snmp.*"}, region)'),
    Choice("instance", mark("device"), 'label_values(up{job=~"snmp.*",region=~"$region"}, instance)', several=False),
)
WHERE = {"instance": mark("device"), "region": mark("region"), "site": mark("site")}


def lines(title: str, *queries: tuple[str, str], unit: str = "short", width: int = 12, description: str = "") -> Panel:
    """Curves over time."""
    return Panel(title, Kind.LINES, tuple(Query(*query) for query in queries), unit, description, width)


def number(
    title: str, expr: str, *, unit: str = "short", steps: tuple[tuple[float | None, str], ...] = (), width: int = 4
) -> Panel:
    """One figure."""
    return Panel(title, Kind.NUMBER, (Query(expr),), unit, width=width, height=4, steps=steps)


def bars(
    title: str, expr: str, legend: str, *, unit: str = "short", steps: tuple[tuple[float | None, str], ...] = ()
) -> Panel:
    """A bar a series."""
    return Panel(title, Kind.BARS, (Query(expr, legend),), unit, steps=steps)
