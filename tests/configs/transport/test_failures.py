"""Whatever goes wrong in the middle of a push: the result says how the device is, and nothing unchecked is saved.

The devices are the lab's emulated ones, which know nothing of the dialects. One fault a push, at every line in turn.
"""

from __future__ import annotations

import asyncio
import queue
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import IPv4Address, ip_interface

import pytest

from configs import guard
from configs import push as pushing
from configs.channel import Login, Target
from configs.dialects.cisco_ios import applet
from configs.dialects.frr import driver as frr_driver
from configs.driver import Driver
from configs.push import Job, State
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError
from inventory.secrets import Secret
from inventory.text import Message
from lab.emulator import server as ssh
from lab.emulator.device import LogoutError, Spec
from lab.emulator.faults import Faults
from lab.emulator.frr import FrrDevice
from lab.emulator.ios import IosDevice
from lab.emulator.vrp import VrpDevice
from tests.patience import PATIENCE

AT_ONCE = 4  # devices that fail side by side
PASSWORD = "Sup3r-geheim"
VRP = """sysname rt
aaa
 local-user govnet password irreversible-cipher {0}
 local-user govnet privilege level 15
 local-user govnet service-type ssh
quit
interface GigabitEthernet0/0/0
 ip address 10.253.0.11 255.255.255.0
quit
stelnet server enable
ssh user govnet authentication-type password
ssh user govnet service-type stelnet
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound ssh
quit
"""
IOS = """hostname rt
ip domain-name gov
username govnet privilege 15 secret {0}
interface GigabitEthernet0/1
 ip address 10.253.0.11 255.255.255.0
 no shutdown
exit
crypto key generate rsa modulus 2048
ip ssh version 2
line vty 0 4
 login local
 transport input ssh
exit
"""
VRP_WANTED = """info-center loghost 10.0.0.1
ntp-service unicast-server 10.0.0.2
interface LoopBack0
 description x
 ip address 10.255.0.1 255.255.255.255
#
acl number 2001
 rule 5 permit source 10.0.0.0 0.0.0.255
 rule 10 deny
"""
IOS_WANTED = """logging 10.0.0.1
ntp server 10.0.0.2
banner login #
keep out

% all is recorded
#
interface Loopback0
 description x
 ip address 10.255.0.1 255.255.255.255
!
ip access-list standard A
 permit 10.0.0.0 0.0.0.255
"""
FRR = "hostname rt\ninterface eth0\n ip address 10.253.0.11/24\nexit\n"
FRR_WANTED = "interface lo\n description x\nexit\nip route 192.0.2.0/24 10.253.0.1\n"
CASES = {
    "huawei": (VrpDevice, VRP, "GigabitEthernet0/0/0", VRP_WANTED),
    "cisco_ios": (IosDevice, IOS, "GigabitEthernet0/1", IOS_WANTED),
    "frr": (FrrDevice, FRR, "eth0", FRR_WANTED),
}


class Emulated:
    """An emulated device behind a real SSH server. `fault` happens at the line number `at` (from 0), once."""

    def __init__(self, platform: str) -> None:
        self.platform = platform
        self.kind, first, self.port_name, self.intended = CASES[platform]
        self.fault, self.at, self.seen, self.stays = "", -1, 0, False
        self.gone = False
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.spec = Spec(
            name="rt",
            platform=platform,
            address=IPv4Address("127.253.0.11"),
            management_interface=self.port_name,
            text=first.format(PASSWORD),
            interfaces=(self.port_name,),
            login=("govnet", PASSWORD) if platform == "frr" else None,
        )
        self.port = self.do(self.start())

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def start(self) -> int:
        self.device = self.kind(self.spec)
        await self.device.first_boot()
        self.first = self.texts()
        if self.platform == "frr":
            self.device.run_command = self.command(self.device.run_command)
        else:
            self.device.session = self.session(self.device.session)
        self.connections = ssh.Connections(self.device)
        self.acceptor = await ssh.listen(self.connections, "127.0.0.1", 0, ssh.options_for(self.device))
        return self.acceptor.get_port()

    def texts(self) -> tuple[str, str]:
        """What runs and what is saved, without what changes by itself."""
        shown = (self.device.show(entry) for entry in (self.device.running, self.device.saved))
        running, saved = (
            re.sub(r"(?m)^!\n! Last configuration.*\n|^! .*\n|^Current configuration.*\n", "", text) for text in shown
        )
        return running, saved

    def session(self, make):
        def made(terminal, user, level):
            session = make(terminal, user, level)
            plain = session.execute

            async def execute(line):
                if self.gone:
                    raise LogoutError
                if terminal.__class__.__name__ != "Script" and await self.fails():
                    if self.fault == "refuse":
                        session.terminal.write("% no\n" if self.platform == "cisco_ios" else "Error: no\n")
                        return
                    raise LogoutError
                await plain(line)

            session.execute = execute
            return session

        return made

    def command(self, plain):
        async def run_command(command, stdin, user, level):
            if self.gone or (await self.fails() and self.fault != "refuse"):
                self.connections.cut(next(iter(self.connections.open.values()), ""))
                return 255, b"", b""
            if self.fault == "refuse" and self.seen == self.at + 1:
                return 1, b"", f"refused, and repeats {PASSWORD}\n".encode()
            return await plain(command, stdin, user, level)

        return run_command

    async def fails(self) -> bool:
        """Count a line; whether it is the one. A mute device says nothing more on this connection."""
        self.seen += 1
        if self.seen != self.at + 1:
            return False
        self.gone = self.stays
        if self.fault == "mute":
            await asyncio.sleep(9)
        return True

    def push(self, fault="", at=-1, *, stays=False):
        """One push with one fault; the result."""
        self.fault, self.at, self.stays, self.seen, self.gone = fault, at, stays, 0, False
        # Who says nothing is waited for, and a prompt that a refused command does not change.
        wait = {"mute": 0.6, "refuse": 10}.get(fault, 30)
        times = {"connect_timeout": 30, "login_timeout": wait, "command_timeout": wait}
        target = Target(
            "rt", self.platform, Endpoint("127.0.0.1", self.port), Login("govnet", Secret(PASSWORD)), **times
        )
        job = Job(target, self.intended, management=ip_interface("10.253.0.11/24"))
        (result,) = pushing.push([job], commit=True)
        return result

    def reset(self) -> None:
        async def again() -> None:
            self.device.forget_timers()
            fresh = self.kind(self.spec)
            await fresh.first_boot()
            self.device.running, self.device.saved = fresh.running, fresh.saved
            self.device.vault = fresh.vault
            self.first = self.texts()

        self.do(again())

    async def end(self) -> None:
        self.device.close()
        self.acceptor.close()
        for connection in list(self.connections.open):
            connection.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def close(self) -> None:
        self.do(self.end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()


@pytest.fixture
def emulated(request, monkeypatch):
    """An emulated device of the platform; times are short."""
    monkeypatch.setattr(guard, "SHORTEST", 1)
    monkeypatch.setattr(applet, "GUARD", replace(applet.GUARD, shortest=5))
    monkeypatch.setattr("configs.push.one.GRACE", 0.5)
    monkeypatch.setattr("configs.push.one.RETRY", 0.2)
    monkeypatch.setattr("configs.session.terminal.QUIET", 0.3)
    monkeypatch.setattr("configs.driver_cli.SAVE_SECONDS", 0.6)
    monkeypatch.setattr("configs.driver_cli.READ_SECONDS", 0.6)
    monkeypatch.setattr(frr_driver, "RELOAD_SECONDS", 0.6)
    monkeypatch.setattr(frr_driver, "RELOAD_GRACE", 0.1)
    made = Emulated(request.param)
    yield made
    made.close()


def looked_at(device: Emulated, result, where: str) -> None:
    """What the result says is what the device is, and nothing unchecked was saved."""
    running, saved = device.texts()
    text = str(result.error) + str(getattr(result.error, "hint", ""))
    assert PASSWORD not in text + repr(result) + str(result.as_json()), where
    if result.state is State.CHANGED:  # the fault hit the first attempt to save, or a command that may fail
        assert running == saved != device.first[0], where
        assert result.error is None, where
        return
    assert result.error is not None, where
    assert saved == device.first[1], where
    if result.state is State.UNKNOWN:
        assert re.search("a reboot|by itself", text), where
        return
    assert result.state in {State.RESTORED, State.UNTOUCHED}, where
    assert running == device.first[0], where


def side_by_side(emulated: Emulated, lines, work) -> set[State]:
    """What `work(device, line)` gives for each line; devices of the platform share the lines, since most is waiting."""
    idle: queue.SimpleQueue[Emulated] = queue.SimpleQueue()

    def one(at: int) -> State:
        device = idle.get()
        try:
            device.reset()
            return work(device, at)
        finally:
            idle.put(device)

    with ExitStack() as stack, ThreadPoolExecutor(AT_ONCE) as pool:
        idle.put(emulated)
        for _ in range(AT_ONCE - 1):
            device = Emulated(emulated.platform)
            stack.callback(device.close)
            idle.put(device)
        return set(pool.map(one, lines))


@pytest.mark.parametrize("fault", ["refuse", "drop", "mute"])
@pytest.mark.parametrize("emulated", list(CASES), indirect=True)
def test_a_fault_at_any_line(emulated, fault):
    """The device refuses, hangs up or falls silent once: untouched or restored, or really changed and saved."""
    first = emulated.push()
    assert first.state is State.CHANGED, (first.error, first.error.hint)
    count = emulated.seen
    assert count > 12
    # Waiting takes time: of lines that are waited for every third one, and the last.
    lines = [at for at in range(count) if fault != "mute" or not at % 3 or at >= count - 4]

    def fail_at(device: Emulated, at: int) -> State:
        result = device.push(fault, at)
        looked_at(device, result, f"{fault} at {at}: {result.state} {result.error}")
        return result.state

    assert {State.RESTORED, State.UNTOUCHED} <= side_by_side(emulated, lines, fail_at)


@pytest.mark.parametrize("emulated", [name for name in CASES if name != "frr"], indirect=True)
def test_messages_of_the_log_at_any_moment(emulated, monkeypatch):
    """A message overtakes every third prompt, or every other: the change is made, and is exactly that without them."""
    monkeypatch.setattr("configs.session.terminal.QUIET", 0.05)
    assert emulated.push().state is State.CHANGED
    quiet = emulated.texts()
    for logs in (3, 2):
        emulated.reset()
        emulated.device.suffer(Faults(logs=logs))
        result = emulated.push()
        assert result.state is State.CHANGED, (logs, result.error)
        assert emulated.texts() == quiet, logs


@pytest.mark.parametrize("emulated", list(CASES), indirect=True)
def test_a_device_that_never_comes_back(emulated):
    """It is gone in the middle for good: unknown, with what mends it; never changed, nothing saved."""
    emulated.push()
    # With the others it is waited for the guard.
    lines = range(2, emulated.seen, 4 if emulated.platform == "huawei" else 15)

    def gone_at(device: Emulated, at: int) -> State:
        result = device.push("drop", at, stays=True)
        looked_at(device, result, f"gone at {at}: {result.state} {result.error}")
        return result.state

    states = side_by_side(emulated, lines, gone_at)
    assert states <= {State.UNKNOWN, State.UNTOUCHED}
    assert State.UNKNOWN in states


@pytest.mark.parametrize("settled", [True, False])
@pytest.mark.parametrize("emulated", ["cisco_ios"], indirect=True)
def test_a_connection_that_breaks_behind_the_confirmation(emulated, monkeypatch, settled):
    """A device that nothing brings back is looked at again: saved if it is as intended and confirmed, else unknown."""
    plain = Driver.settle

    def breaks(driver):
        if settled:
            plain(driver)
        raise DeviceError("rt", Message("the connection is gone"), Message("try again"))

    monkeypatch.setattr(Driver, "settle", breaks)
    monkeypatch.setattr("configs.push.one.GRACE", -1e9)  # the guard is not waited for: it is gone, or it is still armed
    monkeypatch.setattr("configs.push.one._bring_back", lambda *_: False)
    result = emulated.push()
    looked_at(emulated, result, str(result.error))
    assert result.state is (State.CHANGED if settled else State.UNKNOWN)
