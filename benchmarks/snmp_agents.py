"""Simulated agents for the SNMP benchmark: one process, one socket, ready octets.

Whatever its device's name, an agent has the same 28 interfaces. A request that was seen before is answered by putting
its identifier between two ready pieces, so that the agents are faster than whoever asks them. The community decides
how an agent behaves: `public` is honest, those of `BAD` are not.
"""

from __future__ import annotations

import itertools
import multiprocessing
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from collectors.modules.schema import Module
from collectors.snmp import ber, usm
from collectors.snmp.session import identifier_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

INTERFACES = 28
LOW = (7, 8, 10, 11, 13, 14, 16, 17, 19, 20)
HIGH = (6, 7, 8, 9, 10, 11, 12, 13, 15, 17)
COLUMNS = [f"1.3.6.1.2.1.2.2.1.{column}" for column in LOW] + [f"1.3.6.1.2.1.31.1.1.1.{column}" for column in HIGH]
LABELS = (
    ("ifAlias", "1.3.6.1.2.1.31.1.1.1.18"),
    ("ifDescr", "1.3.6.1.2.1.2.2.1.2"),
    ("ifName", "1.3.6.1.2.1.31.1.1.1.1"),
)
BAD = ("mute", "loop", "endless", "gen_err", "too_big", "pieces")
# Whoever speaks version 3 is this user.
USER = usm.User("bench", "SHA", b"authpass123", "AES", b"privpass123")
_ENGINE = bytes.fromhex("80001f8804") + b"benchmark"
_BOOTS = 3


def module() -> Module:
    """20 columns of the interface tables, with snmp_exporter's three labels."""
    index = [{"labelname": "ifIndex", "type": "gauge"}]
    lookups = [{"labels": ["ifIndex"], "labelname": name, "oid": oid, "type": "DisplayString"} for name, oid in LABELS]
    metrics = [
        {"name": f"m{number}", "oid": oid, "type": "counter", "indexes": index, "lookups": lookups}
        for number, oid in enumerate(COLUMNS)
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
        # ifCounterDiscontinuityTime: what follows the last name.
        found[(*base, 31, 1, 1, 1, 19, row)] = ber.encode_integer(0, ber.TIME_TICKS)
        for column in LOW:
            found[(*base, 2, 2, 1, column, row)] = ber.encode_integer(row * 1234567 + column, ber.COUNTER32)
        for column in HIGH:
            found[(*base, 31, 1, 1, 1, column, row)] = ber.encode_integer(row * 10**10 + column, ber.COUNTER64)
    return found


@contextmanager
def agents() -> Iterator[int]:
    """The agents' process; its port on 127.0.0.1."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(send,), daemon=True)
    process.start()
    try:
        yield receive.recv()
    finally:
        process.terminate()
        process.join()


def capacity(port: int, seconds: float = 1.0) -> float:
    """Requests per second that the agents answer: a full table's GETBULK, 32 on their way."""
    names = b"".join(
        ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid(oid)) + b"\x05\x00") for oid in COLUMNS[:2]
    )
    pdu = b"\x02\x04\x01\x02\x03\x04\x02\x01\x00" + ber.encode_integer(INTERFACES) + ber.tlv(ber.SEQUENCE, names)
    payload = ber.tlv(ber.SEQUENCE, b"\x02\x01\x01\x04\x06public" + ber.tlv(ber.GET_BULK, pdu))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", port))
        sock.settimeout(5)
        for _ in range(32):
            sock.send(payload)
        count, started = 0, time.perf_counter()
        while time.perf_counter() < started + seconds:
            for _ in range(256):
                sock.recv(65535)
                sock.send(payload)
            count += 256
        return count / (time.perf_counter() - started)


class _Agent:
    def __init__(self) -> None:
        self._table = objects()
        self._order = sorted(self._table)
        self._follow = dict(itertools.pairwise(self._order))
        self._ready: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}
        self._tails: dict[tuple[int, bytes], bytes] = {}
        self._started = time.monotonic()
        self._asked = 0

    def answer(self, data: bytes) -> bytes:
        """The answer's octets; none for no answer."""
        if data[4 if data[1] < 0x80 else 4 + (data[1] & 0x7F)] == 3:
            return self._answer_user(data)
        identifier = identifier_of(data).to_bytes(4, "big", signed=True)
        place = data.find(identifier)
        known = self._ready.get((data[:place], data[place + 4 :])) if place > 0 else None
        if known is None:
            start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
            _, start = ber.integer(data, start, stop)
            first, start = ber.expect(data, start, stop, ber.OCTET_STRING)
            if data[first:start] != b"public":
                return self._misbehave(data[first:start].decode(), data, start, stop)
            body = self._pdu(data, start, stop, b"\xff\xff\xff\xff")
            message = ber.tlv(ber.SEQUENCE, b"\x02\x01\x01\x04\x06public" + body)
            head, _, tail = message.partition(b"\xff\xff\xff\xff")
            known = (head, tail)
            if place > 0:
                self._ready[data[:place], data[place + 4 :]] = known
        return known[0] + identifier + known[1]

    def _pdu(self, data: bytes, start: int, stop: int, identifier: bytes) -> bytes:
        """The response to the request PDU at `start`."""
        tag, start, stop = ber.header(data, start, stop)
        _, start = ber.integer(data, start, stop)
        rest = data[start:stop]
        tail = self._tails.get((tag, rest))
        if tail is None:
            tail = self._tails[tag, rest] = self._bindings(tag, rest)
        return ber.tlv(ber.RESPONSE, b"\x02\x04" + identifier + tail)

    def _bindings(self, tag: int, rest: bytes) -> bytes:
        """The part of a response after the request ID; as many bindings as fit 64 KiB."""
        _, place = ber.integer(rest, 0, len(rest))
        repetitions, place = ber.integer(rest, place, len(rest))
        start, stop = ber.expect(rest, place, len(rest), ber.SEQUENCE)
        names = [ber.decode_arcs(name) for name, _ in ber.varbinds(rest, start, stop)]
        pairs = []
        if tag == ber.GET:
            pairs = [(name, self._table.get(name, b"\x81\x00")) for name in names]
        else:
            for _ in range(repetitions if tag == ber.GET_BULK else 1):
                row = []
                for name in names:
                    later = self._following(name)
                    row.append(later or name)
                    pairs.append((row[-1], self._table[later] if later else b"\x82\x00"))
                names = row
        bindings = b"".join(_binding(ber.encode_arcs(name), value) for name, value in pairs)
        return b"\x02\x01\x00\x02\x01\x00" + ber.tlv(ber.SEQUENCE, bindings)

    def _misbehave(self, kind: str, data: bytes, start: int, stop: int) -> bytes:
        """What an agent of a community of `BAD` answers."""
        if kind == "mute":
            return b""
        tag, start, stop = ber.header(data, start, stop)
        number, place = ber.integer(data, start, stop)
        rest = data[place:stop]
        _, place = ber.integer(rest, 0, len(rest))
        _, place = ber.integer(rest, place, len(rest))
        first, last = ber.expect(rest, place, len(rest), ber.SEQUENCE)
        names = [name for name, _ in ber.varbinds(rest, first, last)]
        status = {"gen_err": 5, "too_big": 1}.get(kind, 0)
        self._asked += 1
        if status:
            pairs = b""
        elif tag == ber.GET:
            pairs = b"".join(_binding(name, self._table.get(ber.decode_arcs(name), b"\x81\x00")) for name in names)
        elif kind == "pieces":
            row = [(name, self._following(ber.decode_arcs(name))) for name in names[:3]]
            pairs = b"".join(
                _binding(ber.encode_arcs(later), self._table[later]) if later else _binding(name, b"\x82\x00")
                for name, later in row
            )
        else:
            index = ber.encode_index((3 if kind == "loop" else self._asked * 7,))
            pairs = b"".join(_binding(name[:10] + index, b"\x02\x01\x01") for name in names)
        body = ber.encode_integer(number) + ber.encode_integer(status) + b"\x02\x01\x00" + ber.tlv(ber.SEQUENCE, pairs)
        community = ber.tlv(ber.OCTET_STRING, kind.encode())
        return ber.tlv(ber.SEQUENCE, b"\x02\x01\x01" + community + ber.tlv(ber.RESPONSE, body))

    def _following(self, name: tuple[int, ...]) -> tuple[int, ...] | None:
        return self._follow.get(name) or next((other for other in self._order if other > name), None)

    def _answer_user(self, data: bytes) -> bytes:
        """Version 3: the engine's ID for whoever does not know it, else the answer, signed and encrypted."""
        start, stop = ber.expect(data, 0, len(data), ber.SEQUENCE)
        _, start = ber.integer(data, start, stop)
        first, start = ber.expect(data, start, stop, ber.SEQUENCE)
        message_number, _ = ber.integer(data, first, start)
        first, start = ber.expect(data, start, stop, ber.OCTET_STRING)
        first, last = ber.expect(data, first, start, ber.SEQUENCE)
        engine_start, engine_stop = ber.expect(data, first, last, ber.OCTET_STRING)
        boots, place = ber.integer(data, engine_stop, last)
        seconds, place = ber.integer(data, place, last)
        for _ in range(3):
            salt_start, place = ber.expect(data, place, last, ber.OCTET_STRING)
        number = message_number.to_bytes(4, "big", signed=True)
        clock = ber.encode_integer(_BOOTS) + ber.encode_integer(int(time.monotonic() - self._started) + 1)
        head = ber.tlv(ber.OCTET_STRING, _ENGINE) + clock
        if engine_start == engine_stop:
            unknown = ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_oid("1.3.6.1.6.3.15.1.1.4.0")) + b"\x41\x01\x01"
            body = b"\x02\x04" + number + b"\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, ber.tlv(0x30, unknown))
            scoped = ber.tlv(0x30, ber.tlv(4, _ENGINE) + b"\x04\x00" + ber.tlv(ber.REPORT, body))
            return _message(number, 0, ber.tlv(0x30, head + b"\x04\x00\x04\x00\x04\x00"), scoped)
        keys = usm.keys(USER, _ENGINE)
        first, last = ber.expect(data, start, stop, ber.OCTET_STRING)
        plain = keys.decrypt(data[first:last], data[salt_start:place], boots, seconds)
        first, last = ber.expect(plain, 0, len(plain), ber.SEQUENCE)
        _, first = ber.expect(plain, first, last, ber.OCTET_STRING)
        _, first = ber.expect(plain, first, last, ber.OCTET_STRING)
        asked, _ = ber.integer(plain, ber.header(plain, first, last)[1], last)
        pdu = self._pdu(plain, first, last, asked.to_bytes(4, "big", signed=True))
        scoped = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OCTET_STRING, _ENGINE) + b"\x04\x00" + pdu)
        encrypted, salt = keys.encrypt(scoped, _BOOTS, ber.integer(clock, 3, len(clock))[0])
        blank = bytes(keys.digest_size)
        tail = ber.tlv(ber.OCTET_STRING, USER.name.encode()) + ber.tlv(ber.OCTET_STRING, blank)
        security = ber.tlv(ber.SEQUENCE, head + tail + ber.tlv(ber.OCTET_STRING, salt))
        message = _message(number, 3, security, ber.tlv(ber.OCTET_STRING, encrypted))
        return message.replace(blank, keys.digest(message), 1)


def _binding(name: bytes, value: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, name) + value)


def _message(number: bytes, flags: int, security: bytes, scoped: bytes) -> bytes:
    head = b"\x02\x04" + number + b"\x02\x03\x00\xff\xe3" + bytes((ber.OCTET_STRING, 1, flags)) + b"\x02\x01\x03"
    content = b"\x02\x01\x03" + ber.tlv(ber.SEQUENCE, head) + ber.tlv(ber.OCTET_STRING, security) + scoped
    return ber.tlv(ber.SEQUENCE, content)


def _serve(ready: Connection) -> None:
    agent = _Agent()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        sock.bind(("127.0.0.1", 0))
        ready.send(sock.getsockname()[1])
        while True:
            data, source = sock.recvfrom(65535)
            answer = agent.answer(data)
            if answer:
                sock.sendto(answer, source)
