"""The product's own push, through a routed network, to a device with a text that is not all known to its emulator."""

from __future__ import annotations

from ipaddress import ip_interface

import pytest

from configs import push as pushing
from configs.channel import Login, Target
from configs.guard import GuardKind
from configs.push import Job, Quiet, State
from inventory.endpoints import Endpoint
from inventory.secrets import Secret
from tests.lab.fronts.conftest import LOGIN
from tests.lab.fronts.test_fronts import TEXT, VRP8, vrp
from tests.patience import until

pytestmark = pytest.mark.lab
TIMES = {"connect_timeout": 3, "login_timeout": 10, "command_timeout": 30}
TEXTS = {"huawei": TEXT, "huawei_vrpv8": VRP8}


def pushed(lab, folder, platform, intended):
    """What became of a push of a whole text from the management station."""
    target = Target(
        "dev",
        platform,
        Endpoint("10.0.2.2", 22),
        Login(LOGIN[0], Secret(LOGIN[1])),
        known_hosts=folder / "known_hosts",
        **TIMES,
    )
    job = Job(target, intended, management=ip_interface("10.0.2.2/24"), allow_reboot=True)
    with lab.state.entered():
        return pushing.push_one(job, commit=True, observer=Quiet())


@pytest.mark.parametrize("platform", sorted(TEXTS))
def test_a_sound_change_is_pushed_checked_and_saved(platform, network, tmp_path):
    """Strange lines are sent like others; behind the push the device runs and has saved what was intended."""
    text = TEXTS[platform]
    lab = network(vrp(text, platform=platform))
    intended = text.replace("some-feature 7", "some-feature 7\n some-feature 8").replace("上联", "Uplink")
    result = pushed(lab, tmp_path, platform, intended)
    assert result.ok, result
    seen = lab.inspect()
    assert (seen["text"], seen["saved"]) == (intended, intended)
    assert (seen["standing"], seen["armed"], seen["boots"]) == (True, False, 1)
    assert seen["kept"] == [["interface GigabitEthernet0/0/0", "some-feature 8"]]


@pytest.mark.parametrize("platform", sorted(TEXTS))
def test_a_change_that_cuts_us_off_is_taken_back_by_the_device(platform, network, tmp_path):
    """The port to the station goes down under the session; nobody gets in until the device's own guard has fired."""
    text = TEXTS[platform]
    lab = network(vrp(text, platform=platform, minute=6.0))
    intended = text.replace(" description 上联\n", " description 上联\n shutdown\n")
    result = pushed(lab, tmp_path, platform, intended)
    assert result.guard is not GuardKind.NONE
    assert not result.ok
    assert result.state in (State.RESTORED, State.UNKNOWN)
    until(lambda: lab.inspect()["text"] == text and lab.inspect()["standing"] and not lab.inspect()["away"])
    assert lab.inspect()["saved"] == text
    assert len(lab.inspect()["loads"]) >= 2
