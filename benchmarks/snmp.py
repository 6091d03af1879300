"""Polling by SNMP: our engine beside Debian's prometheus-snmp-exporter and pysnmp, on the same agents in the same run.

    python benchmarks/snmp.py [--json]

The agents (`snmp_agents`) are a process whose own capacity is measured first, so that it is never what is measured. A
device has 28 interfaces of which 20 columns are read, with three names as labels, and the page of text is part of it.
The devices are of one kind: what one's first answers taught serves the others.
What is compared is CPU time; rounds of ours and of the peers take turns, and of each the least is taken, because other
programs on the machine only ever add to it.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from common import figure, report
from snmp_agents import BAD, COLUMNS, USER, agents, capacity, module
from snmp_exporter import PROGRAM, WAYS, Exporter, exporter

from collectors.poll import Access, Poller, Target
from inventory.secrets import Secret

ROUNDS = 9
DEVICES = 60
PEER_SCRAPES = 60
PEER_DEVICES = 3
MANY = 2000
TAIL_POLLS = 6
V3 = Access(
    "3",
    user=USER.name,
    auth_protocol=USER.auth_protocol,
    auth_password=Secret(USER.auth_password.decode()),
    priv_protocol=USER.priv_protocol,
    priv_password=Secret(USER.priv_password.decode()),
)
V2C = Access("2c", Secret("public"))


def cpu() -> float:
    """This process's CPU seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def poller() -> Poller:
    """A poller that knows nothing yet."""
    made = Poller(["if_mib"])
    made.modules = {"if_mib": module()}
    return made


def targets(port: int, count: int, access: Access) -> list[Target]:
    """So many devices."""
    return [Target(f"d{number}", "127.0.0.1", port, access) for number in range(count)]


def measured(ours: Poller, wanted: list[Target]) -> tuple[float, float]:
    """CPU seconds for a device, its page of text included, and wall seconds for all. No page is kept."""

    async def every() -> None:
        async def one(target: Target) -> None:
            result = await ours.poll_one(client, target)
            if not result.ok or len(result.page()) < 1000:
                raise RuntimeError(f"{result.device}: {result.reason}")

        async with ours.client() as client:
            await asyncio.gather(*(one(target) for target in wanted))

    gc.collect()
    before, started = cpu(), time.perf_counter()
    asyncio.run(every())
    return (cpu() - before) / len(wanted), time.perf_counter() - started


def same_series(page: bytes, port: int) -> None:
    """Both pages hold the same samples, or the comparison is worth nothing."""
    ours = poller().poll(targets(port, 1, V2C))[0].page()
    samples = [{line for line in text.splitlines() if line.startswith(b"m")} for text in (ours, page)]
    # The exporter writes numbers from a million on with an exponent: compare as numbers.
    left, right = ({(line.rpartition(b" ")[0], float(line.rpartition(b" ")[2])) for line in part} for part in samples)
    if left != right or len(left) != len(COLUMNS) * 28:
        raise RuntimeError("ours and the exporter's samples differ")


async def pysnmp_poll(port: int, devices: int, *, private: bool) -> None:
    """The same columns by pysnmp's bulk walk, 25 repetitions, devices one after the other, one kept engine."""
    from pysnmp.hlapi.v3arch.asyncio import (  # noqa: PLC0415 - the peer
        CommunityData,
        ContextData,
        ObjectIdentity,
        ObjectType,
        SnmpEngine,
        UdpTransportTarget,
        UsmUserData,
        bulk_walk_cmd,
        usmAesCfb128Protocol,
        usmHMACSHAAuthProtocol,
    )

    engine = SnmpEngine()
    who = CommunityData("public")
    if private:
        who = UsmUserData(
            USER.name,
            USER.auth_password.decode(),
            USER.priv_password.decode(),
            authProtocol=usmHMACSHAAuthProtocol,
            privProtocol=usmAesCfb128Protocol,
        )
    target = await UdpTransportTarget.create(("127.0.0.1", port))
    for _ in range(devices):
        for column in COLUMNS:
            walk = bulk_walk_cmd(
                engine,
                who,
                target,
                ContextData(),
                0,
                25,
                ObjectType(ObjectIdentity(column)),
                lexicographicMode=False,
                lookupMib=False,
            )
            async for error, _status, _index, _bindings in walk:
                if error:
                    raise RuntimeError(f"pysnmp: {error}")
    engine.close_dispatcher()


def pysnmp_cpu(port: int, *, private: bool) -> float:
    """CPU seconds for a device."""
    before = cpu()
    asyncio.run(pysnmp_poll(port, PEER_DEVICES, private=private))
    return (cpu() - before) / PEER_DEVICES


def peer_cpu(peer: Exporter, way: str, count: int = PEER_SCRAPES) -> float:
    """The exporter's CPU seconds for a scrape."""
    before = peer.cpu()
    peer.scrape(way, count, 8)
    return (peer.cpu() - before) / count


def tail(port: int, bad_port: int, *, bad: int) -> float:
    """The 99th percentile of the seconds that healthy devices take, with so many that misbehave polled beside them."""
    ours, wanted = poller(), targets(port, DEVICES, V2C)
    others = [
        Target(f"bad{number}", "127.0.0.1", bad_port, Access("2c", Secret(BAD[number % len(BAD)])))
        for number in range(bad)
    ]
    taken: list[float] = []

    async def every() -> None:
        async def one(target: Target, start: float) -> None:
            await asyncio.sleep(start)
            result = await ours.poll_one(client, target)
            if target in healthy:
                taken.append(result.seconds)

        # As a scrape interval spreads them: a few at a time, the misbehaving ones first.
        healthy = set(wanted)
        async with ours.client() as client:
            first = [asyncio.create_task(one(target, 0)) for target in others]
            await asyncio.gather(*(one(target, 0.01 * number) for number, target in enumerate(wanted * TAIL_POLLS)))
            for task in first:
                task.cancel()
            await asyncio.gather(*first, return_exceptions=True)

    asyncio.run(every())
    return sorted(taken)[int(len(taken) * 0.99)]


def many(port: int) -> None:
    """Poll 2,000 devices some times in this process; print a steady poll's wall seconds and our peak memory."""
    ours, wanted = poller(), targets(port, MANY, V2C)
    walls = [measured(ours, wanted)[1] for _ in range(5)]
    print(min(walls[1:]), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


@dataclass
class Measured:
    """What the rounds gave: CPU seconds for a device or scrape, and wall seconds."""

    capacity: float = 0.0
    way: str = ""
    packets: int = 0
    cold: list[float] = field(default_factory=list)
    steady: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    by_user: list[float] = field(default_factory=list)
    scrapes: list[float] = field(default_factory=list)
    pysnmp: list[float] = field(default_factory=list)
    pysnmp_by_user: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    many: list[tuple[float, float]] = field(default_factory=list)
    many_scrapes: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    found = Measured()
    with agents() as port, tempfile.TemporaryDirectory() as folder, exporter(Path(folder), port) as peer:
        found.capacity = capacity(port)
        same_series(peer.scrape("columns25", 1, 1), port)
        found.way = min(WAYS, key=lambda name: peer_cpu(peer, name))
        wanted, users = targets(port, DEVICES, V2C), targets(port, DEVICES, V3)
        for _ in range(ROUNDS):
            ours = poller()
            found.cold.append(measured(ours, wanted)[0])
            seconds, wall = min(measured(ours, wanted) for _ in range(5))
            found.steady.append(seconds)
            found.walls.append(wall)
            found.scrapes.append(peer_cpu(peer, found.way))
            found.packets = ours.poll(wanted[:1])[0].packets
            ours = poller()
            found.by_user.append(min(measured(ours, users)[0] for _ in range(5)))
        for _ in range(2):
            found.pysnmp.append(pysnmp_cpu(port, private=False))
            found.pysnmp_by_user.append(pysnmp_cpu(port, private=True))
        with agents() as bad_port:
            for _ in range(ROUNDS):
                found.alone.append(tail(port, bad_port, bad=0))
                found.beside.append(tail(port, bad_port, bad=DEVICES // 10))
        for _ in range(3):
            command = [sys.executable, __file__, "--many", str(port)]
            made = subprocess.run(command, capture_output=True, text=True, check=True)
            wall, memory = map(float, made.stdout.split())
            found.many.append((wall, memory))
            started = time.perf_counter()
            peer.scrape(found.way, MANY, 64)
            found.many_scrapes.append(time.perf_counter() - started)
    show(found)


def show(found: Measured) -> None:
    """The figures: of each list the least; of the 99th percentiles the median, since they are chance's own."""
    cold, steady, by_user = min(found.cold), min(found.steady), min(found.by_user)
    scrape, pysnmp, pysnmp_by_user = min(found.scrapes), min(found.pysnmp), min(found.pysnmp_by_user)
    wall, many_scrapes = min(found.many)[0], min(found.many_scrapes)
    name = f"prometheus-snmp-exporter 0.21 ({found.way}), CPU ms per scrape"
    theirs = {"name": name, "value": round(scrape * 1e3, 3)}
    slow = {"name": "pysnmp 7, bulk walk, CPU ms per device", "value": round(pysnmp * 1e3, 2)}
    slow_user = {"name": "pysnmp 7, SHA and AES-128, CPU ms per device", "value": round(pysnmp_by_user * 1e3, 2)}
    many_peer = {"name": "prometheus-snmp-exporter 0.21, both cores, s", "value": round(many_scrapes, 3)}
    # The agents must be able to answer several times what is asked of them, or they would be what is measured.
    spare = found.capacity / (found.packets * DEVICES / min(found.walls))
    report(
        "snmp",
        [
            figure("v2c-poll-cpu-cold-to-exporter", cold / scrape, "ratio", round(1 / 9, 4), peer=theirs),
            figure("v2c-poll-cpu-steady-to-exporter", steady / scrape, "ratio", round(1 / 16, 4), peer=theirs),
            figure("v2c-poll-cpu-steady-to-pysnmp", steady / pysnmp, "ratio", 0.02, peer=slow),
            figure("v3-poll-cpu-steady-to-pysnmp", by_user / pysnmp_by_user, "ratio", 0.1, peer=slow_user),
            figure("v3-poll-cpu-steady-to-v2c", by_user / steady, "ratio", 4.0),
            figure("v2c-poll-cpu-cold", cold * 1e3, "ms per device", 6.0),
            figure("v2c-poll-cpu-steady", steady * 1e3, "ms per device", 3.0),
            figure("v2c-packets-steady", found.packets, "packets per device", 11),
            figure("2000-devices-wall-to-exporter", wall / many_scrapes, "ratio", 0.125, peer=many_peer),
            figure("2000-devices-wall", wall, "s", 3.0),
            figure("2000-devices-peak-memory", max(memory for _, memory in found.many), "MiB", 300.0),
            figure("p99-of-healthy-beside-misbehaving", median(found.beside) / median(found.alone), "ratio", 1.2),
            figure("agents-capacity-to-asked", spare, "ratio", 1.5, better="higher"),
        ],
    )


if __name__ == "__main__":
    if "--many" in sys.argv:
        many(int(sys.argv[-1]))
    elif PROGRAM is None:
        sys.exit("prometheus-snmp-exporter is not installed (Debian: apt-get install prometheus-snmp-exporter)")
    else:
        main()
