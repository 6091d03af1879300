"""A lab as probes see it: hosts, the allow file that is made of its addresses, listeners, names. No lab runs here."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from audits.probes import allow
from audits.probes.model import Aim, Control, Kind, Probe, Protocol, Target, Vantage
from inventory.errors import LabError
from lab.inside import Inside, Leg, look
from lab.state import LabNode, LabState

if TYPE_CHECKING:
    from pathlib import Path

MAC = "02:00:00:00:00:07"
INSIDE = Inside(
    networks={"pc": "/n/pc", "rt": "/n/rt", "sw": "/n/sw"},
    kinds={"pc": "host", "rt": "frr", "sw": "switch"},
    legs={
        "pc": (Leg("eth0", MAC, (ip_address("10.1.0.2"),)),),
        "rt": (Leg("ge0", "02:00:00:00:00:08", (ip_address("10.1.0.1"),)), Leg("ge1", "", (ip_address("10.2.0.1"),))),
        "sw": (Leg("p0", "02:00:00:00:00:09", ()),),
    },
)
USER = Vantage("user", "eth0", "/n/pc")


def aim(text: str, address: str, port: int = 0) -> Aim:
    return Aim(Protocol(text), ip_address(address), port)


def test_every_node_with_an_address_is_a_host() -> None:
    """Its first interface that has one, all of its addresses."""
    hosts = INSIDE.hosts()
    assert set(hosts) == {"pc", "rt"}
    assert (hosts["rt"].namespace, hosts["rt"].interface) == ("/n/rt", "ge0")
    assert [str(address) for address in hosts["rt"].addresses] == ["10.1.0.1", "10.2.0.1"]


def test_the_allow_file_has_the_labs_addresses_and_no_other() -> None:
    """It is read by the same code as one that a person wrote."""
    allowed = allow.parse(INSIDE.allow([USER]).encode(), "allow.yaml")
    assert allowed.covers("user", aim("tcp", "10.2.0.1", 22))
    assert allowed.covers("user", aim("arp", "10.1.0.1"))
    for outside in (aim("tcp", "10.1.0.3", 22), aim("icmp", "10.2.0.2"), aim("arp", "10.9.0.1")):
        assert not allowed.covers("user", outside)
    assert not allowed.covers("somebody", aim("arp", "10.1.0.1"))


def test_listeners_stand_at_hosts_and_never_at_devices() -> None:
    """What a device answers is what is looked at; echoes need no listener."""
    targets = tuple(Target(one) for one in (aim("tcp", "10.1.0.2", 443), aim("tcp", "10.1.0.1", 22)))
    controls = (Control(USER, aim("tcp", "10.1.0.2", 443)), Control(USER, aim("icmp", "10.1.0.2")))
    probe = Probe("p", Kind.ISOLATION, USER, targets, controls)
    assert [(place.namespace, str(one)) for place, one in INSIDE.canaries(probe)] == [("/n/pc", "tcp 10.1.0.2:443")]


def test_addresses_in_a_record_are_given_their_owners() -> None:
    """Hardware addresses too, each once; what belongs to nobody here is not made up."""
    named = INSIDE.named([f"offer by 10.1.0.2 ({MAC.upper()}), router 10.1.0.99", "again 10.1.0.2 through 10.2.0.1"])
    assert named == (
        "in the lab 10.1.0.2 is pc (eth0)",
        f"in the lab {MAC} is pc (eth0)",
        "in the lab 10.2.0.1 is rt (ge1)",
    )
    assert INSIDE.node_of(USER) == "pc"
    assert not INSIDE.node_of(Vantage("elsewhere", namespace="/n/other"))


def test_a_lab_without_packets_is_no_place_for_probes(tmp_path: Path) -> None:
    """Emulated devices forward nothing: said with what to start, before any probe is read."""
    nodes = {"core-city": LabNode("core-city", "cisco_ios")}
    state = LabState("emulated", tmp_path, tmp_path, pid=1, started=0, nodes=nodes)
    with pytest.raises(LabError, match="no real packets"):
        look(state)
