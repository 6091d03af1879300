"""Recording and alert rules for Prometheus, as data (`*.yml` in this folder, Prometheus' own form).

They speak of what every device has, whoever made it: `measures` makes the series that they rest on from what the
SNMP modules say about their metrics, so a module that knows a new device needs no new alert. Each alert says what and
where (`summary`) and what to do (`action`), in English and Chinese (`…_zh`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.modules.schema import Module

DIRECTORY = Path(__file__).parent


def files(modules: Mapping[str, Module]) -> dict[str, str]:
    """The rule files by name, for devices that are polled with these modules."""
    from collectors.alerts import measures  # noqa: PLC0415 - start-up time

    shipped = {path.name: path.read_text(encoding="utf-8") for path in sorted(DIRECTORY.glob("*.yml"))}
    return {measures.FILE: measures.text(modules), **shipped}
