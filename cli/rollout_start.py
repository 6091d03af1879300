"""`govnet rollout start` and `resume`: devices changed in waves, so that it can be stopped and gone on with."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, CommitOption, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from cli.config_push import (
    DevicesArgument,
    LabOption,
    ParallelOption,
    WhereOption,
    ended_like_an_interrupt,
    jobs_of,
    reachable,
    surroundings,
    tell_error,
    watching,
)
from cli.config_render import choose
from cli.rollout_common import (
    NameArgument,
    RebootOption,
    engine,
    exit_code,
    idle,
    open_store,
    overview,
    rollout_json,
    show,
)
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from configs.push import PushResult
    from configs.rollout.bundle import Bundle
    from configs.rollout.store import Store


def register(group: typer.Typer) -> None:
    """Add `rollout start` and `rollout resume`."""
    _register_start(group)
    _register_resume(group)


def _register_start(group: typer.Typer) -> None:
    @command(
        group,
        "start",
        mark(
            "Change many devices in waves, as rollout.yaml says. Without --commit it shows the waves and the "
            "differences and does nothing. It can be stopped or killed at any moment: `rollout resume` goes on."
        ),
        [
            "govnet rollout start --lab --where 'role=township-router'",
            "govnet rollout start --lab --where 'role=township-router' --commit --reason 'CR-17'",
        ],
    )
    def start(
        devices: DevicesArgument = None,
        where: WhereOption = "",
        reason: Annotated[
            str, typer.Option("--reason", help=tr(mark("Why: a change request's number, for the log and the report.")))
        ] = "",
        stage: Annotated[
            Path | None,
            typer.Option(
                "--stage",
                metavar="DIR",
                help=tr(mark("Send this stage that config stages wrote, in place of what templates say.")),
            ),
        ] = None,
        undo: Annotated[
            bool, typer.Option("--undo", help=tr(mark("Take the stage back: what undoes it is sent.")))
        ] = False,
        ahead: Annotated[
            bool,
            typer.Option("--ahead", help=tr(mark("Begin a stage although others have not done those before it."))),
        ] = False,
        lab: LabOption = False,
        commit: CommitOption = False,
        parallel: ParallelOption = 20,
        allow_reboot: RebootOption = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import push as pushing  # noqa: PLC0415 - start-up time
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - as above
        from configs.rollout import planning, stages  # noqa: PLC0415 - as above
        from configs.rollout import policy as policies  # noqa: PLC0415 - as above

        policy = policies.load(workspace / policies.FILE)
        folder = stages.relative(workspace, stage) if stage is not None else ""
        if undo and not folder:
            hint = Message("name the stage: --stage DIR; another rollout is taken back with: govnet rollout abort")
            raise InputError([Problem("undo", Message("only a stage is taken back so"), hint, column="--undo")])
        if folder and not ahead:
            _demand_turn(workspace, folder, undo=undo, lab=lab)
        with surroundings(workspace, lab=lab) as (loaded, plan, endpoints):
            chosen = choose(loaded, devices or (), where)
            if folder:
                steps = stages.steps(workspace, folder, undo=undo)
                chosen = reachable(stages.chosen(steps, chosen, devices or (), folder), endpoints, named=bool(devices))
                jobs = [steps[device.name].job(loaded, device, endpoints) for device in chosen]
                digests = {name: step.digest for name, step in steps.items()}
            else:
                chosen = reachable(chosen, endpoints, named=bool(devices))
                jobs, digests = jobs_of(loaded, plan, chosen, endpoints), planning.digests(loaded, plan, chosen)
            jobs = [replace(job, allow_reboot=allow_reboot) for job in jobs]
            with watching(len(jobs), quiet=as_json) as observer:
                results = pushing.push(jobs, commit=False, parallel=parallel, observer=observer)
            bundle = planning.plan(loaded, results, digests, policy, reason=reason, lab=lab, stage=folder, undo=undo)
        failed = [result for result in results if result.error is not None]
        if not as_json:
            _show_plan(bundle, results)
        begun = commit and len(failed) <= policy.stop_after_failures
        if not begun:
            if as_json:
                print_json(
                    {
                        "ok": not failed,
                        "dry_run": not commit,
                        "rollout": bundle.as_json(),
                        "devices": [result.as_json() for result in results],
                    }
                )
            elif commit:
                talk().print(tr("Nothing was begun: mend these devices or leave them out."), style="red", markup=False)
            else:
                talk().print(tr("This was a dry run: nothing was changed. Add --commit to do it."), markup=False)
            raise typer.Exit(ExitCode.DEVICES_FAILED if failed else ExitCode.DONE)
        bundles.write(bundle)
        _note(loaded, bundle, "rollout.start")
        _run(workspace, bundle, parallel=parallel, allow_reboot=allow_reboot, as_json=as_json)


def _demand_turn(root: Path, folder: str, *, undo: bool, lab: bool) -> None:
    """RefusedError where it is not the stage's turn."""
    from configs.rollout import stages_order  # noqa: PLC0415 - start-up time

    store = open_store(root)
    try:
        stages_order.demand_turn(root, folder, store, undo=undo, lab=lab)
    finally:
        store.close()


def _register_resume(group: typer.Typer) -> None:
    @command(
        group,
        "resume",
        mark(
            "Go on with a rollout that was paused, stopped or killed. Devices that are done stay as they are; a device "
            "that was in the middle is read first; those that failed are tried again."
        ),
        ["govnet rollout resume"],
    )
    def resume(
        name: NameArgument = "",
        parallel: ParallelOption = 20,
        allow_reboot: RebootOption = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from cli.common import load_workspace  # noqa: PLC0415 - start-up time
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time

        bundle = bundles.find(workspace, name)
        _note(load_workspace(workspace), bundle, "rollout.resume")
        _run(workspace, bundle, parallel=parallel, allow_reboot=allow_reboot, as_json=as_json)


def _run(root: Path, bundle: Bundle, *, parallel: int, allow_reboot: bool, as_json: bool) -> None:
    """Conduct the rollout here, with a worker for every zone that has no other."""
    from configs.operations import operator  # noqa: PLC0415 - start-up time
    from configs.rollout import conduct  # noqa: PLC0415 - as above
    from configs.rollout.store import Request  # noqa: PLC0415 - as above

    store = open_store(root)
    store.begin(bundle)
    conduct.check_approved(bundle, store)
    zones = conduct.zones_without_worker(bundle, store)
    store.close()
    options: dict[str, Any] = {"parallel": parallel, "allow_reboot": allow_reboot, "who": operator()}
    with engine(root, lab=bundle.lab, zones=zones, **options) as (store, running), ended_like_an_interrupt():
        with _live(bundle, store, quiet=as_json) as watch:
            try:
                conduct.conduct(bundle, store, running, running.worker.executor, watch=watch)
            except KeyboardInterrupt:
                store.ask(bundle.name, Request.PAUSE)
                talk().print(tr("finishing what is in flight; `govnet rollout resume` goes on later"), markup=False)
                conduct.finish(bundle, store, running, watch=watch)
        standing, rows = store.standing(bundle.name), store.devices(bundle.name)
    if as_json:
        print_json({"dry_run": False, **rollout_json(bundle, standing, rows)})
    else:
        show(bundle, standing, rows)
    raise typer.Exit(exit_code(standing, rows))


@contextmanager
def _live(bundle: Bundle, store: Store, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """The overview, drawn anew while it changes, where somebody looks at it."""
    if quiet or not sys.stderr.isatty():
        with nullcontext():
            yield lambda: None
        return
    from rich.live import Live  # noqa: PLC0415 - start-up time

    with Live(console=talk(), transient=True, refresh_per_second=4) as live:

        def draw() -> None:
            rows = store.devices(bundle.name)
            live.update(overview(bundle, store.standing(bundle.name), rows, idle(bundle, store, rows)))

        yield draw


def _show_plan(bundle: Bundle, results: Sequence[PushResult]) -> None:
    """The waves, and what would change on each device."""
    from rich.text import Text  # noqa: PLC0415 - start-up time

    styles = {"+": "green", "-": "red"}
    console = page()
    by_name = {result.device: result for result in results}
    for result in results:
        if result.diff:
            console.print(Text(f"── {result.device}", style="bold"), soft_wrap=True)
            for line in result.diff.splitlines():
                console.print(Text(line, style=styles.get(line[:1], "dim")), soft_wrap=True)
    print_table(
        tr("rollout: waves"),
        (mark("wave"), mark("site"), mark("zone"), mark("device"), mark("added"), mark("removed")),
        [
            (
                f"{wave.number} {wave.title}".strip(),
                stop.site,
                stop.zone,
                device,
                by_name[device].added,
                by_name[device].removed,
            )
            for wave in bundle.waves
            for stop in wave.sites
            for device in stop.devices
        ],
    )
    for result in results:
        if result.error is not None:
            tell_error(result.device, result.error)


def _stage_of(bundle: Bundle) -> str:
    """The stage that is sent, or taken back, as the operations log has it."""
    return f"undo {bundle.stage}" if bundle.undo else bundle.stage


def _note(workspace: Any, bundle: Bundle, what: str) -> None:
    from configs.operations import Operations  # noqa: PLC0415 - start-up time

    Operations(workspace.root, workspace.settings.syslog).write(
        what,
        {
            "rollout": bundle.name,
            "digest": bundle.digest,
            "devices": len(bundle.devices),
            "stage": _stage_of(bundle),
            "reason": bundle.reason,
            "lab": bundle.lab,
        },
    )
