"""Waves: never more than the limit, never before what is needed, and no more of them than that makes necessary."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from inventory import workspace
from inventory.model import Device, End, Inventory, Level, Line, LineKind, Region, Site
from ipplan import mapping_collisions, mapping_file, plan, stages
from ipplan.stages_waves import schedule

if TYPE_CHECKING:
    from pathlib import Path

trees = st.integers(1, 9).flatmap(
    lambda count: st.tuples(*(st.integers(-1, number - 1) for number in range(count))).map(list)
)
graphs = st.integers(1, 7).flatmap(
    lambda count: st.tuples(*(st.sets(st.integers(0, max(number - 1, 0)), max_size=3) for number in range(count))).map(
        lambda rows: [{need for need in row if need != number} for number, row in enumerate(rows)]
    )
)


def needs_of(parents: list[int]) -> list[set[int]]:
    """Job `parents[i]` needs job i: as a site needs those behind it."""
    needs: list[set[int]] = [set() for _ in parents]
    for job, parent in enumerate(parents):
        if parent >= 0:
            needs[parent].add(job)
    return needs


def fewest(needs: list[set[int]], sizes: list[int], limit: int) -> int:
    """The least number of waves, by trying everything."""

    @cache
    def left(done: frozenset[int]) -> int:
        ready = [job for job, wanted in enumerate(needs) if job not in done and wanted <= done]
        if not ready:
            return 0
        choices = [
            chosen
            for count in range(1, min(limit, len(ready)) + 1)
            for chosen in combinations(ready, count)
            if sum(sizes[job] for job in chosen) <= limit
        ]
        return 1 + min(left(done | frozenset(chosen)) for chosen in choices)

    return left(frozenset())


def check(waves: list[list[int]], needs: list[set[int]], sizes: list[int], limit: int) -> None:
    """Each job once, within the limit, in a later wave than all that it needs."""
    wave_of = {job: number for number, wave in enumerate(waves) for job in wave}
    assert sorted(job for wave in waves for job in wave) == list(range(len(needs)))
    assert all(sum(sizes[job] for job in wave) <= limit for wave in waves)
    assert all(wave_of[need] < wave_of[job] for job, wanted in enumerate(needs) for need in wanted)


@given(trees, st.integers(1, 4))
def test_a_tree_of_sites_takes_the_fewest_waves_that_there_are(parents: list[int], limit: int):
    """Against exhaustive search: no order of a tree has fewer waves."""
    needs, sizes = needs_of(parents), [1] * len(parents)
    waves = schedule(needs, sizes, limit)
    check(waves, needs, sizes, limit)
    assert len(waves) == fewest(needs, sizes, limit)


@given(graphs, st.integers(1, 4))
def test_any_graph_takes_at_most_twice_the_fewest(needs: list[set[int]], limit: int):
    """Where sites wait for each other's space the rule is no longer exact, but bounded."""
    sizes = [1] * len(needs)
    waves = schedule(needs, sizes, limit)
    check(waves, needs, sizes, limit)
    assert len(waves) < 2 * fewest(needs, sizes, limit) or len(waves) == 1


@given(graphs, st.data())
def test_jobs_of_several_sites_stay_within_the_limit(needs: list[set[int]], data: st.DataObject):
    """Sites that must be in flight together count as many as they are."""
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=len(needs), max_size=len(needs)))
    check(schedule(needs, sizes, 4), needs, sizes, 4)


def test_without_needs_the_order_of_the_numbers_is_kept():
    """County by county, as the numbers say."""
    assert schedule([set()] * 7, [1] * 7, 3) == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_county_is_finished_first_as_long_as_that_costs_no_wave():
    """Three counties of two townships and a head (2, 5, 8), the city last: no head waits for the other counties."""
    needs: list[set[int]] = [set(), set(), {0, 1}, set(), set(), {3, 4}, set(), set(), {6, 7}, {2, 5, 8}]
    waves = schedule(needs, [1] * 10, 2)
    assert waves == [[0, 1], [2, 3], [4, 6], [5, 7], [8], [9]]
    assert len(waves) == fewest(needs, [1] * 10, 2)


def test_a_county_is_not_finished_first_where_that_costs_a_wave():
    """Two counties of four townships and a head (4, 9): both heads wait, and go together."""
    needs: list[set[int]] = [set(), set(), set(), set(), {0, 1, 2, 3}, set(), set(), set(), set(), {5, 6, 7, 8}, {4, 9}]
    assert schedule(needs, [1] * 11, 4) == [[0, 1, 2, 3], [5, 6, 7, 8], [4, 9], [10]]


def two_counties() -> Inventory:
    """A city, two counties on it, three townships on each of those."""
    regions = {"3611": Region("3611", "市", Level.CITY)}
    parents = {"s": ""}
    for county in "12":
        parents[f"s{county}"] = "s"
        regions[f"36110{county}"] = Region(f"36110{county}", f"县{county}", Level.COUNTY, "3611")
        for town in "123":
            parents[f"s{county}{town}"] = f"s{county}"
            code = f"36110{county}10{town}"
            regions[code] = Region(code, f"镇{county}{town}", Level.TOWNSHIP, f"36110{county}")
    codes = {"s": "3611"}
    codes |= {name: f"36110{name[1]}" + (f"10{name[2]}" if len(name) > 2 else "") for name in parents if name != "s"}
    sites = {name: Site(name, "", code) for name, code in codes.items()}
    devices = {name: Device(name, name, "r", "frr") for name in sites}
    lines = {f"lan-{name}": Line(f"lan-{name}", LineKind.LAN, End(name, "eth0")) for name in sites}
    for name, above in parents.items():
        if above:
            ends = End(above, f"to-{name}"), End(name, "eth1")
            lines[f"ln-{name}"] = Line(f"ln-{name}", LineKind.CIRCUIT, *ends)
    return Inventory(regions, {}, sites, devices, lines, {}, {}, (), {}, {})


def test_nine_sites_of_two_counties_at_four_in_flight_need_four_waves():
    """Six townships fill a wave and a half, the county heads come after them, the city after both.

    Fewer is impossible: in three waves the city would be in the third, both heads in the second, all six townships in
    the first. One county a wave would take five.
    """
    inventory = two_counties()
    rows = "".join(f"10.0.{number}.0/24,10.9.{number}.0/24,lan-{site}\n" for number, site in enumerate(inventory.sites))
    mapping = mapping_file.parse("old,new,owner\n" + rows)
    made = stages.make(mapping, mapping_collisions.migration(mapping), inventory, max_in_flight=4, root="s")
    assert [wave.sites for wave in made.waves] == [
        ("s11", "s12", "s13", "s21"),
        ("s1", "s22", "s23"),
        ("s2",),
        ("s",),
    ]
    assert [wave.name for wave in made.waves] == ["县1, 县2", "县1, 县2", "县2", "市"]
    assert made.waves[0].regions == ("361101", "361102")
    wide = stages.make(mapping, mapping_collisions.migration(mapping), inventory, max_in_flight=99, root="s")
    assert len(wide.waves) == 3  # as many as the tree is deep: the limit no longer matters
    assert ceil(len(inventory.sites) / 4) < len(made.waves)


def test_a_whole_city_takes_as_few_waves_as_its_number_of_sites_allows(repository: Path):
    """Shangrao at eight sites in flight: the city's own site waits for all others, so it is a wave by itself.

    The others cannot take fewer waves than an eighth of their number, and take no more.
    """
    root = repository / "examples" / "shangrao"
    mapping = mapping_file.read(root / "plan" / "mapping.csv")
    migration = mapping_collisions.migration(mapping, plan.read(root / "plan" / "plan.csv"))
    made = stages.make(mapping, migration, workspace.load(root).inventory, max_in_flight=8)
    sites = {step.site for step in made.steps}
    assert made.waves[-1].sites == ("dc-city",)
    assert len(made.waves) == ceil((len(sites) - 1) / 8) + 1
