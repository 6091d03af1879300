"""What must not meet: wide routes and others, lengths and bounds, hosts and the links that they stand on."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.equivalence.proof import Document, prove
from configs.readdress.engine import Action
from ipplan import mapping_file

FAR = "old,new\n10.1.1.0/24,172.20.1.0/24\n10.1.2.0/24,192.168.9.0/24\n"
PARTED = "old,new\n10.1.1.0/25,172.20.1.0/25\n10.1.1.128/25,192.168.9.128/25\n"
SHRUNK = "old,new\n10.1.1.0/24,172.20.1.0/25\n10.1.2.0/24,192.168.9.0/25\n"


def _run(readdress, platform, text, mapping):
    result = readdress(text.encode(), platform, mapping_file.parse(mapping))
    reviews = {token.line: token.reason for token in result.tokens() if token.action is Action.REVIEW}
    return result.to_bytes().decode(), reviews


def _proof(platform, old, new, mapping, left=()):
    speak = dialects.dialect(platform)
    sides = [[Document("d", platform, speak.parse(text.encode()))] for text in (old, new)]
    return prove(*sides, mapping_file.parse(mapping), left=left)


ROUTES = {
    "cisco_ios": ("ip route {} {} {}\n", "10.0.0.0 255.0.0.0", "10.1.1.0 255.255.255.0", "172.20.1.0 255.255.255.0"),
    "huawei": ("ip route-static {} {} {}\n", "10.0.0.0 8", "10.1.1.0 24", "172.20.1.0 24"),
    "hp_comware": ("ip route-static {} {} {}\n", "10.0.0.0 8", "10.1.1.0 24", "172.20.1.0 24"),
}


def _routes(platform, *rows):
    form = ROUTES[platform][0]
    return "".join(form.format(*prefix.split(), hop) for prefix, hop in rows)


@pytest.mark.parametrize("platform", ROUTES)
def test_a_wide_static_route_is_not_put_beside_a_narrower_one(platform, readdress):
    """10.0.0.0/8 to nowhere in pieces would share the packets of 10.1.1.0/24; to the same hop nothing is lost."""
    _, wide, narrow, _ = ROUTES[platform]
    null = "NULL0" if platform != "cisco_ios" else "Null0"
    new, reviews = _run(readdress, platform, _routes(platform, (wide, null), (narrow, "10.1.2.254")), FAR)
    assert reviews == {1: "meets-route"}
    assert new.count(null) == 1
    same, reviews = _run(readdress, platform, _routes(platform, (wide, "10.1.2.254"), (narrow, "10.1.2.254")), FAR)
    assert reviews == {}
    assert same.count("192.168.9.254") == 3


@pytest.mark.parametrize("platform", ROUTES)
def test_nor_before_a_route_that_is_learned(platform, readdress):
    """A static route to a subnet goes before what a protocol knows of it; without one nobody knows more."""
    _, wide, _, _ = ROUTES[platform]
    null = "NULL0" if platform != "cisco_ios" else "Null0"
    alone = _routes(platform, (wide, null))
    assert _run(readdress, platform, alone, FAR)[1] == {}
    speaks = alone + ("router ospf 1\n" if platform == "cisco_ios" else "ospf 1\n")
    assert _run(readdress, platform, speaks, FAR) == (speaks, {1: "meets-route"})


@pytest.mark.parametrize("platform", ROUTES)
def test_the_proof_sees_routes_that_meet(platform):
    """Two routes for one prefix that lead to different places, which were a wide one and a narrow one."""
    _, wide, narrow, new = ROUTES[platform]
    null = "NULL0" if platform != "cisco_ios" else "Null0"
    old = _routes(platform, (wide, null), (narrow, "10.1.2.254"))
    other = "192.168.9.0 255.255.255.0" if platform == "cisco_ios" else "192.168.9.0 24"
    wrong = _routes(platform, (new, null), (other, null), (new, "192.168.9.254"))
    found = _proof(platform, old, wrong, FAR).counterexamples
    assert any("for the same prefix now: 172.20.1.0/24" in str(one.message) for one in found)
    balanced = _routes(platform, (narrow, "10.1.2.254"), (narrow, "10.1.2.253"))
    moved = _routes(platform, (new, "192.168.9.254"), (new, "192.168.9.253"))
    assert _proof(platform, balanced, moved, FAR).ok


def test_a_subnet_does_not_get_two_areas(readdress):
    """A wide `network` speaks for what no narrower one does; of one area it may say it twice."""
    old = "router ospf 1\n network 10.1.1.0 0.0.0.255 area 0\n network 10.1.0.0 0.0.255.255 area {}\n"
    assert _run(readdress, "cisco_ios", old.format(1), FAR)[1] == {3: "meets-route"}
    assert _run(readdress, "cisco_ios", old.format(0), FAR)[1] == {}
    huawei = "ospf 1\n area 0.0.0.0\n  network 10.1.1.0 0.0.0.255\n area 0.0.0.1\n  network 10.1.0.0 0.0.255.255\n"
    assert _run(readdress, "huawei", huawei, FAR)[1] == {5: "meets-route"}


def test_a_subnet_that_shrinks_does_not_come_into_the_bounds(readdress):
    """`ge 25` did not mean the route of a /24; as a /25 it is still not meant."""
    old = "ip ip-prefix P index 10 deny 10.1.0.0 16 greater-equal 25 less-equal 30\n"
    new, reviews = _run(readdress, "huawei", old, SHRUNK)
    assert reviews == {}
    assert new.count("greater-equal 26 less-equal 30") == 2
    assert _proof("huawei", old, new, SHRUNK).ok
    wrong = new.replace("greater-equal 26", "greater-equal 25")
    assert not _proof("huawei", old, wrong, SHRUNK).ok


@pytest.mark.parametrize("bounds", ["ge 8 le 24", "le 24", "ge 25"])
def test_bounds_of_everything_are_seen(bounds, readdress):
    """A prefix list for lengths alone means other subnets when these change their sizes."""
    old = f"ip prefix-list P seq 5 permit 0.0.0.0/0 {bounds}\n"
    assert _run(readdress, "cisco_ios", old, SHRUNK) == (old, {1: "lengths"})
    assert _run(readdress, "cisco_ios", old, FAR) == (old, {})
    assert _proof("cisco_ios", old, old, SHRUNK, {("d", 1)}).ok
    assert not _proof("cisco_ios", old, old, SHRUNK).ok


def test_what_stands_on_a_link_stays_with_it(readdress):
    """If the interface is left for a person so are its virtual addresses, in languages that give them elsewhere."""
    stoneos = "interface ethernet0/0\n  ip address 10.1.1.3 255.255.255.0\n  manage ip 10.1.1.5\nexit\n"
    assert _run(readdress, "hillstone_stoneos", stoneos, PARTED)[1] == {2: "subnet-split", 3: "subnet-split"}
    xr = (
        "interface GigabitEthernet0/0/0/0\n ipv4 address 10.1.1.3 255.255.255.0\n!\nrouter hsrp\n"
        " interface GigabitEthernet0/0/0/0\n  address-family ipv4\n   hsrp 1\n    address 10.1.1.1\n"
    )
    assert _run(readdress, "cisco_xr", xr, PARTED)[1] == {2: "subnet-split", 8: "subnet-split"}


POOLS = {
    "dhcp pool": ("huawei", "ip pool p\n network 10.1.0.0 mask 255.255.0.0\n", 2),
    "SRv6 locator": ("huawei", "segment-routing ipv6\n locator a ipv6-prefix 2001:db8:1:: 48 static 16\n", 2),
    "6rd prefix": ("huawei", "interface Tunnel1\n ipv6-prefix 2001:db8::/32\n", 2),
}


@pytest.mark.parametrize("name", POOLS)
def test_what_is_given_out_gets_no_smaller_cover(name, readdress):
    """Of a pool or a locator nothing may be left away because nobody is known to use it."""
    platform, text, line = POOLS[name]
    mapping = "old,new\n10.1.1.0/24,172.20.1.0/24\n2001:db8:1:1::/64,2001:db9:ff:1::/64\n"
    assert _run(readdress, platform, text, mapping) == (text, {line: "partly-mapped"})


def test_an_object_without_a_vrf_is_of_any(readdress):
    """A group for filters holds addresses of every VRF: those that one VRF knows move, contradictions are left."""
    mapping = (
        "vrf,old,new\ndefault,10.1.1.0/24,172.20.1.0/24\nA,10.1.2.0/24,172.21.2.0/24\nA,10.1.1.0/24,172.22.1.0/24\n"
    )
    old = "object-group network G\n host 10.1.2.9\n host 10.1.1.9\n"
    old += "ip access-list extended X\n 10 permit ip object-group G any\n"
    new, reviews = _run(readdress, "cisco_ios", old, mapping)
    assert new == old.replace("10.1.2.9", "172.21.2.9")
    assert reviews == {3: "ambiguous-vrf"}
    assert _proof("cisco_ios", old, new, mapping, {("d", 3)}).ok


def test_a_translation_in_one_vrf_of_two_that_contradict_is_no_alarm(readdress):
    """Where the reader of translations knows no VRF, addresses that are in two are not compared."""
    mapping = "vrf,old,new\ndefault,10.1.1.0/24,172.20.1.0/24\nA,10.1.1.0/24,172.22.1.0/24\n"
    old = "nat static outbound 10.1.1.81 203.0.113.81\n"
    new, reviews = _run(readdress, "hp_comware", old, mapping)
    assert reviews == {}
    assert _proof("hp_comware", old, new, mapping).ok


def test_the_nearest_of_route_filters_decides(readdress):
    """JunOS asks the longest prefix of a term alone: a piece beside an exact entry would let in what that keeps out."""
    term = "set policy-options policy-statement S term {} from route-filter {}\n"
    wide = term.format(1, "10.1.0.0/16 prefix-length-range /25-/30")
    exact = term.format(1, "10.1.1.0/24 exact")
    assert _run(readdress, "juniper_junos", exact + wide, FAR)[1] == {2: "meets-route"}
    assert _run(readdress, "juniper_junos", exact.replace("term 1", "term 2") + wide, FAR)[1] == {}


def test_a_line_for_a_person_beside_one_that_becomes_several_is_no_alarm(readdress):
    """What stays as it was takes none of the lines of the next one."""
    old = "access-list X seq 9 permit 10.1.0.0/16\naccess-list X seq 10 permit 10.1.1.0/24\n"
    new, reviews = _run(readdress, "frr", old, PARTED)
    assert reviews == {1: "no-room"}
    assert new.count("\n") == 3
    assert _proof("frr", old, new, PARTED, {("d", 1)}).ok
