"""The house keeps its promises: names, layers, start-up, help, languages."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cli.main import COMMANDS, build

PACKAGES = ("inventory", "ipplan", "configs", "collectors", "audits", "lab", "cli")


def test_each_top_level_name_belongs_to_govnet_alone() -> None:
    """The packages are imported flat: no other distribution here may claim one of their names."""
    owners = metadata.packages_distributions()
    for package in PACKAGES:
        assert set(owners.get(package, ["govnet"])) == {"govnet"}


def commands() -> list[tuple[str, TyperCommand]]:
    """Every command with its full name."""
    found: list[tuple[str, TyperCommand]] = []

    def walk(name: str, command: object) -> None:
        if isinstance(command, TyperGroup):
            for child_name, child in command.commands.items():
                walk(f"{name} {child_name}", child)
        else:
            assert isinstance(command, TyperCommand)
            found.append((name, command))

    walk("govnet", get_command(build()))
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_has_json_and_an_example(name: str, command: TyperCommand) -> None:
    """Each command can print one JSON document, and its help ends with a line that can be copied and run."""
    options = {option for parameter in command.params for option in getattr(parameter, "opts", ())}
    assert "--json" in options
    assert f"  {name}" in (command.epilog or "")
    assert command.help


def test_help_loads_no_heavy_library() -> None:
    """`govnet --help` stays quick because it imports none of these (its time is measured by the benchmarks)."""
    heavy = "asyncssh netmiko napalm pysnmp scapy pydantic jinja2 openpyxl pygit2 prometheus_client netaddr yaml rich"
    code = (
        "import sys\n"
        "from cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit: pass\n"
        f"print([name for name in '{heavy}'.split() if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip().splitlines()[-1] == "[]"
    assert all(noun in ran.stdout for noun in COMMANDS)


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, ["--help"], "现在有什么"),
        ({"LANG": "C.UTF-8"}, ["--help"], "What do we have?"),
        ({"LANG": "C.UTF-8"}, ["--lang", "zh", "--help"], "现在有什么"),
        ({"LANG": "zh_CN.UTF-8", "GOVNET_LANG": "en"}, ["--help"], "What do we have?"),
    ],
)
def test_language_is_chosen_by_option_environment_or_locale(
    environment: dict[str, str], arguments: list[str], expected: str
) -> None:
    """Help comes in 中文 or English, as --lang, GOVNET_LANG or LANG say, in this order."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "GOVNET"))}
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "govnet"), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**clean, **environment},
    )
    assert expected in ran.stdout


def test_language_of_the_workspace(tmp_path: Path) -> None:
    """govnet.yaml may choose the language for everybody who works in the folder."""
    (tmp_path / "govnet.yaml").write_text("language: zh\n", encoding="utf-8")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "GOVNET"))}
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "govnet"), "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=clean,
    )
    assert "现在有什么" in ran.stdout


def test_no_index_address_in_any_file(repository: Path) -> None:
    """Names and versions only: which package index they come from is the user's business."""
    listed = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True, check=True)
    words = ("pypi" + ".org", "files.pythonhosted" + ".org", "registry.npmjs" + ".org", "--index" + "-url")
    guilty = [
        name
        for name in listed.stdout.splitlines()
        if (repository / name).is_file()
        and any(word in (repository / name).read_text(encoding="utf-8", errors="ignore") for word in words)
    ]
    assert guilty == []
