"""上饶 with its Topsec firewalls: a policy change that leaves somebody out is found where and while it happens."""

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
from configs.encodings import decode
from configs.render import Renderer
from inventory import filters, workspace
from ipplan import plan

pytestmark = [pytest.mark.lab, pytest.mark.soak, pytest.mark.timeout(900)]
EXAMPLE = Path(__file__).parents[3] / "examples" / "shangrao"
WHERE = "name in (core-city, fw-internet, fw-province, cr-yushan, rt-yushan-bingxi)"
FLOW = "{name: extranet-to-servers, from: extranet, to: servers, services: "


def test_a_township_that_is_left_out_of_a_group(tmp_path: Path) -> None:
    """Its pair fails behind the stage, at the firewall; taken back it passes; the firewall runs its text of today."""
    root = tmp_path / "city"
    shutil.copytree(EXAMPLE, root)
    zones = root / "inventory" / "zones.yaml"
    text = zones.read_text(encoding="utf-8")
    # Probes are UDP, so the policy has to speak of it.
    zones.write_text(text.replace(f"{FLOW}[http, https, dns, icmp]", f"{FLOW}[any]"), encoding="utf-8")
    loaded = workspace.load(root, platforms=platforms())
    renderer = Renderer(loaded, plan.read(root / "plan/plan.csv"))
    (root / "today").mkdir()
    (root / "change").mkdir()
    for device in filters.select(loaded.inventory, WHERE):
        made = renderer.render(device.name)
        (root / "today" / f"{device.name}.cfg").write_bytes(made.text.encode(made.encoding))
    said, encoding = decode((root / "today" / "fw-internet.cfg").read_bytes(), "fw-internet")
    lines = [
        line.replace("NET:10.65.32.0-24 ", "") if line.startswith("define group_address") else line
        for line in said.split("\n")
    ]
    (root / "change" / "fw-internet.cfg").write_bytes("\n".join(lines).encode(encoding))
    done = rehearse(root)
    assert {one["platform"] for one in done["stand_ins"]} == {"huawei", "topsec_tos"}
    assert not done["not_run"]
    pair = ("pc-yushan-bingxi", "srv-servers")
    passed = [
        {(one["from"], one["to"]): one["passed"] for one in leg["matrix"]}[pair]
        for leg in done["legs"]
        if leg["devices"]
    ]
    assert passed == [False, True, False]
    failed = [one for one in done["legs"][0]["matrix"] if (one["from"], one["to"]) == pair]
    assert failed[0]["last"] == "fw-internet"
    others = [one for leg in done["legs"] for one in leg["matrix"] if (one["from"], one["to"]) != pair]
    assert all(one["passed"] for one in others if one["wanted"] == "required")
    assert {one["kind"] for one in done["findings"]} == {"required-failed", "loss"}


def rehearse(root: Path) -> dict[str, Any]:
    """What `lab rehearse` prints."""
    command = ["lab", "rehearse", str(root / "today"), "--change", str(root / "change"), "--json", "--late", "6"]
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *command, "-w", str(root), "--where", WHERE],
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li"},
    )
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert "legs" in document, document
    return document
