"""`govnet demo`: the main job, end to end, on virtual devices. The steps stand in `cli.demo_steps`."""

from __future__ import annotations

import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import JsonOption, command, page, print_json, print_table, talk
from cli.faults import reason
from cli.usage import ending
from inventory.errors import ExitCode, GovnetError, InputError, Problem, RefusedError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cli.demo_steps import Demo, Step
    from lab.backend import Fault

MARKER = ".govnet-demo"
# What belongs to a workspace's own life and not into a copy of it.
NOT_COPIED = (".lab", ".git", "archive", "reports", "state.db", "known_hosts")


def register(root: typer.Typer) -> None:
    """Add `govnet demo` to the root command."""
    command(
        root,
        "demo",
        mark("Run the main job end to end on virtual devices: plan, render, push, poll, audit."),
        ["govnet demo", "govnet demo --lab netns --json"],
    )(demo)


def demo(
    workspace: Annotated[
        Path | None,
        typer.Option(
            "--workspace",
            "-w",
            help=tr(mark("Run on a copy of this workspace instead of the example 涟源.")),
            metavar="DIR",
        ),
    ] = None,
    lab: Annotated[
        str, typer.Option("--lab", help=tr(mark("Where the devices run: emulated (no root) or netns (root).")))
    ] = "emulated",
    out: Annotated[
        Path, typer.Option("--out", help=tr(mark("The folder to work in; one that a demo made is made anew.")))
    ] = Path("govnet-demo"),
    level: Annotated[int, typer.Option("--level", min=2, max=3, help=tr(mark("Protection level of the audit.")))] = 3,
    fault: Annotated[
        list[str] | None,
        typer.Option("--fault", help=tr(mark("Make a device misbehave: DEVICE=down, mute, slow or wrong-password."))),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Parse, run the steps, print the story."""
    from cli import demo_steps  # noqa: PLC0415 - start-up time
    from cli.init import example_root  # noqa: PLC0415 - start-up time

    source = workspace or example_root() / "lianyuan"
    if not source.is_dir():
        raise InputError(
            [
                Problem(
                    "no-workspace",
                    Message("there is no workspace at {path}", path=source),
                    Message("name a folder with a govnet.yaml in it, or leave -w out"),
                )
            ]
        )
    faults = demo_steps.read_faults(fault or ())
    _check_names(source, lab, faults)
    directory = prepare(source, out)
    run = demo_steps.Demo(directory, lab, level, faults)
    with ending(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        try:
            with _progress(run, quiet=as_json) as tell:
                steps = demo_steps.run_all(run, tell)
        finally:
            demo_steps.end_lab(run)
    code = next((step.code for step in steps if step.code), ExitCode.DONE)
    if as_json:
        print_json(
            {
                "ok": code is ExitCode.DONE,
                "lab": lab,
                "steps": [
                    {"name": step.name, "ok": step.ok, "seconds": round(step.seconds, 2), "detail": step.detail}
                    for step in steps
                ],
                "artifacts": run.artifacts,
            }
        )
    else:
        _print_story(run, steps)
    raise typer.Exit(code)


def _check_names(source: Path, lab: str, faults: Mapping[str, Fault]) -> None:
    """The names on the command line, before anything is made; a faulty workspace is the first step's to tell."""
    from inventory import workspace  # noqa: PLC0415 - start-up time
    from inventory.nearest import nearest  # noqa: PLC0415 - start-up time
    from lab.backend import backend  # noqa: PLC0415 - start-up time

    backend(lab)
    loaded, _problems = workspace.read(source)
    if loaded is None:
        return
    problems = []
    for name in faults:
        if name not in loaded.inventory.devices:
            close = nearest(name, loaded.inventory.devices)
            hint = Message("did you mean “{name}”?", name=close) if close else Message("")
            message = Message("there is no device “{name}”", name=name)
            problems.append(Problem("unknown-device", message, hint, column="--fault"))
    if problems:
        raise InputError(problems)


def prepare(source: Path, out: Path) -> Path:
    """A fresh copy of the workspace.

    A folder that a demo made before is replaced; any other that is not empty is refused.
    """
    directory = out.absolute()
    try:
        return _prepared(source, directory)
    except OSError as error:
        raise GovnetError(
            Message("the demo cannot work in {path}: {why}", path=directory, why=reason(error)),
            Message("name another folder with --out"),
        ) from error


def _prepared(source: Path, directory: Path) -> Path:
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARKER).exists():
            raise RefusedError(
                Message("{path} is not empty, and no demo made it", path=directory),
                Message("name another folder with --out"),
            )
        from lab.control import down  # noqa: PLC0415 - start-up time

        down(directory)
        shutil.rmtree(directory)
    shutil.copytree(source, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (directory / MARKER).write_text("govnet demo made this folder and may replace it.\n", encoding="utf-8")
    return directory


@contextmanager
def _progress(run: Demo, *, quiet: bool) -> Iterator[Callable[[Step, bool], None]]:
    """A function that is told when a step begins and when it ended; draws a bar on a terminal, lines elsewhere."""
    if quiet:
        yield lambda _step, _ended: None
        return
    console = talk()
    if not console.is_terminal:

        def write(step: Step, ended: bool) -> None:
            if ended:
                state = tr(mark("done")) if step.ok else tr(mark("FAILED"))
                console.print(f"{tr(step.title)}: {state} ({step.seconds:.1f} s)", markup=False, soft_wrap=True)
                sys.stderr.flush()

        yield write
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from cli.demo_steps import STEPS  # noqa: PLC0415 - start-up time

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        bar = progress.add_task("", total=len(STEPS))

        def draw(step: Step, ended: bool) -> None:
            title[:] = [tr(step.title)]
            progress.update(bar, description=title[0], advance=1 if ended else 0)

        def count(done: int, total: int) -> None:
            progress.update(bar, description=f"{title[0]} {done}/{total}")

        title = [""]
        run.counted = count
        yield draw


def _print_story(run: Demo, steps: tuple[Step, ...]) -> None:
    """The table of steps, what stands in for what, and where everything is."""
    marks = {True: tr(mark("done")), False: tr(mark("FAILED"))}
    print_table(
        tr(mark("The main job on virtual devices")),
        (mark("step"), mark("state"), mark("seconds"), mark("what came of it")),
        [(tr(step.title), marks[step.ok], f"{step.seconds:.1f}", step.told) for step in steps],
    )
    console = page()
    by_reason: dict[tuple[str, str], list[str]] = {}
    for device, why in run.failed.items():
        by_reason.setdefault((str(why), str(run.hints.get(device, ""))), []).append(device)
    for (told, hint), devices in by_reason.items():
        console.print(f"{', '.join(devices)}: {told}", style="red", markup=False, soft_wrap=True)
        if hint:
            console.print("  " + tr("hint: {hint}", hint=hint), markup=False, soft_wrap=True)
    for note in run.notes:
        console.print(str(note), markup=False, soft_wrap=True)
    print_table(tr(mark("Where it is")), (mark("what"), mark("path")), list(run.artifacts.items()))
