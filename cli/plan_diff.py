"""`govnet plan diff`: what differs between this plan and another one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, print_json
from cli.plan_common import load_plan, print_changes
from inventory.errors import ExitCode
from inventory.text import mark, tr


def register(group: typer.Typer) -> None:
    """Add `plan diff`."""

    @command(
        group,
        "diff",
        mark(
            "Compare plan/plan.csv with another plan: what has to happen to get from this one to the other. "
            "Exit 1 if they differ."
        ),
        ["govnet plan diff ../lianyuan-next/plan/plan.csv", "govnet plan diff other.csv --json"],
    )
    def diff(
        other: Annotated[Path, typer.Argument(help=tr(mark("The other plan's plan.csv.")), metavar="OTHER")],
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan import changes, plan  # noqa: PLC0415 - start-up time

        found = changes.compare(load_plan(workspace), plan.read(other))
        if as_json:
            print_json({"ok": True, **found.as_json()})
        else:
            print_changes(found)
        if not found.empty:
            raise typer.Exit(ExitCode.FINDINGS)
