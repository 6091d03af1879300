"""Loss, jitter and variation as arithmetic; expectations."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.reach.echo import checksum
from collectors.reach.figures import figures
from collectors.reach.form import DSCP, code_point
from collectors.reach.model import SAID, Expected, Probe, Reason, Round, What

DELAYS = st.lists(st.none() | st.floats(0, 10), max_size=60)


@given(DELAYS)
def test_figures_agree_with_their_definitions(delays):
    """Loss counts the unanswered; jitter and variation are what RFC 3550 and RFC 5481 define, written out once more."""
    order = [number for number, delay in enumerate(delays) if delay is not None]
    known = [delays[number] for number in order]
    found = figures(delays, order)
    assert (found.sent, found.received) == (len(delays), len(known))
    assert found.loss == (None if not delays else 1 - len(known) / len(delays)) or math.isclose(
        found.loss, 1 - len(known) / len(delays), abs_tol=1e-9
    )
    if len(known) > 1:
        total = sum(abs(known[at] - known[at - 1]) for at in range(1, len(known)))
        assert math.isclose(found.jitter, total / (len(known) - 1), abs_tol=1e-9)
        within = sum(delay - min(known) <= found.variation + 1e-12 for delay in known)
        assert within >= 0.95 * len(known)
        assert 0 <= found.variation <= max(known) - min(known)
    else:
        assert found.jitter is None
        assert found.variation is None
    assert found.reordered == 0


def test_nothing_sent_has_no_loss():
    """Unknown is not 0 %."""
    found = figures([], [])
    assert found.loss is None
    assert found.mean is None


@given(st.permutations(range(12)))
def test_reordering_follows_rfc_4737(order):
    """An answer is out of order if one to a later probe came before it."""
    expected = sum(any(other > number for other in order[:at]) for at, number in enumerate(order))
    assert figures([0.1] * 12, order).reordered == expected


@given(st.binary(min_size=2, max_size=200))
def test_the_checksum_checks_itself(data):
    """RFC 1071: data with its own sum in it sums up to nothing."""
    even = data + b"\0" * (len(data) % 2)
    assert checksum(even + checksum(even).to_bytes(2, "big")) == 0
    spoilt = bytes((even[0] ^ 0x10,)) + even[1:]
    assert checksum(spoilt + checksum(even).to_bytes(2, "big")) != 0


def test_dscp_names():
    """The names of the RFCs, and numbers."""
    assert [code_point(name) for name in ("ef", "AF41", "cs5", "be", "63")] == [46, 34, 40, 0, 63]
    assert all(0 <= value < 64 for value in DSCP.values())


def done(expected, delays, reason=None):
    probe = Probe("p", What.PATH, "127.0.0.1", expected=expected)
    order = tuple(number for number, delay in enumerate(delays) if delay is not None)
    return Round(probe, tuple(delays), order, reason=reason)


@pytest.mark.parametrize(
    ("expected", "delays", "verdict"),
    [
        (None, [0.01], None),
        (Expected(), [0.01], True),
        (Expected(), [None], False),
        (Expected(reachable=False), [None], True),
        (Expected(reachable=False), [0.01], False),
        (Expected(loss_percent=10), [0.01, None], False),
        (Expected(loss_percent=50), [0.01, None], True),
        (Expected(latency_ms=20), [0.01, 0.02], True),
        (Expected(latency_ms=14), [0.01, 0.02], False),
        (Expected(jitter_ms=9), [0.01, 0.02], False),
        (Expected(jitter_ms=11), [0.01, 0.02], True),
        (Expected(jitter_ms=11), [0.01], None),
        (Expected(), [], None),
    ],
)
def test_expectations(expected, delays, verdict):
    """A path is as expected, is not, or nobody can say."""
    assert done(expected, delays).as_expected is verdict


def test_every_reason_says_something():
    """Each has its text and what to do."""
    assert set(SAID) == set(Reason)
    assert all(str(message) and str(hint) for message, hint in SAID.values())
    assert done(None, [], Reason.PRIVILEGE).up is None
