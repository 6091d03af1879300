"""The page `/workspace`: lines, rollouts, the last audit; what cannot be read is said so."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from collectors import standing
from collectors.results import read_line
from configs.rollout import bundle as bundles
from configs.rollout import policy as policies
from configs.rollout.bundle import Bundle, Planned
from configs.rollout.store import Phase, Store, default_url
from configs.rollout.waves import Stop, Wave
from inventory import model


def samples(page):
    """Metric → its samples as pairs of labels and value."""
    found = {}
    for line in page.decode().splitlines():
        if not line.startswith("#"):
            labels, value = read_line(line.encode() + b"\n")
            found.setdefault(line.partition("{")[0].partition(" ")[0], []).append((labels, value))
    return found


@pytest.fixture
def city(made_workspace):
    """Two devices and a line between them; the third device has no credential."""
    made = made_workspace(["rt-a", "core", "rt-c"])
    devices = dict(made.inventory.devices)
    devices["rt-c"] = replace(devices["rt-c"], credential="none")
    line = model.Line(
        "ln-1",
        model.LineKind.CIRCUIT,
        model.End("rt-a", "GE0/0/1"),
        model.End("core", "GE1/0/1"),
        mbps=100,
        carrier="电信",
    )
    unknown = model.Line("inet", model.LineKind.INTERNET, model.End("core", "GE1/0/9"))
    inventory = replace(made.inventory, devices=devices, lines={"ln-1": line, "inet": unknown})
    return replace(made, inventory=inventory)


def test_each_end_of_a_line_is_told_and_its_bandwidth_where_it_is_known(city):
    """Both ends carry the interface's name of the inventory; a line without a bandwidth has none, not 0."""
    found = samples(standing.text(city))
    assert (
        {"instance": "rt-a", "ifDescr": "GE0/0/1", "line": "ln-1", "kind": "circuit", "carrier": "电信", "far": "core"},
        1.0,
    ) in found["govnet_line_info"]
    assert len(found["govnet_line_info"]) == 3
    assert found["govnet_line_bandwidth_bits"] == [
        ({"instance": "rt-a", "line": "ln-1"}, 1e8),
        ({"instance": "core", "line": "ln-1"}, 1e8),
    ]


def test_devices_that_nobody_polls_are_counted(city):
    """A device without an SNMP credential is not watched, and the page says how many there are."""
    found = samples(standing.text(city))
    assert found["govnet_inventory_devices"] == [({"polled": "yes"}, 2.0), ({"polled": "no"}, 1.0)]


def test_without_a_report_there_are_no_figures(city):
    """A missing audit is unknown: it has no verdicts, and the page says that it is missing. No database is made."""
    found = samples(standing.text(city))
    assert ({"part": "audit", "reason": "missing"}, 0.0) in found["govnet_workspace_readable"]
    assert ({"part": "rollout", "reason": ""}, 1.0) in found["govnet_workspace_readable"]
    assert not any(name.startswith("govnet_audit") for name in found)
    assert not (city.root / "state.db").exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"counts": {}}', '{"counts": null, "level": 3}'])
def test_a_report_that_cannot_be_read_is_unknown(city, content):
    """Whatever is in the file, the page is there and says that the report is unreadable."""
    (city.root / "reports").mkdir()
    (city.root / "reports" / "audit.json").write_text(content)
    found = samples(standing.text(city))
    assert ({"part": "audit", "reason": "unreadable"}, 0.0) in found["govnet_workspace_readable"]
    assert not any(name.startswith("govnet_audit") for name in found)


def test_the_last_audit(city):
    """Verdicts, high risks, devices that could not be read, and when; the newest report counts."""
    (city.root / "reports" / "audit").mkdir(parents=True)
    (city.root / "reports" / "audit" / "audit.json").write_text("{")
    os.utime(city.root / "reports" / "audit" / "audit.json", (1_600_000_000, 1_600_000_000))
    path = city.root / "reports" / "audit.json"
    counts = {
        "devices": 5,
        "devices_unread": 2,
        "items": {"fail": 3, "pass": 9},
        "findings": {"fail": 7},
        "high_risk": 1,
    }
    path.write_text(json.dumps({"level": 3, "counts": counts}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    found = samples(standing.text(city))
    assert found["govnet_audit_items"] == [
        ({"level": "3", "verdict": "fail"}, 3.0),
        ({"level": "3", "verdict": "pass"}, 9.0),
    ]
    assert found["govnet_audit_devices"] == [({"level": "3", "read": "yes"}, 3.0), ({"level": "3", "read": "no"}, 2.0)]
    assert found["govnet_audit_high_risks"] == [({"level": "3"}, 1.0)]
    assert found["govnet_audit_timestamp_seconds"] == [({"level": "3"}, 1_700_000_000.0)]


def rollout(root, name, *, lab=False):
    made = Bundle(
        name,
        root,
        datetime(2026, 11, 22, tzinfo=UTC),
        "wang",
        "",
        policies.Policy(),
        (Wave(1, (Stop("site", ("rt-a", "core")),)),),
        {"rt-a": Planned("rt-a", "huawei", "d"), "core": Planned("core", "huawei", "d")},
        lab,
    )
    bundles.write(made)
    return made


def test_rollouts_that_are_not_over_and_the_newest(city):
    """A stopped rollout is shown however old it is; of those that are over only the newest."""
    store = Store(default_url(city.root))
    for number in range(1, 6):
        made = rollout(city.root, f"2026112{number}-000000-aa", lab=number == 5)
        store.begin(made)
        store.put(made.name, Phase.STOPPED if number == 1 else Phase.DONE, 0.0)
    store.set_devices("20261121-000000-aa", ["rt-a"], state="unknown")
    store.close()
    found = samples(standing.text(city))
    shown = {labels["rollout"]: labels for labels, _ in found["govnet_rollout_phase"]}
    assert sorted(shown) == [f"2026112{number}-000000-aa" for number in (1, 3, 4, 5)]
    assert shown["20261121-000000-aa"]["phase"] == "stopped"
    assert shown["20261125-000000-aa"]["where"] == "lab"
    first = {"rollout": "20261121-000000-aa", "where": "network", "wave": "1"}
    assert ({**first, "state": "unknown"}, 1.0) in found["govnet_rollout_devices"]
    assert ({**first, "state": "waiting"}, 1.0) in found["govnet_rollout_devices"]


def test_a_rollout_that_somebody_altered_is_unknown(city):
    """A bundle that is not as it was written gives no figures."""
    made = rollout(city.root, "20261121-000000-aa")
    path = made.folder / bundles.FILE
    path.write_text(path.read_text().replace("wang", "li"))
    found = samples(standing.text(city))
    assert ({"part": "rollout", "reason": "unreadable"}, 0.0) in found["govnet_workspace_readable"]


def test_a_database_that_is_none_is_unknown(city):
    """Rollouts whose database cannot be read are unknown, not none."""
    rollout(city.root, "20261121-000000-aa")
    (city.root / "state.db").write_text("this is no database, and it is long enough to be read as one" * 20)
    found = samples(standing.text(city))
    assert ({"part": "rollout", "reason": "unreadable"}, 0.0) in found["govnet_workspace_readable"]
    assert "govnet_rollout_phase" not in found


def test_the_exporter_serves_it(running):
    """Prometheus gets it as text, beside the other pages."""
    status, body, headers = running().get("/workspace")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert samples(body)["govnet_inventory_devices"] == [({"polled": "yes"}, 2.0), ({"polled": "no"}, 0.0)]
