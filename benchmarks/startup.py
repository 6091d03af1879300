"""How long `govnet --help` takes, beside a bare interpreter that only imports Typer (the floor)."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from common import figure, median, report

ROUNDS = 9


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Measure both in turn."""
    govnet = str(Path(sys.executable).parent / "govnet")
    ours, floor = [], []
    for _ in range(ROUNDS):
        ours.append(seconds([govnet, "--help"]))
        floor.append(seconds([sys.executable, "-c", "import typer"]))
    peer = {"name": "python -c 'import typer' (the floor)", "value": round(median(floor), 4)}
    report("startup", [figure("govnet-help-seconds", median(ours), "s", 0.3, peer=peer)])


if __name__ == "__main__":
    main()
