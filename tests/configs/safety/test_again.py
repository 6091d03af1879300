"""A push that an earlier process began, and the way back from what was kept masked: what the device is left with."""

from __future__ import annotations

import os
import time

import pytest

from configs import push as pushing
from configs.archive import masked
from configs.push import Quiet, State, reaching

TEXT = """hostname R1
username govnet privilege 15 secret 0 Secret-123
enable secret 0 Enable-123
ip domain-name example.net
snmp-server community Open-1 RO
snmp-server community Open-2 RO
interface GigabitEthernet0/0/0
 ip address {address} 255.255.255.0
 no shutdown
ip route 0.0.0.0 0.0.0.0 {gateway}
line vty 0 15
 login local
 transport input ssh
"""


@pytest.fixture
def bench(worlds):
    """An IOS device whose communities stand in clear text, as that system keeps them."""
    return worlds.start("cisco_ios", TEXT, interface="GigabitEthernet0/0/0", enable="Enable-123")


def running(bench) -> bytes:
    """What the device runs, as its driver reads it."""
    with pushing.speaking(bench.job("")) as driver:
        return driver.running()


def again(job):
    """The push of a process that goes on with what another has begun."""
    return pushing.push_one(job, commit=True, observer=Quiet(), again=True)


def test_a_device_that_is_gone_is_untouched_only_if_nothing_was_begun(bench, tmp_path) -> None:
    """With a kept text somebody had begun: then nobody knows how it stands, and the hint says where to look."""
    kept = tmp_path / "kept.cfg"
    bench.suffer(down=True)
    job = bench.job("interface Loopback9\n description x\n", keep=kept)
    assert again(job).state is State.UNTOUCHED
    kept.write_bytes(masked("cisco_ios", TEXT.encode()))
    os.utime(kept, (1, 1))  # whatever was armed then is over
    result = again(job)
    assert result.state is State.UNKNOWN
    assert "an earlier run" in str(result.error.hint)
    assert kept.exists()


def test_a_finished_change_is_only_confirmed(bench, tmp_path) -> None:
    """Applied and not saved by a process that died: it is checked and saved, and no line is sent again."""
    kept = tmp_path / "kept.cfg"
    intended = "interface Loopback9\n description x\n"
    kept.write_bytes(masked("cisco_ios", running(bench)))
    with pushing.speaking(bench.job(intended)) as driver:
        driver.load_merge_candidate(config=intended)
        driver.begin(driver.running(), driver.change(), 0)
    assert bench.text() != bench.saved()
    result = again(bench.job(intended, keep=kept))
    assert (result.state, result.error, result.commands) == (State.CHANGED, None, ())
    assert bench.text() == bench.saved()


def test_whoever_changed_it_meanwhile_is_not_run_over(bench, monkeypatch) -> None:
    """A device that somebody changes between our look and our first line is left alone, and what is new is named."""
    monkeypatch.setattr("configs.push.one.FRESH", 0.0)
    with pushing.speaking(bench.job("")) as other:
        other.load_merge_candidate(config="interface Loopback7\n description theirs\n")
        job = bench.job("interface Loopback9\n description ours\n", before=other.commit_config)
        result = pushing.push_one(job, commit=True, observer=Quiet())
    assert result.state is State.UNTOUCHED
    assert "somebody has changed it" in str(result.error)
    assert "description theirs" in str(result.error.hint)
    assert b"ours" not in running(bench)
    again_now = pushing.push_one(bench.job("interface Loopback9\n description ours\n"), commit=True, observer=Quiet())
    assert again_now.state is State.CHANGED


def test_the_way_back_never_sends_a_mask(bench) -> None:
    """Clear-text communities stay what they are; one that is gone is named, and not made of asterisks."""
    before = running(bench)
    kept = masked("cisco_ios", before).decode()
    assert "***" in kept
    other = before.decode().replace("snmp-server community Open-2 RO\n", "interface Loopback9\n description x\n!\n")
    changed = pushing.push_one(bench.job(other, exact=True), commit=True, observer=Quiet())
    assert changed.state is State.CHANGED, (str(changed.error.hint), changed.diff, other)
    result = pushing.push_one(bench.job(kept, exact=True), commit=True, observer=Quiet())
    assert result.state is State.CHANGED
    assert "community ***" in str(result.error.message)
    text = bench.text()
    assert "Loopback9" not in text
    assert "community Open-1 RO" in text
    assert "***" not in text
    assert "Open-2" not in text
    assert bench.saved() == text


def test_a_guard_is_waited_for_from_when_it_was_armed(bench, tmp_path, monkeypatch) -> None:
    """A second attempt counts anew, whatever the age of the kept text; a clock that was set back adds nothing."""
    kept = tmp_path / "kept.cfg"
    intended = "interface Loopback9\n description x\n"
    kept.write_bytes(masked("cisco_ios", running(bench)))
    os.utime(kept, (1, 1))
    past = reaching.Past(again=True, kept=kept, unsure=True)
    assert reaching._guard_over(bench.job(intended), past) < time.time()
    assert again(bench.job(intended, keep=kept)).state is State.CHANGED
    ends = reaching._guard_over(bench.job(intended), past)
    assert time.time() < ends < time.time() + 200
    monkeypatch.setattr(reaching.time, "time", lambda: kept.stat().st_mtime - 3600)
    assert reaching._guard_over(bench.job(intended), past) == pytest.approx(ends - 3600, abs=1)
