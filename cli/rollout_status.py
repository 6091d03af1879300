"""`govnet rollout status`, `pause`, `abort`, `approve`, `report`: what is seen of a rollout and asked of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from cli.config_push import ParallelOption
from cli.rollout_common import (
    NameArgument,
    RebootOption,
    engine,
    idle,
    open_store,
    overview,
    rollout_json,
    show,
)
from configs.rollout.report import PHASES
from inventory.errors import ExitCode, RefusedError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from configs.rollout.bundle import Bundle

WATCH = 0.5  # seconds between two looks


def register(group: typer.Typer) -> None:
    """Add the commands."""
    _register_status(group)
    _register_list(group)
    _register_pause(group)
    _register_abort(group)
    _register_approve(group)
    _register_report(group)


def _register_status(group: typer.Typer) -> None:
    @command(
        group,
        "status",
        mark("Where a rollout stands: its waves, what is done now, and what failed. Nothing is asked of a device."),
        ["govnet rollout status", "govnet rollout status --watch"],
    )
    def status(
        name: NameArgument = "",
        watch: Annotated[bool, typer.Option("--watch", help=tr(mark("Stay, and draw it anew while it runs.")))] = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time
        from configs.rollout.store import Phase  # noqa: PLC0415 - as above

        bundle = bundles.find(workspace, name)
        store = open_store(workspace)
        if watch and not as_json:
            from rich.live import Live  # noqa: PLC0415 - start-up time

            with Live(console=page(), refresh_per_second=4) as live:
                while (standing := store.standing(bundle.name)).phase is Phase.RUNNING:
                    rows = store.devices(bundle.name)
                    live.update(overview(bundle, standing, rows, idle(bundle, store, rows)))
                    time.sleep(WATCH)
        standing, rows = store.standing(bundle.name), store.devices(bundle.name)
        zones = idle(bundle, store, rows)
        if as_json:
            print_json(rollout_json(bundle, standing, rows, zones))
        else:
            show(bundle, standing, rows, zones)


def _register_list(group: typer.Typer) -> None:
    @command(group, "list", mark("The rollouts of this workspace, the newest last."), ["govnet rollout list"])
    def every(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time

        store = open_store(workspace)
        found = [bundles.read(workspace, name) for name in bundles.names(workspace)]
        if as_json:
            print_json({"rollouts": [_brief(bundle, store.standing(bundle.name).phase.value) for bundle in found]})
            return
        print_table(
            "",
            (mark("rollout"), mark("state"), mark("where"), mark("by"), mark("devices"), mark("reason")),
            [
                (
                    bundle.name,
                    tr(PHASES[store.standing(bundle.name).phase.value]),
                    tr("lab") if bundle.lab else tr("network"),
                    bundle.by,
                    len(bundle.devices),
                    bundle.reason,
                )
                for bundle in found
            ],
        )


def _brief(bundle: Bundle, phase: str) -> dict[str, Any]:
    return {
        "name": bundle.name,
        "phase": phase,
        "by": bundle.by,
        "reason": bundle.reason,
        "begun": bundle.begun.isoformat(),
        "devices": len(bundle.devices),
        "lab": bundle.lab,
    }


def _register_pause(group: typer.Typer) -> None:
    @command(
        group,
        "pause",
        mark("Ask a running rollout to begin no further site. What is in flight is finished; `resume` goes on."),
        ["govnet rollout pause"],
    )
    def pause(name: NameArgument = "", workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        from configs.rollout.store import Request  # noqa: PLC0415 - start-up time

        _ask(workspace, name, Request.PAUSE, as_json=as_json)


def _ask(root: Path, name: str, request: Any, *, as_json: bool) -> None:
    from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time
    from configs.rollout.store import Phase  # noqa: PLC0415 - as above

    bundle = bundles.find(root, name)
    store = open_store(root)
    standing = store.standing(bundle.name)
    if standing.phase is not Phase.RUNNING:
        raise RefusedError(
            Message("the rollout {name} is not running", name=bundle.name),
            Message("see where it stands: govnet rollout status {name}", name=bundle.name),
        )
    store.ask(bundle.name, request)
    if as_json:
        print_json({"ok": True, "name": bundle.name, "request": request.value})
    else:
        talk().print(tr("asked; what is in flight is finished first"), markup=False)


def _register_abort(group: typer.Typer) -> None:
    @command(
        group,
        "abort",
        mark(
            "End a rollout. What is in flight is finished first; with --rollback what the last wave has changed is "
            "then taken back, device by device, guarded as every change."
        ),
        ["govnet rollout abort", "govnet rollout abort --rollback --commit"],
    )
    def abort(
        name: NameArgument = "",
        rollback: Annotated[
            bool, typer.Option("--rollback", help=tr(mark("Take back what the last wave has changed.")))
        ] = False,
        commit: Annotated[
            bool,
            typer.Option(
                "--commit", help=tr(mark("Really do it: finish what a dead process left, take back what is asked."))
            ),
        ] = False,
        parallel: ParallelOption = 20,
        allow_reboot: RebootOption = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.operations import operator  # noqa: PLC0415 - start-up time
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - as above
        from configs.rollout import conduct  # noqa: PLC0415 - as above
        from configs.rollout.store import Phase  # noqa: PLC0415 - as above

        bundle = bundles.find(workspace, name)
        store = open_store(workspace)
        store.begin(bundle)
        dead = store.standing(bundle.name).phase is Phase.INTERRUPTED and bool(conduct.in_flight(bundle, store))
        if not (dead and commit):
            conduct.end(bundle, store)
        _log(workspace, bundle, "rollout.abort", {"rollback": rollback and commit})
        if commit and (dead or rollback):
            zones = conduct.zones_without_worker(bundle, store)
            options: dict[str, Any] = {"parallel": parallel, "allow_reboot": allow_reboot, "who": operator()}
            with engine(workspace, lab=bundle.lab, zones=zones, **options) as (store, running):
                if dead:
                    conduct.conclude(bundle, store, running, running.worker.executor)
                if rollback:
                    conduct.roll_back(bundle, store, running)
        wanted = conduct.to_roll_back(bundle, store) if rollback else []
        standing, rows = store.standing(bundle.name), store.devices(bundle.name)
        if as_json:
            print_json(
                {
                    **rollout_json(bundle, standing, rows),
                    "dry_run": rollback and not commit,
                    "to_roll_back": [device for stop, _ in wanted for device in stop.devices],
                }
            )
        else:
            show(bundle, standing, rows)
            if wanted and not commit:
                names = ", ".join(device for stop, _ in wanted for device in stop.devices)
                talk().print(tr("would be taken back: {names}. Add --commit to do it.", names=names), markup=False)
        if any(row.state == "unknown" or (row.result or {}).get("undone") is False for row in rows):
            raise typer.Exit(ExitCode.DEVICES_FAILED)


def _register_approve(group: typer.Typer) -> None:
    @command(
        group,
        "approve",
        mark(
            "Approve a rollout that waits for a second person. Look at it first: the approval is of exactly these "
            "devices and texts, and of nothing that is changed later."
        ),
        ["govnet rollout approve"],
    )
    def approve(name: NameArgument = "", workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        from configs.operations import operator  # noqa: PLC0415 - start-up time
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - as above

        bundle = bundles.find(workspace, name)
        who = operator()
        if who == bundle.by:
            raise RefusedError(
                Message("{who} began the rollout: somebody else approves it", who=who),
                Message("a second person logs in under his own account; on a shared one he sets GOVNET_OPERATOR"),
            )
        store = open_store(workspace)
        store.begin(bundle)
        store.approve(bundle.name, who, bundle.digest, time.time())
        _log(workspace, bundle, "rollout.approve", {})
        if as_json:
            print_json({"ok": True, "name": bundle.name, "by": who, "digest": bundle.digest})
        else:
            talk().print(
                tr("approved by {who}; it begins with: govnet rollout resume {name}", who=who, name=bundle.name),
                markup=False,
                soft_wrap=True,
            )


def _register_report(group: typer.Typer) -> None:
    @command(
        group,
        "report",
        mark("Write a rollout as an HTML page: each site and device, what needs a person, the time line."),
        ["govnet rollout report", "govnet rollout report --out reports/rollout.html"],
    )
    def report(
        name: NameArgument = "",
        out: Annotated[
            Path | None, typer.Option("--out", help=tr(mark("The file to write.")), metavar="FILE", show_default=False)
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time
        from configs.rollout import report as reports  # noqa: PLC0415 - as above

        bundle = bundles.find(workspace, name)
        store = open_store(workspace)
        path = out or workspace / "reports" / f"rollout-{bundle.name}.html"
        approvals = [by for by, digest, _ in store.approvals(bundle.name) if digest == bundle.digest]
        inventory = load_workspace(workspace).inventory
        reports.write(bundle, store.standing(bundle.name), store.devices(bundle.name), approvals, inventory, path)
        if as_json:
            print_json({"ok": True, "name": bundle.name, "report": str(path)})
        else:
            talk().print(tr("report written to {path}", path=path), markup=False, soft_wrap=True)


def _log(root: Path, bundle: Bundle, what: str, about: dict[str, Any]) -> None:
    from configs.operations import Operations  # noqa: PLC0415 - start-up time

    workspace = load_workspace(root)
    Operations(workspace.root, workspace.settings.syslog).write(
        what, {"rollout": bundle.name, "digest": bundle.digest, "lab": bundle.lab, **about}
    )
