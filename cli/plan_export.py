"""`govnet plan export`: what people take away from the plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.plan_common import PLAN, POLICY, load_plan, load_policy
from inventory.text import mark, tr

if TYPE_CHECKING:
    from ipplan.views.export import Exported
    from ipplan.views.material import Material

FORMATS = "xlsx,csv,mapping,requests,dns,kea,netbox,map"


def register(group: typer.Typer) -> None:
    """Add `plan export`."""

    @command(
        group,
        "export",
        mark(
            "Write what people take away from the plan: address book (xlsx, csv), old → new sheets (mapping), firewall "
            "and NAT requests for other departments (requests), DNS zones (dns), Kea DHCP configuration (kea), NetBox "
            "import files (netbox), Hilbert maps (map)."
        ),
        [
            "govnet plan export --out handover",
            "govnet plan export --format xlsx,map --out handover",
            "govnet plan export --format dns --out zones --json",
        ],
    )
    def export(
        out: Annotated[Path, typer.Option("--out", "-o", help=tr(mark("The folder to write to.")))],
        formats: Annotated[
            str,
            typer.Option(
                "--format",
                help=tr(
                    mark("What to write, separated by commas: {names}. Without it, all that can be made."),
                    names=FORMATS,
                ),
                metavar="FORMATS",
            ),
        ] = "",
        wave: Annotated[
            int | None,
            typer.Option(
                "--wave",
                min=1,
                help=tr(mark("Of the DNS zones only the set for the state after this wave of plan/stages.yaml.")),
                metavar="N",
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan.views import export as exporting  # noqa: PLC0415 - start-up time

        names = exporting.views(formats or "all")
        asked = bool(formats) and "all" not in formats.split(",")
        made = exporting.export(replace(load_material(workspace), wave=wave), names, out, asked=asked)
        if as_json:
            print_json({"ok": True, "folder": str(out), **made.as_json()})
        else:
            _tell(made, out)


def load_material(root: Path) -> Material:
    """What the views of a workspace are made from."""
    from configs.dialects import platforms  # noqa: PLC0415 - start-up time
    from inventory import workspace  # noqa: PLC0415 - start-up time
    from ipplan.views import material  # noqa: PLC0415 - start-up time

    loaded = workspace.load(root, platforms=platforms())
    plan = load_plan(root)
    policy = load_policy(root) if (root / POLICY).exists() else None
    return material.load(root, loaded, plan, policy)


def _tell(made: Exported, out: Path) -> None:
    from ipplan.views.registry import VIEWS  # noqa: PLC0415 - start-up time

    rows = [
        (name, tr(VIEWS[name].summary), len(files), files[0].name if len(files) == 1 else _folder(files[0].name))
        for name, files in made.files.items()
        if files
    ]
    print_table("", (mark("format"), mark("what it is"), mark("files"), mark("where")), rows)
    total = sum(len(files) for files in made.files.values())
    page().print(tr("{count} files from {plan} in {folder}", count=total, plan=PLAN, folder=out), markup=False)
    console = talk()
    for name in (name for name, files in made.files.items() if not files):
        console.print(tr("{name}: there is nothing to write", name=name), markup=False)
    for name, why in made.skipped.items():
        console.print(tr("{name}: left out: {why}", name=name, why=why), markup=False)
    if made.removed:
        console.print(tr("removed, no longer made: {names}", names=", ".join(made.removed)), markup=False)
    if made.stale:
        text = tr("kept, no longer made, but changed by somebody: {names}", names=", ".join(made.stale))
        console.print(text, style="yellow", markup=False)


def _folder(name: str) -> str:
    return name.split("/", 1)[0] + "/"
