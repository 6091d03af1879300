"""Whatever arrives: no exception escapes, nothing hangs, everything is counted, and good ones still come through."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import notifications
from collectors.snmp import ber, usm
from collectors.traps import engine, message
from collectors.traps.alerts import Alerts
from collectors.traps.counters import Counts
from collectors.traps.damping import Damping
from collectors.traps.receiver import Receiver
from collectors.traps.security import Gate, RefusedError
from collectors.traps.senders import Sender
from collectors.traps.sockets import listen
from collectors.traps.store import Store
from tests.patience import PATIENCE

OWN = engine.Engine(b"\x80\x00\x00\x00\x05our own engine", 7)
USER = usm.User("govnet", "SHA256", b"auth-secret-1", "AES", b"priv-secret-1")
THEIRS = b"\x80\x00\x00\x00\x01their engine"


def seeds():
    """One good message of each kind."""
    bindings = b"".join(
        ber.tlv(0x30, ber.tlv(6, ber.encode_oid(oid)) + value)
        for oid, value in (
            ("1.3.6.1.2.1.1.3.0", b"\x43\x01\x05"),
            ("1.3.6.1.6.3.1.1.4.1.0", ber.tlv(6, ber.encode_oid("1.3.6.1.2.1.14.16.2.2"))),
            ("1.3.6.1.2.1.14.10.1.6.10.0.0.1.0", ber.encode_integer(1)),
            ("1.3.6.1.2.1.31.1.1.1.18.7", ber.tlv(4, "上联".encode("gb18030"))),
            ("1.3.6.1.4.1.1.1", ber.tlv(0x44, b"\x9f\x78\x04\x7f\xc0\x00\x00")),
            ("1.3.6.1.6.3.18.1.3.0", ber.tlv(0x40, b"\x0a\xfd\x00\x0b")),
        )
    )
    body = b"\x02\x01\x09\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, bindings)
    community = b"\x02\x01\x01" + ber.tlv(4, b"public")
    old = ber.tlv(
        0xA4,
        ber.tlv(6, ber.encode_oid("1.3.6.1.4.1.9.1"))
        + ber.tlv(0x40, bytes(4))
        + b"\x02\x01\x06\x02\x01\x05\x43\x01\x09"
        + ber.tlv(0x30, bindings),
    )
    discovery = ber.tlv(
        0x30,
        b"\x02\x01\x03"
        + ber.tlv(0x30, b"\x02\x01\x09\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03")
        + ber.tlv(4, ber.tlv(0x30, b"\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00"))
        + ber.tlv(0x30, b"\x04\x00\x04\x00" + ber.tlv(0xA0, b"\x02\x01\x09\x02\x01\x00\x02\x01\x00\x30\x00")),
    )
    return [
        ber.tlv(0x30, b"\x02\x01\x00" + ber.tlv(4, b"public") + old),
        ber.tlv(0x30, community + ber.tlv(message.TRAP_V2, body)),
        ber.tlv(0x30, community + ber.tlv(message.INFORM, body)),
        discovery,
        private(THEIRS, ber.tlv(message.TRAP_V2, body), 9, 9),
        private(OWN.identifier, ber.tlv(message.INFORM, body), OWN.boots, OWN.time()),
    ]


def private(identifier, pdu, boots, seconds):
    """An authPriv message."""
    keys = usm.keys(USER, identifier)
    encrypted, salt = keys.encrypt(ber.tlv(0x30, ber.tlv(4, identifier) + b"\x04\x00" + pdu), boots, seconds)
    head = ber.tlv(0x30, b"\x02\x01\x09\x02\x03\x00\xff\xe3\x04\x01\x03\x02\x01\x03")
    front = ber.tlv(4, identifier) + ber.encode_integer(boots) + ber.encode_integer(seconds) + ber.tlv(4, b"govnet")
    whole = b""
    for digest in (bytes(keys.digest_size), None):
        known = keys.digest(whole) if digest is None else digest
        security = ber.tlv(0x30, front + ber.tlv(4, known) + ber.tlv(4, salt))
        whole = ber.tlv(0x30, b"\x02\x01\x03" + head + ber.tlv(4, security) + ber.tlv(4, encrypted))
    return whole


def damaged(data, chance):
    """Some octets changed, cut out or doubled; sometimes something else altogether."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    octets = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(octets))
        kind = chance.random()
        if kind < 0.6:
            octets[place] = chance.choice((0, 1, 2, 5, 0x30, 0x41, 0x7F, 0x80, 0x82, 0x84, 0xA2, 0xA6, 0xFF))
        elif kind < 0.75:
            del octets[place : place + chance.randint(1, 9)]
        elif kind < 0.9:
            octets[place:place] = octets[place : place + chance.randint(1, 9)]
        else:
            del octets[place:]
        octets = octets or bytearray(b"\x30")
    return bytes(octets)


def gate():
    return Gate(OWN, [b"public"], [USER])


class Senders:
    """Everybody is rt-lantian."""

    def find(self, source, origin):
        return Sender(origin or source, "rt-lantian", "s", "r", "router")


def test_the_seeds_are_good():
    """What is damaged below was taken before it was damaged, except for the question for our engine."""
    for number, data in enumerate(seeds()):
        if number == 3:
            with pytest.raises(RefusedError) as error:
                gate().open(data)
            assert error.value.reason == "discovery"
            assert error.value.answer
        else:
            assert gate().open(data).notification.oid


def flood(folder, count, seed):
    """Damaged datagrams through a real socket; the counts and how many were sent."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    good = seeds()
    counts, alerts = Counts(), Alerts()
    store = Store(folder / "lines", largest=8 << 20, kept=2)
    receiver = Receiver(gate(), Senders(), notifications.shipped(), Damping(), store, alerts, counts)
    escaped = []

    async def taken(number):
        async with asyncio.timeout(PATIENCE):
            while counts.datagrams < number:  # noqa: ASYNC110 - the receiver has nobody to tell
                await asyncio.sleep(0)

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: escaped.append(context))
        with listen("127.0.0.1:0") as inside, listen("127.0.0.1:0") as outside:
            receiver.follow([inside])
            there = inside.getsockname()
            for number in range(count):
                outside.sendto(damaged(chance.choice(good), chance), there)
                if number % 50 == 49:
                    await taken(number + 1)
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            outside.recv(65535)
            await taken(count)
            outside.sendto(good[1], there)
            await taken(count + 1)
            receiver.leave([inside])

    asyncio.run(main())
    receiver.tick()
    store.close()
    assert escaped == []
    return counts


def check(counts, count):
    """Everything is counted once, nothing was our own fault, and damage was noticed."""
    assert counts.refused["internal"] == 0
    accepted = sum(counts.notifications.values())
    assert accepted + counts.repeated + sum(counts.refused.values()) == count + 1
    assert {"decode", "community", "digest", "engine"} <= set(counts.refused)
    assert accepted > 0


def test_a_flood_of_damaged_datagrams(tmp_path, caplog):
    """6,000 of them, made from all kinds of messages."""
    check(flood(tmp_path, 6_000, 11), 6_000)
    assert "could not be taken" not in caplog.text


@pytest.mark.soak
def test_a_long_flood(tmp_path, caplog):
    """100,000."""
    check(flood(tmp_path, 100_000, 12), 100_000)
    assert "could not be taken" not in caplog.text


@given(st.binary(max_size=400))
def test_any_octets_are_refused_or_taken(data):
    """Nothing but RefusedError leaves the gate."""
    with contextlib.suppress(RefusedError):
        gate().open(data)


@given(st.sampled_from(range(6)), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
def test_changed_octets_are_refused_or_taken(number, changes):
    """A good message with some octets changed; what is taken can be shown."""
    octets = bytearray(seeds()[number])
    for place, value in changes:
        octets[place % len(octets)] = value
    with contextlib.suppress(RefusedError):
        found = gate().open(bytes(octets))
        assert all(message.shown(oid, value)["oid"] for oid, value in found.notification.bindings)
