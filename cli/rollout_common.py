"""What the rollout's commands share: the database, the surroundings of a worker, the way it is shown."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import load_workspace, page, talk
from cli.config_push import surroundings
from configs.rollout.report import PHASES, REHEARSAL, STATES, stage_of
from inventory.errors import ExitCode
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rich.table import Table

    from configs.push import PushResult
    from configs.rollout.bundle import Bundle
    from configs.rollout.engine import Engine
    from configs.rollout.policy import Check, CheckKind
    from configs.rollout.store import Row, Standing, Store
    from configs.rollout.unserved import Unserved
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace

NameArgument = Annotated[
    str,
    typer.Argument(help=tr(mark("A rollout, or the beginning of its name; the newest by default.")), metavar="NAME"),
]
RebootOption = Annotated[
    bool,
    typer.Option(
        "--allow-reboot", help=tr(mark("Where nothing better is there, a device's reboot timer may be its guard."))
    ),
]

NAMED = 5  # devices of a zone that are named


def open_store(root: Path) -> Store:
    """The database of a workspace's rollouts: `database` of govnet.yaml, else state.db."""
    from configs.rollout.store import Store, default_url  # noqa: PLC0415 - start-up time

    return Store(load_workspace(root).settings.database or default_url(root))


@contextmanager
def engine(
    root: Path,
    *,
    lab: bool,
    zones: Sequence[str] = ("",),
    parallel: int = 20,
    allow_reboot: bool = False,
    who: str = "",
) -> Iterator[tuple[Store, Engine]]:
    """The engine at work on the workspace's devices, or on those of its lab.

    `who` is the person for whom it works; a worker near the devices works for whoever began the rollout.
    """
    from configs.rollout.engine import Engine  # noqa: PLC0415 - start-up time
    from configs.rollout.world import WorkspaceWorld  # noqa: PLC0415 - as above

    with ExitStack() as stack:
        store = open_store(root)
        stack.callback(store.close)
        loaded, plan, endpoints = stack.enter_context(surroundings(root, lab=lab))
        world = WorkspaceWorld(
            loaded,
            plan,
            endpoints,
            store,
            looks(loaded, endpoints),
            _logged(loaded, store, who),
            allow_reboot=allow_reboot,
        )
        running = stack.enter_context(Engine(store, world, zones, parallel=parallel))
        yield store, running


def _logged(workspace: Workspace, store: Store, who: str) -> Any:
    """Writes each finished device to the operations log, with whoever approved it."""
    from configs.operations import Operations  # noqa: PLC0415 - start-up time

    operations = Operations(workspace.root, workspace.settings.syslog)

    def told(bundle: Bundle, result: PushResult, undone: bool) -> None:
        approved = sorted(by for by, digest, _ in store.approvals(bundle.name) if digest == bundle.digest)
        about = {
            "rollout": bundle.name,
            "device": result.device,
            "digest": bundle.devices[result.device].digest,
            "state": result.state.value,
            "added": result.added,
            "removed": result.removed,
            "guard": result.guard.value,
            "error": type(result.error).__name__ if result.error else "",
            "approved": ", ".join(approved),
            "lab": bundle.lab,
        }
        operations.write("rollout.undo" if undone else "rollout.device", about, who=who or bundle.by)

    return told


def looks(workspace: Workspace, endpoints: Endpoints) -> dict[CheckKind, Any]:
    """The checks that can be made from here."""
    from configs.rollout.policy import CheckKind  # noqa: PLC0415 - start-up time

    def snmp(check: Check, device: str) -> frozenset[str]:
        from collectors.poll import Poller, targets  # noqa: PLC0415 - start-up time

        known = _known(workspace, check, device)
        for place in (known, known.before_move):  # whether it moves now or has moved
            if place is not None and Poller(("system",)).poll(targets(workspace, [place], endpoints))[0].ok:
                return frozenset({"answers"})
        return frozenset()

    def asked(check: Check, device: str) -> frozenset[str]:
        from configs import push as pushing  # noqa: PLC0415 - start-up time
        from configs.looks import look  # noqa: PLC0415 - as above

        [job] = pushing.jobs(workspace, [_known(workspace, check, device)], {}, endpoints)
        # Where it goes is asked first: behind the change a guard runs, and an address that was left is silent.
        with pushing.speaking(job.backwards()) as driver:
            return look(driver, job.device, job.target.platform, check.kind.value, check.to)

    return {kind: snmp if kind is CheckKind.SNMP else asked for kind in CheckKind}


def _known(workspace: Workspace, check: Check, device: str) -> Device:
    """The device that a check looks from. DeviceError if rollout.yaml names one that is not there."""
    name = check.source or device
    found = workspace.inventory.devices.get(name)
    if found is None:
        from inventory.errors import DeviceError  # noqa: PLC0415 - start-up time

        raise DeviceError(
            device,
            Message("rollout.yaml makes a check from “{name}”, which is not in the inventory", name=name),
            Message("name a device that is there; a check that was not made is not passed"),
        )
    return found


def idle(bundle: Bundle, store: Store, rows: Sequence[Row]) -> tuple[Unserved, ...]:
    """The zones of a rollout whose queue has work and which no living worker serves."""
    from configs.rollout.unserved import unserved  # noqa: PLC0415 - start-up time

    return unserved(bundle, rows, store.workers(), store.clock())


def rollout_json(
    bundle: Bundle, standing: Standing, rows: Sequence[Row], zones: Sequence[Unserved] = ()
) -> dict[str, Any]:
    """Stable keys: the rollout, where it is, each device, and the zones with work that nobody does."""
    return {
        "ok": all(row.ok for row in rows if row.over),
        "name": bundle.name,
        "phase": standing.phase.value,
        "request": standing.request.value,
        "by": bundle.by,
        "reason": bundle.reason,
        "begun": bundle.begun.isoformat(),
        "digest": bundle.digest,
        "lab": bundle.lab,
        "stage": bundle.stage,
        "undo": bundle.undo,
        "unserved": [{"zone": each.zone, "devices": list(each.devices), "silence": each.silence} for each in zones],
        "waves": [
            {"number": wave.number, "title": wave.title, "sites": [stop.site for stop in wave.sites]}
            for wave in bundle.waves
        ],
        "devices": [
            {
                "name": row.device,
                "site": row.site,
                "wave": row.wave,
                "attempt": row.attempt,
                "state": row.state,
                "ok": row.ok,
                "step": dict(row.step),
                "worker": row.worker,
                "begun": row.begun,
                "ended": row.ended,
                "result": dict(row.result) if row.result else None,
            }
            for row in rows
        ],
    }


def overview(bundle: Bundle, standing: Standing, rows: Sequence[Row], zones: Sequence[Unserved] = ()) -> Table:
    """The waves as a table: how many devices wait, are at work, are done, have failed; zones that nobody serves."""
    from rich.table import Table  # noqa: PLC0415 - start-up time
    from rich.text import Text  # noqa: PLC0415 - as above

    title = tr("rollout {name}: {phase}", name=bundle.name, phase=tr(PHASES[standing.phase.value]))
    if bundle.stage:
        title += "\n" + stage_of(bundle)
    if bundle.lab:
        title += "\n" + tr(REHEARSAL)
    table = Table(title=title, title_justify="left", caption_justify="left")
    for heading in (mark("wave"), mark("sites"), mark("waiting"), mark("at work"), mark("done"), mark("failed")):
        table.add_column(tr(heading), justify="right")
    undone = any(_undone(row) for row in rows)
    if undone:
        table.add_column(tr("taken back"), justify="right")
    table.add_column(tr("now"), overflow="fold")
    for wave in bundle.waves:
        members = [row for row in rows if row.wave == wave.number]
        waiting = sum(row.state == "waiting" for row in members)
        working = [row for row in members if row.state in {"queued", "working", "undoing"}]
        done, failed = sum(row.ok for row in members), sum(_failed(row) for row in members)
        table.add_row(
            Text(f"{wave.number} {wave.title}".strip()),
            str(len(wave.sites)),
            str(waiting),
            str(len(working)),
            Text(str(done), style="green" if done else ""),
            Text(str(failed), style="red" if failed else ""),
            *((str(sum(map(_undone, members))),) if undone else ()),
            Text("; ".join(map(_now, working[:3])) + ("; …" if len(working) > 3 else "")),
        )
    if zones:
        table.caption = Text("\n".join(map(_nobody, zones)), style="red")
    return table


def _nobody(zone: Unserved) -> str:
    """What is said of a zone without a worker, and what mends it."""
    said = tr(
        "zone {zone}: no worker is alive, {count} devices wait for one ({devices})",
        zone=zone.zone,
        count=len(zone.devices),
        devices=", ".join(zone.devices[:NAMED]) + (", …" if len(zone.devices) > NAMED else ""),
    )
    if zone.silence is not None:
        said += "; " + tr("the last was heard {seconds} s ago", seconds=round(zone.silence))
    return (
        said
        + "\n  "
        + tr("hint: {hint}", hint=tr("start one near the devices: govnet rollout worker --zone {zone}", zone=zone.zone))
    )


def _undone(row: Row) -> bool:
    return bool((row.result or {}).get("undone"))


def _failed(row: Row) -> bool:
    """Whether a person has to look: what was taken back as asked has not failed."""
    return row.over and not row.ok and not (_undone(row) and (row.result or {}).get("error") is None)


def _now(row: Row) -> str:
    step = row.step.get("zh" if language() == "zh_CN" else "en", "")
    return f"{row.device}: {step}" if step else row.device


def show(bundle: Bundle, standing: Standing, rows: Sequence[Row], zones: Sequence[Unserved] = ()) -> None:
    """The overview, zones that nobody serves, and every device that failed with what mends it."""
    from configs.rollout.bundle import now  # noqa: PLC0415 - start-up time

    console = page()
    console.print(overview(bundle, standing, rows))
    for zone in zones:
        talk().print(_nobody(zone), style="red", markup=False, soft_wrap=True)
    if standing.phase == "running" and not bundle.policy.open(now()):
        talk().print(
            tr("its windows are closed: no site is begun before {windows}", windows=_windows(bundle)), markup=False
        )
    side = "zh" if language() == "zh_CN" else "en"
    for row in rows:
        for note in (row.result or {}).get("notes", ()):
            talk().print(f"{row.device}: {note[side]}", style="yellow", markup=False, soft_wrap=True)
        if _failed(row):
            error = (row.result or {}).get("error") or {}
            text = (error.get("message") or {}).get(side, "") or tr(STATES.get(row.state, row.state))
            head = text if text.startswith(row.device) else f"{row.device}: {text}"
            talk().print(head, style="red", markup=False, soft_wrap=True)
            hint = (error.get("hint") or {}).get(side, "")
            if hint:
                talk().print("  " + tr("hint: {hint}", hint=hint), markup=False, soft_wrap=True)


def _windows(bundle: Bundle) -> str:
    return "; ".join(map(str, bundle.policy.windows))


def exit_code(standing: Standing, rows: Sequence[Row]) -> ExitCode:
    """0 if everything is done, 3 if a device failed or something is left to do."""
    return ExitCode.DONE if standing.phase == "done" and all(row.ok for row in rows) else ExitCode.DEVICES_FAILED
