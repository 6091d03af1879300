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

Packs = Annotated[
    list[str] | None,
    typer.Option(
        "--pack",
        help=tr(mark("Rules by name or file, several with commas or by repeating it; see `govnet audit rules list`.")),
        show_default=False,
    ),
]
LevelOption = Annotated[
    int | None,
    typer.Option("--level", help=tr(mark("Protection level: 2 or 3, like --pack mlps-2 or mlps-3.")), show_default="3"),
]
Day = Annotated[
    str,
    typer.Option(
        "--date",
        help=tr(mark("The day of the check, by which waivers and attestations end; today if not given.")),
        show_default=False,
    ),
]


def check_day(text: str, option: str = "--date") -> str:
    """A day as it was given, or today. InputError for what is no day."""
    from datetime import UTC, datetime  # noqa: PLC0415 - start-up time

    from audits.forms import is_day  # noqa: PLC0415 - as above

    if not text:
        return datetime.now(UTC).astimezone().date().isoformat()
    if is_day(text):
        return text
    message = Message("“{text}” is not a day, like 2026-11-21", text=text)
    raise InputError([Problem("bad-date", message, Message("write year, month and day with hyphens"), column=option)])


def check_level(level: int | None) -> None:
    """InputError for a level that there are no rules for."""
    from audits.pack import LEVELS  # noqa: PLC0415 - start-up time

    if level is not None and level not in LEVELS:
        message = Message("there are rules for the levels 2 and 3 only")
        raise InputError([Problem("bad-level", message, Message("write --level 2 or --level 3"), column="--level")])


def own_files(root: Path) -> Path | None:
    """The workspace whose rules, profile, waivers and attestations count; None if `root` is no workspace."""
    return root if (root / "govnet.yaml").is_file() else None


def gather(
    sources: list[str] | None, platform: str, root: Path, *, around: bool = False
) -> tuple[list[Document], Workspace | None]:
    """The documents, and the workspace if the sources need one. InputError for bad input.

    `around`: the workspace of `root` also where files are given; what is named after a device is that device's.
    """
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
    # A folder with govnet.yaml and rules, but without an inventory, is enough to audit files.
    needed = ARCHIVE in chosen or (around and own_files(root) is not None and (root / "inventory").is_dir())
    workspace = workspaces.load(root, platforms=dialects.platforms()) if needed else None
    documents = audit_sources.gather(chosen, platform=platform, workspace=workspace)
    if around and workspace is not None:
        documents = audit_sources.named(documents, workspace.inventory)
    return documents, workspace
