"""`govnet config push`: bring devices to what is intended; a dry run unless --commit."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from cli.common import (
    HERE,
    CommitOption,
    JsonOption,
    WorkspaceOption,
    command,
    load_workspace,
    page,
    print_json,
    print_table,
    talk,
)
from cli.config_render import choose
from cli.plan_common import load_plan
from inventory.errors import ExitCode, GovnetError, InputError, RefusedError
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from configs.push import Backup, Job, Observer, PushResult
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace
    from ipplan.plan import Plan

DevicesArgument = Annotated[list[str] | None, typer.Argument(help=tr(mark("Names of devices.")), metavar="DEVICE")]
WhereOption = Annotated[
    str, typer.Option("--where", help=tr(mark("Only devices that match, such as 'county=431382'.")))
]
LabOption = Annotated[
    bool, typer.Option("--lab", help=tr(mark("Use the running lab of this workspace instead of the real devices.")))
]
ParallelOption = Annotated[
    int, typer.Option("--parallel", min=1, max=500, help=tr(mark("How many devices at a time.")))
]
AllowRebootOption = Annotated[
    bool,
    typer.Option(
        "--allow-reboot",
        help=tr(
            mark(
                "Where nothing better undoes a change that could cut us off, let the device's reboot timer do it: "
                "if the change is not confirmed, the site is down while the device boots."
            )
        ),
    ),
]
STATES = {
    "same": mark("as intended"),
    "different": mark("differs"),
    "changed": mark("changed and saved"),
    "untouched": mark("untouched"),
    "restored": mark("back where it was"),
    "unknown": mark("unknown: look at it now"),
}


def register(group: typer.Typer) -> None:
    """Add `config push`."""

    @command(
        group,
        "push",
        mark(
            "Bring devices to what templates, inventory and plan say. Without --commit it only shows the differences. "
            "With it each device is guarded, changed, checked over a new login, and only then saved."
        ),
        [
            "govnet config push --lab rt-lantian",
            "govnet config push --lab --where 'role=township-router' --commit",
            "govnet config push --lab --commit",
        ],
    )
    def push(
        devices: DevicesArgument = None,
        where: WhereOption = "",
        lab: LabOption = False,
        commit: CommitOption = False,
        allow_reboot: AllowRebootOption = False,
        parallel: ParallelOption = 20,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from dataclasses import replace  # noqa: PLC0415 - start-up time

        from configs import push as pushing  # noqa: PLC0415 - start-up time

        interrupted = False
        if commit and not lab:
            _check_approval(workspace)
        with surroundings(workspace, lab=lab) as (loaded, plan, endpoints):
            chosen = reachable(choose(loaded, devices or (), where), endpoints, named=bool(devices))
            jobs = [replace(job, allow_reboot=allow_reboot) for job in jobs_of(loaded, plan, chosen, endpoints)]
            told = _logged(loaded, len(jobs), lab=lab) if commit else None
            with watching(len(jobs), quiet=as_json) as observer, ended_like_an_interrupt():
                seen = _Seen(observer, told)
                try:
                    results = pushing.push(jobs, commit=commit, parallel=parallel, observer=seen)
                except KeyboardInterrupt:  # the second: devices that were begun are left as they are
                    results = seen.every([job.device for job in jobs], commit=commit)
                    interrupted = True
        if as_json:
            print_json(
                {
                    "ok": all(result.ok for result in results),
                    "dry_run": not commit,
                    "interrupted": interrupted,
                    "devices": [result.as_json() for result in results],
                }
            )
        else:
            _show(results, commit=commit)
        if interrupted:
            raise typer.Exit(128 + signal.SIGINT)
        finish([result.error for result in results if result.error is not None])


@contextmanager
def ended_like_an_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal count as Ctrl-C: devices that were begun are finished first."""
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def surroundings(root: Path, *, lab: bool) -> Iterator[tuple[Workspace, Plan, Endpoints]]:
    """The workspace, its plan and where its devices answer; with `lab` those of the running lab, from inside it."""
    from inventory.endpoints import Direct  # noqa: PLC0415 - start-up time

    loaded, plan = load_workspace(root), load_plan(root)
    if not lab:
        yield loaded, plan, Direct()
        return
    from lab import control, topology  # noqa: PLC0415 - start-up time
    from lab.state import OWN_LANGUAGES  # noqa: PLC0415 - as above

    state = control.load(root)
    if state.extra.get(OWN_LANGUAGES):
        with state.entered():
            yield loaded, plan, state.endpoints()
        return
    built = topology.build(loaded, plan, backend=state.backend)
    with state.entered():
        yield built.workspace, built.plan, state.endpoints()


def reachable(devices: Sequence[Device], endpoints: Endpoints, *, named: bool) -> list[Device]:
    """The devices that have a driver and are played; others that were not named are left out and told."""
    from configs.dialects import dialect  # noqa: PLC0415 - start-up time
    from inventory.text import Message  # noqa: PLC0415 - as above

    driverless = Message("it has no driver")
    absent = endpoints.absent()
    left_out: dict[tuple[str, str], int] = {}
    found = []
    for device in devices:
        why = absent.get(device.name) if dialect(device.platform).driver() is not None else driverless
        if named or why is None:
            found.append(device)
        else:
            left_out[device.platform, str(why)] = left_out.get((device.platform, str(why)), 0) + 1
    for (platform, reason), count in left_out.items():
        talk().print(
            tr(
                "{count} devices of platform {platform} are left out: {why}", count=count, platform=platform, why=reason
            ),
            style="yellow",
            markup=False,
        )
    return found


def jobs_of(workspace: Workspace, plan: Plan, devices: Sequence[Device], endpoints: Endpoints) -> list[Job]:
    """The devices' jobs; one whose template fails has that as its fault."""
    from dataclasses import replace  # noqa: PLC0415 - start-up time

    from configs import push as pushing  # noqa: PLC0415 - start-up time
    from configs.render import Renderer  # noqa: PLC0415 - start-up time
    from inventory.errors import DeviceError  # noqa: PLC0415 - as above

    renderer = Renderer(workspace, plan)
    rendered, faults = {}, {}
    for device in devices:
        try:
            rendered[device.name] = renderer.render(device.name)
        except (InputError, DeviceError) as error:
            faults[device.name] = error
    return [
        replace(job, fault=faults.get(job.device, job.fault))
        for job in pushing.jobs(workspace, devices, rendered, endpoints)
    ]


def _check_approval(root: Path) -> None:
    """RefusedError where nothing may be changed that a second person has not approved: a push has no approval."""
    from configs.rollout import policy as policies  # noqa: PLC0415 - start-up time

    if policies.load(root / policies.FILE).approval:
        raise RefusedError(
            Message("rollout.yaml says that a second person approves what is changed, and a push asks nobody"),
            Message("begin a rollout of these devices: govnet rollout start --commit"),
        )


def _logged(workspace: Workspace, count: int, *, lab: bool) -> Callable[[PushResult], None]:
    """Writes each device's result to the operations log. GovnetError if that cannot be written: nothing is begun."""
    from configs.operations import Operations  # noqa: PLC0415 - start-up time
    from configs.rollout.bundle import digest_of  # noqa: PLC0415 - as above

    operations = Operations(workspace.root, workspace.settings.syslog)
    operations.write("push.start", {"devices": count, "lab": lab})

    def told(result: PushResult) -> None:
        about = {
            "device": result.device,
            "digest": digest_of(result.diff),
            "state": result.state.value,
            "added": result.added,
            "removed": result.removed,
            "guard": result.guard.value,
            "error": type(result.error).__name__ if result.error else "",
            "lab": lab,
        }
        try:
            operations.write("push.device", about)
        except GovnetError as error:  # the other devices are finished all the same
            tell_error(result.device, error)

    return told


def finish(errors: Sequence[GovnetError]) -> None:
    """Exit with what the failures amount to: 4 if every one was a refusal, else 3; 0 if there is none."""
    if errors:
        refused = all(error.exit_code is ExitCode.REFUSED for error in errors)
        raise typer.Exit(ExitCode.REFUSED if refused else ExitCode.DEVICES_FAILED)


class _Seen:
    """Keeps what a rollout has told so far, for whoever cannot wait for its end."""

    def __init__(self, shown: Observer | None, told: Callable[[PushResult], None] | None) -> None:
        self._shown = shown
        self._told = told
        self._begun: set[str] = set()
        self._results: dict[str, PushResult] = {}

    def step(self, device: str, step: Message) -> None:
        """A device begins a step."""
        self._begun.add(device)
        if self._shown is not None:
            self._shown.step(device, step)

    def done(self, result: PushResult | Backup) -> None:
        """A device is finished."""
        self._results[result.device] = cast("PushResult", result)
        if self._told is not None:
            self._told(cast("PushResult", result))
        if self._shown is not None:
            self._shown.done(result)

    def every(self, devices: Sequence[str], *, commit: bool) -> list[PushResult]:
        """How the devices were left, those in the middle too."""
        results = [self.left(device, commit=commit) for device in devices]
        for result in results:
            if self._told is not None and result.device not in self._results:
                self._told(result)
        return results

    def left(self, device: str, *, commit: bool) -> PushResult:
        """How a device was left: its result, or what is known of it without one."""
        from configs.push import PushResult, State  # noqa: PLC0415 - start-up time
        from inventory.errors import DeviceError  # noqa: PLC0415 - as above

        if device in self._results:
            return self._results[device]
        if device not in self._begun:
            why, hint = Message("interrupted before this device was begun"), Message("run the command again")
            return PushResult(device, State.UNTOUCHED, error=DeviceError(device, why, hint))
        if not commit:
            why, hint = Message("interrupted while it was being read"), Message("run the command again")
            return PushResult(device, State.UNTOUCHED, error=DeviceError(device, why, hint))
        why = Message("interrupted in the middle: it may be changed and not saved")
        hint = Message("an armed guard undoes the change when its timer ends; look at the device, then push again")
        return PushResult(device, State.UNKNOWN, error=DeviceError(device, why, hint))


class _Bar:
    """Shows a rollout on the terminal, on stderr."""

    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - start-up time

        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
        self.progress = Progress(*columns, console=talk(), transient=True)
        self._task = self.progress.add_task("", total=total)

    def step(self, device: str, step: Message) -> None:
        """Name the device that moves, and what it does."""
        self.progress.update(self._task, description=f"{device}: {step}")

    def done(self, result: PushResult | Backup) -> None:
        """One more."""
        del result
        self.progress.advance(self._task)


@contextmanager
def watching(total: int, *, quiet: bool) -> Iterator[Observer | None]:
    """A progress bar where somebody looks at it."""
    if quiet or total < 2 or not sys.stderr.isatty():
        with nullcontext():
            yield None
        return
    bar = _Bar(total)
    shown: AbstractContextManager[Any] = bar.progress
    with shown:
        yield bar


def tell_error(name: str, error: GovnetError) -> None:
    """A device's failure on stderr: what, and what to do."""
    console = talk()
    if isinstance(error, InputError):
        for problem in error.problems:
            console.print(f"{name}: {problem.in_language(language())}", style="red", markup=False, soft_wrap=True)
        return
    head = str(error.message)
    console.print(head if head.startswith(name) else f"{name}: {head}", style="red", markup=False, soft_wrap=True)
    if str(error.hint):
        console.print("  " + tr("hint: {hint}", hint=error.hint), markup=False, soft_wrap=True)


def _show(results: Sequence[PushResult], *, commit: bool) -> None:
    from rich.text import Text  # noqa: PLC0415 - start-up time

    styles = {"+": "green", "-": "red"}
    console = page()
    for result in results:
        if result.diff:
            console.print(Text(f"── {result.device}", style="bold"), soft_wrap=True)
            for line in result.diff.splitlines():
                console.print(Text(line, style=styles.get(line[:1], "dim")), soft_wrap=True)
    print_table(
        "",
        (mark("device"), mark("added"), mark("removed"), mark("state"), mark("seconds")),
        [
            (result.device, result.added, result.removed, tr(STATES[result.state.value]), f"{result.seconds:.1f}")
            for result in results
        ],
    )
    for result in results:
        for note in result.notes:
            talk().print(f"{result.device}: {note}", style="yellow", markup=False, soft_wrap=True)
        if result.error is not None:
            tell_error(result.device, result.error)
    if not commit and any(result.changed and result.ok for result in results):
        talk().print(tr("This was a dry run: nothing was changed. Add --commit to do it."), markup=False)
