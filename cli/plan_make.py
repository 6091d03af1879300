"""`govnet plan make`: the address plan from the inventory and the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json
from cli.plan_common import PLAN, load_inventory, load_plan, load_policy, print_changes, print_warnings
from inventory.errors import ExitCode
from inventory.text import mark, tr

if TYPE_CHECKING:
    from ipplan.changes import Changes


def register(group: typer.Typer) -> None:
    """Add `plan make`."""

    @command(
        group,
        "make",
        mark(
            "Plan the addresses and write plan/plan.csv. What stands in it stays where it is; what is new is added, "
            "what is gone is removed. Nothing moves without --allow-moves."
        ),
        ["govnet plan make", "govnet plan make --check --json", "govnet plan make -w lianyuan --allow-moves"],
    )
    def make(
        workspace: WorkspaceOption = HERE,
        allow_moves: Annotated[
            bool, typer.Option("--allow-moves", help=tr(mark("Move allocations that cannot stay where they are.")))
        ] = False,
        check: Annotated[
            bool, typer.Option("--check", help=tr(mark("Write nothing; exit 1 if the plan would change.")))
        ] = False,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan import allocate, changes, demands, plan  # noqa: PLC0415 - start-up time

        inventory, policy = load_inventory(workspace), load_policy(workspace)
        locked = load_plan(workspace) if (workspace / PLAN).exists() else plan.Plan()
        made = allocate.make(inventory, policy, locked, allow_moves=allow_moves)
        found = changes.compare(locked, made)
        if not check and (not found.empty or not (workspace / PLAN).exists()):
            plan.write(made, workspace / PLAN)
        warnings = demands.idle(inventory, policy)
        if as_json:
            told = [warning.as_json() for warning in warnings]
            written = not check and not found.empty
            print_json({"ok": True, "file": PLAN, "written": written, **found.as_json(), "warnings": told})
        else:
            print_warnings(warnings)
            _tell(found, check=check)
        if check and not found.empty:
            raise typer.Exit(ExitCode.FINDINGS)


def _tell(found: Changes, *, check: bool) -> None:
    print_changes(found)
    if found.empty:
        text = tr("{file} is up to date", file=PLAN)
    elif check:
        text = tr("{file} would change", file=PLAN)
    else:
        text = tr("{file} is written", file=PLAN)
    page().print(text, markup=False)
