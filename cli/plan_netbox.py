"""`govnet plan netbox`: the plan into NetBox; a dry run until `--commit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, CommitOption, JsonOption, WorkspaceOption, command, page, print_json, print_table
from cli.plan_export import load_material
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.secrets import Secret
    from ipplan.views.netbox_push import Report

_SHOWN = 40


def register(group: typer.Typer) -> None:
    """Add `plan netbox`."""

    @command(
        group,
        "netbox",
        mark(
            "Bring the plan into a NetBox: regions, tenants, sites, VRFs, prefixes, addresses. What is missing is "
            "created, what differs is updated, nothing is deleted. Shows what it would do; --commit does it."
        ),
        [
            "govnet plan netbox http://127.0.0.1:8000 --token env:NETBOX_TOKEN",
            "govnet plan netbox http://127.0.0.1:8000 --token file:secrets/netbox --commit",
        ],
    )
    def netbox(
        url: Annotated[str, typer.Argument(help=tr(mark("NetBox's address.")), metavar="URL")],
        token: Annotated[
            str,
            typer.Option(
                "--token",
                help=tr(mark("Where the API token is: env:NAME, file:PATH, age:… or vault:….")),
                metavar="REF",
            ),
        ],
        workspace: WorkspaceOption = HERE,
        commit: CommitOption = False,
        as_json: JsonOption = False,
    ) -> None:
        from ipplan.views import netbox_push  # noqa: PLC0415 - start-up time

        secret = _secret(token, workspace)
        report = netbox_push.push(load_material(workspace), url, secret, commit=commit)
        if as_json:
            print_json({"ok": True, "url": url, **report.as_json()})
        else:
            _tell(report)


def _secret(reference: str, root: Path) -> Secret:
    """The token; a text that is no reference is refused, because it would stand in the shell's history."""
    from inventory.secrets import SecretRef  # noqa: PLC0415 - start-up time

    try:
        found = SecretRef.parse(reference)
    except ValueError:
        message = Message("this is no reference to a secret")
        hint = Message("put the token into a variable or a file, and write env:NAME or file:PATH")
        raise InputError([Problem("bad-secret-reference", message, hint, column="--token")]) from None
    return found.resolve(root)


def _tell(report: Report) -> None:
    rows = [
        (
            action.kind,
            action.name,
            tr(_VERBS[action.verb]),
            "; ".join(_change(*change) for change in action.changes.items()),
        )
        for action in report.actions
        if action.verb != "leave"
    ]
    if rows:
        print_table("", (mark("kind"), mark("object"), mark("what"), mark("changes")), rows[:_SHOWN])
        if len(rows) > _SHOWN:
            page().print(tr("… and {count} more (--json lists all)", count=len(rows) - _SHOWN), markup=False)
    for kind, counts in report.counts().items():
        page().print(tr("{kind}: create {create}, update {update}, leave {leave}", kind=kind, **counts), markup=False)
    if report.empty:
        text = tr(mark("NetBox has all of it already"))
    elif report.committed:
        text = tr(mark("done"))
    else:
        text = tr(mark("nothing was changed; --commit does it"))
    page().print(text, markup=False)


_VERBS = {"create": mark("create"), "update": mark("update"), "leave": mark("leave")}


def _change(name: str, values: tuple[object, object]) -> str:
    return f"{name}: {values[0]} → {values[1]}"
