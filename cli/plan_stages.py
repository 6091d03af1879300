"""`govnet plan stages`: the order of the renumbering, for people and for the rollout."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.plan_common import load_inventory, load_plan, policy_if_any
from cli.plan_map import load_mapping
from inventory.errors import ExitCode, InputError
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from ipplan.stages_model import Stages


def register(group: typer.Typer) -> None:
    """Add `plan stages`."""

    @command(
        group,
        "stages",
        mark(
            "Order the renumbering of plan/mapping.csv: add, verify, prefer, drain, remove, per site and device, the "
            "management path last, in waves. Exit 1 if something is in no stage, or a stage alone does not do it."
        ),
        [
            "govnet plan stages --max-in-flight 8",
            "govnet plan stages --out plan/stages.yaml",
            "govnet plan stages --root core-city --json",
        ],
    )
    def stages(
        out: Annotated[
            Path | None,
            typer.Option("--out", help=tr(mark("Write the stages as YAML, for the rollout.")), metavar="FILE"),
        ] = None,
        max_in_flight: Annotated[
            int, typer.Option("--max-in-flight", min=1, help=tr(mark("How many sites may be in flight at a time.")))
        ] = 8,
        root: Annotated[
            str, typer.Option("--root", help=tr(mark("The device that the others are managed from.")), metavar="DEVICE")
        ] = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan import mapping_collisions, mapping_temporaries  # noqa: PLC0415 - start-up time
        from ipplan import stages as planning  # noqa: PLC0415 - as above

        inventory, plan, mapping = load_inventory(workspace), load_plan(workspace), load_mapping(workspace)
        foreign = mapping_temporaries.untouchable(inventory, policy_if_any(workspace))
        migration = mapping_collisions.migration(mapping, plan, foreign)
        if migration.blocked:
            raise InputError(migration.blocked)
        made = planning.make(mapping, migration, inventory, max_in_flight=max_in_flight, root=root)
        if out is not None:
            planning.write(made, out)
        if as_json:
            print_json(
                {
                    "ok": not made.unplaced,
                    "file": str(out) if out is not None else None,
                    **made.as_json(),
                    "unplaced": [problem.as_json() for problem in made.unplaced],
                }
            )
        else:
            _tell(made, out)
        if made.unplaced:
            raise typer.Exit(ExitCode.FINDINGS)


def _tell(stages: Stages, out: Path | None) -> None:
    steps = Counter(step.wave for step in stages.steps)
    rows = (
        (wave.number, wave.name, len(wave.sites), steps[wave.number], ", ".join(wave.sites)) for wave in stages.waves
    )
    columns = (mark("wave"), mark("region"), mark("sites"), mark("steps"), mark("names"))
    print_table("", columns, rows)
    page().print(
        tr(
            "{steps} steps in {waves} waves, at most {limit} sites in flight, managed from {root}",
            steps=len(stages.steps),
            waves=len(stages.waves),
            limit=stages.max_in_flight,
            root=stages.root,
        ),
        markup=False,
        soft_wrap=True,
    )
    console = talk()
    for problem in stages.unplaced:
        console.print(problem.in_language(language()), markup=False, soft_wrap=True)
    if out is not None:
        console.print(tr("written: {file}", file=out), markup=False, soft_wrap=True)
