"""What a mapping says of sets of addresses, compared with asking it address by address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.intervals import Intervals, prefix
from configs.readdress.scope import Said, Scope
from ipplan.mapping import Entry, Mapping
from ipplan.mapping_file import by_length

BASE = int(IPv4Address("10.0.0.0"))
PLAN = int(IPv4Address("59.192.0.0"))


@st.composite
def mappings(draw):
    """A mapping of some /28 blocks of 10.0.0.0/24 to disjoint blocks of 59.192.0.0/22: as large, larger, smaller."""
    olds = draw(st.lists(st.integers(0, 15), unique=True, min_size=1, max_size=6))
    news = draw(st.permutations(range(16)))
    entries = []
    for block, place in zip(olds, news, strict=False):
        old = IPv4Network((BASE + 16 * block, 28))
        new = IPv4Network((PLAN + 32 * place, draw(st.sampled_from([27, 28, 29]))))
        entries.append(Entry("default", old, new, by_length(old, new)))
    return Mapping(tuple(entries))


def spread(answer, *, lengths=True):
    """The addresses that an answer's parts mean."""
    if lengths:
        return Intervals.of(span for part in answer.parts for span in prefix(*part, 32))
    return Intervals.of((first, last + 1) for first, last in answer.parts)


@settings(max_examples=300)
@given(mappings(), st.integers(24, 32), st.integers(0, 255))
def test_a_prefix_goes_where_its_addresses_go(mapping, length, offset):
    """All images are in it, nobody else's is, and without free space around nothing but new subnets is."""
    first = (BASE + offset) >> (32 - length) << (32 - length)
    answer = Scope(mapping).prefix(first, length, 4, "default")
    inside = [IPv4Address(value) for value in range(first, first + (1 << (32 - length)))]
    mapped = [address for address in inside if mapping.find(address) is not None]
    images = {int(new) for address in mapped if (new := mapping.translate(address)) is not None}
    if not mapped:
        assert answer.said is Said.OUTSIDE
        return
    if not images:
        assert answer.said is Said.NO_PLACE
        return
    if answer.said is Said.NO_PLACE:
        assert len(images) < len(mapped)
        return
    got = spread(answer)
    assert all(image in got for image in images)
    others = {
        int(new)
        for entry in mapping.entries
        for value in entry.old
        if value not in inside and (new := mapping.translate(value)) is not None
    }
    assert not any(other in got for other in others)
    if len(mapped) == len(inside):
        whole = Intervals.of(
            (int(entry.new.network_address), int(entry.new.broadcast_address) + 1)
            for entry in mapping.entries
            if entry.new is not None and set(entry.old) <= set(inside)
        )
        assert got <= Intervals.of((image, image + 1) for image in images) | whole


@settings(max_examples=300)
@given(mappings(), st.integers(0, 255), st.integers(0, 255))
def test_a_range_goes_exactly_where_its_addresses_go(mapping, one, other):
    """The images and the addresses outside the mapping, no more."""
    first, last = sorted((BASE + one, BASE + other))
    answer = Scope(mapping).range(first, last, 4, None)
    inside = [IPv4Address(value) for value in range(first, last + 1)]
    mapped = {address for address in inside if mapping.find(address) is not None}
    if not mapped:
        assert answer.said is Said.OUTSIDE
        return
    images = [mapping.translate(address) for address in mapped]
    if None in images:
        assert answer.said is Said.NO_PLACE
        return
    wanted = {int(image) for image in images if image is not None} | {int(one) for one in inside if one not in mapped}
    if answer.said is not Said.SCATTERED:
        assert spread(answer, lengths=False) == Intervals.of((value, value + 1) for value in wanted)


@given(mappings(), st.integers(0, 255))
def test_a_host_goes_where_the_mapping_sends_it(mapping, offset):
    """One address: the same answer as the mapping's own."""
    address = IPv4Address(BASE + offset)
    answer = Scope(mapping).host(int(address), 4, None)
    if mapping.find(address) is None:
        assert answer.said is Said.OUTSIDE
    elif (new := mapping.translate(address)) is None:
        assert answer.said is Said.NO_PLACE
    else:
        assert answer.parts == ((int(new), 32),)
