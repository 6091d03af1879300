"""The lab of a workspace as one background process: it outlives who started it, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path

import asyncssh
import pytest

from inventory.errors import DeviceError, LabError
from inventory.text import Message
from lab import control, runner
from lab.backend import Fault
from lab.backends.emulated import Emulated
from lab.state import LabState, Skipped, Substitution, from_json, process_start, read
from tests.patience import PATIENCE, until

EXAMPLE = Path(__file__).parents[2] / "examples" / "lianyuan"
SECRETS = (
    "routers-password",
    "core-password",
    "core-enable",
    "firewall-password",
    "vpn-units-password",
    "snmp-auth",
    "snmp-priv",
    "snmp-community",
    "ipsec-psk",
)
WHERE = "name=rt-lantian"


def make_workspace(folder):
    """涟源 with secrets of its own, and a plan."""
    from configs.dialects import platforms
    from inventory import workspace
    from ipplan import allocate, plan, policy_file

    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".lab", "secrets"))
    (folder / "secrets").mkdir(mode=0o700)
    for name in SECRETS:
        path = folder / "secrets" / name
        path.write_text(f"Aa1-{name}-Zz9\n", encoding="utf-8")
        path.chmod(0o600)
    loaded = workspace.load(folder, platforms=platforms())
    made = allocate.make(loaded.inventory, policy_file.load(folder / "plan" / "policy.yaml"), None)
    plan.write(made, folder / "plan" / "plan.csv")
    return folder


@pytest.fixture
def root(tmp_path):
    folder = make_workspace(tmp_path / "涟源 with a long name, longer than a socket's path may be " / ("x" * 60))
    yield folder
    control.down(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One lab that several tests look at."""
    folder = make_workspace(tmp_path_factory.mktemp("lab") / "w")
    state = control.up(folder, faults={"rt-shimashan": Fault.DOWN, "rt-meijiang": Fault.WRONG_PASSWORD})
    yield folder, state
    control.down(folder)


def listens(endpoint):
    try:
        with socket.create_connection((endpoint.host, endpoint.port), timeout=PATIENCE):
            return True
    except OSError:
        return False


def test_what_runs_and_what_does_not(running):
    """Every device of a platform with an emulator runs; the others are listed with the reason."""
    folder, state = running
    assert state == control.load(folder)
    assert {node.platform for node in state.nodes.values()} == {"huawei", "cisco_ios", "frr", "topsec_tos"}
    assert len(state.nodes) == 22
    assert {item.platform for item in state.skipped} == {"linux"}
    assert "rt-lantian" not in {item.device for item in state.skipped}
    assert state.nodes["rt-lantian"].ssh.host == "127.253.0.11"
    assert listens(state.nodes["rt-lantian"].ssh)


def test_status_tells_the_faults(running):
    """A device that is down is not listed as up."""
    folder, _ = running
    _, nodes = control.status(folder)
    states = {node.name: node.state for node in nodes}
    assert states["rt-lantian"] == "up"
    assert states["rt-shimashan"] == "down"
    assert states["rt-meijiang"] == "wrong-password"


def test_a_device_that_is_down_is_down(running):
    """Nothing listens for it."""
    _, state = running
    assert not listens(state.nodes["rt-shimashan"].ssh)


def test_commands_at_the_console(running, capsys):
    """`exec` needs neither login nor network; what is refused is a status of 1; a host's shell gives its own."""
    folder, _ = running
    assert control.execute(folder, "rt-lantian", ["display", "ip", "interface", "brief"]) == 0
    assert "10.253.0.11/24" in capsys.readouterr().out
    assert control.execute(folder, "rt-shimashan", ["display", "nothing"]) == 1
    assert "Unrecognized command" in capsys.readouterr().out
    assert control.execute(folder, "rt-liumutang", ["vtysh", "-c", "'show version'"]) == 0
    assert "FRRouting" in capsys.readouterr().out
    assert control.execute(folder, "rt-liumutang", ["uname"]) == 127
    with pytest.raises(LabError, match="no node"):
        control.execute(folder, "rt-nowhere", ["x"])


def test_endpoints(running):
    """A device that was given another address is looked for at that one; one that is not in the lab is an error."""
    from configs.dialects import platforms
    from inventory import workspace

    folder, state = running
    devices = workspace.load(folder, platforms=platforms()).inventory.devices
    endpoints = state.endpoints()
    assert str(endpoints.ssh(devices["rt-lantian"])) == f"127.253.0.11:{state.nodes['rt-lantian'].ssh.port}"
    moved = replace(devices["rt-lantian"], address=ip_interface("10.253.7.11/24"))
    assert endpoints.snmp(moved).host == "127.253.7.11"
    with pytest.raises(DeviceError, match="is not in the running lab: "):
        endpoints.ssh(next(device for device in devices.values() if device.platform == "linux"))


def test_one_lab_a_workspace(running):
    """A second start says so and leaves the first alone."""
    folder, state = running
    with pytest.raises(LabError, match="already running"):
        control.up(folder)
    assert state.alive()


def test_entered_does_nothing_here(running):
    """An emulated lab has no network of its own."""
    _, state = running
    before = Path("/proc/thread-self/ns/net").readlink()
    with state.entered():
        assert Path("/proc/thread-self/ns/net").readlink() == before


def test_down_is_idempotent(root):
    """It ends the process, takes the state file away, frees the ports, and may be called again."""
    state = control.up(root, where=WHERE)
    assert list(state.nodes) == ["rt-lantian"]
    endpoint = state.nodes["rt-lantian"].ssh
    assert listens(endpoint)
    assert control.down(root)
    assert not state.alive()
    assert not listens(endpoint)
    assert read(root / ".lab") is None
    assert not control.down(root)
    with pytest.raises(LabError, match="no lab is running"):
        control.load(root)


def test_the_starter_may_be_killed(root):
    """A kill -9 of the command that started it leaves a lab that can be found, asked and ended."""
    program = (
        "import sys, pathlib; from lab import control;"
        f"control.up(pathlib.Path(sys.argv[1]), where={WHERE!r}); print('up', flush=True); import time; time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-P", "-c", program, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        assert starter.stdout.readline() == "up\n"
    finally:
        starter.kill()
        starter.wait()
        starter.stdout.close()
    state, nodes = control.status(root)
    assert [node.state for node in nodes] == ["up"]
    assert control.down(root)
    assert not state.alive()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_an_owned_lab_ends_with_its_owner(root, number):
    """However the process ends that a lab belongs to: the lab ends, and leaves no state behind."""
    program = (
        "import sys, pathlib; from lab import control;"
        f"control.up(pathlib.Path(sys.argv[1]), where={WHERE!r}, owned=True); print('up', flush=True);"
        "import time; time.sleep(600)"
    )
    starter = subprocess.Popen([sys.executable, "-P", "-c", program, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        assert starter.stdout.readline() == "up\n"
        state = control.load(root)
    finally:
        starter.send_signal(number)
        starter.wait()
        starter.stdout.close()
    until(lambda: not state.alive())
    until(lambda: read(root / ".lab") is None)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_the_starter_may_be_killed_in_the_middle(root, seconds):
    """Whenever it is killed: there is a lab that can be ended, or none; and a new one can be started."""
    program = f"import sys, pathlib; from lab import control; control.up(pathlib.Path(sys.argv[1]), where={WHERE!r})"
    starter = subprocess.Popen([sys.executable, "-P", "-c", program, str(root)], stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    starter.kill()
    starter.wait()

    def anew():
        # What was begun may not be there yet, and then keeps the next one from beginning.
        control.down(root)
        with contextlib.suppress(LabError):
            return control.up(root, where=WHERE)
        return None

    state = until(anew)
    assert control.status(root)[1][0].state == "up"
    assert control.down(root)
    assert not state.alive()


def test_killing_the_lab_leaves_nothing(root):
    """A kill -9 of the lab itself: no process, no socket, a stale state that is recognised, and a start that works."""
    state = control.up(root, where=WHERE)
    os.kill(state.pid, signal.SIGKILL)
    until(lambda: not state.alive())
    until(lambda: not listens(state.nodes["rt-lantian"].ssh))
    assert control.find(root) is None
    assert not control.down(root)
    again = control.up(root, where=WHERE)
    assert again.pid != state.pid
    assert control.status(root)[1][0].state == "up"  # at another port if another lab has taken this one


def test_the_lab_ends_when_its_folder_vanishes(root):
    """Somebody removes the workspace: the process does not stay behind."""
    state = control.up(root, where=WHERE)
    shutil.rmtree(root / ".lab")
    until(lambda: not state.alive())


def test_host_keys_outlive_the_lab(root):
    """The same devices have the same host keys in the next lab of this workspace: known_hosts stays valid."""

    def key():
        node = control.load(root).nodes["rt-lantian"]
        done = subprocess.run(
            ["ssh-keyscan", "-p", str(node.ssh.port), node.ssh.host],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return [line.split()[-1] for line in done.stdout.split("\n") if "ssh-ed25519" in line]

    if shutil.which("ssh-keyscan") is None:
        pytest.skip("ssh-keyscan is not installed")
    control.up(root, where=WHERE)
    first = key()
    control.down(root)
    control.up(root, where=WHERE)
    assert first
    assert first == key()


def test_a_refused_first_text_names_the_device_and_the_line(root):
    """A faulty bootstrap text is said with device, line and answer, and nothing stays behind."""
    from configs import render

    class Text:
        def reveal(self):
            return "sysname R1\ninterface GigabitEthernet9/9/9\n"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(render, "bootstrap", lambda *_: Text())
        with pytest.raises(LabError) as caught:
            control.up(root, where=WHERE)
    said = caught.value.message
    assert "rt-lantian refused a line of its first configuration, “interface GigabitEthernet9/9/9”" in str(said)
    assert "rt-lantian" in said.in_language("zh_CN")
    assert read(root / ".lab") is None


def test_addresses_that_collide_are_refused(root):
    """Two devices that differ only in the first byte would be served at one address."""
    path = root / "inventory" / "devices.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("10.253.0.13/24", "11.253.0.11/24"), encoding="utf-8")
    with pytest.raises(LabError, match=r"rt-lantian \(10.253.0.11\) and rt-shimashan \(11.253.0.11\)"):
        control.up(root)


def test_ports_that_are_taken_are_avoided(root):
    """Somebody else listens at one of the addresses: the lab takes another pair of ports."""
    usual = control.up(root, where=WHERE).nodes["rt-lantian"]
    control.down(root)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((usual.ssh.host, usual.ssh.port))
        other.listen()
        node = control.up(root, where=WHERE).nodes["rt-lantian"]
    assert node.ssh.port != usual.ssh.port
    assert node.snmp.port - node.ssh.port == usual.snmp.port - usual.ssh.port == 139


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"where": "platform=huawei and role=core"}, "no device matches"),
        ({"where": "platform=linux"}, "nothing of this selection can run in an emulated lab"),
        ({"where": WHERE, "faults": {"rt-anping": Fault.DOWN}}, "no fault can be put on “rt-anping”"),
        ({"backend_name": "none"}, "there is no lab back end “none”"),
    ],
)
def test_wrong_arguments(root, arguments, says):
    """Each is said, and nothing is started."""
    from inventory.errors import GovnetError

    with pytest.raises(GovnetError, match=says):
        control.up(root, **arguments)
    assert read(root / ".lab") is None


def test_without_a_plan(root):
    """The hint says what to run."""
    (root / "plan" / "plan.csv").unlink()
    with pytest.raises(LabError) as caught:
        control.up(root)
    assert "govnet plan make" in str(caught.value.hint)


def test_a_reused_process_number_is_recognised(tmp_path):
    """A state file with this process's number and another start time is stale."""
    state = LabState("emulated", tmp_path, tmp_path, os.getpid(), process_start(os.getpid()) - 1)
    assert not state.alive()
    assert not runner.end(state.pid, state.started)
    assert replace(state, started=process_start(os.getpid())).alive()
    assert process_start(2**22 + 1) == 0


def test_the_state_survives_its_file(tmp_path):
    """What is written is what is read; texts keep both languages; rubbish counts as no lab."""
    why = Message("there is no emulator of this platform")
    state = LabState(
        "emulated",
        tmp_path,
        tmp_path,
        1,
        2,
        substitutions=(Substitution("a", "x", "y", why),),
        skipped=(Skipped("b", "z", why),),
        faults={"a": "down"},
        extra={"k": [1]},
    )
    state.write()
    assert read(tmp_path) == state == from_json(json.loads(state.path.read_text(encoding="utf-8")))
    for rubbish in ("", "{}", "[1]", '{"version": 9}', "\x00"):
        state.path.write_text(rubbish, encoding="utf-8")
        assert read(tmp_path) is None


def test_secrets_are_in_no_file(running):
    """The first texts go to the process through a pipe: the lab's folder holds none of their secrets."""
    folder, _ = running
    for path in (folder / ".lab").iterdir():
        if path.is_file():
            assert b"Aa1-" not in path.read_bytes()


def test_login_with_the_inventory_s_credential(running):
    """The password that the inventory knows opens the device, except where the fault says otherwise."""
    import asyncio

    _, state = running

    async def login(name):
        node = state.nodes[name]
        password = "Aa1-core-password-Zz9" if name == "core-city" else "Aa1-routers-password-Zz9"
        async with asyncssh.connect(
            node.ssh.host, node.ssh.port, username="govnet", password=password, known_hosts=None, config=None
        ):
            return True

    for name in ("core-city", "rt-lantian", "rt-liumutang"):
        assert asyncio.run(login(name))
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(login("rt-meijiang"))


def test_faults_of_a_running_lab(running):
    """A device gets a fault while it runs and loses it again; what is no fault is refused with those there are."""
    folder, state = running
    backend = Emulated()
    assert backend.set_faults(state, "rt-lantian", "full-flash,drop-after=7") == "full-flash,drop-after=7"
    _, nodes = control.status(folder)
    assert {node.name: node.state for node in nodes}["rt-lantian"] == "full-flash,drop-after=7"
    assert backend.set_faults(state, "rt-lantian", "") == ""
    _, nodes = control.status(folder)
    assert {node.name: node.state for node in nodes}["rt-lantian"] == "up"
    with pytest.raises(LabError, match="there is no fault “on-fire”") as caught:
        backend.set_faults(state, "rt-lantian", "on-fire")
    assert "drop-after" in str(caught.value.hint)
