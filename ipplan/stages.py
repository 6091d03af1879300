"""The order of a renumbering: who does what on which device, what each step needs and what undoes it (RFC 4192).

For each site and each of its devices: lower the DNS TTLs and DHCP leases; **add** the new prefixes beside the old;
**verify** that they work from both ends; **prefer** the new ones (services, DNS, routes); **drain**: wait until nothing
uses the old; **remove** the old; raise the TTLs again. The address by which a device is managed comes last, and nothing
is removed on the lines that lead to a device before it has been reached at its new address (unless that address needs
the very space which such a line leaves: then the line's own new prefix has been verified).

Sites far from the root of the network come before those nearer to it. Never more than the given number of sites are
between their first and their last step at a time: a wave is begun when the one before it has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.sources import write_atomically
from ipplan.stages_bundles import Bundles, guards
from ipplan.stages_items import Waits, items
from ipplan.stages_jobs import jobs
from ipplan.stages_model import Stages
from ipplan.stages_steps import steps
from ipplan.stages_tree import Paths
from ipplan.stages_waves import waves

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.model import Inventory
    from ipplan.mapping import Mapping
    from ipplan.mapping_collisions import Migration

FILE = "plan/stages.yaml"
IN_FLIGHT = 8


def make(
    mapping: Mapping,
    migration: Migration,
    inventory: Inventory,
    *,
    max_in_flight: int = IN_FLIGHT,
    root: str = "",
) -> Stages:
    """The steps of a mapping's renumbering, in waves of at most `max_in_flight` sites.

    `root` is the device from which the others are managed; without it the one with the most circuits. InputError if
    steps wait for each other in a circle: it names them. RefusedError if sites must be in flight together and are
    more than `max_in_flight`.
    """
    paths = Paths(inventory, root)
    moving, unplaced = items(mapping, migration, inventory, paths)
    waits = Waits(moving, migration)
    in_waves = waves(jobs(moving, waits, inventory, paths), inventory, max_in_flight)
    wave_of = {job: wave.number for wave, members in in_waves for job in members}
    bundles = Bundles(moving, waits, wave_of)
    made = steps(bundles, guards(bundles, paths), wave_of)
    return Stages(max_in_flight, paths.root, tuple(wave for wave, _ in in_waves), made, tuple(unplaced))


def to_text(stages: Stages) -> str:
    """The stages as the text of stages.yaml; equal stages give equal text on any machine."""
    import yaml  # noqa: PLC0415 - start-up time

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(stages.as_json(), Dumper=dumper, allow_unicode=True, sort_keys=False, width=120)


def write(stages: Stages, path: Path) -> None:
    """Write stages.yaml atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, to_text(stages).encode())
