"""How runs went, as one HTML file: no network, no script. Runs that were judged by different rules stand apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audits.model import Verdict
from audits.report import html, wording
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audits.report.html import Slice

# The charts' own units: about a phone's pixels, so that their words can be read there.
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 320.0, 150.0, 34.0, 12.0, 22.0
_BAR = 0.6  # of the room that a run has

_TEXTS = {
    "heading": mark("How the self-checks went"),
    "level_2": mark("level 2"),
    "level_3": mark("level 3"),
    "runs": mark("Runs, the oldest first"),
    "day": mark("Day"),
    "devices": mark("Devices"),
    "verdicts": mark("Items by verdict"),
    "open": mark("Findings that are not or only partly met"),
    "rate": mark("Rate of items met, in per cent"),
    "high": mark("High-risk cases"),
    "change": mark("What changed since the run before"),
    "new": mark("new or came back"),
    "closed": mark("closed"),
    "waived": mark("Waived findings"),
    "spaced": mark("Runs stand side by side in their order; the distance says nothing about days."),
    "reference": wording.FOR_REFERENCE,
    "notice": wording.NOTICE,
}


@dataclass(frozen=True, slots=True)
class Dot:
    """A run in a chart: where it stands, its figure, its day."""

    x: float
    y: float
    value: float
    day: str


@dataclass(frozen=True, slots=True)
class Line:
    """A figure over the runs. A run without it is a gap: `paths` are the pieces between."""

    dots: tuple[Dot, ...]
    paths: tuple[str, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Bars:
    """What came above the line and what went below it, a run a column: x, y, width and height in the chart's units."""

    came: tuple[tuple[Dot, float], ...]
    went: tuple[tuple[Dot, float], ...]
    zero: float
    width: float
    top: int


@dataclass(frozen=True, slots=True)
class Series:
    """The runs by one set of rules, the oldest first, and their charts."""

    pack: str
    level: int
    rows: tuple[Mapping[str, Any], ...]
    verdicts: tuple[list[Slice], ...]
    open: Line
    high: Line
    rate: Line
    changed: Bars


def series(rows: Sequence[Mapping[str, Any]]) -> list[Series]:
    """The rows of `audits.changes.trend` by the rules that judged."""
    groups: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["pack"], row["level"]), []).append(row)
    return [
        Series(
            pack,
            level,
            tuple(runs),
            tuple(html.bar({verdict.value: run["items"][verdict.value] for verdict in Verdict}) for run in runs),
            line(runs, [unmet(run) for run in runs]),
            line(runs, [run["high_risk"] for run in runs]),
            line(runs, [run["rate"] for run in runs], top=100),
            bars(runs),
        )
        for (pack, level), runs in groups.items()
    ]


def unmet(run: Mapping[str, Any]) -> int:
    """How many findings of a run are not or only partly met."""
    return int(run["findings"][Verdict.FAIL.value] + run["findings"][Verdict.PARTIAL.value])


def line(runs: Sequence[Mapping[str, Any]], values: Sequence[float | None], top: float = 0) -> Line:
    """A figure over the runs; `top` is the scale's end, without it the largest one."""
    end = top or max([1, *(value for value in values if value is not None)])
    room = HEIGHT - TOP - BOTTOM
    dots, pieces = [], [""]
    for number, (run, value) in enumerate(zip(runs, values, strict=True)):
        if value is None:
            pieces.append("")
            continue
        dot = Dot(_x(number, len(runs)), round(TOP + room * (1 - value / end), 2), value, run["generated"])
        pieces[-1] += f"{'L' if pieces[-1] else 'M'}{dot.x} {dot.y}"
        dots.append(dot)
    return Line(tuple(dots), tuple(piece for piece in pieces if piece), end)


def bars(runs: Sequence[Mapping[str, Any]]) -> Bars:
    """What came and what went; the first run has nothing before it."""
    known = [(number, run) for number, run in enumerate(runs) if run["new"] is not None]
    came = [run["new"] + run["came_back"] for _, run in known]
    went = [run["closed"] for _, run in known]
    top = max([1, *came, *went])
    half = (HEIGHT - TOP - BOTTOM) / 2
    zero, width = TOP + half, round((WIDTH - LEFT) / max(len(runs), 1) * _BAR, 2)

    def column(number: int, run: Mapping[str, Any], value: int, *, up: bool) -> tuple[Dot, float]:
        height = round(half * value / top, 2)
        at = round(zero - height if up else zero, 2)
        return Dot(round(_x(number, len(runs)) - width / 2, 2), at, value, run["generated"]), height

    return Bars(
        tuple(column(number, run, value, up=True) for (number, run), value in zip(known, came, strict=True)),
        tuple(column(number, run, value, up=False) for (number, run), value in zip(known, went, strict=True)),
        zero,
        width,
        top,
    )


def _x(number: int, runs: int) -> float:
    """Where a run stands: each in the middle of its own room."""
    return round(LEFT + (WIDTH - LEFT) * (number + 0.5) / runs, 2)


def render(rows: Sequence[Mapping[str, Any]], language: str) -> str:
    """The whole page in one language (`en` or `zh_CN`)."""
    says = wording.Wording(language)
    return (
        html.environment()
        .get_template("trend.html.j2")
        .render(
            series=series(rows),
            language="zh-CN" if says.language == "zh_CN" else "en",
            text={key: says.tr(template) for key, template in _TEXTS.items()},
            verdicts=list(Verdict),
            verdict_title={verdict.value: says.verdict(verdict) for verdict in Verdict},
            colon=says.colon,
            unmet=unmet,
            size=(WIDTH, HEIGHT, LEFT, TOP, BOTTOM),
        )
    )


_STEPS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None]) -> str:
    """Figures as a row of blocks, the lowest of them the lowest block; what is not known is a blank."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    scale = (len(_STEPS) - 1) / (high - low) if high > low else 0
    return "".join(" " if value is None else _STEPS[round((value - low) * scale)] for value in values)
