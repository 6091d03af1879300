"""`govnet rollout log` and `govnet doctor` on the operations log."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build
from configs.operations import FILE, Operations
from inventory.errors import InputError

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example with a log of three lines."""
    folder = tmp_path / "city"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "state.db", "rollouts"))
    log = Operations(folder)
    for day in (1, 2, 3):
        log.write("rollout.start", {"rollout": f"r{day}", "reason": "变更"}, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    return folder


def test_the_log_is_shown_from_a_day_on(root: Path) -> None:
    """All lines are checked, those since the day are shown."""
    shown = CliRunner().invoke(build(), ["rollout", "log", "--since", "2026-11-02", "--json", "-w", str(root)])
    document = json.loads(shown.stdout)
    assert document["lines"] == 3
    assert [entry["about"]["rollout"] for entry in document["entries"]] == ["r2", "r3"]
    assert "变更" in CliRunner().invoke(build(), ["rollout", "log", "-w", str(root)]).stdout


def test_a_broken_chain_is_a_finding(root: Path) -> None:
    """Doctor says which line, `log` refuses to show what cannot be trusted."""
    found = {row["name"]: row for row in _doctor(root)}
    assert found[FILE]["state"] == "ok"
    path = root / FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"r2"', '"r9"'), encoding="utf-8")
    found = {row["name"]: row for row in _doctor(root)}
    assert found[f"{FILE}:2"]["state"] == "missing"
    assert "操作日志" in found[f"{FILE}:2"]["found"]["zh"]
    refused = CliRunner().invoke(build(), ["rollout", "log", "-w", str(root)])
    assert isinstance(refused.exception, InputError) or refused.exit_code == 2


def _doctor(root: Path) -> list[dict[str, object]]:
    shown = CliRunner().invoke(build(), ["doctor", "--json", "-w", str(root)])
    rows: list[dict[str, object]] = json.loads(shown.stdout)["rows"]
    return rows
