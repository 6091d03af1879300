"""What every benchmark shares: the machine, the figures, the form they are printed in."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = 0
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        memory = int(meminfo.read_text(encoding="ascii").split()[1]) // 1024
    return {
        "cpus": os.cpu_count(),
        "memory_mib": memory,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def figure(
    name: str, value: float, unit: str, bar: float, *, better: str = "lower", peer: dict[str, Any] | None = None
) -> dict[str, Any]:
    """One figure with its bar; `holds` says whether the bar is reached."""
    holds = value <= bar if better == "lower" else value >= bar
    made: dict[str, Any] = {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "bar": bar,
        "better": better,
        "holds": holds,
    }
    if peer is not None:
        made["peer"] = peer
    return made


def report(name: str, figures: list[dict[str, Any]]) -> None:
    """Print as JSON with `--json`, else as lines; the exit status is 1 if a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    arguments, _ = parser.parse_known_args()
    if arguments.json:
        print(json.dumps({"name": name, "machine": machine(), "figures": figures}, indent=2))
    else:
        for made in figures:
            state = "holds" if made["holds"] else "MISSED"
            print(f"{made['name']}: {made['value']} {made['unit']} (bar {made['bar']}, {state})")
            if "peer" in made:
                print(f"  peer {made['peer']['name']}: {made['peer']['value']} {made['unit']}")
    sys.exit(0 if all(made["holds"] for made in figures) else 1)


def median(values: list[float]) -> float:
    """The median of several rounds."""
    return statistics.median(values)
