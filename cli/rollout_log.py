"""`govnet rollout log`: the operations log, its chain checked while it is read."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - Typer reads the annotations when it runs
from typing import Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, print_json, print_table
from inventory.text import mark, tr

DIGITS = 12  # of a digest


def register(group: typer.Typer) -> None:
    """Add `rollout log`."""

    @command(
        group,
        "log",
        mark(
            "The operations log: who, when, what, on which device, what came of it. A line that was changed, left out "
            "or cut off is an error that names its place."
        ),
        ["govnet rollout log", "govnet rollout log --since 2026-11-01 --json"],
    )
    def log(
        since: Annotated[
            datetime | None,
            typer.Option(
                "--since",
                formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
                help=tr(mark("Only what came from then on.")),
                show_default=False,
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.operations import Operations  # noqa: PLC0415 - start-up time

        every = list(Operations(workspace).entries())  # the whole chain, whatever of it is shown
        begin = since.astimezone() if since is not None else None
        entries = [entry for entry in every if begin is None or entry.at >= begin]
        if as_json:
            print_json({"ok": True, "lines": len(every), "entries": [entry.as_json() for entry in entries]})
            return
        print_table(
            "",
            (mark("number"), mark("when"), mark("who"), mark("what"), mark("about")),
            [
                (
                    entry.number,
                    f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}",
                    entry.who,
                    entry.what,
                    ", ".join(_brief(key, value) for key, value in entry.about.items() if value not in {"", 0}),
                )
                for entry in entries
            ],
        )


def _brief(key: str, value: object) -> str:
    """A fact as the table shows it: of a digest its beginning, which tells two apart; the file has the whole."""
    return f"{key} {str(value)[:DIGITS]}" if key == "digest" else f"{key} {value}"
