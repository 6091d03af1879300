"""docs/templates.md lists what a template sees: all of it, and nothing else, in both languages."""

from __future__ import annotations

import inspect
import re

import pytest

from configs import network, render
from configs.network import Domain, Permission, Port, Route, Service, Tunnel
from configs.render import BOOTSTRAP, Renderer, Snmp
from inventory.model import Device, Region, Site

KINDS = (Device, Site, Region, Port, Route, Tunnel, Domain, Permission, Service, Snmp)
PAGES = ("templates.md", "templates.zh-CN.md")


@pytest.fixture
def seen(city, monkeypatch):
    """The names that a template of each kind sees."""
    found = {}
    variables = render._Job.variables

    def spy(job):
        result = variables(job)
        found[job._role == BOOTSTRAP] = set(result)
        return result

    monkeypatch.setattr(render._Job, "variables", spy)
    for role in (None, BOOTSTRAP):
        Renderer(*city).render("rt-lantian", role=role)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_variables(repository, seen, page):
    """The table names exactly the variables, and marks those of day 0."""
    text = (repository / "docs" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| *([^|]*?) *\|", text, re.MULTILINE)
    assert {name for name, _ in rows} == seen[False]
    assert {name for name, marked in rows if marked} == seen[True]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", PAGES)
def test_members(repository, page, kind):
    """The section of each object names exactly its public members."""
    text = (repository / "docs" / page).read_text(encoding="utf-8")
    section = text.partition(f"### {kind.__name__}\n")[2].partition("\n### ")[0]
    named = set(re.findall(r"`(\w+)`", re.sub(r"[（(][^（()）]*[)）]", "", section)))
    members = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
    assert named == members


def test_every_kind_is_there():
    """No class that a template meets is left out of these tests."""
    classes = {each for _, each in inspect.getmembers(network, inspect.isclass) if each.__module__ == network.__name__}
    assert {each for each in classes if not each.__name__.startswith("_")} - {network.Graph, network.View} <= set(KINDS)
