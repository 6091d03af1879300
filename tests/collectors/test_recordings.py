"""Recordings of real devices: the metrics are what the recording says, computed here in another way."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pysnmp.proto.api import v2c

from collectors.modules import shipped
from collectors.poll import Poller, poll

pytestmark = pytest.mark.corpus
NAMES = ("comware", "fortios", "iosxe", "junos_ex", "linux", "stoneos")


def rows(objects, column):
    """A column's cells by index."""
    return {name[len(column) :]: value for name, value in objects.items() if name[: len(column)] == column}


def text(value):
    """A label's text."""
    octets = bytes(value)
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("gb18030", "replace")


@pytest.mark.parametrize("name", NAMES)
def test_interface_metrics_equal_the_recording(corpus, agents, name, make_oid):
    """Every number of IF-MIB in the recording is a sample with its labels, and there is no other sample."""
    if name not in corpus:
        pytest.skip(f"no recording {name}")
    objects = corpus[name]
    agent = agents(objects)
    result = poll([agent.target()], modules=["if_mib"], timeout=5.0)[0]
    assert result.ok, result.error
    labels_of = {
        label: rows(objects, make_oid(column))
        for label, column in (
            ("ifAlias", "1.3.6.1.2.1.31.1.1.1.18"),
            ("ifDescr", "1.3.6.1.2.1.2.2.1.2"),
            ("ifName", "1.3.6.1.2.1.31.1.1.1.1"),
        )
    }
    families = {family.name: family for family in text_string_to_metric_families(result.text())}
    compared = 0
    for metric in shipped()["if_mib"].metrics:
        if metric.type not in ("counter", "gauge") or not metric.indexes:
            continue
        expected = {}
        for index, value in rows(objects, make_oid(metric.oid)).items():
            labels = {label: text(cells.get(index, b"")) for label, cells in labels_of.items()}
            labels["ifIndex"] = str(index[0])
            number = int(value)
            expected[tuple(sorted(labels.items()))] = float(
                number % 2**53 if isinstance(value, v2c.Counter64) else number
            )
        found = {
            tuple(sorted(sample.labels.items())): sample.value
            for sample in (families[metric.name].samples if metric.name in families else ())
        }
        assert found == expected, metric.name
        compared += len(expected)
    if rows(objects, make_oid("1.3.6.1.2.1.2.2.1.1")):
        assert compared > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_system_group_equals_the_recording(corpus, agents, name, make_oid):
    """SysDescr and sysObjectID as they stand there."""
    if name not in corpus:
        pytest.skip(f"no recording {name}")
    objects = corpus[name]
    result = poll([agents(objects).target()], modules=["system"], timeout=5.0)[0]
    assert result.ok, result.error
    described = objects.get(make_oid("1.3.6.1.2.1.1.1.0"))
    if described is not None:
        assert result.label("sysDescr", "sysDescr") == text(described)
    kind = objects.get(make_oid("1.3.6.1.2.1.1.2.0"))
    if kind is not None:
        assert result.label("sysObjectID", "sysObjectID") == ".".join(map(str, tuple(kind)))


@pytest.mark.parametrize("name", ["comware", "stoneos"])
def test_a_second_poll_gives_the_same(corpus, agents, name):
    """What was learnt makes packets fewer, never the values others; whichever devices were asked before."""
    agent = agents(corpus[name])
    poller = Poller(["if_mib"], timeout=5.0)
    first = poller.poll([agent.target()])[0]
    second = poller.poll([agent.target()])[0]
    assert second.ok
    assert [family.lines for family in second.families()] == [family.lines for family in first.families()]
    assert second.packets <= first.packets
