"""`govnet audit run`: judge configurations by the rules and write the reports."""

from __future__ import annotations

from datetime import date as date_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit_common import ARCHIVE, Platform, Sources, gather
from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from audits.model import Finding, Report

FORMATS = ("json", "html", "xlsx", "docx", "sarif")
_TEMPLATE = Path("audits/report.docx")  # the unit's own, in its workspace
_TOP = 10  # findings and unread devices named on the terminal
_LINES = 4  # line numbers in a cell


def register(group: typer.Typer) -> None:
    """Add `audit run`."""

    @command(
        group,
        "run",
        mark(
            "Judge configurations by the items of GB/T 22239-2019. A self-check: exit code 0 if nothing was found, "
            "1 if something is not or only partly met."
        ),
        [
            "govnet audit run archive: --level 3 --out reports",
            "govnet audit run configs/ --level 2 --format html,docx,xlsx --out reports",
            "govnet audit run running.cfg --json",
        ],
    )
    def run(
        sources: Sources = None,
        level: Annotated[int, typer.Option("--level", help=tr(mark("Protection level: 2 or 3.")))] = 3,
        out: Annotated[
            Path | None,
            typer.Option("--out", help=tr(mark("Folder for the reports; it is made.")), show_default=False),
        ] = None,
        formats: Annotated[
            str,
            typer.Option(
                "--format", help=tr(mark("What to write into the folder: any of {names}."), names=", ".join(FORMATS))
            ),
        ] = "json,html",
        template: Annotated[
            Path | None,
            typer.Option(
                "--template",
                help=tr(mark("DOCX template to fill in; without it audits/report.docx of the workspace, else ours.")),
                show_default=False,
            ),
        ] = None,
        earlier: Annotated[
            list[Path] | None,
            typer.Option(
                "--earlier",
                help=tr(mark("Workbook of an earlier run (audit.xlsx): owners, days and states are carried over.")),
                show_default=False,
            ),
        ] = None,
        platform: Platform = "",
        date: Annotated[
            str,
            typer.Option(
                "--date", help=tr(mark("Printed in the reports as the day of the check; nothing if not given."))
            ),
        ] = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import engine, pack  # noqa: PLC0415 - start-up time
        from audits.model import Scope  # noqa: PLC0415 - as above
        from audits.report import json as report_json  # noqa: PLC0415 - as above

        kinds = _kinds(formats)
        _check_date(date)
        if level not in pack.LEVELS:
            raise InputError([_problem("bad-level", "--level", Message("there are rules for the levels 2 and 3 only"))])
        documents, loaded = gather(sources, platform, workspace)
        report = engine.run(
            documents,
            pack.shipped("mlps"),
            level,
            title=loaded.settings.title if loaded else "",
            generated=date,
            scope=Scope(workspace=loaded is not None and sources in (None, [], [ARCHIVE])),
        )
        if not report.judged:
            raise InputError(_unread(report))
        written = _write(report, out, kinds, _template(template, workspace), earlier or []) if out is not None else []
        if as_json:
            print_json(report_json.document(report))
        else:
            _show(report)
        for path in written:
            talk().print(tr("written: {path}", path=path), markup=False, soft_wrap=True)
        if not report.clean:
            raise typer.Exit(ExitCode.FINDINGS)


def _check_date(text: str) -> None:
    try:
        if not text or date_type.fromisoformat(text).isoformat() == text:
            return
    except ValueError:
        pass
    raise InputError([_problem("bad-date", "--date", Message("“{text}” is not a day, like 2026-11-21", text=text))])


def _unread(report: Report) -> list[Problem]:
    return [
        Problem(
            code="nothing-read",
            message=entry.why,
            hint=Message(
                "nothing can be judged: archive the configurations with `govnet config backup`, or name others"
            ),
            file=entry.device,
        )
        for entry in report.not_judged
    ]


def _kinds(formats: str) -> list[str]:
    kinds = [kind.strip() for kind in formats.split(",") if kind.strip()]
    unknown = [kind for kind in kinds if kind not in FORMATS]
    if unknown or not kinds:
        raise InputError(
            [
                _problem(
                    "bad-format",
                    "--format",
                    Message(
                        "“{name}” is no report format; there are {names}",
                        name=", ".join(unknown),
                        names=", ".join(FORMATS),
                    ),
                )
            ]
        )
    return kinds


def _problem(code: str, option: str, message: Message) -> Problem:
    return Problem(code=code, message=message, hint=Message("see `govnet audit run --help`"), column=option)


def _template(given: Path | None, workspace: Path) -> Path | None:
    own = workspace / _TEMPLATE
    return given or (own if own.exists() else None)


def _write(report: Report, out: Path, kinds: list[str], template: Path | None, earlier: list[Path]) -> list[Path]:
    from audits import pack  # noqa: PLC0415 - start-up time
    from audits.report import files  # noqa: PLC0415 - as above

    # What people wrote into the list that stands there is not lost when it is written again.
    there = [out / "audit.xlsx"] if (out / "audit.xlsx").exists() else []
    settings = files.Settings(language(), template, (*earlier, *there))
    try:
        return files.write(report, out, kinds, settings, [pack.RULES / f"{report.pack.name}.yml"])
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            [_problem("cannot-write", "--out", Message("cannot write to {path}: {reason}", path=out, reason=reason))]
        ) from None


def _show(report: Report) -> None:
    from audits.model import Verdict  # noqa: PLC0415 - start-up time
    from audits.report.scope import no_high_risk, sentences  # noqa: PLC0415 - as above

    items, findings = report.item_counts(), report.finding_counts()
    for sentence in sentences(report):
        page().print(str(sentence), markup=False, soft_wrap=True)
    print_table(
        tr("Self-check by {standard}, level {level}", standard=report.pack.standard, level=report.level),
        [mark("verdict"), mark("items"), mark("findings")],
        [(tr(verdict.label), items[verdict], findings[verdict]) for verdict in Verdict],
    )
    top = _top(report)
    if top:
        print_table(
            tr("The gravest findings"),
            [mark("item"), mark("device"), mark("verdict"), mark("weakness"), mark("line numbers")],
            [_row(finding) for finding in top],
        )
    risks = len(report.high_risks)
    shown = tr("{count} high-risk cases.", count=risks) if risks else str(no_high_risk(report))
    talk().print(f"{shown} {tr('This is a self-check, no official assessment.')}", markup=False, soft_wrap=True)


def _top(report: Report) -> list[Finding]:
    from audits.model import Severity, Verdict  # noqa: PLC0415 - start-up time

    order = [*Severity, None]
    found = [
        finding
        for item in report.items
        for finding in item.findings
        if finding.verdict in (Verdict.FAIL, Verdict.PARTIAL)
    ]
    found.sort(key=lambda finding: (order.index(finding.severity), finding.verdict is not Verdict.FAIL))
    return found[:_TOP]


def _row(finding: Finding) -> tuple[str, ...]:
    from audits.vocabulary import FACTS  # noqa: PLC0415 - start-up time

    weak = [entry for entry in finding.evidence if entry.value]
    numbers = sorted({line.number for entry in weak for line in entry.cited})
    lines = ", ".join(map(str, numbers[:_LINES])) + (" …" if len(numbers) > _LINES else "")
    what = "; ".join(tr(FACTS[entry.fact].weak) for entry in weak)
    return (finding.item, finding.device, tr(finding.verdict.label), what, lines)
