"""`govnet config backup` and `govnet config show`: the archive of device configurations."""

from __future__ import annotations

import sys
from typing import Annotated

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
from inventory.text import mark, tr

ARCHIVE = "archive"


def register(group: typer.Typer) -> None:
    """Add `config backup` and `config show`."""
    _register_backup(group)
    _register_show(group)


def _register_backup(group: typer.Typer) -> None:
    @command(
        group,
        "backup",
        mark(
            "Read running configurations into the archive, a git repository in the workspace. Secrets are masked "
            "first. Nothing is changed on a device; a run that finds nothing new makes no commit."
        ),
        ["govnet config backup --lab", "govnet config backup --lab --where 'role=township-router'"],
    )
    def backup(
        devices: DevicesArgument = None,
        where: WhereOption = "",
        lab: LabOption = False,
        parallel: ParallelOption = 20,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import rollout  # noqa: PLC0415 - start-up time
        from configs.archive import Archive  # noqa: PLC0415 - start-up time

        with surroundings(workspace, lab=lab) as (loaded, _plan, endpoints):
            chosen = reachable(choose(loaded, devices or (), where), named=bool(devices))
            jobs = rollout.jobs(loaded, chosen, {}, endpoints)
            with watching(len(jobs), quiet=as_json) as observer:
                backups = rollout.backup(jobs, parallel=parallel, observer=observer)
        done = {item.device: item.text for item in backups if item.error is None}
        commit = Archive(workspace / ARCHIVE).store(done, f"govnet config backup: {len(done)} devices") if done else ""
        failures = [item for item in backups if item.error is not None]
        if as_json:
            print_json(
                {
                    "ok": not failures,
                    "archive": str(workspace / ARCHIVE),
                    "commit": commit,
                    "devices": [item.as_json() for item in backups],
                }
            )
        else:
            print_table(
                "",
                (mark("device"), mark("bytes"), mark("seconds")),
                [
                    (item.device, tr("failed") if item.error else len(item.text), f"{item.seconds:.1f}")
                    for item in backups
                ],
            )
            for item in failures:
                if item.error is not None:
                    tell_error(item.device, item.error)
            page().print(tr("{count} devices in the archive at commit {commit}", count=len(done), commit=commit[:12]))
        finish([item.error for item in failures if item.error is not None])


def _register_show(group: typer.Typer) -> None:
    @command(
        group,
        "show",
        mark("Show a device's configuration as the archive has it: the last one, or that of a time or commit."),
        ["govnet config show rt-lantian", "govnet config show rt-lantian --at 2026-11-21"],
    )
    def show(
        device: Annotated[str, typer.Argument(help=tr(mark("A device.")), metavar="DEVICE")],
        at: Annotated[
            str,
            typer.Option("--at", help=tr(mark("A date, a time (2026-11-21T08:30) or a commit.")), metavar="WHEN"),
        ] = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.archive import Archive  # noqa: PLC0415 - start-up time
        from configs.tree import decode  # noqa: PLC0415 - start-up time

        archive = Archive(workspace / ARCHIVE)
        data = archive.read(device, at or None)
        text, encoding = decode(data, device)
        if as_json:
            print_json(
                {
                    "device": device,
                    "encoding": encoding,
                    "text": text,
                    "changes": [
                        {"commit": commit, "time": moment.isoformat(), "message": message}
                        for commit, moment, message in archive.history(device)
                    ],
                }
            )
            return
        if not sys.stdout.isatty():  # a file gets the archive's own bytes
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            return
        page().print(text, markup=False, highlight=False, soft_wrap=True, end="")
        if encoding != "utf-8":
            talk().print(tr("stored as {encoding}", encoding=encoding), markup=False)
