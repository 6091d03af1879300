"""Broken workspaces: each folder of `broken/` must give exactly the problems that its expected.yaml says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inventory.errors import InputError
from inventory.workspace import load, read
from tests.patience import PATIENCE

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir())
PLATFORMS = frozenset({"cisco_ios", "frr", "huawei", "linux", "topsec_tos"})
# Through the command line: one case of each kind of file is enough, the loader is the same.
ON_THE_COMMAND_LINE = [
    "address-leading-zeros",
    "many-at-once",
    "secret-in-clear",
    "yaml-broken-quote",
    "encoding-utf16",
]
SECRETS = ("Admin@1234", "Huawei:12#3456", "12#3456", "word1", "Geheim77", "Huawei@123", "Admin@123")

Broken = Callable[[str], tuple[Path, list[dict[str, Any]]]]


@pytest.mark.parametrize("name", CASES)
def test_every_problem_and_no_other(name: str, broken: Broken) -> None:
    """File, line, column, code and the whole text in both languages are as the case says, in its order."""
    folder, expected = broken(name)
    workspace, problems = read(folder, platforms=PLATFORMS)
    found = [
        {
            "code": problem.code,
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "en": problem.in_language("en"),
            "zh": problem.in_language("zh_CN"),
        }
        for problem in problems
    ]
    assert found == expected
    assert expected, "a broken workspace without a problem tests nothing"
    assert workspace is None, "nothing is half-loaded"


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_repeated(name: str, broken: Broken) -> None:
    """A secret written in clear stands in no message, in no representation of the error, and in no chained error."""
    folder, _ = broken(name)
    with pytest.raises(InputError) as caught:
        load(folder, platforms=PLATFORMS)
    chain: BaseException | None = caught.value
    shown = json.dumps(caught.value.as_json(), ensure_ascii=False)
    while chain is not None:
        shown += repr(chain) + str(chain) + repr(vars(chain))
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("name", ON_THE_COMMAND_LINE)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_check_says_them_on_the_command_line(name: str, language: str, broken: Broken) -> None:
    """`govnet inventory check` ends with 2, says every problem on stderr, prints nothing on stdout, no traceback."""
    folder, expected = broken(name)
    result = _govnet("--lang", language, "inventory", "check", "-w", str(folder))
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for problem in expected:
        assert problem[language] in result.stderr


@pytest.mark.parametrize("name", ON_THE_COMMAND_LINE)
def test_check_says_them_as_json(name: str, broken: Broken) -> None:
    """`--json` prints one document with every problem, both languages in it."""
    folder, expected = broken(name)
    result = _govnet("inventory", "check", "-w", str(folder), "--json")
    assert result.returncode == 2
    document = json.loads(result.stdout)
    assert document["ok"] is False
    found = document["error"]["problems"]
    assert [(each["code"], each["file"], each["line"], each["column"]) for each in found] == [
        (each["code"], each["file"], each["line"], each["column"]) for each in expected
    ]
    for each, wanted in zip(found, expected, strict=True):
        assert each["message"]["zh"] in wanted["zh"]
        assert each["hint"]["en"] in wanted["en"]


def _govnet(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("govnet")
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE, check=False
    )
