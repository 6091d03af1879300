"""What the verbs of `govnet audit` share: where configurations come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from pathlib import Path

    from audits.model import Document
    from inventory.model import Workspace

ARCHIVE = "archive:"
Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SRC…",
        help=tr(mark("Files or folders with configurations, or archive: (the workspace's archive, the default).")),
        show_default=False,
    ),
]
Platform = Annotated[
    str,
    typer.Option(
        "--platform", help=tr(mark("The platform of all files; without it each text is recognised by its form."))
    ),
]


def gather(sources: list[str] | None, platform: str, root: Path) -> tuple[list[Document], Workspace | None]:
    """The documents, and the workspace if the sources need one or the folder is one. InputError for bad input."""
    from audits import sources as audit_sources  # noqa: PLC0415 - start-up time
    from configs import dialects  # noqa: PLC0415 - as above
    from inventory import workspace as workspaces  # noqa: PLC0415 - as above

    if platform and platform not in dialects.platforms():
        raise InputError(
            [
                Problem(
                    code="unknown-platform",
                    message=Message("there is no dialect for the platform “{platform}”", platform=platform),
                    hint=Message("write one of: {names}", names=", ".join(sorted(dialects.platforms()))),
                    column="--platform",
                )
            ]
        )
    chosen = sources or [ARCHIVE]
    needed = ARCHIVE in chosen
    workspace = workspaces.load(root, platforms=dialects.platforms()) if needed else None
    return audit_sources.gather(chosen, platform=platform, workspace=workspace), workspace
