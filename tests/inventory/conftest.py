"""What several tests of the inventory share: a small clean workspace, and the broken ones built upon it."""

from __future__ import annotations

import io
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable


HERE = Path(__file__).parent
BASE = HERE / "base"
BROKEN = HERE / "broken"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A clean workspace of three devices, to be changed at will."""
    target = tmp_path / "workspace"
    shutil.copytree(BASE, target)
    return target


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[str], tuple[Path, list[dict[str, Any]]]]:
    """Builds the broken workspace of a name; gives its folder and the problems that must come."""

    def build_one(name: str) -> tuple[Path, list[dict[str, Any]]]:
        target = tmp_path / "workspace"
        return target, build(BROKEN / name, target)["problems"]

    return build_one


@pytest.fixture
def workbook() -> Callable[[list[list[Any]]], bytes]:
    """Makes a workbook from rows of typed cells."""
    return sheet


def build(case: Path, target: Path) -> dict[str, Any]:
    """Build a broken workspace: the base, the case's files over it, then its recipe. Returns its expected.yaml."""
    shutil.copytree(BASE, target)
    shutil.copytree(case, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected.yaml"))
    expected: dict[str, Any] = yaml.safe_load((case / "expected.yaml").read_text(encoding="utf-8"))
    recipe = expected.get("recipe", {})
    for file in recipe.get("remove", ()):
        (target / file).unlink()
    for file in recipe.get("directory", ()):
        (target / file).unlink(missing_ok=True)
        (target / file).mkdir()
    for file, encoding in recipe.get("encode", {}).items():
        path = target / file
        path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))
    for file, digits in recipe.get("append_hex", {}).items():
        path = target / file
        path.write_bytes(path.read_bytes() + bytes.fromhex(digits))
    for file, end in recipe.get("line_ends", {}).items():
        path = target / file
        path.write_bytes(path.read_bytes().replace(b"\n", {"crlf": b"\r\n", "cr": b"\r"}[end]))
    for file, rows in recipe.get("xlsx", {}).items():
        (target / file).write_bytes(sheet(rows))
    return expected


def sheet(rows: list[list[Any]], name: str = "Sheet1") -> bytes:
    """A workbook with typed cells, as a spreadsheet program would save it."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = name
    for row in rows:
        page.append([datetime.fromisoformat(cell["date"]) if isinstance(cell, dict) else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
