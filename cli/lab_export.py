"""`govnet lab export` and `check`: the lab as files for another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, talk
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from lab.export import Exported


def register(group: typer.Typer) -> None:
    """Add the verbs to `govnet lab`."""
    command(
        group,
        "export",
        mark("Write the lab as files for containerlab or netlab."),
        [
            "govnet lab export clab",
            "govnet lab export small --where 'role=core or name=rt-lantian'",
            "govnet lab export net --format netlab",
        ],
    )(export)
    command(
        group,
        "check",
        mark("Check a containerlab topology file: its form, nodes, links and addresses."),
        ["govnet lab check clab/lianyuan.clab.yml"],
    )(check)


def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help=tr(mark("A folder that does not exist yet.")), show_default=False)
    ],
    to: Annotated[
        str, typer.Option("--format", metavar="NAME", help=tr(mark("Whose files to write: containerlab or netlab.")))
    ] = "containerlab",
    where: Annotated[
        str, typer.Option("--where", help=tr(mark("Only these devices, e.g. role=township-router.")))
    ] = "",
    configs: Annotated[
        Path | None,
        typer.Option(
            "--configs",
            metavar="DIR",
            help=tr(mark("Configurations that devices run (DEVICE.*), for those that run as themselves.")),
        ),
    ] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help=tr(mark("Write the real secrets instead of invented ones.")))
    ] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the files."""
    from lab.export import export as write  # noqa: PLC0415 - start-up time

    done = write(workspace, to, folder, where=where, texts=configs, real_secrets=with_secrets)
    if as_json:
        print_json(_as_json(done))
        return
    console = talk()
    for item in done.substitutions:
        console.print(
            tr(
                "{device}: {stand_in} stands in for {platform}: {why}",
                device=item.device,
                stand_in=item.stand_in,
                platform=item.platform,
                why=item.why,
            ),
            markup=False,
            soft_wrap=True,
        )
    for note in done.notes:
        console.print(str(note), markup=False, soft_wrap=True)
    console.print(
        tr("{nodes} nodes and {links} links written and checked", nodes=done.nodes, links=done.links),
        style="green",
        markup=False,
    )
    page().print(str(done.entry), markup=False, soft_wrap=True)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr(mark("The topology file.")), show_default=False)],
    schema: Annotated[
        Path | None,
        typer.Option(
            "--schema",
            metavar="FILE",
            help=tr(mark("One more JSON schema to hold it against, e.g. containerlab's own clab.schema.json.")),
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a file; exit code 2 with every fault if it is not sound."""
    from lab.backends.containerlab.check import check as examine  # noqa: PLC0415 - start-up time

    document = examine(file, str(file), schema)
    nodes, links = len(document["topology"]["nodes"]), len(document["topology"].get("links") or ())
    if as_json:
        print_json({"ok": True, "file": str(file), "nodes": nodes, "links": links})
        return
    page().print(tr("{file} is sound: {nodes} nodes, {links} links", file=file, nodes=nodes, links=links), markup=False)


def _as_json(done: Exported) -> dict[str, Any]:
    return {
        "ok": True,
        "directory": str(done.directory),
        "file": str(done.entry),
        "files": list(done.files),
        "nodes": done.nodes,
        "links": done.links,
        "substitutions": [
            {"device": item.device, "platform": item.platform, "stand_in": item.stand_in, "why": both(item.why)}
            for item in done.substitutions
        ],
        "notes": [both(note) for note in done.notes],
    }


def both(message: Message) -> dict[str, str]:
    """A message in both languages."""
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}
