"""`govnet rollout worker`: changes the devices of its zones, near to them, for whoever conducts a rollout."""

from __future__ import annotations

import threading
import time
from typing import Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, print_json, talk
from cli.config_push import LabOption, ParallelOption, ended_like_an_interrupt
from cli.rollout_common import RebootOption, engine
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr


def register(group: typer.Typer) -> None:
    """Add `rollout worker`."""

    @command(
        group,
        "worker",
        mark(
            "Work for the zones named in rollout.yaml until it is stopped. Several machines share a PostgreSQL "
            "database (`database` in govnet.yaml); what one leaves behind when it dies, another goes on with."
        ),
        ["govnet rollout worker --zone north --lab --seconds 1"],
    )
    def worker(
        zone: Annotated[
            list[str], typer.Option("--zone", help=tr(mark("A zone of rollout.yaml; several times for more.")))
        ],
        seconds: Annotated[
            float | None,
            typer.Option("--seconds", min=0.1, help=tr(mark("Stop after so long.")), show_default=False),
        ] = None,
        lab: LabOption = False,
        parallel: ParallelOption = 20,
        allow_reboot: RebootOption = False,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.rollout import policy as policies  # noqa: PLC0415 - start-up time

        load_workspace(workspace)
        known = policies.load(workspace / policies.FILE).zones
        unknown = [name for name in zone if name not in known]
        if unknown:
            raise InputError(
                Problem(
                    "unknown-zone",
                    Message("rollout.yaml has no zone “{name}”", name=name),
                    Message("its zones: {names}", names=", ".join(known) or "–"),
                    column="--zone",
                )
                for name in unknown
            )
        ended = threading.Event()
        with (
            engine(workspace, lab=lab, zones=zone, parallel=parallel, allow_reboot=allow_reboot) as (_, running),
            ended_like_an_interrupt(),
        ):
            talk().print(tr("working for: {names}", names=", ".join(zone)), markup=False)
            begun = time.monotonic()
            try:
                while seconds is None or time.monotonic() - begun < seconds:
                    ended.wait(0.5)
            except KeyboardInterrupt:
                talk().print(tr("finishing what is in flight"), markup=False)
            executor, seconds_worked = running.worker.executor, time.monotonic() - begun
        if as_json:
            print_json({"ok": True, "worker": executor, "zones": list(zone), "seconds": round(seconds_worked, 1)})
