"""`govnet collect`: tables, JSON, exit codes, messages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from cli import collect_poll
from inventory.errors import InputError
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


def run(*arguments, **environment):
    """The command as a user runs it."""
    return subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, "COLUMNS": "200", **environment},
    )


@pytest.fixture
def lianyuan(tmp_path):
    """The example with secrets, in a folder of its own; its addresses lead nowhere from here."""
    folder = tmp_path / "lianyuan"
    shutil.copytree(ROOT / "examples" / "lianyuan", folder)
    (folder / "secrets").mkdir(exist_ok=True)
    for name in ("snmp-auth", "snmp-priv", "snmp-community"):
        path = folder / "secrets" / name
        path.write_text("invented-secret\n")
        path.chmod(0o600)
    return folder


def test_devices_that_do_not_answer_are_exit_code_3(lianyuan):
    """Every device is in the document with its reason; no secret is."""
    done = run(*("collect", "poll", "core-city", "--timeout", "0.1", "--retries", "0"), "-w", str(lianyuan), "--json")
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert document["ok"] is False
    device = document["devices"][0]
    assert device["device"] == "core-city"
    assert device["reason"] in {"timeout", "unreachable", "closed", "socket"}
    assert device["error"]["message"]["zh"]
    assert device["interfaces"] is None
    assert "invented-secret" not in done.stdout + done.stderr


def test_a_missing_secret_is_the_devices_reason(lianyuan):
    """The others would go on."""
    (lianyuan / "secrets" / "snmp-community").unlink()
    done = run("collect", "poll", "core-city", "-w", str(lianyuan), "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["devices"][0]["reason"] == "secret"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("collect", "poll", "nosuch"), "nosuch"),
        (("collect", "poll", "--module", "nosuch"), "nosuch"),
        (("collect", "poll", "--file", "/nonexistent.yml"), "/nonexistent.yml"),
        (("collect", "poll", "--where", "colour=red"), "colour"),
        (("collect", "modules", "nosuch"), "if_mib"),
    ],
)
def test_mistakes_are_exit_code_2(lianyuan, arguments, text):
    """Named, without a traceback, in both languages."""
    extra = () if arguments[1] == "modules" else ("-w", str(lianyuan))
    for language in ("en", "zh"):
        done = run("--lang", language, *arguments, *extra)
        assert done.returncode == 2, done.stderr
        assert text in done.stderr
        assert "Traceback" not in done.stderr


def test_modules_are_listed():
    """As a table and as JSON."""
    assert "if_mib" in run("collect", "modules").stdout
    document = json.loads(run("collect", "modules", "if_mib", "--json").stdout)
    names = [metric["name"] for metric in document["modules"]["if_mib"]["metrics"]]
    assert "ifHCInOctets" in names


@pytest.mark.parametrize("verb", ["poll", "serve", "modules"])
def test_every_verb_has_an_example_and_chinese_help(verb):
    """The help of each."""
    assert "govnet collect " + verb in run("collect", verb, "--help").stdout
    chinese = run("--lang", "zh", "collect", verb, "--help").stdout
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)


def test_the_table_and_the_file(agents, tmp_path, capsys):
    """A healthy and a dead device: the table shows both; the file holds what was read, told apart by device."""
    from collectors.poll import Poller

    good, mute = agents(), agents(behave=lambda *_: [])
    poller = Poller(timeout=0.5, retries=4)
    results = poller.poll([good.target("rt-good"), mute.target("rt-mute")])
    collect_poll.show(results, poller)
    shown = capsys.readouterr()
    assert "rt-good" in shown.out
    assert "4/4" in shown.out
    assert "no SNMP answer" in shown.out
    assert "hint:" in shown.err
    path = tmp_path / "all.prom"
    collect_poll.write(results, path)
    families = {family.name: family for family in text_string_to_metric_families(path.read_text())}
    answers = {sample.labels["device"]: sample.value for sample in families["govnet_device_answers"].samples}
    assert answers == {"rt-good": 1, "rt-mute": 0}
    assert {sample.labels["device"] for sample in families["ifHCInOctets"].samples} == {"rt-good"}
    with pytest.raises(InputError):
        collect_poll.write(results, tmp_path / "none" / "all.prom")
    row = collect_poll.row_json(results[0], poller)
    assert row["interfaces"] == {"up": 4, "total": 4}
    assert row["sys_name"] == "rt-test"
