"""What the tests of re-addressing share."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from configs.dialects import dialect
from configs.readdress.engine import Engine, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from configs.readdress.engine import Policy, Result
    from ipplan.mapping import Mapping


@pytest.fixture(scope="session")
def mappings() -> ModuleType:
    """The helper that makes mappings from a network's own subnets."""
    name = "readdress_mappings"
    specification = importlib.util.spec_from_file_location(name, Path(__file__).parent / "mappings.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def readdress() -> Callable[..., Result]:
    """Re-address one text."""

    def run(data: bytes, platform: str, mapping: Mapping, policy: Policy | None = None) -> Result:
        language = dialect(platform)
        places = language.places()
        assert places is not None
        return Engine(mapping, policy).run(Source("device", platform, language.parse(data), places, language.mask))

    return run
