"""The order of a renumbering: every need is respected, the way in is kept, never too many sites at a time."""

from __future__ import annotations

import random
from ipaddress import IPv4Interface, IPv4Network, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import InputError, RefusedError
from inventory.model import Area, Device, End, Inventory, Level, Line, LineKind, Region, Site
from ipplan import mapping_check, mapping_collisions, mapping_file, stages
from ipplan.mapping import Entry, Mapping, Mode
from ipplan.mapping_moves import Move
from ipplan.plan import Plan, PoolRow
from ipplan.stages_model import Kind, Stages

POOL = Plan((PoolRow(Area.PUBLIC, "default", "p", ip_network("10.200.0.0/14")),))
ORDER = (Kind.ADD, Kind.VERIFY, Kind.PREFER, Kind.DRAIN, Kind.REMOVE)


def prefix(index: int, length: int = 24) -> IPv4Network:
    """The prefix number `index`."""
    return IPv4Network((0x0A000000 + (index << 8), length))


def city(above: list[int], *, managed: list[str]) -> Inventory:
    """Device i has a circuit to device `above[i - 1]`, a LAN and a loopback; it is managed by one of the latter.

    Device 0 stands in the city; what hangs on it in counties, the rest in townships of theirs.
    """
    regions = {"3611": Region("3611", "市", Level.CITY)}
    sites, devices, lines = {}, {}, {}
    depth, county = [0], [""]
    for number in range(len(above) + 1):
        if number:
            parent = above[number - 1]
            depth.append(depth[parent] + 1)
            county.append(f"3611{number:02}" if depth[number] == 1 else county[parent])
        code = "3611"
        if number and depth[number] == 1:
            code = county[number]
            regions[code] = Region(code, f"县{number}", Level.COUNTY, "3611")
        elif number:
            code = f"{county[number]}{number:03}"
            regions[code] = Region(code, f"镇{number}", Level.TOWNSHIP, county[number])
        sites[f"s{number}"] = Site(f"s{number}", "", code)
        home = {"loopback": 3 * number, "lan": 3 * number + 1, "none": -1}[managed[number]]
        address = IPv4Interface((int(prefix(home).network_address) + 1, 24)) if home >= 0 else None
        devices[f"d{number}"] = Device(f"d{number}", f"s{number}", "r", "frr", address=address)
        lines[f"lan{number}"] = Line(f"lan{number}", LineKind.LAN, End(f"d{number}", "eth0"))
        if number:
            far = End(f"d{above[number - 1]}", f"eth{number}")
            lines[f"ln{number}"] = Line(f"ln{number}", LineKind.CIRCUIT, far, End(f"d{number}", "eth1"))
    return Inventory(regions, {}, sites, devices, lines, {}, {}, (), {}, {})


def owner_of(index: int) -> str:
    """Whose prefix number `index` is: three of each device."""
    return ("d{}", "lan{}", "ln{}")[index % 3].format(index // 3)


cities = st.integers(0, 8).flatmap(
    lambda count: st.tuples(
        st.tuples(*(st.integers(0, number) for number in range(count))).map(list),
        st.lists(st.sampled_from(["loopback", "lan", "none"]), min_size=count + 1, max_size=count + 1),
        st.permutations(range(3 * (count + 1))),
        st.integers(0, 3),
        st.sampled_from([0, 2, 3, 5]),
    )
)


def renumbering(case: tuple[list[int], list[str], list[int], int, int]) -> tuple[Mapping, Inventory]:
    """A mapping that permutes the prefixes in groups (`spread` 0: all go to new space), so that many must wait.

    Each `retired`th prefix is given up (0: none).
    """
    above, managed, permutation, spread, retired = case
    inventory = city(above, managed=managed)
    entries = []
    for index in range(len(permutation)):
        owner = owner_of(index)
        if owner == "ln0":  # the root has no circuit upwards
            continue
        fresh = not spread or index % spread == 0
        goal = prefix(512 + index) if fresh else prefix(permutation[index])
        if retired and index % retired == 1:
            entries.append(Entry("default", prefix(index), None, Mode.RETIRE, owner))
            continue
        entries.append(Entry("default", prefix(index), goal, mapping_file.by_length(prefix(index), goal), owner))
    taken: set[IPv4Network] = set()
    kept = []
    for entry in entries:  # what would land on a prefix that stays goes elsewhere
        goal = entry.new
        if goal is None:
            kept.append(entry)
            continue
        assert isinstance(goal, IPv4Network)
        if goal in taken:
            continue
        taken.add(goal)
        kept.append(entry)
    return Mapping(tuple(kept)), inventory


def check(made: Stages, mapping: Mapping, inventory: Inventory, limit: int) -> None:
    """Every promise, by walking through the steps in their order."""
    position = {step.id: number for number, step in enumerate(made.steps)}
    assert len(position) == len(made.steps)
    by_id = {step.id: step for step in made.steps}
    before: dict[str, set[str]] = {}
    for step in made.steps:
        assert all(position[need] < position[step.id] for need in step.needs), step.id
        assert all(by_id[need].wave <= step.wave for need in step.needs), step.id
        before[step.id] = {other for need in step.needs for other in (need, *before[need])}
    _whole(made, mapping)
    _in_flight(made, limit)
    _way_in(made, mapping, inventory, before)
    _nobody_in_the_way(made)
    for step in made.steps:
        if step.kind is Kind.PREFER:
            assert any(by_id[name].kind is Kind.LOWER and by_id[name].site == step.site for name in before[step.id])


def _whole(made: Stages, mapping: Mapping) -> None:
    """Each change runs through all five kinds on each device, in their order, and ends where the mapping says."""
    runs: dict[tuple[str, object], list[Kind]] = {}
    for step in made.steps:
        for change in step.changes:
            runs.setdefault((step.device, change), []).append(step.kind)
    for (_, change), kinds in runs.items():
        assert tuple(kinds) == (ORDER if change.new is not None else ORDER[3:])
    retired = {(entry.old, entry.owner) for entry in mapping if entry.mode is Mode.RETIRE}
    assert {(change.old, change.owner) for _, change in runs if change.new is None} == retired
    ends = {change.new for _, change in runs}  # type: ignore[attr-defined]  # a Change
    assert {entry.new for entry in mapping if entry.moves} <= ends


def _in_flight(made: Stages, limit: int) -> None:
    """Between its first and its last step a site is in flight; waves follow each other."""
    assert all(len(wave.sites) <= limit for wave in made.waves)
    waves = {wave.number: set(wave.sites) for wave in made.waves}
    assert all(step.site in waves[step.wave] for step in made.steps)
    first, last = {}, {}
    for number, step in enumerate(made.steps):
        first.setdefault((step.wave, step.site), number)
        last[step.wave, step.site] = number
    for number in range(len(made.steps)):
        assert len({key for key in first if first[key] <= number <= last[key]}) <= limit
    for wave in made.waves:
        assert (
            len(
                {made.steps[number].wave for number in range(len(made.steps)) if made.steps[number].wave == wave.number}
            )
            == 1
        )


def _way_in(made: Stages, mapping: Mapping, inventory: Inventory, before: dict[str, set[str]]) -> None:
    """No management address, and no line on the way to a device, goes before the device was reached at the new one.

    A temporary address is a new one too.
    """
    by_id = {step.id: step for step in made.steps}
    above = {line.b.device: line for line in inventory.lines.values() if line.b is not None}
    for device in inventory.devices.values():
        entry = mapping.find(device.address.ip) if device.address is not None else None
        if entry is None or not entry.moves:
            continue
        verified = {
            step.id
            for step in made.steps
            if step.kind is Kind.VERIFY
            and step.device == device.name
            and any(change.owner == entry.owner for change in step.changes)
        }
        way = {entry.owner}
        at = device.name
        while at in above:
            way.add(above[at].name)
            at = above[at].a.device
        for step in made.steps:
            final = [change for change in step.changes if change.owner in way]
            goals = {other.new for other in mapping if other.owner in way}
            if step.kind is Kind.REMOVE and any(change.new in goals for change in final):
                if entry.owner in {change.owner for change in final} and step.device != device.name:
                    continue
                if any(step.id in before[name] for name in verified):  # the new address needs this very space
                    continue
                assert verified & before[step.id], (device.name, step.id)
        for step in made.steps:  # on the device itself the management path is the last that is removed
            if step.kind is Kind.REMOVE and step.device == device.name and step.management:
                beside = step.id.replace("/management/", "/")
                assert beside not in by_id or beside in before[step.id]


def _nobody_in_the_way(made: Stages) -> None:
    """When a prefix is added, no other link still has addresses that it overlaps."""
    standing: dict[tuple[str, str], set[str]] = {}  # (prefix, owner) → devices that still have it
    for step in made.steps:
        for change in step.changes:
            if step.kind is Kind.ADD or change.new is None:
                standing.setdefault((str(change.old), change.owner), set()).add(step.device)
    for step in made.steps:
        for change in step.changes:
            if step.kind is Kind.ADD:
                for (other, owner), devices in standing.items():
                    if owner != change.owner and devices:
                        assert not ip_network(other).overlaps(change.new), (step.id, other, owner)
                standing.setdefault((str(change.new), change.owner), set()).add(step.device)
            elif step.kind is Kind.REMOVE:
                standing[str(change.old), change.owner].discard(step.device)


@settings(max_examples=150, deadline=None)
@given(cities, st.integers(1, 5))
def test_every_promise_holds_on_random_networks(case: tuple[list[int], list[str], list[int], int, int], limit: int):
    """Random trees of sites, random management paths, random permutations of prefixes.

    Where sites must be in flight together and are too many, that is said with the number that is needed; a circle is
    said with its members.
    """
    mapping, inventory = renumbering(case)
    assert mapping_check.verify(mapping) == ()
    migration = mapping_collisions.migration(mapping, POOL)
    if migration.blocked:
        return
    try:
        made = stages.make(mapping, migration, inventory, max_in_flight=limit)
    except RefusedError as error:
        needed = int(str(error.hint).rsplit(" ", 1)[1])
        assert needed > limit
        made = stages.make(mapping, migration, inventory, max_in_flight=needed)
        limit = needed
    check(made, mapping, inventory, limit)
    assert {problem.code for problem in made.unplaced} <= {"cut-off"}


def line_city(count: int = 3, managed: str = "loopback") -> Inventory:
    """A chain of devices."""
    return city(list(range(count - 1)), managed=[managed] * count)


def plain(rows: str, inventory: Inventory, limit: int = 8) -> Stages:
    """The stages of a mapping given as text."""
    mapping = mapping_file.parse("old,new,owner\n" + rows)
    return stages.make(mapping, mapping_collisions.migration(mapping, POOL), inventory, max_in_flight=limit)


def test_the_far_sites_come_first():
    """What lies behind a site is done before the site itself: its way home has been proven by then."""
    rows = "".join(f"{prefix(3 * n + 1)},{prefix(600 + n)},lan{n}\n" for n in range(3))
    made = plain(rows, line_city(), 1)
    assert [wave.sites for wave in made.waves] == [("s2",), ("s1",), ("s0",)]
    assert [wave.name for wave in made.waves] == ["县1", "县1", "市"]


def test_a_step_says_what_undoes_it():
    """Each kind has its way back until the old is gone, and even then one."""
    made = plain(f"{prefix(4)},{prefix(600)},lan1\n", line_city())
    assert [(step.kind.value, step.undo.value) for step in made.steps] == [
        ("lower", "raise"),
        ("add", "withdraw"),
        ("verify", "nothing"),
        ("prefer", "prefer_old"),
        ("drain", "nothing"),
        ("remove", "add_old"),
        ("restore", "nothing"),
    ]


def test_both_ends_of_a_circuit_change_in_the_far_site_s_job():
    """Verifying needs the address on both ends; removing waits until both have let go."""
    made = plain(f"{prefix(5)},{prefix(600)},ln1\n", line_city())
    assert {step.site for step in made.steps} == {"s1"}
    assert {step.device for step in made.steps} == {"", "d0", "d1"}
    verify = next(step for step in made.steps if step.kind is Kind.VERIFY and step.device == "d0")
    assert {need.split("/")[2] for need in verify.needs} == {"d0", "d1"}


def test_a_swap_between_two_sites_goes_over_a_temporary_prefix():
    """One site has two jobs: out of the way, and home."""
    made = plain(f"{prefix(4)},{prefix(7)},lan1\n{prefix(7)},{prefix(4)},lan2\n", line_city())
    detour = [step for step in made.steps if "/temporary/" in step.id]
    assert len({step.site for step in detour}) == 1
    assert {change.new for step in detour for change in step.changes} == {ip_network("10.203.255.0/24")}
    check(
        made,
        mapping_file.parse(f"old,new,owner\n{prefix(4)},{prefix(7)},lan1\n{prefix(7)},{prefix(4)},lan2\n"),
        line_city(),
        8,
    )


def test_a_circle_without_a_way_out_is_named():
    """Without room for a temporary prefix the moves wait for each other: no order, and the error names them."""
    mapping = mapping_file.parse(f"old,new,owner\n{prefix(4)},{prefix(7)},lan1\n{prefix(7)},{prefix(4)},lan2\n")
    migration = mapping_collisions.migration(mapping)
    assert migration.blocked
    circle = mapping_collisions.Migration(
        tuple(Move("default", move.old, move.new, move.owner, move.needs) for move in migration.cycles[0])
    )
    with pytest.raises(InputError) as raised:
        stages.make(mapping, circle, line_city())
    (problem,) = raised.value.problems
    assert problem.code == "cycle"
    assert "10.0.4.0/24 → 10.0.7.0/24 → 10.0.4.0/24" in problem.message.in_language("en")


def test_sites_that_wait_for_each_other_are_in_flight_together_or_refused():
    """The near site needs the far one's old space, the far one the near one's: two at once, or none."""
    rows = f"{prefix(1)},{prefix(600)},lan0\n{prefix(4)},{prefix(1)},lan1\n"
    made = plain(rows, line_city(), 2)
    assert [wave.sites for wave in made.waves] == [("s1", "s0")] or [set(w.sites) for w in made.waves] == [{"s0", "s1"}]
    with pytest.raises(RefusedError) as raised:
        plain(rows, line_city(), 1)
    assert "--max-in-flight 2" in str(raised.value.hint)


def retiring(rows: str) -> Stages:
    """As `plain`, with modes."""
    mapping = mapping_file.parse("old,new,owner,mode\n" + rows)
    return stages.make(mapping, mapping_collisions.migration(mapping, POOL), line_city())


def test_what_is_given_up_is_drained_and_removed_before_others_take_its_space():
    """On its own device; nothing is added or preferred for it."""
    made = retiring(f"{prefix(1)},,lan0,retire\n{prefix(4)},{prefix(1)},lan1,\n")
    gone = [step for step in made.steps if any(change.new is None for change in step.changes)]
    assert [(step.device, step.kind.value) for step in gone] == [("d0", "drain"), ("d0", "remove")]
    add = next(step for step in made.steps if step.kind is Kind.ADD)
    assert gone[-1].id in add.needs
    assert gone[0].as_json()["changes"][0]["new"] is None
    assert not made.unplaced


def test_what_is_given_up_by_nobody_is_said_if_others_wait_for_it():
    """A prefix without an owner that nobody needs is nobody's business."""
    assert not retiring(f"{prefix(1)},,,retire\n{prefix(4)},{prefix(900)},lan1,\n").unplaced
    made = retiring(f"{prefix(1)},,,retire\n{prefix(4)},{prefix(1)},lan1,\n")
    assert [(problem.code, problem.line) for problem in made.unplaced] == [("no-device", 2)]


def test_a_device_whose_management_address_is_given_up_is_said():
    """Nothing takes its place: it would be cut off."""
    made = retiring(f"{prefix(3)},,d1,retire\n")
    assert [problem.code for problem in made.unplaced] == ["cut-off"]
    assert "d1" in str(made.unplaced[0])


def test_what_has_no_mapping_is_said():
    """A refused row is in no stage, and nobody should think that it is."""
    made = retiring(f"{prefix(1)},,lan0,refused\n")
    assert [problem.code for problem in made.unplaced] == ["refused"]


def test_hosts_that_change_places_in_a_prefix_that_stays_are_said():
    """The steps name them, but none of them can be first."""
    rows = "10.0.1.0/24,10.0.1.0/24,lan0,keep,offset,\n"
    rows += "10.0.1.1/32,10.0.1.254/32,lan0,keep,placed,10.0.1.0/24\n"
    rows += "10.0.1.254/32,10.0.1.1/32,lan0,keep,gateway,10.0.1.0/24\n"
    mapping = mapping_file.parse("old,new,owner,mode,host_rule,old_subnet\n" + rows)
    made = stages.make(mapping, mapping_collisions.migration(mapping, POOL), line_city())
    assert [problem.code for problem in made.unplaced] == ["crossing", "crossing"]
    assert {str(change.new) for step in made.steps for change in step.changes} == {"10.0.1.1/32", "10.0.1.254/32"}


def test_what_belongs_to_nobody_is_said():
    """A prefix without a device is in no stage, and that is reported."""
    made = plain(f"{prefix(4)},{prefix(600)},民政局\n", line_city())
    assert [problem.code for problem in made.unplaced] == ["no-device"]
    assert not made.steps


def test_a_management_network_over_many_sites_changes_site_by_site():
    """Each device changes its own address of it, in its site's job."""
    inventory = city([0, 0], managed=["none"] * 3)
    devices = {
        name: Device(name, device.site, "r", "frr", address=IPv4Interface(f"10.77.0.{number + 1}/24"))
        for number, (name, device) in enumerate(inventory.devices.items())
    }
    inventory = Inventory(inventory.regions, {}, inventory.sites, devices, inventory.lines, {}, {}, (), {}, {})
    made = plain("10.77.0.0/24,10.78.0.0/24,noc\n", inventory, 1)
    assert {step.site for step in made.steps} == {"s0", "s1", "s2"}
    assert all(step.management for step in made.steps if step.device)


def test_an_unknown_root_is_refused_with_the_nearest_name():
    """A slip in --root is a user's mistake."""
    with pytest.raises(InputError) as raised:
        stages.make(Mapping(), mapping_collisions.Migration(), line_city(), root="d11")
    assert raised.value.problems[0].code == "unknown-name"


def test_the_same_input_gives_the_same_bytes():
    """Whatever the order of the entries."""
    mapping, inventory = renumbering(([0, 0, 1, 1, 2], ["loopback"] * 6, list(range(17, -1, -1)), 3, 5))
    entries = list(mapping.entries)
    random.Random(7).shuffle(entries)  # noqa: S311 - test data
    migration = mapping_collisions.migration(mapping, POOL)
    again = Mapping(tuple(entries))
    texts = {
        stages.to_text(stages.make(mapping, migration, inventory)),
        stages.to_text(stages.make(again, mapping_collisions.migration(again, POOL), inventory)),
    }
    assert len(texts) == 1
