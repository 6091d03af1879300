"""`govnet lab fault` and `govnet lab reboot`: what goes wrong with a running device, on demand."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, print_json, talk
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

NodeArgument = Annotated[str, typer.Argument(metavar="NODE", help=tr(mark("The device.")), show_default=False)]


def register(group: typer.Typer) -> None:
    """Add both verbs to `govnet lab`."""
    command(
        group,
        "fault",
        mark("Make a running virtual device fail, in the middle of whatever is done with it, or show what is wrong."),
        [
            "govnet lab fault rt-lantian drop-after=5,slow=2",
            "govnet lab fault rt-lantian",
            "govnet lab fault rt-lantian --clear",
        ],
    )(fault)
    command(
        group,
        "reboot",
        mark("Reboot a running virtual device: what it has not saved is lost."),
        ["govnet lab reboot rt-lantian"],
    )(reboot)


def fault(
    node: NodeArgument,
    faults: Annotated[
        str,
        typer.Argument(
            metavar="[FAULTS]",
            help=tr(
                mark(
                    "down, mute, wrong-password, slow[=SECONDS], full-flash, garbage=BYTES, logs=LINES, silent, "
                    "drop-after=LINES, hang-after=LINES, reboot-after=LINES; several with commas. They replace those "
                    "it has."
                )
            ),
            show_default=False,
        ),
    ] = "",
    clear: Annotated[bool, typer.Option("--clear", help=tr(mark("Take all faults away.")))] = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Set, clear or show the faults of a device."""
    from lab import control  # noqa: PLC0415 - start-up time

    if faults and clear:
        raise InputError(
            [
                Problem(
                    "fault-and-clear",
                    Message("faults and --clear exclude each other"),
                    Message("give either the faults that it is to have, or --clear for none"),
                    column="--clear",
                )
            ]
        )
    now = control.faults(workspace, node, faults if faults or clear else None)
    if as_json:
        print_json({"ok": True, "node": node, "faults": now.split(",") if now else []})
    elif now:
        talk().print(tr("{device}: {faults}", device=node, faults=now), markup=False)
    else:
        talk().print(tr("{device}: nothing is wrong with it", device=node), markup=False)


def reboot(node: NodeArgument, workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Reboot a device."""
    from lab import control  # noqa: PLC0415 - start-up time

    seconds = control.reboot(workspace, node)
    if as_json:
        print_json({"ok": True, "node": node, "seconds": seconds})
        return
    talk().print(
        tr(
            "{device} reboots to its saved configuration; it is back in {seconds} s",
            device=node,
            seconds=f"{seconds:g}",
        ),
        markup=False,
    )
