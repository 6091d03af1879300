"""Who goes when: sites in waves, far ones before those that they are reached over. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.rollout.policy import FILE
from inventory.errors import InputError, Problem
from inventory.nearest import nearest
from inventory.text import Message
from ipplan.stages_tree import Paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from configs.rollout.policy import Policy
    from inventory.model import Inventory


@dataclass(frozen=True, slots=True)
class Stop:
    """One site of a wave: its devices in the order in which they are changed, and the zone whose worker does it."""

    site: str
    devices: tuple[str, ...]
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Wave:
    """Sites changed together. `title` is a region's name where the wave is a region's, else empty."""

    number: int
    sites: tuple[Stop, ...]
    title: str = ""

    @property
    def devices(self) -> tuple[str, ...]:
        """The wave's devices."""
        return tuple(device for stop in self.sites for device in stop.devices)


def waves(
    devices: Iterable[str], inventory: Inventory, policy: Policy, zones: Mapping[str, str] | None = None
) -> tuple[Wave, ...]:
    """The devices' sites in waves, as the policy says. `zones` is the zone of each device that has one.

    Inside a site, and among the sites, what is farther from the root of the network goes first: nobody changes the
    bridge that he still has to cross. InputError if the policy names a site that none of the devices stands at.
    """
    paths = Paths(inventory)
    by_site: dict[str, list[str]] = {}
    for name in devices:
        by_site.setdefault(inventory.devices[name].site, []).append(name)
    stops = {
        site: Stop(
            site, tuple(sorted(names, key=lambda name: (-paths.device_depth(name), name))), _zone(names, zones or {})
        )
        for site, names in by_site.items()
    }
    order = sorted(stops, key=lambda site: -paths.depth(site))
    order = [*_first(policy, stops), *(site for site in order if site not in policy.first)]
    groups: list[tuple[str, list[str]]] = []
    left = order
    for share in policy.waves:
        if share.count is None and share.percent is None:
            break
        size = share.of(len(order), len(left))
        groups.append(("", left[:size]))
        left = left[size:]
    groups += _by_region(left, inventory, policy) if policy.by else [("", left)]
    filled = [(title, sites) for title, sites in groups if sites]
    return tuple(
        Wave(number, tuple(stops[site] for site in sites), title) for number, (title, sites) in enumerate(filled, 1)
    )


def _zone(names: Iterable[str], zones: Mapping[str, str]) -> str:
    """A site's zone: that of its devices. A site is changed by one worker, so the first device decides."""
    return next((zones[name] for name in names if name in zones), "")


def _first(policy: Policy, stops: Mapping[str, Stop]) -> list[str]:
    unknown = [site for site in policy.first if site not in stops]
    if unknown:
        near = nearest(unknown[0], stops)
        raise InputError(
            [
                Problem(
                    "unknown-name",
                    Message("none of the chosen devices stands at the site “{name}”", name=name),
                    Message("did you mean “{name}”?", name=near)
                    if near
                    else Message("name sites of devices that take part, or take it out of the list"),
                    file=FILE,
                    column="first",
                )
                for name in unknown
            ]
        )
    return list(dict.fromkeys(policy.first))


def _by_region(sites: Iterable[str], inventory: Inventory, policy: Policy) -> list[tuple[str, list[str]]]:
    """The sites by their region of the policy's level, in the regions' order; those above that level at the end."""
    found: dict[str, list[str]] = {}
    for site in sites:
        chain = inventory.region_chain(inventory.sites[site].region)
        code = next((region.code for region in chain if region.level == policy.by), "")
        found.setdefault(code, []).append(site)
    order = [code for code in inventory.regions if code in found]
    return [(inventory.regions[code].name, found[code]) for code in order] + ([("", found[""])] if "" in found else [])
