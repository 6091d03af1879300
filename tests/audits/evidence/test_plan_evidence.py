"""Addresses, zones, exits and spare lines: a plan's own configurations are sound, and each strange line is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.evidence import gather, plan, spare
from audits.evidence.plan import Configured
from audits.model import Document
from audits.sources import named
from configs.dialects import dialect, platforms
from configs.model import Addresses
from configs.render import Renderer
from inventory import workspace as workspaces
from inventory.text import Message
from ipplan import plan as plans


@pytest.fixture(scope="module")
def city(lianyuan):
    """The example, its plan, and what templates make of its devices."""
    loaded = workspaces.load(lianyuan, platforms=platforms())
    made = plans.read(lianyuan / plans.FILE)
    renderer = Renderer(loaded, made)
    texts = {name: renderer.render(name).text for name in ("core-city", "fw-border", "rt-lantian", "rt-anping")}
    return loaded, made, texts


def observed(city, device, extra="", **changes):
    """The facts of one device with lines added to its configuration, by name."""
    loaded, made, texts = city
    found = []
    for name, text in texts.items():
        spec = loaded.inventory.devices[name]
        spoken = dialect(spec.platform)
        tree = spoken.parse((text + (extra if name == device else "")).encode())
        addresses = spoken.addresses(tree)
        path = f"{name}/running.cfg"
        found.append(Configured(name, spec, path, addresses if addresses is not None else Message("none")))
    every = plan.observe(found, changes.get("inventory", loaded.inventory), changes.get("plan", made))
    return {each.fact: each for each in every if each.device == device}


@pytest.mark.parametrize("device", ["core-city", "rt-lantian", "rt-anping"])
def test_what_templates_make_is_inside_the_plan(city, device):
    """Every address, default route and zone of the plan's own configurations is sound."""
    found = observed(city, device)
    assert {fact: each.value for fact, each in found.items()} == {
        "address_outside_plan": False,
        "zone_outside_plan": None,  # the example puts interfaces of its firewall into zones, and no others
        "unplanned_exit": False,
    }
    assert "none of its interfaces" in str(found["zone_outside_plan"].why)


STRANGE = "interface GigabitEthernet0/0/9\n ip address 172.31.9.1 255.255.255.0\n#\n"
SPARE = "interface GigabitEthernet0/0/9\n ip address 10.20.63.1 255.255.255.0\n#\n"
STOLEN = "interface GigabitEthernet0/0/9\n ip address 10.255.0.6 255.255.255.255\n#\n"


@pytest.mark.parametrize(
    ("extra", "proof"),
    [
        (STRANGE, "172.31.9.1/24 GigabitEthernet0/0/9: no pool"),
        (SPARE, "10.20.63.1/24 GigabitEthernet0/0/9: pool townships, no allocation"),
        (STOLEN, "10.255.0.6/32 GigabitEthernet0/0/9: allocated to rt-anping"),
        ("nat address-group 1 203.0.113.9 203.0.113.12\n", "203.0.113.9-203.0.113.12"),
    ],
)
def test_an_address_that_the_plan_does_not_have_is_named_with_its_line(city, extra, proof):
    """Outside every pool, in a pool without an allocation, another device's, or translated to."""
    found = observed(city, "rt-lantian", extra)["address_outside_plan"]
    assert found.value is True
    assert len(found.records) == 1
    assert proof in found.records[0]
    assert found.records[0].startswith("rt-lantian/running.cfg:")


@pytest.mark.parametrize(
    ("extra", "value"),
    [
        ("ip route-static 0.0.0.0 0.0.0.0 192.168.77.1\n", True),
        ("ip route-static 0.0.0.0 0.0.0.0 10.254.0.5\n", False),  # the core's end of its circuit
        ("ip route-static 0.0.0.0 0.0.0.0 Dialer1\n", None),
        ("nat address-group 1 203.0.113.9 203.0.113.12\n", True),
    ],
)
def test_an_exit_that_nobody_planned(city, extra, value):
    """A default route to a stranger and a translation without a line to the internet; an interface does not tell."""
    found = observed(city, "rt-lantian", extra)["unplanned_exit"]
    assert found.value is value
    assert bool(found.records) == (value is not False)


def test_an_interface_in_the_wrong_zone(city):
    """An address of the management area at an interface that the inventory has in a public zone."""
    loaded, _made, _texts = city
    zone = next(zone for zone in loaded.inventory.zones.values() if zone.name == "servers")
    there = replace(zone, interfaces=(("rt-lantian", "GigabitEthernet0/0/2"), ("rt-lantian", "LoopBack0")))
    inventory = replace(loaded.inventory, zones={"servers": there})
    found = observed(city, "rt-lantian", inventory=inventory)["zone_outside_plan"]
    assert found.value is True
    assert "LoopBack0: management, zone servers: public" in found.records[0]
    only = replace(there, interfaces=there.interfaces[:1])
    found = observed(city, "rt-lantian", inventory=replace(inventory, zones={"servers": only}))["zone_outside_plan"]
    assert found.value is False


def test_without_a_plan_nothing_is_inside_it(city):
    """No plan, an address that is not understood: unknown, with the reason. Exits are told from the inventory."""
    found = observed(city, "rt-lantian", plan=Message("there is no address plan"))
    assert [found[fact].value for fact in ("address_outside_plan", "zone_outside_plan")] == [None, None]
    found = observed(city, "rt-lantian", "interface Vlanif9\n ip address 10.20.0.999 255.255.255.0\n#\n")
    assert found["address_outside_plan"].value is None
    assert "not understood" in str(found["address_outside_plan"].why)


def test_a_text_that_cannot_be_read_is_unknown(city):
    """Its addresses are not inside the plan because there are none."""
    loaded, _made, _texts = city
    documents = [
        Document("rt-lantian/running.cfg", b"", "rt-lantian", "huawei", problem=Message("it is not in the archive")),
        Document("rt-anping.cfg", b"\xff\xfe\x00"),
        Document("stranger.cfg", b"sysname x\n"),
    ]
    documents = named(documents, loaded.inventory)
    found = gather(documents, loaded, datetime(2026, 1, 31, tzinfo=UTC), sources=("plan",))
    values = {(each.device, each.fact): each.value for each in found}
    assert values["rt-lantian", "address_outside_plan"] is None
    assert values["rt-anping", "unplanned_exit"] is None
    assert values["rt-lantian", "no_spare_line"] is True
    assert not [each for each in found if each.device == "stranger.cfg"]


def test_what_one_line_cuts_off():
    """A ring has a spare, a spur has none, two lines to one neighbour are two; most lines make the centre."""
    edges = {
        "ab": ("a", "b"),
        "bc": ("b", "c"),
        "ca": ("c", "a"),
        "cd": ("c", "d"),
        "de1": ("d", "e"),
        "de2": ("d", "e"),
    }
    assert spare.cut_off(edges) == {"d": ["cd"], "e": ["cd"]}
    assert spare.cut_off({"only": ("x", "y")}) == {"y": ["only"]}
    assert spare.cut_off({"one": ("x", "y"), "two": ("x", "y")}) == {}


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("0123456789", min_size=1, max_size=2), st.tuples(*[st.sampled_from("abcdef")] * 2), max_size=9
    )
)
def test_bridges_are_what_removing_an_edge_shows(edges):
    """Against the plain way: take each edge away and look whether its ends are still connected."""
    edges = {name: pair for name, pair in edges.items() if pair[0] != pair[1]}
    bridges = set()
    for name, (start, goal) in edges.items():
        reached, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            for other, pair in edges.items():
                if other != name and node in pair:
                    following = pair[1] if pair[0] == node else pair[0]
                    if following not in reached:
                        reached.add(following)
                        waiting.append(following)
        if goal not in reached:
            bridges.add(name)
    found = spare.cut_off(edges)
    assert {line for lines in found.values() for line in lines} == bridges
    for node, lines in found.items():
        assert len(lines) == len(set(lines)), node


def test_tunnels_stand_on_their_line_to_the_internet(city):
    """A department's gateway hangs on its one line to the internet, a township's router on its circuit."""
    loaded, _made, _texts = city
    names = ("vg-zfb", "rt-lantian")
    found = {each.device: each for each in spare.observe(names, loaded.inventory)}
    assert found["vg-zfb"].value is True
    assert "internet" in found["vg-zfb"].records[0]
    assert found["rt-lantian"].value is True
    assert "ln-lantian circuit core-city:GigabitEthernet0/1 – rt-lantian:" in found["rt-lantian"].records[0]
    circuit = loaded.inventory.lines["ln-lantian"]
    second = replace(circuit, name="second", a=replace(circuit.a, interface="x"), b=replace(circuit.b, interface="y"))
    inventory = replace(loaded.inventory, lines={**loaded.inventory.lines, "second": second})
    (only,) = spare.observe(["rt-lantian"], inventory)
    assert only.value is False
    assert len(only.records) == 2


def test_a_configuration_without_addresses_is_inside_nothing(city):
    """Nothing was compared: unknown, not sound."""
    loaded, made, _ = city
    empty = Configured("fw", loaded.inventory.devices["fw-border"], "fw.cfg", Addresses(()))
    found = {each.fact: each.value for each in plan.observe([empty], loaded.inventory, made)}
    assert found == dict.fromkeys(plan.FACTS)
