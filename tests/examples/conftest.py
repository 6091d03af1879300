"""What the tests of the example cities share: the committed workspaces, and copies of them that commands run in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli import init
from configs.dialects import platforms
from inventory import filters, workspace
from ipplan import plan, policy_file
from lab import control
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inventory.model import Workspace
    from ipplan.plan import Plan
    from ipplan.policy import Policy

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Example:
    """A committed workspace; read it only."""

    root: Path
    workspace: Workspace
    rules: Policy
    planned: Plan


@cache
def _example(name: str) -> Example:
    root = EXAMPLES / name
    loaded = workspace.load(root, platforms=platforms())
    return Example(root, loaded, policy_file.load(root / "plan" / "policy.yaml"), plan.read(root / "plan" / "plan.csv"))


@pytest.fixture(scope="session")
def example() -> Callable[[str], Example]:
    """A committed workspace by its folder below examples/."""
    return _example


@dataclass(frozen=True)
class Copy:
    """A copy of an example, as `govnet init --from` makes it, in which commands run."""

    root: Path

    def govnet(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command in the workspace to its end; it ends with `code`."""
        done = subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", *words, "-w", str(self.root)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=self.root,
            env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "200"},
        )
        assert done.returncode == code, (words, done.stdout[-2000:], done.stderr[-2000:])
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        """What a command prints with --json."""
        document: dict[str, Any] = json.loads(self.govnet(*words, "--json", code=code).stdout)
        return document

    def up(self, *devices: str) -> str:
        """Start these devices, emulated; the condition that chooses them."""
        where = f"name in ({', '.join(devices)})"
        control.up(self.root, backend_name="emulated", where=where)
        return where

    def rollout(self, where: str) -> dict[str, str]:
        """Bring them to what the workspace wants, for real, on the lab; the state of each."""
        done = self.json("rollout", "start", "--lab", "--commit", "--allow-reboot", "--where", where)
        assert done["phase"] == "done", done
        return {row["name"]: row["state"] for row in done["devices"]}

    def running(self, where: str) -> dict[str, str]:
        """What devices of the lab run, backed up and shown from the archive."""
        self.govnet("config", "backup", "--lab", "--where", where)
        names = [device.name for device in filters.select(workspace.load(self.root).inventory, where)]
        return {name: self.govnet("config", "show", name).stdout for name in names}

    def settled(self, where: str) -> bool:
        """Whether the devices run what the workspace wants."""
        shown = self.json("config", "push", "--lab", "--where", where)
        return all(row["state"] == "same" for row in shown["devices"])

    def audit(self, source: str, *options: str) -> Audit:
        """The report of an audit that found something."""
        folder = self.root / "reports" / f"run-{len(list(self.root.glob('reports/run-*')))}"
        self.govnet(
            "audit", "run", source, "--date", "2026-11-22", "--format", "json", "--out", str(folder), *options, code=1
        )
        return Audit(json.loads((folder / "audit.json").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Audit:
    """A report: which weakness is there on which devices."""

    report: dict[str, Any]

    def devices(self, fact: str, *, value: bool | None = True) -> set[str]:
        """The devices of which a fact is known to be so (None: of which it is not known)."""
        return {
            finding["device"]
            for item in self.report["items"]
            for finding in item["findings"]
            for evidence in finding["evidence"]
            if evidence["fact"] == fact and evidence["value"] is value and finding["device"]
        }

    def verdicts(self, item: str) -> dict[str, str]:
        """The verdict of each device on one item."""
        found = [each for each in self.report["items"] if each["id"] == item]
        assert found, item
        return {finding["device"]: finding["verdict"] for each in found for finding in each["findings"]}


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Callable[[str], Copy]]:
    """Makes a copy of an example with made-up secrets; a lab that was started in it is ended."""
    made: list[Copy] = []

    def make(name: str) -> Copy:
        root = tmp_path / name
        root.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(EXAMPLES / name, root, ignore=shutil.ignore_patterns(*init.LEFT_OUT))
        init.invent_secrets(workspace.load(root, platforms=platforms()))
        made.append(Copy(root))
        return made[-1]

    yield make
    for each in made:
        control.down(each.root)
