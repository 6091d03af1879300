"""Devices that speak telnet only: the promises of SSH hold there too, for reading, changing and being cut off."""

from __future__ import annotations

import time
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from configs.channel import Carrier
from configs.guard import GuardKind
from configs.push import Quiet, State
from configs.push.one import backup_one
from inventory.errors import DeviceError, ExitCode, LoginError
from tests.patience import PATIENCE

HERE = Path(__file__).parent / "cases"
# How a case's first text is made one of a device that takes telnet and no SSH.
CHANGES = {
    "cisco_ios": (("transport input ssh", "transport input telnet"),),
    "huawei": (
        ("service-type ssh", "service-type telnet"),
        ("stelnet server enable", "telnet server enable"),
        ("protocol inbound ssh", "protocol inbound telnet"),
        ("destination-port eq 22", "destination-port eq 23"),
    ),
    "hp_comware": (
        ("service-type ssh", "service-type telnet"),
        ("ssh server enable", "telnet server enable"),
        ("protocol inbound ssh", "protocol inbound telnet"),
        ("destination-port eq 22", "destination-port eq 23"),
    ),
}
every = pytest.mark.parametrize("platform", CHANGES)
# netmiko's logins sleep for seconds between two looks; here a quarter of it.
HURRY = 4
SLEEPERS = ("netmiko.base_connection", "netmiko.cisco_base_connection", "netmiko.huawei.huawei")
TIMES = {"connect_timeout": 30, "login_timeout": 60, "command_timeout": 30}
# Where a test waits for a device that says nothing any more.
SILENT = {"connect_timeout": 5, "login_timeout": 10, "command_timeout": 6}


def case_of(platform) -> dict:
    text = (HERE / f"{platform}.yaml").read_text(encoding="utf-8")
    for old, new in CHANGES[platform]:
        text = text.replace(old, new)
    return yaml.safe_load(text)


class Hurried:
    """The module `time` with shorter sleeps."""

    def __getattr__(self, name):
        return getattr(time, name)

    def sleep(self, seconds):
        time.sleep(seconds / HURRY)


@pytest.fixture(autouse=True)
def _short(short, monkeypatch):
    del short
    for module in SLEEPERS:
        monkeypatch.setattr(f"{module}.time", Hurried())


@pytest.fixture
def start(worlds, monkeypatch):
    """A platform's device, reached by telnet at a port that counts as telnet's."""

    def make(platform, *, more="", **given):
        case = case_of(platform)
        given |= {key: case[key] for key in ("model", "interface", "enable") if key in case}
        bench = worlds.start(platform, case["text"] + more, telnet=True, **given)
        bench.times = TIMES.copy()
        monkeypatch.setattr("configs.channel.TELNET_PORT", bench.port)
        assert bench.target().carrier is Carrier.TELNET
        return bench, case

    return make


def fill(text, bench) -> str:
    network = IPv4Network(f"{bench.address}/24", strict=False)
    values = {"address": bench.address, "gateway": network[254], "new": network[77], "wrong": network[253]}
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@every
def test_a_change_is_made_checked_and_saved(platform, start):
    """Applied, found by a new login, saved; nothing is left of a guard; a second push finds nothing to do."""
    bench, case = start(platform)
    result = bench.push(case["harmless"])
    assert result.error is None, (result.error, result.error.hint)
    assert result.state is State.CHANGED
    assert bench.saved() == bench.text()
    assert "涟源市" in bench.saved()
    assert not any(timer.armed for timer in bench.do(lambda device: list(device.timers.values())))
    again = bench.push(case["harmless"])
    assert (again.state, again.commands) == (State.SAME, ())


@every
def test_a_management_address_moves(platform, start):
    """Confirmed over a new telnet login at the new address, and saved."""
    bench, case = start(platform)
    new = IPv4Network(f"{bench.address}/24", strict=False)[77]
    result = bench.push(fill(case["move"], bench), after=new, allow_reboot=case.get("allow_reboot", False))
    assert result.error is None, (result.error, result.error.hint)
    assert (result.state, result.guard) == (State.CHANGED, GuardKind(case["guard"]))
    assert str(new) in bench.saved()
    assert f"{bench.address} " not in bench.saved()
    assert bench.device.boots == 1


@pytest.mark.parametrize(
    ("platform", "kind"),
    [
        ("huawei", "gateway"),
        pytest.param("huawei", "filter", marks=pytest.mark.soak),
        pytest.param("hp_comware", "gateway", marks=pytest.mark.soak),
        pytest.param("hp_comware", "filter", marks=pytest.mark.soak),
        pytest.param("cisco_ios", "gateway", marks=pytest.mark.soak),
        pytest.param("cisco_ios", "filter", marks=pytest.mark.soak),
    ],
)
def test_a_change_that_cuts_us_off_is_undone(platform, kind, start):
    """Reachable again when the timer has run out, nothing saved, and reported as such."""
    # A push waits for two of netmiko's logins before it can confirm.
    bench, case = start(platform, minute=8.0)
    bench.times = SILENT.copy()
    before, saved = bench.text(), bench.saved()
    result = bench.push(fill(case["breaks"][kind], bench), allow_reboot=case.get("allow_reboot", False))
    assert result.state is State.RESTORED, (result.error, result.error.hint)
    assert bench.text() == before
    assert bench.saved() == saved
    bench.driver().close()


@every
def test_a_refused_line_leaves_nothing(platform, start):
    """What was applied before it is taken back, nothing is saved."""
    bench, case = start(platform)
    before, saved = bench.text(), bench.saved()
    result = bench.push(case["refused"])
    assert result.state in {State.RESTORED, State.UNTOUCHED}
    assert result.error.line == "bogus line"
    assert bench.text() == before
    assert bench.saved() == saved


@every
def test_gbk_comes_and_goes_byte_for_byte(platform, start):
    """A backup holds the device's own bytes, a push speaks to it in its own encoding."""
    bench, case = start(platform, more=case_of(platform)["harmless"], encoding="gb18030")
    driver = bench.driver()
    assert "涟源市".encode("gb18030") in driver.running()
    driver.close()
    found = backup_one(bench.job(""), Quiet(), None)
    assert found.error is None
    assert "涟源市".encode() in found.text or "涟源市".encode("gb18030") in found.text
    result = bench.push(case["harmless"].replace("涟源", "娄底"))
    assert result.error is None, (result.error, result.error.hint)
    assert result.state is State.CHANGED
    assert "娄底市" in bench.saved()
    assert "涟源市" not in bench.saved()


@every
def test_a_mute_device_is_not_touched(platform, start):
    """It takes the connection and says nothing: an error of its own in time, and nothing is said of a change."""
    bench, case = start(platform)
    before = bench.text()
    bench.suffer(mute=True)
    bench.times |= {"connect_timeout": 1, "login_timeout": 1.5}
    begun = time.monotonic()
    result = bench.push(case["harmless"])
    assert time.monotonic() - begun < PATIENCE
    assert result.state is State.UNTOUCHED
    assert isinstance(result.error, DeviceError)
    assert result.error.exit_code is ExitCode.DEVICES_FAILED
    bench.suffer()
    assert bench.text() == before


@every
def test_noise_is_never_taken_for_a_configuration(platform, start):
    """Line noise in what is read: the push is refused or fails, and what is saved is as it was."""
    bench, case = start(platform)
    before, saved = bench.text(), bench.saved()
    bench.times = SILENT.copy()
    bench.suffer(garbage=5)
    result = bench.push(case["harmless"])
    assert result.state is not State.CHANGED
    assert result.error is not None
    bench.suffer()
    assert bench.saved() == saved
    if result.state is State.UNTOUCHED:
        assert bench.text() == before


@every
def test_a_wrong_password_is_a_login_error(platform, start):
    """Told as such, and the device is untouched."""
    bench, case = start(platform)
    bench.suffer(wrong_password=True)
    bench.times |= {"login_timeout": 40}
    result = bench.push(case["harmless"])
    assert result.state is State.UNTOUCHED
    assert isinstance(result.error, LoginError)
