"""Campaigns through real sockets: garbage, loss, and every kind of misbehaviour at once. Their long forms are soaks."""

from __future__ import annotations

import random

import pytest
from pysnmp.proto.api import v2c

from collectors.poll import Poller
from collectors.snmp.bounds import Limits


def damaged(data, chance):
    """Some octets changed, cut out or doubled."""
    octets = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(octets))
        kind = chance.random()
        if kind < 0.6:
            octets[place] = chance.choice((0, 1, 2, 5, 0x30, 0x41, 0x7F, 0x80, 0x82, 0x84, 0xA2, 0xFF))
        elif kind < 0.75:
            del octets[place : place + chance.randint(1, 9)]
        elif kind < 0.9:
            octets[place:place] = octets[place : place + chance.randint(1, 9)]
        else:
            del octets[place:]
        octets = octets or bytearray(b"\x30")
    return bytes(octets)


def garbage(start_agents, count, seed, caplog):
    """Polls of agents that send damaged answers before and instead of honest ones; how many datagrams were sent."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    sent = 0

    def behave(agent, message, _number):
        nonlocal sent
        if chance.random() < 0.8:
            return None
        honest = agent.honest(message)
        answers = [damaged(honest, chance) for _ in range(24)]
        sent += len(answers)
        return [*answers, honest] if chance.random() < 0.9 else answers

    wanted = [agent.target(f"d{number}") for number, agent in enumerate(start_agents(behave) for _ in range(4))]
    poller = Poller(timeout=0.15, retries=1, device_rate=0, limits=Limits(packets=300, seconds=20))
    complete = 0
    while sent < count:
        for result in poller.poll(wanted):
            complete += result.ok
            assert result.reason != "internal", result
            assert len(result.page()) > 100
    assert "a poll failed" not in caplog.text
    return sent, complete


def test_garbage_is_survived(agents, caplog):
    """1,500 damaged datagrams: no exception, no hang, and polls are complete in between."""
    _, complete = garbage(lambda behave: agents(behave=behave), 1_500, 5, caplog)
    assert complete > 0


@pytest.mark.soak
def test_garbage_is_survived_long(agents, caplog):
    """100,000."""
    sent, complete = garbage(lambda behave: agents(behave=behave), 100_000, 6, caplog)
    assert sent >= 100_000
    assert complete > 100


def loss(start_agents, devices, rounds, seed):
    """Polls where each datagram, there and back, is lost with a probability of 5 %; how many of them were complete."""
    chance = random.Random(seed)  # noqa: S311 - as above

    def behave(_agent, _message, _number):
        return [] if chance.random() < 0.05 or chance.random() < 0.05 else None

    wanted = [start_agents(behave).target(f"d{number}") for number in range(devices)]
    # Few at a time: the agents share this process, and what they answer late would be lost too.
    poller = Poller(parallel=8)
    return sum(result.ok for _ in range(rounds) for result in poller.poll(wanted))


def test_loss_is_made_good(agents):
    """40 polls: every one of them complete."""
    assert loss(lambda behave: agents(behave=behave), 10, 4, 1) == 40


@pytest.mark.soak
def test_loss_is_made_good_long(agents):
    """4,000 polls: at least 99.9 % of them complete."""
    assert loss(lambda behave: agents(behave=behave), 40, 100, 2) >= 3_996


def bulk(rows):
    """A behaviour: GETBULK is answered with `rows(names, number)`, everything else honestly."""

    def behave(agent, message, number):
        pdu = v2c.apiMessage.get_pdu(message)
        if pdu.tagSet != v2c.GetBulkRequestPDU.tagSet:
            return None
        names = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
        return [agent.reply(message, rows(names, number))]

    return behave


def _repeated(names, _number):
    return [((*name[:11], 3), v2c.Integer32(1)) for name in names]


def _further(names, number):
    return [((*name[:11], number * 10 + 1), v2c.Integer32(1)) for name in names]


KINDS = {
    "loop": (bulk(_repeated), {"loop"}),
    "endless": (bulk(_further), {"bounds"}),
    "mute": (lambda *_: [], {"timeout"}),
    "genErr": (lambda agent, message, _: [agent.reply(message, [], status=5, index=1)], {"gen_err"}),
    "tooBig": (lambda agent, message, _: [agent.reply(message, [], status=1)], {"too_big"}),
    "cut short": (lambda agent, message, _: [agent.honest(message)[:-7]], {"decode"}),
}


@pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=pytest.mark.soak)])
def test_all_kinds_of_misbehaviour_at_once(agents, make_router, rounds):
    """Each is bounded and named; agents that answer in pieces and honest ones are read completely beside them."""
    bad = {name: agents(behave=behave).target(name) for name, (behave, _) in KINDS.items()}
    small = agents(make_router(6), limit=150).target("pieces")
    good = [agents().target(f"good{number}") for number in range(3)]
    poller = Poller(["if_mib"], timeout=1.0, retries=5, device_rate=0, limits=Limits(packets=150))
    for _ in range(rounds):
        results = {result.device: result for result in poller.poll([*bad.values(), small, *good])}
        for name, (_, reasons) in KINDS.items():
            assert results[name].reason in reasons, results[name]
            # The last request may be repeated.
            assert results[name].packets <= 155
        for target in (small, *good):
            assert results[target.device].ok, results[target.device]
        assert len(results["pieces"].values("ifHCInOctets")) == 6
