"""The machine: what it offers that this one's kernel may lack, how commands get in, what of it gets out."""

from __future__ import annotations

import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inventory.errors import LabError
from inventory.text import Message
from lab import checks, control
from lab.backends.netns import command, network_of
from lab.capture import Capture
from lab.netns import probe as netns_probe
from lab.uml import probe
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from lab.state import LabState

pytestmark = pytest.mark.lab
NODE = "rt-anping"
MANAGED = "10.253.0.14"
TUNNEL = "src 192.0.2.1 dst 192.0.2.2 proto esp"
GOVNET = [sys.executable, "-P", "-c", "from cli.main import main; main()", "--lang", "en"]


@pytest.mark.parametrize(
    "lines",
    [
        ["link add name red type vrf table 10", "link set dev red up", "link set dev eth1 master red"],
        ["link add link eth1 name eth1.7 type vlan id 7"],
        ["tunnel add gre7 mode gre remote 192.0.2.2 local 192.0.2.1 ttl 64"],
        ["route add 192.0.2.9/32 encap mpls 100/200 via 10.253.0.1 dev eth0"],
        [
            f"xfrm state add {TUNNEL} spi 7 mode tunnel aead rfc4106(gcm(aes)) 0x{'0123456789' * 4} 128",
        ],
    ],
    ids=["vrf", "802.1Q", "gre", "mpls", "esp"],
)
def test_its_kernel_has_what_networks_need(machine: LabState, lines: list[str]) -> None:
    """Each in a namespace of its own inside a node."""
    script = ["ip link add name eth0 type veth peer name eth1", "ip address add 10.253.0.2/24 dev eth0"]
    script += ["ip link set dev lo up", "ip link set dev eth0 up", "ip link set dev eth1 up"]
    script += [f"ip {line}" for line in (line.replace("(", r"\(").replace(")", r"\)") for line in lines)]
    done = checks.run(machine, NODE, "unshare", "-n", "sh", "-ec", "\n".join(script))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_command_has_its_input_output_and_status(machine: LabState) -> None:
    """All bytes arrive in both directions, more than a pipe holds; output and errors are told apart."""
    data = bytes(range(256)) * 4096
    done = subprocess.run(
        command(machine, NODE, ["sh", "-c", "cat; echo said >&2; exit 7"]),
        input=data,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    assert (done.returncode, done.stderr) == (7, b"said\n")
    assert done.stdout == data
    assert checks.run(machine, NODE, "hostname").stdout == f"{NODE}\n"
    assert checks.run(machine, NODE, "sh", "-c", "kill -9 $$").returncode == 137
    assert checks.run(machine, NODE, "no-such-program").returncode == 127


def test_a_terminal_is_passed_on(machine: LabState) -> None:
    """From a terminal, the command has one of the same size; keys reach it, Ctrl-C too; the status comes back."""
    ours, its = os.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
    shown = b""
    with subprocess.Popen(command(machine, NODE, ["bash", "--norc"]), stdin=its, stdout=its, stderr=its) as client:

        def shows(text: bytes) -> bool:
            nonlocal shown
            if select.select([ours], [], [], 0.05)[0]:
                shown += os.read(ours, 65536)
            return text in shown

        until(lambda: shows(b"# "), lambda: shown)
        os.write(ours, b"stty size; tty\r")
        until(lambda: shows(b"33 77\r\n/dev/pts/"), lambda: shown)
        os.write(ours, b"sleep 86398\r")
        until(lambda: "86398" in checks.run(machine, NODE, "pgrep", "-xa", "sleep").stdout)
        os.write(ours, b"\x03")
        until(lambda: "86398" not in checks.run(machine, NODE, "pgrep", "-xa", "sleep").stdout)
        os.write(ours, b"exit 9\r")
        until(lambda: shows(b"exit\r\n") and client.poll() is not None, lambda: shown)
    os.close(its)
    os.close(ours)
    assert client.returncode == 9


def test_a_command_ends_with_whoever_asked(machine: LabState) -> None:
    """SIGKILL to the client on this side ends the command inside."""

    def sleepers() -> str:
        return checks.run(machine, NODE, "pgrep", "-x", "sleep", "-a").stdout

    with subprocess.Popen(command(machine, NODE, ["sleep", "86399"]), stdin=subprocess.DEVNULL) as client:
        until(lambda: "86399" in sleepers())
        client.kill()
    until(lambda: "86399" not in sleepers())


def test_nothing_is_written_on_this_machine(machine: LabState) -> None:
    """The machine's disk is this one's, but what is written to it stays inside."""
    path = f"/usr/share/govnet-{machine.started}"
    assert checks.run(machine, NODE, "sh", "-c", f"echo mine >{path} && cat {path}").stdout == "mine\n"
    assert not Path(path).exists()
    assert checks.run(machine, "core-city", "cat", path).stdout == "mine\n", "it has one disk"


def test_devices_answer_as_in_a_netns_lab(machine: LabState) -> None:
    """The management station is on this side: SSH greets, ping passes, and `--lab` reaches a device."""
    found = {node.name: node.state for node in control.status(machine.workspace)[1]}
    assert found == {"core-city": "up", NODE: "up", "pc-anping": "up", "noc": "up"}
    assert checks.ping(machine, "noc", MANAGED)
    pushed = subprocess.run(
        [*GOVNET, "config", "push", NODE, "--lab", "--commit", "--json", "-w", str(machine.workspace)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert pushed.returncode == 0, pushed.stderr
    assert json.loads(pushed.stdout)["ok"] is True
    assert "router ospf" in checks.run(machine, NODE, "vtysh", "-c", "show running-config").stdout


def test_pages_are_asked_for_inside(machine: LabState) -> None:
    """`fetch` asks from within the node, where no namespace of this kernel leads."""
    assert network_of(machine, "pc-anping") == ""
    serve = command(machine, "pc-anping", [sys.executable, "-S", "-P", "-m", "http.server", "8080", "-d", "/mnt"])
    with subprocess.Popen(serve, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as web:
        until(lambda: checks.fetch(machine, "pc-anping", "127.0.0.1", port=8080) == 200)
        web.terminate()
    assert checks.fetch(machine, "pc-anping", "127.0.0.1", port=8081) is None


def test_packets_are_captured(machine: LabState, tmp_path: Path) -> None:
    """`lab capture` writes a file that tcpdump reads; `Capture` gives the datagrams while it runs."""
    with Capture(machine, NODE, "eth0", "udp dst port 9") as seen:
        send = f"import socket; socket.socket(2, 2).sendto(b'discard', ('{MANAGED}', 9))"
        checks.run(machine, "noc", sys.executable, "-S", "-c", send)
        until(lambda: [packet.payload for packet in seen.packets()] == [b"discard"])
    out = tmp_path / "wire.pcap"
    program = [
        *GOVNET,
        "lab",
        "capture",
        NODE,
        "--interface",
        "eth0",
        "--count",
        "2",
        "--filter",
        "icmp",
        "--out",
        str(out),
    ]
    with subprocess.Popen([*program, "-w", str(machine.workspace)], stderr=subprocess.PIPE, text=True) as capture:
        assert capture.stderr is not None
        while "listening on" not in capture.stderr.readline():
            pass
        assert checks.ping(machine, "noc", MANAGED, count=1)
        assert capture.wait(PATIENCE) == 0
    shown = subprocess.run(["tcpdump", "-n", "-r", str(out)], capture_output=True, text=True, check=True).stdout
    assert [line.split("ICMP ")[1].split(",")[0] for line in shown.splitlines()] == ["echo request", "echo reply"]
    assert out.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LabError, match="cannot be written"):
        control.capture(machine.workspace, NODE, control.Tap(), out)


def test_a_capture_that_cannot_begin_says_why(machine: LabState) -> None:
    """In tcpdump's own words."""
    with pytest.raises(LabError, match="no-such-port"), Capture(machine, NODE, "no-such-port"):
        pass


def test_firewalls_are_left_out_and_it_is_said(workspace: Path) -> None:
    """What needs nftables is not started without it: the kernel has none."""
    built = control.prepare(
        control.load_workspace(workspace), "uml", "name in (core-city, fw-border)", real_secrets=False
    )
    assert [device.name for device in built.devices] == ["core-city"]
    why = {item.device: str(item.why) for item in built.skipped}
    assert "nftables" in why["fw-border"]
    assert "nftables" not in why["rt-anping"]


def test_what_is_lacking_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs by their Debian packages; a kernel feature by what it is."""
    found = netns_probe.path_of

    def without_kmod(name: str) -> str | None:
        return None if probe.PROGRAMS.get(name) == "kmod" else found(name)

    monkeypatch.setattr(netns_probe, "path_of", without_kmod)
    assert [str(told) for told in probe.missing()] == ["programs are not installed; as root: apt-get install kmod"]
    monkeypatch.setattr(netns_probe, "path_of", found)
    monkeypatch.setattr(probe, "_FEATURES", (("ip tuntap add dev x0 mode nosuch", Message("such interfaces")),))
    assert "the kernel does not offer such interfaces" in str(probe.missing()[0])
