"""The modules that come with govnet: each is complete, and each of its metrics can be read from an agent."""

from __future__ import annotations

from pathlib import Path

import pytest
from pysnmp.proto.api import v2c

from collectors.modules import shipped
from collectors.modules.platforms import known, modules_of, vendor_of
from collectors.plan import compile_module
from collectors.poll import poll
from collectors.snmp import ber
from configs.dialects import platforms

# A row's index: what each type of index takes, as arcs.
ARCS = {
    "gauge": (1,),
    "EnumAsInfo": (1,),
    "InetAddressIPv4": (192, 0, 2, 1),
    "InetAddress": (1, 4, 192, 0, 2, 1),
}
TEXTS = {"DisplayString", "OctetString", "PhysAddress48", "LldpPortId"}


def index_of(metric):
    arcs = ()
    for part in metric.indexes:
        text = (5,) if part.implied else (2, 65, 66)
        arcs += text if part.type == "OctetString" else ARCS[part.type]
    return arcs


def key_of(metric, lookup):
    """The arcs by which a lookup finds its cell."""
    arcs = ()
    for label in lookup.labels:
        part = next((part for part in metric.indexes if part.labelname == label), None)
        # A label that was looked up itself holds the number 1.
        arcs += index_of(metric.model_copy(update={"indexes": (part,)})) if part is not None else (1,)
    return arcs


def value_of(kind, metric=None):
    if kind == "InetAddressIPv4":
        return v2c.IpAddress("192.0.2.7")
    if kind in TEXTS:
        return v2c.OctetString(b"17.5" if metric is not None and metric.regex_extracts else "名字".encode("gb18030"))
    if kind == "counter":
        return v2c.Counter32(17)
    return v2c.Gauge32(1 if metric is None else 17)


def agent_of(module, make_oid):
    """Objects that hold a value for every metric and every label of a module."""
    objects = {make_oid("1.3.6.1.2.1.1.3.0"): v2c.TimeTicks(100)}
    for metric in module.metrics:
        objects[(*make_oid(metric.oid), *(index_of(metric) if metric.indexes else (0,)))] = value_of(
            metric.type, metric
        )
    for metric in module.metrics:
        for lookup in metric.lookups:
            if lookup.labels:
                objects.setdefault((*make_oid(lookup.oid), *key_of(metric, lookup)), value_of(lookup.type))
    return objects


@pytest.mark.parametrize("name", shipped())
def test_every_metric_is_read_with_all_its_labels(name, agents, make_oid):
    """From an agent that has one row of everything; Chinese names in GB18030 are read."""
    module = shipped()[name]
    if name == "entity_mib":
        # It shows only parts that can be replaced: 17 is none of them.
        objects = agent_of(module, make_oid) | {make_oid("1.3.6.1.2.1.47.1.1.1.1.5.1"): v2c.Integer32(9)}
    else:
        objects = agent_of(module, make_oid)
    result = poll([agents(objects).target()], modules=[name])[0]
    assert result.ok, result.error
    for metric in module.metrics:
        ending = "_info" if metric.type == "EnumAsInfo" else ""
        found = result.values(metric.name + ending)
        assert len(found) == 1, metric.name
        labels = dict(next(iter(found)))
        dropped = {lookup.labelname for lookup in metric.lookups if not lookup.labels}
        wanted = {part.labelname for part in metric.indexes} | {lookup.labelname for lookup in metric.lookups}
        assert wanted - dropped <= set(labels), metric.name
        assert all(labels.values()), (metric.name, labels)
        assert not dropped & set(labels)


@pytest.mark.parametrize("name", shipped())
def test_a_module_is_complete(name):
    """Sources are named, names and OIDs come once, helps end with the OID, what tells presence is in the same table."""
    module = shipped()[name]
    assert module.source
    names = [metric.name for metric in module.metrics]
    assert len(set(names)) == len(names)
    assert len({metric.oid for metric in module.metrics}) == len(names)
    for metric in module.metrics:
        assert metric.help.endswith(f" - {metric.oid}")
        if metric.present_with is not None:
            assert metric.present_with.rpartition(".")[0] == metric.oid.rpartition(".")[0]
            assert metric.absent
    roots = [f"{root}." for root in module.walk]
    looked_up = {lookup.oid for metric in module.metrics for lookup in metric.lookups if lookup.oid}
    # We read what a label needs anyway; snmp_exporter, which takes the same file, reads no more than `walk` says.
    assert not [oid for oid in looked_up if not f"{oid}.".startswith(tuple(roots))]
    plan = compile_module(name, module)
    asked = [column for table in plan.tables for column in table.columns] + list(plan.scalars)
    for metric in module.metrics:
        assert any(oid.startswith(ber.encode_oid(metric.oid)) for oid in asked), metric.name


def test_platforms_name_modules_that_exist():
    """Every platform that has a dialect is known, with its vendor."""
    for platform, entry in known().items():
        assert set(entry.modules) <= set(shipped()), platform
        assert entry.modules[0] == "system"
        assert entry.vendor
    assert platforms() <= set(known())
    assert modules_of("something else") == ("system", "if_mib")
    assert vendor_of("something else") == ""


def test_what_is_only_heard_of_is_marked():
    """OIDs from public programs are marked, in help texts too; of two that contradict each other neither is polled."""
    for name in ("dptech", "sangfor", "topsec_ngfw", "topsec_tos3"):
        for metric in shipped()[name].metrics:
            assert metric.unverified
            assert metric.note.endswith("(unverified OID)")
    assert {metric.name for metric in shipped()["huawei_usg"].metrics if metric.unverified} == {"hwSecStatMonTotalSess"}
    polled = {name for entry in known().values() for name in entry.modules}
    assert not polled & {"topsec_ngfw", "topsec_tos3"}
    assert not any(metric.unverified for metric in shipped()["h3c"].metrics)


@pytest.mark.parametrize(("page", "mark"), [("collect.md", "**unverified**"), ("collect.zh-CN.md", "**未核实**")])
def test_the_documentation_lists_every_module_with_its_sources(page, mark):
    """In both languages; what is unverified is marked there too."""
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    for name, module in shipped().items():
        assert module.source in rows[name], name
        assert (mark in rows[name]) == any(metric.unverified for metric in module.metrics), name
