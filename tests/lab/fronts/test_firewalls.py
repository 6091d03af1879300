"""Firewalls' command lines in front of stand-ins: a policy that is typed decides which packets pass."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from ipaddress import ip_address, ip_interface
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from configs import push as pushing
from configs.channel import Login, Target
from configs.guard import GuardKind
from configs.push import Job, Quiet
from inventory.endpoints import Endpoint
from inventory.secrets import Secret
from inventory.text import Message
from lab.fronts.spec import FrontSpec
from lab.fronts.standin import with_fronts
from lab.rehearsal.model import Flow, Home, Pair, Wanted
from lab.rehearsal.model import Host as Asked
from lab.rehearsal.traffic import Traffic
from lab.standin.network import Host, network_of
from lab.standin.running import start
from tests.lab.fronts.conftest import LOGIN, Lab, logged_in
from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from configs.push import PushResult

pytestmark = pytest.mark.lab
TOPSEC = """\
system devname set FW-A
ID 8002 define area add name area_eth1 attribute 'eth1 ' vsid 0
ID 8003 define area add name area_eth2 attribute 'eth2 ' vsid 0
ID 8004 define area add name area_eth3 attribute 'eth3 ' vsid 0
ID 8010 define subnet add name 内网 ipaddr 10.1.0.0 mask 255.255.255.0 vsid 0
ID 8011 define host add name web ipaddr '10.2.0.9 ' vsid 0
ID 8100 firewall policy add action deny src 'any ' dst 'any ' vsid 0
network interface eth1 ip add 10.1.0.1 mask 255.255.255.0
network interface eth2 ip add 10.2.0.1 mask 255.255.255.0
network interface eth3 ip add 10.0.1.1 mask 255.255.255.0
system sshd start
pf service add name ssh area area_eth3 addressname any
"""
FORTIOS = """\
config system global
    set hostname "FW-A"
end
config system interface
    edit "port1"
        set vdom "root"
        set ip 10.1.0.1 255.255.255.0
        set type physical
    next
    edit "port2"
        set vdom "root"
        set ip 10.2.0.1 255.255.255.0
        set type physical
    next
    edit "port3"
        set vdom "root"
        set ip 10.0.1.1 255.255.255.0
        set allowaccess ping ssh
        set type physical
    next
end
config system unheard-of
    set thing 1
end
config firewall address
    edit "inner"
        set subnet 10.1.0.0 255.255.255.0
    next
    edit "web"
        set subnet 10.2.0.9 255.255.255.255
    next
end
config firewall policy
    edit 1
        set name "out"
        set srcintf "port1"
        set dstintf "port2"
        set srcaddr "inner"
        set dstaddr "web"
        set schedule "always"
        set service "ALL"
    next
end
"""
STONEOS = """\
Version 5.5R9
hostname "FW-A"
zone "trust"
exit
zone "untrust"
  type wan
exit
zone "mgt"
exit
interface ethernet0/1
  zone "trust"
  ip address 10.1.0.1 255.255.255.0
exit
interface ethernet0/2
  zone "untrust"
  ip address 10.2.0.1 255.255.255.0
exit
interface ethernet0/3
  zone "mgt"
  ip address 10.0.1.1 255.255.255.0
  manage ssh
  manage ping
exit
unheard-of thing
address "inner"
  ip 10.1.0.0/24
exit
rule id 1
  action deny
  src-zone "trust"
  dst-zone "untrust"
  src-addr "inner"
  dst-addr "Any"
  service "Any"
exit
admin host any any
"""
# Platform → its text, the ports of the three hosts, the lines that let pings pass, and those that take it back.
FIREWALLS: dict[str, tuple[str, tuple[str, str, str], list[str], list[str]]] = {
    "fortinet": (
        FORTIOS,
        ("port3", "port1", "port2"),
        ["config firewall policy", "edit 1", "set action accept", "next", "end"],
        ["config firewall policy", "edit 1", "unset action", "end"],
    ),
    "hillstone_stoneos": (
        STONEOS,
        ("ethernet0/3", "ethernet0/1", "ethernet0/2"),
        ["configure", "rule id 1", "action permit", "end"],
        ["configure", "rule id 1", "action deny", "end"],
    ),
    "topsec_tos": (
        TOPSEC,
        ("eth3", "eth1", "eth2"),
        ["firewall policy add action accept src '内网 ' dst 'web ' service 'PING ' before 8100"],
        ["firewall policy delete id 8101"],
    ),
}
TIMES = {"connect_timeout": 3, "login_timeout": 10, "command_timeout": 30}
ENDS = {"noc": ("10.0.1.9/24", "10.0.1.1"), "inner": ("10.1.0.9/24", "10.1.0.1"), "outer": ("10.2.0.9/24", "10.2.0.1")}


@pytest.fixture
def firewall(tmp_path) -> Iterator[Callable[..., Lab]]:
    """Starts one with its three hosts: the management station, one inside, one outside."""
    with ExitStack() as ends:

        def up(platform: str, text: str, ports: tuple[str, str, str]) -> Lab:
            hosts = [
                Host(name, "fw", port, ip_interface(address), ip_address(gateway))
                for (name, (address, gateway)), port in zip(ENDS.items(), ports, strict=True)
            ]
            network = network_of({"fw": (platform, text)}, hosts=hosts)
            front = FrontSpec("fw", platform, text, *LOGIN, management=ports[0], boot=0.5)
            return Lab(ends.enter_context(start(with_fronts(network, [front]), tmp_path / "log")).running)

        yield up


def passes(lab: Lab) -> bool:
    """Whether a ping from inside reaches who is outside, and its answer comes back."""
    ping = lab.inside("inner", "sh", "-c", "ping -c 1 -W 1 10.2.0.9 >/dev/null && echo yes || echo no")
    return bool(ping.strip() == "yes")


async def typed(*lines: str) -> str:
    """Log in at the management port and type lines: what was said."""

    async def ready() -> Any:
        while True:
            try:
                async with logged_in("10.0.1.1") as shell:
                    return [await shell.type(line, "# ", "#", "> ") for line in lines]
            except (OSError, asyncssh.Error):
                await asyncio.sleep(0.1)

    return "".join(await ready())


@pytest.mark.parametrize("platform", sorted(FIREWALLS))
def test_a_policy_that_is_typed_decides_which_packets_pass(platform, firewall):
    """Shut by the text, open behind the lines that allow it, shut and byte for byte as before behind the way back."""
    text, ports, opening, shutting = FIREWALLS[platform]
    lab = firewall(platform, text, ports)
    lab.run(typed(""))
    assert lab.inspect("fw")["text"] == text
    assert not passes(lab)
    said = lab.run(typed(*opening))
    assert lab.inspect("fw")["standing"], said
    assert lab.inspect("fw")["text"] != text, said
    assert passes(lab), (said, lab.inspect("fw"))
    said = lab.run(typed(*shutting))
    assert not passes(lab), said
    seen = lab.inspect("fw")
    assert seen["text"] == text
    assert not [load["error"] for load in seen["loads"] if load["error"]]


RULE = "ID 8099 firewall policy add action accept src '内网 ' dst 'web ' service 'PING ' vsid 0\n"
INTENDED = {
    # Today's text, and what is to be in it instead of what.
    "fortinet": (FORTIOS, "        set srcaddr", "        set action accept\n        set srcaddr"),
    "hillstone_stoneos": (STONEOS, "action deny", "action permit"),
    "topsec_tos": (TOPSEC.replace("10.2.0.9 ", "10.2.0.77 ").replace("ID 8100", f"{RULE}ID 8100"), "0.77 ", "0.9 "),
}


def pushed(lab: Lab, folder: Path, platform: str, intended: str) -> PushResult:
    """What became of a push of a whole text from the management station."""
    login = Login(LOGIN[0], Secret(LOGIN[1]))
    known = folder / "known_hosts"
    target = Target("fw", platform, Endpoint("10.0.1.1", 22), login, known_hosts=known, **TIMES)
    job = Job(target, intended, management=ip_interface("10.0.1.1/24"), allow_reboot=True)
    with lab.state.entered():
        return pushing.push_one(job, commit=True, observer=Quiet())


@pytest.mark.parametrize("platform", sorted(INTENDED))
def test_a_push_changes_what_passes(platform, firewall, tmp_path):
    """The product's own push: what was intended runs and is saved, and packets go by it; strange lines are kept."""
    text, before, after = INTENDED[platform]
    intended = text.replace(before, after)
    lab = firewall(platform, text, FIREWALLS[platform][1])
    lab.run(typed(""))
    assert not passes(lab)
    result = pushed(lab, tmp_path, platform, intended)
    assert result.ok, result
    seen = lab.inspect("fw")
    assert (seen["text"], seen["saved"]) == (intended, intended)
    assert (seen["standing"], seen["armed"], seen["boots"]) == (True, False, 1)
    assert passes(lab)


@pytest.mark.soak
def test_a_fortigate_that_cuts_us_off_brings_itself_back(firewall, tmp_path):
    """The port to the station takes no SSH any more: the session ends, and the device's own guard reboots it."""
    lab = firewall("fortinet", FORTIOS, FIREWALLS["fortinet"][1])
    lab.run(typed(""))
    result = pushed(lab, tmp_path, "fortinet", FORTIOS.replace("allowaccess ping ssh", "allowaccess ping"))
    assert result.guard is not GuardKind.NONE
    assert not result.ok
    until(lambda: lab.inspect("fw")["standing"] and not lab.inspect("fw")["away"])
    seen = lab.inspect("fw")
    assert (seen["text"], seen["saved"], seen["boots"]) == (FORTIOS, FORTIOS, 2)


def test_probes_of_a_rehearsal_are_new_sessions(firewall, tmp_path):
    """A session that was let through goes on when its permission is gone; whoever asks anew is not let through.

    Nor does the answer to a question open the way for questions from the other side.
    """
    allowed = "ID 8099 firewall policy add action accept src '内网 ' dst 'web ' vsid 0\n"
    lab = firewall("topsec_tos", TOPSEC.replace("ID 8100", f"{allowed}ID 8100", 1), ("eth3", "eth1", "eth2"))
    homes = {name: Home(ip_interface(address), ip_address(gateway)) for name, (address, gateway) in ENDS.items()}
    hosts = [Asked(name, "fw", "", "", homes=(homes[name],)) for name in ("inner", "outer")]
    inner, outer = (homes[name].address.ip for name in ("inner", "outer"))
    why = Message("both are in {vrf}, and no zone stands between", vrf="default")
    there = Flow(Pair("inner", "outer", Wanted.REQUIRED, why), inner, outer)
    back = Flow(Pair("outer", "inner", Wanted.FORBIDDEN, why), outer, inner)
    with Traffic(lab.keeper, tmp_path / "prober.log") as traffic:
        traffic.open(hosts)
        assert traffic.ask([there, back]) == [True, False]
        traffic.start([there])
        lab.run(typed("firewall policy delete id 8099"))
        _, [loss] = traffic.stop()
        assert (loss.sent > 0, loss.lost) == (True, 0)
        assert traffic.ask([there, back]) == [False, False]


@pytest.mark.parametrize("platform", sorted(set(FIREWALLS) - {"fortinet"}))
def test_a_reboot_brings_back_what_was_saved(platform, firewall):
    """What was typed and not saved is gone, and packets are stopped again; FortiOS saves what it takes over."""
    text, ports, opening, _ = FIREWALLS[platform]
    lab = firewall(platform, text, ports)
    lab.run(typed(*opening))
    assert passes(lab)
    assert lab.inspect("fw")["saved"] == text
    lab.fronts.reboot("fw")
    until(lambda: lab.inspect("fw")["standing"] and not lab.inspect("fw")["away"])
    assert lab.inspect("fw")["text"] == text
    assert not passes(lab)
