"""Polling by SNMP: our engine beside pysnmp, on the same simulated agents in the same run.

    python benchmarks/snmp.py [--json]

The agents are one process that answers from a table of ready octets (its own capacity is measured first, so that it is
never what is measured). A device has 28 interfaces of which 20 columns are read, with names as labels.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import resource
import socket
import statistics
import time
from typing import TYPE_CHECKING

from common import figure, report

from collectors.modules.schema import Module
from collectors.poll import Access, Poller, Target
from collectors.snmp import ber
from inventory.secrets import Secret

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

INTERFACES = 28
LOW = (7, 8, 10, 11, 13, 14, 16, 17, 19, 20)
HIGH = (6, 7, 8, 9, 10, 11, 12, 13, 15, 17)
ROUNDS = 5
DEVICES = 200
PEER_DEVICES = 3


def module() -> Module:
    """20 columns of the interface tables, with snmp_exporter's three labels."""
    index = [{"labelname": "ifIndex", "type": "gauge"}]
    lookups = [
        {"labels": ["ifIndex"], "labelname": name, "oid": oid, "type": "DisplayString"}
        for name, oid in (
            ("ifAlias", "1.3.6.1.2.1.31.1.1.1.18"),
            ("ifDescr", "1.3.6.1.2.1.2.2.1.2"),
            ("ifName", "1.3.6.1.2.1.31.1.1.1.1"),
        )
    ]
    oids = [f"1.3.6.1.2.1.2.2.1.{column}" for column in LOW] + [f"1.3.6.1.2.1.31.1.1.1.{column}" for column in HIGH]
    metrics = [
        {"name": f"m{number}", "oid": oid, "type": "counter", "indexes": index, "lookups": lookups}
        for number, oid in enumerate(oids)
    ]
    return Module.model_validate({"walk": ["1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1"], "metrics": metrics})


def objects() -> dict[tuple[int, ...], bytes]:
    """A device's objects: OID → value (TLV)."""
    base = (1, 3, 6, 1, 2, 1)
    found = {
        (*base, 1, 3, 0): ber.encode_integer(123456, ber.TIME_TICKS),
        (*base, 2, 1, 0): ber.encode_integer(INTERFACES),
        (*base, 31, 1, 5, 0): ber.encode_integer(77, ber.TIME_TICKS),
    }
    for row in range(1, INTERFACES + 1):
        found[(*base, 2, 2, 1, 2, row)] = ber.tlv(ber.OCTET_STRING, f"GigabitEthernet0/0/{row}".encode())
        found[(*base, 31, 1, 1, 1, 1, row)] = ber.tlv(ber.OCTET_STRING, f"GE0/0/{row}".encode())
        found[(*base, 31, 1, 1, 1, 18, row)] = ber.tlv(ber.OCTET_STRING, f"to site {row}".encode())
        for column in LOW:
            found[(*base, 2, 2, 1, column, row)] = ber.encode_integer(row * 1234567 + column, ber.COUNTER32)
        for column in HIGH:
            found[(*base, 31, 1, 1, 1, column, row)] = ber.encode_integer(row * 10**10 + column, ber.COUNTER64)
    return found


def agents(ready: Connection) -> None:
    """The agents' process: one socket; whatever the device's address, the same objects."""
    table = objects()
    order = sorted(table)
    follow = dict(itertools.pairwise(order))
    cache: dict[bytes, bytes] = {}
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    sock.bind(("127.0.0.1", 0))
    ready.send(sock.getsockname()[1])
    while True:
        data, source = sock.recvfrom(65535)
        start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
        _, start = ber.integer(data, start, stop)
        _, start = ber.expect(data, start, stop, ber.OCTET_STRING)
        tag, start, stop = ber.header(data, start, stop)
        number, rest = data[start : ber.integer(data, start, stop)[1]], data[ber.integer(data, start, stop)[1] :]
        key = bytes((tag,)) + rest
        known = cache.get(key)
        if known is None:
            known = cache[key] = _answer(tag, rest, table, order, follow)
        body = number + known
        pdu = bytes((ber.RESPONSE,)) + ber.length(len(body)) + body
        sock.sendto(ber.tlv(ber.SEQUENCE, b"\x02\x01\x01" + ber.tlv(ber.OCTET_STRING, b"public") + pdu), source)


def _answer(
    tag: int,
    rest: bytes,
    table: dict[tuple[int, ...], bytes],
    order: list[tuple[int, ...]],
    follow: dict[tuple[int, ...], tuple[int, ...]],
) -> bytes:
    """The part of a response after the request ID."""
    _, place = ber.integer(rest, 0, len(rest))
    repetitions, place = ber.integer(rest, place, len(rest))
    start, stop = ber.expect(rest, place, len(rest), ber.SEQUENCE)
    names = [ber.decode_arcs(name) for name, _ in ber.varbinds(rest, start, stop)]
    pairs = []
    if tag == ber.GET:
        pairs = [(name, table.get(name, b"\x81\x00")) for name in names]
    else:
        for _ in range(repetitions if tag == ber.GET_BULK else 1):
            row = []
            for name in names:
                later = follow.get(name) or next((other for other in order if other > name), None)
                row.append(later or name)
                pairs.append((row[-1], table[later] if later else b"\x82\x00"))
            names = row
    bindings = b"".join(
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_arcs(name)) + value) for name, value in pairs
    )
    return b"\x02\x01\x00\x02\x01\x00" + ber.tlv(ber.SEQUENCE, bindings)


def cpu() -> float:
    """This process's CPU seconds."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def capacity(port: int) -> float:
    """Requests per second that the agents answer."""
    payload = ber.tlv(
        ber.SEQUENCE,
        b"\x02\x01\x01\x04\x06public"
        + ber.tlv(
            ber.GET,
            b"\x02\x04\x01\x02\x03\x04\x02\x01\x00\x02\x01\x00"
            + ber.tlv(
                ber.SEQUENCE, ber.tlv(ber.SEQUENCE, ber.tlv(6, ber.encode_oid("1.3.6.1.2.1.1.3.0")) + b"\x05\x00")
            ),
        ),
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        sock.settimeout(2)
        for _ in range(32):
            sock.send(payload)
        started = time.perf_counter()
        for _ in range(5000):
            sock.recv(65535)
            sock.send(payload)
        return 5000 / (time.perf_counter() - started)


async def pysnmp_poll(port: int, devices: int) -> None:
    """The same columns by pysnmp's bulk walk, 25 repetitions, devices one after the other."""
    from pysnmp.hlapi.v3arch.asyncio import (  # noqa: PLC0415 - the peer
        CommunityData,
        ContextData,
        ObjectIdentity,
        ObjectType,
        SnmpEngine,
        UdpTransportTarget,
        bulk_walk_cmd,
    )

    engine = SnmpEngine()
    columns = [f"1.3.6.1.2.1.2.2.1.{column}" for column in LOW] + [f"1.3.6.1.2.1.31.1.1.1.{column}" for column in HIGH]
    for _ in range(devices):
        target = await UdpTransportTarget.create(("127.0.0.1", port))
        for column in columns:
            walk = bulk_walk_cmd(
                engine,
                CommunityData("public"),
                target,
                ContextData(),
                0,
                25,
                ObjectType(ObjectIdentity(column)),
                lexicographicMode=False,
                lookupMib=False,
            )
            async for _error, _status, _index, _bindings in walk:
                pass
    engine.close_dispatcher()


def main() -> None:
    """Measure and print."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=agents, args=(send,), daemon=True)
    process.start()
    port = receive.recv()
    cold, warm, walls = [], [], []
    try:
        answers = capacity(port)
        # The user's name tells the devices apart; version 2c does not send it.
        targets = [
            Target(f"d{number}", "127.0.0.1", port, Access("2c", Secret("public"), user=str(number)))
            for number in range(DEVICES)
        ]
        for _ in range(ROUNDS):
            poller = Poller(["if_mib"])
            poller.modules = {"if_mib": module()}
            cold.append(measured(poller, targets)[0])
            seconds, wall = measured(poller, targets)
            warm.append(seconds)
            walls.append(wall)
        packets = poller.poll(targets[:1])[0].packets
        before = cpu()
        asyncio.run(pysnmp_poll(port, PEER_DEVICES))
        peer = (cpu() - before) / PEER_DEVICES
    finally:
        process.terminate()
        process.join()
    steady, first = statistics.median(warm), statistics.median(cold)
    named = {"name": "pysnmp 7, bulk walk, CPU ms per device", "value": round(peer * 1e3, 2)}
    # The agents must be able to answer several times what is asked of them, or they would be what is measured.
    asked = packets * DEVICES / statistics.median(walls)
    report(
        "snmp",
        [
            figure("v2c-poll-cpu-steady-to-pysnmp", steady / peer, "ratio", 0.02, peer=named),
            figure("v2c-poll-cpu-cold-to-pysnmp", first / peer, "ratio", 0.04, peer=named),
            figure("v2c-poll-cpu-steady", steady * 1e3, "ms per device", 3.0),
            figure("v2c-packets-steady", packets, "packets per device", 11),
            figure("agents-capacity-to-asked", answers / asked, "ratio", 1.5, better="higher"),
        ],
    )


def measured(poller: Poller, targets: list[Target]) -> tuple[float, float]:
    """CPU seconds for a device, its page of text included, and wall seconds for all."""
    before, started = cpu(), time.perf_counter()
    for result in poller.poll(targets):
        if not result.ok or len(result.page()) < 1000:
            raise RuntimeError(f"{result.device}: {result.reason}")
    return (cpu() - before) / len(targets), time.perf_counter() - started


if __name__ == "__main__":
    main()
