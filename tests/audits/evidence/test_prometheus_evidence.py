"""Measurements of 30 days in a real Prometheus, backfilled; and servers that hang, lie, redirect or refuse."""

from __future__ import annotations

import contextlib
import http.server
import json
import math
import socket
import subprocess
import threading
import urllib.request
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from audits.evidence import Limits, prometheus
from audits.evidence.prometheus_api import Prometheus
from configs.dialects import platforms
from inventory import workspace as workspaces
from inventory.errors import InputError, ServiceError
from inventory.secrets import Secret
from tests.patience import PATIENCE, until

AT = datetime(2026, 1, 31, tzinfo=UTC)
STEPS = 30 * 24 * 12
DAY = 24 * 12


def busy(step):
    """Nine days in ten 30 %, and 90 % on every tenth: the 95th percentile is in the busy tenth."""
    return 90 if step % 100 >= 90 else 30


# Series → the value of a five-minute step; None where there was none.
SERIES = {
    'device:cpu_percent:max{instance="rt-lantian"}': busy,
    'device:memory_percent:max{instance="rt-lantian"}': lambda _: 40,
    'device:cpu_percent:max{instance="core-city"}': lambda step: 95 if step % 100 == 0 else 20,
    # With one label until the tenth day and with another one then: one device.
    'device:memory_percent:max{instance="core-city",zone="a"}': lambda step: 85 if step < 10 * DAY else None,
    'device:memory_percent:max{instance="core-city",zone="b"}': lambda step: 85 if step >= 10 * DAY else None,
    # Measured on ten days of thirty, or from an object that nobody has verified.
    'device:cpu_percent:max{instance="rt-anping"}': lambda step: 10 if step >= 20 * DAY else None,
    'device:memory_percent:max{instance="rt-anping",unverified="true"}': lambda _: 10,
    'host:memory_used:ratio{instance="fw-border"}': lambda _: 0.5,
    'line:use:ratio{instance="rt-lantian",line="ln-lantian"}': lambda _: 0.7,
    'line:use:ratio{instance="rt-lantian",line="lan-lantian"}': lambda _: 0.1,
    'device:interface_use:ratio{instance="rt-lantian"}': lambda _: 0.2,
    'line:use:ratio{instance="rt-anping",line="ln-anping"}': lambda _: 0.95,
    # One interface is over its speed in the night, another by day: neither is in 5 % of the time.
    'device:interface_use:ratio{instance="rt-meijiang"}': lambda step: 0.9 if step % 25 < 2 else 0.1,
    'line:use:ratio{instance="rt-meijiang",line="ln-meijiang"}': lambda _: 0.1,
    'line:use:ratio{instance="rt-meijiang",line="lan-meijiang"}': lambda _: 0.1,
    'up{job="snmp",instance="rt-lantian"}': lambda _: 1,
    'up{job="snmp",instance="core-city"}': lambda step: int(step < STEPS - 10),
    'up{job="snmp",instance="rt-anping"}': lambda step: 1 if step < 20 * DAY else None,
    'component:clock_good:bool{instance="rt-lantian"}': lambda _: 1,
    'component:clock_good:bool{instance="core-city"}': lambda step: int(step != STEPS - 1),
    'component:clock_good:bool{instance="rt-anping",unverified="true"}': lambda _: 1,
}
# Counters of two interfaces of 100 Mbit/s, each over 90 % in one step of 25.
for _number, _name in enumerate(("eth1", "eth2")):
    _labels = f'instance="rt-meijiang",ifDescr="{_name}"'
    SERIES[f"ifHighSpeed{{{_labels}}}"] = lambda _: 100
    SERIES[f"ifHCOutOctets{{{_labels}}}"] = lambda _: 0
    SERIES[f"ifHCInOctets{{{_labels}}}"] = lambda step, number=_number: (
        10**6 * step + 33 * 10**8 * ((step + 24 - number) // 25)
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Debian's Prometheus with thirty days in it and nothing to scrape; its address."""
    root = tmp_path_factory.mktemp("prometheus")
    begin = AT - timedelta(days=30)
    families = {}
    for series, value in SERIES.items():
        rows = families.setdefault(series.partition("{")[0], [])
        for step in range(1, STEPS + 1):
            found = value(step - 1)
            if found is not None:
                rows.append(f"{series} {found} {begin.timestamp() + 300 * step:.0f}")
    text = "\n".join(f"# TYPE {name} gauge\n" + "\n".join(rows) for name, rows in families.items())
    (root / "metrics").write_text(text + "\n# EOF\n")
    words = ("promtool", "tsdb", "create-blocks-from", "--max-block-duration=768h", "openmetrics")
    subprocess.run([*words, root / "metrics", root / "data"], check=True, capture_output=True, timeout=PATIENCE)
    (root / "prometheus.yml").write_text("scrape_configs: []\n")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    with (root / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={root / 'prometheus.yml'}",
                f"--storage.tsdb.path={root / 'data'}",
                "--storage.tsdb.retention.time=100y",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:

        def ready():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=PATIENCE).close()
            except OSError:
                assert process.poll() is None, (root / "log").read_text()
                return False
            return True

        until(ready, (root / "log").read_text)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def inventory(lianyuan):
    return workspaces.load(lianyuan, platforms=platforms()).inventory


@pytest.fixture(scope="module")
def found(server, inventory):
    """What is observed of five devices, by device and fact."""
    devices = ("core-city", "fw-border", "rt-anping", "rt-lantian", "rt-meijiang", "vg-zfb")
    every = prometheus.observe(devices, inventory, Prometheus(server), AT, Limits())
    return {(each.device, each.fact): each for each in every}


@pytest.mark.prometheus
def test_the_busiest_hours_decide(found):
    """Over the limit at the 95th percentile, not at a single moment; with the query that says so again."""
    lantian = found["rt-lantian", "cpu_over_peak"]
    assert lantian.value is True
    assert "90.0" in str(lantian.why)
    assert 'device:cpu_percent:max{unverified="",instance="rt-lantian"}' in lantian.records[0]
    assert lantian.at == "2026-01-31T00:00:00+00:00"
    core = found["core-city", "cpu_over_peak"]
    assert core.value is False
    assert "the highest value 95.0 %" in str(core.why)
    assert found["core-city", "memory_over_peak"].value is True
    assert found["rt-lantian", "memory_over_peak"].value is False
    assert found["fw-border", "memory_over_peak"].value is False


@pytest.mark.prometheus
def test_too_little_is_unknown(found):
    """Ten of thirty days, an unverified object, a device that Prometheus has never heard of: with the reason."""
    few = found["rt-anping", "cpu_over_peak"]
    assert few.value is None
    assert "33 % of 30 days" in str(few.why)
    assert found["rt-anping", "memory_over_peak"].value is None
    assert found["rt-anping", "clock_not_synchronised"].value is None
    for fact in prometheus.FACTS:
        assert found["vg-zfb", fact].value is None
        assert found["vg-zfb", fact].records == ()
    assert "does not know the device" in str(found["vg-zfb", "not_seen_lately"].why)


@pytest.mark.prometheus
def test_lines_and_interfaces(found):
    """A full line is enough; sound are lines and interfaces together; the fullest of all is none by itself."""
    assert found["rt-lantian", "bandwidth_over_peak"].value is False
    full = found["rt-anping", "bandwidth_over_peak"]
    assert full.value is True
    assert "ln-anping" in str(full.why)
    both = found["rt-meijiang", "bandwidth_over_peak"]
    assert both.value is False
    assert any('ifDescr="eth1"' in record for record in both.records)
    assert found["core-city", "bandwidth_over_peak"].value is None


@pytest.mark.prometheus
def test_seen_and_synchronised(found):
    """Answering, silent, no longer asked; a clock that was wrong a moment ago is wrong."""
    values = {device: found[device, "not_seen_lately"].value for device in ("rt-lantian", "core-city", "rt-anping")}
    assert values == {"rt-lantian": False, "core-city": True, "rt-anping": True}
    assert "does not ask it any more" in str(found["rt-anping", "not_seen_lately"].why)
    assert found["rt-lantian", "clock_not_synchronised"].value is False
    assert found["core-city", "clock_not_synchronised"].value is True


@pytest.mark.prometheus
def test_a_moment_without_any_data_says_nothing(server, inventory):
    """A year later nobody was asked: every device is unknown, none is silent."""
    every = prometheus.observe(("rt-lantian",), inventory, Prometheus(server), AT + timedelta(days=365), Limits())
    assert {each.value for each in every} == {None}


@pytest.mark.prometheus
def test_odd_names_are_names(server, inventory):
    """A name with the signs of regular expressions, quotes and braces asks for itself and nothing else."""
    names = ('a.*"} or up{instance="', "rt-lantia.", "{match}", "服务器\\")
    every = list(prometheus.observe(names, inventory, Prometheus(server), AT, Limits()))
    assert {each.value for each in every} == {None}
    assert not [each for each in every if each.why.template.startswith("Prometheus at")]


class Answers(http.server.BaseHTTPRequestHandler):
    """A server that answers as its path says, and keeps what it was told."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers), body))
        kind = self.path.split("/")[1]
        if kind == "slow":
            self.server.stop.wait(5)
            return
        if kind == "drip":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                while not self.server.stop.wait(0.05):
                    self.wfile.write(b" ")
            return
        status, answer = ANSWERS[kind]
        self.send_response(status)
        if kind == "elsewhere":
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/good/api/v1/query")
        self.end_headers()
        self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    do_GET = do_POST  # noqa: N815 - http.server's name

    def log_message(self, *_):
        pass


def vector(*values):
    rows = [{"metric": {"instance": "a"}, "value": [0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": rows}}


ANSWERS = {
    "good": (200, vector("NaN", "+Inf", "1.5")),
    "elsewhere": (302, b""),
    "refused": (401, b"Unauthorized"),
    "bad": (400, {"status": "error", "errorType": "bad_data", "error": "parse error at char 5"}),
    "matrix": (200, {"status": "success", "data": {"resultType": "matrix", "result": []}}),
    "page": (200, b"<html>"),
    "list": (200, []),
    "number": (200, vector("many")),
    "deep": (200, b"[" * 100_000),
    "words": (200, {**vector("1"), "data": "none"}),
    "part": (200, {**vector("1"), "warnings": ["store 10.0.0.7 did not answer"]}),
    "labels": (
        200,
        {"status": "success", "data": {"resultType": "vector", "result": [{"metric": [1], "value": [0, "1"]}]}},
    ),
}


@pytest.fixture(scope="module")
def answers():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as made:
        made.asked, made.stop = [], threading.Event()
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.stop.set()
        made.shutdown()


def at(answers, path, user="", **options):
    return Prometheus(f"http://{user}127.0.0.1:{answers.server_address[1]}/{path}", **options)


def test_what_is_asked_and_told(answers):
    """The query and its moment in the body, the password or token in the header; what is no number is no value."""
    assert at(answers, "good").query("up", AT) == [({"instance": "a"}, math.inf), ({"instance": "a"}, 1.5)]
    path, headers, body = answers.asked[-1]
    assert path == "/good/api/v1/query"
    assert b"query=up&time=1769817600.000" in body
    assert "Authorization" not in headers
    at(answers, "good", "wang%40city@", secret=Secret("pass:word")).query("up", AT)
    assert answers.asked[-1][1]["Authorization"] == "Basic " + b64encode(b"wang@city:pass:word").decode()
    at(answers, "good", secret=Secret("token")).query("up", AT)
    assert answers.asked[-1][1]["Authorization"] == "Bearer token"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("elsewhere", "status 302"),
        ("refused", "status 401"),
        ("bad", "parse error at char 5"),
        ("matrix", "gave a matrix"),
        ("page", "not that of Prometheus"),
        ("list", "not that of Prometheus"),
        ("number", "not that of Prometheus"),
        ("deep", "not that of Prometheus"),
        ("words", "not that of Prometheus"),
        ("part", "store 10.0.0.7 did not answer"),
        ("labels", "not that of Prometheus"),
        ("drip", "timed out"),
        ("slow", "timed out"),
    ],
)
def test_a_server_that_does_not_answer_is_said(answers, inventory, path, told):
    """Each fault is a message in both languages, and every fact unknown for it; the secret goes nowhere else."""
    before = len(answers.asked)
    short = path in ("slow", "drip")
    server = at(answers, path, "wang@", secret=Secret("pass"), timeout=-0.8 if short else PATIENCE)
    with pytest.raises(ServiceError) as caught:
        server.query("up", AT)
    assert told in caught.value.message.in_language("en")
    assert caught.value.message.in_language("zh_CN") != caught.value.message.in_language("en")
    assert "wang" not in str(caught.value)
    assert [request[0] for request in answers.asked[before:]] == [f"/{path}/api/v1/query"]
    every = list(prometheus.observe(("rt-lantian",), inventory, server, AT, Limits()))
    assert [each.value for each in every] == [None] * len(prometheus.FACTS)
    assert told in str(every[0].why)


def test_a_secret_that_no_header_can_carry_is_not_told(answers):
    """A token with a line's end in it: refused, and the token stands in no message."""
    for token in ("abc\nX-Other: 1", "口令"):
        with pytest.raises(ServiceError) as caught:
            at(answers, "good", secret=Secret(token)).query("up", AT)
        assert token[:3] not in str(caught.value)


def test_minus_infinity_is_no_load(answers, monkeypatch):
    """It is below every limit and no measurement."""
    monkeypatch.setitem(ANSWERS, "good", (200, vector("-Inf")))
    assert at(answers, "good").query("up", AT) == []


def test_nobody_listens(inventory):
    """A port that is closed: no connection, and no fact."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        server = Prometheus(f"http://127.0.0.1:{sock.getsockname()[1]}")
        every = list(prometheus.observe(("rt-lantian",), inventory, server, AT, Limits()))
    assert {each.value for each in every} == {None}
    assert "no connection" in str(every[0].why)


@pytest.mark.parametrize(
    "url", ["", "prometheus:9090", "ftp://host", "http://", "http://u:p@host", "http://host/?x=1", "http://[::1"]
)
def test_an_address_that_is_none(url):
    """It is said without quoting it: a password may stand in it."""
    with pytest.raises(InputError) as caught:
        Prometheus(url)
    assert caught.value.problems[0].code == "bad-prometheus"
    assert "u:p" not in str(caught.value.problems[0].in_language("en"))
