"""`govnet audit diff` and `govnet audit trend`: what changed between runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import JsonOption, command, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audits.changes import Changes, Run, Weakness

_LINES = 4  # line numbers in a cell


def register(group: typer.Typer) -> None:
    """Add `audit diff` and `audit trend`."""
    _diff(group)
    _trend(group)


def _diff(group: typer.Typer) -> None:
    @command(
        group,
        "diff",
        mark(
            "Compare two JSON reports: new, closed, come back, waived, no longer known. Exit code 1 if something is "
            "open that was not."
        ),
        [
            "govnet audit diff reports/may/audit.json reports/june/audit.json",
            "govnet audit diff reports/may reports/june --history reports --json",
        ],
    )
    def diff(
        old: Annotated[Path, typer.Argument(metavar="OLD", help=tr(mark("The older report: a file or its folder.")))],
        new: Annotated[Path, typer.Argument(metavar="NEW", help=tr(mark("The newer report.")))],
        history: Annotated[
            list[Path] | None,
            typer.Option(
                "--history",
                help=tr(
                    mark("Still older reports, or a folder of them: what they had and OLD had not, has come back.")
                ),
                show_default=False,
            ),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        from audits import changes  # noqa: PLC0415 - start-up time

        before, after = changes.read(old), changes.read(new)
        changed = changes.compare(before, after, _older(history or [], old, new, before))
        notes = _notes(before, after)
        if as_json:
            print_json(
                {
                    "from": _run(before),
                    "to": _run(after),
                    "notes": [{"en": note.in_language("en"), "zh": note.in_language("zh_CN")} for note in notes],
                    **changed.as_json(),
                }
            )
        else:
            _print(changed, notes)
        if changed.worse:
            raise typer.Exit(ExitCode.FINDINGS)


def _trend(group: typer.Typer) -> None:
    @command(
        group,
        "trend",
        mark("Show the JSON reports of a folder, the oldest first, with what changed from run to run."),
        [
            "govnet audit trend reports",
            "govnet audit trend reports --out reports/trend.html",
            "govnet audit trend reports --json",
        ],
    )
    def trend(
        folder: Annotated[
            Path, typer.Argument(metavar="DIR", help=tr(mark("A folder with JSON reports, however deep.")))
        ],
        out: Annotated[
            Path | None,
            typer.Option("--out", help=tr(mark("A page with charts, as one HTML file.")), show_default=False),
        ] = None,
        as_json: JsonOption = False,
    ) -> None:
        from audits import changes  # noqa: PLC0415 - start-up time

        rows = changes.trend(changes.runs(folder))
        if not rows:
            message = Message("there is no JSON report of an audit in it")
            hint = Message("write one with: govnet audit run … --format json --out DIR")
            raise InputError([Problem("no-report", message, hint, file=str(folder))])
        if out is not None:
            _draw(rows, out)
        if as_json:
            print_json({"runs": rows})
            return
        print_table(
            tr("Runs, the oldest first"),
            [
                mark("day"),
                mark("pack"),
                mark("devices"),
                mark("not met"),
                mark("partly met"),
                mark("met"),
                mark("high risk"),
                mark("waived"),
                mark("rate"),
                mark("new"),
                mark("closed"),
                mark("came back"),
            ],
            [
                (
                    row["generated"],
                    row["pack"],
                    row["devices"],
                    row["items"]["fail"],
                    row["items"]["partial"],
                    row["items"]["pass"],
                    row["high_risk"],
                    row["waived"],
                    *("-" if row[key] is None else row[key] for key in ("rate", "new", "closed", "came_back")),
                )
                for row in rows
            ],
        )
        _sparklines(rows)


def _draw(rows: Sequence[Mapping[str, Any]], out: Path) -> None:
    """The page with charts."""
    from audits.report import trend  # noqa: PLC0415 - start-up time
    from inventory.sources import write_atomically  # noqa: PLC0415 - as above

    try:
        write_atomically(out, trend.render(rows, language()).encode())
    except OSError as error:
        message = Message("cannot write to {path}: {reason}", path=out, reason=error.strerror or str(error))
        hint = Message("name a file in a folder that you may write to")
        raise InputError([Problem("cannot-write", message, hint, column="--out")]) from None
    talk().print(tr("written: {path}", path=out), markup=False, soft_wrap=True)


def _sparklines(rows: Sequence[Mapping[str, Any]]) -> None:
    """How the figures went, for runs that were judged by the same rules."""
    from audits.report import trend  # noqa: PLC0415 - start-up time

    for one in trend.series(rows):
        if len(one.rows) > 1:
            figures = (
                (mark("findings not or partly met"), [trend.unmet(row) for row in one.rows]),
                (mark("high risk"), [row["high_risk"] for row in one.rows]),
                (mark("rate"), [row["rate"] for row in one.rows]),
            )
            told = [
                (
                    tr(name),
                    trend.sparkline(values),
                    *("-" if end is None else f"{end:g}" for end in (values[0], values[-1])),
                )
                for name, values in figures
            ]
            columns = [mark("figure"), mark("run by run"), mark("first"), mark("last")]
            print_table(tr("{pack}, level {level}", pack=one.pack, level=one.level), columns, told)


def _older(history: list[Path], old: Path, new: Path, before: Run) -> list[Run]:
    """The reports of `history` but the two that are compared; of a folder only what is not newer than the old one."""
    from audits import changes  # noqa: PLC0415 - start-up time

    compared = {(path / changes.FILE if path.is_dir() else path).resolve() for path in (old, new)}
    found = []
    for place in history:
        if place.is_dir() and not (place / changes.FILE).is_file():
            entries = [entry for entry in changes.runs(place) if entry[1]["generated"] <= before["generated"]]
        else:
            entries = [(place / changes.FILE if place.is_dir() else place, changes.read(place))]
        found += [run for path, run in entries if path.resolve() not in compared]
    return found


def _run(run: Run) -> dict[str, object]:
    return {"generated": run["generated"], "level": run["level"], "pack": run["pack"]["name"]}


def _notes(before: Run, after: Run) -> list[Message]:
    notes = []
    if _run(before) | {"generated": ""} != _run(after) | {"generated": ""}:
        notes.append(
            Message("the two runs were judged by different rules: what only one of them asks for looks changed")
        )
    if after["generated"] < before["generated"]:
        notes.append(Message("the newer report is of an earlier day than the older one"))
    return notes


def _print(changed: Changes, notes: list[Message]) -> None:
    groups = (
        (mark("new"), changed.new),
        (mark("came back"), changed.came_back),
        (mark("closed"), changed.closed),
        (mark("waived"), changed.waived),
        (mark("no longer known"), changed.unknown),
    )
    rows = [_row(label, weakness) for label, found in groups for weakness in found]
    if rows:
        columns = [mark("change"), mark("device"), mark("weakness"), mark("items"), mark("line numbers")]
        print_table(tr("What changed"), columns, rows)
    for note in notes:
        talk().print(str(note), style="yellow", markup=False, soft_wrap=True)
    talk().print(
        tr(
            "new: {new}, came back: {back}, closed: {closed}, waived: {waived}, no longer known: {unknown}, "
            "still open: {open}",
            new=len(changed.new),
            back=len(changed.came_back),
            closed=len(changed.closed),
            waived=len(changed.waived),
            unknown=len(changed.unknown),
            open=len(changed.still_open),
        ),
        markup=False,
    )


def _row(label: str, weakness: Weakness) -> tuple[str, ...]:
    from audits.vocabulary import FACTS  # noqa: PLC0415 - start-up time

    lines = ", ".join(map(str, weakness.lines[:_LINES])) + (" …" if len(weakness.lines) > _LINES else "")
    known = FACTS.get(weakness.fact)
    what = tr(known.weak) if known else weakness.fact or tr(mark("stated by a person"))
    device = weakness.device or tr(mark("the system as a whole"))
    return (tr(label), device, what, ", ".join(weakness.items), lines)
