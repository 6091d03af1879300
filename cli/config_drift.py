"""`govnet config drift`: which devices no longer run what is intended, or what they ran on an earlier day."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.config_push import (
    DevicesArgument,
    LabOption,
    ParallelOption,
    WhereOption,
    finish,
    reachable,
    surroundings,
    tell_error,
    watching,
)
from cli.config_render import choose
from inventory.errors import DeviceError, ExitCode, GovnetError, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from configs.archive import Archive
    from configs.drift import Drift
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace
    from ipplan.plan import Plan

ARCHIVE = "archive"
STATES = {"same": mark("as intended"), "drifted": mark("drifted"), "unknown": mark("unknown")}
SINCE = {"same": mark("unchanged"), "drifted": mark("changed"), "unknown": mark("unknown")}


def register(group: typer.Typer) -> None:
    """Add `config drift`."""

    @command(
        group,
        "drift",
        mark(
            "Find devices that do not run what templates, inventory and plan say: by structure, without time stamps "
            "and stored secrets. With --since they are compared with what the archive had on that day. Nothing is "
            "changed. Exit code 1 for drift, 3 if a device could not be compared."
        ),
        [
            "govnet config drift --lab",
            "govnet config drift --archive --lab",
            "govnet config drift rt-lantian --lab --since 2026-11-21",
        ],
    )
    def drift(
        devices: DevicesArgument = None,
        where: WhereOption = "",
        lab: LabOption = False,
        archive: Annotated[
            bool, typer.Option("--archive", help=tr(mark("Take the archive's last copies; no device is asked.")))
        ] = False,
        since: Annotated[
            str,
            typer.Option(
                "--since",
                help=tr(mark("Compare with the archive's copy of a date, a time or a commit.")),
                metavar="WHEN",
            ),
        ] = "",
        exact: Annotated[
            bool, typer.Option("--exact", help=tr(mark("Lines that no template speaks of are drift too.")))
        ] = False,
        metrics: Annotated[
            Path | None,
            typer.Option(
                "--metrics", help=tr(mark("Write the result for Prometheus (textfile collector).")), metavar="FILE"
            ),
        ] = None,
        parallel: ParallelOption = 20,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.archive import Archive  # noqa: PLC0415 - start-up time

        if since and (exact or metrics is not None):
            raise _usage(
                Message("--since compares two days: --exact and --metrics go with what is intended"),
                Message("leave out --since, or the other option"),
            )
        store = Archive(workspace / ARCHIVE)
        with surroundings(workspace, lab=lab) as (loaded, plan, endpoints):
            chosen = choose(loaded, devices or (), where)
            if archive:
                there = store.devices()
                # A device without a copy is unknown, unless no backup could have fetched one.
                others = [device for device in chosen if device.name not in there]
                fetched = there | {device.name for device in reachable(others, endpoints, named=bool(devices))}
                chosen = [device for device in chosen if device.name in fetched]
                texts = {device.name: _archived(store, device, None) for device in chosen}
            else:
                chosen = reachable(chosen, endpoints, named=bool(devices))
                texts = _read(loaded, chosen, endpoints, parallel, quiet=as_json)
            compare = _since(store, since) if since else _intended(loaded, plan, exact=exact)
            found = [_one(device, texts[device.name], compare) for device in chosen]
        if since and not archive:
            _log(loaded, found, since, lab=lab)
        if metrics is not None:
            _write(metrics, found)
        if as_json:
            print_json(
                {
                    "ok": all(item.state == "same" for item in found),
                    "against": "archive" if since else "intended",
                    "since": since,
                    "source": "archive" if archive else "devices",
                    "drifted": sum(item.state == "drifted" for item in found),
                    "unknown": sum(item.state == "unknown" for item in found),
                    "devices": [item.as_json() for item in found],
                }
            )
        else:
            _show(found, SINCE if since else STATES)
        finish([item.error for item in found if item.error is not None])
        if any(item.state == "drifted" for item in found):
            raise typer.Exit(ExitCode.FINDINGS)


def _read(
    loaded: Workspace, chosen: Sequence[Device], endpoints: Endpoints, parallel: int, *, quiet: bool
) -> dict[str, bytes | GovnetError]:
    """What the devices run, masked; or what went wrong."""
    from configs import push as pushing  # noqa: PLC0415 - start-up time

    jobs = pushing.jobs(loaded, chosen, {}, endpoints)
    with watching(len(jobs), quiet=quiet) as observer:
        backups = pushing.backup(jobs, parallel=parallel, observer=observer)
    return {item.device: item.text if item.error is None else item.error for item in backups}


def _archived(store: Archive, device: Device, at: str | None) -> bytes | GovnetError:
    try:
        return store.read(device.name, at)
    except InputError as error:
        problem = error.problems[0]
        if problem.code == "not-in-archive":
            return DeviceError(device.name, problem.message, problem.hint)
        raise


def _intended(loaded: Workspace, plan: Plan, *, exact: bool) -> Callable[[Device, bytes], Drift]:
    from configs import drift  # noqa: PLC0415 - start-up time
    from configs.render import Renderer  # noqa: PLC0415 - start-up time

    renderer = Renderer(loaded, plan)

    def compare(device: Device, running: bytes) -> Drift:
        wanted = renderer.render(device.name).to_bytes()
        return drift.against(device.name, device.platform, running, wanted, management=device.address, exact=exact)

    return compare


def _since(store: Archive, when: str) -> Callable[[Device, bytes], Drift]:
    from configs import drift  # noqa: PLC0415 - start-up time

    def compare(device: Device, running: bytes) -> Drift:
        before = _archived(store, device, when)
        if isinstance(before, GovnetError):
            return drift.unknown(device.name, device.platform, before)
        return drift.between(device.name, device.platform, before, running)

    return compare


def _log(loaded: Workspace, found: Sequence[Drift], since: str, *, lab: bool) -> None:
    """Put down what was compared with the archive and what differed: evidence for an audit."""
    from configs.operations import Operations  # noqa: PLC0415 - start-up time

    known = {state: [item.device for item in found if item.state == state] for state in ("same", "drifted")}
    about = {
        "devices": sum(map(len, known.values())),
        "names": ", ".join(known["same"]),
        "drifted": ", ".join(known["drifted"]),
        "since": since,
        "lab": lab,
    }
    Operations(loaded.root, loaded.settings.syslog).write("drift.since", about)


def _one(device: Device, running: bytes | GovnetError, compare: Callable[[Device, bytes], Drift]) -> Drift:
    """One device's drift; what went wrong with it does not stop the others."""
    from configs import drift  # noqa: PLC0415 - start-up time

    if isinstance(running, GovnetError):
        return drift.unknown(device.name, device.platform, running)
    try:
        return compare(device, running)
    except InputError as error:
        if error.problems[0].code in {"bad-time", "no-archive"}:
            raise
        return drift.unknown(device.name, device.platform, error)
    except GovnetError as error:
        return drift.unknown(device.name, device.platform, error)


def _write(path: Path, found: Sequence[Drift]) -> None:
    from configs.drift import metrics  # noqa: PLC0415 - start-up time
    from inventory.sources import write_atomically  # noqa: PLC0415 - start-up time

    try:
        write_atomically(path, metrics(found, time.time()).encode())
    except OSError as error:
        raise InputError(
            [
                Problem(
                    code="cannot-write",
                    message=Message("cannot write {path}: {why}", path=str(path), why=error.strerror or ""),
                    hint=Message("name a file in a folder that you may write to"),
                    file=str(path),
                )
            ]
        ) from error


def _show(found: Sequence[Drift], states: dict[str, str]) -> None:
    from rich.text import Text  # noqa: PLC0415 - start-up time

    styles = {"+": "green", "-": "red"}
    console = page()
    for item in found:
        if item.diff and item.state == "drifted":
            console.print(Text(f"── {item.device}", style="bold"), soft_wrap=True)
            for line in item.diff.splitlines():
                console.print(Text(line, style=styles.get(line[:1], "dim")), soft_wrap=True)
    print_table(
        "",
        (mark("device"), mark("platform"), mark("state"), "+", "-"),
        [(item.device, item.platform, tr(states[item.state.value]), *_counts(item)) for item in found],
    )
    for item in found:
        for note in item.notes:
            talk().print(f"{item.device}: {note}", style="yellow", markup=False, soft_wrap=True)
        if item.error is not None:
            tell_error(item.device, item.error)
    talk().print(
        tr(
            "{drifted} of {count} devices differ, {unknown} unknown",
            drifted=sum(item.state == "drifted" for item in found),
            count=len(found),
            unknown=sum(item.state == "unknown" for item in found),
        ),
        markup=False,
    )


def _counts(item: Drift) -> tuple[str, str]:
    if item.state == "unknown":
        return "?", "?"
    return str(item.added), str(item.removed)


def _usage(message: Message, hint: Message) -> InputError:
    return InputError([Problem(code="usage", message=message, hint=hint)])
