"""Jobs: what is done at a site in one go, and which other jobs must be done before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inventory.model import Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inventory.model import Inventory
    from ipplan.stages_items import Item, Waits
    from ipplan.stages_tree import Paths

Job: TypeAlias = tuple[str, int]  # a site and a phase: 0 to temporary prefixes, 1 to the last ones


def jobs(items: Iterable[Item], waits: Waits, inventory: Inventory, paths: Paths) -> dict[Job, list[Job]]:
    """What each site's job needs: the sites behind it, those that stand where it goes, its own temporary phase.

    The order is the one in which people would like to go: a county's sites together, the far ones first.
    """
    needs: dict[Job, dict[Job, None]] = {(item.site, item.phase): {} for item in items}
    last = {site for site, phase in needs if phase == 1}
    for site in last:
        if (site, 0) in needs:
            needs[site, 1][site, 0] = None
    for above, behind in paths.nearest_above(last):
        needs[above, 1][behind, 1] = None
    for item in items:
        for need in waits.of(item):
            if (need.site, need.phase) != (item.site, item.phase):
                needs[item.site, item.phase][need.site, need.phase] = None
    order = sorted(needs, key=lambda job: (*place(job[0], inventory), -paths.depth(job[0]), job[1], job[0]))
    return {job: list(needs[job]) for job in order}


def place(site: str, inventory: Inventory) -> tuple[str, str]:
    """The code of a site's county (of what is above it where there is none) and of its region."""
    row = inventory.sites.get(site)
    if row is None:
        return ("", "")
    chain = inventory.region_chain(row.region)
    county = next((region.code for region in chain if region.level is Level.COUNTY), "")
    above = next((region.code for region in chain if region.level in (Level.CITY, Level.PROVINCE)), "")
    return (county or above or row.region, row.region)
