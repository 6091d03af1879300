"""`govnet audit run`: judge configurations by the rules and write the reports."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date as date_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.audit_common import (
    ARCHIVE,
    Day,
    LevelOption,
    Packs,
    Platform,
    Sources,
    check_day,
    check_level,
    gather,
    own_files,
)
from cli.audit_evidence import EVERYTHING, Evidence, PrometheusSecret, PrometheusUrl, observed
from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audits.model import Finding, Report

FORMATS = ("json", "html", "xlsx", "docx", "sarif")
_ARCHIVED = "running.cfg"  # what `archive:` calls a device's text, in its folder
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
            "govnet audit run archive: --pack mlps-3,egov-extranet --out reports",
            "govnet audit run running.cfg --json",
        ],
    )
    def run(
        sources: Sources = None,
        level: LevelOption = None,
        packs: Packs = None,
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
        evidence: Evidence = EVERYTHING,
        prometheus: PrometheusUrl = "",
        prometheus_secret: PrometheusSecret = "",
        probes: Annotated[
            list[Path] | None,
            typer.Option(
                "--probes",
                metavar="probes.json",
                help=tr(mark("What `govnet audit probe --commit --out` has found; may be repeated.")),
                show_default=False,
            ),
        ] = None,
        platform: Platform = "",
        date: Day = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import attestations, engine, profile, waivers  # noqa: PLC0415 - start-up time
        from audits import packs as rules  # noqa: PLC0415 - as above
        from audits.evidence import Limits  # noqa: PLC0415 - as above
        from audits.model import Scope  # noqa: PLC0415 - as above
        from audits.probes import results as probed  # noqa: PLC0415 - as above
        from audits.report import json as report_json  # noqa: PLC0415 - as above

        kinds = _kinds(formats)
        day = check_day(date)
        check_level(level)
        own = own_files(workspace)
        unit = profile.load(own) if own else profile.shipped()
        chosen = rules.choose(packs or unit.packs, level, own)
        documents, loaded = gather(sources, platform, workspace, around=True)
        seen = observed(
            documents,
            loaded,
            date=day,
            evidence=evidence,
            url=prometheus,
            secret=prometheus_secret,
            limits=Limits.of(unit.limit),
        )
        found = (each for path in probes or () for each in probed.read(path, date_type.fromisoformat(day)))
        report = engine.run(
            documents,
            chosen.pack,
            chosen.level,
            title=loaded.settings.title if loaded else "",
            generated=day,
            day=date_type.fromisoformat(day),
            scope=Scope(workspace=loaded is not None and sources in (None, [], [ARCHIVE])),
            attestations=attestations.load(own, day) if own else (),
            waivers=waivers.load(own, day) if own else (),
            profile=unit,
            observed=(*seen, *probed.merged(found)),
        )
        if not report.judged:
            raise InputError(_unread(report))
        _doubt(report)
        settings = (_template(template, workspace), earlier or [], chosen.files)
        written = _write(report, out, kinds, *settings) if out is not None else []
        if as_json:
            sys.stdout.write(report_json.data(report).decode())
        else:
            _show(report)
        for path in written:
            talk().print(tr("written: {path}", path=path), markup=False, soft_wrap=True)
        if not report.clean:
            raise typer.Exit(ExitCode.FINDINGS)


def _doubt(report: Report) -> None:
    """Say which texts look like another platform's than the one that was named: their verdicts would mean nothing."""
    from audits.reading import recognise  # noqa: PLC0415 - start-up time
    from configs.dialects import REGISTRY  # noqa: PLC0415 - as above

    for device in report.judged:
        read = device.facts.platform
        # What stands in the archive was spoken to in its language.
        if not device.document.platform or device.document.path == f"{device.name}/{_ARCHIVED}":
            continue
        like = recognise(device.text)
        if like and REGISTRY[like] != REGISTRY[read]:
            text = tr(
                "{device}: read as {platform}, but it looks like {other}", device=device.name, platform=read, other=like
            )
            talk().print(text, style="yellow", markup=False, soft_wrap=True)


def _unread(report: Report) -> list[Problem]:
    hint = Message("nothing can be judged: archive the configurations with `govnet config backup`, or name others")
    return [
        replace(fault, hint=fault.hint if str(fault.hint) else hint)
        for device in report.devices
        for fault in device.faults
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


def _write(
    report: Report, out: Path, kinds: list[str], template: Path | None, earlier: list[Path], rules: tuple[Path, ...]
) -> list[Path]:
    from audits.report import files  # noqa: PLC0415 - start-up time

    # What people wrote into the list that stands there is not lost when it is written again.
    there = [out / "audit.xlsx"] if (out / "audit.xlsx").exists() else []
    settings = files.Settings(language(), template, (*earlier, *there))
    try:
        return files.write(report, out, kinds, settings, rules)
    except OSError as error:
        message = Message("cannot write to {path}: {reason}", path=out, reason=error.strerror or str(error))
        hint = Message("name a folder that you may write to")
        raise InputError([Problem("cannot-write", message, hint, column="--out")]) from None


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
    for sentence in _decided(report):
        page().print(str(sentence), markup=False, soft_wrap=True)
    risks = len(report.high_risks)
    shown = tr("{count} high-risk cases.", count=risks) if risks else str(no_high_risk(report))
    talk().print(f"{shown} {tr('This is a self-check, no official assessment.')}", markup=False, soft_wrap=True)


def _decided(report: Report) -> Iterable[Message]:
    """The self-assessment, and what persons decided or no longer decide."""
    from audits.report.wording import STATES  # noqa: PLC0415 - start-up time

    score = report.score
    if score is not None and score.rate is not None:
        yield Message(
            "Self-assessment, for reference only: {rate} % of {decided} decided items are met, {open} are open:"
            " {conclusion} ({profile})",
            rate=f"{score.rate:.1f}",
            decided=score.decided,
            open=score.applicable - score.decided,
            conclusion=score.conclusion.in_language(language()),
            profile=score.profile.in_language(language()),
        )
    if report.waived:
        yield Message("Findings waived, listed and out of the rate: {count}", count=report.waived)
    for waiver in report.waivers:
        if waiver.state == "expired":
            yield Message(
                "The waiver {name} ended on {until}: it waives nothing.", name=waiver.name, until=waiver.until
            )
    for entry in report.attestations:
        if entry.state != "valid":
            yield Message(
                "The attestation of {item} by {by} decides nothing: {state}",
                item=entry.item,
                by=entry.by,
                state=Message(STATES[entry.state]),
            )


def _top(report: Report) -> list[Finding]:
    from audits.model import Severity, Verdict  # noqa: PLC0415 - start-up time

    order = [*Severity, None]
    found = [
        finding
        for item in report.items
        for finding in item.findings
        if finding.verdict in (Verdict.FAIL, Verdict.PARTIAL) and finding.waiver is None
    ]
    found.sort(key=lambda finding: (order.index(finding.severity), finding.verdict is not Verdict.FAIL))
    return found[:_TOP]


def _row(finding: Finding) -> tuple[str, ...]:
    from audits.vocabulary import FACTS  # noqa: PLC0415 - start-up time

    weak = [entry for entry in finding.evidence if entry.value and not entry.waiver]
    numbers = sorted({line.number for entry in weak for line in entry.cited})
    lines = ", ".join(map(str, numbers[:_LINES])) + (" …" if len(numbers) > _LINES else "")
    what = "; ".join(tr(FACTS[entry.fact].weak) for entry in weak)
    return (finding.item, finding.device, tr(finding.verdict.label), what, lines)
