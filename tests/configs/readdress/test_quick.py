"""The quick way to decide the usual places gives what the general one gives, whatever the mapping."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.places.roles import Shape, Size
from configs.places.rows import Place
from configs.readdress import quick
from configs.readdress import text as texts
from configs.readdress.decide import Decider
from configs.readdress.outcomes import Action
from configs.readdress_policy import Policy
from ipplan import mapping_file

TODAY, PLAN = int(IPv4Address("10.0.0.0")), int(IPv4Address("59.192.0.0"))
FORMS = (Size.MASK, Size.LENGTH, Size.WILDCARD, Size.MUST)


def written(form: Size, length: int) -> str:
    """A length in one of the forms."""
    if form is Size.LENGTH:
        return str(length)
    return texts.wildcard(length) if form is Size.WILDCARD else texts.mask(length)


@st.composite
def networks(draw, base):
    """A small prefix in a space of 4,096 addresses, so that prefixes meet often."""
    length = draw(st.integers(20, 32))
    start = draw(st.integers(0, 4095)) >> (32 - length) << (32 - length)
    return IPv4Network((base + start, length))


@st.composite
def mappings(draw):
    """Rows that move, stay, grow, shrink, are given up, lie in each other or share a new place."""
    olds = draw(st.lists(networks(TODAY), min_size=1, max_size=6, unique=True))
    rows = ["old,new,mode"]
    for old in olds:
        new = draw(st.one_of(networks(PLAN), networks(TODAY), st.just(old), st.none()))
        rows.append(f"{old},{new if new is not None else ''},{'retire' if new is None else ''}")
    return mapping_file.parse("\n".join(rows) + "\n")


@settings(max_examples=150, deadline=None)
@given(data=st.data(), mapping=mappings(), form=st.sampled_from(FORMS), shape=st.sampled_from(Shape))
def test_what_is_decided_quickly_is_what_is_decided(data, mapping, form, shape):
    """Hosts, interfaces and prefixes, at the mapping's own addresses and beside them."""
    decider = Decider(mapping, Policy())
    for kind in ("route", "pool", "prefix-list"):
        place = Place(kind, shape, 0, 1, form, (2, 3))
        way = quick.way(place, decider.scope.only(4, "default"))
        entry = data.draw(st.sampled_from(mapping.entries))
        length = data.draw(st.one_of(st.just(entry.old.prefixlen), st.integers(1, 32)))
        offset = data.draw(st.sampled_from((0, 0, 1, entry.old.num_addresses - 1, entry.old.num_addresses)))
        address = str(entry.old.network_address + offset)
        said = (address, written(form, length))
        bounds = data.draw(st.tuples(*[st.sampled_from(("", "8", *map(str, range(20, 33))))] * 2))
        for texts_said in (said, (*said, "", *bounds)):
            found = way(texts_said)
            assert found is None or found == decider.decide(place, texts_said)


@pytest.mark.parametrize(
    ("shape", "said"),
    [(Shape.HOST, ("10.0.0.9", "")), (Shape.INTERFACE, ("10.0.0.1", "24")), (Shape.PREFIX, ("10.0.0.0", "24"))],
)
def test_the_usual_places_are_decided_quickly(shape, said):
    """A way that never knew anything would agree with every decision."""
    decider = Decider(mapping_file.parse("old,new\n10.0.0.0/24,59.192.0.0/23\n"), Policy())
    found = quick.way(Place("route", shape, 0, 1, Size.LENGTH, (2, 3)), decider.scope.only(4, "default"))(said)
    assert found is not None
    assert found.action is Action.REWRITTEN
    assert found.writings[0].address == said[0].replace("10.0", "59.192")
    assert found.writings[0].size == (None if shape is Shape.HOST else "23")


def test_bounds_are_decided_quickly():
    """A prefix list's usual rule: a subnet and what is in it."""
    decider = Decider(mapping_file.parse("old,new\n10.0.0.0/24,59.192.0.0/23\n"), Policy())
    place = Place("prefix-list", Shape.PREFIX, 0, 1, Size.LENGTH, (2, 3), None, None, (4, 5))
    said = ("10.0.0.0", "24", "", "", "32")
    found = quick.way(place, decider.scope.only(4, "default"))(said)
    assert found is not None
    assert found.writings == (("59.192.0.0", "23", None, None, None),)
    assert found == decider.decide(place, said)
