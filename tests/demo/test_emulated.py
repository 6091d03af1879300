"""The main job on emulated devices: it works, changes nothing the second time, and survives what goes wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.conftest import Ran

TOWNSHIPS = 20
# Ten Huawei routers, ten FRR routers, an IOS core switch and a Topsec firewall: what the embedded devices can be.
PUSHED = TOWNSHIPS + 2


def test_every_step_is_done(clean: Ran) -> None:
    """Plan, render, compare, push, archive, poll and audit all succeed, and the document says so."""
    assert clean.code == 0, clean.stderr
    assert clean.document["ok"] is True
    assert all(step["ok"] for step in clean.document["steps"])
    assert [set(step) for step in clean.document["steps"]] == [{"name", "ok", "seconds", "detail"}] * 12


def test_artifacts_exist(clean: Ran) -> None:
    """Every path that the demo names is there and not empty."""
    for name in ("plan", "configurations", "diffs", "archive", "metrics", "audit", "audit_json"):
        path = Path(clean.document["artifacts"][name])
        assert path.exists(), name
        assert any(path.iterdir()) if path.is_dir() else path.stat().st_size > 0, name


def test_everything_is_rendered_and_all_that_can_be_is_pushed(clean: Ran) -> None:
    """87 configurations, Topsec and VPN units included; 22 devices pushed; 0 lines the second time."""
    assert clean.step("render")["detail"]["devices"] == 87
    assert (clean.folder / "reports" / "configs" / "fw-border.cfg").exists()
    assert clean.step("push")["detail"]["changed"] == PUSHED
    again = clean.step("push-again")["detail"]
    assert (again["devices"], again["changed"], again["added"], again["removed"]) == (PUSHED, 0, 0, 0)


def test_counters_grow_between_polls(clean: Ran) -> None:
    """Each device is polled twice, and its ifHCInOctets are higher the second time."""
    detail = clean.step("poll")["detail"]
    assert detail["devices"] == detail["if_hc_in_octets_grew"] == PUSHED


def test_findings_cite_lines_of_the_archive(clean: Ran) -> None:
    """Every line that the audit shows as evidence stands in the archived configuration at that number."""
    detail = clean.step("audit")["detail"]
    assert detail["devices"] == PUSHED
    assert "fw-border" not in detail["not_audited"]
    assert detail["cited_lines"] > 100
    assert detail["cited_lines_not_in_the_archive"] == []


def test_no_secret_in_anything_that_was_made(clean: Ran) -> None:
    """The secrets of the workspace stand in none of the reports, nor in the archive's objects."""
    secrets = [path.read_text(encoding="utf-8").strip() for path in (clean.folder / "secrets").iterdir()]
    assert len(secrets) >= 8
    texts = [path.read_bytes() for path in (clean.folder / "reports").rglob("*") if path.is_file()]
    import pygit2

    repository = pygit2.Repository(str(clean.folder / "archive"))
    texts += [repository[oid].read_raw() for oid in repository]
    for secret in secrets:
        assert not any(secret.encode() in text for text in texts)


def test_a_device_that_fails_is_one_device(run_demo: Callable[..., Ran]) -> None:
    """One that refuses the password and one that does not answer are named, exit 3, and every other one is done."""
    ran = run_demo("--fault", "rt-anping=wrong-password", "--fault", "rt-lantian=down")
    assert ran.code == 3
    assert ran.document["ok"] is False
    failed = {failed["device"]: failed["error"] for failed in ran.step("compare")["detail"]["failed"]}
    assert set(failed) == {"rt-anping", "rt-lantian"}
    assert "refused the login" in failed["rt-anping"]
    assert ran.step("push")["detail"]["changed"] == PUSHED - 2
    assert ran.step("poll")["detail"]["devices"] == PUSHED - 2
    assert ran.step("audit")["detail"]["devices"] == PUSHED - 2


def test_an_undefined_variable_in_a_template(run_demo: Callable[..., Ran], lianyuan: Path, tmp_path: Path) -> None:
    """A faulty template is named with its line, exit 2, and the devices of the other templates are done."""
    workspace = tmp_path / "city"
    shutil.copytree(lianyuan, workspace)
    template = workspace / "templates" / "huawei" / "township-router.j2"
    template.parent.mkdir(parents=True)
    template.write_text("sysname {{ device.name }}\n#\nheader {{ no_such_thing }}\n", encoding="utf-8")
    ran = run_demo("-w", str(workspace))
    assert ran.code == 2
    failed = ran.step("render")["detail"]["failed"]
    assert len(failed) == TOWNSHIPS // 2
    for entry in failed:
        assert re.search(r"township-router\.j2:3", entry["error"]), entry
        assert "no_such_thing" in entry["error"]
    assert ran.step("push")["detail"]["changed"] == PUSHED - TOWNSHIPS // 2
    assert ran.step("audit")["ok"]


@pytest.mark.parametrize("argument", ["rt-anping=tired", "rt-anping"])
def test_an_unknown_fault_is_refused(run_demo: Callable[..., Ran], argument: str) -> None:
    """A fault that does not exist ends with exit 2 before anything is started."""
    ran = run_demo("--fault", argument)
    assert ran.code == 2
    assert "error" in ran.document


def test_a_foreign_folder_is_not_touched(run_demo: Callable[..., Ran], tmp_path: Path) -> None:
    """A folder with files that no demo made is refused (exit 4), and stays as it is."""
    keep = tmp_path / "keep.txt"
    keep.write_text("mine", encoding="utf-8")
    ran = run_demo("--out", str(tmp_path))
    assert ran.code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]
