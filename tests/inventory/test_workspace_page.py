"""docs/workspace.md names every key of govnet.yaml and nothing else, in both languages; its example can be read."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from inventory import schema
from inventory.model import Settings

DOCS = Path(__file__).parents[2] / "docs"
pages = pytest.mark.parametrize("page", ["workspace.md", "workspace.zh-CN.md"])


def tables(page) -> list[dict[str, str]]:
    """The tables of a page: what stands in the second column, by the code in the first."""
    found: list[dict[str, str]] = []
    for line in (DOCS / page).read_text(encoding="utf-8").splitlines():
        match = re.match(r"\| `([^`|]+)`[^|]* \| (.*) \|$", line)
        if re.match(r"\|-", line):
            found.append({})
        elif match is not None:
            found[-1][match[1]] = match[2]
    return found


@pages
def test_every_key(page):
    """The keys of the model that reads the file are those of the page, and each reaches the settings."""
    keys = tables(page)[1]
    assert set(keys) == set(schema._SettingsIn.model_fields)
    assert set(keys) == {field.name for field in fields(Settings)}


@pages
def test_every_choice(page):
    """Names of services and kinds of labs are those that the reader takes."""
    _, keys, services = tables(page)
    assert set(services) == set(schema.SERVICES)
    assert set(re.findall(r"`(\w+)`", keys["lab"].partition(" | ")[0])) == set(schema.LABS)


@pages
def test_its_example(page):
    """It is read without a complaint, and shows every key."""
    text = re.search(r"```yaml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    data = yaml.safe_load(text[1])
    assert set(data) == set(schema._SettingsIn.model_fields)
    read = schema._SettingsIn.model_validate(data)
    assert read.database == "postgresql+psycopg://govnet@db.example.net/govnet"
