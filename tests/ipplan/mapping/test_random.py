"""The promise of the mapping on a million random addresses per mode, and on random tables."""

from __future__ import annotations

import random
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.model import Area, Level
from ipplan import mapping_build, mapping_check, mapping_file
from ipplan.current import Current, Hosts, Row, Target
from ipplan.hosts import Host
from ipplan.mapping import Mode
from ipplan.plan import Allocation, Plan

if TYPE_CHECKING:
    from ipplan.mapping import Mapping

ADDRESSES = 1_000_000
ROWS = 400
# mode → length of a row of today, length of its prefix in the plan, rows that share it
SHAPES = {
    Mode.SAME_SIZE: (20, 20, 1),
    Mode.GROW: (21, 20, 1),
    Mode.SHRINK: (20, 22, 1),
    Mode.SPLIT: (20, 20, 1),
    Mode.MERGE: (22, 20, 4),
    Mode.KEEP: (20, 20, 1),
    Mode.NAT_EDGE: (20, 20, 1),
}


def _network(base: int, length: int, index: int) -> object:
    return ip_network((base + (index << (32 - length)), length))


def _case(mode: Mode, dice: random.Random) -> tuple[Mapping, list[str]]:
    """A mapping whose rows all have one mode, with gateways, hosts and host tables drawn at random."""
    old_length, new_length, sharing = SHAPES[mode]
    rows, allocations, table = [], [], []
    places = list(range(ROWS))
    dice.shuffle(places)
    for index in range(ROWS):
        old = ip_network((0x0A000000 + (places[index] << (32 - old_length)), old_length))
        first, size = int(old.network_address), old.num_addresses
        new = ip_network((0x64000000 + (index // sharing << (32 - new_length)), new_length))
        gateway = ip_address(first + dice.choice((1, 2, size // 2, size - 2)))
        used = sorted({first + dice.randrange(1, size - 1) for _ in range(60)})
        hosts = Hosts(tuple(map(ip_address, used)), len(used))
        targets = ()
        if mode is Mode.SPLIT:
            targets = tuple(
                Target(part, goal, "")
                for part, goal in zip(old.subnets(2), dice.sample(list(new.subnets(2)), 4), strict=True)
            )
        wish = mode if mode in (Mode.KEEP, Mode.NAT_EDGE) else None
        owner = f"lan-{index // sharing}"
        rows.append(Row(old, "default", owner, "", gateway, hosts, wish, targets))
        if index % sharing == 0:
            allocations.append(Allocation(Area.PUBLIC, "default", "p", "lan", Level.COUNTY, "431382", owner, new))
        if mode in (Mode.SAME_SIZE, Mode.GROW) and index % 7 == 0:
            host = dice.choice([address for address in used if address != int(gateway)])
            table.append(Host(ip_address(host), "default", None, dice.randrange(2, size - 2)))
    built = mapping_build.build(Current(tuple(rows)), Plan((), (), tuple(allocations)), table)
    assert not built.refused
    assert {entry.mode for entry in built.mapping} == {mode}
    return built.mapping, sorted({entry.vrf for entry in built.mapping})


@pytest.mark.parametrize("mode", list(SHAPES))
def test_a_million_addresses_go_forth_and_back(mode: Mode):
    """10^6 random addresses of a mapping: no two go to one place, and the way back leads to where each came from."""
    dice = random.Random(mode.value)  # noqa: S311 - test data
    mapping, vrfs = _case(mode, dice)
    assert mapping_check.verify(mapping) == ()
    assert mapping_file.parse(mapping_file.to_text(mapping)) == mapping
    back = mapping.inverse()
    placed = 0
    share = -(-ADDRESSES // len(vrfs))
    for vrf in vrfs:
        ranges = [
            (int(entry.old.network_address), entry.old.num_addresses) for entry in mapping.prefixes if entry.vrf == vrf
        ]
        addresses = [start + int(dice.random() * size) for start, size in dice.choices(ranges, k=share)]
        images = mapping.translate_all(addresses, vrf)
        pairs = {address: image for address, image in zip(addresses, images, strict=True) if image is not None}
        assert len(set(pairs.values())) == len(pairs)
        assert back.translate_all(pairs.values(), vrf) == list(pairs)
        placed += sum(1 for image in images if image is not None)
    assert placed > 0.2 * ADDRESSES  # shrinking loses what is not in use, nothing else loses anything to speak of
    if mode is not Mode.SHRINK:
        assert placed > 0.999 * ADDRESSES


lengths = st.integers(24, 32)
rows = st.lists(
    st.tuples(
        st.integers(0, 15),  # place of today, in units of /28
        st.integers(26, 32),  # its length
        st.integers(0, 5),  # which prefix of the plan
        st.sampled_from(["unknown", "none", "some"]),
        st.lists(st.integers(0, 63), max_size=8),  # hosts, as offsets
        st.one_of(st.none(), st.integers(0, 63)),  # gateway
        st.one_of(st.none(), st.integers(0, 70)),  # a host of the table goes to this offset
    ),
    max_size=6,
)
goals = st.lists(st.integers(26, 32), min_size=6, max_size=6)


def _row(entry: tuple[int, int, int, str, list[int], int | None, int | None]) -> tuple[Row, list[Host]]:
    place, length, goal, knowledge, offsets, gateway, asked = entry
    first = 0x0A000000 + (place << 6)
    prefix = ip_network((first, length))
    size = prefix.num_addresses
    usable = [first + offset for offset in range(size)]
    if length < 31:
        usable = usable[1:-1]
    hosts = {
        "unknown": Hosts(None, None),
        "none": Hosts((), 0),
        "some": Hosts(
            tuple(ip_address(number) for number in sorted({usable[offset % len(usable)] for offset in offsets})), 0
        ),
    }[knowledge]
    way_out = ip_address(usable[gateway % len(usable)]) if gateway is not None else None
    table = []
    if asked is not None and offsets:
        table.append(Host(ip_address(usable[offsets[0] % len(usable)]), "default", None, asked))
    return Row(prefix, "default", f"o{goal}", "", way_out, hosts), table


@settings(max_examples=400, deadline=None)
@given(rows, goals)
def test_whatever_the_table_says_no_host_is_lost_and_none_meets_another(
    entries: list[tuple[int, int, int, str, list[int], int | None, int | None]], lengths_of: list[int]
):
    """Random small tables: the mapping is injective and invertible; every known host of a row that is not refused has
    a place in its prefix, on an address that a host may have, or where the host table sent it.
    """  # noqa: D205 - the summary needs both lines
    made = [_row(entry) for entry in {entry[0]: entry for entry in entries}.values()]
    plan = Plan(
        (),
        (),
        tuple(
            Allocation(
                Area.PUBLIC,
                "default",
                "p",
                "lan",
                Level.COUNTY,
                "1",
                f"o{index}",
                ip_network((0x64000000 + (index << 6), length)),
            )
            for index, length in enumerate(lengths_of)
        ),
    )
    table = [host for _, hosts in made for host in hosts]
    built = mapping_build.build(Current(tuple(row for row, _ in made)), plan, table)
    mapping = built.mapping
    assert mapping_check.verify(mapping) == ()
    assert mapping_file.parse(mapping_file.to_text(mapping)) == mapping
    refused = {str(entry.old) for entry in mapping if entry.mode is Mode.REFUSED}
    assert len(refused) == len(built.refused)
    images: dict[object, object] = {}
    for row, _ in made:
        if str(row.prefix) in refused:
            continue
        subnet = next(allocation.prefix for allocation in plan.allocations if allocation.owner == row.owner)
        for address in row.prefix:
            image = mapping.translate(address)
            if image is None:
                continue
            assert images.setdefault(image, address) == address
            assert mapping.inverse().translate(image) == address
        known = {*(row.hosts.addresses or ()), *(host.old for host in table if host.old in row.prefix)}
        if row.gateway is not None:
            known.add(row.gateway)
        if row.hosts.addresses is None:
            continue
        for address in known:
            image = mapping.translate(address)
            assert image is not None
            assert image in subnet
            if subnet.prefixlen < 31:
                assert image not in (subnet.network_address, subnet.broadcast_address)


# Today and tomorrow in the same eight /27: prefixes stay, swap, shrink, grow, are given up, stand behind NAT.
mixed = st.lists(
    st.tuples(
        st.integers(0, 7),  # place of today, in units of /27
        st.integers(27, 32),  # its length
        st.sampled_from([None, None, None, Mode.KEEP, Mode.NAT_EDGE, Mode.RETIRE]),
        st.sampled_from(["default", "default", "med"]),
        st.integers(0, 7),  # whose prefix of the plan it takes
        st.booleans(),  # its hosts are known
        st.lists(st.integers(0, 31), max_size=4),
        st.one_of(st.none(), st.integers(0, 31)),  # gateway
        st.one_of(st.none(), st.integers(0, 255)),  # a host of the table goes there, in whatever prefix
        st.sampled_from(["", "note, “quoted”", "=1+1", "'x"]),
    ),
    max_size=8,
)


def test_whatever_is_written_is_read_back():
    """Each mapping that is made gives a file that is read as the same mapping, hosts in kept prefixes among them."""
    seen_modes: set[Mode] = set()

    @settings(max_examples=400, deadline=None)
    @given(mixed, st.lists(st.integers(27, 32), min_size=8, max_size=8))
    def holds(entries: list[tuple], lengths_of: list[int]) -> None:
        seen_modes.update(_written_and_read(entries, lengths_of))

    holds()
    assert seen_modes >= set(Mode) - {Mode.SPLIT}


def _written_and_read(entries: list[tuple], lengths_of: list[int]) -> set[Mode]:
    """The modes of a mapping that has gone through its file."""
    base = 0x0A000000
    table, rows_ = [], []
    for place, length, mode, vrf, goal, listed, offsets, gateway, asked, note in entries:
        prefix = ip_network((base + (place << 5), length))
        usable = list(prefix.hosts()) or [prefix.network_address]
        known = sorted({usable[offset % len(usable)] for offset in offsets})
        way_out = usable[gateway % len(usable)] if gateway is not None else None
        hosts = Hosts(tuple(known), len(known)) if listed else Hosts(None, None)
        row = Row(prefix, vrf, f"o{goal}", "", way_out, hosts, mode, note=note)
        rows_.append(row)
        if asked is not None and known:
            table.append(Host(known[0], row.space, ip_address(base + asked)))
    allocations = tuple(
        Allocation(
            Area.PUBLIC,
            "default",
            "p",
            "lan",
            Level.COUNTY,
            "1",
            f"o{index}",
            ip_network((base + (index << 5), length)),
        )
        for index, length in enumerate(lengths_of)
    )
    mapping = mapping_build.build(Current(tuple(rows_)), Plan((), (), allocations), table).mapping
    assert mapping_check.verify(mapping) == ()
    assert mapping_file.parse(mapping_file.to_text(mapping)) == mapping
    return {entry.mode for entry in mapping}
