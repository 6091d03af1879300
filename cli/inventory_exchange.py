"""`govnet inventory import` and `govnet inventory export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, choice, command, page, print_json, print_table, talk
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

TABLES = ("regions", "units", "sites", "devices", "links", "systems")
FORMATS = ("csv", "xlsx", "json")


def register(group: typer.Typer) -> None:
    """Add both commands to `inventory`."""
    _register_export(group)
    _register_import(group)


def _register_import(group: typer.Typer) -> None:
    @command(
        group,
        "import",
        mark("Merge a CSV or XLSX table into the workspace: shows what would change, writes with --commit."),
        [
            "govnet inventory import export/inventory.xlsx --as devices",
            "govnet inventory import export/inventory.xlsx --as sites --commit",
        ],
    )
    def import_(
        file: Annotated[
            Path, typer.Argument(help=tr(mark("The table; Chinese headings are understood.")), metavar="FILE")
        ],
        table: Annotated[str, typer.Option("--as", help=tr(mark("Which table it is:")) + " " + ", ".join(TABLES))],
        commit: Annotated[
            bool, typer.Option("--commit", help=tr(mark("Write it. Without it nothing is changed.")))
        ] = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.dialects import platforms  # noqa: PLC0415 - start-up time
        from inventory import exchange  # noqa: PLC0415 - start-up time

        choice("--as", table, TABLES)
        merged = exchange.merge(workspace, file, table, platforms=platforms())
        written = commit and not merged.empty
        if written:
            exchange.write(workspace, merged)
        if as_json:
            print_json(
                {
                    "file": merged.file,
                    "added": list(merged.added),
                    "changed": [exchange.as_json(cell) for cell in merged.changed],
                    "same": merged.same,
                    "written": written,
                }
            )
            return
        rows = [("+", name, "", "", "") for name in merged.added]
        rows += [("~", cell.name, cell.column, cell.old, cell.new) for cell in merged.changed]
        if rows:
            print_table(merged.file, ["", mark("name"), mark("column"), mark("old"), mark("new")], rows)
        page().print(
            tr(
                "{added} rows added, {changed} values changed, {same} rows the same",
                added=len(merged.added),
                changed=len(merged.changed),
                same=merged.same,
            ),
            markup=False,
        )
        if written:
            talk().print(tr("written: {file}", file=workspace / merged.file), markup=False, soft_wrap=True)
        elif not merged.empty:
            talk().print(tr("nothing was written; --commit writes it"), markup=False)


def _register_export(group: typer.Typer) -> None:
    @command(
        group,
        "export",
        mark("Write the inventory as CSV tables, an XLSX workbook or JSON."),
        ["govnet inventory export --format xlsx --out export", "govnet inventory export --format json --out export"],
    )
    def export(
        out: Annotated[Path, typer.Option("--out", help=tr(mark("The folder to write into.")), metavar="DIR")],
        kind: Annotated[str, typer.Option("--format", help=", ".join(FORMATS))] = "csv",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from cli.common import load_workspace  # noqa: PLC0415 - start-up time
        from inventory import exchange  # noqa: PLC0415 - start-up time

        choice("--format", kind, FORMATS)
        inventory = load_workspace(workspace).inventory
        try:
            files = exchange.export(inventory, out, kind)
        except OSError as error:
            message = Message("it cannot be written: {reason}", reason=error.strerror)
            hint = Message("name a folder that you can write into")
            raise InputError([Problem("unwritable", message, hint, file=str(error.filename or out))]) from None
        if as_json:
            print_json({"files": [str(file) for file in files]})
            return
        for file in files:
            page().print(str(file), markup=False, soft_wrap=True)
