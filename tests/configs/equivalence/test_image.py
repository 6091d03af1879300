"""The mapping as intervals: against the mapping itself, address by address."""

from __future__ import annotations

from ipaddress import IPv4Address

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.equivalence.image import Fit, Images
from configs.intervals import Intervals, prefix
from ipplan import mapping_file

BASE = int(IPv4Address("10.0.0.0"))


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A few prefixes inside 10.0.0.0/24, some inside others, that go to 10.9.0.0/16 or nowhere."""
    rows = {}
    for number in range(draw(st.integers(0, 6))):
        length = draw(st.integers(25, 32))
        first = draw(st.integers(0, 255)) >> (32 - length) << (32 - length)
        new = draw(st.sampled_from([length - 1, length, min(length + 1, 32), None]))
        place = f"10.9.{number}.0/{new}" if new is not None else ""
        rows[f"10.0.0.{first}/{length}"] = place
    return "old,new\n" + "".join(f"{old},{new}\n" for old, new in rows.items())


@given(mappings())
@settings(max_examples=80, deadline=None)
def test_images_are_what_the_mapping_says(text: str):
    """Every address of a set, one by one: its place, or none, or itself outside; and back."""
    mapping = mapping_file.parse(text)
    image = Images(mapping).of("anything", 4)
    whole = prefix(BASE, 24, 32)
    places = set()
    for number in range(256):
        address = IPv4Address(BASE + number)
        found, place = mapping.find(address), mapping.translate(address)
        assert (int(address) in image.mapped) == (found is not None)
        wanted = int(address) if found is None else None if place is None else int(place)
        assert image.place(int(address)) == wanted
        if place is not None:
            places.add(int(place))
            assert mapping.translate(IPv4Address(image.origin(int(place)) or 0)) == place
    assert {number for start, stop in image.image(whole) for number in range(start, stop)} == places
    assert image.whole(whole) == all(
        mapping.find(IPv4Address(number)) is None or mapping.translate(IPv4Address(number)) is not None
        for number in range(BASE, BASE + 256)
    )


def test_what_a_set_may_become():
    """Exact, a cover, too little, too much, nowhere."""
    image = Images(mapping_file.parse("old,new\n10.1.0.0/24,10.8.0.0/23\n10.1.1.0/24,10.8.2.0/24\n10.2.0.0/24,\n")).of(
        "", 4
    )
    net = {name: prefix(int(IPv4Address(name.split("/")[0])), int(name.split("/")[1]), 32) for name in (
        "10.1.0.0/24", "10.8.0.0/23", "10.8.0.0/24", "10.8.0.0/22", "10.1.0.0/16", "10.8.0.0/16", "10.2.0.0/24",
        "10.9.0.0/16", "10.8.2.0/24",
    )}  # fmt: skip
    assert image.fit(net["10.1.0.0/24"], net["10.8.0.0/23"])[0] is Fit.EXACT
    assert image.fit(net["10.1.0.0/24"], net["10.8.0.0/22"])[0] is Fit.MORE
    assert image.fit(net["10.1.0.0/24"], net["10.8.2.0/24"])[0] is Fit.LESS
    assert image.fit(net["10.1.0.0/16"], net["10.8.0.0/22"])[0] is Fit.COVER
    assert image.fit(net["10.1.0.0/16"], net["10.8.0.0/16"])[0] is Fit.MORE
    assert image.fit(net["10.1.0.0/16"], net["10.8.0.0/23"])[0] is Fit.LESS
    assert image.fit(net["10.2.0.0/24"], net["10.2.0.0/24"])[0] is Fit.UNPLACED
    assert image.fit(net["10.9.0.0/16"], net["10.8.0.0/16"])[0] is Fit.LESS
    assert image.growth(net["10.1.0.0/24"]) == net["10.8.0.0/23"]
    assert image.moved.meets(net["10.1.0.0/24"])
    assert image.fit(Intervals.one(BASE), Intervals.one(BASE))[0] is Fit.EXACT
