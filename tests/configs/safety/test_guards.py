"""A device that a change cuts off comes back by itself, and nothing is saved that was not confirmed over a new login.

Each file in `cases/` is a platform, or a kind of device of one (`platform`): its first text, a harmless change, one
that moves the address we arrive at, those that shut us out, and one with a line that the device refuses. `{address}`,
`{gateway}`, `{new}` (another address of the same network) and `{wrong}` (a neighbour that leads nowhere) are filled in.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from configs import driver_cli
from configs.dialects.huawei.driver import HuaweiDriver
from configs.guard import GuardKind
from configs.push import State
from inventory.errors import ExitCode, RefusedError
from tests.patience import until


@dataclass(frozen=True)
class Vendor:
    """One file of `cases/`."""

    platform: str
    interface: str
    text: str
    harmless: str
    move: str
    breaks: dict[str, str]
    refused: str
    guard: str = "none"
    model: str = ""
    enable: str = ""
    login: list[str] = field(default_factory=list)  # of the host's operating system
    allow_reboot: bool = False

    def start(self, worlds, **more):
        login = {"login": tuple(self.login)} if self.login else {}
        given = {"model": self.model, "interface": self.interface, "enable": self.enable, **login, **more}
        return worlds.start(self.platform, self.text, **given)


CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
VENDORS = {path.stem: Vendor(**{"platform": path.stem, **yaml.safe_load(path.read_text())}) for path in CASES}

SOON = 6.0  # seconds of a minute where a test waits for it
AT_ONCE = 4  # vendors that are cut off side by side
SHORT = "gateway"  # the break that the short form makes; the others are as slow and cut in other places
every = pytest.mark.parametrize("vendor", VENDORS.values(), ids=VENDORS)
with_guard = {name: vendor for name, vendor in VENDORS.items() if vendor.guard != "none"}
guarded = pytest.mark.parametrize("vendor", with_guard.values(), ids=with_guard)
broken = pytest.mark.parametrize(
    ("vendor", "change"),
    [
        pytest.param(vendor, change, id=f"{name}-{kind}")
        for name, vendor in VENDORS.items()
        for kind, change in vendor.breaks.items()
        if kind != SHORT
    ],
)


def fill(text, bench) -> str:
    network = IPv4Network(f"{bench.address}/24", strict=False)
    values = {"address": bench.address, "gateway": network[254], "new": network[77], "wrong": network[253]}
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def settled(text) -> str:
    """Without FortiOS's saving mode: it is saved when a guard is armed, and set back by the next push."""
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith("set cfg-"))


@pytest.fixture(autouse=True)
def _short(short):
    del short


@every
def test_a_change_is_made_checked_and_saved(vendor, worlds):
    """Applied, found by a new login, the guard cancelled, saved once; a second push finds nothing to do."""
    bench = vendor.start(worlds)
    saves = bench.device.saves
    result = bench.push(vendor.harmless)
    assert result.error is None
    assert result.state is State.CHANGED
    assert bench.saved() == bench.text()
    assert bench.device.saves > saves
    saves = bench.device.saves
    again = bench.push(vendor.harmless)
    assert (again.state, again.commands) == (State.SAME, ())
    assert bench.device.saves == saves


@every
def test_a_management_address_moves(vendor, worlds):
    """The new address answers, is saved, and no guard is left armed that would take it back."""
    bench = vendor.start(worlds)
    new = IPv4Network(f"{bench.address}/24", strict=False)[77]
    given = {"allow_reboot": vendor.allow_reboot, "out_of_band": vendor.guard == "none"}
    result = bench.push(fill(vendor.move, bench), after=new, **given)
    assert result.error is None
    assert (result.state, result.guard) == (State.CHANGED, GuardKind(vendor.guard))
    assert str(new) in bench.saved()
    assert f"{bench.address} " not in bench.saved()
    assert not any(timer.armed for timer in bench.do(lambda device: list(device.timers.values())))
    assert str(new) in bench.text()
    assert bench.device.boots == 1


def undone(vendor, change, bench) -> None:
    """A change that cuts us off: reachable again at the old address when the timer has run out."""
    before, saved = bench.text(), bench.saved()
    result = bench.push(fill(change, bench), allow_reboot=vendor.allow_reboot)
    if vendor.guard == "none":  # nothing would undo it: it is not begun
        assert (result.state, result.error.exit_code) == (State.UNTOUCHED, ExitCode.REFUSED)
        assert bench.text() == before
        return
    assert result.state is State.RESTORED, result.error
    assert result.guard is GuardKind(vendor.guard)
    assert "back where it was" in str(result.error.hint)
    assert bench.text() == before
    assert bench.saved() == saved
    bench.driver().close()


def test_a_change_that_cuts_us_off_is_undone(worlds):
    """Nothing is saved, and it is reported as such. The vendors wait for their guards side by side."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {
            name: pool.submit(undone, vendor, vendor.breaks[SHORT], vendor.start(worlds, minute=SOON))
            for name, vendor in VENDORS.items()
        }
    assert {name: error for name, done in waiting.items() if (error := done.exception()) is not None} == {}


@pytest.mark.soak
@broken
def test_each_change_that_cuts_us_off_is_undone(vendor, change, worlds):
    """As above, wherever it cuts."""
    undone(vendor, change, vendor.start(worlds, minute=SOON))


@pytest.mark.soak
@guarded
def test_a_device_that_dies_while_armed_comes_back(vendor, worlds):
    """It answers nobody after the change was begun: what runs is as before once the guard has fired."""
    bench = vendor.start(worlds, minute=SOON)
    before, saved = bench.text(), bench.saved()
    new = IPv4Network(f"{bench.address}/24", strict=False)[77]
    driver = bench.driver(allow_reboot=vendor.allow_reboot, after=bench.endpoint(new))
    driver.load_merge_candidate(config=fill(vendor.move, bench))
    driver.begin(driver.running(), driver.change(), 60)
    driver.close()
    bench.suffer(mute=True)
    until(lambda: settled(bench.text()) == settled(before))
    bench.suffer()
    until(bench.answers)
    driver = bench.driver()
    assert settled(bench.text()) == settled(before)
    assert not driver.has_pending_commit()
    driver.close()
    assert settled(bench.saved()) == settled(saved)


@every
def test_a_commit_is_pending_until_another_session_confirms_it(vendor, worlds):
    """NAPALM's way: commit with a timer, roll back; commit again, confirm over a new login, saved only then."""
    bench = vendor.start(worlds)
    before, saved = bench.text(), bench.saved()
    text = vendor.refused.replace(" bogus line\n", "")
    driver = bench.driver()
    if vendor.guard in {"reboot", "none"}:  # a reboot guards only what could cut us off
        driver.load_merge_candidate(config=text)
        with pytest.raises(RefusedError):
            driver.commit_config(revert_in=60)
        driver.close()
        return
    driver.load_merge_candidate(config=text)
    driver.commit_config(revert_in=600)
    assert driver.has_pending_commit()
    with pytest.raises(RefusedError, match="waits to be confirmed"):
        driver.commit_config()
    driver.rollback()
    assert not driver.has_pending_commit()
    assert settled(bench.text()) == settled(before)
    driver.commit_config(revert_in=600)
    driver.close()
    assert settled(bench.saved()) == settled(saved)
    other = bench.driver()
    assert other.has_pending_commit()
    other.confirm_commit()
    assert not other.has_pending_commit()
    with pytest.raises(RefusedError, match="nothing waits"):
        other.confirm_commit()
    other.load_merge_candidate(config=text)
    assert other.compare_config() == ""
    other.close()
    assert bench.saved() == bench.text() != before


@every
def test_a_refused_line_leaves_nothing(vendor, worlds):
    """What was applied before it is taken back, no guard stays armed, nothing is saved."""
    bench = vendor.start(worlds)
    before, saved = bench.text(), bench.saved()
    if vendor.guard == "none":  # what follows the refused line is waited for in vain
        bench.times |= {"command_timeout": 4}
    result = bench.push(vendor.refused)
    assert result.state in {State.RESTORED, State.UNTOUCHED}
    assert result.error.line == "bogus line"
    assert bench.text() == before
    assert bench.saved() == saved
    driver = bench.driver()
    assert not driver.has_pending_commit()
    driver.close()


@pytest.mark.parametrize("allowed", [False, True])
def test_ios_without_an_archive_has_its_reload_timer(allowed, worlds):
    """Without EEM too: refused, with the hint, unless a reboot is allowed; cancelled when all is well."""
    vendor = VENDORS["cisco_ios_eem"]
    # The emulated Catalyst has an image without EEM.
    own = {"model": "WS-C3560G-24TS", "interface": "Vlan1"}
    changed = {key: getattr(vendor, key).replace("GigabitEthernet0/1", "Vlan1") for key in ("text", "move")}
    vendor = replace(vendor, **own, **changed)
    bench = vendor.start(worlds)
    new = IPv4Network(f"{bench.address}/24", strict=False)[77]
    result = bench.push(fill(vendor.move, bench), after=new, allow_reboot=allowed)
    if not allowed:
        assert result.state is State.UNTOUCHED
        assert "--allow-reboot" in str(result.error.hint)
        return
    assert (result.state, result.guard) == (State.CHANGED, GuardKind.REBOOT), result.error
    assert not any(timer.armed for timer in bench.do(lambda device: list(device.timers.values())))
    assert (bench.device.boots, str(new) in bench.saved()) == (1, True)


@pytest.fixture
def no_commit_delay(monkeypatch):
    """A release of Comware that does not know `configuration commit delay`."""
    from configs.dialects.hp_comware.driver import HpComwareDriver

    real = HpComwareDriver._knows

    async def knows(self, unfinished):
        return "commit" not in unfinished and await real(self, unfinished)

    monkeypatch.setattr(HpComwareDriver, "_knows", knows)


@pytest.mark.usefixtures("no_commit_delay")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param("gateway", marks=pytest.mark.soak),
        pytest.param("move", marks=pytest.mark.soak),
        "refused",
        "harmless",
    ],
)
def test_a_job_of_the_device_restores_where_there_is_no_trial(change, worlds):
    """The scheduler goes back to the copy from before; a change that is confirmed leaves neither job nor copy."""
    vendor = VENDORS["hp_comware"]
    bench = vendor.start(worlds)
    before = bench.text()
    new = IPv4Network(f"{bench.address}/24", strict=False)[77]
    text = vendor.breaks.get(change) or getattr(vendor, change)
    result = bench.push(fill(text, bench), after=new if change == "move" else None)
    assert result.guard is GuardKind.SCHEDULED_RESTORE
    if change in {"move", "harmless"}:
        assert result.state is State.CHANGED, result.error
        assert bench.saved() == bench.text()
        assert not any(timer.armed for timer in bench.do(lambda device: list(device.timers.values())))
        assert bench.text() == bench.saved() != before
        assert not any("govnet" in name for name in bench.do(lambda device: list(device.files)))
    else:
        assert result.state is State.RESTORED, result.error
        assert bench.text() == before
        assert bench.saved() == before
    assert "scheduler" not in bench.text()


def test_a_device_that_is_slower_than_its_guard_is_sent_no_line_behind_it(worlds, monkeypatch):
    """The guard would be over before the change: what is left is not sent, and what was sent goes back."""
    minute = 2.0
    monkeypatch.setattr(driver_cli, "GUARD_SHARE", driver_cli.GUARD_SHARE * minute / 60)
    vendor = VENDORS["hp_comware"]
    bench = vendor.start(worlds, minute=minute)
    before, saved = bench.text(), bench.saved()
    many = "".join(f"interface LoopBack{number}\n description x\n" for number in range(20, 32))
    bench.suffer(slow=0.2)
    result = bench.push(many + fill(vendor.breaks["filter"], bench))
    bench.suffer()
    assert bench.answers()
    assert (result.state, bench.text(), bench.saved()) == (State.RESTORED, before, saved)
    assert "its guard would end before the change does" in str(result.error.message)


def test_what_a_reboot_took_back_before_it_was_saved_is_not_called_done(worlds, monkeypatch):
    """It boots between the confirmation and the saving: what it runs is looked at before the second attempt to save."""
    vendor = VENDORS["huawei"]
    bench = vendor.start(worlds)
    saved = bench.saved()
    save = HuaweiDriver.save

    def boot(driver):
        monkeypatch.setattr(HuaweiDriver, "save", save)
        bench.do(lambda device: device.reboot())
        until(bench.answers)
        save(driver)

    monkeypatch.setattr(HuaweiDriver, "save", boot)
    result = bench.push(vendor.harmless)
    assert result.state is State.UNKNOWN
    assert "rebooted" in str(result.error.hint)
    assert bench.saved() == saved
    assert bench.push(vendor.harmless).state is State.CHANGED
