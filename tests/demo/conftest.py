"""A demo that runs as a user would run it: the console script, in a folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GOVNET = str(Path(sys.executable).parent / "govnet")


@dataclass(frozen=True)
class Ran:
    """A demo that has ended: its exit code, its JSON document, and the folder it worked in."""

    code: int
    document: dict[str, Any]
    folder: Path
    stderr: str

    def step(self, name: str) -> dict[str, Any]:
        """One step of the story."""
        return next(step for step in self.document["steps"] if step["name"] == name)


@pytest.fixture(scope="session")
def run_demo(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Run `govnet demo --json` with further arguments."""

    def run(*arguments: str, seconds: float = 600) -> Ran:
        folder = tmp_path_factory.mktemp("demo") / "work"
        ran = subprocess.run(
            [GOVNET, "demo", "--json", "--out", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Ran(ran.returncode, json.loads(ran.stdout), folder, ran.stderr)

    return run


@pytest.fixture(scope="session")
def clean(run_demo: Callable[..., Ran]) -> Ran:
    """The demo on emulated devices with nothing wrong."""
    return run_demo()
