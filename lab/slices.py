"""A slice of a network: one site of each pattern, and what it hangs on. Smaller to rehearse on, with all that occurs.

Two sites have the same pattern if their devices have the same platform and role, and the same lines: as many of each
kind, to devices of the same platform and role, in the same zone. Sites that hang on sites which are not kept bring
their way to the rest with them, so that a slice of a connected network is connected.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from inventory.model import Inventory, Line

Pattern: TypeAlias = tuple[object, ...]


def slice_of(inventory: Inventory, devices: Collection[str] | None = None) -> tuple[str, ...]:
    """The devices of a slice, in the inventory's order, always the same; of `devices` only, if they are given."""
    chosen = [name for name in inventory.devices if devices is None or name in devices]
    sites: dict[str, list[str]] = {}
    for name in chosen:
        sites.setdefault(inventory.devices[name].site, []).append(name)
    patterns = {site: _pattern(inventory, names) for site, names in sites.items()}
    near = _neighbours(inventory, sites)
    kept: dict[str, None] = {}
    seen: set[Pattern] = set()
    # The site with the most neighbours is the middle: ways to it are short.
    for site in sorted(sites, key=lambda name: -len(near[name])):
        if patterns[site] in seen:
            continue
        for step in _way(site, near, kept):
            _keep_around(step, near, patterns, kept, seen)
    return tuple(name for name in chosen if inventory.devices[name].site in kept)


def _keep_around(
    site: str,
    near: Mapping[str, Iterable[str]],
    patterns: Mapping[str, Pattern],
    kept: dict[str, None],
    seen: set[Pattern],
) -> None:
    """Keep a site, and of those behind it one of each pattern that has not been seen."""
    waiting = [site]
    while waiting:
        one = waiting.pop(0)
        kept[one] = None
        seen.add(patterns[one])
        for other in near[one]:
            if other not in kept and patterns[other] not in seen:
                seen.add(patterns[other])
                waiting.append(other)


def _way(site: str, near: Mapping[str, Iterable[str]], kept: Collection[str]) -> list[str]:
    """The sites from what is kept to a site, itself last, on a shortest way; itself alone if there is none."""
    before: dict[str, str] = {site: ""}
    waiting = [site]
    while waiting:
        one = waiting.pop(0)
        if one in kept:
            way = []
            while before[one]:
                one = before[one]
                way.append(one)
            return way
        for other in near[one]:
            if other not in before:
                before[other] = one
                waiting.append(other)
    return [site]


def _neighbours(inventory: Inventory, sites: Mapping[str, Iterable[str]]) -> dict[str, dict[str, None]]:
    near: dict[str, dict[str, None]] = {site: {} for site in sites}
    home = {name: site for site, names in sites.items() for name in names}
    for line in inventory.lines.values():
        ends = [home[name] for name in line.devices if name in home]
        if len(ends) == 2 and ends[0] != ends[1]:
            near[ends[0]][ends[1]] = None
            near[ends[1]][ends[0]] = None
    return near


def _pattern(inventory: Inventory, names: Iterable[str]) -> Pattern:
    devices = sorted(
        (
            inventory.devices[name].platform,
            inventory.devices[name].role,
            tuple(sorted(Counter(_kind(inventory, name, line) for line in inventory.lines_of(name)).items())),
        )
        for name in names
    )
    return tuple(devices)


def _kind(inventory: Inventory, device: str, line: Line) -> tuple[str, ...]:
    far, zone = line.far_end(device), inventory.zone_of(device, line.end_at(device).interface)
    other = None if far is None else inventory.devices[far.device]
    return (
        line.kind.value,
        "" if other is None else other.platform,
        "" if other is None else other.role,
        "" if zone is None else zone.name,
        inventory.vrf_of(line),
    )
