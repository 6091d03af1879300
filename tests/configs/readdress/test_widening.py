"""Wide prefixes, shared new places, torn subnets: nothing is admitted, dropped or decided that nobody said."""

from __future__ import annotations

import pytest

from configs import dialects
from configs.readdress.engine import Action, Engine, Source
from inventory.errors import InputError
from ipplan import mapping_file

FAR = "old,new\n10.1.1.0/24,172.16.1.0/24\n10.1.2.0/24,59.200.2.0/24\n10.1.0.0/24,172.30.0.0/24\n"
NEAR = "old,new\n10.1.1.0/24,172.16.1.0/24\n10.1.2.0/24,172.30.2.0/24\n"


def source(text, platform="huawei", name="device"):
    """A configuration as the engine takes it."""
    language = dialects.dialect(platform)
    return Source(name, platform, language.parse(text.encode()), language.places(), language.mask)


def run(mapping, text, platform="huawei", beside=()):
    """The new text, and the reasons of what is left for a person by line; `beside` are the network's other texts."""
    engine = Engine(mapping_file.parse(mapping))
    own = source(text, platform)
    engine.learn([own, *(source(other) for other in beside)])
    result = engine.run(own)
    reviews = {token.line: token.reason for token in result.tokens() if token.action is Action.REVIEW}
    return result.to_bytes().decode(), reviews


@pytest.mark.parametrize(
    ("platform", "old", "new"),
    [
        (
            "huawei",
            "ip ip-prefix P index 10 deny 10.1.0.0 16 less-equal 32\n",
            (
                "ip ip-prefix P index 10 deny 59.200.2.0 24 less-equal 32\n"
                "ip ip-prefix P index 15 deny 172.16.1.0 24 less-equal 32\n"
                "ip ip-prefix P index 20 deny 172.30.0.0 24 less-equal 32\n"
            ),
        ),
        (
            "cisco_ios",
            "access-list 11 permit 10.0.0.0 0.255.255.255\n",
            (
                "access-list 11 permit 59.200.2.0 0.0.0.255\n"
                "access-list 11 permit 172.16.1.0 0.0.0.255\n"
                "access-list 11 permit 172.30.0.0 0.0.0.255\n"
            ),
        ),
        (
            "huawei",
            "ip route-static 10.0.0.0 255.0.0.0 NULL0\n",
            (
                "ip route-static 59.200.2.0 255.255.255.0 NULL0\n"
                "ip route-static 172.16.1.0 255.255.255.0 NULL0\n"
                "ip route-static 172.30.0.0 255.255.255.0 NULL0\n"
            ),
        ),
    ],
)
def test_a_cover_is_never_wider_than_the_old_prefix(platform, old, new):
    """Least of all everything: the exact list instead."""
    assert run(FAR, old, platform) == (new, {})


def test_one_route_does_not_become_the_routes_inside_of_it():
    """A prefix list's entry without bounds means one route: not those of the subnets that it holds."""
    old = "ip ip-prefix P index 10 deny 10.1.0.0 16\n"
    assert run(FAR, old) == (old, {1: "one-route"})


def test_the_smallest_cover_is_taken():
    """Not one as wide as before."""
    assert run(NEAR, "ip route-static 10.0.0.0 8 NULL0\n") == ("ip route-static 172.16.0.0 12 NULL0\n", {})


def test_a_cover_does_not_admit_what_others_use():
    """An interface on another device, or a server that is only written: neither is in the mapping."""
    new = "ip route-static 172.16.1.0 24 NULL0\nip route-static 172.30.2.0 24 NULL0\n"
    old = "ip route-static 10.0.0.0 8 NULL0\n"
    other = "interface GigabitEthernet0/0/1\n ip address 172.20.0.1 24\n"
    assert run(NEAR, old, beside=[other]) == (new, {})
    assert run(NEAR, old, beside=["ntp-service unicast-server 172.20.9.9\n"]) == (new, {})


def test_what_stays_in_the_old_prefix_stays_in_the_rule():
    """A subnet that nobody maps is listed beside the images."""
    old = "ip route-static 10.0.0.0 8 NULL0\n"
    other = "interface GigabitEthernet0/0/1\n ip address 10.77.0.1 24\n"
    new = "".join(f"ip route-static {first} 24 NULL0\n" for first in ("10.77.0.0", "172.16.1.0", "172.30.2.0"))
    assert run(NEAR, old, beside=[other]) == (new, {})


def test_without_a_list_a_person_looks():
    """A command that stands once cannot become several."""
    old = " peer G listen-net 10.0.0.0 8\n"
    assert run(FAR, "bgp 1\n" + old) == ("bgp 1\n" + old, {2: "several-places"})


def test_what_one_configuration_uses_does_not_hold_for_the_next_one():
    """Without `learn` each text counts by itself."""
    engine = Engine(mapping_file.parse(NEAR))
    old = "ip route-static 10.0.0.0 8 NULL0\n"
    one = engine.run(source(f"{old}ntp-service unicast-server 172.20.9.9\n")).to_bytes().decode()
    two = engine.run(source(old)).to_bytes().decode()
    assert one.count("NULL0") == 2
    assert two == "ip route-static 172.16.0.0 12 NULL0\n"


@pytest.mark.parametrize(
    "rows",
    [
        "10.1.1.0/24,172.16.0.0/24,\n10.1.2.0/24,172.16.0.0/24,\n",
        "10.1.1.0/24,172.16.0.0/24,\n10.1.2.0/25,172.16.0.128/25,\n",
        "10.1.1.0/24,172.16.0.0/24,merge\n10.1.2.0/24,172.16.0.0/24,\n",
    ],
)
def test_two_subnets_on_the_same_addresses_are_refused(rows):
    """Naming both lines."""
    with pytest.raises(InputError) as caught:
        Engine(mapping_file.parse(f"old,new,mode\n{rows}"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("clash", 3)
    text = problem.message.in_language("en")
    assert "line 2" in text
    assert "line 3" in text


def test_merged_subnets_may_share_addresses_if_their_hosts_do_not_meet():
    """The mode says that it is meant; the configurations say who is there."""
    mapping = mapping_file.parse("old,new,mode\n10.1.1.0/24,172.16.0.0/24,merge\n10.1.2.0/24,172.16.0.0/24,merge\n")
    view = "interface GigabitEthernet0/0/1\n ip address 10.1.{}.{} 24\n"
    apart, met = Engine(mapping), Engine(mapping)
    sources = [source(view.format(1, 1)), source(view.format(2, 2))]
    apart.learn(sources)
    assert [b"172.16.0.1" in apart.run(sources[0]).to_bytes(), b"172.16.0.2" in apart.run(sources[1]).to_bytes()] == [
        True,
        True,
    ]
    with pytest.raises(InputError) as caught:
        met.learn([source(view.format(1, 1)), source(view.format(2, 1))])
    text = caught.value.problems[0].message.in_language("en")
    assert text == "10.1.1.1 (line 2) and 10.1.2.1 (line 3) both go to 172.16.0.1 in the VRF “default”"


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ("old,new\n10.1.1.0/25,172.17.1.0/25\n10.1.1.128/25,192.168.8.128/25\n", "subnet-split"),
        ("old,new\n10.1.1.0/25,172.17.1.0/25\n", "partly-mapped"),
    ],
)
def test_what_stands_on_a_torn_link_is_left_with_its_interface(mapping, reason):
    """The reason says whether the subnet is split or not all there; next hops in it are not moved alone."""
    text = (
        "interface GigabitEthernet0/0/1\n"
        " ip address 10.1.1.1 24\n"
        " vrrp vrid 1 virtual-ip 10.1.1.3\n"
        "ip route-static 0.0.0.0 0 10.1.1.2\n"
        "ntp-service unicast-server 10.1.1.9\n"
    )
    assert run(mapping, text) == (
        text.replace("10.1.1.9", "172.17.1.9"),
        {2: reason, 3: reason, 4: reason},
    )


RIP = "rip 1\n network {}\n"


@pytest.mark.parametrize(
    ("mapping", "old", "new", "beside", "review"),
    [
        ("10.1.1.0/24,172.16.1.0/24", "10.0.0.0", "172.16.0.0", "", {}),
        ("10.1.1.0/24,172.16.1.0/24\n10.1.2.0/24,192.168.1.0/24", "10.0.0.0", "10.0.0.0", "", {2: "class-apart"}),
        ("10.1.1.0/24,172.16.1.0/24", "10.0.0.0", "10.0.0.0", "10.9.9.1", {2: "class-apart"}),
        ("10.1.1.0/24,172.16.1.0/24", "10.0.0.0", "10.0.0.0", "172.16.9.1", {2: "admits-others"}),
        ("10.1.1.0/24,10.2.1.0/24", "10.0.0.0", "10.0.0.0", "10.9.9.1", {}),
    ],
)
def test_a_class_network_moves_if_the_way_back_leads_to_it(mapping, old, new, beside, review):
    """RIP runs on a whole class network: it must not stop on what stays, nor begin on what others have."""
    other = f"interface GigabitEthernet0/0/1\n ip address {beside} 24\n" if beside else ""
    found = run(f"old,new\n{mapping}\n", RIP.format(old), beside=[other])
    assert found == (RIP.format(new), review)


def test_a_tunnels_near_end_is_where_its_far_end_is():
    """Another line names the VRF: if the two would differ, a person looks."""
    mapping = "old,new,vrf\n10.1.1.0/24,172.16.1.0/24,A\n10.1.1.0/24,172.17.1.0/24,B\n"
    head = "interface Tunnel0/0/1\n ip binding vpn-instance A\n"
    old = f"{head} source 10.1.1.1\n destination vpn-instance B 10.1.1.9\n"
    new = f"{head} source 10.1.1.1\n destination vpn-instance B 172.17.1.9\n"
    assert run(mapping, old) == (new, {3: "ambiguous-vrf"})
    public = f"{head} source 10.1.1.1\n destination 10.1.1.9\n"
    assert run(mapping, public) == (public, {})


GROWN = "old,new\n10.1.1.0/24,172.20.2.0/23\n10.1.2.0/24,192.168.4.0/23\n"
STAYING = "interface GigabitEthernet0/0/1\n ip address 10.1.8.1 24\n ip address 10.1.9.1 24 sub\n"


@pytest.mark.parametrize(
    ("bounds", "stays", "moved"),
    [
        ("greater-equal 24 less-equal 24", *(f"greater-equal {one} less-equal {one}" for one in (24, 23))),
        ("greater-equal 24 less-equal 28", *(f"greater-equal {one} less-equal 28" for one in (24, 23))),
        ("greater-equal 24", "greater-equal 24", "greater-equal 23"),
        ("greater-equal 25", "greater-equal 25", "greater-equal 25"),
    ],
)
def test_what_stays_is_admitted_by_the_same_lengths(bounds, stays, moved):
    """Two subnets that stay side by side are joined, the route to both is not admitted by that; what grows is."""
    text, reviews = run(GROWN, f"ip ip-prefix P index 10 permit 10.1.0.0 16 {bounds}\n", beside=[STAYING])
    assert reviews == {}
    assert text.splitlines() == [
        f"ip ip-prefix P index 10 permit 10.1.8.0 23 {stays}",
        f"ip ip-prefix P index 15 permit 172.20.2.0 23 {moved}",
        f"ip ip-prefix P index 20 permit 192.168.4.0 23 {moved}",
    ]


def test_pieces_of_other_lengths_are_not_joined():
    """A subnet that grows beside those that keep their size: only its own route gets shorter."""
    mapping = "old,new\n10.1.1.0/24,172.20.2.0/23\n10.1.2.0/24,172.20.0.0/24\n10.1.3.0/24,172.20.1.0/24\n"
    old = "ip ip-prefix P index 10 permit 10.1.0.0 16 greater-equal 24 less-equal 24\n"
    text, reviews = run(mapping, old, beside=[STAYING])
    assert reviews == {}
    assert text.splitlines() == [
        "ip ip-prefix P index 10 permit 10.1.8.0 23 greater-equal 24 less-equal 24",
        "ip ip-prefix P index 15 permit 172.20.0.0 23 greater-equal 24 less-equal 24",
        "ip ip-prefix P index 20 permit 172.20.2.0 23 greater-equal 23 less-equal 23",
    ]


def test_two_wide_prefixes_become_one_cover_so_that_there_is_no_way_back():
    """What a supernet held besides the mapping's subnets is written nowhere afterwards: no inverse can know it."""
    new = {run(NEAR, f"ip route-static 10.0.0.0 {length} NULL0\n")[0] for length in (8, 9, 10)}
    assert new == {"ip route-static 172.16.0.0 12 NULL0\n"}
