"""From today's table and the plan to the mapping: each mode, each host rule, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from inventory import workspace
from inventory.model import Area, Level
from ipplan import current, mapping_build, mapping_check, mapping_file
from ipplan import plan as plans
from ipplan.mapping import HostRule, Mapping, Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inventory.model import Inventory

    Builder = Callable[..., mapping_build.Built]


def goes(mapping: Mapping, address: str, vrf: str = "default") -> str:
    """Where an address goes, as text; `-` for nowhere."""
    found = mapping.translate(ip_address(address), vrf)
    return str(found) if found is not None else "-"


def codes(built: mapping_build.Built) -> list[tuple[int, str]]:
    """Line and code of what is refused."""
    return [(problem.line, problem.code) for problem in built.refused]


def modes(mapping: Mapping) -> dict[str, Mode]:
    """The mode of each prefix of today."""
    return {str(entry.old): entry.mode for entry in mapping.prefixes}


def test_same_size_keeps_every_offset_and_takes_the_plan_s_gateway(build: Builder):
    """The gateway goes to the first usable address, and whoever stood there takes the gateway's place."""
    mapping = build("10.1.0.0/24,,lan-a,,10.1.0.254,,,\n").mapping
    assert modes(mapping) == {"10.1.0.0/24": Mode.SAME_SIZE}
    assert goes(mapping, "10.1.0.254") == "10.20.0.1"
    assert goes(mapping, "10.1.0.1") == "10.20.0.254"
    assert goes(mapping, "10.1.0.77") == "10.20.0.77"
    assert goes(mapping, "10.1.0.0") == "10.20.0.0"
    assert goes(mapping, "10.1.0.255") == "10.20.0.255"
    assert [entry.host_rule for entry in mapping.hosts(mapping.prefixes[0])] == [HostRule.PLACED, HostRule.GATEWAY]


def test_a_gateway_that_is_where_it_should_be_needs_no_row(build: Builder):
    """The mapping says only what the offset does not."""
    assert len(build("10.1.0.0/24,,lan-a,,10.1.0.1,,,\n").mapping) == 1


def test_grow_keeps_offsets_and_knows_what_is_new(build: Builder):
    """The larger prefix has all old offsets; the old broadcast address is an ordinary one there."""
    built = build("10.1.0.0/24,,lan-b,,10.1.0.1,,,\n")
    assert modes(built.mapping) == {"10.1.0.0/24": Mode.GROW}
    assert goes(built.mapping, "10.1.0.200") == "10.20.2.200"
    assert built.mapping.inverse().translate(ip_address("10.20.3.1")) is None


def test_shrink_keeps_what_fits_and_places_the_rest(build: Builder):
    """Every known host has a place, the ones behind the end the lowest free ones; what is not in use has none."""
    built = build("10.1.0.0/24,,lan-c,,10.1.0.254,10.1.0.2; 10.1.0.5; 10.1.0.63; 10.1.0.200-202,,\n")
    mapping = built.mapping
    assert modes(mapping) == {"10.1.0.0/24": Mode.SHRINK}
    assert goes(mapping, "10.1.0.254") == "10.20.4.1"
    assert goes(mapping, "10.1.0.2") == "10.20.4.2"
    assert goes(mapping, "10.1.0.5") == "10.20.4.5"
    places = {goes(mapping, f"10.1.0.{number}") for number in (63, 200, 201, 202)}
    assert places == {"10.20.4.3", "10.20.4.4", "10.20.4.6", "10.20.4.7"}
    assert goes(mapping, "10.1.0.1") == "-"  # the gateway's place, and not in use
    assert goes(mapping, "10.1.0.210") == "-"
    assert not built.refused


def test_a_shrink_that_cannot_hold_its_hosts_is_refused_with_their_list(build: Builder):
    """62 places, 71 hosts: the nine that are too many are named."""
    built = build("10.1.0.0/24,,lan-c,,10.1.0.1,10.1.0.1-10.1.0.71,,\n")
    assert codes(built) == [(2, "too-small")]
    text = built.refused[0].message.in_language("en")
    assert "62 hosts, there are 71" in text
    assert "10.1.0.63-10.1.0.71" in text
    (entry,) = built.mapping
    assert (entry.mode, entry.new, entry.note) == (Mode.REFUSED, None, "too-small")


def test_a_shrink_at_the_limit_is_taken(build: Builder):
    """62 hosts in a /26: full to the last place."""
    built = build("10.1.0.0/24,,lan-c,,10.1.0.254,10.1.0.100-10.1.0.160,,\n")
    assert not built.refused
    places = {goes(built.mapping, f"10.1.0.{number}") for number in (*range(100, 161), 254)}
    assert places == {f"10.20.4.{number}" for number in range(1, 63)}


@pytest.mark.parametrize("hosts", ["", "50"])
def test_a_shrink_of_unknown_hosts_is_refused(build: Builder, hosts: str):
    """Unknown is not none: without the addresses in use nobody can promise them a place."""
    built = build(f"10.1.0.0/24,,lan-c,,10.1.0.1,{hosts},,\n")
    assert codes(built) == [(2, "hosts-unknown")]


def test_an_empty_prefix_shrinks(build: Builder):
    """0 hosts says that there are none."""
    assert not build("10.1.0.0/24,,lan-c,,,0,,\n").refused


def test_circuits_keep_their_ends(build: Builder):
    """Of a circuit the gateway is the a end's address: it becomes the first usable one, the other end the second."""
    built = build("10.1.0.0/30,,ln-e,,10.1.0.2,10.1.0.1; 10.1.0.2,,\n")
    assert goes(built.mapping, "10.1.0.2") == "10.20.6.1"
    assert goes(built.mapping, "10.1.0.1") == "10.20.6.2"


def test_a_pair_grows_into_a_circuit_with_reserved_addresses_and_back(build: Builder):
    """/31 → /30: neither end may get the network's own address; /30 → /31: both ends fit."""
    grown = build("10.1.0.0/31,,ln-e,,10.1.0.0,10.1.0.0; 10.1.0.1,,\n").mapping
    assert [goes(grown, "10.1.0.0"), goes(grown, "10.1.0.1")] == ["10.20.6.1", "10.20.6.2"]
    shrunk = build("10.1.0.0/30,,ln-h,,10.1.0.1,10.1.0.1; 10.1.0.2,,\n").mapping
    assert [goes(shrunk, "10.1.0.1"), goes(shrunk, "10.1.0.2")] == ["10.20.9.0", "10.20.9.1"]


def test_single_addresses_go_to_single_addresses(build: Builder):
    """A loopback is its own gateway and its own host."""
    built = build("10.1.9.9/32,,rt-f,,,10.1.9.9,,\n")
    assert [(str(entry.old), str(entry.new)) for entry in built.mapping] == [("10.1.9.9/32", "10.20.7.1/32")]


def test_a_split_sends_each_part_where_it_is_told(build: Builder):
    """Parts are exact; hosts whose offset would be a network's own address take a free place."""
    built = build(
        "10.1.0.0/24,,gov-g,,10.1.0.1,10.1.0.5; 10.1.0.127-10.1.0.129,,"
        "10.1.0.0/25=10.20.8.0/25; 10.1.0.128/25=10.20.8.128/25\n"
    )
    mapping = built.mapping
    assert modes(mapping) == {"10.1.0.0/25": Mode.SPLIT, "10.1.0.128/25": Mode.SPLIT}
    assert goes(mapping, "10.1.0.5") == "10.20.8.5"
    assert goes(mapping, "10.1.0.129") == "10.20.8.129"
    assert goes(mapping, "10.1.0.127") == "10.20.8.2"  # .127 is the new broadcast address
    assert goes(mapping, "10.1.0.128") == "10.20.8.130"  # .128 is the new network's own; .129 is in use
    assert {str(entry.new_subnet) for entry in mapping.prefixes} == {"10.20.8.0/25", "10.20.8.128/25"}
    assert {str(entry.old_subnet) for entry in mapping.prefixes} == {"10.1.0.0/24"}


def test_a_split_without_parts_is_cut_in_order(build: Builder):
    """Targets as large as the prefix together take consecutive parts."""
    mapping = build("10.1.0.0/24,,x,,,,,10.21.0.0/25; 10.21.1.0/26; 10.21.1.64/26\n").mapping
    assert goes(mapping, "10.1.0.5") == "10.21.0.5"
    assert goes(mapping, "10.1.0.130") == "10.21.1.2"
    assert goes(mapping, "10.1.0.200") == "10.21.1.72"


@pytest.mark.parametrize(
    ("new", "hosts", "code"),
    [
        ("10.21.0.0/25; 10.21.1.0/26", "", "unclear-split"),  # too small together
        ("10.21.0.0/26; 10.21.1.0/25; 10.21.2.0/26", "", "unclear-split"),  # not aligned in this order
        ("10.1.0.0/25=10.21.0.0/25; 10.21.1.0/25", "", "unclear-split"),  # one with, one without a part
        ("10.1.0.0/25=10.21.0.0/25; 10.1.0.64/26=10.21.1.0/26", "", "unclear-split"),  # parts overlap
        ("10.1.0.0/25=10.21.0.0/25; 10.1.0.128/26=10.21.1.0/26", "", "hosts-unknown"),  # a part is left out
        ("10.1.0.0/25=10.21.0.0/25; 10.1.0.128/26=10.21.1.0/26", "10.1.0.200", "hosts-left-out"),
    ],
)
def test_a_split_that_is_not_exact_is_refused(build: Builder, new: str, hosts: str, code: str):
    """It is never guessed which part goes where, and no host is left out."""
    assert codes(build(f"10.1.0.0/24,,x,,,{hosts},,{new}\n")) == [(2, code)]


def test_a_part_without_hosts_may_be_left_out(build: Builder):
    """Where the hosts are known, the rest of the prefix is given up."""
    built = build("10.1.0.0/24,,x,,,10.1.0.5,,10.1.0.0/25=10.21.0.0/25; 10.1.0.128/26=10.21.1.0/26\n")
    assert not built.refused
    assert goes(built.mapping, "10.1.0.250") == "-"


def test_rows_that_share_a_new_prefix_are_merged_beside_each_other(build: Builder):
    """Each keeps its offsets in its own range; one gateway becomes the plan's, the other one keeps a place."""
    built = build("10.1.0.0/25,,lan-d,,10.1.0.126,,,\n10.2.0.0/25,,lan-d,,10.2.0.126,,,\n")
    mapping = built.mapping
    assert set(modes(mapping).values()) == {Mode.MERGE}
    assert goes(mapping, "10.1.0.126") == "10.20.5.1"
    assert goes(mapping, "10.2.0.126") == "10.20.5.254"
    assert goes(mapping, "10.2.0.7") == "10.20.5.135"
    assert {str(entry.new_subnet) for entry in mapping.prefixes} == {"10.20.5.0/24"}


def test_rows_too_large_to_lie_beside_each_other_are_merged_host_by_host(build: Builder):
    """Two half-empty /24 share one: the first keeps its offsets, who meets him takes a free place."""
    built = build(
        "10.1.0.0/24,,lan-d,,10.1.0.1,10.1.0.5; 10.1.0.6,,\n10.2.0.0/24,,lan-d,,10.2.0.1,10.2.0.5; 10.2.0.9,,\n"
    )
    mapping = built.mapping
    assert not built.refused
    assert [goes(mapping, f"10.1.0.{n}") for n in (1, 5, 6, 7)] == ["10.20.5.1", "10.20.5.5", "10.20.5.6", "-"]
    assert goes(mapping, "10.2.0.9") == "10.20.5.9"
    assert len({goes(mapping, f"10.2.0.{n}") for n in (1, 5, 9)} - {"-"}) == 3


def test_a_merge_of_unknown_hosts_is_refused_for_all_its_rows(build: Builder):
    """None of the rows can be placed without the others."""
    built = build("10.1.0.0/24,,lan-d,,,10.1.0.5,,\n10.2.0.0/24,,lan-d,,,,,\n10.3.0.0/24,,lan-a,,,,,\n")
    assert codes(built) == [(2, "hosts-unknown"), (3, "hosts-unknown")]
    assert goes(built.mapping, "10.3.0.9") == "10.20.0.9"


def test_keep_nat_edge_and_retire(build: Builder):
    """What stays stays, behind NAT in a namespace of its own; what is given up has no place."""
    built = build(
        "10.1.0.0/24,,a,,,,keep,\n192.168.1.0/24,,b,,,,nat_edge,\n192.168.1.0/24,,c,,,,nat_edge,\n10.4.0.0/24,,d,,,,retire,\n"
    )
    assert not built.refused
    assert goes(built.mapping, "10.1.0.7") == "10.1.0.7"
    assert goes(built.mapping, "192.168.1.7", "edge:b") == "192.168.1.7"
    assert goes(built.mapping, "192.168.1.7", "edge:c") == "192.168.1.7"
    assert built.mapping.find(ip_address("192.168.1.7")) is None
    assert goes(built.mapping, "10.4.0.7") == "-"


def test_the_host_table_gives_places(build: Builder):
    """By address, by offset, into another prefix; who stood there goes to the place that was left."""
    built = build(
        "10.1.0.0/24,,lan-a,,,,,\n10.2.0.0/24,,lan-d,,,,,\n",
        "10.1.0.5,,10.20.0.80,\n10.1.0.6,,,90\n10.1.0.7,,10.20.5.66,\n",
    )
    mapping = built.mapping
    assert [goes(mapping, f"10.1.0.{n}") for n in (5, 6, 7)] == ["10.20.0.80", "10.20.0.90", "10.20.5.66"]
    assert [goes(mapping, f"10.1.0.{n}") for n in (80, 90)] == ["10.20.0.5", "10.20.0.6"]
    assert goes(mapping, "10.2.0.66") == "-"  # its place was given to a host of another prefix; it is reported
    assert [problem.code for problem in built.findings if problem.column == "hosts"] == ["no-place"]


@pytest.mark.parametrize(
    ("host_rows", "code"),
    [
        ("10.1.0.5,,10.20.0.255,\n", "reserved-place"),
        ("10.1.0.5,,,0\n", "reserved-place"),
        ("10.1.0.5,,,80\n10.1.0.6,,10.20.0.80,\n", "place-twice"),
        ("10.1.0.5,,10.20.0.1,\n", "reserved-place"),  # the gateway's
    ],
)
def test_a_place_that_cannot_be_given_is_refused(build: Builder, host_rows: str, code: str):
    """The host table cannot break the mapping."""
    assert codes(build("10.1.0.0/24,,lan-a,,10.1.0.254,,,\n", host_rows)) == [(2, code)]


def test_the_function_chooses_among_an_owner_s_prefixes(build: Builder):
    """An owner with several prefixes needs a function, or a target."""
    built = build("10.1.0.0/25,,gov-g,video,,,,\n10.2.0.0/25,,gov-g,office,,,,\n10.3.0.0/25,,gov-g,,,,,\n")
    assert codes(built) == [(4, "several-allocations")]
    assert goes(built.mapping, "10.1.0.9") == "10.20.8.137"
    assert goes(built.mapping, "10.2.0.9") == "10.20.8.9"


def test_the_column_new_wins(build: Builder):
    """A target may be a prefix of the plan, free space of a pool (which is said), a part of a prefix, or a name."""
    built = build(
        "10.1.0.0/24,,lan-a,,,,,10.20.5.0/24\n10.2.0.0/24,,lan-a,,,,,lan-b\n10.3.0.0/24,,lan-a,,,,,10.21.7.0/24\n"
        "10.4.0.0/26,,lan-a,,,,,10.20.0.64/26\n"
    )
    assert not built.refused
    places = [goes(built.mapping, f"10.{n}.0.9") for n in (1, 2, 3, 4)]
    assert places == ["10.20.5.9", "10.20.2.9", "10.21.7.9", "10.20.0.73"]
    (part,) = [entry for entry in built.mapping if entry.old == ip_network("10.4.0.0/26")]
    assert (part.mode, str(part.new_subnet), part.owner) == (Mode.MERGE, "10.20.0.0/24", "lan-a")
    assert [(problem.line, problem.code) for problem in built.findings if problem.column == "new"] == [
        (4, "not-planned")
    ]


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("8.8.8.0/24", "outside-plan"),
        ("172.16.0.0/24", "outside-plan"),
        ("10.30.1.0/24", "outside-plan"),  # a pool of another VRF
        ("10.20.0.0/21", "covers-others"),
    ],
)
def test_a_target_that_the_plan_does_not_know_is_refused(build: Builder, new: str, code: str):
    """Nothing is sent into space that is not ours, nor over what others have."""
    built = build(f"10.1.0.0/24,,lan-a,,,,,{new}\n")
    assert codes(built) == [(2, code)]
    assert built.refused[0].column == "new"
    assert built.faulty


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("10.1.0.5,,10.99.0.5,", "outside-plan"),
        ("10.1.0.5,,8.8.8.8,", "outside-plan"),
        ("10.1.0.5,,10.20.5.0,", "reserved-place"),
        ("10.1.0.5,,10.20.5.255,", "reserved-place"),
        ("10.1.0.5,,10.20.5.1,", "reserved-place"),  # the other LAN's router
        ("10.1.0.5,,10.20.0.0,", "reserved-place"),
        ("10.1.0.5,,,999", "reserved-place"),
    ],
)
def test_a_host_cannot_go_where_no_host_may_be(build: Builder, row: str, code: str):
    """Whatever subnet it lands in; the line of the host table is named."""
    built = build("10.1.0.0/24,,lan-a,,,,,\n10.2.0.0/24,,lan-d,,,10.2.0.9,,\n", "10.2.0.9,,,\n" + row + "\n")
    assert [(problem.file, problem.line, problem.code) for problem in built.refused] == [("plan/hosts.csv", 3, code)]
    assert goes(built.mapping, "10.2.0.9") == "10.20.5.9"
    assert built.faulty


def test_every_faulty_host_is_named(build: Builder):
    """Not only the first of a prefix; the offsets that may be written are the hosts' own."""
    built = build("10.1.0.0/24,,lan-a,,,,,\n", "10.1.0.5,,8.8.8.8,\n10.1.0.6,,,255\n")
    assert [problem.line for problem in built.refused] == [2, 3]
    assert built.refused[1].hint.in_language("en") == "write an offset from 1 to 254"


def test_a_host_that_goes_to_another_lan_is_its_host_then(build: Builder):
    """Owner, function, subnet and VRF are those of where it lands."""
    mapping = build("10.1.0.0/24,,lan-a,,,,,\n", "10.1.0.7,,10.20.5.66,\n10.1.0.8,,10.30.0.8,\n").mapping
    one, other = (entry for entry in mapping if entry.single)
    assert (one.owner, str(one.new_subnet), one.new_vrf) == ("lan-d", "10.20.5.0/24", "default")
    assert (other.owner, str(other.new_subnet), other.new_vrf) == ("lan-m", "10.30.0.0/24", "med")


def test_the_end_of_a_circuit_may_be_a_host_s_place(build: Builder):
    """A table of circuit ends in one row: the first address of a circuit is an end's, as the second."""
    built = build("10.1.0.0/24,,lan-a,,,,,\n", "10.1.0.7,,10.20.6.1,\n10.1.0.8,,10.20.6.2,\n")
    assert not built.refused


def test_a_host_of_a_prefix_that_stays_gets_no_place(build: Builder):
    """Its line in the host table is not passed over in silence."""
    built = build("10.1.0.0/24,,lan-a,,,,keep,\n10.2.0.0/24,,,,,,retire,\n", "10.1.0.7,,10.20.5.66,\n10.2.0.8,,,5\n")
    assert [(problem.file, problem.line, problem.code) for problem in built.refused] == [
        ("plan/hosts.csv", 2, "host-stays"),
        ("plan/hosts.csv", 3, "host-stays"),
    ]


def test_what_shares_a_prefix_is_not_called_too_large(build: Builder):
    """Two /24 that go to one /24: neither is larger than it."""
    built = build("10.1.0.0/24,,lan-d,,,,,\n10.2.0.0/24,,lan-d,,,,,\n")
    text = built.refused[0].message.in_language("en")
    assert "smaller" not in text
    assert "shares 10.20.5.0/24 with others, together 512 addresses" in text
    assert not built.faulty


def test_what_is_in_the_way_for_ever_is_to_be_excluded(build: Builder):
    """The remedy for a prefix that is kept where the plan puts another one is in the policy."""
    built = build("10.20.0.0/24,,x,,,,keep,\n10.1.0.0/24,,lan-a,,,,,\n")
    assert "exclude 10.20.0.0/24 from the pool in the policy" in built.refused[0].hint.in_language("en")


def test_hosts_that_move_inside_a_prefix_that_stays_are_written_and_read(build: Builder):
    """The gateway takes the plan's place; the file says so, and is read back."""
    mapping = build("10.20.0.0/24,,lan-a,,10.20.0.254,10.20.0.5,,\n").mapping
    assert goes(mapping, "10.20.0.254") == "10.20.0.1"
    assert mapping_file.parse(mapping_file.to_text(mapping)) == mapping


def test_the_vrf_of_the_plan_is_where_it_goes(build: Builder):
    """A prefix may change its VRF; one that is seen from two VRFs goes on being seen from both."""
    built = build("10.1.0.0/24,,lan-m,,,,,\n10.2.0.0/30,,ln-e,,,,,\n10.2.0.0/30,med,ln-e,,,,,\n")
    assert not built.refused
    by_old = {(entry.vrf, str(entry.old)): entry.new_vrf for entry in built.mapping}
    assert by_old == {
        ("default", "10.1.0.0/24"): "med",
        ("default", "10.2.0.0/30"): "default",
        ("med", "10.2.0.0/30"): "med",
    }


def test_ipv6_goes_to_ipv6(build: Builder):
    """Owners have both families; a row goes to its own."""
    built = build("2001:db8:1::/64,,lan-a,,2001:db8:1::ffff,2001:db8:1::5,,\n")
    assert goes(built.mapping, "2001:db8:1::5") == "2001:db8:20:1::5"
    assert goes(built.mapping, "2001:db8:1::ffff") == "2001:db8:20:1::1"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("10.1.0.0/24,,,,,,,", "no-owner"),
        ("10.1.0.0/24,,nobody,,,,,", "no-allocation"),
        ("10.1.0.0/24,,lan-a,,,,grow,", "other-mode"),
        ("10.1.0.0/24,,lan-a,,,,,nowhere", "no-allocation"),
    ],
)
def test_what_cannot_be_mapped_says_why(build: Builder, row: str, code: str):
    """Each refusal has a code, a message and a remedy."""
    built = build(row + "\n")
    assert codes(built) == [(2, code)]
    assert built.refused[0].hint.in_language("en")
    assert built.refused[0].message.in_language("zh_CN") != built.refused[0].message.in_language("en")


def test_two_rows_on_one_place_are_both_refused(build: Builder):
    """One row keeps a prefix that another one is sent to: the one that moves gives way."""
    built = build(
        "10.20.0.0/24,,x,,,,keep,\n10.1.0.0/24,,lan-a,,,,,\n10.2.0.0/24,,y,,,,,10.21.0.0/24\n10.3.0.0/25,,z,,,,,10.21.0.128/25\n"
    )
    assert codes(built) == [(3, "clash"), (4, "goals-overlap"), (5, "goals-overlap")]
    assert goes(built.mapping, "10.20.0.9") == "10.20.0.9"


def test_a_host_in_no_row_is_reported(build: Builder):
    """The host table may be wrong too."""
    built = build("10.1.0.0/24,,lan-a,,,,,\n", "10.7.7.7,,,\n")
    assert [(p.code, p.file, p.line) for p in built.findings] == [("host-not-covered", "plan/hosts.csv", 2)]


def test_the_same_input_gives_the_same_bytes(build: Builder):
    """Whatever the order of the rows."""
    rows = [
        "10.1.0.0/24,,lan-c,,10.1.0.9,10.1.0.7; 10.1.0.100-120,,\n",
        "10.2.0.0/24,,lan-a,,10.2.0.9,,,\n",
        "10.3.0.0/24,,lan-b,,,,,\n",
    ]
    forth = mapping_file.to_text(build("".join(rows)).mapping)
    assert mapping_file.to_text(build("".join(reversed(rows))).mapping) == forth


def test_people_s_names_are_understood(lianyuan: Path):
    """Owners may be sites, units and regions of the inventory, by name or by title."""
    table = current.parse(
        "prefix,owner,function\n10.1.0.0/24,安平镇机关,\n10.1.1.0/27,安平镇便民服务中心,\n10.1.2.0/24,蓝田街道,township-lan\n10.1.3.0/30,ln-anping,\n10.1.4.1/32,rt-anping,\n"
    )
    plan = plans.read(lianyuan / "plan" / "plan.csv")
    built = mapping_build.build(table, plan, inventory=workspace.load(lianyuan).inventory)
    assert not built.refused
    assert [entry.owner for entry in built.mapping] == [
        "lan-anping",
        "lan-un-anping",
        "lan-lantian",
        "ln-anping",
        "rt-anping",
    ]
    assert mapping_check.verify(built.mapping) == ()


def test_two_rows_into_free_space_do_not_overlap(build: Builder):
    """A LAN inside another one is a fault though no two addresses meet; the same prefix twice is a merger."""
    rows = "10.1.0.0/24,,,,,,,10.21.9.0/24\n10.1.2.0/24,,,,,,,10.21.8.0/23\n10.1.4.0/24,,,,,,,10.21.4.0/24\n"
    built = build(rows)
    assert codes(built) == [(2, "goals-overlap"), (3, "goals-overlap")]
    assert built.faulty
    assert "10.1.2.0/24" in built.refused[0].message.in_language("en")
    assert not build("10.1.0.0/25,,,,,,,10.21.9.0/24\n10.1.2.0/25,,,,,,,10.21.9.0/24\n").refused


def test_a_name_that_two_places_share_is_refused(city: Callable[..., Inventory]):
    """Two towns called alike: nobody guesses which one a row means, and one that is alone in its VRF is meant."""
    made = city({"a": 20, "b": 20, "c": 20}, counties=2)
    regions = {code: replace(row, name="城关镇") if row.name in "ab" else row for code, row in made.regions.items()}
    inventory = replace(made, regions=regions)
    space = [ip_network(f"10.20.{index}.0/24") for index in range(3)]
    rows = [
        plans.Allocation(Area.PUBLIC, "default", "pool", "lan", Level.TOWNSHIP, "", f"lan-{name}", prefix)
        for name, prefix in zip("abc", space, strict=True)
    ]
    plan = plans.Plan((), (), tuple(rows))
    table = current.parse("prefix,owner\n10.1.0.0/24,城关镇\n10.2.0.0/24,城关镇\n10.3.0.0/24,c\n10.4.0.0/24,rt-b\n")
    built = mapping_build.build(table, plan, inventory=inventory)
    assert codes(built) == [(2, "several-allocations"), (3, "several-allocations")]
    assert "lan-a lan 10.20.0.0/24; lan-b lan 10.20.1.0/24" in built.refused[0].message.in_language("en")
    assert {entry.owner for entry in built.mapping.prefixes if entry.moves} == {"lan-b", "lan-c"}
    sites = {name: replace(site, title="城关镇机关") for name, site in made.sites.items()}
    table = current.parse("prefix,owner\n10.1.0.0/24,城关镇机关\n")
    assert codes(mapping_build.build(table, plan, inventory=replace(made, sites=sites))) == [(2, "several-allocations")]


def test_space_that_no_lan_has_is_named_as_what_it_is(build: Builder):
    """Multicast and loopback addresses are no public space of somebody else's."""
    found = build("224.0.0.0/24,,x,,,,keep,\n127.0.0.0/8,,y,,,,retire,\n19.0.0.0/24,,z,,,,keep,\n").findings
    assert [(p.line, p.code) for p in found] == [(2, "unusable-space"), (3, "unusable-space"), (4, "squatted")]
    assert "multicast" in found[0].message.in_language("en")


@pytest.mark.parametrize("place", ["10.20.0.1,", ",1"])
def test_no_host_gets_its_own_router_s_address(build: Builder, place: str):
    """Nobody knows that it is the router unless the row says so: the plan's router would have the same address."""
    hosts = f"10.1.0.3,,{place}\n"
    refused = build("10.1.0.0/24,,lan-a,,,10.1.0.3,,\n", hosts).refused
    assert [(p.file, p.line, p.code) for p in refused] == [("plan/hosts.csv", 2, "reserved-place")]
    assert "column gateway" in refused[0].hint.in_language("en")
    assert not build("10.1.0.0/24,,lan-a,,10.1.0.3,10.1.0.3,,\n", hosts).refused
    assert build("10.1.0.0/24,,lan-a,,10.1.0.9,10.1.0.3,,\n", hosts).refused
