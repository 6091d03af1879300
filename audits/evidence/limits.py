"""From which figure on an observation is a weakness. A unit's profile may say otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults are usual practice, not the standard's: GB/T 22239-2019 names no figure.

    Of `window_days` there must be measurements for `coverage_percent` before anything is said. `changes_days` is how
    far back changes of a configuration are looked through (the six months for which records are kept).
    """

    cpu_percent: float = 80.0
    memory_percent: float = 80.0
    bandwidth_percent: float = 80.0
    window_days: int = 30
    coverage_percent: float = 50.0
    seen_minutes: int = 15
    backup_days: int = 7
    changes_days: int = 180

    @classmethod
    def of(cls, limit: Callable[[str], float]) -> Limits:
        """The limits that a profile gives by these names; days and minutes are whole."""
        found: dict[str, Any] = {field.name: limit(field.name) for field in fields(cls)}
        return cls(
            **{name: round(value) if name.endswith(("_days", "_minutes")) else value for name, value in found.items()}
        )
