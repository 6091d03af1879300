"""Traps and informs of net-snmp's own programs and of pysnmp: named, attributed, answered, refused."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess

import pytest

from collectors.snmp import ber
from tests.patience import PATIENCE

PROGRAMS = "/usr/bin:/usr/sbin:/bin"
NOBODY = "0.0.0.0"  # noqa: S104 - an agent-addr that says nothing
V3 = ("-v3", "-u", "govnet", "-l", "authPriv", "-a", "SHA", "-A", "auth-secret-1", "-x", "AES", "-X", "priv-secret-1")
LINK_DOWN = ("1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.7", "i", "7", "1.3.6.1.2.1.2.2.1.8.7", "i", "2")


def test_a_version_2c_trap(receiver, net_snmp):
    """Named, with its device, site and region; its values decoded; counted."""
    running = receiver()
    done = net_snmp("snmptrap", running, "4711", *LINK_DOWN, before=("-v2c", "-c", "trap-community"))
    assert done.returncode == 0, done.stderr
    (line,) = running.wait()
    assert (line["device"], line["site"], line["notification"], line["severity"]) == (
        "rt-lantian",
        "th-lantian",
        "linkDown",
        "warning",
    )
    assert (line["version"], line["inform"], line["uptime_seconds"]) == ("2c", False, 47.11)
    assert line["summary"]["zh"] == "接口断开"
    assert line["bindings"] == [
        {"oid": "1.3.6.1.2.1.2.2.1.1.7", "type": "integer", "value": 7},
        {"oid": "1.3.6.1.2.1.2.2.1.8.7", "type": "integer", "value": 2},
    ]
    found = running.metrics()
    assert found["govnet_trap_notifications_total", "linkDown", "rt-lantian", "warning"] == 1
    assert found["govnet_trap_alerts_active", "InterfaceDown"] == 1
    assert found["govnet_trap_datagrams_total",] == 1
    assert found["govnet_trap_socket_drops_total",] == 0


def test_version_1_traps(receiver, net_snmp):
    """A generic one and an enterprise's, under the names of version 2; the origin in agent-addr is not the sender."""
    running = receiver()
    first = ("-v1", "-c", "trap-community")
    net_snmp("snmptrap", running, "1.3.6.1.4.1.9", NOBODY, "3", "0", "99", before=first)
    running.wait(1)
    # A FortiGate's: the model is the enterprise.
    net_snmp("snmptrap", running, "1.3.6.1.4.1.12356.101.1.1001", NOBODY, "6", "302", "99", before=first)
    running.wait(2)
    # A proxy, itself not in the inventory, sends for rt-shimashan.
    proxied = ("1.3.6.1.4.1.9.9.43.2", "10.253.0.13", "6", "1", "5")
    net_snmp("snmptrap", running, *proxied, before=first, source="127.0.0.77")
    up, tunnel, change = running.wait(3)
    assert (up["notification"], up["oid"], up["version"], up["device"]) == (
        "linkUp",
        "1.3.6.1.6.3.1.1.5.4",
        "1",
        "rt-lantian",
    )
    assert (tunnel["notification"], tunnel["oid"]) == ("fgTrapVpnTunDown", "1.3.6.1.4.1.12356.101.1.1001.0.302")
    assert (change["notification"], change["device"], change["address"], change["proxy"]) == (
        "ciscoConfigManEvent",
        "rt-shimashan",
        "10.253.0.13",
        "127.0.0.77",
    )


def test_a_version_2c_inform_is_answered(receiver, net_snmp):
    """Snmpinform is content, which it is only with an answer; the line says that it was one."""
    running = receiver()
    done = net_snmp("snmpinform", running, "1", *LINK_DOWN, before=("-v2c", "-c", "trap-community", "-r0", "-t5"))
    assert done.returncode == 0, done.stderr
    (line,) = running.wait()
    assert line["inform"] is True
    assert running.metrics()["govnet_trap_informs_acknowledged_total",] == 1


def test_a_version_3_trap(receiver, net_snmp):
    """From an engine that nobody has announced: its keys follow from its messages."""
    running = receiver()
    done = net_snmp("snmptrap", running, "1", *LINK_DOWN, before=("-e", "0x80001f8880aabbccdd", *V3))
    assert done.returncode == 0, done.stderr
    (line,) = running.wait()
    assert (line["version"], line["user"], line["engine_id"]) == ("3", "govnet", "80001f8880aabbccdd")
    assert line["notification"] == "linkDown"


def test_a_version_3_inform_is_answered(receiver, net_snmp):
    """Snmpinform asks for our engine, follows its clock, encrypts, and understands the answer; twice in a row."""
    running = receiver()
    for _ in range(2):
        done = net_snmp("snmpinform", running, "1", *LINK_DOWN, before=(*V3, "-r0", "-t5"))
        assert done.returncode == 0, done.stderr
    lines = running.wait(2)
    assert all((line["version"], line["inform"], line["user"]) == ("3", True, "govnet") for line in lines)
    assert running.metrics()["govnet_trap_refused_total", "discovery"] == 2


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (("-v2c", "-c", "public"), "community"),
        (("-v1", "-c", "public"), "community"),
        (("-e", "0x8000000001020304", *V3[:2], "nobody", *V3[3:]), "user"),
        (("-e", "0x8000000001020304", *V3[:8], "wrong-secret", *V3[9:]), "digest"),
        (("-e", "0x8000000001020304", *V3[:12], "wrong-secret"), "decryption"),
        (("-e", "0x8000000001020304", "-v3", "-u", "govnet", "-l", "authNoPriv", *V3[5:9]), "security_level"),
    ],
)
def test_strangers_are_refused_and_counted(receiver, net_snmp, before, reason):
    """By community, user, password, level; nothing is written."""
    running = receiver()
    trap = ("1.3.6.1.4.1.9", NOBODY, "3", "0", "9") if "-v1" in before else ("1", *LINK_DOWN)
    net_snmp("snmptrap", running, *trap, before=before)
    running.settled()
    assert running.metrics()["govnet_trap_refused_total", reason] == 1
    assert running.lines() == []


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ((*V3[:2], "nobody", *V3[3:]), "user"),
        ((*V3[:8], "wrong-secret", *V3[9:]), "password"),
    ],
)
def test_a_stranger_with_an_inform_is_told_why(receiver, net_snmp, before, said):
    """The report says unknown user, or wrong digest, so that the sender's operator sees the cause."""
    running = receiver()
    done = net_snmp("snmpinform", running, "1", *LINK_DOWN, before=(*before, "-r0", "-t3"))
    assert done.returncode != 0
    assert said in (done.stderr + done.stdout).lower()
    assert running.lines() == []


def test_chinese_text_and_octets(receiver, net_snmp):
    """Text in UTF-8 and in GB18030 is read; octets that are no text are shown as such."""
    running = receiver()
    alias = "1.3.6.1.2.1.31.1.1.1.18.1"
    values = ("上联", "0x" + "乡镇".encode("gb18030").hex(), "0x0001fe")
    bindings = [
        part for value in values for part in (alias, "x" if value[:2] == "0x" else "s", value.removeprefix("0x"))
    ]
    net_snmp("snmptrap", running, "1", LINK_DOWN[0], *bindings, before=("-v2c", "-c", "trap-community"))
    (line,) = running.wait()
    assert [part["value"] for part in line["bindings"]] == ["上联", "乡镇", "0x0001fe"]
    assert line["bindings"][2]["type"] == "hex"


def test_somebody_unknown_is_written_without_a_device(receiver, net_snmp):
    """The community is right, the address is nobody's; an OID without a name keeps its OID."""
    running = receiver()
    oid = "1.3.6.1.4.1.99999.0.1"
    net_snmp("snmptrap", running, "1", oid, before=("-v2c", "-c", "trap-community"), source="127.0.0.99")
    (line,) = running.wait()
    assert (line["device"], line["address"], line["notification"], line["oid"]) == ("", "127.0.0.99", "", oid)
    assert running.metrics()["govnet_trap_notifications_total", "", "", "other"] == 1


def test_requests_are_not_answered(receiver):
    """A GET with the right community is refused: there is no agent here."""
    running = receiver()
    pdu = ber.tlv(0xA0, b"\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30\x00")
    get = ber.tlv(0x30, b"\x02\x01\x01" + ber.tlv(4, b"trap-community") + pdu)
    running.send(get)
    running.settled()
    assert running.metrics()["govnet_trap_refused_total", "pdu"] == 1


def test_a_reload_lets_others_in(receiver, workspace, net_snmp):
    """A new community is taken up without a restart; a mistake in a file leaves all as it was."""
    running = receiver()
    (workspace / "secrets" / "snmp-community").write_text("another\n")
    running.call(running.made.reload)
    net_snmp("snmptrap", running, "1", *LINK_DOWN, before=("-v2c", "-c", "another"))
    running.wait(1)
    (workspace / "inventory" / "devices.csv").write_text("nonsense\n")
    with pytest.raises(Exception, match="problems"):
        running.call(running.made.reload)
    net_snmp("snmptrap", running, "1", *LINK_DOWN, before=("-v2c", "-c", "another"))
    running.wait(2)


def test_a_real_agent(receiver, tmp_path):
    """Net-snmp's snmpd says that it starts, that somebody guesses, that it ends: by v2c informs and v3 traps."""
    program = shutil.which("snmpd", path="/usr/sbin:/usr/bin")
    if program is None or shutil.which("snmpget", path=PROGRAMS) is None:
        pytest.skip("net-snmp's programs are not installed (Debian: snmpd, snmp)")
    running = receiver()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.253.0.11", 0))
        port = free.getsockname()[1]
    configuration = tmp_path / "snmpd.conf"
    configuration.write_text(
        f"agentaddress udp:127.253.0.11:{port}\nrocommunity public\nauthtrapenable 1\n"
        "[snmp] clientaddr 127.253.0.11\n"
        "createUser govnet SHA auth-secret-1 AES priv-secret-1\n"
        f"informsink 127.0.0.1:{running.port} trap-community\n"
        f"trapsess -v3 -u govnet -l authPriv -a SHA -A auth-secret-1 -x AES -X priv-secret-1 127.0.0.1:{running.port}\n"
    )
    process = subprocess.Popen(
        [program, "-f", "-Lf", str(tmp_path / "log"), "-C", "-c", str(configuration), "-I", "-smux"],
        env={"SNMP_PERSISTENT_DIR": str(tmp_path / "state"), "PATH": PROGRAMS, "MIBS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        running.wait(2)
        where = f"127.253.0.11:{port}"
        guess = [
            shutil.which("snmpget", path=PROGRAMS),
            "-v2c",
            "-c",
            "guess",
            "-r0",
            "-t0.2",
            where,
            "1.3.6.1.2.1.1.3.0",
        ]
        subprocess.run(
            guess, capture_output=True, timeout=PATIENCE, check=False, env={"MIBS": "", "HOME": str(tmp_path)}
        )
        running.wait(4)
    finally:
        process.terminate()
        process.wait(PATIENCE)
    lines = running.wait(6)
    names = ("coldStart", "authenticationFailure", "nsNotifyShutdown")
    for version, inform in (("2c", True), ("3", False)):
        ours = [line for line in lines if (line["version"], line["inform"]) == (version, inform)]
        assert tuple(line["notification"] for line in ours) == names, lines
        assert {line["device"] for line in ours} == {"rt-lantian"}


@pytest.mark.parametrize("kind", ["trap", "inform"])
@pytest.mark.parametrize("version", ["2c", "3"])
def test_pysnmp_as_sender(receiver, kind, version):
    """Pysnmp's traps are taken, and its informs answered so that it understands it."""
    from pysnmp.hlapi.v3arch import asyncio as pysnmp

    running = receiver()

    async def send():
        engine = pysnmp.SnmpEngine()
        if version == "3":
            keys = {"authProtocol": pysnmp.USM_AUTH_HMAC96_SHA, "privProtocol": pysnmp.USM_PRIV_CFB128_AES}
            who = pysnmp.UsmUserData("govnet", "auth-secret-1", "priv-secret-1", **keys)
        else:
            who = pysnmp.CommunityData("trap-community", mpModel=1)  # noqa: S508 - version 2c is what is tested
        there = await pysnmp.UdpTransportTarget.create(("127.0.0.1", running.port), timeout=5, retries=0)
        what = pysnmp.NotificationType(pysnmp.ObjectIdentity("1.3.6.1.6.3.1.1.5.1"))
        problem, status, *_ = await pysnmp.send_notification(engine, who, there, pysnmp.ContextData(), kind, what)
        engine.close_dispatcher()
        return problem, status

    problem, status = asyncio.run(send())
    assert (problem, int(status or 0)) == (None, 0)
    (line,) = running.wait()
    assert (line["notification"], line["version"], line["inform"]) == ("coldStart", version, kind == "inform")
