"""`govnet collect doctor`: why a device does not answer SNMP, and which of its lines mend it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.collect_poll import LabOption, choose, network
from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from inventory.errors import ExitCode
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.doctor import Diagnosis
    from collectors.targets import Target
    from configs.remedies import Remedy
    from inventory.endpoints import Endpoint, Endpoints
    from inventory.model import Device

PURPOSES = {
    "look": mark("to see what is set"),
    "agent": mark("to turn the agent on"),
    "allow": mark("to let our address in"),
    "community": mark("to set the community"),
    "user": mark("to set the user and its passwords"),
    "view": mark("to widen the view"),
    "engine": mark("to give the agent an engine ID of its own"),
    "size": mark("to allow larger answers"),
}
SIGNS = {True: mark("yes"), False: mark("no"), None: "-"}


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "doctor",
        mark("Say why a device does not answer SNMP, and which of its lines mend it."),
        ["govnet collect doctor rt-lantian --lab"],
    )(doctor)


def doctor(
    devices: Annotated[list[str], typer.Argument(help=tr(mark("Names of devices.")), metavar="DEVICE")],
    patience: Annotated[
        float, typer.Option("--patience", min=1, max=120, help=tr(mark("Seconds to wait for a slow device.")))
    ] = 8.0,
    lab: LabOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Parse, examine, print."""
    from collectors.poll import Poller, targets  # noqa: PLC0415 - start-up time

    loaded = load_workspace(workspace)
    chosen = choose(loaded, devices, "")
    endpoints, entered = network(workspace, lab=lab)
    wanted = targets(loaded, chosen, endpoints)
    management = [_management(device, endpoints) for device in chosen]
    with entered:
        found = asyncio.run(_examine(Poller(), wanted, management, patience))
    if as_json:
        rows = [
            _row(diagnosis, device, target) for diagnosis, device, target in zip(found, chosen, wanted, strict=True)
        ]
        print_json({"ok": all(row["ok"] for row in rows), "devices": rows})
    else:
        for diagnosis, device, target in zip(found, chosen, wanted, strict=True):
            _show(diagnosis, device, target)
    raise typer.Exit(ExitCode.FINDINGS if any(diagnosis.reason for diagnosis in found) else ExitCode.DONE)


def _management(device: Device, endpoints: Endpoints) -> Endpoint | None:
    from inventory.errors import DeviceError  # noqa: PLC0415 - start-up time

    try:
        return endpoints.ssh(device)
    except DeviceError:
        return None


async def _examine(
    poller: Any, wanted: Sequence[Target], management: Sequence[Endpoint | None], patience: float
) -> list[Diagnosis]:
    from collectors.doctor import examine  # noqa: PLC0415 - start-up time

    async with poller.client() as client:
        return await asyncio.gather(
            *(
                examine(client, poller, target, port, patience=patience)
                for target, port in zip(wanted, management, strict=True)
            )
        )


def lines(
    diagnosis: Diagnosis, device: Device, target: Target
) -> tuple[dict[str, tuple[str, ...]], Mapping[str, Remedy], str]:
    """The device's lines by their purpose, with what is known filled in; the notes beside them; their source."""
    from configs.remedies import snmp  # noqa: PLC0415 - start-up time

    known, source = snmp(device.platform)
    by_user = target.access.version == "3"
    given = {"poller": diagnosis.source, "version": f"v{target.access.version}", "user": target.access.user}
    found = {}
    for need in diagnosis.needs:
        if need not in known or need == ("community" if by_user else "user"):
            continue
        found[need] = known[need].filled(given)
    return found, known, source


def _show(diagnosis: Diagnosis, device: Device, target: Target) -> None:
    """The questions, the answer, what remains, the lines."""
    columns = (mark("asked"), mark("found"), mark("good"))
    print_table(diagnosis.device, columns, [(step.asked, step.found, tr(SIGNS[step.good])) for step in diagnosis.steps])
    out = page()
    if not diagnosis.reason:
        out.print(tr("{device}: answers, nothing is wrong", device=diagnosis.device), markup=False, soft_wrap=True)
        return
    text = f"{diagnosis.device}: {diagnosis.message} [{diagnosis.reason}]"
    out.print(text, markup=False, soft_wrap=True)
    if diagnosis.remains:
        out.print(tr("What it can be, since the protocol does not tell it apart:"), markup=False, soft_wrap=True)
        for part in diagnosis.remains:
            out.print(f"  - {part}", markup=False, soft_wrap=True)
    found, known, source = lines(diagnosis, device, target)
    for need, commands in found.items():
        out.print(tr("On the device, {purpose}:", purpose=tr(PURPOSES[need])), markup=False, soft_wrap=True)
        for line in commands:
            out.print(f"    {line}", markup=False, soft_wrap=True)
        note = known[need].note.zh if language() == "zh_CN" else known[need].note.en
        if note:
            out.print(f"  {note}", markup=False, soft_wrap=True)
    if found:
        out.print(tr("source: {source}", source=source), markup=False, soft_wrap=True)
    elif diagnosis.needs:
        note = tr("the lines of the platform “{platform}” are not known here: see its manual", platform=device.platform)
        out.print(note, markup=False, soft_wrap=True)
    talk().print(tr("hint: {hint}", hint=diagnosis.hint), markup=False, soft_wrap=True)


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}


def _row(diagnosis: Diagnosis, device: Device, target: Target) -> dict[str, Any]:
    """One device for `--json`."""
    found, known, source = lines(diagnosis, device, target)
    return {
        "device": diagnosis.device,
        "ok": not diagnosis.reason,
        "reason": diagnosis.reason,
        "message": _both(diagnosis.message),
        "hint": _both(diagnosis.hint),
        "our_address": diagnosis.source,
        "tried": [
            {"step": step.name, "asked": _both(step.asked), "found": _both(step.found), "good": step.good}
            for step in diagnosis.steps
        ],
        "remains": [_both(part) for part in diagnosis.remains],
        "platform": device.platform,
        "lines": [
            {"purpose": need, "commands": commands, "note": {"en": known[need].note.en, "zh": known[need].note.zh}}
            for need, commands in found.items()
        ],
        "source": source if found else "",
    }
