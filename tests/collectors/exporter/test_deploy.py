"""The files for the NOC: complete, valid as they are, and taken by the programs that they are for."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from grafana_foundation_sdk.models.dashboard import Dashboard

from collectors import dashboards, deploy, modules
from collectors.relay import Relay
from inventory.filters import select
from inventory.workspace import load
from tests.patience import PATIENCE

GOVNET = Path(sys.executable).parent / "govnet"


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files as `govnet collect deploy` writes them."""
    path = tmp_path_factory.mktemp("deploy") / "out"
    ran = run(GOVNET, "--lang", "zh", "collect", "deploy", "--out", path, "--json")
    assert ran.returncode == 0, ran.stderr
    written = json.loads(ran.stdout)["files"]
    assert written == sorted(each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file())
    return path


@pytest.mark.prometheus
def test_prometheus_and_alertmanager_take_their_files(folder):
    """Prometheus' and Alertmanager's own checks of configuration, rules and templates find nothing."""
    checked = run("promtool", "check", "config", folder / "prometheus" / "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    assert "10 rule files found" in checked.stdout
    path = folder / "alertmanager" / "alertmanager.yml"
    path.write_text(path.read_text().replace("/etc/alertmanager/*.tmpl", str(folder / "alertmanager" / "*.tmpl")))
    checked = run("amtool", "check-config", path)
    assert checked.returncode == 0, checked.stderr
    assert "1 templates" in checked.stdout


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"severity": "critical"}, "on-duty,mail"),
        ({"severity": "warning"}, "mail"),
        ({"severity": "info"}, "nobody"),
        ({"severity": "none", "alertname": "Watchdog"}, "nobody"),
    ],
)
def test_who_is_told(folder, labels, receivers):
    """Critical alerts reach those on duty and the mailbox, warnings the mailbox, the rest nobody."""
    words = [f"{key}={value}" for key, value in labels.items()]
    told = run(
        "amtool", "config", "routes", "test", f"--config.file={folder / 'alertmanager' / 'alertmanager.yml'}", *words
    )
    assert told.stdout.strip() == receivers


def test_what_prometheus_asks_the_exporter_for_is_understood(folder):
    """The conditions in the addresses of http_sd are ones that the inventory understands, and the modules are there."""
    document = yaml.safe_load((folder / "prometheus" / "prometheus.yml").read_text())
    asked = [
        parse_qs(urlsplit(each["url"]).query)
        for job in document["scrape_configs"]
        for each in job.get("http_sd_configs", ())
    ]
    inventory = load(Path(__file__).parents[3] / "examples" / "lianyuan").inventory
    chosen = [[device.name for device in select(inventory, each["where"][0])] for each in asked]
    assert [len(names) for names in chosen] == [len(inventory.devices), 0]
    assert {name for each in asked for name in each.get("module", ())} <= set(modules.shipped())


def test_alertmanagers_robots_are_the_relays(folder):
    """Each webhook of alertmanager.yml goes to a robot that relay.yml has, and relay.yml is a good one."""
    document = yaml.safe_load((folder / "alertmanager" / "alertmanager.yml").read_text())
    urls = [hook["url"] for receiver in document["receivers"] for hook in receiver.get("webhook_configs", ())]
    assert {url.rpartition("/")[2] for url in urls} == set(Relay(folder / "alertmanager" / "relay.yml").names)


@pytest.mark.prometheus
@pytest.mark.parametrize("page", ["deploy.md", "deploy.zh-CN.md"])
def test_the_pages_example_of_a_shard_is_one(page, tmp_path):
    """What the documentation shows of a province's Prometheus is a configuration that Prometheus takes."""
    text = (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "prometheus.yml").write_text(block)
    checked = run("promtool", "check", "config", tmp_path / "prometheus.yml")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(folder, tmp_path):
    """Systemd's own check finds nothing, and by its own measure the units are well shut in (0 is best, 10 worst)."""
    for unit in (folder / "systemd").glob("*.service"):
        # The check wants the program to be there.
        copy = tmp_path / unit.name
        copy.write_text(unit.read_text().replace("/opt/govnet/bin/govnet", str(GOVNET)))
        checked = run("systemd-analyze", "verify", "--man=no", copy)
        assert checked.returncode == 0, checked.stderr
        assert unit.name not in checked.stderr, checked.stderr
        rated = run("systemd-analyze", "security", "--offline=yes", "--threshold=30", copy)
        assert rated.returncode == 0, rated.stdout[-800:] + rated.stderr


@pytest.mark.parametrize("verb", ["serve", "relay", "traps"])
def test_units_run_commands_that_there_are(folder, verb):
    """What a unit starts is a command with options that govnet has."""
    (unit,) = (path for path in (folder / "systemd").glob("*.service") if f" collect {verb} " in path.read_text())
    words = re.search(r"^ExecStart=\S+ (.*)$", unit.read_text(), re.MULTILINE)[1].split()
    ran = run(GOVNET, "--lang", "en", *words[:2], "--help")
    if ran.returncode and verb == "traps":
        pytest.skip("this govnet has no receiver of notifications")
    assert ran.returncode == 0, words
    options = {word for word in words if word.startswith("-")}
    missing = {option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", ran.stdout)}
    if missing == {"--reach"}:
        pytest.skip("this govnet does not probe")
    assert missing == set()


def cells(place):
    """The cells of the grid that a panel covers."""
    return [
        (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_dashboards_are_grafanas_own_form(language):
    """Each file can be read into Grafana's model and is the same when it is written again; its numbers are its own."""
    for name, text in dashboards.files(language).items():
        document = json.loads(text)
        read = Dashboard.from_json(document)
        assert name == f"{read.uid}.json"
        assert read.panels
        numbers = [panel["id"] for panel in document["panels"]]
        assert len(numbers) == len(set(numbers))
        taken = [cell for panel in document["panels"] for cell in cells(panel["gridPos"])]
        assert len(taken) == len(set(taken)), "panels lie over each other"
        assert all(x < 24 for x, _ in taken)
        assert "${datasource}" in text


def test_dashboards_are_in_the_language_that_is_asked_for():
    """In Chinese no title of a dashboard, row or panel is left in English, but for names; queries are the same."""
    english, chinese = (dashboards.files(language) for language in ("en", "zh_CN"))
    for name, text in chinese.items():
        one, other = json.loads(english[name]), json.loads(text)
        for here, there in zip(one["panels"], other["panels"], strict=True):
            assert here.get("targets", [{}])[0].get("expr") == there.get("targets", [{}])[0].get("expr")
            if here["title"] != "UPS":
                assert re.search(r"[\u4e00-\u9fff]", there["title"]), there["title"]


def test_everything_is_there():
    """Rules, dashboards, units and configurations, and nothing that is not text."""
    files = deploy.files(modules.shipped(), "en")
    assert len([name for name in files if name.startswith("grafana/dashboards/")]) == 9
    assert len([name for name in files if name.startswith("prometheus/rules/")]) == 10
    assert len([name for name in files if name.startswith("systemd/")]) == 3
    assert all(text.endswith("\n") for text in files.values())


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    """A file in the way: what and where and what to do, exit code 2 or 3, no traceback; the same as JSON."""
    (tmp_path / "out").write_text("")
    ran = run(GOVNET, "--lang", "en", "collect", "dashboards", "--out", tmp_path / "out")
    assert ran.returncode != 0
    assert f"cannot write to {tmp_path / 'out'}" in ran.stderr
    assert "--out" in ran.stderr
    assert "Traceback" not in ran.stderr
    ran = run(GOVNET, "collect", "deploy", "--out", tmp_path / "out", "--json")
    assert json.loads(ran.stdout)["ok"] is False


def test_alerts_know_what_modules_of_ones_own_measure(tmp_path):
    """With --file the rules have the metrics of a user's snmp.yml."""
    (tmp_path / "own.yml").write_text(
        "modules: {own: {metrics: [{name: myLoad, oid: 1.3.6.1.4.1.99999.1, type: gauge, measures: cpu_percent}]}}"
    )
    ran = run(GOVNET, "collect", "deploy", "--out", tmp_path / "out", "--file", tmp_path / "own.yml")
    assert ran.returncode == 0, ran.stderr
    assert "(myLoad)" in (tmp_path / "out" / "prometheus" / "rules" / "measures.yml").read_text()
