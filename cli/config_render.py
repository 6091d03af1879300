"""`govnet config render`: the intended configurations, secrets as placeholders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, print_json, some, talk
from cli.plan_common import load_plan
from inventory.errors import DeviceError, ExitCode, GovnetError, InputError, Problem, TemplateError
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.render import Rendered, Renderer
    from inventory.model import Device, Workspace


def register(group: typer.Typer) -> None:
    """Add `config render`."""

    @command(
        group,
        "render",
        mark(
            "Render configurations from templates, inventory and plan; all devices if none is named. Secrets stay "
            "placeholders: only a push fills them in."
        ),
        [
            "govnet config render rt-lantian",
            "govnet config render --where 'role=township-router' --out configs-today",
            "govnet config render rt-lantian --bootstrap",
        ],
    )
    def render(
        devices: Annotated[
            list[str] | None, typer.Argument(help=tr(mark("Names of devices.")), metavar="DEVICE")
        ] = None,
        where: Annotated[
            str, typer.Option("--where", help=tr(mark("Only devices that match, such as 'county=431382'.")))
        ] = "",
        out: Annotated[
            Path | None, typer.Option("--out", help=tr(mark("Write one file a device into this folder.")))
        ] = None,
        bootstrap: Annotated[
            bool,
            typer.Option(
                "--bootstrap", help=tr(mark("The text typed at the console on day 0 instead of the full one."))
            ),
        ] = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        loaded = load_workspace(workspace)
        chosen = choose(loaded, devices or (), where)
        rendered, failed = render_all(loaded, load_plan(workspace), chosen, bootstrap=bootstrap)
        if out is not None:
            _write(out, rendered)
        if as_json:
            print_json(
                {
                    "ok": not failed,
                    "devices": [_as_json(item, out) for item in rendered],
                    "failed": [error.as_json() for error in failed],
                }
            )
        else:
            _show(rendered, failed, out)
        if failed:
            raise typer.Exit(worst(failed))


def choose(workspace: Workspace, names: Sequence[str], where: str) -> list[Device]:
    """The devices that are named, or that match, or all; InputError for unknown names, and if there is none."""
    from inventory.filters import select  # noqa: PLC0415 - start-up time
    from inventory.nearest import nearest  # noqa: PLC0415 - start-up time

    known = workspace.inventory.devices
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            Problem(
                code="unknown-device",
                message=Message("there is no device “{name}”", name=name),
                hint=_hint(nearest(name, known)),
            )
            for name in unknown
        )
    matching = select(workspace.inventory, where)
    return some([device for device in matching if not names or device.name in names], where)


def _hint(close: str | None) -> Message:
    if close:
        return Message("did you mean “{name}”?", name=close)
    return Message("see the names with: govnet inventory list devices")


def render_all(
    workspace: Workspace, plan: Any, devices: Sequence[Device], *, bootstrap: bool
) -> tuple[list[Rendered], list[GovnetError]]:
    """The rendered texts, and what went wrong with the others: one device's fault does not stop the rest."""
    from configs.render import BOOTSTRAP, Renderer  # noqa: PLC0415 - start-up time

    renderer = Renderer(workspace, plan)
    rendered: list[Rendered] = []
    failed: list[GovnetError] = []
    for device in devices:
        try:
            rendered.append(_one(renderer, device, BOOTSTRAP if bootstrap else None))
        except (TemplateError, DeviceError) as error:
            failed.append(error)
    return rendered, failed


def _one(renderer: Renderer, device: Device, role: str | None) -> Rendered:
    return renderer.render(device.name, role=role)


def worst(errors: Sequence[GovnetError]) -> ExitCode:
    """The exit code for what failed: a fault in the input counts more than a device's."""
    codes = {error.exit_code for error in errors}
    return ExitCode.USAGE if ExitCode.USAGE in codes else ExitCode.DEVICES_FAILED


def _write(folder: Path, rendered: Sequence[Rendered]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in rendered:
            (folder / f"{item.device}.cfg").write_bytes(item.to_bytes())
    except OSError as error:
        raise InputError(
            [
                Problem(
                    code="cannot-write",
                    message=Message("cannot write to {folder}: {why}", folder=str(folder), why=error.strerror or ""),
                    hint=Message("name a folder that you may write to"),
                    file=str(folder),
                )
            ]
        ) from error


def _show(rendered: Sequence[Rendered], failed: Sequence[GovnetError], out: Path | None) -> None:
    console = talk()
    _show_notes(rendered)
    for item in rendered:
        if out is None:
            if len(rendered) > 1:
                console.rule(item.device)
            typer.echo(item.text, nl=False)
    for error in failed:
        _show_fault(error)
    if out is not None:
        console.print(tr("{count} configurations written to {folder}", count=len(rendered), folder=out), markup=False)


def _show_notes(rendered: Sequence[Rendered]) -> None:
    """What a text does not hold, said once for all the devices it is true of."""
    noted: dict[str, list[str]] = {}
    for item in rendered:
        for note in item.notes:
            noted.setdefault(str(note), []).append(item.device)
    for text, names in noted.items():
        who = names[0] if len(names) == 1 else tr("{count} devices", count=len(names))
        talk().print(f"{who}: {text}", markup=False, soft_wrap=True)


def _show_fault(error: GovnetError) -> None:
    console = talk()
    if isinstance(error, InputError):
        for problem in error.problems:
            console.print(problem.in_language(language()), style="red", markup=False, soft_wrap=True)
        return
    console.print(f"{getattr(error, 'device', '')}: {error}", style="red", markup=False, soft_wrap=True)
    console.print("  " + tr("hint: {hint}", hint=error.hint), markup=False, soft_wrap=True)


def _as_json(item: Rendered, out: Path | None) -> dict[str, Any]:
    return {
        "device": item.device,
        "platform": item.platform,
        "role": item.role,
        "encoding": item.encoding,
        "file": str(out / f"{item.device}.cfg") if out is not None else None,
        "text": item.text,
        "notes": [{"en": note.in_language("en"), "zh": note.in_language("zh_CN")} for note in item.notes],
    }
