"""Models compiled: names, links, FRR's and nftables' words, and what is left."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

import pytest

from configs.forwarding.model import (
    Forwarding,
    Gre,
    Ipsec,
    Ospf,
    OspfArea,
    OspfPort,
    Port,
    PortKind,
    Static,
    Switched,
    VirtualRouter,
)
from configs.headers import Rule
from configs.intervals import ANYWHERE, AddressSet, Intervals
from configs.meaning.statements import FilterKind
from configs.rulesets.model import RuleSet, RuleSets
from lab.standin.compile import compile_device
from lab.standin.habits import habits
from lab.standin.links import Link, change
from lab.standin.loading import _goes
from lab.standin.target import Target
from lab.standin.wiring import End, PhysicalCable, guess, has_ring, wire

BACKBONE = str(ip_address(0))


def port(name: str, *addresses: str, kind: PortKind = PortKind.PHYSICAL, **more: Any) -> Port:
    """A port."""
    return Port(name, kind, 7, tuple(map(ip_interface, addresses)), **more)


def device(*ports: Port, platform: str = "huawei", name: str = "R", **more: Any) -> Forwarding:
    """A device."""
    return Forwarding(name, platform, {one.name: one for one in ports}, **more)


def block(text: str, head: str) -> list[str]:
    """The lines of a block of FRR's configuration."""
    lines = text.splitlines()
    start = lines.index(head) + 1
    return [line.strip() for line in lines[start : lines.index("exit", start)]]


@pytest.mark.parametrize(
    ("platform", "said", "ignored"),
    [("huawei", None, True), ("huawei", True, False), ("cisco_ios", None, False), ("cisco_ios", False, True)],
)
def test_ospf_compares_the_mtu_where_the_make_or_the_port_does(platform: str, said: bool | None, ignored: bool) -> None:
    """VRP does so only where a port says `ospf mtu-enable`, IOS unless it says `ip ospf mtu-ignore`."""
    one = port("GigabitEthernet0/0/1", "10.0.1.1/30", ospf=OspfPort(compares_mtu=said))
    process = Ospf("1", areas=(OspfArea(BACKBONE, (ip_network("10.0.0.0/16"),)),))
    built = compile_device(device(one, platform=platform, ospf=(process,)), Target.NETNS)
    assert ("ip ospf mtu-ignore" in block(built.frr, "interface ge0-0-1")) is ignored


def test_ospf_says_each_port_and_keeps_the_makes_preferences() -> None:
    """VRP: OSPF 10 and 150, static 60; the longest network decides the area; loopbacks share `lo`."""
    built = compile_device(
        device(
            port("GigabitEthernet0/0/1", "10.0.1.1/30"),
            port("GigabitEthernet0/0/2", "10.0.2.1/30", ospf=OspfPort(cost=50, hello=20, dead=80)),
            port("LoopBack0", "1.1.1.1/32", kind=PortKind.LOOPBACK),
            ospf=(
                Ospf(
                    "1",
                    router_id="1.1.1.1",
                    areas=(
                        OspfArea(BACKBONE, (ip_network("10.0.0.0/16"), ip_network("1.1.1.1/32"))),
                        OspfArea("0.0.0.2", (ip_network("10.0.2.0/30"),), kind="stub"),
                    ),
                ),
            ),
            statics=(Static(ip_network("0.0.0.0/0"), ip_address("10.0.1.2")),),
        ),
        Target.NETNS,
    )
    first, second = block(built.frr, "interface ge0-0-1"), block(built.frr, "interface ge0-0-2")
    # A port speaks as soon as it has an area, with the timers that it has then.
    assert (first[:2], first[-1]) == (["ip ospf hello-interval 1", "ip ospf dead-interval 4"], "ip ospf area 0.0.0.0")
    assert (second[:2], second[-1]) == (
        ["ip ospf hello-interval 20", "ip ospf dead-interval 80"],
        "ip ospf area 0.0.0.2",
    )
    assert "ip ospf cost 50" in second
    assert block(built.frr, "interface lo") == ["ip ospf area 0.0.0.0 1.1.1.1"]
    said = block(built.frr, "router ospf")
    assert {"distance ospf intra-area 10 inter-area 10 external 150", "area 0.0.0.2 stub"} <= set(said)
    assert "ip route 0.0.0.0/0 10.0.1.2 60" in built.frr.splitlines()
    assert built.daemons == {"ospfd"}
    assert built.links["lo"].addresses == ("1.1.1.1/32",)
    assert built.carried


def test_real_timers_stay_when_they_are_asked_for() -> None:
    """Without `fast` nothing is shortened."""
    one = device(
        port("GigabitEthernet0/0/1", "10.0.1.1/30"),
        ospf=(Ospf("1", areas=(OspfArea(BACKBONE, (ip_network("10.0.0.0/8"),)),)),),
    )
    built = compile_device(one, Target.NETNS, fast=False)
    assert "ip ospf hello-interval 10" in block(built.frr, "interface ge0-0-1")
    assert "ip ospf dead-interval 40" in block(built.frr, "interface ge0-0-1")


@pytest.mark.parametrize("fixed", [False, True])
def test_preferences_keep_their_order(fixed: bool) -> None:
    """Whatever FRR fixes, a smaller preference stays smaller, none is beyond what FRR uses, IS-IS is FRR's own."""
    vrp = habits("huawei")
    moved = [vrp.distance(one, fixed=fixed) for one in range(1, 255)]
    assert moved == sorted(moved)
    assert 1 <= moved[0] <= moved[-1] <= 254
    assert vrp.distance(255, fixed=fixed) <= 254
    if fixed:
        assert vrp.distance(vrp.ospf, fixed=True) < 115 < vrp.distance(vrp.static, fixed=True)


def test_what_the_kernel_lacks_is_left() -> None:
    """A port in a VRF and a GRE tunnel are left on namespaces and built on User-mode Linux."""
    one = device(
        port("GigabitEthernet0/0/1", "10.0.1.1/30"),
        port("GigabitEthernet0/0/2", "10.0.2.1/30", vrf="red"),
        port(
            "Tunnel0", "10.9.0.1/30", kind=PortKind.TUNNEL,
            tunnel=Gre("GigabitEthernet0/0/1", ip_address("10.0.1.2")),
        ),
    )  # fmt: skip
    plain, full = compile_device(one, Target.NETNS), compile_device(one, Target.UML)
    assert len(plain.left) == 2
    assert not plain.carried
    assert full.carried
    assert full.links["ge0-0-2"].master == "red"
    assert full.links["tun0"].make == "type gre local 10.0.1.1 remote 10.0.1.2 ttl 64"


def test_a_switch_is_bridges() -> None:
    """A VLAN is a bridge, an end of a cable in it for each port that carries it."""
    switch = device(
        port("GigabitEthernet0/0/1", switched=Switched(0, frozenset({10, 20}))),
        port("Vlanif10", "10.0.10.1/24", kind=PortKind.VLAN, vlan=10),
        vlans=frozenset({10, 20}),
        name="S",
    )
    router = device(
        port("GigabitEthernet0/0/1"),
        port("GigabitEthernet0/0/1.10", "10.0.10.2/24", kind=PortKind.SUB, parent="GigabitEthernet0/0/1", vlan=10),
    )
    wiring = wire(
        {"S": switch, "R": router}, [PhysicalCable(("S", "GigabitEthernet0/0/1"), ("R", "GigabitEthernet0/0/1"))]
    )
    assert wiring.segments == ((End("S", "GigabitEthernet0/0/1", 10), End("R", "GigabitEthernet0/0/1.10")),)
    built = compile_device(switch, Target.NETNS, wiring.lanes("S"))
    assert built.links["ge0-0-1.10"].master == "vlan10"
    assert built.links["vlan10"].addresses == ("10.0.10.1/24",)


def test_wiring_is_guessed_from_subnets() -> None:
    """Ports that share a subnet hear each other; one that is alone is up; a subnet used twice stays unwired."""
    a = device(port("E1", "10.0.0.1/24"), port("E2", "10.1.0.1/24"), name="A")
    b = device(port("E1", "10.0.0.2/24"), name="B")
    c = device(port("E1", "10.0.0.3/24"), name="C")
    wiring = guess({"A": a, "B": b, "C": c})
    assert wiring.segments == ((End("A", "E1"), End("B", "E1"), End("C", "E1")),)
    assert wiring.alone == (End("A", "E2"),)
    twice = guess({"A": a, "B": b, "C": device(port("E1", "10.0.0.2/24"), name="C")})
    assert not twice.segments
    assert len(twice.unwired) == 1


def test_rings_are_seen() -> None:
    """Three switches in a circle need a spanning tree; in a row they do not."""

    def trunk(name: str) -> Forwarding:
        ports = [port(f"E{n}", switched=Switched(1)) for n in (1, 2)]
        return device(*ports, name=name, vlans=frozenset({1}))

    devices = {name: trunk(name) for name in "ABC"}
    cables = [PhysicalCable((a, "E2"), (b, "E1")) for a, b in ("AB", "BC", "CA")]
    assert has_ring(wire(devices, cables))
    assert not has_ring(wire(devices, cables[:2]))


def test_virtual_router_has_its_own_address() -> None:
    """RFC 5798, section 7.3: 00-00-5E-00-01-{VRID}; an owner's group is left."""
    one = port("E1", "10.0.0.1/24", vrrp=(VirtualRouter(5, (ip_address("10.0.0.254"),), 120),))
    built = compile_device(device(one), Target.NETNS)
    link = next(link for link in built.links.values() if link.mac)
    assert (link.mac, link.addresses) == ("00:00:5e:00:01:05", ("10.0.0.254/32",))
    assert "vrrp 5 priority 120" in block(built.frr, f"interface {built.names.ports['E1']}")
    owner = replace(one, vrrp=(VirtualRouter(5, (ip_address("10.0.0.1"),)),))
    assert not compile_device(device(owner), Target.NETNS).carried


def test_what_is_sent_to_a_virtual_router_meets_the_ports_filter() -> None:
    """It comes in by the group's own interface; without a rule for that, it would pass unasked."""
    one = port("E1", "10.0.0.1/24", vrrp=(VirtualRouter(5, (ip_address("10.0.0.254"),)),), filters={"in": "3000"})
    rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, (Rule("deny", 3),), default="permit"),))
    for vrf, target in (("", Target.NETNS), ("", Target.UML), ("red", Target.UML)):
        built = compile_device(device(replace(one, vrf=vrf), rules=rules), target)
        group = next(link for link in built.links.values() if link.mac)
        assert group.master == vrf
        if target.has_nft:
            assert f'iifname {{ "e1", "{group.name}" }} meta nfproto ipv4 drop' in built.nftables
        else:
            assert f"-A PREROUTING -i {group.name} -j DROP\n" in built.iptables.families[4]


@pytest.mark.parametrize(("way", "left"), [("out", [7]), ("in", [])])
def test_a_filter_that_labelled_packets_do_not_meet_is_left(way: str, left: list[int]) -> None:
    """What comes out of a label into a VRF is Linux's own packet: no filter of a port behind routing sees it."""
    core = replace(port("E0", "10.0.0.1/24", mpls=True), line=3)
    edge = port("E1", "10.0.1.1/24", vrf="red", filters={way: "3000"})
    rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, (Rule("deny", 3),)),))
    built = compile_device(device(core, edge, rules=rules), Target.UML)
    assert [one.line for one in built.left] == left
    plain = compile_device(device(replace(core, mpls=False), edge, rules=rules), Target.UML)
    assert plain.carried


def test_tunnels_between_the_same_ends_are_one_connection() -> None:
    """Two pairs of networks, one association: a second connection would replace the first in strongSwan."""
    first, second = (
        Ipsec(
            "map", ip_address("192.0.2.2"), ip_address("192.0.2.1"), secret="k", version=2, esp="aes256-sha256",
            selectors=((ip_network("10.0.1.0/24"), ip_network(far)),),
        )
        for far in ("10.0.2.0/24", "10.0.3.0/24")
    )  # fmt: skip
    other = replace(second, remote=ip_address("192.0.2.3"))
    one = port("E1", "192.0.2.1/24")
    for target, start in ((Target.NETNS, "start"), (Target.UML, "trap|start")):
        text = compile_device(device(one, ipsec=(first, second, other)), target).swanctl
        assert [line.strip() for line in text.splitlines() if line.startswith("  t")] == ["t0 {", "t2 {"]
        assert [line.split()[0] for line in text.splitlines() if line.startswith("      t")] == ["t0-0", "t0-1", "t2-0"]
        assert text.count(f"start_action = {start}\n") == 3


def test_what_iptables_cannot_say_is_left() -> None:
    """Ports of a protocol that has none to it: by its line, and nothing is written for it. Wide rules are cut."""
    odd = Rule("permit", 3, protocols=Intervals.one(1), destination_ports=Intervals.one(80))
    many = Intervals.of((number, number + 1) for number in range(1, 60, 2))
    wide = Rule("permit", 4, protocols=Intervals.one(6), destination_ports=many)
    rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, (odd, wide), default="deny"),))
    built = compile_device(device(port("E0", "10.0.0.1/24", filters={"in": "3000"}), rules=rules), Target.UML)
    assert [(one.line, one.touches, one.weak) for one in built.left] == [(3, "filters", False)]
    said = [line for line in built.iptables.families[4].splitlines() if "--dports" in line]
    assert [line.count(",") + 1 for line in said] == [15, 15]
    assert {int(one) for line in said for one in line.split("--dports ")[1].split()[0].split(",")} == {*range(1, 60, 2)}


def test_sets_of_addresses_have_the_name_of_what_is_in_them() -> None:
    """One that stays is not made again, one that goes is destroyed once no rule asks for it."""
    old, new = (
        compile_device(
            device(
                port("E0", "10.0.0.1/24", filters={"in": "3000"}),
                rules=RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, tuple(
                    Rule("deny", line, source=AddressSet.single(4, Intervals.of(((1, 2), (last, last + 1)))))
                    for line, last in enumerate(lasts, 3)
                )),)),
            ),
            Target.UML,
        ).iptables
        for lasts in ((5, 7), (7, 9))
    )  # fmt: skip
    assert len(old.sets) == len(new.sets) == 2
    kept, (gone,), (come,) = old.sets.keys() & new.sets, old.sets.keys() - new.sets, new.sets.keys() - old.sets
    prepared, loaded = new.prepare(old), new.load(old)
    assert f"create {come} hash:net" in prepared
    assert not any(f"create {name}" in prepared for name in (*kept, gone))
    assert loaded.splitlines()[-3:] == ["ipset restore <<'END'", f"destroy {gone}", "END"]
    assert "-m set" not in type(new)().load(new), "taken away"


def test_changes_touch_only_what_changes() -> None:
    """New addresses come, old ones go, those that stay are not named; a port that is shut goes down."""
    old = {"ge1": Link("ge1", addresses=("10.0.0.1/24", "10.0.0.9/24")), "ge2": Link("ge2")}
    new = {"ge1": Link("ge1", addresses=("10.0.0.1/24", "10.0.5.1/24")), "ge2": Link("ge2", up=False)}
    assert list(change(old, new)) == [
        "address add 10.0.5.1/24 dev ge1",
        "address delete 10.0.0.9/24 dev ge1",
        "link set dev ge2 down",
    ]
    assert list(change(new, new)) == []


def test_an_address_that_gets_another_mask_goes_first() -> None:
    """Not behind the new one: the daemons would take it for the same address, and lose it."""
    old = {"ge1": Link("ge1", addresses=("10.0.0.1/24", "10.9.0.1/24"))}
    new = {"ge1": Link("ge1", addresses=("10.0.0.1/25",))}
    lines = list(change(old, new))
    assert lines == [
        "address delete 10.0.0.1/24 dev ge1",
        "address add 10.0.0.1/25 dev ge1",
        "address delete 10.9.0.1/24 dev ge1",
    ]
    assert [_goes(line, lines) for line in lines] == [False, False, True]


def test_security_levels_decide_where_no_filter_does() -> None:
    """ASA: inside (100) may begin towards outside (0), not the other way; a bound filter asks sessions' beginnings."""
    inside, outside = port("E0", "10.0.0.1/24", zone="inside"), port("E1", "192.0.2.1/24", zone="outside")
    levels = {"inside": 100, "outside": 0}
    built = compile_device(device(inside, outside, platform="cisco_asa", priorities=levels), Target.NETNS)
    names = built.names.ports
    lines = [line.strip() for line in built.nftables.splitlines()]
    start = next(number for number, line in enumerate(lines) if "hook forward" in line)
    assert lines[start + 1 : start + 4] == [
        "ct state established,related accept",
        f'iifname "{names["E0"]}" oifname {{ "{names["E1"]}" }} accept',
        "drop",
    ]
    guarded = replace(outside, filters={"in": "web"})
    rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "web", 1, (Rule("permit", 1, protocols=Intervals.one(1)),)),))
    built = compile_device(device(inside, guarded, platform="cisco_asa", priorities=levels, rules=rules), Target.NETNS)
    assert f'iifname "{names["E1"]}" meta l4proto 1 accept' in built.nftables
    assert f'iifname "{names["E1"]}" drop' in built.nftables


def test_rules_become_sets() -> None:
    """Addresses, protocols and ports of a rule in nftables' words; a condition that nobody reads is left."""
    rule = Rule(
        "permit", 3,
        AddressSet.single(4, Intervals.inclusive(0x0A000000, 0x0A0000FF)), ANYWHERE,
        Intervals.one(6), destination_ports=Intervals.inclusive(80, 81),
    )  # fmt: skip
    timed = replace(rule, line=4, conditions=frozenset({"time-range work"}))
    one = port("E0", "10.0.0.1/24", filters={"in": "3000"})
    for platform, default, rest in (("huawei", "permit", "accept"), ("hp_comware", "deny", "drop")):
        rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, (rule, timed), default=default),))
        built = compile_device(device(one, platform=platform, rules=rules), Target.NETNS)
        name = built.names.ports["E0"]
        said = [line.strip() for line in built.nftables.splitlines() if name in line]
        assert said == [
            f'iifname "{name}" meta nfproto ipv4 ip saddr 10.0.0.0-10.0.0.255 meta l4proto 6 th dport 80-81 accept',
            f'iifname "{name}" meta nfproto ipv4 {rest}',
        ]
        assert [one.line for one in built.left] == [4]


@pytest.mark.parametrize(("way", "more"), [("in6", {}), ("in", {"switched": Switched(untagged=10)})])
def test_a_filter_that_is_not_built_is_left(way: str, more: dict[str, Any]) -> None:
    """Of IPv6 packets, and on a switched port, where Linux asks the bridge's filter: never dropped in silence."""
    rules = RuleSets((RuleSet(FilterKind.ACCESS_LIST, "3000", 2, (Rule("deny", 3),), default="permit"),))
    one = port("E0", "10.0.0.1/24", filters={way: "3000"}, **more)
    built = compile_device(device(one, rules=rules), Target.NETNS)
    assert "drop" not in built.nftables
    assert [(left.line, left.touches, left.weak) for left in built.left] == [(7, "filters", False)]


def test_keys_of_another_kind_meet_only_their_like() -> None:
    """HMAC-SHA256, which FRR 8.4 does not have, is never left out: an end without it, or with MD5, hears nobody."""

    def said(secret: str) -> list[str]:
        one = port("E0", "10.0.0.1/24", ospf=OspfPort(area=BACKBONE, secret=secret))
        built = compile_device(device(one, ospf=(Ospf("1", areas=(OspfArea(BACKBONE),)),)), Target.NETNS)
        return [line.strip() for line in built.frr.splitlines() if "authentication" in line or "digest-key" in line]

    kinds = [said(secret) for secret in ("", "md5:1:key", "sha256:1:key", "sha256:1:other")]
    assert [len(lines) for lines in kinds] == [0, 2, 2, 2]
    assert len({tuple(lines) for lines in kinds}) == 4
    assert said("sha256:1:key") == kinds[2]


def test_zones_without_a_policy_in_force_are_shut() -> None:
    """USG denies by default: a policy whose one rule is disabled opens nothing."""
    inside, outside = port("E0", "10.0.0.1/24", zone="trust"), port("E1", "192.0.2.1/24", zone="untrust")
    built = compile_device(device(inside, outside, rules=RuleSets(())), Target.NETNS)
    lines = [line.strip() for line in built.nftables.splitlines()]
    names = built.names.ports
    both = f'{{ "{names["E0"]}", "{names["E1"]}" }}'
    assert lines[lines.index(f"iifname {both} oifname {both} drop") + 1] == "accept"
    assert [(one.touches, one.weak) for one in built.left] == [("filters", False)]
