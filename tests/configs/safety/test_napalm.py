"""NAPALM's own test suite for drivers, run on ours against emulated devices, for the getters that they have."""

from __future__ import annotations

from importlib.metadata import packages_distributions
from pathlib import Path
from types import SimpleNamespace

import napalm
import pytest
import yaml
from napalm.base.test import conftest as suite

suite.NAPALM_TEST_MOCK = 0  # a device that answers, not recorded files
from napalm.base.test.getters import BaseTestGetters  # noqa: E402 - it reads the line above

from configs.dialects import dialect, platforms  # noqa: E402 - as above
from configs.driver_napalm import NapalmDriver  # noqa: E402
from configs.drivers import driver_for  # noqa: E402
from inventory.errors import DeviceUnreachableError, RefusedError  # noqa: E402

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
CASES = {name: case for name, case in CASES.items() if "platform" not in case}  # one of each platform
GETTERS = ("test_is_alive", "test_get_facts", "test_get_interfaces_ip", "test_get_config")


class Suite(BaseTestGetters):
    """NAPALM's class; what it has is called by name below, so that a missing getter is no skipped test."""


@pytest.fixture(params=sorted(CASES))
def device(request, worlds):
    """A device, opened as NAPALM's users open it."""
    case = CASES[request.param]
    login = {"login": tuple(case["login"])} if "login" in case else {}
    bench = worlds.start(request.param, case["text"], model=case.get("model", ""), interface=case["interface"], **login)
    options = {"port": bench.port, "known_hosts": bench.folder / "keys", "secret": case.get("enable", "")}
    kind = napalm.get_network_driver(request.param)
    made = kind(bench.endpoint().host, *bench.login, timeout=10, optional_args=options)
    made.open()
    yield SimpleNamespace(driver=made, kind=kind, bench=bench)
    made.close()


@pytest.mark.parametrize("getter", GETTERS)
def test_the_getters_pass_napalms_suite(device, getter):
    """Each getter's data fit NAPALM's models, and they are not empty."""
    tests = Suite()
    tests.device, tests.driver = device.driver, device.kind
    getattr(tests, getter)("emulated")


def test_the_signatures_are_napalms(device):
    """NAPALM's own check: every public method is one of its base class, with the same parameters."""
    tests = Suite()
    tests.driver = device.kind
    tests.test_method_signatures()


def test_what_is_got_is_the_devices(device):
    """The management address is among the addresses; a look is a look, and what changes something is refused."""
    here = str(device.bench.address)
    assert any(here in found.get("ipv4", {}) for found in device.driver.get_interfaces_ip().values())
    assert here in device.driver.get_config(retrieve="running")["running"]
    command = getattr(driver_for(device.bench.platform), "show_running", "show running-config")
    assert here in device.driver.cli([command])[command]
    with pytest.raises(RefusedError, match="only shows"):
        device.driver.cli(["reboot"])


def test_every_platform_that_is_spoken_to_is_found():
    """By the platform's name, without hiding a driver of NAPALM's own; the package's name is ours alone."""
    spoken = {name for name in platforms() if dialect(name).driver() is not None}
    for name in spoken:
        kind = napalm.get_network_driver(name)
        assert issubclass(kind, NapalmDriver)
        assert kind.platform == name
    for own in ("ios", "junos", "eos", "nxos", "iosxr"):
        assert napalm.get_network_driver(own).__module__.startswith("napalm.")
    assert set(packages_distributions().get("custom_napalm", ["govnet"])) == {"govnet"}


class FakeJunos:
    """NAPALM's Junos driver as far as ours calls it."""

    def __init__(self):
        self.running, self.candidate, self.pending, self.calls = "system { host-name a; }", "", False, []

    def open(self):
        self.calls.append("open")

    def close(self):
        self.calls.append("close")

    def is_alive(self):
        return {"is_alive": True}

    def get_config(self, retrieve):
        return {retrieve: self.running}

    def discard_config(self):
        self.candidate = ""

    def load_merge_candidate(self, config):
        self.candidate = config

    load_replace_candidate = load_merge_candidate

    def compare_config(self):
        return "" if self.candidate in ("", self.running) else f"[edit]\n- {self.running}\n+ {self.candidate}\n"

    def commit_config(self, revert_in=None):
        self.calls.append(f"commit {revert_in}")
        self.before, self.running, self.pending = self.running, self.candidate, revert_in is not None

    def confirm_commit(self):
        self.calls.append("confirm")
        self.pending = False

    def has_pending_commit(self):
        return self.pending


def test_junos_is_napalms_own_driver_in_our_order(monkeypatch, tmp_path):
    """A guarded commit, a new login, a confirmation; a rollback puts back what was before."""
    from configs.dialects.juniper_junos.driver import JunosDriver

    fake = FakeJunos()
    monkeypatch.setattr(JunosDriver, "_made", lambda _self: fake)
    driver = driver_for("juniper_junos")("192.0.2.1", "admin", "x", optional_args={"known_hosts": tmp_path / "k"})
    with pytest.raises(DeviceUnreachableError):
        driver.running()
    driver.open()
    driver.load_merge_candidate(config="system { host-name b; }")
    assert "host-name b" in driver.compare_config()
    driver.commit_config()
    assert fake.calls == ["open", "commit 120", "close", "open", "confirm"]
    assert not driver.has_pending_commit()
    driver.rollback()
    assert fake.running == "system { host-name a; }"
    driver.close()
    assert driver.is_alive() == {"is_alive": False}
