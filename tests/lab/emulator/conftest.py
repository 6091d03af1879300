"""Devices for the tests: without a network (a wire that records), or on loopback addresses of this process's own."""

from __future__ import annotations

import asyncio
import os
import re
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

import asyncssh
import pytest

from lab.emulator.device import Spec
from lab.emulator.platforms import emulator
from lab.emulator.terminal import Terminal
from lab.emulator.timers import Timer
from lab.emulator.world import World, served_at
from tests.patience import PATIENCE, soon

MANAGEMENT = {
    "huawei": "GigabitEthernet0/0/0",
    "huawei_vrpv8": "GigabitEthernet0/0/0",
    "hp_comware": "GigabitEthernet0/0",
    "cisco_ios": "GigabitEthernet0/1",
    "frr": "eth0",
    "ruijie_os": "GigabitEthernet 0/0",
    "topsec_tos": "eth3",
    "hillstone_stoneos": "ethernet0/0",
    "fortinet": "port1",
}
MODELS = {
    "huawei": "AR2220",
    "huawei_vrpv8": "NE8000-F1A",
    "hp_comware": "MSR3620",
    "cisco_ios": "CISCO2911/K9",
    "frr": "",
    "ruijie_os": "RSR20-X",
    "topsec_tos": "NGFW4208",
    "hillstone_stoneos": "SG-6000-E1600",
    "fortinet": "FortiGate-100F",
}
# Users that no first text names.
LOGINS = {"topsec_tos": ("govnet", "Secret-123")}
_BASE = 0x0A000000 | (os.getpid() % 200 + 20) << 16


class Recorder:
    """A wire that keeps what a device sends."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data

    @property
    def text(self):
        text = self.data.decode(errors="replace").replace("\r\n", "\n").replace("\x1b", "<ESC>").replace("\b", "<BS>")
        text = re.sub(r"\d\d:\d\d:\d\d UTC \w{3} \w{3} \d\d? \d{4}", "<TIME>", text)
        text = re.sub(r"\w{3} \w{3}\d\d? \d\d:\d\d:\d\d \d{4}", "<TIME>", text)
        return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<TIME>", text)


def spec_of(platform, *, name="dev", number=1, text="", **more):
    """A device as it is unpacked; `{address}` in its first text is its management address."""
    address = IPv4Address(_BASE + number)
    more.setdefault("model", MODELS[platform])
    more.setdefault("management_interface", MANAGEMENT[platform])
    more.setdefault("seed", b"test")
    more.setdefault("login", LOGINS.get(platform))
    return Spec(name, platform, address, text=text.format(address=address), **more)


@pytest.fixture
def spec():
    return spec_of


@pytest.fixture
def device():
    """A device after its first text, without a network."""

    async def make(platform, text="", **more):
        made = emulator(platform)(spec_of(platform, text=text, **more))
        await made.first_boot()
        return made

    return make


@pytest.fixture
def play():
    """Type lines at a device as a user; returns the screen."""

    async def run(device, keys, *, user="admin", level=15, encoding="utf-8"):
        wire = Recorder()
        terminal = Terminal(wire, device.pager, encoding=encoding)
        session = device.session(terminal, user, level)
        device.sessions.add(session)
        # The greeting has a test of its own.
        session.greeting = lambda: ""
        terminal.feed(keys.encode())
        terminal.hang_up()
        async with asyncio.timeout(PATIENCE):
            await session.run()
        device.sessions.discard(session)
        return wire.text

    return run


@pytest.fixture
def world():
    """Devices that listen, on ports that are free; ended at the end."""

    @asynccontextmanager
    async def make(*specs):
        made = World(specs)
        await made.boot()
        await made.open()
        try:
            yield made
        finally:
            await made.close()
            # What was cut says so in the next turns of the loop.
            await asyncio.sleep(0.05)

    return make


@pytest.fixture
def where():
    """The loopback address of a device's spec."""
    return lambda spec: served_at(spec.address)


VRP = """sysname R1
aaa
 local-user govnet password irreversible-cipher Secret-123
 local-user govnet privilege level 15
 local-user govnet service-type ssh
interface GigabitEthernet0/0/0
 ip address {address} 255.255.255.0
stelnet server enable
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound ssh
"""
IOS = """hostname S1
enable secret Enable-123
username govnet privilege 15 secret Secret-123
username reader secret Reader-123
ip domain-name example.net
interface GigabitEthernet0/1
 ip address {address} 255.255.255.0
line vty 0 15
 login local
 transport input ssh
"""
COMWARE = """sysname H1
interface GigabitEthernet0/0
 ip address {address} 255.255.255.0
line vty 0 63
 authentication-mode scheme
 user-role network-admin
ssh server enable
local-user govnet class manage
 password simple Secret-123
 service-type ssh
 authorization-attribute user-role network-admin
local-user reader class manage
 password simple Reader-123
 service-type ssh
return
"""
FRR = """hostname F1
interface eth0
 ip address {address}/24
"""
STONEOS = """hostname G1
interface ethernet0/0
  zone trust
  ip address {address}/24
  manage ssh
  manage snmp
exit
admin user govnet
  password Secret-123
  role admin
  access ssh
exit
admin user reader
  password Reader-123
  role admin-read-only
  access ssh
exit
"""
FORTIOS = """config system global
    set hostname "F1"
end
config system interface
    edit "port1"
        set ip {address} 255.255.255.0
        set allowaccess ping ssh snmp
    next
end
config system admin
    edit "govnet"
        set accprofile "super_admin"
        set password "Secret-123"
    next
    edit "reader"
        set accprofile "super_admin_readonly"
        set password "Reader-123"
    next
end
"""

RGOS = """hostname J1
username govnet privilege 15 password Secret-123
username reader password Reader-123
enable secret Enable-123
enable service ssh-server
interface GigabitEthernet 0/0
 ip address {address} 255.255.255.0
line vty 0 4
 login local
"""
TOS = """network interface eth3 ip add {address} mask 255.255.255.0
define area add name area_eth3 attribute 'eth3 '
system sshd start
pf service add name ssh area area_eth3 addressname any
"""


@pytest.fixture
def texts():
    return {
        "huawei": VRP,
        "huawei_vrpv8": VRP,
        "hp_comware": COMWARE,
        "cisco_ios": IOS,
        "frr": FRR,
        "ruijie_os": RGOS,
        "topsec_tos": TOS,
        "hillstone_stoneos": STONEOS,
        "fortinet": FORTIOS,
    }


LOGIN = {"username": "govnet", "password": "Secret-123"}


class Client:
    """What a test does with a device over SSH."""

    @staticmethod
    @asynccontextmanager
    async def connected(host, port, **more):
        given = {"known_hosts": None, "config": None, **LOGIN, **more}
        async with asyncssh.connect(host, port, **given) as connection:
            yield connection

    @staticmethod
    async def shell(connection, text):
        """Type, leave, and return everything that was shown."""
        async with connection.create_process(term_type="vt100", errors="replace") as process:  # some speak GB18030
            process.stdin.write(text)
            async with asyncio.timeout(PATIENCE):
                return (await process.stdout.read()).replace("\r\n", "\n")

    @classmethod
    async def type(cls, host, port, text, **more):
        """A whole session: log in, type, leave; the screen."""
        async with cls.connected(host, port, **more) as connection:
            return await cls.shell(connection, text)

    @classmethod
    async def answers(cls, host, port):
        """Whether somebody lets us in."""
        try:
            async with cls.connected(host, port, connect_timeout=30, login_timeout=30):
                return True
        except (OSError, asyncssh.Error):
            return False

    @staticmethod
    async def until(condition):
        """Wait for something; the test fails if it does not come."""
        await soon(condition)


@pytest.fixture
def run_out(monkeypatch):
    """Lets the time of a device's guards run out at once, however long their minutes are."""
    arm, actions = Timer.arm, {}

    def remembered(timer, seconds, action):
        actions[timer] = action
        arm(timer, seconds, action)

    def over(device):
        for timer in list(device.timers.values()):
            if timer.armed:
                arm(timer, 0, actions[timer])

    monkeypatch.setattr(Timer, "arm", remembered)
    return over


@pytest.fixture
def ssh():
    return Client
