"""Counties of the example 上饶 as they are: VRP, IOS and FRR beside each other, each spoken to in its own language."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from configs.dialects import platforms
from configs.render import Renderer
from inventory import filters, workspace
from ipplan import plan

pytestmark = [pytest.mark.lab, pytest.mark.soak, pytest.mark.timeout(1800)]
EXAMPLE = Path(__file__).parents[3] / "examples" / "shangrao"
MAPPING = "old,new\n10.65.0.0/16,59.193.0.0/16\n10.254.6.0/24,59.192.6.0/24\n"
# Seconds for which a township with one line may be away when its primary address changes: see docs/rehearsal.md.
AWAY = 12.0


def rehearse(root: Path, where: str, *words: str) -> dict[str, Any]:
    """Rehearse a re-addressing of some devices, whose texts of today are what the plan gives."""
    shutil.copytree(EXAMPLE, root)
    loaded = workspace.load(root, platforms=platforms())
    renderer = Renderer(loaded, plan.read(root / "plan/plan.csv"))
    (root / "today").mkdir()
    for device in filters.select(loaded.inventory, where):
        (root / "today" / f"{device.name}.cfg").write_text(renderer.render(device.name).text, encoding="utf-8")
    (root / "mapping.csv").write_text(MAPPING, encoding="utf-8")
    (root / "rollout.yaml").write_text("waves: [rest]\nsites_in_flight: 4\n", encoding="utf-8")
    command = ["lab", "rehearse", str(root / "today"), "--change", str(root / "mapping.csv"), "--json"]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            *command,
            "-w",
            str(root),
            "--where",
            where,
            *words,
        ],
        capture_output=True,
        text=True,
        timeout=1700,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert "legs" in document, document
    return document


def test_three_vendors_there_and_back(tmp_path: Path) -> None:
    """Nothing is lost but in prefer, where VRP and IOS lose their neighbour; every text returns."""
    where = "name in (cr-yushan, rt-yushan-bingxi, rt-yushan-wencheng, rt-yushan-linhu)"
    done = rehearse(tmp_path / "city", where, "--tolerate", str(AWAY))
    assert done["findings"] == []
    assert {one["platform"] for one in done["stand_ins"]} == {"huawei", "cisco_ios"}
    sent = [(leg["stage"], leg["way"]) for leg in done["legs"] if leg["devices"]]
    assert sent == [(stage, way) for stage in ("add", "prefer", "remove") for way in ("forth", "back", "again")]
    assert all(leg["lost"] == 0 for leg in done["legs"] if leg["stage"] != "prefer")
    assert all(leg["longest"] <= AWAY for leg in done["legs"])
    assert all(seen["passed"] for leg in done["legs"] for seen in leg["matrix"])


def test_a_county(tmp_path: Path) -> None:
    """19 devices: every pair at every point, every text as it was; nothing lost for longer than a blink but in prefer.

    A blink: while Linux takes an address away it has no route for about a millisecond, which one probe may meet.
    """
    where = "county=361123 and role in (township-router, county-core)"
    done = rehearse(tmp_path / "city", where, "--tolerate", str(AWAY))
    assert {finding["kind"] for finding in done["findings"]} <= {"loss"}
    assert len(done["devices"]) == 19
    blinks = [row for leg in done["legs"] if leg["stage"] != "prefer" for row in leg["losses"]]
    assert all(gap["count"] == 1 for row in blinks for gap in row["gaps"])
    assert all(seen["passed"] for leg in done["legs"] for seen in leg["matrix"])
