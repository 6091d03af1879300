"""Every alert fires on what it is for and on nothing else, as Prometheus' own promtool evaluates it (`cases.yml`)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from collectors import alerts, modules
from collectors.modules.schema import Module
from tests.patience import PATIENCE

CASES = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))


TEXTS = alerts.files(modules.shipped())
RULES = {
    name: [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]] for name, text in TEXTS.items()
}
ALERTS = {rule["alert"]: rule for rules in RULES.values() for rule in rules if "alert" in rule}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The rule files."""
    directory = tmp_path_factory.mktemp("rules")
    for name, text in TEXTS.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def needed(folder, file):
    """A file's rules, and of `measures.yml` those that a case gives something to: the others would record nothing."""
    spoken = str([CASES[rule["alert"]] for rule in RULES[file] if "alert" in rule])
    rules = [rule for rule in RULES["measures.yml"] if rule.get("labels", {}).get("metric", "") in spoken]
    (folder / f"{file}.measures").write_text(
        yaml.safe_dump({"groups": [{"name": "govnet-measures", "rules": rules}]}), encoding="utf-8"
    )
    return [f"{file}.measures", file]


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def units(file, step):
    """The cases of a file as promtool's tests. `ALERTS` is the series that Prometheus keeps of its alerts."""
    for name in (rule["alert"] for rule in RULES[file] if "alert" in rule):
        case = CASES[name]
        for kind in ("fires", "calm"):
            for number, situation in enumerate(case.get(kind, ())):
                if situation.get("every", "1m") != step:
                    continue
                labels = {
                    "alertname": name,
                    "alertstate": "firing",
                    "severity": ALERTS[name]["labels"]["severity"],
                    **situation.get("labels", {}),
                }
                shown = ", ".join(f"{key}={quoted(value)}" for key, value in labels.items())
                found = [{"labels": f"ALERTS{{{shown}}}", "value": 1}] if kind == "fires" else []
                yield {
                    "name": f"{name} {kind} {number}",
                    "interval": step,
                    "input_series": [
                        {"series": series, "values": values} for series, values in situation["series"].items()
                    ],
                    "promql_expr_test": [
                        {
                            "expr": f'ALERTS{{alertname="{name}",alertstate="firing"}}',
                            "eval_time": situation["at"],
                            "exp_samples": found,
                        }
                    ],
                }


@pytest.mark.prometheus
@pytest.mark.parametrize("file", [name for name in TEXTS if name != "measures.yml"])
def test_alerts_fire_when_they_should_and_only_then(folder, file):
    """Promtool evaluates the rules on each case's series: the alert is there, with its labels, or it is not."""
    names = []
    for step in ("1m", "5m", "30m"):
        document = {
            "rule_files": needed(folder, file),
            "evaluation_interval": step,
            "group_eval_order": ["govnet-measures"],
            "tests": list(units(file, step)),
        }
        if document["tests"]:
            names.append(f"{file}-{step}.tests")
            (folder / names[-1]).write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    ran = subprocess.run(
        ["promtool", "test", "rules", *names], cwd=folder, capture_output=True, text=True, check=False, timeout=200
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]


@pytest.mark.prometheus
def test_the_texts_of_an_alert_are_filled_in(folder):
    """Prometheus expands every text without a fault. Promtool shows them where it is told to expect no alert."""
    names, count = [], 0
    for file in RULES:
        tests = [
            {
                "interval": "1m",
                "input_series": unit["input_series"],
                "alert_rule_test": [
                    {"eval_time": test["eval_time"], "alertname": unit["name"].split()[0], "exp_alerts": []}
                    for test in unit["promql_expr_test"]
                ],
            }
            for unit in units(file, "1m")
            if " fires 0" in unit["name"]
        ]
        document = {"rule_files": needed(folder, file), "evaluation_interval": "1m", "tests": tests}
        if tests:
            names.append(f"{file}.texts")
            (folder / names[-1]).write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
            count += len(tests)
    ran = subprocess.run(
        ["promtool", "test", "rules", *names], cwd=folder, capture_output=True, text=True, check=False, timeout=200
    )
    told = re.findall(r"Annotations:\{(.*)\}", ran.stdout + ran.stderr)
    assert len(told) == count
    assert [text for text in told if "<error" in text or "<no value>" in text or "{{" in text] == []


@pytest.mark.prometheus
def test_the_rule_files_are_prometheus_own_form(folder):
    """Promtool takes each file, and warns of nothing."""
    ran = subprocess.run(
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", *TEXTS],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ran.returncode == 0, ran.stderr


def test_every_alert_has_cases_of_both_kinds():
    """No alert is without a case; only the one that always fires has none that keeps it calm."""
    assert set(CASES) == set(ALERTS)
    assert [name for name, case in CASES.items() if not case["fires"]] == []
    assert [name for name, case in CASES.items() if not case.get("calm")] == ["Watchdog"]


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_where_and_what_to_do_in_both_languages(name):
    """The texts are there, the Chinese ones are Chinese, and every label that they name is one the alert has."""
    texts = ALERTS[name]["annotations"]
    assert set(texts) == {"summary", "summary_zh", "action", "action_zh"}
    assert all(re.search(r"[\u4e00-\u9fff]", texts[key]) for key in ("summary_zh", "action_zh"))
    assert not any(re.search(r"[\u4e00-\u9fff]", texts[key]) for key in ("summary", "action"))
    used = {*re.findall(r"\$labels\.(\w+)", " ".join(texts.values()))}
    had = {key for situation in CASES[name]["fires"] for key in situation["labels"]}
    assert used - had <= {
        "region",
        "site",
        "reason",
        "integration",
        "ifAlias",
        "hrStorageDescr",
        "dskPath",
        "job",
        "carrier",
    }


def test_alerts_leave_out_what_nobody_has_verified():
    """An unverified OID's series carries the label, and every rule over all vendors' series leaves it out."""
    assert any(rule.get("labels", {}).get("unverified") for rule in RULES["measures.yml"])
    for rule in ALERTS.values():
        if rule["alert"] == "MeasureGone":
            continue
        for series in re.findall(r"(?:device|component):[a-z_]+:[a-z0-9]+(\{[^}]*\})?", rule["expr"]):
            if "ospf" not in rule["expr"]:
                assert 'unverified=""' in series, rule["alert"]


def test_a_module_of_ones_own_needs_no_new_alert():
    """What a user's module says that it measures is part of the series that the alerts rest on."""
    own = Module.model_validate(
        {
            "metrics": [
                {"name": "myLoad", "oid": "1.3.6.1.4.1.99999.1", "type": "gauge", "measures": "cpu_percent"},
                {"name": "myFan", "oid": "1.3.6.1.4.1.99999.2", "type": "gauge", "measures": "fan", "good": [1, 2]},
            ]
        }
    )
    text = alerts.files({"own": own})["measures.yml"]
    made = {rule["record"]: rule for rule in yaml.safe_load(text)["groups"][0]["rules"] if "labels" in rule}
    assert made["device_metric:cpu_percent:max"]["labels"] == {"metric": "myLoad"}
    assert made["component:fan_good:bool"]["expr"] == "clamp_max((myFan == bool 1) + (myFan == bool 2), 1)"
