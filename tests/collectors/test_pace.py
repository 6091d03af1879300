"""Not flooding: a device's rate and the rate of all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.poll import Poller
from collectors.snmp.pace import Pace


@given(st.floats(0.1, 10_000), st.integers(1, 200), st.lists(st.floats(0, 5), max_size=30))
def test_never_more_than_the_burst_and_the_rate(rate, burst, pauses):
    """Whoever waits as told sends, in any span of time, at most the burst and the rate's share of it."""
    pace, now, sent = Pace(rate, burst), 0.0, []
    for pause in pauses:
        now += pause
        now += pace.delay(now)
        assert pace.delay(now) <= 1e-6 * max(1.0, now)
        pace.spend(now)
        sent.append(now)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            span = sent[last] - sent[first]
            assert last - first + 1 <= burst + rate * span * (1 + 1e-9) + 1e-3


def test_after_a_pause_the_burst_is_free_again():
    """Ten at once, then one each tenth of a second; an idle second later ten at once."""
    pace = Pace(10, 10)
    for _ in range(10):
        assert pace.delay(100.0) == 0
        pace.spend(100.0)
    assert pace.delay(100.0) == pytest.approx(0.1)
    for _ in range(10):
        assert pace.delay(102.0) == 0
        pace.spend(102.0)
    assert pace.delay(102.0) > 0


def test_a_device_gets_no_more_than_its_rate(agents, make_router):
    """50 packets a second after the first 10: a poll of a cut table takes its time, and is complete."""
    agent = agents(make_router(14), limit=200)
    began = time.monotonic()
    result = Poller(["if_mib"], device_rate=50).poll([agent.target()])[0]
    assert result.ok
    # What is asked again is not held back.
    first = result.packets - sum(part.retried for part in result.modules)
    assert first > 55
    assert time.monotonic() - began >= (first - 11) / 50


def test_all_devices_together_get_no_more_than_the_rate(agents):
    """Four devices at 50 packets a second in all; a device without a limit of its own."""
    asked = [agents() for _ in range(4)]
    wanted = [agent.target(f"d{number}") for number, agent in enumerate(asked)]
    began = time.monotonic()
    results = Poller(["system"], rate=50, device_rate=0).poll([*wanted, *wanted, *wanted])
    assert all(result.ok for result in results)
    first = sum(len(agent.requests) for agent in asked)
    first -= sum(part.retried for result in results for part in result.modules)
    assert first >= 12
    assert time.monotonic() - began >= (first - 6) / 50


def test_a_slow_device_delays_no_other(agents, make_router):
    """One at a crawl, one without a limit: the second is done first, by far."""
    done = {}
    crawl, free = agents(make_router(4), limit=150), agents()
    poller = Poller(["if_mib"], device_rate=40)
    poller.poll(
        [crawl.target("crawl"), free.target("free")], lambda result: done.setdefault(result.device, time.monotonic())
    )
    assert done["free"] < done["crawl"]
