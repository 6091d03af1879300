"""The notifications that have a name: consistent, findable by every OID under which agents send them."""

from __future__ import annotations

import pytest

from collectors import notifications
from collectors.snmp import ber


@pytest.fixture
def names():
    return notifications.shipped()


def test_names_and_oids_are_unique():
    """A name stands once, an OID means one thing, and every file was read."""
    import yaml

    seen, files = [], sorted(notifications.DIRECTORY.glob("*.yml"))
    for path in files:
        file = notifications.NotificationsFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        seen.extend((kind.name, oid) for kind in file.notifications for oid in (kind.oid, *kind.also))
    assert len({oid for _, oid in seen}) == len(seen)
    assert len({name for name, _ in seen}) == len(notifications.shipped().kinds)
    assert len(files) >= 7


def test_what_is_cleared_is_raised(names):
    """Every alert that is cleared is raised by something that is told apart in the same way."""
    raised = {}
    for kind in names.kinds.values():
        if kind.raises:
            raised.setdefault(kind.raises, []).append(kind)
    for kind in names.kinds.values():
        for name in kind.clears:
            assert name in raised, kind.name
            ways = {(other.index, other.by) for other in raised[name]}
            assert (kind.index, kind.by) in ways or kind.name == "cefcFRUInserted", (kind.name, name)


def test_every_oid_can_be_encoded(names):
    """Indexes, states and names are object identifiers, and a state's object stands below the index."""
    for kind in names.kinds.values():
        for oid in (kind.oid, *kind.also, kind.index, kind.by, kind.under):
            if oid:
                ber.encode_oid(oid)
        if kind.state is not None:
            assert kind.state.object.startswith(f"{kind.index}."), kind.name


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.3.6.1.6.3.1.1.5.1", "coldStart"),
        ("1.3.6.1.2.1.15.0.2", "bgpBackwardTransition"),
        ("1.3.6.1.2.1.15.7.2", "bgpBackwardTransition"),
        ("1.3.6.1.2.1.15.7.0.2", "bgpBackwardTransition"),
        ("1.3.6.1.2.1.14.16.2.2", "ospfNbrStateChange"),
        ("1.3.6.1.2.1.14.16.2.0.2", "ospfNbrStateChange"),
        ("1.3.6.1.4.1.2011.5.25.129.2.4.1", "hwCPUUtilizationRisingAlarm"),
        ("1.3.6.1.4.1.2011.5.25.129.2.4.0.1", "hwCPUUtilizationRisingAlarm"),
        ("1.3.6.1.4.1.25506.2.6.2.0.4", "hh3cEntityExtCpuUsageThreshold"),
        ("1.3.6.1.4.1.25506.2.6.2.4", "hh3cEntityExtCpuUsageThreshold"),
        ("1.3.6.1.4.1.12356.101.1.5001.0.101", "fnTrapCpuThreshold"),
        ("1.3.6.1.4.1.99999.1", None),
        ("1.3", None),
    ],
)
def test_kinds_are_found(names, oid, name):
    """With and without the zero of RFC 3584, under old branches, under a model's enterprise."""
    found = names.find(oid)
    assert (found.name if found else None) == name


def test_what_is_unverified_is_marked(names):
    """Those known from public programs only say so."""
    assert any(kind.unverified for kind in names.kinds.values())
    assert not names.kinds["linkDown"].unverified
