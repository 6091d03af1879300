"""Packet filters: what covers what, against a brute-force reading of the same rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.meaning.filters import (
    ANY,
    ANY_PORTS,
    Address,
    FilterRule,
    Ports,
    covered,
    permits_any_source,
    permits_everything,
)

# A small world: addresses of four bits, ports of three values, two protocols. Every packet can be tried.
BITS = 0b1111
PACKETS = [
    (protocol, source, destination, port)
    for protocol in ("tcp", "udp")
    for source in range(0, 16, 3)
    for destination in (0, 5, 10, 15)
    for port in (1, 2, 3)
]
addresses = st.one_of(
    st.just(ANY),
    st.builds(
        lambda value, wildcard: Address(value & ~wildcard & BITS, wildcard),
        st.integers(0, BITS),
        st.integers(0, BITS),
    ),
)
ports = st.one_of(
    st.just(Ports()),
    st.tuples(st.integers(1, 3), st.integers(1, 3)).map(lambda pair: Ports(((min(pair), max(pair)),))),
)
rules = st.builds(
    FilterRule,
    line=st.integers(1, 99),
    permit=st.booleans(),
    protocol=st.sampled_from(("", "tcp", "udp")),
    source=addresses,
    destination=addresses,
    destination_ports=ports,
    source_ports=st.just(ANY_PORTS),
    conditions=st.just(frozenset()),
)


def matches(rule: FilterRule, packet: tuple[str, int, int, int]) -> bool:
    protocol, source, destination, port = packet
    return (
        rule.protocol in ("", protocol)
        and (rule.source.any or (source & ~rule.source.wildcard & BITS) == rule.source.value)
        and (rule.destination.any or (destination & ~rule.destination.wildcard & BITS) == rule.destination.value)
        and any(low <= port <= high for low, high in rule.destination_ports.ranges)
    )


@given(st.lists(rules, max_size=12))
def test_a_covered_rule_never_matches_first(entries):
    """Whatever packet a covered rule matches, its cover matches too and stands earlier."""
    for later, earlier in covered(entries):
        assert any(rule is earlier for rule in entries)
        for packet in PACKETS:
            assert not matches(later, packet) or matches(earlier, packet)


@given(st.lists(rules, min_size=1, max_size=12), st.data())
def test_a_repeated_rule_is_always_found(entries, data):
    """A rule that is written again below, whatever stands between, is reported."""
    again = data.draw(st.sampled_from(entries))
    twin = FilterRule(
        1000, again.permit, again.protocol, again.source, again.destination, again.source_ports, again.destination_ports
    )
    assert any(later.line == 1000 for later, _ in covered([*entries, twin]))


def test_opaque_parts_cover_only_themselves():
    """An object group or a condition that was not interpreted equals itself and is covered by any."""
    group = FilterRule(1, True, source=Address("object-group A", 0))
    other = FilterRule(2, True, source=Address("object-group B", 0))
    host = FilterRule(3, True, source=Address(5, 0))
    timed = FilterRule(4, True, conditions=frozenset({"time-range work"}))
    everything = FilterRule(5, True)
    assert covered([group, other, host]) == []
    assert covered([group, FilterRule(9, True, source=Address("object-group A", 0))]) != []
    assert covered([timed, everything]) == []
    assert [later.line for later, _ in covered([everything, group, timed])] == [1, 4]


@pytest.mark.parametrize(
    ("permits", "expected"),
    [((True,), 1), ((False, True), None), ((False,), None), ((), None)],
)
def test_a_deny_of_everything_voids_what_follows(permits, expected):
    """Only the first rule that matches everything counts."""
    entries = [FilterRule(number, permit) for number, permit in enumerate(permits, 1)]
    for found in (permits_everything(entries), permits_any_source(entries)):
        assert (found.line if found else None) == expected


def test_long_lists_are_quick():
    """A list of 20,000 hosts is compared within seconds, not hours."""
    from time import perf_counter

    entries = [FilterRule(number, True, "tcp", Address(number, 0), ANY) for number in range(20_000)]
    start = perf_counter()
    assert covered([*entries, entries[7]]) != []
    assert perf_counter() - start < 5
