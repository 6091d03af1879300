"""What every command shares: options, output on stdout and talk on stderr, errors, exit codes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.usage import Command, Group
from inventory.errors import ExitCode, GovnetError, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

    from inventory.model import Device, Workspace

WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", "-w", help=tr(mark("The workspace: a city's network as files.")), show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help=tr(mark("Print one JSON document on stdout.")))]
CommitOption = Annotated[
    bool, typer.Option("--commit", help=tr(mark("Really do it. Without it nothing on a device is changed.")))
]
HERE = Path()
LEAST = 5  # cells that a column of a table is left at least
ADDRESS = re.compile(r"[0-9a-fA-F]*[.:][0-9a-fA-F.:/]+$")
SHOWN = 200  # problems printed for people; a wrong column in a large table gives one a row


def app(help_text: str) -> typer.Typer:
    """A noun: a group of commands, one file each."""
    return typer.Typer(cls=Group, help=tr(help_text), no_args_is_help=True, add_completion=False)


def command(
    group: typer.Typer, name: str, help_text: str, examples: Sequence[str]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command with its help in the language in use and its examples below it.

    Every example is a complete line that starts with `govnet`; the documentation tests run them.
    """
    lines = "\n\n".join(f"  {example}" for example in examples)
    label = tr(mark("Example:")) if len(examples) == 1 else tr(mark("Examples:"))
    return group.command(name, cls=Command, help=tr(help_text), epilog=f"{label}\n\n{lines}")


def load_workspace(root: Path) -> Workspace:
    """The workspace at `root`, its platforms checked against the dialects; InputError with every problem."""
    from configs.dialects import platforms  # noqa: PLC0415 - start-up time
    from inventory.workspace import load  # noqa: PLC0415 - start-up time

    return load(root, platforms=platforms())


def some(devices: list[Device], where: str) -> list[Device]:
    """The devices, if there are any; InputError if a filter left none: a typing error must not look like success."""
    if not devices:
        raise InputError(
            [
                Problem(
                    "no-device",
                    Message("no device matches “{where}”", where=where) if where else Message("there are no devices"),
                    Message("see the devices with: govnet inventory list devices"),
                    column="--where" if where else "",
                )
            ]
        )
    return devices


def choice(option: str, value: str, choices: Iterable[str]) -> None:
    """InputError if an option's value is none of those that there are."""
    known = tuple(choices)
    if value in known:
        return
    from inventory.nearest import nearest  # noqa: PLC0415 - only for this complaint

    near = nearest(value, known)
    names = ", ".join(known)
    hint = Message("did you mean “{name}”?", name=near) if near else Message("write one of: {names}", names=names)
    message = Message("“{text}” is none of: {names}", text=value, names=names)
    raise InputError([Problem("bad-choice", message, hint, file=option)])


def talk() -> Console:
    """The console for people, on stderr: progress, notes, warnings. Colours obey NO_COLOR and the terminal."""
    from rich.console import Console  # noqa: PLC0415 - start-up time: only commands that print need it

    return Console(stderr=True, highlight=False, emoji=False)


def page() -> Console:
    """The console for results, on stdout. Without a terminal it is wide enough not to cut a table's cells."""
    from rich.console import Console  # noqa: PLC0415 - as above

    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)


def print_json(document: Any) -> None:
    """One JSON document on stdout: UTF-8, two spaces, keys as they are."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout. Headings are message ids; cells are shown as `str` gives them."""
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console = page()
    headings = [tr(column) for column in columns]
    cells = [[str(cell) for cell in row] for row in rows]
    whole = _unbroken(headings, cells, console.width)
    table = Table(title=title or None, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=number in whole)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _unbroken(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> set[int]:
    """The columns that stay whole while there is room: the first one (names), then those of addresses."""
    from rich.cells import cell_len  # noqa: PLC0415 - as above

    room = width - 1 - len(headings) * (3 + LEAST)
    whole = set()
    for number, heading in enumerate(headings):
        cells = [row[number] for row in rows if row[number]]
        if any(" " in cell or "\n" in cell for cell in cells):
            continue
        if number and not all(ADDRESS.match(cell) for cell in cells):
            continue
        wide = max(cell_len(cell) for cell in (heading, *cells)) - LEAST
        if wide <= room:
            whole.add(number)
            room -= max(wide, 0)
    return whole


def fail(error: GovnetError, *, as_json: bool) -> ExitCode:
    """Say what went wrong (stderr for people, stdout as JSON); returns the exit code."""
    if as_json:
        print_json({"ok": False, "error": error.as_json()})
        return error.exit_code
    console = talk()
    if isinstance(error, InputError):
        for problem in error.problems[:SHOWN]:
            console.print(problem.in_language(language()), markup=False, soft_wrap=True)
        if len(error.problems) > SHOWN:
            console.print(tr("… and {count} more; --json shows all", count=len(error.problems) - SHOWN), markup=False)
        console.print(tr("problems: {count}", count=len(error.problems)), style="bold red", markup=False)
        return error.exit_code
    device = getattr(error, "device", "")
    head = f"{device}: {error.message}" if device else str(error.message)
    console.print(head, style="red", markup=False, soft_wrap=True)
    if str(error.hint):
        console.print("  " + tr("hint: {hint}", hint=error.hint), markup=False, soft_wrap=True)
    return error.exit_code
