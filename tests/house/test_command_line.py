"""What every command line can count on: errors without tracebacks, both languages, JSON whatever happens."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import PATIENCE

GOVNET = str(Path(sys.executable).parent / "govnet")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run govnet in English unless the arguments say otherwise."""
    return subprocess.run(
        [GOVNET, "--lang", "en", *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_version() -> None:
    """`--version` needs no command."""
    ran = run("--version")
    assert ran.returncode == 0
    assert ran.stdout.strip()[0].isdigit()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["config", "pusk"], "没有命令"),
        (["config", "push", "--parallel", "0"], "应不小于 1"),
        (["config", "show"], "缺少参数"),
        (["plan", "make", "--wher"], "没有选项"),
    ],
)
def test_usage_errors_in_chinese(arguments: list[str], said: str) -> None:
    """A command line that cannot be used is explained in 中文, wherever --lang stands; exit 2."""
    ran = run(*arguments, "--lang", "zh")
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "用法：" in ran.stderr


def test_usage_error_as_json() -> None:
    """With --json a usage error is one document on stdout, in both languages."""
    ran = run("config", "push", "--parallel", "x", "--json")
    assert ran.returncode == 2
    document = json.loads(ran.stdout)
    assert document["ok"] is False
    assert "整数" in document["error"]["message"]["zh"]


@pytest.mark.parametrize("arguments", [["config", "--lang", "fr"], ["config", "--lang"]])
def test_a_language_that_there_is_not(arguments: list[str]) -> None:
    """Another language than the two is refused, and the two are named."""
    ran = run(*arguments)
    assert ran.returncode == 2
    assert "--lang zh or --lang en" in ran.stderr


def test_help_in_chinese_without_python_types() -> None:
    """A help page has no English heading and no Python type left."""
    text = run("config", "push", "--help", "--lang", "zh").stdout
    assert "选项:" in text
    assert "显示本帮助并退出。" in text
    assert not any(word in text for word in ("Usage", "Options", "Show this", "default", "list[", "range>", "[["))


def test_group_lists_are_not_cut() -> None:
    """A group shows a whole sentence about each command."""
    text = run("config", "--help").stdout
    assert "..." not in text.split("Commands:")[1]


@pytest.mark.parametrize("out", ["file", "/proc/none"])
def test_a_folder_that_cannot_be_made(tmp_path: Path, out: str) -> None:
    """The demo says in which folder it cannot work, and why; exit 2, no traceback."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    ran = run("demo", "--json", "--out", str(tmp_path / out))
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["ok"] is False
    assert "Traceback" not in ran.stderr


def test_an_unwritable_plan(lianyuan: Path, tmp_path: Path) -> None:
    """A plan that cannot be written is named with the reason; exit 2, no traceback."""
    import shutil

    workspace = tmp_path / "city"
    shutil.copytree(lianyuan, workspace)
    (workspace / "plan" / "plan.csv").unlink(missing_ok=True)
    (workspace / "plan" / "plan.csv").mkdir()
    ran = run("plan", "make", "-w", str(workspace))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert "plan.csv" in ran.stderr


@pytest.mark.parametrize("words", [["config", "render"], ["plan", "check"]])
def test_without_a_plan(lianyuan: Path, tmp_path: Path, words: list[str]) -> None:
    """Whoever has no address plan yet is told how to make one."""
    import shutil

    workspace = tmp_path / "city"
    shutil.copytree(lianyuan, workspace)
    (workspace / "plan" / "plan.csv").unlink(missing_ok=True)
    ran = run(*words, "-w", str(workspace))
    assert ran.returncode == 2
    assert "govnet plan make" in ran.stderr


def test_a_filter_that_matches_nothing(lianyuan: Path) -> None:
    """A filter that leaves no device is an error, not an empty success."""
    ran = run("config", "render", "-w", str(lianyuan), "--where", "role=none", "--json")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["problems"][0]["code"] == "no-device"
