"""The page about re-addressing says of each language what the program can do with it."""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from configs import dialects

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(("page", "yes"), [("readdress.md", "yes"), ("readdress.zh-CN.md", "有")])
def test_the_table_of_languages_is_true(page, yes):
    """Places, meaning, filters, stages: the page has exactly what the dialects have."""
    text = (DOCS / page).read_text(encoding="utf-8")
    said = {
        name: tuple(cell.strip() == yes for cell in cells.split("|"))
        for name, cells in re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE)
        if name in dialects.REGISTRY
    }
    found = {}
    for name, folder in dialects.REGISTRY.items():
        dialect = dialects.dialect(name)
        module = f"configs.dialects.{folder}.meaning"
        meaning = import_module(module).read(dialect.parse(b"hostname A\n")) if find_spec(module) else None
        found[name] = (
            dialect.places() is not None,
            meaning is not None,
            meaning is not None and meaning.filters_read,
            dialect.language is not None and dialect.language.staged,
        )
    assert said == found
