"""Small configurations with the whole model that is expected of them: a case in `cases/` is a YAML document.

`platform`, `name`, `text` and `model`: the model as plain data, without defaults and lines; `left` says by line what
the model leaves out, `rules` what a list lets pass by default and how many rules it has.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for case in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_configuration_becomes_this_model(case: dict[str, Any], read):
    """All that is in the text is in the model, or left by its line."""
    assert read(case["platform"], case["text"]) == case["model"]
