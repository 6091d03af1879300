"""In which VRF the addresses of VRP's commands are, and what else they are."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.places.table import classify

BOUND = ("ip binding vpn-instance A",)


def read(command, view=(), inside=()):
    """Kind, text and VRF of each place of a command."""
    places = dialects.dialect("huawei").places()
    found = classify(places.view(tuple(view), [*inside, command]), command)
    return [(place.kind, command[place.start : place.end], place.vrf) for place in found]


NAT = [("nat-outside", "10.1.1.80", "default"), ("nat-inside", "10.1.1.82", "A")]


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("nat static global 10.1.1.80 inside 10.1.1.82 vpn-instance A", NAT),
        ("nat static protocol tcp global 10.1.1.80 80 inside 10.1.1.82 8080 vpn-instance A", NAT),
        ("nat static outbound 10.1.1.82 10.1.1.80", [("nat-inside", "10.1.1.82", "default"), NAT[0]]),
        ("nat static outbound 10.1.1.82 vpn-instance A 10.1.1.80", [NAT[1], NAT[0]]),
        ("nat static inbound 10.1.1.80 10.1.1.82 vpn-instance A", NAT),
        ("arp static 10.1.1.7 00e0-fc00-0001 vpn-instance A", [("arp", "10.1.1.7", "A")]),
        ("arp static 10.1.1.7 00e0-fc00-0001 vid 5 vpn-instance A", [("arp", "10.1.1.7", "A")]),
        ("arp static 10.1.1.7 00e0-fc00-0001", [("arp", "10.1.1.7", "default")]),
        (
            "rule 5 permit ip vpn-instance A source 10.1.1.0 0.0.0.255 destination 10.2.0.0 0.0.255.255",
            [("acl", "10.1.1.0", "A"), ("acl", "10.2.0.0", "A")],
        ),
        ("rule 5 permit ip source 10.1.1.0 0.0.0.255", [("acl", "10.1.1.0", None)]),
        (
            "peer 10.0.12.2 connect-interface GigabitEthernet0/0/1 10.0.12.1",
            [("peer", "10.0.12.2", "default"), ("source", "10.0.12.1", "default")],
        ),
        ("peer G connect-interface GigabitEthernet0/0/1 10.0.12.1", [("source", "10.0.12.1", "default")]),
        (
            "peer 10.0.12.2 description to 10.9.9.9",
            [("peer", "10.0.12.2", "default"), ("description", "to 10.9.9.9", "default")],
        ),
        ("destination-address url http://10.1.1.1/x", [("url", "10.1.1.1", "default")]),
        ("tunnel local 10.1.1.1", [("tunnel-source", "10.1.1.1", "default")]),
        ("tunnel remote 10.1.1.2", [("tunnel-destination", "10.1.1.2", "default")]),
    ],
)
def test_a_command_names_its_vrf(command, wanted):
    """Before or behind the addresses; outside of a translation is public unless it says otherwise."""
    assert read(command) == wanted


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("ip address 10.9.9.1 30", ("interface", "10.9.9.1", "A")),
        ("source 10.1.1.1", ("tunnel-source", "10.1.1.1", "default")),
        ("destination 10.1.1.2", ("tunnel-destination", "10.1.1.2", "default")),
        ("destination vpn-instance B 10.1.1.2", ("tunnel-destination", "10.1.1.2", "B")),
        ("nat static global 10.1.1.80 inside 10.1.1.82", ("nat-outside", "10.1.1.80", "default")),
    ],
)
def test_a_tunnel_of_a_vrf_travels_outside_it(command, wanted):
    """The interface's binding is what is inside the tunnel."""
    assert read(command, ["interface Tunnel0/0/1"], BOUND)[0] == wanted
