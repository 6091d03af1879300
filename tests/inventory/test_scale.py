"""Reading grows with the number of rows, not with its square: counted in calls, not in seconds."""

from __future__ import annotations

import cProfile
import importlib.util
import pstats
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inventory.nearest import Suggester, nearest
from inventory.workspace import read

if TYPE_CHECKING:
    from types import ModuleType

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    """The benchmark's script, for its generator."""
    specification = importlib.util.spec_from_file_location("workspace_benchmark", BENCHMARKS / "workspace.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(BENCHMARKS))
    try:
        specification.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


def calls(root: Path, *, clean: bool) -> int:
    """How many function calls reading takes, those into C included."""
    profile = cProfile.Profile()
    workspace, problems = profile.runcall(read, root)
    assert (workspace is not None) == clean
    assert bool(problems) != clean
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in typeshed


def test_a_clean_workspace_is_linear(benchmark: ModuleType, tmp_path: Path) -> None:
    """Four times the sites, devices and lines take about four times the calls."""
    counted = []
    for sites in (125, 500):
        benchmark.generate(tmp_path / str(sites), sites)
        counted.append(calls(tmp_path / str(sites), clean=True))
    assert counted[1] < counted[0] * 4 * 1.15


def test_a_workspace_full_of_faults_is_linear(benchmark: ModuleType, tmp_path: Path) -> None:
    """Every reference wrong, every name and address twice, names suggested: still about four times the calls."""
    counted = []
    for sites in (250, 1000):
        root = tmp_path / str(sites)
        benchmark.generate(root, sites)
        for table, pattern, new in (
            ("sites", r",unit-(\d+)", r",untie-\1"),
            ("devices", r",site-(\d+),", r",stie-\1,"),
            ("devices", r",10\.\d+\.\d+\.\d+/22", ",10.0.0.1/22"),
            ("links", r",rt-(\d+),eth30", r",tr-\1,eth30"),
        ):
            path = root / "inventory" / f"{table}.csv"
            path.write_text(re.sub(pattern, new, path.read_text(encoding="utf-8")), encoding="utf-8")
        path = root / "inventory" / "devices.csv"
        headings, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([headings, *rows, *rows]) + "\n", encoding="utf-8")
        counted.append(calls(root, clean=False))
    assert counted[1] < counted[0] * 4 * 1.3


def test_suggestions_stop_before_they_take_too_long() -> None:
    """The work is bounded by the names times the wrong texts looked at; later ones get no suggestion."""
    names = [f"rt-{number}" for number in range(1000)]
    suggest = Suggester(names, budget=3000)
    assert [suggest(f"rt-{number}x") for number in (1, 2, 3, 4)] == ["rt-1", "rt-2", "rt-3", ""]
    assert suggest("rt-1x") == "rt-1", "what was found stays"


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("rt-anpign", ["rt-anping", "rt-fukou"], "rt-anping"),
        ("RT-ANPING", ["rt-anping", "rt-anpin"], "rt-anping"),
        ("涟原市", ["涟源市", "娄底市"], "涟源市"),
        ("platfrom", ["platform", "port", "name"], "platform"),
        ("xyz", ["rt-anping"], ""),
        ("", ["a"], ""),
        ("a", [], ""),
    ],
)
def test_nearest(text: str, names: list[str], expected: str) -> None:
    """Swapped, missing and wrong letters, and letters' case; nothing for a text that is like no name."""
    assert nearest(text, names) == expected
