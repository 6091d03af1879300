"""The drivers over a real SSH server: host keys, logins, candidates, commits that are checked before they are saved."""

from __future__ import annotations

from ipaddress import ip_interface

import asyncssh
import napalm
import pytest

from configs import known_hosts
from configs.driver import uptime
from configs.drivers import driver_for
from inventory.errors import (
    CommandError,
    DeviceTimeoutError,
    DeviceUnreachableError,
    HostKeyError,
    LoginError,
    RefusedError,
)


def open_driver(target, **more):
    driver = driver_for(target.platform).for_target(target, **more)
    driver.open()
    return driver


def test_a_driver_is_used_as_napalm_says(servers, vrp, tmp_path):
    """Constructor, context manager and getters by NAPALM's interface alone."""
    server = servers.start(vrp())
    server.device.config[b"interface LoopBack0"] = [b"ip address 10.255.0.1 255.255.255.255"]
    options = {"port": server.port, "known_hosts": tmp_path / "keys", "device": "rt-1"}
    kind = napalm.get_network_driver("huawei")
    with kind("127.0.0.1", "admin", "good", timeout=30, optional_args=options) as driver:
        assert driver.is_alive() == {"is_alive": True}
        assert driver.get_interfaces_ip() == {"LoopBack0": {"ipv4": {"10.255.0.1": {"prefix_length": 32}}}}
        assert driver.get_config()["running"].encode() == server.device.text()
        assert driver.get_facts()["hostname"] == "RT1"
        assert driver.get_facts()["interface_list"] == ["LoopBack0"]
    assert driver.is_alive() == {"is_alive": False}


def test_a_host_key_is_recorded_once_and_never_replaced(servers, vrp, target, tmp_path):
    """The same key is fine at another place; another key is refused, before the password is sent."""
    server = servers.start(vrp())
    goal = target(server)
    open_driver(goal).close()
    open_driver(goal).close()
    recorded = known_hosts.read(tmp_path / "known_hosts", "rt-1")
    assert len(recorded) == 1
    moved = servers.start(vrp(), key=server.key)
    open_driver(target(moved)).close()
    stranger = servers.start(vrp())
    with pytest.raises(HostKeyError, match="another SSH host key"):
        open_driver(target(stranger))
    other_kind = servers.start(vrp(), key=asyncssh.generate_private_key("ecdsa-sha2-nistp256"))
    with pytest.raises(HostKeyError):
        open_driver(target(other_kind))
    assert stranger.logins == other_kind.logins == []
    assert known_hosts.read(tmp_path / "known_hosts", "rt-1") == recorded


def test_what_can_go_wrong_at_the_login(servers, vrp, target):
    """A wrong password, a closed port and a device that never says a word are three different errors."""
    server = servers.start(vrp())
    with pytest.raises(LoginError, match="admin"):
        open_driver(target(server, password="bad"))
    servers.stop(server)
    with pytest.raises(DeviceUnreachableError):
        open_driver(target(server))
    mute = servers.start(vrp(), mute=True)
    with pytest.raises(DeviceTimeoutError):
        open_driver(target(mute, device="rt-2", login_timeout=0.5))


def test_a_candidate_is_compared_and_committed(servers, vrp, target):
    """Compare shows the difference; commit applies, logs in anew and saves; then nothing is left to do."""
    server = servers.start(vrp())
    driver = open_driver(target(server))
    driver.load_merge_candidate(config="sysname RT1\ninterface LoopBack0\n description 涟源市\n")
    assert "+  description 涟源市" in driver.compare_config()
    assert server.device.saves == 0
    driver.commit_config()
    assert server.device.config[b"interface LoopBack0"] == ["description 涟源市".encode()]
    assert server.device.saves == 1
    assert len(server.logins) == 2
    assert driver.compare_config() == ""
    driver.commit_config()
    assert server.device.saves == 1
    driver.rollback()
    assert server.device.config[b"interface LoopBack0"] == []
    assert server.device.saves == 2
    driver.close()


def test_gbk_descriptions_stay_what_they_are(servers, vrp, target):
    """A device that speaks GBK is read byte for byte, compared as text, and told GBK."""
    device = vrp()
    device.config[b"interface LoopBack0"] = ["description 端口0 上联核心".encode("gb18030")]
    server = servers.start(device)
    driver = open_driver(target(server))
    assert driver.running() == device.text()
    driver.load_merge_candidate(config="interface LoopBack0\n description 端口0 上联核心\n")
    assert driver.compare_config() == ""
    driver.load_merge_candidate(config="interface LoopBack0\n description 涟源市政府\n")
    driver.commit_config()
    driver.close()
    assert device.config[b"interface LoopBack0"] == ["description 涟源市政府".encode("gb18030")]


def test_a_refused_line_takes_the_change_back(servers, vrp, target):
    """What was applied before the refused line is undone, nothing is saved, and the error says so."""
    device = vrp()
    device.config[b"interface LoopBack0"] = [b"description before"]
    server = servers.start(device)
    before = device.text()
    driver = open_driver(target(server))
    driver.load_merge_candidate(
        config="info-center loghost 10.0.0.1\ninterface LoopBack0\n description after\n bad line\n"
    )
    with pytest.raises(CommandError) as caught:
        driver.commit_config()
    driver.close()
    assert caught.value.line == "bad line"
    assert "back where it was" in str(caught.value.hint)
    assert device.text() == before
    assert device.saves == 0


def test_without_a_guard_nothing_that_could_lock_us_out_is_done(servers, vrp, target):
    """The change is refused before a line is sent, and the lines are named; out-of-band management allows it."""
    device = vrp()
    device.config[b"interface GigabitEthernet0/0/0"] = [b"ip address 10.253.0.11 255.255.255.0"]
    server = servers.start(device)
    text = "interface GigabitEthernet0/0/0\n ip address 10.253.0.99 255.255.255.0\n"
    here = ip_interface("10.253.0.11/24")
    driver = open_driver(target(server), management=here)
    driver.load_merge_candidate(config=text)
    with pytest.raises(RefusedError, match=r"10\.253\.0\.99"):
        driver.commit_config()
    with pytest.raises(RefusedError):
        driver.commit_config(revert_in=60)
    driver.close()
    assert not any(b"system-view" in line for line in device.received)
    driver = open_driver(target(server), management=here, out_of_band=True)
    driver.load_merge_candidate(config=text)
    driver.commit_config()
    driver.close()
    assert device.config[b"interface GigabitEthernet0/0/0"] == [b"ip address 10.253.0.99 255.255.255.0"]
    with pytest.raises(RefusedError, match="whole configuration"):
        driver.load_replace_candidate(config=text)


def test_uptime_is_read_in_its_units():
    """Seconds from the vendors' words; unknown is -1, never 0."""
    assert uptime("0 week, 3 days, 2 hours, 5 minutes") == 3 * 86400 + 2 * 3600 + 300
    assert uptime("1 year, 1 week") == 31536000 + 604800
    assert uptime("?") == -1.0
