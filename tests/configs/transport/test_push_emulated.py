"""The whole way on the emulated devices of the example: rendered, pushed, pushed again, archived, undone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_interface
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import guard
from configs import push as pushing
from configs.dialects import platforms
from configs.drivers import driver_for
from configs.guard import GuardKind
from configs.operations import Operations
from configs.push import State
from inventory import workspace
from inventory.endpoints import Endpoint
from inventory.errors import DeviceUnreachableError
from inventory.filters import select
from lab import control
from lab.backend import Fault
from tests.patience import PATIENCE

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"
GOVNET = Path(sys.executable).with_name("govnet")
GOOD = ("core-city", "rt-lantian", "rt-liumutang", "rt-meijiang")
WHERE = f"name in ({', '.join((*GOOD, 'rt-shimashan', 'rt-anping'))})"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Six devices of the example: two of each kind; one Huawei refuses the password, one FRR is switched off."""
    root = tmp_path_factory.mktemp("push") / "lianyuan"
    left_out = shutil.ignore_patterns("secrets", ".lab", "archive", "reports")
    shutil.copytree(EXAMPLE, root, ignore=left_out)
    invent_secrets(workspace.load(root))
    faults = {"rt-shimashan": Fault.WRONG_PASSWORD, "rt-anping": Fault.DOWN}
    state = control.up(root, backend_name="emulated", where=WHERE, faults=faults)
    yield root, state
    control.down(root)


def govnet(*arguments):
    """Run the console script; its exit code and what it printed."""
    done = subprocess.run(
        [str(GOVNET), "--lang", "en", *arguments],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout, done.stderr.decode()


def test_push_twice_and_back_up(lab):
    """Exit code 3 names the two bad devices; all others are done, once; the archive has their texts, secrets masked."""
    root, _state = lab
    code, out, _err = govnet("config", "push", "--lab", "--where", WHERE, "--json", "-w", str(root))
    dry = json.loads(out)
    assert (code, dry["dry_run"], dry["ok"]) == (3, True, False)
    code, out, _err = govnet("config", "push", "--lab", "--where", WHERE, "--commit", "--json", "-w", str(root))
    first = {item["name"]: item for item in json.loads(out)["devices"]}
    assert code == 3
    assert {name for name, item in first.items() if item["state"] == "changed"} == set(GOOD)
    assert first["rt-shimashan"]["error"]["kind"] == "LoginError"
    assert first["rt-anping"]["error"]["kind"] == "DeviceUnreachableError"
    assert first["rt-liumutang"]["guard"] == "timed-restore"
    code, out, _err = govnet("config", "push", "--lab", *GOOD, "--commit", "--json", "-w", str(root))
    again = json.loads(out)
    assert (code, again["ok"]) == (0, True)
    assert {(item["state"], item["sent"], item["added"], item["removed"]) for item in again["devices"]} == {
        ("same", 0, 0, 0)
    }
    code, out, err = govnet("config", "push", "rt-shimashan", "--lab", "-w", str(root))
    assert code == 3
    assert "refused the login of govnet" in err
    assert "hint:" in err

    logged = list(Operations(root).entries())
    assert [entry.what for entry in logged if entry.what != "push.device"] == ["push.start"] * 2
    assert len(logged) == 2 + 6 + 4
    told = {entry.about["device"]: entry.about["state"] for entry in logged[:7] if entry.what == "push.device"}
    assert told == {name: item["state"] for name, item in first.items()}

    code, out, err = govnet("config", "backup", "--lab", *GOOD, "--json", "-w", str(root))
    assert code == 0, err
    commit = json.loads(out)["commit"]
    code, out, _err = govnet("config", "backup", "--lab", *GOOD, "--json", "-w", str(root))
    assert json.loads(out)["commit"] == commit
    secrets = [path.read_text().strip().encode() for path in (root / "secrets").iterdir()]
    for name in GOOD:
        code, out, _err = govnet("config", "show", name, "-w", str(root))
        assert code == 0
        assert name.encode() in out
        assert not [secret for secret in secrets if secret in out]
    today = datetime.now(UTC).astimezone().date()
    assert govnet("config", "show", GOOD[0], "--at", str(today), "-w", str(root))[0] == 0
    code, _out, err = govnet("config", "show", GOOD[0], "--at", str(today - timedelta(days=2)), "-w", str(root))
    assert code == 2
    assert "govnet config backup" in err
    assert not (root / "known_hosts").exists()  # a lab's keys are not those of the real devices


def test_a_push_does_not_go_round_the_second_person(lab):
    """Where rollout.yaml wants an approval a push is refused before a device is asked; a rehearsal is not."""
    root, _state = lab
    (root / "rollout.yaml").write_text("approval: yes\n", encoding="utf-8")
    try:
        code, _out, err = govnet("config", "push", *GOOD, "--commit", "-w", str(root))
        rehearsed = govnet("config", "push", "--lab", GOOD[0], "--commit", "-w", str(root))[0]
    finally:
        (root / "rollout.yaml").unlink()
    assert (code, rehearsed) == (4, 0)
    assert "govnet rollout start" in err


def test_copies_with_secrets_are_logged(lab):
    """Who made copies that hold secrets, of which devices, stands in the operations log."""
    pytest.importorskip("pyrage", reason="sealed copies need govnet[age]")
    root, _state = lab
    words = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(root / "safe"))
    subprocess.run(words, check=True, timeout=PATIENCE)
    code, _out, err = govnet(
        "config", "backup", "--lab", GOOD[1], "--sealed-for", str(root / "safe.pub"), "-w", str(root)
    )
    assert code == 0, err
    entries = [entry for entry in Operations(root).entries() if entry.about.get("names") == GOOD[1]]
    assert [entry.what for entry in entries] == ["backup.sealed", "backup.done"]


def _driver(lab, name):
    root, state = lab
    loaded = workspace.load(root, platforms=platforms())
    (device,) = select(loaded.inventory, f"name={name}")
    (job,) = pushing.jobs(loaded, [device], {}, state.endpoints())
    driver = driver_for(device.platform).for_target(job.target, out_of_band=True)
    driver.open()
    return driver


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("core-city", "interface Loopback9\n description 涟源市\n", GuardKind.REVERT_TIMER),
        ("rt-liumutang", "interface lo\n description 涟源市\n", GuardKind.TIMED_RESTORE),
    ],
)
def test_a_guarded_change_can_be_undone_or_confirmed(lab, name, text, kind):
    """Pending until confirmed, gone after a rollback, saved after a confirmation from another session."""
    driver = _driver(lab, name)
    if kind is GuardKind.REVERT_TIMER:
        driver.load_merge_candidate(config="archive\n path flash:archive\n")
        driver.commit_config()
    before = driver.running()
    assert driver.guard(before).kind is kind
    driver.load_merge_candidate(config=text)
    driver.commit_config(revert_in=60)
    assert driver.has_pending_commit()
    driver.rollback()
    assert not driver.has_pending_commit()
    assert driver.compare_config() != ""
    driver.commit_config(revert_in=60)
    driver.close()
    other = _driver(lab, name)
    assert other.has_pending_commit()
    other.confirm_commit()
    assert not other.has_pending_commit()
    other.load_merge_candidate(config=text)
    assert other.compare_config() == ""
    other.close()


@pytest.mark.parametrize(
    ("name", "vendor"), [("core-city", "Cisco"), ("rt-lantian", "Huawei"), ("rt-liumutang", "FRRouting")]
)
def test_facts_are_read(lab, name, vendor):
    """Name, model and version of each kind; the management address is among the addresses."""
    driver = _driver(lab, name)
    facts = driver.get_facts()
    addresses = driver.get_interfaces_ip()
    driver.close()
    assert (facts["vendor"], facts["hostname"]) == (vendor, name)
    assert facts["os_version"]
    assert facts["interface_list"]
    assert any(ip.startswith("10.253.") for families in addresses.values() for ip in families.get("ipv4", {}))


def _moved(lab, name, address, after):
    """A job that gives a device another management address."""
    root, state = lab
    loaded = workspace.load(root, platforms=platforms())
    (device,) = select(loaded.inventory, f"name={name}")
    (job,) = pushing.jobs(loaded, [device], {}, state.endpoints())
    text = f"interface {device.management_interface}\n ip address {address}\n"
    return replace(job, intended=text, after=after)


def test_a_device_that_is_lost_comes_back_by_itself(lab, monkeypatch):
    """The new address is not where we look for it: the guard fires, and the result says that all is as it was."""
    monkeypatch.setattr(guard, "SHORTEST", 6)
    job = _moved(lab, "rt-liumutang", "10.253.0.77/24", None)
    (result,) = pushing.push([job], commit=True)
    assert result.guard is GuardKind.TIMED_RESTORE
    assert isinstance(result.error, DeviceUnreachableError)
    assert result.state is State.RESTORED


def test_a_device_moves_to_a_new_address_and_back(lab):
    """The session ends with the line that moves it; a new login at the new address checks, confirms and saves."""
    _root, state = lab
    port = state.nodes["rt-liumutang"].ssh.port
    there = Endpoint("127.253.0.77", port)
    job = _moved(lab, "rt-liumutang", "10.253.0.77/24", there)
    (result,) = pushing.push([job], commit=True)
    assert (result.state, result.error) == (State.CHANGED, None)
    back = replace(
        job,
        target=replace(job.target, endpoint=there),
        management=ip_interface("10.253.0.77/24"),
        intended=job.intended.replace("10.253.0.77", "10.253.0.12"),
        after=job.target.endpoint,
    )
    (result,) = pushing.push([back], commit=True)
    assert (result.state, result.error) == (State.CHANGED, None)
