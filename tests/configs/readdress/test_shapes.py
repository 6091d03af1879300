"""A line read by way of its general form has the places that the table gives the line itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from configs import dialects
from configs.places import shapes
from configs.places.lines import survey
from configs.places.table import classify

COMMANDS = {
    "huawei": (
        "ip route-static vpn-instance {name} {address} {size} {address} preference {number}",
        "ip route-static {address} {number} {address}",
        "rule {number} permit tcp source {address} {size} destination {address} 0",
        "ip ip-prefix a index {number} permit {address} {number} greater-equal {number} less-equal {number}",
        "peer {address} as-number {number}",
        "unheard of {address} {number}",
    ),
    "cisco_ios": (
        "ip route vrf {name} {address} {size} {address} {number}",
        "access-list {number} permit ip {address} {size} host {address}",
        "ip prefix-list a seq {number} permit {address}/{number} le {number}",
        "logging host {address} vrf {name}",
    ),
    "cisco_asa": (
        "route {name} {address} {size} {address} {number}",
        "access-list a extended permit ip {address} {size} any",
    ),
}
octets = st.sampled_from((0, 1, 7, 10, 77, 99, 100, 127, 128, 192, 224, 240, 254, 255, 256, 300))
addresses = st.one_of(
    st.tuples(octets, octets, octets, octets).map(lambda found: ".".join(map(str, found))),
    st.sampled_from(
        ("010.1.1.1", "10.1.1", "10.1.1.1.1", "2001:db8::1", "2001:db8::10.1.1.1", "10.1.1.1:22", '"10.1.1.1"')
    ),
)
sizes = st.sampled_from(
    ("255.255.255.0", "0.0.0.255", "0.0.255.0", "24", "0", "255.0.255.0", "192.168.1.1", "32", "777")
)
values = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("red", "77", "777", "5", "vpn77", "_public_", "10.1.1.1")),
        "size": sizes,
        "number": st.one_of(st.integers(0, 2000).map(str), st.sampled_from(("007", "70000"))),
    }
)


@pytest.mark.parametrize("platform", COMMANDS)
@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_general_form_says_what_the_rows_say(platform, data):
    """Whatever the numbers are: masks, leading zeros, a VRF that is called like a number."""
    dialect = dialects.dialect(platform)
    places = dialect.places()
    assert places is not None
    command = data.draw(st.sampled_from(COMMANDS[platform]))
    for _ in range(command.count("{address}")):
        command = command.replace("{address}", data.draw(addresses), 1)
    command = command.format_map(data.draw(values))
    for line in survey(dialect.parse(f"{command}\n".encode()), places):
        assert line.text == command
        assert line.places == classify(places.view(()), command)
        assert all(command[token.start : token.end] == token.text for token in line.loose)


OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# What `configs.places.shapes` makes general, in the order in which one would say it.
PLAIN = re.compile(rf"(?<![^\s\"'/(\[,=])({OCTET}\.{OCTET}\.{OCTET}\.{OCTET}|[1-9][0-9]*+)(?![^\s\"'/;,)\]}}])")


@settings(max_examples=2000)
@given(st.text(st.sampled_from(' ./(,=;"a٣0123456789'), max_size=24))
@example("255.255.255.255 256.1.1.1 2.5.25.250/32")
@example("0.0.0.0 0 00 01 1. .1 1.2.3.4.5 a1 1a")
def test_what_varies(line):
    """Whole addresses and numbers, wherever they may stand by themselves; the rest of the line stays."""
    general = shapes.General(frozenset())
    assert "".join(general.of(shapes.parts(line))) == "".join(general.of(PLAIN.split(line)))
    assert "".join(shapes.parts(line)) == line
    varying = [part for part in shapes.parts(line)[1::2] if general[part] != part]
    assert varying == [part for part in PLAIN.split(line)[1::2] if general[part] != part]


@given(st.lists(st.text(st.sampled_from(' ./(,=;"a0123456789'), max_size=24)))
def test_lines_are_cut_at_once_as_one_by_one(lines):
    """What stands on one line says nothing of the next one."""
    general = shapes.General(frozenset({"7", "10"}))
    generals, varying = general.lines(lines)
    cut = [shapes.parts(line) for line in lines]
    assert generals == (["".join(general.of(found)) for found in cut] or [""])
    assert varying == [part for found in cut for part in found[1::2]]
