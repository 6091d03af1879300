"""`govnet plan export` and `govnet plan netbox`: what is written, what is left out, how they end."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from cli.main import main
from inventory.errors import InputError
from ipplan.views import export
from ipplan.views.registry import VIEWS


@pytest.fixture
def workspace(lianyuan: Path, tmp_path: Path) -> Path:
    """A copy of the example."""
    return shutil.copytree(lianyuan, tmp_path / "lianyuan", ignore=shutil.ignore_patterns(".lab", "archive", "secrets"))


@pytest.fixture
def run(workspace: Path, capsys: pytest.CaptureFixture[str]):
    """Runs `govnet …` in the copy: exit code, stdout, stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([*arguments, "-w", str(workspace)])
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return call


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_that_can_be_made(run, tmp_path):
    """Without --format: all views but those whose input is not there, which are named; again, the same bytes."""
    code, out, err = run("plan", "export", "--out", str(tmp_path / "a"))
    assert code == 0
    assert "address-book.xlsx" in out
    assert "mapping: left out" in err
    first = digests(tmp_path / "a")
    assert {name.split("/")[0] for name in first} == {
        "address-book.xlsx", "csv", "dns", "export.json", "kea", "map", "netbox",
    }  # fmt: skip
    run("plan", "export", "--out", str(tmp_path / "b"))
    assert digests(tmp_path / "b") == first
    run("plan", "export", "--out", str(tmp_path / "a"))
    assert digests(tmp_path / "a") == first


def test_json_lists_the_files(run, tmp_path):
    """One document, keys in English, digests that are right."""
    code, out, _ = run("plan", "export", "--format", "csv,kea", "--out", str(tmp_path / "a"), "--json")
    document = json.loads(out)
    assert (code, document["ok"], document["skipped"]) == (0, True, [])
    assert {file["view"] for file in document["files"]} == {"csv", "kea"}
    for file in document["files"]:
        assert sha256((tmp_path / "a" / file["file"]).read_bytes()).hexdigest() == file["sha256"]


def test_a_view_that_was_asked_for_must_be_made(run, tmp_path):
    """No mapping, or no such view: exit 2, the reason, and nothing is written."""
    code, _, err = run("plan", "export", "--format", "xlsx,mapping", "--out", str(tmp_path / "a"))
    assert code == 2
    assert "govnet plan map" in err
    code, _, err = run("plan", "export", "--format", "xls", "--out", str(tmp_path / "a"))
    assert code == 2
    assert "xlsx" in err
    assert not (tmp_path / "a").exists()


def test_what_is_no_longer_made_goes(run, workspace, tmp_path):
    """Files of an earlier export that the plan does not give any more are removed, unless somebody changed them."""
    out = tmp_path / "a"
    run("plan", "export", "--format", "dns,csv", "--out", str(out))
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    zone = out / "dns" / "zones" / "0.255.10.in-addr.arpa.zone"
    changed = out / "csv" / "management.csv"
    changed.write_bytes(changed.read_bytes() + b"x")
    path = workspace / "plan" / "plan.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if ",loopback" not in line), encoding="utf-8")
    _, text, _ = run("plan", "export", "--format", "dns,csv", "--out", str(out), "--json")
    document = json.loads(text)
    assert document["removed"] == ["dns/zones/0.255.10.in-addr.arpa.zone"]
    assert document["stale"] == ["csv/management.csv"]
    assert not zone.exists()
    assert changed.exists()
    assert (out / "mine.txt").exists()


def test_a_list_from_elsewhere_removes_nothing_outside(make, tmp_path):
    """A manifest that names files outside the folder is not believed."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"x")
    out = tmp_path / "out"
    out.mkdir()
    digest = sha256(b"x").hexdigest()
    (out / export.MANIFEST).write_text(
        json.dumps({"csv": {"../victim": digest, str(victim): digest}}), encoding="utf-8"
    )
    export.export(make(), ("csv",), out)
    assert victim.exists()
    (out / export.MANIFEST).write_text("[1, 2", encoding="utf-8")
    export.export(make(), ("csv",), out)


def test_names_of_views():
    """Order and repetition do not matter; `all` is all."""
    assert export.views("map, xlsx,map") == ("xlsx", "map")
    assert export.views("all") == tuple(VIEWS)
    for text in ("", ",", "xlsx,nothing"):
        with pytest.raises(InputError):
            export.views(text)


def test_faults_of_all_settings_come_together(run, workspace, tmp_path):
    """dns.yaml and dhcp.yaml are read before anything is written, and every fault has its file and line."""
    (workspace / "plan" / "dns.yaml").write_text("origin: 涟源\nserial: x\n", encoding="utf-8")
    (workspace / "plan" / "dhcp.yaml").write_text("static: 0\n", encoding="utf-8")
    code, out, _ = run("plan", "export", "--out", str(tmp_path / "a"), "--json")
    places = {(problem["file"], problem["line"]) for problem in json.loads(out)["error"]["problems"]}
    assert code == 2
    assert {("plan/dns.yaml", 1), ("plan/dns.yaml", 2), ("plan/dhcp.yaml", 1)} <= places


def test_a_token_on_the_command_line_is_refused(run):
    """A text that is no reference would stand in the shell's history."""
    code, _, err = run("plan", "netbox", "http://127.0.0.1:9", "--token", "0123456789")
    assert code == 2
    assert "env:NAME" in err
    assert "0123456789" not in err


def test_a_netbox_that_does_not_answer(run, monkeypatch):
    """Exit 3, no traceback, no token."""
    monkeypatch.setenv("NETBOX_TOKEN", "hidden-token")
    code, out, _ = run("plan", "netbox", "http://127.0.0.1:9", "--token", "env:NETBOX_TOKEN", "--json")
    assert code == 3
    assert json.loads(out)["error"]["kind"] == "ServiceError"
    assert "hidden-token" not in out
