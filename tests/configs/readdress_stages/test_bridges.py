"""Routes that carry packets while OSPF has no neighbour: what is written, what is not, and where packets go by them."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, ip_interface
from itertools import product

import pytest

from configs import dialects
from configs.readdress import stages
from configs.readdress.engine import Engine, Source
from configs.readdress.stages_model import Stage
from configs.readdress_policy import Policy
from ipplan.mapping import Entry, Mapping
from ipplan.mapping_file import by_length
from lab.emulator.comware import ComwareDevice
from lab.emulator.device import Spec
from lab.emulator.ios import IosDevice
from lab.emulator.vrp import VrpDevice

VENDORS = ("huawei", "hp_comware", "cisco_ios", "frr")
PORTS = {
    "huawei": "GigabitEthernet0/0/{}",
    "hp_comware": "GigabitEthernet0/{}",
    "cisco_ios": "GigabitEthernet0/{}",
    "frr": "eth{}",
}
MOVES = ("10.65.0.0/16", "59.193.0.0/16"), ("10.254.0.0/24", "59.192.0.0/24")


def mapping(*moves: tuple[str, str]) -> Mapping:
    """Prefixes and where they go."""
    pairs = [(IPv4Network(old), IPv4Network(new)) for old, new in moves or MOVES]
    return Mapping(tuple(Entry("default", old, new, by_length(old, new)) for old, new in pairs))


def text(platform: str, number: int, lines: list[str], lans: list[str], more: str = "") -> str:
    """A router's text: addresses of its lines to others and of its LANs, a loopback, OSPF on all; `more` behind it."""
    ports = [(PORTS[platform].format(index), IPv4Interface(one)) for index, one in enumerate([*lines, *lans])]
    silent = [port for port, _ in ports[len(lines) :]]
    loopback = f"10.255.0.{number}"
    if platform == "frr":
        said = [f"hostname r{number}", "!"]
        for port, one in [*ports, ("lo", IPv4Interface(f"{loopback}/32"))]:
            passive = [" ip ospf passive"] if port in (*silent, "lo") else []
            said += [f"interface {port}", f" ip address {one}", " ip ospf area 0.0.0.0", *passive, "exit", "!"]
        said += ["router ospf", f" ospf router-id {loopback}", "exit", "!", *more.splitlines()]
    elif platform == "cisco_ios":
        said = [f"hostname r{number}", "interface Loopback0", f" ip address {loopback} 255.255.255.255"]
        for port, one in ports:
            said += [f"interface {port}", f" ip address {one.ip} {one.netmask}"]
        said += ["router ospf 1", *(f" passive-interface {port}" for port in silent)]
        networks = [*(one.network for _, one in ports), IPv4Network(loopback)]
        said += [f" network {one.network_address} {one.hostmask} area 0" for one in networks]
        said += more.splitlines()
    else:
        said = [f"sysname r{number}", "interface LoopBack0", f" ip address {loopback} 255.255.255.255"]
        for port, one in ports:
            said += [f"interface {port}", f" ip address {one.ip} {one.netmask}"]
        said += ["ospf 1", *(f" silent-interface {port}" for port in silent), " area 0.0.0.0"]
        networks = [*(one.network for _, one in ports), IPv4Network(loopback)]
        said += [f"  network {one.network_address} {one.hostmask}" for one in networks]
        said += more.splitlines()
    return "\n".join(said) + "\n"


def source(path: str, platform: str, said: str) -> Source:
    """A text as the engine takes it."""
    spoken = dialects.dialect(platform)
    places = spoken.places()
    assert places is not None
    return Source(path, platform, spoken.parse(said.encode()), places, spoken.mask)


def star(hub: str, *stubs: str, hub_more: str = "", stub_more: str = "") -> list[Source]:
    """A hub, and stubs on a line each, all with a LAN."""
    lines = [f"10.254.0.{4 * index + 1}/30" for index in range(len(stubs))]
    found = [source("hub", hub, text(hub, 1, lines, ["10.65.0.1/24"], hub_more))]
    for index, stub in enumerate(stubs):
        line, lan = f"10.254.0.{4 * index + 2}/30", f"10.65.{index + 1}.1/24"
        found.append(source(f"stub{index}", stub, text(stub, index + 2, [line], [lan], stub_more)))
    return found


def made(sources: list[Source], *moves: tuple[str, str]):
    """Their stages; none is refused."""
    found = stages.make(sources, mapping(*moves), Policy())
    assert found.problems == []
    return found


def bridges(found) -> dict[str, list[str]]:
    """What each device is given in stage add."""
    return {row.device: list(row.bridges) for row in found.stages[0].devices}


MARK = "tag 4192 description re-addressing"
AT_STUB = {
    "huawei": [
        f"ip route-static 10.255.0.2 255.255.255.255 NULL0 preference 251 {MARK}",
        f"ip route-static 10.65.1.0 255.255.255.0 NULL0 preference 251 {MARK}",
        f"ip route-static 59.193.1.0 255.255.255.0 NULL0 preference 251 {MARK}",
        f"ip route-static 0.0.0.0 0.0.0.0 GigabitEthernet0/0/0 10.254.0.1 preference 250 {MARK}",
        f"ip route-static 0.0.0.0 0.0.0.0 GigabitEthernet0/0/0 59.192.0.1 preference 250 {MARK}",
    ],
    "hp_comware": [
        f"ip route-static 10.255.0.2 32 NULL0 preference 251 {MARK}",
        f"ip route-static 10.65.1.0 24 NULL0 preference 251 {MARK}",
        f"ip route-static 59.193.1.0 24 NULL0 preference 251 {MARK}",
        f"ip route-static 0.0.0.0 0 GigabitEthernet0/0 10.254.0.1 preference 250 {MARK}",
        f"ip route-static 0.0.0.0 0 GigabitEthernet0/0 59.192.0.1 preference 250 {MARK}",
    ],
    "cisco_ios": [
        "ip route 10.255.0.2 255.255.255.255 Null0 251 tag 4192",
        "ip route 10.65.1.0 255.255.255.0 Null0 251 tag 4192",
        "ip route 59.193.1.0 255.255.255.0 Null0 251 tag 4192",
        "ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0 10.254.0.1 250 tag 4192",
        "ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0 59.192.0.1 250 tag 4192",
    ],
    "frr": [
        "ip route 10.255.0.2/32 blackhole tag 4192 251",
        "ip route 10.65.1.0/24 blackhole tag 4192 251",
        "ip route 59.193.1.0/24 blackhole tag 4192 251",
        "ip route 0.0.0.0/0 10.254.0.1 eth0 tag 4192 250",
        "ip route 0.0.0.0/0 59.192.0.1 eth0 tag 4192 250",
    ],
}
TO_STUB = {
    "huawei": "ip route-static {0.network_address} {0.netmask} GigabitEthernet0/0/0 {1} preference 250 " + MARK,
    "hp_comware": "ip route-static {0.network_address} {0.prefixlen} GigabitEthernet0/0 {1} preference 250 " + MARK,
    "cisco_ios": "ip route {0.network_address} {0.netmask} GigabitEthernet0/0 {1} 250 tag 4192",
    "frr": "ip route {0} {1} eth0 tag 4192 250",
}


@pytest.mark.parametrize(("hub", "stub"), [pair for pair in product(VENDORS, VENDORS) if pair != ("frr", "frr")])
def test_what_each_vendor_is_given(hub, stub):
    """The stub a default route and an end for its own networks, the hub these networks, over both next hops."""
    found = made([*star(hub, stub, "frr")])
    assert found.unbridged == []
    given = bridges(found)
    assert sorted(given["stub0"]) == sorted(AT_STUB[stub])
    own = [IPv4Network(one) for one in ("10.255.0.2/32", "10.65.1.0/24", "59.193.1.0/24")]
    wanted = {TO_STUB[hub].format(network, via) for network in own for via in ("10.254.0.2", "59.192.0.2")}
    assert wanted <= set(given["hub"])
    # The other stub, whose line has nothing to change places if the hub's language has no primary address, goes out.
    assert [line for line in given["stub1"] if " 0.0.0.0/0 " in line] == [
        "ip route 0.0.0.0/0 10.254.0.5 eth0 tag 4192 250",
        "ip route 0.0.0.0/0 59.192.0.5 eth0 tag 4192 250",
    ]


@pytest.mark.parametrize("vendor", VENDORS)
def test_they_are_there_from_add_to_remove(vendor):
    """Behind add and prefer the text has them; the last text is the re-addressed one and has none."""
    sources = star("cisco_ios", vendor, "huawei")
    found = made(sources)
    by_stage = {stage.stage: {row.device: row for row in stage.devices} for stage in found.stages}
    for one in sources:
        given = by_stage[Stage.ADD][one.path].bridges
        assert given
        for stage in (Stage.ADD, Stage.PREFER):
            row = by_stage[stage].get(one.path)
            lines = row.text.decode().splitlines() if row is not None and row.text else None
            assert lines is None or set(given) <= set(lines)
        goal = Engine(mapping(), Policy()).run(one).to_bytes()
        assert by_stage[Stage.REMOVE][one.path].text == goal
        assert "4192" not in goal.decode()


def test_typed_at_devices(network):
    """Every command is taken, forth and back; what is shown is the stage's text, and in the end today's."""
    kinds = {"huawei": VrpDevice, "hp_comware": ComwareDevice, "cisco_ios": IosDevice}
    plain = star("cisco_ios", "huawei", "cisco_ios", "huawei", "hp_comware")
    asyncio.run(_typed(network, kinds, plain))


async def _typed(network, kinds, sources):
    devices = {}
    for one in sources:
        shown = one.tree.text
        ports = tuple(line.split()[1] for line in shown.splitlines() if line.startswith("interface Gigabit"))
        spec = Spec(
            name=one.path,
            platform=one.platform,
            address=IPv4Address("10.65.0.1"),
            management_interface=ports[0],
            text=shown,
            interfaces=ports,
        )
        devices[one.path] = kinds[one.platform](spec)
    try:
        for device in devices.values():
            await device.first_boot()
        before = {name: device.show(device.running).encode() for name, device in devices.items()}
        sources = [source(one.path, one.platform, before[one.path].decode()) for one in sources]
        found = made(sources)
        assert all(bridges(found).values())
        for stage in found.stages:
            for row in stage.devices:
                await network.send(devices[row.device], row.parts, stage.folder)
                if row.text:
                    shown = devices[row.device].show(devices[row.device].running).encode()
                    assert network.same(dialects.dialect(row.platform), shown, row.text) == ""
        for stage in reversed(found.stages):
            for row in reversed(stage.devices):
                await network.send(devices[row.device], row.undo, f"undo {stage.folder}")
        for one in sources:
            shown = devices[one.path].show(devices[one.path].running).encode()
            assert network.same(dialects.dialect(one.platform), shown, before[one.path]) == ""
    finally:
        for device in devices.values():
            device.close()


def test_an_address_is_away_for_one_command_only():
    """Addresses change places interface by interface: the old one comes back with the next command."""
    found = made(star("cisco_ios", "huawei", "huawei"))
    prefer = {row.device: row for row in found.stages[2].devices}
    (part,) = prefer["stub0"].parts
    assert part.commands == (
        "interface GigabitEthernet0/0/0",
        "undo ip address 59.192.0.2 255.255.255.252 sub",
        "ip address 59.192.0.2 255.255.255.252",
        "ip address 10.254.0.2 255.255.255.252 sub",
        "quit",
        "interface GigabitEthernet0/0/1",
        "undo ip address 59.193.1.1 255.255.255.0 sub",
        "ip address 59.193.1.1 255.255.255.0",
        "ip address 10.65.1.1 255.255.255.0 sub",
        "quit",
    )
    (back,) = prefer["stub0"].undo
    assert back.commands[:4] == (
        "interface GigabitEthernet0/0/0",
        "undo ip address 10.254.0.2 255.255.255.252 sub",
        "ip address 10.254.0.2 255.255.255.252",
        "ip address 59.192.0.2 255.255.255.252 sub",
    )


def test_a_stub_needs_no_guard_for_them():
    """A route to null for a network of our own, and a default route behind OSPF's, may cut nobody off; a hub's may."""
    port = "interface GigabitEthernet0/0/9\n ip address 10.200.0.{} 255.255.255.0\n"
    found = made(star("huawei", "huawei", "huawei", hub_more=port.format(1), stub_more=port.format(2)))
    assert all(bridges(found).values())
    for row in found.stages[0].devices:
        spoken = dialects.dialect("huawei")
        before, after = spoken.parse(found.today[row.device]), spoken.parse(row.text)
        cuts = spoken.change(before, after, management=ip_interface(f"10.200.0.{1 + (row.device != 'hub')}/24")).cuts
        assert bool(cuts) == (row.device == "hub")
    other = found.today["stub0"] + b"ip route-static 10.9.0.0 16 NULL0 preference 251 tag 4192\n"
    spoken = dialects.dialect("huawei")
    assert spoken.change(spoken.parse(found.today["stub0"]), spoken.parse(other), management=None).cuts


@pytest.mark.parametrize(
    ("why", "hub", "stub"),
    [
        ("redistributes", "ospf 1\n import-route static\n", ""),
        ("redistributes", "", "router ospf 1\n redistribute static subnets\n"),
        ("redistributes", "bgp 65001\n ipv4-family unicast\n  network 10.65.1.0 255.255.255.0\n", ""),
        ("behind", "ospf 1\n preference ase 255\n", ""),
        ("knows-more", "ip route-static 0.0.0.0 0.0.0.0 10.65.0.9\n", ""),
        ("knows-more", "bgp 65001\n peer 10.65.0.9 as-number 65002\n", ""),
        ("knows-more", "interface GigabitEthernet0/0/9\n ip address 10.99.0.1 255.255.255.0\n", ""),
        ("leads-back", "ip route-static 10.66.0.0 255.255.0.0 10.254.0.2\n", ""),
        ("unread", "", "router ospf 1\n distribute-list 7 in\n"),
        ("unread", "interface GigabitEthernet0/0/0\n traffic-policy away inbound\n", ""),
        ("no-stub", "", "router bgp 65001\n"),
    ],
)
def test_what_speaks_against_them(why, hub, stub):
    """Where they might be told to others, lead in circles or let packets out, none is written, and it is said why."""
    sources = star("huawei", "cisco_ios", "cisco_ios", hub_more=hub, stub_more=stub)
    found = made(sources)
    assert (found.unbridged[0].devices, found.unbridged[0].why) == (("hub", "stub0"), why)
    assert bridges(found)["stub0"] == []
    assert not any("10.254.0.2" in line for line in bridges(found)["hub"])
    assert all(line.reason.in_language("zh_CN") != line.reason.in_language("en") for line in found.unbridged)


def test_a_hub_that_tells_a_default_route():
    """Its other routes let nobody out who was not let out before."""
    more = "ip route-static 0.0.0.0 0.0.0.0 10.65.0.9\nospf 1\n default-route-advertise always\n"
    found = made(star("huawei", "cisco_ios", "cisco_ios", hub_more=more))
    assert found.unbridged == []
    assert "ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0 10.254.0.1 250 tag 4192" in bridges(found)["stub0"]


def test_what_is_there_already_stays_alone():
    """A network to which a device has a static route gets no second one."""
    hub = "ip route-static 10.65.1.0 255.255.255.0 10.254.0.2 preference 200\n"
    stub = "ip route 0.0.0.0 0.0.0.0 10.254.0.1 200\n"
    (given,) = (bridges(made(star("huawei", "cisco_ios", hub_more=hub, stub_more=stub)))[one] for one in ("hub",))
    assert not any(" 10.65.1.0 " in line for line in given)
    assert any(" 10.255.0.2 " in line for line in given)
    found = made(star("huawei", "cisco_ios", "cisco_ios", stub_more=stub))
    assert bridges(found)["stub0"]
    assert not any("0.0.0.0 0.0.0.0" in line for line in bridges(found)["stub0"])


def test_lines_without_ospf_and_lines_with_nothing_to_lose():
    """No neighbour can be lost where nobody speaks OSPF, and none is where both addresses are alike."""
    quiet = [
        source("a", "huawei", "interface GigabitEthernet0/0/0\n ip address 10.254.0.1 255.255.255.252\n"),
        source("b", "huawei", "interface GigabitEthernet0/0/0\n ip address 10.254.0.2 255.255.255.252\n"),
    ]
    found = made(quiet)
    assert (bridges(found), found.unbridged) == ({"a": [], "b": []}, [])
    # Another star on which nothing changes places is left alone.
    calm = text("frr", 7, ["10.254.0.101/30", "10.254.0.105/30"], [])
    near = [text("frr", 8 + n, [f"10.254.0.{102 + 4 * n}/30"], [f"10.65.{8 + n}.1/24"]) for n in (0, 1)]
    apart = [source(name, "frr", said) for name, said in zip(("calm", "c0", "c1"), (calm, *near), strict=True)]
    given = bridges(made([*star("frr", "huawei", "frr"), *apart]))
    assert {name for name, lines in given.items() if lines} == {"hub", "stub0", "stub1"}
    found = made(star("frr", "frr", "frr"))
    assert (any(bridges(found).values()), found.unbridged) == (False, [])
    found = made(star("huawei", "huawei", "huawei"), ("10.65.0.0/16", "59.193.0.0/16"))
    assert (any(bridges(found).values()), found.unbridged) == (False, [])


def test_who_is_beyond_the_root_is_named():
    """Routers behind a line that leads to no stub, or whose other end is unknown, learn of the stubs by OSPF only."""
    hub = text("frr", 1, ["10.254.0.1/30", "10.254.0.5/30"], ["10.65.0.1/24"])
    core = text("frr", 9, ["10.254.0.6/30", "10.254.0.9/30"], [])
    stub = text("huawei", 2, ["10.254.0.2/30"], ["10.65.1.1/24"])
    found = made([source("hub", "frr", hub), source("core", "frr", core), source("stub", "huawei", stub)])
    assert [(line.devices, line.why) for line in found.unbridged] == [(("core",), "beyond")]
    # The router above the hub is given what is behind the hub, for OSPF takes the stub's networks from it too.
    given = bridges(found)
    assert {line.split()[2] for line in given["core"]} == {
        *("10.65.0.0/24", "59.193.0.0/24", "10.65.1.0/24", "59.193.1.0/24"),
        *("10.254.0.0/30", "59.192.0.0/30", "10.255.0.1/32", "10.255.0.2/32"),
    }
    assert "ip route 0.0.0.0/0 10.254.0.6 eth1 tag 4192 250" in given["hub"]
    # A line on which nothing moves leads to somebody as well.
    hub = text("frr", 1, ["10.254.0.1/30", "10.253.0.1/30"], ["10.65.0.1/24"])
    found = made([source("hub", "frr", hub), source("stub", "huawei", stub)])
    assert [(str(line.address), line.why) for line in found.unbridged] == [("10.253.0.1/30", "beyond")]


def test_two_stubs_alone():
    """Two routers and nobody else: each gets the other's networks, neither a default route to the other."""
    sources = star("huawei", "huawei")
    found = made(sources)
    lines = [line for given in bridges(found).values() for line in given]
    assert lines
    assert not any(" 0.0.0.0 0.0.0.0 " in line for line in lines)


# ---- where packets go, by a model of our own


@dataclass
class Router:
    """What a router knows at some moment: its networks that are up, static routes (to whom; nobody: null), OSPF's."""

    own: list[IPv4Network]
    statics: list[tuple[IPv4Network, str, int]]
    learnt: list[tuple[IPv4Network, str]] = field(default_factory=list)


def routers(found) -> dict[str, Router]:
    """The devices behind stage add, from their texts."""
    models = {}
    for row in found.stages[0].devices:
        models[row.device] = dialects.forwarding(row.platform, dialects.dialect(row.platform).parse(row.text))
        assert not [one for one in models[row.device].left if not one.weak]
    addresses = {
        name: [one for port in model.ports.values() for one in port.addresses] for name, model in models.items()
    }
    owners = {one.ip: name for name, several in addresses.items() for one in several}
    return {
        name: Router(
            [one.network for one in addresses[name]],
            [(one.network, owners[one.via] if one.via is not None else "", one.distance) for one in model.statics],
        )
        for name, model in models.items()
    }


def learn(known: dict[str, Router], lines: list[tuple[str, str]]) -> None:
    """What OSPF tells everybody over lines on which both ends are neighbours; the lines are a tree's."""
    near = {name: [a if b == name else b for a, b in lines if name in (a, b)] for name in known}
    for name, router in known.items():
        router.learnt = []
        for first in near[name]:
            seen, rest = {name}, [first]
            while rest:
                at = rest.pop()
                seen.add(at)
                router.learnt += [(network, first) for network in known[at].own]
                rest += [other for other in near[at] if other not in seen]


def trace(known: dict[str, Router], start: str, goal: IPv4Address) -> str:
    """Where a packet ends: a device, `dropped`, or `circle`."""
    at, seen = start, set()
    while at not in seen:
        seen.add(at)
        router = known[at]
        routes = [(network, at, 0) for network in router.own]
        routes += [(network, to, distance) for network, to, distance in router.statics]
        routes += [(network, to, 110) for network, to in router.learnt]
        fitting = [(-network.prefixlen, distance, to) for network, to, distance in routes if goal in network]
        to = min(fitting)[2] if fitting else ""
        if to in ("", at):
            return to or "dropped"
        at = to
    return "circle"


def tree(root: str, hubs: list[tuple[str, list[str]]]) -> tuple[list[Source], list[tuple[str, str]]]:
    """A root, hubs below it, stubs below them, with a LAN each; and which two each line joins."""
    count = sum(1 + len(stubs) for _, stubs in hubs)
    blocks = [(f"10.254.0.{4 * n + 1}/30", f"10.254.0.{4 * n + 2}/30") for n in range(count)]
    ends = iter(blocks)
    number = iter(range(1, 99))
    sources, lines, tops = [], [], []
    for index, (hub, stubs) in enumerate(hubs):
        above, mine = next(ends)
        tops.append(above)
        name, below = f"hub{index}", [next(ends) for _ in stubs]
        order = next(number)
        circuits = [mine, *(near for near, _ in below)]
        sources.append(source(name, hub, text(hub, order, circuits, [f"10.65.{order}.1/24"])))
        lines.append(("root", name))
        for place, (stub, (_, far)) in enumerate(zip(stubs, below, strict=True)):
            order = next(number)
            sources.append(source(f"{name}-{place}", stub, text(stub, order, [far], [f"10.65.{order}.1/24"])))
            lines.append((name, f"{name}-{place}"))
    sources.append(source("root", root, text(root, next(number), tops, ["10.65.99.1/24"])))
    return sources, lines


TREES = [
    tree("huawei", [("frr", ["huawei", "frr"]), ("cisco_ios", ["cisco_ios", "frr"])]),
    tree("frr", [("frr", ["huawei", "cisco_ios"]), ("frr", ["frr"]), ("huawei", [])]),
    (star("huawei", "huawei", "cisco_ios", "frr"), [("hub", f"stub{number}") for number in range(3)]),
    (star("frr", "huawei", "frr", "cisco_ios"), [("hub", f"stub{number}") for number in range(3)]),
]


@pytest.mark.parametrize(("sources", "lines"), TREES)
def test_no_packet_goes_in_a_circle_and_none_is_lost(sources, lines):
    """Whichever neighbours are away and whichever LANs are down: every pair reaches each other, nothing circles."""
    found = made(sources)
    assert found.unbridged == []
    whole, vendors = routers(found), {one.path: one.platform for one in sources}
    lans = {
        name: [
            network for network in router.own if network.prefixlen == 24 and str(network)[:6] in ("10.65.", "59.193")
        ]
        for name, router in whole.items()
    }
    assert all(len(several) == 2 for several in lans.values())
    # Two FRR routers have nothing that changes places, and lose no neighbour.
    losing = [line for line in lines if {vendors[name] for name in line} != {"frr"}]
    chance = random.Random(4192)  # noqa: S311 - a test's reproducible choice
    for times in range(60):
        away = [line for line in losing if times and chance.random() < 0.5]
        down = [name for name in whole if chance.random() < 0.2]
        known = {
            name: Router([one for one in router.own if name not in down or one not in lans[name]], router.statics)
            for name, router in whole.items()
        }
        learn(known, [line for line in lines if line not in away])
        for one, other in product(whole, whole):
            for lan in lans[other]:
                ended = trace(known, one, lan[9])
                assert ended == ("dropped" if other in down else other), (away, down, one, lan)
        for name in whole:
            assert trace(known, name, IPv4Address("203.0.113.1")) == "dropped"
