"""Packet filters as sets: the comparison against trying every packet, and its speed."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.headers import Packet, Rule, decide, difference, differences
from configs.intervals import ANYWHERE, AddressSet, Intervals, prefix

DENY = Rule("deny")
SMALL = 4  # addresses, protocols and ports that the exhaustive test looks at


def _spans(draw: st.DrawFn) -> Intervals:
    low = draw(st.integers(0, SMALL - 1))
    return Intervals.inclusive(low, draw(st.integers(low, SMALL - 1)))


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """A few rules over tiny dimensions, some with conditions."""
    return [
        Rule(
            draw(st.sampled_from(["permit", "deny"])),
            number + 1,
            AddressSet.single(4, _spans(draw)),
            AddressSet.single(4, _spans(draw)),
            _spans(draw),
            _spans(draw),
            _spans(draw),
            frozenset(draw(st.sets(st.sampled_from(["time-range t", "established"]), max_size=2))),
        )
        for number in range(draw(st.integers(0, 5)))
    ]


def _packets() -> list[Packet]:
    everything = range(SMALL)
    conditions = [
        frozenset(names) for names in ((), ("time-range t",), ("established",), ("time-range t", "established"))
    ]
    return [
        Packet(4, source, destination, protocol, port, 1, held)
        for source in everything
        for destination in everything
        for protocol in (0, 2)
        for port in everything
        for held in conditions
    ]


@given(rules(), rules())
@settings(max_examples=150, deadline=None)
def test_no_difference_means_no_packet_differs(first: list[Rule], second: list[Rule]):
    """None is a proof: no packet at all is decided differently; else the packet shown really is."""
    found = difference(first, second, default=(DENY, DENY))
    if found is None:
        assert all(decide(first, packet, DENY).action == decide(second, packet, DENY).action for packet in _packets())
    else:
        assert decide(first, found.packet, DENY) == found.first
        assert decide(second, found.packet, DENY) == found.second
        assert found.first.action != found.second.action


@given(rules())
@settings(max_examples=60, deadline=None)
def test_splitting_rules_changes_nothing(first: list[Rule]):
    """A rule that became two with the halves of its source is the same rule."""
    second = []
    for rule in first:
        start, stop = rule.source.v4.spans[0]
        middle = (start + stop) // 2
        halves = [part for part in ((start, middle), (middle, stop)) if part[0] < part[1]]
        second += [replace(rule, source=AddressSet.single(4, Intervals((part,)))) for part in halves]
    assert difference(first, second, default=(DENY, DENY)) is None


def test_a_swap_that_matters_is_found():
    """Two rules that overlap and say different things do not commute."""
    net = AddressSet.single(4, prefix(0x0A000000, 8, 32))
    host = AddressSet.single(4, prefix(0x0A000001, 32, 32))
    a, b = Rule("permit", 1, net), Rule("deny", 2, host)
    found = difference([a, b], [b, a], default=(DENY, DENY))
    assert found is not None
    assert found.packet.source == 0x0A000001
    c = Rule("deny", 2, AddressSet.single(4, prefix(0x0B000001, 32, 32)))
    assert difference([a, c], [c, a], default=(DENY, DENY)) is None


def test_a_difference_outside_the_space_asked_for_does_not_count():
    """Only packets between the addresses given are compared."""
    a = Rule("permit", 1, AddressSet.single(4, prefix(0x0A000000, 24, 32)))
    b = Rule("permit", 1, AddressSet.single(4, prefix(0x0A000000, 23, 32)))
    inside = AddressSet.single(4, prefix(0x0A000000, 24, 32))
    assert difference([a], [b], default=(DENY, DENY), source=inside) is None
    found = difference([a], [b], default=(DENY, DENY))
    assert found is not None
    assert found.packet.source == 0x0A000100


def test_families_are_apart():
    """A rule about IPv6 says nothing of IPv4."""
    six = Rule("permit", 1, AddressSet.single(6, prefix(0x20010DB8 << 96, 32, 128)))
    found = difference([six], [], default=(DENY, DENY))
    assert found is not None
    assert found.packet.version == 6
    assert difference([six], [], default=(DENY, DENY), source=AddressSet(ANYWHERE.v4)) is None


def _firewall(count: int, seed: int) -> list[Rule]:
    chance = random.Random(seed)  # noqa: S311 - a test's reproducible choice
    found = []
    for number in range(count):
        sides = [
            AddressSet.single(4, prefix(0x0A000000 + chance.randrange(1 << 24), chance.choice(lengths), 32))
            for lengths in ((8, 16, 24, 24, 24, 28, 32), (16, 24, 24, 32, 32))
        ]
        port = chance.randrange(1, 1024)
        ports = Intervals.inclusive(port, port + chance.choice([0, 0, 0, 100]))
        action = "permit" if chance.random() < 0.7 else "deny"
        protocol = Intervals.one(chance.choice([6, 17]))
        found.append(Rule(action, number + 1, *sides, protocol, destination_ports=ports))
    return found


def test_two_thousand_rules_are_compared():
    """Equal lists, one fault in them, and lists in which every rule became two. How fast: benchmarks/readdress.py."""
    rules_ = _firewall(2000, 7)
    wrong = list(rules_)
    wide = prefix(rules_[1000].destination.v4.first, 20, 32)
    wrong[1000] = replace(rules_[1000], destination=AddressSet.single(4, wide))
    halves = []
    for rule in rules_:
        start, stop = rule.source.v4.spans[0]
        middle = (start + stop) // 2
        parts = [part for part in ((start, middle), (middle, stop)) if part[0] < part[1]]
        halves += [replace(rule, source=AddressSet.single(4, Intervals((part,)))) for part in parts]
    for other, same in ((list(rules_), True), (wrong, False), (halves, True)):
        found = list(differences(rules_, other, default=(DENY, DENY)))
        assert (not found) == same
        if found:
            assert found[0].second.line == 1001 or found[0].first.line == 1001
