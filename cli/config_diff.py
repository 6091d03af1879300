"""`govnet config diff`: what a running configuration lacks of the intended one, and the commands that mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, talk
from cli.config_render import choose
from cli.plan_common import load_plan
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface


def register(group: typer.Typer) -> None:
    """Add `config diff`."""

    @command(
        group,
        "diff",
        mark(
            "Compare a running configuration with the intended one, by structure. Either two files and --platform, "
            "or a device of the workspace and --running FILE. Exit code 1 if they differ."
        ),
        [
            "govnet config diff running.cfg intended.cfg --platform huawei",
            "govnet config diff rt-lantian --running backup/rt-lantian.cfg",
        ],
    )
    def diff(
        first: Annotated[
            str,
            typer.Argument(help=tr(mark("The running configuration's file, or a device.")), metavar="RUNNING|DEVICE"),
        ],
        second: Annotated[
            Path | None, typer.Argument(help=tr(mark("The intended configuration's file.")), metavar="INTENDED")
        ] = None,
        platform: Annotated[
            str, typer.Option("--platform", help=tr(mark("The platform of the two files, such as huawei.")))
        ] = "",
        running: Annotated[
            Path | None, typer.Option("--running", help=tr(mark("The device's running configuration.")))
        ] = None,
        commands: Annotated[
            bool, typer.Option("--commands", help=tr(mark("Show the commands too, secrets masked.")))
        ] = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.dialects import dialect  # noqa: PLC0415 - start-up time

        if second is not None and running is None:
            if not platform:
                raise _usage(Message("two files need --platform"), Message("such as: --platform huawei"))
            name, spoken = "", dialect(platform)
            change = _between(spoken, _parse(spoken, Path(first)), _parse(spoken, second), None)
        elif second is None and running is not None:
            name, spoken, change = _device(workspace, first, running)
        else:
            raise _usage(
                Message("name two files, or a device and --running FILE"),
                Message("see the examples: govnet config diff --help"),
            )
        masked = tuple(spoken.mask(line) for line in change.commands)
        if as_json:
            print_json(_as_json(name, spoken, change, masked))
        else:
            _show(change, masked if commands else ())
        if not change.empty:
            raise typer.Exit(ExitCode.FINDINGS)


def _device(root: Path, name: str, running: Path) -> tuple[str, Dialect, Change]:
    from configs.dialects import dialect  # noqa: PLC0415 - start-up time
    from configs.render import Renderer  # noqa: PLC0415 - start-up time

    loaded = load_workspace(root)
    device = choose(loaded, [name], "")[0]
    rendered = Renderer(loaded, load_plan(root)).render(name)
    spoken = dialect(device.platform)
    intended = spoken.parse(rendered.to_bytes())
    return name, spoken, _between(spoken, _parse(spoken, running), intended, device.address)


def _between(spoken: Dialect, running: Tree, intended: Tree, management: Interface | None) -> Change:
    return spoken.change(running, intended, management=management)


def _parse(spoken: Dialect, path: Path) -> Tree:
    """The file as a tree; InputError names the file, and the line that cannot be decoded."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            [
                Problem(
                    code="cannot-read",
                    message=Message("cannot be read: {why}", why=error.strerror or ""),
                    hint=Message("name a file with a configuration in it"),
                    file=str(path),
                )
            ]
        ) from error
    from configs.tree import decode  # noqa: PLC0415 - start-up time

    decode(data, str(path))
    return spoken.parse(data)


def _usage(message: Message, hint: Message) -> InputError:
    return InputError([Problem(code="usage", message=message, hint=hint)])


def _show(change: Change, commands: tuple[str, ...]) -> None:
    from rich.text import Text  # noqa: PLC0415 - start-up time

    styles = {"+": "green", "-": "red"}
    console = page()
    for line in change.diff.splitlines():
        console.print(Text(line, style=styles.get(line[:1], "dim")), soft_wrap=True)
    for line in commands:
        console.print(Text(line), soft_wrap=True)
    for note in change.notes:
        talk().print(str(note), style="yellow", markup=False, soft_wrap=True)
    if change.empty:
        talk().print(tr("no difference"), markup=False)
        return
    talk().print(
        tr("{added} lines to add, {removed} to remove", added=change.added, removed=change.removed), markup=False
    )
    for line in change.cuts:
        talk().print(tr("touches the way in: {line}", line=line), style="yellow", markup=False)


def _as_json(device: str, spoken: Dialect, change: Change, commands: tuple[str, ...]) -> dict[str, Any]:
    return {
        "device": device,
        "platform": spoken.platforms[0],
        "different": not change.empty,
        "added": change.added,
        "removed": change.removed,
        "diff": change.diff,
        "commands": list(commands),
        "cuts": list(change.cuts),
        "reconnect": change.reconnect,
        "notes": [{"en": note.in_language("en"), "zh": note.in_language("zh_CN")} for note in change.notes],
    }
