"""The load of lines as it was measured: a table with a row for each hour, device and line, in percent of the bandwidth.

The figure of a line is the 95th percentile of its rows, as carriers bill lines and as the audit counts them
(docs/audit-evidence.md), of the device that shows most.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.sources import read_bytes
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PLACE: Final = Path("measured") / "lines.csv"
PERCENTILE: Final = 95
COLUMNS: Final = ("time", "device", "line", "percent")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of a line: the percentile in percent of its bandwidth, at which device, of how many rows."""

    percent: float
    device: str
    rows: int


def read(path: Path, lines: Collection[str]) -> dict[str, Measured]:
    """The measured lines by name. InputError, with every fault, for a table that is not one of these `lines`."""
    text = read_bytes(path, str(path)).decode("utf-8-sig", errors="replace")
    rows = csv.DictReader(io.StringIO(text))
    lacking = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if lacking:
        message = Message("the table has no column {names}", names=", ".join(lacking))
        raise InputError([Problem("missing-column", message, _form(), str(path), line=1)])
    found: dict[tuple[str, str], list[float]] = {}
    problems: list[Problem] = []
    strange: set[str] = set()
    for row in rows:
        name, device = row["line"] or "", row["device"] or ""
        percent = _percent(row["percent"])
        if percent is None:
            message = Message("“{text}” is no share of a bandwidth", text=row["percent"] or "")
            problems.append(
                Problem(
                    "bad-value", message, Message("write percent, such as 41.5"), str(path), rows.line_num, "percent"
                )
            )
        elif name not in lines:
            strange.add(name)
        else:
            found.setdefault((name, device), []).append(percent)
    problems += [_unknown(name, lines, path) for name in sorted(strange)]
    if problems:
        raise InputError(problems)
    peaks: dict[str, Measured] = {}
    for (name, device), values in found.items():
        one = Measured(percentile(values), device, len(values))
        if name not in peaks or one.percent > peaks[name].percent:
            peaks[name] = one
    return peaks


def _form() -> Message:
    return Message("the columns are: {names}", names=", ".join(COLUMNS))


def _percent(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _unknown(name: str, lines: Collection[str], path: Path) -> Problem:
    near = nearest(name, lines)
    hint = (
        Message("did you mean “{name}”?", name=near) if near else Message("see them with: govnet inventory list lines")
    )
    return Problem("unknown-name", Message("there is no line “{name}”", name=name), hint, str(path), column="line")


def percentile(values: Sequence[float], share: float = PERCENTILE / 100) -> float:
    """The value below which that share lies, between two neighbours in proportion, as PromQL's `quantile` has it."""
    ordered = sorted(values)
    rank = share * (len(ordered) - 1)
    low = math.floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def loads(peaks: Mapping[str, Measured], mbps: Mapping[str, int]) -> dict[str, float]:
    """Megabits a second of each measured line whose bandwidth is known."""
    return {name: peak.percent / 100 * mbps[name] for name, peak in peaks.items() if mbps.get(name)}
