"""The driver of Linux gateways against real ones: files in force, the guard, what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from configs import push as pushing
from configs.dialects import platforms
from configs.dialects.linux import driver as linux
from configs.drivers import driver_for
from configs.guard import GuardKind
from configs.render import render
from inventory import workspace
from inventory.errors import CommandError, NotBegunError, RefusedError
from ipplan import plan
from lab import checks, control
from tests.lab.netns import three_gateways
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.driver import Driver
    from lab.state import LabState

pytestmark = pytest.mark.lab
RULE = '\t\tiifname "lo" accept\n'
MORE = '\t\tiifname "eth1" tcp dport 9 accept\n'


@dataclass(frozen=True)
class Bench:
    """A gateway that runs, and what it was rendered to."""

    state: LabState
    text: str
    job: pushing.Job

    def driver(self) -> Driver:
        """A driver, logged in."""
        made = driver_for("linux").for_target(self.job.target, management=self.job.management)
        made.open()
        return made

    def rules(self) -> str:
        """What the kernel filters."""
        return checks.run(self.state, "gw-a", "nft", "list", "ruleset").stdout

    def saved(self, path: str) -> str:
        """A file that holds after a reboot."""
        return checks.run(self.state, "gw-a", "cat", path).stdout


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One of three gateways with tunnels to both others."""
    root = three_gateways.make(tmp_path_factory.mktemp("driver") / "three")
    state = control.up(root, backend_name="netns")
    try:
        loaded = workspace.load(root, platforms=platforms())
        device = loaded.inventory.devices["gw-a"]
        text = render(loaded, plan.read(root / "plan" / "plan.csv"), "gw-a").reveal()
        with state.entered():
            [job] = pushing.jobs(loaded, [device], {}, state.endpoints())
            yield Bench(state, text, job)
    finally:
        control.down(root)


def test_what_is_in_force_is_shown_as_it_was_rendered(bench: Bench) -> None:
    """Byte for byte; there is nothing to send, and a guard can be had."""
    driver = bench.driver()
    assert driver.running().decode() == bench.text
    driver.load_merge_candidate(config=bench.text)
    assert driver.change().empty
    assert driver.guard().kind is GuardKind.TIMED_RESTORE
    driver.close()


def test_what_nobody_confirms_is_taken_back(bench: Bench) -> None:
    """A rule and an address are there, then are not, and nothing was saved."""
    driver = bench.driver()
    lan = next(line for line in bench.text.splitlines() if line.startswith("address replace 10.160."))
    wanted = bench.text.replace(RULE, RULE + MORE).replace(lan, f"{lan}\naddress replace 10.99.0.1/24 dev eth1")
    driver.load_replace_candidate(config=wanted)
    driver.commit_config(revert_in=4)
    assert driver.running().decode() == wanted
    assert "tcp dport 9 accept" in bench.rules()
    assert "10.99.0.1/24" in checks.run(bench.state, "gw-a", "ip", "address").stdout
    assert driver.has_pending_commit()
    until(lambda: not driver.has_pending_commit(), "the guard has not ended")
    until(lambda: driver.running().decode() == bench.text, "it has not gone back")
    until(lambda: "tcp dport 9" not in bench.rules(), "the rule is still there")
    assert "10.99.0.1" not in checks.run(bench.state, "gw-a", "ip", "address").stdout
    assert MORE not in bench.saved("/etc/nftables.conf")
    driver.close()


def test_what_is_confirmed_is_saved_and_a_way_back_leads_home(bench: Bench) -> None:
    """Files below /etc are the new ones only then; the tunnels that are the same were not touched."""
    checks.wait_tunnels(bench.state, PATIENCE)
    sa = checks.run(bench.state, "gw-a", "swanctl", "--list-sas", "--raw").stdout.partition("uniqueid=")[2].split()[0]
    driver = bench.driver()
    driver.load_replace_candidate(config=bench.text.replace(RULE, RULE + MORE))
    driver.commit_config()
    assert MORE in bench.saved("/etc/nftables.conf")
    assert not driver.has_pending_commit()
    driver.load_way_back(bench.text.encode())
    driver.commit_config()
    assert bench.saved("/etc/nftables.conf") in bench.text
    assert "tcp dport 9" not in bench.rules()
    assert f"uniqueid={sa} " in checks.run(bench.state, "gw-a", "swanctl", "--list-sas", "--raw").stdout
    driver.close()


def test_another_key_is_found_at_once(bench: Bench) -> None:
    """Its tunnel does not come up again till the key is right; the other stays as it was."""
    driver = bench.driver()
    head, _, rest = bench.text.partition("\tike-vpn-ab {")
    driver.load_replace_candidate(config=head + "\tike-vpn-ab {" + rest.replace('secret = "', 'secret = "no-', 1))
    driver.commit_config()
    up = {name for name, one in checks.tunnels(bench.state, "gw-a").items() if one.installed}
    assert up == {"vpn-ma"}
    driver.load_way_back(bench.text.encode())
    driver.commit_config()
    until(
        lambda: (
            {name for name, one in checks.tunnels(bench.state, "gw-a").items() if one.installed} == {"vpn-ab", "vpn-ma"}
        ),
        lambda: checks.run(bench.state, "gw-a", "tail", "-30", "/var/log/charon.log").stdout,
    )
    driver.close()


def test_what_is_refused(bench: Bench) -> None:
    """Rules that nftables does not take are found before anything is done; other daemons' files are not touched."""
    driver = bench.driver()
    for old, new, refused in (
        (RULE, "\t\tiifname lo frobnicate\n", NotBegunError),
        ("MaxAuthTries 3", "MaxAuthTries 4", RefusedError),
        ("10.250.0.1/24 dev eth2", "10.250.0.9/24 dev eth2", RefusedError),
    ):
        driver.load_replace_candidate(config=bench.text.replace(old, new))
        with pytest.raises(refused):
            driver.commit_config()
        assert driver.running().decode() == bench.text
        assert not driver.has_pending_commit()
    with pytest.raises(CommandError):
        driver.cli(["show version"])
    left = set(checks.run(bench.state, "gw-a", "ls", "-A", linux.FOLDER).stdout.split())
    assert left.isdisjoint({"candidate", "before", "back", "new", "was", "host"}), "secrets stay on the host"
    driver.close()
