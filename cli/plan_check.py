"""`govnet plan check`: is the address plan right, as it stands in the file?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json
from cli.plan_common import PLAN, load_inventory, load_plan, load_policy, print_warnings
from cli.plan_map import MAPPING, load_current, load_hosts, load_mapping
from inventory.errors import FindingsError
from inventory.text import mark, tr

if TYPE_CHECKING:
    from pathlib import Path

    import typer

    from inventory.errors import Problem
    from inventory.model import Inventory
    from ipplan.mapping_collisions import Migration
    from ipplan.plan import Plan
    from ipplan.policy import Policy


def register(group: typer.Typer) -> None:
    """Add `plan check`."""

    @command(
        group,
        "check",
        mark(
            "Check plan/plan.csv by itself, against the inventory and against the policy: overlaps (also between VRFs "
            "that exchange routes), prefixes outside their pool, broken summaries, public space that is not ours, "
            "local addresses that talk to central networks, collisions with addresses that devices have. Where there "
            "is a mapping (plan/mapping.csv) or a table of today (plan/current.csv), also: old and new addresses that "
            "would be in each other's place while both are in use. Exit 1 if anything is wrong, 2 if a "
            "file cannot be used."
        ),
        ["govnet plan check", "govnet plan check -w lianyuan --json"],
    )
    def check(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        from ipplan import checks, demands  # noqa: PLC0415 - start-up time

        inventory, policy, plan = load_inventory(workspace), load_policy(workspace), load_plan(workspace)
        problems = checks.check(plan, inventory, policy)
        migration, collisions = _migration(workspace, inventory, policy, plan)
        problems += collisions
        if problems:
            raise FindingsError(problems)
        warnings = demands.idle(inventory, policy)
        count = len(plan.allocations)
        if as_json:
            counts = {"allocations": count, "blocks": len(plan.blocks)}
            shown = migration.as_json() if migration is not None else None
            told = [warning.as_json() for warning in warnings]
            print_json({"ok": True, "file": PLAN, **counts, "migration": shown, "warnings": told})
            return
        print_warnings(warnings)
        page().print(tr("no problems: {count} allocations in {file}", count=count, file=PLAN), markup=False)
        if migration is not None:
            _tell(migration)


def _migration(
    root: Path, inventory: Inventory, policy: Policy, plan: Plan
) -> tuple[Migration | None, tuple[Problem, ...]]:
    """How old and new addresses get past each other, by the mapping, else by today's table; None without either.

    And where they do not: two that go to one place, and places that never become free.
    """
    from ipplan import (  # noqa: PLC0415 - start-up time
        current,
        mapping_build,
        mapping_check,
        mapping_collisions,
        mapping_temporaries,
    )

    if (root / MAPPING).exists():
        mapping = load_mapping(root)
        clashes = mapping_check.verify(mapping)
    elif current.find(root) is not None:
        today = load_current(root, inventory, plan, policy)
        built = mapping_build.build(today, plan, load_hosts(root), inventory=inventory, policy=policy)
        mapping, clashes = built.mapping, tuple(problem for problem in built.refused if problem.code == "clash")
    else:
        return None, ()
    migration = mapping_collisions.migration(mapping, plan, mapping_temporaries.untouchable(inventory, policy))
    return migration, (*clashes, *migration.blocked)


def _tell(migration: Migration) -> None:
    text = tr(
        "old and new addresses: {moves} prefixes move, {waiting} of them wait for others, {cycles} circles are broken "
        "by {temporary} temporary prefixes",
        moves=len(migration.order),
        waiting=sum(1 for move in migration.order if move.needs),
        cycles=len(migration.cycles),
        temporary=sum(1 for move in migration.order if move.temporary is not None),
    )
    page().print(text, markup=False)
