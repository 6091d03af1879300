"""The exporter's further pages: OpenMetrics, contexts, reading the files again, the configuration."""

from __future__ import annotations

import gzip

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from collectors.exposition import gauge
from collectors.forms import openmetrics
from inventory.errors import InputError, Problem
from inventory.text import Message
from tests.patience import until

ONLY_OPENMETRICS = {"Accept": "application/openmetrics-text; version=1.0.0"}
PROMETHEUS = {"Accept": "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"}


@pytest.mark.parametrize("path", ["/snmp?target=rt-a&module=if_mib", "/metrics"])
def test_openmetrics_for_who_takes_nothing_else(running, path):
    """A strict parser reads it; the samples keep their names and values; gzip on request."""
    exporter = running()
    exporter.get("/snmp?target=rt-a&module=if_mib")
    status, body, headers = exporter.get(path, headers={**ONLY_OPENMETRICS, "Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    text = gzip.decompress(body).decode()
    assert text.endswith("# EOF\n")
    found = {sample.name for family in openmetrics_families(text) for sample in family.samples}
    assert found & {"ifHCInOctets", "govnet_snmp_scrapes_total"}


def test_who_takes_both_gets_text_with_the_types(running):
    """Prometheus takes both; in OpenMetrics a counter without `_total` would lose its type."""
    _, body, headers = running().get("/snmp?target=rt-a&module=if_mib", headers=PROMETHEUS)
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    types = {family.name: family.type for family in text_string_to_metric_families(body.decode())}
    assert types["ifHCInOctets"] == "counter"


def test_a_page_in_openmetrics():
    """Quotes in help texts are escaped, `_total` moves from the family to its samples, other counters are unknown."""
    page = b'# HELP a_total The "a".\n# TYPE a_total counter\na_total 1\n# HELP b B.\n# TYPE b counter\nb{c="d"} 2\n'
    families = {family.name: family for family in openmetrics_families(openmetrics(page).decode())}
    assert families["a"].type == "counter"
    assert families["a"].documentation == 'The "a".'
    assert families["b"].type == "unknown"
    assert families["b"].samples[0].value == 2


@given(text=st.text(), help_text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"])))
def test_any_text_is_the_same_in_both_forms(text, help_text):
    """Labels and help texts, whatever is in them."""
    family = gauge("m", help_text, [({"label": text.encode("utf-8", "replace").decode()}, 1.0)])
    plain = family.head() + b"".join(family.lines)
    read = next(iter(text_string_to_metric_families(plain.decode())))
    strict = next(iter(openmetrics_families(openmetrics(plain).decode())))
    assert strict.samples[0].labels == read.samples[0].labels
    assert strict.documentation == help_text


def test_a_context_is_asked_for_and_bounded(running):
    """snmp_context is taken once; a name longer than SNMP allows is refused. Version 2c has no contexts."""
    exporter = running()
    assert exporter.get("/snmp?target=rt-a&module=system&snmp_context=vrf1")[0] == 200
    assert exporter.get("/snmp?target=rt-a&snmp_context=a&snmp_context=b")[0] == 400
    assert exporter.get("/snmp?target=rt-a&snmp_context=" + "x" * 256)[0] == 400


def test_a_context_reaches_the_agent(running, tmp_path, snmpd):
    """Version 3: snmpd answers in its default context and is silent about one that it does not have."""
    path = tmp_path / "snmp.yml"
    path.write_text(
        "auths: {v3: {version: 3, username: usha, security_level: authPriv, password: authpass123,"
        " auth_protocol: SHA, priv_protocol: AES, priv_password: privpass123}}\n"
    )
    exporter = running(any_target=True, files=(path,))
    target = f"/snmp?target=127.0.0.1:{snmpd}&auth=v3&module=system"
    assert b"snmpd-test" in exporter.get(target)[1]
    patience = {"X-Prometheus-Scrape-Timeout-Seconds": "1"}
    assert b"snmpd-test" not in exporter.get(target + "&snmp_context=nowhere", headers=patience)[1]


def test_reading_the_files_again(running, made_workspace, tmp_path):
    """A module that was added is there; a mistake is named, and what was good goes on."""
    path = tmp_path / "snmp.yml"
    path.write_text("modules: {}\n")
    fresh = made_workspace(["rt-a"])
    exporter = running(files=(path,), reread=lambda: fresh)
    assert exporter.get("/snmp?target=rt-a&module=mine")[0] == 400
    assert exporter.get("/snmp?target=rt-mute", headers={"X-Prometheus-Scrape-Timeout-Seconds": "0.5"})[0] == 500
    path.write_text(
        "modules: {mine: {get: [1.3.6.1.2.1.1.3.0], metrics: [{name: up, oid: 1.3.6.1.2.1.1.3, type: gauge}]}}"
    )
    assert exporter.get("/-/reload")[0] == 405
    assert exporter.get("/-/reload", method="POST")[:2] == (200, b"reloaded\n")
    assert b"up 123456" in exporter.get("/snmp?target=rt-a&module=mine")[1]
    assert exporter.get("/snmp?target=rt-mute")[0] == 403
    path.write_text("modules: {mine: {wlak: []}}")
    status, body, _ = exporter.get("/-/reload", method="POST")
    assert status == 500
    assert b"wlak" in body
    assert b"up 123456" in exporter.get("/snmp?target=rt-a&module=mine")[1]
    assert b"govnet_reload_successful 0.0" in exporter.get("/metrics")[1]


def test_a_workspace_that_is_wrong_changes_nothing(running):
    """The problems are said to whoever asked."""

    def broken():
        raise InputError([Problem("x", Message("not a role"), Message("write one"), "devices.csv", 3)])

    exporter = running(reread=broken)
    status, body, _ = exporter.get("/-/reload", method="POST")
    assert status == 500
    # As every mistake in a file is said: where, what, and what to write; no object's insides.
    assert body.decode() in {
        Problem("x", Message("not a role"), Message("write one"), "devices.csv", 3).in_language(language) + "\n"
        for language in ("en", "zh_CN")
    }
    assert exporter.get("/snmp?target=rt-a&module=system")[0] == 200


def test_the_configuration_without_secrets(running, tmp_path):
    """Modules, auths and credentials; no community, no password."""
    path = tmp_path / "snmp.yml"
    path.write_text(
        "auths:\n  pub: {community: hidden-word, version: 2}\n"
        "  v3: {version: 3, username: u, security_level: authPriv, password: hidden-word, priv_password: hidden-word}\n"
    )
    status, body, _ = running(files=(path,)).get("/config")
    assert status == 200
    document = yaml.safe_load(body)
    assert document["auths"]["pub"]["community"] == "<secret>"
    assert document["auths"]["v3"]["username"] == "u"
    assert document["credentials"]["snmp"] == {"version": "2c"}
    assert "hh3cEntityExtCpuUsage" in str(document["modules"]["h3c"])
    assert b"hidden-word" not in body
    assert all(set(credential) == {"version"} for credential in document["credentials"].values())


def test_background_answers_from_memory(running):
    """Every device is polled in its own time; a dead one is a failed scrape with its reason; the age is told."""
    exporter = running(every=0.6)

    def page():
        status, body, _ = exporter.get("/snmp?target=rt-a")
        return body if status == 200 else b""

    body = until(page)
    assert b"ifHCInOctets" in body
    assert b"govnet_poll_age_seconds" in body
    assert exporter.get("/snmp?target=rt-mute")[0] in (500, 503)
    assert b"ifHCInOctets" not in exporter.get("/snmp?target=rt-a&module=system")[1]


def test_a_page_that_is_too_old_is_not_served(running, monkeypatch):
    """Old numbers must not look like new ones."""
    monkeypatch.setattr("collectors.background.STALE", 0)
    exporter = running(every=0.3)
    until(lambda: exporter.get("/snmp?target=rt-a")[0] != 503)
    status, body, _ = exporter.get("/snmp?target=rt-a")
    assert status == 500
    assert b"too long ago" in body


def test_long_names_are_not_said_back_whole(running):
    """Whoever asks for nonsense gets a short answer."""
    exporter = running(any_target=False)
    for path in ("/snmp?target={}", "/snmp?target=rt-a&module={}", "/snmp?target=rt-a&auth={}"):
        status, body, _ = exporter.get(path.format("x" * 5000))
        assert 400 <= status < 500
        assert len(body) < 300
