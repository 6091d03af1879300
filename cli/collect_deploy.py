"""`govnet collect dashboards`, `deploy`: what Grafana, Prometheus, Alertmanager and systemd need, as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.collect_poll import FileOption  # noqa: TC001 - Typer reads it at run time
from cli.common import JsonOption, command, print_json, talk
from inventory.errors import GovnetError
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping

OutOption = Annotated[Path, typer.Option("--out", help=tr(mark("The folder to write to; it is made.")), metavar="DIR")]


def register(group: typer.Typer) -> None:
    """Add the verbs to `govnet collect`."""
    command(
        group,
        "dashboards",
        mark("Write the dashboards for Grafana. --lang chooses their language."),
        ["govnet collect dashboards --out dashboards", "govnet --lang zh collect dashboards --out dashboards"],
    )(dashboards)
    command(
        group,
        "deploy",
        mark("Write what the NOC needs: Prometheus with rules, Alertmanager, Grafana, systemd units."),
        ["govnet collect deploy --out deploy"],
    )(deploy)


def dashboards(out: OutOption, as_json: JsonOption = False) -> None:
    """Make them, write them."""
    from collectors import dashboards as shipped  # noqa: PLC0415 - start-up time

    _write(out, shipped.files(language()), as_json=as_json)


def deploy(out: OutOption, file: FileOption = None, as_json: JsonOption = False) -> None:
    """Make the files, write them. Alerts also know what the modules of `--file` measure."""
    from collectors import deploy as shipped  # noqa: PLC0415 - start-up time
    from collectors import modules  # noqa: PLC0415 - as above

    _write(out, shipped.files(modules.every(tuple(file or ())), language()), as_json=as_json)


def _write(out: Path, files: Mapping[str, str], *, as_json: bool) -> None:
    from inventory.sources import write_atomically  # noqa: PLC0415 - start-up time

    try:
        for name, text in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text.encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise GovnetError(
            Message("cannot write to {path}: {reason}", path=out, reason=reason),
            Message("name another folder with --out"),
        ) from None
    if as_json:
        print_json({"ok": True, "folder": str(out), "files": sorted(files)})
    else:
        talk().print(tr("{count} files written to {path}", count=len(files), path=out), markup=False, soft_wrap=True)
