"""Emulated devices that listen while a test pushes to them: a world in a thread of its own, minutes that are short."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import threading
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, ip_interface

import pytest

from configs import driver_cli, guard
from configs import push as pushing
from configs.channel import Login, Target
from configs.drivers import driver_for
from configs.push import Job, Quiet
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError
from inventory.secrets import Secret
from lab.emulator.device import Spec
from lab.emulator.reach import Wire
from lab.emulator.world import World, served_at
from tests.patience import PATIENCE

MANAGER = IPv4Address("198.18.7.7")  # behind the gateway, which is the last address of the device's network
MINUTE = 60.0  # seconds that a minute of a device's timer lasts here; less where a test waits for one
TIMES = {"connect_timeout": 30, "login_timeout": 30, "command_timeout": 30}
_numbers = itertools.count(1)
_BASE = 0x0A000000 | (os.getpid() % 200 + 20) << 16


def shown(device, entry) -> str:
    """A configuration without what differs from look to look: who changed it when, how FortiOS codes secrets."""
    lines = re.sub(r"ENC \S+|user=\w+", "***", device.show(entry)).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("! Last config", "! NVRAM", "Current config")))


@dataclass
class Bench:
    """One emulated device, and what a test does with it."""

    platform: str
    device: object
    address: IPv4Address
    port: int
    loop: asyncio.AbstractEventLoop
    folder: object
    times: dict[str, float] = field(default_factory=TIMES.copy)
    enable: str = ""
    login: tuple[str, str] = ("govnet", "Secret-123")
    minute: float = MINUTE

    def endpoint(self, address=None) -> Endpoint:
        return Endpoint(served_at(address or self.address), self.port)

    def target(self, address=None, **more) -> Target:
        return Target(
            "dev",
            self.platform,
            self.endpoint(address),
            Login(self.login[0], Secret(self.login[1]), Secret(self.enable) if self.enable else None),
            known_hosts=self.folder / "known_hosts",
            **{**self.times, **more},
        )

    def driver(self, **more):
        made = driver_for(self.platform).for_target(
            self.target(), **{"management": ip_interface(f"{self.address}/24"), **more}
        )
        made.open()
        return made

    def answers(self) -> bool:
        """Whether somebody can log in."""
        try:
            self.driver().close()
        except DeviceError:
            return False
        return True

    def job(self, intended, *, after=None, **more) -> Job:
        return Job(
            self.target(),
            intended,
            management=ip_interface(f"{self.address}/24"),
            after=self.endpoint(after) if after else None,
            **more,
        )

    def push(self, intended, *, after=None, commit=True, **more):
        return pushing.push_one(self.job(intended, after=after, **more), commit=commit, observer=Quiet())

    def do(self, action):
        """Something at the device, in its own thread."""

        async def work():
            return action(self.device)

        return asyncio.run_coroutine_threadsafe(work(), self.loop).result(PATIENCE)

    def text(self) -> str:
        return self.do(lambda device: shown(device, device.running))

    def saved(self) -> str:
        return self.do(lambda device: shown(device, device.saved))

    def suffer(self, **faults) -> None:
        from lab.emulator.faults import Faults

        self.do(lambda device: device.suffer(Faults(**faults)))


class Worlds:
    """A thread in which emulated devices live."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.made: list[World] = []

    def start(self, platform, text, *, model="", interface="", minute=MINUTE, enable="", telnet=False, **more) -> Bench:
        """A device with `{address}` and `{gateway}` filled into its first text; with `telnet` it is reached so."""
        address = IPv4Address(_BASE + next(_numbers) * 256 + 1)
        network = IPv4Network(f"{address}/24", strict=False)
        gateway = network[254]
        spec = Spec(
            "dev",
            platform,
            address,
            management_interface=interface,
            model=model,
            text=text.replace("{address}", str(address)).replace("{gateway}", str(gateway)),
            seed=b"test",
            minute=minute,
            manager=MANAGER,
            wire=Wire((network,), frozenset({gateway})),
            **{"boot": 0.3, **more},
        )
        world = World([spec], snmp=False, telnet=telnet)
        self.made.append(world)

        async def begin():
            await world.boot()
            await world.open()
            return world.hosts["dev"].device

        device = asyncio.run_coroutine_threadsafe(begin(), self.loop).result(PATIENCE)
        port = world.ports[0] + telnet
        bench = Bench(platform, device, address, port, self.loop, self.folder, enable=enable, minute=minute)
        bench.login = more.get("login") or bench.login
        return bench

    def close(self) -> None:
        for world in self.made:
            asyncio.run_coroutine_threadsafe(world.close(), self.loop).result(PATIENCE)
        asyncio.run_coroutine_threadsafe(rest(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()


async def rest() -> None:
    """End what still goes on in this loop."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        _, late = await asyncio.wait(others, timeout=0.05)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@pytest.fixture
def worlds(tmp_path):
    """Starts emulated devices; all end with the test."""
    made = Worlds(tmp_path)
    yield made
    made.close()


@pytest.fixture
def short(monkeypatch):
    """Guards of one minute, the shortest that every vendor can be given."""
    monkeypatch.setattr(guard, "SHORTEST", 60)
    monkeypatch.setattr("configs.push.one.RETRY", 0.3)
    monkeypatch.setattr("configs.push.reaching.RETRY", 0.3)
    monkeypatch.setattr(driver_cli, "MOVE_SECONDS", 1.5)
