"""`govnet config backup` and `govnet config show`: the archive of device configurations."""

from __future__ import annotations

import sys
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
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from configs.archive import Archive

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
            "first. Nothing is changed on a device; a run that finds nothing new makes no commit. With --sealed-for "
            "copies with their secrets are kept beside, which only the recipients can open."
        ),
        ["govnet config backup --lab --all", "govnet config backup --lab --where 'role=township-router'"],
    )
    def backup(
        devices: DevicesArgument = None,
        where: WhereOption = "",
        everything: Annotated[
            bool, typer.Option("--all", help=tr(mark("Every device that can be spoken to; so it is without names.")))
        ] = False,
        sealed_for: Annotated[
            list[str] | None,
            typer.Option(
                "--sealed-for",
                help=tr(
                    mark("Also keep a copy with secrets, encrypted for a public key (age1…, SSH) or a file of keys.")
                ),
                metavar="RECIPIENT|FILE",
            ),
        ] = None,
        lab: LabOption = False,
        parallel: ParallelOption = 20,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import push as pushing  # noqa: PLC0415 - start-up time
        from configs.archive import Archive  # noqa: PLC0415 - start-up time
        from configs.operations import Operations  # noqa: PLC0415 - start-up time
        from configs.sealing import Seal  # noqa: PLC0415 - start-up time

        if everything and (devices or where):
            raise InputError(
                [
                    Problem(
                        code="usage",
                        message=Message("--all and a choice of devices contradict each other"),
                        hint=Message("leave out --all, or the names and --where"),
                    )
                ]
            )
        seal = Seal(sealed_for, workspace) if sealed_for else None
        with surroundings(workspace, lab=lab) as (loaded, _plan, endpoints):
            chosen = reachable(choose(loaded, devices or (), where), endpoints, named=bool(devices))
            jobs = pushing.jobs(loaded, chosen, {}, endpoints)
            with watching(len(jobs), quiet=as_json) as observer:
                backups = pushing.backup(jobs, parallel=parallel, observer=observer, seal=seal)
        done = {item.device: item.text for item in backups if item.error is None}
        sealed = {item.device: item.sealed for item in backups if item.sealed}
        title = f"govnet config backup: {len(done)} devices"
        if sealed:
            about = {"devices": len(sealed), "names": ", ".join(sealed), "lab": lab}
            Operations(loaded.root, loaded.settings.syslog).write("backup.sealed", about)
        commit = Archive(workspace / ARCHIVE).store(done, title, sealed) if done else ""
        if done:  # a run that finds nothing changed makes no commit: that there was one stands here alone
            about = {"devices": len(done), "names": ", ".join(done), "commit": commit, "lab": lab}
            Operations(loaded.root, loaded.settings.syslog).write("backup.done", about)
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
        mark(
            "Show a device's configuration as the archive has it: the last one, or that of a time or commit. With "
            "--sealed the copy that holds the secrets, if one was made."
        ),
        ["govnet config show rt-lantian", "govnet config show rt-lantian --at 2026-11-21"],
    )
    def show(
        device: Annotated[str, typer.Argument(help=tr(mark("A device.")), metavar="DEVICE")],
        at: Annotated[
            str,
            typer.Option("--at", help=tr(mark("A date, a time (2026-11-21T08:30) or a commit.")), metavar="WHEN"),
        ] = "",
        sealed: Annotated[
            bool, typer.Option("--sealed", help=tr(mark("The copy with secrets; it needs --identity.")))
        ] = False,
        identity: Annotated[
            Path | None,
            typer.Option(
                "--identity", help=tr(mark("The key that opens it: age-keygen's file, or SSH.")), metavar="FILE"
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.archive import FILE, SEALED, Archive  # noqa: PLC0415 - start-up time
        from configs.tree import decode  # noqa: PLC0415 - start-up time

        archive = Archive(workspace / ARCHIVE)
        data = archive.read(device, at or None) if not sealed else _opened(archive, device, at, identity)
        text, encoding = decode(data, device)
        if as_json:
            print_json(
                {
                    "device": device,
                    "encoding": encoding,
                    "text": text,
                    "changes": [
                        {"commit": commit, "time": moment.isoformat(), "message": message}
                        for commit, moment, message in archive.history(device, file=SEALED if sealed else FILE)
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


def _opened(archive: Archive, device: str, at: str, identity: Path | None) -> bytes:
    """The sealed copy of a device, opened; stderr is told when it is older than the masked one."""
    from configs.archive import SEALED  # noqa: PLC0415 - start-up time
    from configs.sealing import unseal  # noqa: PLC0415 - start-up time

    if identity is None:
        raise InputError(
            [
                Problem(
                    code="usage",
                    message=Message("a sealed copy needs the key that opens it"),
                    hint=Message("add --identity FILE"),
                )
            ]
        )
    data = archive.read(device, at or None, file=SEALED)
    made, masked = archive.history(device, file=SEALED)[0], archive.history(device)[0]
    if not at and masked[1] > made[1]:
        talk().print(
            tr(
                "this copy is of {made}; the masked one is newer ({newer})",
                made=f"{made[1].astimezone():%Y-%m-%d %H:%M}",
                newer=f"{masked[1].astimezone():%Y-%m-%d %H:%M}",
            ),
            style="yellow",
            markup=False,
        )
    return unseal(data, identity)
