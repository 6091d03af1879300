"""The options of `audit run` for evidence: what is chosen, whose secret goes where, what a day means."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from audits.evidence import Limits
from audits.model import Document, Source
from cli import audit_evidence
from configs.dialects import platforms
from inventory import workspace as workspaces
from inventory.errors import InputError
from inventory.secrets import SecretRef

DOCUMENT = Document("rt-lantian/running.cfg", b"sysname rt-lantian\n", "rt-lantian", "huawei")
ELSEWHERE = "http://127.0.0.1:9/other"


@pytest.fixture
def city(lianyuan, tmp_path, monkeypatch):
    """The example with a Prometheus and its secret in the settings; nothing listens there."""
    loaded = workspaces.load(lianyuan, platforms=platforms())
    monkeypatch.setenv("PROMETHEUS_SECRET", "the-password")
    settings = replace(
        loaded.settings,
        prometheus="http://wang@127.0.0.1:9",
        prometheus_secret=SecretRef.parse("env:PROMETHEUS_SECRET"),
    )
    return replace(loaded, root=tmp_path, settings=settings)


@pytest.mark.parametrize(
    ("evidence", "sources"),
    [
        ("archive,plan,rollout", set(Source) - {Source.PROBE}),
        ("plan", {Source.PLAN, Source.PROMETHEUS}),
        ("none", {Source.PROMETHEUS}),
    ],
)
def test_what_is_looked_at(city, evidence, sources):
    """What was named, and the Prometheus of the settings; the same day gives the same answer."""
    found = audit_evidence.observed([DOCUMENT], city, date="2026-01-31", evidence=evidence)
    assert {each.source for each in found} == sources
    assert audit_evidence.observed([DOCUMENT], city, date="2026-01-31", evidence=evidence) == found


def test_without_a_workspace_there_is_none():
    """Files alone have no archive and no plan; a Prometheus is asked about devices of a workspace."""
    assert audit_evidence.observed([DOCUMENT], None) == ()
    with pytest.raises(InputError) as caught:
        audit_evidence.observed([DOCUMENT], None, url=ELSEWHERE)
    assert caught.value.problems[0].code == "no-workspace"


@pytest.mark.parametrize("evidence", ["nothing", "plan,plans", "none,plan"])
def test_an_evidence_that_there_is_not(city, evidence):
    """Its name and what there is."""
    with pytest.raises(InputError) as caught:
        audit_evidence.observed([DOCUMENT], city, evidence=evidence)
    assert "archive, plan, rollout" in caught.value.problems[0].message.in_language("zh_CN")


def test_a_secret_goes_to_its_own_server(city):
    """That of the settings to the address of the settings; another address gets what is given beside it, or nothing."""
    own = audit_evidence._server(city, "", "")
    assert own is not None
    assert own.secret is not None
    assert own.secret.reveal() == "the-password"
    other = audit_evidence._server(city, ELSEWHERE, "")
    assert other is not None
    assert other.secret is None
    given = audit_evidence._server(city, ELSEWHERE, "env:PROMETHEUS_SECRET")
    assert given is not None
    assert given.secret is not None
    with pytest.raises(InputError) as caught:
        audit_evidence._server(city, ELSEWHERE, "the-password")
    assert "the-password" not in caught.value.problems[0].in_language("en")


def test_limits_are_those_of_a_profile():
    """Each by its name; days and minutes are whole, because a query counts them."""
    limits = Limits.of({field.name: number + 0.4 for number, field in enumerate(fields(Limits))}.__getitem__)
    assert limits == Limits(0.4, 1.4, 2.4, 3, 4.4, 5, 6, 7)
