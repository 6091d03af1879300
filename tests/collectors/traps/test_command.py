"""`govnet collect traps` as a process, and a real Alertmanager behind it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from cli import collect_traps
from collectors.snmp import ber
from inventory import text
from inventory.errors import GovnetError
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[3]
LINK = ("1.3.6.1.2.1.2.2.1.1.7", "i", "7")
COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "collect", "traps"]
ENVIRONMENT = {**os.environ, "COLUMNS": "200", "GOVNET_LANG": "en"}


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_it_runs_and_ends(workspace):
    """JSON says where it listens; a trap is written and flushed; SIGHUP and SIGTERM do what they should."""
    arguments = ["--listen", "127.0.0.1:0", "--web", "127.0.0.1:0", "--json", "-w", str(workspace)]
    process = subprocess.Popen([*COMMAND, *arguments], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        while "}" not in said:
            said += process.stdout.readline()
        document = json.loads(said)
        host, _, port = document["listen"][0].rpartition(":")
        name = ber.tlv(
            0x30,
            ber.tlv(6, ber.encode_oid("1.3.6.1.6.3.1.1.4.1.0")) + ber.tlv(6, ber.encode_oid("1.3.6.1.6.3.1.1.5.1")),
        )
        pdu = ber.tlv(0xA7, b"\x02\x01\x01\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, name))
        data = ber.tlv(0x30, b"\x02\x01\x01" + ber.tlv(4, b"trap-community") + pdu)
        process.send_signal(signal.SIGHUP)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(data, (host, int(port)))
        lines = workspace / "traps" / "notifications.jsonl"
        until(lambda: lines.exists() and "coldStart" in lines.read_text())
        with urllib.request.urlopen(f"http://{document['web']}/-/healthy", timeout=PATIENCE) as response:
            assert response.read() == b"Healthy\n"
        with urllib.request.urlopen(f"http://{document['web']}/metrics", timeout=PATIENCE) as response:
            assert "govnet_trap_stored_total 1.0" in response.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(PATIENCE)
        process.stdout.close()


def test_without_a_credential(workspace):
    """Nobody could be let in: said with exit code 2, and no traceback."""
    for path in (workspace / "secrets").iterdir():
        path.unlink()
    done = subprocess.run(
        [*COMMAND, "-w", str(workspace)],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 2
    assert "no credential has an SNMP community or user" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list(capsys):
    """Names, meanings in the language in use, alerts, OIDs; JSON with the sources."""
    collect_traps.traps(show=True, as_json=True)
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["notifications"]}
    assert rows["linkDown"]["raises"] == "InterfaceDown"
    assert "RFC 2863" in rows["linkDown"]["source"]
    before = text.language()
    text.set_language("zh_CN")
    try:
        collect_traps.traps(show=True)
    finally:
        text.set_language(before)
    assert "接口断开" in capsys.readouterr().out


@pytest.fixture
def alertmanager(tmp_path):
    """Debian's Alertmanager on loopback; its URL."""
    program = shutil.which("prometheus-alertmanager", path="/usr/bin:/usr/sbin")
    if program is None:
        pytest.skip("Alertmanager is not installed (Debian: prometheus-alertmanager)")
    configuration = tmp_path / "alertmanager.yml"
    configuration.write_text("route: {receiver: nobody, group_wait: 1s}\nreceivers: [{name: nobody}]\n")
    port = free_port(socket.SOCK_STREAM)
    process = subprocess.Popen(
        [
            program,
            f"--config.file={configuration}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(f"{url}/-/ready") is not None)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:  # noqa: S310 - our own server's
            return response.read()
    except OSError:
        return None


def test_a_real_alertmanager(receiver, alertmanager, net_snmp):
    """A link that goes down is an alert there, with its device and site; when it comes up the alert is over."""
    running = receiver(alertmanagers=(alertmanager,))
    before = ("-v2c", "-c", "trap-community")

    def active():
        found = _answers(f"{alertmanager}/api/v2/alerts?active=true")
        return json.loads(found) if found is not None else None

    net_snmp("snmptrap", running, "1", "1.3.6.1.6.3.1.1.5.3", *LINK, before=before)
    (alert,) = until(active)
    assert alert["labels"] == {
        "alertname": "InterfaceDown",
        "instance": "rt-lantian",
        "severity": "warning",
        "notification": "linkDown",
        "source": "snmp-notification",
        "index": "7",
        "site": "th-lantian",
        "region": alert["labels"]["region"],
        "role": "township-router",
    }
    assert alert["annotations"]["summary_zh"] == "rt-lantian (7)：接口断开"
    net_snmp("snmptrap", running, "2", "1.3.6.1.6.3.1.1.5.4", *LINK, before=before)
    until(lambda: active() == [])


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_to_enter_on_a_device(workspace, capsys, language):
    """Our address and port and the user stand in the device's own lines; where none are known, that is said."""
    names = ["rt-lantian", "core-city", "fw-border", "rt-anping"]
    before = text.language()
    text.set_language(language)
    try:
        collect_traps.traps(setup=names, listen=["10.9.9.9:1162"], workspace=workspace)
    finally:
        text.set_language(before)
    shown = capsys.readouterr().out
    assert "snmp-agent target-host trap address udp-domain 10.9.9.9 udp-port 1162 params securityname govnet" in shown
    assert "snmp-server host 10.9.9.9 version 2c <COMMUNITY> udp-port 1162" in shown
    assert ("are not known here" in shown) == (language == "en")
    with pytest.raises(GovnetError, match="address to listen on"):
        collect_traps.traps(setup=names, listen=["nonsense"], workspace=workspace)
    collect_traps.traps(setup=names, workspace=workspace, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert sorted(row["device"] for row in document["devices"]) == sorted(names)
    assert all(bool(row["commands"]) == bool(row["source"]) for row in document["devices"])
