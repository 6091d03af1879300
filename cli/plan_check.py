"""`govnet plan check`: is the address plan right, as it stands in the file?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json
from cli.plan_common import PLAN, load_inventory, load_plan, load_policy
from inventory.errors import InputError
from inventory.text import mark, tr

if TYPE_CHECKING:
    import typer


def register(group: typer.Typer) -> None:
    """Add `plan check`."""

    @command(
        group,
        "check",
        mark(
            "Check plan/plan.csv by itself, against the inventory and against the policy: overlaps (also between VRFs "
            "that exchange routes), prefixes outside their pool, broken summaries, public space that is not ours, "
            "local addresses that talk to central networks, collisions with addresses that devices have."
        ),
        ["govnet plan check", "govnet plan check -w lianyuan --json"],
    )
    def check(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        from ipplan import checks  # noqa: PLC0415 - start-up time

        inventory, policy, plan = load_inventory(workspace), load_policy(workspace), load_plan(workspace)
        problems = checks.check(plan, inventory, policy)
        if problems:
            raise InputError(problems)
        count = len(plan.allocations)
        if as_json:
            print_json({"ok": True, "file": PLAN, "allocations": count, "blocks": len(plan.blocks)})
        else:
            page().print(tr("no problems: {count} allocations in {file}", count=count, file=PLAN), markup=False)
