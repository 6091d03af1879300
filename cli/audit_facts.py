"""`govnet audit facts`: what the configurations say, fact by fact, with the lines that say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.audit_common import Platform, Sources, gather
from cli.common import HERE, JsonOption, WorkspaceOption, command, print_json, print_table, talk
from inventory.errors import ExitCode
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from audits.model import Assessed

_SHOWN = 8  # line numbers in a table's cell
_NOT_UNDERSTOOD = 10  # such lines named per file


def register(group: typer.Typer) -> None:
    """Add `audit facts`."""

    @command(
        group,
        "facts",
        mark(
            "Show the facts of every configuration with the lines that prove them. Exit code 3 if one could not be "
            "read or was cut off; the others are there."
        ),
        ["govnet audit facts running.cfg", "govnet audit facts configs/ --json", "govnet audit facts archive:"],
    )
    def facts(
        sources: Sources = None,
        platform: Platform = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.reading import FOREIGN, assess  # noqa: PLC0415 - start-up time
        from audits.report.json import device_facts  # noqa: PLC0415 - as above

        documents, _ = gather(sources, platform, workspace)
        devices = [assess(document) for document in documents]
        if as_json:
            print_json({"files": {device.document.path: device_facts(device) for device in devices}})
        else:
            for device in devices:
                _show(device)
        if any(fault.code != FOREIGN for device in devices for fault in device.faults):
            raise typer.Exit(ExitCode.DEVICES_FAILED)


def _show(device: Assessed) -> None:
    from audits.masked import without_answer  # noqa: PLC0415 - start-up time
    from audits.vocabulary import CONFIGURED  # noqa: PLC0415 - as above

    for fault in device.faults:
        talk().print(fault.in_language(language()), style="yellow", markup=False, soft_wrap=True)
    if device.problem is not None:
        return
    rows = []
    for name, fact in device.facts.facts.items():
        lines = ", ".join(map(str, fact.lines[:_SHOWN])) + (" …" if len(fact.lines) > _SHOWN else "")
        rows.append((name, tr(CONFIGURED[name].reading(fact.value)), tr(fact.why), lines))
    title = f"{device.document.path} ({device.facts.platform}, {device.facts.encoding})"
    print_table(title, [mark("fact"), mark("reading"), mark("why"), mark("line numbers")], rows)
    strange = device.facts.not_understood
    if strange:
        console = talk()
        console.print(tr("{count} lines were not understood:", count=len(strange)), markup=False)
        for entry in strange[:_NOT_UNDERSTOOD]:
            line = without_answer(device.shown(entry.line).strip())
            console.print(f"  {entry.line}: {line}", markup=False, soft_wrap=True)
