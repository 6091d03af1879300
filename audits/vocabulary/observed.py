"""Facts that no configuration tells: load, backups, the plan, who changed what.

`audits.evidence` observes them; `system` ones are said of the network as a whole.
"""

from __future__ import annotations

from audits.vocabulary.meaning import FactMeaning
from inventory.text import mark

_UNKNOWN = mark("No measurement or record tells")


def _fact(name: str, weak: str, sound: str) -> FactMeaning:
    return FactMeaning(name, weak, sound, _UNKNOWN)


MEANINGS = (
    # Prometheus
    _fact(
        "cpu_over_peak",
        mark("The processor is over its limit in the busiest hours"),
        mark("The processor stays below its limit in the busiest hours"),
    ),
    _fact(
        "memory_over_peak",
        mark("The memory is over its limit in the busiest hours"),
        mark("The memory stays below its limit in the busiest hours"),
    ),
    _fact(
        "bandwidth_over_peak",
        mark("A line or an interface is over its limit in the busiest hours"),
        mark("Lines and interfaces stay below their limit in the busiest hours"),
    ),
    _fact(
        "not_seen_lately",
        mark("The central monitoring has not seen the device lately"),
        mark("The central monitoring has seen the device lately"),
    ),
    _fact(
        "clock_not_synchronised",
        mark("The device's clock is not synchronised"),
        mark("The device's clock is synchronised"),
    ),
    # the archive
    _fact(
        "no_backup",
        mark("There is no backup of the configuration"),
        mark("There is a backup of the configuration"),
    ),
    _fact(
        "backup_old",
        mark("There is no backup of the configuration, or none lately"),
        mark("The configuration was backed up lately"),
    ),
    _fact(
        "config_differs_from_archive",
        mark("The device runs something else than the last backup"),
        mark("The device runs what the last backup holds"),
    ),
    # the plan and the inventory
    _fact(
        "address_outside_plan",
        mark("An address is configured that the plan does not have"),
        mark("Every address that is configured is in the plan"),
    ),
    _fact(
        "zone_outside_plan",
        mark("An interface has an address of another area than its zone"),
        mark("Every interface has an address of its zone's area"),
    ),
    _fact(
        "unplanned_exit",
        mark("There is a default route or a translation where no exit is planned"),
        mark("Default routes and translations are only where an exit is planned"),
    ),
    _fact(
        "no_spare_line",
        mark("The failure of one line cuts the device off"),
        mark("The device stays connected if any one of its lines fails"),
    ),
    # the rollouts' journal
    _fact(
        "changed_outside_rollout",
        mark("The configuration was changed and no rollout or push says so"),
        mark("Every change of the configuration belongs to a rollout or a push"),
    ),
    _fact(
        "change_not_confirmed",
        mark("The last change was not confirmed, or nobody knows how it ended"),
        mark("The last change was confirmed"),
    ),
    _fact(
        "operations_log_broken",
        mark("The log of who changed what is not as it was written"),
        mark("The log of who changed what is whole"),
    ),
)
