"""CPU time of a probe beside icmplib's, and of a notification beside pysnmp's, in the same run.

Probes: echo requests to addresses of 127.0.0.0/8, which the kernel answers; 500 targets, five packets each, all at
once. icmplib runs in an environment of its own, with as many tasks as it needs not to lose answers (its default, 50).
Notifications: the same linkDown of version 2c through a UDP socket, decoded, looked up, written as a JSON line with
its count and its alert; pysnmp's receiver only decodes it and calls an empty function.

Both need rights: echo requests root, CAP_NET_RAW or ping_group_range.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import peers
from common import figure, median, report

from collectors import notifications
from collectors.reach.model import Probe, Train, What
from collectors.reach.prober import probe_all
from collectors.snmp import ber
from collectors.traps.alerts import Alerts
from collectors.traps.counters import Counts
from collectors.traps.damping import Damping
from collectors.traps.engine import Engine
from collectors.traps.receiver import Receiver
from collectors.traps.security import Gate
from collectors.traps.senders import Sender
from collectors.traps.sockets import listen
from collectors.traps.store import Store

ROUNDS = 5
TARGETS, PACKETS = 500, 5
NOTIFICATIONS, PEER_NOTIFICATIONS = 5000, 500
ICMPLIB = "icmplib==3.0.4"
ADDRESSES = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(TARGETS)]

PEER = f"""
import asyncio, json, sys, time
from icmplib import async_multiping
addresses = json.load(sys.stdin)
started = time.process_time()
hosts = asyncio.run(async_multiping(addresses, count={PACKETS}, interval=0.02, timeout=2))
answered = sum(host.packets_received for host in hosts)
print(json.dumps([time.process_time() - started, answered]))
"""


def our_probes() -> float:
    """Microseconds of CPU time a packet; all must be answered."""
    train = Train(PACKETS, 0.02, 2.0)
    wanted = [Probe(address, What.DEVICE, address, 0, train) for address in ADDRESSES]
    started = time.process_time()
    results = probe_all(wanted, rate=0)
    took = time.process_time() - started
    answered = sum(result.figures.received for result in results)
    if answered != TARGETS * PACKETS:
        raise RuntimeError(f"{answered} of {TARGETS * PACKETS} probes were answered: {results[0].reason}")
    return took * 1e6 / answered


def peer_probes(python: Path) -> float:
    """The same by icmplib."""
    ran = subprocess.run(
        [str(python), "-c", PEER], input=json.dumps(ADDRESSES), capture_output=True, text=True, check=True
    )
    took, answered = json.loads(ran.stdout)
    return float(took) * 1e6 / int(answered)


def link_down() -> bytes:
    """A trap of version 2c with three objects."""
    objects = (
        ("1.3.6.1.2.1.1.3.0", b"\x43\x02\x04\xd2"),
        ("1.3.6.1.6.3.1.1.4.1.0", ber.tlv(6, ber.encode_oid("1.3.6.1.6.3.1.1.5.3"))),
        ("1.3.6.1.2.1.2.2.1.1.7", b"\x02\x01\x07"),
        ("1.3.6.1.2.1.2.2.1.7.7", b"\x02\x01\x01"),
        ("1.3.6.1.2.1.2.2.1.8.7", b"\x02\x01\x02"),
    )
    bindings = b"".join(ber.tlv(0x30, ber.tlv(6, ber.encode_oid(oid)) + value) for oid, value in objects)
    pdu = ber.tlv(0xA7, b"\x02\x01\x01\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, bindings))
    return ber.tlv(0x30, b"\x02\x01\x01" + ber.tlv(4, b"public") + pdu)


class Everybody:
    """Every sender is the same device."""

    def find(self, source: str, _origin: str) -> Sender:
        """Whoever it is."""
        return Sender(source, "rt-lantian", "th-lantian", "涟源市", "township-router")


async def send(port: int, data: bytes, count: int, taken: Any) -> float:
    """Send so many, a few at a time; microseconds of CPU time for each, sender's included."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        started = time.process_time()
        for number in range(count):
            sender.sendto(data, ("127.0.0.1", port))
            if number % 50 == 49:
                while taken() <= number:  # noqa: ASYNC110 - the receivers have nobody to tell
                    await asyncio.sleep(0)
        while taken() < count:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        return (time.process_time() - started) * 1e6 / count


def our_notifications(data: bytes) -> float:
    """Through the receiver into a file, nothing damped."""
    with tempfile.TemporaryDirectory() as folder, listen("127.0.0.1:0") as sock:
        counts = Counts()
        receiver = Receiver(
            Gate(Engine(b"\x80\x00\x00\x00\x05benchmark", 1), [b"public"], []),
            Everybody(),
            notifications.shipped(),
            Damping(0.0),
            Store(Path(folder) / "lines"),
            Alerts(),
            counts,
        )

        async def main() -> float:
            receiver.follow([sock])
            took = await send(sock.getsockname()[1], data, NOTIFICATIONS, lambda: counts.datagrams)
            receiver.leave([sock])
            return took

        return asyncio.run(main())


def peer_notifications(data: bytes) -> float:
    """Through pysnmp's notification receiver into an empty function."""
    from pysnmp.carrier.asyncio.dgram import udp  # noqa: PLC0415 - the peer
    from pysnmp.entity import config, engine  # noqa: PLC0415 - as above
    from pysnmp.entity.rfc3413 import ntfrcv  # noqa: PLC0415 - as above

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    taken: list[None] = []

    async def main() -> float:
        own = engine.SnmpEngine()
        config.add_transport(own, udp.DOMAIN_NAME, udp.UdpTransport().open_server_mode(("127.0.0.1", port)))
        config.add_v1_system(own, "area", "public")
        ntfrcv.NotificationReceiver(own, lambda *_: taken.append(None))
        await asyncio.sleep(0.2)
        took = await send(port, data, PEER_NOTIFICATIONS, lambda: len(taken))
        own.close_dispatcher()
        return took

    return asyncio.run(main())


def main() -> None:
    """Measure both in turn, several rounds; the median of the ratios."""
    python = peers.python(ICMPLIB)
    data = link_down()
    ours: dict[str, list[float]] = {"probe": [], "notification": []}
    theirs: dict[str, list[float]] = {"probe": [], "notification": []}
    for _ in range(ROUNDS):
        ours["probe"].append(our_probes())
        theirs["probe"].append(peer_probes(python))
        ours["notification"].append(our_notifications(data))
        theirs["notification"].append(peer_notifications(data))
    figures = [
        figure(
            f"{kind}-cpu-times-peer",
            median([own / other for own, other in zip(ours[kind], theirs[kind], strict=True)]),
            "×",
            bar,
            peer={"name": f"{peer}: {min(theirs[kind]):.0f} µs each, ours {min(ours[kind]):.0f} µs", "value": 1},
        )
        for kind, bar, peer in (
            ("probe", 0.1, f"{ICMPLIB.replace('==', ' ')}, 50 tasks"),
            ("notification", 0.2, "pysnmp, decoding alone"),
        )
    ]
    report("watching", figures)


if __name__ == "__main__":
    sys.exit(main())
