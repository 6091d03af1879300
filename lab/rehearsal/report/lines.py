"""The lines of a rehearsal and their load as bars: today, behind each leg, and while something is down."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inventory.text import tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.rehearsal.capacity.model import Capacity
    from lab.rehearsal.loads import LineLoad, Window
    from lab.rehearsal.result import Result

WIDTH = 240  # points of the picture
FULL = 150.0  # percent that its width is
MOST = 14  # bars of one line; the JSON file has all


class Load(NamedTuple):
    """A bar: when, how wide, which colour, and what it says."""

    when: str
    width: float
    colour: str
    percent: str
    figures: str


class Row(NamedTuple):
    """A line with its bars."""

    name: str
    ends: str
    mbps: str
    measured: str
    loads: tuple[Load, ...]


class Picture(NamedTuple):
    """All lines; `limit` is where the policy's limit stands, `hundred` where a line can take no more."""

    rows: tuple[Row, ...]
    limit: float
    hundred: float
    width: int


def picture(result: Result) -> Picture | None:
    """The picture, None if no load was measured."""
    capacity = result.capacity
    if capacity is None:
        return None
    windows = [(tr("today"), capacity.today), *_behind(result)]
    inventory = result.lab.topology.workspace.inventory
    rows = [
        Row(
            name,
            " – ".join(inventory.lines[name].devices),
            str(mbps) if mbps else tr("not known"),
            _measured(capacity, name),
            tuple(_load(capacity, when, one) for when, window in windows[:MOST] if (one := window.line(name))),
        )
        for name, mbps in capacity.mbps.items()
    ]
    return Picture(tuple(rows), WIDTH * capacity.limit / FULL, WIDTH * 100 / FULL, WIDTH)


def _behind(result: Result) -> Iterator[tuple[str, Window]]:
    for leg in result.legs:
        for window in leg.windows:
            down = ", ".join(map(str, leg.faults)) if window.moment.value == "during" else ""
            yield (f"{leg.name}: {down}" if down else leg.name), window


def _measured(capacity: Capacity, name: str) -> str:
    known, load = capacity.measured.get(name), capacity.load(name)
    if known is None:
        return tr("not measured")
    return f"{known.percent:.0f} %" if load is None else f"{load:.1f} ({known.percent:.0f} %)"


def _load(capacity: Capacity, when: str, one: LineLoad) -> Load:
    colour = "#c0262d" if one.dropped >= 0.01 else "#c98a00" if one.percent > capacity.limit else "#1a7f4b"
    figures = f"{one.offered:.1f} Mbit/s, {one.device} →"
    if one.dropped >= 0.01:
        figures += " " + tr("{percent} % thrown away", percent=round(100 * one.dropped, 1))
    percent = f"{one.percent:.0f} %" if one.line in capacity.measured else f"≥ {one.percent:.0f} %"
    return Load(when, WIDTH * min(one.percent, FULL) / FULL, colour, percent, figures)
