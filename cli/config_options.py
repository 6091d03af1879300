"""Arguments and options that the commands of re-addressing share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inventory.text import mark, tr

SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        help=tr(mark("Files or folders (one folder is one network), or archive: for the workspace's archive.")),
        metavar="SRC...",
        show_default=False,
    ),
]
MappingOption = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        "-m",
        metavar="M",
        help=tr(
            mark(
                "The mapping (CSV with at least old,new), or a folder with one <network>.csv each. Without it "
                "the workspace's plan/mapping.csv."
            )
        ),
    ),
]
PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        metavar="P.yaml",
        help=tr(
            mark("router_id, isis_net, rd_rt, names, descriptions: keep or rewrite each. Without it they are kept.")
        ),
    ),
]
PlatformOption = Annotated[
    str,
    typer.Option(
        "--platform",
        help=tr(mark("The platform of all files; without it each text is recognised by its form.")),
    ),
]
