"""`govnet audit fix`: what mends the findings, as stages that rollouts send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import Day, LevelOption, Packs, Platform, Sources, check_day, check_level, gather, own_files
from cli.common import HERE, JsonOption, WorkspaceOption, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audits.changes import Run
    from audits.fixing import Fixed, Left
    from audits.model import Document, Report

_NAMED = 5  # devices that are named where many are alike


def register(group: typer.Typer) -> None:
    """Add `audit fix`."""

    @command(
        group,
        "fix",
        mark(
            "Write what mends the findings, device by device, as stages that `rollout start --stage` sends: first what "
            "touches no way to the devices, then what does. It sends nothing itself. What is left for a person it "
            "names, and why. Exit code 1 if something is left."
        ),
        [
            "govnet audit fix --out fix",
            "govnet audit fix --run reports/audit.json --device rt-lantian --out fix",
            "govnet audit fix --pack mlps-3,egov-extranet --out fix",
            "govnet audit fix --only telnet_mgmt --only 8.1.4.1-c --out fix --json",
        ],
    )
    def fix(
        sources: Sources = None,
        out: Annotated[
            Path | None,
            typer.Option("--out", help=tr(mark("Folder for the stages; it is made.")), show_default=False),
        ] = None,
        run: Annotated[
            Path | None,
            typer.Option("--run", metavar="REPORT.json", help=tr(mark("Mend only what this report found."))),
        ] = None,
        only: Annotated[
            list[str] | None,
            typer.Option(
                "--only",
                metavar="FACT|ITEM",
                help=tr(mark("Mend only this weakness, or this item's; may be repeated.")),
                show_default=False,
            ),
        ] = None,
        device: Annotated[
            list[str] | None,
            typer.Option("--device", help=tr(mark("Mend only this device; may be repeated.")), show_default=False),
        ] = None,
        level: LevelOption = None,
        packs: Packs = None,
        platform: Platform = "",
        date: Day = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import changes, fixing  # noqa: PLC0415 - start-up time
        from configs.readdress import out as folders  # noqa: PLC0415 - as above
        from configs.remedy_lines import Values  # noqa: PLC0415 - as above

        reported = changes.read(run) if run is not None else None
        judge = _Judge(workspace, level, packs, check_day(date), reported)
        if out is not None:
            folders.check(out)
        documents, loaded = gather(sources, platform, workspace, around=True)
        wanted, named = _wanted(only or (), judge.items)
        report = judge.report(_chosen(documents, device or ()))
        weak = fixing.open_weaknesses(judge.document(report) if reported is None else reported)
        values = Values.of(loaded.settings if loaded is not None else None)
        homes = {each.name: each.address for each in loaded.inventory.devices.values()} if loaded is not None else {}
        fixed = [
            fixing.fix(each, weak[each.name] & wanted, values, homes.get(each.name), named=named, day=judge.day)
            for each in report.judged
            if weak.get(each.name, set()) & wanted
        ]
        _finish(_Outcome(fixed, report, judge.after(fixed, report), judge.items), out, homes, as_json=as_json)


class _Judge:
    """What `audit run` of this workspace judges by: packs, profile, waivers and attestations."""

    def __init__(
        self, workspace: Path, level: int | None, packs: list[str] | None, day: str, reported: Run | None
    ) -> None:
        from datetime import date as date_type  # noqa: PLC0415 - start-up time

        from audits import attestations, profile, waivers  # noqa: PLC0415 - as above
        from audits import packs as rules  # noqa: PLC0415 - as above

        check_level(level)
        own = own_files(workspace)
        self._profile = profile.load(own) if own else profile.shipped()
        if packs is None and reported is not None:
            # A report is mended by the rules that found it.
            packs, level = reported["pack"]["name"].split("+"), level or reported["level"]
        self._chosen = rules.choose(packs or self._profile.packs, level, own)
        self._waivers = waivers.load(own, day) if own else ()
        self._attestations = attestations.load(own, day) if own else ()
        self.day = date_type.fromisoformat(day)
        # Fact → the items that ask for it.
        self.items: dict[str, list[str]] = {}
        for _, item in self._chosen.pack.items(self._chosen.level):
            for check in item.checks:
                self.items.setdefault(check.fact, []).append(item.id_at(self._chosen.level))

    def report(self, documents: Iterable[Document]) -> Report:
        """The audit of these documents."""
        from audits import engine  # noqa: PLC0415 - start-up time

        return engine.run(
            documents,
            self._chosen.pack,
            self._chosen.level,
            attestations=self._attestations,
            waivers=self._waivers,
            profile=self._profile,
            day=self.day,
        )

    def document(self, report: Report) -> Run:
        """The report as `audit run` writes it."""
        from audits.report import json as report_json  # noqa: PLC0415 - start-up time

        return report_json.document(report)

    def after(self, fixed: Sequence[Fixed], before: Report) -> Report:
        """The audit of the mended texts."""
        from dataclasses import replace  # noqa: PLC0415 - start-up time

        texts = {device.device: device.after for device in fixed}
        return self.report(
            replace(each.document, content=texts[each.name], platform=each.facts.platform)
            for each in before.judged
            if each.name in texts
        )


class _Outcome:
    """What was mended, and the audit before and behind it."""

    def __init__(self, fixed: Sequence[Fixed], before: Report, after: Report, items: Mapping[str, list[str]]) -> None:
        self.fixed = fixed
        self.before = before
        self._after = after
        self._items = items

    def items(self, fact: str) -> list[str]:
        """The items that a weakness belongs to."""
        return self._items.get(fact, [])

    def verdicts(self, device: str) -> list[dict[str, str]]:
        """The items whose verdict is another one with the stored text mended."""
        then = {finding.item: finding.verdict for finding in self._after.findings_of(device)}
        return [
            {"item": finding.item, "from": finding.verdict.value, "to": then[finding.item].value}
            for finding in self.before.findings_of(device)
            if then.get(finding.item, finding.verdict) is not finding.verdict
        ]


def _finish(outcome: _Outcome, out: Path | None, homes: Mapping[str, Any], *, as_json: bool) -> None:
    from audits import fixing_files  # noqa: PLC0415 - start-up time
    from configs.readdress import out as folders  # noqa: PLC0415 - as above

    staged = fixing_files.staged(outcome.fixed, homes)
    if out is not None:
        folders.write(out, fixing_files.files(outcome.fixed, staged).items(), mode=0o600)
    stages = [str(out / stage.folder) for stage in staged.stages] if out is not None else []
    unread = outcome.before.not_judged
    left = any(device.left for device in outcome.fixed)
    if as_json:
        print_json(
            {
                "ok": not left and not unread,
                "level": outcome.before.level,
                "pack": outcome.before.pack.name,
                "folder": str(out) if out is not None else None,
                "stages": stages,
                "devices": [_device_json(device, outcome) for device in outcome.fixed],
                "unread": [{"device": each.device, "why": _both(each.why)} for each in unread],
            }
        )
    else:
        _show(outcome, stages)
    if unread:
        raise typer.Exit(ExitCode.DEVICES_FAILED)
    if left:
        raise typer.Exit(ExitCode.FINDINGS)


def _chosen(documents: Sequence[Document], names: Sequence[str]) -> list[Document]:
    """The documents of the devices that are named; all if none is. InputError for a name that is not there."""
    from inventory.nearest import nearest  # noqa: PLC0415 - start-up time

    known = {document.name: document for document in documents}
    problems = []
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = Message("did you mean “{name}”?", name=near) if near else Message("look at: govnet inventory list")
            problems.append(
                Problem("no-such-device", Message("there is no device “{name}”", name=name), hint, column="--device")
            )
    if problems:
        raise InputError(problems)
    return [known[name] for name in dict.fromkeys(names)] if names else list(documents)


def _wanted(only: Iterable[str], asked: Mapping[str, Iterable[str]]) -> tuple[set[str], set[str]]:
    """The weaknesses to mend, and those of them that are named themselves. InputError for a word that names none.

    `asked` is the items by fact.
    """
    from audits.vocabulary import CONFIGURED  # noqa: PLC0415 - start-up time
    from inventory.nearest import nearest  # noqa: PLC0415 - as above

    words = list(only)
    items: dict[str, set[str]] = {}
    for fact in CONFIGURED:
        for item in asked.get(fact, ()):
            items.setdefault(item, set()).add(fact)
    named = {word for word in words if word in CONFIGURED}
    problems = []
    for word in words:
        if word not in CONFIGURED and word not in items:
            near = nearest(word, [*CONFIGURED, *items])
            hint = Message("did you mean “{name}”?", name=near) if near else Message("look at: govnet audit facts")
            message = Message("“{name}” is neither a fact nor an item that a configuration can tell", name=word)
            problems.append(Problem("no-such-fact", message, hint, column="--only"))
    if problems:
        raise InputError(problems)
    if not words:
        return set(CONFIGURED), set()
    return named.union(*(items[word] for word in words if word in items)), named


def _device_json(device: Fixed, outcome: _Outcome) -> dict[str, Any]:
    from configs.dialects import dialect  # noqa: PLC0415 - start-up time

    return {
        "name": device.device,
        "platform": device.platform,
        "sent_by_rollouts": dialect(device.platform).driver() is not None,
        "commands": len(device.inside.forth.commands) + len(device.doors.forth.commands),
        "cuts": list(device.doors.forth.cuts),
        "diff": device.inside.forth.diff + device.doors.forth.diff,
        "closed": [
            {
                "fact": each.fact,
                "items": outcome.items(each.fact),
                "lines": list(each.lines),
                "shows": list(each.shows),
            }
            for each in device.closed
        ],
        "left": [_left_json(each, outcome) for each in device.left],
        "verdicts": outcome.verdicts(device.device),
    }


def _left_json(left: Left, outcome: _Outcome) -> dict[str, Any]:
    note = {"en": left.note.en, "zh": left.note.zh} if left.note is not None and left.note.en else None
    return {
        "fact": left.fact,
        "items": outcome.items(left.fact),
        "lack": left.lack.value,
        "why": _both(left.why),
        "note": note,
        "lines": list(left.shown),
    }


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}


def _show(outcome: _Outcome, stages: Sequence[str]) -> None:
    groups: dict[tuple[str, str], list[str]] = {}
    for device in outcome.fixed:
        for fact, becomes in _becomes(device):
            groups.setdefault((fact, becomes), []).append(device.device)
    print_table(
        tr("What mends the findings"),
        [mark("devices"), mark("weakness"), mark("items"), mark("what becomes of it")],
        [_row(outcome, fact, becomes, names) for (fact, becomes), names in groups.items()],
    )
    closed = sum(len(device.closed) for device in outcome.fixed)
    left = sum(len(device.left) for device in outcome.fixed)
    page().print(
        tr("{closed} are closed by the lines that were written, {left} are left.", closed=closed, left=left),
        markup=False,
        soft_wrap=True,
    )
    unread = outcome.before.not_judged
    for each in unread[:_NAMED]:
        talk().print(tr("not read: {device}: {why}", device=each.device, why=each.why), markup=False, soft_wrap=True)
    if len(unread) > _NAMED:
        talk().print(tr("… and {count} more", count=len(unread) - _NAMED), markup=False)
    for stage in stages:
        text = tr("Send it: govnet rollout start --stage {stage}; it is a dry run until --commit.", stage=stage)
        talk().print(text, markup=False, soft_wrap=True)


def _becomes(device: Fixed) -> Iterable[tuple[str, str]]:
    """Each weakness of a device, with the lines that close it or why it is left and what a person does."""
    from audits.fixing_files import LACKS  # noqa: PLC0415 - start-up time
    from audits.vocabulary import FACTS  # noqa: PLC0415 - as above

    for each in device.closed:
        shown = [tr("comes to light: {weakness}", weakness=tr(FACTS[name].weak)) for name in each.shows]
        yield each.fact, "\n".join((*each.lines, *shown)) or tr("closed by the lines of another")
    for left in device.left:
        note = "" if left.note is None else left.note.zh if language() == "zh_CN" else left.note.en
        yield left.fact, f"{tr(LACKS[left.lack])}: {left.why}" + (f"\n{note}" if note else "")


def _row(outcome: _Outcome, fact: str, becomes: str, names: Sequence[str]) -> tuple[str, str, str, str]:
    from audits.vocabulary import FACTS  # noqa: PLC0415 - start-up time

    more = len(names) - _NAMED
    shown = [*names[:_NAMED], *([tr("… and {count} more", count=more)] if more > 0 else [])]
    return "\n".join(shown), tr(FACTS[fact].weak), " ".join(_short(outcome.items(fact))), becomes


def _short(items: Collection[str]) -> list[str]:
    return list(items)[:3] + ["…"] * (len(items) > 3)
