"""`govnet lab capture` and `govnet lab vpn`: what is on the wire of a lab, and who reaches whom in the VPNs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, talk
from inventory.errors import ExitCode
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from lab.vpn.proof import Proof

_SHOWN = 10


def register(group: typer.Typer) -> None:
    """Add both verbs to `govnet lab`."""
    command(
        group,
        "capture",
        mark("Show or record the packets at a device's interface, where a lab has real packets (tcpdump)."),
        [
            "govnet lab capture rt-lantian --interface eth0 --count 10",
            "govnet lab capture rt-lantian --out wire.pcap --filter 'udp port 161'",
        ],
    )(capture)
    command(
        group,
        "vpn",
        mark("Build the business systems' VPNs over MPLS in a machine of their own, and prove who reaches whom."),
        [
            "govnet lab vpn --where 'name in (core-city, pe-city, cr-xinzhou)'",
            "govnet lab vpn --where 'name in (core-city, pe-city, cr-xinzhou)' --vrf jinbao --vrf guoku",
        ],
    )(vpn)


def capture(
    node: Annotated[str, typer.Argument(metavar="NODE", help=tr(mark("The device.")), show_default=False)],
    interface: Annotated[
        str, typer.Option("--interface", metavar="NAME", help=tr(mark("One of its interfaces, as Linux calls it.")))
    ] = "any",
    count: Annotated[
        int, typer.Option("--count", min=0, help=tr(mark("End after so many packets; 0: when it is interrupted.")))
    ] = 0,
    expression: Annotated[
        str, typer.Option("--filter", metavar="EXPRESSION", help=tr(mark("Only packets that fit, as pcap-filter(7).")))
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help=tr(mark("Record them in a new pcap file instead of showing them."))),
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Capture packets; the exit status is tcpdump's."""
    from lab import control  # noqa: PLC0415 - start-up time

    wanted = control.Tap(interface, count, expression)
    if not as_json:
        raise typer.Exit(control.capture(workspace, node, wanted, out))
    import tempfile  # noqa: PLC0415 - only here

    with tempfile.TemporaryDirectory() as folder:
        shown = Path(folder) / "shown"
        status = control.capture(workspace, node, wanted, out or shown, raw=out is not None)
        lines = shown.read_text(encoding="utf-8", errors="replace").splitlines() if out is None else []
    print_json({"ok": status == 0, "node": node, "status": status, "packets": lines, "file": str(out) if out else None})
    raise typer.Exit(status)


def vpn(
    where: Annotated[
        str,
        typer.Option("--where", help=tr(mark("The backbone's routers; the departments' routers at them come along."))),
    ],
    vrf: Annotated[
        list[str] | None, typer.Option("--vrf", metavar="NAME", help=tr(mark("Only this VPN. May be repeated.")))
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Build, prove, end. Exit code 1 if anything is not as the plan wants it."""
    from lab import control  # noqa: PLC0415 - start-up time
    from lab.vpn import proof, running  # noqa: PLC0415 - start-up time

    observer = _Talking()
    network = running.network(workspace, where, vrf or None)
    state = running.start(workspace, network, observer)
    try:
        found = proof.prove(state, network, observer)
    finally:
        control.down(workspace)
    if as_json:
        print_json({"ok": found.holds, **found.as_json()})
    else:
        _tell(found)
    if not found.holds:
        raise typer.Exit(ExitCode.FINDINGS)


class _Talking:
    """Says what happens, on stderr."""

    def step(self, message: Message) -> None:
        """Something begins."""
        talk().print(str(message), style="dim", markup=False, soft_wrap=True)


def _tell(found: Proof) -> None:
    required = sum(pair.required for pair in found.pairs)
    forbidden = len(found.pairs) - required
    missing = [pair for pair in found.wrong if pair.required]
    leaked = [pair for pair in found.wrong if not pair.required]
    lines = [
        Message(
            "{passed} of {count} pairs that the plan joins reach each other",
            passed=required - len(missing),
            count=required,
        ),
        Message("{kept} of {count} pairs that it keeps apart are apart", kept=forbidden - len(leaked), count=forbidden),
        Message("marks are kept end to end (DSCP, and EXP on the backbone)")
        if found.marks_kept
        else Message("marks are NOT kept end to end: see --json"),
    ]
    if found.bare:
        lines.append(Message("{count} packets of VPNs were on the backbone without a label", count=found.bare))
    if found.silent:
        lines.append(Message("no control: nothing was seen of {names}", names=", ".join(found.silent)))
    lines += [
        Message("{source} does not reach {target}", source=pair.source, target=pair.target) for pair in missing[:_SHOWN]
    ]
    lines += [
        Message("{source} reaches {target}, and must not", source=pair.source, target=pair.target)
        for pair in leaked[:_SHOWN]
    ]
    for line in lines:
        page().print(str(line), markup=False, soft_wrap=True)
