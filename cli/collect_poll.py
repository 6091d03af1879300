"""`govnet collect poll`: ask devices by SNMP and show what they say."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, print_json, print_table, some, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from collectors.health import Health
    from collectors.poll import Poller
    from collectors.results import PollResult
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace

LabOption = Annotated[
    bool, typer.Option("--lab", help=tr(mark("Use the lab of this workspace instead of the real network.")))
]
FileOption = Annotated[
    list[Path] | None,
    typer.Option("--file", help=tr(mark("A snmp.yml with further modules. Can be repeated.")), show_default=False),
]
RateOption = Annotated[
    float, typer.Option("--rate", min=0, help=tr(mark("Packets a second to all devices together; 0 sets no limit.")))
]
DeviceRateOption = Annotated[
    float, typer.Option("--device-rate", min=0, help=tr(mark("Packets a second to one device; 0 sets no limit.")))
]
_UP = 1.0


def register(group: typer.Typer) -> None:
    """Add the verb to `govnet collect`."""
    command(
        group,
        "poll",
        mark("Poll devices by SNMP: who answers, with which interfaces, and why not."),
        [
            "govnet collect poll --lab --where role=township-router",
            "govnet collect poll rt-lantian --lab --module if_mib --out rt-lantian.prom",
        ],
    )(poll)


def poll(
    devices: Annotated[
        list[str] | None,
        typer.Argument(help=tr(mark("Names of devices; all if none is given.")), show_default=False, metavar="DEVICE"),
    ] = None,
    where: Annotated[str, typer.Option("--where", help=tr(mark("Which devices, for example role=core.")))] = "",
    module: Annotated[
        list[str] | None,
        typer.Option("--module", "-m", help=tr(mark("SNMP module; can be repeated. See `govnet collect modules`."))),
    ] = None,
    file: FileOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help=tr(mark("Write the metrics as Prometheus text.")), show_default=False)
    ] = None,
    parallel: Annotated[int, typer.Option("--parallel", min=1, help=tr(mark("Requests on their way at once.")))] = 64,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout", min=0.05, max=600, help=tr(mark("Seconds to wait for an answer.")), show_default=False
        ),
    ] = None,
    retries: Annotated[
        int | None,
        typer.Option("--retries", min=0, max=20, help=tr(mark("How often to ask again.")), show_default=False),
    ] = None,
    rate: RateOption = 0.0,
    device_rate: DeviceRateOption = 100.0,
    lab: LabOption = False,
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Parse, poll, print."""
    from collectors.poll import Poller, targets  # noqa: PLC0415 - start-up time

    loaded = load_workspace(workspace)
    chosen = choose(loaded, devices or [], where)
    endpoints, entered = network(workspace, lab=lab)
    poller = Poller(
        tuple(module or ()),
        files=tuple(file or ()),
        parallel=parallel,
        timeout=timeout,
        retries=retries,
        rate=rate,
        device_rate=device_rate,
    )
    wanted = targets(loaded, chosen, endpoints)
    absent: list[str] = []
    if lab and not devices:
        # Whoever does not name devices means those that the lab runs.
        absent = [target.device for target in wanted if target.problem and target.problem.reason == "no_address"]
        wanted = [target for target in wanted if target.device not in absent]
    with entered, progress(len(wanted), quiet=as_json) as advance:
        results = poller.poll(wanted, advance)
    if out is not None:
        write(results, out)
    failed = [result for result in results if not result.ok]
    if as_json:
        rows = [row_json(result, poller) for result in results]
        print_json({"ok": not failed, "devices": rows, "not_in_lab": absent})
    else:
        show(results, poller)
        if absent:
            note = tr("not in the lab, so not polled: {count} devices", count=len(absent))
            talk().print(note, markup=False, soft_wrap=True)
        if out is not None:
            talk().print(tr("metrics written to {path}", path=out), markup=False, soft_wrap=True)
    if failed:
        raise typer.Exit(ExitCode.DEVICES_FAILED)


def choose(workspace: Workspace, names: Sequence[str], where: str) -> list[Device]:
    """The devices named, or those that `where` selects; InputError for an unknown name or if there is none."""
    from inventory.filters import select  # noqa: PLC0415 - start-up time

    selected = select(workspace.inventory, where)
    if not names:
        return some(selected, where)
    known = workspace.inventory.devices
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            Problem(
                "unknown-device",
                Message("there is no device “{name}”", name=name),
                Message("see `govnet inventory list`"),
            )
            for name in unknown
        )
    return some([device for device in selected if device.name in set(names)], where)


def network(root: Path, *, lab: bool) -> tuple[Endpoints, AbstractContextManager[None]]:
    """Where devices are, and a context in which they can be reached: the real network, or the workspace's lab."""
    if not lab:
        from inventory.endpoints import Direct  # noqa: PLC0415 - start-up time

        return Direct(), nullcontext()
    from lab import control  # noqa: PLC0415 - start-up time

    state = control.load(root)
    return state.endpoints(), state.entered()


@contextmanager
def progress(total: int, *, quiet: bool, doing: str = "") -> Iterator[Callable[[Any], None] | None]:
    """A progress bar on stderr, if somebody looks at it; to be told of each target that is done."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress  # noqa: PLC0415 - start-up time

    with Progress(console=talk(), transient=True) as bar:
        task = bar.add_task(doing or tr("polling"), total=total)
        yield lambda _: bar.advance(task)


def interfaces(result: PollResult) -> tuple[int, int] | None:
    """How many interfaces are up, and how many there are; None if that is not known."""
    states = result.values("ifOperStatus")
    return (sum(number == _UP for number in states.values()), len(states)) if states else None


def health(result: PollResult, poller: Poller) -> Health:
    """A poll summed up."""
    from collectors import health as summing  # noqa: PLC0415 - start-up time

    return summing.health(result, poller.modules)


def load_of(result: PollResult, poller: Poller) -> str:
    """Processor, memory, temperature, sessions and tunnels, as far as the device tells them."""
    found = health(result, poller)
    parts = (
        (found.cpu_percent, mark("CPU {value:g} %")),
        (found.memory_percent, mark("memory {value:g} %")),
        (found.temperature_celsius, mark("{value:g} °C")),
        (found.sessions, mark("{value:,.0f} sessions")),
        (found.tunnels, mark("{value:g} tunnels")),
    )
    return ", ".join(tr(text, value=value) for value, text in parts if value is not None)


def show(results: Sequence[PollResult], poller: Poller) -> None:
    """The table, and a hint for each kind of failure."""
    columns = (
        mark("device"),
        mark("state"),
        mark("interfaces up"),
        mark("load"),
        mark("seconds"),
        mark("packets"),
        mark("reason"),
    )
    rows = []
    for result in results:
        count = interfaces(result)
        state = tr("answers") if result.ok else tr("partly") if result.samples else tr("failed")
        rows.append(
            (
                _named(result),
                state,
                f"{count[0]}/{count[1]}" if count else "-",
                load_of(result, poller) or "-",
                f"{result.seconds:.2f}",
                result.packets,
                failures(result),
            )
        )
    print_table("", columns, rows)
    console = talk()
    hints = dict.fromkeys(str(result.error.hint) for result in results if result.error and str(result.error.hint))
    for hint in hints:
        console.print(tr("hint: {hint}", hint=hint), markup=False, soft_wrap=True)
    ok = sum(result.ok for result in results)
    console.print(tr("{ok} of {count} devices answer", ok=ok, count=len(results)), markup=False)


def _named(result: PollResult) -> str:
    """The inventory's name, and the device's own where that is another."""
    own = result.label("sysName", "sysName")
    return result.device if own in {"", result.device} else f"{result.device} ({own})"


def failures(result: PollResult) -> str:
    """What could not be read and why; the modules are named where others were read."""
    if result.error is None:
        return ""
    failed = [part.module for part in result.modules if part.reason]
    partly = len(failed) < len(result.modules)
    return f"{result.error} ({', '.join(failed)})" if failed and partly else str(result.error)


def row_json(result: PollResult, poller: Poller) -> dict[str, Any]:
    """One device for `--json`."""
    count = interfaces(result)
    return {
        "device": result.device,
        "ok": result.ok,
        "reason": result.reason,
        "error": result.error.as_json() if result.error else None,
        "sys_name": result.label("sysName", "sysName"),
        "interfaces": {"up": count[0], "total": count[1]} if count else None,
        "health": asdict(health(result, poller)),
        "samples": result.samples,
        "packets": result.packets,
        "seconds": round(result.seconds, 4),
        "modules": [
            {
                "module": part.module,
                "ok": not part.reason,
                "reason": part.reason,
                "error": part.error.as_json() if part.error else None,
                "samples": sum(len(family.lines) for family in part.families),
                "packets": part.packets,
                "retried": part.retried,
                "seconds": round(part.seconds, 4),
            }
            for part in result.modules
        ],
    }


def write(results: Sequence[PollResult], path: Path) -> None:
    """All devices' metrics in one file of Prometheus text, told apart by the label `device`."""
    from collectors.results import combined  # noqa: PLC0415 - start-up time

    try:
        path.write_bytes(combined(results))
    except OSError as error:
        raise InputError(
            [
                Problem(
                    "unwritable",
                    Message("cannot be written: {reason}", reason=error.strerror or str(error)),
                    Message("name a file in a folder that exists and that you may write to"),
                    str(path),
                )
            ]
        ) from None
