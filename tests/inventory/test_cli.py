"""The commands of this package, as people run them: `inventory`, `init`, `doctor`."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

GOVNET = Path(sys.executable).with_name("govnet")
LIANYUAN = Path(__file__).parent.parent.parent / "examples" / "lianyuan"


def run(
    *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run govnet; no run may show a traceback."""
    clean = {
        key: value for key, value in os.environ.items() if key not in {"LANG", "LC_ALL", "LC_MESSAGES", "GOVNET_LANG"}
    }
    result = subprocess.run(
        [str(GOVNET), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
        cwd=cwd,
        env={**clean, "PYTHONUTF8": "1", **(env or {})},
    )
    assert "Traceback" not in result.stderr
    return result


def document(*arguments: str, **options: Any) -> Any:
    """The one JSON document that a command prints."""
    result = run(*arguments, "--json", **options)
    return json.loads(result.stdout)


def test_check_counts(base: Path) -> None:
    """A clean workspace: exit 0, counts in both forms."""
    result = run("inventory", "check", "-w", str(base))
    assert (result.returncode, result.stderr) == (0, "")
    assert "3 devices" in result.stdout
    assert "没有问题" in run("--lang", "zh", "inventory", "check", "-w", str(base)).stdout
    assert document("inventory", "check", cwd=base) == {
        "ok": True,
        "counts": {
            "regions": 3,
            "units": 2,
            "sites": 2,
            "devices": 3,
            "lines": 5,
            "zones": 2,
            "systems": 1,
            "credentials": 1,
        },
    }


@pytest.mark.parametrize(
    ("kind", "where", "names"),
    [
        ("devices", "role in (core, township-router)", ["core", "rt-anping"]),
        ("devices", "", ["core", "fw", "rt-anping"]),
        ("sites", "township=安平镇", ["th-anping"]),
        ("units", "name=core", ["office"]),
        ("regions", "name=rt-anping", ["4313", "431382", "431382102"]),
        ("lines", "name=core", ["ln-fw", "ln-anping"]),
        ("zones", "name=fw", ["outside", "inside"]),
        ("systems", "name=fw", ["oa"]),
        ("systems", "name=core", []),
    ],
)
def test_list(kind: str, where: str, names: list[str], base: Path) -> None:
    """Every kind, all of it or what has to do with the chosen devices; the table has the same names."""
    arguments = ("inventory", "list", kind, "-w", str(base), *(("--where", where) if where else ()))
    rows = document(*arguments)[kind]
    assert [row.get("code", row.get("name")) for row in rows] == names
    shown = run(*arguments).stdout
    assert all(name in shown for name in names)


@pytest.mark.parametrize("content", [b"", b"Geheim77\nb\n", b"Geheim77\x00", b"\xff\xfe"])
def test_check_looks_into_secret_files(content: bytes, base: Path) -> None:
    """A secret's file that holds none is a problem, and what it holds is not shown."""
    path = base / "secrets" / "routers"
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    result = run("inventory", "check", "-w", str(base))
    assert result.returncode == 2
    assert "secrets/routers" in result.stderr
    assert "Geheim77" not in result.stdout + result.stderr


def test_list_refuses(base: Path) -> None:
    """An unknown kind and a bad filter end with 2 and say what to write."""
    result = run("inventory", "list", "device", "-w", str(base))
    assert result.returncode == 2
    assert "did you mean “devices”?" in result.stderr
    result = run("inventory", "list", "devices", "--where", "roel=core", "-w", str(base))
    assert result.returncode == 2
    assert "--where: column 1: there is no key “roel”" in result.stderr


def test_show(base: Path) -> None:
    """A device with its region, lines and zones; names in Chinese; secrets stay references; a misspelt name."""
    (found,) = document("inventory", "show", "fw", "-w", str(base))["found"]
    assert found["kind"] == "device"
    assert found["source"] == {"file": "inventory/devices.csv", "line": 3}
    assert found["lines"][0] == "ln-fw (circuit): eth1 → core GigabitEthernet0/1"
    assert found["zones"] == ["outside (eth0)", "inside (eth1)", "inside (ipsec0)"]
    assert [each["kind"] for each in document("inventory", "show", "安平镇", "-w", str(base))["found"]] == ["region"]
    text = run("inventory", "show", "routers", "-w", str(base)).stdout
    assert "file:secrets/routers" in text
    result = run("inventory", "show", "rt-anpign", "-w", str(base))
    assert result.returncode == 2
    assert "did you mean “rt-anping”?" in result.stderr


def test_import_is_a_dry_run(base: Path, tmp_path: Path) -> None:
    """Without --commit nothing is written; with it the table is; a second time nothing is left to do."""
    other = tmp_path / "o.csv"
    other.write_text("name,model,site,role,platform\nrt-anping,AR2220,,,\nrt-2,,dc,core,frr\n", encoding="utf-8")
    arguments = ("inventory", "import", str(other), "--as", "devices", "-w", str(base))
    before = (base / "inventory" / "devices.csv").read_bytes()
    shown = run(*arguments)
    assert "--commit" in shown.stderr
    assert "1 rows added, 1 values changed" in shown.stdout
    assert (base / "inventory" / "devices.csv").read_bytes() == before
    planned = document(*arguments)
    assert (planned["added"], planned["written"]) == (["rt-2"], False)
    assert planned["changed"] == [{"name": "rt-anping", "column": "model", "old": "Linux/FRR", "new": "AR2220"}]
    assert document(*arguments, "--commit")["written"] is True
    assert document("inventory", "check", "-w", str(base))["counts"]["devices"] == 4
    again = document(*arguments, "--commit")
    assert (again["added"], again["changed"], again["written"]) == ([], [], False)


def test_import_refuses(base: Path, tmp_path: Path) -> None:
    """A missing file, an unknown table and a faulty result end with 2; nothing is written."""
    before = (base / "inventory" / "devices.csv").read_bytes()
    missing = run("inventory", "import", str(tmp_path / "no.csv"), "--as", "devices", "-w", str(base), "--commit")
    assert missing.returncode == 2
    assert "no.csv" in missing.stderr
    assert run("inventory", "import", "x", "--as", "device", "-w", str(base)).returncode == 2
    other = tmp_path / "o.csv"
    other.write_text("name,site,role,platform\nrt-2,dc,core,vrp\n", encoding="utf-8")
    refused = run("inventory", "import", str(other), "--as", "devices", "-w", str(base), "--commit")
    assert refused.returncode == 2
    assert f"{other}:2: platform: there is no platform “vrp”" in refused.stderr
    assert (base / "inventory" / "devices.csv").read_bytes() == before


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_export(kind: str, base: Path, tmp_path: Path) -> None:
    """The files that it names are there; a CSV export imports back without a change."""
    files = document("inventory", "export", "--format", kind, "--out", str(tmp_path / "out"), "-w", str(base))["files"]
    assert files
    assert all(Path(file).stat().st_size for file in files)
    if kind != "json":
        table = tmp_path / "out" / ("inventory.xlsx" if kind == "xlsx" else "links.csv")
        merged = document("inventory", "import", str(table), "--as", "links", "-w", str(base))
        assert (merged["added"], merged["changed"], merged["same"]) == ([], [], 5)


def test_export_refuses(base: Path, tmp_path: Path) -> None:
    """An unknown format, and a folder that is a file."""
    assert run("inventory", "export", "--format", "pdf", "--out", "x", "-w", str(base)).returncode == 2
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = run("inventory", "export", "--out", str(tmp_path / "file"), "-w", str(base))
    assert result.returncode == 2
    assert str(tmp_path / "file") in result.stderr


def test_a_folder_without_a_workspace(tmp_path: Path) -> None:
    """Every command says so, with what to do."""
    for command in (("check",), ("list", "devices"), ("show", "x"), ("export", "--out", "o")):
        result = run("inventory", *command, cwd=tmp_path)
        assert result.returncode == 2
        assert "govnet init" in result.stderr


def test_init_makes_a_workspace_that_is_clean(tmp_path: Path) -> None:
    """The starter passes its check, has comments in it, keeps secrets out of git, and is never written over."""
    target = tmp_path / "new" / "net"
    made = document("init", str(target))
    assert {"govnet.yaml", ".gitignore", "inventory/devices.csv", "inventory/zones.yaml"} <= set(made["files"])
    assert made["invented_secrets"] == []
    assert run("inventory", "check", cwd=target).returncode == 0
    for file in made["files"]:
        if not file.startswith("."):
            assert (target / file).read_text(encoding="utf-8-sig").startswith("#"), f"{file} explains itself"
    assert "secrets/" in (target / ".gitignore").read_text(encoding="utf-8-sig")
    again = run("init", str(target))
    assert again.returncode == 4
    assert "is not empty" in again.stderr


def test_init_from_an_example(tmp_path: Path) -> None:
    """The copy is clean and complete; its secrets are made up, different each time, for their owner's eyes only."""
    secrets = set()
    for name in ("a", "b"):
        target = tmp_path / name
        made = document("init", str(target), "--from", "lianyuan")
        assert document("inventory", "check", cwd=target)["counts"]["devices"] == 87
        assert made["invented_secrets"]
        for file in made["invented_secrets"]:
            path = target / file
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            text = path.read_text(encoding="utf-8").strip()
            assert re.fullmatch(r"[A-Za-z0-9]{9}[-_@][A-Za-z0-9]{9}", text)
            secrets.add(text)
        assert all(
            row["state"] == "ok" for row in document("doctor", cwd=target)["rows"] if row["name"].startswith("file:")
        )
    assert len(secrets) == 2 * len(made["invented_secrets"])
    assert (tmp_path / "a" / "govnet.yaml").read_bytes() == (LIANYUAN / "govnet.yaml").read_bytes()


def test_init_refuses(tmp_path: Path) -> None:
    """An unknown example, and a path below a file."""
    result = run("init", str(tmp_path / "x"), "--from", "lianyaun")
    assert result.returncode == 2
    assert "lianyuan" in result.stderr
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert run("init", str(tmp_path / "file")).returncode == 4
    result = run("init", str(tmp_path / "file" / "x"))
    assert result.returncode == 2
    assert "cannot be written" in result.stderr


def test_doctor(base: Path, tmp_path: Path) -> None:
    """Rows for this machine and the workspace; what is missing has what mends it, in both languages; exit 1."""
    result = document("doctor", "-w", str(base))
    rows = {row["name"]: row for row in result["rows"]}
    assert rows["python"]["state"] == "ok"
    assert rows["workspace"]["state"] == "ok"
    assert rows["env:SNMP_AUTH"]["state"] == "missing"
    assert "export SNMP_AUTH" in rows["env:SNMP_AUTH"]["mend"]["en"]
    assert result["ok"] is False
    for row in rows.values():
        assert row["state"] == "ok" or (row["mend"]["en"] and row["mend"]["zh"])
    assert run("doctor", "-w", str(base)).returncode == 1
    elsewhere = document("doctor", cwd=tmp_path)
    assert {row["name"]: row["state"] for row in elsewhere["rows"]}["workspace"] == "optional"
    assert run("doctor", cwd=tmp_path).returncode == 0
    (base / "inventory" / "sites.csv").unlink()
    rows = {row["name"]: row for row in document("doctor", "-w", str(base))["rows"]}
    assert rows["workspace"]["state"] == "missing"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("init",),
        ("doctor",),
        ("inventory",),
        *(("inventory", verb) for verb in ("check", "list", "show", "import", "export")),
    ],
)
def test_help_has_an_example(arguments: tuple[str, ...], language: str) -> None:
    """Each command's help shows --json and a line to copy, in both languages."""
    result = run("--lang", language, *arguments, "--help")
    assert result.returncode == 0
    if arguments != ("inventory",):
        assert f"govnet {' '.join(arguments)}" in result.stdout
        assert "--json" in result.stdout
    said = result.stdout.split("\n\n")[1]
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (language == "zh")
