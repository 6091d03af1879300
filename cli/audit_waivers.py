"""`govnet audit waivers` and `govnet audit attest`: what is accepted for a while, and what persons state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import Day, check_day, own_files
from cli.common import (
    HERE,
    JsonOption,
    WorkspaceOption,
    app,
    choice,
    command,
    load_workspace,
    print_json,
    print_table,
    talk,
)
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from audits.model import Attestation, Waiver

Devices = Annotated[
    list[str] | None,
    typer.Option(
        "--device", help=tr(mark("A pattern of device names, like rt-*; repeatable; all if none.")), show_default=False
    ),
]
Until = Annotated[str, typer.Option("--until", help=tr(mark("The last day that it holds, like 2027-03-31.")))]
ItemOption = Annotated[str, typer.Option("--item", help=tr(mark("The item, like 8.1.4.1-c.")))]


def register(group: typer.Typer) -> None:
    """Add `audit waivers` and `audit attest`."""
    waivers = app(mark("Weaknesses that are accepted for a while: audits/waivers.yaml."))
    _list(waivers)
    _add(waivers)
    _check(waivers)
    group.add_typer(waivers, name="waivers")
    _attest(group)


def _list(waivers: typer.Typer) -> None:
    @command(
        waivers,
        "list",
        mark("List the waivers and the attestations, and whether they hold on the day."),
        ["govnet audit waivers list", "govnet audit waivers list --date 2027-04-01 --json"],
    )
    def list_(date: Day = "", workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        day = check_day(date)
        found, stated = _load(workspace, day)
        if as_json:
            print_json(_document(day, found, stated))
        else:
            _print(day, found, stated)


def _check(waivers: typer.Typer) -> None:
    @command(
        waivers,
        "check",
        mark(
            "Check the waivers and attestations: exit code 1 if one has ended, names no item or device that there "
            "is, or has a file that is missing or has changed."
        ),
        ["govnet audit waivers check", "govnet audit waivers check --date 2027-04-01"],
    )
    def check(date: Day = "", workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
        day = check_day(date)
        found, stated = _load(workspace, day)
        named = {entry.item for entry in found} | {entry.item for entry in stated}
        strange = sorted(named - _items(_root(workspace)) - {""})
        nobody = _nobody(_root(workspace), [*_devices_of(found), *_devices_of(stated)])
        if as_json:
            print_json({**_document(day, found, stated), "unknown_items": strange, "unknown_devices": nobody})
        else:
            _print(day, found, stated)
            for item in strange:
                talk().print(tr("no pack has the item {item}", item=item), markup=False)
            _tell(nobody)
        good = all(entry.state == "active" for entry in found) and all(entry.state == "valid" for entry in stated)
        if strange or nobody or not good:
            raise typer.Exit(ExitCode.FINDINGS)


def _add(waivers: typer.Typer) -> None:
    @command(
        waivers,
        "add",
        mark("Write a waiver into audits/waivers.yaml. It needs a reason, an approver and an end."),
        [
            (
                'govnet audit waivers add W-3 --fact telnet_mgmt --reason "replaced in spring" --approver Li '
                "--until 2027-03-31"
            ),
        ],
    )
    def add(
        name: Annotated[str, typer.Argument(metavar="NAME", help=tr(mark("A name of its own, like W-2026-03.")))],
        reason: Annotated[str, typer.Option("--reason", help=tr(mark("Why it is accepted.")))],
        approver: Annotated[str, typer.Option("--approver", help=tr(mark("Who accepts it.")))],
        until: Until,
        fact: Annotated[
            str, typer.Option("--fact", help=tr(mark("The weakness, by its fact; see `govnet audit facts`.")))
        ] = "",
        item: ItemOption = "",
        devices: Devices = None,
        date: Day = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import waivers as files  # noqa: PLC0415 - start-up time
        from audits.model import Waiver  # noqa: PLC0415 - as above
        from audits.report import json as report_json  # noqa: PLC0415 - as above

        root, day = _root(workspace), check_day(date)
        _known(item, root)
        waiver = Waiver(name, reason, approver, day, check_day(until, "--until"), "", item, fact, tuple(devices or ()))
        _print_written(report_json.waiver(files.write(root, waiver)), files.FILE, as_json=as_json)
        _tell(_nobody(root, waiver.devices))


def _attest(group: typer.Typer) -> None:
    @command(
        group,
        "attest",
        mark("Write what a person states into audits/attestations.yaml, with the checksum of the file that shows it."),
        [
            (
                'govnet audit attest --item 8.1.3.1-d --verdict pass --statement "no wireless networks" --by Zhang '
                "--until 2027-10-31 --file evidence/no-wireless.pdf"
            ),
        ],
    )
    def attest(
        item: Annotated[str, typer.Option("--item", help=tr(mark("The item, or a case of the high-risk guide.")))],
        verdict: Annotated[str, typer.Option("--verdict", help=tr(mark("pass, partial, fail or not_applicable.")))],
        statement: Annotated[str, typer.Option("--statement", help=tr(mark("What is stated.")))],
        by: Annotated[str, typer.Option("--by", help=tr(mark("Who states it.")))],
        until: Until,
        file: Annotated[str, typer.Option("--file", help=tr(mark("The file that shows it, below the workspace.")))],
        devices: Devices = None,
        date: Day = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import attestations as files  # noqa: PLC0415 - start-up time
        from audits.model import Attestation, Verdict  # noqa: PLC0415 - as above
        from audits.report import json as report_json  # noqa: PLC0415 - as above

        root, day = _root(workspace), check_day(date)
        choice("--verdict", verdict, files.VERDICTS)
        _known(item, root)
        end = check_day(until, "--until")
        stated = Attestation(item, Verdict(verdict), statement, by, day, "", end, tuple(devices or ()), file)
        _print_written(report_json.attestation(files.write(root, stated)), files.FILE, as_json=as_json)
        _tell(_nobody(root, stated.devices))


def _root(workspace: Path) -> Path:
    root = own_files(workspace)
    if root is None:
        message = Message("this folder is not a workspace: there is no govnet.yaml")
        hint = Message("name one with --workspace, or make one with: govnet init")
        raise InputError([Problem("no-workspace", message, hint, file=str(workspace))])
    return root


def _load(workspace: Path, day: str) -> tuple[tuple[Waiver, ...], tuple[Attestation, ...]]:
    from audits import attestations, waivers  # noqa: PLC0415 - start-up time

    root = _root(workspace)
    return waivers.load(root, day), attestations.load(root, day)


def _items(root: Path) -> set[str]:
    """Every number of an item or case that the packs have."""
    from audits.findings import names_of  # noqa: PLC0415 - start-up time
    from audits.packs import every  # noqa: PLC0415 - as above

    items = [item for pack in every(root).values() for category in pack.categories for item in category.items]
    return {name for item in items for name in (*names_of(item), *(case.case for case in item.high_risk))}


def _known(item: str, root: Path) -> None:
    from inventory.nearest import nearest  # noqa: PLC0415 - start-up time

    known = _items(root) if item else set()
    if item not in known and item:
        near = nearest(item, known)
        hint = Message("did you mean “{name}”?", name=near) if near else Message("see: govnet audit rules list")
        message = Message("no pack has the item {item}", item=item)
        raise InputError([Problem("no-such-item", message, hint, column="--item")])


def _nobody(root: Path, patterns: Iterable[str]) -> list[str]:
    """The patterns that mean no device of the inventory; none where there is no inventory."""
    from audits.findings import covers  # noqa: PLC0415 - start-up time

    asked = sorted(set(patterns))
    if not asked or not (root / "inventory").is_dir():
        return []
    known = load_workspace(root).inventory.devices
    return [pattern for pattern in asked if not any(covers((pattern,), name) for name in known)]


def _devices_of(entries: Iterable[Waiver | Attestation]) -> Iterable[str]:
    return (name for entry in entries for name in entry.devices)


def _tell(nobody: Iterable[str]) -> None:
    for name in nobody:
        talk().print(tr("the inventory has no device “{name}”", name=name), markup=False)


def _document(day: str, waivers: Iterable[Waiver], attestations: Iterable[Attestation]) -> dict[str, Any]:
    from audits.report.json import attestation, waiver  # noqa: PLC0415 - start-up time

    return {
        "date": day,
        "waivers": [waiver(entry) for entry in waivers],
        "attestations": [attestation(entry) for entry in attestations],
    }


def _print_written(entry: dict[str, Any], file: str, *, as_json: bool) -> None:
    if as_json:
        print_json(entry)
    else:
        talk().print(tr("written: {path}", path=file), markup=False)


def _print(day: str, waivers: tuple[Waiver, ...], attestations: tuple[Attestation, ...]) -> None:
    from audits.report.wording import STATES  # noqa: PLC0415 - start-up time

    every = tr(mark("all"))
    print_table(
        tr("Waivers on {day}", day=day),
        [mark("name"), mark("what"), mark("devices"), mark("until"), mark("state"), mark("approver"), mark("reason")],
        [
            (
                entry.name,
                " ".join(part for part in (entry.item, entry.fact) if part),
                ", ".join(entry.devices) or every,
                entry.until,
                tr(STATES[entry.state]),
                entry.approver,
                entry.reason,
            )
            for entry in waivers
        ],
    )
    print_table(
        tr("Attestations on {day}", day=day),
        [mark("item"), mark("devices"), mark("verdict"), mark("until"), mark("state"), mark("by"), mark("statement")],
        [
            (
                entry.item,
                ", ".join(entry.devices) or every,
                tr(entry.verdict.label),
                entry.until,
                tr(STATES[entry.state]),
                entry.by,
                entry.statement,
            )
            for entry in attestations
        ],
    )
