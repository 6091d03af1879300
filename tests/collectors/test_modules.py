"""Module files: what people publish loads as it is; mistakes are named by place."""

from __future__ import annotations

import pytest

from collectors import modules
from collectors.plan import compile_module
from collectors.snmp import ber
from inventory.errors import InputError

# Written in every notation that generated and published files use (snmp_exporter's generator/FORMAT.md).
PUBLISHED = """
auths:
  public_v2:
    community: public
    security_level: noAuthNoPriv
    auth_protocol: MD5
    priv_protocol: DES
    version: 2
  secure:
    version: 3
    username: user
    security_level: authPriv
    password: authpass
    auth_protocol: SHA256
    priv_protocol: AES256C
    priv_password: privpass
    context_name: ctx
modules:
  everything:
    walk: [1.3.6.1.2.1.2, .1.3.6.1.2.1.31.1.1]
    get: [1.3.6.1.2.1.1.3.0]
    max_repetitions: 10
    retries: 1
    timeout: 1m30s
    allow_nonincreasing_oids: true
    use_unconnected_udp_socket: true
    filters:
      - {oid: 1.3.6.1.2.1.2.2.1.7, targets: [1.3.6.1.2.1.2.2.1.4], values: ["1", 2]}
    metrics:
      - name: sysUpTime
        oid: 1.3.6.1.2.1.1.3
        type: gauge
        help: The time - 1.3.6.1.2.1.1.3
      - name: ifMtu
        oid: 1.3.6.1.2.1.2.2.1.4
        type: gauge
        help: "x"
        indexes: [{labelname: ifIndex, type: gauge, fixed_size: 0, implied: false}]
        lookups:
          - {labels: [ifIndex], labelname: ifDescr, oid: 1.3.6.1.2.1.2.2.1.2, type: DisplayString}
          - {labels: [ifIndex], labelname: mac, oid: 1.3.6.1.2.1.2.2.1.6, type: OctetString, display_hint: "1x:"}
          - {labels: [ifIndex], labelname: ifType, oid: 1.3.6.1.2.1.2.2.1.3, type: EnumAsInfo, enum_values: {6: eth}}
          - {labels: [], labelname: ifIndex}
        display_hint: 255a
        regex_extracts:
          "": [{value: $1, regex: '(\\d+)'}]
        datetime_pattern: "%Y"
        enum_values: {1: true, 2: false, 3: 4}
        scale: 0.001
        offset: 273.15
  newer_filters:
    walk: [1.3.6.1.2.1.2.2.1.4]
    filters:
      static: [{targets: [1.3.6.1.2.1.2.2.1.4], indices: ["2", 3]}]
      dynamic: [{oid: 1.3.6.1.2.1.2.2.1.7, targets: [1.3.6.1.2.1.2.2.1.4], values: ["1"]}]
    metrics:
"""


def load(tmp_path, text):
    path = tmp_path / "snmp.yml"
    path.write_text(text, encoding="utf-8")
    return modules.load(path)


def test_a_published_file_loads_unchanged(tmp_path):
    """All keys of the format, in all notations."""
    loaded = load(tmp_path, PUBLISHED)
    module = loaded.modules["everything"]
    assert module.timeout == 90
    assert module.max_repetitions == 10
    assert module.walk[1] == "1.3.6.1.2.1.31.1.1"
    assert module.metrics[1].lookups[1].display_hint == "1x:"
    assert module.metrics[1].lookups[2].enum_values == {6: "eth"}
    assert module.metrics[1].enum_values == {1: "true", 2: "false", 3: "4"}
    assert module.filters.dynamic[0].values == ("1", "2")
    assert loaded.modules["newer_filters"].filters.static[0].indices == ("2", "3")
    assert loaded.auths["secure"].priv_protocol == "AES256C"
    assert "authpass" not in repr(loaded)


def test_a_file_from_before_auths_stood_apart(tmp_path):
    """Debian's version 0.21 reads such files: what a module says about speaking becomes an auth of its name."""
    text = """
if_mib:
  walk: [1.3.6.1.2.1.2.1]
  metrics: [{name: ifNumber, oid: 1.3.6.1.2.1.2.1, type: gauge, help: "x"}]
  version: 3
  max_repetitions: 25
  auth: {username: u, security_level: authNoPriv, password: p, auth_protocol: SHA}
plain:
  get: [1.3.6.1.2.1.1.3.0]
  metrics: [{name: sysUpTime, oid: 1.3.6.1.2.1.1.3, type: gauge}]
"""
    loaded = load(tmp_path, text)
    assert set(loaded.modules) == {"if_mib", "plain"}
    assert loaded.modules["if_mib"].max_repetitions == 25
    assert set(loaded.auths) == {"if_mib"}
    assert loaded.auths["if_mib"].username == "u"


def test_an_empty_file_is_no_mistake(tmp_path):
    """Debian ships one."""
    assert load(tmp_path, "# nothing\n").modules == {}


BROKEN = {
    "no YAML": ("modules: [", "snmp.yml:"),
    "no mapping": ("- 1\n", "snmp.yml"),
    "neither form": ("if_mib:\n  walk: [1.3.6]\n", "if_mib"),
    "unknown key": ("modules: {a: {wlak: [1.3.6.1]}}", "modules.a.wlak"),
    "no oid": ("modules: {a: {walk: [system]}}", "modules.a.walk.0"),
    "bad duration": ("modules: {a: {timeout: fast}}", "modules.a.timeout"),
    "bad metric name": ("modules: {a: {metrics: [{name: if-mtu, oid: 1.3, type: gauge}]}}", "modules.a.metrics.0.name"),
    "bad regex": (
        "modules: {a: {metrics: [{name: m, oid: 1.3, type: g, regex_extracts: {A: [{regex: '('}]}}]}}",
        "regex_extracts",
    ),
    "user missing": ("auths: {a: {version: 3}}", "auths.a"),
    "protocol unknown": (
        "auths: {a: {version: 3, username: u, security_level: authNoPriv, password: hidden-word, auth_protocol: SHA3}}",
        "auths.a",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_by_place(tmp_path, name):
    """File and place in it; in both languages; no secret in the text."""
    text, place = BROKEN[name]
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    shown = [problem.in_language(language) for problem in caught.value.problems for language in ("en", "zh_CN")]
    assert any(place in line for line in shown), shown
    assert all("snmp.yml" in line for line in shown)
    assert not any("hidden-word" in line for line in shown)


def test_unknown_module_names_are_told_with_those_that_exist():
    """What to write instead."""
    with pytest.raises(InputError) as caught:
        modules.find(["if_mibs"])
    assert "if_mib" in str(caught.value.problems[0].hint)


def test_a_file_that_is_not_there(tmp_path):
    """An input problem, not a traceback."""
    with pytest.raises(InputError):
        modules.load(tmp_path / "none.yml")


def test_what_is_shipped():
    """The two modules of every device, with snmp_exporter's names and labels."""
    shipped = modules.shipped()
    assert {"system", "if_mib"} <= set(shipped)
    metric = next(metric for metric in shipped["if_mib"].metrics if metric.name == "ifHCInOctets")
    assert metric.oid == "1.3.6.1.2.1.31.1.1.1.6"
    assert [lookup.labelname for lookup in metric.lookups] == ["ifAlias", "ifDescr", "ifName"]
    assert all(metric.help.endswith(" - " + metric.oid) for module in shipped.values() for metric in module.metrics)


def test_only_what_is_needed_is_asked_for():
    """A module's walk is a subtree; we read its metrics' columns, labels apart, scalars by GET."""
    plan = compile_module("if_mib", modules.shipped()["if_mib"])
    assert ber.encode_oid("1.3.6.1.2.1.2.1.0") in plan.scalars
    assert len(plan.tables) == 2
    columns = [column for table in plan.labels for column in table.columns]
    assert sorted(map(ber.oid_text, columns)) == [
        "1.3.6.1.2.1.2.2.1.2",
        "1.3.6.1.2.1.31.1.1.1.1",
        "1.3.6.1.2.1.31.1.1.1.18",
    ]
    assert compile_module("if_mib", modules.shipped()["if_mib"]) is plan
