"""A line decided by way of its form's plan comes out as it does when it is read as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs import dialects
from configs.readdress import alone
from configs.readdress.engine import Engine, Source
from ipplan import mapping_file

MAPPING = """old,new,vrf
10.0.0.0/24,59.0.0.0/24,
10.0.1.0/24,59.0.2.0/23,
10.0.2.0/24,59.0.4.0/25,
10.0.3.0/25,59.0.5.0/25,
10.0.3.128/25,59.0.9.0/25,
10.0.4.0/24,,
10.0.0.9/32,59.0.7.7/32,
2001:db8::/64,2409:8000::/64,
10.0.0.0/24,60.0.0.0/24,red
"""
COMMANDS = {
    "huawei": (
        "ip route-static vpn-instance {name} {address} {size} {address} preference {number}",
        "ip route-static {address} {number} {address}",
        "ip ip-prefix a index {number} permit {address} {number} greater-equal {number} less-equal {number}",
        "acl number 3000\n rule {number} permit tcp source {address} {size} destination {address} 0",
        "interface GE0/0/{number}\n ip address {address} {size}\n description to {address}",
        "interface GE0/0/{number}\n ip binding vpn-instance {name}\n ip address {address} {size}",
        "bgp 1\n router-id {address}\n peer {address} as-number {number}",
        "unheard of {address} {number}",
    ),
    "cisco_ios": (
        "ip route vrf {name} {address} {size} {address} {number}",
        "access-list {number} permit ip {address} {size} host {address}",
        "ip prefix-list a seq {number} permit {address}/{number} le {number}",
        "ip local pool a {address} {address}",
    ),
    "cisco_asa": (
        "object network a\n subnet {address} {size}",
        "name {address} server",
        "route a {address} {size} {address}",
    ),
}
values = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("red", "77", "blue")),
        "size": st.sampled_from(("255.255.255.0", "0.0.0.255", "255.255.255.128", "24", "0", "0.0.255.0", "32", "23")),
        "number": st.sampled_from(("7", "16", "24", "25", "32", "100", "3000")),
    }
)
addresses = st.one_of(
    st.tuples(st.integers(0, 5), st.sampled_from((0, 1, 9, 128, 200))).map(lambda found: f"10.0.{found[0]}.{found[1]}"),
    st.sampled_from(("192.0.2.1", "255.255.255.0", "2001:db8::1", "010.0.0.1", "10.0.0.0:7")),
)


@st.composite
def texts(draw, platform):
    """A configuration of some commands."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        command = draw(st.sampled_from(COMMANDS[platform]))
        for _ in range(command.count("{address}")):
            command = command.replace("{address}", draw(addresses), 1)
        found.append(command.format(**draw(values)))
    return "\n".join(found) + "\n"


def outcome(platform, text):
    """The new text and every token."""
    language = dialects.dialect(platform)
    source = Source("a.cfg", platform, language.parse(text.encode()), language.places(), language.mask)
    result = Engine(mapping_file.parse(MAPPING)).run(source)
    return result.to_bytes(), list(result.tokens())


@pytest.mark.parametrize("platform", COMMANDS)
@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_a_plan_says_what_the_line_says(platform, data):
    """Whatever stands in the line: grown, shrunk, split, lost and unmapped subnets, masks, other VRFs, IPv6."""
    text = data.draw(texts(platform))
    by_plan = outcome(platform, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alone, "plan", lambda *_: None)
        assert outcome(platform, text) == by_plan


def test_a_vrf_holds_in_the_views_below():
    """What an interface or a BGP instance says of its VRF holds for the views inside it."""
    text = "bgp 1\n vpn-instance red\n  peer 10.0.0.1\n   peer 10.0.0.2 as-number 1\n"
    new, _ = outcome("huawei", text)
    assert b"peer 60.0.0.2 as-number 1" in new
