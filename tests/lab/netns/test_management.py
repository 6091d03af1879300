"""The routers and gateways as management sees them: SSH, vtysh, frr-reload, SNMP."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import pytest

from configs import push as pushing
from configs.render import render
from lab import checks, control
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from typing import Any as City  # the class of conftest.py, which cannot be imported here

pytestmark = pytest.mark.lab
FOLDER = "/var/tmp/govnet"
USER = (
    "-v3",
    "-l",
    "authPriv",
    "-u",
    "govnet",
    "-a",
    "SHA",
    "-A",
    "lab-snmp-auth-1",
    "-x",
    "AES",
    "-X",
    "lab-snmp-priv-1",
)


def snmp(city: City, device: str, oid: str, *access: str) -> dict[str, str]:
    """Walk from the management station; values by numeric OID."""
    address = city.state.nodes[device].address
    done = checks.run(city.state, "noc", "snmpwalk", "-m", "", "-On", "-Oq", *(access or USER), address, oid)
    assert done.returncode == 0, done.stderr
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_every_node_greets(booted: City) -> None:
    """Every device answers on SSH at its own management address; the state says what stands in for what."""
    state, nodes = control.status(booted.root)
    assert {node.state for node in nodes} == {"up"}
    assert {node.name for node in nodes} == {node.name for node in booted.topology.nodes} - {"nowhere"}
    stand_ins = {item.device: (item.platform, item.stand_in) for item in state.substitutions}
    assert stand_ins == {
        "core-city": ("cisco_ios", "frr"),
        "fw-border": ("topsec_tos", "linux"),
        "rt-lantian": ("huawei", "frr"),
    }


def test_ssh_user_runs_vtysh_and_reload(booted: City) -> None:
    """The inventory's user may show, rehearse, apply, save and go back, with nothing but SSH exec requests."""
    show = 'vtysh -c "show running-config"'
    before = booted.ssh("rt-anping", show)[0].stdout
    assert "hostname rt-anping" in before
    text = before.partition("!\n")[2].replace("end\n", "ip route 10.66.0.0/16 Null0\n!\nend\n")
    files = booted.ssh(
        "rt-anping", f"mkdir -p {FOLDER}", f"cat > {FOLDER}/frr.conf", f"cat > {FOLDER}/vtysh.conf", text=text
    )
    assert [ran.exit_status for ran in files] == [0, 0, 0]
    reload = f"/usr/lib/frr/frr-reload.py --confdir {FOLDER}"
    tested = booted.ssh("rt-anping", f"{reload} --test --stdout {FOLDER}/frr.conf", show)
    assert "ip route 10.66.0.0/16 Null0" in tested[0].stdout
    assert tested[1].stdout == before, "a rehearsal changes nothing"
    applied = booted.ssh("rt-anping", f"{reload} --reload {FOLDER}/frr.conf", show)
    assert applied[0].exit_status == 0, applied[0].stderr
    assert "ip route 10.66.0.0/16 Null0" in applied[1].stdout
    back = before.partition("!\n")[2]
    booted.ssh("rt-anping", f"cat > {FOLDER}/frr.conf", text=back)
    undone = booted.ssh("rt-anping", f"{reload} --reload {FOLDER}/frr.conf", show, 'vtysh -c "write memory"')
    assert undone[1].stdout == before
    assert undone[2].exit_status == 0
    assert "hostname rt-anping" in checks.run(booted.state, "rt-anping", "cat", "/etc/frr/frr.conf").stdout


def test_netadmin_lands_in_vtysh(booted: City) -> None:
    """The second user's login shell is the router's command line."""
    shown = booted.ssh("rt-anping", "", user="netadmin", text="show version\nexit\n")[0]
    assert "FRRouting" in shown.stdout
    assert "rt-anping" in shown.stdout


def test_a_wrong_password_is_refused(booted: City) -> None:
    """No password but the inventory's opens a device."""
    endpoint = booted.state.endpoints().ssh(booted.topology.workspace.inventory.devices["rt-anping"])

    async def login() -> None:
        await asyncssh.connect(
            endpoint.host, username="govnet", password="wrong", known_hosts=None, client_keys=None, config=None
        )

    with booted.state.entered(), pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(login())


def test_units_accept_logins_from_the_managers_only(booted: City) -> None:
    """A gateway's rendered SSH settings are in force: its user comes in from the station, not from its LAN."""
    assert booted.ssh("vg-zfb", "echo $LOGNAME; id -u")[0].stdout == "govnet\n0\n", "root's number stands for sudo here"
    assert checks.fetch(booted.state, "pc-un-zfb", booted.state.nodes["vg-zfb"].address, port=22, timeout=1) is None


def test_snmp_v3_shows_ospf_and_growing_counters(city: City) -> None:
    """IF-MIB's ifHCInOctets grows with traffic, OSPF-MIB's ospfNbrState is full(8), asked with SHA and AES."""
    states = snmp(city, "rt-anping", "1.3.6.1.2.1.14.10.1.6")
    assert set(states.values()) == {"8"}
    names = snmp(city, "rt-anping", "1.3.6.1.2.1.31.1.1.1.1")
    index = next(oid.rpartition(".")[2] for oid, name in names.items() if name.strip('"') == "eth2")
    column = "1.3.6.1.2.1.31.1.1.1.6"

    def octets() -> int:
        return int(snmp(city, "rt-anping", column)[f".{column}.{index}"])

    before = octets()
    assert checks.ping(city.state, "pc-anping", city.address("srv-servers"), count=20, size=1000, interval=0.01)
    # The agent looks at the counters anew now and then.
    until(lambda: octets() - before >= 20 * 1000, pause=1)


def test_a_second_push_finds_nothing_to_do(city: City) -> None:
    """The rollout's own code, from inside the management network: the routers are as rendered, nothing is sent."""
    routers = [device for device in city.topology.devices if device.platform == "frr"]
    rendered = {device.name: render(city.topology.workspace, city.topology.plan, device.name) for device in routers}
    with city.state.entered():
        jobs = pushing.jobs(city.topology.workspace, routers, rendered, city.state.endpoints())
        results = pushing.push(jobs, commit=False)
    assert {result.device: str(result.state) for result in results} == dict.fromkeys(rendered, "same")


def test_snmp_v2c_answers_where_the_inventory_says_so(city: City) -> None:
    """The core is polled by community, and no other community opens it."""
    shown = snmp(city, "core-city", "1.3.6.1.2.1.1.5", "-v2c", "-c", "lab-snmp-community-1")
    assert list(shown.values()) == ['"core-city"']
    silent = checks.run(city.state, "noc", "snmpget", "-m", "", "-v2c", "-c", "public", "-r", "0", "-t", "1",
                        city.state.nodes["core-city"].address, ".1.3.6.1.2.1.1.5.0")  # fmt: skip
    assert silent.returncode != 0


def test_entering_moves_this_thread_and_those_it_starts(booted: City) -> None:
    """Inside, this thread, threads it starts and a new event loop see the management network; others do not."""
    asked, answer = threading.Event(), threading.Event()
    elsewhere: list[str] = []

    def interfaces() -> str:
        return Path("/proc/thread-self/net/dev").read_text(encoding="utf-8")

    def older() -> None:
        asked.wait(PATIENCE)
        elsewhere.append(interfaces())
        answer.set()

    thread = threading.Thread(target=older)
    thread.start()
    with booted.state.entered():
        inside = interfaces()
        started: list[str] = []
        child = threading.Thread(target=lambda: started.append(interfaces()))
        child.start()
        child.join()
        asked.set()
        answer.wait(PATIENCE)

        async def in_a_worker() -> str:
            return await asyncio.to_thread(interfaces)

        looped = asyncio.run(in_a_worker())
    thread.join()
    assert "mgmt0" in inside
    assert "mgmt0" in started[0]
    assert "mgmt0" in looped
    assert "mgmt0" not in elsewhere[0]
    assert "mgmt0" not in interfaces()


def test_nothing_of_the_machine_shows_in_a_device(booted: City) -> None:
    """A device has its own accounts, host name, processes and host key."""
    shadow = checks.run(booted.state, "rt-anping", "cat", "/etc/shadow").stdout
    assert {line.partition(":")[0] for line in shadow.splitlines()} == {
        *("root", "nobody", "sshd", "frr", "Debian-snmp", "govnet", "netadmin")
    }
    assert checks.run(booted.state, "rt-anping", "hostname").stdout == "rt-anping\n"
    processes = checks.run(booted.state, "rt-anping", "sh", "-c", "cat /proc/[0-9]*/comm").stdout.split()
    assert {"zebra", "staticd", "ospfd", "snmpd", "sshd"} <= set(processes)
    assert processes.count("zebra") == 1
    keys = {
        name: checks.run(booted.state, name, "cat", "/etc/ssh/host_key").stdout for name in ("rt-anping", "rt-lantian")
    }
    assert len(set(keys.values())) == 2
    assert all(re.match("-----BEGIN OPENSSH PRIVATE KEY-----", key) for key in keys.values())
