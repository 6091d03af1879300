"""A device's load in the few numbers that every vendor has, from the metrics that say what they measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.modules.schema import Measure, Module
    from collectors.results import ModuleResult, PollResult


@dataclass(frozen=True, slots=True)
class Health:
    """The fullest processor and memory, the hottest sensor, all sessions and tunnels. None: the device does not say."""

    cpu_percent: float | None = None
    memory_percent: float | None = None
    temperature_celsius: float | None = None
    sessions: float | None = None
    tunnels: float | None = None


def health(result: PollResult, modules: Mapping[str, Module]) -> Health:
    """A poll summed up. `modules` are those that it was made with."""
    found: dict[Measure, list[float]] = {}
    shares: list[float] = []
    for part in result.modules:
        measured = _measured(result, part, modules[part.module])
        for kind, rows in measured.items():
            found.setdefault(kind, []).extend(rows.values())
        shares.extend(_shares(measured))
    full = [*found.get("memory_percent", []), *shares]
    return Health(
        cpu_percent=max(found.get("cpu_percent", []), default=None),
        memory_percent=round(max(full), 1) if full else None,
        temperature_celsius=max(found.get("temperature_celsius", []), default=None),
        sessions=sum(found["sessions"]) if found.get("sessions") else None,
        tunnels=sum(found["tunnels"]) if found.get("tunnels") else None,
    )


_Rows: TypeAlias = dict[tuple[tuple[str, str], ...], float]
# Rows of these belong together by their labels; others are told apart by their metric too (IPv4's sessions, IPv6's).
_PAIRED = frozenset({"memory_used", "memory_free", "memory_total"})


def _measured(result: PollResult, part: ModuleResult, module: Module) -> dict[Measure, _Rows]:
    """What one module's metrics measure: kind → labels → number."""
    read = {family.name for family in part.families}
    found: dict[Measure, _Rows] = {}
    for metric in module.metrics:
        if metric.measures is None or metric.name not in read:
            continue
        own = () if metric.measures in _PAIRED else (("metric", metric.name),)
        rows = {(*own, *labels): number for labels, number in result.values(metric.name).items()}
        found.setdefault(metric.measures, {}).update(rows)
    return found


def _shares(measured: dict[Measure, _Rows]) -> list[float]:
    """Memory in percent where a device tells two of used, free and total."""
    used, free, total = (measured.get(kind, {}) for kind in ("memory_used", "memory_free", "memory_total"))
    shares = []
    for labels in {**used, **free, **total}:
        taken, left, size = used.get(labels), free.get(labels), total.get(labels)
        if size is None and taken is not None and left is not None:
            size = taken + left
        if taken is None and size is not None and left is not None:
            taken = size - left
        if taken is not None and size:
            shares.append(100.0 * taken / size)
    return shares
