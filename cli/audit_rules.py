"""`govnet audit rules`: which rules there are, what one asks for, and whether their examples are true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.audit_common import LevelOption, Packs, own_files
from cli.common import HERE, JsonOption, WorkspaceOption, app, command, page, print_json, print_table, talk
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from audits.examples import Fault
    from audits.pack import Check, Item, Pack


def register(group: typer.Typer) -> None:
    """Add `audit rules`."""
    rules = app(mark("The rules by which an audit judges, as data."))
    _list(rules)
    _show(rules)
    _test(rules)
    group.add_typer(rules, name="rules")


def _list(rules: typer.Typer) -> None:
    @command(
        rules,
        "list",
        mark("List the packs of rules; with --pack or --level the items of some of them."),
        [
            "govnet audit rules list",
            "govnet audit rules list --pack egov-extranet",
            "govnet audit rules list --level 2",
        ],
    )
    def list_(
        packs: Packs = None,
        level: LevelOption = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.packs import choose  # noqa: PLC0415 - start-up time

        own = own_files(workspace)
        if not packs and level is None:
            _list_packs(own, as_json=as_json)
            return
        chosen = choose(packs or (), level, own)
        items = chosen.pack.items(chosen.level)
        if as_json:
            print_json(
                {
                    "pack": chosen.pack.name,
                    "level": chosen.level,
                    "verified": chosen.pack.verified,
                    "items": [_item(item, chosen.level) for _, item in items],
                }
            )
            return
        print_table(
            _words(chosen.pack),
            [mark("item"), mark("control point"), mark("requirement (paraphrase)"), mark("decided by"), mark("facts")],
            [
                (
                    item.id_at(chosen.level),
                    item.point.words().in_language(language()),
                    item.text.words().in_language(language()),
                    tr(_KINDS[item.kind.value]),
                    ", ".join(check.fact for check in item.checks),
                )
                for _, item in items
            ],
        )


def _list_packs(own: Path | None, *, as_json: bool) -> None:
    from audits.packs import choose, names  # noqa: PLC0415 - start-up time

    rows = []
    for name, path in names(own).items():
        pack = choose([name], None, own).pack
        variant = pack.variants.get(name)
        levels = (2, 3) if variant is None or variant.level is None else (variant.level,)
        rows.append((name, pack, [len(pack.items(level)) if level in levels else None for level in (2, 3)], path))
    if as_json:
        print_json(
            {
                "packs": [
                    {
                        "name": name,
                        "title": pack.title.words().as_json(),
                        "source": pack.source.words().as_json(),
                        "verified": pack.verified,
                        "items_level_2": counts[0],
                        "items_level_3": counts[1],
                        "file": str(path),
                    }
                    for name, pack, counts, path in rows
                ]
            }
        )
        return
    print_table(
        tr("Packs of rules"),
        [mark("pack"), mark("title"), mark("items at level 2"), mark("items at level 3"), mark("verified")],
        [
            (
                name,
                _words(pack),
                *("" if count is None else count for count in counts),
                tr(mark("yes")) if pack.verified else tr(mark("no")),
            )
            for name, pack, counts, _ in rows
        ],
    )


def _show(rules: typer.Typer) -> None:
    @command(
        rules,
        "show",
        mark("Show one item: what it asks for, how it is decided, its high-risk cases and its examples."),
        ["govnet audit rules show 8.1.4.1-c", "govnet audit rules show 7.1.4.1-c --level 2"],
    )
    def show(
        item: Annotated[str, typer.Argument(metavar="ITEM", help=tr(mark("The item's number, like 8.1.4.1-c.")))],
        packs: Packs = None,
        level: LevelOption = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.packs import choose  # noqa: PLC0415 - start-up time
        from inventory.nearest import nearest  # noqa: PLC0415 - as above

        chosen = choose(packs or (), level, own_files(workspace))
        known = {entry.id_at(chosen.level): entry for _, entry in chosen.pack.items(chosen.level)}
        if item not in known:
            near = nearest(item, known)
            hint = Message("did you mean “{name}”?", name=near) if near else Message("see: govnet audit rules list")
            message = Message("{pack} has no item “{name}”", pack=chosen.pack.name, name=item)
            raise InputError([Problem("no-such-item", message, hint, column="ITEM")])
        if as_json:
            print_json(_item(known[item], chosen.level))
        else:
            _print_item(known[item], chosen.level)


def _test(rules: typer.Typer) -> None:
    @command(
        rules,
        "test",
        mark(
            "Run the examples that stand beside each rule: those of govnet and the workspace, or of the files named. "
            "Exit code 1 if one is not true."
        ),
        ["govnet audit rules test", "govnet audit rules test --json"],
    )
    def test(
        files: Annotated[
            list[Path] | None,
            typer.Argument(
                metavar="FILE…", help=tr(mark("Rule files; all of them if none is named.")), show_default=False
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from audits.examples import count, faults  # noqa: PLC0415 - start-up time
        from audits.pack import load  # noqa: PLC0415 - as above
        from audits.packs import files as all_files  # noqa: PLC0415 - as above

        packs = {path: load(path) for path in files or all_files(own_files(workspace))}
        wrong = {path: found for path, pack in packs.items() if (found := faults(pack))}
        total = sum(count(pack) for pack in packs.values())
        if as_json:
            print_json(
                {
                    "ok": not wrong,
                    "examples": total,
                    "files": [str(path) for path in packs],
                    "faults": [{"file": str(path), **fault.as_json()} for path in wrong for fault in wrong[path]],
                }
            )
        else:
            _print_test(wrong, total, len(packs))
        if wrong:
            raise typer.Exit(ExitCode.FINDINGS)


def _print_test(wrong: dict[Path, list[Fault]], examples: int, files: int) -> None:
    for path, faults in wrong.items():
        for fault in faults:
            page().print(f"{path}: {fault.item}: {fault.message}", markup=False, soft_wrap=True)
    count = sum(len(faults) for faults in wrong.values())
    talk().print(
        tr("{examples} examples in {files} files; faults: {count}", examples=examples, files=files, count=count),
        markup=False,
    )


def _print_item(item: Item, level: int) -> None:
    def line(text: str) -> None:
        page().print(text, markup=False, soft_wrap=True)

    chosen = language()
    line(f"{item.id_at(level)} {item.point.words().in_language(chosen)}: {item.text.words().in_language(chosen)}")
    line(tr("decided by: {kind}", kind=Message(_KINDS[item.kind.value])))
    if item.checks:
        print_table(
            "",
            [mark("fact"), mark("weakness"), mark("severity"), mark("asked of"), mark("from"), mark("how it counts")],
            [_check_row(check, item) for check in item.checks],
        )
    for case in item.high_risk:
        if level in case.levels:
            title = case.title.words().in_language(chosen)
            line(
                tr("high-risk case {case}: {title} ({facts})", case=case.case, title=title, facts=", ".join(case.facts))
            )
            if case.eased_by:
                line("  " + tr("eased if none of these is found: {facts}", facts=", ".join(case.eased_by)))
            line("  " + case.ask.words().in_language(chosen))
    for text in (item.collect, item.not_applicable):
        if text is not None:
            line(text.words().in_language(chosen))
    for example in item.examples:
        facts = ", ".join(f"{name}={_WORDS[value]}" for name, value in example.facts.items()) or "-"
        line(tr("example: {facts}: {verdict}", facts=facts, verdict=Message(example.verdict.label)))


def _check_row(check: Check, item: Item) -> tuple[str, ...]:
    from audits.report.wording import SEVERITIES, SOURCES  # noqa: PLC0415 - start-up time
    from audits.vocabulary import FACTS  # noqa: PLC0415 - as above

    system = (check.scope or item.scope) == "system"
    counts = mark("decides alone") if check.decisive else mark("one of several")
    if not check.needed:
        counts = mark("only where it is known")
    return (
        check.fact,
        tr(FACTS[check.fact].weak),
        tr(SEVERITIES[check.severity]),
        tr(mark("the system")) if system else tr(mark("each device")),
        tr(SOURCES[check.source]) if check.source else tr(mark("the configuration")),
        tr(counts),
    )


_KINDS = {
    "config": mark("configuration"),
    "evidence": mark("evidence and a person"),
    "series": mark("measurements"),
    "manual": mark("a person"),
}
_WORDS = {True: "true", False: "false", None: "null"}


def _words(pack: Pack) -> str:
    return pack.title.words().in_language(language())


def _item(item: Item, level: int) -> dict[str, Any]:
    """The item as the rule file says it, with its number at the level."""
    return {"number": item.id_at(level), **item.model_dump(mode="json", by_alias=True, exclude_none=True)}
