"""`govnet audit fix`: what mends the findings, as stages that rollouts send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import LevelOption, Platform, Sources, gather
from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audits.fixing import Closed, Fixed, Left
    from audits.model import Document, Report
    from audits.pack import Pack
    from inventory.model import Workspace

_NAMED = 5  # devices that are named where many are alike
# Weaknesses by device.
_Weak = dict[str, set[str]]


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
        platform: Platform = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits import engine, fixing, pack  # noqa: PLC0415 - start-up time
        from configs.readdress import out as folders  # noqa: PLC0415 - as above
        from configs.remedy_lines import Values  # noqa: PLC0415 - as above

        level = 3 if level is None else level
        if level not in pack.LEVELS:
            raise InputError([_problem("bad-level", "--level", Message("there are rules for the levels 2 and 3 only"))])
        if out is not None:
            folders.check(out)
        documents, loaded = gather(sources, platform, workspace)
        if loaded is None and (workspace / "inventory").is_dir():
            loaded = load_workspace(workspace)
        rules = pack.shipped("mlps")
        wanted, named = _wanted(only or (), rules, level)
        documents = _chosen([_known(document, loaded) for document in documents], device or ())
        report = engine.run(documents, rules, level)
        weak = _weak(report) if run is None else _reported(run)
        values = Values.of(loaded.settings if loaded is not None else None)
        homes = {each.name: each.address for each in loaded.inventory.devices.values()} if loaded is not None else {}
        fixed = [
            fixing.fix(each, weak.get(each.name, set()) & wanted, values, homes.get(each.name), named=named)
            for each in report.judged
            if weak.get(each.name, set()) & wanted
        ]
        _finish(_Outcome(fixed, report, _after(fixed, report, rules), rules), out, homes, as_json=as_json)


class _Outcome:
    """What was mended, and the audit before and behind it."""

    def __init__(self, fixed: Sequence[Fixed], before: Report, after: Report, rules: Pack) -> None:
        self.fixed = fixed
        self.before = before
        self._after = after
        self._items = _items_of(rules, before.level)

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


def _known(document: Document, loaded: Workspace | None) -> Document:
    """A file that is named after a device of the workspace is that device's."""
    from dataclasses import replace  # noqa: PLC0415 - start-up time

    name = Path(document.path).stem
    if document.device or loaded is None or name not in loaded.inventory.devices:
        return document
    row = loaded.inventory.devices[name]
    return replace(document, device=name, platform=document.platform or row.platform)


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


def _wanted(only: Iterable[str], rules: Pack, level: int) -> tuple[set[str], set[str]]:
    """The weaknesses to mend, and those of them that are named themselves. InputError for a word that names none."""
    from audits.vocabulary import FACTS  # noqa: PLC0415 - start-up time
    from inventory.nearest import nearest  # noqa: PLC0415 - as above

    words = list(only)
    items: dict[str, set[str]] = {}
    for fact, belongs in _items_of(rules, level).items():
        for item in belongs:
            items.setdefault(item, set()).add(fact)
    named = {word for word in words if word in FACTS}
    problems = []
    for word in words:
        if word not in FACTS and word not in items:
            near = nearest(word, [*FACTS, *items])
            hint = Message("did you mean “{name}”?", name=near) if near else Message("look at: govnet audit facts")
            message = Message("“{name}” is neither a fact nor an item that a configuration can tell", name=word)
            problems.append(Problem("no-such-fact", message, hint, column="--only"))
    if problems:
        raise InputError(problems)
    if not words:
        return set(FACTS), set()
    return named.union(*(items[word] for word in words if word in items)), named


def _items_of(rules: Pack, level: int) -> dict[str, list[str]]:
    """Fact → the items that ask for it."""
    found: dict[str, list[str]] = {}
    for _, item in rules.items(level):
        for check in item.checks:
            found.setdefault(check.fact, []).append(item.id_at(level))
    return found


def _weak(report: Report) -> _Weak:
    """What an audit found, but for what somebody has waived."""
    from audits.model import Verdict  # noqa: PLC0415 - start-up time

    found: _Weak = {}
    for item in report.items:
        for finding in item.findings:
            if finding.verdict in (Verdict.FAIL, Verdict.PARTIAL) and finding.waiver is None:
                found.setdefault(finding.device, set()).update(
                    entry.fact for entry in finding.evidence if entry.value and entry.source is None
                )
    for entry in report.observations:
        found.setdefault(entry.device, set()).add(entry.evidence.fact)
    return found


def _reported(path: Path) -> _Weak:
    """The same from a report that `audit run` has written. InputError if it is none."""
    found: _Weak = {}
    try:
        document = json.loads(path.read_bytes())
        for item in document["items"]:
            for finding in item["findings"]:
                if finding["verdict"] in ("fail", "partial") and not finding.get("waiver"):
                    weak = {entry["fact"] for entry in finding["evidence"] if entry["value"]}
                    found.setdefault(finding["device"], set()).update(weak)
        for entry in document["observations"]:
            found.setdefault(entry["device"], set()).add(entry["fact"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = Message("this is not a report of an audit ({why})", why=f"{type(error).__name__}: {error}")
        hint = Message("write one: govnet audit run --out reports")
        raise InputError([Problem("bad-report", message, hint, str(path), column="--run")]) from None
    return found


def _after(fixed: Sequence[Fixed], before: Report, rules: Pack) -> Report:
    """The audit of the mended texts."""
    from dataclasses import replace  # noqa: PLC0415 - start-up time

    from audits import engine  # noqa: PLC0415 - as above

    texts = {device.device: device.after for device in fixed}
    documents = [
        replace(each.document, content=texts[each.name], platform=each.facts.platform)
        for each in before.judged
        if each.name in texts
    ]
    return engine.run(documents, rules, before.level)


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
    rows = [row for device in outcome.fixed for row in _rows(device, outcome)]
    print_table(
        tr("What mends the findings"),
        [mark("device"), mark("weakness"), mark("items"), mark("what becomes of it")],
        rows,
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


def _rows(device: Fixed, outcome: _Outcome) -> Iterable[tuple[str, str, str, str]]:
    from audits.fixing_files import LACKS  # noqa: PLC0415 - start-up time
    from audits.vocabulary import FACTS  # noqa: PLC0415 - as above

    def row(each: Closed | Left, becomes: str) -> tuple[str, str, str, str]:
        return device.device, tr(FACTS[each.fact].weak), " ".join(_short(outcome.items(each.fact))), becomes

    for each in device.closed:
        shown = [tr("comes to light: {weakness}", weakness=tr(FACTS[name].weak)) for name in each.shows]
        yield row(each, "\n".join((*each.lines, *shown)) or tr("closed by the lines of another"))
    for left in device.left:
        yield row(left, f"{tr(LACKS[left.lack])}: {left.why}")


def _short(items: Collection[str]) -> list[str]:
    return list(items)[:3] + ["…"] * (len(items) > 3)


def _problem(code: str, option: str, message: Message) -> Problem:
    return Problem(code=code, message=message, hint=Message("see `govnet audit fix --help`"), column=option)
