"""A slice has every pattern that the network has, hangs together, and is always the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from configs.dialects import platforms
from inventory import workspace
from inventory.model import Device, End, Inventory, Line, LineKind, Site
from lab.slices import slice_of

EXAMPLES = Path(__file__).parents[2] / "examples"


def network(lines, **platform):
    """Sites of one device each with circuits between them."""
    names = list(dict.fromkeys(name for line in lines for name in line))
    sites = {name: Site(name, name, "1") for name in names}
    devices = {name: Device(name, name, name.rstrip("0123456789"), platform.get(name, "frr")) for name in names}
    made = {f"{a}-{b}": Line(f"{a}-{b}", LineKind.CIRCUIT, End(a, f"to-{b}"), End(b, f"to-{a}")) for a, b in lines}
    return Inventory({}, {}, sites, devices, made, {}, {}, (), {}, {})


def test_one_leaf_of_each_kind_stays():
    """Four leaves of two platforms on a hub: two of them, the first of each."""
    star = network([("hub", f"leaf{number}") for number in range(4)], leaf2="huawei", leaf3="huawei")
    assert slice_of(star) == ("hub", "leaf0", "leaf2")


def test_a_pattern_far_away_brings_its_way_with_it():
    """The only one of its kind hangs on a site like another: that one stays too."""
    lines = [("hub", "mid1"), ("hub", "mid2"), ("mid1", "leaf1"), ("mid2", "leaf2")]
    assert slice_of(network(lines)) == ("hub", "mid1", "leaf1")
    assert slice_of(network(lines, leaf2="huawei")) == ("hub", "mid1", "mid2", "leaf1", "leaf2")


def test_another_number_of_lines_is_another_pattern():
    """Two lines to the hub are not one."""
    inventory = network([("hub", "leaf1"), ("hub", "leaf2")])
    second = Line("again", LineKind.CIRCUIT, End("hub", "x"), End("leaf2", "x"))
    assert slice_of(inventory) == ("hub", "leaf1")
    assert slice_of(replace(inventory, lines={**inventory.lines, "again": second})) == ("hub", "leaf1", "leaf2")


def test_devices_that_are_named_are_all_that_there_is():
    """A slice of a part has nothing from outside it."""
    star = network([("hub", f"leaf{number}") for number in range(4)], leaf2="huawei")
    assert slice_of(star, {"hub", "leaf1", "leaf3"}) == ("hub", "leaf1")
    assert slice_of(star, {"leaf0", "leaf2"}) == ("leaf0", "leaf2")
    assert slice_of(star, ()) == ()


@pytest.mark.parametrize("name", ["lianyuan", "shangrao"])
def test_a_slice_of_an_example_has_all_its_makes_and_hangs_together(name):
    """Every platform in every role, fewer devices, no part cut off; twice the same."""
    inventory = workspace.load(EXAMPLES / name, platforms=platforms()).inventory
    names = slice_of(inventory)
    kinds = {(device.platform, device.role) for device in inventory.devices.values()}
    assert {(inventory.devices[one].platform, inventory.devices[one].role) for one in names} == kinds
    assert len(names) < len(inventory.devices)
    assert slice_of(inventory) == names
    # What hangs together in the network hangs together in its slice.
    whole, part = roots(inventory, tuple(inventory.devices)), roots(inventory, names)
    assert len(set(part.values())) == len({whole[one] for one in names})


def roots(inventory, names):
    """For each device one that stands for its part: those that lines lead to."""
    whose = {name: name for name in names}

    def root(name):
        while whose[name] != name:
            name = whose[name]
        return name

    for line in inventory.lines.values():
        if len(line.devices) == 2 and set(line.devices) <= set(names):
            whose[root(line.devices[0])] = root(line.devices[1])
    return {name: root(name) for name in names}
