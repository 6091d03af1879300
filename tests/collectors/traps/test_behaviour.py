"""Storms, full disks, alerts, restarts, replays: what the receiver does when things are not as they should be."""

from __future__ import annotations

import errno
import http.server
import json
import os
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import notifications
from collectors.snmp import ber, usm
from collectors.traps import engine, message
from collectors.traps.alertmanager import Alertmanager, documents
from collectors.traps.alerts import Alerts
from collectors.traps.counters import kernel_drops
from collectors.traps.damping import Damping
from collectors.traps.security import Gate, RefusedError
from collectors.traps.senders import Sender
from collectors.traps.sockets import listen
from collectors.traps.store import Store
from inventory.errors import GovnetError, InputError
from tests.patience import PATIENCE, until

UPTIME, TRAP_OID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
IF_INDEX = "1.3.6.1.2.1.2.2.1.1"
ROUTER = "127.253.0.11"


def binding(oid, value):
    return ber.tlv(0x30, ber.tlv(6, ber.encode_oid(oid)) + value)


def pdu(oid, *pairs, tag=message.TRAP_V2, number=1):
    """A version 2 notification, in octets."""
    bindings = binding(UPTIME, b"\x43\x01\x05") + binding(TRAP_OID, ber.tlv(6, ber.encode_oid(oid)))
    bindings += b"".join(binding(name, value) for name, value in pairs)
    return ber.tlv(tag, ber.encode_integer(number) + b"\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, bindings))


def trap(oid, *pairs, community=b"trap-community", **options):
    return ber.tlv(0x30, b"\x02\x01\x01" + ber.tlv(4, community) + pdu(oid, *pairs, **options))


def link(oid, index):
    return trap(oid, (f"{IF_INDEX}.{index}", ber.encode_integer(index)))


def test_a_storm_is_damped_and_counted(receiver):
    """500 of a kind: some lines, all of them in the counts, and at the end a line with how many were left out."""
    running = receiver(rate=0.001, burst=10)
    for _ in range(500):
        running.send(link(LINK_DOWN, 7), ROUTER)
    other = trap("1.3.6.1.6.3.1.1.5.5")
    running.send(other, ROUTER)
    running.settled()
    found = running.metrics()
    assert found["govnet_trap_notifications_total", "linkDown", "rt-lantian", "warning"] == 500
    assert found["govnet_trap_suppressed_total", "linkDown", "rt-lantian"] == 490
    running.end()
    lines = running.lines()
    assert sum(line.get("notification") == "linkDown" and "suppressed" not in line for line in lines) == 10
    # Another kind from the same device is not part of the storm.
    assert sum(line.get("notification") == "authenticationFailure" for line in lines) == 1
    (report,) = [line for line in lines if "suppressed" in line]
    assert (report["suppressed"], report["device"], report["notification"]) == (490, "rt-lantian", "linkDown")
    assert report["from"] <= report["to"]


def test_the_state_is_followed_in_a_storm(receiver):
    """However little is written, the last word counts: the interface is up."""
    running = receiver(rate=0.001, burst=1)
    for number in range(101):
        running.send(link(LINK_DOWN if number % 2 else LINK_UP, 7), ROUTER)
    running.send(link(LINK_DOWN, 8), ROUTER)
    running.settled()
    (alert,) = running.made.alerts.active.values()
    assert (alert.name, alert.labels["index"], alert.labels["instance"]) == ("InterfaceDown", "8", "rt-lantian")


@given(st.integers(1, 40), st.integers(0, 200))
def test_damping_loses_nothing_in_the_count(burst, total):
    """Written and suppressed together are all."""
    damping = Damping(rate=1e-9, burst=burst)
    passed = sum(damping.passes(Sender("192.0.2.1"), "linkDown", LINK_DOWN) for _ in range(total))
    assert passed == min(burst, total)
    assert passed + sum(storm.suppressed for storm in damping.reports(ended=True)) == total
    assert damping.reports(ended=True) == []


def test_a_forgotten_storm_is_reported(monkeypatch):
    """Of more senders than are remembered the oldest's count is written before it is forgotten."""
    monkeypatch.setattr("collectors.traps.damping._REMEMBERED", 10)
    damping = Damping(rate=1e-9, burst=1)
    for number in range(50):
        for _ in range(3):
            damping.passes(Sender(f"192.0.2.{number}"), "linkDown", LINK_DOWN)
    assert sum(storm.suppressed for storm in damping.reports()) == 100


# -- the disk -------------------------------------------------------------------------------------------------


class FullDisk:
    """`os.write` on a disk that takes `room` octets more."""

    def __init__(self, monkeypatch):
        self.room = 1 << 40
        self._write = os.write
        monkeypatch.setattr("collectors.traps.store.os.write", self.write)

    def write(self, descriptor, data):
        if self.room <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(descriptor, bytes(data)[: self.room])
        self.room -= written
        return written


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, caplog):
    """Lines wait, none is cut, an inform's sender would hear nothing; with room again all are there, in order."""
    disk = FullDisk(monkeypatch)
    store = Store(tmp_path / "lines")
    lines = [f"line {number}\n".encode() for number in range(50)]
    assert store.add(lines[:10]) is True
    disk.room = 25
    assert store.add(lines[10:20]) is False
    assert store.add(lines[20:30]) is False
    assert (tmp_path / "lines").read_bytes() == b"".join(lines[:10])
    assert (store.stored, store.waiting, store.failed) == (10, 20, 0)
    assert caplog.text.count("not written, and wait") == 1
    disk.room = 1 << 40
    store.tick()
    assert store.add(lines[30:]) is True
    store.close()
    assert (tmp_path / "lines").read_bytes() == b"".join(lines)


def test_a_disk_that_stays_full_is_counted(tmp_path, monkeypatch):
    """Memory is bounded: the oldest of too many waiting lines are given up, and that is counted."""
    disk = FullDisk(monkeypatch)
    store = Store(tmp_path / "lines", waiting=100)
    disk.room = 0
    for number in range(300):
        store.add([f"{number}\n".encode()])
    assert (store.waiting, store.failed) == (100, 200)
    disk.room = 1 << 40
    store.close()
    assert (tmp_path / "lines").read_text().split() == [str(number) for number in range(200, 300)]


def test_rotation_keeps_whole_lines(tmp_path):
    """Files are hardly larger than they may be, the oldest go, and the lines that are left are the last ones."""
    store = Store(tmp_path / "lines", largest=1000, kept=3)
    for number in range(400):
        store.add([f"{number:09}\n".encode()])
    store.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["lines", "lines.1", "lines.2", "lines.3"]
    text = "".join((tmp_path / name).read_text() for name in ("lines.3", "lines.2", "lines.1", "lines"))
    numbers = [int(line) for line in text.split()]
    assert numbers == list(range(numbers[0], 400))
    assert all(path.stat().st_size <= 1000 for path in tmp_path.iterdir())


def test_a_half_line_of_a_power_cut_is_ended(tmp_path):
    """The next line begins on its own."""
    (tmp_path / "lines").write_bytes(b'{"a": 1}\n{"b"')
    store = Store(tmp_path / "lines")
    store.add([b'{"c": 3}\n'])
    store.close()
    assert (tmp_path / "lines").read_bytes() == b'{"a": 1}\n{"b"\n{"c": 3}\n'


def test_an_inform_is_not_answered_while_the_disk_is_full(receiver, monkeypatch):
    """Its sender keeps it; with room again the answer comes. The same inform again is answered, not written twice."""
    import socket

    disk = FullDisk(monkeypatch)
    running = receiver()
    disk.room = 0
    inform = trap(LINK_DOWN, tag=message.INFORM, number=77)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((ROUTER, 0))
        sock.settimeout(0.4)
        sock.sendto(inform, ("127.0.0.1", running.port))
        with pytest.raises(TimeoutError):
            sock.recv(2048)
        disk.room = 1 << 40
        sock.settimeout(PATIENCE)
        for _ in range(3):
            sock.sendto(inform, ("127.0.0.1", running.port))
            answer = sock.recv(2048)
        assert answer[answer.index(b"trap-community") + 14] == ber.RESPONSE
        found = running.metrics()
    assert found["govnet_trap_informs_acknowledged_total",] == 3
    assert found["govnet_trap_informs_repeated_total",] == 2
    assert len(running.lines()) == 2  # the one that waited, and the one that was answered


# -- alerts ---------------------------------------------------------------------------------------------------


def told(alerts, oid, *pairs, sender=None):
    """Let the alerts take a notification."""
    data = pdu(oid, *pairs)
    kind = notifications.shipped().find(oid)
    alerts.take(
        sender or Sender(ROUTER, "rt-lantian", "th-lantian", "涟源市", "router"), kind, message.pdu(data, 0, len(data))
    )


def on(alerts):
    return {(alert.name, alert.labels.get("index", "")) for alert in alerts.active.values()}


def test_pairs_and_states():
    """LinkUp ends its own interface's alert; OSPF's neighbour by its state; BGP's session by its pair, old OIDs too."""
    alerts = Alerts()
    for index in (7, 8):
        told(alerts, LINK_DOWN, (f"{IF_INDEX}.{index}", ber.encode_integer(index)))
    told(alerts, LINK_UP, (f"{IF_INDEX}.7", ber.encode_integer(7)))
    assert on(alerts) == {("InterfaceDown", "8")}
    state, nobody = "1.3.6.1.2.1.14.10.1.6.10.0.0.1.0", "1.3.6.1.2.1.14.10.1.6.10.0.0.2.0"
    told(alerts, "1.3.6.1.2.1.14.16.2.2", (state, ber.encode_integer(1)))
    told(alerts, "1.3.6.1.2.1.14.16.2.2", (nobody, ber.encode_integer(8)))
    assert ("OspfNeighbourDown", "10.0.0.1.0") in on(alerts)
    assert len(on(alerts)) == 2
    told(alerts, "1.3.6.1.2.1.14.16.2.2", (state, ber.encode_integer(8)))
    peer = ("1.3.6.1.2.1.15.3.1.2.192.0.2.9", ber.encode_integer(1))
    told(alerts, "1.3.6.1.2.1.15.0.2", peer)
    assert on(alerts) == {("InterfaceDown", "8"), ("BgpSessionDown", "192.0.2.9")}
    told(alerts, "1.3.6.1.2.1.15.7.1", peer)
    assert on(alerts) == {("InterfaceDown", "8")}
    told(alerts, "1.3.6.1.4.1.12356.101.2.0.302", ("1.3.6.1.4.1.12356.101.12.3.4.0", ber.tlv(4, "乡镇".encode())))
    assert ("VpnTunnelDown", "乡镇") in on(alerts)


def test_another_device_ends_nothing():
    """The same interface number of another device is another alert."""
    alerts = Alerts()
    told(alerts, LINK_DOWN, (f"{IF_INDEX}.7", ber.encode_integer(7)))
    told(alerts, LINK_UP, (f"{IF_INDEX}.7", ber.encode_integer(7)), sender=Sender("192.0.2.1"))
    assert len(alerts.active) == 1


def test_alerts_end_by_themselves(monkeypatch):
    """An event's after its time, any other's after the longest time: a lost linkUp does not burn for ever."""
    alerts = Alerts(hold=3600)
    told(alerts, "1.3.6.1.6.3.1.1.5.5")
    told(alerts, LINK_DOWN, (f"{IF_INDEX}.7", ber.encode_integer(7)))
    now = time.time()
    monkeypatch.setattr("collectors.traps.alerts.time.time", lambda: now + 601)
    alerts.expire()
    assert on(alerts) == {("InterfaceDown", "7")}
    assert [document["labels"]["alertname"] for document in documents(alerts)] == [
        "SnmpAuthenticationFailure",
        "InterfaceDown",
    ]
    monkeypatch.setattr("collectors.traps.alerts.time.time", lambda: now + 3601)
    alerts.expire()
    assert not alerts.active
    # Its end is told; the one that ended long ago is forgotten.
    assert [alert.name for alert in alerts.over.values()] == ["InterfaceDown"]


def test_alerts_are_kept_over_a_restart(receiver):
    """What was on is on; what ends it ends it. A broken file is no reason not to start."""
    running = receiver()
    running.send(link(LINK_DOWN, 7), ROUTER)
    running.wait(1)
    running.end()
    again = receiver()
    assert again.made.alerts.counts() == {"InterfaceDown": 1}
    again.send(link(LINK_UP, 7), ROUTER)
    again.wait(2)
    assert again.made.alerts.counts() == {}
    again.end()
    (again.folder / "traps" / "alerts.json").write_text("[{]")
    (again.folder / "traps" / "engine.json").write_text("{}")
    assert receiver().made.alerts.counts() == {}


class Server(http.server.BaseHTTPRequestHandler):
    """Takes alerts as Alertmanager does, or not."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.append((self.path, self.headers.get("Authorization"), body))
        self.send_response(200 if self.server.good else 500)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def alertmanager():
    """A server that notes what it is told."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.good, server.posts = True, []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(PATIENCE)


def test_alertmanager_is_told_again_when_it_was_down(receiver, alertmanager):
    """It refuses at first; the alert is told when it is well again, and its end too; passwords are in no metric."""
    alertmanager.good = False
    url = f"http://user:secret%20word@127.0.0.1:{alertmanager.server_port}/am/"
    running = receiver(alertmanagers=(url,))
    running.send(link(LINK_DOWN, 7), ROUTER)
    until(lambda: any(body for _, _, body in alertmanager.posts))
    name = f"http://127.0.0.1:{alertmanager.server_port}/am"
    until(lambda: running.metrics()["govnet_trap_alertmanager_failures_total", name] >= 1)
    assert running.metrics()["govnet_trap_alertmanager_up", name] == 0
    alertmanager.posts.clear()
    alertmanager.good = True
    until(lambda: running.metrics()["govnet_trap_alertmanager_up", name] == 1)
    path, authorization, (alert,) = alertmanager.posts[-1]
    assert path == "/am/api/v2/alerts"
    assert authorization == "Basic dXNlcjpzZWNyZXQgd29yZA=="
    assert alert["labels"]["alertname"] == "InterfaceDown"
    assert alert["labels"]["site"] == "th-lantian"
    assert alert["endsAt"] > alert["startsAt"]
    running.send(link(LINK_UP, 7), ROUTER)
    started = alert["startsAt"]
    until(lambda: alertmanager.posts[-1][2] and alertmanager.posts[-1][2][0]["endsAt"] < alert["endsAt"])
    (ended,) = alertmanager.posts[-1][2]
    assert (ended["startsAt"], ended["labels"]) == (started, alert["labels"])


def test_a_server_that_hangs_delays_no_other(receiver, alertmanager):
    """One takes the connection and never answers; the other one has the alert all the same."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as mute:
        urls = (f"http://127.0.0.1:{mute.getsockname()[1]}", f"http://127.0.0.1:{alertmanager.server_port}")
        running = receiver(alertmanagers=urls)
        until(lambda: alertmanager.posts)
        running.send(link(LINK_DOWN, 7), ROUTER)
        until(lambda: any(body for _, _, body in alertmanager.posts))
        assert running.metrics()["govnet_trap_alertmanager_up", urls[0]] == 0
    # The socket is closed here, which ends the attempt that hangs.


def test_an_address_that_is_none_is_said():
    """Without the password in it."""
    with pytest.raises(InputError) as error:
        Alertmanager("ftp://user:secret@alerts")
    assert "secret" not in str(error.value.problems[0].message)


# -- version 3's clock, and ports -----------------------------------------------------------------------------


USER = usm.User("govnet", "SHA", b"auth-secret-1")


def signed(boots, seconds, identifier=b"\x80\x00\x00\x00\x01abcd"):
    """A signed version 3 trap from an engine at a moment of its clock."""
    keys = usm.keys(USER, identifier)
    scoped = ber.tlv(0x30, ber.tlv(4, identifier) + b"\x04\x00" + pdu(LINK_DOWN))
    head = ber.tlv(0x30, b"\x02\x01\x09\x02\x03\x00\xff\xe3\x04\x01\x01\x02\x01\x03")
    front = ber.tlv(4, identifier) + ber.encode_integer(boots) + ber.encode_integer(seconds) + ber.tlv(4, b"govnet")
    whole = b""
    for digest in (bytes(12), None):
        known = keys.digest(whole) if digest is None else digest
        security = ber.tlv(0x30, front + ber.tlv(4, known) + b"\x04\x00")
        whole = ber.tlv(0x30, b"\x02\x01\x03" + head + ber.tlv(4, security) + scoped)
    return whole


def test_old_messages_are_not_taken_again():
    """RFC 3414 section 3.2, step 7b: a message from before the window, or from before a restart, is refused."""
    gate = Gate(engine.Engine(b"\x80\x00\x00\x00\x05own engine", 3), [], [USER])
    assert gate.open(signed(5, 1000)).user == "govnet"
    assert gate.open(signed(5, 900)).user == "govnet"
    for old in (signed(5, 800), signed(4, 5000)):
        with pytest.raises(RefusedError) as error:
            gate.open(old)
        assert error.value.reason == "time_window"
    assert gate.open(signed(6, 1)).user == "govnet"
    with pytest.raises(RefusedError):
        gate.open(signed(5, 1001))
    # Another engine has a clock of its own.
    assert gate.open(signed(1, 1, b"\x80\x00\x00\x00\x01other")).user == "govnet"


def test_a_trap_in_the_name_of_our_engine_is_refused():
    """A signed trap whose authoritative engine is ours can only be somebody's game with an inform."""
    own = engine.Engine(b"\x80\x00\x00\x00\x05own engine", 3)
    gate = Gate(own, [], [USER])
    with pytest.raises(RefusedError) as error:
        gate.open(signed(3, own.time(), own.identifier))
    assert error.value.reason == "engine"


def test_the_engine_counts_its_starts(tmp_path):
    """The same identity, one boot more each time; a new one if the file is no good."""
    first, second = engine.start(tmp_path / "e.json"), engine.start(tmp_path / "e.json")
    assert first.identifier == second.identifier
    assert (first.boots, second.boots) == (1, 2)
    (tmp_path / "e.json").write_text('{"engine_id": "zz", "boots": 1}')
    assert engine.start(tmp_path / "e.json").identifier != first.identifier


def test_a_port_that_cannot_be_had_is_explained():
    """In use; privileged for this user; not a port at all."""
    sock = listen("127.0.0.1:0")
    with sock, pytest.raises(GovnetError, match="cannot listen on"):
        listen(f"127.0.0.1:{sock.getsockname()[1]}")
    with pytest.raises(GovnetError, match="not an address"):
        listen("127.0.0.1")
    with listen("[::1]:0") as six:
        assert six.getsockname()[0] == "::1"


def test_a_low_port_without_the_privilege(monkeypatch):
    """The message names the capability."""

    def refuse(_sock, _address):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("collectors.traps.sockets.socket.socket.bind", refuse)
    with pytest.raises(GovnetError) as error:
        listen("127.0.0.1:162")
    assert "162" in str(error.value)
    assert "CAP_NET_BIND_SERVICE" in str(error.value.hint)


def test_both_families_on_one_socket(receiver):
    """`:0` hears IPv4 and IPv6; a sender by IPv4 is known by its IPv4 address."""
    import socket

    running = receiver(listen=":0")
    running.send(trap(LINK_DOWN), ROUTER)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        sock.sendto(trap(LINK_UP), ("::1", running.port))
    by_name = {line["notification"]: line for line in running.wait(2)}
    assert (by_name["linkDown"]["device"], by_name["linkDown"]["address"]) == ("rt-lantian", ROUTER)
    assert (by_name["linkUp"]["device"], by_name["linkUp"]["address"]) == ("", "::1")


def test_what_the_kernel_drops_is_told():
    """A socket that nobody reads overflows, and the kernel's own count of that is shown."""
    import socket

    with listen("127.0.0.1:0") as inside, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside:
        assert kernel_drops([inside]) == 0
        inside.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(200):
            outside.sendto(bytes(1000), inside.getsockname())
        assert kernel_drops([inside]) > 100
    assert kernel_drops([]) is None
