"""Pushing to many devices: ours against netmiko in a thread pool, and Ansible's network_cli where it is installed.

Emulated devices in a process of their own, fresh for every run, 10 ms of work for a command; every byte to and from
them is half a round trip of 40 ms under way. A job is 46 commands: log in with paging off, 40 configuration lines,
show the configuration, save. One line per round trip takes 46 × 50 ms = 2.3 s a device. Every client checks every
line's echo and error, and that the saved answer came.

    python benchmarks/push.py --json [--devices 200] [--parallel 100] [--ansible 40]

Ansible forks a process or two for each device, so it gets fewer of them (`--ansible`), all at once, and what is
compared is the wall time a device. How to install it: benchmarks/network_cli.py.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import network_cli
from common import figure, report

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = 0.020  # seconds that a byte is under way
WORK = 0.010  # seconds that a device works on a command
COMMANDS = 46
FLOOR = COMMANDS * (2 * HALF + WORK)  # seconds a device, one line per round trip
LINES = 40
PORTS = (10_522, 10_661)
SECONDS = 1800  # for any client's run
USER, PASSWORD = "govnet", "Secret-123"
BASE = int(IPv4Address("10.44.0.1"))
TEXTS = {
    "cisco_ios": (
        "GigabitEthernet0/1",
        (
            f"hostname {{name}}\nusername {USER} privilege 15 secret {PASSWORD}\nip domain-name example.net\n"
            "interface GigabitEthernet0/1\n ip address {address} 255.255.0.0\nline vty 0 15\n login local\n"
        ),
    ),
    "hp_comware": (
        "GigabitEthernet0/0",
        (
            "sysname {name}\ninterface GigabitEthernet0/0\n ip address {address} 255.255.0.0\nline vty 0 63\n"
            " authentication-mode scheme\n user-role network-admin\nssh server enable\n"
            f"local-user {USER} class manage\n password simple {PASSWORD}\n service-type ssh\n"
            " authorization-attribute user-role network-admin\n"
        ),
    ),
}
ROUTE = {
    "cisco_ios": "ip route 10.{n}.{k}.0 255.255.255.0 Null0",
    "hp_comware": "ip route-static 10.{n}.{k}.0 24 NULL0",
}
SHOW = {"cisco_ios": "show running-config", "hp_comware": "display current-configuration"}


def lines(platform: str, run: int) -> list[str]:
    """The configuration lines; other ones in each run, so that none is there already."""
    return [ROUTE[platform].format(n=100 + run, k=number) for number in range(LINES)]


def served(number: int) -> str:
    """Where a device is reached."""
    return str(IPv4Address((127 << 24) | ((BASE + number) & 0xFFFFFF)))


# The devices, and the distance to them


async def devices(platform: str, count: int) -> None:
    """Run the devices until standard input ends."""
    from lab.emulator.device import Spec  # noqa: PLC0415 - only this process needs it
    from lab.emulator.world import World  # noqa: PLC0415 - as above

    interface, text = TEXTS[platform]
    specs = [
        Spec(
            f"d{number}",
            platform,
            IPv4Address(BASE + number),
            management_interface=interface,
            text=text.format(name=f"d{number}", address=IPv4Address(BASE + number)),
            delay=WORK,
            seed=b"push",
        )
        for number in range(count)
    ]
    world = World(specs, snmp=False)
    await world.boot()
    await world.open(PORTS)
    gc.freeze()  # as a lab does it
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


class Distance:
    """Half a round trip: what goes in comes out that much later, in the same order. One timer for all of it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.under_way: deque[tuple[float, Callable[..., Any], tuple[Any, ...]]] = deque()

    def send(self, what: Callable[..., Any], *arguments: Any) -> None:
        """Do this at the other end."""
        due = self.loop.time() + HALF
        if not self.under_way:
            self.loop.call_at(due, self.arrive)
        self.under_way.append((due, what, arguments))

    def arrive(self) -> None:
        """What was sent so long ago is there."""
        now = self.loop.time()
        while self.under_way and self.under_way[0][0] <= now:
            _, what, arguments = self.under_way.popleft()
            what(*arguments)
        if self.under_way:
            self.loop.call_at(self.under_way[0][0], self.arrive)


class Late(asyncio.Protocol):
    """A device's side of a connection, half a round trip away from what goes over the socket, in either direction.

    What is written while the event loop is busy with one thing goes out as one segment.
    """

    def __init__(self, inner: Any, distance: Distance) -> None:
        self.inner = inner
        self.distance = distance
        self.begun: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        """A client has come; the device hears of it later."""
        self.transport = transport
        self.distance.send(self.inner.connection_made, self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self.distance.send(self.inner.data_received, data)

    def eof_received(self) -> bool:
        """The client sends no more."""
        self.distance.send(self.inner.eof_received)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """The client has gone."""
        self.distance.send(self.inner.connection_lost, error)

    # What the device sees as its transport

    def write(self, data: bytes) -> None:
        """Send, to arrive later."""
        if not self.begun:
            self.distance.loop.call_soon(self.depart)
        self.begun.append(data)

    def depart(self) -> None:
        """Bytes are under way."""
        if self.begun:
            data = b"".join(self.begun)
            self.begun.clear()
            self.distance.send(self.transport.write, data)

    def close(self) -> None:
        """End it, behind what was written."""
        self.depart()
        self.distance.send(self.transport.close)

    def abort(self) -> None:
        """Break it, behind what was written."""
        self.depart()
        self.distance.send(self.transport.abort)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)


class Far(asyncio.SelectorEventLoop):
    """An event loop whose servers are half a round trip away."""

    async def create_server(self, protocol_factory: Any, *arguments: Any, **more: Any) -> Any:
        """As every loop's."""
        distance = Distance(self)
        return await super().create_server(lambda: Late(protocol_factory(), distance), *arguments, **more)


# The clients


def _all_there(number: int, wanted: list[str], running: str) -> None:
    """SystemExit if a device does not show a line that it was given."""
    if not all(line in running for line in wanted):
        raise SystemExit(f"d{number}: a line is missing")


async def _ours(platform: str, number: int, run: int, gate: asyncio.Semaphore, folder: Path) -> None:
    from configs.channel import Login, Target  # noqa: PLC0415 - imports are not measured
    from configs.drivers import driver_for  # noqa: PLC0415 - as above
    from inventory.endpoints import Endpoint  # noqa: PLC0415 - as above
    from inventory.secrets import Secret  # noqa: PLC0415 - as above

    async with gate:
        target = Target(
            f"d{number}",
            platform,
            Endpoint(served(number), PORTS[0]),
            Login(USER, Secret(PASSWORD)),
            folder / "known_hosts",
        )
        driver: Any = driver_for(platform).for_target(target)
        await driver._open()  # noqa: SLF001 - all devices on one loop
        try:
            wanted = lines(platform, run)
            await driver.session.configure(wanted)
            running = await driver._running()  # noqa: SLF001 - all devices on one loop
            _all_there(number, wanted, running.decode())
            await driver._save()  # noqa: SLF001 - all devices on one loop
        finally:
            await driver._close()  # noqa: SLF001 - all devices on one loop


def ours(platform: str, count: int, parallel: int, run: int) -> None:
    """Our session engine: lines in blocks, every echo and error checked."""
    from configs.channel import wait  # noqa: PLC0415 - imports are not measured

    with tempfile.TemporaryDirectory() as folder:

        async def every() -> None:
            gate = asyncio.Semaphore(parallel)
            await asyncio.gather(*(_ours(platform, number, run, gate, Path(folder)) for number in range(count)))

        wait(every())


def netmiko(platform: str, count: int, parallel: int, run: int, **options: Any) -> None:
    """Netmiko in a thread pool, as its documentation does it; it checks each line by waiting for its echo."""
    from netmiko import ConnectHandler  # noqa: PLC0415 - imports are not measured

    def one(number: int) -> None:
        wanted = lines(platform, run)
        login = {"host": served(number), "port": PORTS[0], "username": USER, "password": PASSWORD}
        with ConnectHandler(device_type=platform, fast_cli=True, conn_timeout=60, **login) as connection:
            connection.send_config_set(wanted, error_pattern=r"(?m)^\s*% |\^", **options)
            running = connection.send_command(SHOW[platform], read_timeout=120)
            _all_there(number, wanted, running)
            connection.save_config()

    with ThreadPoolExecutor(parallel) as pool:
        list(pool.map(one, range(count)))


def ansible(platform: str, count: int, parallel: int, run: int) -> None:
    """Ansible's network_cli."""
    addresses = [served(number) for number in range(count)]
    network_cli.push(addresses, PORTS[0], (USER, PASSWORD), lines(platform, run), parallel)


CLIENTS = {"ours": ours, "netmiko": netmiko, "ansible": ansible}


def client(name: str, platform: str, count: int, parallel: int, run: int) -> None:
    """One client's run in this process; prints what it took."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if name == "ours":
        from configs import channel_hops, channel_ssh  # noqa: F401, PLC0415 - imports are not measured
        from configs.drivers import driver_for  # noqa: PLC0415 - as above

        driver_for(platform)
    elif name == "netmiko":
        import netmiko as _  # noqa: F401, PLC0415 - as above
    before = resident()
    begun, used = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    CLIENTS[name](platform, count, parallel, run)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "megabytes": after.ru_maxrss / 1024 - before}))


def resident() -> float:
    """This process's resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / (1 << 20)


def measure(name: str, platform: str, count: int, parallel: int, run: int) -> dict[str, float]:
    """One client's run in a process of its own, against devices that nobody has talked to yet."""
    limit = ["--client", name, "--parallel", str(parallel), "--run", str(run)]
    given = [platform, str(count), *limit]
    start = [sys.executable, __file__, "--part"]
    with subprocess.Popen(
        [*start, "devices", *given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as fleet:
        try:
            if fleet.stdout is None or fleet.stdout.readline().strip() != "ready":
                raise SystemExit("the devices did not start")
            before = processor_seconds(fleet.pid)
            done = subprocess.run(
                [*start, "client", *given], capture_output=True, text=True, check=False, timeout=SECONDS
            )
            emulated = processor_seconds(fleet.pid) - before
        finally:
            fleet.terminate()
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{name} {platform} {count}/{parallel}: {measured['wall']:.2f} s, {measured['cpu']:.2f} s of CPU,"
        f" the devices {emulated:.2f} s",
        file=sys.stderr,
    )
    return measured


def processor_seconds(process: int) -> float:
    """The CPU time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, or play one part of the measurement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--parallel", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--comware", type=int, default=20, help="devices for the comparison on Comware")
    parser.add_argument("--ansible", type=int, default=40, help="devices for Ansible, where it is installed")
    parser.add_argument("--part", choices=("devices", "client"))
    parser.add_argument("--client", choices=tuple(CLIENTS))
    parser.add_argument("--run", type=int, default=1)
    parser.add_argument("rest", nargs="*")
    given = parser.parse_args()
    if given.part:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        platform, count = given.rest[0], int(given.rest[1])
        if given.part == "devices":
            with asyncio.Runner(loop_factory=Far) as runner:
                runner.run(devices(platform, count))
        else:
            client(given.client, platform, count, given.parallel, given.run)
        return
    report("push", figures(given.devices, given.parallel, given.rounds, given.comware, given.ansible))


def figures(count: int, parallel: int, rounds: int, comware: int, forks: int) -> list[dict[str, Any]]:
    """All figures of the table."""
    floor = FLOOR * -(-count // parallel)
    pairs = [
        (
            measure("ours", "cisco_ios", count, parallel, run),
            measure("netmiko", "cisco_ios", count, parallel, run),
        )
        for run in range(rounds)
    ]
    big = measure("ours", "cisco_ios", 1000, 1000, 0)
    own, peer = (sorted(pairs, key=lambda pair: pair[index]["wall"])[rounds // 2][index] for index in (0, 1))
    said = {"name": "netmiko 4, thread pool", "value": round(peer["wall"], 2)}
    made = [
        figure("wall-over-one-line-per-round-trip", own["wall"] / floor, "×", 0.5),
        figure("wall-over-netmiko", own["wall"] / peer["wall"], "×", 0.3, peer=said),
        figure(
            "cpu-over-netmiko",
            own["cpu"] / peer["cpu"],
            "×",
            0.4,
            peer={"name": "netmiko 4, CPU seconds", "value": round(peer["cpu"], 2)},
        ),
        figure("megabytes-of-1000-devices-at-once", big["megabytes"], "MiB", 300),
    ]
    ours_, theirs = (measure(name, "hp_comware", comware, comware, 0) for name in ("ours", "netmiko"))
    made.append(
        figure(
            "comware-with-errors-checked-over-netmiko",
            ours_["wall"] / theirs["wall"],
            "×",
            1 / 15,
            peer={"name": "netmiko 4 hp_comware with error_pattern, wall seconds", "value": round(theirs["wall"], 2)},
        )
    )
    if network_cli.playbook() is None:
        print("Ansible is not installed: no comparison with network_cli", file=sys.stderr)
        return made
    slow = measure("ansible", "cisco_ios", forks, forks, 0)
    name = f"Ansible network_cli, wall seconds of {forks} devices at once; ours {own['wall']:.2f} s of {count}"
    made.append(
        figure(
            "wall-a-device-over-ansible",
            own["wall"] / count / (slow["wall"] / forks),
            "×",
            0.02,
            peer={"name": name, "value": round(slow["wall"], 2)},
        )
    )
    return made


if __name__ == "__main__":
    main()
