"""The NOC as it is deployed: targets, rules and panels over what real and simulated devices say; a stopped router."""

from __future__ import annotations

import re

import pytest
import yaml

from collectors import alerts, dashboards, modules
from collectors.health import health
from collectors.modules.platforms import known
from collectors.poll import Poller
from tests.patience import until

pytestmark = [pytest.mark.lab, pytest.mark.prometheus]

WORDS = {
    *("and", "or", "unless", "on", "by", "without", "group_left", "bool", "offset", "count", "sum", "max", "avg"),
    *("rate", "increase", "changes", "absent", "vector", "time", "label_replace", "max_over_time", "avg_over_time"),
    *("predict_linear", "topk", "clamp_max"),
}
GRAFANA = {"$__rate_interval": "1m", "$__range": "1h"}
RULES = [
    rule
    for text in alerts.files(modules.shipped()).values()
    for group in yaml.safe_load(text)["groups"]
    for rule in group["rules"]
]


def metrics(expr):
    """The metrics that an expression speaks of."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', expr)
    bare = re.sub(r"\b(?:on|by|without|group_left)\s*\([^)]*\)", "", bare)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|offset \w+|\b[\d.]+(?:e\d+)?\b", " ", bare)
    return {name for name in re.findall(r"[a-zA-Z_][\w:]*", bare) if name not in WORDS}


def test_the_metrics_of_an_expression_are_found():
    """What these tests look for is every metric that an expression speaks of, and no function, label or duration."""
    found = metrics('rate(a_b{c="d"}[5m]) > 0.5 * on (e) group_left (f) (g:h:i offset 1d) unless time() - j > 9e6')
    assert found == {"a_b", "g:h:i", "j"}


def test_all_targets_are_up_through_http_sd(noc):
    """Whatever http_sd and the shipped file name is scraped, but for the device that keeps silent."""

    def down():
        targets = noc.get("targets")["activeTargets"]
        return {target["labels"]["instance"]: target["lastError"] for target in targets if target["health"] != "up"}

    until(lambda: set(down()) == {"sim-silent"}, lambda: str(down()))
    targets = noc.get("targets")["activeTargets"]
    real = {target["labels"]["instance"]: target["labels"] for target in targets if target["labels"]["job"] == "snmp"}
    assert set(real) == {"core-city", "rt-lantian", "rt-anping", "vg-zfb"}
    assert real["rt-anping"]["region"] == "安平镇"
    assert real["rt-anping"]["vendor"] == "FRRouting"


def test_every_rule_evaluates_and_every_recording_rule_records(noc):
    """Prometheus finds no fault in any rule, and each recorded series is there."""

    def evaluated():
        groups = noc.get("rules")["groups"]
        return groups if all(rule["health"] != "unknown" for group in groups for rule in group["rules"]) else None

    groups = until(evaluated)
    faults = {
        rule["name"]: rule.get("lastError") for group in groups for rule in group["rules"] if rule["health"] != "ok"
    }
    assert faults == {}
    assert sum(len(group["rules"]) for group in groups) == len(RULES)

    def empty():
        names = set(noc.get("label/__name__/values"))
        return [
            (rule["record"], rule.get("labels"))
            for rule in RULES
            if "record" in rule
            and not (rule["record"] in names and noc.query(selector(rule["record"], rule.get("labels", {}))))
        ]

    until(lambda: empty() == [], lambda: str(empty()))


def selector(name, labels):
    return f"{name}{{{','.join(f'{key}={chr(34)}{value}{chr(34)}' for key, value in labels.items())}}}"


def test_the_rules_sum_up_a_device_as_we_do(noc):
    """What Prometheus records of a device is what `govnet collect poll` says of it: two ways to the same numbers."""
    kinds = {
        "cpu_percent": ("cpu_percent", "max"),
        "memory_percent": ("memory_percent", "max"),
        "temperature_celsius": ("temperature_celsius", "max"),
        "sessions": ("sessions", "sum"),
        "tunnels": ("tunnels", "sum"),
    }
    compared = 0
    for platform, entry in known().items():
        poller = Poller(entry.modules)
        result = poller.poll([noc.simulated.agents[f"sim-{platform}"].target()])[0]
        summed = health(result, poller.modules)
        for kind, (name, fold) in kinds.items():
            ours = getattr(summed, name)
            if kind == "tunnels" and ours is None:
                continue  # the rules also count tunnels by their states

            def theirs(expr=f'{fold} (device:{kind}:{fold}{{instance="sim-{platform}"}})'):
                return [round(float(each["value"][1]), 1) for each in noc.query(expr)]

            expected = [] if ours is None else [ours]
            until(lambda: theirs() == expected, lambda: str((platform, kind, theirs(), expected)))  # noqa: B023 - called at once
            compared += ours is not None
    assert compared > 40


def test_every_series_that_an_alert_speaks_of_is_there(noc):
    """An alert over a series that nobody has can never fire: each metric of each alert was scraped or recorded."""
    names = set(noc.get("label/__name__/values"))
    missing = {rule["alert"]: metrics(rule["expr"]) - names for rule in RULES if "alert" in rule}
    # Only a walk that failed has an error, and only a datagram that was dropped is counted.
    allowed = {"govnet_walk_error", "govnet_snmp_dropped_datagrams_total"}
    assert {name: gone - allowed for name, gone in missing.items() if gone - allowed} == {}


def test_every_panel_has_an_answer(noc):
    """Each query of each panel, with everything chosen, gives at least one series of what was scraped."""
    for board in dashboards.boards():
        for panel in board.panels:
            for query in panel.queries:
                expr = query.expr
                for word, meaning in GRAFANA.items():
                    expr = expr.replace(word, meaning)
                for choice in board.choices:
                    expr = expr.replace(f"${choice.name}", ".*")
                # A machine that is busy now and then misses a scrape.
                until(lambda expr=expr: noc.query(expr), str((board.uid, panel.title, query.expr)))


def test_every_choice_has_values(noc):
    """Each variable at the head of a dashboard offers something."""
    for board in dashboards.boards():
        for choice in board.choices:
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", choice.query).groups()
            series = re.sub(r"\$\w+", ".*", series)
            values = noc.get(f"label/{label}/values", **{"match[]": series})
            assert values or label == "zone", (board.uid, choice.name)


def test_a_silent_device_raises_its_alert_in_words_of_both_languages(noc):
    """The alert names device and place, and its texts are filled in."""
    until(lambda: ("DeviceDown", "sim-silent") in noc.alerts(), lambda: str(noc.alerts()))
    (alert,) = (
        each
        for each in noc.get("alerts")["alerts"]
        if each["labels"]["alertname"] == "DeviceDown" and each["labels"]["instance"] == "sim-silent"
    )
    assert alert["annotations"]["summary"] == "sim-silent (模拟区, site) does not answer."
    assert "无应答" in alert["annotations"]["summary_zh"]
    every = [text for each in noc.get("alerts")["alerts"] for text in each["annotations"].values()]
    assert not [text for text in every if "<error" in text or "<no value>" in text]


def test_a_line_that_is_cut_and_mended(noc):
    """A real router's uplink loses its carrier: the line and the OSPF neighbour are missed, and found again."""
    noc.node("core-city", "ip", "link", "set", "ge0-4", "down")
    try:
        until(
            lambda: {("LineDown", "rt-anping"), ("OspfNeighbourLost", "rt-anping")} <= noc.alerts(),
            lambda: str(noc.alerts()),
        )
    finally:
        noc.node("core-city", "ip", "link", "set", "ge0-4", "up")
    until(lambda: ("LineDown", "rt-anping") not in noc.alerts(), lambda: str(noc.alerts()))


def test_a_stopped_router_raises_its_alert_and_ends_it(noc):
    """The router is silent: its alert goes through Alertmanager and the relay to the robot, and so does its end."""
    noc.node("rt-anping", "ip", "link", "set", "eth0", "down")
    try:
        until(lambda: ("DeviceDown", "rt-anping") in noc.alerts(), lambda: str(noc.alerts()))
        until(lambda: "rt-anping（安平镇" in noc.messages(), noc.messages)
    finally:
        noc.node("rt-anping", "ip", "link", "set", "eth0", "up")
    until(lambda: ("DeviceDown", "rt-anping") not in noc.alerts(), lambda: str(noc.alerts()))
    until(lambda: re.search(r"\[已恢复\]\*\* rt-anping（安平镇", noc.messages()), noc.messages)


@pytest.mark.soak
def test_routers_that_come_and_go(noc):
    """In turn two real routers are silent, ten rounds long: every alert comes and ends, and no rule ever fails."""
    for _ in range(10):
        for router, port in (("rt-anping", "eth0"), ("rt-lantian", "ge0-0-0")):
            noc.node(router, "ip", "link", "set", port, "down")
            try:
                until(lambda name=router: ("DeviceDown", name) in noc.alerts(), lambda: str(noc.alerts()))
            finally:
                noc.node(router, "ip", "link", "set", port, "up")
            until(lambda name=router: ("DeviceDown", name) not in noc.alerts(), lambda: str(noc.alerts()))
    assert noc.query("sum(prometheus_rule_evaluation_failures_total)")[0]["value"][1] == "0"
    assert noc.query("sum(alertmanager_notifications_failed_total)")[0]["value"][1] == "0"
