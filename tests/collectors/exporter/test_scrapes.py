"""The exporter: what Prometheus sees, what it refuses, and that it never tells a secret."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from collectors import http as http_server
from collectors.http import BadRequestError, parse
from collectors.modules.platforms import modules_of
from inventory.errors import DeviceError, GovnetError
from inventory.text import Message
from tests.patience import PATIENCE


def test_a_scrape(running):
    """The platform's modules by default; Prometheus' text; the scrape's own metrics by module."""
    status, body, headers = running().get("/snmp?target=rt-a")
    assert status == 200
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    assert len(families["ifHCInOctets"].samples) == 4
    assert {sample.labels["module"] for sample in families["snmp_scrape_packets_sent"].samples} == set(
        modules_of("huawei")
    )
    assert "public" not in body.decode()


def test_modules_auth_and_address(running):
    """Module as a list or repeated; auth by a credential's name; target by address."""
    exporter = running()
    status, body, _ = exporter.get("/snmp?target=10.9.0.1&module=if_mib&auth=snmp")
    assert status == 200
    assert b"sysName" not in body
    assert b"ifHCInOctets" in body
    assert exporter.get("/snmp?target=rt-a&module=system,if_mib")[0] == 200
    assert exporter.get("/snmp?target=rt-a&module=system&module=if_mib")[0] == 200


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/snmp", 400, "target"),
        ("/snmp?target=", 400, "target"),
        ("/snmp?target=rt-a&target=rt-a", 400, "once"),
        ("/snmp?target=rt-a&module=nosuch", 400, "nosuch"),
        ("/snmp?target=rt-a&auth=nosuch", 400, "nosuch"),
        ("/snmp?target=rt-a&auth=snmp&auth=snmp", 400, "auth"),
        ("/snmp?target=192.0.2.1", 403, "not a device"),
        ("/snmp?target=127.0.0.1:9", 403, "not a device"),
        ("/snmp?target=rt-a&auth=none", 500, "no_credential"),
        ("/snmp?target=rt-a&auth=lost", 500, "secret"),
        ("/sd/other", 404, "/sd/snmp"),
        ("/sd/snmp?where=colour%3Dred", 400, "colour"),
        ("/nosuch", 404, ""),
    ],
)
def test_what_is_refused(running, path, status, text):
    """With a clear text."""
    found, body, _ = running().get(path)
    assert found == status, body
    assert text in body.decode()


def test_a_dead_device_is_a_failed_scrape(running):
    """HTTP 500, so that `up` is 0; the scrape's own time limit holds."""
    exporter = running()
    status, body, _ = exporter.get("/snmp?target=rt-mute", headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
    assert status == 500
    assert b"public" not in body
    assert exporter.get("/snmp?target=rt-a")[0] == 200
    metrics = exporter.get("/metrics")[1].decode()
    assert 'govnet_snmp_scrapes_total{reason="ok"} 1.0' in metrics
    assert 'govnet_snmp_scrapes_total{reason="scrape_timeout"} 1.0' in metrics
    assert "snmp_packets_total" in metrics
    assert "process_cpu_seconds_total" in metrics


def test_any_target_needs_its_switch_and_an_auth(running, agents):
    """Open to all only where somebody asked for it."""
    other = agents()
    exporter = running(any_target=True)
    assert exporter.get(f"/snmp?target=127.0.0.1:{other.port}")[0] == 400
    status, body, _ = exporter.get(f"/snmp?target=127.0.0.1:{other.port}&auth=snmp")
    assert status == 200
    assert b"ifHCInOctets" in body
    assert exporter.get("/snmp?target=127.0.0.1:99999&auth=snmp")[0] == 400


def test_what_strangers_teach_is_forgotten(running, agents, monkeypatch):
    """Whoever may ask for any target cannot fill the memory with invented ones."""
    monkeypatch.setattr("collectors.exporter._STRANGERS", 2)
    other = agents()
    exporter = running(any_target=True)
    for context in "abcd":
        path = f"/snmp?target=127.0.0.1:{other.port}&auth=snmp&module=system&snmp_context={context}"
        assert exporter.get(path)[0] == 200
    assert len(exporter.made._files.poller._states) == 2


def test_auths_of_a_file(running, tmp_path):
    """A snmp.yml's auths and modules are there beside ours."""
    path = tmp_path / "snmp.yml"
    path.write_text(
        "auths: {pub: {community: public, version: 2}}\n"
        "modules: {name: {get: [1.3.6.1.2.1.1.5.0],"
        " metrics: [{name: sysName, oid: 1.3.6.1.2.1.1.5, type: DisplayString}]}}\n"
    )
    status, body, _ = running(files=(path,)).get("/snmp?target=rt-a&module=name&auth=pub")
    assert status == 200
    assert b'sysName{sysName="rt-test"} 1' in body


def test_a_device_without_an_address_says_so(running, tmp_path, monkeypatch):
    """Also when a file's auth is asked for."""

    def nowhere(_, device):
        raise DeviceError(device.name, Message("the device has no management address"), Message("fill it in"))

    path = tmp_path / "snmp.yml"
    path.write_text("auths: {pub: {community: public, version: 2}}\n")
    exporter = running(files=(path,))
    monkeypatch.setattr(type(exporter.made._endpoints), "snmp", nowhere)
    for auth in ("", "&auth=pub"):
        status, body, _ = exporter.get(f"/snmp?target=rt-a{auth}")
        assert status == 500
        assert b"no management address" in body


def test_discovery(running):
    """Prometheus' http_sd form; labels from the inventory; no relabelling needed."""
    exporter = running()
    status, body, headers = exporter.get("/sd/snmp", headers={"Host": "noc:9116"})
    assert status == 200
    assert headers["Content-Type"].startswith("application/json")
    groups = json.loads(body)
    assert [group["labels"]["instance"] for group in groups] == ["rt-a", "rt-mute"]
    first = groups[0]
    assert first["targets"] == ["noc:9116"]
    assert first["labels"]["region"] == "涟源市"
    assert first["labels"]["unit"] == "office"
    assert first["labels"]["vendor"] == "Huawei"
    assert first["labels"]["__scheme__"] == "http"
    assert first["labels"]["zone"] == "office-zone"
    assert groups[1]["labels"]["zone"] == ""
    assert {"role", "platform", "site", "region_code"} <= set(first["labels"])
    assert "__param_module" not in first["labels"]
    chosen = json.loads(exporter.get("/sd/snmp?module=if_mib", headers={"Host": "noc:9116"})[1])
    assert chosen[0]["labels"]["__param_module"] == "if_mib"
    assert all(isinstance(value, str) for value in first["labels"].values())
    where = exporter.get("/sd/snmp?where=name%3Drt-a", headers={"Host": "noc:9116"})[1]
    assert len(json.loads(where)) == 1


def test_the_small_things(running):
    """Health, HEAD, gzip, other methods, keep-alive, a request that is too large, one that is no HTTP."""
    exporter = running()
    assert exporter.get("/-/healthy")[:2] == (200, b"Healthy\n")
    status, body, headers = exporter.get("/snmp?target=rt-a", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000
    _, packed, headers = exporter.get("/snmp?target=rt-a", headers={"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert b"ifHCInOctets" in gzip.decompress(packed)
    assert exporter.get("/snmp?target=rt-a", method="POST")[0] == 405
    connection = http.client.HTTPConnection("127.0.0.1", exporter.port, timeout=PATIENCE)
    for _ in range(3):
        connection.request("GET", "/-/healthy")
        assert connection.getresponse().read() == b"Healthy\n"
    connection.close()
    assert exporter.get("/" + "x" * 20000)[0] == 431
    with socket.create_connection(("127.0.0.1", exporter.port), timeout=PATIENCE) as sock:
        sock.sendall(b"hello\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("head", [b"", b"GET", b"GET / HTTP/2", b"GET / HTTP/1.1\r\nno colon", b"GET  / HTTP/1.1"])
def test_heads_that_are_no_http(head):
    """Refused, not misread."""
    with pytest.raises(BadRequestError):
        parse(head)


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:x", "127.0.0.1:99999", "192.0.2.1:9116"])
def test_addresses_that_cannot_be_listened_on(address):
    """A message with a hint."""
    with pytest.raises(GovnetError) as caught:
        http_server.listen(address)
    assert str(caught.value.hint)


def test_serve_ends_gracefully_on_sigterm():
    """The command: it says where it listens, answers, and ends with 0."""
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            *("collect", "serve", "--listen", "127.0.0.1:0", "-w", str(root / "examples" / "lianyuan"), "--json"),
        ],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        lines = ""
        while not lines.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, process.stderr.read()
            lines += line
        listen = json.loads(lines)["listen"]
        connection = http.client.HTTPConnection(listen, timeout=PATIENCE)
        connection.request("GET", "/-/healthy")
        assert connection.getresponse().read() == b"Healthy\n"
        process.send_signal(signal.SIGHUP)
        connection.request("GET", "/metrics")
        assert b"govnet_reload_successful 1.0" in connection.getresponse().read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        connection.close()
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.stderr.close()
