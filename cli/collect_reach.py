"""`govnet collect reach`: whether devices, lines and paths can be reached, and how well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.collect_poll import LabOption, network, progress
from cli.common import (
    HERE,
    JsonOption,
    WorkspaceOption,
    choice,
    command,
    load_workspace,
    print_json,
    print_table,
    talk,
)
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.reach.model import Probe, Round, Train

ReachRateOption = Annotated[
    float, typer.Option("--rate", min=1, max=100000, help=tr(mark("Probes a second to all targets together.")))
]
WhatOption = Annotated[
    list[str] | None,
    typer.Option("--what", help=tr(mark("Only these: device, line or path; can be repeated.")), show_default=False),
]
WHAT = {"device": mark("device"), "line": mark("line"), "path": mark("path")}


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "reach",
        mark("Probe devices, lines and paths: loss, delay, jitter."),
        [
            "govnet collect reach --lab --where role=township-router",
            "govnet collect reach rt-lantian --lab --count 50 --spacing 20 --dscp ef",
        ],
    )(reach)


def reach(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help=tr(mark("Names of devices, sites, lines or paths; all if none is given.")),
            show_default=False,
            metavar="TARGET",
        ),
    ] = None,
    where: Annotated[
        str, typer.Option("--where", help=tr(mark("Which devices and their lines, for example role=core.")))
    ] = "",
    what: WhatOption = None,
    begin: Annotated[str, typer.Option("--from", help=tr(mark("Only paths that begin in this zone.")))] = "",
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help=tr(mark("Probes for each target.")))] = 5,
    spacing: Annotated[
        int, typer.Option("--spacing", min=1, max=60000, help=tr(mark("Milliseconds between two probes.")))
    ] = 200,
    timeout: Annotated[
        int, typer.Option("--timeout", min=10, max=60000, help=tr(mark("Milliseconds to wait for an answer.")))
    ] = 2000,
    dscp: Annotated[
        str, typer.Option("--dscp", help=tr(mark("What the packets are marked with: ef, af41, or a number.")))
    ] = "be",
    tcp: Annotated[
        int, typer.Option("--tcp", min=0, max=65535, help=tr(mark("Probe devices by connecting to this TCP port.")))
    ] = 0,
    rate: ReachRateOption = 500.0,
    lab: LabOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Parse, probe, print."""
    from collectors.reach import targets as inventory_targets  # noqa: PLC0415 - start-up time
    from collectors.reach.prober import probe_all  # noqa: PLC0415 - as above

    loaded = load_workspace(workspace)
    endpoints, entered = network(workspace, lab=lab)
    probes = inventory_targets.everything(
        loaded, endpoints, train_of(count, spacing, timeout, dscp), where=where, port=tcp
    )
    probes = only(probes, what, "--what")
    if begin:
        probes = [probe for probe in probes if probe.label("from") == begin]
    if targets:
        probes = inventory_targets.choose(probes, targets, loaded)
    absent: list[str] = []
    if lab and not targets:
        # Whoever does not name targets means those that the lab runs.
        absent = [probe.target for probe in probes if probe.problem == "not_here"]
        probes = [probe for probe in probes if probe.problem != "not_here"]
    if not probes:
        raise _nothing()
    with entered, progress(len(probes), quiet=as_json, doing=tr("probing")) as advance:
        results = probe_all(probes, rate=rate, observer=advance)
    if as_json:
        print_json(
            {
                "ok": not any(map(failed, results)),
                "targets": [row_json(result) for result in results],
                "not_in_lab": absent,
            }
        )
    else:
        show(results)
        if absent:
            note = tr("not in the lab, so not probed: {count} targets", count=len(absent))
            talk().print(note, markup=False, soft_wrap=True)
    if any(failed(result) and result.as_expected is None for result in results):
        raise typer.Exit(ExitCode.DEVICES_FAILED)
    if any(map(failed, results)):
        raise typer.Exit(ExitCode.FINDINGS)


def only(probes: list[Probe], what: list[str] | None, option: str) -> list[Probe]:
    """The probes of these kinds, all of them if none is named; InputError for a kind that is none."""
    for name in what or ():
        choice(option, name, WHAT)
    return [probe for probe in probes if not what or probe.what in what]


def train_of(count: int, spacing: int, timeout: int, dscp: str) -> Train:
    """The train that the options describe; InputError for a DSCP that is none."""
    from collectors.reach.form import code_point  # noqa: PLC0415 - start-up time
    from collectors.reach.model import Train  # noqa: PLC0415 - as above
    from inventory.cells import Fault  # noqa: PLC0415 - as above

    try:
        point = code_point(dscp)
    except Fault as fault:
        raise InputError([Problem(fault.code, fault.message, fault.hint, column="--dscp")]) from None
    return Train(count, spacing / 1000, timeout / 1000, point)


def failed(result: Round) -> bool:
    """Whether something is not as it should be: down, not run, or other than the path's `expected`."""
    return result.as_expected is False or (result.as_expected is None and not result.up)


def show(results: Sequence[Round]) -> None:
    """The table, and a hint for each kind of failure."""
    columns = (
        mark("target"),
        mark("what"),
        mark("address"),
        mark("probe"),
        mark("state"),
        mark("loss"),
        mark("delay min/mean/max ms"),
        mark("jitter ms"),
        mark("reason"),
    )
    print_table("", columns, [_cells(result) for result in results])
    console = talk()
    hints = dict.fromkeys(str(result.hint) for result in results if failed(result) and result.hint is not None)
    for hint in hints:
        console.print(tr("hint: {hint}", hint=hint), markup=False, soft_wrap=True)
    up = sum(bool(result.up) for result in results)
    console.print(tr("{ok} of {count} targets are reached", ok=up, count=len(results)), markup=False)


def _cells(result: Round) -> tuple[str, ...]:
    found = result.figures
    delays = (found.shortest, found.mean, found.longest)
    return (
        result.probe.target,
        tr(WHAT[result.probe.what]),
        result.probe.address or "-",
        result.probe.kind,
        _state(result),
        "-" if found.loss is None else f"{found.loss * 100:.3g} %",
        "-" if found.mean is None else "/".join(f"{(delay or 0) * 1000:.2f}" for delay in delays),
        "-" if found.jitter is None else f"{found.jitter * 1000:.2f}",
        str(result.message or ""),
    )


def _state(result: Round) -> str:
    if result.up is None:
        return tr("not run")
    state = tr("reached") if result.up else tr("not reached")
    if result.as_expected is not None:
        state += ", " + (tr("as expected") if result.as_expected else tr("not as expected"))
    return state


def row_json(result: Round) -> dict[str, Any]:
    """One target for `--json`. Milliseconds and per cent; null for what is not known."""
    found, probe = result.figures, result.probe
    return {
        "target": probe.target,
        "what": probe.what.value,
        "probe": probe.kind,
        "address": probe.address,
        **{name: probe.label(name) for name in ("site", "region", "role", "line", "carrier", "from", "to")},
        "dscp": probe.train.dscp,
        "up": result.up,
        "as_expected": result.as_expected,
        "reason": result.reason.value if result.reason is not None else "",
        "message": _both(result.message),
        "hint": _both(result.hint),
        "sent": found.sent,
        "received": found.received,
        "loss_percent": None if found.loss is None else round(found.loss * 100, 3),
        "latency_ms": {"min": _ms(found.shortest), "mean": _ms(found.mean), "max": _ms(found.longest)},
        "jitter_ms": _ms(found.jitter),
        "delay_variation_ms": _ms(found.variation),
        "duplicates": found.duplicates,
        "reordered": found.reordered,
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 4)


def _both(message: Message | None) -> dict[str, str]:
    known = message or Message("")
    return {"en": known.in_language("en"), "zh": known.in_language("zh_CN")}


def _nothing() -> InputError:
    return InputError(
        [
            Problem(
                "no-target",
                Message("there is nothing to probe"),
                Message("loosen --where, --what or --from, or write paths into reach.yaml"),
            )
        ]
    )
