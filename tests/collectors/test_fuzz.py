"""Whatever arrives on the sockets: no exception escapes, nothing hangs."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest

from collectors.poll import Access
from collectors.snmp import answers, ber, usm
from collectors.snmp.client import Agent, Client
from collectors.snmp.faults import Fault
from collectors.snmp.session import ForeignError, Request, ResendError, identifier_of
from inventory.secrets import Secret
from tests.patience import PATIENCE

TABLE = ber.encode_oid("1.3.6.1.2.1.2.2.1")
USER = Access("3", Secret(""), "user", "SHA256", Secret("authpass123"), "AES", Secret("privpass123"))


def answer_v2c(number, rows=8):
    """An honest answer of one column, in our own octets."""
    bindings = b"".join(
        ber.tlv(0x30, ber.tlv(6, TABLE + b"\x0a" + bytes((row,))) + ber.encode_integer(row * 7919, 0x41))
        for row in range(1, rows)
    )
    pdu = ber.tlv(0xA2, b"\x02\x04" + number.to_bytes(4, "big") + b"\x02\x01\x00\x02\x01\x00" + ber.tlv(0x30, bindings))
    return ber.tlv(0x30, b"\x02\x01\x01" + ber.tlv(4, b"public") + pdu)


def report_v3(number):
    """An honest answer to a discovery."""
    pdu = ber.tlv(
        ber.REPORT,
        b"\x02\x04"
        + number.to_bytes(4, "big")
        + b"\x02\x01\x00\x02\x01\x00"
        + ber.tlv(0x30, ber.tlv(0x30, ber.tlv(6, ber.encode_oid("1.3.6.1.6.3.15.1.1.4.0")) + b"\x41\x01\x05")),
    )
    scoped = ber.tlv(0x30, ber.tlv(4, b"engine-id") + b"\x04\x00" + pdu)
    security = ber.tlv(0x30, ber.tlv(4, b"engine-id") + b"\x02\x01\x07\x02\x02\x10\x00\x04\x00\x04\x00\x04\x00")
    head = ber.tlv(0x30, b"\x02\x04" + number.to_bytes(4, "big") + b"\x02\x03\x00\xff\xe3\x04\x01\x00\x02\x01\x03")
    return ber.tlv(0x30, b"\x02\x01\x03" + head + ber.tlv(4, security) + scoped)


def mutate(data, chance):
    """Some octets changed, some cut out, some doubled."""
    octets = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        kind = chance.random()
        place = chance.randrange(len(octets)) if octets else 0
        if kind < 0.6 and octets:
            octets[place] = chance.choice(
                (0, 1, 2, 4, 6, 0x30, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF, chance.randrange(256))
            )
        elif kind < 0.75:
            del octets[place : place + chance.randint(1, 12)]
        elif kind < 0.9:
            octets[place:place] = octets[place : place + chance.randint(1, 12)]
        else:
            octets = octets[: chance.randrange(len(octets) + 1)]
    return bytes(octets)


def signed_v3(session, plain, number):
    """A message with any scoped PDU, encrypted and signed as the agent would: what is inside is then looked at."""
    keys = usm.keys(session._user, b"engine-id")
    encrypted, salt = keys.encrypt(plain, 7, 4096)
    head = ber.tlv(0x30, b"\x02\x04" + number.to_bytes(4, "big") + b"\x02\x03\x00\xff\xe3\x04\x01\x03\x02\x01\x03")
    blank = bytes(keys.digest_size)
    parts = ber.tlv(4, b"engine-id") + b"\x02\x01\x07\x02\x02\x10\x00" + ber.tlv(4, b"user")
    security = ber.tlv(0x30, parts + ber.tlv(4, blank) + ber.tlv(4, salt))
    message = ber.tlv(0x30, b"\x02\x01\x03" + head + ber.tlv(4, security) + ber.tlv(4, encrypted))
    return message.replace(blank, keys.digest(message), 1)


def inner_campaign(count, seed):
    """Mutated scoped PDUs behind a right signature; returns how many were refused and how many read."""
    chance = random.Random(seed)  # noqa: S311 - as below
    session = USER.session()
    number = 0x01020304
    with contextlib.suppress(ResendError):
        session.receive(report_v3(number), number)
    inside = answer_v2c(number)
    plain = ber.tlv(0x30, ber.tlv(4, b"engine-id") + b"\x04\x00" + inside[inside.index(b"\xa2") :])
    refused = read = 0
    assert session.receive(signed_v3(session, plain, number), number).end
    for _ in range(count):
        try:
            reply = session.receive(signed_v3(session, mutate(plain, chance), number), number)
            answers.read(reply, TABLE, [TABLE + b"\x0a"], {TABLE + b"\x0a": {}})
            read += 1
        except (ber.DecodeError, ForeignError, ResendError, Fault):
            refused += 1
    return refused, read


def campaign(count, seed):
    """Feed mutated answers to sessions and walks; returns how many were refused."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    sessions = [Access("2c", Secret("public")).session(), USER.session(), Access("1", Secret("public")).session()]
    honest = [
        answer_v2c(0x01020304),
        report_v3(0x01020304),
        answer_v2c(0x01020304).replace(b"\x02\x01\x01", b"\x02\x01\x00", 1),
    ]
    refused = 0
    for _ in range(count):
        which = chance.randrange(3)
        data = mutate(honest[which], chance)
        try:
            number = identifier_of(data)
            reply = sessions[which].receive(data, number)
            columns = [TABLE + b"\x0a", TABLE + b"\x0b"][: chance.randint(1, 2)]
            answers.read(reply, TABLE, columns, {column: {} for column in columns})
        except (ber.DecodeError, ForeignError, ResendError, Fault):
            refused += 1
        if which == 1:
            sessions[1] = USER.session()
    return refused


def test_mutated_answers_are_refused_or_read():
    """A short campaign: DecodeError, ForeignError, ResendError or Fault, never anything else."""
    assert campaign(5_000, 20240229) > 2_000


def test_mutated_contents_behind_a_right_signature():
    """Version 3: whoever has the key may still send nonsense."""
    refused, read = inner_campaign(2_000, 3)
    assert refused > 500
    assert read > 10


@pytest.mark.soak
def test_mutated_answers_long():
    """100,000 datagrams of versions 1 to 3, and 50,000 behind a right signature."""
    campaign(100_000, 7)
    inner_campaign(50_000, 8)


class Shower(asyncio.DatagramProtocol):
    """Answers every request with mutated answers, and at last with the right one."""

    def __init__(self, count):
        self.count = count
        self.chance = random.Random(11)  # noqa: S311 - as above

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, source):
        number = identifier_of(data)
        for _ in range(self.count):
            self.transport.sendto(mutate(answer_v2c(number), self.chance)[:1400] or b"\x00", source)
        self.transport.sendto(answer_v2c(number), source)


def test_a_shower_of_garbage_leaves_the_client_alive():
    """Through real sockets: a poll ends with a value or a reason, and the client serves the next one."""

    async def main():
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Shower(40), local_addr=("127.0.0.1", 0))
        address = transport.get_extra_info("sockname")
        outcomes = []
        async with Client() as client:
            for _ in range(50):
                agent = Agent(address, Access("2c", Secret("public")).session(), timeout=0.2, retries=1)

                def steps():
                    reply = yield Request(ber.GET_BULK, (TABLE + b"\x0a",), 8)
                    return reply.end - reply.start

                try:
                    outcomes.append(await asyncio.wait_for(client.run(steps(), agent), PATIENCE))
                except Fault as fault:
                    outcomes.append(fault.reason)
            assert client.counts.received >= 50
            assert not client._pending
        transport.close()
        return outcomes

    outcomes = asyncio.run(main())
    assert len(outcomes) == 50
    assert all(isinstance(outcome, int) or outcome in {"timeout", "decode"} for outcome in outcomes)
