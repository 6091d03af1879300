"""`govnet lab`: virtual devices to rehearse on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import lab_export, lab_fault, lab_rehearse
from cli.common import HERE, JsonOption, WorkspaceOption, app, command, print_json, print_table, talk
from cli.lab_export import both
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from lab.backend import Fault, NodeStatus
    from lab.state import LabState


def register(root: typer.Typer) -> None:
    """Add `govnet lab` and its verbs."""
    group = app(mark("Virtual devices to rehearse on."))
    command(
        group,
        "up",
        mark("Start the workspace's devices, virtual, on this machine."),
        [
            "govnet lab up",
            "govnet lab up --where role=township-router --fault rt-anping=down",
            "govnet lab up --slice",
            "govnet lab up --backend containerlab",
        ],
    )(up)
    command(
        group,
        "status",
        mark("Show what runs, where it answers, and what does not run and why."),
        ["govnet lab status", "govnet lab status --json"],
    )(status)
    command(
        group,
        "exec",
        mark("Run a command on a virtual device, at its console: no login, no network."),
        ["govnet lab exec rt-lantian -- display ip interface brief"],
    )(execute)
    lab_fault.register(group)
    lab_export.register(group)
    lab_rehearse.register(group)
    command(group, "down", mark("End the lab and everything that belongs to it."), ["govnet lab down"])(down)
    root.add_typer(group, name="lab")


class _Talking:
    """Says what happens, on stderr."""

    def step(self, message: Message) -> None:
        """Something begins."""
        talk().print(str(message), style="dim", markup=False, soft_wrap=True)


def up(
    workspace: WorkspaceOption = HERE,
    backend: Annotated[
        str,
        typer.Option(
            "--backend",
            help=tr(
                mark("How to run it: emulated (no root), netns (real daemons, root), docker, containerlab or gns3.")
            ),
        ),
    ] = "",
    where: Annotated[
        str, typer.Option("--where", help=tr(mark("Only these devices, e.g. role=township-router.")))
    ] = "",
    sliced: Annotated[
        bool,
        typer.Option("--slice", help=tr(mark("Of these, one site of each pattern, and what it hangs on."))),
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="DEVICE=FAULT",
            help=tr(mark("Make a device fail: down, mute, slow or wrong-password. May be repeated.")),
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the lab."""
    from lab import control  # noqa: PLC0415 - start-up time

    state = control.up(
        workspace,
        backend_name=backend,
        where=where,
        sliced=sliced,
        faults=_faults(fault or []),
        observer=_Talking(),
    )
    if as_json:
        print_json({"ok": True, **_state_json(state)})
        return
    console = talk()
    count = len(state.nodes)
    console.print(
        tr("{count} devices are up ({backend})", count=count, backend=state.backend)
        if state.held
        else tr("{count} devices are up ({backend}, process {pid})", count=count, backend=state.backend, pid=state.pid),
        style="green",
        markup=False,
    )
    _say_differences(state)
    console.print(tr("`govnet lab status` shows where they answer; commands reach them with --lab"), markup=False)


def status(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """Show the lab."""
    from lab import control  # noqa: PLC0415 - start-up time

    state, nodes = control.status(workspace)
    known = {node.name: node for node in nodes}
    if as_json:
        print_json({"ok": True, **_state_json(state, known)})
        return
    print_table(
        "",
        [
            mark("device"),
            mark("platform"),
            mark("stands in for"),
            mark("ssh"),
            mark("snmp"),
            mark("state"),
        ],
        [
            (
                node.name,
                node.platform,
                node.stands_in_for,
                node.ssh or "",
                node.snmp or "",
                known[node.name].state if node.name in known else "",
            )
            for node in state.nodes.values()
        ],
    )
    _say_differences(state)


def execute(
    node: Annotated[str, typer.Argument(metavar="NODE", help=tr(mark("The device.")), show_default=False)],
    words: Annotated[
        list[str], typer.Argument(metavar="-- COMMAND…", help=tr(mark("The command, behind `--`.")), show_default=False)
    ],
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run a command; the exit status is the command's."""
    from lab import control  # noqa: PLC0415 - start-up time

    if not as_json:
        raise typer.Exit(control.execute(workspace, node, words))
    import contextlib  # noqa: PLC0415 - only here
    import io  # noqa: PLC0415 - only here

    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = control.execute(workspace, node, words)
    print_json({"ok": code == 0, "node": node, "status": code, "output": output.getvalue()})
    raise typer.Exit(code)


def down(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """End the lab; none running is no error."""
    from lab import control  # noqa: PLC0415 - start-up time

    ended = control.down(workspace)
    if as_json:
        print_json({"ok": True, "ended": ended})
        return
    talk().print(tr("the lab is down") if ended else tr("no lab was running"), markup=False)


def _faults(texts: list[str]) -> dict[str, Fault]:
    from lab.backend import Fault  # noqa: PLC0415 - start-up time

    faults = {}
    for text in texts:
        name, _, kind = text.partition("=")
        try:
            faults[name] = Fault(kind)
        except ValueError:
            raise InputError(
                [
                    Problem(
                        "bad-fault",
                        Message("“{text}” is no fault", text=text),
                        Message("write DEVICE=FAULT with one of: {names}", names=", ".join(Fault)),
                    )
                ]
            ) from None
    return faults


def _state_json(state: LabState, known: dict[str, NodeStatus] | None = None) -> dict[str, Any]:
    """Stable keys."""
    return {
        "backend": state.backend,
        "pid": state.pid,
        "directory": str(state.directory),
        "nodes": [
            {
                "name": node.name,
                "platform": node.platform,
                "stands_in_for": node.stands_in_for,
                "address": node.address,
                "ssh": str(node.ssh) if node.ssh else None,
                "snmp": str(node.snmp) if node.snmp else None,
                "fault": state.faults.get(node.name, ""),
                **({"state": known[node.name].state} if known and node.name in known else {}),
            }
            for node in state.nodes.values()
        ],
        "substitutions": [
            {"device": item.device, "platform": item.platform, "stand_in": item.stand_in, "why": both(item.why)}
            for item in state.substitutions
        ],
        "skipped": [
            {"device": item.device, "platform": item.platform, "why": both(item.why)} for item in state.skipped
        ],
    }


def _say_differences(state: LabState) -> None:
    """What stands in for what, and what does not run; many with the same reason are one line."""
    console = talk()
    for item in state.substitutions:
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
    reasons: dict[tuple[str, str], list[str]] = {}
    for skipped in state.skipped:
        reasons.setdefault((skipped.platform, str(skipped.why)), []).append(skipped.device)
    for (platform, why), names in reasons.items():
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        console.print(
            tr(
                "not started, {count} devices of {platform} ({names}): {why}",
                count=len(names),
                platform=platform,
                names=shown,
                why=why,
            ),
            markup=False,
            soft_wrap=True,
        )
