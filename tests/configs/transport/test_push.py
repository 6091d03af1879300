"""Pushes to many devices: one failing is a result like any other, nothing is done twice, nothing is lost."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import replace

import pytest

from configs import push as pushing
from configs.driver import Driver
from configs.push import Job, State
from configs.push.alone import alone
from inventory.errors import DeviceUnreachableError, HostKeyError, LoginError, RefusedError
from inventory.text import Message
from tests.patience import PATIENCE

WANTED = "sysname RT1\ninfo-center loghost 10.0.0.1\ninterface LoopBack0\n description 涟源市\n"


@pytest.fixture
def job(target):
    """A job for a device."""

    def make(server=None, *, device="rt-1", intended=WANTED, **more):
        given = {key: more.pop(key) for key in list(more) if key in {"management", "out_of_band"}}
        return Job(target(server, device=device, **more), intended, **given)

    return make


def test_a_dry_run_changes_nothing(servers, vrp, job):
    """It reads, compares, and says what it would take."""
    server = servers.start(vrp())
    (result,) = pushing.push([job(server)], commit=False)
    assert (result.state, result.ok, result.changed) == (State.DIFFERENT, True, True)
    assert (result.added, result.removed) == (2, 0)
    assert "+  description 涟源市" in result.diff
    assert b"system-view" not in server.device.received


def test_a_push_is_done_once(servers, vrp, job):
    """Applied, checked over a new login, saved; a second push sends nothing and does not save."""
    server = servers.start(vrp())
    (result,) = pushing.push([job(server)], commit=True)
    assert (result.state, result.error) == (State.CHANGED, None)
    assert "description 涟源市" in result.commands
    assert server.device.saves == 1
    assert "description 涟源市".encode() in server.device.startup
    assert len(server.logins) == 2
    server.device.received.clear()
    (again,) = pushing.push([job(server)], commit=True)
    assert (again.state, again.commands, again.added, again.removed) == (State.SAME, (), 0, 0)
    assert server.device.saves == 1
    assert server.device.received == [b"screen-length 0 temporary", b"display current-configuration"]


def test_one_bad_device_leaves_every_other_done(servers, vrp, job):
    """Down, wrong password, another host key, a refused line, a fault from before: each with its own reason."""
    good = [servers.start(vrp()) for _ in range(3)]
    down = servers.start(vrp())
    servers.stop(down)
    shown = servers.start(vrp())
    pushing.push([job(shown, device="rt-key")], commit=False)
    other = servers.start(vrp())
    picky = servers.start(vrp())
    gone = DeviceUnreachableError("rt-fault", Message("x"))
    jobs = [
        job(good[0], device="rt-a"),
        job(down, device="rt-down"),
        job(good[1], device="rt-b"),
        job(servers.start(vrp()), device="rt-password", password="bad"),
        job(other, device="rt-key"),
        job(picky, device="rt-picky", intended=WANTED + "bad line\n"),
        Job(job(good[0], device="rt-fault").target, fault=gone),
        job(good[2], device="rt-c"),
    ]
    results = {result.device: result for result in pushing.push(jobs, commit=True)}
    assert list(results) == [one.device for one in jobs]
    assert [name for name, result in results.items() if result.ok] == ["rt-a", "rt-b", "rt-c"]
    assert all(results[name].state is State.CHANGED for name in ("rt-a", "rt-b", "rt-c"))
    assert isinstance(results["rt-down"].error, DeviceUnreachableError)
    assert isinstance(results["rt-password"].error, LoginError)
    assert isinstance(results["rt-key"].error, HostKeyError)
    assert results["rt-fault"].error is gone
    assert results["rt-picky"].state is State.RESTORED
    assert picky.device.saves == 0
    assert picky.device.config == vrp().config
    document = results["rt-picky"].as_json()
    assert (document["ok"], document["changed"], document["error"]["kind"]) == (False, False, "CommandError")


def test_a_change_that_does_not_stay_is_taken_back(servers, line_class, job):
    """A device that takes a line and forgets it: the new login sees it, and nothing is saved."""

    class Forgetful(line_class.Vrp):
        def execute(self, line):
            return b"" if b"loghost" in line else super().execute(line)

    server = servers.start(Forgetful())
    (result,) = pushing.push([job(server)], commit=True)
    assert result.state is State.RESTORED
    assert "info-center loghost" in str(result.error.hint)
    assert server.device.saves == 0
    assert server.device.config[b"interface LoopBack0"] == []


def test_a_device_that_hangs_up_in_the_middle(servers, vrp, job):
    """The session is gone; a new one takes back what was applied."""
    server = servers.start(vrp(hang_up_at=b"description"))
    (result,) = pushing.push([job(server)], commit=True)
    assert isinstance(result.error, DeviceUnreachableError)
    assert result.state is State.RESTORED
    assert server.device.config[b""] == []
    assert server.device.saves == 0


def test_a_change_that_could_lock_us_out_is_refused(servers, vrp, job):
    """Without a guard, in the dry run and in the push; the lines are named, no line is sent."""
    device = vrp()
    device.config[b"interface GigabitEthernet0/0/0"] = [b"ip address 10.253.0.11 255.255.255.0"]
    server = servers.start(device)
    text = "interface GigabitEthernet0/0/0\n ip address 10.253.0.99 255.255.255.0\n"
    for commit in (False, True):
        (result,) = pushing.push([job(server, intended=text)], commit=commit)
        assert isinstance(result.error, RefusedError)
        assert "10.253.0.99" in str(result.error)
    assert b"system-view" not in device.received


def test_a_hundred_devices_in_parallel(servers, vrp, job):
    """All are done, at most so many at a time as was asked, in far less time than one after the other."""

    class Watch(pushing.Quiet):
        def __init__(self):
            self.now = self.most = self.finished = 0
            self.lock = threading.Lock()
            self.seen = set()

        def step(self, device, _step):
            with self.lock:
                if device not in self.seen:
                    self.seen.add(device)
                    self.now += 1
                    self.most = max(self.most, self.now)

        def done(self, _result):
            with self.lock:
                self.now -= 1
                self.finished += 1

    made = [servers.start(vrp()) for _ in range(100)]
    watch = Watch()
    jobs = [job(server, device=f"rt-{number}", login_timeout=PATIENCE) for number, server in enumerate(made)]
    results = pushing.push(jobs, commit=True, parallel=50, observer=watch)
    assert [result.error for result in results if result.error] == []
    assert all(server.device.saves == 1 for server in made)
    assert watch.finished == 100
    assert 10 <= watch.most <= 100


def test_a_backup_is_byte_exact_but_for_secrets(servers, vrp, job):
    """GBK stays GBK, the secret becomes ***, a device that is down is a result."""
    device = vrp()
    device.config[b"interface LoopBack0"] = ["description 端口0 上联".encode("gb18030")]
    device.config[b""] = [b"snmp-agent community read cipher %^%#abcdef%^%#"]
    server = servers.start(device)
    down = servers.start(vrp())
    servers.stop(down)
    good, bad = pushing.backup([job(server), job(down, device="rt-2")])
    assert good.text == device.text().replace(b"%^%#abcdef%^%#", b"***")
    assert bad.error is not None
    assert good.as_json()["ok"] is True


def test_one_push_at_a_time_on_a_device(servers, vrp, job, tmp_path):
    """A second push is refused and does not even log in; a dry run may look; afterwards it works."""
    server = servers.start(vrp())
    one = replace(job(server), lock=tmp_path / ".locks" / "rt-1")
    with alone(one.lock, "rt-1"):
        (result,) = pushing.push([one], commit=True)
        assert isinstance(result.error, RefusedError)
        assert (result.state, server.logins) == (State.UNTOUCHED, [])
        assert pushing.push([one], commit=False)[0].state is State.DIFFERENT
    assert pushing.push([one], commit=True)[0].state is State.CHANGED


def test_a_fault_of_our_own_is_one_devices_failure(servers, vrp, job, monkeypatch):
    """An exception that nobody foresaw, in the middle: the device is taken back, the others are done, no text leaks."""
    good, bad = servers.start(vrp()), servers.start(vrp(name=b"RT2"))
    plain = Driver.verify

    def verify(self):
        if self.target.device == "rt-bad":
            raise KeyError("password irreversible-cipher S3cret")
        plain(self)

    monkeypatch.setattr(Driver, "verify", verify)
    jobs = [job(bad, device="rt-bad", intended=WANTED.replace("RT1", "RT2")), job(good, device="rt-good")]
    failed, done = pushing.push(jobs, commit=True)
    assert (failed.state, done.state) == (State.RESTORED, State.CHANGED)
    assert "KeyError" in str(failed.error)
    assert "S3cret" not in repr(failed) + str(failed.as_json())
    assert bad.device.saves == 0


def test_half_a_configuration_is_compared_with_nothing(servers, line_class, job):
    """An output that ends early is an error, not a device that lacks half of its lines."""

    class Short(line_class.Vrp):
        def text(self):
            return super().text().removesuffix(b"return\n")

    server = servers.start(Short())
    (result,) = pushing.push([job(server)], commit=True)
    assert result.state is State.UNTOUCHED
    assert "incomplete" in str(result.error)


@pytest.mark.usefixtures("terminal_signals")
def test_an_interrupt_finishes_what_was_begun(servers, line_class, job):
    """Devices in the middle are finished, the others untouched and said so; nothing is half done."""
    begun = threading.Event()

    class Slow(line_class.Vrp):
        def execute(self, line):
            if line == b"system-view":
                begun.set()
                time.sleep(0.3)
            return super().execute(line)

    made = [servers.start(Slow(questions={b"save": b"Are you sure to continue?[Y/N]:"})) for _ in range(4)]
    jobs = [job(server, device=f"rt-{number}") for number, server in enumerate(made)]

    def interrupt():
        begun.wait(PATIENCE)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    results = pushing.push(jobs, commit=True, parallel=1)
    assert results[0].state is State.CHANGED
    assert [result.state for result in results[-2:]] == [State.UNTOUCHED] * 2
    assert "interrupted before" in str(results[-1].error)
    assert made[-1].logins == []
    assert all(
        server.device.saves == (result.state is State.CHANGED) for server, result in zip(made, results, strict=True)
    )
