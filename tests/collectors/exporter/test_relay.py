"""The relay: Alertmanager's message in the form that each chat's robot takes, signed; what it does when one refuses."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import threading
import time
import urllib.parse
from datetime import UTC, datetime

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import http as http_server
from collectors import robots
from collectors.relay import Relay
from collectors.web import Web
from inventory.errors import InputError
from inventory.secrets import Secret
from inventory.text import set_language
from tests.patience import PATIENCE

MESSAGE = {
    "version": "4",
    "status": "firing",
    "receiver": "on-duty",
    "truncatedAlerts": 0,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DeviceDown", "severity": "critical", "instance": "rt-anping"},
            "annotations": {
                "summary": "rt-anping does not answer.",
                "summary_zh": "rt-anping 无应答。",
                "action": "Ask why.",
                "action_zh": "诊断原因。",
            },
            "startsAt": "2026-11-22T13:00:00.123456789+08:00",
            "endsAt": "0001-01-01T00:00:00Z",
        },
        {
            "status": "resolved",
            "labels": {"alertname": "LineDown", "severity": "critical"},
            "annotations": {"summary": "The line ln-1 is down."},
            "startsAt": "2026-11-22T05:00:00Z",
            "endsAt": "2026-11-22T05:10:00Z",
        },
    ],
}
ADDRESS = Secret("https://robot.example/send?access_token=TOKEN")


def here(hour, minute):
    """A moment of that day as the clock of this machine shows it."""
    return f"{datetime(2026, 11, 22, hour, minute, tzinfo=UTC).astimezone():%Y-%m-%d %H:%M:%S %z}"


@pytest.mark.parametrize("kind", robots.Kind)
def test_what_a_message_says(kind):
    """How many fire and are over, what and where and what to do, in the language of the file."""
    title, text = robots.words(kind, MESSAGE, "zh_CN")
    assert title == "告警：1 条触发，1 条恢复。DeviceDown, LineDown"
    assert "**[critical]** rt-anping 无应答。" in text
    assert "> 诊断原因。" in text
    assert here(5, 0) in text
    assert "**[已恢复]** The line ln-1 is down." in text
    assert here(5, 10) in text
    title, text = robots.words(kind, MESSAGE, "en")
    assert title.startswith("Alerts: 1 firing, 1 over.")
    assert "rt-anping does not answer." in text


def test_dingtalk_signs_in_the_address():
    """Timestamp in milliseconds and its HMAC with the secret are parameters of the address."""
    made = robots.post(robots.Kind.DINGTALK, ADDRESS, Secret("SECx"), "t", "text", 1_700_000_000.5)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(made.address.reveal()).query)
    assert query["timestamp"] == ["1700000000500"]
    digest = hmac.new(b"SECx", b"1700000000500\nSECx", hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(digest).decode()]
    assert query["access_token"] == ["TOKEN"]
    assert made.body == {"msgtype": "markdown", "markdown": {"title": "t", "text": "#### t\n\ntext"}}


def test_feishu_signs_in_the_body():
    """Timestamp in seconds; the HMAC of nothing, with timestamp and secret as its key."""
    made = robots.post(robots.Kind.FEISHU, ADDRESS, Secret("s"), "t", "text", 1_700_000_000.5)
    digest = hmac.new(b"1700000000\ns", b"", hashlib.sha256).digest()
    assert made.body["timestamp"] == "1700000000"
    assert made.body["sign"] == base64.b64encode(digest).decode()
    assert made.body["card"]["elements"] == [{"tag": "markdown", "content": "text"}]
    assert made.address.reveal() == ADDRESS.reveal()


def test_wecom_takes_short_markdown():
    """No signature; a text within 4096 octets, and what was left out is said."""
    many = {**MESSAGE, "alerts": MESSAGE["alerts"] * 100, "truncatedAlerts": 7}
    title, text = robots.words(robots.Kind.WECOM, many, "zh_CN")
    made = robots.post(robots.Kind.WECOM, ADDRESS, None, title, text, 0.0)
    assert len(made.body["markdown"]["content"].encode()) <= 4096
    shown = text.count("**[")
    assert f"另有 {200 - shown + 7} 条" in text


def test_a_devices_words_are_no_orders_to_a_chat():
    """A description that somebody wrote on a device cannot mention everybody or make a link of a tag."""
    alert = {**MESSAGE["alerts"][0], "annotations": {"summary": "port <at user_id='all'>x</at> @all\n# big"}}
    for kind in robots.Kind:
        _, text = robots.words(kind, {**MESSAGE, "alerts": [alert]}, "en")
        assert "<" not in text
        assert "@" not in text
        assert "\n# " not in text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["alerts", "status", "labels", "annotations", "startsAt", "endsAt", "truncatedAlerts", "x"]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    )
)
def test_whatever_is_sent_is_a_message_or_refused(document):
    """Anything but Alertmanager's form is a ValueError, no other exception."""
    try:
        title, text = robots.words(robots.Kind.FEISHU, document, "en")
    except ValueError:
        return
    assert isinstance(title, str)
    assert isinstance(text, str)


class Robot(http.server.BaseHTTPRequestHandler):
    """Answers as the test says."""

    def do_POST(self):
        self.server.got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        status, body = self.server.says
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def chat(tmp_path):
    """A robot at a port, and a relay to it in a thread: (robot, ask)."""
    robot = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Robot)
    robot.got, robot.says = [], (200, b'{"errcode":0,"errmsg":"ok"}')
    threading.Thread(target=robot.serve_forever, daemon=True).start()
    (tmp_path / "url").write_text(f"http://127.0.0.1:{robot.server_address[1]}/send?access_token=TOKEN\n")
    (tmp_path / "secret").write_text("SECx\n")
    for name in ("url", "secret"):
        (tmp_path / name).chmod(0o600)
    path = tmp_path / "relay.yml"
    path.write_text(
        "robots:\n  noc: {kind: dingtalk, url: 'file:url', secret: 'file:secret'}\n"
        "  lost: {kind: wecom, url: 'file:none'}\n"
    )
    relay, sockets = Relay(path), http_server.listen("127.0.0.1:0")
    port = sockets[0].getsockname()[1]
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    async def serving():
        server = http_server.Server(relay.answer, largest=100_000)
        await server.start(sockets)
        ready.set()
        await stop.wait()
        await server.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serving()), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)

    def ask(path, body=b"", method="POST", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    yield robot, ask
    loop.call_soon_threadsafe(stop.set)
    thread.join(PATIENCE)
    loop.close()
    robot.shutdown()
    robot.server_close()


def test_a_message_reaches_the_robot(chat):
    """Alertmanager's POST is passed on in the robot's form, signed with the time of now."""
    robot, ask = chat
    assert ask("/alerts/noc", json.dumps(MESSAGE).encode()) == (200, "sent\n")
    ((path, body),) = robot.got
    moment = int(urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)["timestamp"][0])
    assert abs(moment / 1000 - time.time()) < 60
    assert "rt-anping 无应答" in body["markdown"]["text"]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ((200, b'{"errcode":130101,"errmsg":"send too fast"}'), "130101: send too fast"),
        ((200, b"<html>"), "JSONDecodeError"),
        ((500, b""), "HTTP 500"),
        ((200, b"[]"), "None: None"),
    ],
)
def test_a_message_that_is_not_taken_is_tried_again(chat, says, reason):
    """A robot's refusal, though it answers 200, is a 502 to Alertmanager, which tries again; no address is told."""
    robot, ask = chat
    robot.says = says
    status, text = ask("/alerts/noc", json.dumps(MESSAGE).encode())
    assert (status, text) == (502, f"noc: {reason}\n")
    assert "TOKEN" not in text


def test_what_the_relay_refuses(chat):
    """Another robot, another method, what is no message, one that is too large, and a secret that is not there."""
    robot, ask = chat
    assert ask("/alerts/other", b"{}")[0] == 404
    assert ask("/alerts/noc", method="GET")[0] == 405
    assert ask("/alerts/noc", b"{}")[0] == 400
    assert ask("/alerts/noc", b"x")[0] == 400
    assert ask("/alerts/noc", b"x" * 100_001)[0] == 413
    assert ask("/alerts/noc", iter([b"{}"]), headers={"Transfer-Encoding": "chunked"})[0] == 411
    assert ask("/alerts/lost", json.dumps(MESSAGE).encode())[0] == 502
    assert ask("/-/healthy", method="GET") == (200, "Healthy\n")
    assert robot.got == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("robots: {a: {kind: slack, url: 'file:x'}}", "robots.a.kind"),
        ("robots: {a: {kind: wecom, url: 'https://x'}}", "is not a reference"),
        ("robots: {a: {kind: wecom, url: 'file:x', secret: 'file:y'}}", "has no secret"),
        ("robots: [", "is not YAML"),
        ("", "keys with values"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path, text, said):
    """File, place and what to write; never a traceback, and never an address that was written in clear."""
    set_language("en")
    path = tmp_path / "relay.yml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        Relay(path)
    shown = "\n".join(f"{problem.column} {problem.message} {problem.hint}" for problem in caught.value.problems)
    assert said in shown
    assert "https://x" not in shown


def test_the_relay_asks_for_a_password(tmp_path):
    """With a web.yml only those are answered whom it names, for every page."""
    (tmp_path / "relay.yml").write_text("robots: {noc: {kind: wecom, url: 'file:url'}}\n")
    stored = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
    (tmp_path / "web.yml").write_text(f"basic_auth_users: {{alertmanager: {stored}}}\n")
    known = {"authorization": "Basic " + base64.b64encode(b"alertmanager:correct horse").decode()}

    async def asked():
        relay = Relay(tmp_path / "relay.yml", Web(tmp_path / "web.yml"))
        return [
            (await relay.answer(http_server.Request(method, path, {}, headers, body=b"x"))).status
            for method, path in (("GET", "/-/healthy"), ("POST", "/alerts/noc"))
            for headers in ({}, known)
        ]

    assert asyncio.run(asked()) == [401, 200, 401, 400]
