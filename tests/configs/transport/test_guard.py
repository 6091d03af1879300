"""The guard: when a change may be made, and the script that undoes it on a host with a shell."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path

import pytest

from configs.change import Change
from configs.channel import Login, Target
from configs.dialects.frr import DIALECT, dialogue
from configs.dialects.frr import driver as frr
from configs.guard import NO_GUARD, SHORTEST, Guard, GuardKind, check, timer
from inventory.endpoints import Endpoint
from inventory.errors import RefusedError
from tests.patience import PATIENCE, until

SCRIPT = Path(frr.__file__).parent / "guard"
PATH = {"PATH": os.environ["PATH"]}


@pytest.fixture
def host(tmp_path):
    """A host with the script on it; restoring writes down the restored text instead of calling frr-reload.py."""
    reload = tmp_path / "reload"
    reload.write_text(f'#!/bin/sh\ncat "$4" >> {tmp_path}/restored\n')
    reload.chmod(0o755)
    (tmp_path / "guard").write_bytes(SCRIPT.read_bytes())
    (tmp_path / "before.conf").write_text("hostname rt\n")
    pids = []

    def run(*arguments, check=True):
        done = subprocess.run(
            ["/bin/sh", str(tmp_path / "guard"), *arguments],
            env={"GOVNET_GUARD_RELOAD": str(reload), **PATH},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        pids.extend(int(armed.read_text().split()[0]) for armed in tmp_path.glob("armed.*"))
        if check:
            assert done.returncode == 0, done.stderr
        return done

    run.folder = tmp_path
    run.restored = lambda: (tmp_path / "restored").read_text() if (tmp_path / "restored").exists() else ""
    yield run
    for pid in set(pids):
        try:
            if str(tmp_path) in Path(f"/proc/{pid}/cmdline").read_text():
                os.killpg(pid, 9)
        except (OSError, ProcessLookupError):
            pass


def arm(host, seconds, **more):
    return host("arm", str(seconds), str(host.folder / "before.conf"), **more)


def test_it_fires_when_nobody_comes_back(host):
    """After the time the configuration from before is put back, also when its file was changed meanwhile."""
    assert arm(host, 3).stdout == "armed 3\n"
    assert host("status").stdout.startswith("armed ")
    (host.folder / "before.conf").write_text("something else\n")
    until(host.restored)
    assert host.restored() == "hostname rt\n"
    assert host("status").stdout == "idle fired\n"
    late = host("cancel", check=False)
    assert late.returncode == 1
    assert "too late" in late.stderr


def test_it_is_cancelled(host):
    """After a cancel nothing is restored, its process is gone, and another guard may be armed."""
    arm(host, 600)
    pid = int(next(host.folder.glob("armed.*")).read_text().split()[0])
    assert host("cancel").stdout == "idle\n"
    assert host("status").stdout == "idle\n"
    until(lambda: not Path(f"/proc/{pid}").exists())
    assert host.restored() == ""
    assert host("cancel", check=False).returncode == 1
    arm(host, 600)
    host("cancel")


def test_only_one_is_armed(host):
    """A second one is refused and leaves the first as it is; two at the same moment never both stand."""
    arm(host, 600)
    second = arm(host, 30, check=False)
    assert second.returncode == 1
    assert "already armed" in second.stderr
    host("cancel")
    command = ["/bin/sh", str(host.folder / "guard"), "arm", "600", str(host.folder / "before.conf")]
    for _ in range(5):
        both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in "ab"]
        for process in both:
            process.wait(PATIENCE)
        assert len(list(host.folder.glob("armed.*"))) <= 1
        host("cancel", check=False)


def test_it_survives_the_session_that_armed_it(host):
    """The sleeper is the leader of a session of its own, with no terminal and no pipe of ours."""
    arm(host, 600)
    pid = int(next(host.folder.glob("armed.*")).read_text().split()[0])
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")
    host("cancel")


def test_a_dead_sleeper_is_no_guard(host):
    """After a reboot, or when somebody ended it, status says idle and a new one can be armed."""
    arm(host, 600)
    armed = next(host.folder.glob("armed.*"))
    pid = int(armed.read_text().split()[0])
    until(lambda: os.getpgid(pid) == pid, "it is on its way into a group of its own")
    os.killpg(pid, 9)
    until(lambda: not Path(f"/proc/{pid}/cmdline").exists())
    assert host("status").stdout == "idle\n"
    armed.write_text(f"{os.getpid()} 99999999999\n")  # the number now belongs to another process
    assert host("status").stdout == "idle\n"
    arm(host, 600)
    host("cancel")


def test_the_end_of_a_reload_is_heard_elsewhere(host):
    """Whoever logs in anew waits for it and gets what it said and its exit status, not those of the one before."""
    folder = host.folder
    (folder / "frr.conf").write_text("hostname rt2\n")
    assert host("reload", "60").returncode == 0
    assert host.restored() == "hostname rt2\n"
    assert host("ended", "60").returncode == 0
    (folder / "ended").unlink()
    (folder / "reload").write_text("#!/bin/sh\nsleep 1\necho line 3: % Unknown command >&2\nexit 4\n")
    command = ["/bin/sh", str(folder / "guard"), "reload", "60"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env={"GOVNET_GUARD_RELOAD": str(folder / "reload"), **PATH}, **silent):
        done = host("ended", "60", check=False)
    assert (done.returncode, done.stdout) == (4, "line 3: % Unknown command\n")
    (folder / "ended").unlink()
    none = host("ended", "0", check=False)
    assert (none.returncode, none.stderr) == (1, "the reload has not ended\n")


def test_a_reload_is_ended_on_the_host(host):
    """One that takes too long does not go on beside the guard's own."""
    (host.folder / "reload").write_text("#!/bin/sh\nsleep 240\n")
    began = time.monotonic()
    assert host("reload", "1", check=False).returncode == 124
    assert time.monotonic() - began < PATIENCE
    assert host("ended", "1", check=False).returncode == 124


@pytest.mark.parametrize(
    "arguments", [(), ("arm",), ("arm", "x", "f"), ("arm", "5", "/nowhere"), ("sing",), ("cancel",)]
)
def test_it_says_what_is_wrong(host, arguments):
    """Wrong calls and a cancel of nothing fail with a sentence on stderr."""
    done = host(*arguments, check=False)
    assert done.returncode == 1
    assert done.stderr


def test_what_may_be_done_without_a_guard():
    """Only what does not touch our way in, unless there is another way."""
    harmless, cutting = Change(commands=("a",)), Change(commands=("a",), cuts=("undo ip address",))
    check("rt", harmless, NO_GUARD, out_of_band=False)
    check("rt", cutting, NO_GUARD, out_of_band=True)
    check("rt", cutting, Guard(GuardKind.TIMED_RESTORE), out_of_band=False)
    with pytest.raises(RefusedError, match="undo ip address") as caught:
        check("rt", cutting, NO_GUARD, out_of_band=False)
    assert caught.value.exit_code == 4


def test_the_timer_has_room_and_fits_the_device():
    """Three times what applying may take, at least the shortest; rounded up to what the device counts in."""
    assert timer(Change()) == SHORTEST
    assert timer(Change(commands=("a",) * 1000)) == 1500
    minutes = Guard(GuardKind.REVERT_TIMER, shortest=60, longest=7200, step=60)
    assert [minutes.seconds(wanted) for wanted in (1, 60, 61, 99999)] == [60, 60, 120, 7200]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_another_users_folder_is_not_ours(tmp_path):
    """Everybody may make folders in /var/tmp: a guard script that somebody put there must not be run."""

    def ours():
        command = dialogue.OURS.replace(dialogue.FOLDER, str(tmp_path / "govnet"))
        return subprocess.run(["/bin/sh", "-c", command], timeout=PATIENCE, check=False).returncode == 0

    assert ours()
    (tmp_path / "govnet").mkdir()
    assert ours()
    os.chown(tmp_path / "govnet", 12345, 12345)
    assert not ours()


@pytest.mark.parametrize(
    ("command", "text", "seconds"),
    [
        ("ip route 192.0.2.0/24 Null0", "", 0),
        ("route-map A deny 10", "", 6),
        ("no ip protocol static route-map A", "", 6),
        ("ip prefix-list A seq 5 permit any", "zebra route-map delay-timer 9\n", 10),
        ("access-list A permit any", "router bgp 65000\n bgp route-map delay-timer 12\n", 13),
        ("neighbor 192.0.2.1 route-map A in", "zebra route-map delay-timer 3\n", 4),
    ],
)
def test_what_acts_late_is_waited_for(command, text, seconds):
    """FRR applies route maps and what they use some seconds after the command; everything else at once."""
    assert frr._late(Change(commands=(command,)), text) == seconds


def test_what_acts_after_the_guard_is_refused():
    """Nobody could see in time what the change does; nothing is sent."""
    target = Target("rt", "frr", Endpoint("127.0.0.1", 22), Login("govnet"))
    driver = frr.FrrDriver.for_target(target)
    running = DIALECT.parse(b"zebra route-map delay-timer 60\n")
    intended = DIALECT.parse(b"route-map A deny 10\nexit\n")
    change = Change(commands=("route-map A deny 10",))
    with pytest.raises(RefusedError, match="only after 61 s"):
        asyncio.run(driver._apply(change, running, intended, 120))
