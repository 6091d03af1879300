"""The mapping as an object: translation, the way back, its file, and the proof."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError
from ipplan import mapping_check, mapping_file
from ipplan.lookup import Table
from ipplan.mapping import Entry, HostRule, Mapping, Mode

if TYPE_CHECKING:
    from pathlib import Path


def test_the_longer_prefix_speaks_and_what_nobody_holds_is_outside():
    """A host's entry wins over its prefix's; `find` tells “no place” from “outside the mapping”."""
    mapping = mapping_file.parse("old,new\n10.1.0.0/24,10.2.0.0/24\n10.1.0.9,10.9.0.1\n10.1.0.10,\n")
    assert mapping.translate(ip_address("10.1.0.8")) == ip_address("10.2.0.8")
    assert mapping.translate(ip_address("10.1.0.9")) == ip_address("10.9.0.1")
    assert mapping.translate(ip_address("10.1.0.10")) is None
    assert mapping.find(ip_address("10.1.0.10")) is not None
    assert mapping.find(ip_address("10.1.1.1")) is None
    assert mapping.translate(ip_address("10.1.0.8"), "other") is None


def test_only_old_and_new_are_needed():
    """A row without a mode has the one that its lengths give."""
    mapping = mapping_file.parse(
        "new,old\n10.2.0.0/24,10.1.0.0/24\n10.3.0.0/23,10.1.1.0/24\n10.4.0.0/25,10.1.2.0/24\n10.1.3.0/24,10.1.3.0/24\n,10.1.4.0/24\n"
    )
    assert [entry.mode for entry in mapping] == [Mode.SAME_SIZE, Mode.GROW, Mode.SHRINK, Mode.KEEP, Mode.RETIRE]


def test_a_smaller_prefix_has_no_place_for_what_lies_behind_its_end():
    """Nothing is wrapped around and nothing is silently kept."""
    mapping = mapping_file.parse("old,new\n10.1.0.0/24,10.2.0.0/25\n")
    assert mapping.translate(ip_address("10.1.0.127")) == ip_address("10.2.0.127")
    assert mapping.translate(ip_address("10.1.0.128")) is None


def test_the_way_back_knows_what_did_not_come_from_there():
    """A grown prefix has addresses that nothing came from; a vacated place has no origin."""
    mapping = mapping_file.parse("old,new\n10.1.0.0/24,10.2.0.0/23\n10.1.0.254,10.2.1.7\n")
    back = mapping.inverse()
    assert back.translate(ip_address("10.2.1.7")) == ip_address("10.1.0.254")
    assert back.translate(ip_address("10.2.0.254")) is None
    assert back.translate(ip_address("10.2.1.8")) is None
    assert back.inverse().pieces().keys() == mapping.pieces().keys()
    assert not mapping_check.verify(mapping)


def test_the_vrf_may_change():
    """An entry's new VRF is where the way back begins."""
    mapping = mapping_file.parse("old,new,vrf,new_vrf\n10.1.0.0/24,10.2.0.0/24,old,med\n")
    assert mapping.translate(ip_address("10.1.0.5"), "old") == ip_address("10.2.0.5")
    assert mapping.inverse().translate(ip_address("10.2.0.5"), "med") == ip_address("10.1.0.5")
    assert mapping.inverse().find(ip_address("10.2.0.5"), "old") is None


CLASHES = [
    "10.1.0.0/24,10.9.0.0/24,\n10.2.0.0/24,10.9.0.0/24,\n",
    "10.1.0.0/24,10.9.0.0/24,\n10.2.0.0/25,10.9.0.128/25,\n",
    "10.1.0.0/24,10.9.0.0/24,\n10.2.0.1,10.9.0.77,\n",
    "10.1.0.0/24,10.9.0.0/24,\n10.9.0.0/24,10.9.0.0/24,\n",
    "10.1.0.0/24,10.9.0.0/24,\n10.1.0.5,10.9.0.6,\n",
]


@pytest.mark.parametrize("rows", CLASHES)
def test_two_addresses_on_one_place_are_found(rows: str):
    """The proof fails with both prefixes and the address where they meet."""
    problems = mapping_check.verify(mapping_file.parse("old,new,vrf\n" + rows))
    assert [problem.code for problem in problems] == ["clash"]
    assert "10.9.0." in problems[0].message.in_language("en")


def test_the_same_place_in_another_vrf_is_no_clash():
    """Uniqueness is inside a VRF."""
    assert not mapping_check.verify(
        mapping_file.parse("old,new,vrf\n10.1.0.0/24,10.9.0.0/24,a\n10.2.0.0/24,10.9.0.0/24,b\n")
    )


FAULTY = [
    ("10.1.0.0/24,2001:db8::/120,,,", "wrong-family", "new"),
    ("10.1.0.0/24,10.2.0.0/24,keep,,", "wrong-mode", "new"),
    ("10.1.0.5/32,10.1.0.6/32,keep,10.1.0.0/24,", "wrong-mode", "new"),  # a part, not a host with a rule
    ("10.1.0.0/24,10.2.0.0/25,same_size,,", "wrong-mode", "mode"),
    ("10.1.0.0/24,10.2.0.0/24,retire,,", "superfluous-cell", "new"),
    ("10.1.0.0/24,,grow,,", "empty-cell", "new"),
    ("10.1.0.0/24,10.2.0.0/24,,10.3.0.0/16,", "outside-subnet", "old_subnet"),
    ("10.1.0.0/24,10.2.0.0/24,,,10.3.0.0/16", "outside-subnet", "new_subnet"),
    ("10.1.0.7/24,10.2.0.0/24,,,", "host-bits", "old"),
]


@pytest.mark.parametrize(("row", "code", "column"), FAULTY, ids=[f"{f[1]}-{f[2]}" for f in FAULTY])
def test_a_row_that_contradicts_itself_is_named(row: str, code: str, column: str):
    """Every case of a row is checked."""
    with pytest.raises(InputError) as raised:
        mapping_file.parse("old,new,mode,old_subnet,new_subnet\n" + row + "\n")
    assert [(problem.code, problem.line, problem.column) for problem in raised.value.problems] == [(code, 2, column)]


def test_a_prefix_twice_is_named():
    """Of two rows for one prefix in a VRF nobody could say which holds."""
    with pytest.raises(InputError) as raised:
        mapping_file.parse("old,new\n10.1.0.0/24,10.2.0.0/24\n10.1.0.0/24,10.3.0.0/24\n")
    assert [(problem.code, problem.line) for problem in raised.value.problems] == [("duplicate-row", 3)]


def test_the_file_is_written_whole_and_read_back_equal(tmp_path: Path):
    """Equal mappings give equal bytes, and the bytes give an equal mapping."""
    mapping = Mapping(
        (
            Entry("default", ip_network("10.1.0.0/24"), ip_network("10.2.0.0/23"), Mode.GROW, "安平镇", note="a, “b”"),
            Entry(
                "default",
                ip_network("10.1.0.1/32"),
                ip_network("10.2.0.9/32"),
                Mode.GROW,
                "安平镇",
                host_rule=HostRule.HOST,
                old_subnet=ip_network("10.1.0.0/24"),
                new_subnet=ip_network("10.2.0.0/23"),
            ),
            Entry("edge:民政局", ip_network("192.168.1.0/24"), ip_network("192.168.1.0/24"), Mode.NAT_EDGE, "民政局"),
            Entry("default", ip_network("10.7.0.0/24"), None, Mode.REFUSED, note="too-small"),
        )
    )
    path = tmp_path / "plan" / "mapping.csv"
    mapping_file.write(mapping, path)
    assert mapping_file.read(path) == mapping
    first = path.read_bytes()
    mapping_file.write(Mapping(tuple(reversed(mapping.entries))), path)
    assert path.read_bytes() == first
    assert [child.name for child in path.parent.iterdir()] == ["mapping.csv"]


prefixes = st.builds(
    lambda number, length: (number >> (32 - length) << (32 - length), length),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(st.lists(prefixes, max_size=40), st.lists(st.integers(0, 2**32 - 1), max_size=40))
def test_lookup_finds_the_longest_prefix(found: list[tuple[int, int]], addresses: list[int]):
    """As a scan through all prefixes does; one by one and for many at once."""
    table = Table([(start, length, (start, length)) for start, length in found])
    assert len(table) == len(set(found))

    def scan(address: int) -> tuple[int, int] | None:
        holding = [(start, length) for start, length in found if address >> (32 - length) == start >> (32 - length)]
        return max(holding, key=lambda prefix: prefix[1], default=None)

    wanted = [*addresses, *(start for start, _ in found)]
    assert [table.longest(address) for address in wanted] == [scan(address) for address in wanted]
    assert table.longest_of(wanted) == [scan(address) for address in wanted]


small = st.integers(0, 15).flatmap(lambda number: st.integers(28, 32).map(lambda length: (number, length)))


@given(st.lists(st.tuples(small, st.one_of(st.none(), small), st.booleans()), max_size=12))
def test_pieces_and_proof_agree_with_every_single_address(
    rows: list[tuple[tuple[int, int], tuple[int, int] | None, bool]],
):
    """On a space of sixteen addresses: pieces say what `translate` says, the proof what counting says, and the way
    back is exact wherever the proof holds.
    """  # noqa: D205 - the summary needs both lines
    entries: dict[tuple[str, object], Entry] = {}
    for (old, old_length), new, other in rows:
        vrf = "b" if other else "a"
        prefix = ip_network((0x0A000000 + (old >> (32 - old_length) << (32 - old_length)), old_length))
        goal = None
        if new is not None:
            goal = ip_network((0x0A000000 + (new[0] >> (32 - new[1]) << (32 - new[1])), new[1]))
        entries[vrf, prefix] = Entry(
            vrf, prefix, goal, mapping_file.by_length(prefix, goal), new_vrf="c" if other else ""
        )
    mapping = Mapping(tuple(entries.values()))
    images: dict[tuple[str, IPv4Address], int] = {}
    for vrf in "ab":
        by_piece = {
            piece.old + offset: piece.new + offset if piece.new is not None else None
            for piece in mapping.pieces().get((vrf, 4), [])
            for offset in range(piece.size)
        }
        for number in range(0x0A000000, 0x0A000010):
            found = mapping.translate(IPv4Address(number), vrf)
            assert (int(found) if found is not None else None) == by_piece.get(number)
            if found is not None:
                goal_vrf = "c" if vrf == "b" else vrf
                images[goal_vrf, found] = images.get((goal_vrf, found), 0) + 1
    injective = all(count == 1 for count in images.values())
    assert (not mapping_check.verify(mapping)) == injective
    if not injective:
        return
    back = mapping.inverse()
    for vrf in "ab":
        for number in range(0x0A000000, 0x0A000010):
            found = mapping.translate(IPv4Address(number), vrf)
            if found is not None:
                assert back.translate(found, "c" if vrf == "b" else vrf) == IPv4Address(number)
    for vrf in "ac":
        for number in range(0x0A000000, 0x0A000010):
            if (vrf, IPv4Address(number)) not in images:
                assert back.translate(IPv4Address(number), vrf) is None
