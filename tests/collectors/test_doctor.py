"""Why a device does not answer: each cause by its own name, and what cannot be told apart as what remains."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import typer

from cli import collect_doctor
from collectors.doctor import DIAGNOSES, NEEDS, examine
from collectors.poll import Access, Poller, Target
from collectors.snmp import ber, faults, usm
from configs.remedies import SNMP
from inventory.endpoints import Endpoint
from inventory.secrets import Secret
from inventory.text import set_language
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]


def diagnosed(target, management=None, *, wait=0.3, patience=0.5):
    """One device's diagnosis."""

    async def main():
        poller = Poller(timeout=0.5, retries=1) if wait < 1 else Poller()
        async with poller.client() as client:
            return await examine(client, poller, target, management, wait=wait, patience=patience)

    return asyncio.run(main())


def community(port, name="public", version="2c"):
    return Target("dev", "127.0.0.1", port, Access(version, Secret(name)))


def user(port, name="usha", auth="authpass123", priv="privpass123"):
    access = Access(
        "3",
        user=name,
        auth_protocol="SHA",
        auth_password=Secret(auth),
        priv_protocol="AES" if priv else "",
        priv_password=Secret(priv),
    )
    return Target("dev", "127.0.0.1", port, access)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (community, ""),
        (user, ""),
        (lambda port: community(port, "wrong"), "wrong_community"),
        (lambda port: community(port, "wrong", "1"), "wrong_community"),
        (lambda port: user(port, "nobody"), "unknown_user"),
        (lambda port: user(port, auth="authpass124"), "wrong_digest"),
        (lambda port: user(port, priv="privpass124"), "decryption"),
        (lambda port: user(port, priv=""), "no_access"),
        (lambda port: user(port, "uplain"), "security_level"),
        (lambda port: community(port, "narrow"), "view"),
        (lambda port: community(port, "narrow", "1"), "view"),
        (lambda port: user(port, "unarrow"), "view"),
    ],
    ids=[
        "community",
        "user",
        "wrong community",
        "wrong community v1",
        "unknown user",
        "wrong authentication",
        "wrong privacy",
        "level too low",
        "level too high",
        "narrow view",
        "narrow view v1",
        "narrow view v3",
    ],
)
def test_net_snmps_refusals_are_told_apart(snmpd, make, reason):
    """The real daemon: what it says, and what its silence about a community means where its engine answers."""
    # Only a wrong community is met with silence, and waited for.
    found = diagnosed(make(snmpd), wait=0.7 if reason == "wrong_community" else 20)
    assert found.reason == reason, found
    assert found.source == "127.0.0.1"
    for message in (found.message, found.hint):
        assert "pass12" not in message.in_language("en")
    if reason:
        assert found.message.in_language("zh_CN") != found.message.in_language("en")
    assert bool(found.remains) is (reason == "wrong_community")


def test_a_closed_port_is_said_at_once():
    """The network refuses; nothing is waited for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    started = time.monotonic()
    assert diagnosed(community(port), wait=2 * PATIENCE, patience=2 * PATIENCE).reason == "closed"
    assert time.monotonic() - started < PATIENCE


@contextlib.contextmanager
def listening():
    """A TCP port that accepts: the device's management."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        yield Endpoint("127.0.0.1", sock.getsockname()[1])


@pytest.mark.parametrize("make", [community, user])
def test_silence_is_called_silence_and_what_it_can_be_is_listed(make):
    """Port open, nothing comes: a filter looks the same. The device itself is there, so it is not said to be off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute, listening() as management:
        mute.bind(("127.0.0.1", 0))
        found = diagnosed(make(mute.getsockname()[1]), management)
    assert found.reason == "silent"
    said = " ".join(part.in_language("en") for part in found.remains)
    assert "filter" in said
    assert ("community" in said) is (make is community)
    assert ("version 3" in said) is (make is user)
    assert " off, " not in said
    steps = {step.name: step.good for step in found.steps}
    assert steps["management"] is True
    assert steps["engine"] is None
    assert steps["credential"] is steps["patience"] is False


def test_a_slow_device_is_called_slow(agents):
    """It answers after more than a second: not silent, not lost."""

    def behave(agent, message, _number):
        answer, source = agent.honest(message), agent.source

        def late():
            with contextlib.suppress(OSError):
                agent.socket.sendto(answer, source)

        timer = threading.Timer(1.6, late)
        timer.daemon = True
        timer.start()
        return []

    found = diagnosed(agents(behave=behave).target(), patience=3.0)
    assert found.reason == "too_slow", found
    assert "1." in found.message.in_language("en")


def test_another_version_is_found(agents):
    """An agent that speaks only version 1."""
    agent = agents(behave=lambda _agent, message, _: None if int(message[0]) == 0 else [])
    found = diagnosed(agent.target())
    assert found.reason == "version"
    assert "1" in found.message.in_language("en")


@pytest.mark.parametrize(("status", "reason"), [(1, "too_big"), (5, "gen_err"), (16, "no_access")])
def test_an_agents_error_is_its_own_reason(agents, status, reason):
    """TooBig for a single number, genErr, authorizationError."""
    agent = agents(behave=lambda agent, message, _: [agent.reply(message, [], status=status, index=1)])
    assert diagnosed(agent.target()).reason == reason


def test_a_device_that_loses_most_of_a_poll_is_unsteady(agents):
    """Single questions are answered, a poll is not."""
    agent = agents(behave=lambda _agent, _message, number: [] if number >= 3 else None)
    found = diagnosed(agent.target())
    assert found.reason == "unsteady"
    assert next(step.good for step in found.steps if step.name == "module") is False


class StuckClock(threading.Thread):
    """An agent whose engine boots have reached their end: it tells everybody, signed, to be outside its window.

    A `mute` one tells its engine ID, and says nothing to any user.
    """

    ENGINE = b"\x80\x00\x1f\x88\x04stuck"

    def __init__(self, *, mute=False):
        super().__init__(daemon=True)
        self.mute = mute
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        key = usm.localize("SHA", usm.password_to_key("SHA", b"authpass123"), self.ENGINE)
        self.sign = lambda message: hmac.digest(key, message, hashlib.sha1)[:12]
        self.start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                data, source = self.socket.recvfrom(65535)
                if not self.mute or self.ENGINE not in data:
                    self.socket.sendto(self.report(data), source)

    def report(self, data):
        """RFC 3414 section 3.2: unknownEngineIDs for an empty engine, else notInTimeWindows."""
        known = self.ENGINE in data
        number = data[data.index(b"\x02\x04") :][:6]
        kind, flags = ("1.3.6.1.6.3.15.1.1.2.0", 1) if known else ("1.3.6.1.6.3.15.1.1.4.0", 0)
        binding = ber.tlv(0x30, ber.tlv(6, ber.encode_oid(kind)) + b"\x41\x01\x07")
        pdu = ber.tlv(ber.REPORT, number + b"\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, binding))
        scoped = ber.tlv(0x30, ber.tlv(4, self.ENGINE) + b"\x04\x00" + pdu)
        digest = bytes(12) if known else b""
        clock = ber.encode_integer(0x7FFFFFFF) + ber.encode_integer(100)
        user_name = ber.tlv(4, b"usha" if known else b"")
        security = ber.tlv(0x30, ber.tlv(4, self.ENGINE) + clock + user_name + ber.tlv(4, digest) + b"\x04\x00")
        head = ber.tlv(0x30, number + b"\x02\x03\x00\xff\xe3\x04\x01" + bytes((flags,)) + b"\x02\x01\x03")
        message = ber.tlv(0x30, b"\x02\x01\x03" + head + ber.tlv(4, security) + scoped)
        return message.replace(bytes(12), self.sign(message), 1) if known else message


def test_a_stuck_clock_is_told():
    """Resynchronised again and again in vain: bounded, and named."""
    agent = StuckClock()
    found = diagnosed(user(agent.port, priv=""))
    agent.socket.close()
    assert found.reason == "not_in_time_window"


@pytest.mark.parametrize("priv", ["", "privpass123"])
def test_an_agent_that_is_mute_to_a_user_is_there(priv):
    """It tells its engine ID and nothing else: not silence, and what it can mean is listed."""
    agent = StuckClock(mute=True)
    found = diagnosed(user(agent.port, priv=priv))
    agent.socket.close()
    assert found.reason == "silent_user"
    assert {step.name: step.good for step in found.steps}["engine"] is True
    said = " ".join(part.in_language("en") for part in found.remains)
    assert "context" in said
    assert "access list" in said
    assert found.needs == ("look", "user", "allow")


def examined_apart(host, commands=""):
    """The reason and the number of packets of an examination in a network namespace of its own, after `commands`."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs root, unshare and ip")
    code = (
        "import asyncio, sys\n"
        "from collectors.doctor import examine\n"
        "from collectors.poll import Access, Poller, Target\n"
        "from inventory.secrets import Secret\n"
        "async def main():\n"
        "    poller = Poller()\n"
        "    async with poller.client() as client:\n"
        f"        target = Target('dev', '{host}', 161, Access('2c', Secret('public')))\n"
        "        found = await examine(client, poller, target)\n"
        "        print(found.reason, client.counts.sent)\n"
        "asyncio.run(main())\n"
    )
    command = ["unshare", "-n", "sh", "-ec", f'{commands}\nexec "$0" -c "$1"', sys.executable, code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if "not permitted" in done.stderr:
        pytest.skip("this system makes no network namespace")
    assert done.returncode == 0, done.stderr
    reason, sent = done.stdout.split()
    return reason, int(sent)


@pytest.mark.lab
def test_no_route_is_told_before_anything_is_sent():
    """In a network namespace without any interface that is up."""
    assert examined_apart("127.0.0.1") == ("no_route", 0)


@pytest.mark.lab
def test_a_neighbour_that_is_not_there_is_unreachable():
    """There is a route and nobody at its end, as the kernel says when its ARP is not answered: not called silent."""
    reason, sent = examined_apart(
        "192.0.2.9",
        "ip link set lo up; ip link add here type veth peer name there; ip link set there up; ip link set here up;"
        "ip address add 192.0.2.1/24 dev here; echo 50 > /proc/sys/net/ipv4/neigh/here/retrans_time_ms",
    )
    assert reason == "unreachable"
    assert sent >= 1


def test_every_diagnosis_is_said_in_both_languages_and_has_known_lines():
    """Reasons of polls and of the doctor; their lines are purposes that dialects know."""
    assert set(NEEDS) <= set(DIAGNOSES) | set(faults.REASONS)
    assert {need for needs in NEEDS.values() for need in needs} <= set(SNMP)
    for message, hint in [*DIAGNOSES.values(), *faults.REASONS.values()]:
        for part in (message, hint):
            if str(part):
                assert part.in_language("zh_CN") != part.in_language("en")


# -- the command ----------------------------------------------------------------------------------------------


@pytest.fixture
def lianyuan(tmp_path):
    """The example, with the secrets that net-snmp has here."""
    folder = tmp_path / "lianyuan"
    shutil.copytree(ROOT / "examples" / "lianyuan", folder)
    (folder / "secrets").mkdir(exist_ok=True)
    given = {"snmp-auth": "authpass123", "snmp-priv": "privpass124", "snmp-community": "wrong-community"}
    for name, secret in given.items():
        (folder / "secrets" / name).write_text(secret + "\n")
        (folder / "secrets" / name).chmod(0o600)
    credentials = folder / "inventory" / "credentials.yaml"
    credentials.write_text(credentials.read_text(encoding="utf-8").replace("user: govnet", "user: usha"))
    return folder


class Here:
    """Every device is served on one port of this machine."""

    def __init__(self, port):
        self.port = port

    def snmp(self, _device):
        return Endpoint("127.0.0.1", self.port)

    def ssh(self, _device):
        return Endpoint("127.0.0.1", self.port)


def commanded(port, folder, monkeypatch, capsys, devices, **options):
    """The command's exit code and what it printed."""
    monkeypatch.setattr(collect_doctor, "network", lambda *_, **__: (Here(port), contextlib.nullcontext()))
    with pytest.raises(typer.Exit) as ended:
        collect_doctor.doctor(devices, patience=1.0, workspace=folder, **options)
    return ended.value.exit_code, capsys.readouterr().out


def test_the_command_names_the_lines_of_each_platform(snmpd, lianyuan, monkeypatch, capsys):
    """A wrong community on one vendor's, a wrong password on another's: their lines, our address and user filled in."""
    code, shown = commanded(snmpd, lianyuan, monkeypatch, capsys, ["core-city", "rt-lantian"])
    assert code == 1
    assert "[wrong_community]" in shown
    assert "[decryption]" in shown
    assert "permit host 127.0.0.1" in shown
    assert "snmp-server community <COMMUNITY> RO" in shown
    assert "snmp-agent usm-user v3 usha" in shown
    assert "wrong-community" not in shown
    assert "privpass124" not in shown
    assert "团体字" not in shown


def test_the_command_speaks_chinese_and_has_a_document(snmpd, lianyuan, monkeypatch, capsys):
    """The same in 中文, and one JSON document with stable keys."""
    set_language("zh_CN")
    try:
        _, shown = commanded(snmpd, lianyuan, monkeypatch, capsys, ["rt-lantian"])
    finally:
        set_language("en")
    assert "加密密码" in shown
    assert "在设备上设置用户及其口令" in shown
    _, printed = commanded(snmpd, lianyuan, monkeypatch, capsys, ["rt-lantian"], as_json=True)
    document = json.loads(printed)
    assert document["ok"] is False
    device = document["devices"][0]
    assert device["reason"] == "decryption"
    assert device["our_address"] == "127.0.0.1"
    assert [line["purpose"] for line in device["lines"]] == ["look", "user"]
    assert {step["step"] for step in device["tried"]} >= {"route", "credential"}
