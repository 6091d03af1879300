"""Small workspaces for machines: a core and two townships' routers of 涟源, and 上饶 with its six VPNs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.init import invent_secrets
from inventory import workspace as workspaces
from lab import control
from lab.uml.probe import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.state import LabState

EXAMPLES = Path(__file__).parents[3] / "examples"
SMALL = "name in (core-city, rt-anping)"
# The machine is slow to boot where everything else is slow.
lacking = missing()


def copied(name: str, root: Path) -> Path:
    """A copy of an example with invented secrets."""
    shutil.copytree(EXAMPLES / name, root, ignore=shutil.ignore_patterns(".lab", "archive", "reports", "secrets"))
    text = (root / "inventory" / "credentials.yaml").read_text(encoding="utf-8")
    assert re.search(r"file:secrets/", text)
    invent_secrets(workspaces.load(root))
    return root


@pytest.fixture(autouse=True)
def _able() -> None:
    """Everything here needs the machine, except what it says when it cannot be had."""
    if lacking:
        pytest.skip(str(lacking[0]))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    """A workspace of its own; a lab that a failed test left is ended."""
    root = copied("lianyuan", tmp_path / "lianyuan")
    yield root
    control.down(root)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabState]:
    """A machine with two routers, their day-0 text only."""
    if lacking:
        pytest.skip(str(lacking[0]))
    root = copied("lianyuan", tmp_path_factory.mktemp("uml") / "lianyuan")
    try:
        yield control.up(root, backend_name="uml", where=SMALL)
    finally:
        control.down(root)


@pytest.fixture(scope="session")
def shangrao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """上饶: six VPNs, of which two are joined."""
    root = copied("shangrao", tmp_path_factory.mktemp("uml") / "shangrao")
    yield root
    control.down(root)
