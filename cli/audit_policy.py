"""`govnet audit policy`: the rule sets of devices, and who may reach whom between zones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit_common import Platform, Sources, gather
from cli.common import HERE, JsonOption, WorkspaceOption, command, print_json, print_table, talk
from inventory.errors import NO_HINT, ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from audits.policy import PolicyReport
    from configs.rulesets.matrix import Cell, ZoneMatrix

_SHOWN = 6  # line numbers, rules or services in a table's cell
_MARKS = {"open": mark("anything"), "closed": mark("nothing"), "unknown": mark("unknown")}

Day = Annotated[
    str,
    typer.Option(
        "--date",
        help=tr(mark("The day (2026-01-31) that decides whether a rule's time is over; unknown if not given.")),
        show_default=False,
    ),
]


def register(group: typer.Typer) -> None:
    """Add `audit policy`."""

    @command(
        group,
        "policy",
        mark(
            "Examine access lists and policies: rules that permit anything, never decide, could go or be one, have "
            "ended, are bound nowhere or name what is not defined; and which zone may reach which. Exit code 3 if a "
            "configuration could not be read."
        ),
        [
            "govnet audit policy running.cfg",
            "govnet audit policy configs/ --json",
            "govnet audit policy archive: --date 2026-01-31",
        ],
    )
    def policy(
        sources: Sources = None,
        platform: Platform = "",
        day: Day = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.policy import examine  # noqa: PLC0415 - start-up time

        on = _day(day)
        documents, _ = gather(sources, platform, workspace)
        reports = [examine(document, on) for document in documents]
        if as_json:
            print_json({"date": day or None, "files": {one.path: one.as_json() for one in reports}})
        else:
            for report in reports:
                _show(report)
        if any(report.problem is not None for report in reports):
            raise typer.Exit(ExitCode.DEVICES_FAILED)


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        message = Message("“{text}” is not a day, like 2026-11-21", text=written)
        raise InputError([Problem("bad-date", message, NO_HINT, column="--date")]) from None


def _show(report: PolicyReport) -> None:
    from audits.policy import KINDS  # noqa: PLC0415 - start-up time

    if report.problem is not None:
        talk().print(f"{report.path}: {report.problem.in_language(language())}", style="yellow", markup=False)
        return
    rows = []
    for name, findings in (*((one.name, one.findings) for one in report.sets), ("", report.findings)):
        for one in findings:
            detail = f" ({one.detail})" if one.detail else ""
            text = report.lines[one.line - 1].strip() if one.line <= len(report.lines) else ""
            rows.append((name, str(one.line), tr(KINDS[one.kind]) + detail, _numbers(one.others), text))
    title = f"{report.path} ({report.platform})"
    if rows:
        columns = [mark("list or policy"), mark("line"), mark("finding"), mark("because of lines"), mark("rule")]
        print_table(title, columns, rows)
    else:
        talk().print(tr("{file}: nothing was found in {count} lists and policies", file=title, count=len(report.sets)))
    if report.unknown:
        kinds = ", ".join(tr(KINDS[kind]) for kind in report.unknown)
        talk().print(tr("the text does not tell: {kinds}", kinds=kinds), markup=False)
    if report.matrix is not None:
        _matrix(report.path, report.matrix)


def _matrix(path: str, found: ZoneMatrix) -> None:
    rows = [
        (cell.source, cell.destination, _cell(cell), _numbers(tuple(one.line for one in cell.openings)),
         tr(_DEFAULTS[cell.default]))
        for cell in found.cells
    ]  # fmt: skip
    columns = [mark("from zone"), mark("to zone"), mark("passes"), mark("by lines"), mark("the rest")]
    print_table(tr("{file}: between zones", file=path), columns, rows)


_DEFAULTS = {"permit": mark("passes"), "deny": mark("is denied"), "unknown": mark("unknown")}


def _cell(cell: Cell) -> str:
    if cell.verdict != "some":
        return tr(_MARKS[cell.verdict])
    services = list(dict.fromkeys(text for one in cell.openings for text in one.services))
    return ", ".join(services[:_SHOWN]) + (" …" if len(services) > _SHOWN else "")


def _numbers(lines: tuple[int, ...]) -> str:
    return ", ".join(map(str, lines[:_SHOWN])) + (" …" if len(lines) > _SHOWN else "")
